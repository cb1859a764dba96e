"""What all layers and networks share: there is something to go back through only after forward."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from wordvec.errors import WordvecError


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
    _shapes: tuple[list[tuple[int, ...] | None], tuple[int, ...]] = ([], ())  # of the last forward: inputs, output

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "forward" in vars(cls):
            cls.forward = _noted(cls.forward)  # type: ignore[attr-defined]
        if "backward" in vars(cls):
            cls.backward = _checked(cls.backward)  # type: ignore[attr-defined]


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
