"""Arrays that grow at the end: in memory up to a limit, beyond it in a temporary file."""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np

from wordvec.errors import InputError, WordvecError
from wordvec.memory import show_bytes

GROWTH = 1.125  # factor by which the room in memory grows when it is full
FIRST_ROOM = 1 << 12  # elements
LIMITLESS = sys.maxsize


class GrowingArray:
    """A one-dimensional array written from beginning to end.

    Up to `limit` bytes it is in memory. A longer array moves to an unnamed temporary file, which disappears with the
    array, even after an error or when the process is killed (on Windows, when it ends). ``len(array)`` is the current
    number of elements; `room` is the maximum, if known. `purpose` is the purpose of the file in the error for a full
    disk, and `error` that error's class.

    >>> array = GrowingArray(np.int32, limit=8)
    >>> array.append(np.array([1, 2], np.int32))
    >>> array.append(np.array([3], np.int32))
    >>> array.on_disk, array.read(1, 3).tolist(), array.finish().tolist()
    (True, [2, 3], [1, 2, 3])
    """

    def __init__(
        self,
        dtype: Any,
        limit: int = LIMITLESS,
        room: int = 0,
        purpose: str = "counting",
        error: type[WordvecError] = InputError,
    ) -> None:
        self.dtype = np.dtype(dtype)
        self._purpose, self._error = purpose, error
        self._limit = limit
        self._size = 0
        try:  # room that is never written takes only addresses, no memory
            self._held = np.empty(min(room, limit // self.dtype.itemsize), self.dtype)
        except MemoryError:  # on a system that does not overcommit memory
            self._held = np.empty(0, self.dtype)
        self._file: IO[bytes] | None = None

    @classmethod
    def holding(cls, values: np.ndarray) -> GrowingArray:
        """An array of these values, without a copy: for reading, not for appending.

        >>> GrowingArray.holding(np.arange(5)).read(1, 3).tolist()
        [1, 2]
        """
        array = cls(values.dtype)
        array._held, array._size = values, len(values)
        return array

    def __len__(self) -> int:
        return self._size

    @property
    def on_disk(self) -> bool:
        """Whether the array has moved to disk."""
        return self._file is not None

    def append(self, values: np.ndarray) -> None:
        """Add values at the end. Raises `error` if the disk is full."""
        size = self._size + len(values)
        if self._file is None and size * self.dtype.itemsize > self._limit:
            self._move_to_disk()
        if self._file is not None:
            with self._closed_after_an_error():
                self._file.seek(0, 2)
                _write_all(self._file, np.ascontiguousarray(values, self.dtype))
        else:
            if size > len(self._held):
                room = min(max(int(GROWTH * size), FIRST_ROOM), max(self._limit // self.dtype.itemsize, size))
                self._held.resize(room, refcheck=False)  # in place, if the system can remap pages
            self._held[self._size : size] = values
        self._size = size

    def read(self, begin: int, end: int) -> np.ndarray:
        """The elements begin .. end - 1: a copy from disk, or a view in memory (valid until the next `append`)."""
        if self._file is None:
            return self._held[begin : min(end, self._size)]
        values = np.empty(min(end, self._size) - begin, self.dtype)
        self._file.seek(begin * self.dtype.itemsize)
        target = memoryview(values).cast("B")
        while len(target):
            target = target[self._file.readinto(target) :]  # type: ignore[attr-defined]
        return values

    def part(self, begin: int, end: int) -> np.ndarray:
        """The elements begin .. end - 1, for reading and changing in place before the next `append`."""
        if self._file is None or begin == end:
            return self._held[begin:end] if self._file is None else self._held[:0]
        offset = begin * self.dtype.itemsize
        return np.memmap(self._file, self.dtype, mode="r+", offset=offset, shape=(end - begin,))

    def finish(self) -> np.ndarray:
        """All elements as one array: in memory, or mapped from the file (later changes stay in memory).

        The GrowingArray cannot be used afterwards.
        """
        if self._file is None:
            self._held.resize(self._size, refcheck=False)
            return self._held
        whole = np.memmap(self._file, self.dtype, "c", shape=(self._size,)) if self._size else self._held
        self.close()  # the mapping keeps the file open
        return whole

    def close(self) -> None:
        """Release the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> GrowingArray:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _move_to_disk(self) -> None:
        with self._closed_after_an_error():
            self._file = tempfile.TemporaryFile(prefix="wordvec-", buffering=0)  # noqa: SIM115
            _write_all(self._file, self._held[: self._size])
        self._held = np.empty(0, self.dtype)

    @contextmanager
    def _closed_after_an_error(self) -> Iterator[None]:
        """Explain a disk error, and release the file."""
        try:
            yield
        except OSError as error:
            self.close()
            where = "for them" if tempfile.tempdir is None else f"of {tempfile.tempdir}"  # None: no folder was found
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            what = "is full" if full else f"cannot be written to ({error.strerror or error})"
            raise self._error(
                f"{self._purpose} needs temporary files, and the disk {where} {what}, "
                f"{show_bytes(self._size * self.dtype.itemsize)} into one of them: free some space, set TMPDIR to a "
                "folder on a larger disk, or allow more memory"
            ) from error


def _write_all(file: IO[bytes], values: np.ndarray) -> None:
    """Write all bytes; a disk that is nearly full accepts some of them before it refuses the rest."""
    rest = memoryview(values).cast("B") if len(values) else memoryview(b"")
    while len(rest):
        rest = rest[file.write(rest) :]
