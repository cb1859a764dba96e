"""Questions to documents that are asked again and again: what all of them need is computed once."""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.errors import InputError, describe
from wordvec.vectors.documents import INFER, embed, sif_weights
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.rows import unit_vector
from wordvec.vectors.word_vectors import WordVectors


class DocumentSearch:
    """The documents nearest to a text or to a document; a text is weighted, or inferred, as the documents were.

    Documents without a known word are near to nothing, and never an answer. Thread-safe.

    >>> from wordvec.vectors.document_files import as_word_vectors
    >>> vectors = WordVectors(["tea", "ship"], np.eye(2), info={"tokenizer": "words", "split_sentences": False})
    >>> found = vectors.embed(["Tea, tea.", "A ship with tea", "Rain"], "mean")
    >>> documents = as_word_vectors(found, ["a", "b", "c"], vectors, "v.safetensors", "mean", 1e-3)
    >>> [(name, round(score, 3)) for name, score in DocumentSearch(documents, vectors).nearest("tea")]
    [('a', 1.0), ('b', 0.707)]
    """

    def __init__(self, documents: WordVectors, vectors: WordVectors, tokenizer: Any = None) -> None:
        facts = documents.info["documents"]
        self.documents, self.vectors = documents.warm_up(), vectors.warm_up()
        self.tokenizer = tokenizer or facts.get("tokenizer")
        self._is_inferred = facts["weights"] == INFER
        self._weights = _weights(vectors, facts)
        self._of_composed = max(1.0, float(self._weights.max(initial=0.0)))  # of a word that was never seen
        known = np.flatnonzero(documents.lengths > 0)
        self._known = None if len(known) == len(documents) else known

    def nearest(self, query: str, k: int = 10) -> Neighbours:
        """The `k` documents nearest to a text, as (id, cosine).

        Raises InputError for a text without a word that has a vector.
        """
        return self.nearest_to_tokens(self.vectors.tokenize(query, self.tokenizer), k, query)

    def nearest_to_tokens(self, tokens: list[str], k: int = 10, query: str | None = None) -> Neighbours:
        """The same for the tokens of a text; `query` is what a message calls it."""
        total = self._inferred(tokens) if self._is_inferred else self._sum(tokens)
        if total is None:
            what = "the list of words" if query is None else describe(query)
            raise InputError(f"{what}: none of its {len(tokens)} words has a vector")
        if not total.any():
            return Neighbours()
        return self.documents.nearest(unit_vector(total), k, among=self._known)

    def like(self, name: str, k: int = 10) -> Neighbours:
        """The `k` other documents nearest to one, by its id. Raises UnknownWordError."""
        if not self.documents.unit_of(name).any():
            raise InputError(f"document {name!r} has no word with a vector, so nothing is near to it")
        return self.documents.most_similar(name, k=k, among=self._known)

    def _inferred(self, tokens: list[str]) -> np.ndarray | None:
        """The row (D,) that training would give the tokens; None for no word with a vector.

        Not the mean of the words' vectors, which are output rows: of 400 paragraphs of Wikipedia, each with 30 % of its
        words as the question, the row found .86 of them first and the mean .37 (3,000 documents, 50 dimensions).
        """
        found = embed(self.vectors, [tokens], INFER, threads=1)
        return None if found.empty[0] else found.matrix[0].astype(np.float64)

    def _sum(self, tokens: list[str]) -> np.ndarray | None:
        """The weighted sum (D,) float64 of the words' vectors, each with length 1; None for no word with a vector."""
        rows = self.vectors.ids_of(tokens, missing=-1)
        known = rows[rows >= 0]
        total = self._weights[known] @ self.vectors.unit_rows_of(known).astype(np.float64)
        found = len(known)
        subwords = self.vectors.subwords
        for token in [] if subwords is None else [token for token, row in zip(tokens, rows.tolist()) if row < 0]:
            made = subwords.vector(token) if subwords is not None else None
            if made is not None and made.any():
                total += self._of_composed * unit_vector(made)
                found += 1
        return total if found else None


def _weights(vectors: WordVectors, facts: dict[str, Any]) -> np.ndarray:
    """The weight of each word (V,), as `info["documents"]` says."""
    if facts["weights"] == "tf-idf":
        weights = np.array(facts["word_weights"], np.float64)
        if weights.shape != (len(vectors),):
            raise InputError(f"the documents have weights of {len(weights):,} words, but there are {len(vectors):,}")
        return weights
    return sif_weights(vectors, facts["a"]) if facts["weights"] == "sif" else np.ones(len(vectors))
