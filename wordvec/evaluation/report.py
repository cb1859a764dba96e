"""Scores and comparisons as dicts for JSON and as tables. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import counted
from wordvec.evaluation.analogy import AnalogyScore, parts_on_items
from wordvec.evaluation.bias import BiasScore
from wordvec.evaluation.differences import Difference
from wordvec.evaluation.hit_rate import HitRateScore
from wordvec.evaluation.model_comparison import ComparedModel, ComparedSet
from wordvec.evaluation.outliers import OutlierScore
from wordvec.evaluation.scores import Score, looked_for
from wordvec.evaluation.sessions import SessionScore
from wordvec.evaluation.statistics import FEWEST as FEWEST_ITEMS
from wordvec.evaluation.statistics import Interval
from wordvec.evaluation.tables import Strong, format_table

HEADINGS = ("set", "measure", "score", "95 % interval", "covered", "items", "protocol")
COMPARED = ("set", "measure", "model", "score", "95 % interval", "difference", "p", "covered", "items", "protocol")
COLUMNS = ("set", "measure", "score", "low", "high", "covered", "items", "protocol")  # for CSV, as below
COMPARED_COLUMNS = (
    *("set", "measure", "model", "score", "low", "high", "difference", "difference_low", "difference_high", "p"),
    *("significant", "covered", "covered_by_model", "items", "protocol"),
)
NOTHING, NO_SCORE = "nothing evaluated", "no score"
FEWEST = 100  # questions needed for a line on the interval over word pairs
MARK = "*"  # after a significant difference
MEASURES = {"spearman": "Spearman", "mean spearman": "mean Spearman"}  # as written in a table
LEGEND = (
    f"difference: to {{}}, on the {{}}, with its 95 % interval; p: paired test, corrected for all comparisons of the "
    f"table (Holm); {MARK} p < 0.05"
)


SECOND_FIGURES = {
    "categorisation": "; clusters are of all words that a model covers",
    "outliers": "; positions are of all that a model covers",
    "bias": "; p (of the splits) is of all words that a model covers",
    "hit-rate": "; reciprocal ranks are of all that a model covers",
    "sessions": "; recall and NDCG are of all that a model covers",
}


def scores_as_dicts(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Return each score as a dict for ``json.dumps``: its fields, and "task" ("similarity", "analogy", ...)."""
    return [score.as_dict() for score in scores]


@typed
def score_table(scores: Sequence[Score], sections: bool = False, style: str = "text") -> str:
    """Return one model's scores as a table, shares in percent; `sections` adds a line for each section.

    `style` is "text", "markdown", "latex" or "csv". CSV has plain numbers for other programs, shares from 0 to 1.

    >>> from wordvec.evaluation import SimilarityScore
    >>> facts = dict(name="men", measure="spearman", items=3000, covered=2900, protocol="wordvec")
    >>> print(score_table([SimilarityScore(score=0.7, ci95=(0.65, 0.75), **facts)]))
    set  measure   score  95 % interval   covered  items  protocol
    men  Spearman  0.700  [0.650, 0.750]    2,900  3,000  wordvec
    """
    if style == "csv":
        return _scores_csv(scores, sections)
    rows = []
    for score in scores:
        for name, measure, value, ci95, covered, items in (_facts(score), *_parts(score, sections)):
            written = _value(score, value, covered)
            rows.append((name, measure, written, _interval(score, ci95), f"{covered:,}", f"{items:,}", score.protocol))
    return format_table(rows, HEADINGS, style, right=(2, 4, 5))


@typed
def comparison_table(compared: Sequence[ComparedSet], sections: bool = False, style: str = "text") -> str:
    """Return several models' scores, on the items that all of them cover, as one table.

    The best score of a set is bold if the style has bold, and a significant difference is marked with a star. CSV has
    plain numbers, as in `score_table`.
    """
    if style == "csv":
        return _comparison_csv(compared, sections)
    rows: list[tuple[str, ...]] = []
    names = short_names([model.model for model in compared[0].models]) if compared else {}
    for found in compared:
        for number, model in enumerate(found.models):
            score = model.common
            name, measure, *_ = _facts(model.own)
            value, ci95 = score.score, score.ci95
            written = _value(score, value, score.covered)
            rows.append(
                (
                    name if number == 0 else "",
                    measure if number == 0 else "",
                    names[model.model],
                    Strong(written) if model.model == found.best else written,
                    _interval(score, ci95),
                    _difference(model),
                    "" if model.p is None else "<0.001" if model.p < 0.001 else f"{model.p:.3f}",
                    f"{found.common:,} of {model.own.covered:,}" if not found.covered_alike else f"{found.common:,}",
                    f"{found.items:,}",
                    score.protocol,
                )
            )
        for model in found.models:
            for name, measure, value, ci95, covered, items in _parts(_own_parts(model), sections):
                written = _value(model.own, value, covered)
                cells = (name, measure, names[model.model], written, _interval(model.own, ci95), "", "")
                rows.append((*cells, f"{covered:,}", f"{items:,}", model.own.protocol))
    return format_table(rows, COMPARED, style, right=(3, 6, 7, 8))


