"""GloVe on a cluster: the cells stay in the store, and tasks train tiles of them; the bytes of one machine.

::

    counts ─► cells of each block by tile ─► one entry for some bands of rows ─► tasks, stage by stage

A round of `kernels.glove.cells` has tiles that share no band. What a tile does depends on its two bands alone, so any
order gives the same bytes in which each band meets the others in the order of the rounds. In an epoch's order, in which
row band n meets column bands n, n + 1, ... in turn, rows and columns are cut into G groups at the same places. Then row
group a can take all of column group a + k in stage k: no two tasks of a stage share a band, and bands meet in order. Of
column group a, row group a takes the tiles at and above the diagonal in stage 0, and those below it in stage G.

This process holds the tables, as on one machine, and no cells. Between tasks, each band is in the store.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.counts.on_cluster import PROCESS, Rows, count_on_cluster, read_block
from wordvec.counts.ppmi_on_cluster import row_starts
from wordvec.kernels.glove import cpu as kernel
from wordvec.kernels.glove.cells import Cells, bands_for, orders, pack_cells
from wordvec.store import Store, hash_of, name_of, open_store
from wordvec.trainers.glove_engines import SUMS, TABLES, GloveOptions, check_some_weight, started_tables
from wordvec.trainers.layers_engine import Loss
from wordvec.trainers.ppmi import COUNTING

if TYPE_CHECKING:
    from wordvec.cluster import Cluster
    from wordvec.corpus import Corpus
    from wordvec.trainers.checkpoint import Arrays

CELLS_OF_A_TASK = 2**25  # on average at most: 8 bytes each
BANDS_TOGETHER = 16  # whose cells are one entry
SIDES = ("rows", "columns")
Place = tuple[str, int]  # of a band: its entry, and which of the entry's bands it is
Bands = tuple[list[Place], list[Place]]  # of rows, of columns


def engine_on_cluster(
    trainer: Any, cluster: Cluster, corpus: Corpus, start: Arrays, show_progress: bool | None
) -> GloveOnCluster:
    """Count a corpus and cut the cells, all there; the engine that trains GloVe on them."""
    with trainer.history.stage("count"):
        options = {name: getattr(trainer, name) for name in COUNTING}
        counts = count_on_cluster(cluster, corpus, options, show_progress)
    with trainer.history.stage("train"):
        bands = bands_for(len(corpus.vocabulary), kernel.row_bytes(trainer.dim))
        cells = cells_on_cluster(cluster, counts, bands, show_progress)
        check_some_weight(trainer, max(cluster.store.facts(name).get("largest", math.inf) for name in cells))
        return GloveOnCluster(trainer, cluster, cells, counts.cells, bands, start)


def cells_on_cluster(cluster: Cluster, counts: Rows, bands: int, show_progress: bool | None) -> list[str]:
    """Entries with the cells of BANDS_TOGETHER bands of rows each, tile after tile: `packed`, and where they start."""
    facts = {"counts": counts.names, "bands": bands, "together": BANDS_TOGETHER}
    firsts = range(0, bands, BANDS_TOGETHER)
    names = [name_of("cells", **facts, first=first) for first in firsts]
    if not all(map(cluster.store.is_published, names)):
        packed = [name_of("packed", **facts, block=i) for i in range(len(counts.names))]
        calls = [(*each, counts.borders[-1], bands) for each in zip(counts.names, packed, counts.borders)]
        cluster.run(pack_block, calls, "cutting cells", show_progress)
        joining = [(packed, bands, first, name) for first, name in zip(firsts, names)]
        cluster.run(join_tiles, joining, "joining cells", show_progress)
        for name in packed:
            cluster.store.remove(name)
    return names


def pack_block(store: str, block: str, name: str, first: int, size: int, bands: int) -> None:
    """Publish the cells of a block of counts, whose first row is `first`, by tile."""
    place = open_store(store)
    if not place.is_published(name):
        sizes, columns, values = read_block(place, block)
        packed, starts = pack_cells(row_starts(sizes), columns, values, bands, first, size)
        place.publish(name, {"packed": packed, "starts": starts})


def join_tiles(store: str, blocks: list[str], bands: int, first: int, name: str) -> None:
    """Publish the cells of some bands of rows, from `first` on: of each tile those of all blocks, in their order."""
    place = open_store(store)
    if place.is_published(name):
        return
    last = min(first + BANDS_TOGETHER, bands)
    starts = [np.asarray(place.read(block, "starts", first * bands, last * bands + 1)) for block in blocks]
    cells = [np.asarray(place.read(block, "packed", at[0], at[-1])) for block, at in zip(blocks, starts)]
    edges, largest = [(at - at[0]).tolist() for at in starts], 0.0
    with place.writing(name, {"packed": np.uint64, "starts": np.int64}) as entry:
        for row in range(0, (last - first) * bands, bands):
            tiles = range(row, row + bands)
            joined = [part[at[tile] : at[tile + 1]] for tile in tiles for part, at in zip(cells, edges)]
            cells_of_row = np.concatenate(joined)
            entry.arrays["packed"].append(cells_of_row)
            largest = max(largest, float(cells_of_row.astype(np.uint32).view(np.float32).max(initial=0)))
        entry.arrays["starts"].append(np.sum(edges, axis=0))
        entry.facts["largest"] = largest


class GloveOnCluster:
    """Rounds as tasks of a cluster; an engine of `loop.run_epochs`, see `glove_engines.GloveKernel`."""

    unit = "rounds"
    restartable = True  # an interrupt within a call leaves its start as it was

    def __init__(
        self, trainer: GloveOptions, cluster: Cluster, cells: list[str], number: int, bands: int, start: Arrays
    ) -> None:
        """`cells` are entries of `cells_on_cluster` with this `number` of cells."""
        self.length = self.chunk = bands
        self._cluster, self._cells, self._number = cluster, cells, number
        self._seed = trainer.seed
        self._options = {"seed": trainer.seed, "x_max": trainer.x_max, "alpha": trainer.alpha}
        self._tables = started_tables(trainer, kernel, self.length, start)
        self._name = name_of("glove", cells=cells, **self._options, start=hash_of(self._tables.tables))
        wanted = max(cluster.tasks_at_a_time, math.ceil((number / CELLS_OF_A_TASK) ** 0.5))
        self._groups = min(wanted, self.length)
        tables = 2 * self._tables.tables.nbytes // self._groups  # a task's bands, and what is published of them
        cluster.check_memory("training", PROCESS + 16 * number // self._groups**2 + tables)
        self._bands: Bands = ([], [])
        for side, bands_of_side, places in zip(SIDES, self._tables.tables, self._bands):
            cluster.store.publish(f"{self._name}-{side}", {side: bands_of_side})
            places += [(f"{self._name}-{side}", band) for band in range(self.length)]
        self._is_read = True
        self._largest = max(float(np.abs(W).max()) for W in self.vectors())

    def train(self, first: int, last: int, epoch: int, tokens: int) -> Loss:
        """Train on rounds first .. last - 1 of an epoch of `tokens`, unless that was done before."""
        store, before = self._cluster.store, self._bands
        name = name_of("rounds", before=self._name, first=first, last=last, epoch=epoch)
        done = name_of("done", of=name)
        is_new = not store.is_published(done)
        groups = self._groups if is_new else store.facts(done)["groups"]
        if is_new:
            total, largest = self._train(name, (first, last, epoch))
            store.publish(done, {}, total=total, groups=groups, largest=largest)
        *_, stage = _stages(name, groups, self.length, self._seed, epoch)
        self._name, self._bands, self._is_read = name, _moved(before, stage), False
        _remove(store, before)
        facts = store.facts(done)
        self._largest = math.inf if facts["largest"] is None else facts["largest"]
        return Loss(facts["total"], self._number * last // self.length - self._number * first // self.length)

    def _train(self, name: str, span: tuple[int, int, int]) -> tuple[float, float | None]:
        """All stages; only the bands that they start with and those of the last stage remain.

        Returns the sum of the losses, and the largest absolute weight: None where one is not finite.
        """
        start = bands = self._bands
        total = 0.0
        for stage in _stages(name, self._groups, self.length, self._seed, span[2]):
            calls = []
            for task in stage:
                places = [[of_side[band] for band in wanted] for of_side, wanted in zip(bands, task[:2])]
                calls.append((self._cells, *places, *task[:3], self._tables.shape, self._options, *span, task.name))
            trained = self._cluster.run(train_tiles, calls, "training", show_progress=False)
            total += sum(loss for loss, _ in trained)
            old, bands = bands, _moved(bands, stage)
            if old is not start:
                _remove(self._cluster.store, old)
        weights = [weight for _, weight in trained]  # every band has part in the last stage
        return total, None if None in weights else max(weights)

    def _read(self) -> Any:
        """The tables as they are now."""
        if not self._is_read:
            for side, table, places in zip(SIDES, self._tables.tables, self._bands):
                _read_bands(self._cluster.store, side, table, list(range(self.length)), places)
            self._is_read = True
        return self._tables

    def arrays(self) -> Arrays:
        """Tables and sums as they are now."""
        return dict(zip(TABLES + SUMS, (*self._read().unpack(), *self._read().sums())))

    def largest_weight(self) -> float:
        """The largest absolute value of the word and context vectors; infinity where one is not finite."""
        return self._largest

    def vectors(self) -> tuple[np.ndarray, np.ndarray]:
        """The word and the context vectors."""
        return self._read().unpack()[:2]  # type: ignore[no-any-return]


class Tiles(NamedTuple):
    """A task: the bands of rows and of columns in the epoch's order, which of their tiles, and its entry."""

    rows: list[int]
    columns: list[int]
    part: str
    name: str


