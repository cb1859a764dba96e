"""A chain of layers drawn with the numbers on every edge: forward values and backward gradients."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.arrays import to_numpy
from wordvec.errors import OptionError
from wordvec.plots.figure import new_axes, set_title, without_tex
from wordvec.plots.network_trace import formula_of, inputs_of
from wordvec.plots.palette import FAINT, INK, PALETTE, text_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 8  # rows and columns whose numbers can be read; for larger arrays only the shape is shown
LETTER, LINE = 0.061, 0.125  # inches: width and height of a character at FONT
FONT = 7.0
BOX, LEFT = 2.3, 0.2  # inches: a layer's box
FORMULA_LETTERS = 46  # per line
BACK = text_colour(PALETTE[1])  # for gradients


@dataclass
class Flow:
    """An array and the gradient of the loss with respect to it, if there is one."""

    name: str
    value: np.ndarray
    gradient: np.ndarray | None
    numbers: bool = True  # whether numbers are drawn, or only the shape


@typed
@without_tex
def plot_values(
    network: Any, batch: Any, *, gradients: bool = True, flow: bool = True, axes: Axes | None = None
) -> Axes:
    """Run a chain of layers forward and backward, and draw each layer with the values (dark) and gradients (orange) on
    its edges and in its parameters; return the axes. Without `gradients`, it runs only forward, with Dropout and
    BatchNorm as after training. Without `flow`, edges show shapes, and only parameters show numbers.

    `network` is a `wordvec.networks.Sequential` or similar (``layers``, ``loss`` or None). `batch` is the argument of
    its forward: a tuple (x, t) if it has a loss. Without a loss, gradients are those of the sum of the last layer's
    output. For arrays larger than 8 by 8 only the shape is shown. Raises OptionError for a network without ``layers``.

    >>> from wordvec.layers import MatMul
    >>> from wordvec.networks import Sequential
    >>> axes = plot_values(Sequential(MatMul(np.array([[1.0], [2.0]]))), np.array([[3.0, 4.0]]))
    >>> [text.get_text() for text in axes.texts if "11.00" in text.get_text()]  # 3 * 1 + 4 * 2
    ['11.00']
    """
    if not getattr(network, "layers", None):
        raise OptionError(f"plot_values draws a chain of layers, such as Sequential; got a {type(network).__name__}")
    inputs = inputs_of(batch)
    if (network.loss is None) != (len(inputs) == 1):
        raise OptionError("plot_values: give (x, t) for a network with a loss, and x alone for one without")
    edges, parameters = _run(network, inputs, gradients)
    for edge in edges:
        edge.numbers = flow
    layers = [*network.layers, *([] if network.loss is None else [network.loss])]
    blocks = [_edge_height([edge]) for edge in edges]
    boxes = [max(0.64, _edge_height(of_layer) if of_layer else 0.0) for of_layer in parameters]
    height = sum(blocks) + sum(boxes) + 0.3
    width = 1.2 + max(map(_width, [*edges, *(parameter for part in parameters for parameter in part)])) + BOX
    axes = axes or new_axes(max(width, 5.5), height + 0.35)
    axes.set_xlim(0, max(width, 5.5))
    axes.set_ylim(height, 0)
    axes.set_aspect("equal")
    axes.set_axis_off()
    top = 0.1
    for number, edge in enumerate(edges):
        last = number == len(edges) - 1
        _arrow(axes, top, top + blocks[number], last)
        _table(axes, edge, LEFT + BOX / 2 + 0.12, top + 0.08)
        top += blocks[number]
        if not last:
            _box(axes, layers[number], top, boxes[number])
            y = top + 0.03
            for parameter in parameters[number]:
                _table(axes, parameter, LEFT + BOX + 0.25, y)
                y += _edge_height([parameter])
            top += boxes[number]
    forward = "forward: values (dark)" if flow else "shapes, and the values of parameters"
    set_title(axes, forward + ("   backward: gradients (orange)" if gradients else ""))
    return axes


def _run(network: Any, inputs: tuple[Any, ...], backward: bool) -> tuple[list[Flow], list[list[Flow]]]:
    """The arrays between layers, and each layer's parameters; with `backward` also their gradients."""
    values = [inputs[0]]
    for layer in network.layers:
        after_training = not backward and "training" in inspect.signature(layer.forward).parameters
        values.append(layer.forward(values[-1], **({"training": False} if after_training else {})))
    if network.loss is not None:
        values.append(network.loss.forward(values[-1], *inputs[1:]))
    gradients: list[Any] = _backward(network, values[-1]) if backward else [None] * len(values)
    names = ["x", *[f"y{k}" for k in range(1, len(network.layers) + 1)], "loss"]
    edges = [Flow(n, _array(v), _array(g)) for n, v, g in zip(names, values, reversed(gradients))]
    owners = [*network.layers, *([] if network.loss is None else [network.loss])]
    letters = iter([name.split(".")[-1] for name in getattr(network, "named_params", {})])
    parameters = [
        [
            Flow(next(letters, "W"), _array(W), _array(g) if backward else None)
            for W, g in zip(layer.params, layer.grads)
        ]
        for layer in owners
    ]
    return edges, parameters


