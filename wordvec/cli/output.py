"""What the verbs print: one JSON object, or plain lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def print_json(result: Any) -> None:
    """Print one JSON object on stdout; words keep their letters."""
    print(json.dumps(result, ensure_ascii=False, allow_nan=False))


def print_neighbours(heading: str, neighbours: Iterable[tuple[str, float]]) -> None:
    """Print a heading and one word with its score a line; characters that would steer a terminal are replaced."""
    from wordvec.corpus.keyword_lines import printable

    print(printable(heading))
    for word, score in neighbours:
        print(f"  {score:6.3f}  {printable(word)}")


def neighbours_as_json(neighbours: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    """Neighbours as JSON rows."""
    return [{"word": word, "score": float(score)} for word, score in neighbours]
