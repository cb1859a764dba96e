"""A label with a halo whose text stays text in SVG and PDF. Import it inside functions: it needs matplotlib."""

from __future__ import annotations

from typing import Any

from matplotlib.patheffects import AbstractPathEffect, Stroke
from matplotlib.text import Annotation, Text
from matplotlib.textpath import text_to_path

from wordvec.plots.figure import shortened

HALO: list[AbstractPathEffect] = [Stroke(linewidth=1.8, foreground="white", alpha=0.85)]


class Label(Annotation):
    """Text beside a point, on a white halo so that it can be read over other points.

    matplotlib turns text with path effects into outlines. So the halo is drawn first, as outlines, and then the text
    on top of it, without effects, as text.
    """

    def draw(self, renderer: Any) -> None:
        """Draw the halo, then the text."""
        self.set_path_effects(HALO)
        super().draw(renderer)
        self.set_path_effects([])
        super().draw(renderer)


def add_label(axes: Any, text: str, point: Any, offset: tuple[float, float], **style: Any) -> Label:
    """Write `text`, never as a formula, at an `offset` (points, 1/72 inch) from a `point` in data coordinates."""
    label = Label(
        shortened(text), tuple(point), offset, xycoords="data", textcoords="offset points", parse_math=False,
        annotation_clip=False, **style,
    )  # fmt: skip
    axes.add_artist(label)
    label.set_clip_on(False)
    label.set_in_layout(False)
    return label


def ink_beyond(label: Text, width: float) -> tuple[float, float]:
    """How far a label's letters extend left and right of its box, which is `width` points wide, in points.

    The box is as wide as the ink, but starts at the origin of the first letter. The foot of a "j" is left of it; ink
    after a letter that starts with white space extends further right. For labels without ink both are 0.
    """
    vertices, _ = text_to_path.get_text_path(label.get_fontproperties(), label.get_text(), ismath=False)
    if not len(vertices):
        return 0.0, 0.0
    across = [x for x, _ in vertices]
    scale = float(label.get_fontsize()) / text_to_path.FONT_SCALE
    low, high = scale * float(min(across)), scale * float(max(across))
    return max(0.0, -low), max(0.0, high - width)
