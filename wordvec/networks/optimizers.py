"""Optimizers: how a gradient changes a parameter.

All of them share ``update(params, grads)`` and the options ``learning_rate``, ``clip_norm``, ``l1``, ``l2``.

**Rows.** A RowGradient changes only its rows, in the parameter and in the optimizer's state: an optimizer with memory
(all but SGD) is then "lazy". The velocity or averages of a row stay unchanged while it gets no gradient; a dense
gradient of zero would let them decay and, with momentum, keep moving the row. Adam's bias correction counts all steps,
not only those of the row. Rows that always get a gradient get exactly the dense update.

**Tied parameters.** An array that appears twice in `params` is updated once, by the sum of its gradients. It is
recognised by identity, never by equal values; a view such as ``W.T`` is another object.

>>> import numpy as np
>>> W, W_gradient = np.array([1.0, 2.0]), np.array([10.0, 0.0])
>>> SGD(learning_rate=0.1).update([W], [W_gradient])
>>> W.tolist()
[0.0, 2.0]
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from wordvec.argument_types import check_fields
from wordvec.arrays import Array, array_module, subtract_rows
from wordvec.errors import ArgumentError, OptionError, ShapeError, TrainingError
from wordvec.layers.layer import check_parameters
from wordvec.layers.row_gradient import RowGradient, add_gradients
from wordvec.networks.clipping import Gradient, gradient_norm

ABOVE_0: tuple[Callable[[float], bool], str] = (lambda x: x > 0, "above 0")
FROM_0: tuple[Callable[[float], bool], str] = (lambda x: x >= 0, "at least 0")
SHARE: tuple[Callable[[float], bool], str] = (lambda x: 0 <= x < 1, "at least 0 and below 1")
RANGES: dict[str, tuple[Callable[[Any], bool], str]] = {  # of the options of all optimizers
    "learning_rate": ABOVE_0, "clip_norm": (lambda x: x is None or x > 0, "above 0, or None"),
    "l1": FROM_0, "l2": FROM_0, "momentum": SHARE, "decay_rate": SHARE, "beta1": SHARE, "beta2": SHARE,
    "epsilon": ABOVE_0, "initial": FROM_0,
}  # fmt: skip


@dataclass(eq=False)
class Optimizer(ABC):
    """What all optimizers share; a subclass defines in `_step` what happens to one parameter.

    learning_rate   step size; may be assigned between updates, for a schedule
    clip_norm       if the joint norm of all gradients exceeds this, scale them all down to it
                    (Pascanu, Mikolov and Bengio 2013, algorithm 1); None for never
    l1, l2          add l1 sign(W) + l2 W to each gradient after clipping, the gradient of l1 |W| + l2/2 W^2;
                    for a RowGradient to its rows only

    Raises OptionError for values out of range.
    """

    memories: ClassVar[int] = 0  # arrays shaped like the parameter that `_step` keeps between updates

    learning_rate: float = 0.01
    clip_norm: float | None = field(default=None, kw_only=True)
    l1: float = field(default=0.0, kw_only=True)
    l2: float = field(default=0.0, kw_only=True)
    steps: int = field(default=0, init=False, repr=False)
    # By id(parameter); the parameter is kept alive with it.
    _memory: dict[int, tuple[Array, list[Array]]] = field(default_factory=dict, init=False, repr=False)

    def __new__(cls, *values: Any, **options: Any) -> Any:
        """Raise ArgumentError for an unknown option."""
        known = [option.name for option in fields(cls) if option.init]
        wrong = next((name for name in options if name not in known), None)
        if wrong is not None:  # such as lr, the name in many textbooks
            raise ArgumentError(f"{cls.__name__} has no option {wrong!r}; it takes: {', '.join(known)}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        check_fields(type(self).__name__, {option.name: option.type for option in fields(self) if option.init}, self)
        for name, (holds, allowed) in RANGES.items():
            if hasattr(self, name) and not holds(value := getattr(self, name)):
                raise OptionError(f"{type(self).__name__}: {name} must be {allowed}; got {value}")

    def update(self, params: Sequence[Array], grads: Sequence[Gradient]) -> None:
        """Change `params` in place by one step along `grads`, which are not changed.

        Raises ShapeError when gradients and parameters do not match, TrainingError when clipping meets a gradient
        that is not finite.
        """
        params, grads = merge_tied(params, grads)
        scale = 1.0 if self.clip_norm is None else self._clip_scale(grads, self.clip_norm)
        self.steps += 1
        for W, gradient in zip(params, grads):
            memory = self.memory_of(W)
            if not isinstance(gradient, RowGradient):
                self._step(W, self._prepare(W, gradient, scale), memory)
            elif len(gradient.ids):
                self._step_rows(W, gradient, memory, scale)

    def _step_rows(self, W: Array, gradient: RowGradient, memory: list[Array], scale: float) -> None:
        """The step for the rows of a RowGradient."""
        ids = gradient.ids
        rows, row_memory = W[ids], [m[ids] for m in memory]
        self._step(rows, self._prepare(rows, gradient.rows, scale), row_memory)
        W[ids] = rows
        for m, row_m in zip(memory, row_memory):
            m[ids] = row_m

    @abstractmethod
    def _step(self, W: Array, gradient: Array, memory: list[Array]) -> None:
        """Change W and `memory` in place, but not `gradient`."""

    def _prepare(self, W: Array, gradient: Array, scale: float) -> Array:
        """The gradient after clipping and weight decay."""
        if scale != 1.0:
            gradient = scale * gradient
        if self.l2:
            gradient = gradient + self.l2 * W
        if self.l1:
            gradient = gradient + self.l1 * array_module(W).sign(W)
        return gradient

    def _clip_scale(self, grads: Sequence[Gradient], clip_norm: float) -> float:
        norm = gradient_norm(grads)
        if not np.isfinite(norm):
            raise TrainingError(f"the gradient's norm is {norm} at step {self.steps + 1}: try a lower learning_rate")
        return min(1.0, clip_norm / norm) if norm else 1.0

    def memory_of(self, W: Array) -> list[Array]:
        """The arrays (not copies) kept for W between updates: what a checkpoint must hold."""
        if id(W) not in self._memory:
            self._memory[id(W)] = W, [self._new_memory(W) for _ in range(self.memories)]
        return self._memory[id(W)][1]

    def _new_memory(self, W: Array) -> Array:
        """The initial value of a memory of W."""
        return array_module(W).zeros_like(W)


class SGD(Optimizer):
    """W <- W - learning_rate * gradient."""

    def _step(self, W: Array, gradient: Array, memory: list[Array]) -> None:
        W -= self.learning_rate * gradient

    def _step_rows(self, W: Array, gradient: RowGradient, memory: list[Array], scale: float) -> None:
        if self.l1 or self.l2:  # weight decay needs the rows themselves
            super()._step_rows(W, gradient, memory, scale)
        else:
            subtract_rows(W, gradient.ids, self._prepare(W, gradient.rows, scale), self.learning_rate)


@dataclass(eq=False)
class Momentum(Optimizer):
    """v <- momentum v - learning_rate * gradient;  W <- W + v  (Polyak 1964)."""

    memories: ClassVar[int] = 1

    momentum: float = 0.9

    def _step(self, W: Array, gradient: Array, memory: list[Array]) -> None:
        (v,) = memory
        v *= self.momentum
        v -= self.learning_rate * gradient
        W += v


class Nesterov(Momentum):
    """v <- momentum v - learning_rate * gradient;  W <- W + momentum v - learning_rate * gradient.

    Nesterov's accelerated gradient with W at the look-ahead point (Bengio, Boulanger-Lewandowski and
    Pascanu 2013, "Advances in optimizing recurrent networks", eq. 7; there momentum^2 v_old - (1 + momentum)
    learning_rate * gradient, which is the same). "Deep Learning from Scratch" puts the new v into that second form,
    which gives a different step.
    """

    def _step(self, W: Array, gradient: Array, memory: list[Array]) -> None:
        (v,) = memory
        step = self.learning_rate * gradient
        v *= self.momentum
        v -= step
        W += self.momentum * v
        W -= step


@dataclass(eq=False)
class AdaGrad(Optimizer):
    """h <- h + gradient^2;  W <- W - learning_rate * gradient / (sqrt(h) + epsilon)  (Duchi, Hazan and Singer 2011).

    initial   initial value of h: with 0 the first step of each element is learning_rate, whatever its gradient
    """

    memories: ClassVar[int] = 1

    epsilon: float = 1e-7
    initial: float = field(default=0.0, kw_only=True)

    def _new_memory(self, W: Array) -> Array:
        return array_module(W).full_like(W, self.initial)

    def _step(self, W: Array, gradient: Array, memory: list[Array]) -> None:
        (h,) = memory
        h += gradient**2
        W -= self.learning_rate * gradient / (array_module(h).sqrt(h) + self.epsilon)


@dataclass(eq=False)
class RMSprop(Optimizer):
    """h <- decay_rate h + (1 - decay_rate) gradient^2;  W <- W - learning_rate * gradient / (sqrt(h) + epsilon).

    Tieleman and Hinton 2012, lecture 6.5 of "Neural networks for machine learning".
    """

    memories: ClassVar[int] = 1

    decay_rate: float = 0.99
    epsilon: float = 1e-7

    def _step(self, W: Array, gradient: Array, memory: list[Array]) -> None:
        (h,) = memory
        h *= self.decay_rate
        h += (1 - self.decay_rate) * gradient**2
        W -= self.learning_rate * gradient / (array_module(h).sqrt(h) + self.epsilon)


@dataclass(eq=False)
class Adam(Optimizer):
    """m <- beta1 m + (1 - beta1) gradient;  v <- beta2 v + (1 - beta2) gradient^2;
    W <- W - learning_rate * m' / (sqrt(v') + epsilon),  m' = m / (1 - beta1^t),  v' = v / (1 - beta2^t)  at step t.

    Kingma and Ba 2015, "Adam: a method for stochastic optimization", algorithm 1.
    """

    memories: ClassVar[int] = 2

    learning_rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def _step(self, W: Array, gradient: Array, memory: list[Array]) -> None:
        m, v = memory
        m += (1 - self.beta1) * (gradient - m)
        v += (1 - self.beta2) * (gradient**2 - v)
        root = array_module(v).sqrt(v / (1 - self.beta2**self.steps))
        W -= (self.learning_rate / (1 - self.beta1**self.steps)) * m / (root + self.epsilon)


def merge_tied(params: Sequence[Array], grads: Sequence[Gradient]) -> tuple[list[Array], list[Gradient]]:
    """Each parameter once, with the sum of its gradients; parameters are compared by identity.

    Raises ShapeError when a gradient is not shaped like its parameter, and for arrays: their rows have no identity.

    >>> W, V = np.zeros(1), np.zeros(1)  # equal, but two parameters
    >>> params, grads = merge_tied([W, V, W], [np.array([1.0]), np.array([2.0]), np.array([3.0])])
    >>> len(params), [g.tolist() for g in grads]
    (2, [[4.0], [2.0]])
    """
    for given in (params, grads):
        if hasattr(given, "reshape") or not hasattr(given, "__len__") or isinstance(given, Mapping):
            raise ShapeError(f"update takes lists of arrays, as in update([W], [dW]); got a {type(given).__name__}")
    if len(params) != len(grads):
        raise ShapeError(f"update needs one gradient for each parameter; got {len(params)} and {len(grads)}")
    merged: dict[int, tuple[Array, Gradient]] = {}
    for k, (W, gradient) in enumerate(zip(params, grads)):
        check_parameters("update", **{f"params[{k}]": W})
        if W.shape != (shape := getattr(gradient, "shape", None)):
            found = f"a {type(gradient).__name__}" if shape is None else shape
            raise ShapeError(f"gradient {k} must be {W.shape} like its parameter; got {found}")
        seen = merged.get(id(W))
        merged[id(W)] = W, gradient if seen is None else add_gradients(seen[1], gradient)
    return [W for W, _ in merged.values()], [gradient for _, gradient in merged.values()]
