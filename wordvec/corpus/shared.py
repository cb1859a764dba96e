"""A corpus that all workers of a cluster read: where it is, and opening it once per process."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wordvec.cluster import Cluster
from wordvec.errors import CorpusError, OptionError
from wordvec.store import FolderStore, Store, open_store

if TYPE_CHECKING:
    from wordvec.corpus.corpus import Corpus

WORK = ".work"  # added to a corpus folder's name: the default store of a run


class SharedCorpus(NamedTuple):
    """A corpus folder, and the fingerprint that its content must have."""

    folder: str
    fingerprint: str


@contextmanager
def cluster_for(client: Any, store: str | os.PathLike[str] | None, corpus: Corpus) -> Iterator[Cluster]:
    """The cluster of a client for work on a corpus; see `cluster_beside`.

    Raises OptionError if no store is given and the corpus has no folder.
    """
    if store is None and corpus.folder is None:
        raise OptionError(
            "a cluster needs a store, a folder or URL that this process and all workers read and write: give "
            "store='/shared/run', or save the corpus to such a folder and open it there"
        )
    with cluster_beside(client, store, corpus.folder or Path()) as cluster:
        yield cluster


@contextmanager
def cluster_beside(client: Any, store: str | os.PathLike[str] | None, path: Path) -> Iterator[Cluster]:
    """The cluster of a client. The default store is PATH.work, which is removed at the end of the block.

    It stays after an error, so that the same call can resume from the published results.
    """
    place = store if store is not None else path.absolute().with_name(path.absolute().name + WORK)
    cluster = Cluster(client, place)
    with cluster.store.alone():
        yield cluster
        if store is None:
            open_store(place).clear()


def share(corpus: Corpus, store: Store) -> SharedCorpus:
    """Where workers find the corpus: its folder, or a folder in the store if it was not saved."""
    if corpus.folder is not None:
        return SharedCorpus(str(corpus.folder.absolute()), corpus.fingerprint)
    if not isinstance(store, FolderStore):
        raise OptionError("save the corpus to a folder that all workers read, and open it there: Corpus.open(folder)")
    folder = Path(store.location) / f"corpus-{corpus.fingerprint[:32]}"
    if not folder.exists():
        corpus.save(folder)
    return SharedCorpus(str(folder), corpus.fingerprint)


@functools.lru_cache(maxsize=2)
def opened(folder: str, fingerprint: str) -> Corpus:
    """Open the corpus on a worker, memory-mapped. Raises CorpusError if the folder is missing or has another corpus."""
    from wordvec.corpus.corpus import Corpus

    if not Path(folder).is_dir():
        raise CorpusError(f"{folder}: a worker does not see this corpus; put it where all machines read it")
    corpus = Corpus.open(folder)
    if corpus.fingerprint != fingerprint:
        raise CorpusError(f"{folder}: a worker finds another corpus there than the one this run began with")
    return corpus
