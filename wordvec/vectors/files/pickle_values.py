"""Describes the content of a pickle without executing it.

Loading a pickle normally calls the functions it names. Here its instructions only build a description: numbers, texts,
lists, tuples and dicts themselves; a `Name` for a class or function; and a `Made` for a call, with the function and its
arguments. Nothing is imported and nothing is called.

A few hundred bytes can describe a structure that takes forever to walk (pairs of the same pair, nested sixty times).
So neither this module nor its users walk, compare or print a description: a value is used only after checking its
type. The memory of a description is counted; at most `MOST_TIMES` the file's size is allowed (see `chunks`).
"""

from __future__ import annotations

import pickletools
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from wordvec.vectors.files.chunks import FLOOR, MOST_TIMES
from wordvec.vectors.files.pickle_arrays import Made, Name, scalar_of

SIMPLE = (str, bytes, int, float, bool, type(None))  # allowed keys: hashing a deep tuple can crash Python
LITERALS = {
    "INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
    "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "BINUNICODE",
    "SHORT_BINUNICODE", "BINUNICODE8",
}  # fmt: skip
DEEPEST = 10_000  # groups open at the same time
# Memory of values, in bytes.
NUMBER, TEXT, CONTAINER, ELEMENT, ENTRY, OBJECT, ON_STACK = 28, 50, 56, 8, 50, 100, 32


MARK = object()  # where on the stack a group of values begins


class TooLarge(ValueError):
    """The values that a pickle describes take too much memory for the size of its file."""


