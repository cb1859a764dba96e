"""All tasks by name: finding the task of a set, and scoring lists of sets or models in one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.argument_types import typed
from wordvec.corpus.named_texts import EVALUATION_SETS
from wordvec.corpus.read.paths import check_same_file, stamp_of
from wordvec.corpus.shared import cluster_beside
from wordvec.errors import EvaluationFileError, OptionError
from wordvec.evaluation.analogy import evaluate_analogy
from wordvec.evaluation.bias import evaluate_bias
from wordvec.evaluation.clusters import evaluate_categorisation
from wordvec.evaluation.files.group_sets import (
    BiasTest,
    CategorySet,
    OutlierSet,
    read_bias_tests,
    read_categories,
    read_outliers,
)
from wordvec.evaluation.files.readers import BATS, read_analogies, read_pairs
from wordvec.evaluation.files.set_files import AnalogyQuestions, Source, WordPairs, find_file, read_set_lines
from wordvec.evaluation.hit_rate import HeldOutPairs, evaluate_hit_rate, read_held_out
from wordvec.evaluation.outliers import evaluate_outliers
from wordvec.evaluation.relations import Relation, RelationSet, evaluate_relations, read_relations
from wordvec.evaluation.scores import Score
from wordvec.evaluation.sessions import Sessions, evaluate_sessions, read_sessions
from wordvec.evaluation.similarity import evaluate_similarity
from wordvec.store import name_of, open_store
from wordvec.vectors import WordVectors

if TYPE_CHECKING:
    from wordvec.cluster import Cluster


TASKS: dict[str, Callable[..., Score]] = {
    "similarity": evaluate_similarity,
    "analogy": evaluate_analogy,
    "categorisation": evaluate_categorisation,
    "outliers": evaluate_outliers,
    "relations": evaluate_relations,
    "bias": evaluate_bias,
    "hit-rate": evaluate_hit_rate,
    "sessions": evaluate_sessions,
}
READERS: dict[str, Callable[..., Any]] = {
    "similarity": read_pairs,
    "analogy": read_analogies,
    "categorisation": read_categories,
    "outliers": read_outliers,
    "relations": read_relations,
    "bias": read_bias_tests,  # several tests per file
    "hit-rate": read_held_out,
    "sessions": read_sessions,
}
# A line of words is ambiguous, so held-out pairs and sessions are never recognised by their content.
FILES = ("similarity", "analogy", "categorisation", "outliers", "bias")
MOST_GUESSED = 100  # lines of a single file of BATS, which has 50
FOLDERS = ("relations", "analogy", "outliers", "categorisation")

Task = tuple[str, Any]  # the name of a task and a set: a file, a bundled name, or what the task's function takes


@dataclass(frozen=True)
class TaskSet:
    """A set that was read: its task, its name and the argument for the task's function."""

    task: str
    name: str
    items: Any


@typed
def read_tasks(tasks: Sequence[Task], encoding: str = "utf-8") -> list[TaskSet]:
    """Read all (task, set) pairs, so that a bad set is found before anything is evaluated.

    Task "any" is recognised by content. A file of several bias tests becomes several sets.
    Raises OptionError for an unknown task, EvaluationFileError for a set that cannot be read.

    >>> [(found.task, found.name) for found in read_tasks([("any", "tiny-world-analogies")])]
    [('analogy', 'tiny-world-analogies')]
    """
    read = []
    for number, pair in enumerate(tasks, start=1):
        if not (isinstance(pair, (tuple, list)) and len(pair) == 2 and isinstance(pair[0], str)):
            form = "pairs of a task and a set expected, such as [('similarity', 'wordsim353.txt')]"
            raise OptionError(f"tasks: {form}; item {number:,} is {pair!r:.80}")
        task, items = pair
        is_source = isinstance(items, (str, os.PathLike))
        if task == "any" and is_source:
            task, items = recognise(items, encoding)
        elif task not in TASKS:
            shown = os.fspath(items) if is_source else "a set"
            raise OptionError(f"no task {task!r} (for {shown}); tasks are {', '.join(TASKS)}")
        elif is_source:
            items = READERS[task](items, encoding)
        several = items if task == "bias" and isinstance(items, tuple) else (items,)
        read += [TaskSet(task, getattr(each, "name", task), each) for each in several]
    return read


@typed
def evaluate(
    vectors: WordVectors,
    tasks: Sequence[Task | TaskSet],
    protocol: str = "wordvec",
    options: dict[str, dict[str, Any]] | None = None,
) -> list[Score]:
    """Score vectors on several sets: `tasks` is a list of (task, set), such as ("similarity", "wordsim353.txt").

    A task is a key of TASKS, or "any" to recognise it by the content of the file. A set is a file, a bundled or fetched
    name, or anything else the task's function takes; all are read before the first is evaluated. `options` are further
    arguments by task, such as {"analogy": {"method": "3cosmul"}}. Raises OptionError for an unknown task or protocol,
    EvaluationFileError for a set that cannot be read.

    >>> import numpy as np
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]))
    >>> (score,) = evaluate(vectors, [("similarity", [("cat", "dog", 9.0), ("dog", "car", 4.0), ("cat", "car", 1.0)])])
    >>> score.measure, score.score, score.outcomes.round(2).tolist()
    ('spearman', 1.0, [0.8, 0.6, 0.0])
    """
    read = [item for task in tasks for item in ([task] if isinstance(task, TaskSet) else read_tasks([task]))]
    chosen = options or {}
    if unknown := sorted(chosen.keys() - TASKS.keys()):
        raise OptionError(f"options: no task {unknown[0]!r}; tasks are {', '.join(TASKS)}")
    return [TASKS[each.task](vectors, each.items, protocol=protocol, **chosen.get(each.task, {})) for each in read]


