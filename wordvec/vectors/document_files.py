"""Document vectors in files: an ordinary vector file in which the documents' ids take the place of words.

So ``similar``, ``plot``, ``explore`` and ``convert`` also accept them. ``info["documents"]`` holds what a query needs:
the file and digest of the word vectors, and the weights.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.errors import InputError, VectorsFileError, describe
from wordvec.files import replace_file
from wordvec.json_forms import NUMBER, TEXT, Kind, check_form, list_of, or_null
from wordvec.vectors.documents import INFER, DocumentVectors, embed, sif_weights
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.rows import unit_vector
from wordvec.vectors.word_bytes import encode_word
from wordvec.vectors.word_vectors import WordVectors

FORM = {  # of info["documents"]
    "vectors": or_null(TEXT), "vectors_digest": TEXT, "a": or_null(NUMBER), "tokenizer?": or_null(TEXT),
    "weights": Kind("sif, tf-idf, mean or infer", lambda value: value in ("sif", "tf-idf", "mean", "infer")),
    "word_weights?": list_of(NUMBER, "a list of numbers"),
}  # fmt: skip
SAMPLED = 256  # rows in the digest that identifies vectors


def as_word_vectors(
    found: DocumentVectors,
    ids: Sequence[str],
    vectors: WordVectors,
    file: str,
    weights: str,
    a: float,
    tokenizer: str | None = None,
) -> WordVectors:
    """Document rows under their ids; `file` is the file of `vectors`, `tokenizer` the one given by the user, if any.

    Raises InputError for repeated ids.
    """
    facts: dict[str, Any] = {
        "vectors": file,
        "vectors_digest": digest(vectors),
        "weights": weights,
        "a": a if weights == "sif" else None,
        "documents": len(found),
        "empty": int(found.empty.sum()),
        "words": int(found.found.sum()),
        "missing_words": int(found.missing.sum()),
    }
    if tokenizer is not None:
        facts["tokenizer"] = tokenizer  # tokenizes queries like the documents
    if found.weights is not None:
        facts["word_weights"] = [round(float(weight), 6) for weight in found.weights]
    return WordVectors(list(ids), found.matrix, info={"trainer": "embed", "documents": facts})


def trained_documents(
    names: Sequence[str], rows: np.ndarray, found: np.ndarray, missing: int, vectors: WordVectors
) -> WordVectors:
    """The rows (T, D) of tags trained by `ParagraphVectors`, with the number of known words (T,) for each.

    `missing` counts the documents' words without a vector; `vectors` are the word vectors, which infer new texts.
    """
    facts: dict[str, Any] = {
        "vectors": None,
        "vectors_digest": digest(vectors),
        "weights": "infer",
        "a": None,
        "documents": len(names),
        "empty": int((found == 0).sum()),
        "words": int(found.sum()),
        "missing_words": missing,
    }
    return WordVectors(list(names), rows, info={"trainer": vectors.info["trainer"], "documents": facts})


def as_seen_from(out: str | os.PathLike[str], file: str | os.PathLike[str]) -> str:
    """The path of `file` relative to the folder of `out`, so that both can be moved together."""
    try:
        return os.path.relpath(os.path.realpath(file), os.path.dirname(os.path.realpath(out)))
    except ValueError:  # another drive, on Windows
        return os.path.abspath(file)


def digest(vectors: WordVectors) -> str:
    """A short digest that identifies vectors, from their shape and a sample of their words and rows."""
    known = hashlib.blake2b(repr(vectors.matrix.shape).encode(), digest_size=12)
    for row in np.unique(np.linspace(0, len(vectors) - 1, SAMPLED).astype(np.int64)).tolist():
        known.update(vectors.words[row].encode("utf-8", "surrogatepass") + b"\n")
        known.update(np.ascontiguousarray(vectors.rows(slice(row, row + 1)), "<f4").tobytes())
    return known.hexdigest()


def save_documents(documents: WordVectors, path: str | os.PathLike[str]) -> list[str]:
    """Write documents in the format of `path`'s suffix; returns the names of the files written.

    ``.npy`` holds only the rows; their ids go into ``NAME.words.txt``, one per line, where the readers of a matrix look
    for them.
    """
    if Path(path).suffix.lower() != ".npy":
        documents.save(path)
        return [os.fspath(path)]
    beside = ids_file(path)
    for word in documents.words:
        encode_word(word)  # raises for an id that UTF-8 cannot hold
    bad = next((word for word in documents.words if "\n" in word or "\r" in word or word != word.strip()), None)
    if bad is not None:
        raise InputError(f"the id {bad!r} holds a line end, or a space at its ends, which lines of ids cannot keep")
    with replace_file(beside, "w", encoding="utf-8") as ids:
        ids.writelines(f"{word}\n" for word in documents.words)
        ids.flush()
        os.fsync(ids.fileno())  # a full disk is found before the rows are replaced, whose ids these are
        with replace_file(path) as file:
            np.save(file, np.ascontiguousarray(documents.matrix))
    return [os.fspath(path), os.fspath(beside)]


def ids_file(path: str | os.PathLike[str]) -> Path:
    """The file for the ids of the rows in a ``.npy``.

    >>> ids_file("docs.npy").name
    'docs.words.txt'
    """
    return Path(path).with_name(f"{Path(path).stem}.words.txt")


def vectors_of(documents: WordVectors, path: str | os.PathLike[str], given: str | None = None) -> WordVectors:
    """Load the word vectors that embedded the documents in `path`, from the recorded file or from `given`.

    Raises InputError for a file without documents, VectorsFileError if the vectors are missing or different.
    """
    facts = facts_of(documents, path)
    file = given or os.path.join(os.path.dirname(os.path.abspath(path)), str(facts.get("vectors")))
    if not os.path.isfile(file):
        raise VectorsFileError(f"{file}: the word vectors of these documents are not there; name them: --vectors FILE")
    vectors = WordVectors.load(file)
    if digest(vectors) != facts.get("vectors_digest"):
        raise VectorsFileError(f"{file}: not the vectors that embedded the documents in {path}; embed them again")
    return vectors


def facts_of(documents: WordVectors, path: str | os.PathLike[str]) -> dict[str, Any]:
    """``info["documents"]``. Raises InputError if it is missing or damaged."""
    facts = documents.info.get("documents")
    if not isinstance(facts, dict):
        raise InputError(
            f"{path}: holds no documents that can be queried: write them with wordvec embed, as .safetensors or .npz"
        )
    try:
        check_form(facts, FORM)
        needed = {"tf-idf": "word_weights", "sif": "a"}.get(facts["weights"])
        if needed is not None and facts.get(needed) is None:
            raise ValueError(f"{needed} is missing, which the weights {facts['weights']} need")
    except ValueError as error:
        raise InputError(f"{path}: its record of documents is damaged: {error}; embed them again") from None
    return facts


def nearest_words(documents: WordVectors, vectors: WordVectors, name: str, k: int = 10) -> Neighbours:
    """Return the `k` words nearest to a document, as (word, cosine).

    The mean of all documents' unit rows, which is what they share, is subtracted first. Raises InputError for a
    document in which no word has a vector.
    """
    row = documents.unit_of(name)
    if not row.any():
        raise InputError(f"document {name!r} has no word with a vector, so nothing is near to it")
    apart = row - documents.unit.mean(axis=0)
    return vectors.nearest(apart if apart.any() else row, k)


def search(documents: WordVectors, vectors: WordVectors, query: str, k: int = 10, tokenizer: Any = None) -> Neighbours:
    """Return the `k` documents nearest to a text, as (id, cosine); the text is weighted as the documents were.

    Documents without a known word are never returned. Raises InputError for a text in which no word has a vector.
    """
    return DocumentSearch(documents, vectors, tokenizer).nearest(query, k)


# Repeated queries: what all of them need is computed once.


class DocumentSearch:
    """Finds the documents nearest to a text or a document; a text is weighted, or inferred, as the documents were.

    Documents without a known word are never returned. Thread-safe.

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
        self._of_composed = max(1.0, float(self._weights.max(initial=0.0)))  # weight of an unseen word
        known = np.flatnonzero(documents.lengths > 0)
        self._known = None if len(known) == len(documents) else known

    def nearest(self, query: str, k: int = 10) -> Neighbours:
        """The `k` documents nearest to a text, as (id, cosine).

        Raises InputError for a text in which no word has a vector.
        """
        return self.nearest_to_tokens(self.vectors.tokenize(query, self.tokenizer), k, query)

    def nearest_to_tokens(self, tokens: list[str], k: int = 10, query: str | None = None) -> Neighbours:
        """`nearest` for the tokens of a text; `query` is its name in messages."""
        total = self._inferred(tokens) if self._is_inferred else self._sum(tokens)
        if total is None:
            what = "the list of words" if query is None else describe(query)
            few = {0: "it holds no word", 1: "its only word has no vector"}
            raise InputError(f"{what}: {few.get(len(tokens), f'none of its {len(tokens)} words has a vector')}")
        if not total.any():
            return Neighbours()
        return self.documents.nearest(unit_vector(total), k, among=self._known)

    def like(self, name: str, k: int = 10) -> Neighbours:
        """The `k` other documents nearest to one, by its id. Raises UnknownWordError."""
        if not self.documents.unit_of(name).any():
            raise InputError(f"document {name!r} has no word with a vector, so nothing is near to it")
        return self.documents.most_similar(name, k=k, among=self._known)

    def _inferred(self, tokens: list[str]) -> np.ndarray | None:
        """The row (D,) that training would give the tokens; None if no word has a vector.

        The mean of the words' vectors would be worse, since these are output rows: with 30 % of a paragraph's words as
        the query, the row found .86 of 400 Wikipedia paragraphs first, the mean .37 (3,000 documents, 50 dimensions).
        """
        found = embed(self.vectors, [tokens], INFER, threads=1)
        return None if found.empty[0] else found.matrix[0].astype(np.float64)

    def _sum(self, tokens: list[str]) -> np.ndarray | None:
        """The weighted sum (D,) float64 of the words' unit vectors; None if no word has a vector."""
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
    """The weight of each word (V,) according to `info["documents"]`."""
    if facts["weights"] == "tf-idf":
        weights = np.array(facts["word_weights"], np.float64)
        if weights.shape != (len(vectors),):
            raise InputError(f"the documents have weights of {len(weights):,} words, but there are {len(vectors):,}")
        return weights
    return sif_weights(vectors, facts["a"]) if facts["weights"] == "sif" else np.ones(len(vectors))
