"""Vectors straight from the PPMI matrix: one dimension for each of the commonest context words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec.arrays import device_module
from wordvec.counts.gpu import matrix_on
from wordvec.counts.ppmi import CONTEXT_SMOOTHING
from wordvec.counts.ppmi_on_cluster import dense_rows
from wordvec.trainers.base import Trainer, check_memory, check_options
from wordvec.trainers.counting import LEAVE_NO_TRACE, count_and_weigh, counting_conditions

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors


@dataclass
class PPMI(Trainer):
    """Row w is PPMI(w, c) over the context words c: max(0, log P(w, c) / (P(w) P(c))), no learning at all. Natural
    logarithms: divide by log 2 for bits.

    dim               how many context words are kept as dimensions, the commonest first (Bullinaria and Levy 2007);
                      a vocabulary smaller than this keeps all of them
    window            5 words on each side
    weighting         "harmonic", above "flat" on WordSim-353, SimLex-999, MEN and Google's analogies on 1, 3 and 17
                      million words (measured beside SVD's defaults, see there)
    context_smoothing 1, none, as in `wordvec.counts.ppmi` and every figure; 0.75 (Levy, Goldberg and Dagan 2015,
                      section 3.2) gains .01 of the analogies
    side, subsample, subsample_mode, shift, seed, memory, device, threads   as in SVD
    """

    name: ClassVar[str] = "ppmi"

    dim: int = 2000
    window: int = 5
    weighting: str = "harmonic"
    side: str = "both"
    subsample: float = 0.0
    subsample_mode: str = "dirty"
    context_smoothing: float = CONTEXT_SMOOTHING
    shift: float = 1.0
    seed: int = 1
    memory: str | int | None = None
    device: str = "cpu"
    threads: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_options(
            self,
            dim=(self.dim >= 1, "at least 1"),
            **counting_conditions(self),
            shift=(self.shift >= 1, "at least 1"),
            context_smoothing=(0 < self.context_smoothing <= 1, "in (0, 1]"),
        )

    def parameters(self) -> dict[str, Any]:
        """All options, less those that change nothing about the result."""
        return {name: value for name, value in super().parameters().items() if name not in LEAVE_NO_TRACE}

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        size = len(corpus.vocabulary)
        columns = min(self.dim, size)
        check_memory(f"a PPMI matrix of {size:,} words by {columns:,} contexts", 4 * size * columns)
        device_module(self.device)
        matrix = count_and_weigh(self, corpus, show_progress)
        with self._history.stage("train"):
            if self._cluster is None:
                dense = matrix_on(matrix, "cpu")[:, :columns].toarray().astype(np.float32)
            else:
                calls = [(name, size, columns) for name in matrix.names]
                dense = np.concatenate(self._cluster.run(dense_rows, calls, "ppmi", show_progress))
        self._history.words = len(corpus.ids)
        if columns < size:
            self._history.notes.append(f"dimensions are the {columns:,} commonest of {size:,} context words")
        return self._make_vectors(corpus, dense)
