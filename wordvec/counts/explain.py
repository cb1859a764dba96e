"""Why two words are similar: the contexts they share, each with its part of the cosine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import ShapeError


@typed
def explain(a: np.ndarray, b: np.ndarray, contexts: Sequence[str], k: int | None = None) -> list[tuple[str, float]]:
    """The contexts that two words share, with what each adds to the words' cosine, the largest first.

    cos(a, b) = sum over c of a_c b_c / (|a| |b|): the part of context c is its term. With PPMI rows no term is
    negative, so the parts of all shared contexts add up to the cosine, and part / cosine is a context's share of the
    similarity. Ties go by the order of the contexts.

    Shapes: a, b (C,), rows of a PPMI matrix (see `row_of`); C contexts; the `k` largest, None for all.
    Raises ShapeError where they do not fit together.

    >>> cat, dog = np.array([3.0, 0.0, 4.0]), np.array([4.0, 3.0, 0.0])
    >>> [(context, round(part, 2)) for context, part in explain(cat, dog, ["pet", "barks", "purrs"])]
    [('pet', 0.48)]
    """
    if a.shape != b.shape or a.shape != (len(contexts),):
        raise ShapeError(f"explain: two rows of {len(contexts)} contexts expected; got {a.shape} and {b.shape}")
    a, b = a.astype(np.float64), b.astype(np.float64)
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    if norm == 0:  # a word without a context that it meets more often than by chance
        return []
    parts = a * b / norm
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
