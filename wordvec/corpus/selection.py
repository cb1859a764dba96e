"""Words of a vocabulary: which are selected, in which order, why others are left out; and compact storage of words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np

from wordvec.errors import CorpusError, OptionError, counted

# Why a word that was seen is left out.
TOO_RARE, OVER_MAX_WORDS, DROPPED, NOT_GIVEN, ONLY_IN_PHRASES = range(5)


class LeftOut:
    """Words that were seen but are not in the vocabulary, with their counts and the reasons."""

    def __init__(self, words: Words, counts: np.ndarray, reasons: np.ndarray) -> None:
        self.words, self.counts, self.reasons = words, counts, reasons

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


# Compact storage of words: concatenated UTF-8 bytes, decoded into strings when first needed.


Packed = tuple[np.ndarray, np.ndarray]  # UTF-8 of all words (uint8) and the end of each word in it (int64)


class Words:
    """A list of distinct words, given directly or unpacked from (memory-mapped) bytes when first needed.

    >>> words = Words(packed=pack_words(["you", "say", "é"]))
    >>> len(words), words.position("say"), words.position("sa"), words.list
    (3, 1, None, ['you', 'say', 'é'])
    """

    def __init__(self, words: list[str] | None = None, packed: Packed | None = None, where: str = "vocabulary") -> None:
        self._list = [] if words is None and packed is None else words
        self._packed = packed
        self._where = where  # for messages
        self._ids: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._list) if self._list is not None else len(self._packed[1])  # type: ignore[index]

    @property
    def list(self) -> list[str]:
        """The words. Raises CorpusError if the bytes are damaged."""
        if self._list is None:
            try:
                self._list = unpack_words(*self._packed)  # type: ignore[misc]
            except ValueError as error:
                raise CorpusError(f"{self._where}: damaged corpus: {error}; build it again") from error
        return self._list

    @property
    def ids(self) -> dict[str, int]:
        """The position of each word. Raises CorpusError if a word appears twice."""
        if self._ids is None:
            ids = {word: word_id for word_id, word in enumerate(self.list)}
            if len(ids) != len(self.list):
                twice = next(word for i, word in enumerate(self.list) if ids[word] != i)
                raise CorpusError(f"{self._where}: the word {twice!r} appears twice")
            self._ids = ids
        return self._ids

    def position(self, word: str) -> int | None:
        """The position of `word`, or None. Packed bytes are searched without unpacking."""
        if self._list is not None or self._packed is None:
            return self.ids.get(word)
        return _position_in_packed(*self._packed, word)

    def pack(self) -> Packed:
        """The words in the form of `pack_words`."""
        return self._packed if self._packed is not None else pack_words(self.list)


def pack_words(words: Iterable[str]) -> Packed:
    r"""All words as concatenated UTF-8 (uint8), and the end of each (int64).

    >>> data, ends = pack_words(["you", "é"])
    >>> bytes(data), ends.tolist()
    (b'you\xc3\xa9', [3, 5])
    """
    words = list(words)
    joined = np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)
    feeds = np.flatnonzero(joined == 0x0A)
    if words and len(feeds) == len(words) - 1:  # no word holds a line feed: several times as fast
        return joined[joined != 0x0A], np.append(feeds, len(joined)) - np.arange(len(words))
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def unpack_words(data: np.ndarray, ends: np.ndarray) -> list[str]:
    """The inverse of `pack_words`. Raises ValueError if the ends do not fit the data."""
    if data.dtype != np.uint8 or ends.dtype != np.int64 or (ends[-1] if len(ends) else 0) != len(data):
        raise ValueError("the words do not end where they should")
    starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1]])
    if (starts > ends).any() or (starts < 0).any():
        raise ValueError("the words do not end where they should")
    raw, spans = data.tobytes(), zip(starts.tolist(), ends.tolist())
    if raw.isascii():  # decode everything in one call, twice as fast
        text = raw.decode("ascii")
        return [text[start:end] for start, end in spans]
    return [raw[start:end].decode("utf-8", "surrogatepass") for start, end in spans]


def _position_in_packed(data: np.ndarray, ends: np.ndarray, word: str) -> int | None:
    """Find a word without unpacking: compare all words of the same length in parallel, byte by byte."""
    wanted = word.encode("utf-8", "surrogatepass")
    candidates = np.flatnonzero(np.diff(ends, prepend=0) == len(wanted))
    for back, byte in enumerate(reversed(wanted), 1):
        candidates = candidates[data[ends[candidates] - back] == byte]
    return int(candidates[0]) if len(candidates) else None
