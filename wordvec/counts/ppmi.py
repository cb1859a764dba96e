"""Pointwise mutual information: how much more often than by chance two words meet, and why two rows are similar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.argument_types import typed
from wordvec.corpus.concordance.associations import cosine_parts
from wordvec.counts.cells import Block, checked_counts, log_or_zero, map_cells
from wordvec.counts.gpu import on_gpu, ppmi_on_gpu
from wordvec.errors import OptionError, ShapeError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from wordvec.counts.cooccurrence import Cooccurrence


CONTEXT_SMOOTHING = 1.0  # none, as in textbooks: the default of every function, trainer and figure


@typed
def ppmi(
    counts: Cooccurrence | csr_array,
    context_smoothing: float = CONTEXT_SMOOTHING,
    shift: float = 1.0,
    minimum_count: float = 0.0,
    dtype: Any = np.float32,
    in_place: bool = False,
) -> csr_array:
    """Shifted positive pointwise mutual information, on a sparse matrix without ever making it dense.

    PPMI(w, c) = max(0, log(P(w, c) / (P(w) P_a(c))) - log k),  P_a(c) = #(c)**a / sum over c' of #(c')**a

    with a = `context_smoothing` and k = `shift` (Levy, Goldberg and Dagan 2015, "Improving distributional similarity
    with lessons learned from word embeddings", sections 3.1 and 3.2). P(w, c) = counts[w, c] / sum, P(w) from row
    sums, #(c) from column sums. log is the natural logarithm: divide by log 2 = 0.6931 for bits, which some books
    use. a = 1, the default everywhere, is plain PPMI; a = 0.75 lowers the PMI of rare contexts, which is too high.
    k > 1 is the number of negative samples of the skip-gram model that factorises this matrix (Levy and Goldberg
    2014). Cells below `minimum_count` become 0; they still count in the sums.

    Shapes: counts (V, C), a Cooccurrence or a sparse matrix of counts >= 0 -> (V, C) CSR of `dtype`, positive cells
    only, on the device of the input. The input is not changed, unless `in_place` (on the CPU, a CSR matrix of
    float64): then the result reuses its memory, and the input is empty afterwards. Raises OptionError for options out
    of range, ShapeError for a matrix that is not sparse, holds negative or non-finite counts, or nothing above 0.

    >>> from scipy.sparse import csr_array
    >>> counts = csr_array(np.array([[0, 4], [4, 8]]))
    >>> values = ppmi(counts, dtype=np.float64)  # log((4/16) / (4/16 * 12/16)) = log(4/3)
    >>> values.toarray().round(4).tolist()
    [[0.0, 0.2877], [0.2877, 0.0]]
    """
    _check_options(context_smoothing, shift, minimum_count)
    given = getattr(counts, "matrix", counts)
    if on_gpu(given):
        return ppmi_on_gpu(given, context_smoothing, shift, minimum_count, dtype)
    matrix = checked_counts(counts, "ppmi")
    information = Information.of(matrix, context_smoothing, shift)

    def positive(block: Block) -> tuple[np.ndarray, np.ndarray]:
        values, stored = information.positive(block)
        return values, stored & (block.counts >= minimum_count)

    return map_cells(matrix, positive, dtype, in_place)


@typed
def pmi(
    counts: Cooccurrence | csr_array,
    context_smoothing: float = CONTEXT_SMOOTHING,
    minimum_count: float = 0.0,
    dtype: Any = np.float32,
) -> csr_array:
    """Pointwise mutual information log(P(w, c) / (P(w) P_a(c))) of the words that meet; see `ppmi`.

    Only cells with a positive count are stored. Words that never meet have a PMI of minus infinity, which a sparse
    matrix cannot hold, so a cell that is not stored does not mean 0. A stored value can be negative, or 0.

    Shapes, options, errors and the natural logarithm are as in `ppmi`.

    >>> from scipy.sparse import csr_array
    >>> counts = csr_array(np.array([[0, 4], [4, 8]]))
    >>> pmi(counts, dtype=np.float64).toarray().round(4).tolist()  # and log((8/16) / (12/16)**2) = log(8/9)
    [[0.0, 0.2877], [0.2877, -0.1178]]
    """
    _check_options(context_smoothing, 1.0, minimum_count)
    matrix = checked_counts(counts, "pmi")
    information = Information.of(matrix, context_smoothing, shift=1.0)

    def met(block: Block) -> tuple[np.ndarray, np.ndarray]:
        return information.of_cells(block), (block.counts > 0) & (block.counts >= minimum_count)

    return map_cells(matrix, met, dtype)


class Information(NamedTuple):
    """The logarithms that PMI is the sum of: those of row sums (V,) and column sums (C,), and a constant.

    log(P(w,c) / (P(w) P_a(c))) = log #(w,c) + log(sum of #(c)**a) - log #(w) - a log #(c): the total cancels, and
    logarithms cannot overflow where products of counts would.
    """

    rows: np.ndarray
    columns: np.ndarray
    shared: float

    @classmethod
    def of(cls, matrix: csr_array, context_smoothing: float, shift: float) -> Information:
        """From a matrix of counts; `shift` is k."""
        row_sums, column_sums = (np.asarray(matrix.sum(axis=axis, dtype=np.float64)).ravel() for axis in (1, 0))
        return cls.of_sums(row_sums, column_sums, context_smoothing, shift)

    @classmethod
    def of_sums(
        cls, row_sums: np.ndarray, column_sums: np.ndarray, context_smoothing: float, shift: float
    ) -> Information:
        """From the sums of a matrix of counts."""
        rows = log_or_zero(row_sums)
        columns = context_smoothing * log_or_zero(column_sums)
        return cls(rows, columns, _log_sum_exp(columns[column_sums > 0]) - float(np.log(shift)))

    def of_cells(self, block: Block) -> np.ndarray:
        """PMI of cells with a positive count."""
        return self._of_logarithms(block._replace(counts=log_or_zero(block.counts)))

    def _of_logarithms(self, block: Block) -> np.ndarray:
        values = block.counts
        values += self.shared
        values -= self.rows[block.rows]
        values -= self.columns[block.columns]
        return values

    def positive(self, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """For `map_cells`: PMI of all cells, and which of them are stored in PPMI."""
        values = self.of_cells(block)
        return values, (values > 0) & (block.counts > 0)

    def positive_of_logarithms(self, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """The same from the logarithms of counts that are all above 0; these are overwritten."""
        values = self._of_logarithms(block)
        return values, values > 0


def _check_options(context_smoothing: float, shift: float, minimum_count: float) -> None:
    if not 0 <= context_smoothing <= 1:
        raise OptionError(f"context_smoothing must be in [0, 1] (0.75 is usual, 1 is none); got {context_smoothing!r}")
    if not 0 < shift < np.inf:
        raise OptionError(f"shift is k in 'minus log k' and must be positive (1 is none); got {shift!r}")
    if not 0 <= minimum_count < np.inf:
        raise OptionError(f"minimum_count must be at least 0; got {minimum_count!r}")


def _log_sum_exp(values: np.ndarray) -> float:
    """log(sum(exp(values))) without overflow; 0 for no values."""
    if not len(values):
        return 0.0
    largest = values.max()
    return float(largest + np.log(np.exp(values - largest).sum()))


# Why two words are similar: the contexts they share, and what each adds to the cosine.


@typed
def explain(a: np.ndarray, b: np.ndarray, contexts: Sequence[str], k: int | None = None) -> list[tuple[str, float]]:
    """The contexts that two words share, with what each adds to their cosine, largest first.

    cos(a, b) = sum over c of a_c b_c / (|a| |b|): the part of context c is its term. With PPMI rows no term is
    negative, so the parts of all shared contexts add up to the cosine, and part / cosine is a context's share of the
    similarity. Ties are broken by the order of the contexts. `Concordance.behind` does the same with associations
    that count less where there were few observations, for readers; this function shows what a model was made from.

    Shapes: a, b (C,), rows of a PPMI matrix (see `row_of`); C contexts; the `k` largest, None for all.
    Raises ShapeError where they do not fit together.

    >>> cat, dog = np.array([3.0, 0.0, 4.0]), np.array([4.0, 3.0, 0.0])
    >>> [(context, round(part, 2)) for context, part in explain(cat, dog, ["pet", "barks", "purrs"])]
    [('pet', 0.48)]
    """
    if a.shape != b.shape or a.shape != (len(contexts),):
        raise ShapeError(f"explain: two rows of {len(contexts)} contexts expected; got {a.shape} and {b.shape}")
    parts = cosine_parts(a, b)
    order = np.argsort(-parts, kind="stable")[: np.count_nonzero(parts > 0)][:k]
    return [(contexts[c], float(parts[c])) for c in order]


def row_of(matrix: Any, word_id: int) -> np.ndarray:
    """One row of a sparse or dense matrix as a plain array, (C,).

    >>> from scipy.sparse import csr_array
    >>> row_of(csr_array(np.array([[0, 0], [0, 2]])), 1).tolist()
    [0, 2]
    """
    if isinstance(matrix, np.ndarray):
        return matrix[word_id]
    return matrix[[word_id]].toarray().ravel()
