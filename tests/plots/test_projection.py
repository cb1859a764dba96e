import sys
from functools import partial
from importlib.util import find_spec

import numpy as np
import pytest

from wordvec.errors import MissingExtraError, OptionError, ShapeError
from wordvec.plots import pca, project


@pytest.fixture(scope="module", autouse=True)
def compiled_loops_are_kept():
    """UMAP asks numba to compile its loops anew in every process, which takes 15 s; here they are kept for the next run
    (see KEPT in tests/plugins/surroundings.py)."""
    with pytest.MonkeyPatch.context() as patch:
        if find_spec("umap"):
            import numba

            patch.setattr(numba, "njit", partial(numba.njit, cache=True))
        yield


def test_points_on_a_line_by_hand():
    along = np.array([0.6, -0.8])
    points, share = pca(np.outer([-2.0, 0.0, 1.0, 1.0], along) + [5.0, 7.0], dims=2)
    # the direction's largest entry, -0.8, is made positive: the order is reversed
    np.testing.assert_allclose(points, [[2, 0], [0, 0], [-1, 0], [-1, 0]], atol=1e-12)
    np.testing.assert_allclose(share, [1, 0], atol=1e-12)


@pytest.mark.parametrize("shape", [(30, 7), (5, 20)])
def test_equals_numpys_svd_of_the_centred_rows(shape):
    X = np.random.default_rng(2).normal(size=shape) + 3
    points, share = pca(X, dims=3)
    U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(points), np.abs(U[:, :3] * S[:3]), atol=1e-10)
    np.testing.assert_allclose(share, S[:3] ** 2 / (S**2).sum(), rtol=1e-10)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)


def test_the_sign_does_not_depend_on_the_solver():
    X = np.random.default_rng(2).normal(size=(40, 6))
    order = np.random.default_rng(3).permutation(40)
    np.testing.assert_allclose(pca(X[order])[0], pca(X)[0][order], atol=1e-12)


def test_equal_rows_have_no_variance():
    points, share = pca(np.ones((4, 3)))
    assert points.tolist() == [[0, 0]] * 4
    assert share.tolist() == [0, 0]


@pytest.mark.parametrize("seed", [63, 83])  # of 200, where rounding made the second eigenvalue negative
def test_no_share_of_the_variance_is_negative(seed):
    random = np.random.default_rng(seed)
    assert (pca(np.outer(random.normal(size=6), random.normal(size=4)))[1] >= 0).all()


def test_the_matrix_is_left_alone():
    X = np.random.default_rng(2).normal(size=(4, 3))
    before = X.copy()
    pca(X)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("dims", [0, 4])
def test_bad_dims(dims):
    with pytest.raises(OptionError, match=r"dims must be from 1 to 3|needs vectors of at least as many; these have 3"):
        pca(np.ones((5, 3)), dims)


@pytest.mark.parametrize("matrix", [np.ones(3), np.array([[1.0, np.nan]])])
@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_bad_matrix(matrix, method):
    with pytest.raises(ShapeError, match="finite"):
        project(matrix, method)


def test_unknown_method():
    with pytest.raises(OptionError, match="pca, tsne, umap; got 'isomap'"):
        project(np.eye(3), "isomap")


@pytest.mark.parametrize(("method", "module"), [("tsne", "openTSNE"), ("umap", "umap")])
def test_a_missing_extra_is_named(method, module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)  # as if not installed
    with pytest.raises(MissingExtraError, match=r"wordvec\[projection\]"):
        project(np.eye(5), method)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_too_few_rows(method):
    with pytest.raises(OptionError, match="at least 4 rows; got 3"):
        project(np.eye(3), method)


@pytest.mark.slow("what numba compiles for UMAP, kept for the next run: seeds repeat and near words stay near")
@pytest.mark.filterwarnings("ignore")  # what these packages warn about is theirs
@pytest.mark.parametrize(("method", "module"), [("tsne", "openTSNE"), ("umap", "umap")])
def test_groups_stay_together_and_seeds_repeat(method, module):
    pytest.importorskip(module, reason=f"extra projection ({module}) is not installed")
    rng = np.random.default_rng(4)
    X = np.repeat(np.eye(3, 8), 20, axis=0) + rng.normal(scale=0.05, size=(60, 8))
    with np.errstate(all="ignore"):
        points, again = project(X, method, seed=3), project(X, method, seed=3)
    np.testing.assert_array_equal(points, again)
    group = np.repeat(np.arange(3), 20)
    centres = np.array([points[group == g].mean(axis=0) for g in range(3)])
    nearest = np.square(points[:, None] - centres).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, group)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("method", "module", "said"), [("tsne", "openTSNE", "t-SNE"), ("umap", "umap", "UMAP of 60 words")]
)
def test_progress_is_shown_on_stderr(method, module, said, capsys):
    pytest.importorskip(module, reason=f"extra projection ({module}) is not installed")
    X = np.random.default_rng(4).normal(size=(60, 8))
    with np.errstate(all="ignore"):
        shown, silent = project(X, method, show_progress=True), project(X, method, show_progress=False)
    np.testing.assert_array_equal(shown, silent)
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("method", "module"), [("tsne", "openTSNE"), ("umap", "umap")])
def test_a_start_is_taken(method, module):
    pytest.importorskip(module, reason=f"extra projection ({module}) is not installed")
    X = np.repeat(np.eye(3, 8), 20, axis=0) + np.random.default_rng(4).normal(scale=0.05, size=(60, 8))
    for sign in (1, -1):
        start = sign * pca(X)[0]
        with np.errstate(all="ignore"):
            points = project(X, method, start=start)
        assert np.corrcoef(start[:, 0], points[:, 0])[0, 1] > 0.5
    with pytest.raises(ShapeError, match="start must be"):
        project(X, method, start=np.ones((3, 2)))


def test_large_matrices_are_taken_in_blocks(monkeypatch):
    X = np.random.default_rng(2).normal(size=(50, 6)).astype(np.float32)
    whole, share = pca(X)
    monkeypatch.setattr("wordvec.plots.projection.BLOCK", 7)
    points, share_of_blocks = pca(X)
    np.testing.assert_allclose(points, whole, atol=1e-12)
    np.testing.assert_allclose(share_of_blocks, share)
