"""The best candidates for many analogy questions, in blocks, and which of them were close calls.

Questions share their words: each distinct word of a block is multiplied with the candidates once, in one matrix
product. A question's scores are sums (or products) of three rows of that table of cosines. No array of size questions
x candidates is ever made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wordvec.arrays import Array, array_module, device_module, gpu_memory_errors, to_numpy
from wordvec.blas import one_blas_thread
from wordvec.errors import ShapeError, counted
from wordvec.vectors.queries import EPSILON, positive

# Cosines are computed for 2,048 questions and 2,048 candidates at a time. Without the C library, scores are computed
# for 128 of these questions at a time (1 MiB, which stays in the cache).
QUESTIONS, CANDIDATES, SCORED = 2048, 2048, 128
METHODS = ("3cosadd", "3cosmul", "pair-direction")
# Float32 scores nearer than this to the best one may be equal, or better, in exact arithmetic.
TOLERANCE = {"3cosadd": 1e-5, "3cosmul": 1e-4, "pair-direction": 1e-4}
CANDIDATES_ON_GPU = 16_384  # scored at a time with QUESTIONS questions: 128 MiB, several times
LOWER = "evaluate on the CPU, or with fewer words (--restrict-vocab)"

UnitRows = Callable[[Any], np.ndarray]  # row numbers or a slice -> float32 rows of length 1


def best_answers(
    unit: UnitRows, size: int, questions: np.ndarray, method: str, excluded: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the best candidate of each question, its score, and whether another is close enough to be better.

    Candidates are the `size` rows of `unit` except those `excluded`: by default the question's own three rows.
    The scores, with all cosines of unit vectors: "3cosadd" cos(x, b - a + c) (Mikolov, Yih and Zweig 2013);
    "3cosmul" cos(x, b) cos(x, c) / (cos(x, a) + 0.001), each as (cos + 1) / 2 (Levy and Goldberg 2014, eq. 4);
    "pair-direction" cos(x - c, b - a) (Levy and Goldberg 2014, eq. 2).

    Shapes: questions (Q, 3) rows of a, b, c, excluded (Q, E) rows, -1 for none -> (Q,) int64, -1 where no candidate
    is left, (Q,) float32 and (Q,) bool.

    >>> unit = np.array([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6]], np.float32)
    >>> best, score, close = best_answers(unit.__getitem__, 4, np.array([[0, 1, 0]]), "3cosadd")
    >>> int(best[0]), round(float(score[0]), 2), bool(close[0])
    (2, 0.8, False)
    """
    excluded = questions if excluded is None else excluded
    best = np.full(len(questions), -1, np.int64)
    best_score, second_score = (np.full(len(questions), -np.inf, np.float32) for _ in range(2))
    search = _search()
    words, places = np.unique(questions, return_inverse=True)
    own, places = unit(words), places.reshape(-1, 3)
    a, b, c = (own[places[:, i]] for i in range(3))
    offsets = np.einsum("qd,qd->q", c, b - a)
    parts = [slice(start, start + QUESTIONS) for start in range(0, len(questions), QUESTIONS)]
    asked = [np.unique(places[part], return_inverse=True) for part in parts]
    with one_blas_thread():  # products this small are slower on more threads, much so on a busy machine
        for first in range(0, size, CANDIDATES):
            candidates = unit(slice(first, min(first + CANDIDATES, size))).T
            for part, (rows, slots) in zip(parts, asked):
                table = own[rows] @ candidates
                if method == "3cosmul":
                    table = positive(table)
                search(
                    table, slots.reshape(-1, 3), offsets[part], METHODS.index(method), first, excluded[part],
                    best[part], best_score[part], second_score[part],
                )  # fmt: skip
    with np.errstate(invalid="ignore"):  # inf - inf, where no candidate is left
        close = best_score - second_score <= TOLERANCE[method] * np.maximum(1, np.abs(best_score))
    return best, best_score, close


def _search() -> Callable[..., None]:
    from wordvec.native import library

    return compiled_search if library.is_available() else search


def compiled_search(
    table: np.ndarray, slots: np.ndarray, offsets: np.ndarray, method: int, first: int, excluded: np.ndarray,
    best: np.ndarray, best_score: np.ndarray, second_score: np.ndarray,
) -> None:  # fmt: skip
    """`search` in C (``wordvec/native/src/search.c``)."""
    from wordvec.native import functions

    number = len(offsets)
    shapes = slots.shape, excluded.shape[:1], best.shape, best_score.shape, second_score.shape
    if shapes != ((number, 3), *[(number,)] * 4):
        raise ShapeError(f"{number} questions, but arrays of the shapes {shapes}")
    if number and not 0 <= slots.min() <= slots.max() < len(table):
        raise ShapeError(f"slots must be rows of the table, 0 to {len(table) - 1}")
    excluded = np.ascontiguousarray(excluded, np.int64)
    functions.search_answers(
        table, table.shape[1], slots, offsets, method, first, excluded, best, best_score, second_score
    )


