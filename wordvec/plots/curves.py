"""Loss by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import OptionError
from wordvec.plots.figure import new_axes, only_left_and_bottom, plain
from wordvec.plots.fonts import font_families
from wordvec.plots.palette import INK, group_styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "osD^vP*X"  # told apart without colours too


def plot_loss(
    losses: Sequence[float] | Mapping[str, Sequence[float]],
    axes: Axes | None = None,
    held_out: Mapping[str, Sequence[float]] | None = None,
) -> Axes:
    """Draw the mean loss of each epoch (a trainer's ``history.loss``), one line or one for each name; return the axes.

    `held_out` losses, of sentences kept from training, are dashed lines of the same colours.
    Raises OptionError when there is no loss to draw, when a loss is not finite, or for more than 56 lines.

    >>> axes = plot_loss({"skipgram": [2.5, 2.1, 2.0], "cbow": [2.2, 1.9, 1.8]})
    >>> [line.get_ydata().tolist() for line in axes.lines]
    [[2.5, 2.1, 2.0], [2.2, 1.9, 1.8]]
    """
    from matplotlib.ticker import MaxNLocator

    curves = dict(losses) if isinstance(losses, Mapping) else {"": losses}
    if not curves or not all(len(curve) for curve in curves.values()):
        raise OptionError("no loss to draw: count models (PPMI, SVD) have none, others one for each epoch")
    held_out = {name: curve for name, curve in (held_out or {}).items() if len(curve)}
    for name, curve in [*curves.items(), *held_out.items()]:
        if not np.isfinite(np.asarray(curve, np.float64)).all():
            raise OptionError(f"the loss{f' of {name}' if name else ''} is not finite: {list(curve)}")
    axes = axes or new_axes(4.5, 3.0)
    families = font_families([*curves])
    for number, ((name, curve), style) in enumerate(zip(curves.items(), group_styles(len(curves)))):
        marker = MARKERS[number % len(MARKERS)]
        _line(axes, curve, style.colour, marker, "-", plain(name))
        if name in held_out:
            _line(axes, held_out[name], style.colour, marker, "--", plain(f"{name}, held out".removeprefix(", ")))
    longest = max(len(curve) for curve in curves.values())
    axes.set_xlim(1 - 0.03 * longest, longest * 1.03 + (longest == 1))
    axes.set_xlabel("epoch", fontsize=9, color=INK)
    axes.set_ylabel("mean loss", fontsize=9, color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    axes.set_axisbelow(True)
    only_left_and_bottom(axes)
    if len(curves) > 1 or held_out:
        axes.legend(frameon=False, fontsize=8, labelcolor=INK, prop={"family": families, "size": 8})
    return axes


def _line(axes: Axes, curve: Sequence[float], colour: str, marker: str, dashes: str, label: str) -> None:
    size = 4.0 if len(curve) <= 30 else 0.0  # many markers would hide the line
    axes.plot(
        np.arange(1, len(curve) + 1), list(curve), color=colour, marker=marker, markersize=size, linewidth=1.6,
        linestyle=dashes, label=label,
    )  # fmt: skip
