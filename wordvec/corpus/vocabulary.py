"""The words of a corpus and how often each was seen."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from wordvec.corpus.selection import DROPPED, LeftOut, Selection, VocabularyParts, select
from wordvec.corpus.spelling import near_spellings, quoted
from wordvec.corpus.storage import open_corpus
from wordvec.corpus.wordlists import checked_words, read_counted_words
from wordvec.corpus.words import Words
from wordvec.errors import CorpusError, OptionError, UnknownWordError, counted

T = TypeVar("T")


class Vocabulary:
    """Words with their ids and counts, and an explanation for each missing word.

    The word with id `i` is ``words[i]``, seen ``counts[i]`` times. Ids are in order of descending count, so id 0 is the
    most frequent word. `rare` holds the words that were seen but left out, with their counts, or None if unknown;
    `explain` says why each was left out. `absent` lists words that were requested by name (to keep, or in a given
    vocabulary) but never seen.

    Raises CorpusError if words and counts do not fit together.

    >>> vocabulary = Vocabulary.from_counts({"you": 2, "say": 2, "goodbye": 1, "and": 3}, min_count=2)
    >>> vocabulary.words, vocabulary.counts.tolist()
    (['and', 'say', 'you'], [3, 2, 2])
    >>> vocabulary.id("say"), "goodbye" in vocabulary, len(vocabulary)
    (1, False, 3)
    >>> vocabulary.explain("goodbye")
    "'goodbye' is not in the vocabulary: seen 1 time, min_count is 2"
    """

    def __init__(
        self,
        words: Sequence[str],
        counts: Sequence[int] | np.ndarray,
        min_count: int = 1,
        rare: Mapping[str, int] | None = None,
    ) -> None:
        left_out = None if rare is None else LeftOut.too_rare(rare)
        self._set(Words(list(words)), np.ascontiguousarray(counts, dtype=np.int64), min_count, left_out, None)
        self.check()

    def _set(
        self, words: Words, counts: np.ndarray, min_count: int, left_out: LeftOut | None, max_words: int | None
    ) -> None:
        self._words, self.counts, self.min_count = words, counts, int(min_count)
        self.left_out, self.max_words = left_out, max_words
        self.absent: list[str] = []

    @classmethod
    def of_parts(
        cls, words: Words, counts: np.ndarray, min_count: int, left_out: LeftOut | None, max_words: int | None
    ) -> Vocabulary:
        """Assemble a vocabulary from its parts, unchecked and perhaps still packed; call `check` on untrusted ones."""
        vocabulary = cls.__new__(cls)
        vocabulary._set(words, counts, min_count, left_out, max_words)
        return vocabulary

    @classmethod
    def from_counts(
        cls,
        counts: Mapping[str, int],
        min_count: int = 1,
        *,
        max_words: int | None = None,
        keep_words: Iterable[str] = (),
        drop_words: Iterable[str] = (),
        vocabulary: Vocabulary | Iterable[str] | None = None,
    ) -> Vocabulary:
        """`from_words` for a dictionary of counts.

        >>> Vocabulary.from_counts({"b": 5, "a": 5, "c": 1}, min_count=2).words
        ['a', 'b']
        """
        seen = {word: count for word, count in counts.items() if count}
        return cls.from_words(
            list(seen),
            np.fromiter(seen.values(), np.int64, len(seen)),
            min_count,
            max_words=max_words,
            keep_words=keep_words,
            drop_words=drop_words,
            vocabulary=vocabulary,
        )

    @classmethod
    def from_words(
        cls,
        words: Sequence[str],
        counts: np.ndarray,
        min_count: int = 1,
        *,
        max_words: int | None = None,
        keep_words: Iterable[str] = (),
        drop_words: Iterable[str] = (),
        vocabulary: Vocabulary | Iterable[str] | None = None,
    ) -> Vocabulary:
        """Order words by descending count, ties by word (code point order), and leave some out.

        In this order: words in `drop_words` are removed and words in `keep_words` kept, whatever their count; with a
        given `vocabulary` (see `read`) all words outside it are removed; words seen fewer than `min_count` times are
        removed; the `max_words` most frequent of the rest are kept, ties by word. Words to keep count towards
        `max_words`; more words than that stay only if `keep_words` has more.
        A word that never occurs gets no id, even if requested: it is in `absent`. A count of 0 means that a word
        occurs only as part of phrases; `explain` reports this.

        Shapes: words (U,), counts (U,) integers.
        Raises OptionError for a word both to keep and to drop, and for max_words below 1; CorpusError for repeated
        words and for words that do not fit the counts.

        >>> counts = np.array([9, 7, 7, 2, 1])
        >>> made = Vocabulary.from_words(
        ...     ["the", "tea", "cup", "oolong", "um"], counts, 2, max_words=2, keep_words=["oolong"], drop_words=["the"]
        ... )
        >>> made.words, made.explain("tea")
        (['cup', 'oolong'], "'tea' is not in the vocabulary: seen 7 times, but max_words is 2")
        """
        counts = np.asarray(counts, np.int64)
        _check_shapes(len(words), counts)
        if counts.size and counts.min() < 0:
            raise CorpusError(f"vocabulary: {words[int(counts.argmin())]!r} has the count {counts.min()}, below 0")
        if len(set(words)) != len(words):
            Words(list(words)).ids  # noqa: B018  # raises, naming the repeated word
        given = None if vocabulary is None else frozenset(cls.read(vocabulary).words)
        chosen = select(words, counts, min_count, max_words, keep_words, drop_words, given)
        return cls.of_selection(words, counts, chosen, min_count, max_words)

    @classmethod
    def of_selection(
        cls, words: Sequence[str], counts: np.ndarray, chosen: Selection, min_count: int, max_words: int | None
    ) -> Vocabulary:
        """The vocabulary that `select` chose from these words and counts."""
        taken = Words([words[i] for i in chosen.taken.tolist()])
        left = LeftOut(Words([words[i] for i in chosen.left.tolist()]), counts[chosen.left], chosen.reasons)
        made = cls.of_parts(taken, counts[chosen.taken], min_count, left, max_words)
        made.absent = chosen.absent
        return made

    @classmethod
    def read(cls, source: str | os.PathLike[str] | Vocabulary | Iterable[str], encoding: str = "utf-8") -> Vocabulary:
        """Read a vocabulary from a text file with a word per line, a corpus folder, a list of words, or a Vocabulary.

        A line may hold a count after a tab or a space. Without counts all are 0, and the order is kept. A file is in
        Unicode or `encoding`. Raises CorpusError for unreadable sources, and for a repeated word, naming both places.

        >>> Vocabulary.read(["tea", "cup"]).words
        ['tea', 'cup']
        """
        if isinstance(source, Vocabulary):
            return source
        if not isinstance(source, (str, os.PathLike)):
            words, counts = checked_words(source), None
        elif Path(source).is_dir():
            return cls.of_parts(*open_corpus(Path(source))[2])
        else:
            words, counts = read_counted_words(source, encoding)
        if counts is None:
            return cls(words, np.zeros(len(words), np.int64))
        order = np.argsort(-counts, kind="stable")
        return cls([words[i] for i in order.tolist()], counts[order])

    def grow(
        self, counts: Mapping[str, int] | Vocabulary, min_count: int | None = None, max_words: int | None = None
    ) -> Vocabulary:
        """A new vocabulary with the `counts` of more text added; all words of this one stay, whatever their count.

        New words need `min_count` occurrences (default: this vocabulary's) in both texts together, as far as this
        vocabulary's left-out words are known, and room below `max_words` (default: no limit). Words on its drop list
        stay out. **Ids change** with the new counts: transfer the rows of a matrix by word,
        ``new_matrix[grown.ids_of(old.words)] = matrix``.

        >>> old = Vocabulary.from_counts({"tea": 5, "cup": 3, "pot": 1}, min_count=2)
        >>> grown = old.grow({"cup": 4, "pot": 1, "um": 1})
        >>> grown.words, grown.counts.tolist(), grown.ids_of(old.words).tolist()
        (['cup', 'tea', 'pot'], [7, 5, 2], [1, 0])
        """
        total = Counter(counts.all_counts if isinstance(counts, Vocabulary) else counts)
        total.update(self.all_counts)
        left = () if self.left_out is None else zip(self.left_out.words.list, self.left_out.reasons)
        dropped = [word for word, reason in left if reason == DROPPED]
        min_count = self.min_count if min_count is None else min_count
        options = {"max_words": max_words, "keep_words": self.words, "drop_words": dropped}
        grown = Vocabulary.from_counts(total, min_count, **options)  # type: ignore[arg-type]
        if not grown.absent:
            return grown
        unseen = [*grown.words, *grown.absent]  # words of a list without counts that occur in no text so far
        whole = Vocabulary(unseen, np.append(grown.counts, np.zeros(len(grown.absent), np.int64)), min_count)
        whole.left_out, whole.max_words = grown.left_out, max_words
        return whole

    @property
    def words(self) -> list[str]:
        """All words, the word with id `i` at position `i`."""
        return self._words.list

    @property
    def parts(self) -> VocabularyParts:
        """The parts of this vocabulary, for `of_parts` and for files."""
        return VocabularyParts(self._words, self.counts, self.min_count, self.left_out, self.max_words)

    @property
    def rare(self) -> dict[str, int] | None:
        """The words that were seen but left out, with their counts; None if unknown."""
        return None if self.left_out is None else self.left_out.as_dict()

    @property
    def all_counts(self) -> dict[str, int]:
        """The counts of all words, including those that were seen but left out, if known."""
        return dict(zip(self.words, self.counts.tolist())) | (self.rare or {})

    def check(self) -> None:
        """Raise CorpusError unless there is one count per word, words are distinct and counts do not increase."""
        _check_shapes(len(self), self.counts)
        self._words.ids  # noqa: B018  # raises for a repeated word
        falling = self.counts[1:] <= self.counts[:-1]
        if not falling.all():
            raise CorpusError(
                "vocabulary: words must come by falling count, but "
                f"{self.words[int(np.argmin(falling)) + 1]!r} is more frequent than the word before it"
            )

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: object) -> bool:
        return word in self._words.ids

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} words, min_count={self.min_count})"

    def id(self, word: str) -> int:
        """Return the id of `word`. Raises UnknownWordError, which explains why the word is missing."""
        try:
            return self._words.ids[word]
        except KeyError:
            if not isinstance(word, str):
                raise UnknownWordError(str(word), f"a word (str) was expected; got {word!r}") from None
            suggestions = near_spellings(word, self.words)
            raise UnknownWordError(word, self._explain_missing(word, suggestions), suggestions) from None

    def get(self, word: str, default: T | None = None) -> int | T | None:
        """Return the id of `word`, or `default` if it is not in the vocabulary."""
        return self._words.ids.get(word, default)

    def ids_of(self, words: Sequence[str], missing: int | None = None) -> np.ndarray:
        """The ids of many words, (len(words),) int32; `missing` for words outside the vocabulary.

        Raises UnknownWordError for the first word outside the vocabulary unless `missing` is given, and OptionError
        for a string instead of a list of words.

        >>> Vocabulary(["tea", "cup"], [2, 1]).ids_of(["cup", "pot"], missing=-1).tolist()
        [1, -1]
        """
        if isinstance(words, str):
            raise OptionError(f"a list of words expected, such as [{words!r:.60}]; got one string")
        words = list(words)
        ids = self._words.ids
        if missing is None:
            for word in words:
                if word not in ids:
                    self.id(word)  # raises, with the reason
            missing = -1
        return np.fromiter((ids.get(word, missing) for word in words), np.int32, len(words))

    def explain(self, word: str) -> str:
        """Say in one line whether and how often `word` was seen; if it is missing, why, and which spellings are near.

        >>> Vocabulary(["kimchi", "rice"], [412, 7], min_count=5, rare={"Kimchi": 3}).explain("Kimchi")
        "'Kimchi' is not in the vocabulary: seen 3 times, min_count is 5; did you mean 'kimchi' (seen 412 times)?"
        """
        if word in self:
            row = self.id(word)
            return f"{word!r} is in the vocabulary: id {row}, seen {counted(self.counts[row], 'time')}"
        return self._explain_missing(word, near_spellings(word, self.words))

    def _explain_missing(self, word: str, suggestions: Sequence[str]) -> str:
        message = f"{word!r} is not in the vocabulary"
        if self.left_out is not None:
            message += f": {self.left_out.why(word, self.min_count, self.max_words)}"
        if suggestions:
            near = [f"{quoted(s, word)} (seen {counted(self.counts[self._words.ids[s]], 'time')})" for s in suggestions]
            message += f"; did you mean {' or '.join([', '.join(near[:-1]), near[-1]] if near[1:] else near)}?"
        return message


def _check_shapes(words: int, counts: np.ndarray) -> None:
    if counts.shape != (words,):
        raise CorpusError(f"vocabulary: {words} words, but counts of shape {counts.shape}")
