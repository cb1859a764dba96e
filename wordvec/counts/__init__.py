"""Counting words together: co-occurrence, pointwise mutual information, and its factorisation."""

from wordvec.counts.cooccurrence import Cooccurrence, count_cooccurrences
from wordvec.counts.dense import dense_cooccurrences, dense_ppmi, dense_svd
from wordvec.counts.ppmi import ppmi
from wordvec.counts.svd import SVD, truncated_svd, word_vectors

__all__ = [
    "SVD",
    "Cooccurrence",
    "count_cooccurrences",
    "dense_cooccurrences",
    "dense_ppmi",
    "dense_svd",
    "ppmi",
    "truncated_svd",
    "word_vectors",
]
