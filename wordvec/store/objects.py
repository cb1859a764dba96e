"""A store in a bucket, or in any other place that fsspec can write to."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from wordvec.errors import InputError, MissingExtraError
from wordvec.json_forms import parse_json
from wordvec.npy_header import read_npy_header
from wordvec.store.entries import FACTS, Store

BUCKETS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss")  # protocols of object stores


class ObjectStore(Store):
    """An object for each array and, written last, one with the facts.

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
        # In a bucket, folders are only parts of names; making one would create a bucket whose name is misspelt.
        self._has_buckets = location.partition("://")[0] in BUCKETS
        try:
            # No cached listings: other workers publish entries all the time.
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
        except Exception as error:  # drivers raise their own exceptions, for missing credentials for example
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
        """See Store. The object that publishes the entry is removed first."""
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
