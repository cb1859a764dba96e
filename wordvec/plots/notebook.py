"""Figures and axes that a notebook shows, without pyplot. Import it inside functions: it needs matplotlib."""

from __future__ import annotations

from typing import cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wordvec.plots.figure_file import file_of


class ShownFigure(Figure):
    """A figure that is a picture at the end of a cell."""

    def _repr_png_(self) -> bytes:
        return file_of(self, ".png", self.dpi)


class ShownAxes(Axes):
    """Axes of such a figure, whose picture they are at the end of a cell."""

    def _repr_png_(self) -> bytes:
        return cast(ShownFigure, self.figure)._repr_png_()
