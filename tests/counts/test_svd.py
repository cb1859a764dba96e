import numpy as np
import pytest
from kernel_inputs import random_sparse
from scipy.sparse import csr_array

from wordvec.counts import SVD, dense_svd, lanczos, truncated_svd, word_vectors
from wordvec.counts.lanczos import OnCPU
from wordvec.errors import OptionError, ShapeError

METHODS = ["dense", "krylov"]


def sparse_matrix(rows=120, columns=90, density=0.2, seed=3, dtype=np.float64):
    matrix = random_sparse(rows, columns, density, seed)
    return csr_array(matrix.multiply(np.arange(1, columns + 1) ** -1.0), dtype=dtype)  # frequent contexts first


def signed(U):
    """The sign convention, spelled out."""
    signs = np.array([1.0 if column[np.argmax(np.abs(column))] > 0 else -1.0 for column in U.T])
    return U * signs, signs


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("power", [0, 0.5, 1])
@pytest.mark.parametrize("shape", [(120, 90), (60, 150)])
def test_equals_numpys_svd_for_each_power(method, power, shape):
    matrix, dim = sparse_matrix(*shape), 6
    U, S, Vt = np.linalg.svd(matrix.toarray(), full_matrices=False)
    U, signs = signed(U[:, :dim])
    factors = truncated_svd(matrix, dim, method=method)
    np.testing.assert_allclose(factors.S, S[:dim], rtol=1e-6)
    np.testing.assert_allclose(word_vectors(factors, power), U * S[:dim] ** power, atol=2e-3 * S[0] ** power)
    both = U * S[:dim] ** power + Vt[:dim].T * signs * S[:dim] ** power if shape[0] == shape[1] else None
    if both is not None:
        np.testing.assert_allclose(word_vectors(factors, power, add_context=True), both, atol=2e-3)


