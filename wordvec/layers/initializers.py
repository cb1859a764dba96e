"""Initial values of a weight matrix, scaled so that signals keep their size from layer to layer."""

from __future__ import annotations

import numpy as np

from wordvec.errors import OptionError, ShapeError


def xavier(rng: np.random.Generator, shape: tuple[int, int], uniform: bool = False) -> np.ndarray:
    """Random weights of variance 2 / (fan_in + fan_out), for layers followed by tanh or sigmoid.

    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 12 and 16:
    the compromise between keeping the variance of the signal forward (1 / fan_in) and of the gradient backward
    (1 / fan_out). Normal, or uniform in +-sqrt(6 / (fan_in + fan_out)).

    Shapes: (fan_in, fan_out) = (D, V) -> W (D, V), float64. Raises ShapeError for another number of axes.

    >>> W = xavier(np.random.default_rng(seed=1), (300, 100))
    >>> W.shape, round(float(W.std()), 2)  # sqrt(2 / 400) = 0.0707
    ((300, 100), 0.07)
    """
    fan_in, fan_out = _fans("xavier", rng, shape)
    return _draw(rng, shape, 2 / (fan_in + fan_out), uniform)


def he(rng: np.random.Generator, shape: tuple[int, int], uniform: bool = False) -> np.ndarray:
    """Random weights of variance 2 / fan_in, for layers followed by ReLU.

    He, Zhang, Ren and Sun 2015, "Delving deep into rectifiers", eq. 10: ReLU sets half of a symmetric signal to 0, so
    the variance is twice that of a linear layer. Normal, or uniform in +-sqrt(6 / fan_in).

    Shapes: (fan_in, fan_out) = (D, V) -> W (D, V), float64. Raises ShapeError for another number of axes.

    >>> W = he(np.random.default_rng(seed=1), (200, 300))
    >>> W.shape, round(float(W.std()), 2)  # sqrt(2 / 200) = 0.1
    ((200, 300), 0.1)
    """
    fan_in, _ = _fans("he", rng, shape)
    return _draw(rng, shape, 2 / fan_in, uniform)


def _fans(name: str, rng: np.random.Generator, shape: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(rng, np.random.Generator):
        raise OptionError(
            f"{name}: rng must be a numpy random generator, such as np.random.default_rng(1); "
            f"got a {type(rng).__name__}"
        )
    if len(shape) != 2 or min(shape) < 1:
        raise ShapeError(f"{name}: shape must be (fan_in, fan_out), both at least 1; got {tuple(shape)}")
    return shape


def _draw(rng: np.random.Generator, shape: tuple[int, int], variance: float, uniform: bool) -> np.ndarray:
    if uniform:
        limit = np.sqrt(3 * variance)  # a uniform variable in +-limit has variance limit^2 / 3
        return rng.uniform(-limit, limit, size=shape)
    return rng.normal(scale=np.sqrt(variance), size=shape)
