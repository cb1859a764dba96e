"""Summing, repeating, averaging and multiplying."""

from __future__ import annotations

import numpy as np

from wordvec.arrays import Array, array_module
from wordvec.errors import OptionError, ShapeError
from wordvec.layers.layer import ParameterFreeLayer, as_bool, check_float


class Sum(ParameterFreeLayer):
    """y = the sum of x along `axis`, which keeps length 1.  Shapes: x (N, D) -> y (1, D) for axis 0, (N, 1) for axis 1.

    Forward and backward of Sum are backward and forward of Repeat.
    Raises ShapeError when x has no such axis.

    >>> import numpy as np
    >>> total = Sum()
    >>> total.forward(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[4.0, 6.0]]
    >>> total.backward(np.array([[1.0, 10.0]])).tolist()
    [[1.0, 10.0], [1.0, 10.0]]
    """

    def __init__(self, axis: int = 0) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, x: Array) -> Array:
        """Return the sum."""
        if not (-x.ndim <= self.axis < x.ndim):
            raise ShapeError(f"Sum: x must have an axis {self.axis}; got {x.shape}")
        self._length = x.shape[self.axis]
        return x.sum(axis=self.axis, keepdims=True)

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return array_module(dout).repeat(dout, self._length, axis=self.axis)  # every entry of x counts once


class Repeat(ParameterFreeLayer):
    """y = x repeated `times` times along `axis`.  Shapes: x (1, D) -> y (N, D) for axis 0; x (N, 1) -> y for axis 1.

    Forward and backward of Repeat are backward and forward of Sum.
    Raises ShapeError when x is not of length 1 along `axis`.

    >>> import numpy as np
    >>> repeat = Repeat(3)
    >>> repeat.forward(np.array([[1.0, 2.0]])).tolist()
    [[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]
    >>> repeat.backward(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 5.0]])).tolist()
    [[6.0, 5.0]]
    """

    def __init__(self, times: int, axis: int = 0) -> None:
        if times < 1:
            raise OptionError(f"Repeat: times must be at least 1; got {times}")
        super().__init__()
        self.times, self.axis = times, axis

    def forward(self, x: Array) -> Array:
        """Return x, `times` times."""
        if not (-x.ndim <= self.axis < x.ndim) or x.shape[self.axis] != 1:
            raise ShapeError(f"Repeat: x must be of length 1 along axis {self.axis}; got {x.shape}")
        return array_module(x).repeat(x, self.times, axis=self.axis)

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return dout.sum(axis=self.axis, keepdims=True)  # each copy of x passes its gradient back


class Mean(ParameterFreeLayer):
    """y[b] = the mean of x[b, c] over those c where mask[b, c] is not 0.

    Shapes: x (B, C, D), mask (B, C) of 0 and 1 (or bool), or None for all -> y (B, D).
    CBOW's hidden layer: near the edges of a sentence a word has fewer contexts, and the mask leaves them out.
    The mask gets no gradient.

    Raises ShapeError when a row has no unmasked entry: its mean does not exist.

    >>> import numpy as np
    >>> mean = Mean()
    >>> x = np.array([[[1.0, 2.0], [3.0, 6.0], [99.0, 99.0]]])
    >>> mean.forward(x, np.array([[1, 1, 0]])).tolist()
    [[2.0, 4.0]]
    >>> mean.backward(np.array([[1.0, 10.0]])).tolist()
    [[[0.5, 5.0], [0.5, 5.0], [0.0, 0.0]]]
    """

    def forward(self, x: Array, mask: Array | None = None) -> Array:
        """Return the mean over axis 1."""
        xp = array_module(x, mask)
        check_float("Mean", x=x)
        if x.ndim != 3 or x.shape[1] == 0 or (mask is not None and mask.shape != x.shape[:2]):
            found = "no mask" if mask is None else f"mask {mask.shape}"
            raise ShapeError(f"Mean: x must be (B, C, D) with C > 0, mask (B, C); got x {x.shape}, {found}")
        present = (xp.ones(x.shape[:2]) if mask is None else as_bool(mask)).astype(x.dtype)
        count = present.sum(axis=1, keepdims=True)
        if len(x) and not float(count.min()) > 0:
            row = int((count[:, 0] == 0).argmax())
            raise ShapeError(f"Mean: row {row} of the mask is all zero, so it has no mean; leave such rows out")
        self._weights = present / count  # (B, C), each row adds up to 1
        return (self._weights[:, None, :] @ x)[:, 0, :]

    def backward(self, dout: Array) -> Array:
        """Return dL/dx."""
        return self._weights[:, :, None] * dout[:, None, :]  # dL/dx[b, c] = weight[b, c] dL/dy[b]


class Multiply(ParameterFreeLayer):
    """z = x * y, elementwise, with numpy's broadcasting.  Shapes: x and y have one shape, or e.g. (N, D) and (1, D).

    Raises ShapeError when the shapes do not broadcast.

    >>> import numpy as np
    >>> multiply = Multiply()
    >>> multiply.forward(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0, 100.0]])).tolist()
    [[10.0, 200.0], [30.0, 400.0]]
    >>> dx, dy = multiply.backward(np.ones((2, 2)))
    >>> dx.tolist(), dy.tolist()
    ([[10.0, 100.0], [10.0, 100.0]], [[4.0, 6.0]])
    """

    def forward(self, x: Array, y: Array) -> Array:
        """Return x * y."""
        array_module(x, y)
        try:
            np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            raise ShapeError(f"Multiply: x and y must have one shape or broadcast; got {x.shape}, {y.shape}") from None
        self._x, self._y = x, y
        return x * y

    def backward(self, dout: Array) -> tuple[Array, Array]:
        """Return dL/dx and dL/dy."""
        x, y = self._x, self._y
        return _sum_to(dout * y, x.shape), _sum_to(dout * x, y.shape)  # dL/dx = y dL/dz, dL/dy = x dL/dz


def _sum_to(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Add up the axes along which an array of `shape` was repeated."""
    added = gradient.ndim - len(shape)
    if added:
        gradient = gradient.sum(axis=tuple(range(added)))
    repeated = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return gradient.sum(axis=repeated, keepdims=True) if repeated else gradient
