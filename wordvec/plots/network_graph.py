"""A network drawn as the graph of its layers, with the shape of the array on every edge."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from wordvec.errors import OptionError
from wordvec.plots.figure import new_axes, set_title, without_tex
from wordvec.plots.network_trace import Step, Value, trace
from wordvec.plots.palette import FAINT, INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Positions and sizes of layers, in inches.
WIDTH, CENTRE, BOX, HEIGHT, GAP, FIRST = 7.4, 3.85, 2.9, 0.62, 0.66, 0.5
INPUT_END, PARAMETER_START, PARAMETER_WIDTH = 2.05, 5.75, 1.55
FORMULA_LETTERS = 46
MEANINGS = {"V": "words", "D": "dimensions", "B": "examples", "C": "contexts", "1+K": "scored words", "P": "pairs"}
LAYER, PARAMETER = "#E3EFF7", "#FBE9DC"  # fills: blue for layers, orange for parameters


@without_tex
def plot_network(network: Any, batch: Any, axes: Axes | None = None) -> Axes:
    """Draw the layers that ``network.forward(batch)`` runs through, from its inputs down to the loss; return the axes.

    Boxes are layers with their formulas, from the docstrings. Parameters are on the right, incoming ids and labels on
    the left. Edges show names and the shapes of this batch, with a letter for each size that is unambiguous: B
    examples, C contexts, V words, D dimensions, 1+K scored words, P pairs of a centre and a context.

    `network` is one of `wordvec.networks` or similar (layers in its attributes, ``forward``, ``params``). `batch` is
    the argument of its forward, for `Sequential` a tuple (x, t). Raises OptionError for a network without layers.

    >>> import numpy as np
    >>> from wordvec.corpus.draws.examples import Examples
    >>> from wordvec.networks import SkipGramNetwork
    >>> centres, contexts = np.array([1, 2, 3, 4]), np.array([[0, 2], [1, 3], [2, 4], [3, 5]])
    >>> batch = Examples(np.arange(4), centres, contexts, np.ones((4, 2), bool), np.zeros((4, 5), int))
    >>> axes = plot_network(SkipGramNetwork(np.ones((7, 3)), np.ones((7, 3))), batch)
    >>> [text.get_text() for text in axes.texts if text.get_weight() == "bold"]
    ['Embedding', 'EmbeddingDot', 'SigmoidWithLoss']
    """
    steps = trace(network, batch)
    if not steps:
        raise OptionError(f"{type(network).__name__} ran through no layer of wordvec.layers: nothing to draw")
    letters = _letters(network, batch, steps)
    last = _top(len(steps) - 1) + HEIGHT
    height = last + 0.8
    axes = axes or new_axes(WIDTH, height + 0.4)
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_aspect("equal")
    axes.set_axis_off()
    _frames(axes, steps)
    for number, step in enumerate(steps):
        _draw_step(axes, step, _top(number), letters, first=number == 0)
    _edge_down(axes, last, 0.45)
    end = steps[-1].output
    said = "loss: one number" if end == () else f"result  {_shape(end, letters)}"
    axes.text(CENTRE, last + 0.53, said, ha="center", va="top", fontsize=8.5, color=INK)
    note = ", ".join(f"{letter} = {size} {MEANINGS[letter]}" for size, letter in letters.items())
    set_title(axes, type(network).__name__, note)
    return axes


def sizes_of(network: Any, batch: Any) -> dict[str, int]:
    """The sizes in shapes, by letter; empty for a chain of arbitrary layers, whose sizes have no names."""
    if hasattr(network, "named_params"):
        return {}
    V, D = network.params[0].shape
    sizes = {"V": V, "D": D}
    for letter, name, axis in (("B", "centres", 0), ("C", "contexts", 1), ("1+K", "negatives", -1)):
        if hasattr(batch, name):
            sizes[letter] = getattr(batch, name).shape[axis] + (letter == "1+K")
    if hasattr(batch, "mask"):
        sizes["P"] = int(batch.mask.sum())
    return sizes


def _letters(network: Any, batch: Any, steps: Sequence[Step]) -> dict[int, str]:
    """Size -> letter, for sizes that occur and are unambiguous; P (pairs) only if rows are pairs."""
    sizes = sizes_of(network, batch)
    shapes = [step.output for step in steps] + [value.shape for step in steps for value in step.inputs]
    if not any(shape[:1] == (sizes.get("P"),) for shape in shapes) or sizes.get("P") == sizes.get("B"):
        sizes.pop("P", None)
    shapes += [shape for step in steps for _, shape in step.parameters]
    occurring = {size for shape in shapes for size in shape}
    sizes = {letter: size for letter, size in sizes.items() if size in occurring}
    counts = list(sizes.values())
    return {size: letter for letter, size in sizes.items() if counts.count(size) == 1}


def _shape(shape: tuple[int, ...], letters: dict[int, str]) -> str:
    """A shape in letters and numbers.

    >>> _shape((4, 3), {4: "B", 3: "D"}), _shape((4, 9), {4: "B"}), _shape((9,), {})
    ('(B, D) = (4, 3)', '(B, 9) = (4, 9)', '(9,)')
    """
    comma = "," if len(shape) == 1 else ""
    numbers = f"({', '.join(map(str, shape))}{comma})"
    named = f"({', '.join(letters.get(size, str(size)) for size in shape)}{comma})"
    return numbers if named == numbers else f"{named} = {numbers}"


def _top(number: int) -> float:
    return FIRST + number * (HEIGHT + GAP)


def _draw_step(axes: Axes, step: Step, top: float, letters: dict[int, str], first: bool) -> None:
    """Draw a layer's box, its inputs from above and from the left, its parameters on the right."""
    middle = top + HEIGHT / 2
    _box(axes, CENTRE - BOX / 2, top, BOX, HEIGHT, LAYER, PALETTE[0])
    formula = fill(step.formula, FORMULA_LETTERS)
    lift = 0.12 + 0.06 * formula.count("\n") if formula else 0.0
    axes.text(CENTRE, middle - lift, step.layer, ha="center", va="center", fontsize=9, weight="bold", color=INK)
    axes.text(CENTRE, middle + 0.12, formula, ha="center", va="center", fontsize=6.5, color=FAINT, parse_math=False)
    from_above = [value for value in step.inputs if value.source is not None]
    aside = [value for value in step.inputs if value.source is None]
    if first and not from_above and aside:
        from_above, aside = aside[:1], aside[1:]
    for value in from_above[:1]:
        _edge_down(axes, top - GAP + (0.17 if first else 0.0), GAP - (0.17 if first else 0.0))
        label = f"{value.name}  {_shape(value.shape, letters)}"
        height = top - GAP + (0.33 if first else 0.21)
        axes.text(CENTRE + 0.1, height, label, ha="left", va="center", fontsize=7.5, color=INK)
    _from_the_left(axes, [*from_above[1:], *aside], middle, letters)
    for name, shape in step.parameters:
        _box(axes, PARAMETER_START, middle - 0.21, PARAMETER_WIDTH, 0.42, PARAMETER, PALETTE[1])
        axes.text(
            PARAMETER_START + PARAMETER_WIDTH / 2, middle, f"{name}\n{_shape(shape, letters)}", ha="center",
            va="center", fontsize=7.5, color=INK,
        )  # fmt: skip
        _arrow(axes, (PARAMETER_START, middle), (CENTRE + BOX / 2, middle))


