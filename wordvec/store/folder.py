"""A store in a folder that all processes see."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.errors import InputError
from wordvec.files import fcntl, new_temporary, release, remove, remove_abandoned, replace_file
from wordvec.json_forms import parse_json
from wordvec.npy_header import map_npy, read_npy_header, write_npy_header
from wordvec.store.entries import FACTS, NewEntry, Store

LOCK = ".lock"
HEADER_BYTES = 128  # of an array whose length is known at its end


class FolderStore(Store):
    """A folder for each entry, renamed into place when it is complete.

    >>> import tempfile
    >>> store = FolderStore(Path(tempfile.mkdtemp()) / "store")
    >>> store.publish("sums-1", {"values": np.arange(5)}, words=7)
    >>> store.is_published("sums-1"), store.facts("sums-1"), store.read("sums-1", "values", 1, 3).tolist()
    (True, {'words': 7}, [1, 2])
    >>> store.clear()
    """

    def __init__(self, location: str | os.PathLike[str], make: bool = True) -> None:
        self._folder = Path(location).absolute()
        self.location = str(self._folder)
        if not make:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"store {location}: cannot be made: {error.strerror or error}; name another") from error
        self.check_writable()

    def check_writable(self) -> None:
        """See Store."""
        if not os.access(self._folder, os.W_OK):
            raise InputError(f"store {self.location}: no permission to write in it; name another folder")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """See Store. The system releases the lock, however this process ends."""
        lock = self._lock()
        try:
            yield
        finally:
            if lock is not None:
                (self._folder / LOCK).unlink(missing_ok=True)
            release(lock)

    def _lock(self) -> int | None:
        """A descriptor that holds the lock; None where there are none, as on Windows."""
        while fcntl is not None:
            try:
                descriptor = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
            except OSError as error:
                raise self._cannot_be_written(error) from error
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(os.fstat(descriptor), os.stat(self._folder / LOCK)):
                    return descriptor
            except BlockingIOError:
                os.close(descriptor)
                raise InputError(
                    f"store {self.location}: another run is at work in it; wait for it, or name another store"
                ) from None
            except FileNotFoundError:  # the run that held the lock has just ended
                pass
            except OSError:  # a file system without locks
                os.close(descriptor)
                return None
            os.close(descriptor)
        return None

    def remove_leftovers(self) -> None:
        """See Store."""
        remove_abandoned(self._folder)

    def is_published(self, name: str) -> bool:
        """See Store."""
        return (self._folder / name / FACTS).is_file()

    def publish(self, name: str, arrays: Mapping[str, np.ndarray], *, lasting: bool = True, **facts: Any) -> None:
        """See Store. Raises InputError for a full disk."""
        if not self.is_published(name):
            with self._new_entry(name, facts, lasting) as folder:
                for array, values in arrays.items():
                    np.save(folder / f"{array}.npy", np.asarray(values))

    @contextmanager
    def writing(self, name: str, dtypes: Mapping[str, Any]) -> Iterator[NewEntry]:
        """See Store. What is appended goes to the disk."""
        facts: dict[str, Any] = {}
        with self._new_entry(name, facts) as folder, ExitStack() as stack:
            arrays = {array: _AppendedFile(folder / f"{array}.npy", dtype) for array, dtype in dtypes.items()}
            for file in arrays.values():
                stack.callback(file.close)
            yield NewEntry(arrays, facts)

    @contextmanager
    def _new_entry(self, name: str, facts: dict[str, Any], lasting: bool = True) -> Iterator[Path]:
        """A folder for arrays, which becomes the entry at the end of the block, with the facts set by then."""
        target = self._folder / name
        try:
            temporary, lock = new_temporary(target, folder=True)
            try:
                yield temporary
                (temporary / FACTS).write_text(json.dumps(facts), encoding="utf-8", newline="\n")
                if lasting:
                    _flush(temporary)
                if target.exists() and not self.is_published(name):
                    remove(target)  # a removal that was killed left part of it
                os.rename(temporary, target)
            finally:
                remove(temporary)
                release(lock)
        except OSError as error:
            if not self.is_published(name):  # else another writer was first
                raise self._cannot_be_written(error) from error

    def _cannot_be_written(self, error: OSError) -> InputError:
        return InputError(
            f"store {self.location}: cannot be written: {error.strerror or error}; make room there, or name another "
            "store"
        )

    def make_room(self, name: str, array: str, dtype: Any, length: int) -> bool:
        """Make an array of an entry, of which each task writes a part; `finish` publishes it.

        Returns False if an interrupted run has already made it. Raises InputError for a full disk.
        """
        path = self.path_of(name, array)
        header = io.BytesIO()
        write_npy_header(header, dtype, length)
        size = header.tell() + length * np.dtype(dtype).itemsize
        try:
            path.parent.mkdir(exist_ok=True)
            if path.is_file() and path.stat().st_size == size:
                return False
            with open(path, "wb") as file:
                file.write(header.getvalue())
                file.truncate(size)
        except OSError as error:
            raise self._cannot_be_written(error) from error
        return True

    def write_part(
        self, name: str, array: str, begin: int, values: Iterable[np.ndarray], *, lasting: bool = True
    ) -> None:
        """Write these values one after the other, from element `begin` on. Raises InputError for a full disk."""
        try:
            with open(self.path_of(name, array), "rb+") as file:
                dtype = read_npy_header(file).dtype
                file.seek(begin * dtype.itemsize, os.SEEK_CUR)
                for part in values:
                    file.write(np.ascontiguousarray(part, dtype).data)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
        except OSError as error:
            raise self._cannot_be_written(error) from error

    def finish(self, name: str, **facts: Any) -> None:
        """Publish an entry whose arrays are written."""
        with replace_file(self._folder / name / FACTS, "w", encoding="utf-8") as file:
            file.write(json.dumps(facts))

    def path_of(self, name: str, array: str) -> Path:
        """The file of an array."""
        return self._folder / name / f"{array}.npy"

    def facts(self, name: str) -> dict[str, Any]:
        """See Store."""
        return dict(parse_json((self._folder / name / FACTS).read_bytes()))

    def read(self, name: str, array: str, begin: int = 0, end: int | None = None) -> np.ndarray:
        """See Store."""
        return map_npy(self.path_of(name, array))[begin:end]

    def remove(self, name: str) -> None:
        """See Store. The file that publishes the entry is removed first."""
        (self._folder / name / FACTS).unlink(missing_ok=True)
        remove(self._folder / name)

    def clear(self) -> None:
        """See Store."""
        shutil.rmtree(self._folder, ignore_errors=True)


class _AppendedFile:
    """A one-dimensional .npy file that is written sequentially."""

    def __init__(self, path: Path, dtype: Any) -> None:
        self._file, self._dtype, self._length = open(path, "wb"), np.dtype(dtype), 0  # noqa: SIM115
        self._file.write(bytes(HEADER_BYTES))

    def append(self, values: np.ndarray) -> None:
        """Add values at the end."""
        self._file.write(np.ascontiguousarray(values, self._dtype).data)
        self._length += len(values)

    def close(self) -> None:
        """Write the header, now that the length is known."""
        with self._file:
            self._file.seek(0)
            write_npy_header(self._file, self._dtype, self._length, HEADER_BYTES)


def _flush(folder: Path) -> None:
    """Sync the files of an entry, so that its name never reaches the disk before its content."""
    for path in folder.iterdir():
        with open(path, "rb+") as file:
            os.fsync(file.fileno())
