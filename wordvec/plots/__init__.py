"""Figures fit for a paper: word maps, neighbours, loss curves. Functions take and return matplotlib Axes."""

from wordvec.plots.curves import plot_loss
from wordvec.plots.figure import new_axes, save_figure
from wordvec.plots.fonts import font_families
from wordvec.plots.neighbours import plot_neighbours
from wordvec.plots.projection import pca, project
from wordvec.plots.word_map import plot_map

__all__ = [
    "font_families",
    "new_axes",
    "pca",
    "plot_loss",
    "plot_map",
    "plot_neighbours",
    "project",
    "save_figure",
]
