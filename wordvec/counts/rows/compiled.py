"""Counting rows with the C library (``native/src/counting.c``), after checks that C does not make.

`wordvec.counts.rows.plain` has the same functions in numpy. Arrays of the wrong type or range raise ShapeError.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.errors import ShapeError
from wordvec.native import functions


def count_words(stream: np.ndarray, begin: int, end: int, counts: np.ndarray) -> None:
    """Set counts[w] to how often word w occurs in stream[begin:end]; borders and removed words do not count."""
    _check_stretch(stream, begin, end, len(counts))
    functions.count_words(stream, begin, end, counts)


def place_words(stream: np.ndarray, begin: int, end: int, places: np.ndarray, positions: np.ndarray) -> None:
    """Write the positions of the words in stream[begin:end], in order, from positions[places[w]] on for word w.

    positions[places[w]:] must have room for the number that `count_words` finds.
    """
    _check_stretch(stream, begin, end, len(places))
    _check(len(places) == 0 or (0 <= places.min() and places.max() <= len(positions)), "places lie outside positions")
    functions.place_words(stream, begin, end, places, positions)


def count_rows(text: Any, work: Any, first: int, last: int, row_sizes: np.ndarray) -> int:
    """Count the rows first .. last - 1 of a text into work.columns and work.sums; returns the number of cells.

    row_sizes[w] becomes the number of cells of row w. `text` is a `Text`, `work` a `Workplace`. The text's positions
    must be those of `place_words`: neither at its first nor at its last element, which are borders.
    """
    size, starts = len(row_sizes), text.row_starts
    _check(text.stream[0] == text.stream[-1] == size, "the stream must begin and end with a border")
    _check(0 <= first <= last <= size and len(starts) == size + 1, "rows outside the matrix")
    _check(0 <= starts[first] and starts[last] <= len(text.positions), "row starts outside the positions")
    _check(0 <= min(text.left, text.right) <= max(text.left, text.right) < len(text.weights), "a window without weight")
    met = np.diff(starts[first : last + 1]) * (text.left + text.right)
    _check_room(work, size, int(np.minimum(met, size).sum()))
    return int(functions.count_rows(*text, *work, first, last, row_sizes))


def merge_rows(parts: Any, work: Any, row_sizes: np.ndarray) -> int:
    """Add up the rows of several parts into work.columns and work.sums; returns the number of cells.

    Row r of part p is parts.columns and parts.sums[parts.starts[p, r] : parts.starts[p, r + 1]].
    """
    columns, sums, starts = parts
    size = len(work.accumulator) - 2
    _check(len(columns) == len(sums) and starts.shape == (len(starts), len(row_sizes) + 1), "parts do not fit")
    _check(
        not len(columns) or (0 <= columns.min() and columns.max() < size and 0 <= starts.min()), "cells outside rows"
    )
    _check(starts.max() <= len(columns) and bool((np.diff(starts, axis=1) >= 0).all()), "starts must rise")
    cells = np.diff(starts, axis=1).sum(axis=0)
    _check_room(work, size, int(np.minimum(cells, size).sum()))
    return int(functions.merge_rows(*parts, *work, row_sizes))


def _check_stretch(stream: np.ndarray, begin: int, end: int, size: int) -> None:
    _check(0 <= begin <= end <= len(stream), "a stretch outside the stream")
    part = stream[begin:end]
    _check(begin == end or (0 <= part.min() and part.max() <= size + 1), "ids outside the vocabulary")


def _check_room(work: Any, size: int, cells: int) -> None:
    """Raise ShapeError unless the workplace is one for `size` words and has room for this many cells."""
    shape = tuple(map(len, work[:3]))
    _check(shape == (size + 2, size // 64 + 1, size // 4096 + 1), "a workplace for another vocabulary")
    _check(cells <= min(len(work.columns), len(work.sums)), "no room for the cells")


def _check(holds: bool | np.bool_, otherwise: str) -> None:
    if not holds:
        raise ShapeError(f"counting: {otherwise}")
