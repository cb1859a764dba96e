"""Options of `Corpus.build`: their checks, their record in `Corpus.info`, and the message when no word is left."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import numpy as np

from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.encode.tokenizers import Tokenizer, get_tokenizer, tokenizer_name
from wordvec.corpus.phrases import Phrases
from wordvec.corpus.read.sniffing import ITEM_MARKS
from wordvec.corpus.selection import Selection, select, word_set
from wordvec.corpus.vocabulary import Vocabulary
from wordvec.errors import CorpusError, OptionError, counted

if TYPE_CHECKING:
    from typing_extensions import Unpack

DEFAULT_TOKENIZER = "whitespace"  # changes nothing in a text that the user has prepared
DEFAULT_MIN_COUNT = 5  # word2vec's: rarer words have too few contexts to learn from
INFO_OF_TEXT = ("normalization", "split_sentences", "field", "plain_text")
INFO_OF_WORDS = ("phrases", "max_words", "keep_words", "drop_words", "vocabulary")
OPTIONS_OF_TEXT = ("tokenizer", "normalization", "split_sentences")  # they mean nothing for lists of tokens
LONGEST_WORD = 200  # letters; longer ones are texts without spaces, such as DNA
MOST_NAMED_WORDS = 20  # a corpus description names the words of lists up to this length


class SentenceOptions(TypedDict, total=False):
    """The options of `Corpus.build` for lists of tokens, except `min_count`."""

    field: str | None
    phrases: Phrases | int | None
    max_words: int | None
    keep_words: Iterable[str] | None
    drop_words: Iterable[str] | None
    vocabulary: str | os.PathLike[str] | Vocabulary | Iterable[str] | None
    strict: bool
    threads: int | None
    client: Any
    store: str | os.PathLike[str] | None
    show_progress: bool | None


class BuildOptions(SentenceOptions, total=False):
    """The options of `Corpus.build`, which the other constructors take too."""

    tokenizer: str | Tokenizer | None
    normalization: Normalization | Mapping[str, str] | None
    split_sentences: bool
    min_count: int | None
    encoding: str
    encoding_errors: str
    plain_text: bool


class WordSelection(NamedTuple):
    """Which words a vocabulary takes; see `Vocabulary.from_words`."""

    min_count: int
    max_words: int | None = None
    keep_words: list[str] | None = None
    drop_words: list[str] | None = None
    vocabulary: Vocabulary | None = None

    def as_options(self) -> dict[str, Any]:
        """The options of `Vocabulary.from_words` that are set."""
        return {name: value for name, value in self._asdict().items() if value is not None}

    def for_select(self) -> dict[str, Any]:
        """The options of `selection.select` that are set."""
        options = self.as_options()
        given = options.pop("vocabulary", None)
        return options if given is None else options | {"given": frozenset(given.words)}


class TextOptions(NamedTuple):
    """How text is read and tokenized; `given` names the options in use that lists of tokens refuse."""

    tokenize: Tokenizer
    normalization: Normalization
    split_sentences: bool = False
    field: str | None = None
    encoding: str = "utf-8"
    encoding_errors: str = "strict"
    strict: bool = False
    plain_text: bool = False
    given: tuple[str, ...] = ()


class CheckedOptions(NamedTuple):
    """The options of one call of `Corpus.build`, checked before anything is read."""

    given: BuildOptions
    as_info: dict[str, Any]  # under their names in `Corpus.info`; None for an omitted option
    words: WordSelection
    phrases: Phrases | None

    def text(self) -> TextOptions:
        """How text is read. Raises MissingExtraError if the tokenizer needs a library that is not installed."""
        tokenizer = self.given.get("tokenizer")
        return TextOptions(
            get_tokenizer(DEFAULT_TOKENIZER if tokenizer is None else tokenizer),
            Normalization.from_options(self.given.get("normalization")),
            self.given.get("split_sentences", False),
            self.given.get("field"),
            self.given.get("encoding", "utf-8"),
            self.given.get("encoding_errors", "strict"),
            self.given.get("strict", False),
            self.given.get("plain_text", False),
            tuple(option for option in OPTIONS_OF_TEXT if self.as_info[option] is not None),
        )

    @property
    def of_reading(self) -> dict[str, Any]:
        """How text is read, for `refuse_other_options`; None for an option at its default."""
        defaults = {"encoding": "utf-8", "encoding_errors": "strict", "strict": False, "plain_text": False}
        given = {name: self.given.get(name, default) for name, default in defaults.items()}
        return {name: None if given[name] == default else given[name] for name, default in defaults.items()}

    def info(self, sources: list[str], text: TextOptions | None) -> dict[str, Any]:
        """The options as `Corpus.info` records them; options of text only if `sources` held text."""
        info: dict[str, Any] = {"tokenizer": None if text is None else tokenizer_name(text.tokenize)}
        info["sources"] = sources
        if text is not None:
            info |= {"encoding": text.encoding, "encoding_errors": text.encoding_errors}
        kept = INFO_OF_WORDS if text is None else INFO_OF_TEXT + INFO_OF_WORDS
        info |= {option: self.as_info[option] for option in kept if self.as_info[option] is not None}
        if self.words.drop_words:
            info["dropped_words"] = self.words.drop_words
        return info


def checked_options(**given: Unpack[BuildOptions]) -> CheckedOptions:
    """The options of `Corpus.build`; raises OptionError for those out of range."""
    for option, value in given.items():
        if isinstance(value, np.generic):  # numpy's numbers cannot be recorded in JSON
            given[option] = value.item()  # type: ignore[literal-required]
    vocabulary, phrases, min_count = given.get("vocabulary"), given.get("phrases"), given.get("min_count")
    tokenizer, normalization = given.get("tokenizer"), given.get("normalization")
    wanted = None if vocabulary is None else Vocabulary.read(vocabulary)
    joined = None if phrases is None else as_phrases(phrases)
    keep_words = _word_list(given.get("keep_words"), "keep_words")
    drop_words = _word_list(given.get("drop_words"), "drop_words")
    as_info: dict[str, Any] = {
        "tokenizer": None if tokenizer is None else tokenizer_name(tokenizer),
        "normalization": None if normalization is None else Normalization.from_options(normalization).as_dict(),
        "split_sentences": given.get("split_sentences") or None,
        "field": given.get("field"),
        "plain_text": given.get("plain_text") or None,
        "phrases": None if joined is None else joined.as_dict(),
        "phrase_pairs": None if joined is None else joined.as_text(),
        "min_count": None if min_count is None else checked_min_count(min_count),
        "max_words": given.get("max_words"),
        "keep_words": None if keep_words is None else describe_words(keep_words),
        "drop_words": None if drop_words is None else describe_words(drop_words),
        "vocabulary": None if wanted is None else describe_words(wanted.words),
    }
    default = DEFAULT_MIN_COUNT if wanted is None else 1
    words = WordSelection(as_info["min_count"] or default, given.get("max_words"), keep_words, drop_words, wanted)
    return CheckedOptions(given, as_info, words, joined)


def _word_list(words: Iterable[str] | None, option: str) -> list[str] | None:
    return None if words is None else sorted(word_set(words, option))


def checked_min_count(min_count: int) -> int:
    """`min_count`, if it is a whole number from 1; raises OptionError otherwise."""
    if isinstance(min_count, bool) or not isinstance(min_count, (int, np.integer)) or min_count < 1:
        raise OptionError(f"min_count must be a whole number, 1 or more; got {min_count!r}")
    return int(min_count)


def as_phrases(phrases: Phrases | int) -> Phrases:
    """The options of phrases; a number means the number of passes."""
    return phrases if isinstance(phrases, Phrases) else Phrases(passes=phrases)


def describe_words(words: Iterable[str]) -> list[str] | dict[str, Any]:
    """Describe a set of words for `Corpus.info`: a short list in full, a long one by its length and a checksum.

    >>> describe_words(["tea", "cup"])
    ['cup', 'tea']
    """
    in_order = sorted(words)
    if len(in_order) <= MOST_NAMED_WORDS:
        return in_order
    checksum = hashlib.sha256("\n".join(in_order).encode("utf-8", "surrogatepass")).hexdigest()
    return {"words": len(in_order), "sha256": checksum}


def refuse_other_options(folder: Path, info: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise OptionError if an option in `asked` (None: omitted) differs from what the corpus was built with."""
    for option, value in asked.items():
        built_with = info.get(option)
        if value is not None and value != built_with:
            flag = with_flag(option)
            if option == "strict":
                raise OptionError(f"{folder}: is a corpus, whose text is not read again: leave {flag} out")
            before = f"without {option}" if built_with is None else f"with {option}={in_words(built_with)}"
            now = "with it" if value is True else f"with {in_words(value)}" if built_with is None else in_words(value)
            raise OptionError(
                f"{folder}: this corpus was built {before}, not {now}: leave {flag} out, or build a corpus from the "
                "text again"
            )


