"""The legend of a map: what colours and markers mean, and how often words with the smallest and largest dots occur."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from wordvec.plots.figure import plain, root_figure
from wordvec.plots.fonts import font_families
from wordvec.plots.groups import Groups
from wordvec.plots.palette import AREA_OF, FAINT, INK, Style
from wordvec.plots.sizes import Sizes
from wordvec.terminal import display_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTER = 0.52  # of a font size, the mean width of a letter
HANDLE = 22.0  # points that a marker and the space between columns take
LINE = 1.42  # of a font size, from one line to the next
ROOM = 0.95  # of a figure's width, what its axes take
PLAIN = Style(FAINT, "o")


class Legend:
    """What a legend says: (name, style, diameter of the marker in points) each.

    `counts` (N,) are those of the words drawn, or None; where dots are sized by them, the legend shows the smallest
    and the largest one.
    """

    def __init__(self, groups: Groups, styles: Sequence[Style], sizes: Sizes, counts: np.ndarray | None) -> None:
        self.sizes = sizes
        used = [(groups.names[i], styles[i]) for i in range(len(styles)) if (groups.of_word == i).any()]
        if len(used) < 2 and (groups.of_word >= 0).all():
            used = []  # one colour for all needs no explanation
        self.entries = [(name, style, 5.0 * sizes.scale * AREA_OF[style.marker] ** 0.5) for name, style in used]
        if counts is not None and sizes.by_count and len(counts) and counts.min() < counts.max():
            ends = sizes.areas(np.repeat([0.0, 1.0], [1, max(1, len(counts) - 1)]))[[0, -1]] ** 0.5
            for count, diameter in zip((int(counts.min()), int(counts.max())), ends.tolist()):
                self.entries.append((f"seen {count:,} time{'' if count == 1 else 's'}", PLAIN, diameter))

    def columns(self, inches: float) -> int:
        """How many columns of the longest name fit under a map in a figure of this many inches."""
        longest = max((display_width(name) for name, _, _ in self.entries), default=1)
        return max(
            1, min(len(self.entries), 4, int(72 * ROOM * inches / (longest * self.sizes.font_size * LETTER + HANDLE)))
        )

    def height(self, inches: float) -> float:
        """How many inches its lines are high in a figure of this many inches."""
        return ceil(len(self.entries) / self.columns(inches)) * LINE * self.sizes.font_size / 72

    def add_to(self, axes: Axes) -> None:
        """Write it under the axes, in as many columns as fit."""
        from matplotlib.lines import Line2D
        from matplotlib.transforms import ScaledTranslation

        if not self.entries:
            return
        handles = [
            Line2D([], [], marker=style.marker, color=style.colour, linestyle="", markersize=size, label=plain(name),
                   markeredgewidth=0)
            for name, style, size in self.entries
        ]  # fmt: skip
        size, figure = self.sizes.font_size, root_figure(axes)
        below = ScaledTranslation(0, -size * (2.2 if axes.get_xlabel() else 0.7) / 72, figure.dpi_scale_trans)
        legend = axes.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0, 0), frameon=False,
            ncols=self.columns(figure.get_figwidth()), labelcolor=INK, handletextpad=0.3, handlelength=1.2,
            columnspacing=1.5, borderpad=0, labelspacing=0.35, borderaxespad=0,
            bbox_transform=axes.transAxes + below,
            prop={"family": font_families([name for name, _, _ in self.entries]), "size": size},
        )  # fmt: skip
        legend.set_zorder(0)
