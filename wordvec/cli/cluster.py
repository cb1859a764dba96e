"""The arguments for a cluster, shared by all verbs that can use one."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from wordvec.errors import OptionError
from wordvec.progress import announce


def add_cluster_arguments(parser: argparse.ArgumentParser, beside: str = "OUT") -> None:
    """Declare --scheduler and --store, whose default is `beside`.work."""
    group = parser.add_argument_group("a Dask cluster (the extra distributed)")
    group.add_argument(
        "--scheduler",
        metavar="WHERE",
        help="use the workers of a Dask scheduler: its address, the FILE.json that it wrote, or local:N for N "
        "processes on this machine",
    )
    group.add_argument(
        "--store",
        metavar="WHERE",
        help=f"a folder or fsspec URL that all workers read and write (default: {beside}.work, removed at the end)",
    )


def check_cluster_arguments(arguments: argparse.Namespace) -> None:
    """Raise OptionError for a store without a scheduler, before anything is read."""
    if arguments.store is not None and arguments.scheduler is None:
        raise OptionError("--store is for the workers of a cluster: give --scheduler too, or leave it out")


@contextmanager
def cluster_of(arguments: argparse.Namespace, beside: str | None = None) -> Iterator[dict[str, Any]]:
    """The arguments client and store of ``fit`` and ``Corpus.build``, connected in the block; none without --scheduler.

    The store is --store, or `beside`.work; `beside` defaults to OUT. A default store is removed after the block; after
    an error it stays, the user is told, and the same command continues from it.
    """
    if arguments.scheduler is None:
        yield {}
        return
    from wordvec.cluster import connected
    from wordvec.store import open_store

    store = arguments.store or os.path.abspath(beside or arguments.out) + ".work"
    try:
        with connected(arguments.scheduler) as client:
            yield {"client": client, "store": store}
    except BaseException:
        for folder in (*Path(store).glob("run-*"), store):
            with suppress(OSError):
                os.rmdir(folder)  # if nothing was published
        if not arguments.store and os.path.exists(store):
            announce(f"{store} holds what was done: the same command continues from it; remove it if you do not")
        raise
    if not arguments.store:
        open_store(store).clear()
