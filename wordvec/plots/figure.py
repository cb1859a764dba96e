"""Making and saving figures without pyplot: no global state, no window, nothing left behind."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.errors import OptionError
from wordvec.files import replace_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito 2008, "Color universal design", in an order that keeps neighbours in the list far apart for colour-blind
# readers too; yellow, too light for white paper, is left out and grey added.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000")
INK = "#333333"  # text and axes

# What of a file's metadata would change from one run to the next, by suffix.
SUFFIXES: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}


def new_axes(width: float = 6.5, height: float = 4.0) -> Axes:
    """Axes in a new figure of `width` by `height` inches, drawn by matplotlib's Agg, without pyplot.

    >>> new_axes(4, 3).figure.get_size_inches().tolist()
    [4.0, 3.0]
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure.add_subplot()


def save_figure(axes: Axes, path: str | os.PathLike[str], dpi: int = 200) -> None:
    """Save the figure of `axes` as .png (`dpi` dots per inch), .svg or .pdf, by the ending of `path`.

    The file is written beside `path` and renamed, so a failure leaves an old file as it was. The same figure gives the
    same bytes: no dates, fixed ids. Fonts in PDF are embedded as TrueType where they are TrueType.

    Raises OptionError for another ending, InputError when the folder does not exist.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "empty.png"
    >>> save_figure(new_axes(), target)
    >>> target.read_bytes()[1:4]
    b'PNG'
    """
    import matplotlib

    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise OptionError(
            f"{path}: a figure's name must end in one of {', '.join(SUFFIXES)}; got {suffix or 'no ending'!r}"
        )
    settings: dict[Any, Any] = {"svg.hashsalt": "wordvec", "pdf.fonttype": 42}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # font_families has said it once, clearly
        with replace_file(path) as file:
            root_figure(axes).savefig(file, format=suffix[1:], dpi=dpi, metadata=SUFFIXES[suffix])


def root_figure(axes: Axes) -> Figure:
    """The whole figure that `axes` belong to, also where they are part of a subfigure."""
    from matplotlib.figure import Figure

    figure = axes.figure
    if figure is not None and not isinstance(figure, Figure):
        figure = figure.figure
    if not isinstance(figure, Figure):
        raise OptionError("these axes belong to no figure: draw into axes made by new_axes() or figure.add_subplot()")
    return figure


def only_left_and_bottom(axes: Axes) -> None:
    """Keep the two spines that carry the scales, thin, and small ticks."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color="#999999", linewidth=0.8)
    axes.tick_params(colors=INK, labelsize=8, length=3, color="#999999")
