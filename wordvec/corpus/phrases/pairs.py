"""Counting pairs of neighbouring words exactly, in bounded memory.

Stretches of the text are counted one at a time: a pair is a 64-bit key (first word's id, second word's id), keys are
sorted, and equal ones counted. Each stretch leaves a run of different keys with their counts in a temporary file.
At the end all runs are merged one range of keys at a time, so a pair's whole count is known before rare pairs go.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from wordvec.corpus.encode.token_ids import growing_array
from wordvec.memory import give_back_pages

TOKENS_AT_A_TIME = 1 << 23  # 64 MB of keys
KEYS_AT_A_TIME = 1 << 23  # of all runs together, while they are merged
SHIFT = np.uint64(32)
SECOND = np.uint64(2**32 - 1)
FILTER_BITS = 22  # 4 MB, which stays in the cache
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: its multiples spread evenly


def count_pairs(
    ids: np.ndarray,
    sentence_ends: np.ndarray,
    countable: np.ndarray,
    min_count: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Keys (P,) uint64 ascending, and counts (P,) int64, of all pairs that occur `min_count` times or more.

    Only pairs of `countable` words (a mask over ids), next to each other in one sentence, are counted.
    Memory: some 0.4 GB and the result; disk: 12 bytes for each different pair of a stretch of 8 M words, at most 12
    bytes a token.

    >>> ids, ends = np.array([0, 1, 0, 1, 1, 0], np.int32), np.array([4, 6])
    >>> keys, counts = count_pairs(ids, ends, np.array([True, True]), 2)
    >>> split_keys(keys)[0].tolist(), split_keys(keys)[1].tolist(), counts.tolist()
    ([0, 1], [1, 0], [2, 2])
    """
    runs = [0]  # where each run starts, and the end of the last
    with growing_array(np.uint64) as keys_file, growing_array(np.int32) as counts_file:
        for begin in range(0, len(ids), TOKENS_AT_A_TIME):
            end = min(begin + TOKENS_AT_A_TIME, len(ids))
            first, second, is_pair = neighbours(ids, sentence_ends, begin, end)
            is_pair &= countable[first]
            is_pair &= countable[second]
            keys = pair_keys(first[is_pair], second[is_pair])
            keys.sort()
            starts = _starts_of_runs(keys)
            counts_file.append(np.diff(starts, append=len(keys)))
            keys_file.append(keys[starts])
            runs.append(runs[-1] + len(starts))
            give_back_pages(ids)
        return merged_pairs(keys_file.finish(), counts_file.finish(), runs, min_count)


