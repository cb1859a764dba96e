"""Checks of what a layer is given: one clear message instead of a wrong result."""

from __future__ import annotations

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError


def check_ids(layer: str, ids: Array, size: int) -> None:
    """Raise ShapeError unless `ids` are integers in 0 .. size - 1 (a negative id would silently count from the end).

    >>> import numpy as np
    >>> check_ids("Embedding", np.array([0, 7]), size=5)
    Traceback (most recent call last):
    wordvec.errors.ShapeError: Embedding: ids must be in 0 .. 4; got 0 .. 7
    """
    if ids.dtype.kind not in "iu":
        raise ShapeError(f"{layer}: ids must be integers; got {ids.dtype}")
    as_unsigned = ids.view(f"u{ids.itemsize}")  # of which a negative id is one of the largest: one look finds both
    if ids.size and int(as_unsigned.max()) >= size:
        raise ShapeError(f"{layer}: ids must be in 0 .. {size - 1}; got {int(ids.min())} .. {int(ids.max())}")


def check_reduction(layer: str, reduction: str) -> None:
    """Raise OptionError unless `reduction` is "mean" or "sum"."""
    if reduction not in ("mean", "sum"):
        raise OptionError(f"{layer}: reduction must be 'mean' or 'sum'; got {reduction!r}")


def reduce_terms(layer: str, terms: Array, reduction: str) -> Array:
    """Add all `terms` up; for "mean", divide by the length of the first axis, the batch. Keeps the dtype.

    Raises ShapeError for the mean of an empty batch; its sum is 0.

    >>> import numpy as np
    >>> print(reduce_terms("SigmoidWithLoss", np.array([[1.0, 2.0], [3.0, 4.0]]), "mean"))
    5.0
    """
    total = terms.sum()
    if reduction == "sum":
        return total
    if len(terms) == 0:
        raise ShapeError(f"{layer}: an empty batch has no mean; leave it out, or use reduction='sum'")
    return total / total.dtype.type(len(terms))


def check_float(layer: str, **arrays: Array) -> None:
    """Raise ShapeError unless the arrays are on one device and hold floating-point numbers."""
    array_module(*arrays.values())
    for name, array in arrays.items():
        if array.dtype.kind != "f":
            raise ShapeError(f"{layer}: {name} must be floating point; got {array.dtype}")


def as_bool(array: Array) -> Array:
    """Where the array is not 0; the array itself when it is bool.

    >>> import numpy as np
    >>> as_bool(np.array([0.0, 2.0])).tolist()
    [False, True]
    """
    return array if array.dtype.kind == "b" else array != 0
