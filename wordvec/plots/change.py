"""A word over time: how near other words are to it in each period, and how often it occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import OptionError
from wordvec.plots.figure import only_left_and_bottom, plain
from wordvec.plots.fonts import font_families
from wordvec.plots.palette import FAINT, INK, OTHERS, group_styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "os^DvP*X"  # told apart without colours too


def plot_change(
    word: str,
    periods: Sequence[str],
    cosines: Mapping[str, Sequence[float]],
    per_million: Sequence[float],
    note: str = "",
    width: float = 6.5,
    font_size: float = 8.0,
) -> Axes:
    """Draw the cosines of other words with `word` in each period, and under them how often it occurs; return the axes.

    `note` stands below everything.
    The names stand in a legend beside the lines, so that none hides a point. `width` is in inches: 3.3 fits a column,
    6.5 a page. Raises OptionError for fewer than two periods, lines of another length, and more than 8 words.

    >>> axes = plot_change("cell", ["1850s", "1950s"], {"prison": [0.8, 0.3], "tissue": [0.1, 0.7]}, [12.0, 40.0])
    >>> [line.get_label() for line in axes.lines]
    ['prison', 'tissue']
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lengths = {len(per_million), *map(len, cosines.values())}
    if len(periods) < 2 or lengths != {len(periods)}:
        raise OptionError(f"two periods or more are drawn, with a number for each; got {len(periods)} periods")
    if not 1 <= len(cosines) <= len(MARKERS):
        raise OptionError(f"from 1 to {len(MARKERS)} words are drawn beside {word!r}; got {len(cosines)}")
    if not (2 <= width <= 30 and 4 <= font_size <= 30):
        raise OptionError(f"width is 2 to 30 inches and font_size 4 to 30 points; got {width} and {font_size}")
    figure = Figure(figsize=(width, 0.62 * width), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes, bars = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    families = font_families([word, *cosines, *periods])
    x = np.arange(len(periods))
    size = min(4.5, 0.9 * width)  # of markers, in points
    for (name, values), style, marker in zip(cosines.items(), group_styles(len(cosines)), MARKERS):
        axes.plot(
            x, list(values), color=style.colour, marker=marker, markersize=size, linewidth=size / 3, label=plain(name)
        )
    bars.bar(x, list(per_million), width=0.6, color=OTHERS, edgecolor="#666666", linewidth=0.6)
    axes.set_ylabel(plain(f"cosine with {word}"), fontsize=font_size, color=INK, fontfamily=families)
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
        bars.set_xlabel(plain(note), fontsize=font_size, color=FAINT)
    axes.legend(
        frameon=False, labelcolor=INK, prop={"family": families, "size": font_size},
        loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0,
    )  # fmt: skip
    return axes
