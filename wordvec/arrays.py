"""The only module that handles both numpy and cupy.

The device is chosen where arrays are created (``to_device(array, "gpu")``) and taken from the array where
it is used (``xp = array_module(W, x)``). There is no global switch and no default that depends on the machine.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np

from wordvec.errors import OptionError, ShapeError

Array = Any  # a numpy.ndarray or a cupy.ndarray
Device = Literal["cpu", "gpu"]

ROWS_SOURCE = Path(__file__).with_name("arrays.cu")
C_TYPES = {"f4": "float", "f8": "double", "i4": "int", "i8": "long long"}  # by numpy's names
PIECE = 32  # sorted rows that one thread sums
FEW = 1000  # numbers: up to here, adding one row after another is faster than a product with a sparse matrix
THREADS = 256  # in a block of a kernel
LOWER = "take fewer dimensions (--dim) or fewer words (--min-count), or use device 'cpu'"


def array_module(*arrays: Array) -> ModuleType:
    """Return numpy or cupy, the module that all `arrays` belong to. Scalars and lists count as neither.

    Raises ShapeError if numpy and cupy arrays are mixed.

    >>> array_module(np.zeros(3)).__name__
    'numpy'
    """
    cupy = sys.modules.get("cupy")  # a cupy array can only exist once cupy is imported
    if cupy is None:
        return np
    on_gpu = [isinstance(a, cupy.ndarray) for a in arrays if isinstance(a, (np.ndarray, cupy.ndarray))]
    if any(on_gpu) and not all(on_gpu):
        raise ShapeError("arrays on different devices: move all of them with to_device(array, 'cpu' | 'gpu')")
    return cupy if any(on_gpu) else np


def device_module(device: str) -> ModuleType:
    """Return numpy for ``"cpu"`` and cupy for ``"gpu"``.

    Raises DeviceUnavailableError if the GPU cannot be used, with the reason and a remedy; never falls back to numpy.
    """
    if device == "cpu":
        return np
    if device != "gpu":
        raise OptionError(f"device must be 'cpu' or 'gpu'; got {device!r}")
    from wordvec import gpu_setup

    if sys.modules.get("cupy") is None:
        gpu_setup.check_wheels()  # before CuPy gives its own warning
    try:
        import cupy
    except ImportError as error:
        raise gpu_setup.cannot_import(error) from error
    return _ready(cupy)


@functools.cache
def _ready(cupy: ModuleType) -> ModuleType:
    """The module, checked once."""
    from wordvec import gpu_setup

    gpu_setup.check_device(cupy)
    return cupy


def sparse_module(xp: ModuleType) -> ModuleType:
    """The sparse matrices that belong to numpy or cupy: scipy.sparse or cupyx.scipy.sparse.

    >>> sparse_module(np).__name__
    'scipy.sparse'
    """
    return importlib.import_module("scipy.sparse" if xp is np else "cupyx.scipy.sparse")


def describe_device(device: str = "gpu") -> Any:
    """The GPU as a `wordvec.gpu_setup.GpuInfo`, None for ``"cpu"``. Raises the same errors as `device_module`."""
    from wordvec import gpu_setup

    return gpu_setup.describe(device_module(device)) if device != "cpu" else None


def free_memory() -> int:
    """Bytes of the GPU's memory that are available, including those that CuPy keeps for later use."""
    cupy = device_module("gpu")
    return int(cupy.cuda.runtime.memGetInfo()[0]) + int(cupy.get_default_memory_pool().free_bytes())


@contextmanager
def gpu_memory_errors(
    what: str, needed: int | None = None, *, lower: str = LOWER, device: str = "gpu"
) -> Iterator[None]:
    """Raise OptionError with a remedy if the block needs more memory than the GPU has.

    `what` names the task, such as "skipgram: 70,000 words in 300 dimensions". `needed` is the number of bytes, if
    known: without them the block is not started. `lower` says what to reduce. Does nothing for ``device="cpu"``.
    """
    if device == "cpu":
        yield
        return
    cupy = device_module(device)
    if needed is not None and needed > free_memory():
        raise OptionError(_out_of_memory(what, needed, lower))
    try:
        yield
    except cupy.cuda.memory.OutOfMemoryError as error:
        raise OptionError(_out_of_memory(what, needed, lower)) from error


def _out_of_memory(what: str, needed: int | None, lower: str) -> str:
    size = "more" if needed is None else f"{needed / 2**30:.2f} GiB"
    free, total = free_memory() / 2**30, describe_device().memory / 2**30
    return f"{what} needs {size} of the GPU's memory, of which {free:.2f} of {total:.2f} GiB are free: {lower}"


@functools.cache
def elementwise(xp: ModuleType, inputs: str, outputs: str, code: str, name: str) -> Callable[..., Any]:
    """CuPy's ElementwiseKernel: a function of arrays in one launch, instead of one launch for each operation."""
    return xp.ElementwiseKernel(inputs, outputs, code, name)  # type: ignore[no-any-return]


def gpu_kernel(xp: ModuleType, source: Path, name: str, **constants: Any) -> Callable[..., None]:
    """The function `name` of a CUDA source file, compiled when first called; `constants` are its macros.

    Call it like CuPy's RawKernel, ``kernel(grid, block, arguments)``; numbers among the arguments must be numpy scalars
    of exactly the function's type.
    """
    return _compiled(xp, source, name, tuple(f"-D{key}={value}" for key, value in constants.items()))


