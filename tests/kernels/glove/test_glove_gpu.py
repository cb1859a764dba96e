"""GloVe's kernel on the GPU: the tiles, the orders and the training of the readable form, the same bytes every time."""

import inspect

import numpy as np
import pytest
from kernel_inputs import make_matrix, random_arrays
from scipy.sparse import csr_array

from wordvec.arrays import device_module, to_numpy
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels.glove import gpu as glove_gpu
from wordvec.kernels.glove import reference as glove_reference
from wordvec.kernels.glove.cells import order_in_tile, schedule
from wordvec.native import library

WORDS, BANDS = 23, 4  # bands of unequal size
START = {"accumulator": 1600.0, "bias_accumulator": 4.0}


MATRIX = make_matrix()


def on_gpu(matrix):
    from wordvec.arrays import sparse_module

    return sparse_module(device_module("gpu")).csr_matrix(matrix.tocsr())


def cells_of(matrix, bands):
    """The cells as the readable form takes them, made without the C library."""
    from wordvec.kernels.glove.cells import Cells

    coo = matrix.tocoo()
    tiles = coo.row.astype(np.int64) % bands * bands + coo.col % bands
    order = np.lexsort((coo.col, coo.row, tiles))
    packed = (coo.row // bands).astype(np.uint64) << np.uint64(48) | (coo.col // bands).astype(np.uint64) << np.uint64(
        32
    )
    packed |= coo.data.astype(np.float32).view(np.uint32)
    starts = np.searchsorted(tiles[order], np.arange(bands * bands + 1))
    return Cells(packed[order], starts, matrix.shape[0], bands)


def run(module, arrays, cells, epochs=2, **options):
    tables = module.Tables(*arrays, bands=cells.bands, **START)
    call = {"first": 0, "last": cells.bands, "seed": 3, **options}
    losses = [module.train_glove(tables, cells, epoch=epoch, **call) for epoch in range(epochs)]
    return losses, tables.unpack()


@pytest.mark.parametrize("bands", [1, BANDS, WORDS])
def test_tiles_are_those_of_the_cpu(gpu, bands):
    expected, found = cells_of(MATRIX, bands), glove_gpu.cut_cells(on_gpu(MATRIX), bands)
    np.testing.assert_array_equal(found.packed.get(), expected.packed)
    np.testing.assert_array_equal(found.starts.get(), expected.starts)
    assert (found.size, found.bands, len(found)) == (WORDS, bands, MATRIX.nnz)
    if library.is_available():
        from wordvec.kernels.glove.cells import Cells

        np.testing.assert_array_equal(Cells.from_matrix(MATRIX, bands).packed, expected.packed)


def test_cells_of_a_tile_are_taken_in_the_order_of_the_cpu(gpu):
    from wordvec import rng
    from wordvec.arrays import gpu_kernel

    cells = glove_gpu.cut_cells(on_gpu(MATRIX), BANDS)
    tiles, order = np.arange(BANDS * BANDS), gpu.zeros(len(cells), gpu.uint32)
    kernel = gpu_kernel(gpu, glove_gpu.SOURCE, "shuffle_tiles", DIMENSION=1)
    kernel((1,), (256,), (gpu.asarray(tiles), np.int64(len(tiles)), cells.starts, rng.key_of(3, 1)[0], order))
    starts = to_numpy(cells.starts)
    for tile in tiles.tolist():
        begin, end = starts[tile : tile + 2]
        expected = order_in_tile(int(end - begin), tile, seed=3, epoch=1)
        np.testing.assert_array_equal(order.get()[begin:end], expected)


