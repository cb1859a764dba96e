"""How often words meet: the sparse co-occurrence matrix of a corpus, exact and independent of order.

Weights are kept as whole numbers while counting, in units of 1/unit (see `weights_of`), and scaled once at the end.
Whole numbers add up to the same sum in any order, so the result has the same bytes however the corpus was cut, for
any number of threads and any memory limit.
"""

from __future__ import annotations

import math
import os
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.arrays import device_module, gpu_memory_errors
from wordvec.counts.gpu import LOWER, count_on_gpu, matrix_on
from wordvec.counts.rows import count_stream, make_plan
from wordvec.counts.saving import fingerprint_of, load_counts, save_counts
from wordvec.counts.stream import (
    WEIGHTINGS,
    EncodedText,
    check_that_sums_fit,
    checked_text,
    subsampling_thresholds,
    text_stream,
    weights_of,
)
from wordvec.errors import CorpusError, CountsFileError, OptionError, describe
from wordvec.growing_array import LIMITLESS
from wordvec.memory import available_cores, parse_bytes
from wordvec.progress import progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus, Vocabulary

SIDES = ("both", "left", "right")


@dataclass(frozen=True)
class Cooccurrence:
    """A co-occurrence matrix and how it was counted.

    Attributes: ``matrix`` (V, V) float64, sparse (CSR, sorted columns; scipy's, or cupyx's where it was counted on the
    GPU): row = word, column = context word; the options as given to `count_cooccurrences`; ``vocabulary_fingerprint``,
    the sha256 of the words in order, None if only their ids were known.
    """

    matrix: csr_array
    window: int
    weighting: str
    side: str = "both"
    subsample: float = 0.0
    subsample_mode: str = "dirty"
    seed: int = 1
    vocabulary_fingerprint: str | None = None

    @property
    def symmetric(self) -> bool:
        """Whether words on both sides were counted, so that the matrix equals its transpose."""
        return self.side == "both"

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write a folder of .npy files and ``cooccurrence.json``; an earlier folder is replaced as a whole."""
        options = {name: value for name, value in vars(self).items() if name != "matrix"}
        save_counts(Path(folder), self.on("cpu").matrix, options)

    def on(self, device: str) -> Cooccurrence:
        """The same with its matrix on ``"cpu"`` or ``"gpu"``."""
        return replace(self, matrix=matrix_on(self.matrix, device))

    @classmethod
    def load(cls, folder: str | os.PathLike[str], vocabulary: Vocabulary | None = None) -> Cooccurrence:
        """Read what `save` wrote; the matrix is mapped into memory, not read at once.

        Raises CountsFileError for a damaged folder, or if it was counted with another vocabulary than `vocabulary`.
        """
        matrix, options = load_counts(Path(folder), vocabulary)
        loaded = cls(matrix, **options)
        fits = {
            "window": loaded.window >= 1,
            "weighting": loaded.weighting in WEIGHTINGS,
            "side": loaded.side in SIDES,
            "subsample": 0 <= loaded.subsample < math.inf,
            "subsample_mode": loaded.subsample_mode in ("dirty", "clean"),
        }
        for name in (name for name, is_so in fits.items() if not is_so):
            raise CountsFileError(
                f"{folder}: damaged counts: {name} is {describe(options[name])}; count the corpus again"
            )
        return loaded


@typed
def count_cooccurrences(
    corpus: Corpus | EncodedText,
    window: int = 5,
    weighting: str = "flat",
    side: str = "both",
    *,
    subsample: float = 0.0,
    subsample_mode: str = "dirty",
    seed: int = 1,
    memory: str | int | None = None,
    threads: int | None = None,
    device: str = "cpu",
    client: Any = None,
    store: str | os.PathLike[str] | None = None,
    show_progress: bool | None = None,
) -> Cooccurrence:
    """Count how often each word meets each context word at most `window` words away in the same sentence.

    X[w, c] = sum over pairs of positions (p of w, q of c) in one sentence with 0 < |p - q| <= window of a weight:
    "flat" 1; "harmonic" 1 / |p - q| (Pennington, Socher and Manning 2014, "GloVe", section 4.2); "linear"
    (window - |p - q| + 1) / window, what a window drawn from 1 .. window counts on average (Levy, Goldberg and Dagan
    2015, "Improving distributional similarity with lessons learned from word embeddings", section 3.1).
    `side` "left" counts only contexts before the word (q < p; GloVe's ``-symmetric 0``), "right" only those after it.

    `subsample` t drops tokens of words whose share of the text is above t, by the same draws as skip-gram's first
    epoch with this `seed`. `subsample_mode` "dirty" removes them before windows are made, which then reach further;
    "clean" keeps the windows of the whole text (ibid., section 3.1).

    `corpus` is a Corpus or a tuple (ids (N,), sentence_starts (S + 1,), vocabulary size).
    `memory` limits what counting holds, result included: bytes, or a text such as "2G" (default: half of the free
    memory). What does not fit goes to temporary files; a result that does not fit is mapped from one. `threads`
    defaults to all cores. `device` "gpu" counts on the GPU, where the matrix stays (`Cooccurrence.on` copies it back);
    the text is copied there in pieces that fit. None of these changes a byte of the result. Time grows with
    N * window, memory with N (8 bytes) and the cells (12 bytes).

    `client`, a ``dask.distributed.Client``, counts on the workers of its cluster instead; `store`, a folder or fsspec
    URL that they all see, holds intermediate results (default: FOLDER.work beside the corpus, removed at the end). The
    result is the same. Cells in a folder are mapped, not read; from a URL they are fetched, within `memory`.

    Sums are exact up to 2**63 units: with "harmonic", whose unit is 1 / lcm(1 .. window), windows up to 20 suit any
    corpus below 5 * 10**9 words; counts that could overflow are refused. Values are rounded once (twice above 2**53).
    Raises OptionError for options out of range, CorpusError for ids or sentence starts that do not fit together,
    InputError for a full disk.

    >>> you_say_goodbye_and_i_say_hello = np.array([0, 1, 2, 3, 4, 1, 5, 6])
    >>> counts = count_cooccurrences((you_say_goodbye_and_i_say_hello, np.array([0, 8]), 7), window=1)
    >>> counts.matrix.toarray()[1].astype(int).tolist()  # the contexts of "say"
    [1, 0, 1, 0, 1, 1, 0]
    """
    unit, weights = weights_of(window, weighting)
    if side not in SIDES:
        raise OptionError(f"side must be 'both', 'left' or 'right'; got {side!r}")
    if threads is not None and (isinstance(threads, bool) or threads < 1):
        raise OptionError(f"threads must be at least 1; got {threads!r}")
    limit = None if memory is None else parse_bytes(memory)
    text, counts, fingerprint = _parts_of(corpus)
    ids, sentence_starts, size = text
    thresholds = subsampling_thresholds(counts, text, subsample, subsample_mode)
    check_that_sums_fit(len(ids), weights, weighting, size)

    if client is not None:
        if isinstance(corpus, tuple) or device != "cpu":
            raise OptionError("client counts a Corpus on the CPUs of its workers: leave out device, and give a Corpus")
        from wordvec.corpus.shared import cluster_for

        options = {"window": int(window), "weighting": weighting, "side": side, "subsample": float(subsample)}
        options |= {"subsample_mode": subsample_mode, "seed": int(seed)}
        with cluster_for(client, store, corpus) as cluster:
            return gather_counts(cluster, corpus, options, memory, show_progress)
    if device != "cpu":
        device_module(device)
    threads = threads or available_cores()
    plan = make_plan(limit, len(ids) + len(sentence_starts), size, threads)
    sides = (0 if side == "right" else int(window), 0 if side == "left" else int(window))
    with progress(len(ids), "counting", "words", show=show_progress) as bar:
        stream = text_stream(text, thresholds, subsample_mode == "clean", seed, plan.stream)
        with closing(stream):
            if device == "gpu":
                with gpu_memory_errors(f"counting {size:,} words with window {window}", lower=LOWER):
                    matrix = count_on_gpu(stream, size, weights, sides, unit, bar.update)
            else:
                matrix = _matrix(*count_stream(stream, size, weights, sides, unit, plan, threads, bar.update))
    return Cooccurrence(matrix, int(window), weighting, side, float(subsample), subsample_mode, int(seed), fingerprint)


def _parts_of(corpus: Any) -> tuple[EncodedText, np.ndarray | None, str | None]:
    """The text, the counts of its words and the fingerprint of its vocabulary, None for a tuple. Raises CorpusError."""
    if isinstance(corpus, tuple):
        return checked_text(*corpus), None, None
    if not hasattr(corpus, "sentence_starts"):
        raise CorpusError(
            f"a Corpus or a tuple (ids, sentence_starts, vocabulary size) expected; got a {type(corpus).__name__}"
        )
    corpus.check()
    text = corpus.ids, corpus.sentence_starts, len(corpus.vocabulary)
    return text, corpus.vocabulary.counts, fingerprint_of(corpus.vocabulary.words)


def gather_counts(
    cluster: Cluster, corpus: Corpus, options: dict[str, Any], memory: str | int | None, show_progress: bool | None
) -> Cooccurrence:
    """Count on a cluster, then map the matrix, or fetch it within the memory limit; `options` are those of counting."""
    from wordvec.counts.on_cluster import count_on_cluster, gathered

    rows = count_on_cluster(cluster, corpus, options, show_progress)
    matrix = _matrix(*gathered(cluster, rows, LIMITLESS if memory is None else parse_bytes(memory)))
    return Cooccurrence(matrix, **options, vocabulary_fingerprint=fingerprint_of(corpus.vocabulary.words))


def _matrix(row_sizes: np.ndarray, columns: np.ndarray, values: np.ndarray) -> csr_array:
    """The three arrays as CSR, without copies up to 2**31 cells (then scipy wants 64-bit columns)."""
    from scipy.sparse import csr_array

    size = len(row_sizes)
    row_starts = np.concatenate([[0], np.cumsum(row_sizes, dtype=np.int64)])
    if len(columns) < 2**31:  # scipy keeps 32-bit indices (half the memory) only if both arrays have them
        row_starts = row_starts.astype(np.int32)
    matrix = csr_array((values, columns, row_starts), shape=(size, size))
    matrix.has_canonical_format = True
    return matrix
