"""The same three steps on dense matrices, through the layers: to read, and to check the sparse forms against.

Every step works on numpy or cupy arrays. Memory grows with the square of the vocabulary, so there is a limit.
"""

from __future__ import annotations

import numpy as np

from wordvec.argument_types import typed
from wordvec.arrays import Array, array_module, to_numpy
from wordvec.counts.cooccurrence import SIDES
from wordvec.counts.ppmi import CONTEXT_SMOOTHING
from wordvec.counts.stream import checked_text, weights_of
from wordvec.counts.svd import SVD, with_fixed_signs
from wordvec.errors import OptionError, ShapeError
from wordvec.layers import MatMul, Multiply, Repeat, Sum
from wordvec.layers.layer import as_array
from wordvec.rng import PROJECTION, normal_matrix

VOCABULARY_LIMIT = 5_000  # 200 MB for one matrix in float64
CENTRES_PER_BLOCK = 256


@typed
def dense_cooccurrences(
    ids: Array,
    sentence_starts: Array,
    vocabulary_size: int,
    window: int = 5,
    weighting: str = "flat",
    side: str = "both",
) -> Array:
    """Co-occurrences as MatMul of one-hot windows: X = centres^T (weights contexts).

    Row p of ``centres`` and of ``contexts`` is the one-hot vector of the word at a position; ``weights`` says how much
    the word at position q counts for the centre at p by their distance, within the window and the sentence, else 0.
    Arguments and result as in `count_cooccurrences`, which counts the same without all the zeros.

    Shapes: ids (N,), sentence_starts (S + 1,) -> (V, V) float64, on the device of `ids`.
    Raises OptionError above 5,000 words, with the memory it would take, CorpusError for ids or starts that do not fit.

    >>> you_say_goodbye_and_i_say_hello = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    >>> dense_cooccurrences(you_say_goodbye_and_i_say_hello, np.array([0, 8]), 7, window=1)[1].astype(int).tolist()
    [1, 0, 1, 0, 1, 1, 0]
    """
    checked_text(to_numpy(ids), to_numpy(sentence_starts), vocabulary_size)
    ids, sentence_starts = as_array("dense_cooccurrences", ids), as_array("dense_cooccurrences", sentence_starts)
    unit, weights = weights_of(window, weighting)
    if side not in SIDES:
        raise OptionError(f"side must be 'both', 'left' or 'right'; got {side!r}")
    _check_size(vocabulary_size)
    xp = array_module(ids, sentence_starts)
    weight_at = xp.asarray(np.append(weights, 0) / unit)  # by distance; the last is for all larger distances
    one_hot = xp.eye(vocabulary_size)
    position = xp.arange(len(ids))
    sentence = xp.searchsorted(sentence_starts, position, side="right")
    total = xp.zeros((vocabulary_size, vocabulary_size))
    for begin in range(0, len(ids), CENTRES_PER_BLOCK):
        p = position[begin : begin + CENTRES_PER_BLOCK]
        q = position[max(0, begin - window) : begin + CENTRES_PER_BLOCK + window]
        ahead = q[None, :] - p[:, None]
        counted = sentence[p][:, None] == sentence[q][None, :]
        if side != "both":
            counted &= ahead < 0 if side == "left" else ahead > 0
        weighted = counted * weight_at[xp.minimum(abs(ahead), window + 1)]
        windows = MatMul(one_hot[ids[q]]).forward(weighted)  # (P, V): the summed weights around each centre
        total += MatMul(windows).forward(one_hot[ids[p]].T)
    return total


