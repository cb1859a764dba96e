"""Vectors straight from the PPMI matrix: one dimension for each of the commonest context words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec.trainers.base import Trainer, check_memory, check_options

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.trainers.svd import SVD
    from wordvec.vectors import WordVectors


@dataclass
class PPMI(Trainer):
    """Row w is PPMI(w, c) over the context words c: max(0, log P(w, c) / (P(w) P(c))), no learning at all.

    dim               how many context words are kept as dimensions, the commonest first (Bullinaria and Levy 2007);
                      a vocabulary smaller than this keeps all of them
    window, weighting, context_smoothing, shift   as in SVD
    """

    name: ClassVar[str] = "ppmi"

    dim: int = 2000
    window: int = 5
    weighting: str = "flat"
    context_smoothing: float = 0.75
    shift: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_options(
            self,
            dim=(self.dim >= 1, "at least 1"),
            window=(self.window >= 1, "at least 1"),
            weighting=(self.weighting in ("flat", "harmonic"), "'flat' or 'harmonic'"),
            shift=(self.shift >= 1, "at least 1"),
            context_smoothing=(0 < self.context_smoothing <= 1, "in (0, 1]"),
        )

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        size = len(corpus.vocabulary)
        columns = min(self.dim, size)
        check_memory(f"a PPMI matrix of {size:,} words by {columns:,} contexts", 4 * size * columns)
        matrix = count_and_weigh(self, corpus, show_progress)
        with self._history.stage("train"):
            dense = matrix[:, :columns].toarray().astype(np.float32)
        self._history.words = len(corpus.ids)
        if columns < size:
            self._history.notes.append(f"dimensions are the {columns:,} commonest of {size:,} context words")
        return self._make_vectors(corpus, dense)


def count_and_weigh(trainer: PPMI | SVD, corpus: Corpus, show_progress: bool | None) -> Any:
    """The corpus as a sparse PPMI matrix, by the trainer's window, weighting, context_smoothing and shift."""
    from wordvec.counts import count_cooccurrences, ppmi

    with trainer.history.stage("count"):
        counted = count_cooccurrences(
            corpus, window=trainer.window, weighting=trainer.weighting, show_progress=show_progress
        )
    with trainer.history.stage("ppmi"):
        return ppmi(counted.matrix, context_smoothing=trainer.context_smoothing, shift=trainer.shift)