def search(
    table: np.ndarray, slots: np.ndarray, offsets: np.ndarray, method: int, first: int, excluded: np.ndarray,
    best: np.ndarray, best_score: np.ndarray, second_score: np.ndarray,
) -> None:  # fmt: skip
    """Update the best candidate, its score and the second best score of each question with a block of candidates.

    Shapes: table (U, C) cosines of the questions' words with the candidates first, first + 1, ...; slots (Q, 3) rows
    of the table; offsets (Q,) cos(c, b) - cos(c, a); excluded (Q, E) candidates that cannot be answers; best (Q,)
    int64, best_score and second_score (Q,) float32. method: an index into METHODS. Cosines are in [0, 1] for "3cosmul".
    """
    for i in range(0, len(slots), SCORED):
        part = slice(i, i + SCORED)
        a, b, c = (table[slots[part, j]] for j in range(3))
        scores = score(a, b, c, offsets[part, None], METHODS[method])
        given = excluded[part] - first
        question, word = np.nonzero((given >= 0) & (given < scores.shape[1]))
        scores[question, given[question, word]] = -np.inf
        for _ in range(2):  # the best candidate of this block, then its second
            top = scores.argmax(axis=1)
            rows = np.arange(len(scores))
            value = scores[rows, top]
            better = value > best_score[part]
            second_score[part] = np.where(better, best_score[part], np.maximum(second_score[part], value))
            best[part][better], best_score[part][better] = top[better] + first, value[better]
            scores[rows, top] = -np.inf


def score(a: np.ndarray, b: np.ndarray, c: np.ndarray, offset: Any, method: str) -> np.ndarray:
    """Return the scores of candidates from their cosines with a, b and c; `offset` is cos(c, b) - cos(c, a).

    Cosines are expected in [0, 1], as `positive` makes them, for "3cosmul".
    """
    if method == "3cosadd":
        return np.asarray(b - a + c)
    if method == "3cosmul":
        return np.asarray(b * c / (a + EPSILON))
    lengths = np.maximum(2 * (1 - c), np.float32(1e-12))  # |x - c| ** 2; |b - a| is the same for all candidates
    return np.asarray((b - a - offset) / np.sqrt(lengths))


def best_answers_on_gpu(
    unit: UnitRows, size: int, questions: np.ndarray, method: str, excluded: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Do what `best_answers` does, on the GPU.

    Close calls are found with the same tolerance and settled by the caller in float64, so accuracies equal the CPU's.
    """
    xp = device_module("gpu")
    excluded = questions if excluded is None else excluded
    words, places = np.unique(questions, return_inverse=True)
    places = places.reshape(-1, 3)
    parts = [slice(start, start + QUESTIONS) for start in range(0, len(questions), QUESTIONS)]
    what = f"{counted(len(questions), 'analogy', 'analogies')} among {counted(size, 'word')}"
    with gpu_memory_errors(what, lower=LOWER):
        own = xp.asarray(unit(words))
        asked = [Asked(own, places[part], excluded[part], method) for part in parts]
        for first in range(0, size, CANDIDATES_ON_GPU):
            candidates = xp.asarray(unit(slice(first, min(first + CANDIDATES_ON_GPU, size))))
            for part in asked:
                part.meet(candidates, first)
    empty = Asked(own, places[:0], excluded[:0], method)  # for a set without questions
    best, score, second = (
        np.concatenate([to_numpy(getattr(part, name)) for part in (empty, *asked)])
        for name in ("best", "score", "second")
    )
    with np.errstate(invalid="ignore"):  # inf - inf, where no candidate is left
        close = score - second <= TOLERANCE[method] * np.maximum(1, np.abs(score))
    return best, score, close


class Asked:
    """Some questions and the best two candidates so far."""

    def __init__(self, own: Array, places: np.ndarray, excluded: np.ndarray, method: str) -> None:
        self._xp, self._method = array_module(own), method
        self._a, self._b, self._c = (own[self._xp.asarray(places[:, i])] for i in range(3))
        self._offset = (self._c * (self._b - self._a)).sum(axis=1)[:, None]
        self._excluded = self._xp.asarray(excluded)
        self.best = self._xp.full(len(places), -1, np.int64)
        self.score, self.second = (self._xp.full(len(places), -np.inf, np.float32) for _ in range(2))

    def meet(self, candidates: Array, first: int) -> None:
        """Take rows first, first + 1, ... (R, D) into account."""
        xp = self._xp
        scores = self._scores(candidates)
        given = self._excluded - first
        question, word = ((given >= 0) & (given < scores.shape[1])).nonzero()
        scores[question, given[question, word]] = -np.inf
        rows = xp.arange(len(scores))
        for _ in range(2):  # the best candidate of this block, then its second
            top = scores.argmax(axis=1)
            value = scores[rows, top]
            better = value > self.score
            self.second = xp.where(better, self.score, xp.maximum(self.second, value))
            self.best = xp.where(better, top + first, self.best)
            self.score = xp.where(better, value, self.score)
            scores[rows, top] = -np.inf

    def _scores(self, candidates: Array) -> Array:
        """See `score`."""
        xp = self._xp
        if self._method == "3cosadd":
            return (self._b - self._a + self._c) @ candidates.T
        a, b, c = (part @ candidates.T for part in (self._a, self._b, self._c))
        if self._method == "3cosmul":
            a, b, c = (xp.maximum((part + 1) / 2, 0) for part in (a, b, c))
            return b * c / (a + float(EPSILON))
        return (b - a - self._offset) / xp.sqrt(xp.maximum(2 * (1 - c), 1e-12))
