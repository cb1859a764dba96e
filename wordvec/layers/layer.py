"""What all layers share: a base class that stores the forward pass, and checks of a layer's inputs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

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
        name = type(self).__name__
        args = tuple(as_array(name, value) for value in args)
        options = {key: as_array(name, value) for key, value in options.items()}
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
        args = tuple(_fitting(self, dout) if place == 0 else dout for place, dout in enumerate(args))
        return backward(self, *args, **options)

    return checked


def _fitting(layer: Any, dout: Any) -> Any:
    """dL/dy, which has the shape of y: numpy would silently repeat smaller ones."""
    name, of_output = type(layer).__name__, layer._shapes[1]
    dout = dout if isinstance(dout, float) else as_array(name, dout)  # an array of float64 would change other dtypes
    shape = getattr(dout, "shape", ())
    if shape not in ((), of_output):
        raise ShapeError(f"{name}: dout must have the shape of what forward returned, {of_output}; got {shape}")
    return dout


# Checks of a layer's inputs: one clear message instead of a wrong result.


def as_array(who: str, value: Any) -> Any:
    """`value`; if it is a list, a tuple, a number or a column of a table, the same as a numpy array.

    Raises ShapeError for rows of different lengths.

    >>> as_array("Embedding", [2, 0])
    array([2, 0])
    """
    numbers = type(value) in (list, tuple, int, float)  # not a named tuple, nor the bool of "training"
    if not numbers and (hasattr(value, "reshape") or not hasattr(value, "__array__")):
        return value
    try:
        return np.asarray(value)
    except ValueError:
        raise ShapeError(f"{who}: an array has rows of one length; got a list of rows of different lengths") from None


def check_has_params(who: str, layer: Any) -> None:
    """Raise OptionError unless a layer of one's own has `params` and `grads`, which are empty if it learns nothing."""
    if not (hasattr(layer, "params") and hasattr(layer, "grads")):
        name = type(layer).__name__
        raise OptionError(f"{who}: {name} must have lists params and grads: set both in its __init__, to [] for none")


def check_parameters(layer: str, **parameters: Array) -> None:
    """Raise ShapeError unless the parameters are arrays of floating-point numbers: training changes them in place.

    >>> check_parameters("MatMul", W=[[1, 2]])
    Traceback (most recent call last):
    wordvec.errors.ShapeError: MatMul: W must be an array of floats; got a list: np.array(W, float) makes one
    """
    for name, value in parameters.items():
        found = value.dtype if hasattr(value, "reshape") else f"a {type(value).__name__}"
        if getattr(found, "kind", "") != "f":
            raise ShapeError(
                f"{layer}: {name} must be an array of floats; got {found}: np.array({name}, float) makes one"
            )


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
