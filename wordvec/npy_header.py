"""numpy's .npy arrays, read without evaluating the header: any damaged header raises ValueError.

The format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): magic bytes, a version, the length
of the header, the header (the text of a Python dict of 'descr', 'fortran_order' and 'shape'), then the numbers.
"""

from __future__ import annotations

import os
import re
from math import prod
from typing import IO, Any, Literal, NamedTuple

import numpy as np

MAGIC = b"\x93NUMPY"
LENGTH_BYTES = {b"\x01\x00": 2, b"\x02\x00": 4, b"\x03\x00": 4}  # by version
LONGEST = 10_000  # as in numpy
MOST_DIMENSIONS = 32  # of numpy 1
TYPE = re.compile(rb"'descr'\s*:\s*'([<>|=]?[fiuUS]\d{1,9})'")
ORDER = re.compile(rb"'fortran_order'\s*:\s*(True|False)")
SHAPE = re.compile(rb"'shape'\s*:\s*\(([\d,\sL]*)\)")
OBJECTS = re.compile(rb"'descr'\s*:\s*'\|?O\d?'")


class Header(NamedTuple):
    """The contents of a header; `nbytes` bytes follow it."""

    shape: tuple[int, ...]
    order: Literal["C", "F"]
    dtype: np.dtype

    @property
    def nbytes(self) -> int:
        """The size of the array in bytes."""
        return prod(self.shape) * self.dtype.itemsize


def read_npy_header(file: IO[bytes]) -> Header:
    """Read the header of an array of numbers or text; afterwards the file is at the array's first byte.

    Raises ValueError for anything else, including arrays of Python objects (which are pickles).
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise ValueError("it is not a numpy array")
    version = file.read(2)
    if version not in LENGTH_BYTES:
        raise ValueError(f"an array in .npy version {list(version)}")
    length = int.from_bytes(file.read(LENGTH_BYTES[version]), "little")
    text = file.read(length) if length <= LONGEST else b""
    if OBJECTS.search(text):
        raise ValueError("an array of Python objects (a pickle), which wordvec never loads")
    kind, order, shape = TYPE.search(text), ORDER.search(text), SHAPE.search(text)
    if len(text) != length or kind is None or order is None or shape is None:
        raise ValueError(f"an array of numbers or text expected; its header says {text[:80]!r}")
    lengths = tuple(int(part.strip(b"L \t\n")) for part in shape[1].split(b",") if part.strip())
    if len(lengths) > MOST_DIMENSIONS or max(lengths, default=0) >= 2**62:
        raise ValueError(f"no array has the shape in its header: {shape[1][:80]!r}")
    try:
        dtype = np.dtype(kind[1].decode("ascii"))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"numpy has no type as in its header: {kind[1]!r}") from None
    return Header(lengths, "F" if order[1] == b"True" else "C", dtype)


def write_npy_header(file: IO[bytes], dtype: Any, length: int, size: int | None = None) -> None:
    """Write the header of a one-dimensional array of numbers, padded to `size` bytes if given, else as numpy does."""
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": (length,)}
    if size is None:
        np.lib.format.write_array_header_1_0(file, header)
        return
    text = repr(header).encode("ascii").ljust(size - len(MAGIC) - 5) + b"\n"
    file.write(MAGIC + b"\x01\x00" + len(text).to_bytes(2, "little") + text)


def map_npy(path: str | os.PathLike[str], mode: Literal["r", "c"] = "r") -> np.ndarray:
    """Map the array of a .npy file into memory, read-only or with changes that stay in memory ("c").

    Raises ValueError if the file is not such an array, or is shorter or longer than its header says; OSError if it
    cannot be opened.
    """
    with open(path, "rb") as file:
        header = read_npy_header(file)
        begin = file.tell()
        follow = os.fstat(file.fileno()).st_size - begin
    if header.nbytes != follow:
        raise ValueError(f"its header says that {header.nbytes:,} bytes follow, and there are {follow:,}")
    if not follow:
        return np.empty(header.shape, header.dtype, header.order)
    return np.memmap(path, header.dtype, mode, begin, header.shape, header.order)