@typed
def dense_ppmi(counts: Array, context_smoothing: float = CONTEXT_SMOOTHING, shift: float = 1.0) -> Array:
    """PPMI(w, c) = max(0, log(P(w, c) / (P(w) P_a(c))) - log k), as in `ppmi`, natural logarithms included, on a dense
    matrix.

    The expectation P(w) P_a(c) is the product (Multiply) of the two margins (Sum), each spread over the whole matrix
    (Repeat).

    Shapes: counts (V, C) -> (V, C) float64. Raises OptionError above 5,000 words, ShapeError for a count that is
    negative or not finite.

    >>> dense_ppmi(np.array([[0.0, 4.0], [4.0, 8.0]])).round(4).tolist()
    [[0.0, 0.2877], [0.2877, 0.0]]
    """
    counts = as_array("dense_ppmi", counts)
    if counts.ndim != 2:
        raise ShapeError(f"dense_ppmi: counts must be (V, C); got {counts.shape}")
    _check_size(max(counts.shape))
    xp = array_module(counts)
    if not bool((xp.isfinite(counts) & (counts >= 0)).all()):
        raise ShapeError("dense_ppmi: counts must be finite and not negative")
    rows, columns = counts.shape
    joint = counts / max(float(counts.sum()), 1.0)  # P(w, c)
    word = Sum(axis=1).forward(joint)  # P(w), (V, 1)
    smoothed = xp.where(counts.sum(axis=0, keepdims=True) > 0, Sum(axis=0).forward(joint) ** context_smoothing, 0.0)
    context = smoothed / max(float(smoothed.sum()), np.finfo(np.float64).tiny)  # P_a(c), (1, C)
    expected = Multiply().forward(Repeat(columns, axis=1).forward(word), Repeat(rows, axis=0).forward(context))
    met = joint > 0
    ratio = xp.where(met, joint, 1.0) / xp.where(met, expected, 1.0)  # log 1 = 0 where they never meet
    return xp.where(met, xp.maximum(xp.log(ratio) - np.log(shift), 0.0), 0.0)


@typed
def dense_svd(matrix: Array, dim: int, seed: int = 1, rounds: int = 8, oversampling: int = 10) -> SVD:
    """The `dim` largest singular triples by a randomized range finder with power iterations, all of it MatMul.

    Y = (A A^T)^rounds A X for random X (C, dim + oversampling), Q = an orthonormal basis of Y (renewed every round),
    then the singular value decomposition of the small matrix Q^T A (Halko, Martinsson and Tropp 2011, "Finding
    structure with randomness", algorithms 4.4 and 5.1). Signs as in `truncated_svd`.

    Shapes: matrix (V, C) -> U (V, dim), S (dim,), V (C, dim), on the device of `matrix`.

    >>> dense_svd(np.diag([3.0, 2.0, 1.0]), dim=2).S.round(6).tolist()
    [3.0, 2.0]
    """
    matrix = as_array("dense_svd", matrix)
    matrix = matrix.astype(np.float64) if matrix.dtype.kind in "iu" else matrix
    if matrix.ndim != 2 or not 1 <= dim <= min(matrix.shape):
        raise OptionError(f"dense_svd: dim must be from 1 to the smaller side of (V, C); got {dim} for {matrix.shape}")
    _check_size(max(matrix.shape))
    xp = array_module(matrix)
    width = min(dim + oversampling, *matrix.shape)
    random = xp.asarray(normal_matrix(seed, PROJECTION, (matrix.shape[1], width)), dtype=matrix.dtype)
    Q, _ = xp.linalg.qr(MatMul(random).forward(matrix))
    for _ in range(rounds):
        Q, _ = xp.linalg.qr(MatMul(Q).forward(matrix.T))
        Q, _ = xp.linalg.qr(MatMul(Q).forward(matrix))
    small = MatMul(matrix).forward(Q.T)  # (width, C)
    U, S, Vt = xp.linalg.svd(small, full_matrices=False)
    return with_fixed_signs(MatMul(U[:, :dim]).forward(Q), S[:dim], Vt[:dim].T)


def _check_size(vocabulary_size: int) -> None:
    if vocabulary_size > VOCABULARY_LIMIT:
        raise OptionError(
            f"a dense matrix of {vocabulary_size:,} words takes {8e-9 * vocabulary_size**2:.1f} GB several times over; "
            f"the limit is {VOCABULARY_LIMIT:,} words: use the sparse forms (count_cooccurrences, ppmi, truncated_svd)"
        )
