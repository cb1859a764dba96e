"""WordVectors: the words, their vectors, and the questions one asks of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from wordvec.errors import InputError, OptionError, ShapeError, UnknownWordError
from wordvec.vectors import queries
from wordvec.vectors.checks import checked_counts, checked_matrix, checked_scales, kept_words, number_words
from wordvec.vectors.lookup import explain_missing
from wordvec.vectors.rows import BLOCK, float_rows, row_lengths, unit_rows, unit_vector

Neighbours = list[tuple[str, float]]
WordOrVector = str | np.ndarray
RowNumbers = slice | np.ndarray | Sequence[int]


class Subwords(Protocol):
    """Gives vectors to words without a row, from their parts."""

    def vector(self, word: str) -> np.ndarray | None:
        """Return a vector (D,) float32, or None where the word has no known part."""


class WordVectors:
    """V words and their vectors, one row each.

    Shapes: matrix (V, D) float32 (float16 is kept, anything else becomes float32), counts (V,) int64 or None,
    context_matrix (V, D) or None. An int8 matrix with scales (V,) float32 stands for the rows matrix[i] * scales[i];
    `rows` gives float32 rows in every case. `info` says where the vectors come from; it must be writable as JSON
    ("trainer", "parameters", "corpus_fingerprint", "tokenizer", "loss", ...). `subwords` gives vectors to words
    without a row, and `rare` holds the words that were seen too rarely to get one, with their counts.
    A list of words is copied; another sequence (one that decodes words as they are asked for) is kept as it is,
    and checked at the first look-up of a word. The matrix is not copied and cannot be written through this object;
    a memory-mapped one stays mapped.
    Similarity is the cosine throughout; a zero vector is similar to nothing (0.0).

    Raises InputError for a word that is empty or stands twice, ShapeError for arrays that do not fit.

    >>> vectors = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> vectors
    WordVectors(3 words, 2 dimensions)
    >>> [(word, round(score, 2)) for word, score in vectors.most_similar("cat", k=1)]
    [('dog', 0.99)]
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: np.ndarray,
        counts: np.ndarray | None = None,
        info: dict[str, Any] | None = None,
        context_matrix: np.ndarray | None = None,
        *,
        scales: np.ndarray | None = None,
        subwords: Subwords | None = None,
        rare: Mapping[str, int] | None = None,
    ) -> None:
        self.words = kept_words(words)
        self.matrix = checked_matrix("matrix", matrix, len(self.words), keep_int8=scales is not None)
        self.scales = None if scales is None else checked_scales(scales, len(self.words))
        self.context_matrix = None
        if context_matrix is not None:
            self.context_matrix = checked_matrix("context_matrix", context_matrix, len(self.words))
        self.counts = None if counts is None else checked_counts(counts, len(self.words))
        self.info = dict(info or {})
        self.subwords, self.rare = subwords, rare
        self._row_of = number_words(self.words) if isinstance(self.words, list) else None
        self._lengths: np.ndarray | None = None
        self._unit: np.ndarray | None = None

    # What it holds

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, word: str) -> np.ndarray:
        return self._row(word)[1]

    def __repr__(self) -> str:
        trainer = self.info.get("trainer")
        made_by = f", {trainer}" if trainer else ""
        return f"WordVectors({len(self):,} words, {self.dim:,} dimensions{made_by})"

    @property
    def dim(self) -> int:
        """The number of dimensions, D."""
        return int(self.matrix.shape[1])

    @property
    def _ids(self) -> dict[str, int]:
        if self._row_of is None:
            self._row_of = number_words(self.words)
        return self._row_of

    @property
    def lengths(self) -> np.ndarray:
        """The length of each row (V,) float64, computed once when first asked for.

        Raises InputError for a row that holds nan or infinity, naming its word.
        """
        if self._lengths is None:
            self._lengths = self._finite(row_lengths(self.matrix, self.scales), slice(None))
        return self._lengths

    @property
    def unit(self) -> np.ndarray:
        """The rows divided by their length (V, D) float32; zero rows stay zero.

        Computed once when first asked for, and as large as a float32 matrix: `unit_rows_of` gives some of them. Rows
        that have length 1 already are not copied.
        """
        if self._unit is None:
            if self.matrix.dtype == np.float32:
                self._unit = unit_rows(self.matrix, self.lengths)
            else:
                self._unit = np.empty(self.matrix.shape, np.float32)
                for first in range(0, len(self), BLOCK):
                    self._unit[first : first + BLOCK] = self.unit_rows_of(slice(first, first + BLOCK))
        return self._unit

    def rows(self, ids: RowNumbers) -> np.ndarray:
        """Return some rows as float32 (n, D), also where the matrix is kept in float16 or int8.

        A slice of a float32 matrix is a view that cannot be written; anything else is a copy.

        >>> WordVectors(["a", "b"], np.array([[1, 2], [3, 4]])).rows([1, 0]).tolist()
        [[3.0, 4.0], [1.0, 2.0]]
        """
        return float_rows(self.matrix, self.scales, ids)

    def unit_rows_of(self, ids: RowNumbers) -> np.ndarray:
        """Return some rows divided by their length as float32 (n, D); zero rows stay zero.

        Raises InputError for a row that holds nan or infinity, naming its word.
        """
        rows = self.rows(ids)
        return unit_rows(rows, self._finite(row_lengths(rows), ids) if self._lengths is None else self._lengths[ids])

    def _finite(self, lengths: np.ndarray, ids: RowNumbers) -> np.ndarray:
        if not np.isfinite(lengths).all():
            row = int(np.arange(len(self))[ids][~np.isfinite(lengths)][0])
            raise InputError(
                f"the vector of {self.words[row]!r} (row {row}) holds nan or infinity; retrain or repair the file"
            )
        return lengths

    def word_id(self, word: str) -> int:
        """Return the row of `word`.

        Raises UnknownWordError with other cases and near spellings of it.

        >>> WordVectors(["cat"], np.ones((1, 2))).word_id("Cat")
        Traceback (most recent call last):
        wordvec.errors.UnknownWordError: 'Cat' is not among the 1 words of these vectors; did you mean 'cat'?
        """
        try:
            return self._ids[word]
        except (KeyError, TypeError):
            pass
        if not isinstance(word, str):
            raise OptionError(f"a word is a str; got {type(word).__name__}")
        message, near = explain_missing(word, self.words, self.rare, self.info)
        raise UnknownWordError(word, message, near)

    def ids_of(self, items: Sequence[WordOrVector]) -> list[int]:
        """Return the rows of the words among `items` that have one; vectors and words without a row are passed over."""
        return [self._ids[item] for item in items if isinstance(item, str) and item in self._ids]

    def _row(self, word: str) -> tuple[int | None, np.ndarray]:
        """A word's row number and vector (D,) float32; no number for a vector made of subwords."""
        row = self._ids.get(word) if isinstance(word, str) else None
        if row is None and self.subwords is not None and isinstance(word, str):
            made = self.subwords.vector(word)
            if made is not None:
                return None, made
        row = self.word_id(word)
        vector = self.rows(slice(row, row + 1))[0]
        vector.flags.writeable = False
        return row, vector

    # Questions

    def similarity(self, a: WordOrVector, b: WordOrVector) -> float:
        """Return the cosine of two words or vectors, in [-1, 1]; 0.0 when one of them is zero.

        >>> WordVectors(["x", "y"], np.array([[1.0, 0.0], [1.0, 1.0]])).similarity("x", "y")
        0.7071067690849304
        """
        return min(1.0, max(-1.0, float(self.unit_of(a) @ self.unit_of(b))))

    def most_similar(
        self,
        positive: WordOrVector | Sequence[WordOrVector],
        negative: WordOrVector | Sequence[WordOrVector] = (),
        k: int = 10,
    ) -> Neighbours:
        """Return the `k` words nearest to the sum of `positive` minus the sum of `negative`, as (word, cosine).

        Each word or vector counts with length 1 (Mikolov, Yih and Zweig 2013, section 4); the given words
        themselves are left out. A vector is a numpy array (D,).
        Raises UnknownWordError, OptionError (k < 1, nothing given), InputError (the sum has no direction).
        """
        return queries.most_similar(self, queries.as_list(positive), queries.as_list(negative), k)

    def nearest(self, vector: np.ndarray, k: int = 10) -> Neighbours:
        """Return the `k` words nearest to a vector (D,), as (word, cosine); no word is left out."""
        return queries.nearest(self, [self.unit_of(np.asarray(vector))], [[]], k)[0]

    def nearest_to_each(self, items: Sequence[WordOrVector], k: int = 10) -> list[Neighbours]:
        """Return `nearest` for many words or vectors at once; a word is left out of its own answer.

        Works in blocks: memory does not grow with the number of items times the number of words.
        """
        return queries.nearest(self, [self.unit_of(item) for item in items], [self.ids_of([i]) for i in items], k)

    def analogy(self, a: str, b: str, c: str, k: int = 10, method: str = "3cosadd") -> Neighbours:
        """Answer "a is to b as c is to ?" with the `k` best words as (word, score); a, b and c are left out.

        "3cosadd" (Mikolov, Yih and Zweig 2013): cos(x, b - a + c), all of unit length.
        "3cosmul" (Levy and Goldberg 2014, eq. 4): cos(x, b) cos(x, c) / (cos(x, a) + 0.001), each cos as (cos + 1) / 2.
        Raises UnknownWordError, and OptionError for another method.

        >>> lattice = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 0.0]])
        >>> WordVectors(["man", "king", "woman", "queen", "apple"], lattice).analogy("man", "king", "woman")[0][0]
        'queen'
        """
        return queries.analogy(self, a, b, c, k, method)

    def rank(self, a: str, b: str) -> int:
        """Return which neighbour of `a` the word `b` is: 1 for the nearest, 0 for `a` itself.

        One more than the number of words, `a` aside, strictly more similar to `a` than `b` is.
        """
        return queries.rank(self, self.word_id(a), self.word_id(b))

    def doesnt_match(self, words: Sequence[str]) -> str:
        """Return the word least similar to the mean of all, each with length 1; the first of equals.

        Raises UnknownWordError, and OptionError for fewer than three words: of two, neither is the odd one.
        """
        return queries.doesnt_match(self, words)

    def unit_of(self, item: WordOrVector) -> np.ndarray:
        """Return a word's row or a vector (D,) with length 1, float32; zero stays zero."""
        if isinstance(item, str):
            row, made = self._row(item)
            return unit_vector(made) if row is None else self.unit_rows_of(slice(row, row + 1))[0]
        vector = np.asarray(item)
        if vector.shape != (self.dim,) or vector.dtype.kind not in "fiu":
            raise ShapeError(
                f"expected a word or a vector of {self.dim} numbers; got {vector.dtype} of shape {vector.shape}"
            )
        return unit_vector(vector)

    # Files

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> WordVectors:
        """Read vectors from a file of any known format, told by its content; see `wordvec.vectors.load`."""
        from wordvec.vectors.load import load

        return load(path)

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Write the vectors; the format follows the suffix unless given; see `wordvec.vectors.load.save`."""
        from wordvec.vectors.load import save

        save(self, path, format)
