"""How many positions may be trained at the same weights before their scores are stale.

All scores of a batch (layers) or block (kernel) are taken at the weights of its beginning. If the terms of n positions
pull W_in and W_out the same way, the weights grow by exp(learning_rate * n * s), where s is the largest singular value
of the expected terms of a position as a matrix (rows of W_in) x (rows of W_out). That matrix is the outer product of
two distributions, so s is the product of their lengths. A small vocabulary has long ones, and needs short batches.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.corpus.sampling import negative_weights

MAX_GROWTH = 1.0  # the exponent: 1.1 trained 17 million words like single steps, 4.5 diverged, as did 3 on eight words
LARGEST_BATCH = 4096  # of the layers: larger ones leave the cache and are no faster
MOST_WARPS = 2048  # some 16 for each processor of a large card
LARGEST_BLOCK = 128  # of the kernel: with 256, rows of 300 columns leave a core's cache (measured)


def expected_outputs(
    centres: np.ndarray, counts: np.ndarray, negatives: int, negative_power: float, paths: Any = None
) -> np.ndarray:
    """How many terms of one prediction fall on each row of W_out.

    Negative sampling: the centre, and `negatives` words drawn by counts ** negative_power, (V,). Hierarchical softmax
    (`paths`): the nodes on the way to the centre, (V - 1,); the root takes part in every prediction.

    >>> expected_outputs(np.array([0.5, 0.5]), np.array([1, 1]), negatives=4, negative_power=0.75).tolist()
    [2.5, 2.5]
    """
    if paths is not None:
        return np.bincount(paths.nodes, np.repeat(centres, np.diff(paths.starts)))
    drawn = negative_weights(counts, negative_power)
    return centres + negatives * drawn / drawn.sum()


def positions_before_stale(step: float, kept: np.ndarray, outputs: np.ndarray) -> int:
    """Positions that may share their scores.

    step     learning rate times rows of W_in a prediction pulls at
    kept     (V,) share of positions that hold each word and are kept
    outputs  terms of one prediction on each row of W_out

    >>> positions_before_stale(0.025 * 6, kept=np.full(8, 1 / 8), outputs=np.full(8, 6 / 8))
    8
    """
    growth = float(step * np.linalg.norm(kept) * np.linalg.norm(outputs))
    return max(1, int(MAX_GROWTH / max(growth, 1e-9)))
