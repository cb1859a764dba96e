"""What a pickle says, without doing what it says.

Loading a pickle the usual way calls whatever functions it names. Here its instructions only build a description:
numbers, texts, lists, tuples and dicts as they are; a class or function becomes a `Name`, and what would be a call of
it a `Made`, which says what was to be called with what. Nothing is imported and nothing is called.
"""

from __future__ import annotations

import pickletools
import re
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

SIMPLE = (str, bytes, int, float, bool, type(None))  # what a key may be: hashing a deep tuple can crash Python
LITERALS = {
    "INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
    "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE",
    "SHORT_BINUNICODE", "BINUNICODE8",
}  # fmt: skip
NUMBER_TYPE = re.compile(r"[<>=|]?[fiu][1248]")
ARRAY_MODULES = (
    "numpy",
    "numpy.core.multiarray",
    "numpy._core.multiarray",
    "numpy.core.numeric",
    "numpy._core.numeric",
)


class Name(NamedTuple):
    """A class or function, by name."""

    module: str
    name: str


class Made:
    """What would come of calling `maker` with `args`; `state` is what it would be filled with, `items` as a dict."""

    def __init__(self, maker: Any, args: Any) -> None:
        self.maker, self.args = maker, args
        self.state: Any = None
        self.items: dict[Any, Any] = {}
        self.elements: list[Any] = []


class Mark:
    """Where on the stack a group of values begins."""


def read_pickle(source: Any) -> Any:
    """Return what the pickle in a mapped file or in bytes describes.

    Raises ValueError for instructions that are damaged, or that no pickle of plain data has.
    """
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes in texts of Python 2
        for code, argument, at in pickletools.genops(source):
            try:
                _follow(code.name, argument, stack, memo)
            except (IndexError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"byte {at}: damaged: {code.name} does not fit what stands before it") from error
    (described,) = stack
    return described


def _follow(name: str, argument: Any, stack: list[Any], memo: dict[int, Any]) -> None:
    if name in LITERALS:
        stack.append(argument)
    elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
        memo[argument] = stack[-1]
    elif name == "MEMOIZE":
        memo[len(memo)] = stack[-1]
    elif name in ("GET", "BINGET", "LONG_BINGET"):
        stack.append(memo[argument])
    elif name == "GLOBAL":
        stack.append(Name(*argument.split(" ", 1)))
    elif name in ACTIONS:
        ACTIONS[name](stack)
    elif name not in ("PROTO", "FRAME", "STOP"):
        raise ValueError(f"an instruction that plain data does not need: {name}")


def _since_mark(stack: list[Any]) -> list[Any]:
    place = len(stack) - 1
    while not isinstance(stack[place], Mark):
        place -= 1  # the IndexError below the first value says that there is no mark
    values = stack[place + 1 :]
    del stack[place:]
    return values


def _put(stack: list[Any], values: list[Any]) -> None:
    """Set keys and values, which alternate, in the dict (or what will be one) on top of the stack."""
    keys = values[::2]
    if len(values) % 2 or not all(isinstance(key, SIMPLE) for key in keys):
        raise TypeError("a key that is neither text nor a number")
    target = stack[-1]
    (target.items if isinstance(target, Made) else target).update(zip(keys, values[1::2]))


def _extend(stack: list[Any], values: list[Any]) -> None:
    target = stack[-1]
    (target.elements if isinstance(target, Made) else target).extend(values)


def _taken(stack: list[Any], number: int) -> list[Any]:
    """The uppermost values, taken off."""
    if len(stack) < number:
        raise IndexError
    values = stack[-number:]
    del stack[-number:]
    return values


def _make(stack: list[Any], arguments: int) -> None:
    """Note a call of what lies below its arguments: a tuple, and perhaps a dict of named ones, which is let go."""
    maker, args, *_ = _taken(stack, 1 + arguments)
    stack.append(Made(maker, args))


def _build(stack: list[Any]) -> None:
    state = stack.pop()
    stack[-1].state = state


