"""What compiled threads need to work together: counters that all of them see, and waiting that is short but polite.

The threads of one training run are plain Python threads inside a compiled function that released the GIL. They
meet a few thousand times a second, so a meeting must cost less than a microsecond: a counter in shared memory
(`add`, `read`), not a lock of the operating system. `claim` hands out numbered pieces of work to whoever is free.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# How the inner functions are compiled: no Python wrappers around them, no counting of references (the arrays they get
# outlive them), no exceptions for division.
COMPILE: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}
# For the functions that Python calls.
ENTRY: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
# For functions called once an example: handing over all those arrays would cost more than the work.
INLINE: dict[str, Any] = {**COMPILE, "forceinline": True}
I64 = ir.IntType(64)
COUNTER_SPACING = 16  # int64 numbers from one counter to the next: two cache lines, so that they never share one
SPINS_BEFORE_YIELD = 200  # some microseconds; then let another thread have the core: there may be fewer cores

_yield_name = "SwitchToThread" if sys.platform == "win32" else "sched_yield"
yield_core = types.ExternalFunction(_yield_name, types.int32())


def new_counters(number: int) -> np.ndarray:
    """Counters at zero, (number · COUNTER_SPACING,) int64; counter k stands at index k · COUNTER_SPACING."""
    return np.zeros(number * COUNTER_SPACING, np.int64)


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    from numba.core import cgutils

    data = context.make_array(array_type)(context, builder, array)
    slot = builder.mul(index, ir.Constant(index.type, COUNTER_SPACING))
    return cgutils.pointer_add(builder, data.data, builder.mul(slot, ir.Constant(slot.type, 8)), data.data.type)


@intrinsic
def read(context, counters, counter):  # type: ignore[no-untyped-def]
    """Value of a counter; what the threads that raised it wrote before is visible afterwards."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_pointer(context, builder, signature.args[0], *arguments), "acquire", 8)

    return types.int64(counters, types.int64), generate


@intrinsic
def add(context, counters, counter, amount):  # type: ignore[no-untyped-def]
    """Raise a counter; what this thread wrote before is visible to whoever reads the new value."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        return builder.atomic_rmw("add", pointer, arguments[2], "acq_rel")

    return types.int64(counters, types.int64, types.int64), generate


@intrinsic
def _replace_if(context, counters, counter, old, new):  # type: ignore[no-untyped-def]
    """Set a counter to `new` if it is still `old`; says whether it was."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], *arguments[:2])
        pair = builder.cmpxchg(pointer, arguments[2], arguments[3], "acq_rel", "acquire")
        return builder.extract_value(pair, 1)

    return types.boolean(counters, types.int64, types.int64, types.int64), generate


@njit(**COMPILE)
def claim(counters, counter, limit):  # type: ignore[no-untyped-def]
    """The number of a piece of work below `limit` that is now this thread's, or -1 if none is left."""
    while True:
        piece = read(counters, counter)
        if piece >= limit:
            return np.int64(-1)
        if _replace_if(counters, counter, piece, piece + 1):
            return piece


@njit(**COMPILE)
def wait_for(counters, counter, value, stop):  # type: ignore[no-untyped-def]
    """Wait until a counter has reached `value`, or counter `stop` is raised."""
    spins = 0
    while read(counters, counter) < value and read(counters, stop) == 0:
        spins += 1
        if spins > SPINS_BEFORE_YIELD:
            yield_core()