@pytest.mark.parametrize("dimension", [1, 32, 45])
def test_equals_the_layers(gpu, dimension):
    arrays = random_arrays(dimension)
    cells, there = cells_of(MATRIX, BANDS), glove_gpu.cut_cells(on_gpu(MATRIX), BANDS)
    losses, found = run(glove_gpu, arrays, there)
    _, readable = run(glove_reference, arrays, cells)
    exact_losses, exact = run(glove_reference, [array.astype(np.float64) for array in arrays], cells)
    assert losses == pytest.approx(exact_losses, rel=1e-6)
    for ours, theirs, true in zip(found, readable, exact):
        error, allowed = np.sqrt(np.mean((ours - true) ** 2)), np.sqrt(np.mean((theirs - true) ** 2))
        assert error <= 2 * allowed + 2**-22 * np.sqrt(np.mean(true**2))


@pytest.mark.parametrize("options", [{"x_max": 1.0}, {"alpha": 0.0}, {"learning_rate": 0.3}, {"seed": 9}])
def test_options_mean_what_they_mean_to_the_layers(gpu, options):
    arrays = random_arrays(6)
    losses, found = run(glove_gpu, arrays, glove_gpu.cut_cells(on_gpu(MATRIX), BANDS), **options)
    expected_losses, expected = run(glove_reference, arrays, cells_of(MATRIX, BANDS), **options)
    assert losses == pytest.approx(expected_losses, rel=1e-5)
    for ours, theirs in zip(found, expected):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_any_cut_of_an_epoch_gives_the_same_bytes(gpu):
    cells, arrays = glove_gpu.cut_cells(on_gpu(MATRIX), BANDS), random_arrays(5)
    whole, again = (run(glove_gpu, arrays, cells, epochs=1)[1] for _ in range(2))
    tables = glove_gpu.Tables(*arrays, bands=BANDS, **START)
    for first, last in ((0, 1), (1, 1), (1, 3), (3, 4)):
        glove_gpu.train_glove(tables, cells, first=first, last=last, epoch=0, seed=3)
    for one, other, cut in zip(whole, again, tables.unpack()):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, cut)


def test_what_is_given_is_not_written_to(gpu):
    arrays = random_arrays(5)
    before = [array.copy() for array in arrays]
    run(glove_gpu, arrays, glove_gpu.cut_cells(on_gpu(MATRIX), BANDS))
    for array, copy in zip(arrays, before):
        np.testing.assert_array_equal(array, copy)


def test_tiles_of_a_round_share_no_row():
    """What makes it right to train them at once."""
    for tiles in schedule(BANDS, seed=1, epoch=0):
        assert len({tile // BANDS for tile in tiles}) == len({tile % BANDS for tile in tiles}) == BANDS


def test_what_the_cpu_refuses_the_gpu_refuses(gpu):
    with pytest.raises(OptionError, match="counts must be above 0"):
        glove_gpu.cut_cells(on_gpu(csr_array(np.array([[1.0, 2], [-1, 4]]))), 1)
    with pytest.raises(ShapeError, match="1 to V bands expected"):
        glove_gpu.cut_cells(on_gpu(MATRIX), WORDS + 1)
    with pytest.raises(ShapeError, match="float32; got float64"):
        glove_gpu.Tables(*[array.astype(np.float64) for array in random_arrays(3)], bands=1, **START)
    with pytest.raises(OptionError, match="up to 2048 dimensions; got 2049"):
        glove_gpu.Tables(*random_arrays(2049, words=2), bands=1, **START)
    tables = glove_gpu.Tables(*random_arrays(3), bands=BANDS, **START)
    with pytest.raises(OptionError, match="x_max must be above 0"):
        cells = glove_gpu.cut_cells(on_gpu(MATRIX), BANDS)
        glove_gpu.train_glove(tables, cells, first=0, last=1, epoch=0, seed=1, x_max=0.0)


@pytest.mark.parametrize("name", ["Tables", "train_glove"])
def test_twins_have_one_signature(name):
    ours, theirs = (inspect.signature(getattr(module, name)) for module in (glove_gpu, glove_reference))
    describe = [[(p.name, p.kind, p.default) for p in s.parameters.values()] for s in (ours, theirs)]
    assert describe[0] == describe[1]
