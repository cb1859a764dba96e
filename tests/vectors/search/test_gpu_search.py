"""Search on the GPU gives the answers of the CPU, equal cosines and all."""

import numpy as np
import pytest

from wordvec.errors import InputError, OptionError, UnknownWordError
from wordvec.vectors import WordVectors
from wordvec.vectors.search import gpu as gpu_search
from wordvec.vectors.search.gpu import GPUSearch, best_rows, reached_by


def make_vectors(size=500, dim=8, seed=1, repeats=True, dtype=np.float32):
    matrix = np.random.default_rng(seed).normal(size=(size, dim))
    if repeats:
        matrix[100:150] = matrix[:50]  # equal cosines
        matrix[7] = 0
    return WordVectors([f"w{i}" for i in range(size)], matrix.astype(dtype))


def same(ours, theirs):
    """The same words in the same order, with cosines equal but for the last bits."""
    assert [word for word, _ in ours] == [word for word, _ in theirs]
    assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-6)


def all_same(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs):
        same(one, other)


@pytest.mark.parametrize("k", [1, 5, 490, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_answers_are_those_of_the_cpu(gpu, k, dtype):
    vectors = make_vectors(dtype=dtype)
    search = GPUSearch(vectors)
    words = ["w3", "w103", "w499", "w7"]
    all_same(search.nearest_to_each(words, k), vectors.nearest_to_each(words, k))
    same(search.most_similar("w3", k=k), vectors.most_similar("w3", k=k))
    same(search.most_similar(["w3", "w9"], ["w4"], k=k), vectors.most_similar(["w3", "w9"], ["w4"], k=k))
    own = vectors.unit_of("w20")
    all_same(search.nearest_to_each([own], k), vectors.nearest_to_each([own], k))


def test_blocks_of_rows_and_of_queries(gpu, monkeypatch):
    monkeypatch.setattr(gpu_search, "QUERIES", 7)
    monkeypatch.setattr(gpu_search, "SCORES", 7 * 60)
    monkeypatch.setattr(gpu_search, "UPLOAD", 33)
    vectors = make_vectors()
    words = vectors.words[:40]
    all_same(GPUSearch(vectors).nearest_to_each(words, 3), vectors.nearest_to_each(words, 3))
    assert GPUSearch(vectors).nearest_to_each([], 3) == []


@pytest.mark.parametrize("most", [1, 4, 30, 64, 500])
@pytest.mark.parametrize("width", [1, 63, 64, 1000])
def test_the_threshold_is_reached_by_so_many_and_not_by_many_more(gpu, most, width):
    scores = np.random.default_rng(width + most).normal(size=(5, width)).astype(np.float32)
    threshold = reached_by(gpu.asarray(scores), most).get()
    reached = (scores >= threshold[:, None]).sum(axis=1)
    assert (reached >= min(most, width)).all()
    if width > 4 * most:
        assert (reached <= 3 * most + 5).all()


def test_all_of_the_best_rows_are_found(gpu, monkeypatch):
    monkeypatch.setattr(gpu_search, "SCORES", 300)
    rng = np.random.default_rng(2)
    unit, targets = rng.normal(size=(400, 5)).astype(np.float32), rng.normal(size=(3, 5)).astype(np.float32)
    found = best_rows(gpu.asarray(unit), gpu.asarray(targets), 12)
    for target, rows in zip(targets, found):
        assert set(np.argsort(-(unit @ target))[:12]) <= set(rows.tolist())


def test_what_the_cpu_refuses_the_gpu_refuses(gpu):
    search = GPUSearch(make_vectors())
    with pytest.raises(OptionError, match="at least 1; got 0"):
        search.most_similar("w1", k=0)
    with pytest.raises(UnknownWordError):
        search.most_similar("nowhere")
    with pytest.raises(InputError, match="points nowhere"):
        search.most_similar("w1", "w1")


def test_rows_that_do_not_fit_are_told(gpu, monkeypatch):
    from wordvec import arrays

    monkeypatch.setattr(arrays, "free_memory", lambda: 1000)
    with pytest.raises(OptionError, match=r"searching 500 words in 8 dimensions needs .*: search on the CPU"):
        GPUSearch(make_vectors())
