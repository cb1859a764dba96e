"""Making and saving figures without pyplot: no global state and no window."""

from __future__ import annotations

import functools
import inspect
import os
import unicodedata
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError
from wordvec.files import replace_file
from wordvec.plots.figure_file import SUFFIXES, file_of
from wordvec.plots.fonts import boxes_allowed, matplotlib_module
from wordvec.plots.palette import FAINT, FONT_SIZE, INK, NOTE, TITLE
from wordvec.terminal import display_width, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Draws = TypeVar("Draws", bound=Callable[..., Any])

LETTER, GAP = 0.52, 3  # the mean width of a letter, in font sizes; letters between a title and its note
WIDENS = 1.2  # the factor by which the layout widens the initial axes
LONGEST = 40  # columns of a word or name in a figure
IN_A_TITLE = 20  # of a word in a line with other text
SETTLES = 5  # most layouts until the axes stop moving


def without_tex(draw: Draws, panels: int = 1) -> Draws:
    """Make a function draw words as text whatever text.usetex says, and check that it is given `panels` flat axes."""
    names = list(inspect.signature(draw).parameters)
    place = names.index("axes") if "axes" in names else len(names)

    @functools.wraps(draw)
    def drawn(*args: Any, **options: Any) -> Any:
        axes = options.get("axes", args[place] if len(args) > place else None)
        if axes is not None:
            _check_axes(axes, panels)
        with matplotlib_module().rc_context({"text.usetex": False}):
            return draw(*args, **options)

    return cast(Draws, drawn)


def _check_axes(given: Any, panels: int) -> None:
    """Raise OptionError for other things than flat axes, which a figure with two maps needs as a pair."""
    listed = [given] if panels == 1 else list(given) if hasattr(given, "__len__") else []
    if len(listed) == panels and all(getattr(axes, "name", None) not in (None, "3d", "polar") for axes in listed):
        return
    form = "one flat Axes of matplotlib" if panels == 1 else "a pair of flat Axes of matplotlib"
    raise OptionError(f"axes: {form} expected, as figure.subplots() makes; got a {type(given).__name__}")


@typed
def new_axes(width: float = 6.5, height: float = 4.0) -> Axes:
    """Return axes in a new figure of `width` by `height` inches, drawn by matplotlib's Agg, without pyplot.

    A notebook shows the figure if the axes, or ``axes.figure``, are the last expression of a cell.

    >>> new_axes(4, 3).figure.get_size_inches().tolist()
    [4.0, 3.0]
    """
    return new_panels(1, width, height)[0]


@without_tex
def new_panels(columns: int, width: float, height: float) -> list[Axes]:
    """Return axes side by side in a new figure of `width` by `height` inches in total."""
    return list(new_subplots(1, columns, width, height)[0])


def new_subplots(rows: int, columns: int, width: float, height: float, **options: Any) -> Any:
    """Return an array of axes (rows, columns) in a new figure, which a notebook shows; `options` as in matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from wordvec.plots.notebook import ShownAxes, ShownFigure

    figure = ShownFigure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure.subplots(
        rows, columns, squeeze=False, subplot_kw={"axes_class": ShownAxes, "facecolor": "white"}, **options
    )


def check_ending(path: str | os.PathLike[str], others: str = "") -> str:
    """Return the suffix of a figure's name in lower case; raise OptionError unless it can be written.

    `others` is added to the message, for further suffixes that the caller supports. Matplotlib reads the environment's
    SOURCE_DATE_EPOCH for every .svg and .pdf, even of those without a date, so it must be valid.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise OptionError(
            f"{path}: a figure's name must end in one of {', '.join(SUFFIXES)}{others}; got {suffix or 'no ending'!r}"
        )
    if suffix != ".png" and (seconds := os.environ.get("SOURCE_DATE_EPOCH")):
        try:
            datetime.fromtimestamp(int(seconds), timezone.utc)
        except (ValueError, OverflowError, OSError):
            raise OptionError(
                f"the variable SOURCE_DATE_EPOCH must be a whole number of seconds since 1970; got {seconds!r:.40}: "
                "correct it, or unset it"
            ) from None
    return suffix


