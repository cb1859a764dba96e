"""The options of counting, alike for all trainers that count: PPMI, SVD and GloVe.

A trainer has them as fields of its own: window, weighting, side, subsample, subsample_mode, memory, threads, device,
seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wordvec.arrays import gpu_memory_errors
from wordvec.counts.cooccurrence import (
    SIDES,
    Cooccurrence,
    count_cooccurrences,
    gather_counts,
)
from wordvec.counts.gpu import LOWER
from wordvec.counts.lanczos import TOLERANCE
from wordvec.counts.ppmi import ppmi
from wordvec.counts.ppmi_on_cluster import svd_on_cluster
from wordvec.counts.stream import WEIGHTINGS, weights_of
from wordvec.counts.svd import SVD, truncated_svd
from wordvec.errors import TrainingError
from wordvec.memory import parse_bytes

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus
    from wordvec.counts.ppmi_on_cluster import Weighed

COUNTING = ("window", "weighting", "side", "subsample", "subsample_mode", "seed")  # options of what is counted
LEAVE_NO_TRACE = ("memory", "threads")  # options that change nothing about the result, so its file does not name them


def counting_conditions(trainer: Any) -> dict[str, tuple[bool, str]]:
    """For `check_options`; raises OptionError at once for a `memory` that is no size and a window that is too wide."""
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
    """The corpus counted with the trainer's options, on its device; its history gets the time as stage "count"."""
    options = {name: getattr(trainer, name) for name in COUNTING}
    where = {name: getattr(trainer, name) for name in ("memory", "threads", "device")}
    with trainer.history.stage("count"):
        if trainer._cluster is not None:
            return gather_counts(trainer._cluster, corpus, options, trainer.memory, show_progress)
        return count_cooccurrences(corpus, **options, **where, show_progress=show_progress)


def count_and_weigh(trainer: Any, corpus: Corpus, show_progress: bool | None) -> Any:
    """The corpus as a sparse PPMI matrix on the trainer's device, by its options of counting, smoothing and shift.

    On a cluster it stays there, as a `Weighed`. Raises TrainingError where no PPMI is positive: there would be nothing
    to train on.
    """
    if trainer._cluster is not None:
        return _weigh_on_cluster(trainer, trainer._cluster, corpus, show_progress)
    counted = count_corpus(trainer, corpus, show_progress)
    what = f"{trainer.name}: the PPMI of {counted.matrix.nnz:,} cells"
    with trainer.history.stage("ppmi"), gpu_memory_errors(what, lower=LOWER, device=trainer.device):
        # In place: nobody needs the counts any more.
        matrix = ppmi(counted, context_smoothing=trainer.context_smoothing, shift=trainer.shift, in_place=True)
    _check_has_cells(trainer, matrix.nnz)
    return matrix


def _weigh_on_cluster(trainer: Any, cluster: Cluster, corpus: Corpus, show_progress: bool | None) -> Weighed:
    from wordvec.counts.on_cluster import count_on_cluster
    from wordvec.counts.ppmi_on_cluster import ppmi_on_cluster

    with trainer.history.stage("count"):
        counts = count_on_cluster(cluster, corpus, {name: getattr(trainer, name) for name in COUNTING}, show_progress)
    with trainer.history.stage("ppmi"):
        smoothing, shift = trainer.context_smoothing, trainer.shift
        weighed = ppmi_on_cluster(cluster, counts, trainer.side == "both", smoothing, shift, show_progress)
    _check_has_cells(trainer, weighed.cells)
    return weighed


def factorise(trainer: Any, matrix: Any, dim: int, tolerance: float = TOLERANCE) -> SVD:
    """The truncated SVD of what `count_and_weigh` gave, where that is, by the trainer's seed and threads."""
    how = {"seed": trainer.seed, "threads": trainer.threads, "tolerance": tolerance}
    if trainer._cluster is None:
        return truncated_svd(matrix, dim, **how)
    return svd_on_cluster(trainer._cluster, matrix, dim, **how)


def _check_has_cells(trainer: Any, cells: int) -> None:
    if not cells:
        raise TrainingError(
            f"{trainer.name}: no two words meet more than {trainer.shift:g} times as often as by chance: the text is "
            "too small or too uniform, or shift is too large"
        )
