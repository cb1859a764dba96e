"""What a pair of words counts by its distance, in whole numbers; and whether the sums of them fit into 64 bits."""

from __future__ import annotations

import math

import numpy as np

from wordvec.errors import OptionError

WEIGHTINGS = ("flat", "harmonic", "linear")
LARGEST_WINDOW = 100_000
LARGEST_HARMONIC_WINDOW = 42  # the least common multiple of 1 .. 43 leaves 62 bits


def weights_of(window: int, weighting: str) -> tuple[int, np.ndarray]:
    """The unit and the weights in it, whole numbers: a pair at distance d counts weights[d] / unit.

    Shapes: weights (window + 1,) int64, weights[0] = 0. Raises OptionError for a window below 1, an unknown
    weighting, and a unit that leaves 64 bits.

    >>> unit, weights = weights_of(4, "harmonic")
    >>> unit, weights.tolist()
    (12, [0, 12, 6, 4, 3])
    """
    if isinstance(window, bool) or not isinstance(window, (int, np.integer)) or window < 1:
        raise OptionError(f"window must be a whole number of words, at least 1; got {window!r}")
    if weighting not in WEIGHTINGS:
        raise OptionError(f"weighting must be 'flat', 'harmonic' (1/distance) or 'linear'; got {weighting!r}")
    if window > LARGEST_WINDOW:
        raise OptionError(f"window must be at most {LARGEST_WINDOW:,} words; got {window:,}")
    if weighting == "harmonic" and window > LARGEST_HARMONIC_WINDOW:
        raise OptionError(
            f"harmonic weighting is exact up to a window of {LARGEST_HARMONIC_WINDOW} words; got {window:,}: use a "
            "smaller window, or weighting 'flat' or 'linear'"
        )
    unit = {"flat": 1, "linear": int(window)}.get(weighting) or math.lcm(*range(1, int(window) + 1))
    distances = np.arange(1, window + 1)
    weights = {"flat": np.ones_like(distances), "linear": window + 1 - distances}.get(weighting, unit // distances)
    return unit, np.concatenate([np.zeros(1, np.int64), weights])


def check_that_sums_fit(words: int, weights: np.ndarray, weighting: str, vocabulary_size: int) -> None:
    """Raise where a cell could leave int64 or an id 32 bits, before anything is counted."""
    if 2 * words * sum(weights.tolist()) >= 2**63:
        what = f"window {len(weights) - 1} with {weighting} weighting"
        raise OptionError(
            f"{what} on {words:,} words needs sums that could overflow 64 bits: use a smaller window (20 suits any "
            "corpus below 5 * 10**9 words) or weighting='flat'"
        )
    if 2 * vocabulary_size.bit_length() + len(weights).bit_length() > 63 or vocabulary_size >= 2**31 - 2:
        raise OptionError(
            f"vocabulary of {vocabulary_size} words and window {len(weights) - 1}: too large together; reduce one"
        )
