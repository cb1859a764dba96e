"""Skip-gram and CBOW in pieces: each round of an epoch trains its pieces separately, then merges their rows.

::

    weights ─► piece 1 .. piece K, each the kernel on its part of the round ─► merged, block of rows by block of rows

The numbers of `pieces` and of rounds in an epoch (`merges`) are options of the run. The bytes depend on them, never on
the number of workers. The learning rate is a function of the position, as on one machine. `kernels.merging` merges.

Weights and losses are entries of the store, named by a hash of all that determined them. A restarted run skips the
rounds whose loss is already there, and needs only the weights of the last one.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.corpus.draws.sampling import keep_probabilities, negative_weights
from wordvec.corpus.shared import opened, share
from wordvec.json_forms import parse_json
from wordvec.kernels.huffman import huffman_paths
from wordvec.kernels.merging import expected_terms, expected_terms_of_tree, merged_rows
from wordvec.memory import available_cores
from wordvec.store import Store, hash_of, name_of, open_store
from wordvec.trainers.kernel_engine import KernelEngine
from wordvec.trainers.layers_engine import LayersEngine, Loss
from wordvec.trainers.options import TrainingPlan
from wordvec.trainers.schedule import Schedule

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus

BLOCK_BYTES = 2**24  # bytes of the rows that one task merges, both matrices together
MATRICES = ("W_in", "W_out")
DRAWING = ("window", "negatives", "negative_sharing", "negative_pool", "shrink_window", "seed")  # a sampler's options


class Cuts(NamedTuple):
    """How an epoch is cut: each of `merges` rounds into `pieces`."""

    pieces: int
    merges: int


class Weights(NamedTuple):
    """W_in and W_out (V, D) (a tree: (V - 1, D)) in the store: names[i] has rows borders[i] .. borders[i + 1] - 1."""

    borders: list[int]
    names: list[str]

    def read(self, store: Store) -> tuple[np.ndarray, np.ndarray]:
        """Both matrices."""
        W_in, W_out = (np.concatenate([store.read(name, matrix) for name in self.names]) for matrix in MATRICES)
        return W_in, W_out


class ThisProcess:
    """A stand-in for a `Cluster` that runs tasks one after another in this process, with a temporary store."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wordvec-")
        self.store: Store = open_store(self._folder.name)

    @property
    def threads_of_a_task(self) -> int:
        """The number of threads that a task starts."""
        return available_cores()

    def run(
        self,
        function: Callable[..., Any],
        calls: Sequence[tuple[Any, ...]],
        what: str,
        show_progress: bool | None = None,
    ) -> list[Any]:
        """See `Cluster`."""
        return [function(self.store.location, *call) for call in calls]

    def check_memory(self, what: str, needed: int) -> None:
        """Does nothing: trainers check this process's memory themselves."""

    def __enter__(self) -> ThisProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


