"""Evaluation sets read before hours of training, and known by their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wordvec.errors import OptionError
from wordvec.evaluation.readers import read_analogies, read_pairs
from wordvec.evaluation.tasks import TASKS

READERS: dict[str, Callable[[Any], Any]] = {"similarity": read_pairs, "analogy": read_analogies}


@dataclass(frozen=True)
class EvaluationSet:
    """A set with its items, for `evaluate`; `digest` is a hash of them, `source` what the user called it."""

    task: str
    source: str
    name: str
    items: Any
    digest: str


def read_sets(tasks: Sequence[tuple[str, str | os.PathLike[str]]]) -> list[EvaluationSet]:
    """Read all sets; `tasks` are (task, file or bundled name), as for `evaluate`.

    Raises OptionError for none, for an unknown task and for one set given twice, EvaluationFileError for one that
    cannot be read.

    >>> [(found.task, found.name) for found in read_sets([("analogy", "tiny-world-analogies")])]
    [('analogy', 'tiny-world-analogies')]
    """
    if not tasks:
        raise OptionError("no evaluation sets: give at least one, with --similarity or --analogy (a file or a name)")
    found = [read_set(task, source) for task, source in tasks]
    for i, later in enumerate(found):
        for earlier in found[:i]:
            if (later.task, later.digest) == (earlier.task, earlier.digest):
                raise OptionError(f"{later.source} has the same items as {earlier.source}: give each set once")
    names = [each.name for each in found]
    return [each if names.count(each.name) == 1 else _with_full_name(each) for each in found]


def read_set(task: str, source: str | os.PathLike[str]) -> EvaluationSet:
    """Read one set."""
    if task not in TASKS:
        raise OptionError(f"no task {task!r} (for {os.fspath(source)}); tasks are {', '.join(TASKS)}")
    read = READERS.get(task)
    if read is None:
        content = Path(source).read_bytes() if Path(source).is_file() else os.fspath(source).encode()
        return EvaluationSet(task, os.fspath(source), Path(source).stem, source, hashlib.sha256(content).hexdigest())
    items = read(source)
    digest = hashlib.sha256(repr(item_list(task, items)).encode("utf-8", "surrogatepass")).hexdigest()
    return EvaluationSet(task, os.fspath(source), items.name, items, digest)


def item_list(task: str, items: Any) -> list[Any]:
    """The items of a similarity or analogy set, in order."""
    if task == "similarity":
        return list(items.pairs)
    return [(section, question) for section, questions in items.sections.items() for question in questions]


def _with_full_name(found: EvaluationSet) -> EvaluationSet:
    return EvaluationSet(found.task, found.source, found.source, found.items, found.digest)
