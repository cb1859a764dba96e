"""Threads that count rows: each takes a few rows at a time, a chunk, and sums them in a workplace of its own."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from wordvec.growing_array import LIMITLESS, GrowingArray
from wordvec.native import library

CELLS_PER_CHUNK = 2**18


class Text(NamedTuple):
    """A shard and how it is counted; positions[row_starts[w] : row_starts[w + 1]] are those of word w in the stream.

    weights[d] is the weight of a word at distance d; windows reach `left` words back and `right` words ahead.
    """

    stream: np.ndarray
    positions: np.ndarray
    row_starts: np.ndarray
    weights: np.ndarray
    left: int
    right: int


class Parts(NamedTuple):
    """The same rows from several runs; see `merge_rows`."""

    columns: np.ndarray
    sums: np.ndarray
    starts: np.ndarray


class Workplace(NamedTuple):
    """What a thread needs to sum rows, and room for the cells of a chunk. All but the room is zero between rows."""

    accumulator: np.ndarray
    marks: np.ndarray
    summary: np.ndarray
    columns: np.ndarray
    sums: np.ndarray


def new_workplace(vocabulary_size: int, room: int) -> Workplace:
    """An empty workplace; its entry for removed words is never zero, so they never become a cell."""
    accumulator = np.zeros(vocabulary_size + 2, np.int64)
    accumulator[vocabulary_size + 1] = 1
    marks, summary = np.zeros(vocabulary_size // 64 + 1, np.uint64), np.zeros(vocabulary_size // 4096 + 1, np.uint64)
    return Workplace(accumulator, marks, summary, np.empty(room, np.int32), np.empty(room, np.int64))


def workplaces_for(threads: int) -> int:
    """How many workplaces threads share: more than there are threads, so none waits for a slower thread's chunk."""
    return 1 if threads == 1 else 2 * threads


def most_cells(text: Text) -> np.ndarray:
    """The most cells that each row can have, (V,)."""
    return np.minimum(np.diff(text.row_starts) * (text.left + text.right), len(text.row_starts) - 1)


class Team:
    """Threads with their workplaces. A context manager: the threads end with it."""

    def __init__(self, vocabulary_size: int, threads: int) -> None:
        self.vocabulary_size = vocabulary_size
        self.threads = threads
        self._room = max(CELLS_PER_CHUNK, vocabulary_size)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="wordvec-counts")
        self._idle: queue.SimpleQueue[Workplace] = queue.SimpleQueue()
        for _ in range(workplaces_for(threads)):
            self._idle.put(new_workplace(vocabulary_size, self._room))
        self._functions = counting_functions()

    def __enter__(self) -> Team:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def index(self, stream: np.ndarray, begin: int, end: int) -> tuple[np.ndarray, np.ndarray]:
        """Row starts (V + 1,) and positions of the words in stream[begin:end], by word, then by position."""
        pieces = np.linspace(begin, end, self.threads + 1).astype(np.int64)
        spans = list(zip(pieces[:-1].tolist(), pieces[1:].tolist()))
        places = np.empty((self.threads, self.vocabulary_size), np.int64)
        list(self._pool.map(lambda i: self._functions.count_words(stream, *spans[i], places[i]), range(self.threads)))
        row_starts = np.zeros(self.vocabulary_size + 1, np.int64)
        np.cumsum(places.sum(axis=0), out=row_starts[1:])
        places[:] = np.cumsum(places, axis=0) - places + row_starts[:-1]  # where each piece's positions of a word begin
        positions = np.empty(row_starts[-1], np.uint32)
        place = self._functions.place_words
        list(self._pool.map(lambda i: place(stream, *spans[i], places[i], positions), range(self.threads)))
        return row_starts, positions

    def count(self, text: Text, update: Callable[[int], None]) -> Iterator[Cells]:
        """Cells by row, columns and sums, one chunk of rows after another, in order; valid until the next chunk."""
        row_sizes = np.zeros(self.vocabulary_size, np.int32)

        def count(work: Workplace, chunk: tuple[int, int]) -> int:
            return self._functions.count_rows(text, work, *chunk, row_sizes)

        for (first, last), work, filled in self._in_order(count, chunks(most_cells(text), self._room)):
            yield row_sizes[first:last], work.columns[:filled], work.sums[:filled]
            update(int(text.row_starts[last] - text.row_starts[first]))

    def merge(self, runs: list[Run]) -> Iterator[Cells]:
        """The same for the sums of several runs, each of which has all rows."""

        def read() -> Iterator[tuple[np.ndarray, Parts]]:
            done = [0] * len(runs)
            sizes = np.stack([run.row_sizes.read(0, self.vocabulary_size) for run in runs])
            for first, last in chunks(sizes.sum(axis=0, dtype=np.int64), self._room):
                ends = [at + int(part[first:last].sum(dtype=np.int64)) for at, part in zip(done, sizes)]
                columns = [run.columns.read(*span) for run, *span in zip(runs, done, ends)]
                sums = [run.sums.read(*span) for run, *span in zip(runs, done, ends)]
                before = np.cumsum([0] + [len(part) for part in columns])[:-1]
                starts = np.zeros((len(runs), last - first + 1), np.int64)
                starts[:, 1:] = np.cumsum(sizes[:, first:last], axis=1)
                done = ends
                row_sizes = np.empty(last - first, np.int32)
                yield (
                    row_sizes,
                    Parts(np.concatenate(columns), np.concatenate(sums, dtype=np.int64), starts + before[:, None]),
                )

        def merge(work: Workplace, chunk: tuple[np.ndarray, Parts]) -> int:
            return self._functions.merge_rows(chunk[1], work, chunk[0])

        for (row_sizes, _), work, filled in self._in_order(merge, read() if runs else ()):
            yield row_sizes, work.columns[:filled], work.sums[:filled]

    def _in_order(self, do: Callable[[Workplace, Any], int], tasks: Iterable[Any]) -> Iterator[Any]:
        """Process chunks in parallel; yield them in order, with the workplace that holds the result, and its size."""
        if self.threads == 1:
            work = self._idle.get()
            for chunk in tasks:
                yield chunk, work, do(work, chunk)
            self._idle.put(work)
            return
        pending: deque[tuple[Any, Workplace, Future[int]]] = deque()
        try:
            for chunk in tasks:
                if self._idle.empty():
                    yield self._first(pending)
                    self._idle.put(pending.popleft()[1])
                work = self._idle.get()
                pending.append((chunk, work, self._pool.submit(do, work, chunk)))
            while pending:
                yield self._first(pending)
                self._idle.put(pending.popleft()[1])
        finally:
            for _, _, future in pending:
                future.cancel()

    @staticmethod
    def _first(pending: deque[tuple[Any, Workplace, Future[int]]]) -> tuple[Any, Workplace, int]:
        chunk, work, future = pending[0]
        return chunk, work, future.result()


