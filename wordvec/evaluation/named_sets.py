"""Evaluation sets read before hours of training, and known by their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from wordvec.errors import OptionError
from wordvec.evaluation.tasks import TaskSet, read_tasks

NOT_ITEMS = ("name", "notes")  # fields of a set that are not what is asked


@dataclass(frozen=True)
class EvaluationSet:
    """A set with its items, for `evaluate`; `digest` is a hash of them, `source` what the user called it."""

    task: str
    source: str
    name: str
    items: Any
    digest: str

    @property
    def for_evaluate(self) -> TaskSet:
        """As `evaluate` takes it."""
        return TaskSet(self.task, self.name, self.items)


def read_sets(tasks: Sequence[tuple[str, str | os.PathLike[str]]]) -> list[EvaluationSet]:
    """Read all sets; `tasks` are (task, file or name), as for `evaluate`; task "any" is told by content.

    Raises OptionError for none, for an unknown task and for one set given twice, EvaluationFileError for one that
    cannot be read.

    >>> [(found.task, found.name) for found in read_sets([("any", "tiny-world-analogies")])]
    [('analogy', 'tiny-world-analogies')]
    """
    if not tasks:
        raise OptionError("no evaluation sets: give at least one, such as --similarity SET (a file or a name)")
    found = [each for task, source in tasks for each in _read(task, source)]
    for i, later in enumerate(found):
        for earlier in found[:i]:
            if (later.task, later.digest) == (earlier.task, earlier.digest):
                raise OptionError(f"{later.source} has the same items as {earlier.source}: give each set once")
    names = [each.name for each in found]
    return [each if names.count(each.name) == 1 else replace(each, name=each.source) for each in found]


def digest_of(items: Any) -> str:
    """SHA-256 (hex) of what a set asks: the same items give the same hash, whatever the file is called.

    >>> from wordvec.evaluation import WordPairs
    >>> digest_of(WordPairs("one", (("a", "b", 1.0),))) == digest_of(WordPairs("two", (("a", "b", 1.0),)))
    True
    """
    if is_dataclass(items):
        content = [(f.name, getattr(items, f.name)) for f in fields(items) if f.name not in NOT_ITEMS]
    else:
        content = items
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()


def _read(task: str, source: str | os.PathLike[str]) -> list[EvaluationSet]:
    """The set, or sets, of one file."""
    found = read_tasks([(task, source)])
    return [EvaluationSet(each.task, os.fspath(source), each.name, each.items, digest_of(each.items)) for each in found]
