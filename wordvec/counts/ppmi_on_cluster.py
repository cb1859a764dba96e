"""PPMI and its truncated SVD on a cluster: block of rows by block of rows, the same bytes as `wordvec.counts.ppmi`.

The sums of rows and columns are taken in the order in which one machine takes them, so they round alike.
"""

from __future__ import annotations

import functools
import itertools
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from wordvec.counts.cells import Block, checked_counts, map_cells
from wordvec.counts.lanczos import TOLERANCE, OnCPU, search
from wordvec.counts.on_cluster import Rows, read_block
from wordvec.counts.ppmi import Information
from wordvec.counts.products import Product, product_with
from wordvec.counts.svd import DENSE_LIMIT, SVD, check_dim, finished, truncated_svd
from wordvec.memory import available_cores
from wordvec.store import Store, name_of, open_store

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from wordvec.cluster import Cluster


CSR = ("indptr", "indices", "data")


class Weighed(NamedTuple):
    """A PPMI matrix (V, V) in the store: block i is the CSR matrix of rows borders[i] .. borders[i + 1] - 1.

    `symmetric` are the blocks of its counts where these are the same both ways; `margins` is the entry with their sums.
    """

    borders: list[int]
    names: list[str]
    cells: int
    margins: str
    symmetric: list[str] | None

    @property
    def shape(self) -> tuple[int, int]:
        """Of the whole."""
        return self.borders[-1], self.borders[-1]


def ppmi_on_cluster(
    cluster: Cluster,
    counts: Rows,
    symmetric: bool,
    context_smoothing: float,
    shift: float,
    show_progress: bool | None,
) -> Weighed:
    """See `wordvec.counts.ppmi.ppmi`. Raises ShapeError where there is no count above 0."""
    from scipy.sparse import csr_array

    store, size = cluster.store, counts.borders[-1]
    if not counts.cells:
        checked_counts(csr_array((size, size)), "ppmi")
    facts = {"counts": counts.names, "smoothing": context_smoothing, "shift": shift}
    sums, margins = name_of("sums", counts=counts.names), name_of("margins", **facts)
    names = [name_of("ppmi", **facts, rows=rows) for rows in pairwise(counts.borders)]
    if not all(map(store.is_published, names)):
        if not store.is_published(sums):
            _publish_sums(cluster, counts, symmetric, sums, show_progress)
        rows, columns = (np.asarray(store.read(sums, axis)) for axis in ("rows", "columns"))
        information = Information.of_sums(rows, columns, context_smoothing, shift)
        arrays = {"rows": information.rows, "columns": information.columns}
        store.publish(margins, arrays, shared=information.shared)
        blocks = enumerate(zip(counts.names, names))
        calls = [(block, margins, counts.borders, i, not symmetric, name) for i, (block, name) in blocks]
        cluster.run(weigh_block, calls, "ppmi", show_progress)
    cells = sum(store.facts(name)["cells"] for name in names)
    return Weighed(counts.borders, names, cells, margins, counts.names if symmetric else None)


def _publish_sums(cluster: Cluster, counts: Rows, symmetric: bool, name: str, show_progress: bool | None) -> None:
    """Publish the sums of rows and of columns, (V,) each."""
    size = counts.borders[-1]
    found = cluster.run(sum_block, [(block, size) for block in counts.names], "sums", show_progress)
    rows = np.concatenate([of_rows for of_rows, _ in found])
    columns = np.concatenate([in_order for _, in_order in found])  # column c of a symmetric matrix is its row c
    if not symmetric:
        columns, before = np.zeros(size), None
        for i, block in enumerate(counts.names):  # each goes on where the one before ended: the order of one machine
            after = name_of("column-sums", counts=counts.names, block=i)
            cluster.run(add_columns, [(block, before, size, after)], "sums of columns", show_progress)
            if before is not None:
                cluster.store.remove(before)
            before = after
        columns = np.array(cluster.store.read(str(before), "sums"))
        cluster.store.remove(str(before))
    cluster.store.publish(name, {"rows": rows, "columns": columns})


