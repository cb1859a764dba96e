"""What the engines and the checks of options ask of a trainer of CBOW or skip-gram, so that they need not know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from wordvec.arrays import Array

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.corpus.draws.examples import ExampleSampler
    from wordvec.trainers.schedule import Schedule


class NeuralOptions(Protocol):
    """The options, as `NeuralTrainer` describes them, and what follows from them for a corpus."""

    name: ClassVar[str]  # "skipgram" or "cbow"

    dim: int
    window: int | str
    negatives: int
    epochs: int
    subsample: float
    learning_rate: float | None
    learning_rate_end: float | None
    learning_rate_schedule: str
    negative_power: float
    negative_sharing: str
    negative_pool: int
    shrink_window: bool
    loss: str
    optimizer: str
    batch_size: int | None
    max_meetings: int | None
    engine: str | None
    init: str
    device: str
    precision: str
    threads: int | None
    warps: int | None
    hogwild: bool
    held_out: float
    pieces: int | None
    merges: int | None
    patience: int | None
    seed: int
    subwords: bool
    min_n: int | None
    max_n: int | None
    buckets: int | None
    jamo: bool | None

    @property
    def reach(self) -> int:
        """Words on each side that a window takes in."""

    @property
    def default_learning_rate(self) -> float:
        """For ``learning_rate=None``."""

    @property
    def meetings(self) -> int:
        """How often a row may be met in one step."""

    @property
    def schedule(self) -> Schedule:
        """How the learning rate falls."""

    def learning_rate_at(self, progress: float) -> float:
        """The learning rate after this share (0 to 1) of all training."""

    def sampler(self, counts: np.ndarray) -> ExampleSampler:
        """What draws the examples for a vocabulary with these counts."""

    def paths(self, counts: np.ndarray) -> Any:
        """Hierarchical softmax's tree over words with these counts, or None."""

    def kernel_options(self, counts: np.ndarray) -> dict[str, Any]:
        """Options that only this trainer's kernel has."""

    def make_network(self, W_in: Array, W_out: Array, paths: Any = None) -> Any:
        """The network of layers."""

    @property
    def threads_to_use(self) -> int:
        """Threads of the CPU's kernel."""

    def most_contexts(self, corpus: Corpus) -> int:
        """Contexts that a centre has at most."""

    def block_for(self, corpus: Corpus) -> int:
        """Corpus positions in a block."""

    def pulls_of_a_centre(self) -> tuple[float, float]:
        """See `NeuralTrainer.pulls_of_a_centre`."""

    def warps_for(self, corpus: Corpus) -> int:
        """Warps that train at a time on a GPU."""
