"""Spectral warm start: training begins from the factorised PPMI matrix instead of noise.

Skip-gram with negative sampling factorises a shifted PMI matrix (Levy and Goldberg 2014, "Neural word embedding as
implicit matrix factorization", eq. 8). The singular vectors of the PPMI matrix, M = U S V^T, are near what it looks
for, and cost about as much as an epoch: W_in starts as U and W_out as V, each row scaled to length 1, which scored
better than sharing S between them (U S^0.5, V S^0.5) and than starting W_out at zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordvec.arrays import to_numpy
from wordvec.errors import OptionError
from wordvec.store import name_of

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus

INITS = ("random", "svd")
WINDOW = 3  # of the counts, weighed linearly: near contexts, which tell similar words from related ones
SMOOTHING = 0.75  # of the contexts: pairs of two rare words count less
LENGTH = 0.6  # of the rows: longer ones stay near where they start, shorter ones forget it
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
    """W_in and W_out (V, dim), float32, rows of this length (0 for a word that has no context above chance).

    Numpy arrays, also where `device` "gpu" or a `cluster` counts and factorises.

    Raises OptionError where the PPMI matrix has fewer than `dim` dimensions, TrainingError where it has no positive
    cell.

    >>> from wordvec.corpus import Corpus
    >>> corpus = Corpus.build("tiny-world")
    >>> W_in, W_out = spectral_start(corpus, dim=10)
    >>> W_in.shape == W_out.shape == (len(corpus.vocabulary), 10), round(float(np.linalg.norm(W_in[0])), 3) == LENGTH
    (True, True)
    """
    from wordvec.trainers.counting import count_and_weigh, factorise
    from wordvec.trainers.svd import SVD

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
    if cluster is not None and cluster.store.is_published(name):  # by a run that was killed later
        W_in, W_out = (np.array(cluster.store.read(name, matrix)) for matrix in ("W_in", "W_out"))
        return W_in, W_out
    matrix = count_and_weigh(options, corpus, show_progress)
    try:
        U, _, V = factorise(options, matrix, dim, TOLERANCE)
    except OptionError as error:
        raise OptionError(f"init 'svd' starts from the PPMI matrix, which is too small here: {error}") from error
    W_in, W_out = (with_unit_rows(to_numpy(factor)) * np.float32(length) for factor in (U, V))
    if cluster is not None:
        cluster.store.publish(name, {"W_in": W_in, "W_out": W_out})
    return W_in, W_out


def with_unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Each row scaled to length 1; rows of zeros stay.

    >>> with_unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.ascontiguousarray(matrix / np.where(lengths > 0, lengths, 1), np.float32)
