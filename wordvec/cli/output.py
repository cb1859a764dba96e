"""Output of the verbs: one JSON object, or plain lines."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wordvec.errors import OptionError
from wordvec.terminal import json_text, printable

if TYPE_CHECKING:
    from wordvec.experiments.stability import Stability


def check_out(out: str) -> None:
    """Raise OptionError or InputError, before anything is computed, unless vectors can be written to `out`."""
    from wordvec.files import check_writable
    from wordvec.vectors.load import format_for

    format_for(out)
    check_writable(out)


def chosen_format(arguments: argparse.Namespace) -> str:
    """The value of --format, which is None if not given, or json with --json, or text. OptionError if both disagree."""
    if arguments.json and arguments.format not in (None, "json"):
        raise OptionError(f"--json and --format {arguments.format} contradict each other: give one of them")
    return arguments.format or ("json" if arguments.json else "text")


def print_json(result: Any) -> None:
    """Print one JSON object on stdout; letters that the output's encoding has are not escaped."""
    print(json_text(result, getattr(sys.stdout, "encoding", None)))


def print_neighbours(heading: str, neighbours: Iterable[tuple[str, float]], stability: Stability | None = None) -> None:
    """Print a heading and one word with its score per line; terminal control characters are replaced.

    With `stability`, the share of its neighbours that each word keeps is printed before it.
    """
    title = printable(heading)
    composed = getattr(neighbours, "composed", ())
    if composed:
        title += f"  (no row of its own, composed of n-grams: {', '.join(map(printable, composed))})"
    if stability is not None:
        title += f"\n  cosine  stability: overlap@{stability.k} over {stability.models} {stability.over}; "
        title += f"{printable(heading)}: {_share(stability.stability_of(heading))}"
    print(title)
    for word, score in neighbours:
        kept = "" if stability is None else f"  {_share(stability.stability_of(word))}"
        rare = None if stability is None else stability.why_too_rare(word)
        print(f"  {score:6.3f}{kept}  {printable(word)}{f'  (too rare: {rare})' if rare else ''}")


def _share(value: float | None) -> str:
    return "  -  " if value is None else f"{value:5.2f}"


def neighbours_as_json(neighbours: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    """Neighbours as JSON rows; ``composed`` lists the words of the question without a row, if any."""
    composed = list(getattr(neighbours, "composed", ()))
    marked = {"composed": composed} if composed else {}
    return [{"word": word, "score": float(score), **marked} for word, score in neighbours]


def line_width(asked: int | None = None) -> int:
    """The number of columns: as requested, else the terminal's, else 100."""
    return asked or shutil.get_terminal_size((100, 24)).columns