@typed
def recognise(source: Source, encoding: str = "utf-8") -> tuple[str, Any]:
    """Return a set and its task, recognised by content or, for a fetched set, by the catalogue.

    Exactly one reader must accept the whole set. If none or several do, raises EvaluationFileError with what each
    reader says.

    >>> recognise("tiny-world-similarity")[0]
    'similarity'
    """
    from wordvec.corpus.named_texts import find, is_catalogued_set

    name = str(source)
    if is_catalogued_set(name) and not os.path.exists(name):
        task = find(name).task or ""
        return task, READERS[task](source, encoding)
    accepted, refused = [], []
    is_folder = name not in EVALUATION_SETS and find_file(source).is_dir()
    if not is_folder and not read_set_lines(source, encoding):  # empty for every task; raises if it is not text
        raise EvaluationFileError(f"{source}: nothing in it; a file of an evaluation set expected")
    for task in FOLDERS if is_folder else FILES:
        try:
            accepted.append((task, READERS[task](source, encoding)))
        except EvaluationFileError as error:
            refused.append((task, str(error)))
    if len(accepted) == 1:
        _refuse_word_lists(source, *accepted[0])
        return accepted[0]
    if not refused or accepted:
        tasks = " or ".join(task for task, _ in accepted)
        raise EvaluationFileError(f"{source}: could be for {tasks}; say which, such as --{accepted[0][0]} {source}")
    reasons = "; ".join(f"as {task}: {message.removeprefix(f'{source}: ')[:160]}" for task, message in refused)
    hint = f"; name the sets in a folder one by one: {source}/*" if is_folder else ""
    raise EvaluationFileError(f"{source}: in no known format of an evaluation set ({reasons}){hint}")


def _refuse_word_lists(source: Source, task: str, items: Any) -> None:
    """Raise EvaluationFileError for a long table of two columns, which may be BATS but also a dictionary."""
    questions = sum(map(len, items.sections.values())) if task == "analogy" and items.notes == (BATS,) else 0
    if questions > MOST_GUESSED**2 and not find_file(source).is_dir():
        raise EvaluationFileError(
            f"{source}: lines of two columns: a file of BATS has {MOST_GUESSED} of them at most; for analogies between "
            f"all pairs of its lines, say --analogy {source}; a dictionary of two languages is for wordvec translate "
            "--dictionary"
        )


# Scores of many files of vectors: one after the other here, or one cluster task per file.


# The classes that sets consist of, by the names in which they are sent to a cluster.
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
    """Score files of vectors on several sets with `evaluate`; return the scores by file name.

    With `client`, a ``dask.distributed.Client``, each file goes to a worker of a cluster, with the same scores. All
    workers must see the files under the same paths, and `store`, a folder or fsspec URL: by default FILE.work beside
    the first file, removed at the end.
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
            raise OptionError("store is for the workers of a cluster: give client too, or leave store out")
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
    """Score files on a cluster. Raises OptionError for a GPU, CorpusError for a file that a worker does not see."""
    if any(of_task.get("device", "cpu") != "cpu" for of_task in (options or {}).values()):
        raise OptionError("a cluster's workers evaluate on their CPUs: leave out device or client")
    plain = [[each.task, each.name, as_plain(each.items)] for each in sets]
    name = name_of("sets", sets=plain)
    cluster.store.publish(name, {}, sets=plain)
    calls = []
    for file in files:
        if not os.path.exists(file):
            WordVectors.load(file)  # raises what is wrong
        calls.append((os.path.abspath(file), *stamp_of(os.stat(file)), name, protocol, options))
    return dict(zip(files, cluster.run(score_file, calls, "evaluating", show_progress)))


def score_file(
    store: str, path: str, size: int, changed: int, sets: str, protocol: str, options: dict[str, dict[str, Any]] | None
) -> list[Score]:
    """Score a file of vectors that must have this size; `changed` is the time of its last change."""
    check_same_file(path, size)
    read = [TaskSet(task, name, from_plain(items)) for task, name, items in open_store(store).facts(sets)["sets"]]
    return evaluate(WordVectors.load(path), read, protocol, options)


def as_plain(items: Any) -> Any:
    """Return a set as JSON types.

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
    """Return the set that `as_plain` wrote, with tuples for lists.

    >>> questions = AnalogyQuestions("few", {"b": (("a", "b", "c", "d"),), "a": ()})
    >>> from_plain(as_plain(questions)) == questions
    True
    """
    if isinstance(plain, dict):
        if "items" in plain:
            return {key: from_plain(value) for key, value in plain["items"]}
        return KINDS[plain["kind"]](**{name: from_plain(value) for name, value in plain["fields"].items()})
    return tuple(from_plain(each) for each in plain) if isinstance(plain, list) else plain
