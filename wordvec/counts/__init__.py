"""Counting words together: co-occurrence, pointwise mutual information, and its factorisation."""

from wordvec.counts.cells import conditional_probabilities, log_counts, probability_ratios
from wordvec.counts.cooccurrence import Cooccurrence, count_cooccurrences
from wordvec.counts.dense import dense_cooccurrences, dense_ppmi, dense_svd
from wordvec.counts.ppmi import explain, pmi, ppmi
from wordvec.counts.svd import SVD, truncated_svd, word_vectors

__all__ = [
    "SVD",
    "Cooccurrence",
    "conditional_probabilities",
    "count_cooccurrences",
    "dense_cooccurrences",
    "dense_ppmi",
    "dense_svd",
    "explain",
    "log_counts",
    "pmi",
    "ppmi",
    "probability_ratios",
    "truncated_svd",
    "word_vectors",
]
