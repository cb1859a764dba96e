"""Where tasks on several machines leave their results: a folder that all of them see, or an object store by fsspec.

An entry is a name with some arrays and a few facts. It is published in one step, so nobody reads half of one. Entries
are named by a hash of what they were made from (`name_of`): whoever makes one again makes the same bytes, so of two
writers of one name either may win.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import InputError, MissingExtraError
from wordvec.files import new_temporary, parse_json, release, remove, remove_leftovers, replace_file
from wordvec.growing_array import GrowingArray
from wordvec.npy_header import map_npy, read_npy_header, write_npy_header

BUCKETS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss")  # protocols of object stores
HEADER_BYTES = 128  # of an array whose length is known at its end
FACTS = "facts.json"  # of each entry; in an object store it is written last and so publishes the entry


def name_of(kind: str, **inputs: Any) -> str:
    """The name of an entry: its kind, and a hash of all that its content depends on.

    >>> name_of("counts", window=5, piece=2) == name_of("counts", piece=2, window=5)
    True
    >>> name_of("counts", window=5, piece=2) == name_of("counts", window=5, piece=3)
    False
    """
    text = json.dumps(inputs, sort_keys=True, allow_nan=False)
    return f"{kind}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def hash_of(array: np.ndarray) -> str:
    """The SHA-256 of an array's numbers, for names of what depends on them."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


def open_store(location: str | os.PathLike[str], make: bool = True) -> Store:
    """The store at a folder, made where there is none and that is wanted, or at an fsspec URL: ``s3://bucket/run``.

    Raises InputError for one that cannot be written, MissingExtraError for a URL without fsspec or its driver.
    """
    if "://" in os.fspath(location):
        return ObjectStore(os.fspath(location))
    return FolderStore(location, make)


class NewEntry(NamedTuple):
    """Arrays that are appended to, and facts that may still be set."""

    arrays: Mapping[str, Any]
    facts: dict[str, Any]


class Store(ABC):
    """Entries by name. `location` is all another process needs to open the same store."""

    location: str

    def check_writable(self) -> None:  # noqa: B027  # of most stores it is known when something is written
        """Raise InputError where it is known that this process cannot write."""

    @abstractmethod
    def is_published(self, name: str) -> bool:
        """Whether an entry is there, whole."""

    @abstractmethod
    def publish(self, name: str, arrays: Mapping[str, np.ndarray], *, lasting: bool = True, **facts: Any) -> None:
        """Write an entry in one step; one that is there already stays, as its bytes are the same.

        One that is not `lasting` need not outlive a power cut, so nobody waits for the disk.
        """

    @contextmanager
    def writing(self, name: str, dtypes: Mapping[str, Any]) -> Iterator[NewEntry]:
        """An entry that is published at the end of the block; in it, its arrays, of one axis, are appended to."""
        arrays, facts = {array: GrowingArray(dtype) for array, dtype in dtypes.items()}, dict[str, Any]()
        yield NewEntry(arrays, facts)
        self.publish(name, {array: values.finish() for array, values in arrays.items()}, **facts)

    @abstractmethod
    def facts(self, name: str) -> dict[str, Any]:
        """The facts of an entry."""

    @abstractmethod
    def read(self, name: str, array: str, begin: int = 0, end: int | None = None) -> np.ndarray:
        """Rows begin .. end - 1 of an array of an entry, mapped where the file system can."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove an entry, where there is one."""

    @abstractmethod
    def clear(self) -> None:
        """Remove the store with all that is in it."""


class FolderStore(Store):
    """A folder for each entry, renamed into place when it is whole.

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
        """A folder to write arrays to, which becomes the entry at the end of the block, with the facts of then."""
        target = self._folder / name
        try:
            remove_leftovers(target)
            temporary, lock = new_temporary(target, folder=True)
            try:
                yield temporary
                (temporary / FACTS).write_text(json.dumps(facts), encoding="utf-8")
                if lasting:
                    _flush(temporary)
                if target.exists() and not self.is_published(name):
                    remove(target)  # what a kill left of an entry that was being removed
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
        """Make an array of an entry that tasks write each a part of, until `finish` publishes it.

        Returns False where a run that was interrupted made it already. Raises InputError for a full disk.
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
        """Write these values one behind the other, from element `begin` on. Raises InputError for a full disk."""
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
        """See Store. What publishes the entry goes first."""
        (self._folder / name / FACTS).unlink(missing_ok=True)
        remove(self._folder / name)

    def clear(self) -> None:
        """See Store."""
        shutil.rmtree(self._folder, ignore_errors=True)


