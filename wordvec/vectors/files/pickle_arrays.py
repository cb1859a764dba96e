"""Representations of classes, calls, and numpy's arrays and numbers in the description of a pickle."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import describe

NUMBER_TYPE = re.compile(r"[<>=|]?[fiu][1248]")
TEXT_TYPE = re.compile(r"[<>=|]?U\d{1,9}")
ARRAY_MODULES = (
    "numpy",
    "numpy.core.multiarray",
    "numpy._core.multiarray",
    "numpy.core.numeric",
    "numpy._core.numeric",
)
MOST_AXES = 32  # numpy's own limit for a long time


class Name(NamedTuple):
    """A class or function, by name."""

    module: str
    name: str


ENCODE = Name("_codecs", "encode")


class Made:
    """The result that calling `maker` with `args` would have; `state`, `items` and `elements` would fill it."""

    __slots__ = ("_elements", "_items", "args", "maker", "state")

    def __init__(self, maker: Any, args: Any) -> None:
        self.maker, self.args, self.state = maker, args, None
        self._items: dict[Any, Any] | None = None
        self._elements: list[Any] | None = None

    @property
    def items(self) -> dict[Any, Any]:
        """The entries it would be filled with as a dict."""
        if self._items is None:
            self._items = {}
        return self._items

    @property
    def elements(self) -> list[Any]:
        """The elements it would be filled with as a list."""
        if self._elements is None:
            self._elements = []
        return self._elements

    def is_of_numpy(self, name: str) -> bool:
        """Whether `maker` is numpy's function `name`."""
        return isinstance(self.maker, Name) and self.maker.module in ARRAY_MODULES and self.maker.name == name


def array_of(described: Any) -> np.ndarray | None:
    """The array of numbers that a description represents, or None if it represents something else.

    Raises ValueError if the bytes do not fit the shape.
    """
    if not isinstance(described, Made):
        return None
    state, args = described.state, described.args
    if described.is_of_numpy("_reconstruct") and isinstance(state, tuple) and len(state) == 5:
        _, shape, dtype, in_columns, data = state
    elif described.is_of_numpy("_frombuffer") and isinstance(args, tuple) and len(args) == 4:
        data, dtype, shape, order = args
        in_columns = isinstance(order, str) and order == "F"
    else:
        return None
    kind, raw = _dtype_of(dtype), _bytes_of(data)
    if kind is None or raw is None or not isinstance(shape, tuple):
        return None
    if len(shape) > MOST_AXES or not all(type(length) is int and 0 <= length < 2**63 for length in shape):
        raise ValueError(f"an array whose shape is {describe(shape)}, which are not lengths")
    return np.frombuffer(raw, kind).reshape(shape, order="F" if in_columns in (True, 1) else "C")


def scalar_of(made: Made) -> str | int | float | None:
    """The number or text that a call of numpy's ``scalar`` would return; None for any other call."""
    if not made.is_of_numpy("scalar") or not isinstance(made.args, tuple) or len(made.args) != 2:
        return None
    kind, raw = _dtype_of(made.args[0], text=True), _bytes_of(made.args[1])
    if kind is None or raw is None or len(raw) != kind.itemsize or kind.itemsize == 0:
        return None
    try:
        (value,) = np.frombuffer(raw, kind).tolist()
    except ValueError:  # bytes that are not characters
        return None
    return value  # type: ignore[no-any-return]


def _dtype_of(described: Any, text: bool = False) -> np.dtype | None:
    """A numeric dtype (or with `text` also a text dtype); None for anything else, especially objects."""
    if not isinstance(described, Made) or not described.is_of_numpy("dtype"):
        return None
    args, state = described.args, described.state
    if not isinstance(args, tuple) or not args or not isinstance(args[0], str):
        return None
    if not NUMBER_TYPE.fullmatch(args[0]) and not (text and TEXT_TYPE.fullmatch(args[0])):
        return None
    order = state[1] if isinstance(state, tuple) and len(state) > 1 else ""
    swapped = isinstance(order, str) and order == ">"
    return np.dtype(args[0]).newbyteorder(">") if swapped else np.dtype(args[0])


def _bytes_of(described: Any) -> bytes | None:
    """The bytes described, which Python 2 and protocol 2 wrote as text; None for anything else."""
    if isinstance(described, Made) and described.maker == ENCODE and isinstance(described.args, tuple):
        described = described.args[0] if len(described.args) == 2 else None
    if isinstance(described, (bytes, bytearray)):
        return bytes(described) if isinstance(described, bytearray) else described
    return described.encode("latin-1") if isinstance(described, str) else None


def texts_of(described: Any) -> list[str] | None:
    """The texts of a list, a tuple or a one-dimensional array of texts; None for anything else."""
    if isinstance(described, Made):
        described = _object_array(described)
    if isinstance(described, (list, tuple)) and all(type(text) is str for text in described):
        return list(described)
    return None


def _object_array(made: Made) -> Any:
    """The values of an array of Python objects, which numpy pickles as a list, or of a text array."""
    state, args = made.state, made.args
    if made.is_of_numpy("_reconstruct") and isinstance(state, tuple) and len(state) == 5:
        _, shape, dtype, _, data = state
    elif made.is_of_numpy("_frombuffer") and isinstance(args, tuple) and len(args) == 4:
        data, dtype, shape, _ = args
    else:
        return None
    if not isinstance(shape, tuple) or len(shape) != 1:
        return None
    if isinstance(data, list):
        return data
    kind, raw = _dtype_of(dtype, text=True), _bytes_of(data)
    if kind is None or raw is None or kind.kind != "U" or kind.itemsize == 0 or len(raw) % kind.itemsize:
        return None
    try:
        return np.frombuffer(raw, kind).tolist()
    except ValueError:  # bytes that are not characters
        return None
