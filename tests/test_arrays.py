"""The seam between numpy and cupy, and sums by id."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import arrays
from wordvec.arrays import array_module, device_module, subtract_rows, sum_rows_by_id, to_device, to_numpy
from wordvec.errors import DeviceUnavailableError, OptionError, ShapeError


@given(
    ids=st.lists(st.integers(0, 9) | st.sampled_from([70_000, 2**33]), max_size=40),
    columns=st.integers(1, 3),
)
def test_sums_by_id_equal_plain_addition(ids, columns):
    rows = np.arange(len(ids) * columns, dtype=np.float64).reshape(len(ids), columns)
    for sum_rows in (arrays._sum_few_rows, arrays._sum_rows_sparse):
        unique, sums = sum_rows(np.array(ids, np.int64), rows)
        assert unique.tolist() == sorted(set(ids))
        for word_id, total in zip(unique, sums):
            np.testing.assert_array_equal(total, sum(rows[i] for i in range(len(ids)) if ids[i] == word_id))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_few_rows_have_the_bytes_of_many(dtype):
    rng = np.random.default_rng(2)
    ids, rows = rng.integers(9, size=60), rng.normal(size=(60, 7)).astype(dtype)
    few, many = arrays._sum_few_rows(ids, rows), arrays._sum_rows_sparse(ids, rows)
    assert few[1].dtype == dtype
    assert [part.tobytes() for part in few] == [part.tobytes() for part in many]


def test_sums_keep_device_and_dtype(xp):
    unique, sums = sum_rows_by_id(xp.asarray([2, 0, 2]), xp.ones((3, 4), xp.float32))
    assert isinstance(sums, xp.ndarray)
    assert sums.dtype == xp.float32
    assert to_numpy(unique).tolist() == [0, 2]
    assert to_numpy(sums)[1].tolist() == [2.0] * 4


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("columns", [1, 3, 100])
@pytest.mark.parametrize("count", [1, 31, 32, 33, 64, 65, 500])
@pytest.mark.parametrize("words", [1, 2, 40, 10_000])
def test_the_gpu_adds_up_the_same_rows(gpu, count, columns, words, dtype):
    """Segments that end within, at and beyond the pieces of 32 rows that a thread adds up."""
    rng = np.random.default_rng(count + words)
    ids, rows = rng.integers(words, size=count), rng.integers(-9, 9, (count, columns)).astype(dtype)
    expected = sum_rows_by_id(ids, rows)
    unique, sums = sum_rows_by_id(gpu.asarray(ids), gpu.asarray(rows))
    assert sums.dtype == dtype
    np.testing.assert_array_equal(unique.get(), expected[0])
    np.testing.assert_array_equal(sums.get(), expected[1])  # whole numbers: exact in any order
    assert [len(part) for part in sum_rows_by_id(gpu.asarray(ids[:0]), gpu.asarray(rows[:0]))] == [0, 0]


@pytest.mark.parametrize("shape", [(9,), (9, 1), (9, 33)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("id_type", ["int32", "int64"])
def test_rows_are_subtracted(xp, shape, dtype, id_type):
    rng = np.random.default_rng(1)
    table, rows = rng.integers(-9, 9, shape).astype(dtype), rng.integers(-9, 9, (3, *shape[1:])).astype(dtype)
    ids, expected = np.array([7, 0, 3], id_type), table.copy()
    expected[ids] -= 0.5 * rows
    there = xp.asarray(table.copy())
    subtract_rows(there, xp.asarray(ids), xp.asarray(rows), 0.5)
    subtract_rows(there, xp.asarray(ids[:0]), xp.asarray(rows[:0]), 0.5)
    np.testing.assert_array_equal(to_numpy(there), expected)
    turned = xp.asarray(table.T.copy()).T  # rows that do not lie in one piece
    subtract_rows(turned, xp.asarray(ids), xp.asarray(rows), 0.5)
    np.testing.assert_array_equal(to_numpy(turned), expected)


def test_sums_check_their_shapes():
    with pytest.raises(ShapeError, match=r"ids \(N,\) and rows \(N, D\) expected"):
        sum_rows_by_id(np.array([1, 2]), np.ones((3, 2)))


def test_numpy_is_the_module_of_numpy_arrays_and_of_nothing():
    assert array_module(np.ones(2), [1.0], 3) is np
    assert array_module() is np


def test_copies_go_only_where_they_must(xp):
    array = xp.arange(3)
    assert to_device(array, "cpu" if xp is np else "gpu") is array
    assert to_numpy(array).tolist() == [0, 1, 2]


def test_mixed_devices_are_an_error(monkeypatch):
    class Stranger(np.ndarray):
        pass

    monkeypatch.setitem(sys.modules, "cupy", type("cupy", (), {"ndarray": Stranger}))
    with pytest.raises(ShapeError, match="different devices"):
        array_module(np.ones(2), np.ones(2).view(Stranger))


def test_a_gpu_without_cupy_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(DeviceUnavailableError, match=r"wordvec\[gpu-cuda12\]"):
        device_module("gpu")


def test_unknown_devices_are_named():
    with pytest.raises(OptionError, match="'cpu' or 'gpu'; got 'tpu'"):
        device_module("tpu")
