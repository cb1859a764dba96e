"""Which words do the grammar's work ("the", "of", "있다."), told from the vectors and the order by frequency alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from wordvec.argument_types import typed

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

FEWEST = 100  # words from which their order by frequency tells anything
COMMON = 1_000  # words, the commonest, that are looked at and among which the nearest are found
NEAREST = 10
SPREAD, MOST = 1.5, 220.0  # the limit of the mean rank: 1.5 times the square root of V, but at most 220
TIES = 1e-9  # logarithms of ranks nearer than this are equal


@typed
def function_words(vectors: WordVectors) -> np.ndarray:
    """Return the rows of the words that are taken for function words, commonest first, (n,) int64.

    A function word is very common, and so are the words it is used like; a content word, however common, is used like
    rarer ones. With r the rank by frequency (1 for the commonest word) and N(w) the ten words nearest to w among the
    1,000 commonest, w is left out when ::

        exp( (log r(w) + mean of log r(n) over n in N(w)) / 2 )  <  min(1.5 sqrt(V), 220)

    Nearness is the cosine after the mean of these 1,000 unit vectors is taken away, since common words share a
    direction (Mu and Viswanath 2018, "All-but-the-top"). Only the order by frequency is used: without counts, the
    order of the rows, which is that of frequency in files of all common formats. No list of words is, and no language
    is known. Of fewer than 100 words none is left out, and none where the rows stand for documents (`wordvec embed`).

    The limit was set on English vectors (see the guide to drawing); it errs towards content words that are common and
    used like function words, such as "time", "said" or months.

    >>> from wordvec.vectors import WordVectors
    >>> rng = np.random.default_rng(1)
    >>> rows = rng.normal(size=(400, 8))
    >>> rows[:12] = rng.normal(scale=0.1, size=(12, 8)) + [3, 0, 0, 0, 0, 0, 0, 0]  # the commonest are used alike
    >>> function_words(WordVectors([f"w{i}" for i in range(400)], rows)).tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    """
    total = len(vectors)
    order = np.arange(total) if vectors.counts is None else np.argsort(-vectors.counts, kind="stable")
    if total < FEWEST or "documents" in vectors.info:
        return order[:0].astype(np.int64)
    common = order[:COMMON]
    rows = vectors.unit_rows_of(common).astype(np.float64)
    rows -= rows.mean(axis=0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1.0)
    with threadpool_limits(1, "blas"):  # the same answer for any number of threads
        cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]
    log_rank = np.log(np.arange(1, len(common) + 1))
    mean = (log_rank + log_rank[nearest].mean(axis=1)) / 2
    return common[mean < np.log(min(SPREAD * total**0.5, MOST)) - TIES].astype(np.int64)


def to_pass_over(vectors: WordVectors, but: Iterable[str] = ()) -> np.ndarray:
    """The rows of function words that a map of the commonest words passes over: all `but` those asked for by name."""
    found = function_words(vectors)
    named = [vectors.word_id(word) for word in but]
    return found[~np.isin(found, named)] if named else found