def chunks(cells: np.ndarray, room: int) -> Iterator[tuple[int, int]]:
    """Ranges of rows whose cells fit together, or a single row; they cover all rows.

    >>> list(chunks(np.array([3, 1, 2, 9, 0]), room=4))
    [(0, 2), (2, 3), (3, 4), (4, 5)]
    """
    ends = np.cumsum(cells, dtype=np.int64)
    first, before = 0, 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, before + room, side="right")))
        yield first, last
        first, before = last, int(ends[last - 1])


def counting_functions() -> Any:
    """The module that calls the C library, or the plain one if the library is not available."""
    if not library.is_available():
        from wordvec.counts.rows import plain

        return plain
    from wordvec.counts.rows import compiled

    return compiled


# Rows of a matrix in sequence, in memory or in temporary files.


Cells = tuple[np.ndarray, np.ndarray, np.ndarray]  # of some rows in order: cells in each row, columns, sums


class Run(NamedTuple):
    """Rows in order: cells in each, their columns and their sums."""

    row_sizes: GrowingArray
    columns: GrowingArray
    sums: GrowingArray

    @classmethod
    def in_memory(cls, limit: int, value_type: Any, room: int) -> Run:
        """An empty run for up to `room` cells, which are held in memory up to `limit` bytes together."""
        columns, sums = (limit, limit) if limit == LIMITLESS else (limit // 3, 2 * limit // 3)  # of 4 and 8 bytes
        return cls(GrowingArray(np.int32), GrowingArray(np.int32, columns, room), GrowingArray(value_type, sums, room))

    @classmethod
    def on_disk(cls) -> Run:
        """An empty run in three temporary files."""
        return cls(GrowingArray(np.int32, 0), GrowingArray(np.int32, 0), GrowingArray(np.int64, 0))

    def append(self, sizes: np.ndarray, columns: np.ndarray, sums: np.ndarray) -> None:
        """Add rows at the end."""
        self.row_sizes.append(sizes)
        self.columns.append(columns)
        self.sums.append(sums)

    def close(self) -> None:
        """Release its files."""
        for array in self:
            array.close()
