"""Matrices as colours: similarities of words, co-occurrence counts, PPMI; words on both axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.argument_types import check_is_list, typed
from wordvec.errors import OptionError, ShapeError
from wordvec.plots.figure import new_axes, plain, root_figure, set_title, settle, without_tex
from wordvec.plots.fonts import font_families
from wordvec.plots.palette import FAINT, INK, ink_on
from wordvec.terminal import display_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from wordvec.vectors import WordVectors

NUMBERS_UP_TO = 16  # words per side up to which cells show their numbers
MOST = 150  # words per side that can be read
WHOLE = "{:.0f}"
GREY = "#F4F4F4"  # for cells without a value


@typed
@without_tex
def plot_similarities(
    vectors: WordVectors, words: Sequence[str], order: bool = False, axes: Axes | None = None
) -> Axes:
    """Draw the cosines of all pairs of `words` as a heat map, and return the axes.

    Blue is similar, red is opposite, white is 0: colours that colour-blind readers can distinguish. `order` puts
    similar words next to each other (leaves of average-linkage clustering, in the order of Bar-Joseph, Gifford and
    Jaakkola 2001); otherwise words are in the given order.

    Raises UnknownWordError for a word without a vector, OptionError for fewer than 2 words or more than 150.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> axes = plot_similarities(vectors, ["cat", "car"])
    >>> [text.get_text() for text in axes.texts]
    ['1.00', '0.10', '0.10', '1.00']
    """
    check_is_list("words", words)
    words = list(dict.fromkeys(words))
    if not 2 <= len(words) <= MOST:
        raise OptionError(f"a heat map takes from 2 to {MOST} different words; got {len(words)}")
    rows = np.array([vectors.unit_of(word) for word in words])
    if order and len(words) > 2:
        places = _leaves(rows)
        words, rows = [words[i] for i in places], rows[places]
    cosines = np.clip(rows @ rows.T, -1.0, 1.0)
    axes = _heat(cosines, words, words, "RdBu", (-1.0, 1.0), "cosine", "{:.2f}", axes)
    set_title(axes, f"Cosines of {len(words)} words")
    settle(axes)  # the title moves above the words, which the first layout does not know
    return axes


@typed
@without_tex
def plot_matrix(
    matrix: np.ndarray, words: Sequence[str], contexts: Sequence[str] | None = None, what: str = "counts",
    axes: Axes | None = None,
) -> Axes:  # fmt: skip
    """Draw a co-occurrence or PPMI matrix with its words on both axes, rows by columns; return the axes.

    `what` names the values ("counts", "PPMI") at the colour scale. Cells without a value (0) are light grey.

    Shapes: matrix (V, C), words V, contexts C (None: the words). Raises ShapeError if they do not match, OptionError
    for more than 150 words per side.

    >>> axes = plot_matrix(np.array([[0, 1], [1, 2]]), ["you", "say"])
    >>> [text.get_text() for text in axes.texts], [tick.get_text() for tick in axes.get_yticklabels()]
    (['1', '1', '2'], ['you', 'say'])
    """
    matrix = np.asarray(matrix, np.float64)
    contexts = words if contexts is None else contexts
    if matrix.shape != (len(words), len(contexts)) or not np.isfinite(matrix).all():
        found = f"got {matrix.shape}" if np.isfinite(matrix).all() else "some are nan or infinite"
        raise ShapeError(f"plot_matrix: finite numbers of shape {(len(words), len(contexts))} expected; {found}")
    if not 1 <= max(matrix.shape) <= MOST or 0 in matrix.shape:
        raise OptionError(f"a matrix of up to {MOST} words a side can be read; got {matrix.shape}: keep fewer words")
    whole = bool((matrix == np.round(matrix)).all())
    shown = np.where(matrix == 0, np.nan, matrix)
    top = float(np.abs(matrix).max()) or 1.0
    axes = _heat(shown, words, contexts, "Blues", (0.0, top), what, WHOLE if whole else "{:.2f}", axes)
    axes.set_xlabel("context", fontsize=8, color=FAINT, labelpad=8)
    axes.set_ylabel("word", fontsize=8, color=FAINT, labelpad=8)
    axes.xaxis.set_label_position("top")
    return axes


def _heat(
    values: np.ndarray, rows: Sequence[str], columns: Sequence[str], colours: str, limits: tuple[float, float],
    what: str, number: str, axes: Axes | None,
) -> Axes:  # fmt: skip
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    cell = float(np.clip(5.2 / max(values.shape), 0.11, 0.42))  # inches
    size = float(np.clip(cell * 72 * 0.62, 3.5, 9.0))
    across, above = (0.6 * size / 72 * max(map(display_width, words)) for words in (rows, columns))
    axes = axes or new_axes(1.3 + across + cell * values.shape[1], 0.75 + above + cell * values.shape[0])
    painted, scale = _colours(colours), Normalize(*limits)
    image = axes.imshow(values, cmap=painted, norm=scale, interpolation="nearest", aspect="equal")
    _words_on(axes, rows, columns, size)
    if max(values.shape) <= NUMBERS_UP_TO:
        _numbers(axes, values, painted, scale, number, size * 0.85)
    bar = root_figure(axes).colorbar(image, ax=axes, shrink=0.6, aspect=24, pad=0.02)
    if number == WHOLE:
        bar.locator = MaxNLocator(5, integer=True)
        bar.update_ticks()
    bar.set_label(what, fontsize=8, color=FAINT)
    bar.ax.tick_params(labelsize=7, length=2, colors=INK, color="#999999")
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.ax.set_ylim(min(float(np.nanmin(np.append(values, limits[1]))), max(limits[0], 0.0)), limits[1])
    return axes


def _colours(name: str) -> Any:
    """A colour map of matplotlib, one-sided ones without their darkest part; cells without a value are light grey."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    scale = colormaps[name] if name == "RdBu" else ListedColormap(colormaps[name](np.linspace(0.1, 0.78, 128)))
    return scale.with_extremes(bad=GREY)


def _words_on(axes: Axes, rows: Sequence[str], columns: Sequence[str], size: float) -> None:
    families = font_families([*rows, *columns])
    style: dict[str, Any] = {"fontsize": size, "fontfamily": families, "color": INK}
    axes.set_xticks(range(len(columns)), labels=[plain(word) for word in columns], rotation=90, **style)
    axes.set_yticks(range(len(rows)), labels=[plain(word) for word in rows], **style)
    axes.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False, pad=2)
    for spine in axes.spines.values():
        spine.set_visible(False)
    # White lines between cells, thinner if there are many cells.
    axes.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.2 if len(rows) <= 40 else 0.4)
    axes.tick_params(which="minor", length=0, top=False, bottom=False)


def _numbers(axes: Axes, values: np.ndarray, colours: Any, scale: Any, number: str, size: float) -> None:
    from matplotlib.colors import to_hex

    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            ink = ink_on(to_hex(colours(scale(value))))
            axes.text(column, row, number.format(value), ha="center", va="center", fontsize=size, color=ink)


def _leaves(rows: np.ndarray) -> np.ndarray:
    """An order of the rows in which similar rows are adjacent."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    return np.asarray(leaves_list(linkage(rows.astype(np.float64), "average", optimal_ordering=True)))
