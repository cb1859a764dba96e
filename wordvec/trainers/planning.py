"""The plan that engines work on: what follows from the options of CBOW and SkipGram for one corpus.

It includes how far windows reach, how large a block is, and how many warps of a GPU may train at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.corpus.draws.sampling import keep_probabilities, negative_weights
from wordvec.corpus.draws.steps import group_size, meetings_for
from wordvec.errors import OptionError, counted
from wordvec.memory import available_cores
from wordvec.trainers.checks import check_memory
from wordvec.trainers.options import NeuralOptions, TrainingPlan
from wordvec.trainers.schedule import Schedule

if TYPE_CHECKING:
    from wordvec.corpus import Corpus


LARGEST_BATCH = 4096  # positions, for the layers: larger batches exceed the cache and are no faster
BLOCK_OF_SUBWORDS = 64  # positions: in 128 the bound cuts twice as many parts, and analogies score less (measured)
LARGEST_BLOCK = 128  # positions, for the kernel: with 256, rows of 300 columns exceed a core's cache (measured)
EXAMPLES_OF_A_BLOCK = 8192  # at most; a wide window makes many examples of each centre
BYTES_OF_A_PAIR = 36  # for each context and output of a position in a block, in the kernel's four buffers (measured)
MOMENTUM = 10  # momentum 0.9 moves weights this many times as far as a single gradient


class Planned(NeuralOptions):
    """The part of `NeuralTrainer` that makes a `TrainingPlan` from the options."""

    _reach: int | None

    @property
    def reach(self) -> int:
        """Words on each side in a window on the corpus of the last `fit`; before a `fit`, `window` itself."""
        if self._reach is None and not isinstance(self.window, int):
            raise OptionError(f"{self.name}: how far window {self.window!r} reaches is known once fit has a corpus")
        return int(self.window) if self._reach is None else self._reach

    def plan_for(self, corpus: Corpus) -> TrainingPlan:
        """The plan of training on `corpus`."""
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
            meetings=self.meetings_on(corpus),
            schedule=self.schedule,
            sampler=self.sampler(counts),
            subsample=self.subsample,
            negatives=self.negatives,
            negative_power=self.negative_power,
            loss=self.loss,
            optimizer=self.optimizer,
            paths=paths,
            kernel_options=self.kernel_options(paths),
            pulls=self.pulls_of_a_centre(),
            device=self.device,
            precision=self.precision,
            threads=self.warps_for(corpus) if on_warps else self.threads_to_use,
            slices=1 if self.hogwild else self.slices,  # Hogwild's threads share no row's work
            hogwild=self.hogwild,
        )

    def paths(self, counts: np.ndarray) -> Any:
        """Hierarchical softmax's Huffman tree over words with these counts; None for other losses."""
        from wordvec.kernels.huffman import huffman_paths

        return huffman_paths(counts) if self.loss == "hierarchical-softmax" else None

    def kernel_options(self, paths: Any) -> dict[str, Any]:
        """Options that only this trainer's kernel has."""
        return {"paths": paths}

    @property
    def default_learning_rate(self) -> float:
        """For ``learning_rate=None``; with subwords it is fastText's."""
        return {"sgd": 0.05 if self.subwords else 0.025, "momentum": 0.0025, "nesterov": 0.0025}.get(
            self.optimizer, 0.001
        )

    @property
    def schedule(self) -> Schedule:
        """How the learning rate falls."""
        start = self.default_learning_rate if self.learning_rate is None else self.learning_rate
        shape = cast("str | tuple[float, ...]", self.learning_rate_schedule)  # converted by plain_shape
        return Schedule(shape, start, self.learning_rate_end, self.epochs)

    def learning_rate_at(self, progress: float) -> float:
        """The learning rate after this share (0 to 1) of all training."""
        return self.schedule.at(progress)

    def sampler(self, counts: np.ndarray) -> ExampleSampler:
        """The sampler of this trainer's examples, for a vocabulary with these counts."""
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

    def meetings_on(self, corpus: Corpus) -> int:
        """`meetings` on this corpus; for CBOW fewer where few words make up the text."""
        return self.meetings

    @property
    def threads_to_use(self) -> int:
        """Threads of the CPU's kernel: `threads`, or all cores."""
        return available_cores() if self.threads is None else self.threads

    def most_contexts(self, corpus: Corpus) -> int:
        """The most contexts of a centre."""
        return 2 * min(self.reach, max(1, corpus.longest_sentence - 1))

    def block_for(self, corpus: Corpus) -> int:
        """Corpus positions in a block: `batch_size`, or the default, or fewer if a wide window makes many examples."""
        if self.batch_size is not None:
            block = min(self.batch_size, max(1, len(corpus.ids)))  # a longer one is the same
            contexts, outputs = self.most_contexts(corpus), 1 + self.negatives
            outputs *= contexts if self.negative_sharing == "pair" else 1
            needed = BYTES_OF_A_PAIR * block * (contexts + outputs)
            check_memory(f"{self.name}: a block of {counted(block, 'position')}", needed, "a smaller --batch-size")
            return block
        examples = -(-self.most_contexts(corpus) // group_size(self.meetings, tree=self.loss == "hierarchical-softmax"))
        largest = BLOCK_OF_SUBWORDS if self.subwords else LARGEST_BLOCK if self.engine == "kernel" else LARGEST_BATCH
        return max(1, min(largest, EXAMPLES_OF_A_BLOCK // examples))

    def warps_for(self, corpus: Corpus) -> int:
        """Warps that train at the same time on a GPU: `warps`, or as many as `warps_before_stale` allows."""
        if self.warps is not None:
            return self.warps
        step = self.schedule.largest * self._inputs_of_a_centre()
        keep = keep_probabilities(corpus.vocabulary.counts, self.subsample)
        return warps_before_stale(step, corpus, keep, self.negatives, self.negative_power)

    def _inputs_of_a_centre(self) -> float:
        """Rows of W_in that a centre changes in one step: its contexts, at most a group of them."""
        contexts = self.reach + 1.0 if self.shrink_window else 2.0 * self.reach
        return min(contexts, float(group_size(self.meetings)))

    def chance_loss(self, counts: np.ndarray) -> float:
        """The loss of a prediction by untrained weights: -log sigmoid(0) for each term, or softmax over V words."""
        if self.loss == "softmax":
            return float(np.log(max(len(counts), 2)))
        paths = self.paths(counts)
        terms = self.negatives + 1.0
        if paths is not None:
            terms = max(1.0, float((np.diff(paths.starts) * counts).sum() / counts.sum()))
        return terms * float(np.log(2))

    def pulls_of_a_centre(self) -> tuple[float, float]:
        """For `wordvec.kernels.merging.expected_terms`: predictions that change a token's input row, and all made."""
        contexts = self.reach + 1.0 if self.shrink_window else 2.0 * self.reach
        return contexts, contexts


# How far a window reaches: this many words on each side, or the whole sentence.


SENTENCE = "sentence"  # the window of all words of the centre's sentence
WIDEST = 5_000  # the most words on each side of such a window: time and memory grow with it


def is_window(window: Any) -> bool:
    """Whether this is a valid window of CBOW and SkipGram: an integer of at least 1, or "sentence".

    >>> is_window(5), is_window("sentence"), is_window(0), is_window("5")
    (True, True, False, False)
    """
    return window == SENTENCE or (isinstance(window, int) and not isinstance(window, bool) and window >= 1)


def reach_in(window: int | str, sentence_starts: np.ndarray, shrink: bool) -> tuple[int, list[str]]:
    """How many words on each side a window has in these sentences, (S + 1,) starts; and notes for the user.

    The window "sentence" reaches to the end of the longest sentence. A numeric window wider than the longest sentence
    is reduced to it, which changes nothing; but not if windows are drawn (`shrink`), as the number is their maximum.

    >>> reach_in("sentence", np.array([0, 3, 8]), shrink=False)
    (4, ['a window is the whole sentence: up to 4 words on each side'])
    >>> reach_in(2, np.array([0, 3, 8]), shrink=False)
    (2, [])
    """
    longest = int(np.diff(sentence_starts).max(initial=1))
    others = max(1, longest - 1)
    if window == SENTENCE:
        if others <= WIDEST:
            return others, [f"a window is the whole sentence: up to {counted(others, 'word')} on each side"]
        return WIDEST, [
            f"the longest sentence has {longest:,} words: a window takes in {WIDEST:,} on each side at most, so that "
            "time and memory stay bounded"
        ]
    reach = int(window)
    if reach <= others:
        return reach, []
    note = f"a window of {reach:,} is wider than every sentence (the longest has {longest:,} words) and ends with it"
    return (reach if shrink else others), [note]


# How many warps may train at the same time on a GPU before they work with rows that are too stale. Each warp has its
# own centre, and the others do not see its updates until it is done. If the terms of n centres move W_in and W_out in
# the same direction, the weights grow by exp(learning_rate * n * s), where s is the largest singular value of the
# expected terms of a centre as a matrix (rows of W_in) x (rows of W_out). That matrix is the outer product of two
# distributions, so s is the product of their norms. In a small vocabulary the norms are large, and few warps are
# allowed. Warps work on neighbouring parts of the text, so the limit depends on the part whose words repeat most, not
# on the whole corpus: a corpus sorted by topic allows fewer warps than the same sentences shuffled.


MAX_GROWTH = 1.0  # the exponent: 1.1 trained 17 million words like single steps, 4.5 diverged, as did 3 on eight words
MOST_WARPS = 2048  # about 16 for each multiprocessor of a large GPU
STRETCH = 1 << 17  # positions that all warps of a large GPU are within at one time


def expected_outputs(centres: np.ndarray, counts: np.ndarray, negatives: int, negative_power: float) -> np.ndarray:
    """The expected terms of one prediction for each row of W_out, (V,).

    The terms are the centre, and `negatives` words drawn by counts ** negative_power.

    >>> expected_outputs(np.array([0.5, 0.5]), np.array([1, 1]), negatives=4, negative_power=0.75).tolist()
    [2.5, 2.5]
    """
    drawn = negative_weights(counts, negative_power)
    return centres + negatives * drawn / drawn.sum()


def centres_before_stale(step: float, inputs: np.ndarray, outputs: np.ndarray) -> int:
    """The number of centres that may be trained at the same time.

    step     learning rate times the rows of W_in that a centre changes
    inputs   (V,) each word's share of the kept tokens
    outputs  (V,) the expected terms of one prediction for each row of W_out

    >>> centres_before_stale(0.025 * 6, inputs=np.full(8, 1 / 8), outputs=np.full(8, 6 / 8))
    8
    """
    growth = float(step * np.linalg.norm(inputs) * np.linalg.norm(outputs))
    return max(1, int(MAX_GROWTH / max(growth, 1e-9)))


def warps_before_stale(
    step: float, corpus: Corpus, keep: np.ndarray, negatives: int, negative_power: float, stretch: int = STRETCH
) -> int:
    """The number of warps allowed by the part of `corpus` whose words repeat most.

    step   as in `centres_before_stale`; keep   (V,) the probability that subsampling keeps a word
    """
    counts, most = corpus.vocabulary.counts, MOST_WARPS
    for first in range(0, len(corpus.ids), stretch):
        kept = np.bincount(corpus.ids[first : first + stretch], minlength=len(counts)) * keep
        share = kept / max(kept.sum(), 1e-9)
        most = min(most, centres_before_stale(step, share, expected_outputs(share, counts, negatives, negative_power)))
    return most
