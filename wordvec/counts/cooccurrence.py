"""How often words meet: the sparse co-occurrence matrix of a corpus, exact and independent of order.

Weights are kept as whole numbers while counting, in units of 1/unit (1 for flat weights, 1/lcm(1..window) for
1/distance), and scaled once at the end. Whole numbers add up to the same sum in any order, so the result does not
depend on how the corpus was cut into chunks: the same bytes, always.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import CorpusError, OptionError
from wordvec.progress import progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from wordvec.corpus import Corpus

EncodedText = tuple[np.ndarray, np.ndarray, int]  # ids (N,), sentence_starts (S + 1,), vocabulary size

PAIRS_PER_CHUNK = 2**22  # some 150 MB at work, whatever the size of the corpus
NO_PAIR = np.uint64(2**64 - 1)


@dataclass(frozen=True)
class Cooccurrence:
    """A co-occurrence matrix and how it was counted.

    Attributes: ``matrix`` (V, V) float64, sparse (CSR, sorted columns): row = word, column = context word;
    ``window``, ``weighting`` ("flat" or "harmonic") and ``symmetric``, as given to `count_cooccurrences`.
    """

    matrix: csr_array
    window: int
    weighting: str
    symmetric: bool


def count_cooccurrences(
    corpus: Corpus | EncodedText,
    window: int = 5,
    weighting: str = "flat",
    symmetric: bool = True,
    show_progress: bool | None = None,
) -> Cooccurrence:
    """Count how often each word meets each context word at most `window` words away in the same sentence.

    X[w, c] = sum over pairs of positions (p of w, q of c) in one sentence with 0 < |p - q| <= window of
    1 (weighting "flat") or 1 / |p - q| ("harmonic": Pennington, Socher and Manning 2014, "GloVe", section 4.2).
    With ``symmetric=False`` only the words before w are its contexts (q < p), as in GloVe's ``-symmetric 0``.

    `corpus` is a Corpus or a tuple (ids (N,), sentence_starts (S + 1,), vocabulary size).
    Memory: the cells (12 bytes each, about three times that while the last merge runs) and a constant for a chunk.
    Raises OptionError for a window below 1 or an unknown weighting, CorpusError for ids or sentence starts that
    do not fit together.

    >>> you_say_goodbye_and_i_say_hello = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    >>> counts = count_cooccurrences((you_say_goodbye_and_i_say_hello, np.array([0, 8]), 7), window=1)
    >>> counts.matrix.toarray()[1].astype(int).tolist()  # the contexts of "say"
    [1, 0, 1, 0, 1, 1, 0]
    """
    from scipy.sparse import csr_array

    if isinstance(window, bool) or not isinstance(window, (int, np.integer)) or window < 1:
        raise OptionError(f"window must be a whole number of words, at least 1; got {window!r}")
    if weighting not in ("flat", "harmonic"):
        raise OptionError(f"weighting must be 'flat' or 'harmonic' (1/distance); got {weighting!r}")
    ids, sentence_starts, vocabulary_size = _encoded_text(corpus)
    unit = math.lcm(*range(1, window + 1)) if weighting == "harmonic" else 1
    _check_that_sums_fit(ids, window, unit, vocabulary_size)

    runs: list[csr_array] = []  # partial sums, each at least twice as large as the next: every cell merges few times
    with progress(len(ids), "counting", "words", show=show_progress) as bar:
        for begin, end in _chunks(len(ids), window):
            keys = _pair_keys(ids, sentence_starts, begin, end, window, vocabulary_size, weighting, symmetric)
            runs.append(_sum_of_weights(keys, window, unit, vocabulary_size))
            while len(runs) > 1 and runs[-2].nnz < 2 * runs[-1].nnz:
                runs[-2:] = [runs[-2] + runs[-1]]
            bar.update(end - begin)
    total = runs.pop() if runs else csr_array((vocabulary_size, vocabulary_size), dtype=np.int64)
    while runs:
        total = runs.pop() + total
    if symmetric:  # pairs were counted once, at row <= column; a pair of equal words is two contexts of one word
        total = total + total.T.tocsr()
    total.sort_indices()
    matrix = csr_array((total.data / unit, total.indices, total.indptr), shape=total.shape)
    return Cooccurrence(matrix, int(window), weighting, symmetric)


def _encoded_text(corpus: Corpus | EncodedText) -> EncodedText:
    """The three arrays of a corpus, checked: a wrong border or id would be counted without a sound."""
    if not isinstance(corpus, tuple):
        return corpus.ids, corpus.sentence_starts, len(corpus.vocabulary)
    ids, starts, vocabulary_size = np.asarray(corpus[0]), np.asarray(corpus[1]), int(corpus[2])
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise CorpusError(f"ids must be a one-dimensional array of integers; got shape {ids.shape}, dtype {ids.dtype}")
    if starts.ndim != 1 or not len(starts) or starts.dtype.kind not in "iu":
        raise CorpusError(
            "sentence_starts must be a one-dimensional array of integers with at least one element; "
            f"got shape {starts.shape}, dtype {starts.dtype}"
        )
    if starts[0] != 0 or starts[-1] != len(ids) or (starts[1:] < starts[:-1]).any():
        raise CorpusError(
            f"sentence_starts must rise from 0 to the number of words, {len(ids)}; got {starts[0]} ... {starts[-1]}"
        )
    if vocabulary_size < 1:
        raise CorpusError(f"the vocabulary must have at least one word; got size {vocabulary_size}")
    if ids.size and not (0 <= ids.min() and ids.max() < vocabulary_size):
        raise CorpusError(f"ids must be in [0, {vocabulary_size}); found {ids.min()} to {ids.max()}")
    return ids, starts, vocabulary_size


def _check_that_sums_fit(ids: np.ndarray, window: int, unit: int, vocabulary_size: int) -> None:
    """Raise where a cell could leave int64 or a pair's key 64 bits, before anything is counted."""
    largest_cell = 2 * len(ids) * sum(unit // distance for distance in range(1, window + 1))
    if largest_cell >= 2**63:
        raise OptionError(
            f"window {window} with harmonic weighting needs multiples of 1/{unit}, which could overflow 64 bits on "
            f"{len(ids)} words: use a smaller window (20 suits any corpus below 10**9 words) or weighting='flat'"
        )
    if 2 * _bits(vocabulary_size) + _bits(window) > 63:
        raise OptionError(f"vocabulary of {vocabulary_size} words and window {window}: too large together; reduce one")


def _bits(size: int) -> int:
    """Bits that hold the numbers 0 .. size - 1."""
    return (size - 1).bit_length()


def _chunks(length: int, window: int) -> Iterator[tuple[int, int]]:
    step = max(1, PAIRS_PER_CHUNK // window)
    for begin in range(0, length, step):
        yield begin, min(begin + step, length)


def _pair_keys(
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    begin: int,
    end: int,
    window: int,
    vocabulary_size: int,
    weighting: str,
    symmetric: bool,
) -> np.ndarray:
    """Sorted keys of all pairs whose first word stands in [begin, end).

    A key packs (row, column, distance - 1) into 64 bits, the distance only where its weight matters.
    """
    words = ids[begin : end + window].astype(np.uint64)
    shift = np.uint64(_bits(vocabulary_size))
    words_left = _words_left_in_sentence(sentence_starts, begin, end)
    keys = np.full((window, end - begin), NO_PAIR)
    for distance in range(1, window + 1):
        first, second = words[: end - begin], words[distance : distance + end - begin]
        first = first[: len(second)]  # the last words of the corpus have fewer than `window` words behind them
        if symmetric:
            pair = np.minimum(first, second) << shift | np.maximum(first, second)
        else:
            pair = second << shift | first
        if weighting == "harmonic":
            pair = pair << np.uint64(_bits(window)) | np.uint64(distance - 1)
        np.copyto(keys[distance - 1, : len(second)], pair, where=words_left[: len(second)] >= distance)
    keys = keys.reshape(-1)
    keys.sort()
    return keys[: np.searchsorted(keys, NO_PAIR)]


def _words_left_in_sentence(sentence_starts: np.ndarray, begin: int, end: int) -> np.ndarray:
    """For each position in [begin, end): how many words follow it in its sentence."""
    first = np.searchsorted(sentence_starts, begin, side="right") - 1
    last = np.searchsorted(sentence_starts, end, side="left")
    borders = np.asarray(sentence_starts[first : last + 1])
    sentence_ends = np.repeat(borders[1:], np.diff(np.clip(borders, begin, end)))
    return sentence_ends - np.arange(begin + 1, end + 1)


def _sum_of_weights(keys: np.ndarray, window: int, unit: int, vocabulary_size: int) -> csr_array:
    """Sorted keys -> (V, V) CSR of integer weights in units of 1/unit."""
    from scipy.sparse import csr_array

    starts = _starts_of_runs(keys)
    sums = np.diff(starts, append=len(keys))
    cells = keys[starts]
    if unit > 1:
        bits = np.uint64(_bits(window))
        distances = (cells & np.uint64((1 << int(bits)) - 1)).astype(np.int64) + 1
        cells >>= bits
        starts = _starts_of_runs(cells)
        sums = np.add.reduceat(sums * (unit // distances), starts) if len(cells) else sums
        cells = cells[starts]
    shift = np.uint64(_bits(vocabulary_size))
    rows = cells >> shift
    columns = (cells & np.uint64((1 << int(shift)) - 1)).astype(np.int32)
    row_starts = np.searchsorted(rows, np.arange(vocabulary_size + 1, dtype=np.uint64))
    if len(cells) < 2**31:  # scipy goes on with 32-bit indices, half the memory, only where both arrays have them
        row_starts = row_starts.astype(np.int32)
    return csr_array((sums, columns, row_starts), shape=(vocabulary_size, vocabulary_size))


def _starts_of_runs(ordered: np.ndarray) -> np.ndarray:
    """Where each run of equal values begins."""
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    return np.concatenate([np.zeros(min(len(ordered), 1), np.int64), changes])