def _scores_csv(scores: Sequence[Score], sections: bool) -> str:
    rows = [
        (name.strip(), measure, *map(_plain, (value, *(ci95 or (None, None)), covered, items)), score.protocol)
        for score in scores
        for name, measure, value, ci95, covered, items in (_facts(score), *_parts(score, sections))
    ]
    return format_table(rows, COLUMNS, "csv")


def _comparison_csv(compared: Sequence[ComparedSet], sections: bool) -> str:
    rows: list[tuple[str, ...]] = []
    names = short_names([model.model for model in compared[0].models]) if compared else {}
    for found in compared:
        for model in found.models:
            name, measure, *_ = _facts(model.own)
            common, found_difference = model.common, model.difference
            difference = (None, None, None)
            if found_difference is not None:
                difference = (found_difference.difference, *(found_difference.ci95 or (None, None)))
            tested = (model.p, None if model.p is None else int(model.is_significant))
            counts = (common.covered, model.own.covered, common.items)
            figures = (common.score, *(common.ci95 or (None, None)), *difference, *tested, *counts)
            rows.append((name, measure, names[model.model], *map(_plain, figures), common.protocol))
        for model in found.models:
            for name, measure, value, ci95, covered, items in _parts(_own_parts(model), sections):
                figures = (value, *(ci95 or (None, None)), *(None,) * 5, covered, None, items)
                rows.append((name.strip(), measure, names[model.model], *map(_plain, figures), model.own.protocol))
    return format_table(rows, COMPARED_COLUMNS, "csv")


def _plain(value: float | None) -> str:
    """A number as programs read it, empty for None."""
    return "" if value is None else repr(float(value)) if isinstance(value, float) else str(value)


def remarks(results: Mapping[str, Sequence[Score]]) -> list[str]:
    """Return notes on the figures, one per line: notes of the sets, and why a score or interval is missing.

    Models are named only if a line does not apply to all of them. `results` gives each model's scores.
    """
    said: dict[str, list[str]] = {}
    names = short_names(list(results))
    for model, scores in results.items():
        for score in scores:
            notes = list(score.notes)
            if isinstance(score, AnalogyScore) and score.ci95_pairs is not None and score.covered >= FEWEST:
                interval = _interval(score, score.ci95_pairs)
                questions = counted(score.covered, "question")
                notes.append(
                    f"if the word pairs of its {questions} are resampled, not the questions, the interval is {interval}"
                )
            notes += _why(score)
            for note in notes:
                models = said.setdefault(f"{score.name}: {note}", [])
                models += [] if names[model] in models else [names[model]]  # a set may be given twice
    return [line if len(models) == len(results) else f"{', '.join(models)}: {line}" for line, models in said.items()]


def _why(score: Score) -> list[str]:
    """Why a score or its interval is missing."""
    if score.covered == 0 and score.items:
        among = f" among the {score.restrict_vocab:,} first" if isinstance(score, AnalogyScore) else ""
        found = looked_for(score.missing)
        return [f"nothing evaluated: not one item has all its words{among}{found}; another language or case?"]
    if score.score is None and score.items:
        return [f"no score: the {score.covered:,} covered of {score.items:,} items show no order or difference"]
    if isinstance(score, BiasScore) and score.ci95 is None:
        x, y = score.sizes[:2]
        return [
            f"{x} and {y} target words have a vector; an interval needs {FEWEST_ITEMS} in each group, the test none"
        ]
    if score.ci95 is None and score.items:
        return [f"{score.covered:,} of {counted(score.items, 'item')} covered: too few for an interval or a test"]
    return []


