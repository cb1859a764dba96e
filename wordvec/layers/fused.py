"""What the GPU does in one launch where numpy takes a step for each operation: the same formulas, and no others.

A launch costs a GPU as much as a million additions, so a mini-batch is mostly launches. Each function here has its
readable twin beside the place that calls it, and a test compares the two.
"""

from __future__ import annotations

from types import ModuleType

from wordvec.arrays import Array, elementwise

SIGMOID = "T e = exp(-fabs(x)); y = (x >= 0 ? T(1) : e) / (1 + e)"
TERM = "T against = label ? -x : x; y = counts ? max(against, T(0)) + log1p(exp(-fabs(against))) : T(0)"
SLOPE = "T e = exp(-fabs(x)); y = counts ? ((x >= 0 ? T(1) : e) / (1 + e) - label) * dout : T(0)"


def sigmoid(xp: ModuleType, x: Array) -> Array:
    """See `wordvec.layers.functions.sigmoid`."""
    return elementwise(xp, "T x", "T y", SIGMOID, "wordvec_sigmoid")(x)


def sigmoid_terms(xp: ModuleType, x: Array, labels: Array, mask: Array | None) -> Array:
    """The terms that SigmoidWithLoss adds up, 0 where masked; labels and mask are bool."""
    counts = True if mask is None else mask
    return elementwise(xp, "T x, bool label, bool counts", "T y", TERM, "wordvec_sigmoid_term")(x, labels, counts)


def sigmoid_slopes(xp: ModuleType, x: Array, labels: Array, mask: Array | None, dout: float | Array) -> Array:
    """(sigmoid(x) - label) dout, 0 where masked."""
    counts = True if mask is None else mask
    dout = dout.astype(x.dtype) if isinstance(dout, xp.ndarray) else float(dout)
    slope = elementwise(xp, "T x, bool label, bool counts, T dout", "T y", SLOPE, "wordvec_sigmoid_slope")
    return slope(x, labels, counts, dout)
