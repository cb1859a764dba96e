"""Figures for publication: maps of words, heat maps, curves, networks. Functions take and return matplotlib Axes."""

from wordvec.plots.beside import plot_beside
from wordvec.plots.charts import plot_loss, plot_scores, read_scores
from wordvec.plots.figure import new_axes, save_figure
from wordvec.plots.fonts import font_families
from wordvec.plots.groups import read_groups
from wordvec.plots.heat_map import plot_matrix, plot_similarities
from wordvec.plots.neighbours import plot_neighbourhood, plot_neighbours
from wordvec.plots.network_graph import plot_network
from wordvec.plots.network_values import plot_values
from wordvec.plots.projection import function_words, pca, project
from wordvec.plots.word_map import parse_pairs, plot_analogies, plot_map

__all__ = [
    "font_families",
    "function_words",
    "new_axes",
    "parse_pairs",
    "pca",
    "plot_analogies",
    "plot_beside",
    "plot_loss",
    "plot_map",
    "plot_matrix",
    "plot_neighbourhood",
    "plot_neighbours",
    "plot_network",
    "plot_scores",
    "plot_similarities",
    "plot_values",
    "project",
    "read_groups",
    "read_scores",
    "save_figure",
]
