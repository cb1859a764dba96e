"""Declarations of all functions of the C library, and the checks of their arguments.

An array argument becomes two in C: the address of its first element and the number of its elements. It must have the
declared dtype, be contiguous, and be writable if the function writes to it; otherwise ShapeError is raised before the
call. The values inside (word ids, offsets) are checked by the callers, which know their meaning.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import ShapeError
from wordvec.native import library

I64, U64, F32, F64 = ctypes.c_int64, ctypes.c_uint64, ctypes.c_float, ctypes.c_double


class Read(NamedTuple):
    """An array that C reads: ``const type *name, int64_t name_size``."""

    dtype: type


class Written(NamedTuple):
    """An array that C writes to (and may read): ``type *name, int64_t name_size``."""

    dtype: type


def address(array: np.ndarray, kind: Read | Written, of: str = "") -> int:
    """The address of the array's first element, after checking the array; raises ShapeError."""
    if not isinstance(array, np.ndarray) or array.dtype != kind.dtype:
        found = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise ShapeError(f"{of}: an array of {np.dtype(kind.dtype)} expected; got {found}")
    flags = array.flags
    if not flags.c_contiguous or not flags.aligned:
        raise ShapeError(f"{of}: an aligned array in one piece expected; got strides {array.strides}")
    if flags.writeable and array.size:  # takes a fifth of the time of array.ctypes
        return ctypes.addressof(ctypes.c_char.from_buffer(array))
    if isinstance(kind, Written) and not flags.writeable:
        raise ShapeError(f"{of}: an array that can be written to expected; this one is read-only")
    return array.ctypes.data


def declare(name: str, *kinds: Any, returns: Any = None) -> Callable[..., Any]:
    """A function of the library by its name in C, its arguments in order and what it returns.

    The library is loaded when the function is first called.
    """
    types: list[Any] = []
    for kind in kinds:
        types += [ctypes.c_void_p, I64] if isinstance(kind, (Read, Written)) else [kind]
    compiled: list[Any] = []

    def call(*arguments: Any) -> Any:
        if len(arguments) != len(kinds):
            raise TypeError(f"{name} takes {len(kinds)} arguments; got {len(arguments)}")
        if not compiled:
            function = getattr(library.load(), name)
            function.argtypes, function.restype = types, returns
            compiled.append(function)
        given: list[Any] = []
        for number, (argument, kind) in enumerate(zip(arguments, kinds), 1):
            if isinstance(kind, (Read, Written)):
                given += [address(argument, kind, f"{name}, argument {number}"), argument.size]
            else:
                given.append(argument)
        return compiled[0](*given)

    call.__name__ = call.__qualname__ = name
    vars(call).update(kinds=kinds, returns=returns)  # for tests that call the function in other ways
    return call


# --- counting.c, products.c: co-occurrence counts and products of sparse matrices

I64S, F32S = Read(np.int64), Read(np.float32)
# A `Workplace` of wordvec.counts.rows.team: accumulator, marks, summary, columns, sums.
WORKPLACE = (Written(np.int64), Written(np.uint64), Written(np.uint64), Written(np.int32), Written(np.int64))

count_words = declare("count_words", Read(np.int32), I64, I64, Written(np.int64))
place_words = declare("place_words", Read(np.int32), I64, I64, Written(np.int64), Written(np.uint32))
count_rows = declare(
    "count_rows",
    *(Read(np.int32), Read(np.uint32), I64S, I64S, I64, I64),  # stream, positions, row starts, weights, left, right
    *(*WORKPLACE, I64, I64, Written(np.int32)),  # first and last row, row sizes
    returns=I64,
)
merge_rows = declare("merge_rows", Read(np.int32), I64S, I64S, *WORKPLACE, Written(np.int32), returns=I64)
# indptr, indices, data, X, result, width, first, stop
multiply_rows = declare("multiply_rows", I64S, Read(np.int32), F32S, F32S, Written(np.float32), I64, I64, I64)

# --- text.c, pieces.c, ids.c, words.c: from text to ids

