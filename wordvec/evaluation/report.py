"""Scores as JSON-able dicts and as a table of aligned text. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wordvec.evaluation.analogy import AnalogyScore
from wordvec.evaluation.scores import Score

HEADINGS = ("set", "measure", "score", "95 % interval", "covered", "items", "protocol")
NOTHING = "nothing evaluated"
MEASURES = {"spearman": "Spearman"}  # as they are written in a table


def scores_as_dicts(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Return each score as a dict for ``json.dumps``: its fields, and "task" ("similarity", "analogy", ...)."""
    return [score.as_dict() for score in scores]


def score_table(scores: Sequence[Score], sections: bool = False) -> str:
    """Return the scores as lines of aligned text, analogies in percent; `sections` adds a line for each section.

    >>> from wordvec.evaluation import SimilarityScore
    >>> facts = dict(name="men", measure="spearman", items=3000, covered=2900, protocol="wordvec")
    >>> print(score_table([SimilarityScore(score=0.7, ci95=(0.65, 0.75), **facts)]))
    set  measure   score  95 % interval   covered  items  protocol
    men  Spearman  0.700  [0.650, 0.750]    2,900  3,000  wordvec
    """
    rows: list[tuple[str, ...]] = [HEADINGS]
    for score in scores:
        rows += _analogy_rows(score, sections) if isinstance(score, AnalogyScore) else [_row(score)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    numbers = (2, 4, 5)  # right-aligned columns
    lines = [
        "  ".join(
            f"{cell:>{width}}" if i in numbers else f"{cell:<{width}}"
            for i, (cell, width) in enumerate(zip(row, widths))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _row(score: Score) -> tuple[str, ...]:
    value = score.written(score.score) if score.score is not None else NOTHING if score.covered == 0 else "no score"
    interval = "" if score.ci95 is None else f"[{', '.join(map(score.written, score.ci95))}]"
    measure = MEASURES.get(score.measure, score.measure)
    return (score.name, measure, value, interval, f"{score.covered:,}", f"{score.items:,}", score.protocol)


def _analogy_rows(score: AnalogyScore, sections: bool) -> list[tuple[str, ...]]:
    parts: list[Any] = [part for part in (score.semantic, score.syntactic) if part is not None]
    parts += score.sections if sections else ()
    rows: list[tuple[str, ...]] = []
    for part in (score, *parts):
        value = NOTHING if part.score is None else f"{part.score:.1%}"
        interval = "" if part.ci95 is None else f"[{part.ci95[0]:.1%}, {part.ci95[1]:.1%}]"
        name = part.name if part is score else f"  {part.name}"
        rows.append((name, score.method, value, interval, f"{part.covered:,}", f"{part.items:,}", score.protocol))
    return rows
