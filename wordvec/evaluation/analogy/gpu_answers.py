"""The best candidates for many analogy questions on the GPU, with the interface of `analogy.answers`.

Close calls are found with the same tolerance, and the caller settles them in float64, so accuracies equal the CPU's.
"""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module, device_module, gpu_memory_errors, to_numpy
from wordvec.errors import counted
from wordvec.evaluation.analogy.answers import TOLERANCE, UnitRows
from wordvec.vectors.queries import EPSILON

QUESTIONS, CANDIDATES = 2048, 16_384  # scored at a time: 128 MiB, several times
LOWER = "evaluate on the CPU, or with fewer words (--restrict-vocab)"


def best_answers(
    unit: UnitRows, size: int, questions: np.ndarray, method: str, excluded: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Do what `wordvec.evaluation.analogy.answers.best_answers` does, on the GPU."""
    xp = device_module("gpu")
    excluded = questions if excluded is None else excluded
    words, places = np.unique(questions, return_inverse=True)
    places = places.reshape(-1, 3)
    parts = [slice(start, start + QUESTIONS) for start in range(0, len(questions), QUESTIONS)]
    what = f"{counted(len(questions), 'analogy', 'analogies')} among {counted(size, 'word')}"
    with gpu_memory_errors(what, lower=LOWER):
        own = xp.asarray(unit(words))
        asked = [Asked(own, places[part], excluded[part], method) for part in parts]
        for first in range(0, size, CANDIDATES):
            candidates = xp.asarray(unit(slice(first, min(first + CANDIDATES, size))))
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
        """See `wordvec.evaluation.analogy.answers.score`."""
        xp = self._xp
        if self._method == "3cosadd":
            return (self._b - self._a + self._c) @ candidates.T
        a, b, c = (part @ candidates.T for part in (self._a, self._b, self._c))
        if self._method == "3cosmul":
            a, b, c = (xp.maximum((part + 1) / 2, 0) for part in (a, b, c))
            return b * c / (a + float(EPSILON))
        return (b - a - self._offset) / xp.sqrt(xp.maximum(2 * (1 - c), 1e-12))
