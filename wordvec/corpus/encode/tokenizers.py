"""From a line of text to its tokens.

``whitespace``  splits at Unicode white space and changes nothing: for text that is already prepared.
``words``       finds the words of raw text; the rules are in its docstring.
``characters``  makes every character a token.
``commas``, ``semicolons``, ``tabs``, ``bars``  take what is between these marks, for lists of items.

These are independent of language. Chinese and Japanese are written without spaces, and Korean words carry endings. For
them the extra ``cjk`` has the analysers of `cjk.py`: ``korean``, ``korean-morphemes``, ``japanese``,
``japanese-morphemes`` and ``chinese``. A tokenizer can also be any callable that takes a line and returns its tokens.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from importlib import import_module
from operator import attrgetter

from wordvec.corpus.encode.cjk import ANALYSERS, Analyser, make_analyser
from wordvec.corpus.encode.normalization import HEBREW, character_class, without_tatweel
from wordvec.corpus.read.sniffing import ITEM_MARKS
from wordvec.errors import OptionError, describe

Tokenizer = Callable[[str], Iterable[str]]

# Articles, pronouns and prepositions that French and Italian shorten before a vowel: l'homme, qu'il, dell'arte.
ELIDED = "l|d|j|m|t|s|n|c|v|qu|jusqu|lorsqu|puisqu|quoiqu|un|all|dall|dell|nell|sull|quell|quest"
NUMBER = r"\d+(?:[.,'\u066b\u066c]\d+)*"  # the last two are Arabic
JOINER = rf"(?:['_·]|(?<={HEBREW})\"(?={HEBREW}))"
VOWELS = "aeiouyhàáâäãèéêëìíîïòóôöõùúûüœæ"
APOSTROPHES = str.maketrans(  # and no soft hyphens
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "\u05f3": "'", "\u05f4": '"', "\u00ad": None}
)


def whitespace(line: str) -> list[str]:
    """Split at white space; case, punctuation and numbers are unchanged.

    >>> whitespace("You say goodbye, and I say hello.")
    ['You', 'say', 'goodbye,', 'and', 'I', 'say', 'hello.']
    """
    return line.split()


def words(line: str) -> list[str]:
    """Find the words of raw text: letters, marks and digits, without punctuation, case-folded, numbers as ``0``.

    - Unicode NFKC (so composed and decomposed accents or Hangul, ligatures and full-width letters agree), then
      Unicode case folding: ``Straße`` and ``STRASSE`` both become ``strasse``.
    - A number with its separators (``1,234.5``) becomes ``0``, also at the start of a word (``1990s`` is ``0s``,
      ``2018년`` is ``0년``). Digits later in a word belong to its name: ``mp3``, ``h2o``.
    - An apostrophe between letters stays in the word: ``don't``, ``king's``, ``aujourd'hui``. French and Italian
      elisions before a vowel are separate words: ``l'homme`` is ``l'`` and ``homme``. Other apostrophes are dropped.
    - A double quote or gershayim between Hebrew letters marks an abbreviation and stays, as a double quote. The stroke
      that only widens Arabic words (tatweel) is dropped.
    - ``_`` and ``·`` between letters stay (``new_york``, ``col·lecció``); a hyphen splits (``well-known``).

    >>> words("Don't pay £1,234.50 for Zoë's well-known MP3s — it’s the 1990s!")
    ["don't", 'pay', '0', 'for', "zoë's", 'well', 'known', 'mp3s', "it's", 'the', '0s']
    >>> words("L’homme qu'on appelle aujourd'hui Straße")
    ["l'", 'homme', "qu'", 'on', 'appelle', "aujourd'hui", 'strasse']
    """
    if line.isascii():
        return _find(_PATTERN, line.lower())
    folded = _folded(line)
    has_mark, pattern_with_marks = _mark_patterns()
    return _find(pattern_with_marks if has_mark(folded) else _PATTERN, folded)


def _folded(text: str) -> str:
    # Case folding can undo the normal form (the Turkish capital dotted I), so it is restored afterwards.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).casefold())
    return without_tatweel(folded)


def _find(pattern: re.Pattern[str], text: str) -> list[str]:
    found = pattern.findall(text)
    if not _DIGIT.search(text):
        return found
    return [_NUMBER.sub("0", token, count=1) if token[0].isdecimal() else token for token in found]


def _word_pattern(letters: str) -> re.Pattern[str]:
    """An elided word, a number and letters attached to it, or letters; then more letters after each joiner."""
    return re.compile(rf"(?:{ELIDED})'(?=[{VOWELS}])|(?:{NUMBER}(?:{letters})?|{letters})(?:{JOINER}{letters})*")


_DIGIT, _NUMBER, _PATTERN = re.compile(r"\d"), re.compile(NUMBER), _word_pattern(r"[^\W_]+")


@cache
def _mark_patterns() -> tuple[Callable[[str], re.Match[str] | None], re.Pattern[str]]:
    """A search for marks inside words, and the slower pattern for text that has some.

    Besides combining marks these are tone letters and other modifiers of phonetic alphabets, and U+FFFD, which stands
    for a letter that was lost.
    """
    marks = _combining_marks() + character_class([*range(0x2C2, 0x300), *range(0xA700, 0xA722), 0xFFFD])
    return re.compile(f"[{marks}]").search, _word_pattern(rf"[^\W_](?:[^\W_]|[{marks}])*")


def _combining_marks() -> str:
    r"""Character ranges of all combining marks and the two joiners: parts of words that ``\w`` leaves out.

    Without them the vowel signs of Hindi, Tamil or Thai would split words.
    """
    code_points = [c for c in range(0x300, 0x20000) if unicodedata.category(chr(c))[0] == "M"]
    return character_class([*code_points, 0x200C, 0x200D, *range(0xE0100, 0xE01F0)])


def characters(line: str) -> list[str]:
    """Every character except white space, each with its combining marks.

    A character is a code point with its accents, vowel signs, variation selectors and skin tone; joined emoji and
    pairs of flag letters are one character. This is nearly Unicode's extended grapheme cluster, which needs tables
    that Python lacks. The difference is Hangul in separate jamo, where each jamo is a token: normalize to NFC first.

    >>> characters("日本 हि!"), len("हि")
    (['日', '本', 'हि', '!'], 2)
    """
    if line.isascii():
        return list("".join(line.split()))
    return _character_pattern().findall(line)


@cache
def _character_pattern() -> re.Pattern[str]:
    marks, skin_tones, flags = _combining_marks(), "\U0001f3fb-\U0001f3ff", "[\U0001f1e6-\U0001f1ff]"
    return re.compile(rf"(?:{flags}{{2}}|\S)(?:\u200d(?![{marks}])\S|[{marks}{skin_tones}])*")


def items(line: str, mark: str) -> list[str]:
    """The items between marks, unchanged but for white space: one space in an item, none around it.

    >>> items("whole milk, butter ,rye  bread,", ",")
    ['whole milk', 'butter', 'rye bread']
    """
    return [item for part in line.split(mark) if (item := " ".join(part.split()))]


# Compiled code may cut the text at white space, which these never look across.
OF_PIECES: dict[str, Tokenizer] = {"whitespace": whitespace, "words": words, "characters": characters}
OF_ITEMS: dict[str, Tokenizer] = {name: partial(items, mark=mark) for name, mark in ITEM_MARKS.items()}
TOKENIZERS = OF_PIECES | OF_ITEMS
TOKENIZER_NAMES = (*TOKENIZERS, *ANALYSERS)


def get_tokenizer(tokenizer: str | Tokenizer) -> Tokenizer:
    """Return the tokenizer of that name; a callable is returned unchanged.

    Raises OptionError for other names, MissingExtraError if the extra ``cjk`` is needed and missing.

    >>> get_tokenizer("words")("Hello, world!")
    ['hello', 'world']
    """
    if callable(tokenizer):
        return tokenizer
    if not isinstance(tokenizer, str):
        raise OptionError(f"tokenizer must be a name or a function; got {describe(tokenizer)}")
    if tokenizer in TOKENIZERS:
        return TOKENIZERS[tokenizer]
    if tokenizer in ANALYSERS:
        return make_analyser(tokenizer)
    names = ", ".join(TOKENIZER_NAMES)
    raise OptionError(f"tokenizer {tokenizer!r} does not exist: choose one of {names}, or pass a function")


def tokenize_lines(tokenizer: Tokenizer, lines: Iterable[str]) -> Iterator[Iterable[str]]:
    """Yield the tokens of each line, in order; an analyser uses several threads if it can.

    >>> list(tokenize_lines(words, ["Hello, world!", ""]))
    [['hello', 'world'], []]
    """
    return tokenizer.tokenize_lines(lines) if isinstance(tokenizer, Analyser) else map(tokenizer, lines)


def tokenizer_name(tokenizer: str | Tokenizer) -> str:
    """The name a corpus records: the name of a built-in tokenizer, or module and name of a function.

    >>> tokenizer_name(words), tokenizer_name(str.split)
    ('words', 'str.split')
    """
    if isinstance(tokenizer, str):
        return tokenizer
    if isinstance(tokenizer, Analyser):
        return tokenizer.name
    for name, function in TOKENIZERS.items():
        if function is tokenizer:
            return name
    named = tokenizer if hasattr(tokenizer, "__qualname__") else type(tokenizer)
    module = getattr(named, "__module__", None)
    return f"{module}.{named.__qualname__}" if module else str(named.__qualname__)


def name_for_import(tokenizer: Tokenizer) -> tuple[str, str, str]:
    """Where another process finds a function: its module, its name there, and a hash of the module's source.

    Raises OptionError for a function that cannot be imported by name.

    >>> name_for_import(str.split)[:2]
    ('builtins', 'str.split')
    """
    module, name = getattr(tokenizer, "__module__", None) or "builtins", getattr(tokenizer, "__qualname__", "")
    reason = None
    if "<" in name:
        reason = "a lambda, or a function inside another one, has no name that can be imported"
    elif module == "__main__":
        reason = "what a script or a notebook defines itself cannot be imported"
    elif not name or not hasattr(import_module(module), name.partition(".")[0]) or _found(module, name) != tokenizer:
        reason = f"this {type(tokenizer).__name__} is not what its name stands for in a module"
    if reason:
        raise OptionError(
            f"tokenizer {tokenizer_name(tokenizer)}: the workers of a cluster import a tokenizer by its name, and "
            f"{reason}: write it as a function of a module (a file of its own), or build without client"
        )
    return module, name, _source_hash(module)


@cache
def imported(module: str, name: str, source_hash: str) -> Tokenizer:
    """Import the function named by `name_for_import`, in another process. Raises OptionError if it is missing."""
    whose = f"tokenizer {module}.{name}: on a worker"
    try:
        tokenizer: Tokenizer = _found(module, name)
    except (ImportError, AttributeError) as error:
        raise OptionError(
            f"{whose}, it cannot be imported ({error}): put the module where all workers import from, or send it to "
            f"them first: client.upload_file('{module.replace('.', '/')}.py')"
        ) from error
    if _source_hash(module) != source_hash:
        raise OptionError(f"{whose}, {module} has another source than here: install the same, and restart the workers")
    return tokenizer


def _found(module: str, name: str) -> Tokenizer:
    found: Tokenizer = attrgetter(name)(import_module(module))
    return found


@cache  # of the source as first needed: this process does not see later changes of the file
def _source_hash(module: str) -> str:
    try:
        source = inspect.getsource(import_module(module))
    except (OSError, TypeError):  # compiled, or built in
        source = ""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


# The tokenizer `words` for many pieces of text in one call: the same words in less time.
AT_A_TIME = 64  # pieces; one piece with a combining mark slows down all of them


def words_of_all(pieces: list[str]) -> list[str]:
    r"""The words of all pieces, with a line feed after the words of each piece.

    No piece may hold a line feed. A line feed belongs to no word and combines with nothing, so pieces joined by line
    feeds can be normalized and searched as a whole.

    >>> words_of_all(["(Tea,", "cup)", "--", "L’été:1990s"])
    ['tea', '\n', 'cup', '\n', '\n', "l'", 'été', '0s', '\n']
    """
    words: list[str] = []
    for first in range(0, len(pieces), AT_A_TIME):
        words += _words_of_text("\n".join(pieces[first : first + AT_A_TIME]) + "\n")
    return words


def _words_of_text(text: str) -> list[str]:
    marks, with_line_feed, with_marks = _patterns()
    if text.isascii():
        return _with_zeros(with_line_feed.findall(text.lower()))
    folded = _folded(text)
    return _with_zeros((with_line_feed if marks.isdisjoint(folded) else with_marks).findall(folded))


def _with_zeros(found: list[str]) -> list[str]:
    return [_NUMBER.sub("0", token, count=1) if token[0].isdecimal() else token for token in found]


@cache
def _patterns():  # type: ignore[no-untyped-def]
    has_mark, with_marks = _mark_patterns()
    may_be_marks = map(chr, (*range(0x2C2, 0x20000), *range(0xE0100, 0xE01F0)))
    marks = frozenset(filter(has_mark, may_be_marks))  # ten times as fast as searching for them
    return marks, re.compile(f"{_PATTERN.pattern}|\n"), re.compile(f"{with_marks.pattern}|\n")
