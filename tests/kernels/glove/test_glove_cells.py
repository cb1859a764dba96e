"""Tiles of co-occurrence cells: all cells, once, in rounds that share no row and no column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from wordvec.errors import OptionError, ShapeError
from wordvec.kernels.glove.cells import Cells, bands_for, order_in_tile, schedule
from wordvec.native import library

needs_library = pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))


def assert_rounds_share_nothing(tiles):
    bands = len(tiles)
    for part in (tiles // bands, tiles % bands):
        assert (np.sort(part, axis=1) == np.arange(bands)).all()
    assert sorted(tiles.ravel()) == list(range(bands * bands))


@given(bands=st.integers(1, 40), seed=st.integers(0, 2**64 - 1), epoch=st.integers(0, 1000))
@settings(max_examples=50, deadline=None)
def test_tiles_of_a_round_share_no_band_and_an_epoch_has_all(bands, seed, epoch):
    assert_rounds_share_nothing(schedule(bands, seed, epoch))


def test_the_check_of_rounds_catches_two_tiles_of_one_column():
    with pytest.raises(AssertionError):
        assert_rounds_share_nothing(np.arange(9).reshape(3, 3))


def test_every_epoch_and_seed_has_its_own_order():
    orders = {schedule(8, seed, epoch).tobytes() for seed in range(5) for epoch in range(5)}
    assert len(orders) == 25
    assert len({order_in_tile(20, *which).tobytes() for which in [(0, 1, 0), (1, 1, 0), (0, 2, 0), (0, 1, 1)]}) == 4


@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
def test_the_order_in_a_tile_has_every_cell_once(count):
    assert sorted(order_in_tile(count, 3, seed=1, epoch=2)) == list(range(count))


def test_all_orders_of_three_cells_are_about_as_likely():
    seen = [tuple(order_in_tile(3, tile, seed=1, epoch=0)) for tile in range(1200)]
    counts = [seen.count(order) for order in set(seen)]
    assert len(counts) == 6
    assert 150 < min(counts) <= max(counts) < 250  # 200 on average, standard deviation 13


@needs_library
@pytest.mark.parametrize("bands", [1, 2, 5, 9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiles_hold_all_cells(bands, dtype):
    rng = np.random.default_rng(1)
    dense = (rng.random((9, 9)) * (rng.random((9, 9)) < 0.6)).astype(dtype)
    cells = Cells.from_matrix(csr_array(dense), bands)
    back = np.zeros((9, 9), np.float32)
    for tile in range(bands * bands):
        rows, columns, counts = cells.tile(tile)
        assert (rows % bands * bands + columns % bands == tile).all()
        back[rows, columns] += counts
    np.testing.assert_array_equal(back, dense.astype(np.float32))
    assert len(cells) == np.count_nonzero(dense)


@needs_library
@pytest.mark.parametrize("indices", [np.int32, np.int64])
@pytest.mark.parametrize("at_once", [1, 7, 10**6])
def test_cells_are_packed_alike_in_any_blocks(at_once, indices, monkeypatch):
    from wordvec.kernels.glove import cells as module

    rng = np.random.default_rng(2)
    matrix = csr_array(rng.random((40, 40)) * (rng.random((40, 40)) < 0.2))
    rows = np.repeat(np.arange(40), np.diff(matrix.indptr))
    tile = rows % 3 * 3 + matrix.indices % 3
    order = np.argsort(tile, kind="stable")
    monkeypatch.setattr(module, "PACKED_AT_ONCE", at_once)
    cells = Cells(*module.pack_cells(matrix.indptr, matrix.indices.astype(indices), matrix.data, 3), size=40, bands=3)
    found = [cells.tile(number) for number in range(9)]
    np.testing.assert_array_equal(np.concatenate([part[0] for part in found]), rows[order])
    np.testing.assert_array_equal(np.concatenate([part[1] for part in found]), matrix.indices[order])
    np.testing.assert_array_equal(np.concatenate([part[2] for part in found]), matrix.data[order].astype(np.float32))


@needs_library
def test_matrices_that_are_damaged_never_reach_c():
    matrix = csr_array(np.ones((3, 3)))
    matrix.indices[4] = 3
    with pytest.raises(ShapeError, match=r"indices in 0 \.\. 2"):
        Cells.from_matrix(matrix, 2)
    matrix.indices[4], matrix.indptr[1] = 1, 7
    with pytest.raises(ShapeError, match="indptr rises from 0"):
        Cells.from_matrix(matrix, 2)


def test_cells_outside_their_tables_are_refused():
    starts = np.array([0, 1, 1, 1, 2])
    packed = np.array([1 << 48, 1 << 32], np.uint64)
    Cells(packed, starts, size=3, bands=2)
    for bad in (2 << 48, 2 << 32):
        with pytest.raises(ShapeError, match="must be below 2"):
            Cells(np.array([0, bad], np.uint64), starts, size=3, bands=2)
    for bad_starts in (starts[:-1], starts + 1, np.array([0, 2, 1, 1, 2]), np.array([0, 1, 1, 1, 3])):
        with pytest.raises(ShapeError, match=r"rise from 0 to 2 in 2 x 2 steps"):
            Cells(packed, bad_starts, size=3, bands=2)


def test_bands_are_few_for_few_words_and_bounded_for_many():
    assert [bands_for(size, 896) for size in (1, 5, 8, 1000, 75_452)] == [1, 5, 8, 8, 65]
    assert bands_for(2**24, 896) == 256
    assert bands_for(2**24 + 1, 896) == 257  # a band's rows are numbered in 16 bits


@pytest.mark.parametrize("count", [-1.0, 0.0, np.nan, np.inf, 1e-40, 1e39])
def test_counts_without_a_logarithm_are_refused(count):
    matrix = csr_array(([1.0, count], ([0, 1], [1, 0])), shape=(2, 2))
    with pytest.raises(OptionError, match="counts must be above 0"):
        Cells.from_matrix(matrix, 1)


@pytest.mark.parametrize(("shape", "bands"), [((2, 3), 1), ((3, 3), 4), ((3, 3), 0), ((70_000, 70_000), 1)])
def test_matrices_that_do_not_fit_are_refused(shape, bands):
    with pytest.raises(ShapeError, match="a square matrix and 1 to V bands"):
        Cells.from_matrix(csr_array(shape), bands)
