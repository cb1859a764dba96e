"""Vectors straight from the PPMI matrix: one dimension for each of the commonest context words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec.arrays import device_module
from wordvec.counts.gpu import matrix_on
from wordvec.counts.ppmi import CONTEXT_SMOOTHING
from wordvec.trainers.base import Trainer, check_memory, check_options, option_names
from wordvec.trainers.counting import LEAVE_NO_TRACE, count_and_weigh, counting_conditions
from wordvec.trainers.option_help import with_option_help

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors


@with_option_help
@dataclass
class PPMI(Trainer):
    """Row w is PPMI(w, c) over the context words c: max(0, log P(w, c) / (P(w) P(c))), no learning at all. Natural
    logarithms: divide by log 2 for bits.

    dim               how many context words are kept as dimensions, the commonest first (Bullinaria and Levy 2007);
                      a vocabulary smaller than this keeps all of them
    window            words counted on each side, as in word2vec
    weighting         "harmonic", 1 / distance, above "flat" on WordSim-353, SimLex-999, MEN and Google's analogies on
                      1, 3 and 17 million words (measured together with SVD's defaults, see there)
    side              contexts on "both" sides, or only on the "left" or the "right"
    subsample         words with a relative frequency above this are downsampled; 0 is none
    subsample_mode    "dirty" takes words out before windows are made, as word2vec does, "clean" after
    context_smoothing 1, none, as in `wordvec.counts.ppmi` and every figure; 0.75 (Levy, Goldberg and Dagan 2015,
                      section 3.2) gains .01 of the analogies
    shift             k in max(0, PMI - log k); 1 is none
    seed              of subsampling, the only thing drawn at random
    memory            limit of the counting, such as "2G"; beyond it temporary files are used. None is half of what is
                      free. Changes nothing about the result
    device            "cpu", or "gpu" for counting and PPMI
    threads           of counting: None is all cores; changes nothing about the result
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
        matrix = matrix_on(count_and_weigh(self, corpus, show_progress), "cpu")
        with self._history.stage("train"):
            dense = matrix[:, :columns].toarray().astype(np.float32)
        self._history.words = len(corpus.ids)
        if columns < size:
            self._history.notes.append(f"dimensions are the {columns:,} commonest of {size:,} context words")
        return self._make_vectors(corpus, dense)


def recount(info: dict[str, Any], corpus: Corpus, show_progress: bool | None = None) -> Any:
    """The sparse PPMI matrix (V, V) of a corpus as the model that `info` tells of was, or could have been, made from.

    For PPMI and SVD with their own options; for other models with their window and PPMI's other defaults, as they
    have no such matrix. `info` is that of `WordVectors`.
    """
    parameters = dict(info.get("parameters", {}))
    if "reach" in info:  # of a window that is the whole sentence
        parameters["window"] = info["reach"]
    names = set(option_names(PPMI)) - {"dim"} if info.get("trainer") in ("ppmi", "svd") else {"window"}
    return count_and_weigh(
        PPMI(**{name: parameters[name] for name in names & parameters.keys()}), corpus, show_progress
    )
