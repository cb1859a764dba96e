"""About how long each trainer takes at its default options, and how much memory.

Rates were measured with 2 threads of a Xeon with AVX-512 on 3 and on 17 million words.
Another machine may be twice as fast or as slow; what the figures are for is to tell seconds from hours, and to
tell before training whether the memory is enough.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

MIB = 2**20
DIM, WINDOW, EPOCHS = 100, 5, 5  # defaults of the trainers, which a test compares
WIDE_WINDOW, GLOVE_EPOCHS = 10, 5  # the window of GloVe and SVD
PPMI_DIM = 2000

SKIPGRAM_WORDS_PER_SECOND = 2.9e6  # one thread: words of the corpus, the ones that subsampling skips included
CBOW_WORDS_PER_SECOND = 4.1e6
THREADS_POWER = 0.65  # two threads are 1.6 times as fast as one
COMPILE_SECONDS = 1.0  # loading compiled kernels, tables of negatives, starting weights
PAIRS_PER_SECOND = 4e7  # counted, all words in a window, one thread
CELLS_PER_SECOND = 2e7  # of the matrix, weighed by PPMI
DENSE_CELLS_PER_SECOND = 6e7  # written out by the PPMI trainer
SVD_CELLS_PER_SECOND = 3e8  # counted cells times dimensions; between 2.6 and 5.4, by the load of the machine
GLOVE_CELLS_PER_SECOND = 8e6  # cells times epochs, one thread

PROCESS_BYTES = 170 * MIB  # Python, numpy and compiled kernels
WORD_BYTES = 600  # a word of the vocabulary in Python, its count, its place in the tables
TOKEN_BYTES = 4
CELL_BYTES = 28  # a non-zero co-occurrence: value and column, several times over while it is weighed or ordered
DENSE_CELL_BYTES = 12  # float64 and float32 side by side for a moment


@dataclass(frozen=True)
class Forecast:
    """What one trainer needs at its default options; both figures are estimates."""

    trainer: str
    seconds: float
    bytes: int


def forecast(tokens: int, vocabulary: int, threads: int | None = None) -> list[Forecast]:
    """Estimates for every trainer on a corpus of that size; `threads` None is all cores of this machine.

    >>> [(f.trainer, round(f.seconds)) for f in forecast(17_000_000, 75_000, threads=2)][:2]
    [('skipgram', 20), ('cbow', 14)]
    """
    team = (threads or os.cpu_count() or 1) ** THREADS_POWER
    common = PROCESS_BYTES + WORD_BYTES * vocabulary + TOKEN_BYTES * tokens
    tables = 2 * 4 * vocabulary * DIM  # W_in and W_out, float32
    cells, wide_cells = (expected_cells(tokens, vocabulary, window) for window in (WINDOW, WIDE_WINDOW))
    count = 2 * WINDOW * tokens / (PAIRS_PER_SECOND * team) + cells / CELLS_PER_SECOND
    dense = vocabulary * min(PPMI_DIM, vocabulary)
    wide_count = 2 * WIDE_WINDOW * tokens / (PAIRS_PER_SECOND * team)
    needs = {
        "skipgram": (tokens * EPOCHS / (SKIPGRAM_WORDS_PER_SECOND * team), tables),
        "cbow": (tokens * EPOCHS / (CBOW_WORDS_PER_SECOND * team), tables),
        "glove": (
            wide_count
            + (count + cells * DIM / SVD_CELLS_PER_SECOND) / 2  # its start: a quicker SVD
            + wide_cells * GLOVE_EPOCHS / (GLOVE_CELLS_PER_SECOND * team),
            2 * tables + CELL_BYTES * wide_cells,
        ),
        "svd": (
            wide_count + wide_cells / CELLS_PER_SECOND + wide_cells * DIM / SVD_CELLS_PER_SECOND,
            3 * tables + CELL_BYTES * wide_cells,
        ),
        "ppmi": (count + dense / DENSE_CELLS_PER_SECOND, max(DENSE_CELL_BYTES * dense, CELL_BYTES * cells)),
    }
    return [Forecast(name, COMPILE_SECONDS + s, int(common + b)) for name, (s, b) in needs.items()]


def expected_cells(tokens: int, vocabulary: int, window: int) -> float:
    """Different pairs of words within the window: about 13 (2 window tokens)^0.77.

    A fit to English: 0.47, 3.2 and 24.9 million were counted in 0.1, 1 and 17 million words at window 5. There
    cannot be more than pairs were counted, nor than the square of the vocabulary.

    >>> round(expected_cells(1_000_000, 50_000, 5) / 1e6, 1), expected_cells(1000, 3, 5)
    (3.2, 9.0)
    """
    pairs = 2.0 * window * tokens
    return min(13 * pairs**0.77, pairs, float(vocabulary) ** 2)


def seconds_in_words(seconds: float) -> str:
    """A time as people say it, with no more digits than an estimate has.

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
