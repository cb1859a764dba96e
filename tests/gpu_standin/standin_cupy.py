"""The modules `cupy` and `cupyx.scipy.sparse` as stand-ins, for a machine without a card."""

from __future__ import annotations

import functools
from types import ModuleType, SimpleNamespace

import numpy as np
import standin_arrays
import standin_sparse
from standin_kernels import ElementwiseKernel, RawKernel


class OutOfMemoryError(MemoryError):
    """As cupy.cuda.memory.OutOfMemoryError."""


class CUDARuntimeError(RuntimeError):
    """As cupy.cuda.runtime.CUDARuntimeError."""


FREE, TOTAL = 60 * 2**30, 80 * 2**30
SHARED_MEMORY = 227 * 2**10


class Event:
    """Everything has happened already."""

    def synchronize(self):
        pass


class Stream:
    """Does at once what it is told."""

    def __init__(self, non_blocking=False):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def record(self):
        return Event()

    def wait_event(self, event):
        assert isinstance(event, Event)


def make_cupy():
    """A new module `cupy`, a card and a driver included."""
    cupy = ModuleType("cupy")
    for name in standin_arrays.NAMES.split():
        found = getattr(np, name)
        is_function = callable(found) and not isinstance(found, type)
        setattr(cupy, name, standin_arrays.function_of(found) if is_function else found)
    cupy.argsort = standin_arrays.function_of(functools.partial(np.argsort, kind="stable"))  # as all of CuPy's sorts
    cupy.add.at = standin_arrays.function_of(np.add.at)
    linalg = ("eigh", "qr", "svd", "norm", "cholesky")
    cupy.linalg = SimpleNamespace(**{name: standin_arrays.function_of(getattr(np.linalg, name)) for name in linalg})
    for name in ("ndarray", "asarray", "ascontiguousarray"):
        setattr(cupy, name, getattr(standin_arrays, name))
    cupy.__version__ = "14.2.0"
    cupy.RawKernel, cupy.ElementwiseKernel = RawKernel, ElementwiseKernel
    properties = {"name": b"Stand-in", "major": 9, "minor": 0}
    cupy.cuda = SimpleNamespace(
        Device=lambda: SimpleNamespace(
            id=0, synchronize=lambda: None, attributes={"MaxSharedMemoryPerBlockOptin": SHARED_MEMORY}
        ),
        Stream=Stream,
        get_current_stream=Stream,
        alloc_pinned_memory=bytearray,
        memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        runtime=SimpleNamespace(
            CUDARuntimeError=CUDARuntimeError,
            getDeviceCount=lambda: 1,
            driverGetVersion=lambda: 13000,
            runtimeGetVersion=lambda: 13000,
            memGetInfo=lambda: (FREE, TOTAL),
            getDeviceProperties=lambda device: properties,
        ),
    )
    pool = SimpleNamespace(free_bytes=lambda: 0, free_all_blocks=lambda: None)
    cupy.get_default_memory_pool = lambda: pool
    return cupy


def make_cupyx():
    """The modules to be found as cupyx, cupyx.scipy and cupyx.scipy.sparse."""
    modules = {name: ModuleType(name) for name in ("cupyx", "cupyx.scipy")}
    return modules | {"cupyx.scipy.sparse": standin_sparse}
