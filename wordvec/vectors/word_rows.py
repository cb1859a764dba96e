"""WordRows: words with one row of numbers each, in their stored form. WordVectors adds the queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from wordvec.errors import InputError, OptionError, ShapeError, UnknownWordError, counted
from wordvec.vectors.gensim_names import NamesOfGensim, no_such
from wordvec.vectors.lookup import PackedLookup, WordIds, explain_missing
from wordvec.vectors.rows import (
    BLOCK,
    FixedRows,
    checked_counts,
    checked_matrix,
    checked_scales,
    float_rows,
    in_order,
    kept_words,
    number_words,
    read_only,
    row_lengths,
    unit_rows,
    unit_vector,
)
from wordvec.vectors.word_bytes import LazyWords

if TYPE_CHECKING:
    from typing_extensions import Self

WordOrVector = str | np.ndarray
T = TypeVar("T")
RowNumbers = slice | np.ndarray | Sequence[int]


class Subwords(Protocol):
    """Composes vectors for words without a row from their parts."""

    def vector(self, word: str) -> np.ndarray | None:
        """Return a vector (D,) float32, or None if the word has no known part."""


class WordRows(FixedRows, metaclass=NamesOfGensim):
    """The data of `WordVectors`, whose docstring describes shapes and errors."""

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
        size = len(self.words)
        self.matrix = checked_matrix("matrix", matrix, size, keep_int8=scales is not None)
        self.scales = None if scales is None else checked_scales(scales, size)
        contexts = context_matrix
        self.context_matrix = None if contexts is None else checked_matrix("context_matrix", contexts, size)
        self.counts = None if counts is None else checked_counts(counts, size)
        self.info = dict(info or {})
        self.subwords, self.rare = subwords, rare
        rows = number_words(self.words) if isinstance(self.words, list) else None
        self._row_of: dict[str, int] | PackedLookup | None = rows
        self._lengths: np.ndarray | None = None
        self._divisors: np.ndarray | None = None
        self._unit: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        """Whether a word has a row; a word with a vector only from `subwords` has none."""
        return isinstance(word, str) and word in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, word: str | Iterable[str]) -> np.ndarray:
        """The vector (D,) of a word, or vectors (n, D) of words in an order, float32; `subwords` compose missing rows.

        Raises UnknownWordError for the first word without a vector.
        """
        if isinstance(word := in_order(word), list):
            ids = self.ids_of(word, missing=-1)
            rows = self.rows(ids)
            for place in np.flatnonzero(ids < 0).tolist():
                rows[place] = self._row(word[place])[1]
            return rows
        return self._row(word)[1]  # type: ignore[arg-type]  # which refuses other types

    def get(self, word: str, default: T | None = None) -> np.ndarray | T | None:
        """Return the vector (D,) of `word`, or `default` if it has none.

        >>> WordRows(["cat"], np.ones((1, 2))).get("dog") is None
        True
        """
        try:
            return self._row(word)[1]
        except UnknownWordError:
            return default

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The rows (V, D) for numpy: the read-only matrix itself, unless a copy is requested or needed.

        >>> np.asarray(WordRows(["cat"], np.ones((1, 2)))).tolist()
        [[1.0, 1.0]]
        """
        kept = self.matrix if self.scales is None else None
        if copy is False and (kept is None or (dtype is not None and kept.dtype != np.dtype(dtype))):
            raise ValueError("the rows are kept as another type: a copy is needed")
        rows = self.rows(slice(None)) if kept is None else kept
        return np.array(rows, dtype) if copy else np.asarray(rows, dtype)

    def __sklearn_clone__(self) -> Self:
        """Return itself when scikit-learn clones an estimator with vectors as a parameter, since they are read-only."""
        return self

    def __repr__(self) -> str:
        made_by = f", {trainer}" if (trainer := self.info.get("trainer")) else ""
        return f"WordVectors({counted(len(self), 'word')}, {counted(self.dim, 'dimension')}{made_by})"

    if not TYPE_CHECKING:  # otherwise type checkers would accept any attribute

        def __getattr__(self, name: str) -> Any:
            raise no_such("WordVectors", name)

    @property
    def dim(self) -> int:
        """The number of dimensions, D."""
        return int(self.matrix.shape[1])

    @property
    def _ids(self) -> dict[str, int] | PackedLookup:
        if self._row_of is None:
            packed = isinstance(self.words, LazyWords)
            self._row_of = PackedLookup(self.words) if packed else number_words(self.words)  # type: ignore[arg-type]
        return self._row_of

    @property
    def word_ids(self) -> Mapping[str, int]:
        """The row of each word, as a read-only mapping; its values are 0 .. V - 1 in order.

        >>> ids = WordRows(["cat", "dog"], np.ones((2, 2))).word_ids
        >>> ids["dog"], ids.get("cow"), len(ids), dict(ids)
        (1, None, 2, {'cat': 0, 'dog': 1})
        """
        return WordIds(self.words, self._ids, self.word_id)

    @property
    def lengths(self) -> np.ndarray:
        """The length of each row (V,) float64, read-only, computed once on first access.

        Raises InputError for a row that holds nan or infinity, naming its word.
        """
        if self._lengths is None:
            self._lengths = read_only(self._finite(row_lengths(self.matrix, self.scales), slice(None)))
        return self._lengths

    @property
    def divisors(self) -> np.ndarray:
        """Divisors that turn products with rows of `matrix` into cosines, (V,) float32; computed once.

        They are the lengths of the stored rows, since a scale does not change a row's direction; 1 for a row of zeros,
        infinity for a non-zero row with scale 0. Raises as `lengths` does.
        """
        if self._divisors is None:
            lengths = self.lengths
            with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
                divisors = (lengths if self.scales is None else lengths / self.scales).astype(np.float32)
            divisors[lengths == 0] = 1.0
            if self.scales is not None:
                without = np.flatnonzero(self.scales == 0)
                divisors[without[self.matrix[without].any(axis=1)]] = np.inf
            self._divisors = read_only(divisors)
        return self._divisors

    @property
    def unit(self) -> np.ndarray:
        """The rows divided by their length (V, D) float32, read-only; zero rows stay zero.

        Computed once on first access, and as large as a float32 matrix; `unit_rows_of` computes selected rows. A matrix
        whose rows already have length 1 is not copied.
        """
        if self._unit is None:
            if self.matrix.dtype == np.float32:
                unit = unit_rows(self.matrix, self.lengths)
            else:
                unit = np.empty(self.matrix.shape, np.float32)
                for first in range(0, len(self), BLOCK):
                    unit[first : first + BLOCK] = self.unit_rows_of(slice(first, first + BLOCK))
            self._unit = read_only(unit)
        return self._unit

    def warm_up(self) -> Self:
        """Compute now what the first query would compute: the index of the words and the lengths of the rows.

        After that, queries only read: call this before threads share the vectors, and before a process forks, so that
        its children share one index. Words of a file stay packed, at 12 bytes per word, after any number of lookups.
        Raises InputError for a row that holds nan or infinity, naming its word.

        >>> WordRows(["a"], np.ones((1, 2))).warm_up().lengths.round(3).tolist()
        [1.414]
        """
        if isinstance(self._ids, PackedLookup):
            self._ids.stays_packed = True
        _ = self.divisors
        return self

    def rows(self, ids: RowNumbers) -> np.ndarray:
        """Return some rows as float32 (n, D), even if the matrix is stored as float16 or int8.

        A slice of a float32 matrix is a read-only view; anything else is a copy.

        >>> WordRows(["a", "b"], np.array([[1, 2], [3, 4]])).rows([1, 0]).tolist()
        [[3.0, 4.0], [1.0, 2.0]]
        """
        return float_rows(self.matrix, self.scales, ids)

    def unit_rows_of(self, ids: RowNumbers) -> np.ndarray:
        """Return some rows divided by their length as float32 (n, D); zero rows stay zero.

        Raises InputError for a row that holds nan or infinity, naming its word.
        """
        rows = self.rows(ids)
        return unit_rows(rows, self._finite(row_lengths(rows), ids) if self._lengths is None else self._lengths[ids])

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

    def word_id(self, word: str) -> int:
        """Return the row of `word`.

        Raises UnknownWordError, which says how often the word was seen, if known, and suggests similar spellings.

        >>> WordRows(["cat"], np.ones((1, 2))).word_id("Cat")
        Traceback (most recent call last):
        wordvec.errors.UnknownWordError: 'Cat' is not among the 1 words of these vectors; did you mean 'cat'?
        """
        if not isinstance(word, str):
            raise OptionError(f"a word is a str; got {type(word).__name__}; row i is .rows([i])[0], all are .matrix")
        row = self._ids.get(word)
        if row is not None:
            return row
        message, near = explain_missing(word, self.words, self.rare, self.info, self.subwords)
        raise UnknownWordError(word, message, near)

    def ids_of(self, words: Iterable[str], missing: int | None = None) -> np.ndarray:
        """Return the row of each word (n,) int64; `missing` for a word without a row.

        Raises UnknownWordError for the first word without a row, unless `missing` is given.

        >>> vectors = WordRows(["cat", "dog"], np.ones((2, 2)))
        >>> vectors.ids_of(["dog", "cat"]).tolist(), vectors.ids_of(["dog", "cow"], missing=-1).tolist()
        ([1, 0], [1, -1])
        """
        if isinstance(words, str):
            raise OptionError(f"ids_of: give a list of words; the row of one is .word_id({words!r})")
        if missing is None:
            return np.array([self.word_id(word) for word in words], np.int64)
        rows = [self._ids.get(word) if isinstance(word, str) else None for word in words]
        return np.array([missing if row is None else row for row in rows], np.int64)

    def known_ids(self, items: Iterable[Any]) -> list[int]:
        """Return the rows of the words among `items` that have one; all other items are ignored."""
        if isinstance(items, str):
            raise OptionError(f"known_ids: give a list of words; the row of one is .word_id({items!r})")
        return [row for item in items if isinstance(item, str) and (row := self._ids.get(item)) is not None]

    def _row(self, word: str) -> tuple[int | None, np.ndarray]:
        """A word's row number and vector (D,) float32; the number is None for a vector composed of subwords."""
        has_no_row = self.subwords is not None and isinstance(word, str) and word not in self._ids
        if has_no_row and (made := self.subwords.vector(word)) is not None:  # type: ignore[union-attr]
            return None, made
        row = self.word_id(word)
        return row, read_only(self.rows(slice(row, row + 1))[0])

    def _finite(self, lengths: np.ndarray, ids: RowNumbers) -> np.ndarray:
        if not np.isfinite(lengths).all():
            row = int(np.arange(len(self))[ids][~np.isfinite(lengths)][0])
            raise InputError(
                f"the vector of {self.words[row]!r} (row {row}) holds nan or infinity; retrain or repair the file"
            )
        return lengths