@typed
def save_figure(axes: Axes, path: str | os.PathLike[str], dpi: int = 200) -> None:
    """Save the figure of `axes` as .png (`dpi` dots per inch), .svg or .pdf, by the suffix of `path`.

    The file is written beside `path` and renamed, so a failure leaves an old file intact. The same figure gives the
    same bytes: no dates, fixed ids. Text stays text in .svg (the reader's machine needs the fonts) and in .pdf. PDF
    embeds fonts as TrueType (type 42, which publishers require) if all are TrueType; otherwise, as with Noto's CJK
    fonts, as type 3, which every reader supports.

    Raises OptionError for another suffix or `dpi` out of range, InputError if the folder does not exist.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "empty.png"
    >>> save_figure(new_axes(), target)
    >>> target.read_bytes()[1:4]
    b'PNG'
    """
    suffix = check_ending(path)
    if not 20 <= dpi <= 1200:
        raise OptionError(f"dpi must be from 20 to 1200; got {dpi}")
    content = file_of(root_figure(axes), suffix, dpi)
    with replace_file(path) as file:
        file.write(content)


def root_figure(axes: Axes) -> Figure:
    """The whole figure that `axes` belong to, even if they are in a subfigure."""
    from matplotlib.figure import Figure

    figure = getattr(axes, "figure", None)
    if figure is not None and not isinstance(figure, Figure):
        figure = figure.figure
    if not isinstance(figure, Figure):
        if not hasattr(axes, "figure"):
            raise OptionError(f"axes: one Axes of matplotlib expected; got a {type(axes).__name__}")
        raise OptionError("these axes belong to no figure: draw into axes made by new_axes() or figure.add_subplot()")
    return figure


def renderer_of(axes: Axes) -> Any:
    """Matplotlib's Agg renderer for a figure of any canvas; it measures text."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = root_figure(axes)
    canvas = figure.canvas
    return (canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)).get_renderer()


def room_of(axes: Axes) -> float:
    """The inches of the figure's width that are these axes' share; for text under them that is wider, the layout would
    make the axes narrower each time that it is made.
    """
    figure = root_figure(axes)
    place = axes.get_subplotspec()
    if place is None:
        return float(figure.get_figwidth() * axes.get_position().width)
    columns = place.get_gridspec().ncols
    return float(axes.figure.bbox.width / figure.dpi * len(place.colspan) / columns)  # type: ignore[union-attr]


def settle(axes: Axes) -> None:
    """Lay the figure out as it will be saved: repeatedly, until the axes stay in place."""
    figure = root_figure(axes)
    engine = figure.get_layout_engine()
    before = None
    for _ in range(SETTLES):
        if engine is not None:
            with boxes_allowed():
                engine.execute(figure)
        axes.apply_aspect()
        if before is not None and np.allclose(axes.bbox.extents, before, atol=0.01):
            return
        before = np.array(axes.bbox.extents)


def set_title(
    axes: Axes,
    title: str,
    note: str = "",
    families: list[str] | None = None,
    font_size: float = FONT_SIZE,
    widens: float = WIDENS,
) -> None:
    """Set a title at the top left of the axes and a small note at the top right; if both are too wide for one line, the
    note goes below the title.

    widens   the factor by which the layout will still widen the axes; 1 after `settle`
    """
    fonts: dict[str, Any] = {"fontfamily": families} if families else {}
    width = LETTER * font_size * (TITLE * display_width(title) + NOTE * display_width(note) + GAP)
    room = 72 * widens * root_figure(axes).get_figwidth() * axes.get_position().width if note else width
    below = "\n" if width > room else ""
    axes.set_title(title + below, loc="left", fontsize=TITLE * font_size, color=INK, **fonts)
    if note:
        axes.set_title(note, loc="right", fontsize=NOTE * font_size, color=FAINT, **fonts)


def shortened(text: str, most: int = LONGEST) -> str:
    """A text of more than `most` columns without its middle: an address or a cut-off file would leave no room to draw.

    >>> shortened("a" * 30 + "b" * 30 + "c" * 30, most=11)
    'aaaaa…ccccc'
    """
    text = printable(text)
    if display_width(text) <= most:
        return text
    half = (most - 1) // 2
    begin, end = text[:most], text[-most:]
    while display_width(begin) > half:
        begin = begin[:-1]
    while display_width(end) > half or unicodedata.category(end[:1] or " ")[0] == "M":  # a mark has lost its letter
        end = end[1:]
    return f"{begin}…{end}"


def plain(text: str, most: int = LONGEST) -> str:
    """Text of limited length, without control characters, and with "$" escaped so that matplotlib sees no formula."""
    return shortened(text, most).replace("$", r"\$")


def only_left_and_bottom(axes: Axes) -> None:
    """Keep only the two spines with scales, thin, and small ticks."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color="#999999", linewidth=0.8)
    axes.tick_params(colors=INK, labelsize=8, length=3, color="#999999")
