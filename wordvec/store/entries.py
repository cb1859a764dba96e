"""What a store is: entries by name, each with some arrays and a few facts."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from wordvec.growing_array import GrowingArray

FACTS = "facts.json"  # in each entry; in an object store it is written last, which publishes the entry


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
    """The SHA-256 of an array's numbers, for the names of entries that depend on it."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


class NewEntry(NamedTuple):
    """An entry being written: arrays to append to, and facts to set."""

    arrays: Mapping[str, Any]
    facts: dict[str, Any]


class Store(ABC):
    """Entries by name. Another process opens the same store by its `location`."""

    location: str

    def check_writable(self) -> None:  # noqa: B027  # most stores find out when something is written
        """Raise InputError if it is already known that this process cannot write."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs out of the store during the block, if it has locks: runs remove what they no longer need.

        Raises InputError if another run is in it.
        """
        yield

    def remove_leftovers(self) -> None:  # noqa: B027  # most stores have none
        """Remove unpublished entries of writers that were killed."""

    @abstractmethod
    def is_published(self, name: str) -> bool:
        """Whether an entry is complete and can be read."""

    @abstractmethod
    def publish(self, name: str, arrays: Mapping[str, np.ndarray], *, lasting: bool = True, **facts: Any) -> None:
        """Write an entry in one step; an existing one is kept, as its bytes are the same.

        An entry that is not `lasting` need not survive a power failure, so it is not synced to the disk.
        """

    @contextmanager
    def writing(self, name: str, dtypes: Mapping[str, Any]) -> Iterator[NewEntry]:
        """An entry whose one-dimensional arrays are appended to in the block; it is published at the end."""
        arrays, facts = {array: GrowingArray(dtype) for array, dtype in dtypes.items()}, dict[str, Any]()
        yield NewEntry(arrays, facts)
        self.publish(name, {array: values.finish() for array, values in arrays.items()}, **facts)

    @abstractmethod
    def facts(self, name: str) -> dict[str, Any]:
        """The facts of an entry."""

    @abstractmethod
    def read(self, name: str, array: str, begin: int = 0, end: int | None = None) -> np.ndarray:
        """Rows begin .. end - 1 of an array of an entry, memory-mapped if possible."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove an entry if it exists."""

    @abstractmethod
    def clear(self) -> None:
        """Remove the store with all its entries."""
