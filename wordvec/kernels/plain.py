"""The vector kernels in plain numpy, for reading and for testing: one function for each, with the same formulas.

`W_in` and `W_out` are matrices here, contexts and outputs arrays of row numbers, g a matrix of gradients.
"""

from __future__ import annotations

import numpy as np


def score_contexts(W_in: np.ndarray, W_out: np.ndarray, contexts: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """scores[i, j] = W_in[contexts[i]] · W_out[outputs[j]]. Shapes: contexts (C,), outputs (J,) -> (C, J)."""
    return W_in[contexts] @ W_out[outputs].T


def gradients_of_scores(
    scores: np.ndarray, output_weights: np.ndarray, context_weights: np.ndarray, learning_rate: float
) -> tuple[np.ndarray, float]:
    """What is added along the other side's row for each score, and the loss.

    A weight w = +m or -m says that a target or a negative counts m times; u is minus the score for targets, the
    score for negatives; loss = Σ |w| log(1 + exp(u)); gradient = learning_rate · w · sigmoid(u).
    Shapes: scores (C, J), output_weights (J,), context_weights (C,) -> (C, J), number.
    """
    weights = context_weights[:, None] * output_weights
    u = np.where(weights > 0, -scores, scores)
    e = np.exp(-np.abs(u))
    sigmoid = np.where(u >= 0, 1 / (1 + e), e / (1 + e))
    softplus = np.maximum(u, 0) + np.log1p(e)
    return learning_rate * weights * sigmoid, float((np.abs(weights) * softplus).sum())


def update_rows(W_in: np.ndarray, W_out: np.ndarray, contexts: np.ndarray, outputs: np.ndarray, g: np.ndarray) -> None:
    """W_in[contexts] += g W_out[outputs] and W_out[outputs] += gᵀ W_in[contexts], both from the old rows.

    Repeated rows add up. Shapes: contexts (C,), outputs (J,), g (C, J).
    """
    x, y = W_in[contexts], W_out[outputs]
    np.add.at(W_in, contexts, g @ y)
    np.add.at(W_out, outputs, g.T @ x)


def update_pairs(W_in: np.ndarray, W_out: np.ndarray, contexts: np.ndarray, outputs: np.ndarray, g: np.ndarray) -> None:
    """The same where each context has outputs of its own. Shapes: contexts (C,), outputs (C, J), g (C, J)."""
    x, y = W_in[contexts], W_out[outputs]
    np.add.at(W_in, contexts, np.einsum("cj,cjd->cd", g, y))
    np.add.at(W_out, outputs, g[:, :, None] * x[:, None, :])


def score_mean(W_in: np.ndarray, W_out: np.ndarray, contexts: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """scores[j] = h · W_out[outputs[j]] with h the mean of W_in[contexts]. Shapes: (C,), (J,) -> (J,)."""
    return W_out[outputs] @ W_in[contexts].mean(axis=0)


def update_mean(
    W_in: np.ndarray, W_out: np.ndarray, contexts: np.ndarray, outputs: np.ndarray, g: np.ndarray, share: float
) -> None:
    """W_out[outputs] += gᵀ h, W_in[contexts] += share · g W_out[outputs], from the old rows. Shapes: g (J,)."""
    h, dh = W_in[contexts].mean(axis=0), g @ W_out[outputs]
    np.add.at(W_in, contexts, np.broadcast_to(share * dh, (len(contexts), len(dh))))
    np.add.at(W_out, outputs, g[:, None] * h)
