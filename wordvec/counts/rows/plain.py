"""Counting rows in plain numpy: what `compiled.py` does, to read, to check it against, and for use without C."""

from __future__ import annotations

from typing import Any

import numpy as np

PAIRS_AT_ONCE = 2**22  # pairs of words that meet: some 150 MB while they are counted


def count_words(stream: np.ndarray, begin: int, end: int, counts: np.ndarray) -> None:
    """Set counts[w] to how often word w occurs in stream[begin:end]; borders and removed words do not count."""
    counts[:] = np.bincount(stream[begin:end], minlength=len(counts))[: len(counts)]


def place_words(stream: np.ndarray, begin: int, end: int, places: np.ndarray, positions: np.ndarray) -> None:
    """Write the positions of the words in stream[begin:end], in order, from positions[places[w]] on for word w."""
    by_word = np.argsort(stream[begin:end], kind="stable") + begin
    words = stream[by_word]
    by_word, words = by_word[words < len(places)], words[words < len(places)]
    counts = np.bincount(words, minlength=len(places))
    number_among_equals = np.arange(len(words)) - np.repeat(np.cumsum(counts) - counts, counts)
    positions[places[words] + number_among_equals] = by_word
    places += counts


def count_rows(text: Any, work: Any, first: int, last: int, row_sizes: np.ndarray) -> int:
    """Count the rows first .. last - 1 of a text into work.columns and work.sums; returns the number of cells.

    row_sizes[w] becomes the number of cells of row w. `text` is a `Text`, `work` a `Workplace`.
    """
    cells, sums = np.zeros(0, np.int64), np.zeros(0, np.int64)
    step = max(1, PAIRS_AT_ONCE // (text.left + text.right))
    begin, end = int(text.row_starts[first]), int(text.row_starts[last])
    for start in range(begin, end, step):
        stop = min(start + step, end)
        rows = np.searchsorted(text.row_starts, np.arange(start, stop), side="right") - 1
        new_cells, new_sums = _cells_of(text, rows, text.positions[start:stop].astype(np.int64), len(row_sizes))
        cells, sums = _add_equal_cells(np.concatenate([cells, new_cells]), np.concatenate([sums, new_sums]))
    return _write(cells, sums, work, first, row_sizes[first:last], len(row_sizes))


def _cells_of(text: Any, rows: np.ndarray, positions: np.ndarray, border: int) -> tuple[np.ndarray, np.ndarray]:
    """The cells, row * V + column, of all pairs with a centre at these positions, and the sums of their weights."""
    pairs = []  # each pair as one number: its cell, then its distance, which gives its weight
    for direction, reach in ((-1, text.left), (1, text.right)):
        inside = np.ones(len(positions), bool)
        for distance in range(1, reach + 1):
            words = np.take(text.stream, positions + direction * distance, mode="clip")
            inside &= words != border
            met = inside & (words < border)
            pairs.append(((rows[met] * border + words[met]) * len(text.weights)) + distance)
    keys = np.sort(np.concatenate(pairs)) if pairs else np.zeros(0, np.int64)
    starts = _starts_of_runs(keys)
    numbers = np.diff(starts, append=len(keys))
    keys = keys[starts]
    return _add_equal_cells(keys // len(text.weights), numbers * text.weights[keys % len(text.weights)])


def merge_rows(parts: Any, work: Any, row_sizes: np.ndarray) -> int:
    """Add up the rows of several parts into work.columns and work.sums; returns the number of cells.

    Row r of part p is parts.columns and parts.sums[parts.starts[p, r] : parts.starts[p, r + 1]].
    """
    size = len(work.accumulator)
    rows = np.concatenate([np.repeat(np.arange(len(row_sizes)), np.diff(starts)) for starts in parts.starts])
    cells, sums = _add_equal_cells(rows * size + parts.columns, parts.sums)
    return _write(cells, sums, work, 0, row_sizes, size)


def _add_equal_cells(cells: np.ndarray, sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sorted cells, each once, with its sum."""
    order = np.argsort(cells, kind="stable")
    cells, sums = cells[order], sums[order]
    starts = _starts_of_runs(cells)
    return cells[starts], np.add.reduceat(sums, starts) if len(cells) else sums


def _write(cells: np.ndarray, sums: np.ndarray, work: Any, first: int, row_sizes: np.ndarray, size: int) -> int:
    work.columns[: len(cells)] = cells % size
    work.sums[: len(cells)] = sums
    row_sizes[:] = np.bincount(cells // size - first, minlength=len(row_sizes))
    return len(cells)


def _starts_of_runs(ordered: np.ndarray) -> np.ndarray:
    """Where each run of equal values begins."""
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    return np.concatenate([np.zeros(min(len(ordered), 1), np.int64), changes])
