"""The words of a corpus and how often each was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from wordvec.corpus.spelling import near_spellings
from wordvec.errors import CorpusError, UnknownWordError

T = TypeVar("T")


class Vocabulary:
    """Words with their ids and counts, and an explanation for each word that is missing.

    The word with id `i` is ``words[i]``, seen ``counts[i]`` times. Ids go by falling count, so id 0 is the most
    frequent word. `rare` holds the words seen fewer than `min_count` times with their counts, or None where
    they are not known.

    Raises CorpusError when words and counts do not fit together.

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
        self.words = list(words)
        self.counts = np.ascontiguousarray(counts, dtype=np.int64)
        self.min_count = int(min_count)
        self.rare = None if rare is None else dict(rare)
        self._ids = {word: word_id for word_id, word in enumerate(self.words)}
        self._check()

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], min_count: int = 1) -> Vocabulary:
        """Order words by falling count, ties by word (code point order); those below `min_count` become `rare`.

        >>> Vocabulary.from_counts({"b": 5, "a": 5, "c": 1}, min_count=2).words
        ['a', 'b']
        """
        kept = sorted(word for word, count in counts.items() if count >= min_count)
        kept_counts = np.fromiter((counts[word] for word in kept), np.int64, len(kept))
        order = np.argsort(-kept_counts, kind="stable")
        rare = {word: int(count) for word, count in counts.items() if count < min_count}
        return cls([kept[i] for i in order], kept_counts[order], min_count, rare)

    def _check(self) -> None:
        if self.counts.shape != (len(self.words),):
            raise CorpusError(f"vocabulary: {len(self.words)} words, but counts of shape {self.counts.shape}")
        if len(self._ids) != len(self.words):
            twice = next(word for i, word in enumerate(self.words) if self._ids[word] != i)
            raise CorpusError(f"vocabulary: the word {twice!r} stands in it twice")
        falling = self.counts[1:] <= self.counts[:-1]
        if not falling.all():
            raise CorpusError(
                "vocabulary: words must come by falling count, but "
                f"{self.words[int(np.argmin(falling)) + 1]!r} is more frequent than the word before it"
            )

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} words, min_count={self.min_count})"

    def id(self, word: str) -> int:
        """Return the id of `word`. Raises UnknownWordError, which says why the word is missing."""
        try:
            return self._ids[word]
        except KeyError:
            if not isinstance(word, str):
                raise UnknownWordError(str(word), f"a word (str) was expected; got {word!r}") from None
            suggestions = near_spellings(word, self.words)
            raise UnknownWordError(word, self._explain_missing(word, suggestions), suggestions) from None

    def get(self, word: str, default: T | None = None) -> int | T | None:
        """Return the id of `word`, or `default` when it is not in the vocabulary."""
        return self._ids.get(word, default)

    def explain(self, word: str) -> str:
        """Say in one line whether and how often `word` was seen, and if it is missing, why and what is near.

        >>> Vocabulary(["kimchi", "rice"], [412, 7], min_count=5, rare={"Kimchi": 3}).explain("Kimchi")
        "'Kimchi' is not in the vocabulary: seen 3 times, min_count is 5; did you mean 'kimchi' (seen 412 times)?"
        """
        if word in self:
            word_id = self._ids[word]
            return f"{word!r} is in the vocabulary: id {word_id}, seen {_times(self.counts[word_id])}"
        return self._explain_missing(word, near_spellings(word, self.words))

    def _explain_missing(self, word: str, suggestions: Sequence[str]) -> str:
        message = f"{word!r} is not in the vocabulary"
        if self.rare is not None:
            seen = self.rare.get(word, 0)
            message += f": seen {_times(seen)}, min_count is {self.min_count}" if seen else ": never seen in the corpus"
        if suggestions:
            near = [f"{s!r} (seen {_times(self.counts[self._ids[s]])})" for s in suggestions]
            message += f"; did you mean {' or '.join([', '.join(near[:-1]), near[-1]] if near[1:] else near)}?"
        return message


def _times(count: int) -> str:
    return "1 time" if count == 1 else f"{count} times"