def _from_the_left(axes: Axes, values: Sequence[Value], middle: float, letters: dict[int, str]) -> None:
    for place, value in enumerate(values):
        y = middle + 0.3 * (place - (len(values) - 1) / 2)
        label = f"{value.name}  {_shape(value.shape, letters)}"
        axes.text(INPUT_END - 0.05, y, label, ha="right", va="center", fontsize=7.5, color=INK)
        _arrow(axes, (INPUT_END, y), (CENTRE - BOX / 2, y))


def _edge_down(axes: Axes, start: float, length: float) -> None:
    _arrow(axes, (CENTRE, start), (CENTRE, start + length))


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    from matplotlib.patches import FancyArrowPatch

    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=8, shrinkA=0, shrinkB=0, color="#777777", linewidth=0.9
        )
    )


def _box(axes: Axes, left: float, top: float, width: float, height: float, fill_colour: str, edge: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(
        FancyBboxPatch((left, top), width, height, boxstyle=style, facecolor=fill_colour, edgecolor=edge, linewidth=0.9)
    )


def _frames(axes: Axes, steps: Sequence[Step]) -> None:
    """Draw a dashed frame around the parts of each composite layer."""
    from matplotlib.patches import Rectangle

    for name in dict.fromkeys(step.part_of for step in steps if step.part_of):
        numbers = [i for i, step in enumerate(steps) if step.part_of == name]
        left, right = CENTRE - BOX / 2 - 0.16, CENTRE + BOX / 2 + 0.16
        top, bottom = _top(numbers[0]) - 0.3, _top(numbers[-1]) + HEIGHT + 0.13
        axes.add_patch(
            Rectangle(
                (left, top), right - left, bottom - top, fill=False, edgecolor="#9A9A9A", linestyle=(0, (4, 3)),
                linewidth=0.8,
            )
        )  # fmt: skip
        axes.text(left + 0.07, top + 0.12, name, ha="left", va="center", fontsize=7, color=FAINT)
