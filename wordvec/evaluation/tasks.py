"""All tasks by name, so that a list of sets can be evaluated in one call; and which task a set is for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wordvec.argument_types import typed
from wordvec.corpus.named_texts.bundled import EVALUATION_SETS
from wordvec.errors import EvaluationFileError, OptionError
from wordvec.evaluation.analogy import evaluate_analogy
from wordvec.evaluation.bias import evaluate_bias
from wordvec.evaluation.categorisation import evaluate_categorisation
from wordvec.evaluation.files.group_sets import read_bias_tests, read_categories, read_outliers
from wordvec.evaluation.files.readers import read_analogies, read_pairs
from wordvec.evaluation.files.set_files import Source, find_file, read_set_lines
from wordvec.evaluation.hit_rate import evaluate_hit_rate, read_held_out
from wordvec.evaluation.outliers import evaluate_outliers
from wordvec.evaluation.relations import evaluate_relations, read_relations
from wordvec.evaluation.scores import Score
from wordvec.evaluation.sessions import evaluate_sessions, read_sessions
from wordvec.evaluation.similarity import evaluate_similarity
from wordvec.vectors import WordVectors

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
    "bias": read_bias_tests,  # several tests a file
    "hit-rate": read_held_out,
    "sessions": read_sessions,
}
# A line of words may be many things; held-out pairs and sessions are never recognised by their content.
FILES = ("similarity", "analogy", "categorisation", "outliers", "bias")
FOLDERS = ("relations", "analogy", "outliers", "categorisation")

Task = tuple[str, Any]  # the name of a task and a set: a file, a bundled name, or what the task's function takes


@dataclass(frozen=True)
class TaskSet:
    """A set that was read: its task, its name and what the task's function takes."""

    task: str
    name: str
    items: Any


@typed
def read_tasks(tasks: Sequence[Task], encoding: str = "utf-8") -> list[TaskSet]:
    """Read all sets of (task, set), so that a bad one is found before anything is evaluated.

    Task "any" is recognised by content. A file of several bias tests becomes several.
    Raises OptionError for an unknown task, EvaluationFileError for a set that cannot be read.

    >>> [(found.task, found.name) for found in read_tasks([("any", "tiny-world-analogies")])]
    [('analogy', 'tiny-world-analogies')]
    """
    read = []
    for task, items in tasks:
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

    Tasks are those of TASKS, or "any": then the content of the file tells. A set is a file, a bundled or fetched name,
    or anything else the task's function takes; all are read before the first is evaluated. `options` are further
    arguments by task, such as {"analogy": {"method": "3cosmul"}}.
    Raises OptionError for an unknown task or protocol, EvaluationFileError for a set that cannot be read.

    >>> import numpy as np
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]))
    >>> (score,) = evaluate(vectors, [("similarity", [("cat", "dog", 9.0), ("dog", "car", 4.0), ("cat", "car", 1.0)])])
    >>> score.measure, score.score, score.outcomes.round(2).tolist()
    ('spearman', 1.0, [0.8, 0.6, 0.0])
    """
    read = [item for task in tasks for item in ([task] if isinstance(task, TaskSet) else read_tasks([task]))]
    chosen = options or {}
    return [TASKS[each.task](vectors, each.items, protocol=protocol, **chosen.get(each.task, {})) for each in read]


@typed
def recognise(source: Source, encoding: str = "utf-8") -> tuple[str, Any]:
    """Return the task a set is for and the set, recognised by its content or, for a fetched one, by the catalogue.

    Exactly one reader must accept it, in whole. Raises EvaluationFileError, with what each reader says, where none
    does, and where several do.

    >>> recognise("tiny-world-similarity")[0]
    'similarity'
    """
    from wordvec.corpus.named_texts.catalogue import find, is_catalogued_set

    name = str(source)
    if is_catalogued_set(name) and not os.path.exists(name):
        task = find(name).task or ""
        return task, READERS[task](source, encoding)
    accepted, refused = [], []
    is_folder = name not in EVALUATION_SETS and find_file(source).is_dir()
    if not is_folder and not read_set_lines(source, encoding):  # one fault, whatever the file was to be; or no text
        raise EvaluationFileError(f"{source}: nothing in it; a file of an evaluation set expected")
    for task in FOLDERS if is_folder else FILES:
        try:
            accepted.append((task, READERS[task](source, encoding)))
        except EvaluationFileError as error:
            refused.append((task, str(error)))
    if len(accepted) == 1:
        return accepted[0]
    if not refused or accepted:
        tasks = " or ".join(task for task, _ in accepted)
        raise EvaluationFileError(f"{source}: could be for {tasks}; say which, such as --{accepted[0][0]} {source}")
    reasons = "; ".join(f"as {task}: {message.removeprefix(f'{source}: ')[:160]}" for task, message in refused)
    hint = f"; name the sets in a folder one by one: {source}/*" if is_folder else ""
    raise EvaluationFileError(f"{source}: in no known format of an evaluation set ({reasons}){hint}")
