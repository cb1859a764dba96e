"""Stability as text and as a file: JSON, or a tab-separated table that any program can read.

::

    # wordvec stability 1
    # {"k": 10, "models": 5, "over": "seeds", "sizes": {...}, "info": {...}}
    word<TAB>count<TAB>overlap<TAB>documents
    king<TAB>1203<TAB>0.64<TAB>31

The column documents exists if the corpus had documents.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.corpus.documents.rarity import RULE
from wordvec.errors import InputError, OptionError, UnknownWordError, counted, describe
from wordvec.evaluation.tables import format_table
from wordvec.experiments.stability import Stability, neighbours_over_models
from wordvec.files import replace_file
from wordvec.json_forms import parse_json
from wordvec.vectors import WordVectors

FIRST_LINE = "# wordvec stability 1"
FORMAT = "wordvec stability"
COLUMNS = "word\tcount\toverlap"
FACTS = ("k", "models", "over", "sizes", "info")
SUFFIXES = (".tsv", ".json")


def save_stability(stability: Stability, path: str | os.PathLike[str]) -> None:
    """Write a .tsv or .json file. Raises OptionError for any other suffix, InputError for a word with a tab or newline.

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
    with replace_file(path, "w", encoding="utf-8") as file:
        columns = COLUMNS if documents is None else f"{COLUMNS}\tdocuments"
        file.write(f"{FIRST_LINE}\n# {json.dumps(facts, ensure_ascii=False)}\n{columns}\n")
        last = [""] * len(counts) if documents is None else [f"\t{number}" for number in documents]
        for word, count, overlap, of_documents in zip(stability.words, counts, overlaps, last):
            file.write(f"{word}\t{'' if count is None else count}\t{overlap:g}{of_documents}\n")


def check_stability_path(path: str | os.PathLike[str]) -> None:
    """Raise OptionError for a suffix other than `SUFFIXES`."""
    if Path(path).suffix not in SUFFIXES:
        raise OptionError(f"{os.fspath(path)}: stability is written as {' or '.join(SUFFIXES)}; choose such a suffix")


def is_stability_file(path: str | os.PathLike[str]) -> bool:
    """Whether `path` begins like a file written by `save_stability`."""
    try:
        with open(path, encoding="utf-8") as file:
            begin = file.read(60)
    except (OSError, UnicodeDecodeError):
        return False
    return begin.startswith((FIRST_LINE, f'{{"format": "{FORMAT}"'))


def read_stability(path: str | os.PathLike[str]) -> Stability:
    """Read a file written by `save_stability`. Raises InputError, with the line number, for anything else."""
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
        raise ValueError("a word that is not text, or a count that is not a whole number")
    if documents is not None and not set(map(type, documents)) <= {int}:
        raise ValueError("a number of documents that is not a whole number")
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


# Stability as text and as JSON.


def bands_table(found: Stability) -> str:
    """One row per band of frequency, and the mean over the vocabulary."""
    rows = []
    for band in found.bands():
        interval = "" if band.ci95 is None else f"[{band.ci95[0]:.2f}, {band.ci95[1]:.2f}]"
        rows.append([band.name, f"{band.words:,}", f"{band.measured:,}", f"{band.mean:.2f}", interval])
    heading = "seen" if found.counts is not None else "band"
    table = format_table(
        rows, [heading, "words", "measured", f"overlap@{found.k}", "95 % interval"], "text", right=(1, 2, 3)
    )
    alike = ""
    if found.k >= sum(found.sizes.values()) - 1 > 0:
        alike = " (k includes all other words, so no models can differ: choose a smaller one)"
    elif bool((found.overlap == 1).all()):
        alike = " (the models are the same)"
    mean = f"mean over the vocabulary {found.mean:.2f}, over {found.models} models ({found.over}){alike}"
    rare = sum(found.why_too_rare(word) is not None for word in found.words)
    said = f"\n{rare:,} of the {counted(len(found.words), 'measured word')} are too rare: {RULE}" if rare else ""
    return f"{table}\n\n{mean}{said}"


def neighbours_text(
    found: Stability,
    words: Sequence[str],
    models: Sequence[WordVectors],
    documents: Mapping[str, int] | None = None,
) -> str:
    """The overlap of each word and, if models are given, the number of models in which it has each neighbour.

    Words that are too rare are marked, and the rule is stated. `documents` is the number of documents with each word.
    """
    heading = found.over.split()[0] if found.over.startswith("samples") else "models"  # the samples of documents
    parts, some_rare = [], False
    for word in words:
        value = measured(found, word)
        rare = found.why_too_rare(word)
        part = f"{word}: overlap@{found.k} {value:.2f} over {found.models} models ({found.over}){_marked(rare)}"
        some_rare |= rare is not None
        if models:
            neighbours = neighbours_over_models(models, word, found.k, documents)
            some_rare |= any(each.too_rare for each in neighbours)
            rows = [
                [
                    each.word + _marked(each.too_rare),
                    f"{each.models} of {len(models)}",
                    f"{each.cosine:.3f}",
                    f"{each.lowest:.3f}",
                    f"{each.highest:.3f}",
                ]
                for each in neighbours
            ]
            part += "\n" + format_table(
                rows, ["neighbour", f"in {heading}", "cosine", "lowest", "highest"], right=(1, 2, 3, 4)
            )
        parts.append(part)
    return "\n\n".join([*parts, RULE] if some_rare else parts)


def _marked(too_rare: str | None) -> str:
    return f"  (too rare: {too_rare})" if too_rare else ""


def stability_as_dict(
    found: Stability,
    words: Sequence[str] | None = None,
    models: Sequence[WordVectors] = (),
    documents: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """The result for ``json.dumps``: the bands, or `words` with their overlap and neighbours."""
    facts: dict[str, Any] = {"k": found.k, "models": found.models, "over": found.over, "measured": len(found.words)}
    if not words:
        rare = sum(found.why_too_rare(word) is not None for word in found.words)
        return {**facts, "mean": found.mean, "bands": [asdict(band) for band in found.bands()], "too_rare": rare}
    by_word = {}
    for word in words:
        near = neighbours_over_models(models, word, found.k, documents) if models else None
        by_word[word] = {
            "overlap": measured(found, word),
            "too_rare": found.why_too_rare(word),
            "neighbours": None if near is None else [asdict(each) for each in near],
        }
    return {**facts, "words": by_word, "too_rare_is": RULE}


def measured(found: Stability, word: str) -> float:
    """The overlap of `word`. Raises UnknownWordError for a word that was not measured."""
    value = found.stability_of(word)
    if value is None:
        raise UnknownWordError(
            word, f"the stability of {word!r} was not measured: {len(found.words):,} words were; --all measures all"
        )
    return value
