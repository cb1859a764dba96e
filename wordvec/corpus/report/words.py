"""Facts about the words of a corpus, and how long each trainer would take on it."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from wordvec.corpus.report.signs import Sign, find_signs
from wordvec.corpus.vocabulary import Vocabulary

MIN_COUNTS = (1, 2, 5, 10, 20, 50, 100)
COMMONEST = 10


@dataclass(frozen=True)
class CurvePoint:
    """The number of words and the share of all tokens that a min_count keeps."""

    min_count: int
    words: int
    tokens: float


@dataclass(frozen=True)
class Words:
    """Facts about the words; shares are of the tokens that were examined.

    Attributes:
        curve: words and tokens kept by some values of min_count, including the corpus's own; only values from the
            corpus's own on if rarer words are unknown.
        once: share of all distinct words that were seen once, or None if unknown.
        commonest: the most frequent words and their counts.
        signs: by name, see `find_signs`.
    """

    curve: list[CurvePoint]
    once: float | None
    commonest: dict[str, int]
    signs: dict[str, Sign]


def examine_words(vocabulary: Vocabulary) -> Words:
    """Examine the counts of all words and the letters of the most frequent ones.

    >>> found = examine_words(Vocabulary(["the", "the,", "The"], [6, 3, 1]))
    >>> found.signs["punctuation attached"].tokens, found.signs["capitals"].tokens, found.once
    (0.3, 0.1, 0.3333333333333333)
    """
    left_out = vocabulary.left_out
    known_from = 1 if left_out is not None else vocabulary.min_count
    counts = vocabulary.counts if left_out is None else np.concatenate([vocabulary.counts, left_out.counts])
    return Words(
        curve=vocabulary_curve(counts, known_from, vocabulary.min_count),
        once=float((counts == 1).sum() / len(counts)) if known_from == 1 and len(counts) else None,
        commonest=dict(zip(vocabulary.words[:COMMONEST], vocabulary.counts[:COMMONEST].tolist())),
        signs=find_signs(vocabulary),
    )


def vocabulary_curve(counts: np.ndarray, known_from: int, own: int = 1) -> list[CurvePoint]:
    """What each of MIN_COUNTS and the corpus's `own` min_count keeps, from `known_from` on.

    >>> [(point.min_count, point.words) for point in vocabulary_curve(np.array([7, 2, 1]), 2)][:2]
    [(2, 2), (5, 1)]
    """
    total = max(int(counts.sum()), 1)
    kept = [(at, counts[counts >= at]) for at in sorted({known_from, own, *MIN_COUNTS}) if at >= known_from]
    return [CurvePoint(at, len(k), float(k.sum() / total)) for at, k in kept]


# Approximate time and memory of each trainer at its default options. Rates were measured with 2 threads of a Xeon with
# AVX-512 on 3 and on 17 million words. Another machine may be twice as fast or half as fast; the figures distinguish
# seconds from hours, and show before training whether memory is sufficient.


MIB = 2**20
DIM, WINDOW, EPOCHS = 100, 5, 5  # defaults of the trainers; a test compares them
WIDE_WINDOW, GLOVE_EPOCHS = 10, 5  # the window of GloVe and SVD
PPMI_DIM = 2000

SKIPGRAM_WORDS_PER_SECOND = 2.9e6  # one thread: words of the corpus, including those that subsampling skips
CBOW_WORDS_PER_SECOND = 4.1e6
THREADS_POWER = 0.65  # two threads are 1.6 times as fast as one
COMPILE_SECONDS = 1.0  # loading compiled kernels, tables of negatives, starting weights
PAIRS_PER_SECOND = 4e7  # counted, all words in a window, one thread
CELLS_PER_SECOND = 2e7  # of the matrix, weighted by PPMI
DENSE_CELLS_PER_SECOND = 6e7  # written out by the PPMI trainer
SVD_CELLS_PER_SECOND = 3e8  # counted cells times dimensions; 2.6e8 to 5.4e8, depending on the machine's load
IN_ANY_ORDER = 1.3  # times the pairs of a text, whose words meet the same words again
SVD_WORDS_PER_SECOND = 2.5e4  # of the vocabulary, in DIM dimensions; 1.6e4 in Korean, 3.7e4 in English
SVD_TABLES = 5  # of DIM dimensions; 2.5 in English, whose singular values fall faster
GLOVE_CELLS_PER_SECOND = 8e6  # cells times epochs, one thread

PROCESS_BYTES = 170 * MIB  # Python, numpy and compiled kernels
WORD_BYTES = 600  # a word of the vocabulary in Python, its count and its table entries
TOKEN_BYTES = 4
CELL_BYTES = 28  # a non-zero co-occurrence: value and column, in several copies while weighted or sorted
DENSE_CELL_BYTES = 12  # float64 and float32, briefly held together


@dataclass(frozen=True)
class Forecast:
    """What one trainer needs at its default options; both figures are estimates."""

    trainer: str
    seconds: float
    bytes: int


def forecast(counts: np.ndarray, threads: int | None = None) -> list[Forecast]:
    """Estimates for every trainer, from the counts of the words; `threads` None means all cores of this machine.

    >>> [(f.trainer, round(f.seconds)) for f in forecast(np.full(75_000, 17_000_000 // 75_000), threads=2)][:2]
    [('skipgram', 20), ('cbow', 14)]
    """
    tokens, vocabulary = int(counts.sum()), len(counts)
    team = (threads or os.cpu_count() or 1) ** THREADS_POWER
    common = PROCESS_BYTES + WORD_BYTES * vocabulary + TOKEN_BYTES * tokens
    tables = 2 * 4 * vocabulary * DIM  # W_in and W_out, float32
    cells, wide_cells = (expected_cells(counts, window) for window in (WINDOW, WIDE_WINDOW))
    count = 2 * WINDOW * tokens / (PAIRS_PER_SECOND * team) + cells / CELLS_PER_SECOND
    dense = vocabulary * min(PPMI_DIM, vocabulary)
    svd, wide_svd = (
        number * DIM / SVD_CELLS_PER_SECOND + vocabulary / SVD_WORDS_PER_SECOND for number in (cells, wide_cells)
    )
    wide_count = 2 * WIDE_WINDOW * tokens / (PAIRS_PER_SECOND * team)
    needs = {
        "skipgram": (tokens * EPOCHS / (SKIPGRAM_WORDS_PER_SECOND * team), tables),
        "cbow": (tokens * EPOCHS / (CBOW_WORDS_PER_SECOND * team), tables),
        "glove": (
            wide_count
            + (count + svd) / 2  # its initialization: a quicker SVD
            + wide_cells * GLOVE_EPOCHS / (GLOVE_CELLS_PER_SECOND * team),
            2 * tables + CELL_BYTES * wide_cells,
        ),
        "svd": (
            wide_count + wide_cells / CELLS_PER_SECOND + wide_svd,
            SVD_TABLES * tables + CELL_BYTES * wide_cells,
        ),
        "ppmi": (count + dense / DENSE_CELLS_PER_SECOND, max(DENSE_CELL_BYTES * dense, CELL_BYTES * cells)),
    }
    return [Forecast(name, COMPILE_SECONDS + s, int(common + b)) for name, (s, b) in needs.items()]


def expected_cells(counts: np.ndarray, window: int) -> float:
    """Distinct pairs of words within the window, about as many as n pairs of words in any order have, but for a factor.

        1 / IN_ANY_ORDER * sum over a, b of 1 - exp(-n p_a p_b),   n = 2 window tokens,   p_a = counts_a / tokens

    Words of about the same count are taken together. With the factor it is within a fifth of the pairs in 3 and 17
    million words of English, in 4 million words of Korean of which most are seen once, and in random words.

    >>> [round(expected_cells(counts, 5) * IN_ANY_ORDER) for counts in (np.array([1000]), np.full(9, 1000))]
    [1, 81]
    """
    tokens = max(1, int(counts.sum()))
    alike = np.floor(4 * np.log2(np.maximum(counts, 1))).astype(np.int64)
    words = np.bincount(alike)
    share = np.bincount(alike, counts / tokens) / np.maximum(words, 1)
    met = -np.expm1(-2 * window * tokens * np.outer(share, share))
    return float(words @ met @ words) / IN_ANY_ORDER


def seconds_in_words(seconds: float) -> str:
    """A time as text, with no more digits than an estimate deserves.

    >>> seconds_in_words(0.4), seconds_in_words(23), seconds_in_words(250), seconds_in_words(50_000)
    ('a second', '25 s', '4 min', '14 h')
    """
    if seconds < 1.5:
        return "a second"
    if seconds < 10:
        return f"{seconds:.0f} s"
    if seconds < 120:
        return f"{5 * round(seconds / 5)} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def percent(share: float) -> str:
    """A share as text.

    >>> percent(0.983), percent(0.0042), percent(1.0), percent(0.00001), percent(0.9999)
    ('98 %', '0.4 %', '100 %', 'under 0.1 %', '99.9 %')
    """
    if 0 < share < 0.0005:
        return "under 0.1 %"
    if 0.99 < share < 1:
        return f"{min(share * 100, 99.9):.1f} %"
    return f"{share * 100:.1f} %" if share and share < 0.0995 else f"{share * 100:.0f} %"
