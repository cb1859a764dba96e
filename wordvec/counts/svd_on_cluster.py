"""The truncated SVD with its matrix on a cluster: products are computed there, everything else here.

A row of a product is summed in one piece wherever it is computed, so the bytes are those of one machine. This process
holds what `wordvec.counts.lanczos` holds besides the matrix, some 5 * dim columns of V numbers.
"""

from __future__ import annotations

import functools
import itertools
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.blas import one_blas_thread
from wordvec.counts.lanczos import TOLERANCE, OnCPU, search
from wordvec.counts.ppmi_on_cluster import Weighed, csr_block, gathered_ppmi
from wordvec.counts.products import Product, product_with
from wordvec.counts.svd import DENSE_LIMIT, SVD, check_dim, finished, truncated_svd
from wordvec.memory import available_cores
from wordvec.store import name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster

OPEN_BLOCKS = 64  # that a process keeps, already checked
TASKS_OF_A_THREAD = 1  # in a product: a task and its result cost 5 ms of processor time, both sides together


def svd_on_cluster(
    cluster: Cluster,
    matrix: Weighed,
    dim: int,
    seed: int = 1,
    threads: int | None = None,
    tolerance: float = TOLERANCE,
) -> SVD:
    """See `wordvec.counts.svd.truncated_svd`; `threads` are those of this process. Removes the transpose at the end."""
    check_dim(dim, matrix.shape)
    if matrix.shape[0] <= DENSE_LIMIT:
        return truncated_svd(gathered_ppmi(cluster.store, matrix), dim, seed, threads=threads, tolerance=tolerance)
    with one_blas_thread(), ThreadPoolExecutor(threads or available_cores()) as pool:
        run = {"ppmi": matrix.names, "dim": dim, "seed": seed, "tolerance": tolerance}
        on = OnCluster(cluster, matrix, pool, run)
        U, S, V = search(on, matrix.shape, dim, seed, tolerance)
    for name in matrix.turned:
        cluster.store.remove(name)
    return finished(U, S, V, dim, matrix.shape)


class OnCluster(OnCPU):
    """Large products as tasks on the cluster, the rest as on one machine. See Arithmetic."""

    def __init__(self, cluster: Cluster, matrix: Weighed, pool: Executor, run: dict[str, Any]) -> None:
        self._run, self._factors = run, itertools.count()  # a number is name enough: each factor follows from the last
        self._pool, self._dtype = pool, np.dtype(np.float32)
        self._cluster, self._columns = cluster, matrix.shape[1]
        self.product = functools.partial(self._product, matrix.names)
        self.transposed_product = functools.partial(self._product, matrix.turned)

    def _product(self, blocks: list[str], X: np.ndarray) -> np.ndarray:
        factor = name_of("factor", of=self._run, number=next(self._factors))
        self._cluster.store.publish(factor, {"X": np.ascontiguousarray(X)}, lasting=False)
        groups = _groups(blocks, TASKS_OF_A_THREAD * self._cluster.tasks_at_a_time)
        calls = [(group, self._columns, factor) for group in groups]
        result = np.concatenate(self._cluster.run(multiply_blocks, calls, "svd", show_progress=False))
        self._cluster.store.remove(factor)
        return result


def _groups(blocks: list[str], most: int) -> list[list[str]]:
    """The blocks in order, in at most this many groups: one task per block would be more messages than work.

    >>> _groups(["a", "b", "c", "d", "e"], 2), _groups(["a"], 2)
    ([['a', 'b'], ['c', 'd', 'e']], [['a']])
    """
    groups = min(most, len(blocks))
    cuts = [len(blocks) * i // groups for i in range(groups + 1)]
    return [blocks[first:last] for first, last in pairwise(cuts)]


def multiply_blocks(store: str, blocks: list[str], columns: int, factor: str) -> np.ndarray:
    """Some blocks of rows of a sparse matrix times a factor (columns, width)."""
    X = np.array(open_store(store).read(factor, "X"))  # a copy has large pages, and is read once for each cell
    return np.concatenate([_product_of(store, block, columns)(X) for block in blocks])


@functools.lru_cache(maxsize=OPEN_BLOCKS)
def _product_of(store: str, block: str, columns: int) -> Product:
    return product_with(csr_block(open_store(store), block, columns))