def _dict(stack: list[Any]) -> None:
    values = _since_mark(stack)
    stack.append({})
    _put(stack, values)


ACTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "NONE": lambda stack: stack.append(None),
    "NEWTRUE": lambda stack: stack.append(True),
    "NEWFALSE": lambda stack: stack.append(False),
    "MARK": lambda stack: stack.append(Mark()),
    "POP": lambda stack: stack.pop(),
    "POP_MARK": _since_mark,
    "DUP": lambda stack: stack.append(stack[-1]),
    "EMPTY_LIST": lambda stack: stack.append([]),
    "EMPTY_DICT": lambda stack: stack.append({}),
    "EMPTY_SET": lambda stack: stack.append([]),
    "EMPTY_TUPLE": lambda stack: stack.append(()),
    "LIST": lambda stack: stack.append(_since_mark(stack)),
    "FROZENSET": lambda stack: stack.append(_since_mark(stack)),
    "TUPLE": lambda stack: stack.append(tuple(_since_mark(stack))),
    "TUPLE1": lambda stack: stack.append(tuple(_taken(stack, 1))),
    "TUPLE2": lambda stack: stack.append(tuple(_taken(stack, 2))),
    "TUPLE3": lambda stack: stack.append(tuple(_taken(stack, 3))),
    "DICT": _dict,
    "APPEND": lambda stack: _extend(stack, _taken(stack, 1)),
    "APPENDS": lambda stack: _extend(stack, _since_mark(stack)),
    "ADDITEMS": lambda stack: _extend(stack, _since_mark(stack)),
    "SETITEM": lambda stack: _put(stack, _taken(stack, 2)),
    "SETITEMS": lambda stack: _put(stack, _since_mark(stack)),
    "STACK_GLOBAL": lambda stack: stack.append(Name(*_taken(stack, 2))),
    "REDUCE": lambda stack: _make(stack, 1),
    "NEWOBJ": lambda stack: _make(stack, 1),
    "NEWOBJ_EX": lambda stack: _make(stack, 2),
    "BUILD": _build,
}


def array_of(described: Any) -> np.ndarray | None:
    """The numpy array that a description stands for, or None where it stands for something else.

    Raises ValueError for one whose bytes do not fit its shape.
    """
    if not isinstance(described, Made) or not isinstance(described.maker, Name):
        return None
    if described.maker.module not in ARRAY_MODULES:
        return None
    state, args = described.state, described.args
    if described.maker.name == "_reconstruct" and isinstance(state, tuple) and len(state) == 5:
        _, shape, dtype, in_columns, data = state
    elif described.maker.name == "_frombuffer" and isinstance(args, tuple) and len(args) == 4:
        data, dtype, shape, order = args
        in_columns = order == "F"
    else:
        return None
    kind, raw = _dtype_of(dtype), _bytes_of(data)
    if kind is None or raw is None or not isinstance(shape, tuple):
        return None
    if not all(type(length) is int and length >= 0 for length in shape):
        raise ValueError(f"an array of shape {shape}")
    return np.frombuffer(raw, kind).reshape(shape, order="F" if in_columns else "C")


def _dtype_of(described: Any) -> np.dtype | None:
    """A number type; None for anything else, objects above all."""
    if not isinstance(described, Made) or described.maker != Name("numpy", "dtype") or not described.args:
        return None
    text, state = described.args[0], described.state
    if not isinstance(text, str) or not NUMBER_TYPE.fullmatch(text):
        return None
    swapped = isinstance(state, tuple) and len(state) > 1 and state[1] == ">"
    return np.dtype(text).newbyteorder(">") if swapped else np.dtype(text)


def _bytes_of(described: Any) -> bytes | None:
    """Bytes; Python 2 and protocol 2 wrote them as text."""
    if isinstance(described, (bytes, bytearray)):
        return bytes(described) if isinstance(described, bytearray) else described
    if isinstance(described, Made) and described.maker == Name("_codecs", "encode") and len(described.args) == 2:
        described = described.args[0]
    return described.encode("latin-1") if isinstance(described, str) else None
