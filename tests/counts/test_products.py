"""The compiled product of a sparse matrix with a block of columns, against scipy's."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from kernel_inputs import random_sparse

from wordvec.counts import products, truncated_svd
from wordvec.errors import ShapeError
from wordvec.native import library


def sparse(rows, columns, density, dtype=np.float32):
    return random_sparse(rows, columns, density, seed=5).astype(dtype)


@pytest.mark.parametrize("width", [1, 15, 16, 17, 40])
@pytest.mark.parametrize("shape, density", [((300, 70), 0.2), ((1, 5), 1.0), ((40, 900), 0.002), ((7, 3), 0.0)])
@pytest.mark.parametrize("threads", [1, 3])
def test_equals_scipy(shape, density, width, threads):
    matrix = sparse(*shape, density)
    X = np.random.default_rng(6).normal(size=(shape[1], width)).astype(np.float32)
    with ThreadPoolExecutor(threads) as pool:
        product = products.product_with(matrix, pool)(X)
    assert product.dtype == np.float32
    np.testing.assert_allclose(product, matrix @ X, rtol=1e-5, atol=1e-6)


def test_double_precision_stays_double():
    matrix, X = sparse(50, 60, 0.3, np.float64), np.random.default_rng(7).normal(size=(60, 5))
    with ThreadPoolExecutor(2) as pool:
        product = products.product_with(matrix, pool)(X)
    np.testing.assert_array_equal(product, matrix @ X)


def test_without_the_library_scipy_multiplies(monkeypatch):
    monkeypatch.setattr(library, "is_available", lambda: False)
    matrix, X = sparse(30, 20, 0.5), np.ones((20, 3), np.float32)
    with ThreadPoolExecutor(2) as pool:
        product = products.product_with(matrix, pool)(X)
    np.testing.assert_array_equal(product, matrix @ X)


def test_the_svd_has_the_same_bytes_for_any_number_of_threads():
    matrix = sparse(2000, 1500, 0.02)
    one, three = (truncated_svd(matrix, 20, threads=threads) for threads in (1, 3))
    for a, b in zip(one, three):
        assert a.tobytes() == b.tobytes()


@pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
def test_what_would_read_elsewhere_never_reaches_c():
    matrix = sparse(6, 4, 0.9)
    with ThreadPoolExecutor(1) as pool:
        with pytest.raises(ShapeError, match="a block of 4 rows expected; got 3"):
            products.product_with(matrix, pool)(np.ones((3, 2), np.float32))
        matrix.indices[5] = 4
        with pytest.raises(ShapeError, match=r"indices in 0 \.\. 3"):
            products.product_with(matrix, pool)
        matrix.indices[5], matrix.indptr[3] = 0, -1
        with pytest.raises(ShapeError, match="indptr rises from 0"):
            products.product_with(matrix, pool)