class _AppendedFile:
    """A .npy file of one axis that is written from its beginning to its end."""

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
    """Flush the files of an entry, so that its name never comes to disk before its content."""
    for path in folder.iterdir():
        with open(path, "rb+") as file:
            os.fsync(file.fileno())


class ObjectStore(Store):
    """The same by fsspec: the object with the facts comes last.

    >>> store = ObjectStore("memory://a-run")
    >>> store.publish("sums-1", {"values": np.arange(5)}, words=7)
    >>> store.is_published("sums-1"), store.facts("sums-1"), store.read("sums-1", "values", 1, 3).tolist()
    (True, {'words': 7}, [1, 2])
    >>> store.clear()
    """

    def __init__(self, location: str) -> None:
        try:
            import fsspec
        except ImportError:
            raise MissingExtraError("fsspec", "distributed", f"the store {location}") from None
        self.location = location
        # Folders are no more than parts of names there, and making one would make a bucket that was misspelt.
        self._has_buckets = location.partition("://")[0] in BUCKETS
        try:
            # What was listed once says nothing about what other workers have published since.
            self._files, self._root = fsspec.core.url_to_fs(location, use_listings_cache=False)
        except ImportError as error:
            raise InputError(f"store {location}: {error}") from error
        except ValueError as error:
            raise InputError(f"store {location}: no such kind of store ({error})") from error

    def is_published(self, name: str) -> bool:
        """See Store."""
        return bool(self._files.exists(self._path(name, FACTS)))

    def publish(self, name: str, arrays: Mapping[str, np.ndarray], *, lasting: bool = True, **facts: Any) -> None:
        """See Store."""
        if self.is_published(name):
            return
        try:
            if not self._has_buckets:
                self._files.makedirs(f"{self._root}/{name}", exist_ok=True)
            for array, values in arrays.items():
                with self._files.open(self._path(name, f"{array}.npy"), "wb") as file:
                    np.save(file, np.asarray(values), allow_pickle=False)
            self._files.pipe_file(self._path(name, FACTS), json.dumps(facts).encode())
        except Exception as error:  # drivers have kinds of their own, such as of missing credentials
            raise InputError(
                f"store {self.location}: cannot be written: {str(error) or type(error).__name__}; check its name, and "
                "the rights of this process and of all workers"
            ) from error

    def facts(self, name: str) -> dict[str, Any]:
        """See Store."""
        return dict(parse_json(self._files.cat_file(self._path(name, FACTS))))

    def read(self, name: str, array: str, begin: int = 0, end: int | None = None) -> np.ndarray:
        """See Store. Only the bytes of these rows are fetched."""
        path = self._path(name, f"{array}.npy")
        head = io.BytesIO(self._files.cat_file(path, start=0, end=min(1024, self._files.size(path))))
        shape, _, dtype = read_npy_header(head)
        first, last, _ = slice(begin, end).indices(shape[0])
        row = dtype.itemsize * int(np.prod(shape[1:]))
        start = head.tell() + first * row
        data = self._files.cat_file(path, start=start, end=start + (last - first) * row) if last > first else b""
        return np.frombuffer(data, dtype).reshape(max(last - first, 0), *shape[1:])

    def remove(self, name: str) -> None:
        """See Store. What publishes the entry goes first."""
        if self.is_published(name):
            self._files.rm_file(self._path(name, FACTS))
        if self._files.exists(f"{self._root}/{name}"):
            self._files.rm(f"{self._root}/{name}", recursive=True)

    def clear(self) -> None:
        """See Store."""
        if self._files.exists(self._root):
            self._files.rm(self._root, recursive=True)

    def _path(self, name: str, file: str) -> str:
        return f"{self._root}/{name}/{file}"
