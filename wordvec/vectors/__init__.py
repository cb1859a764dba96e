"""Word vectors: the words, one row each, questions to ask of them, and the files they live in."""

from wordvec.vectors.word_vectors import WordVectors

__all__ = ["WordVectors"]
