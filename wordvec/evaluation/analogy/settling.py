"""Close calls of analogies, settled in the arithmetic of the protocol.

`best_answers` works in float32 and in blocks, so it cannot order two candidates that agree to six digits. Only such
candidates are scored again here: in float64 for the protocols wordvec and glove, in float32 summed one by one for
word2vec.c, and with gensim's own steps for gensim. So an answer does not depend on blocks, threads or the matrix
library.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wordvec.evaluation.analogy.answers import CANDIDATES, TOLERANCE, UnitRows, score
from wordvec.vectors.queries import positive

SCORES_AT_ONCE = 2**22  # candidates x questions, 16 MiB of float32
PAIRS_AT_ONCE = 2**14  # pairs of a question and a candidate, scored exactly
SAME = 1e-12  # exact scores that differ by rounding alone

# (questions (P, 3), candidates (P,)) -> scores (P,): exact scores of single candidates, rows of the vectors
Rows = Callable[[np.ndarray], np.ndarray]  # row numbers -> float32 rows as in the file
Exact = Callable[[np.ndarray, np.ndarray], np.ndarray]


def settle(
    unit: UnitRows,
    size: int,
    questions: np.ndarray,
    method: str,
    excluded: np.ndarray,
    exact: Exact,
    floor: float = -np.inf,
    alone: bool = False,
) -> np.ndarray:
    """Return the best candidate of each question by `exact` scores: of ties the first or, with `alone`, none.

    It is -1 if no candidate scores above `floor` or, with `alone`, on a tie. Shapes as in `best_answers`. Only
    candidates whose float32 score is near the best are scored by `exact`.
    """
    best = np.full(len(questions), -1, np.int64)
    step = max(1, SCORES_AT_ONCE // size)
    for start in range(0, len(questions), step):
        part = questions[start : start + step]
        scores = _scores(unit, size, part, method)
        barred = excluded[start : start + step]
        question, place = np.nonzero(barred >= 0)
        scores[question, barred[question, place]] = -np.inf
        top = scores.max(axis=1, keepdims=True)
        near = scores >= top - TOLERANCE[method] * np.maximum(1, np.abs(top))
        question, candidate = np.nonzero(near & np.isfinite(scores))
        values = np.concatenate(
            [np.empty(0)]
            + [
                exact(part[question[i : i + PAIRS_AT_ONCE]], candidate[i : i + PAIRS_AT_ONCE])
                for i in range(0, len(question), PAIRS_AT_ONCE)
            ]
        )
        question, candidate, values = (x[values > floor] for x in (question, candidate, values))
        order = np.lexsort((candidate, -values, question))
        question, candidate, values = question[order], candidate[order], values[order]
        first = np.unique(question, return_index=True)[1]
        if alone:
            first = first[~_shared(question, values, first)]
        best[start + question[first]] = candidate[first]
    return best


def _shared(question: np.ndarray, values: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Which of the best values, at `first`, are tied with the next candidate of the same question."""
    following = np.minimum(first + 1, len(values) - 1)
    is_same = (question[following] == question[first]) & (following > first)
    return np.asarray(is_same & (values[first] - values[following] <= SAME * np.maximum(1, np.abs(values[first]))))


def _scores(unit: UnitRows, size: int, questions: np.ndarray, method: str) -> np.ndarray:
    """Float32 scores of all candidates for a few questions: (Q, size)."""
    a, b, c = (unit(questions[:, i]) for i in range(3))
    offsets = np.einsum("qd,qd->q", c, b - a)[:, None]
    scores = np.empty((len(questions), size), np.float32)
    for first in range(0, size, CANDIDATES):
        block = slice(first, min(first + CANDIDATES, size))
        cosines = [rows @ unit(block).T for rows in (a, b, c)]
        if method == "3cosmul":
            cosines = [positive(x) for x in cosines]
        scores[:, block] = score(cosines[0], cosines[1], cosines[2], offsets, method)
    return scores


def in_float64(rows: Rows, method: str) -> Exact:
    """Return a function for exact float64 scores; it first divides the file's rows by their length, in float64."""

    def unit(ids: np.ndarray) -> np.ndarray:
        wide = rows(ids).astype(np.float64)
        lengths = np.sqrt(np.einsum("pd,pd->p", wide, wide))
        return np.asarray(wide / np.where(lengths > 0, lengths, 1.0)[:, None])

    def exact(questions: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        a, b, c = (unit(questions[:, i]) for i in range(3))
        x = unit(candidates)
        cosines = [np.einsum("pd,pd->p", x, row) for row in (a, b, c)]
        if method == "3cosadd":
            return np.asarray(np.einsum("pd,pd->p", x, b - a + c))
        if method == "3cosmul":
            cosines = [np.maximum((cosine + 1) / 2, 0) for cosine in cosines]
        return score(cosines[0], cosines[1], cosines[2], np.einsum("pd,pd->p", c, b - a), method)

    return exact


def as_word2vec_c(rows: Rows) -> Exact:
    """Return a function for scores summed as compute-accuracy does: one by one in float32, from the file's rows."""

    def unit(ids: np.ndarray) -> np.ndarray:
        raw = rows(ids)
        length = np.sqrt(_summed(raw * raw).astype(np.float64)).astype(np.float32)
        with np.errstate(invalid="ignore", divide="ignore"):  # a zero row becomes nan and cannot be an answer
            return np.asarray(raw / length[:, None])

    def exact(questions: np.ndarray, candidates: np.ndarray) -> np.ndarray:
        a, b, c = (unit(questions[:, i]) for i in range(3))
        return _summed((b - a + c) * unit(candidates))

    return exact


def _summed(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.add.accumulate(values, axis=1)[:, -1])


class GensimSteps:
    """Answers of gensim's most_similar, step by step in its arithmetic, as evaluate_word_analogies uses them.

    Shapes: rows (R, D) float32 as in the file, keys (R,) the number of each row's word in upper case.
    """

    topn = 5

    def __init__(self, rows: np.ndarray, keys: np.ndarray) -> None:
        self.rows, self.keys = rows, keys
        self.norms = np.linalg.norm(rows, axis=1)

    def answer(self, question: np.ndarray) -> int:
        """Return the row of gensim's answer to the question (3,); -1 for none."""
        from scipy.linalg.blas import dnrm2, dscal

        a, b, c = question.tolist()
        mean = np.zeros(self.rows.shape[1], np.float32)
        for row, weight in zip((b, c, a), np.array([1.0, 1.0, -1.0])):
            mean += weight * (self.rows[row] / self.norms[row])
        mean = mean / np.float64(3.0)
        length = dnrm2(mean)
        if length > 0:
            mean = dscal(1.0 / length, mean).astype(mean.dtype)
        cosines = np.dot(self.rows, mean.astype(np.float32)) / self.norms
        given = (b, c, a)
        found = [row for row in self._largest(cosines, self.topn + 3).tolist() if row not in given][: self.topn]
        barred, answer = {int(self.keys[row]) for row in given}, -1
        for answer in found:
            if int(self.keys[answer]) not in barred:
                break
        return answer

    @staticmethod
    def _largest(values: np.ndarray, count: int) -> np.ndarray:
        if count >= values.size:
            return np.argsort(-values)[:count]
        some = np.argpartition(-values, count)[:count]
        return np.asarray(some.take(np.argsort((-values).take(some))))
