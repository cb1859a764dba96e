from __future__ import annotations

import numpy as np
import pytest

from wordvec.errors import OptionError, ShapeError
from wordvec.kernels.tables import Tables, slice_vectors
from wordvec.native import library

pytestmark = pytest.mark.skipif(not library.is_available(), reason="the C library is not here")


@pytest.mark.parametrize("dimension", [1, 16, 17, 100, 256, 257, 300, 513, 1000])
@pytest.mark.parametrize("lanes", [4, 8, 16])
def test_slices_hold_all_columns_and_are_even(dimension, lanes):
    widths = slice_vectors(dimension, lanes)
    assert sum(widths) == -(-dimension // lanes)
    assert max(widths) - min(widths) <= 1
    assert min(widths) >= 1


@pytest.mark.parametrize("dimension", [1, 16, 100, 300])
@pytest.mark.parametrize("slices", [None, 1])
def test_what_goes_in_comes_out(dimension, slices):
    rng = np.random.default_rng(1)
    W_in, W_out = rng.normal(size=(7, dimension)).astype("f"), rng.normal(size=(6, dimension)).astype("f")
    tables = Tables(W_in, W_out, slices=slices)
    assert [a.tobytes() for a in tables.unpack()] == [W_in.tobytes(), W_out.tobytes()]
    tables.write_rows(np.array([2, 5]), W_in[[0, 1]], np.array([3]), W_out[[4]])
    W_in[[2, 5]], W_out[3] = W_in[[0, 1]], W_out[4]
    assert [a.tobytes() for a in tables.unpack()] == [W_in.tobytes(), W_out.tobytes()]


@pytest.mark.parametrize("dimension", [1, 100])
def test_float16_takes_half_the_memory_and_comes_out_as_float32(dimension):
    if not library.has_half():
        with pytest.raises(OptionError, match="precision float16 needs a processor"):
            Tables(np.ones((2, 3), "f"), np.ones((2, 3), "f"), precision="float16")
        return
    W = np.random.default_rng(1).normal(size=(7, dimension)).astype("f")
    tables, full = Tables(W, W, precision="float16"), Tables(W, W)
    assert [2 * part.nbytes for part in tables.input_bands] == [part.nbytes for part in full.input_bands]
    assert tables.unpack()[0].dtype == np.float32
    assert (tables.unpack()[0] == W.astype(np.float16)).all()
    assert tables.largest() == np.abs(W.astype(np.float16)).max()


def test_rows_begin_at_cache_lines():
    tables = Tables(np.ones((5, 100), np.float32), np.ones((5, 100), np.float32))
    assert all(part.ctypes.data % 64 == 0 for part in tables.input_bands + tables.output_bands)


@pytest.mark.parametrize(
    ("W_in", "W_out", "match"),
    [
        (np.ones((3, 4), "f"), np.ones((3, 5), "f"), r"W_in \(V, D\) and W_out \(U, D\)"),
        (np.ones(3, "f"), np.ones((3, 5), "f"), r"W_in \(V, D\) and W_out \(U, D\)"),
        (np.ones((3, 4)), np.ones((3, 4), "f"), "float32"),
    ],
)
def test_matrices_that_do_not_fit_are_refused(W_in, W_out, match):
    with pytest.raises(ShapeError, match=match):
        Tables(W_in, W_out)
