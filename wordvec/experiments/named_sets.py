"""Evaluation sets, read before training and identified by content, so that no item is used for both tuning and test."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from wordvec.errors import OptionError
from wordvec.evaluation.tasks import TaskSet, read_tasks

NOT_ITEMS = ("name", "notes")  # fields of a set that are not items


@dataclass(frozen=True)
class EvaluationSet:
    """A set with its items, for `evaluate`; `digest` is a hash of the items, `source` the name that the user gave."""

    task: str
    source: str
    name: str
    items: Any
    digest: str

    @property
    def for_evaluate(self) -> TaskSet:
        """The set in the form that `evaluate` takes."""
        return TaskSet(self.task, self.name, self.items)


def read_sets(tasks: Sequence[tuple[str, str | os.PathLike[str]]]) -> list[EvaluationSet]:
    """Read all sets; `tasks` are (task, file or name), as for `evaluate`; with "any" the content determines the task.

    Raises OptionError for no sets, an unknown task or a set given twice, EvaluationFileError for a set that cannot be
    read.

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
    """SHA-256 (hex) of a set's items: the same items give the same hash, whatever the name of the file.

    >>> from wordvec.evaluation import WordPairs
    >>> digest_of(WordPairs("one", (("a", "b", 1.0),))) == digest_of(WordPairs("two", (("a", "b", 1.0),)))
    True
    """
    if is_dataclass(items):
        content = [(f.name, getattr(items, f.name)) for f in fields(items) if f.name not in NOT_ITEMS]
    else:
        content = items
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()


def item_list(each: EvaluationSet) -> list[Any]:
    """The items of a set, in order: pairs, or (section, question); a set of another task is one item."""
    if each.task == "similarity":
        return list(each.items.pairs)
    if each.task == "analogy":
        return [(section, question) for section, questions in each.items.sections.items() for question in questions]
    return [each.digest]


def sets_without_words(sets: Sequence[EvaluationSet], vocabulary: Container[str]) -> list[str]:
    """A message for each set in which no item could be evaluated, found before anything is trained.

    Only similarity and analogy sets are checked; words match as written or in lower case.

    >>> sets_without_words(read_sets([("similarity", "tiny-world-similarity")]), {"Hund", "Katze"})[0][:66]
    'tiny-world-similarity: none of its 400 items has all its words in '
    """
    lines = []
    for each in sets:
        asked = [_words(each, item) for item in item_list(each)]
        if not asked[0] or any(all(w in vocabulary or w.lower() in vocabulary for w in words) for words in asked):
            continue
        examples = ", ".join(repr(word) for word in dict.fromkeys(word for words in asked[:3] for word in words))
        lines.append(
            f"{each.source}: none of its {len(asked):,} items has all its words in the corpus (looked for {examples}); "
            "another language, or other spelling?"
        )
    return lines


def _words(each: EvaluationSet, item: Any) -> tuple[str, ...]:
    if each.task == "similarity":
        return item[0], item[1]
    if each.task != "analogy":
        return ()
    a, b, c, d = item[1]
    return a, b, c, d if isinstance(d, str) else d[0]


def _read(task: str, source: str | os.PathLike[str]) -> list[EvaluationSet]:
    """The set or sets in one file."""
    found = read_tasks([(task, source)])
    return [EvaluationSet(each.task, os.fspath(source), each.name, each.items, digest_of(each.items)) for each in found]


# Separating test sets from development sets.


def separate(
    development: Sequence[EvaluationSet], test: Sequence[EvaluationSet]
) -> tuple[list[EvaluationSet], list[str]]:
    """The development sets without the items that are in a test set, and a message for each set that lost items.

    Pairs are compared without regard to order, case and scores. Raises OptionError for a test set that is also a
    development set (the same file or the same items), or that contains all items of one.

    >>> from wordvec.evaluation.files.readers import WordPairs
    >>> dev = EvaluationSet("similarity", "d", "d", WordPairs("d", (("cat", "dog", 1.0), ("cup", "tea", 2.0))), "1")
    >>> test = EvaluationSet("similarity", "t", "t", WordPairs("t", (("Dog", "cat", 9.0), ("a", "b", 2.0))), "2")
    >>> (kept,), lines = separate([dev], [test])
    >>> kept.items.pairs, lines
    ((('cup', 'tea', 2.0),), ['d: 1 of 2 items are in a test set (t) and are left out of development'])
    """
    kept, lines = [], []
    for each in development:
        taken: set[Any] = set()
        sources = []
        for other in test:
            if _same_file(each.source, other.source):
                raise OptionError(f"{other.source}: a development set cannot be a test set: give another file")
            shared = item_keys(each) & item_keys(other)
            if shared and shared == item_keys(each):
                raise OptionError(
                    f"{other.source}: holds all items of the development set {each.source}; what was tuned on cannot "
                    "be the test: give another set"
                )
            if shared:
                taken |= shared
                sources.append(other.name)
        left = _without(each, taken) if taken else each
        before, after = len(item_list(each)), len(item_list(left))
        if not after:
            raise OptionError(f"{each.source}: all its items are in test sets ({', '.join(sources)}); give another set")
        if taken:
            lines.append(
                f"{each.name}: {before - after:,} of {before:,} items are in a test set ({', '.join(sources)}) and are "
                "left out of development"
            )
        kept.append(left)
    return kept, lines


def item_keys(each: EvaluationSet) -> set[Any]:
    """Keys that are equal for equal items: the words without case, and for pairs without order.

    A set of any other task is a single item.
    """
    return {_key(each.task, item) for item in item_list(each)}


def _key(task: str, item: Any) -> Any:
    if task == "similarity":
        return frozenset((item[0].casefold(), item[1].casefold()))
    if task != "analogy":
        return task, item
    a, b, c, d = item[1]
    accepted = (d,) if isinstance(d, str) else d
    return a.casefold(), b.casefold(), c.casefold(), frozenset(word.casefold() for word in accepted)


def _without(each: EvaluationSet, taken: set[Any]) -> EvaluationSet:
    """The set without the items with these keys."""
    if each.task == "similarity":
        items = replace(
            each.items, pairs=tuple(pair for pair in each.items.pairs if _key(each.task, pair) not in taken)
        )
    else:
        sections = {
            section: tuple(question for question in questions if _key(each.task, (section, question)) not in taken)
            for section, questions in each.items.sections.items()
        }
        items = replace(each.items, sections={name: left for name, left in sections.items() if left})
    return replace(each, items=items, digest=digest_of(items))


def _same_file(one: str, other: str) -> bool:
    if one == other:
        return True
    paths = Path(one), Path(other)
    return all(path.is_file() for path in paths) and paths[0].samefile(paths[1])
