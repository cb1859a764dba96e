"""The norm of all gradients together, and scaling them down to a largest norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wordvec.arrays import array_module
from wordvec.errors import OptionError, TrainingError
from wordvec.layers.row_gradient import RowGradient

Gradient = Any  # an Array or a RowGradient


def gradient_norm(grads: Sequence[Gradient]) -> float:
    """The joint norm of all gradients: the root of the sum of all squares.

    >>> gradient_norm([np.array([3.0]), np.array([[0.0, 4.0]])])
    5.0
    """
    dense = [_numbers(gradient).ravel() for gradient in grads]
    return float(np.sqrt(sum(float(array_module(g).vdot(g, g)) for g in dense)))


def clip_gradients(grads: Sequence[Gradient], max_norm: float) -> float:
    """Scale all gradients down in place so that their joint norm is at most `max_norm`; return the norm before.

    Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks", algorithm 1. The
    option `clip_norm` of every optimizer does the same at each update. Raises OptionError unless `max_norm` is above
    0, TrainingError for a norm that is not finite.

    >>> gradient = np.array([3.0, 4.0])
    >>> clip_gradients([gradient], max_norm=1.0), gradient.round(2).tolist()
    (5.0, [0.6, 0.8])
    """
    if not max_norm > 0:
        raise OptionError(f"clip_gradients: max_norm must be above 0; got {max_norm}")
    norm = gradient_norm(grads)
    if not np.isfinite(norm):
        raise TrainingError(f"clip_gradients: the norm of the gradients is {norm}: try a lower learning_rate")
    if norm > max_norm:
        for array in {id(a): a for a in map(_numbers, grads)}.values():  # an array listed twice is scaled once
            array *= max_norm / norm
    return norm


def _numbers(gradient: Gradient) -> np.ndarray:
    return gradient.rows if isinstance(gradient, RowGradient) else gradient
