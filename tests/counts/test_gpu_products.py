"""Sparse products on the GPU: what scipy gives, for rows of any number of cells."""

import numpy as np
import pytest
from kernel_inputs import random_sparse
from scipy.sparse import csr_array

from wordvec.counts import products
from wordvec.counts.gpu import matrix_on
from wordvec.counts.products import GPUProduct


def made(rows, columns, density, dtype, seed=1):
    """Whole numbers, whose sums are exact in any order; some rows are full, some empty."""
    dense = np.rint(9 * random_sparse(rows, columns, density, seed).toarray())
    dense[0] = 2
    dense[rows // 2] = 0
    return csr_array(dense.astype(dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("columns", [0, 1, 31, 32, 33, 70])
@pytest.mark.parametrize("piece", [1, 7, 256])
def test_products_are_those_of_scipy(gpu, monkeypatch, columns, piece, dtype):
    monkeypatch.setattr(products, "PIECE", piece)
    matrix = made(50, 40, 0.3, dtype)
    X = np.random.default_rng(2).integers(-5, 5, (40, columns)).astype(dtype)
    found = GPUProduct(matrix_on(matrix, "gpu"))(gpu.asarray(X))
    assert (found.dtype, found.shape) == (dtype, (50, columns))
    np.testing.assert_array_equal(found.get(), matrix @ X)


def test_a_block_in_any_order_of_memory(gpu):
    matrix = made(20, 30, 0.2, np.float32)
    X = np.random.default_rng(3).integers(-5, 5, (64, 30)).astype(np.float32)
    there = gpu.asarray(X).T[:, ::2]
    np.testing.assert_array_equal(GPUProduct(matrix_on(matrix, "gpu"))(there).get(), matrix @ X.T[:, ::2])


def test_a_matrix_without_cells(gpu):
    matrix = csr_array((3, 2), dtype=np.float32)
    found = GPUProduct(matrix_on(matrix, "gpu"))(gpu.ones((2, 4), gpu.float32))
    assert found.tolist() == [[0.0] * 4] * 3
