"""Co-occurrence counts on a cluster, the same bytes as on one machine.

::

    corpus ─► pieces of the text ─► rows of each, whole numbers ─► merged, block of rows by block of rows

A piece counts its own words as centres; their windows reach over its ends. Sums are whole numbers until all pieces are
merged, so where the text is cut leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.corpus.shared import opened, share
from wordvec.counts.rows import RUNS_AT_ONCE, add_run
from wordvec.counts.rows import team as teams
from wordvec.counts.rows.team import Run, Team, Text
from wordvec.counts.stream import EncodedText, stretch_of, subsampling_thresholds
from wordvec.growing_array import GrowingArray
from wordvec.npy_header import map_npy
from wordvec.store import FolderStore, NewEntry, Store, name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus

PIECE_WORDS = 3 * 2**22  # in a piece at most, or more where there would be more than MOST_PIECES
MOST_PIECES = 256
CELLS_AT_A_TIME = 2**16  # of values: they stay in a core's cache until they are written
PROCESS = 2**27  # bytes of a worker that does nothing
BLOCK_CELLS = 2**24  # at most in a block of rows, by what the words' counts allow
MOST_BLOCKS = 256
WHOLE = {"columns": np.int32, "values": np.float64}  # of the matrix in one piece


class Rows(NamedTuple):
    """A matrix (V, V) in the store: block i has rows borders[i] .. borders[i + 1] - 1 and is the entry names[i]."""

    borders: list[int]
    names: list[str]
    cells: int


def count_on_cluster(cluster: Cluster, corpus: Corpus, options: dict[str, Any], show_progress: bool | None) -> Rows:
    """The counts of a corpus by blocks of rows: entries of `NarrowRows`, in units of 1 / facts["unit"].

    `options` are window, weighting, side, subsample, subsample_mode and seed of `count_cooccurrences`, checked.
    """
    from wordvec.counts.stream import check_that_sums_fit, weights_of

    size, tokens = len(corpus.vocabulary), len(corpus.ids)
    check_that_sums_fit(tokens, weights_of(options["window"], options["weighting"])[1], options["weighting"], size)
    store, (folder, fingerprint) = cluster.store, share(corpus, cluster.store)
    cuts = _evenly(tokens, PIECE_WORDS, MOST_PIECES)
    borders = _borders(corpus.vocabulary.counts, 2 * options["window"])
    facts = {"corpus": fingerprint, "options": options, "cuts": cuts}
    pieces = [name_of("piece", **facts, piece=i) for i in range(len(cuts) - 1)]
    blocks = [name_of("counts", **facts, rows=[first, last]) for first, last in zip(borders, borders[1:])]
    if not all(map(store.is_published, blocks)):
        cluster.check_memory("counting", memory_of_a_task(cuts[1], size))
        counting = [
            (folder, fingerprint, options, begin, end, name) for begin, end, name in zip(cuts, cuts[1:], pieces)
        ]
        cluster.run(count_piece, counting, "counting", show_progress)
        merging = [(pieces, options, size, *rows, name) for *rows, name in zip(borders, borders[1:], blocks)]
        cluster.run(merge_block, merging, "merging counts", show_progress)
    for name in pieces:
        store.remove(name)
    return Rows(borders, blocks, sum(store.facts(name)["cells"] for name in blocks))


def memory_of_a_task(words: int, vocabulary_size: int) -> int:
    """Bytes that counting a piece of this many words takes, about: a process, the stream and its index, a workplace."""
    return PROCESS + 24 * words + 24 * max(teams.CELLS_PER_CHUNK, vocabulary_size) + 60 * vocabulary_size


def count_piece(
    store: str, folder: str, fingerprint: str, options: dict[str, Any], begin: int, end: int, name: str
) -> None:
    """Publish the rows of words begin .. end - 1 as centres, in whole numbers."""
    from wordvec.counts.stream import weights_of

    place = open_store(store)
    if place.is_published(name):
        return
    corpus = opened(folder, fingerprint)
    _, weights = weights_of(options["window"], options["weighting"])
    left = 0 if options["side"] == "right" else options["window"]
    right = 0 if options["side"] == "left" else options["window"]
    with Team(len(corpus.vocabulary), 1) as team:
        stream, first, last = stream_of_piece(corpus, options, begin, end)
        row_starts, positions = team.index(stream, first, last)
        text = Text(stream, positions, row_starts, weights, left, right)
        with place.writing(name, DTYPES) as entry:
            rows = NarrowRows(entry, 0, team.vocabulary_size)
            for cells in team.count(text, lambda done: None):
                rows.append(*cells)


def stream_of_piece(corpus: Corpus, options: dict[str, Any], begin: int, end: int) -> tuple[np.ndarray, int, int]:
    """The stream of words begin .. end - 1 with what their windows reach, and where they begin and end in it."""
    text: EncodedText = corpus.ids, corpus.sentence_starts, len(corpus.vocabulary)
    mode, window = options["subsample_mode"], options["window"]
    thresholds = subsampling_thresholds(corpus.vocabulary.counts, text, options["subsample"], mode)

    def stretch(first: int, last: int) -> np.ndarray:
        return stretch_of(text, thresholds, mode == "clean", options["seed"], first, last)

    starts = corpus.sentence_starts
    sentence = int(starts[np.searchsorted(starts, begin, side="right") - 1])
    sentence_end = int(starts[np.searchsorted(starts, end, side="left")])
    before = _reached(lambda words: stretch(max(sentence, begin - words), begin), window, begin - sentence)
    after = _reached(lambda words: stretch(end, min(sentence_end, end + words)), window, sentence_end - end)
    border, own = np.array([len(corpus.vocabulary)], np.int32), stretch(begin, end)
    first = 1 + len(before)
    return np.concatenate([border, before, own, after, border]), first, first + len(own)


def _reached(stretch: Callable[[int], np.ndarray], window: int, most: int) -> np.ndarray:
    """So many words of the text as give `window` of the stream, where words were left out, or else all of `most`."""
    words = min(window, most)
    while len(part := stretch(words)) < window and words < most:
        words = min(2 * words, most)
    return part


def merge_block(
    store: str, pieces: list[str], options: dict[str, Any], size: int, first: int, last: int, name: str
) -> None:
    """Publish rows first .. last - 1 of the counts: those of all pieces added up."""
    from wordvec.counts.stream import weights_of

    place = open_store(store)
    if place.is_published(name):
        return
    unit, _ = weights_of(options["window"], options["weighting"])
    runs: list[list[Run]] = []
    with Team(size, 1) as team:
        for piece in pieces:
            all_sizes = np.asarray(place.read(piece, "sizes"))
            begin = int(all_sizes[:first].sum(dtype=np.int64))
            sizes = np.zeros(size, np.int32)
            sizes[first:last] = all_sizes[first:last]
            end = begin + int(sizes.sum(dtype=np.int64))
            columns, sums = np.asarray(place.read(piece, "columns", begin, end)), read_sums(place, piece, begin, end)
            if len(pieces) > RUNS_AT_ONCE:
                add_run(runs, [(sizes, columns, sums)], team)
            else:  # read directly from the store
                runs.append([Run(*map(GrowingArray.holding, (sizes, columns, sums)))])
        every = [run for level in runs for run in level]
        with place.writing(name, DTYPES) as entry:
            rows = NarrowRows(entry, first, last)
            for cells in team.merge(every):
                rows.append(*cells)
            entry.facts.update(cells=rows.cells, unit=unit)
        for run in every:
            run.close()


def read_block(store: Store, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A block of counts: cells in each row, their columns and their values."""
    sizes, columns = (np.asarray(store.read(name, array)) for array in ("sizes", "columns"))
    return sizes, columns, read_sums(store, name) / store.facts(name)["unit"]


