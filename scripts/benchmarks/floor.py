"""The floor: how fast one core could train if it did nothing but the arithmetic, at its own rate of sgemm.

python -m benchmarks.floor   prints one JSON line: this core's best rate of float32 matrix products, FLOP a second
"""

from __future__ import annotations

import json
import time

SIZES = (256, 512, 1024, 1536)
REPEATS = 5


def mean_contexts(window: int, shrink_window: bool = True) -> float:
    """Mean number of contexts of a centre inside a long sentence; each side 1 .. window, drawn uniformly, or window.

    >>> mean_contexts(5), mean_contexts(5, shrink_window=False)
    (6.0, 10.0)
    """
    return float(window + 1 if shrink_window else 2 * window)


def flop_per_centre(model: str, dim: int, window: int, negatives: int, shrink_window: bool = True) -> float:
    """Floating-point operations that one kept centre cannot do without.

    A pair of an input and an output row: the dot product 2 D, and two updates a x + y of 2 D each: 6 D.
    Skip-gram has c (1 + K) pairs, and adds the gradients of each of c contexts up before its row moves: c D.
    CBOW has 1 + K pairs, the mean of c contexts (c D) and its gradient added to each of them (c D).
    c = window + 1 with shrinking windows. Window 5, 5 negatives: 222 D and 48 D.

    >>> flop_per_centre("skipgram", 1, 5, 5), flop_per_centre("cbow", 1, 5, 5)
    (222.0, 48.0)
    """
    contexts = mean_contexts(window, shrink_window)
    if model == "skipgram":
        return dim * (6 * contexts * (1 + negatives) + contexts)
    return dim * (6 * (1 + negatives) + 2 * contexts)


def share_of_floor(words_per_second: float, kept_share: float, flop: float, sgemm: float) -> float:
    """Share of the sgemm rate that a training does useful arithmetic at: rate of kept centres x FLOP each / rate.

    >>> share_of_floor(words_per_second=2e6, kept_share=0.75, flop=20e3, sgemm=100e9)
    0.3
    """
    return words_per_second * kept_share * flop / sgemm


def sgemm_rate() -> dict[str, float]:
    """Best of several float32 matrix products of each size, FLOP a second; the threads are the environment's."""
    import numpy as np

    rng = np.random.default_rng(seed=1)
    best = {}
    for size in SIZES:
        a, b = (rng.random((size, size), np.float32) for _ in range(2))
        out = a @ b
        seconds = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            np.matmul(a, b, out=out)
            seconds.append(time.perf_counter() - start)
        best[str(size)] = 2 * size**3 / min(seconds)
    return best


if __name__ == "__main__":
    print(json.dumps({"flop_per_second_by_size": sgemm_rate()}))
