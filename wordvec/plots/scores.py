"""Scores of several models on several sets, as points with their 95 % intervals."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import EvaluationFileError, OptionError
from wordvec.files import parse_json
from wordvec.plots.figure import new_axes, only_left_and_bottom, plain
from wordvec.plots.fonts import font_families
from wordvec.plots.palette import INK, group_styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPREAD = 0.6  # of the room of a set, that its models share


def plot_scores(scores: Mapping[str, Sequence[Mapping[str, Any]]], axes: Axes | None = None) -> Axes:
    """Draw each model's score on each set as a point, with its 95 % interval as a line; return the axes.

    `scores` are rows of `scores_as_dicts` by model, with "name", "score" (None is left out) and "ci95" (low, high) or
    None. Models differ in colour and marker.

    Raises OptionError when there is no score to draw.

    >>> rows = [{"name": "wordsim353", "score": 0.7, "ci95": (0.65, 0.75)}]
    >>> axes = plot_scores({"skipgram": rows, "svd": [{"name": "wordsim353", "score": 0.6, "ci95": None}]})
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['skipgram', 'svd']
    """
    kept = {model: [row for row in rows if row.get("score") is not None] for model, rows in scores.items()}
    sets = list(dict.fromkeys(str(row["name"]) for rows in kept.values() for row in rows))
    if not sets:
        raise OptionError("no score to draw: give models that were evaluated on at least one set")
    axes = axes or new_axes(5.6, 0.9 + len(sets) * max(0.32, 0.17 * len(kept)) + 0.2 * (len(kept) > 1))
    styles = group_styles(len(kept))
    for number, ((model, rows), style) in enumerate(zip(kept.items(), styles)):
        shift = SPREAD * ((number + 0.5) / len(kept) - 0.5)
        heights = np.array([sets.index(str(row["name"])) + shift for row in rows])
        values = np.array([float(row["score"]) for row in rows])
        for height, value, row in zip(heights, values, rows):
            low, high = row.get("ci95") or (value, value)
            axes.plot([low, high], [height, height], color=style.colour, linewidth=1.6, alpha=0.55, zorder=2)
        axes.plot(
            values, heights, linestyle="", marker="osD^vP*X"[number % 8], markersize=5.5, color=style.colour,
            label=plain(model), zorder=3,
        )  # fmt: skip
    _dress(axes, sets, list(kept))
    return axes


def _dress(axes: Axes, sets: Sequence[str], models: Sequence[str]) -> None:
    families = font_families([*sets, *models])
    axes.set_yticks(range(len(sets)), labels=[plain(name) for name in sets], fontfamily=families, fontsize=8.5)
    axes.set_ylim(len(sets) - 0.4, -0.6)  # the first on top
    axes.set_xlabel("score, with 95 % interval", fontsize=8.5, color=INK)
    axes.grid(axis="x", color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    only_left_and_bottom(axes)
    axes.tick_params(axis="y", length=0)
    if len(models) > 1:
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=min(len(models), 4), frameon=False, borderaxespad=0.2,
            labelcolor=INK, handletextpad=0.1, prop={"family": families, "size": 8},
        )  # fmt: skip


def read_scores(paths: Sequence[str | os.PathLike[str]]) -> dict[str, list[dict[str, Any]]]:
    """Read what ``wordvec evaluate --json`` printed, one file or several: rows of scores by model.

    Models are named by their files, without folder and ending. Raises EvaluationFileError for another kind of file.
    """
    scores: dict[str, list[dict[str, Any]]] = {}
    for path in paths:
        try:
            found = parse_json(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise EvaluationFileError(f"{path}: {error.strerror or error}") from error
        except ValueError as error:
            raise EvaluationFileError(f"{path}: not JSON ({error}); {EXPECTED}") from error
        if not isinstance(found, dict) or not all(_are_scores(rows) for rows in found.values()):
            raise EvaluationFileError(f"{path}: JSON, but not of scores; {EXPECTED}")
        for model, rows in found.items():
            scores.setdefault(_name(model, scores, found), []).extend(rows)
    return scores


EXPECTED = "expected the output of: wordvec evaluate FILE... --similarity SET --json > scores.json"


def _are_scores(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) and "name" in row and "score" in row for row in rows)


def _name(model: str, scores: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The file's stem, where no other file of the same output has it too."""
    stem = Path(model).stem
    return stem if sum(Path(other).stem == stem for other in found) == 1 else model
