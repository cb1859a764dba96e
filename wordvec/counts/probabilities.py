"""Other views of counts: logarithms, probabilities of contexts, and their ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.counts.cells import Block, checked_counts, map_cells
from wordvec.errors import ShapeError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from wordvec.counts.cooccurrence import Cooccurrence


def log_counts(counts: Cooccurrence | csr_array, dtype: Any = np.float32) -> csr_array:
    """log(1 + count): tames frequent words, and words that never meet keep a 0.

    Shapes: counts (V, C) -> (V, C) CSR of `dtype`. Raises ShapeError as `ppmi` does.

    >>> from scipy.sparse import csr_array
    >>> log_counts(csr_array(np.array([[0, 1, 3]])), dtype=np.float64).toarray().round(4).tolist()
    [[0.0, 0.6931, 1.3863]]
    """
    return map_cells(
        checked_counts(counts, "log_counts"), lambda block: (np.log1p(block.counts), block.counts > 0), dtype
    )


def conditional_probabilities(counts: Cooccurrence | csr_array, dtype: Any = np.float64) -> csr_array:
    """P(c | w) = counts[w, c] / sum over c' of counts[w, c']: which contexts a word has (Pennington et al. 2014).

    Shapes: counts (V, C) -> (V, C) CSR of `dtype`, rows with counts sum to 1. Raises ShapeError as `ppmi` does.

    >>> from scipy.sparse import csr_array
    >>> conditional_probabilities(csr_array(np.array([[0, 1, 3], [2, 0, 0]]))).toarray().tolist()
    [[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]]
    """
    matrix = checked_counts(counts, "conditional_probabilities")
    sums = np.asarray(matrix.sum(axis=1, dtype=np.float64)).ravel()

    def share(block: Block) -> tuple[np.ndarray, np.ndarray]:
        return block.counts / np.where(block.counts > 0, sums[block.rows], 1.0), block.counts > 0

    return map_cells(matrix, share, dtype)


@typed
def probability_ratios(probabilities: csr_array, word: int, other: int) -> np.ndarray:
    """P(c | word) / P(c | other) for every context c: what GloVe is derived from (Pennington et al. 2014, table 1).

    Of ice and steam: large for solid, small for gas, near 1 for water and fashion. A context of `word` alone has
    infinity, one of neither has nan.

    Shapes: probabilities (V, C) from `conditional_probabilities`, two row numbers -> (C,) float64. Raises ShapeError
    for a row that is not there.

    >>> from scipy.sparse import csr_array
    >>> shares = conditional_probabilities(csr_array(np.array([[8, 1, 0, 0, 1], [1, 1, 0, 8, 0]])))
    >>> probability_ratios(shares, 0, 1).tolist()
    [8.0, 1.0, nan, 0.0, inf]
    """
    for row in (word, other):
        if not 0 <= row < probabilities.shape[0]:
            raise ShapeError(f"probability_ratios: rows are 0 to {probabilities.shape[0] - 1}; got {row}")
    numerator, denominator = (probabilities[[row]].toarray().ravel().astype(np.float64) for row in (word, other))
    missing = np.where(numerator > 0, np.inf, np.nan)
    return np.divide(numerator, denominator, out=missing, where=denominator > 0)
