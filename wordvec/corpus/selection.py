"""Words of a vocabulary: which are selected, in which order, and why others are left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from os import PathLike
from typing import NamedTuple

import numpy as np

from wordvec.corpus.words import Packed, Words
from wordvec.errors import OptionError, counted, describe

MANY = 100  # words asked for, each of which is looked for in all packed words; then these are unpacked
# Why a word that was seen is left out.
TOO_RARE, OVER_MAX_WORDS, DROPPED, NOT_GIVEN, ONLY_IN_PHRASES = range(5)


class LeftOut(Mapping[str, int]):
    """Words that were seen but are not in the vocabulary, with their counts and the reasons.

    As a mapping, it has the count of each word. Packed words are unpacked only after many of them were asked for.

    >>> left_out = LeftOut(Words(["tea", "cup"]), np.array([2, 1]), np.zeros(2, np.int8))
    >>> left_out["cup"], "pot" in left_out, left_out == {"tea": 2, "cup": 1}
    (1, False, True)
    """

    def __init__(self, words: Words, counts: np.ndarray, reasons: np.ndarray) -> None:
        self.words, self.counts, self.reasons = words, counts, reasons
        self._asked = 0

    @classmethod
    def too_rare(cls, counts: Mapping[str, int]) -> LeftOut:
        """These words with their counts, left out because they are too rare."""
        numbers = np.fromiter(counts.values(), np.int64, len(counts))
        return cls(Words(list(counts)), numbers, np.full(len(counts), TOO_RARE, np.int8))

    def __len__(self) -> int:
        return len(self.counts)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words.list)

    def __getitem__(self, word: str) -> int:
        self._asked += 1
        found = self.words.position(word) if self._asked < MANY else self.words.ids.get(word)
        if found is None:
            raise KeyError(word)
        return int(self.counts[found])

    def as_dict(self) -> dict[str, int]:
        """How often each word was seen."""
        return dict(zip(self.words.list, self.counts.tolist(), strict=True))

    def find(self, word: str) -> tuple[int, int] | None:
        """Count and reason of a word, or None if it was never seen."""
        position = self.words.position(word)
        return None if position is None else (int(self.counts[position]), int(self.reasons[position]))

    def why(self, word: str, min_count: int, max_words: int | None) -> str:
        """A message that tells how often a word was seen and why it is left out."""
        found = self.find(word)
        if found is None:
            return "never seen in the corpus"
        seen = f"seen {counted(found[0], 'time')}"
        return {
            TOO_RARE: f"{seen}, min_count is {min_count}",
            OVER_MAX_WORDS: f"{seen}, but max_words is {max_words}",
            DROPPED: f"{seen}, but it is on the drop list",
            NOT_GIVEN: f"{seen}, but it is not in the given vocabulary",
            ONLY_IN_PHRASES: "seen only as part of phrases",
        }[found[1]]

    def pack(self) -> tuple[Packed, np.ndarray, np.ndarray]:
        """Packed words, counts and reasons, for writing."""
        return self.words.pack(), self.counts, self.reasons


class VocabularyParts(NamedTuple):
    """The parts of a vocabulary as a corpus folder stores them: words by descending count, and left-out words."""

    words: Words
    counts: np.ndarray
    min_count: int
    left_out: LeftOut | None
    max_words: int | None


class Selection(NamedTuple):
    """Positions in the list of words: taken ones in id order, (V,); the others with the reasons."""

    taken: np.ndarray
    left: np.ndarray
    reasons: np.ndarray
    absent: list[str]  # requested by name, but never seen

    def final_ids(self) -> np.ndarray:
        """The id of each word in the list, int32; -1 if left out."""
        ids = np.full(len(self.taken) + len(self.left), -1, np.int32)
        ids[self.taken] = np.arange(len(self.taken))
        return ids


def select(
    words: Sequence[str],
    counts: np.ndarray,
    min_count: int,
    max_words: int | None = None,
    keep_words: Iterable[str] = (),
    drop_words: Iterable[str] = (),
    given: Collection[str] | None = None,
) -> Selection:
    """Choose words and order them by descending count, ties by word; for options see `Vocabulary.from_words`.

    >>> chosen = select(["b", "a", "c"], np.array([5, 5, 1]), min_count=2)
    >>> chosen.taken.tolist(), chosen.left.tolist(), chosen.reasons.tolist() == [TOO_RARE]
    ([1, 0], [2], True)
    """
    keep, drop = checked_lists(max_words, keep_words, drop_words)
    may_stay, must_stay, reason = may_be_kept(words, counts, min_count, keep, drop, given)
    taken = _by_falling_count(words, counts, np.flatnonzero(may_stay))
    if max_words is not None and len(taken) > max_words:
        stays = must_stay[taken]
        room = max(0, int(max_words) - int(stays.sum()))
        stays[np.flatnonzero(~stays)[:room]] = True
        reason[taken[~stays]] = OVER_MAX_WORDS
        taken = taken[stays]
    left = np.ones(len(words), bool)
    left[taken] = False
    return Selection(taken, np.flatnonzero(left), reason[left], absent_of(words, counts, keep, drop, given))


def may_be_kept(
    words: Sequence[str],
    counts: np.ndarray,
    min_count: int,
    keep: AbstractSet[str],
    drop: AbstractSet[str],
    given: Collection[str] | None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each word, whether it stays if there is room, whether even if there is none, and why not. All (len(words),).

    The words are looked at only where there is a list of words.
    """

    def listed(of: Collection[str]) -> np.ndarray:
        return members(words, of) if of else np.zeros(len(counts), bool)

    reason = np.full(len(counts), TOO_RARE, np.int8)
    may_stay = counts >= min_count
    if given is not None:
        in_given = listed(given)
        reason[~in_given] = NOT_GIVEN
        may_stay &= in_given
    must_stay, must_go = listed(keep), listed(drop)
    reason[must_go] = DROPPED
    reason[counts == 0] = ONLY_IN_PHRASES
    return (may_stay | must_stay) & ~must_go & (counts > 0), must_stay, reason


