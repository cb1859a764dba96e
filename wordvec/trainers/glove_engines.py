"""The engines of GloVe for `loop.run_epochs`: one uses the kernel, the other the layers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from wordvec import rng
from wordvec.arrays import to_device, to_numpy
from wordvec.errors import OptionError
from wordvec.layers import GloVeLoss
from wordvec.memory import available_cores
from wordvec.networks import AdaGrad
from wordvec.trainers.kernel_engine import SECONDS_A_CHUNK
from wordvec.trainers.layers_engine import BATCHES_ON_GPU, CHUNK, Loss, total_of

if TYPE_CHECKING:
    from wordvec.trainers.checkpoint import Arrays

TABLES = ("W_in", "W_out", "b_in", "b_out")  # (V, D), (V, D), (V,), (V,)
SUMS = ("H_in", "H_out", "h_in", "h_out")  # AdaGrad's sums of squares for each table


LEAST_WEIGHT = 1e-4  # of the largest count: with less, vectors hardly leave their start


class GloveOptions(Protocol):
    """The options of `GloVe` that the engines use."""

    x_max: float
    alpha: float
    batch_size: int
    device: str
    threads: int | None
    seed: int

    @property
    def accumulators(self) -> tuple[float, float]:
        """The starting values of AdaGrad's sums of squares: for vectors, for biases."""
        ...


def check_some_weight(trainer: GloveOptions, largest: float) -> None:
    """Raise OptionError if even the `largest` count has next to no weight, so that nothing would be learned."""
    weight = min(1.0, largest / trainer.x_max) ** trainer.alpha
    if weight < LEAST_WEIGHT:
        raise OptionError(
            f"glove: with x_max={trainer.x_max:g} and alpha={trainer.alpha:g} even the largest count, {largest:,.4g}, "
            f"has a weight of only {weight:.1g}, so nothing would be learned: take an x_max below {largest:,.4g}"
        )


def started_tables(trainer: GloveOptions, kernel: Any, bands: int, start: Arrays) -> Any:
    """A kernel's tables in this many bands, from the arrays of `TABLES`, and of `SUMS` when training is resumed."""
    accumulator, bias_accumulator = trainer.accumulators
    tables = kernel.Tables(
        *(start[name] for name in TABLES), bands=bands, accumulator=accumulator, bias_accumulator=bias_accumulator
    )
    if SUMS[0] in start:
        tables.write_sums(*(start[name] for name in SUMS))
    return tables


class GloveKernel:
    """Trains in rounds of `wordvec.kernels.glove.cpu` or `glove.gpu` over cells cut into bands; positions are rounds.

    `start` has the arrays of `TABLES`, and of `SUMS` when training is resumed.
    """

    unit = "rounds"

    def __init__(self, trainer: GloveOptions, kernel: Any, cells: Any, start: Arrays) -> None:
        self.kernel, self.cells, self.length = kernel, cells, cells.bands
        self.chunk = max(1, cells.bands // 16)  # for the first call; later calls take about SECONDS_A_CHUNK
        self._options = {
            "seed": trainer.seed,
            "x_max": trainer.x_max,
            "alpha": trainer.alpha,
            "threads": available_cores() if trainer.threads is None else trainer.threads,
        }
        self._tables = started_tables(trainer, kernel, cells.bands, start)

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on rounds first .. last - 1 of an epoch of `tokens`."""
        start = time.perf_counter()
        total = self.kernel.train_glove(self._tables, self.cells, first=first, last=last, epoch=epoch, **self._options)
        rate = (last - first) / max(time.perf_counter() - start, 1e-9)
        self.chunk = max(1, round(rate * SECONDS_A_CHUNK))
        cells = len(self.cells)
        return Loss(total, cells * last // self.length - cells * first // self.length)

    def arrays(self) -> Arrays:
        """The current tables and sums."""
        return dict(zip(TABLES + SUMS, (*self._tables.unpack(), *self._tables.sums())))

    def largest_weight(self) -> float:
        """The largest absolute value of the word and context vectors; nan if any value is nan."""
        return float(np.max([np.abs(W).max() for W in self.vectors()]))

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """The word and the context vectors."""
        return self._tables.unpack()[:2]  # type: ignore[no-any-return]


class GloveLayers:
    """GloVeLoss and AdaGrad on mini-batches of the cells of a COO matrix; positions are cells."""

    unit = "cells"

    def __init__(self, trainer: GloveOptions, matrix: Any, start: Arrays) -> None:
        self.trainer, self.length = trainer, len(matrix.data)
        batches = BATCHES_ON_GPU if trainer.device == "gpu" else max(1, CHUNK // trainer.batch_size)
        self.chunk = trainer.batch_size * batches
        counts = matrix.data.astype(np.float32)
        self._cells = [to_device(part, trainer.device) for part in (matrix.row, matrix.col, counts)]
        self._tables = [to_device(start[name], trainer.device) for name in TABLES]
        W_in, W_out, b_in, b_out = self._tables
        self._loss = GloVeLoss(W_in, W_out, b_in, b_out, x_max=trainer.x_max, alpha=trainer.alpha, reduction="sum")
        vectors, biases = (AdaGrad(1.0, initial=initial) for initial in trainer.accumulators)
        self._optimizers = (vectors, slice(0, 2)), (biases, slice(2, 4))
        self._sums = [each.memory_of(table)[0] for each, part in self._optimizers for table in self._tables[part]]
        if SUMS[0] in start:
            for array, name in zip(self._sums, SUMS):
                array[...] = to_device(start[name], trainer.device)
        self._order: tuple[int, Any] | None = None

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on cells first .. last - 1 in the order of an epoch of `tokens`."""
        if self._order is None or self._order[0] != epoch:
            order = rng.permutation(self.trainer.seed, epoch, self.length)
            self._order = epoch, to_device(order, self.trainer.device)
        losses = []
        for begin in range(first, last, self.trainer.batch_size):
            batch = self._order[1][begin : min(begin + self.trainer.batch_size, last)]
            losses.append(self._loss.forward(*(part[batch] for part in self._cells)))
            self._loss.backward()
            for optimizer, part in self._optimizers:
                optimizer.update(self._loss.params[part], self._loss.grads[part])
        return Loss(total_of(losses), last - first)

    def arrays(self) -> Arrays:
        """The current tables and sums."""
        return {name: to_numpy(array) for name, array in zip(TABLES + SUMS, self._tables + self._sums)}

    def largest_weight(self) -> float:
        """The largest absolute value of the word and context vectors; nan if any value is nan."""
        return float(np.max([np.abs(W).max() for W in self.vectors()]))

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """The word and the context vectors."""
        return to_numpy(self._tables[0]), to_numpy(self._tables[1])
