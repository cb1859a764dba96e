"""The only seam between numpy and cupy.

The device is chosen where arrays are born (``to_device(array, "gpu")``) and read off the array where
it is used (``xp = array_module(W, x)``). There is no global switch and no default that depends on the machine.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, Literal

import numpy as np

from wordvec.errors import DeviceUnavailableError, OptionError, ShapeError

Array = Any  # a numpy.ndarray or a cupy.ndarray
Device = Literal["cpu", "gpu"]

GPU_INSTALL_HINT = "pip install 'wordvec[gpu-cuda12]' or 'wordvec[gpu-cuda13]', to match the driver"


def array_module(*arrays: Array) -> ModuleType:
    """Return numpy or cupy: the module all of `arrays` belong to. Scalars and lists count as neither.

    Raises ShapeError when numpy and cupy arrays are mixed.

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

    Raises DeviceUnavailableError when the GPU cannot be used, naming what is missing; never falls back.
    """
    if device == "cpu":
        return np
    if device != "gpu":
        raise OptionError(f"device must be 'cpu' or 'gpu'; got {device!r}")
    try:
        import cupy
    except ImportError as error:
        raise DeviceUnavailableError(f"device 'gpu' needs CuPy, which is not installed: {GPU_INSTALL_HINT}") from error
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        raise DeviceUnavailableError(
            f"device 'gpu': CuPy finds no usable CUDA device ({error}); check the driver with nvidia-smi, or use 'cpu'"
        ) from error
    if count == 0:
        raise DeviceUnavailableError("device 'gpu': this machine has no CUDA device; use 'cpu'")
    return cupy


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
    """Return `array` as a numpy array, copied from the GPU if need be."""
    return array.get() if array_module(array) is not np else np.asarray(array)


def sum_rows_by_id(ids: Array, rows: Array) -> tuple[Array, Array]:
    """Add up the rows that share an id.

    Shapes: ids (N,) integers, rows (N, D) -> unique ids (U,) ascending, sums (U, D).
    This is the backward pass of a row lookup: a word met three times collects three gradients.

    >>> ids, sums = sum_rows_by_id(np.array([4, 1, 4]), np.array([[1.0], [2.0], [3.0]]))
    >>> ids.tolist(), sums.tolist()
    ([1, 4], [[2.0], [4.0]])
    """
    xp = array_module(ids, rows)
    if ids.ndim != 1 or rows.ndim != 2 or len(ids) != len(rows):
        raise ShapeError(f"sum_rows_by_id: ids (N,) and rows (N, D) expected; got {ids.shape} and {rows.shape}")
    if xp is np:
        return _sum_rows_sparse(ids, rows)
    unique, slot = xp.unique(ids, return_inverse=True)
    sums = xp.zeros((len(unique), rows.shape[1]), rows.dtype)
    xp.add.at(sums, slot, rows)
    return unique, sums


def _sum_rows_sparse(ids: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sum as a product with a sparse 0/1 matrix: many times faster than numpy.add.at on rows."""
    from scipy.sparse import csr_matrix

    small = len(ids) and int(ids.max()) < 2**16 and int(ids.min()) >= 0
    order = np.argsort(ids.astype(np.uint16) if small else ids, kind="stable")  # 16 bits are sorted by radix
    ordered = ids[order]
    starts = np.flatnonzero(np.concatenate([np.ones(min(len(ids), 1), bool), ordered[1:] != ordered[:-1]]))
    pointers = np.append(starts, len(ids))
    selector = csr_matrix((np.ones(len(ids), rows.dtype), order, pointers), shape=(len(starts), len(ids)))
    return ordered[starts], selector @ rows
