"""Checks of words and rows, and arithmetic of rows kept as float32, float16 or scaled int8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from wordvec.errors import InputError, ShapeError, describe

BLOCK = 8_192  # rows taken to float64 at a time
UNIT_TOLERANCE = 1e-5  # rows whose length is this close to 1 are left unchanged
MOST_COUNTED = np.iinfo(np.int64).max
FIXED = ("words", "matrix", "scales")


class FixedRows:
    """Attributes FIXED are set once, and arrays are read-only: lengths and the look-up of words are made from them.

    >>> import copy
    >>> rows = FixedRows()
    >>> rows.matrix = read_only(np.ones((1, 2)))
    >>> copy.deepcopy(rows).matrix.flags.writeable
    False
    """

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take the attributes of a copy or a pickle, where numpy has made arrays writeable."""
        vars(self).update({k: read_only(v) if isinstance(v, np.ndarray) else v for k, v in state.items()})

    def __setattr__(self, name: str, value: object) -> None:
        if name in FIXED and name in self.__dict__:
            raise AttributeError(
                f"{name} cannot be exchanged: make new vectors, such as "
                "WordVectors(v.words, v.matrix - mean, v.counts), or v.with_rows(words, rows)"
            )
        super().__setattr__(name, value)


def float_rows(matrix: np.ndarray, scales: np.ndarray | None, rows: slice | np.ndarray | Sequence[int]) -> np.ndarray:
    """Return some rows as float32 (n, D); in an int8 matrix, row i is multiplied by scales[i].

    A slice of a float32 matrix is a view of it; anything else is a copy.

    >>> float_rows(np.array([[127, 0], [-1, 2]], np.int8), np.array([0.5, 2.0], np.float32), slice(1, 2)).tolist()
    [[-2.0, 4.0]]
    """
    chosen: np.ndarray = matrix[rows].astype(np.float32, copy=False)
    if scales is not None:
        with np.errstate(over="ignore", invalid="ignore"):  # damaged scales are found when lengths are computed
            chosen *= scales[rows][:, None]
    return chosen


def row_lengths(matrix: np.ndarray, scales: np.ndarray | None = None) -> np.ndarray:
    """Return the Euclidean length of each row (V,) in float64, where squares of float32 neither overflow nor vanish.

    >>> row_lengths(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)).tolist()
    [5.0, 0.0]
    """
    lengths = np.empty(len(matrix))
    for first in range(0, len(matrix), BLOCK):
        rows = slice(first, first + BLOCK)
        with np.errstate(invalid="ignore", over="ignore"):
            lengths[rows] = np.sqrt(np.einsum("ij,ij->i", matrix[rows], matrix[rows], dtype=np.float64))
    return lengths if scales is None else lengths * scales


def unit_rows(rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return float32 rows (n, D) divided by their lengths (n,); a zero row stays zero.

    If every length is 1 (or 0), the rows themselves are returned, without a copy.

    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]], np.float32), np.array([5.0, 0.0])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    divisors = np.where(lengths == 0, 1.0, lengths)
    if bool((np.abs(divisors - 1.0) <= UNIT_TOLERANCE).all()):
        return rows
    unit = np.empty(rows.shape, np.float32)
    for first in range(0, len(rows), BLOCK):
        block = slice(first, first + BLOCK)
        unit[block] = rows[block] / divisors[block, None]  # in float64: lengths may be outside float32
    return unit


def unit_vector(vector: np.ndarray) -> np.ndarray:
    """Return a float32 vector divided by its length; a zero vector stays zero. Raises InputError for nan or infinity.

    >>> unit_vector(np.array([0.0, 2.0])).tolist()
    [0.0, 1.0]
    """
    (length,) = row_lengths(np.asarray(vector, np.float64)[None, :])
    if not np.isfinite(length):
        raise InputError("the vector holds nan or infinity")
    return (np.asarray(vector, np.float64) / (length or 1.0)).astype(np.float32)


# Rows in fewer bytes: float16, or int8 with one scale per row.


LARGEST_INT8 = 127


def narrow_rows(rows: np.ndarray, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray | None]:
    """Return finite float rows (n, D) as `dtype`, and for int8 their scales (n,) float32, else None.

    int8 is symmetric: scale = max|x| / 127 of the row, and x is kept as round(x / scale). Multiplied by the scale, it
    is restored with an error of at most half a scale. Numbers too large for float16 become infinity.

    >>> kept, scales = narrow_rows(np.array([[1.0, -0.5, 0.0]], np.float32), np.dtype(np.int8))
    >>> kept.tolist(), scales.tolist() == [np.float32(1 / 127)]
    ([[127, -64, 0]], True)
    """
    if dtype != np.int8:
        with np.errstate(over="ignore"):
            return rows.astype(dtype, copy=False), None
    scales = (np.abs(rows).max(axis=1).astype(np.float64) / LARGEST_INT8).astype(np.float32)
    divisors = np.where(scales > 0, scales, np.inf).astype(np.float64)  # a row of zeros, or nearly, becomes zeros
    rounded = np.rint(rows / divisors[:, None])
    return np.clip(rounded, -LARGEST_INT8, LARGEST_INT8).astype(np.int8), scales