def merged_pairs(
    keys: np.ndarray, counts: np.ndarray, runs: list[int], min_count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Keys, ascending, and counts of the pairs in all runs that occur `min_count` times or more together.

    Run i is keys[runs[i] : runs[i + 1]], ascending and each once, with its counts.
    """
    if len(runs) == 2:
        frequent = counts >= min_count
        return keys[frequent], counts[frequent].astype(np.int64)
    merged = list(_merge(keys, counts, runs, min_count))
    return np.concatenate([keys for keys, _ in merged]), np.concatenate([counts for _, counts in merged])


def neighbours(
    ids: np.ndarray, sentence_ends: np.ndarray, begin: int, end: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The words begin .. end - 1, the word after each of them, and whether both are in one sentence.

    Shapes: all (end - begin,); the last word of the text has itself as its second word, which is no pair.
    """
    end = min(end, len(ids))
    first = np.asarray(ids[begin:end])
    second = np.append(ids[begin + 1 : end + 1], ids[end - 1 : end] if end == len(ids) else ids[:0])
    together = np.ones(end - begin, bool)
    low, high = np.searchsorted(sentence_ends, [begin, end], side="right")
    together[sentence_ends[low:high] - begin - 1] = False
    together[-1] &= end < len(ids)
    return first, second, together


def pair_keys(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The keys of pairs of ids: as many, uint64."""
    keys = first.astype(np.uint64)
    keys <<= SHIFT
    keys |= second.astype(np.uint64)
    return keys


def split_keys(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ids (int32) of the first and the second words of keys."""
    return (keys >> SHIFT).astype(np.int32), (keys & SECOND).astype(np.int32)


class PairIndex:
    """Finds pairs among given ones: few words are in any, and a small table of bits turns away most others."""

    def __init__(self, keys: np.ndarray, words: int) -> None:
        """`keys` (P,) uint64 ascending; `words` is the number of words."""
        self.keys = keys
        self._is_first, self._is_second = np.zeros(words, bool), np.zeros(words, bool)
        first, second = split_keys(keys)
        self._is_first[first] = True
        self._is_second[second] = True
        self._seen = np.zeros(1 << FILTER_BITS, bool)
        self._seen[_filter_place(first, second)] = True

    def find(self, first: np.ndarray, second: np.ndarray, together: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The places with one of the pairs, ascending, and the index in `keys` of the pair at each place.

        Shapes: all (N,) -> (F,) int64 and (F,) int64.

        >>> words = np.array([1, 0, 1, 1])
        >>> keys = pair_keys(np.array([0]), np.array([1]))
        >>> places, pairs = PairIndex(keys, words=2).find(words[:3], words[1:], np.ones(3, bool))
        >>> places.tolist(), pairs.tolist()
        ([1], [0])
        """
        places = np.flatnonzero(together & self._is_first[first] & self._is_second[second])
        places = places[self._seen[_filter_place(first[places], second[places])]]
        keys = pair_keys(first[places], second[places])
        positions = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        is_pair = self.keys[positions] == keys
        return places[is_pair], positions[is_pair]


def _filter_place(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """A place in the table of bits for each pair (a multiplicative hash of its key)."""
    return (pair_keys(first, second) * GOLDEN) >> np.uint64(64 - FILTER_BITS)


def _starts_of_runs(ordered: np.ndarray) -> np.ndarray:
    """Where each different element of an ordered array first occurs."""
    if not len(ordered):
        return np.zeros(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1])


def _merge(
    keys: np.ndarray, counts: np.ndarray, runs: list[int], min_count: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Add up the counts of equal keys in all runs, one range of keys at a time, and leave out rare ones."""
    spans = list(itertools.pairwise(runs))
    borders = _range_borders(keys, spans)
    cuts = np.array([begin + np.searchsorted(keys[begin:end], borders) for begin, end in spans], np.int64)
    cuts = cuts.reshape(len(spans), len(borders))
    for part in range(len(borders) - 1):
        slices = [slice(*row[part : part + 2].tolist()) for row in cuts]
        part_keys = np.concatenate([keys[s] for s in slices] or [np.zeros(0, np.uint64)])
        part_counts = np.concatenate([counts[s] for s in slices] or [np.zeros(0, np.int32)])
        order = np.argsort(part_keys, kind="stable")  # fast here: it merges stretches that are in order
        part_keys, part_counts = part_keys[order], part_counts[order].astype(np.int64)
        starts = _starts_of_runs(part_keys)
        totals = np.add.reduceat(part_counts, starts) if len(starts) else part_counts
        frequent = totals >= min_count
        give_back_pages(keys)
        give_back_pages(counts)
        yield part_keys[starts[frequent]], totals[frequent]


def _range_borders(keys: np.ndarray, spans: list[tuple[int, int]]) -> np.ndarray:
    """Borders of ranges with no more than KEYS_AT_A_TIME keys of all runs together (and one more key each).

    Every `step`-th key of each run is looked at: between two of them that are `n` apart in the order of all of
    them lie at most (n + runs) * step keys.
    """
    step = max(1, KEYS_AT_A_TIME // (2 * max(1, len(spans))))
    looked_at = np.sort(np.concatenate([keys[begin:end:step] for begin, end in spans] or [keys[:0]]))
    inner = np.unique(looked_at[:: max(1, len(spans))])
    return np.concatenate([np.zeros(1, np.uint64), inner[inner > 0], np.array([2**64 - 1], np.uint64)])
