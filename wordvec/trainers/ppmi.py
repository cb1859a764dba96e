"""Vectors directly from the PPMI matrix, one dimension for each common context; and counting for trainers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec.arrays import device_module, gpu_memory_errors
from wordvec.counts.cooccurrence import (
    SIDES,
    Cooccurrence,
    count_cooccurrences,
    gather_counts,
)
from wordvec.counts.gpu import LOWER, matrix_on
from wordvec.counts.lanczos import TOLERANCE
from wordvec.counts.ppmi import CONTEXT_SMOOTHING, ppmi
from wordvec.counts.ppmi_on_cluster import dense_rows
from wordvec.counts.stream import WEIGHTINGS, weights_of
from wordvec.counts.svd import SVD, truncated_svd
from wordvec.counts.svd_on_cluster import svd_on_cluster
from wordvec.errors import OptionError, TrainingError
from wordvec.memory import parse_bytes
from wordvec.trainers.base import Trainer
from wordvec.trainers.checks import check_memory, check_options, check_words_meet, option_names
from wordvec.trainers.option_help import with_option_help

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus
    from wordvec.counts.ppmi_on_cluster import Weighed
    from wordvec.vectors import WordVectors

UNRECORDED = ("memory", "threads")  # options of counting that do not change the result


@with_option_help
@dataclass
class PPMI(Trainer):
    """Row w is PPMI(w, c) over the context words c: max(0, log P(w, c) / (P(w) P(c))). Nothing is trained.

    Logarithms are natural: divide by log 2 for bits.

    dim               number of context words kept as dimensions, the commonest first (Bullinaria and Levy 2007);
                      a smaller vocabulary keeps all of them
    window            words counted on each side, as in word2vec
    weighting         "harmonic" is 1 / distance; it scores above "flat" on WordSim-353, SimLex-999, MEN and Google's
                      analogies with 1, 3 and 17 million words (measured together with SVD's defaults, see there)
    side              contexts on "both" sides, or only on the "left" or the "right"
    subsample         words with a relative frequency above this are downsampled; 0 turns it off
    subsample_mode    "dirty" removes words before windows are made, as word2vec does; "clean" removes them after
    context_smoothing 1 is no smoothing, as in `wordvec.counts.ppmi` and all figures; 0.75 (Levy, Goldberg and Dagan
                      2015, section 3.2) gains .01 on the analogies
    shift             k in max(0, PMI - log k); 1 is no shift
    seed              seed of subsampling, the only random part
    memory            memory limit of the counting, such as "2G"; beyond it temporary files are used. None is half of
                      the free memory. Does not change the result
    device            "cpu", or "gpu" for counting and PPMI
    threads           threads of counting. None is all cores; does not change the result
    """

    name: ClassVar[str] = "ppmi"
    unrecorded: ClassVar[tuple[str, ...]] = UNRECORDED

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


def recount(info: dict[str, Any], corpus: Corpus) -> Any:
    """The sparse PPMI matrix (V, V) of a corpus, with the options of the model described by `info`.

    `info` is `WordVectors.info`. PPMI and SVD models use their own options. Other models have no such matrix: they use
    their window, and PPMI's defaults for the rest.
    """
    parameters = dict(info.get("parameters", {}))
    if "reach" in info:  # the window was the whole sentence
        parameters["window"] = info["reach"]
    names = set(option_names(PPMI)) - {"dim"} if info.get("trainer") in ("ppmi", "svd") else {"window"}
    return count_and_weigh(PPMI(**{name: parameters[name] for name in names & parameters.keys()}), corpus, None)


# The options of counting are the same for all trainers that count: PPMI, SVD and GloVe. They are fields of each
# trainer: window, weighting, side, subsample, subsample_mode, memory, threads, device, seed.


COUNTING = ("window", "weighting", "side", "subsample", "subsample_mode", "seed")  # options that determine the counts


def counting_conditions(trainer: Any) -> dict[str, tuple[bool, str]]:
    """Conditions for `check_options`; raises OptionError itself for an invalid `memory` or too wide a window."""
    if trainer.memory is not None:
        parse_bytes(trainer.memory)
    if trainer.window >= 1 and trainer.weighting in WEIGHTINGS:
        weights_of(trainer.window, trainer.weighting)
    return {
        "window": (isinstance(trainer.window, int) and trainer.window >= 1, "at least 1"),
        "weighting": (trainer.weighting in WEIGHTINGS, "'flat', 'harmonic' or 'linear'"),
        "side": (trainer.side in SIDES, "'both', 'left' or 'right'"),
        "subsample": (trainer.subsample >= 0, "0 (off) or positive, such as 1e-3"),
        "subsample_mode": (trainer.subsample_mode in ("dirty", "clean"), "'dirty' or 'clean'"),
        "threads": (trainer.threads is None or trainer.threads >= 1, "at least 1"),
        "device": (trainer.device in ("cpu", "gpu"), "'cpu' or 'gpu'"),
    }


def count_corpus(trainer: Any, corpus: Corpus, show_progress: bool | None) -> Cooccurrence:
    """The corpus counted with the trainer's options, on its device; records the time in its history as "count"."""
    options = {name: getattr(trainer, name) for name in COUNTING}
    where = {name: getattr(trainer, name) for name in ("memory", "threads", "device")}
    _note_no_effect(trainer)
    with trainer.history.stage("count"):
        if trainer._cluster is not None:
            return gather_counts(trainer._cluster, corpus, options, trainer.memory, show_progress)
        return count_cooccurrences(corpus, **options, **where, show_progress=show_progress)


def count_and_weigh(trainer: Any, corpus: Corpus, show_progress: bool | None) -> Any:
    """The corpus as a sparse PPMI matrix on the trainer's device, with its options of counting, smoothing and shift.

    On a cluster the matrix stays there, as a `Weighed`. Raises TrainingError if no PPMI is positive, as there would be
    nothing to train on.
    """
    if trainer._cluster is not None:
        return _weigh_on_cluster(trainer, trainer._cluster, corpus, show_progress)
    counted = count_corpus(trainer, corpus, show_progress)
    check_words_meet(counted.matrix.nnz)
    what = f"{trainer.name}: the PPMI of {counted.matrix.nnz:,} cells"
    with trainer.history.stage("ppmi"), gpu_memory_errors(what, lower=LOWER, device=trainer.device):
        # In place: the counts are not needed any more.
        matrix = ppmi(counted, context_smoothing=trainer.context_smoothing, shift=trainer.shift, in_place=True)
    _check_has_cells(trainer, matrix.nnz)
    return matrix


def _weigh_on_cluster(trainer: Any, cluster: Cluster, corpus: Corpus, show_progress: bool | None) -> Weighed:
    from wordvec.counts.on_cluster import count_on_cluster
    from wordvec.counts.ppmi_on_cluster import ppmi_on_cluster

    _note_no_effect(trainer)
    with trainer.history.stage("count"):
        counts = count_on_cluster(cluster, corpus, {name: getattr(trainer, name) for name in COUNTING}, show_progress)
    check_words_meet(counts.cells)
    with trainer.history.stage("ppmi"):
        smoothing, shift = trainer.context_smoothing, trainer.shift
        same, for_solver = trainer.side == "both", not isinstance(trainer, PPMI)
        weighed = ppmi_on_cluster(cluster, counts, same, smoothing, shift, show_progress, with_transpose=for_solver)
    _check_has_cells(trainer, weighed.cells)
    return weighed


def factorise(trainer: Any, matrix: Any, dim: int, tolerance: float = TOLERANCE) -> SVD:
    """The truncated SVD of the matrix from `count_and_weigh`, with the trainer's seed and threads."""
    how = {"seed": trainer.seed, "threads": trainer.threads, "tolerance": tolerance}
    try:
        if trainer._cluster is None:
            return truncated_svd(matrix, dim, **how)
        return svd_on_cluster(trainer._cluster, matrix, dim, **how)
    except OptionError as error:
        if trainer.subsample and dim <= min(matrix.shape):
            raise OptionError(f"{error}, or a larger subsample, which now leaves few words") from None
        raise


def _note_no_effect(trainer: Any) -> None:
    """Not an error: a search may try subsample 0 with any mode."""
    if trainer.subsample_mode == "clean" and not trainer.subsample:
        trainer.history.notes.append("subsample_mode 'clean' changed nothing, as subsample is 0")


def _check_has_cells(trainer: Any, cells: int) -> None:
    if not cells:
        why = "or subsample leaves too few words" if trainer.subsample else "or too uniform"
        raise TrainingError(
            f"{trainer.name}: no two words meet more than {trainer.shift:g} times as often as by chance: the text is "
            f"too small {why}, or shift is too large"
        )
