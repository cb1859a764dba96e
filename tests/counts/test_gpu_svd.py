"""The SVD on the GPU: the singular triples of the CPU's, by both methods."""

import numpy as np
import pytest
from kernel_inputs import random_sparse
from scipy.sparse import csr_array

from wordvec.counts import truncated_svd, word_vectors
from wordvec.counts.gpu import matrix_on
from wordvec.errors import OptionError, ShapeError


def planted(rows=160, columns=120, seed=1, dtype=np.float32):
    """A sparse matrix with falling singular values."""
    noise = random_sparse(rows, columns, 0.05, seed)
    blocks = np.kron(np.diag(np.arange(20, 4, -2)), np.ones((rows // 8, columns // 8)))
    part = csr_array(np.pad(blocks, [(0, rows - blocks.shape[0]), (0, columns - blocks.shape[1])]))
    return csr_array(part + noise).astype(dtype)


@pytest.mark.parametrize("method", ["dense", "krylov"])
@pytest.mark.parametrize("dtype, tolerance", [(np.float32, 1e-4), (np.float64, 1e-6)])
def test_triples_are_those_of_the_cpu(gpu, method, dtype, tolerance):
    matrix = planted(dtype=dtype)
    expected, found = (truncated_svd(matrix_on(matrix, device), 8, method=method) for device in ("cpu", "gpu"))
    assert all(isinstance(part, gpu.ndarray) for part in found)
    assert {part.dtype for part in found} == {np.dtype(dtype)}
    U, S, V = (part.get() for part in found)
    np.testing.assert_allclose(S, expected.S, rtol=tolerance)
    np.testing.assert_allclose(U, expected.U, atol=50 * tolerance)
    np.testing.assert_allclose(V, expected.V, atol=50 * tolerance)
    np.testing.assert_allclose(U.T @ U, np.eye(8), atol=1e-5)
    words = word_vectors(found, power=0.5, add_context=False)
    np.testing.assert_allclose(words.get(), word_vectors(expected, power=0.5), atol=200 * tolerance)


def test_the_room_for_directions_grows(gpu, monkeypatch):
    monkeypatch.setattr("wordvec.counts.lanczos.ROOM", 1)
    matrix = random_sparse(300, 200, 0.1, seed=2)
    expected = truncated_svd(matrix, 5, method="krylov")
    found = truncated_svd(matrix_on(matrix, "gpu"), 5, method="krylov")
    np.testing.assert_allclose(found.S.get(), expected.S, rtol=1e-4)


def test_large_symmetric_matrices_are_left_to_the_gpu(gpu, monkeypatch):
    monkeypatch.setattr("wordvec.counts.lanczos.LARGE", 4)
    matrix = planted()
    expected = truncated_svd(matrix, 8, method="dense")
    np.testing.assert_allclose(
        truncated_svd(matrix_on(matrix, "gpu"), 8, method="krylov").S.get(), expected.S, rtol=1e-4
    )


def test_what_the_cpu_refuses_the_gpu_refuses(gpu):
    with pytest.raises(OptionError, match="has rank 1 only; choose dim <= 1"):
        truncated_svd(matrix_on(csr_array(np.ones((4, 3))), "gpu"), 2)
    with pytest.raises(OptionError, match="no cell other than 0"):
        truncated_svd(matrix_on(csr_array((4, 3)), "gpu"), 2)
    with pytest.raises(ShapeError, match="not finite"):
        truncated_svd(matrix_on(csr_array(np.array([[np.inf, 1.0]])), "gpu"), 1)
