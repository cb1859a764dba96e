"""Storage for the results of tasks on several machines: a folder that all of them see, or an object store by fsspec.

An entry is a name with some arrays and a few facts. It is published in one step, so no reader sees part of one. Entries
are named by a hash of their inputs (`name_of`): making one again gives the same bytes, so of two writers of one name
either may win.
"""

from __future__ import annotations

import os

from wordvec.store.entries import NewEntry, Store, hash_of, name_of
from wordvec.store.folder import FolderStore
from wordvec.store.objects import ObjectStore

__all__ = ["FolderStore", "NewEntry", "ObjectStore", "Store", "hash_of", "name_of", "open_store"]


def open_store(location: str | os.PathLike[str], make: bool = True) -> Store:
    """The store in a folder, which is created with `make`, or at an fsspec URL such as ``s3://bucket/run``.

    Raises InputError if it cannot be written, MissingExtraError for a URL without fsspec or its driver.
    """
    if "://" in os.fspath(location):
        return ObjectStore(os.fspath(location))
    return FolderStore(location, make)