def _backward(network: Any, last: Any) -> list[Any]:
    """The gradient with respect to each array, from the last one back."""
    gradients = [np.ones_like(last)] if network.loss is None else [np.float64(1.0), network.loss.backward()]
    for layer in reversed(network.layers):
        gradients.append(layer.backward(gradients[-1]))
    return gradients


def _array(value: Any) -> Any:
    if value is None:
        return None
    return np.asarray(to_numpy(value.to_dense() if hasattr(value, "to_dense") else value))


def _lines(array: np.ndarray | None) -> list[str]:
    """The rows of numbers as text; none for an array too large to read."""
    if array is None or array.ndim > 2 or max((1, *array.shape)) > MOST:
        return []
    rows = np.atleast_2d(array)
    cells = [[_short(value) if array.dtype.kind == "f" else str(value) for value in row] for row in rows]
    widest = max((len(cell) for row in cells for cell in row), default=0)
    return [" ".join(cell.rjust(widest) for cell in row) for row in cells]


def _values(flow: Flow) -> list[str]:
    return _lines(flow.value) if flow.numbers else []


def _short(value: float) -> str:
    """Two decimals, without the sign of a rounded 0."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


def _head(flow: Flow) -> str:
    return f"{flow.name} {flow.value.shape}" if flow.value.shape else flow.name


def _width(flow: Flow) -> float:
    values, gradients = _values(flow), _lines(flow.gradient)
    first = max(map(len, [*values, _head(flow)]))
    second = max(map(len, [*gradients, f"dL/d{flow.name}"])) if flow.gradient is not None else 0
    return LETTER * (first + second + 3)


def _edge_height(flows: list[Flow]) -> float:
    return sum(0.28 + LINE * max(len(_values(f)), len(_lines(f.gradient))) for f in flows) + 0.04


def _table(axes: Axes, flow: Flow, left: float, top: float) -> None:
    values, gradients = _values(flow), _lines(flow.gradient)
    _text(axes, left, top, _head(flow), FAINT)
    _text(axes, left, top + LINE, "\n".join(values), INK)
    if flow.gradient is None:
        return
    left += LETTER * (max(map(len, [*values, _head(flow)])) + 3)
    _text(axes, left, top, f"dL/d{flow.name}", BACK)
    _text(axes, left, top + LINE, "\n".join(gradients), BACK)


def _text(axes: Axes, left: float, top: float, text: str, colour: str) -> None:
    if text:
        axes.text(
            left, top, text, ha="left", va="top", family="DejaVu Sans Mono", fontsize=FONT, color=colour,
            linespacing=1.25,
        )  # fmt: skip


def _box(axes: Axes, layer: Any, top: float, height: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    middle, centre = top + height / 2, LEFT + BOX / 2
    axes.add_patch(
        FancyBboxPatch(
            (LEFT, top), BOX, height, boxstyle="round,pad=0,rounding_size=0.06", facecolor="#E3EFF7",
            edgecolor=PALETTE[0], linewidth=0.9,
        )
    )  # fmt: skip
    formula = fill(formula_of(type(layer)), FORMULA_LETTERS)
    lift = 0.09 + 0.04 * formula.count("\n") if formula else 0.0
    axes.text(centre, middle - lift, type(layer).__name__, ha="center", va="center", fontsize=9, weight="bold")
    axes.text(centre, middle + 0.11, formula, ha="center", va="center", fontsize=6, color=FAINT, parse_math=False)


def _arrow(axes: Axes, top: float, bottom: float, last: bool) -> None:
    from matplotlib.patches import FancyArrowPatch

    x = LEFT + BOX / 2
    end = min(bottom, top + 0.35) if last else bottom
    axes.add_patch(
        FancyArrowPatch((x, top), (x, end), arrowstyle="-|>", mutation_scale=8, shrinkA=0, shrinkB=0, color="#777777")
    )
