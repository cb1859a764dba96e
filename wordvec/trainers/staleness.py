"""How many warps may train at a time on a GPU before what they know of each other's rows is stale.

Each warp is at another centre, and what it gains from it is unknown to the others until it is done. If the terms of n
centres pull W_in and W_out the same way, the weights grow by exp(learning_rate * n * s), where s is the largest
singular value of the expected terms of a centre as a matrix (rows of W_in) x (rows of W_out). That matrix is the outer
product of two distributions, so s is the product of their lengths. A small vocabulary has long ones, and bears few
warps. Warps work on neighbouring stretches of text, so what counts is the stretch whose words repeat most, not the
corpus: one sorted by topic bears fewer warps than the same sentences shuffled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordvec.corpus.draws.sampling import negative_weights

if TYPE_CHECKING:
    from wordvec.corpus import Corpus

MAX_GROWTH = 1.0  # the exponent: 1.1 trained 17 million words like single steps, 4.5 diverged, as did 3 on eight words
MOST_WARPS = 2048  # some 16 for each processor of a large card
STRETCH = 1 << 17  # positions that all warps of a large card are within at a time


def expected_outputs(centres: np.ndarray, counts: np.ndarray, negatives: int, negative_power: float) -> np.ndarray:
    """How many terms of one prediction fall on each row of W_out, (V,).

    The centre, and `negatives` words drawn by counts ** negative_power.

    >>> expected_outputs(np.array([0.5, 0.5]), np.array([1, 1]), negatives=4, negative_power=0.75).tolist()
    [2.5, 2.5]
    """
    drawn = negative_weights(counts, negative_power)
    return centres + negatives * drawn / drawn.sum()


def centres_before_stale(step: float, inputs: np.ndarray, outputs: np.ndarray) -> int:
    """Centres that may be worked on at a time.

    step     learning rate times rows of W_in a centre pulls at
    inputs   (V,) share of the kept tokens that are each word
    outputs  terms of one prediction on each row of W_out

    >>> centres_before_stale(0.025 * 6, inputs=np.full(8, 1 / 8), outputs=np.full(8, 6 / 8))
    8
    """
    growth = float(step * np.linalg.norm(inputs) * np.linalg.norm(outputs))
    return max(1, int(MAX_GROWTH / max(growth, 1e-9)))


def warps_before_stale(
    step: float, corpus: Corpus, keep: np.ndarray, negatives: int, negative_power: float, stretch: int = STRETCH
) -> int:
    """Warps that the stretch of `corpus` bears whose words repeat most.

    step   as in `centres_before_stale`; keep   (V,) the probability that subsampling keeps a word
    """
    counts, most = corpus.vocabulary.counts, MOST_WARPS
    for first in range(0, len(corpus.ids), stretch):
        kept = np.bincount(corpus.ids[first : first + stretch], minlength=len(counts)) * keep
        share = kept / max(kept.sum(), 1e-9)
        most = min(most, centres_before_stale(step, share, expected_outputs(share, counts, negatives, negative_power)))
    return most
