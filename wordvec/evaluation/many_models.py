"""Scores of many files of vectors: one after the other here, or one task a file on a cluster."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.argument_types import typed
from wordvec.corpus.read.paths import check_same_file
from wordvec.corpus.shared import cluster_beside
from wordvec.errors import OptionError
from wordvec.evaluation.files.group_sets import BiasTest, CategorySet, OutlierSet
from wordvec.evaluation.files.sets import AnalogyQuestions, WordPairs
from wordvec.evaluation.hit_rate import HeldOutPairs
from wordvec.evaluation.relations import Relation, RelationSet
from wordvec.evaluation.scores import Score
from wordvec.evaluation.sessions import Sessions
from wordvec.evaluation.tasks import Task, TaskSet, evaluate, read_tasks
from wordvec.store import name_of, open_store
from wordvec.vectors import WordVectors

if TYPE_CHECKING:
    from wordvec.cluster import Cluster

# What sets consist of: a task gets them by these names.
KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        AnalogyQuestions,
        BiasTest,
        CategorySet,
        HeldOutPairs,
        OutlierSet,
        Relation,
        RelationSet,
        Sessions,
        WordPairs,
    )
}


@typed
def evaluate_files(
    files: Sequence[str | os.PathLike[str]],
    tasks: Sequence[Task | TaskSet],
    protocol: str = "wordvec",
    options: dict[str, dict[str, Any]] | None = None,
    *,
    client: Any = None,
    store: str | os.PathLike[str] | None = None,
    show_progress: bool | None = None,
) -> dict[str, list[Score]]:
    """Score files of vectors on several sets, as `evaluate` scores one model's vectors; by the names of the files.

    `client`, a ``dask.distributed.Client``, gives each file to a worker of a cluster. The scores are those of this
    process. All workers must see the files under the same paths, and `store`, a folder or fsspec URL; by default that
    is FILE.work beside the first file, removed at the end.
    Raises OptionError for no files, and as `evaluate` does.

    >>> import tempfile
    >>> import numpy as np
    >>> path = Path(tempfile.mkdtemp()) / "v.safetensors"
    >>> _ = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])).save(path)
    >>> pairs = [("cat", "dog", 9.0), ("dog", "car", 4.0), ("cat", "car", 1.0)]
    >>> [score.score for score in evaluate_files([path], [("similarity", pairs)])[str(path)]]
    [1.0]
    """
    if not files:
        raise OptionError("no files of vectors to evaluate: give one or more")
    sets = [each for task in tasks for each in ([task] if isinstance(task, TaskSet) else read_tasks([task]))]
    names = [os.fspath(file) for file in files]
    if client is None:
        if store is not None:
            raise OptionError("store is where the workers of a cluster meet: give client too, or leave store out")
        return {name: evaluate(WordVectors.load(name), sets, protocol, options) for name in names}
    with ExitStack() as stack:
        cluster = stack.enter_context(cluster_beside(client, store, Path(names[0])))
        return score_files(cluster, names, sets, protocol, options, show_progress)


def score_files(
    cluster: Cluster,
    files: Sequence[str],
    sets: Sequence[TaskSet],
    protocol: str = "wordvec",
    options: dict[str, dict[str, Any]] | None = None,
    show_progress: bool | None = None,
) -> dict[str, list[Score]]:
    """The same on a cluster. Raises OptionError for a GPU, CorpusError for a file that a worker does not see."""
    if any(of_task.get("device", "cpu") != "cpu" for of_task in (options or {}).values()):
        raise OptionError("a cluster's workers evaluate on their CPUs: leave out device or client")
    plain = [[each.task, each.name, as_plain(each.items)] for each in sets]
    name = name_of("sets", sets=plain)
    cluster.store.publish(name, {}, sets=plain)
    calls = []
    for file in files:
        if not os.path.exists(file):
            WordVectors.load(file)  # raises what is wrong
        status = os.stat(file)
        path = os.path.abspath(file)
        calls.append((path, status.st_size, status.st_mtime_ns, name, protocol, options))
    return dict(zip(files, cluster.run(score_file, calls, "evaluating", show_progress)))


def score_file(
    store: str, path: str, size: int, changed: int, sets: str, protocol: str, options: dict[str, dict[str, Any]] | None
) -> list[Score]:
    """Scores of a file of vectors that has this size and was last changed then."""
    check_same_file(path, size)
    read = [TaskSet(task, name, from_plain(items)) for task, name, items in open_store(store).facts(sets)["sets"]]
    return evaluate(WordVectors.load(path), read, protocol, options)


def as_plain(items: Any) -> Any:
    """A set in what JSON has.

    >>> as_plain(WordPairs("few", (("cat", "dog", 9.0),)))
    {'kind': 'WordPairs', 'fields': {'name': 'few', 'pairs': [['cat', 'dog', 9.0]], 'notes': []}}
    """
    if is_dataclass(items):
        content = {field.name: as_plain(getattr(items, field.name)) for field in fields(items)}
        return {"kind": type(items).__name__, "fields": content}
    if isinstance(items, dict):
        return {"items": [[key, as_plain(value)] for key, value in items.items()]}
    return [as_plain(each) for each in items] if isinstance(items, (list, tuple)) else items


def from_plain(plain: Any) -> Any:
    """The set that `as_plain` wrote; lists are tuples.

    >>> questions = AnalogyQuestions("few", {"b": (("a", "b", "c", "d"),), "a": ()})
    >>> from_plain(as_plain(questions)) == questions
    True
    """
    if isinstance(plain, dict):
        if "items" in plain:
            return {key: from_plain(value) for key, value in plain["items"]}
        return KINDS[plain["kind"]](**{name: from_plain(value) for name, value in plain["fields"].items()})
    return tuple(from_plain(each) for each in plain) if isinstance(plain, list) else plain
