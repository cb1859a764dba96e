"""PPMI on a cluster: block of rows by block of rows, the same bytes as `wordvec.counts.ppmi`.

Row and column sums are taken in the same order as on one machine, so they round alike.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.counts.cells import Block, checked_counts, map_cells
from wordvec.counts.on_cluster import Rows, read_block
from wordvec.counts.ppmi import Information
from wordvec.store import Store, name_of, open_store

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from wordvec.cluster import Cluster


CSR = ("indptr", "indices", "data")


class Weighed(NamedTuple):
    """A PPMI matrix (V, V) in the store: block i is the CSR matrix of rows borders[i] .. borders[i + 1] - 1.

    `turned` has the same blocks of rows of the transpose, if they were asked for.
    """

    borders: list[int]
    names: list[str]
    turned: list[str]
    cells: int

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of the whole matrix."""
        return self.borders[-1], self.borders[-1]


def ppmi_on_cluster(
    cluster: Cluster,
    counts: Rows,
    symmetric: bool,
    context_smoothing: float,
    shift: float,
    show_progress: bool | None,
    with_transpose: bool = False,
) -> Weighed:
    """See `wordvec.counts.ppmi.ppmi`. Raises ShapeError where there is no count above 0."""
    from scipy.sparse import csr_array

    store, size, borders = cluster.store, counts.borders[-1], counts.borders
    if not counts.cells:
        checked_counts(csr_array((size, size)), "ppmi")
    facts = {"counts": counts.names, "smoothing": context_smoothing, "shift": shift}
    names = [name_of("ppmi", **facts, rows=rows) for rows in pairwise(borders)]
    turned = [name_of("turned", ppmi=name) for name in names] if with_transpose else []
    if not all(map(store.is_published, names + turned)):
        margins = _published_margins(cluster, counts, symmetric, facts, show_progress)
        at_once: list[str | None] = [*turned] if symmetric and turned else [None] * len(names)
        blocks = enumerate(zip(counts.names, names, at_once))
        calls = [(block, margins, borders, i, bool(turned), name, other) for i, (block, name, other) in blocks]
        cluster.run(weigh_block, calls, "ppmi", show_progress)
    if turned and not symmetric:
        across = [(names, borders, number, name) for number, name in enumerate(turned)]
        cluster.run(transpose_block, across, "transposing", show_progress)
    return Weighed(borders, names, turned, sum(store.facts(name)["cells"] for name in names))


def _published_margins(
    cluster: Cluster, counts: Rows, symmetric: bool, facts: dict[str, Any], show_progress: bool | None
) -> str:
    """The store's entry with the fields of `Information`."""
    store, sums, margins = cluster.store, name_of("sums", counts=counts.names), name_of("margins", **facts)
    if not store.is_published(sums):
        _publish_sums(cluster, counts, symmetric, sums, show_progress)
    rows, columns = (np.asarray(store.read(sums, axis)) for axis in ("rows", "columns"))
    information = Information.of_sums(rows, columns, facts["smoothing"], facts["shift"])
    arrays = {"rows": information.rows, "columns": information.columns}
    store.publish(margins, arrays, shared=information.shared)
    return margins


def _publish_sums(cluster: Cluster, counts: Rows, symmetric: bool, name: str, show_progress: bool | None) -> None:
    """Publish the sums of rows and of columns, (V,) each."""
    size = counts.borders[-1]
    found = cluster.run(sum_block, [(block, size) for block in counts.names], "sums", show_progress)
    rows = np.concatenate([of_rows for of_rows, _ in found])
    columns = np.concatenate([in_order for _, in_order in found])  # column c of a symmetric matrix is its row c
    if not symmetric:
        columns, before = np.zeros(size), None
        for i, block in enumerate(counts.names):  # each continues the one before: the order of one machine
            after = name_of("column-sums", counts=counts.names, block=i)
            cluster.run(add_columns, [(block, before, size, after)], "sums of columns", show_progress)
            if before is not None:
                cluster.store.remove(before)
            before = after
        columns = np.array(cluster.store.read(str(before), "sums"))
        cluster.store.remove(str(before))
    cluster.store.publish(name, {"rows": rows, "columns": columns})