@functools.cache
def _compiled(xp: ModuleType, source: Path, name: str, options: tuple[str, ...]) -> Callable[..., None]:
    return xp.RawKernel(source.read_text(encoding="utf-8"), name, options=("-std=c++17", *options))  # type: ignore[no-any-return]


def to_device(array: Array, device: str) -> Array:
    """Copy `array` to ``"cpu"`` or ``"gpu"`` unless it is there already.

    >>> to_device(np.arange(3), "cpu")
    array([0, 1, 2])
    """
    xp = device_module(device)
    if xp is np:
        return to_numpy(array)
    return xp.asarray(array)


def to_numpy(array: Array) -> np.ndarray:
    """Return `array` as a numpy array, copied from the GPU if necessary."""
    return array.get() if array_module(array) is not np else np.asarray(array)


def sum_rows_by_id(ids: Array, rows: Array) -> tuple[Array, Array]:
    """Sum the rows that share an id.

    Shapes: ids (N,) integers, rows (N, D) -> unique ids (U,) ascending, sums (U, D).
    This is the backward pass of a row lookup: a word that occurs three times gets the sum of three gradients.

    >>> ids, sums = sum_rows_by_id(np.array([4, 1, 4]), np.array([[1.0], [2.0], [3.0]]))
    >>> ids.tolist(), sums.tolist()
    ([1, 4], [[2.0], [4.0]])
    """
    xp = array_module(ids, rows)
    if ids.ndim != 1 or rows.ndim != 2 or len(ids) != len(rows):
        raise ShapeError(f"sum_rows_by_id: ids (N,) and rows (N, D) expected; got {ids.shape} and {rows.shape}")
    if xp is not np:
        return _sum_rows_on_gpu(xp, ids, rows)
    return _sum_few_rows(ids, rows) if rows.size <= FEW else _sum_rows_sparse(ids, rows)


def _sum_few_rows(ids: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sum without a sparse matrix, which takes longer to make than a few rows to add; the same bytes."""
    unique, places = np.unique(ids, return_inverse=True)
    sums = np.zeros((len(unique), rows.shape[1]), rows.dtype)
    np.add.at(sums, places, rows)
    return unique, sums


def _sum_rows_sparse(ids: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sum as a product with a sparse 0/1 matrix: many times faster than numpy.add.at, but for few rows."""
    from scipy.sparse import csr_array  # made in half the time of csr_matrix

    small = len(ids) and int(ids.max()) < 2**16 and int(ids.min()) >= 0
    order = np.argsort(ids.astype(np.uint16) if small else ids, kind="stable")  # 16 bits are sorted by radix
    ordered = ids[order]
    starts = np.flatnonzero(np.concatenate([np.ones(min(len(ids), 1), bool), ordered[1:] != ordered[:-1]]))
    pointers = np.append(starts, len(ids))
    selector = csr_array((np.ones(len(ids), rows.dtype), order, pointers), shape=(len(starts), len(ids)))
    return ordered[starts], selector @ rows


def _sum_rows_on_gpu(xp: ModuleType, ids: Array, rows: Array) -> tuple[Array, Array]:
    """Sum the rows in the order of their ids, piece by piece: always in the same order, unlike with atomics."""
    count, columns = rows.shape
    if not count:
        return ids, rows
    ids, rows = xp.ascontiguousarray(ids), xp.ascontiguousarray(rows)
    order, changes = xp.argsort(ids), xp.empty(count, xp.int32)  # CuPy's sorts are stable
    _of_rows("mark_changes", ids, rows, count, (ids, order, np.int64(count), changes))
    slots = xp.cumsum(changes, dtype=xp.int32)
    segments, pieces = int(slots[-1]) + 1, -(-count // PIECE)
    sums, begun, continued = (xp.empty((size, columns), rows.dtype) for size in (segments, pieces, pieces))
    starts, unique = xp.empty(segments + 1, xp.int64), xp.empty(segments, ids.dtype)
    width = np.int32(columns)
    given = (ids, rows, order, slots, np.int64(count), width, sums, begun, continued, starts, unique)
    _of_rows("sum_pieces", ids, rows, pieces * columns, given)
    _of_rows("join_pieces", ids, rows, segments * columns, (begun, continued, starts, np.int64(segments), width, sums))
    return unique, sums


def subtract_rows(table: Array, ids: Array, rows: Array, rate: float) -> None:
    """table[ids] -= rate * rows, in place; all ids must be different.

    Shapes: table (V, D) or (V,), ids (U,), rows (U, D) or (U,).

    >>> table = np.zeros((3, 1))
    >>> subtract_rows(table, np.array([2]), np.array([[4.0]]), 0.5)
    >>> table.tolist()
    [[0.0], [0.0], [-2.0]]
    """
    xp = array_module(table, ids, rows)
    if xp is np or not (table.flags.c_contiguous and table.dtype == rows.dtype):
        table[ids] -= rate * rows
    elif rows.size:
        columns = rows.size // len(rows)
        ids, rows = xp.ascontiguousarray(ids), xp.ascontiguousarray(rows)
        given = (table, ids, rows, np.int64(len(rows)), np.int32(columns), rows.dtype.type(rate))
        _of_rows("subtract_rows", ids, rows, rows.size, given)


def _of_rows(name: str, ids: Array, rows: Array, threads: int, given: tuple[Any, ...]) -> None:
    """Run a function of arrays.cu with this many threads."""
    macros = {"REAL": C_TYPES[rows.dtype.str[1:]], "ID": C_TYPES[ids.dtype.str[1:]], "PIECE": PIECE}
    gpu_kernel(array_module(rows), ROWS_SOURCE, name, **macros)((-(-threads // THREADS),), (THREADS,), given)
