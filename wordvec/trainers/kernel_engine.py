"""The compiled engine: training with the kernels, on the CPU (same bytes for any number of threads) or on a GPU."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.memory import available_cores, give_back_pages
from wordvec.native import library
from wordvec.progress import announced, warn
from wordvec.trainers.layers_engine import LayersEngine, Loss

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.trainers.options import TrainingPlan
    from wordvec.trainers.schedule import Line

FIRST_CHUNK = 20_000  # positions in the first call; later calls take about SECONDS_A_CHUNK
SECONDS_A_CHUNK = 1.0

# See `Crew`:
CALLS_BETWEEN_TRIALS = 20
ROUNDS = 2  # calls of each number of threads in a trial, by turns
SHORTEST = 0.05  # seconds of a call that is judged
TRIAL = 8  # a call of a trial takes this part of a chunk, as it may be several times slower
HOPELESS = 0.5  # of the best rate: so slow a number of threads is not tried a second time


class KernelEngine:
    """Trains W_in and W_out on ranges of a corpus with `wordvec.kernels`; has the same interface as LayersEngine."""

    def __init__(
        self,
        plan: TrainingPlan,
        corpus: Corpus,
        W_in: np.ndarray,
        W_out: np.ndarray,
        frozen: np.ndarray | None = None,
    ) -> None:
        kernels, tables = _kernels_of(plan)
        self.plan, self.corpus, self.block = plan, corpus, plan.block
        self.chunk = self._whole_blocks(FIRST_CHUNK)
        self._options = dict(plan.kernel_options)
        self._train = kernels.train_cbow if plan.cbow else kernels.train_skipgram
        self._frozen, self._start = frozen, None if frozen is None else (W_in, W_out)
        give_back_pages(corpus.ids)  # the fingerprint has read all pages
        if plan.device == "gpu":
            self._compile(kernels)
        self._tables = tables(W_in, W_out, **_layout_of(plan))
        self._text: tuple[int, np.ndarray, np.ndarray] | None = None
        self._crew = _crew_of(plan, len(getattr(self._tables, "vectors", ())))

    def _compile(self, kernels: Any) -> None:
        """Make CuPy compile the kernels that the calls need; trains nothing."""
        with announced("compiling the kernels: some seconds ..."):
            kernels.warm_up(
                self.plan.name,
                self.plan.sampler,
                paths=self._options.get("paths"),
                dimension=self.plan.dim,
                meetings=self.plan.meetings,
                longest_sentence=self.corpus.longest_sentence,
            )

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on positions first .. last - 1; `tokens` is the length of an epoch, for the learning rate."""
        start = time.perf_counter()
        if self._frozen is None:
            loss = self._run(first, last, epoch, tokens)
        else:
            loss = self._run_with_frozen_words(first, last, epoch, tokens)
        seconds = max(time.perf_counter() - start, 1e-9)
        rate = (last - first) / seconds
        self.chunk = self._whole_blocks(rate * self._crew.after(rate, seconds))
        give_back_pages(self.corpus.ids)
        return loss

    def _run(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        total, predictions = 0.0, 0
        for begin, end, line in self.plan.schedule.stretches(first, last, self.block, epoch, tokens):
            loss = self._run_on_line(begin, end, epoch, tokens, line)
            total, predictions = total + loss.total, predictions + loss.predictions
        return Loss(total, predictions)

    def _run_on_line(self, first: int, last: int, epoch: int, tokens: int, line: Line) -> Any:
        ids, starts = self._first(tokens)
        return self._train(
            self._tables,
            ids,
            starts,
            self.plan.sampler,
            first=first,
            last=last,
            epoch=epoch,
            epochs=line.epochs_to_zero,  # kernels use it only for the learning rate
            learning_rate=line.learning_rate,
            block=self.block,
            meetings=self.plan.meetings,
            threads=self._crew.threads,
            hogwild=self.plan.hogwild,
            **self._options,
        )

    def _run_with_frozen_words(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train block by block, restoring the frozen rows after each block.

        Later steps of a block use frozen rows as changed within the block; after the block the changes are undone.
        """
        total, predictions = 0.0, 0
        frozen, (W_in, W_out) = self._frozen, self._start  # type: ignore[misc]
        for begin in range(first, last, self.block):
            end = min(begin + self.block, last)
            loss = self._run(begin, end, epoch, tokens)
            total, predictions = total + loss.total, predictions + loss.predictions
            batch = self.plan.sampler.draw(
                self.corpus.ids, self.corpus.sentence_starts, first=begin, last=end, epoch=epoch
            )
            inputs = np.unique(batch.contexts[batch.mask])
            outputs = np.unique(np.concatenate([batch.centres, batch.negatives.ravel()]))
            inputs, outputs = inputs[frozen[inputs]], outputs[frozen[outputs]]  # type: ignore[index]
            if self._options["paths"] is not None:
                outputs = outputs[:0]  # rows of W_out are nodes of a tree, not words
            self._tables.write_rows(inputs, W_in[inputs], outputs, W_out[outputs])
        return Loss(total, predictions)

    def loss(self, first: int, last: int, epoch: int) -> Loss:
        """The loss on positions first .. last - 1 with the current weights, through the layers."""
        return LayersEngine(self.plan, self.corpus, *self.weights()).loss(first, last, epoch)

    def largest_weight(self) -> float:
        """The largest absolute value in either matrix; not finite if either has a value that is not finite."""
        return self._tables.largest()

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """The current W_in and W_out."""
        return self._tables.unpack()

    def arrays(self) -> dict[str, np.ndarray]:
        """W_in and W_out by name, for checkpoints."""
        W_in, W_out = self.weights()
        return {"W_in": W_in, "W_out": W_out}

    def take_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W_in and W_out; the tables cannot be used afterwards."""
        return self._tables.take()

    def _first(self, tokens: int) -> tuple[np.ndarray, np.ndarray]:
        """The first `tokens` ids and their sentences, which are not held out. Every call returns the same arrays."""
        if self._text is None or self._text[0] != tokens:
            starts = self.corpus.sentence_starts
            self._text = tokens, self.corpus.ids[:tokens], starts[: int(np.searchsorted(starts, tokens)) + 1]
        return self._text[1], self._text[2]

    def _whole_blocks(self, positions: float) -> int:
        return self.block * max(1, round(positions / self.block))


class Crew:
    """How many threads train: as many as were fastest when it was last tried.

    The threads of a step wait for each other. Where steps are short, waiting may take longer than a second thread
    saves, and where a thread has lost its core to another program, the others wait until it has one again: with seven
    programs on each core, two threads took 15 times as long as one (measured). Only a trial can tell, as another
    virtual machine on the same processor slows threads without a trace in their own times. The number of threads
    changes no bytes, so it may change between two calls.
    """

    def __init__(self, threads: int, sharing: int) -> None:
        """`threads` may include some that only draw examples; `sharing` is how many share a step."""
        self._threads, self._sharing = threads, sharing
        self._choices = sorted({max(1, sharing >> k) for k in range(sharing.bit_length())}, reverse=True)
        self._fastest = sharing
        self._left: list[int] = []  # of a trial: the number of threads of its calls, the next one first
        self._rates: dict[int, list[float]] = {}
        self._calls_to_trial = 1

    @property
    def threads(self) -> int:
        """The threads of the next call."""
        now = self._left[0] if self._left else self._fastest
        return self._threads if now == self._sharing else now

    def after(self, rate: float, seconds: float) -> float:
        """Choose the threads of the next call, after a call at this rate; returns how many seconds it should take.

        A call that was shorter than a trial's says nothing: the first one has yet to start threads and fill caches.
        """
        if seconds >= SHORTEST:
            if self._left:
                self._judge(rate)
            elif self._calls_to_trial:
                self._calls_to_trial -= 1
            elif len(self._choices) > 1:
                self._left, self._rates = self._candidates() * ROUNDS, {}
        return SECONDS_A_CHUNK / TRIAL if self._left else SECONDS_A_CHUNK

    def _candidates(self) -> list[int]:
        """All choices in the first trial; later the fastest, and the next ones above and below it."""
        if not self._rates:
            return self._choices
        at = self._choices.index(self._fastest)
        return self._choices[max(0, at - 1) : at + 2]

    def _judge(self, rate: float) -> None:
        self._rates.setdefault(self._left.pop(0), []).append(rate)
        best = max(max(rates) for rates in self._rates.values())
        self._left = [n for n in self._left if n not in self._rates or self._rates[n][-1] > HOPELESS * best]
        if not self._left:
            self._fastest = max(self._rates, key=lambda n: sum(self._rates[n]) / len(self._rates[n]))
            self._calls_to_trial = CALLS_BETWEEN_TRIALS


def _crew_of(plan: TrainingPlan, slices: int) -> Crew:
    if plan.device == "gpu" or plan.hogwild:
        return Crew(plan.threads, sharing=1)
    threads = min(plan.threads, available_cores())
    return Crew(threads, sharing=min(threads, slices))


def kernel_runs(engine: str | None, device: str, notes: list[str]) -> bool:
    """Whether to train with the kernel: it is requested and the C library is available. If it is not, add a note."""
    reason = library.why_not() if engine == "kernel" and device == "cpu" else None
    if reason is not None:
        warn(f"training runs through the layers, many times slower: {reason}")
        notes.append(f"trained through the layers: {reason}")
    return engine == "kernel" and reason is None


def _layout_of(plan: TrainingPlan) -> dict[str, Any]:
    """Options of the tables."""
    if plan.device == "gpu":
        return {}
    return {"precision": plan.precision, "slices": plan.slices, "threads": plan.threads}


def _kernels_of(plan: TrainingPlan) -> tuple[Any, Any]:
    """The module of kernels for the plan's device, and its class of tables."""
    if plan.device == "gpu":
        from wordvec.kernels import gpu

        return gpu, gpu.Tables
    from wordvec.kernels import cpu
    from wordvec.kernels.tables import Tables

    return cpu, Tables
