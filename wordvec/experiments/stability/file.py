"""Stability in a file: JSON, or a table with tabs that any program reads.

::

    # wordvec stability 1
    # {"k": 10, "models": 5, "over": "seeds", "sizes": {...}, "info": {...}}
    word<TAB>count<TAB>overlap<TAB>documents
    king<TAB>1203<TAB>0.64<TAB>31

The column documents is there where the corpus knew its documents.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.errors import InputError, OptionError, describe
from wordvec.experiments.stability import Stability
from wordvec.files import parse_json, replace_file

FIRST_LINE = "# wordvec stability 1"
FORMAT = "wordvec stability"
COLUMNS = "word\tcount\toverlap"
FACTS = ("k", "models", "over", "sizes", "info")
SUFFIXES = (".tsv", ".json")


def save_stability(stability: Stability, path: str | os.PathLike[str]) -> None:
    """Write a .tsv or .json file; raises OptionError for another suffix, InputError for a word with a tab or line end.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "stability.tsv"
    >>> save_stability(Stability(("king",), np.array([0.5]), k=10, models=2), target)
    >>> read_stability(target).stability_of("king")
    0.5
    """
    check_stability_path(path)
    facts = {name: getattr(stability, name) for name in FACTS}
    counts = [None] * len(stability.words) if stability.counts is None else stability.counts.tolist()
    overlaps = [round(value, 6) for value in stability.overlap.tolist()]
    documents = None if stability.documents is None else stability.documents.tolist()
    if Path(path).suffix == ".json":
        content = {"format": FORMAT, "version": 1, **facts}
        content |= {"words": list(stability.words), "counts": counts, "overlap": overlaps}
        content |= {} if documents is None else {"documents": documents}
        with replace_file(path, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
        return
    for word in stability.words:
        if any(character in word for character in "\t\n\r"):
            raise InputError(f"{path}: the word {word!r} has a tab or line end: write a .json file instead")
    with replace_file(path, "w", encoding="utf-8", newline="\n") as file:
        columns = COLUMNS if documents is None else f"{COLUMNS}\tdocuments"
        file.write(f"{FIRST_LINE}\n# {json.dumps(facts, ensure_ascii=False)}\n{columns}\n")
        last = [""] * len(counts) if documents is None else [f"\t{number}" for number in documents]
        for word, count, overlap, of_documents in zip(stability.words, counts, overlaps, last):
            file.write(f"{word}\t{'' if count is None else count}\t{overlap:g}{of_documents}\n")


def check_stability_path(path: str | os.PathLike[str]) -> None:
    """Raise OptionError for a suffix that is not written."""
    if Path(path).suffix not in SUFFIXES:
        raise OptionError(f"{os.fspath(path)}: stability is written as {' or '.join(SUFFIXES)}; choose such a suffix")


def is_stability_file(path: str | os.PathLike[str]) -> bool:
    """Whether `path` is a file that `save_stability` wrote, as far as its beginning tells."""
    try:
        with open(path, encoding="utf-8") as file:
            begin = file.read(60)
    except (OSError, UnicodeDecodeError):
        return False
    return begin.startswith((FIRST_LINE, f'{{"format": "{FORMAT}"'))


def read_stability(path: str | os.PathLike[str]) -> Stability:
    """Read what `save_stability` wrote. Raises InputError, with the line, for anything else."""
    if not Path(path).is_file():
        raise InputError(f"{os.fspath(path)}: no such file")
    if not is_stability_file(path):
        raise InputError(f"{os.fspath(path)}: not a file of neighbour stability; `wordvec stability -o` writes them")
    try:
        text = Path(path).read_text(encoding="utf-8")
        if text.startswith("{"):
            content = parse_json(text)
            words, counts, overlap = (content[name] for name in ("words", "counts", "overlap"))
            return _stability(content, words, counts, overlap, content.get("documents"))
        return _read_table(text, os.fspath(path))
    except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{os.fspath(path)}: damaged file of neighbour stability ({error}); write it again") from error


def _read_table(text: str, path: str) -> Stability:
    lines = text.split("\n")
    facts = parse_json(lines[1].removeprefix("#"))
    words, counts, overlaps, documents = [], [], [], []
    for number, line in enumerate(lines[3:], start=4):
        if not line:
            continue
        fields = line.split("\t")
        try:
            word, count, overlap = fields[0], int(fields[1]) if fields[1] else None, float(fields[2])
            documents += [int(fields[3])] if fields[3:] else []
        except (IndexError, ValueError):
            raise InputError(f"{path}: line {number}: a word, a count and an overlap expected; got {line!r}") from None
        words.append(word)
        counts.append(count)
        overlaps.append(overlap)
    return _stability(facts, words, counts, overlaps, documents or None)


def _stability(
    facts: dict[str, Any],
    words: list[str],
    counts: list[int | None],
    overlap: list[float],
    documents: list[int] | None,
) -> Stability:
    sizes = {"words": len(words), "counts": len(counts), "overlaps": len(overlap)}
    sizes |= {} if documents is None else {"numbers of documents": len(documents)}
    if len(set(sizes.values())) > 1:
        raise InputError(", ".join(f"{size} {name}" for name, size in sizes.items()) + " in one file")
    facts = {name: facts[name] for name in FACTS}
    for name, kind in zip(FACTS, (int, int, str, dict, dict)):
        if type(facts[name]) is not kind:
            raise ValueError(f"{name} is {describe(facts[name])}")
    if not set(map(type, words)) <= {str} or not set(map(type, counts)) <= {int, type(None)}:
        raise ValueError("a word that is no text, or a count that is no whole number")
    if documents is not None and not set(map(type, documents)) <= {int}:
        raise ValueError("a number of documents that is no whole number")
    overlap_of = np.array(overlap, np.float64)
    if overlap_of.ndim != 1 or not ((overlap_of >= 0) & (overlap_of <= 1)).all():
        raise ValueError("an overlap outside 0 to 1")
    known = [count for count in counts if count is not None]
    return Stability(
        words=tuple(words),
        overlap=overlap_of,
        counts=np.array(known, np.int64) if words and len(known) == len(words) else None,
        documents=None if documents is None else np.array(documents, np.int64),
        **facts,
    )