def test_adding_the_contexts():
    matrix = sparse_matrix(50, 50)
    U, S, V = factors = truncated_svd(matrix, 4)
    np.testing.assert_allclose(word_vectors(factors, 0.5, add_context=True), U * np.sqrt(S) + V * np.sqrt(S))
    with pytest.raises(ShapeError, match="50 words, 40 contexts"):
        word_vectors(SVD(U, S, V[:40]), add_context=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", METHODS)
def test_factors_are_singular_triples(method, dtype):
    matrix = sparse_matrix(dtype=dtype)
    U, S, V = truncated_svd(matrix, 10, method=method)
    assert U.dtype == S.dtype == V.dtype == dtype
    assert U.flags.c_contiguous
    assert V.flags.c_contiguous
    epsilon = 200 * np.finfo(dtype).eps
    np.testing.assert_allclose(U.T @ U, np.eye(10), atol=epsilon)
    np.testing.assert_allclose(V.T @ V, np.eye(10), atol=epsilon)
    np.testing.assert_allclose(matrix.T @ U, V * S, atol=epsilon * S[0])  # exact by construction
    np.testing.assert_allclose(matrix @ V, U * S, atol=lanczos.TOLERANCE * S[0])  # to the tolerance
    assert (np.diff(S) <= 0).all()
    assert (U[np.abs(U).argmax(axis=0), np.arange(10)] > 0).all()


def test_a_flat_spectrum_converges():
    """Neighbouring values within two percent, as in PPMI matrices: few power iterations would mix them up."""
    values = np.arange(1, 1201) ** -0.3
    values[:3] = [9, 3, 2]
    U, S, _ = truncated_svd(csr_array(np.diag(values)), 20, method="krylov")
    np.testing.assert_allclose(S, values[:20], rtol=1e-5)
    np.testing.assert_allclose(np.abs(U[:3, :3]), np.eye(3), atol=1e-5)


def test_the_same_seed_gives_the_same_bytes_for_any_number_of_threads():
    matrix = sparse_matrix(1500, 1200, density=0.01, dtype=np.float32)
    first = truncated_svd(matrix, 8, seed=5, threads=1)
    again = truncated_svd(matrix, 8, seed=5, threads=3)
    other = truncated_svd(matrix, 8, seed=6)
    assert [part.tobytes() for part in first] == [part.tobytes() for part in again]
    assert first.U.tobytes() != other.U.tobytes()
    np.testing.assert_allclose(first.S, other.S, rtol=1e-5)


def test_repeated_singular_values_beyond_the_block_are_found():
    _, S, _ = truncated_svd(csr_array(np.eye(300)), 40, method="krylov")  # A A^T X lies in X: starts afresh
    np.testing.assert_allclose(S, np.ones(40), rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_all_the_dimensions_there_are(method):
    matrix = sparse_matrix(30, 25, density=0.5)
    U, S, V = truncated_svd(matrix, 25, method=method)
    np.testing.assert_allclose(S, np.linalg.svd(matrix.toarray(), compute_uv=False), rtol=1e-9)
    np.testing.assert_allclose((U * S) @ V.T, matrix.toarray(), atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_more_dimensions_than_the_rank(method, dtype):
    rng = np.random.default_rng(2)
    low_rank = csr_array((rng.normal(size=(60, 3)) @ rng.normal(size=(3, 50))).astype(dtype))
    factors = truncated_svd(low_rank, 3, method=method)
    np.testing.assert_allclose((factors.U * factors.S) @ factors.V.T, low_rank.toarray(), atol=1e-4)
    with pytest.raises(OptionError, match="rank 3 only; choose dim <= 3"):
        truncated_svd(low_rank, 4, method=method)


def test_auto_is_dense_for_small_and_krylov_for_large():
    small, large = sparse_matrix(100, 2000, density=0.02), sparse_matrix(1100, 1100, density=0.01)
    for matrix, method in [(small, "dense"), (large, "krylov")]:
        auto, named = truncated_svd(matrix, 3), truncated_svd(matrix, 3, method=method)
        assert auto.U.tobytes() == named.U.tobytes()


def test_stopping_early_is_said(monkeypatch):
    monkeypatch.setattr(OnCPU, "block", 2)
    slow = csr_array(np.diag(np.arange(1, 401) ** -0.3))
    with pytest.warns(UserWarning, match="residual of 10 triples"):
        truncated_svd(slow, 10, method="krylov", tolerance=1e-30)


@pytest.mark.parametrize("dim", [0, -1, 2.0, True])
def test_bad_dim(dim):
    with pytest.raises(OptionError, match="dim must be a whole number"):
        truncated_svd(sparse_matrix(), dim)


@pytest.mark.parametrize(
    ("matrix", "options", "error", "message"),
    [
        (sparse_matrix(5, 4), {"dim": 5}, OptionError, "at most 4 dimensions"),
        (csr_array((5, 4)), {"dim": 1}, OptionError, "no cell other than 0"),
        (np.eye(3), {"dim": 1}, ShapeError, "sparse"),
        (csr_array(np.array([[np.nan]])), {"dim": 1}, ShapeError, "not finite"),
        (sparse_matrix(5, 4), {"dim": 1, "method": "magic"}, OptionError, "'auto', 'dense' or 'krylov'"),
        (sparse_matrix(5, 4), {"dim": 1, "threads": 0}, OptionError, "threads"),
    ],
)
def test_bad_input(matrix, options, error, message):
    with pytest.raises(error, match=message):
        truncated_svd(matrix, **options)


def test_bad_power():
    with pytest.raises(OptionError, match="power"):
        word_vectors(truncated_svd(sparse_matrix(5, 4), 1), power=np.inf)


def test_the_dense_twin_agrees(xp):
    matrix = sparse_matrix(40, 30, density=0.4)
    twin = dense_svd(xp.asarray(matrix.toarray()), 4, rounds=60)
    sparse = truncated_svd(matrix, 4)
    for part, expected in zip(twin, sparse):
        assert isinstance(part, xp.ndarray)
        np.testing.assert_allclose(part.tolist(), expected, atol=1e-8)


def test_the_dense_twin_refuses_what_it_cannot_do():
    with pytest.raises(OptionError, match="got 3 for"):
        dense_svd(np.eye(2), 3)
    with pytest.raises(OptionError, match="limit is 5,000"):
        dense_svd(np.broadcast_to(0.0, (5001, 2)), 1)
