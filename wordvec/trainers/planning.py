"""What follows from the options of CBOW and SkipGram for one corpus: the plan that engines work on."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.arrays import Array
from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.corpus.draws.sampling import keep_probabilities
from wordvec.corpus.draws.steps import group_size, meetings_for
from wordvec.errors import OptionError
from wordvec.memory import available_cores
from wordvec.trainers.options import NeuralOptions, TrainingPlan
from wordvec.trainers.schedule import Schedule, plain_shape
from wordvec.trainers.staleness import warps_before_stale

if TYPE_CHECKING:
    from wordvec.corpus import Corpus

LARGEST_BATCH = 4096  # positions, of the layers: larger ones leave the cache and are no faster
LARGEST_BLOCK = 128  # positions, of the kernel: with 256, rows of 300 columns leave a core's cache (measured)
EXAMPLES_OF_A_BLOCK = 8192  # at most, where a wide window makes many of each centre
MOMENTUM = 10  # times as far does momentum carry a gradient, with 0.9


class Planned(NeuralOptions):
    """The part of `NeuralTrainer` that turns options into a `TrainingPlan`; all it needs is their values."""

    _reach: int | None

    @property
    def reach(self) -> int:
        """Words on each side that a window takes in on the corpus of the last `fit`, or as `window` says before one."""
        if self._reach is None and not isinstance(self.window, int):
            raise OptionError(f"{self.name}: how far window {self.window!r} reaches is known once fit has a corpus")
        return int(self.window) if self._reach is None else self._reach

    def plan_for(self, corpus: Corpus) -> TrainingPlan:
        """How `corpus` is trained on."""
        counts = corpus.vocabulary.counts
        paths = self.paths(counts)
        on_warps = self.device == "gpu" and self.engine == "kernel"
        return TrainingPlan(
            name=self.name,
            cbow=self.name == "cbow",
            dim=self.dim,
            epochs=self.epochs,
            block=self.block_for(corpus),
            most_contexts=self.most_contexts(corpus),
            meetings=self.meetings,
            schedule=self.schedule,
            sampler=self.sampler(counts),
            subsample=self.subsample,
            negatives=self.negatives,
            negative_power=self.negative_power,
            loss=self.loss,
            optimizer=self.optimizer,
            paths=paths,
            kernel_options=self.kernel_options(paths),
            make_network=partial(self.make_network, paths=paths),
            pulls=self.pulls_of_a_centre(),
            device=self.device,
            precision=self.precision,
            threads=self.warps_for(corpus) if on_warps else self.threads_to_use,
            hogwild=self.hogwild,
        )

    @abstractmethod
    def make_network(self, W_in: Array, W_out: Array, paths: Any = None) -> Any:
        """The network of layers this trainer trains; `paths` are those of hierarchical softmax's tree."""

    def paths(self, counts: np.ndarray) -> Any:
        """Hierarchical softmax's Huffman tree over words with these counts; None for other losses."""
        from wordvec.kernels.huffman import huffman_paths

        return huffman_paths(counts) if self.loss == "hierarchical-softmax" else None

    def kernel_options(self, paths: Any) -> dict[str, Any]:
        """Options that only this trainer's kernel has."""
        return {"paths": paths}

    @property
    def default_learning_rate(self) -> float:
        """For ``learning_rate=None``; with subwords fastText's."""
        return {"sgd": 0.05 if self.subwords else 0.025, "momentum": 0.0025, "nesterov": 0.0025}.get(
            self.optimizer, 0.001
        )

    @property
    def schedule(self) -> Schedule:
        """How the learning rate falls."""
        start = self.default_learning_rate if self.learning_rate is None else self.learning_rate
        shape = plain_shape(self.name, self.learning_rate_schedule)
        return Schedule(shape, start, self.learning_rate_end, self.epochs)

    def learning_rate_at(self, progress: float) -> float:
        """The learning rate after this share (0 to 1) of all training."""
        return self.schedule.at(progress)

    def sampler(self, counts: np.ndarray) -> ExampleSampler:
        """Draws this trainer's examples for a vocabulary with these counts."""
        return ExampleSampler.for_counts(counts, **self.drawing_options())

    def drawing_options(self) -> dict[str, Any]:
        """Options of `ExampleSampler.for_counts`."""
        return {
            "subsample": self.subsample,
            "power": self.negative_power,
            "window": self.reach,
            "negatives": self.negatives if self.loss == "negative-sampling" else 0,
            "negative_sharing": self.negative_sharing,
            "negative_pool": self.negative_pool if self.loss == "negative-sampling" else 0,
            "shrink_window": self.shrink_window,
            "seed": self.seed,
        }

    @property
    def meetings(self) -> int:
        """How often a row may be met in one step: `max_meetings`, or what the learning rate allows."""
        if self.max_meetings is not None:
            return self.max_meetings
        return meetings_for(self.schedule.largest * (MOMENTUM if self.optimizer in ("momentum", "nesterov") else 1))

    @property
    def threads_to_use(self) -> int:
        """Threads of the CPU's kernel: `threads`, or all cores."""
        return available_cores() if self.threads is None else self.threads

    def most_contexts(self, corpus: Corpus) -> int:
        """Contexts that a centre has at most."""
        return 2 * min(self.reach, max(1, corpus.longest_sentence - 1))

    def block_for(self, corpus: Corpus) -> int:
        """Corpus positions in a block: `batch_size`, or the default, less where a wide window makes many examples."""
        if self.batch_size is not None:
            return self.batch_size
        examples = -(-self.most_contexts(corpus) // group_size(self.meetings, tree=self.loss == "hierarchical-softmax"))
        return max(1, min(LARGEST_BLOCK if self.engine == "kernel" else LARGEST_BATCH, EXAMPLES_OF_A_BLOCK // examples))

    def warps_for(self, corpus: Corpus) -> int:
        """Warps that train at a time on a GPU: `warps`, or as many as `wordvec.trainers.staleness` allows."""
        if self.warps is not None:
            return self.warps
        step = self.schedule.largest * self._inputs_of_a_centre()
        keep = keep_probabilities(corpus.vocabulary.counts, self.subsample)
        return warps_before_stale(step, corpus, keep, self.negatives, self.negative_power)

    def _inputs_of_a_centre(self) -> float:
        """Rows of W_in that each centre pulls at, as many as its contexts, but no more than meet at once."""
        contexts = self.reach + 1.0 if self.shrink_window else 2.0 * self.reach
        return min(contexts, float(group_size(self.meetings)))

    def chance_loss(self, counts: np.ndarray) -> float:
        """The loss of a prediction by weights that know nothing: each term -log sigmoid(0), or softmax over V words."""
        if self.loss == "softmax":
            return float(np.log(max(len(counts), 2)))
        paths = self.paths(counts)
        terms = self.negatives + 1.0
        if paths is not None:
            terms = max(1.0, float((np.diff(paths.starts) * counts).sum() / counts.sum()))
        return terms * float(np.log(2))

    def pulls_of_a_centre(self) -> tuple[float, float]:
        """For `wordvec.kernels.merging.expected_terms`: predictions that pull at a token's input row, and all made."""
        contexts = self.reach + 1.0 if self.shrink_window else 2.0 * self.reach
        return contexts, contexts
