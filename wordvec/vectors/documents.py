"""Vectors of documents: the weighted mean of their words' vectors. Same text, same vector.

    v = 1/n sum over the n words of a document that have a vector of  weight(w) x_w / |x_w|

The weights are a / (a + p(w)) of SIF (Arora, Liang and Ma 2017; p(w) is the word's share of all counts), 1, or the
inverse document frequency. Words composed of n-grams get the weight of an unseen word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.corpus.building import checked_threads
from wordvec.corpus.encode.token_ids import in_order
from wordvec.corpus.encode.tokenizers import Tokenizer
from wordvec.errors import InputError, OptionError, ShapeError
from wordvec.vectors.document_rows import Encoded, WordNumbers, check_documents, encode_documents
from wordvec.vectors.rows import row_lengths, unit_rows

if TYPE_CHECKING:
    from wordvec.vectors.document_rows import TextRows


LARGEST = 1e9  # bound of given weights
WEIGHTS = ("sif", "mean", "tf-idf")
INFER = "infer"  # for vectors trained by ParagraphVectors: see `wordvec.vectors.inference`
RUN = 128  # words summed in float32; the sums of longer documents' runs are added in float64
STRIP = 16  # columns of a sum held in registers; equals STRIP in native/src/products.c


@dataclass(frozen=True)
class DocumentVectors:
    """One row per document, and how many of its words had a vector.

    matrix (N, D) float32, zero for a document without known words; found and missing (N,) int64 count words; component
    (D,) float32 is the direction that SIF removed, or None; weights (V,) float32 are tf-idf weights of words, or None.
    """

    matrix: np.ndarray
    found: np.ndarray
    missing: np.ndarray
    component: np.ndarray | None = None
    weights: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.matrix)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.matrix, dtype) if copy else np.asarray(self.matrix, dtype)

    @property
    def empty(self) -> np.ndarray:
        """Which documents (N,) bool have no word with a vector: their rows are zero and mean nothing."""
        return self.found == 0


def embed(
    vectors: TextRows,
    documents: Iterable[Any],
    weights: str | np.ndarray | None = None,
    *,
    a: float = 1e-3,
    unit: bool = True,
    tokenizer: str | Tokenizer | None = None,
    threads: int | None = None,
) -> DocumentVectors:
    """See `WordVectors.embed`; with `unit` False word vectors keep their length."""
    check_documents(documents)
    threads = checked_threads(threads)
    if weights is None:
        weights = usual_weights(vectors)
    if isinstance(weights, str) and weights == INFER:
        return _inferred(vectors, documents, tokenizer, threads)
    of_words = _word_weights(vectors, weights, a)
    numbers = WordNumbers(vectors)
    blocks: Iterable[Encoded] = encode_documents(vectors, documents, numbers, tokenizer, threads)
    idf = None
    if of_words is None:
        blocks = list(blocks)
        of_words = idf = inverse_document_frequencies(blocks, len(vectors))
    sums = _Sums(vectors, of_words, numbers, unit)
    return _joined(list(in_order(sums.of, blocks, threads)), vectors.dim, idf)


def usual_weights(vectors: TextRows) -> str:
    """The default weights: "infer" for vectors that support it, else "sif"."""
    return "sif" if vectors.info.get("inference") is None else INFER


def _inferred(vectors: Any, documents: Iterable[Any], tokenizer: Any, threads: int) -> DocumentVectors:
    from wordvec.vectors.inference import infer, inference_of

    inference_of(vectors)  # fails before any document is read
    blocks = encode_documents(vectors, documents, WordNumbers(vectors), tokenizer, threads)
    return _joined(infer(vectors, blocks, threads), vectors.dim)


def _joined(parts: list[Any], dim: int, idf: np.ndarray | None = None) -> DocumentVectors:
    matrix = np.concatenate([np.zeros((0, dim), np.float32), *(part[0] for part in parts)])
    found = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in parts)])
    words = np.concatenate([np.zeros(0, np.int64), *(part[2] for part in parts)])
    return DocumentVectors(matrix, found, words - found, weights=idf)


LEAST_A = 1e-12  # rarer than any word; with less, rows of float32 would be zero


def sif_weights(vectors: TextRows, a: float) -> np.ndarray:
    """SIF weights a / (a + p(w)), (V,) float64. Raises InputError for vectors without counts, OptionError for tiny a.

    >>> from wordvec.vectors import WordVectors
    >>> sif_weights(WordVectors(["the", "tea"], np.eye(2), counts=np.array([9, 1])), 0.1).round(2).tolist()
    [0.1, 0.5]
    """
    if isinstance(a, bool) or not isinstance(a, (int, float, np.number)) or not (LEAST_A <= a < np.inf):
        raise OptionError(f"SIF weights: a must be above 0, from {LEAST_A:g} on; got {a!r}")
    if vectors.counts is None or vectors.counts.sum() == 0:
        raise InputError(
            "SIF weights: these vectors have no counts, which give the weights; take weights='mean' (--weights mean)"
        )
    shares: np.ndarray = vectors.counts / vectors.counts.sum()
    return a / (a + shares)


def inverse_document_frequencies(blocks: Iterable[Encoded], words: int) -> np.ndarray:
    """log((1 + N) / (1 + df)) + 1 of each word (V,) float32, smoothed as in scikit-learn's TfidfTransformer.

    >>> blocks = [Encoded(np.int32([1, 1, 2, 1]), np.int64([3, 4]))]  # two documents, of words 0, 0, 1 and 0
    >>> inverse_document_frequencies(blocks, 3).round(3).tolist()
    [1.0, 1.4049999713897705, 2.0989999771118164]
    """
    frequencies, total = np.zeros(words + 1, np.int64), 0
    for block in blocks:
        numbers = np.where(block.numbers <= words, block.numbers, 0).astype(np.int64)
        document = np.repeat(np.arange(len(block.ends)), np.diff(block.ends, prepend=0))
        frequencies += np.bincount(np.unique(document * (words + 1) + numbers) % (words + 1), minlength=words + 1)
        total += len(block.ends)
    return (np.log((1 + total) / (1 + frequencies[1:])) + 1).astype(np.float32)


def _word_weights(vectors: TextRows, weights: str | np.ndarray, a: float) -> np.ndarray | None:
    """The weight of each word (V,); None for tf-idf, which depends on the documents."""
    if not isinstance(weights, str):
        given = np.asarray(weights)
        if given.shape != (len(vectors),) or given.dtype.kind not in "fiu":
            raise ShapeError(f"weights must be one of {', '.join(WEIGHTS)}, or numbers ({len(vectors)},)")
        if not (np.abs(given) < LARGEST).all():  # also refuses nan
            raise OptionError(f"weights must be finite numbers below {LARGEST:g}")
        return given
    if weights not in WEIGHTS:
        raise OptionError(f"weights must be one of {', '.join(WEIGHTS)}; got {weights!r}")
    if weights == "mean":
        return np.ones(len(vectors))
    return sif_weights(vectors, a) if weights == "sif" else None


class _Sums:
    """Computes weighted means of rows; row 0 is zero and represents words without a vector."""

    def __init__(self, vectors: TextRows, weights: np.ndarray, numbers: WordNumbers, unit: bool) -> None:
        from wordvec.native import library

        self._numbers, self._dim, self._words = numbers, vectors.dim, len(vectors)
        self._compiled = library.is_available()
        self._rows = self._padded(vectors.unit if unit else vectors.rows(slice(None)))
        self._weights = np.concatenate([[0.0], weights]).astype(np.float32)
        self._unit, self._weight_of_composed = unit, np.float32(max(1.0, float(weights.max(initial=0.0))))

    def _padded(self, rows: np.ndarray) -> np.ndarray:
        width = -(-self._dim // STRIP) * STRIP if self._compiled else self._dim
        padded = np.zeros((len(rows) + 1, width), np.float32)
        padded[1:, : self._dim] = rows
        return padded

    def of(self, block: Encoded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows (d, D) of a block's documents, and the numbers of known words and of all words (d,) of each."""
        numbers, ends = block
        lengths = np.diff(ends, prepend=0)
        found_before = np.concatenate([[0], np.cumsum(numbers > 0)])
        found = np.diff(found_before[ends], prepend=0)
        is_composed = numbers > self._words
        own = np.where(is_composed, 0, numbers) if is_composed.any() else numbers
        sums = self._summed(ends, own, self._weights[own], self._rows)
        if is_composed.any():
            different, place = np.unique(numbers[is_composed], return_inverse=True)
            made = np.array([self._numbers.composed[n - self._words - 1] for n in different.tolist()], np.float32)
            rows = self._padded(unit_rows(made, row_lengths(made)) if self._unit else made)
            composed = np.zeros_like(numbers)
            composed[is_composed] = place + 1
            weights = np.where(is_composed, self._weight_of_composed, np.float32(0))
            sums += self._summed(ends, composed, weights, rows)
        return sums / np.maximum(found, 1).astype(np.float32)[:, None], found, lengths

    def _summed(self, ends: np.ndarray, numbers: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """The sums (d, D) of weighted rows; long documents are summed in runs, which are added in float64."""
        runs = -(-np.diff(ends, prepend=0) // RUN)
        if runs.max(initial=0) < 2:
            return self._summed_runs(ends, numbers, weights, rows)
        runs = np.maximum(runs, 1)
        last = np.cumsum(runs)
        run_ends = np.repeat(ends - np.diff(ends, prepend=0), runs)  # where the run's document begins
        run_ends += RUN * (1 + np.arange(last[-1]) - np.repeat(last - runs, runs))
        run_ends = np.minimum(run_ends, np.repeat(ends, runs))
        of_runs = self._summed_runs(run_ends, numbers, weights, rows).astype(np.float64)
        summed: np.ndarray = np.add.reduceat(of_runs, last - runs, axis=0).astype(np.float32)
        return summed

    def _summed_runs(self, ends: np.ndarray, numbers: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
        indptr = np.concatenate([[0], ends])
        if self._compiled:
            from wordvec.native import functions

            result = np.empty((len(ends), rows.shape[1]), np.float32)
            given = indptr, np.ascontiguousarray(numbers, np.int32), weights, rows, result
            functions.multiply_rows(*given, rows.shape[1], 0, len(ends))
            return np.ascontiguousarray(result[:, : self._dim])
        from scipy.sparse import csr_array

        summed: np.ndarray = csr_array((weights, numbers, indptr), shape=(len(ends), len(rows))) @ rows
        return summed


def without_component(documents: DocumentVectors, component: np.ndarray | None, dim: int) -> DocumentVectors:
    """Remove a direction, v - u (u . v): u is `component`, or the first singular vector of all non-zero rows.

    The second half of Arora, Liang and Ma's Algorithm 1. Raises ShapeError for a component of the wrong length.
    """
    if component is None:
        some = documents.matrix[documents.found > 0].astype(np.float64)
        if len(some) == 0:
            return documents
        component = np.linalg.eigh(some.T @ some)[1][:, -1]
        component = component * np.sign(component[np.abs(component).argmax()])
    elif np.shape(component) != (dim,):
        raise ShapeError(f"component must be of shape ({dim},); got {np.shape(component)}")
    u = np.asarray(component, np.float64)
    matrix = (documents.matrix - np.outer(documents.matrix @ u, u)).astype(np.float32)
    return DocumentVectors(matrix, documents.found, documents.missing, u.astype(np.float32))


# Vectors of sentences given as lists of words: the mean, and the weighted mean of Arora, Liang and Ma (SIF). Word
# vectors keep their length here; `WordVectors.embed` takes texts and uses unit vectors.


SentenceVectors = DocumentVectors


def mean_sentence_vectors(vectors: TextRows, sentences: Sequence[Sequence[str]]) -> SentenceVectors:
    """Return the mean of each sentence's word vectors; words without a vector are counted and skipped.

    `sentences` are lists of words, tokenized like the vectors' text, with `WordVectors.tokenize`. Raises OptionError
    for text that is not split.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["good", "tea"], np.array([[1.0, 3.0], [3.0, 1.0]]))
    >>> means = mean_sentence_vectors(vectors, [["good", "tea"], ["good", "grief"]])
    >>> means.matrix.tolist(), means.missing.tolist()
    ([[2.0, 2.0], [1.0, 3.0]], [0, 1])
    """
    return _means(vectors, sentences, None)


def sif_sentence_vectors(
    vectors: TextRows, sentences: Sequence[Sequence[str]], a: float = 1e-3, component: np.ndarray | None = None
) -> SentenceVectors:
    """Return SIF vectors (Arora, Liang and Ma 2017, Algorithm 1): rare words count more, a common part is removed.

    v = 1/|s| sum of a / (a + p(w)) x_w over a sentence's words, where p(w) is the word's share of all counts; then
    v - u (u . v), where u is the first singular vector of all v. A few sentences do not show what sentences have in
    common, so `component` can give u from other sentences. Words composed of subwords, whose count is unknown, have
    p = 0. Raises InputError for vectors without counts, OptionError for a <= 0.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["the", "tea"], np.eye(2), counts=np.array([999, 1]))
    >>> sif = sif_sentence_vectors(vectors, [["the", "tea"], ["the"]])
    >>> sif.found.tolist(), bool(np.abs(sif.matrix @ sif.component).max() < 1e-6)
    ([2, 1], True)
    """
    return without_component(_means(vectors, sentences, sif_weights(vectors, a)), component, vectors.dim)


def _means(vectors: TextRows, sentences: Sequence[Sequence[str]], weights: np.ndarray | None) -> SentenceVectors:
    if isinstance(sentences, str) or any(isinstance(sentence, str) for sentence in sentences):
        raise OptionError(
            "sentences must be lists of words: split the text as the vectors' text was, with vectors.tokenize(text)"
        )
    return embed(vectors, sentences, "mean" if weights is None else weights, unit=False)
