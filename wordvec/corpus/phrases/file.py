"""Learned phrases as text: in the description of a corpus, in files of vectors, and in a file of their own."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

from wordvec.errors import InputError
from wordvec.files import replace_file
from wordvec.json_forms import parse_json

KIND = "wordvec phrases 1"
Pairs = Mapping[tuple[str, str], float]  # two words that are joined, and their score


def passes_as_text(passes: Iterable[Pairs]) -> list[str]:
    """The learned pairs of each pass as one string of JSON, ``[[first, second, score], ...]``.

    One string a pass keeps the file around it short and quick to read, however many the phrases are.

    >>> passes_as_text([{("new", "york"): 3.0}])
    ['[["new","york",3.0]]']
    """
    rows = ([[a, b, score] for (a, b), score in pairs.items()] for pairs in passes)
    return [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in rows]


def passes_of_text(texts: Any) -> tuple[Pairs, ...]:
    """The inverse of `passes_as_text`. Raises ValueError for what it cannot have written.

    >>> passes_of_text(['[["new","york",3.0]]'])
    ({('new', 'york'): 3.0},)
    """
    if not isinstance(texts, list) or not set(map(type, texts)) <= {str}:
        raise ValueError("the phrases are not as wordvec writes them")
    return tuple(_pairs(text) for text in texts)


def _pairs(text: str) -> Pairs:
    rows = parse_json(text)
    if not isinstance(rows, list):
        raise ValueError("the phrases of a pass are not a list")
    pairs: dict[tuple[str, str], float] = {}
    for row in rows:
        is_row = isinstance(row, list) and [type(part) for part in row] == [str, str, float]
        if not is_row or not math.isfinite(row[2]):
            raise ValueError(f"[word, word, score] expected as a phrase; got {row!r:.80}")
        pairs[row[0], row[1]] = row[2]
    return pairs


def write_phrases(options: Mapping[str, Any], passes: Iterable[Pairs], path: str | os.PathLike[str]) -> None:
    """Write options and learned pairs as JSON."""
    content = {"kind": KIND, "options": dict(options), "passes": passes_as_text(passes)}
    with replace_file(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=2) + "\n")


def read_phrases(path: str | os.PathLike[str]) -> tuple[Any, Any]:
    """Options and passes of a file that `write_phrases` wrote, not yet checked. Raises InputError, naming the file."""
    try:
        with open(path, encoding="utf-8") as file:
            content = parse_json(file.read())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path}: not a file of phrases, or damaged: {error}") from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise InputError(f"{path}: not a file of phrases; Phrases.save writes one")
    return content.get("options"), content.get("passes")
