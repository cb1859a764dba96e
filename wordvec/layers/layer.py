"""What all layers share: a base class that stores the forward pass, and checks of a layer's inputs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError, WordvecError


class Layer:
    """A class whose backward needs what its forward kept.

    Raises WordvecError for a backward before any forward, or after one that failed.

    >>> class Double(Layer):
    ...     def forward(self, x):
    ...         return 2 * x
    ...     def backward(self, dout):
    ...         return 2 * dout
    >>> Double().backward(1.0)
    Traceback (most recent call last):
    wordvec.errors.WordvecError: Double: backward before forward: call forward first, backward goes back through it
    """

    _went_forward = False
    _shapes: tuple[list[tuple[int, ...] | None], tuple[int, ...]] = ([], ())  # inputs and output of the last forward

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "forward" in vars(cls):
            cls.forward = _noted(cls.forward)  # type: ignore[attr-defined]
        if "backward" in vars(cls):
            cls.backward = _checked(cls.backward)  # type: ignore[attr-defined]


class ParameterFreeLayer(Layer):
    """A layer without parameters."""

    def __init__(self) -> None:
        self.params: list[Array] = []
        self.grads: list[Array] = []


def _noted(forward: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(forward)
    def noted(self: Any, *args: Any, **options: Any) -> Any:
        self._went_forward = False
        result = forward(self, *args, **options)
        self._shapes = [getattr(value, "shape", None) for value in args], getattr(result, "shape", ())
        self._went_forward = True
        return result

    return noted


def _checked(backward: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(backward)
    def checked(self: Any, *args: Any, **options: Any) -> Any:
        if not self._went_forward:
            name = type(self).__name__
            raise WordvecError(f"{name}: backward before forward: call forward first, backward goes back through it")
        return backward(self, *args, **options)

    return checked


# Checks of a layer's inputs: one clear message instead of a wrong result.


def check_ids(layer: str, ids: Array, size: int) -> None:
    """Raise ShapeError unless `ids` are integers in 0 .. size - 1 (a negative id would silently count from the end).

    >>> import numpy as np
    >>> check_ids("Embedding", np.array([0, 7]), size=5)
    Traceback (most recent call last):
    wordvec.errors.ShapeError: Embedding: ids must be in 0 .. 4; got 0 .. 7
    """
    if ids.dtype.kind not in "iu":
        raise ShapeError(f"{layer}: ids must be integers; got {ids.dtype}")
    as_unsigned = ids.view(f"u{ids.itemsize}")  # a negative id becomes a large one, so one comparison finds both
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
    """Where the array is not 0; a bool array is returned as it is.

    >>> import numpy as np
    >>> as_bool(np.array([0.0, 2.0])).tolist()
    [False, True]
    """
    return array if array.dtype.kind == "b" else array != 0
