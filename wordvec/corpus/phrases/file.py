"""Learned phrases as text: in the description of a corpus, in files of vectors, and in a file of their own."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from typing import Any

from wordvec.corpus.phrases import Pairs, Phrases
from wordvec.errors import InputError, OptionError
from wordvec.files import parse_json, replace_file

KIND = "wordvec phrases 1"


def pairs_as_text(phrases: Phrases) -> list[str] | None:
    """The learned pairs of each pass as one string of JSON, ``[[first, second, score], ...]``; None without any.

    One string a pass keeps the file around it short and quick to read, however many the phrases are.

    >>> pairs_as_text(Phrases(learned=({("new", "york"): 3.0},)))
    ['[["new","york",3.0]]']
    """
    if phrases.learned is None:
        return None
    passes = ([[a, b, score] for (a, b), score in pairs.items()] for pairs in phrases.learned)
    return [json.dumps(rows, ensure_ascii=False, separators=(",", ":")) for rows in passes]


def phrases_of(options: Mapping[str, Any], passes: Any) -> Phrases:
    """The inverse of `Phrases.as_dict` and `pairs_as_text`. Raises ValueError for what they cannot have written.

    >>> phrases_of({"delimiter": "+"}, ['[["new","york",3.0]]']).join(["new", "york"])
    ['new+york']
    """
    if not isinstance(options, Mapping) or not isinstance(passes, list) or not set(map(type, passes)) <= {str}:
        raise ValueError("the phrases are not as wordvec writes them")
    try:
        return Phrases(**options, learned=tuple(_pairs(text) for text in passes))
    except (OptionError, TypeError, RecursionError) as error:
        raise ValueError(f"the phrases are not as wordvec writes them: {error}") from error


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


def save_phrases(phrases: Phrases, path: str | os.PathLike[str]) -> None:
    """Write `phrases`, which must be learned, as JSON."""
    content = {"kind": KIND, "options": phrases.as_dict(), "passes": pairs_as_text(phrases)}
    with replace_file(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=2) + "\n")


def load_phrases(path: str | os.PathLike[str]) -> Phrases:
    """Read what `save_phrases` wrote. Raises InputError, naming the file, for anything else."""
    try:
        with open(path, encoding="utf-8") as file:
            content = parse_json(file.read())
        if not isinstance(content, dict) or content.get("kind") != KIND:
            raise InputError(f"{path}: not a file of phrases; Phrases.save writes one")
        return phrases_of(content.get("options"), content.get("passes"))  # type: ignore[arg-type]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a file of phrases, or damaged: {error}") from error
