"""Charts: loss by epoch, scores with their intervals, and a word over time."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import EvaluationFileError, OptionError
from wordvec.json_forms import parse_json
from wordvec.plots.figure import IN_A_TITLE, LETTER, new_axes, new_subplots, only_left_and_bottom, plain, without_tex
from wordvec.plots.fonts import font_families
from wordvec.plots.palette import FAINT, INK, OTHERS, group_styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes


NOTE_WIDTH = 0.7  # share of a figure's width for a line of its note
SPREAD = 0.6  # share of a set's space that its models fill


@without_tex
def plot_scores(scores: Mapping[str, Sequence[Mapping[str, Any]]], axes: Axes | None = None) -> Axes:
    """Draw each model's score on each set as a point, with its 95 % interval as a line; return the axes.

    `scores` are rows of `scores_as_dicts` by model, with "name", "score" (rows with None are left out) and "ci95" (low,
    high) or None. Models differ in colour and marker.

    Raises OptionError if there is no score to draw.

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
    """Read output of ``wordvec evaluate --json`` from one or several files: rows of scores by model.

    Models are named by their files, without folder and suffix. Raises EvaluationFileError for any other file.
    """
    scores: dict[str, list[dict[str, Any]]] = {}
    for path in paths:
        try:
            found = parse_json(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise EvaluationFileError(f"{path}: {error.strerror or error}") from error
        except ValueError as error:
            raise EvaluationFileError(f"{path}: not JSON ({error}); {EXPECTED}") from error
        if isinstance(found, dict) and not _are_scores(found.get("comparison")):
            found.pop("comparison", None)  # what evaluate adds for several models
        if not isinstance(found, dict) or not all(map(_are_scores, found.values())):
            raise EvaluationFileError(f"{path}: JSON, but not of scores; {EXPECTED}")
        for model, rows in found.items():
            scores.setdefault(_name(model, scores, found), []).extend(rows)
    return scores


EXPECTED = "expected the output of: wordvec evaluate FILE... --similarity SET --json > scores.json"


def _are_scores(rows: Any) -> bool:
    return isinstance(rows, list) and all(isinstance(row, dict) and "name" in row and "score" in row for row in rows)


def _name(model: str, scores: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The file's stem if it is unique in this output, else its path."""
    stem = Path(model).stem
    return stem if sum(Path(other).stem == stem for other in found) == 1 else model


MARKERS = "osD^vP*X"  # distinguishable without colours


@without_tex
def plot_loss(
    losses: Sequence[float] | Mapping[str, Sequence[float]],
    axes: Axes | None = None,
    held_out: Mapping[str, Sequence[float]] | None = None,
) -> Axes:
    """Draw the mean loss of each epoch (a trainer's ``history.loss``), one line or one per name; return the axes.

    `held_out` losses, of sentences kept from training, are dashed lines in the same colours.
    Raises OptionError if there is no loss to draw, a loss is not finite, or there are more than 56 lines.

    >>> axes = plot_loss({"skipgram": [2.5, 2.1, 2.0], "cbow": [2.2, 1.9, 1.8]})
    >>> [line.get_ydata().tolist() for line in axes.lines]
    [[2.5, 2.1, 2.0], [2.2, 1.9, 1.8]]
    """
    from matplotlib.ticker import MaxNLocator

    curves = dict(losses) if isinstance(losses, Mapping) else {"": losses}
    if not curves or not all(len(curve) for curve in curves.values()):
        raise OptionError("no loss to draw: count models (PPMI, SVD) have none, others one for each epoch")
    held_out = {name: curve for name, curve in (held_out or {}).items() if len(curve)}
    for name, curve in [*curves.items(), *held_out.items()]:
        if not np.isfinite(np.asarray(curve, np.float64)).all():
            raise OptionError(f"the loss{f' of {name}' if name else ''} is not finite: {list(curve)}")
    axes = axes or new_axes(4.5, 3.0)
    families = font_families([*curves])
    for number, ((name, curve), style) in enumerate(zip(curves.items(), group_styles(len(curves)))):
        marker = MARKERS[number % len(MARKERS)]
        _line(axes, curve, style.colour, marker, "-", plain(name))
        if name in held_out:
            _line(axes, held_out[name], style.colour, marker, "--", plain(f"{name}, held out".removeprefix(", ")))
    longest = max(len(curve) for curve in curves.values())
    axes.set_xlim(1 - 0.03 * longest, longest * 1.03 + (longest == 1))
    axes.set_xlabel("epoch", fontsize=9, color=INK)
    axes.set_ylabel("mean loss", fontsize=9, color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    only_left_and_bottom(axes)
    if len(curves) > 1 or held_out:
        axes.legend(frameon=False, fontsize=8, labelcolor=INK, prop={"family": families, "size": 8})
    return axes


def _line(axes: Axes, curve: Sequence[float], colour: str, marker: str, dashes: str, label: str) -> None:
    size = 4.0 if len(curve) <= 30 else 0.0  # many markers would hide the line
    axes.plot(
        np.arange(1, len(curve) + 1), list(curve), color=colour, marker=marker, markersize=size, linewidth=1.6,
        linestyle=dashes, label=label,
    )  # fmt: skip


@without_tex
def plot_change(
    word: str,
    periods: Sequence[str],
    cosines: Mapping[str, Sequence[float]],
    per_million: Sequence[float],
    note: str = "",
    width: float = 6.5,
    font_size: float = 8.0,
) -> Axes:
    """Draw the cosines of other words with `word` in each period and, below, the frequency of `word`; return the axes.

    `note` is written at the bottom. Names are in a legend beside the lines, so that none hides a point. `width` is in
    inches: 3.3 fits a column, 6.5 a page. Raises OptionError for fewer than two periods, lines of another length, or
    more than 8 words.

    >>> axes = plot_change("cell", ["1850s", "1950s"], {"prison": [0.8, 0.3], "tissue": [0.1, 0.7]}, [12.0, 40.0])
    >>> [line.get_label() for line in axes.lines]
    ['prison', 'tissue']
    """
    lengths = {len(per_million), *map(len, cosines.values())}
    if len(periods) < 2 or lengths != {len(periods)}:
        raise OptionError(f"two periods or more are drawn, with a number for each; got {len(periods)} periods")
    if not 1 <= len(cosines) <= len(MARKERS):
        raise OptionError(f"from 1 to {len(MARKERS)} words are drawn beside {word!r}; got {len(cosines)}")
    if not (2 <= width <= 30 and 4 <= font_size <= 30):
        raise OptionError(f"width is 2 to 30 inches and font_size 4 to 30 points; got {width} and {font_size}")
    axes, bars = new_subplots(2, 1, width, 0.62 * width, sharex=True, gridspec_kw={"height_ratios": [3, 1]})[:, 0]
    families = font_families([word, *cosines, *periods])
    x = np.arange(len(periods))
    size = min(4.5, 0.9 * width)  # of markers, in points
    for (name, values), style, marker in zip(cosines.items(), group_styles(len(cosines)), MARKERS):
        axes.plot(
            x, list(values), color=style.colour, marker=marker, markersize=size, linewidth=size / 3, label=plain(name)
        )
    bars.bar(x, list(per_million), width=0.6, color=OTHERS, edgecolor="#666666", linewidth=0.6)
    axes.set_ylabel(f"cosine with {plain(word, IN_A_TITLE)}", fontsize=font_size, color=INK, fontfamily=families)
    bars.set_ylabel("per million\nwords", fontsize=font_size, color=INK)
    bars.set_xticks(x, [plain(period) for period in periods], fontfamily=families)
    if len(periods) > 8:
        bars.tick_params(axis="x", rotation=45)
    axes.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    for each in (axes, bars):
        only_left_and_bottom(each)
        each.tick_params(labelsize=font_size)
    axes.set_title(plain(word), loc="left", fontsize=font_size + 1, color=INK, fontfamily=families)
    if note:
        columns = max(20, int(NOTE_WIDTH * 72 * width / (LETTER * font_size)))
        lines = [plain(line, columns) for line in wrap(note, columns)]
        bars.set_xlabel("\n".join(lines), fontsize=font_size, color=FAINT)
    axes.legend(
        frameon=False, labelcolor=INK, prop={"family": families, "size": font_size},
        loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0,
    )  # fmt: skip
    return axes