def read_pickle(source: Any, size: int | None = None) -> Any:
    """Describe the pickle in a mapped file or in bytes; `size` is its length in bytes.

    Raises ValueError for damaged instructions, for instructions that plain data does not need, and for a description
    that takes many times the file's size in memory.
    """
    machine = _Machine(MOST_TIMES * (len(source) if size is None else size) + FLOOR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes in Python 2 texts
        for code, argument, at in pickletools.genops(source):
            try:
                machine.follow(code.name, argument)
            except TooLarge:
                raise
            except (IndexError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"byte {at}: damaged: {code.name} does not fit what is before it") from error
            if machine.taken + ON_STACK * len(machine.stack) > machine.most:
                raise TooLarge(
                    f"byte {at}: its values take more than {machine.most:,} bytes of memory, far more than a pickle "
                    f"of words and vectors of this size"
                )
    (described,) = machine.stack
    return described


class _Machine:
    """The stack and memo of a pickle, and the memory taken by its values, in bytes."""

    def __init__(self, most: int) -> None:
        self.most, self.taken, self.open = most, 0, 0
        self.stack: list[Any] = []
        self._memo: list[Any] = []  # numbered consecutively
        self._far: dict[int, Any] = {}  # with other numbers

    def follow(self, name: str, argument: Any) -> None:
        if name in LITERALS:
            small = isinstance(argument, (int, float))
            self.taken += NUMBER if small else TEXT + len(argument)
            self.stack.append(argument)
        elif name in ACTIONS:
            ACTIONS[name](self)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self._remember(argument)
        elif name == "MEMOIZE":
            self._remember(len(self._memo) + len(self._far))
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self.stack.append(self._memo[argument] if 0 <= argument < len(self._memo) else self._far[argument])
        elif name == "GLOBAL":
            self.push(Name(*argument.split(" ", 1)), OBJECT + len(argument))
        elif name not in ("PROTO", "FRAME", "STOP"):
            raise ValueError(f"an instruction that plain data does not need: {name}")

    def _remember(self, number: int) -> None:
        value = self.stack[-1]
        if number == len(self._memo):
            self._memo.append(value)
            self.taken += ELEMENT
        elif 0 <= number < len(self._memo):
            self._memo[number] = value
        else:
            self._far[number] = value
            self.taken += OBJECT

    def push(self, value: Any, takes: int) -> None:
        self.taken += takes
        self.stack.append(value)

    def mark(self) -> None:
        self.open += 1
        if self.open > DEEPEST:
            raise ValueError(f"more than {DEEPEST:,} groups inside one another")
        self.stack.append(MARK)

    def since_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not MARK:
            place -= 1
            if place < 0:
                raise IndexError
        values = self.stack[place + 1 :]
        del self.stack[place:]
        self.open -= 1
        return values

    def taken_off(self, number: int) -> list[Any]:
        """Pop the `number` uppermost values."""
        if len(self.stack) < number:
            raise IndexError
        values = self.stack[-number:]
        del self.stack[-number:]
        return values

    def collect(self, kind: Callable[[Iterable[Any]], Any], values: list[Any]) -> None:
        self.push(kind(values), CONTAINER + ELEMENT * len(values))

    def put(self, values: list[Any]) -> None:
        """Add alternating keys and values to the dict (or future dict) on top of the stack."""
        keys = values[::2]
        if len(values) % 2 or not all(isinstance(key, SIMPLE) for key in keys):
            raise TypeError("a key that is neither text nor a number")
        target = self.stack[-1]
        self.taken += ENTRY * len(keys)
        (target.items if isinstance(target, Made) else target).update(zip(keys, values[1::2]))

    def extend(self, values: list[Any]) -> None:
        target = self.stack[-1]
        self.taken += ELEMENT * len(values)
        (target.elements if isinstance(target, Made) else target).extend(values)

    def make(self, arguments: int) -> None:
        """Record a call of the function below its arguments: a tuple, and perhaps a dict of named ones (ignored)."""
        maker, args, *_ = self.taken_off(1 + arguments)
        made = Made(maker, args)
        scalar = scalar_of(made)
        self.push(made if scalar is None else scalar, OBJECT if scalar is None else NUMBER)

    def build(self) -> None:
        state = self.stack.pop()
        self.stack[-1].state = state

    def dict_since_mark(self) -> None:
        values = self.since_mark()
        self.push({}, CONTAINER)
        self.put(values)

    def name(self) -> None:
        module, name = self.taken_off(2)
        if type(module) is not str or type(name) is not str:
            raise TypeError("a name that is not text")
        self.push(Name(module, name), OBJECT)


ACTIONS: dict[str, Callable[[_Machine], Any]] = {
    "NONE": lambda m: m.stack.append(None),
    "NEWTRUE": lambda m: m.stack.append(True),
    "NEWFALSE": lambda m: m.stack.append(False),
    "MARK": _Machine.mark,
    "POP": lambda m: m.stack.pop(),
    "POP_MARK": _Machine.since_mark,
    "DUP": lambda m: m.stack.append(m.stack[-1]),
    "EMPTY_LIST": lambda m: m.push([], CONTAINER),
    "EMPTY_DICT": lambda m: m.push({}, CONTAINER),
    "EMPTY_SET": lambda m: m.push([], CONTAINER),
    "EMPTY_TUPLE": lambda m: m.stack.append(()),
    "LIST": lambda m: m.collect(list, m.since_mark()),
    "FROZENSET": lambda m: m.collect(list, m.since_mark()),
    "TUPLE": lambda m: m.collect(tuple, m.since_mark()),
    "TUPLE1": lambda m: m.collect(tuple, m.taken_off(1)),
    "TUPLE2": lambda m: m.collect(tuple, m.taken_off(2)),
    "TUPLE3": lambda m: m.collect(tuple, m.taken_off(3)),
    "DICT": _Machine.dict_since_mark,
    "APPEND": lambda m: m.extend(m.taken_off(1)),
    "APPENDS": lambda m: m.extend(m.since_mark()),
    "ADDITEMS": lambda m: m.extend(m.since_mark()),
    "SETITEM": lambda m: m.put(m.taken_off(2)),
    "SETITEMS": lambda m: m.put(m.since_mark()),
    "STACK_GLOBAL": _Machine.name,
    "REDUCE": lambda m: m.make(1),
    "NEWOBJ": lambda m: m.make(1),
    "NEWOBJ_EX": lambda m: m.make(2),
    "BUILD": _Machine.build,
}
