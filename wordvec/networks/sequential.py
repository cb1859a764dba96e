"""Layers in sequence: forward from first to last, backward from last to first; and the file of such a network."""

from __future__ import annotations

import inspect
import json
import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from wordvec.arrays import Array
from wordvec.errors import InputError, OptionError, WordvecError, describe
from wordvec.json_forms import parse_json
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
from wordvec.layers.layer import Layer, check_has_params
from wordvec.networks import parameter_files


class Sequential(Layer):
    """y = the last layer of ( ... of the first layer of x); with a loss, L = loss(y, t).

    layers   layers with one input each, in the order of forward
    loss     a layer such as SoftmaxWithLoss that takes the last layer's output and a target; None for no loss

    A layer is named by its class and number ("affine1", "tanh1", "affine2"), a parameter by its layer and its name in
    the layer's constructor ("affine1.W", "affine1.b"). Raises OptionError for no layers, or for an object that is not
    a layer.

    >>> import numpy as np
    >>> from wordvec.layers import Affine, SoftmaxWithLoss, Tanh
    >>> first, second = Affine(np.ones((2, 3)), np.zeros(3)), Affine(np.ones((3, 2)), np.zeros(2))
    >>> network = Sequential(first, Tanh(), second, loss=SoftmaxWithLoss())
    >>> list(network.named_params)
    ['affine1.W', 'affine1.b', 'affine2.W', 'affine2.b']
    >>> print(network.forward(np.array([[1.0, -1.0]]), np.array([1])).round(4))  # both classes score 0: log 2
    0.6931
    >>> network.backward().shape, network.predict(np.ones((5, 2))).shape
    ((1, 2), (5, 2))
    """

    def __init__(self, *layers: Any, loss: Any = None) -> None:
        if not layers:
            raise OptionError("Sequential: at least one layer is needed")
        for place, layer in enumerate([*layers, *([] if loss is None else [loss])]):
            if isinstance(layer, type) or not (hasattr(layer, "forward") and hasattr(layer, "backward")):
                is_class = isinstance(layer, type)
                found = f"the class {layer.__name__}" if is_class else f"a {type(layer).__name__}"
                hint = f": write {layer.__name__}()" if is_class else ": write *layers" if type(layer) is list else ""
                raise OptionError(f"Sequential: layer {place} must have forward and backward; got {found}{hint}")
            check_has_params("Sequential", layer)
        if len({id(layer) for layer in layers}) < len(layers):
            raise OptionError("Sequential: a layer keeps the values of its last forward, so it cannot be used twice")
        self.layers, self.loss = list(layers), loss
        self.names = _names(self.layers)
        self.params = [W for layer in self._parts() for W in layer.params]

    @property
    def grads(self) -> list[Any]:
        """Gradients in the order of `params`."""
        return [gradient for layer in self._parts() for gradient in layer.grads]

    @property
    def named_params(self) -> dict[str, Array]:
        """Name -> parameter (the array itself), in the order of `params`."""
        return {
            f"{name}.{own}": W
            for name, layer in zip([*self.names, "loss"], self._parts())
            for own, W in zip(_own_names(layer), layer.params)
        }

    @property
    def named_buffers(self) -> dict[str, Array]:
        """Name -> array that belongs to the parameters but is not learned, such as BatchNorm's running mean."""
        return {
            f"{name}.{own}": value
            for name, layer in zip(self.names, self.layers)
            for own, value in getattr(layer, "buffers", {}).items()
        }

    def forward(self, x: Array, *targets: Array) -> Array:
        """Return the loss of a training batch; without a loss, the output of the last layer."""
        if self.loss is not None and not targets:
            raise OptionError("Sequential: forward needs a target for the loss, forward(x, t); predict(x) needs none")
        if self.loss is None and targets:
            raise OptionError("Sequential: a target was given, but the network has no loss: Sequential(..., loss=...)")
        for layer in self.layers:
            x = layer.forward(x)
        return x if self.loss is None else self.loss.forward(x, *targets)

    def backward(self, dout: Any = 1.0) -> Any:
        """Return dL/dx of the last forward, through the layers in reverse order; fill `grads`."""
        if self.loss is not None:
            dout = self.loss.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout

    def predict(self, x: Array) -> Array:
        """Return the output of the last layer, before any loss, with Dropout and BatchNorm as after training.

        The layers then hold this pass, so a backward needs a new `forward`.
        """
        self._went_forward = False
        for layer in self.layers:
            x = layer.forward(x, training=False) if _has_training(layer) else layer.forward(x)
        return x

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all parameters and buffers by name, and the layers they belong to, to a .safetensors or .npz file,
        completely or not at all.
        """
        layers = description_of(self.layers, self.loss)
        parameter_files.save(path, {**self.named_params, **self.named_buffers}, layers)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Sequential:
        """Return the network in a file that `save` wrote, built from the layers that the file names.

        Only layers of wordvec.layers are built, and nothing in the file is executed. Raises InputError for other files.

        >>> import tempfile
        >>> import numpy as np
        >>> from wordvec.layers import MatMul, Tanh
        >>> path = tempfile.mkdtemp() + "/network.safetensors"
        >>> Sequential(MatMul(np.ones((2, 3))), Tanh()).save(path)
        >>> Sequential.open(path).names
        ['matmul1', 'tanh1']
        """
        description, arrays = parameter_files.read(path)
        layers, loss = layers_of(path, description, arrays)
        if not layers:
            raise InputError(f"{path}: names no layers, and a network has at least one")
        network = cls(*layers, loss=loss)
        parameter_files.fill(path, {**network.named_params, **network.named_buffers}, arrays)
        return network

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read a file that `save` wrote into the arrays of this network, which must have the same structure.

        Raises InputError if names, shapes or dtypes differ; then nothing is changed.

        >>> import tempfile
        >>> import numpy as np
        >>> from wordvec.layers import MatMul
        >>> path = tempfile.mkdtemp() + "/network.safetensors"
        >>> Sequential(MatMul(np.ones((2, 3)))).save(path)
        >>> network = Sequential(MatMul(np.zeros((2, 3))))
        >>> network.load(path)
        >>> network.params[0].tolist()
        [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
        """
        parameter_files.load(path, {**self.named_params, **self.named_buffers})

    def _parts(self) -> list[Any]:
        return self.layers if self.loss is None else [*self.layers, self.loss]


