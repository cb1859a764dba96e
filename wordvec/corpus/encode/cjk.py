"""Korean, Japanese and Chinese words, found by analysers that the extra ``cjk`` installs.

======================  =======================================================================================
``korean``              content words by Kiwi, verbs and adjectives in dictionary form; no particles or endings
``korean-morphemes``    all morphemes by Kiwi as they are written, with particles, endings and punctuation
``japanese``            content words by MeCab with UniDic, in dictionary form; no particles or auxiliaries
``japanese-morphemes``  all words by MeCab as they are written, with particles, auxiliaries and punctuation
``chinese``             words by jieba's dictionary and model, as they are written; no punctuation
======================  =======================================================================================

Function words occur next to every word and say little about any of them. They would fill the windows, so they are left
out; ``-morphemes`` keeps them. The analysers:

- Kiwi (kiwipiepy): its model is installed with it from the package index; unlike most of KoNLPy, it needs no Java.
- fugashi with unidic-lite: MeCab with a dictionary small enough for the package index.
- rjieba: jieba's dictionary and model, compiled in. jieba itself, unmaintained since 2020, writes to stderr, and
  loads a cache from the shared temporary folder with ``marshal``, which other users of that folder could forge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from wordvec.errors import MissingExtraError

LONGEST_PART = 10_000  # characters given to MeCab at a time, since it holds all their readings in memory


class Found(NamedTuple):
    """A token, and where it begins and ends in its line: token 먹다 at the 먹 of 먹었다."""

    token: str
    begin: int
    end: int


class Analyser:
    """A named tokenizer that can analyse many lines in one call, if the library supports this.

    `find` gives the tokens of a line with their places; without it, tokens are searched as written.
    """

    def __init__(
        self,
        name: str,
        tokenize: Callable[[str], list[str]],
        tokenize_lines: Callable[[Iterable[str]], Iterator[list[str]]] | None = None,
        find: Callable[[str], list[Found]] | None = None,
    ) -> None:
        self.name = name
        self._find = find
        self._tokenize = tokenize
        self._tokenize_lines = tokenize_lines

    def __call__(self, line: str) -> list[str]:
        """The tokens of one line."""
        return self._tokenize(line)

    def tokenize_lines(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Yield the tokens of each line, in order; only a few lines are in memory at a time."""
        return map(self._tokenize, lines) if self._tokenize_lines is None else self._tokenize_lines(lines)

    def find(self, line: str) -> list[Found]:
        """The tokens of a line in NFC, with their places in it."""
        return places_of(self._tokenize(line), line) if self._find is None else self._find(line)

    def __repr__(self) -> str:
        return f"<tokenizer {self.name}>"


def make_analyser(name: str) -> Analyser:
    """The analyser called `name`, one of ANALYSERS. Raises MissingExtraError if its library is missing."""
    return ANALYSERS[name](name)


def has_letter(token: str) -> bool:
    """Whether `token` has a letter or a digit of any script.

    >>> has_letter("東京"), has_letter("3.5"), has_letter("」。")
    (True, True, False)
    """
    return any(map(str.isalnum, token))


def places_of(written: Iterable[str], line: str) -> list[Found]:
    """Locate tokens in `line`, in order; a token that is not found is left out.

    >>> places_of(["寿司", "を"], "寿司 を")
    [Found(token='寿司', begin=0, end=2), Found(token='を', begin=3, end=4)]
    """
    found, start = [], 0
    for token in written:
        at = line.find(token, start)
        if at >= 0:
            start = at + len(token)
            found.append(Found(token, at, start))
    return found


# Korean. Kiwi's tags: J particles, E endings, XP prefixes, XSN suffixes of nouns; XSV, XSA and XSM suffixes that make
# verbs, adjectives and adverbs; VCP the copula 이다, Z a consonant added in speech, S signs (including SL foreign
# letters, SH Chinese characters and SN numbers), W addresses, tags and emoji.
LEFT_OUT = ("J", "E", "XPN", "XSV", "XSA", "XSM", "VCP", "Z")
NOUNS = ("N", "XR", "SL", "SH")
PLURAL = "들"


def _korean(name: str) -> Analyser:
    try:
        kiwi = _kiwi()
    except ImportError:
        raise MissingExtraError("kiwipiepy", "cjk", f"the tokenizer {name}") from None
    select = content_words if name == "korean" else morphemes
    tokens = lambda found: [each.token for each in select(found)]  # noqa: E731
    return Analyser(
        name,
        lambda line: tokens(kiwi.tokenize(_composed(line))),
        lambda lines: map(tokens, kiwi.tokenize(map(_composed, lines))),  # reads a little ahead, in threads
        lambda line: select(kiwi.tokenize(_composed(line))),
    )


