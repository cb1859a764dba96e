"""Where tasks on several machines leave their results: a folder that all of them see, or an object store by fsspec.

An entry is a name with some arrays and a few facts. It is published in one step, so nobody reads half of one. Entries
are named by a hash of what they were made from (`name_of`): whoever makes one again makes the same bytes, so of two
writers of one name either may win.
"""

from __future__ import annotations

import os

from wordvec.store.entries import NewEntry, Store, hash_of, name_of
from wordvec.store.folder import FolderStore
from wordvec.store.objects import ObjectStore

__all__ = ["FolderStore", "NewEntry", "ObjectStore", "Store", "hash_of", "name_of", "open_store"]


def open_store(location: str | os.PathLike[str], make: bool = True) -> Store:
    """The store at a folder, made where there is none and that is wanted, or at an fsspec URL: ``s3://bucket/run``.

    Raises InputError for one that cannot be written, MissingExtraError for a URL without fsspec or its driver.
    """
    if "://" in os.fspath(location):
        return ObjectStore(os.fspath(location))
    return FolderStore(location, make)
