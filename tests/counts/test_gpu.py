"""Counts and PPMI on the GPU: cell by cell, and for counts byte by byte, what the CPU finds."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from wordvec.counts import Cooccurrence, count_cooccurrences, ppmi
from wordvec.counts import gpu as gpu_counts
from wordvec.counts.gpu import added_up, matrix_on, on_gpu
from wordvec.errors import CorpusError, OptionError, ShapeError


def same_bytes(theirs, ours):
    ours = matrix_on(ours, "cpu")
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    np.testing.assert_array_equal(ours.indptr, theirs.indptr)
    np.testing.assert_array_equal(ours.indices, theirs.indices)
    np.testing.assert_array_equal(ours.data, theirs.data)


def text(seed, words=300, size=12, sentences=20):
    rng = np.random.default_rng(seed)
    borders = np.sort(rng.integers(0, words + 1, sentences - 1))  # some sentences are empty
    return rng.integers(size, size=words), np.concatenate([[0], borders, [words]]), size


@pytest.mark.parametrize("side", ["both", "left", "right"])
@pytest.mark.parametrize("weighting", ["flat", "harmonic", "linear"])
@pytest.mark.parametrize("window", [1, 2, 7])
def test_counts_are_those_of_the_cpu(gpu, window, weighting, side):
    on_cpu, there = (count_cooccurrences(text(1), window, weighting, side, device=d) for d in ("cpu", "gpu"))
    assert on_gpu(there.matrix)
    same_bytes(on_cpu.matrix, there.matrix)


@pytest.mark.parametrize("mode", ["dirty", "clean"])
def test_subsampled_text(gpu, mode):
    options = {"window": 3, "subsample": 0.05, "subsample_mode": mode, "seed": 4}
    on_cpu, there = (count_cooccurrences(text(2), **options, device=d) for d in ("cpu", "gpu"))
    same_bytes(on_cpu.matrix, there.matrix)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(
    ids=st.lists(st.integers(0, 4), max_size=30),
    cut=st.integers(0, 30),
    window=st.integers(1, 5),
    room=st.integers(1, 9),
)
def test_stretches_of_any_length_give_the_same_counts(gpu_standin, ids, cut, window, room):
    given_text = np.array(ids, np.int64), np.array([0, min(cut, len(ids)), len(ids)]), 5
    expected = count_cooccurrences(given_text, window)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gpu_counts, "free_memory", lambda: 2 * gpu_counts.BYTES_OF_A_PAIR * window * room)
        same_bytes(expected.matrix, count_cooccurrences(given_text, window, device="gpu").matrix)


def test_counts_go_to_disk_and_back_to_the_gpu(gpu, tmp_path):
    counted = count_cooccurrences(text(3), 4, device="gpu")
    counted.save(tmp_path / "counts")
    loaded = Cooccurrence.load(tmp_path / "counts")
    same_bytes(loaded.matrix, counted.matrix)
    assert on_gpu(loaded.on("gpu").matrix)
    same_bytes(loaded.matrix, loaded.on("gpu").matrix)
    assert counted.on("gpu").matrix is counted.matrix


def test_equal_places_are_added_up(gpu):
    cells = added_up(gpu.asarray([2, 2, 5, 9, 9, 9]), gpu.asarray([1, 2, 3, 2**62, -(2**62), 7]))
    assert cells.places.tolist() == [2, 5, 9]
    assert cells.sums.tolist() == [3, 3, 7]


def test_too_many_cells_for_a_matrix_there(gpu, monkeypatch):
    monkeypatch.setattr(gpu_counts, "MOST_CELLS", 10)
    with pytest.raises(OptionError, match=r"cells are more than the 10 of a sparse matrix on the GPU: take a smaller"):
        count_cooccurrences(text(1), 4, device="gpu")
    with pytest.raises(OptionError, match="more than the 10"):
        count_cooccurrences(text(1), 4).on("gpu")


def test_what_the_cpu_refuses_the_gpu_refuses(gpu):
    with pytest.raises(CorpusError, match="ids must be in"):
        count_cooccurrences((np.array([7]), np.array([0, 1]), 3), device="gpu")
    with pytest.raises(OptionError, match="device must be 'cpu' or 'gpu'"):
        count_cooccurrences(text(1), device="tpu")


@pytest.mark.parametrize("smoothing, shift, minimum", [(0.75, 1.0, 0), (1.0, 3.0, 0), (0.0, 1.0, 2), (0.5, 0.5, 1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ppmi_is_that_of_the_cpu(gpu, smoothing, shift, minimum, dtype):
    counted = count_cooccurrences(text(5, words=900, size=40), 2, "harmonic")
    options = (smoothing, shift, minimum, dtype)
    expected, found = ppmi(counted, *options), ppmi(counted.on("gpu"), *options)
    assert on_gpu(found)
    found = matrix_on(found, "cpu")
    assert found.dtype == expected.dtype
    difference = abs(found - expected)
    assert difference.max() < (1e-6 if dtype == np.float32 else 1e-13)
    assert abs(found.nnz - expected.nnz) <= 2  # a cell may be a hair above 0 on one side only


def test_ppmi_of_rows_and_columns_without_counts(gpu):
    matrix = csr_array(np.array([[0.0, 4, 0], [0, 0, 0], [2, 0, 0]]))
    expected, found = ppmi(matrix, 1.0), matrix_on(ppmi(matrix_on(matrix, "gpu"), 1.0), "cpu")
    np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-6)
    assert found.toarray().tolist()[1] == [0, 0, 0]


@pytest.mark.parametrize(
    "cells, message",
    [([[0.0, 0.0]], "no count in this"), ([[1.0, np.nan]], "must be finite"), ([[1.0, -1.0]], "and not negative")],
)
def test_ppmi_refuses_what_are_no_counts(gpu, cells, message):
    with pytest.raises(ShapeError, match=message):
        ppmi(matrix_on(csr_array(np.array(cells)), "gpu"))
