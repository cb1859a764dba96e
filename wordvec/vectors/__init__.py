"""Word vectors: one row per word, queries, and file formats."""

from wordvec.vectors.word_vectors import WordVectors

__all__ = ["WordVectors"]