def _names(layers: list[Any]) -> list[str]:
    """Class and number of each layer, counted by class."""
    seen: dict[str, int] = {}
    names = []
    for layer in layers:
        kind = type(layer).__name__.lower()
        seen[kind] = seen.get(kind, 0) + 1
        names.append(f"{kind}{seen[kind]}")
    return names


def _own_names(layer: Any) -> list[str]:
    """The names of a layer's parameters: its constructor's first arguments, else numbers."""
    names = list(inspect.signature(type(layer)).parameters)[: len(layer.params)]
    return names if len(names) == len(layer.params) else [str(k) for k in range(len(layer.params))]


def _has_training(layer: Any) -> bool:
    return "training" in inspect.signature(layer.forward).parameters


# What a network's file says about its layers, so that the network can be built from the file alone: JSON, no code. One
# entry per layer: its class, and its settings, such as Dropout's ratio. Only layers of wordvec.layers with one input
# are built from a file; a file with others can still be loaded into a network that was built as it was saved.


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
    """The layers, with the arrays as parameters, and the loss or None. Raises InputError if they cannot be built."""
    try:
        said = parse_json(description)
        entries, loss = said["layers"], said["loss"]
        entries = [(str(kind), dict(settings)) for kind, settings in entries]
        loss = None if loss is None else (str(loss[0]), dict(loss[1]))
    except (ValueError, TypeError, KeyError, IndexError):
        raise InputError(
            f"{path}: its description of the layers is damaged: write it again with Sequential.save"
        ) from None
    seen: dict[str, int] = {}
    layers = []
    for kind, settings in entries:
        seen[kind] = seen.get(kind, 0) + 1
        layers.append(_made(path, KINDS, kind, settings, arrays, f"{kind.lower()}{seen[kind]}"))
    return layers, None if loss is None else _made(path, LOSSES, *loss, arrays, "loss")


def _entry(layer: Any) -> list[Any]:
    """The class, and those arguments of its constructor that the layer keeps under the same names."""
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
        raise InputError(f"{path}: {name} has settings that {kind} lacks: write the file again with Sequential.save")
    parameters = {own: np.array(arrays[f"{name}.{own}"]) for own in expected if f"{name}.{own}" in arrays}
    try:
        return kinds[kind](**parameters, **settings)
    except (WordvecError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise InputError(f"{path}: {name} cannot be made from what the file holds: {error}") from None
