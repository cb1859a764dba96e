"""All tasks by name, so that a list of sets can be evaluated in one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from wordvec.errors import OptionError
from wordvec.evaluation.analogy import evaluate_analogy
from wordvec.evaluation.scores import Score
from wordvec.evaluation.similarity import evaluate_similarity
from wordvec.vectors import WordVectors

TASKS: dict[str, Callable[..., Score]] = {"similarity": evaluate_similarity, "analogy": evaluate_analogy}
Task = tuple[str, Any]  # the name of a task and a set: a file, a bundled name, or what the task's function takes


def evaluate(vectors: WordVectors, tasks: Sequence[Task], protocol: str = "wordvec") -> list[Score]:
    """Score vectors on several sets: `tasks` is a list of (task, set), such as ("similarity", "wordsim353.txt").

    Tasks are those of TASKS; a set is a file, a bundled name, or anything else the task's function takes.
    Raises OptionError for an unknown task or protocol, EvaluationFileError for a set that cannot be read.

    >>> import numpy as np
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]))
    >>> (score,) = evaluate(vectors, [("similarity", [("cat", "dog", 9.0), ("dog", "car", 4.0), ("cat", "car", 1.0)])])
    >>> score.measure, score.score, score.outcomes.round(2).tolist()
    ('spearman', 1.0, [0.8, 0.6, 0.0])
    """
    scores = []
    for task, items in tasks:
        if task not in TASKS:
            shown = os.fspath(items) if isinstance(items, (str, os.PathLike)) else "a set"
            raise OptionError(f"no task {task!r} (for {shown}); tasks are {', '.join(TASKS)}")
        scores.append(TASKS[task](vectors, items, protocol=protocol))
    return scores
