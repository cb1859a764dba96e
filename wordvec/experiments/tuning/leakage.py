"""Keeping what is tested apart from what was tuned on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wordvec.errors import OptionError
from wordvec.experiments.named_sets import EvaluationSet, digest_of, item_list


def separate(
    development: Sequence[EvaluationSet], test: Sequence[EvaluationSet]
) -> tuple[list[EvaluationSet], list[str]]:
    """Return the development sets without the items that are in a test set, and a line about each set that lost some.

    Pairs are the same in either order, and case makes no difference; what people scored them does not matter.
    Raises OptionError for a test set that is a development set (the same file, the same items), or that holds all
    items of one.

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
    """What makes an item the same as another: its words, less case, and for pairs less order.

    A set of another task than similarity and analogy is a single item.
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
    """The set less the items with these keys."""
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