def with_flag(option: str) -> str:
    """An option's name here and on the command line, for messages.

    >>> with_flag("max_words")
    'max_words (--max-words)'
    """
    flags = {"normalization": "--case, --unicode and so on", "phrase_pairs": "--phrases"}
    return f"{option} ({flags.get(option, '--' + option.replace('_', '-'))})"


def in_words(value: Any) -> str:
    """An option's value for a message, as it is written on a command line.

    >>> in_words(5), in_words(["tea", "cup"]), in_words({"case": "lower"}), in_words(True)
    ('5', 'tea, cup', 'case lower', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(of)}" for name, of in value.items())[:200]
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))[:200]
    return f"{value!s:.200}"


def raw_counts(
    tokens: int, words: int, sentences: int, selection: WordSelection, info: dict[str, Any]
) -> dict[str, Any]:
    """The counts that `info` records before words are left out. Raises CorpusError for a text without words."""
    if not tokens:
        raise CorpusError(f"the corpus is empty: no words in {', '.join(info['sources']) or 'what was given'}")
    return {
        "min_count": selection.min_count,
        "raw_tokens": tokens,
        "raw_words": words,
        "raw_sentences": sentences,
    }


def choose_words(words: list[str], counts: np.ndarray, selection: WordSelection) -> Selection:
    """The words that the options select. Raises CorpusError if they select none."""
    chosen = select(words, counts, **selection.for_select())
    if not len(chosen.taken):
        raise CorpusError(nothing_left_message(Counter(counts.tolist()), selection) + _hint_of_cutting(words))
    return chosen


def _hint_of_cutting(words: list[str]) -> str:
    """What to do if most words are lists of items, as in tea,milk,bread, or texts without spaces; else ""."""
    some = words[:1000]
    if sum(len(word) > LONGEST_WORD for word in some) > len(some) / 2:
        return (
            f"; words such as {some[0][:40]!r} have {len(some[0]):,} letters: put spaces between their parts, or take "
            "--tokenizer characters"
        )
    for name, mark in ITEM_MARKS.items():
        if sum(mark in word[1:-1] for word in some) > len(some) / 2:
            return f"; words such as {some[0]!r:.60} look like lists: --tokenizer {name} takes what is between {name}"
    return ""


def nothing_left_message(words_seen: Mapping[int, int], selection: WordSelection) -> str:
    """Why a vocabulary is empty, and what would keep words; `words_seen[n]` words occur n times."""
    different = sum(words_seen.values())
    if selection.vocabulary is not None or selection.drop_words:
        return (
            f"no word is left of {different} different ones: none of them passes "
            f"{', '.join(name for name, value in selection.as_options().items() if value)}"
        )
    falling = sorted(words_seen, reverse=True)
    keeps = list(itertools.accumulate(words_seen[count] for count in falling))
    enough = next(i for i, words in enumerate(keeps) if words >= min(100, different))
    total = sum(count * words for count, words in words_seen.items())
    return (
        f"min_count={selection.min_count} removes every word: the corpus has {counted(total, 'word')}, "
        f"{different:,} of them different, the most frequent seen {counted(falling[0], 'time')}; "
        f"min_count={falling[enough]} would keep {keeps[enough]:,}"
    )
