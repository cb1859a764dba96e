"""What `cpu.py` and `gpu.py` compute, written with layers: the same call, slow, for any float dtype.

**The step.** One cell at a time, in the order of `cells.py`: GloVeLoss forward and backward, then AdaGrad on the
two rows and the two biases. Each of the four starts its sums of squares h from a given value above 0, so there is no
epsilon: h <- h + gradient^2, W <- W - learning_rate gradient / sqrt(h).
"""

from __future__ import annotations

import numpy as np

from wordvec.kernels.glove.cells import Cells, check_call, check_tables, order_in_tile, schedule
from wordvec.layers import GloVeLoss
from wordvec.networks import AdaGrad

NO_EPSILON = 1e-30  # added to a square root above 1e-15 it is lost in rounding


class Tables:
    """Both tables, both biases and their AdaGrad; the counterpart of `wordvec.kernels.glove.cpu.Tables`.

    W_in, W_out  (V, D); b_in, b_out (V,); copied
    bands        those of the cells that will be trained on
    accumulator, bias_accumulator   initial values of AdaGrad's sums of squares; above 0

    Raises ShapeError for shapes that do not fit, OptionError for accumulators of 0 or below.
    """

    def __init__(
        self,
        W_in: np.ndarray,
        W_out: np.ndarray,
        b_in: np.ndarray,
        b_out: np.ndarray,
        *,
        bands: int,
        accumulator: float,
        bias_accumulator: float,
    ) -> None:
        check_tables(W_in, W_out, b_in, b_out, bands, (accumulator, bias_accumulator))
        self.params = [array.copy() for array in (W_in, W_out, b_in, b_out)]
        self.size, self.bands = len(W_in), bands
        starts = (accumulator, bias_accumulator)
        self.optimizers = [AdaGrad(epsilon=NO_EPSILON, initial=start) for start in starts]

    def unpack(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Copies of W_in, W_out (V, D), b_in and b_out (V,) as they are now."""
        W_in, W_out, b_in, b_out = (array.copy() for array in self.params)
        return W_in, W_out, b_in, b_out


def train_glove(
    tables: Tables,
    cells: Cells,
    *,
    first: int,
    last: int,
    epoch: int,
    seed: int,
    learning_rate: float = 1.0,
    x_max: float = 100.0,
    alpha: float = 0.75,
    threads: int = 1,
) -> float:
    """Train on rounds first .. last - 1 of an epoch, in place; return the sum of the cells' losses before each step.

    The loss of a cell is f(X) (w_i . c_j + b_i + b_j - log X)^2 (see `wordvec.layers.GloVeLoss`).

    cells        cut into as many bands as `tables`
    first, last  rounds in 0 .. T: an epoch is T of them, T tiles each
    threads      for compiled kernels; no effect here

    Raises ShapeError when tables and cells do not fit, OptionError for rounds out of range.
    """
    check_call(tables, cells, first, last, threads)
    W_in, W_out, b_in, b_out = tables.params
    layer = GloVeLoss(W_in, W_out, b_in, b_out, x_max=x_max, alpha=alpha, reduction="sum")
    total = 0.0
    for tile in schedule(cells.bands, seed, epoch)[first:last].ravel().tolist():
        rows, columns, counts = cells.tile(tile)
        for k in order_in_tile(len(rows), tile, seed, epoch).tolist():
            one = slice(k, k + 1)
            total += float(layer.forward(rows[one], columns[one], counts[one]))
            layer.backward()
            for optimizer, part in zip(tables.optimizers, (slice(0, 2), slice(2, 4))):
                optimizer.learning_rate = learning_rate
                optimizer.update(layer.params[part], layer.grads[part])
    return total