# Checks: words, matrices, scales and counts must fit together.


def kept_words(words: Sequence[str] | Iterable[str]) -> Sequence[str]:
    """Return lists, tuples and iterables as a new list; any other sequence (which may read lazily) unchanged.

    Raises InputError for unordered words, which would belong to different rows in each run.
    """
    if isinstance(words, (Mapping, set, frozenset)) or not isinstance(words, Iterable):
        by_row = ", such as sorted(words, key=words.get)" if isinstance(words, Mapping) else ""
        raise InputError(f"WordVectors: a list of words in the order of the rows{by_row}; got {describe(words)}")
    if isinstance(words, Sequence) and not isinstance(words, (list, tuple, str)):
        return words
    listed: list[str] = words.tolist() if isinstance(words, np.ndarray) else list(words)
    return [str(word) if type(word) is not str and isinstance(word, str) else word for word in listed]


def in_order(words: Any) -> Any:
    """Words in an order (of an array, a Series, an iterator) as a list; one word, and anything else, unchanged."""
    if not isinstance(words, Iterable) or isinstance(words, (str, bytes, set, frozenset, dict)):
        return words
    return words.tolist() if isinstance(words, np.ndarray) else list(words)


def number_words(words: Sequence[str]) -> dict[str, int]:
    """Return the row of each word.

    Raises InputError for a word that is empty, not a str, or repeated.

    >>> number_words(["cat", "dog"])
    {'cat': 0, 'dog': 1}
    """
    wrong = next((row for row, word in enumerate(words) if not isinstance(word, str) or not word), None)
    if wrong is not None:
        raise InputError(
            f"WordVectors: the word of row {wrong} must be a str that is not empty; got {describe(words[wrong])}"
        )
    ids = {word: row for row, word in enumerate(words)}
    if len(ids) != len(words):
        row, word = next((row, word) for row, word in enumerate(words) if ids[word] != row)
        raise InputError(f"WordVectors: {word!r} appears twice, in rows {row} and {ids[word]}")
    return ids


def checked_matrix(name: str, matrix: np.ndarray, words: int, keep_int8: bool = False) -> np.ndarray:
    """Return a read-only view of a matrix (V, D) as float32 or float16, or with `keep_int8` as int8.

    Raises ShapeError for anything but a matrix of numbers with a row for each word.
    """
    if np.ma.is_masked(matrix):
        raise ShapeError(f"WordVectors: {name} is a masked array: fill what is masked (.filled), or leave it out")
    array = np.asarray(matrix)
    if array.ndim != 2 or len(array) != words or 0 in array.shape or array.dtype.kind not in "fiu":
        way_out = "; of a data frame give .to_numpy('float32'), of a sparse matrix .toarray()"
        raise ShapeError(
            f"WordVectors: {name} must hold numbers, one row for each of the {words:,} words and at least one of both; "
            f"got {array.dtype} of shape {array.shape}{way_out if array.dtype == object else ''}"
        )
    if keep_int8:
        if array.dtype != np.int8:
            raise ShapeError(f"WordVectors: scales belong to an int8 matrix; this one is {array.dtype}")
    elif array.dtype not in (np.float32, np.float16):
        with np.errstate(over="ignore"):  # overflow gives infinity, which is found when lengths are computed
            array = array.astype(np.float32)
    return read_only(array)


def checked_scales(scales: np.ndarray, words: int) -> np.ndarray:
    """Return a read-only view of the scales (V,) as float32; raise ShapeError if they do not fit."""
    array = np.asarray(scales)
    if array.shape != (words,) or array.dtype.kind != "f":
        raise ShapeError(f"WordVectors: scales must be floats of shape ({words},); got {array.dtype} {array.shape}")
    return read_only(array.astype(np.float32, copy=False))


def checked_counts(counts: np.ndarray, words: int) -> np.ndarray:
    """Return a read-only view of the counts (V,) as int64; raise ShapeError if they do not fit."""
    array = np.asarray(counts)
    if array.shape != (words,) or array.dtype.kind not in "iu":
        raise ShapeError(f"WordVectors: counts must be integers of shape ({words},); got {array.dtype} {array.shape}")
    if array.size and array.min() < 0:
        raise ShapeError(f"WordVectors: counts must not be negative; row {int(array.argmin())} has {array.min()}")
    if array.size and array.max() > MOST_COUNTED:
        raise ShapeError(f"WordVectors: counts must be below 2 ** 63; row {int(array.argmax())} has {array.max()}")
    return read_only(array.astype(np.int64, copy=False))


def info_text(info: Any, what: str = "WordVectors.info", **options: Any) -> str:
    """`info` as JSON, with Python's numbers and lists for numpy's. Raises InputError for what JSON cannot hold.

    >>> info_text({"words": np.int64(3), "scores": np.array([0.5])})
    '{"words": 3, "scores": [0.5]}'
    """
    try:
        return json.dumps(info, allow_nan=False, default=_plain, **options)
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{what} cannot be written as JSON: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"it holds {describe(value)}")


def read_only(array: np.ndarray) -> np.ndarray:
    """Return a view of an array that cannot be written to."""
    view = array.view()
    view.flags.writeable = False
    return view
