"""The trace of a network: every layer in the order in which it ran, with its inputs and output."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

LAYERS = "wordvec.layers"


@dataclass(frozen=True)
class Value:
    """An array passed between layers: its name in the receiving layer, its shape, the step it comes from."""

    name: str
    shape: tuple[int, ...]
    source: int | None = None


@dataclass
class Step:
    """One layer's run: its name, formula and parameters (name, shape), its inputs, the shape of its output, and the
    name of the layer it is part of, if any.
    """

    layer: str
    formula: str
    parameters: list[tuple[str, tuple[int, ...]]]
    inputs: list[Value]
    output: tuple[int, ...] = ()
    part_of: str | None = None


@dataclass
class _Recorder:
    """Collects steps while a network runs."""

    parameters: list[Any]
    names: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    outputs: list[Any] = field(default_factory=list)

    def source_of(self, value: Any) -> int | None:
        """The step that made this array, by identity; for other floats (copies of some rows) the last step."""
        for number in reversed(range(len(self.outputs))):
            if self.outputs[number] is value:
                return number
        return len(self.outputs) - 1 if self.outputs and value.dtype.kind == "f" else None

    def run(self, layer: Any, part_of: str | None, forward: Any, arguments: tuple[Any, ...]) -> Any:
        """Run the layer and record what it did."""
        names = list(inspect.signature(forward).parameters)
        inputs = [
            Value(name, tuple(value.shape), self.source_of(value))
            for name, value in zip(names, arguments)
            if hasattr(value, "shape")
        ]
        out = forward(*arguments)
        parameters = [(self._name(W), tuple(W.shape)) for W in layer.params]
        self.steps.append(
            Step(
                type(layer).__name__,
                formula_of(type(layer)),
                parameters,
                inputs,
                tuple(getattr(out, "shape", ())),
                part_of,
            )
        )
        self.outputs.append(out)
        return out

    def _name(self, W: Any) -> str:
        """The parameter's name in the network, if it names its parameters. Otherwise the first parameter is W_in and
        the second W_out, by whose transpose MatMul multiplies.
        """
        for name, parameter in self.names.items():
            if parameter is W:
                return name
        for name, parameter in zip(("W_in", "W_out"), self.parameters):
            if parameter is W:
                return name if W.shape[0] >= W.shape[-1] or name == "W_in" else f"{name} transposed"
        return "W"


def trace(network: Any, batch: Any) -> list[Step]:
    """Run ``network.forward(batch)``, or ``forward(*batch)`` for a plain tuple such as (x, t), and return the steps of
    its layers in order.

    A composite layer (NegativeSamplingLoss) appears as its parts. The network's results are not changed.

    >>> import numpy as np
    >>> from wordvec.layers import Embedding
    >>> class Network:
    ...     def __init__(self, W):
    ...         self.embedding, self.params = Embedding(W), [W]
    ...     def forward(self, ids):
    ...         return self.embedding.forward(ids)
    >>> (step,) = trace(Network(np.eye(3)), np.array([2, 0]))
    >>> step.layer, step.parameters, step.inputs[0], step.output
    ('Embedding', [('W_in', (3, 3))], Value(name='ids', shape=(2,), source=None), (2, 3))
    """
    recorder = _Recorder(list(network.params), getattr(network, "named_params", {}))
    with _recorded(network, recorder):
        network.forward(*inputs_of(batch))
    return recorder.steps


def inputs_of(batch: Any) -> tuple[Any, ...]:
    """The arguments of a network's forward: the members of a plain tuple such as (x, t), else the batch itself."""
    return batch if type(batch) is tuple else (batch,)


@contextmanager
def _recorded(network: Any, recorder: _Recorder) -> Iterator[None]:
    """Within the block, the forward of every layer of `network` reports to `recorder`."""
    layers = list(_layers(network, None))
    for layer, part_of in layers:
        forward = layer.forward
        layer.forward = lambda *values, layer=layer, part_of=part_of, forward=forward: recorder.run(
            layer, part_of, forward, values
        )
    try:
        yield
    finally:
        for layer, _ in layers:
            del layer.forward  # restores the class's method


def _layers(thing: Any, part_of: str | None) -> Iterator[tuple[Any, str | None]]:
    """The layers in the attributes of `thing`, with composite layers split into their parts."""
    for value in _attributes(thing):
        if not hasattr(value, "forward") or not hasattr(value, "__dict__"):
            continue
        inside = [part for part in vars(value).values() if _is_layer(part)]
        if not _is_layer(value):
            yield from _layers(value, part_of)
        elif len(inside) > 1:
            yield from _layers(value, type(value).__name__)
        else:
            yield value, part_of


def _attributes(thing: Any) -> Iterator[Any]:
    """The attributes of `thing`; for a list, such as the layers of a chain, its members."""
    for value in vars(thing).values():
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def _is_layer(thing: Any) -> bool:
    return hasattr(thing, "forward") and type(thing).__module__.startswith(LAYERS)


def formula_of(layer: type) -> str:
    """A layer's formula: the first sentence of its docstring if that is an equation, else "".

    >>> from wordvec.layers import Embedding, MatMul
    >>> formula_of(Embedding), formula_of(MatMul)
    ('y = W[ids], the rows of W', 'y = x W')
    """
    first = (layer.__doc__ or "").split("\n")[0]
    sentence = re.split(r"(?<=\S)\.(?:\s|$)|:\s", first)[0].strip()
    return sentence if "=" in sentence else ""