@cache
def _kiwi() -> Any:
    """The shared instance: its model takes seconds to load and 350 MB of memory."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=-1, load_multi_dict=False)  # -1: all cores; no words with spaces inside


def _composed(line: str) -> str:
    """The line in NFC: Kiwi knows syllables, not the separate jamo of file names and texts from macOS."""
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def content_words(kiwi_tokens: Iterable[Any]) -> list[Found]:
    """The tokens of ``korean``: nouns, verbs, adjectives, adverbs, determiners, numbers, foreign words.

    - Verbs and adjectives, including auxiliaries, get their dictionary form: 먹었다 and 먹으니 are both 먹다.
    - A verb made of a noun with 하다 or 되다 becomes the noun: 공부했다 is 공부; likewise the root: 깨끗한 is 깨끗.
    - Prefixes and suffixes stay with their noun: 불가능, 경제적; but the plural 들 is removed: 사람들 is 사람.
    - Particles, endings, the copula 이다 and punctuation are left out; letters keep their case, numbers their digits.
    """
    words: list[Found] = []
    prefix, noun_end = "", -1  # a prefix before its noun, and where the previous noun ends
    for token in kiwi_tokens:
        tag, end = token.tag, token.start + token.len
        if tag == "XSN" and token.start == noun_end and words:
            if token.form != PLURAL:
                words[-1] = Found(words[-1].token + token.form, words[-1].begin, end)
            noun_end = end
            continue
        is_noun = tag.startswith(NOUNS)
        if not tag.startswith((*LEFT_OUT, "XSN")) and (tag.startswith("W") or has_letter(token.form)):
            before = prefix if is_noun and token.start == noun_end else ""
            written = before + (token.lemma if tag[0] == "V" else token.form)
            words += _without_spaces(written, token.start - len(before), end)
        prefix = token.form if tag == "XPN" else ""
        noun_end = end if is_noun or tag == "XPN" else -1
    return words


def morphemes(kiwi_tokens: Iterable[Any]) -> list[Found]:
    """The tokens of ``korean-morphemes``: all that Kiwi finds, with contractions split (갔다 is 가, 었, 다)."""
    return [
        found for token in kiwi_tokens for found in _without_spaces(token.form, token.start, token.start + token.len)
    ]


def _without_spaces(form: str, begin: int, end: int) -> list[Found]:
    end = max(end, begin + 1)  # a consonant added in speech has length 0
    return [Found(part, begin, end) for part in form.split()] if " " in form else [Found(form, begin, end)]


# Japanese. UniDic's parts of speech: particles, auxiliaries, punctuation and other signs, space.
GRAMMAR = ("助詞", "助動詞")
SIGNS = ("補助記号", "記号", "空白")


def _japanese(name: str) -> Analyser:
    try:
        import fugashi
        import unidic_lite
    except ImportError:
        raise MissingExtraError("fugashi with unidic-lite", "cjk", f"the tokenizer {name}") from None
    options = f'-r "{unidic_lite.DICDIR}/mecabrc" -d "{unidic_lite.DICDIR}"'
    if name == "japanese-morphemes":
        wakati = fugashi.Tagger(f"{options} -Owakati")
        return Analyser(name, lambda line: [word for part in parts(line) for word in wakati.parse(part).split()])
    tagger = fugashi.Tagger(options)

    def find(line: str) -> list[Found]:
        found, start = [], 0
        for part in parts(line):
            every = list(tagger(part))
            written = places_of([word.surface for word in every], part)
            if len(written) < len(every):
                return []
            found += [
                Found(token, start + written[number].begin, start + written[number].end)
                for number, token in dictionary_forms(every)
            ]
            start += len(part)
        return found

    return Analyser(
        name,
        lambda line: [word for part in parts(line) for _, word in dictionary_forms(tagger(part))],
        find=find,
    )


def dictionary_forms(unidic_words: Iterable[Any]) -> list[tuple[int, str]]:
    """The tokens of ``japanese`` with MeCab's index, in the dictionary form of their spelling: 食べました is 食べる.

    Particles, auxiliaries (ます, た, です) and punctuation are left out, and so are signs without a letter or digit.
    """
    return [
        (number, word.feature.orthBase or word.surface)
        for number, word in enumerate(unidic_words)
        if word.feature.pos1 not in GRAMMAR
        and (word.feature.pos1 not in SIGNS or word.surface.isalnum())
        and has_letter(word.surface)
    ]


_PLACE_TO_CUT = re.compile(r"[。！？\s]")


def parts(line: str, longest: int = LONGEST_PART) -> Iterator[str]:
    """`line` in parts of at most `longest` characters, cut after a full stop or a space if there is one.

    A NUL character becomes a space, because MeCab would stop there.

    >>> list(parts("一二。三四五六七", 4))
    ['一二。', '三四五六', '七']
    """
    line = line.replace("\0", " ")
    start = 0
    while len(line) - start > longest:
        places = [place.end() for place in _PLACE_TO_CUT.finditer(line, start + longest // 2, start + longest)]
        cut = places[-1] if places else start + longest
        yield line[start:cut]
        start = cut
    yield line[start:]


def _chinese(name: str) -> Analyser:
    try:
        import rjieba
    except ImportError:
        raise MissingExtraError("rjieba", "cjk", f"the tokenizer {name}") from None
    cut = rjieba.cut
    return Analyser(name, lambda line: [word for word in cut(line) if has_letter(word)])


ANALYSERS: dict[str, Callable[[str], Analyser]] = {
    "korean": _korean,
    "korean-morphemes": _korean,
    "japanese": _japanese,
    "japanese-morphemes": _japanese,
    "chinese": _chinese,
}
