"""Vectors from the truncated SVD of the PPMI matrix, also used as the starting point of other trainers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from wordvec import rng
from wordvec.arrays import device_module, to_numpy
from wordvec.counts.ppmi import CONTEXT_SMOOTHING
from wordvec.errors import OptionError, counted
from wordvec.store import name_of
from wordvec.trainers.base import Trainer
from wordvec.trainers.checks import check_memory, check_options
from wordvec.trainers.option_help import with_option_help
from wordvec.trainers.ppmi import UNRECORDED, count_and_weigh, counting_conditions, factorise

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors


@with_option_help
@dataclass
class SVD(Trainer):
    """W = U_d S_d^p of the PPMI matrix M = U S V^T (Levy, Goldberg and Dagan 2015, section 2.2).

    Defaults were chosen on 1, 3 and 17 million words of Wikipedia: their scores on WordSim-353, SimLex-999, MEN and
    Google's analogies are on average 1.26, 1.17 and 1.07 times the scores of a flat window of 5 with smoothing 0.75
    (scripts/benchmark_results/2026-11-21-svd-settings.jsonl, also the source of the figures below).

    dim               d: singular values kept; 100 as in word2vec
    window            words counted on each side, as in GloVe. 5 loses .02 to .03 on the analogies and, from 3 million
                      words on, gains .02 on SimLex-999
    weighting         "flat" counts every word in the window as 1, "harmonic" as 1 / distance, "linear" as
                      (window - distance + 1) / window, as word2vec's drawn windows do on average. Harmonic gains
                      .01 to .02 on the analogies over linear, .01 to .03 over flat
    side              contexts on "both" sides, or only on the "left" or the "right"
    subsample         words with a relative frequency above this are downsampled; 0 turns it off, which suits texts of
                      any length. With window 5, 3e-4 scores about the same: higher on SimLex-999, lower on WordSim-353
    subsample_mode    "dirty" removes words before windows are made, as word2vec does; "clean" removes them after (Levy
                      et al., section 3.1)
    context_smoothing power of the contexts' distribution. 1 is no smoothing: at every size it is better by .03 on
                      WordSim-353 and .01 to .02 on MEN than 0.75 (Levy et al., section 3.2), which gains .01 to .02 on
                      the analogies
    shift             k in max(0, PMI - log k). 1 is no shift: a larger shift hurts SVD (Levy et al., section 5; here on
                      all sets)
    power             p: 0 is above 0.5 by .03 on WordSim-353 and below it by .01 to .02 on the analogies; p = 1 is the
                      plain SVD
    add_context       add the context vectors V S^p to the word vectors (Levy et al., section 3.3). Without smoothing
                      this loses .01 to .03 on the analogies and changes similarity by at most .01
    seed              seed of subsampling and of the solver's starting vectors; the same seed gives the same bytes on
                      the same machine with the same libraries
    memory            memory limit of the counting, such as "2G"; beyond it temporary files are used. None is half of
                      the free memory. Does not change the result
    device            "cpu", or "gpu" for counting, PPMI and solver: same counts, but the solver's last bits differ
    threads           threads of counting and of the solver's sparse products. None is all cores; does not change the
                      result
    """

    name: ClassVar[str] = "svd"
    unrecorded: ClassVar[tuple[str, ...]] = UNRECORDED

    dim: int = 100
    window: int = 10
    weighting: str = "harmonic"
    side: str = "both"
    subsample: float = 0.0
    subsample_mode: str = "dirty"
    context_smoothing: float = CONTEXT_SMOOTHING
    shift: float = 1.0
    power: float = 0.0
    add_context: bool = False
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
            power=(0 <= self.power <= 1, "between 0 and 1"),
        )

    def _train(self, corpus: Corpus, show_progress: bool | None) -> WordVectors:
        from wordvec.counts import word_vectors

        device_module(self.device)
        size = len(corpus.vocabulary)
        check_memory(f"{counted(size, 'word')} in {counted(self.dim, 'dimension')}", 24 * size * self.dim)
        matrix = count_and_weigh(self, corpus, show_progress)
        with self._history.stage("train"):
            U, S, V = factors = factorise(self, matrix, self.dim)
            words = to_numpy(word_vectors(factors, self.power, self.add_context))
            contexts = to_numpy(word_vectors(type(factors)(V, S, U), self.power))
        self._history.words = len(corpus.ids)
        return self._make_vectors(corpus, words, contexts)


# Spectral warm start: training begins from the factorised PPMI matrix instead of noise. Skip-gram with negative
# sampling factorises a shifted PMI matrix (Levy and Goldberg 2014, "Neural word embedding as implicit matrix
# factorization", eq. 8). The singular vectors of the PPMI matrix, M = U S V^T, are near its solution and take about as
# long as one epoch. W_in starts as U and W_out as V, each row scaled to a fixed length. This scored better than sharing
# S between them (U S^0.5, V S^0.5) and than starting W_out at zero.


INITS = ("random", "svd")
WINDOW = 3  # of the counts, weighted linearly: near contexts, which distinguish similar words from related ones
SMOOTHING = 0.75  # of the contexts: pairs of two rare words count less
LENGTH = 0.6  # of the rows: longer rows stay near their start, shorter rows forget it
TOLERANCE = 0.1  # of the SVD: a start need not be exact


def spectral_start(
    corpus: Corpus,
    dim: int,
    *,
    length: float = LENGTH,
    seed: int = 1,
    threads: int | None = None,
    device: str = "cpu",
    cluster: Cluster | None = None,
    show_progress: bool | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """W_in and W_out (V, dim), float32, with rows of this length, random where the singular vectors have zeros.

    Those are words without a context above chance, or in parts of the text that no dimension is left for. Two rows of
    zeros would never move: each is the other's gradient.

    They are numpy arrays even if `device` "gpu" or a `cluster` counts and factorises. Raises OptionError if the PPMI
    matrix has fewer than `dim` dimensions, TrainingError if it has no positive cell.

    >>> from wordvec.corpus import Corpus
    >>> corpus = Corpus.build("tiny-world")
    >>> W_in, W_out = spectral_start(corpus, dim=10)
    >>> W_in.shape == W_out.shape == (len(corpus.vocabulary), 10), round(float(np.linalg.norm(W_in[0])), 3) == LENGTH
    (True, True)
    """
    from wordvec.trainers.ppmi import count_and_weigh, factorise

    options = SVD(
        dim=dim,
        window=WINDOW,
        weighting="linear",
        subsample=0,
        context_smoothing=SMOOTHING,
        seed=seed,
        device=device,
        threads=threads,
    )
    options._cluster = cluster
    name = name_of("spectral", corpus=corpus.fingerprint, dim=dim, length=length, seed=seed)
    if cluster is not None and cluster.store.is_published(name):  # by an earlier run that was killed
        W_in, W_out = (np.array(cluster.store.read(name, matrix)) for matrix in ("W_in", "W_out"))
        return W_in, W_out
    matrix = count_and_weigh(options, corpus, show_progress)
    try:
        U, _, V = factorise(options, matrix, dim, TOLERANCE)
    except OptionError as error:
        raise OptionError(f"init 'svd' starts from the PPMI matrix, which is too small here: {error}") from error
    W_in, W_out = (
        _without_zero_rows(with_unit_rows(to_numpy(factor)), seed, stream) * np.float32(length)
        for factor, stream in ((U, rng.INITIAL_W_IN), (V, rng.INITIAL_W_OUT))
    )
    if cluster is not None:
        cluster.store.publish(name, {"W_in": W_in, "W_out": W_out})
    return W_in, W_out


def with_unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Each row scaled to length 1; rows of zeros stay zero.

    >>> with_unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.ascontiguousarray(matrix / np.where(lengths > 0, lengths, 1), np.float32)


def _without_zero_rows(unit: np.ndarray, seed: int, stream: np.uint64) -> np.ndarray:
    """`unit` with random rows of length 1 in place of zeros."""
    zero = np.flatnonzero(~unit.any(axis=1))
    unit[zero] = with_unit_rows(rng.normal_matrix(seed, stream, (len(zero), unit.shape[1])))
    return unit