def sum_block(store: str, block: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Row sums of a block of counts: in scipy's order along rows, and in its order along columns (one by one).

    Shapes: (rows,) each.
    """
    matrix = counts_block(open_store(store), block, size)
    return np.asarray(matrix.sum(axis=1, dtype=np.float64)).ravel(), matrix @ np.ones(size)


def add_columns(store: str, block: str, before: str | None, size: int, name: str) -> None:
    """Publish the column sums up to and including a block of counts, (V,), from those up to the block before."""
    place = open_store(store)
    if place.is_published(name):
        return
    sums = np.zeros(size) if before is None else np.array(place.read(before, "sums"))
    matrix = counts_block(place, block, size)
    np.add.at(sums, matrix.indices, matrix.data)
    place.publish(name, {"sums": sums})


def weigh_block(
    store: str,
    block: str,
    margins: str,
    borders: list[int],
    number: int,
    with_transpose: bool,
    name: str,
    turned: str | None,
) -> None:
    """Publish the PPMI of a block of counts as CSR, and its part of the transpose.

    For symmetric counts, `turned` gets the rows of the transpose that are the columns of this block. For others, the
    block's cells are published again by blocks of columns, for `transpose_block`.
    """
    place = open_store(store)
    if place.is_published(name) and (turned is None or place.is_published(turned)):
        return
    first, last = borders[number], borders[number + 1]
    rows, columns, shared = _margins(place, margins)
    logarithms = counts_block(place, block, borders[-1])
    np.log(logarithms.data, out=logarithms.data)  # once for both
    information = Information(rows[first:last], columns, shared)
    matrix = map_cells(logarithms, information.positive_of_logarithms, np.float32)
    parts = _by_columns(matrix, borders, first) if with_transpose and turned is None else {}
    place.publish(name, _csr_arrays(matrix) | parts, cells=int(matrix.nnz))
    if turned is not None:
        information = Information(rows, columns[first:last], shared)

        def transposed(cells: Block) -> tuple[np.ndarray, np.ndarray]:
            return information.positive_of_logarithms(Block(cells.counts, cells.columns, cells.rows))

        place.publish(turned, _csr_arrays(map_cells(logarithms, transposed, np.float32)))


def _by_columns(matrix: csr_array, borders: list[int], first: int) -> dict[str, np.ndarray]:
    """The cells of a block of rows, the first of which is `first`, ordered by block of columns."""
    block_of = np.repeat(np.arange(len(borders) - 1, dtype=np.uint16), np.diff(borders))  # 16 bits: numpy's radix sort
    of_column = block_of[matrix.indices]
    order = np.argsort(of_column, kind="stable")
    cell_rows = np.repeat(np.arange(first, first + matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
    return {
        "part_ends": np.cumsum(np.bincount(of_column, minlength=len(borders) - 1)),
        "part_rows": cell_rows[order],
        "part_columns": matrix.indices[order].astype(np.int32),
        "part_values": matrix.data[order],
    }


def _margins(place: Store, name: str) -> tuple[np.ndarray, np.ndarray, float]:
    rows, columns = (np.asarray(place.read(name, axis)) for axis in ("rows", "columns"))
    return rows, columns, place.facts(name)["shared"]


def _csr_arrays(matrix: Any) -> dict[str, np.ndarray]:
    return {"indptr": matrix.indptr, "indices": matrix.indices.astype(np.int32, copy=False), "data": matrix.data}


def transpose_block(store: str, blocks: list[str], borders: list[int], number: int, name: str) -> None:
    """Publish, as CSR, the rows of the transpose that are the columns of this block."""
    from scipy.sparse import csr_array

    place = open_store(store)
    if place.is_published(name):
        return
    spans = []
    for block in blocks:
        ends = [0, *np.asarray(place.read(block, "part_ends")).tolist()]
        spans.append((block, ends[number], ends[number + 1]))
    rows, columns, values = (
        np.concatenate([np.asarray(place.read(block, f"part_{what}", *span)) for block, *span in spans])
        for what in ("rows", "columns", "values")
    )
    first, last = borders[number], borders[number + 1]
    starts = row_starts(np.bincount(rows, minlength=borders[-1]))
    turned = csr_array((values, columns - first, starts), shape=(borders[-1], last - first)).tocsc()
    place.publish(name, _csr_arrays(turned))


def counts_block(store: Store, block: str, size: int) -> csr_array:
    """A block of counts as CSR (rows, V)."""
    from scipy.sparse import csr_array

    sizes, columns, values = read_block(store, block)
    matrix = csr_array((values, columns, row_starts(sizes)), shape=(len(sizes), size))
    matrix.has_canonical_format = True
    return matrix


def row_starts(sizes: np.ndarray) -> np.ndarray:
    """Where rows of these sizes start, (rows + 1,); in 32 bits if they fit, as scipy would otherwise copy columns."""
    starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    return starts.astype(np.int32) if starts[-1] < 2**31 else starts


def csr_block(store: Store, name: str, columns: int) -> csr_array:
    """A block that `weigh_block` or `transpose_block` published."""
    from scipy.sparse import csr_array

    indptr, indices, data = (np.asarray(store.read(name, array)) for array in CSR)
    return csr_array((data, indices, indptr), shape=(len(indptr) - 1, columns))


def dense_rows(store: str, name: str, size: int, columns: int) -> np.ndarray:
    """The first `columns` columns of a block, (rows, columns) float32."""
    return np.asarray(csr_block(open_store(store), name, size)[:, :columns].toarray(), np.float32)


def gathered_ppmi(store: Store, weighed: Weighed) -> csr_array:
    """The whole matrix in this process."""
    from scipy.sparse import csr_array

    parts: dict[str, Any] = {name: [np.asarray(store.read(block, name)) for block in weighed.names] for name in CSR}
    sizes = np.concatenate([np.diff(indptr) for indptr in parts["indptr"]])
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    return csr_array((np.concatenate(parts["data"]), np.concatenate(parts["indices"]), indptr), shape=weighed.shape)