def gathered(cluster: Cluster, rows: Rows, limit: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All rows: cells in each (V,), their columns and their values.

    In a folder, workers write both into one file each, which is mapped here. Objects cannot be written in parts: from
    such a store, cells come to this process, above `limit` bytes on its disk.
    """
    if isinstance(cluster.store, FolderStore):
        return _placed_by_workers(cluster, cluster.store, rows)
    whole = Run.in_memory(limit, np.float64, rows.cells)
    for name in rows.names:
        whole.row_sizes.append(np.asarray(cluster.store.read(name, "sizes")))
        whole.columns.append(np.asarray(cluster.store.read(name, "columns")))
        for values in _values_of(cluster.store, name):
            whole.sums.append(values)
    return whole.row_sizes.finish(), whole.columns.finish(), whole.sums.finish()


def _placed_by_workers(cluster: Cluster, store: FolderStore, rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    whole = name_of("matrix", blocks=rows.names)  # never published: it is written anew each time
    begins = np.cumsum([0] + [store.facts(name)["cells"] for name in rows.names]).tolist()
    for array, dtype in WHOLE.items():
        store.make_room(whole, array, dtype, begins[-1])
    calls = [(name, whole, begin) for name, begin in zip(rows.names, begins)]
    cluster.run(place_block, calls, "placing counts", show_progress=False)
    sizes = np.concatenate([np.asarray(store.read(name, "sizes")) for name in rows.names])
    columns, values = (map_npy(store.path_of(whole, array), "c") for array in WHOLE)  # the caller may write to them
    return sizes, columns, values


def place_block(store: str, block: str, whole: str, begin: int) -> None:
    """Write the columns and values of a block of counts into the arrays of the whole matrix, from cell `begin` on."""
    place = open_store(store)
    assert isinstance(place, FolderStore)
    place.write_part(whole, "columns", begin, [place.read(block, "columns")], lasting=False)
    place.write_part(whole, "values", begin, _values_of(place, block), lasting=False)


def _values_of(store: Store, name: str) -> Iterator[np.ndarray]:
    """The values of a block of counts, some at a time."""
    sums, unit = read_sums(store, name), store.facts(name)["unit"]
    for begin in range(0, len(sums), CELLS_AT_A_TIME):
        yield sums[begin : begin + CELLS_AT_A_TIME] / unit


def _evenly(length: int, step: int, most: int) -> list[int]:
    """Cuts from 0 to `length` into one part or an even number of equal parts, of at most `step` but for `most` of them.

    So two workers share them alike, and so do four, or nearly so.

    >>> _evenly(10, 4, 8), _evenly(100, 4, 2), _evenly(0, 4, 8)
    ([0, 2, 5, 7, 10], [0, 50, 100], [0, 0])
    """
    parts = max(1, min(most, -(-length // step)))
    parts += parts % 2 if parts > 1 else 0
    return [length * i // parts for i in range(parts + 1)]


def _borders(counts: np.ndarray, contexts: int) -> list[int]:
    """Borders of blocks of rows with about as many cells each, by what their words' counts allow at most."""
    size = len(counts)
    most = np.cumsum(np.minimum(np.asarray(counts) * contexts, size), dtype=np.int64)
    blocks = max(1, min(MOST_BLOCKS, -(-int(most[-1]) // BLOCK_CELLS)))
    inner = np.searchsorted(most, [int(most[-1]) * i // blocks for i in range(1, blocks)])
    return sorted({0, *inner.tolist(), size})


# Rows of whole numbers in the store, 8 bytes a cell: the lower 32 bits of sums, and apart from them the higher bits,
# which few sums need. The cells of all pieces are written and read once, so their size is the cost.


BITS = 32
DTYPES = {"sizes": np.int32, "columns": np.int32, "sums": np.uint32, "high_at": np.int64, "high": np.int64}


class NarrowRows:
    """Rows first .. last - 1 of rows that come in order, for an entry with arrays of DTYPES."""

    def __init__(self, entry: NewEntry, first: int, last: int) -> None:
        self._arrays, self._first, self._last = entry.arrays, first, last
        self._row = self.cells = 0

    def append(self, sizes: np.ndarray, columns: np.ndarray, sums: np.ndarray) -> None:
        """Add the next rows. Sums must not be negative; rows outside first .. last must be empty."""
        if len(sums) and sums.max() >> BITS:
            at = np.flatnonzero(sums >> BITS)
            self._arrays["high_at"].append(at + self.cells)
            self._arrays["high"].append(sums[at] >> BITS)
        self._arrays["sizes"].append(sizes[max(0, self._first - self._row) : max(0, self._last - self._row)])
        self._arrays["columns"].append(columns)
        self._arrays["sums"].append(sums.astype(np.uint32))  # the lower bits
        self._row += len(sizes)
        self.cells += len(columns)


def read_sums(store: Store, name: str, begin: int = 0, end: int | None = None) -> np.ndarray:
    """The sums of cells begin .. end - 1 of an entry, in 32 bits if all of them fit."""
    sums, high_at = np.asarray(store.read(name, "sums", begin, end)), np.asarray(store.read(name, "high_at"))
    first, last = np.searchsorted(high_at, [begin, begin + len(sums)])
    if first == last:
        return sums
    wide = sums.astype(np.int64)
    wide[high_at[first:last] - begin] += np.asarray(store.read(name, "high", int(first), int(last))) << BITS
    return wide