def comparison_remarks(compared: Sequence[ComparedSet], reference: str) -> list[str]:
    """Return lines on how the comparison was made: with which model, on which items."""
    lines = []
    for found in compared:
        if not found.covered_alike:
            lines.append(
                f"{found.name}: the models cover different items: scores, intervals and differences are on the "
                f"{found.common:,} of {found.items:,} that all of them cover"
                + SECOND_FIGURES.get(found.models[0].own.task, "")
            )
            if all(model.common.score is not None and model.common.ci95 is None for model in found.models):
                lines.append(f"{found.name}: {found.common:,} common items are too few for an interval or a test")
        sizes = sorted({model.own.restrict_vocab for model in found.models if isinstance(model.own, AnalogyScore)})
        if len(sizes) > 1 and found.common:
            lines.append(
                f"{found.name}: answers are chosen among {sizes[0]:,} words of one model and {sizes[-1]:,} of another; "
                f"fewer is easier: --restrict-vocab {sizes[0]} gives all models the same number"
            )
    names = short_names([model.model for model in compared[0].models]) if compared else {}
    of = "the best model of each set" if reference == "best" else next(iter(names.values()), "the first")
    return [*lines, LEGEND.format(of, "common items")]


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Return a name for each file: without folder and suffix if that is unique, else the path.

    >>> short_names(["runs/a.safetensors", "runs/b.npz"]), short_names(["x/v.npz", "y/v.npz"])
    ({'runs/a.safetensors': 'a', 'runs/b.npz': 'b'}, {'x/v.npz': 'x/v.npz', 'y/v.npz': 'y/v.npz'})
    """
    stems = [Path(path).stem for path in paths]
    return {path: stem if stems.count(stem) == 1 else path for path, stem in zip(paths, stems)}


Facts = tuple[str, str, "float | None", "Interval | None", int, int]  # name, measure, score, interval, covered, items


def _facts(score: Score) -> Facts:
    measure = MEASURES.get(score.measure, score.measure)
    if isinstance(score, AnalogyScore):
        measure = score.method
    elif isinstance(score, (HitRateScore, SessionScore)):
        measure = f"hit-rate@{score.k}"
    return score.name, measure, score.score, score.ci95, score.covered, score.items


def _own_parts(model: ComparedModel) -> Score:
    """The score whose sections are listed below it, on the common items as well."""
    if isinstance(model.own, AnalogyScore) and model.own.sections:
        return parts_on_items(model.own, ~np.isnan(model.common.outcomes))
    return model.own


def _parts(score: Score, sections: bool) -> list[Facts]:
    """Further lines below a score: the kinds and sections of analogies, or a task's second figures."""
    if isinstance(score, AnalogyScore):
        parts = [part for part in (score.semantic, score.syntactic) if part is not None]
        parts += score.sections if sections else ()
        lines: list[Facts] = [(f"  {p.name}", score.method, p.score, p.ci95, p.covered, p.items) for p in parts]
        if score.protocol == "glove" and score.of_all is not None:  # GloVe reports both
            lines.append(("  of all questions", score.method, score.of_all, None, score.covered, score.items))
        return lines
    if isinstance(score, OutlierScore) and score.covered:
        return [("  position (OPP)", "opp", score.opp, score.opp_ci95, score.covered, score.items)]
    if isinstance(score, BiasScore) and score.p is not None:
        how = "all splits" if score.exact else "drawn splits"
        return [(f"  p ({how})", "one-sided", score.p, None, score.covered, score.items)]
    if isinstance(score, HitRateScore) and score.covered:
        return [("  reciprocal rank", "mrr", score.mrr, score.mrr_ci95, score.covered, score.items)]
    if isinstance(score, SessionScore) and score.covered:
        figures = (("recall", score.recall, score.recall_ci95), ("NDCG", score.ndcg, score.ndcg_ci95))
        return [
            (f"  {name}@{score.k}", name.lower(), value, ci95, score.covered, score.items)
            for name, value, ci95 in figures
        ]
    return []


def _value(score: Score, value: float | None, covered: int) -> str:
    return score.written(value) if value is not None else NOTHING if covered == 0 else NO_SCORE


def _interval(score: Score, ci95: Interval | None) -> str:
    return "" if ci95 is None else f"[{', '.join(map(score.written, ci95))}]"


def _difference(model: ComparedModel) -> str:
    difference: Difference | None = model.difference
    if difference is None or difference.difference is None:
        return ""
    unit = 100.0 if model.own.is_share else 1.0
    digits = ".1f" if model.own.is_share else ".3f"
    interval = (
        "" if difference.ci95 is None else f" [{', '.join(f'{unit * end:+{digits}}' for end in difference.ci95)}]"
    )
    return f"{unit * difference.difference:+{digits}}{interval}{MARK if model.is_significant else ''}"
