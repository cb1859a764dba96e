"""How many positions make a block: few enough that no row collects too many stale updates."""

from __future__ import annotations

import numpy as np

LARGEST_BLOCK = 64  # larger ones are slower: with 256, rows of 300 columns no longer fit into a core's cache (measured)
MAX_STALE_STEP = 3.0  # learning rate times terms of one row in a block. A tiny corpus trains as with block = 1 up to
# 3.6 and diverges at 7.2 (measured)


def choose_block(
    counts: np.ndarray,
    keep_probabilities: np.ndarray,
    *,
    window: int,
    negatives: int,
    learning_rate: float,
    shrink_window: bool = True,
    negative_power: float = 0.75,
) -> int:
    """The largest power of two, 64 at most, at which the busiest row moves no further in a block than it should.

    Within a block all derivatives are computed first. A row that meets n terms makes n steps of which none knows the
    others, and overshoots when learning_rate · n is large. A position brings, in expectation,

        f(w) · contexts · (1 + negatives)            terms to a word's row of W_in, and
        (f(w) + negatives · P(w) · Σ f) · contexts   terms to its row of W_out,

    with f(w) the share of positions that hold w and are kept, and P(w) ~ counts ** negative_power.

    >>> zipf = (1e6 / np.arange(1, 50_000)).astype(np.int64)
    >>> choose_block(zipf, np.minimum(1, 0.03 * np.arange(1, 50_000)), window=5, negatives=5, learning_rate=0.025)
    64
    >>> choose_block(np.array([9, 5, 4]), np.ones(3), window=5, negatives=5, learning_rate=0.025)
    4
    """
    weights = np.asarray(counts, np.float64)
    kept = weights / max(weights.sum(), 1.0) * keep_probabilities
    drawn = weights**negative_power
    drawn /= max(drawn.sum(), 1e-300)
    contexts = window + 1 if shrink_window else 2 * window
    input_terms = kept * contexts * (1 + negatives)
    output_terms = (kept + negatives * drawn * kept.sum()) * contexts
    busiest = float(max(input_terms.max(initial=0.0), output_terms.max(initial=0.0)))
    most = MAX_STALE_STEP / max(learning_rate * busiest, 1e-12)
    return int(2 ** np.floor(np.log2(min(LARGEST_BLOCK, max(1.0, most)))))
