"""A corpus that all workers of a cluster read: where it is, and opening it once in each process."""

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

WORK = ".work"  # behind the name of a corpus folder: the store of runs that name none


class SharedCorpus(NamedTuple):
    """A corpus folder, and the fingerprint of what it must hold."""

    folder: str
    fingerprint: str


@contextmanager
def cluster_for(client: Any, store: str | os.PathLike[str] | None, corpus: Corpus) -> Iterator[Cluster]:
    """The cluster of a client for work on a corpus; see `cluster_beside`.

    Raises OptionError for a corpus in no folder where no store is named.
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
    """The cluster of a client, whose store is PATH.work where none is named, removed at the end of the block.

    After an error it stays, so that the same call goes on from what was published.
    """
    place = store if store is not None else path.absolute().with_name(path.absolute().name + WORK)
    yield Cluster(client, place)
    if store is None:
        open_store(place).clear()


def share(corpus: Corpus, store: Store) -> SharedCorpus:
    """Where workers find the corpus: its folder, or one in the store for a corpus that was not saved."""
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
    """The corpus in a task; ids stay mapped. Raises CorpusError where the folder is not here or holds another one."""
    from wordvec.corpus.corpus import Corpus

    if not Path(folder).is_dir():
        raise CorpusError(f"{folder}: a worker does not see this corpus; put it where all machines read it")
    corpus = Corpus.open(folder)
    if corpus.fingerprint != fingerprint:
        raise CorpusError(f"{folder}: a worker finds another corpus there than the one this run began with")
    return corpus
