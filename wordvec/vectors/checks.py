"""What WordVectors accepts: words, matrices, scales and counts that fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from wordvec.errors import InputError, ShapeError, describe


def kept_words(words: Sequence[str] | Iterable[str]) -> Sequence[str]:
    """Return lists, tuples and iterables as a new list; any other sequence (one that reads as it goes) as it is.

    Raises InputError for words without an order, which would belong to other rows in each run.
    """
    if isinstance(words, (Mapping, set, frozenset)) or not isinstance(words, Iterable):
        by_row = ", such as sorted(words, key=words.get)" if isinstance(words, Mapping) else ""
        raise InputError(f"WordVectors: a list of words in the order of the rows{by_row}; got {describe(words)}")
    if isinstance(words, Sequence) and not isinstance(words, (list, tuple, str)):
        return words
    listed: list[str] = words.tolist() if isinstance(words, np.ndarray) else list(words)
    return [str(word) if type(word) is not str and isinstance(word, str) else word for word in listed]


def number_words(words: Sequence[str]) -> dict[str, int]:
    """Return the row of each word.

    Raises InputError for a word that is empty, no str, or appears twice.

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
    """Return a read-only view of a matrix (V, D) as float32 or float16, or int8 where that is wanted.

    Raises ShapeError for what is no matrix of numbers with a row for each word.
    """
    if np.ma.is_masked(matrix):
        raise ShapeError(f"WordVectors: {name} is a masked array: fill what is masked (.filled), or leave it out")
    array = np.asarray(matrix)
    if array.ndim != 2 or len(array) != words or 0 in array.shape or array.dtype.kind not in "fiu":
        raise ShapeError(
            f"WordVectors: {name} must hold numbers, one row for each of the {words:,} words and at least one of both; "
            f"got {array.dtype} of shape {array.shape}"
        )
    if keep_int8:
        if array.dtype != np.int8:
            raise ShapeError(f"WordVectors: scales belong to an int8 matrix; this one is {array.dtype}")
    elif array.dtype not in (np.float32, np.float16):
        with np.errstate(over="ignore"):  # what does not fit float32 becomes infinity: found when lengths are taken
            array = array.astype(np.float32)
    return _read_only(array)


def checked_scales(scales: np.ndarray, words: int) -> np.ndarray:
    """Return a read-only view of the scales (V,) as float32; raise ShapeError where they do not fit."""
    array = np.asarray(scales)
    if array.shape != (words,) or array.dtype.kind != "f":
        raise ShapeError(f"WordVectors: scales must be floats of shape ({words},); got {array.dtype} {array.shape}")
    return _read_only(array.astype(np.float32, copy=False))


def checked_counts(counts: np.ndarray, words: int) -> np.ndarray:
    """Return a read-only view of the counts (V,) as int64; raise ShapeError where they do not fit."""
    array = np.asarray(counts)
    if array.shape != (words,) or array.dtype.kind not in "iu":
        raise ShapeError(f"WordVectors: counts must be integers of shape ({words},); got {array.dtype} {array.shape}")
    if array.size and array.min() < 0:
        raise ShapeError(f"WordVectors: counts must not be negative; row {int(array.argmin())} has {array.min()}")
    return _read_only(array.astype(np.int64, copy=False))


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view
