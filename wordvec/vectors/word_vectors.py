"""WordVectors: the words, their vectors, and the questions one asks of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from wordvec.corpus.spelling import near_spellings
from wordvec.errors import InputError, OptionError, ShapeError, UnknownWordError
from wordvec.vectors import queries
from wordvec.vectors.unit_rows import unit_rows, unit_vector

Neighbours = list[tuple[str, float]]
WordOrVector = str | np.ndarray


class WordVectors:
    """V words and their vectors, one row each.

    Shapes: matrix (V, D) float32 (float16 is kept, anything else becomes float32), counts (V,) int64 or None,
    context_matrix (V, D) or None. `info` says where the vectors come from; it must be writable as JSON
    ("trainer", "parameters", "corpus_fingerprint", "tokenizer", "loss", ...).
    The matrix is not copied and cannot be written through this object; a memory-mapped one stays mapped.
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
    ) -> None:
        self.words = list(words)
        self.matrix = _rows("matrix", matrix, len(self.words))
        self.context_matrix = None
        if context_matrix is not None:
            self.context_matrix = _rows("context_matrix", context_matrix, len(self.words))
        self.counts = None if counts is None else _counts(counts, len(self.words))
        self.info = dict(info or {})
        self._ids = {word: i for i, word in enumerate(self.words)}
        _check_words(self.words, self._ids)
        self._unit: np.ndarray | None = None

    # What it holds

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, word: str) -> np.ndarray:
        return self.matrix[self.word_id(word)]

    def __repr__(self) -> str:
        trainer = self.info.get("trainer")
        made_by = f", {trainer}" if trainer else ""
        return f"WordVectors({len(self):,} words, {self.dim:,} dimensions{made_by})"

    @property
    def dim(self) -> int:
        """The number of dimensions, D."""
        return int(self.matrix.shape[1])

    @property
    def unit(self) -> np.ndarray:
        """The rows divided by their length (V, D) float32, computed once when first asked for; zero rows stay zero."""
        if self._unit is None:
            self._unit = unit_rows(self.matrix, self.words)
        return self._unit

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
        near = near_spellings(word, self.words, limit=3) or near_spellings(word.lower(), self.words, limit=3)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ", and nothing in them is spelt like it"
        raise UnknownWordError(word, f"{word!r} is not among the {len(self):,} words of these vectors{hint}", near)

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
        excluded = [[self.word_id(item)] if isinstance(item, str) else [] for item in items]
        return queries.nearest(self, [self.unit_of(item) for item in items], excluded, k)

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
            return self.unit[self.word_id(item)]
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


def _rows(name: str, matrix: np.ndarray, words: int) -> np.ndarray:
    """A read-only view of `matrix`, checked; float32 or float16."""
    array = np.asarray(matrix)
    if array.ndim != 2 or len(array) != words or 0 in array.shape or array.dtype.kind not in "fiu":
        raise ShapeError(
            f"WordVectors: {name} must hold numbers, one row for each of the {words:,} words and at least one of both; "
            f"got {array.dtype} of shape {array.shape}"
        )
    if array.dtype not in (np.float32, np.float16):
        with np.errstate(over="ignore"):  # what does not fit float32 becomes infinity: found when unit rows are made
            array = array.astype(np.float32)
    view = array.view()
    view.flags.writeable = False
    return view


def _counts(counts: np.ndarray, words: int) -> np.ndarray:
    array = np.asarray(counts)
    if array.shape != (words,) or array.dtype.kind not in "iu":
        raise ShapeError(f"WordVectors: counts must be integers of shape ({words},); got {array.dtype} {array.shape}")
    if array.size and array.min() < 0:
        raise ShapeError(f"WordVectors: counts must not be negative; row {int(array.argmin())} has {array.min()}")
    view = array.astype(np.int64, copy=False).view()
    view.flags.writeable = False
    return view


def _check_words(words: list[str], ids: dict[str, int]) -> None:
    for row, word in enumerate(words):
        if not isinstance(word, str) or not word:
            raise InputError(f"WordVectors: the word of row {row} must be a str that is not empty; got {word!r}")
        if ids[word] != row:
            raise InputError(f"WordVectors: {word!r} stands twice, in rows {row} and {ids[word]}")
