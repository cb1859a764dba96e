"""Interfaces between the CBOW and skip-gram trainers and the code that uses them.

Checks of options use `NeuralOptions`, the trainer's fields. Engines get a `TrainingPlan`, which is computed once from
the options and a corpus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from wordvec.arrays import Array
from wordvec.networks import CBOWNetwork, SkipGramNetwork
from wordvec.trainers.schedule import Shape  # needed at run time: the command reads the types of the options

if TYPE_CHECKING:
    from wordvec.corpus.draws.examples import ExampleSampler
    from wordvec.trainers.schedule import Schedule


class NeuralOptions(Protocol):
    """The options of `NeuralTrainer`, which describes them."""

    name: ClassVar[str]  # "skipgram" or "cbow"

    dim: int
    window: int | str
    negatives: int
    epochs: int
    subsample: float
    learning_rate: float | None
    learning_rate_end: float | None
    learning_rate_schedule: Shape
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
    slices: int | None
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
    def default_learning_rate(self) -> float:
        """For ``learning_rate=None``."""
        ...

    @property
    def schedule(self) -> Schedule:
        """How the learning rate falls."""
        ...


@dataclass(frozen=True)
class TrainingPlan:
    """The plan of training on one corpus.

    cbow            True for CBOW, False for skip-gram
    block           corpus positions in a block; most_contexts: the most contexts of a centre
    meetings        how often a row may be met in one step
    threads         of the CPU, or warps of a GPU
    slices          of a row's columns, see `wordvec.kernels.tables`; None is the default
    paths           hierarchical softmax's tree, or None
    kernel_options  options specific to this architecture's kernel
    pulls           for `wordvec.kernels.merging.expected_terms`: see `NeuralTrainer.pulls_of_a_centre`
    """

    name: str  # of the trainer, for messages and for GPU kernels
    cbow: bool
    dim: int
    epochs: int
    block: int
    most_contexts: int
    meetings: int
    schedule: Schedule
    sampler: ExampleSampler
    subsample: float
    negatives: int
    negative_power: float
    loss: str
    optimizer: str
    paths: Any
    kernel_options: Mapping[str, Any]
    pulls: tuple[float, float]
    device: str
    precision: str
    threads: int
    slices: int | None
    hogwild: bool

    def make_network(self, W_in: Array, W_out: Array) -> SkipGramNetwork | CBOWNetwork:
        """The network of layers that computes the same as the kernels."""
        if self.cbow:
            return CBOWNetwork(W_in, W_out, self.loss, self.kernel_options["gradient"], self.paths, self.meetings)
        return SkipGramNetwork(W_in, W_out, self.loss, self.paths)