PIECES = Written(np.uint64), Written(np.uint8), Written(np.int64)  # table, store, starts

look_through = declare("look_through", Read(np.uint8), I64, returns=I64)
count_feeds = declare("count_feeds", Read(np.uint8), I64, returns=I64)
feeds_for_returns = declare("feeds_for_returns", Written(np.uint8), I64)
prepare_for_words = declare("prepare_for_words", Written(np.uint8), I64)
scan_text = declare(
    "scan_text", Read(np.uint8), I64, Written(np.int64), *PIECES, Written(np.int64), Written(np.int32),
    Written(np.int64), returns=I64,
)  # fmt: skip
absorb_pieces = declare(
    "absorb_pieces", Read(np.uint8), Read(np.int64), I64, Written(np.int64), *PIECES, Written(np.int32), returns=I64
)
rehash = declare("rehash", Read(np.uint64), Written(np.uint64))
share_words = declare("share_words", Read(np.uint8), Read(np.int64), Written(np.uint8))
copy_words = declare("copy_words", Read(np.uint8), Read(np.int64), Read(np.int64), Written(np.uint8), Written(np.int64))
look_up_ids = declare("look_up_ids", Written(np.int32), Read(np.int32))
expand_ids = declare(
    "expand_ids", Read(np.int32), Read(np.int64), Read(np.int32), Read(np.int64), Read(np.int32), Written(np.int64),
    Written(np.int32), Written(np.int64),
)  # fmt: skip
renumber_ids = declare(
    "renumber_ids", Read(np.int32), Read(np.int32), Read(np.int64), Written(np.int32), Written(np.int64), returns=I64
)

# --- numbers.c: decimals in files of vectors

read_rows = declare("read_rows", Read(np.uint8), I64, Written(np.float32), Written(np.int64), Written(np.int64))

# --- search.c: analogy questions

search_answers = declare(
    "search_answers", Read(np.float32), I64, Read(np.int64), Read(np.float32), I64, I64, Read(np.int64),
    Written(np.int64), Written(np.float32), Written(np.float32),
)  # fmt: skip

# --- nearest.c: the rows nearest to some targets

# rows, divisors, panels, excluded, ends, first, k; ids, scores, room
keep_nearest = declare(
    "keep_nearest", F32S, F32S, F32S, I64S, I64S, I64, I64, Written(np.int64), Written(np.float32), Written(np.float32)
)

# --- glove.c: cells in tiles, and training on them

# count_tiles: indptr, indices, first row, bands, starts; place_cells: indptr, indices, data, first row, bands, the next
# free place of each tile, cells
count_tiles = declare("count_tiles", I64S, Read(np.int32), I64, I64, Written(np.int64))
place_cells = declare("place_cells", I64S, Read(np.int32), F32S, I64, I64, Written(np.int64), Written(np.uint64))
# counts, x_max, alpha, weights, logs
weights_and_logs = declare("weights_and_logs", F32S, F32, F32, Written(np.float32), Written(np.float32))
train_rounds = declare(
    "train_rounds",
    *(I64S, Read(np.uint64), I64S),  # tiles, packed, starts
    *(Written(np.float32), Written(np.float64), Written(np.int64), Written(np.uint32)),  # tables .. counters, order
    *(I64, I64, I64, I64, I64, U64),  # first and last round, bands, rows of a band, floats of a row, key
    *(F32, F32, F32),  # x_max, alpha, learning rate
)

# --- training.c: skip-gram and CBOW

training_new = declare("training_new", ctypes.c_void_p, returns=ctypes.c_void_p)
training_run = declare("training_run", ctypes.c_void_p, I64)
training_stop = declare("training_stop", ctypes.c_void_p)
training_abandon = declare("training_abandon", ctypes.c_void_p)
training_result = declare("training_result", ctypes.c_void_p, Written(np.int64), returns=F64)
training_free = declare("training_free", ctypes.c_void_p)
examples_draw = declare("examples_draw", ctypes.c_void_p, I64, returns=ctypes.c_void_p)
examples_free = declare("examples_free", ctypes.c_void_p)