def absent_of(
    words: Sequence[str],
    counts: np.ndarray,
    keep: AbstractSet[str],
    drop: AbstractSet[str],
    given: Collection[str] | None,
) -> list[str]:
    """Words that were asked for by name, but never seen, in order."""
    asked_for = set(keep).union(given or ()) - drop
    return sorted(asked_for.difference(words[i] for i in np.flatnonzero(counts > 0).tolist())) if asked_for else []


def checked_lists(
    max_words: int | None, keep_words: Iterable[str], drop_words: Iterable[str]
) -> tuple[set[str], set[str]]:
    """The words to keep and to drop. Raises OptionError for options of `select` that cannot be."""
    keep, drop = word_set(keep_words, "keep_words"), word_set(drop_words, "drop_words")
    if not keep.isdisjoint(drop):
        raise OptionError(f"{min(keep & drop)!r} is both in keep_words and in drop_words; take it out of one of them")
    is_whole = isinstance(max_words, (int, np.integer)) and not isinstance(max_words, bool)
    if max_words is not None and (not is_whole or max_words < 1):
        raise OptionError(f"max_words must be a whole number, 1 or more; got {max_words!r}")
    return keep, drop


def select_more(words: Sequence[str], counts: np.ndarray, chosen: Selection, more: Collection[str]) -> Selection:
    """Add some of the left-out words to a selection, if they occur.

    >>> words, counts = ["b", "a", "c"], np.array([5, 5, 1])
    >>> select_more(words, counts, select(words, counts, min_count=5), {"c", "d"}).taken.tolist()
    [1, 0, 2]
    """
    added = members([words[i] for i in chosen.left.tolist()], more) & (counts[chosen.left] > 0)
    taken = _by_falling_count(words, counts, np.concatenate([chosen.taken, chosen.left[added]]))
    return Selection(taken, chosen.left[~added], chosen.reasons[~added], chosen.absent)


def word_set(words: Iterable[str], option: str) -> set[str]:
    """The words as a set. Raises OptionError for a string, which would be read as a list of letters."""
    if isinstance(words, str):
        raise OptionError(f"{option} must be a list of words; got the string {words!r}: write [{words!r}]")
    if not isinstance(words, Iterable):
        way_out = ": read the file, such as Path(...).read_text(encoding='utf-8').split()"
        raise OptionError(
            f"{option} must be a list of words; got {describe(words)}{way_out if isinstance(words, PathLike) else ''}"
        )
    found = set(words)
    for word in found:
        if not isinstance(word, str):
            raise OptionError(f"{option} must be a list of words (str); it holds {word!r}")
    return found


def members(words: Sequence[str], of: Collection[str]) -> np.ndarray:
    """Which of the words are in a set, (len(words),) bool."""
    return np.fromiter(map(of.__contains__, words), bool, len(words))


def _by_falling_count(words: Sequence[str], counts: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Sort positions by descending count, ties by word: first by word, then stably by count."""
    by_word = sorted(positions.tolist(), key=words.__getitem__)
    order = np.array(by_word, np.int64)
    return order[np.argsort(-counts[order], kind="stable")]