def _stages(name: str, groups: int, bands: int, seed: int, epoch: int) -> Iterator[list[Tiles]]:
    """The tasks of each stage. See the module's text."""
    columns, places = orders(bands, seed, epoch)
    rows = np.argsort(places)  # the row band at each place
    cuts = [bands * i // groups for i in range(groups + 1)]
    spans = list(pairwise(cuts))
    parts = ["all"] if groups == 1 else ["upper", *["all"] * (groups - 1), "lower"]
    for stage, part in enumerate(parts):
        pairs = [(spans[a], spans[(a + stage) % groups]) for a in range(groups)]
        yield [
            Tiles(
                rows[slice(*of_rows)].tolist(),
                columns[slice(*of_columns)].tolist(),
                part,
                name_of("tiles", of=name, groups=groups, stage=stage, group=a),
            )
            for a, (of_rows, of_columns) in enumerate(pairs)
        ]


def _moved(bands: Bands, stage: list[Tiles]) -> Bands:
    """Where each band is after a stage, in which every band has part."""
    moved: Bands = (list(bands[0]), list(bands[1]))
    for task in stage:
        for places, of_side in zip(moved, task[:2]):
            for number, band in enumerate(of_side):
                places[band] = task.name, number
    return moved


def _remove(store: Store, bands: Bands) -> None:
    for entry in {entry for places in bands for entry, _ in places}:
        store.remove(entry)


def _read_bands(store: Store, side: str, table: np.ndarray, bands: list[int], places: list[Place]) -> None:
    """Copy bands of the store into their places in a table; each entry is opened once."""
    shape = (-1, *table.shape[1:])
    entries = {entry: np.asarray(store.read(entry, side)).reshape(shape) for entry in {entry for entry, _ in places}}
    for band, (entry, number) in zip(bands, places):
        table[band] = entries[entry][number]


def train_tiles(
    store: str,
    cells: list[str],
    row_places: list[Place],
    column_places: list[Place],
    rows: list[int],
    columns: list[int],
    part: str,
    shape: tuple[int, int, int],
    options: dict[str, Any],
    first: int,
    last: int,
    epoch: int,
    name: str,
) -> tuple[float, float | None]:
    """Publish these bands after rounds first .. last - 1 over their tiles.

    Returns the sum of the losses, and the largest absolute weight of these bands: None where one is not finite.

    `part` says which tiles, by the places of `rows` and `columns`: all, the upper triangle, or the lower without the
    diagonal. Of tables of this `shape` no more than these bands is ever touched, so the rest takes no memory.
    """
    place = open_store(store)
    if not place.is_published(name):
        size, dimension, bands = shape
        tables = kernel.Tables.empty(size, dimension, bands)
        for side, table, of_side, places in zip(SIDES, tables.tables, (rows, columns), (row_places, column_places)):
            _read_bands(place, side, table, of_side, places)
        tiles = [
            row * bands + column
            for i, row in enumerate(rows)
            for x, column in enumerate(columns)
            if part == "all" or (x >= i) == (part == "upper")
        ]
        mine = _cells_of(place, cells, sorted(tiles), size, bands)
        total = kernel.train_glove(tables, mine, first=first, last=last, epoch=epoch, **options)
        largest = 0.0
        with place.writing(name, dict.fromkeys(SIDES, np.float32)) as entry:
            for side, table, of_side in zip(SIDES, tables.tables, (rows, columns)):
                for band in of_side:
                    entry.arrays[side].append(table[band].ravel())
                    largest = np.maximum(largest, np.abs(table[band, :, 0, :dimension]).max())  # nan if one is nan
            entry.facts.update(total=total, largest=float(largest) if math.isfinite(largest) else None)
    facts = place.facts(name)
    return float(facts["total"]), facts["largest"]


def _cells_of(store: Store, cells: list[str], tiles: list[int], size: int, bands: int) -> Cells:
    """The cells of some tiles; all other tiles are empty."""
    together = BANDS_TOGETHER * bands  # tiles in an entry
    wanted = {tile // together for tile in tiles}
    starts = {number: np.asarray(store.read(cells[number], "starts")).tolist() for number in wanted}
    packed = {number: np.asarray(store.read(cells[number], "packed")) for number in wanted}
    sizes, parts = np.zeros(bands * bands + 1, np.int64), [np.zeros(0, np.uint64)]
    for number, tile in ((tile // together, tile % together) for tile in tiles):
        begin, end = starts[number][tile : tile + 2]
        sizes[number * together + tile + 1] = end - begin
        parts.append(packed[number][begin:end])
    return Cells(np.concatenate(parts), np.cumsum(sizes), size, bands)
