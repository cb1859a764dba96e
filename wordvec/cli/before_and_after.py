"""The scores of vectors before and after a change, for verbs that make new vectors from old ones."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wordvec.errors import counted

if TYPE_CHECKING:
    from wordvec.evaluation import Difference, Score
    from wordvec.vectors import WordVectors

    Scored = tuple[Score, Score, Difference]


def add_arguments(parser: argparse.ArgumentParser, when: str = "before and after; may be repeated") -> None:
    """Declare the sets to score on."""
    sets: dict[str, Any] = {"metavar": "SET", "action": "append", "default": []}
    parser.add_argument("--similarity", help=f"score word pairs {when}", **sets)
    parser.add_argument("--analogy", help=f"score analogies {when}", **sets)


def read_sets(arguments: argparse.Namespace) -> list[tuple[str, Any]]:
    """The sets as tasks, read here so that errors are reported before anything is computed."""
    from wordvec.evaluation import read_analogies, read_pairs

    tasks: list[tuple[str, Any]] = [("similarity", read_pairs(name)) for name in arguments.similarity]
    return tasks + [("analogy", read_analogies(name)) for name in arguments.analogy]


def compare(before: WordVectors, after: WordVectors, tasks: list[tuple[str, Any]]) -> list[Scored]:
    """The scores of both on each task, and their difference."""
    from wordvec.evaluation import compare_scores, evaluate

    pairs = zip(evaluate(before, tasks), evaluate(after, tasks))
    return [(first, second, compare_scores(second, first)) for first, second in pairs]


def as_json(scores: Sequence[Scored]) -> list[dict[str, Any]]:
    """The scores for a report."""
    return [{"before": a.as_dict(), "after": b.as_dict(), "difference": asdict(d)} for a, b, d in scores]


def score_line(before: Score, after: Score, difference: Difference) -> str:
    """Both scores on the common items, their difference with its interval, and scores on other items, in one line."""
    if before.score is None or after.score is None or difference.difference is None:
        return str(before if before.score is None else after)
    on_both = f"{difference.score_b:.3f} before, {difference.score_a:.3f} after"
    items = counted(difference.items, "item")
    line = f"{before.name}: {before.measure} {on_both}"
    if difference.ci95 is None:
        line = f"{line}, {items}: too few for an interval or a test"
    else:
        low, high = difference.ci95
        p = "" if difference.p is None else f", p {difference.p:.2g}"
        line = f"{line}, difference {difference.difference:+.3f} [{low:+.3f}, {high:+.3f}]{p}, {items}"
    for when, score in (("before", before), ("after", after)):
        if score.covered != difference.items:
            line += f"; {when}, {score.covered:,} items: {score.score:.3f}"
    return line
