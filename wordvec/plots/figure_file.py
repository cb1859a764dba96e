"""The content of a figure's file: the same bytes for the same figure."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from wordvec.plots.fonts import boxes_allowed, is_truetype
from wordvec.terminal import printable_lines

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Metadata that would differ between runs, by suffix.
SUFFIXES: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}


def file_of(figure: Figure, suffix: str, dpi: float) -> bytes:
    """The content of a figure's file."""
    import matplotlib
    from matplotlib.text import Text

    families = {family for text in figure.findobj(Text) for family in text.get_fontfamily()}  # type: ignore[attr-defined]
    settings: dict[Any, Any] = {
        "text.usetex": False,
        "svg.hashsalt": "wordvec",
        "svg.fonttype": "none",
        "pdf.fonttype": 42 if all(map(is_truetype, families)) else 3,
    }
    drawn = io.BytesIO()
    with matplotlib.rc_context(settings), boxes_allowed():
        figure.savefig(drawn, format=suffix[1:], dpi=dpi, metadata=SUFFIXES[suffix])
    content = drawn.getvalue()
    if suffix == ".svg":  # XML forbids control characters, and labels may contain any
        content = printable_lines(content.decode("utf-8", "surrogatepass")).encode("utf-8")
    return content