def sum_block(store: str, block: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums of the rows of a block of counts: as scipy takes them along rows, and as along columns, one after another.

    Shapes: (rows,) each.
    """
    matrix = counts_block(open_store(store), block, size)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    in_order = np.bincount(rows, weights=matrix.data, minlength=matrix.shape[0])
    return np.asarray(matrix.sum(axis=1, dtype=np.float64)).ravel(), in_order


def add_columns(store: str, block: str, before: str | None, size: int, name: str) -> None:
    """Publish the sums of columns up to a block of counts, (V,), from those up to the block before."""
    place = open_store(store)
    if place.is_published(name):
        return
    sums = np.zeros(size) if before is None else np.array(place.read(before, "sums"))
    matrix = counts_block(place, block, size)
    np.add.at(sums, matrix.indices, matrix.data)
    place.publish(name, {"sums": sums})


def weigh_block(
    store: str, block: str, margins: str, borders: list[int], number: int, with_parts: bool, name: str
) -> None:
    """Publish PPMI of a block of counts as CSR; and its cells once more by blocks of columns, for `transpose_block`."""
    place = open_store(store)
    if place.is_published(name):
        return
    first, last = borders[number], borders[number + 1]
    rows, columns, shared = _margins(place, margins)
    information = Information(rows[first:last], columns, shared)
    matrix = map_cells(counts_block(place, block, borders[-1]), information.positive, np.float32)
    arrays = _csr_arrays(matrix)
    if with_parts:
        block_of = np.repeat(np.arange(len(borders) - 1, dtype=np.uint16), np.diff(borders))  # 16 bits: sorted by radix
        of_column = block_of[matrix.indices]
        order = np.argsort(of_column, kind="stable")
        cell_rows = np.repeat(np.arange(first, last, dtype=np.int32), np.diff(matrix.indptr))
        arrays |= {
            "part_ends": np.cumsum(np.bincount(of_column, minlength=len(borders) - 1)),
            "part_rows": cell_rows[order],
            "part_columns": matrix.indices[order].astype(np.int32),
            "part_values": matrix.data[order],
        }
    place.publish(name, arrays, cells=int(matrix.nnz))


def turn_block(store: str, block: str, margins: str, borders: list[int], number: int, name: str) -> None:
    """Publish the rows of the transpose that are the columns of this block, from counts that are the same both ways."""
    place = open_store(store)
    if place.is_published(name):
        return
    rows, columns, shared = _margins(place, margins)
    information = Information(rows, columns[borders[number] : borders[number + 1]], shared)

    def turned(block: Block) -> tuple[np.ndarray, np.ndarray]:
        return information.positive(Block(block.counts, block.columns, block.rows))

    place.publish(name, _csr_arrays(map_cells(counts_block(place, block, borders[-1]), turned, np.float32)))


def _margins(place: Store, name: str) -> tuple[np.ndarray, np.ndarray, float]:
    rows, columns = (np.asarray(place.read(name, axis)) for axis in ("rows", "columns"))
    return rows, columns, place.facts(name)["shared"]


def _csr_arrays(matrix: Any) -> dict[str, np.ndarray]:
    return {"indptr": matrix.indptr, "indices": matrix.indices.astype(np.int32, copy=False), "data": matrix.data}


def transpose_block(store: str, blocks: list[str], borders: list[int], number: int, name: str) -> None:
    """Publish, as CSR, the rows of the transpose that are the columns of this block: each by rising row."""
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
    """Where rows of these sizes start, (rows + 1,); in 32 bits where they do, as scipy would copy columns else."""
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


# The truncated SVD with its matrix on a cluster: products there, the small and tall rest here. A row of a product is
# summed in one piece wherever that is done, so the bytes are those of one machine. This process holds what
# `wordvec.counts.lanczos` holds besides the matrix, some 5 * dim columns of V numbers.


OPEN_BLOCKS = 64  # of a process, which need no second look at their cells
TASKS_OF_A_THREAD = 2  # in a product: more would even out better, and cost more messages


def svd_on_cluster(
    cluster: Cluster,
    matrix: Weighed,
    dim: int,
    seed: int = 1,
    threads: int | None = None,
    tolerance: float = TOLERANCE,
    show_progress: bool | None = None,
) -> SVD:
    """See `wordvec.counts.svd.truncated_svd`; `threads` are those of this process."""
    check_dim(dim, matrix.shape)
    if matrix.shape[0] <= DENSE_LIMIT:
        return truncated_svd(gathered_ppmi(cluster.store, matrix), dim, seed, threads=threads, tolerance=tolerance)
    turned = [name_of("turned", ppmi=matrix.names, columns=columns) for columns in pairwise(matrix.borders)]
    if matrix.symmetric is None:
        across = [(matrix.names, matrix.borders, number, name) for number, name in enumerate(turned)]
        cluster.run(transpose_block, across, "transposing", show_progress)
    else:
        blocks = enumerate(zip(matrix.symmetric, turned))
        calls = [(block, matrix.margins, matrix.borders, number, name) for number, (block, name) in blocks]
        cluster.run(turn_block, calls, "transposing", show_progress)
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads or available_cores()) as pool:
        run = {"ppmi": matrix.names, "dim": dim, "seed": seed, "tolerance": tolerance}
        on = OnCluster(cluster, matrix, turned, pool, run)
        U, S, V = search(on, matrix.shape, dim, seed, tolerance)
    for name in turned:
        cluster.store.remove(name)
    return finished(U, S, V, dim, matrix.shape)


class OnCluster(OnCPU):
    """Large products as tasks of the cluster, the rest as on one machine. See Arithmetic."""

    def __init__(
        self, cluster: Cluster, matrix: Weighed, turned: list[str], pool: Executor, run: dict[str, Any]
    ) -> None:
        self._run, self._factors = run, itertools.count()  # name a factor, as each follows from the one before
        self._pool, self._dtype = pool, np.dtype(np.float32)
        self._cluster, self._columns = cluster, matrix.shape[1]
        self.product = functools.partial(self._product, matrix.names)
        self.transposed_product = functools.partial(self._product, turned)

    def _product(self, blocks: list[str], X: np.ndarray) -> np.ndarray:
        factor = name_of("factor", of=self._run, number=next(self._factors))
        self._cluster.store.publish(factor, {"X": np.ascontiguousarray(X)}, lasting=False)
        groups = _groups(blocks, TASKS_OF_A_THREAD * self._cluster.tasks_at_a_time)
        calls = [(group, self._columns, factor) for group in groups]
        result = np.concatenate(self._cluster.run(multiply_blocks, calls, "svd", show_progress=False))
        self._cluster.store.remove(factor)
        return result


def _groups(blocks: list[str], most: int) -> list[list[str]]:
    """The blocks in order, in at most so many groups: a task for each block would be more messages than work.

    >>> _groups(["a", "b", "c", "d", "e"], 2), _groups(["a"], 2)
    ([['a', 'b'], ['c', 'd', 'e']], [['a']])
    """
    groups = min(most, len(blocks))
    cuts = [len(blocks) * i // groups for i in range(groups + 1)]
    return [blocks[first:last] for first, last in pairwise(cuts)]


def multiply_blocks(store: str, blocks: list[str], columns: int, factor: str) -> np.ndarray:
    """Some blocks of rows of a sparse matrix times a factor (columns, width)."""
    X = np.asarray(open_store(store).read(factor, "X"))
    return np.concatenate([_product_of(store, block, columns)(X) for block in blocks])


@functools.lru_cache(maxsize=OPEN_BLOCKS)
def _product_of(store: str, block: str, columns: int) -> Product:
    return product_with(csr_block(open_store(store), block, columns), ThreadPoolExecutor(1))
