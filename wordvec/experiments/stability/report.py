"""Stability as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from wordvec.corpus.documents.rarity import RULE
from wordvec.errors import UnknownWordError, counted
from wordvec.evaluation.tables import format_table
from wordvec.experiments.stability import Stability, neighbours_over_models
from wordvec.vectors import WordVectors


def bands_table(found: Stability, style: str = "text") -> str:
    """One row for each band of frequency, and the mean over the vocabulary."""
    rows = []
    for band in found.bands():
        interval = "" if band.ci95 is None else f"[{band.ci95[0]:.2f}, {band.ci95[1]:.2f}]"
        rows.append([band.name, f"{band.words:,}", f"{band.measured:,}", f"{band.mean:.2f}", interval])
    heading = "seen" if found.counts is not None else "band"
    table = format_table(
        rows, [heading, "words", "measured", f"overlap@{found.k}", "95 % interval"], style, right=(1, 2, 3)
    )
    alike = ""
    if found.k >= sum(found.sizes.values()) - 1 > 0:
        alike = " (k takes in all other words, which no model can differ in: choose a smaller one)"
    elif bool((found.overlap == 1).all()):
        alike = " (the models are the same)"
    mean = f"mean over the vocabulary {found.mean:.2f}, over {found.models} models ({found.over}){alike}"
    rare = sum(found.why_too_rare(word) is not None for word in found.words)
    said = f"\n{rare:,} of the {counted(len(found.words), 'word')} measured too rare: {RULE}" if rare else ""
    return f"{table}\n\n{mean}{said}"


def neighbours_text(
    found: Stability,
    words: Sequence[str],
    models: Sequence[WordVectors],
    documents: Mapping[str, int] | None = None,
) -> str:
    """The overlap of each word and, where the models are at hand, in how many of them each neighbour is.

    Words too rare to speak of are marked, and the rule is said; `documents` says in how many documents each word is.
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