class RoundsEngine:
    """An engine of `loop.run_epochs` that trains in rounds on a cluster, or piece by piece in this process."""

    restartable = True  # an interrupt within a round leaves the weights from before it intact

    def __init__(
        self,
        plan: TrainingPlan,
        cuts: Cuts,
        corpus: Corpus,
        W_in: np.ndarray,
        W_out: np.ndarray,
        cluster: Cluster | ThisProcess,
        tokens: int,
        threads: int | None = None,
    ) -> None:
        self.plan, self.corpus, self._cluster, self.block = plan, corpus, cluster, plan.block
        self._threads = threads or cluster.threads_of_a_task
        self._facts, self._pieces = facts_of(plan), cuts.pieces
        self.chunk = self.block * -(-tokens // (cuts.merges * self.block))
        self._share = share(corpus, cluster.store)
        size, dim = W_in.shape
        cluster.check_memory("training", 4 * 4 * 2 * size * dim + 40 * size)
        rows = max(1, BLOCK_BYTES // (8 * dim))
        self._borders = [*range(0, size, rows), size]
        hashes = [hash_of(W_in), hash_of(W_out)]
        self._name = name_of("start", plan=self._facts, cuts=cuts, corpus=corpus.fingerprint, W=hashes)
        self._publish_start(W_in, W_out)
        self._largest = float(max(np.abs(W_in).max(), np.abs(W_out).max()))

    def _publish_start(self, W_in: np.ndarray, W_out: np.ndarray) -> None:
        store, weights = self._cluster.store, self._weights(self._name)
        if store.is_published(name_of("first", start=self._name)):
            return  # the first round is done, and its starting weights were removed
        for name, (first, last) in zip(weights.names, pairwise(self._borders)):
            store.publish(name, {"W_in": W_in[first:last], "W_out": W_out[first:last]})

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Run one round, unless it was done before."""
        store, before = self._cluster.store, self._name
        edges = self._edges(first, last)
        self._name = name_of("round", before=before, edges=edges, epoch=epoch, tokens=tokens)
        if not store.is_published(_loss_of(self._name)):
            try:
                self._train(before, edges, epoch, tokens)
            except BaseException:
                self._name = before
                raise
            for name in self._weights(before).names:
                store.remove(name)
        facts = store.facts(_loss_of(self._name))
        self._largest = facts["largest"]
        return Loss(facts["total"], facts["predictions"])

    def _train(self, before: str, edges: list[int], epoch: int, tokens: int) -> None:
        cluster, start, after = self._cluster, self._weights(before), self._weights(self._name)
        pieces = [name_of("piece", round=self._name, number=i) for i in range(len(edges) - 1)]
        common = (self._share, self._facts, start, epoch, tokens, self._threads)
        training = [(*common, begin, end, len(pieces) > 1, name) for (begin, end), name in zip(pairwise(edges), pieces)]
        losses = cluster.run(train_piece, training, "training", show_progress=False)
        rate = self.plan.schedule.at((epoch * tokens + edges[0]) / (self.plan.epochs * tokens))
        merging = [
            (before_name, pieces, rate, *rows, name)
            for before_name, rows, name in zip(start.names, pairwise(self._borders), after.names)
        ]
        largest = cluster.run(merge_rows, merging, "merging", show_progress=False)
        total, predictions = (sum(loss[i] for loss in losses) for i in (0, 1))
        cluster.store.publish(name_of("first", start=before), {})
        cluster.store.publish(_loss_of(self._name), {}, total=total, predictions=predictions, largest=max(largest))
        for name in pieces:
            cluster.store.remove(name)

    def _edges(self, first: int, last: int) -> list[int]:
        """The edges of the pieces: whole blocks except at the end; fewer pieces if there are fewer blocks."""
        cuts = (first + (last - first) * i // self._pieces // self.block * self.block for i in range(self._pieces))
        return sorted({*cuts, last})

    def cuts(self, tokens: int) -> Cuts:
        """The pieces of the first round, the longest, and the rounds of an epoch; a short text has few."""
        return Cuts(len(self._edges(0, min(self.chunk, tokens))) - 1, -(-tokens // self.chunk))

    def _weights(self, name: str) -> Weights:
        names = [name_of("weights", of=name, rows=rows) for rows in pairwise(self._borders)]
        return Weights(self._borders, names)

    def loss(self, first: int, last: int, epoch: int) -> Loss:
        """The loss on positions first .. last - 1 with the current weights, through the layers, in this process."""
        store, name = self._cluster.store, name_of("held-out", of=self._name, first=first, last=last)
        if not store.is_published(name):
            loss = LayersEngine(self.plan, self.corpus, *self.weights()).loss(first, last, epoch)
            store.publish(name, {}, total=float(loss.total), predictions=int(loss.predictions))
        facts = store.facts(name)
        return Loss(facts["total"], facts["predictions"])

    def largest_weight(self) -> float:
        """The largest absolute value in either matrix; not finite if any value is not."""
        return self._largest

    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """The current W_in and W_out."""
        return self._weights(self._name).read(self._cluster.store)

    def arrays(self) -> dict[str, np.ndarray]:
        """W_in and W_out by name, for checkpoints."""
        return dict(zip(MATRICES, self.weights()))

    def take_weights(self) -> tuple[np.ndarray, np.ndarray]:
        """The final W_in and W_out."""
        return self.weights()


def train_piece(
    store: str,
    corpus: tuple[str, str],
    facts: dict[str, Any],
    start: tuple[list[int], list[str]],
    epoch: int,
    tokens: int,
    threads: int,
    begin: int,
    end: int,
    as_change: bool,
    name: str,
) -> tuple[float, int]:
    """Publish the weights after positions begin .. end - 1, or their change, and terms; return loss and predictions."""
    place = open_store(store)
    if not place.is_published(name):
        text = opened(*corpus)
        plan = plan_of(json.dumps(facts), threads, *corpus)
        W_in, W_out = Weights(*start).read(place)
        engine = KernelEngine(plan, text, W_in, W_out)
        loss = engine.train(begin, end, epoch, tokens)
        after = engine.take_weights()
        if as_change:
            for matrix, before in zip(after, (W_in, W_out)):
                matrix -= before
        terms = dict(zip(("terms_in", "terms_out"), terms_of_piece(plan, text, begin, end)))
        arrays = dict(zip(MATRICES, after)) | terms
        place.publish(name, arrays, total=float(loss.total), predictions=int(loss.predictions))
    found = place.facts(name)
    return found["total"], found["predictions"]


def terms_of_piece(plan: TrainingPlan, corpus: Corpus, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    """`expected_terms` for positions begin .. end - 1."""
    counts = np.asarray(corpus.vocabulary.counts)
    occurrences = np.bincount(corpus.ids[begin:end], minlength=len(counts)) * keep_probabilities(counts, plan.subsample)
    if plan.paths is not None:
        return expected_terms_of_tree(occurrences, plan.paths.starts, plan.paths.nodes, *plan.pulls)
    negatives = negative_weights(counts, plan.negative_power)
    return expected_terms(occurrences, negatives, plan.negatives, *plan.pulls)


def merge_rows(
    store: str, before: str, pieces: list[str], learning_rate: float, first: int, last: int, name: str
) -> float:
    """Publish rows first .. last - 1 of both matrices after a round; returns their largest absolute value."""
    place = open_store(store)
    if not place.is_published(name):
        merged = {}
        for matrix, terms_name in zip(MATRICES, ("terms_in", "terms_out")):
            parts = [np.asarray(place.read(piece, matrix, first, last)) for piece in pieces]
            terms = [np.asarray(place.read(piece, terms_name, first, last)) for piece in pieces]
            start = np.asarray(place.read(before, matrix))
            merged[matrix] = parts[0] if len(pieces) == 1 else merged_rows(start, parts, terms, learning_rate)
        largest = max(float(np.abs(matrix).max(initial=0)) for matrix in merged.values())  # a tree's part may be empty
        place.publish(name, merged, largest=largest if np.isfinite(largest) else None)
    found = place.facts(name)["largest"]
    return float("inf") if found is None else found


def facts_of(plan: TrainingPlan) -> dict[str, Any]:
    """A plan as JSON values, for `plan_of`: without threads, and without tables and trees, which can be large."""
    facts = {field.name: getattr(plan, field.name) for field in fields(plan) if field.name != "threads"}
    drawing = {name: getattr(plan.sampler, name) for name in DRAWING}
    options = {name: value for name, value in plan.kernel_options.items() if name != "paths"}
    tree = {"paths": plan.paths is not None, "kernel_options": options}
    return facts | tree | {"schedule": vars(plan.schedule), "sampler": drawing}


@functools.lru_cache(maxsize=1)
def plan_of(facts: str, threads: int, folder: str, fingerprint: str) -> TrainingPlan:
    """The plan described by `facts`, for a corpus in a folder.

    Making the table of negatives can take longer than training a short piece, so the tasks of a process share a plan.
    """
    found = parse_json(facts)
    shape = found["schedule"]["shape"]
    schedule = found["schedule"] | {"shape": shape if isinstance(shape, str) else tuple(shape)}
    counts = opened(folder, fingerprint).vocabulary.counts
    drawing = {"subsample": found["subsample"], "power": found["negative_power"], **found["sampler"]}
    sampler = ExampleSampler.for_counts(counts, **drawing)
    paths = huffman_paths(counts) if found["paths"] else None
    options = {**found["kernel_options"], "paths": paths}
    made = {"threads": threads, "schedule": Schedule(**schedule), "sampler": sampler}
    return TrainingPlan(**found | made | {"paths": paths, "kernel_options": options})


def _loss_of(name: str) -> str:
    return name_of("loss", of=name)
