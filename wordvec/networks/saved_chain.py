"""What a network's file says of its layers, so that the network can be made from the file alone: JSON, no code.

One entry a layer: its class, and its settings, such as Dropout's ratio. Only layers of wordvec.layers that take one
input are made from a file; a file with others still fills a network that was built as it was saved.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from wordvec.arrays import Array
from wordvec.errors import InputError, WordvecError, describe
from wordvec.files import parse_json
from wordvec.layers import (
    Affine,
    BatchNorm,
    Dropout,
    Embedding,
    MatMul,
    Mean,
    NegativeSamplingLoss,
    ReLU,
    Repeat,
    Sigmoid,
    SigmoidWithLoss,
    Softmax,
    SoftmaxWithLoss,
    Sum,
    Tanh,
)

LAYERS = (Affine, BatchNorm, Dropout, Embedding, MatMul, Mean, ReLU, Repeat, Sigmoid, Softmax, Sum, Tanh)
KINDS: dict[str, Any] = {kind.__name__: kind for kind in LAYERS}
LOSSES: dict[str, Any] = {kind.__name__: kind for kind in (NegativeSamplingLoss, SigmoidWithLoss, SoftmaxWithLoss)}


def description_of(layers: list[Any], loss: Any) -> str:
    """The layers as one line of JSON.

    >>> description_of([Dropout(0.25), Tanh()], None)
    '{"layers": [["Dropout", {"ratio": 0.25}], ["Tanh", {}]], "loss": null}'
    """
    entries = [_entry(layer) for layer in layers]
    return json.dumps({"layers": entries, "loss": None if loss is None else _entry(loss)})


def layers_of(path: Any, description: str, arrays: Mapping[str, Array]) -> tuple[list[Any], Any]:
    """The layers, with the arrays as their parameters, and the loss or None. Raises InputError for what cannot be."""
    try:
        said = parse_json(description)
        entries, loss = said["layers"], said["loss"]
        entries = [(str(kind), dict(settings)) for kind, settings in entries]
        loss = None if loss is None else (str(loss[0]), dict(loss[1]))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise InputError(
            f"{path}: what it says of its layers is damaged: write it again with Sequential.save"
        ) from None
    seen: dict[str, int] = {}
    layers = []
    for kind, settings in entries:
        seen[kind] = seen.get(kind, 0) + 1
        layers.append(_made(path, KINDS, kind, settings, arrays, f"{kind.lower()}{seen[kind]}"))
    return layers, None if loss is None else _made(path, LOSSES, *loss, arrays, "loss")


def _entry(layer: Any) -> list[Any]:
    """The class, and the settings of its constructor that the layer keeps under their names."""
    settings = {}
    for name in inspect.signature(type(layer)).parameters:
        value = getattr(layer, name, None)
        if value is not None and hasattr(value, "item") and getattr(value, "size", 0) == 1:
            value = value.item()
        if _is_setting(value):
            settings[name] = value
    return [type(layer).__name__, settings]


def _is_setting(value: Any) -> bool:
    short = isinstance(value, str) and len(value) < 40  # such as "mean"
    return short or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value))


def _made(
    path: Any, kinds: Mapping[str, Any], kind: str, settings: dict[str, Any], arrays: Mapping[str, Array], name: str
) -> Any:
    """One layer."""
    if kind not in kinds:
        raise InputError(
            f"{path}: {name} is a {describe(kind)}, which is not made from a file; those that are: {', '.join(kinds)}. "
            "Build the network as it was saved, and load the file into it"
        )
    expected = inspect.signature(kinds[kind]).parameters
    if not (set(settings) <= set(expected) and all(map(_is_setting, settings.values()))):
        raise InputError(f"{path}: {name} has settings that {kind} has not: write the file again with Sequential.save")
    parameters = {own: np.array(arrays[f"{name}.{own}"]) for own in expected if f"{name}.{own}" in arrays}
    try:
        return kinds[kind](**parameters, **settings)
    except (WordvecError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise InputError(f"{path}: {name} cannot be made from what the file holds: {error}") from None
