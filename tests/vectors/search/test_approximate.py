from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from wordvec.errors import InputError, MissingExtraError, OptionError, VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.postprocessing import to_int8
from wordvec.vectors.search import approximate
from wordvec.vectors.search.approximate import ApproximateSearch, get_faiss


@pytest.fixture(scope="module")
def vectors() -> WordVectors:
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(40, 16))
    matrix = centres[rng.integers(40, size=1500)] + rng.normal(size=(1500, 16))
    return WordVectors([f"w{i}" for i in range(1500)], matrix)


@pytest.fixture(scope="module")
def faiss():
    pytest.importorskip("faiss", reason="faiss is not installed: pip install 'wordvec[ann]'")
    module = get_faiss()
    module.omp_set_num_threads(1)  # threads of so small jobs wait for each other, on a busy machine for long
    return module


@pytest.fixture(scope="module", params=approximate.KINDS)
def search(request, faiss, vectors) -> ApproximateSearch:
    return ApproximateSearch.build(vectors, request.param, show_progress=False)


def same(found, expected) -> bool:
    return found == [(word, pytest.approx(score, abs=1e-6)) for word, score in expected]


def test_without_faiss_the_extra_is_named(vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingExtraError, match=r"wordvec\[ann\]"):
        ApproximateSearch.build(vectors)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "tree"}, "an index must be one of hnsw, ivf, ivf-int8; got 'tree'"),
        ({"target": 0}, "target must be above 0"),
        ({"target": 1.5}, "at most 1"),
        ({"sample": 0}, "sample at least 1"),
        ({"k": 0}, "at least 1"),
    ],
)
def test_options_that_make_no_sense_are_refused(vectors, options, message):
    with pytest.raises(OptionError, match=message):
        ApproximateSearch.build(vectors, **options)


def test_the_recall_that_is_told_is_the_recall_that_one_gets(vectors, search):
    assert 0.95 <= search.recall.value <= 1
    words = [f"w{i}" for i in range(0, 1500, 5)]
    exact, found = vectors.nearest_to_each(words), search.nearest_to_each(words)
    recall = np.mean([len(dict(a).keys() & dict(b).keys()) / 10 for a, b in zip(exact, found)])
    assert recall == pytest.approx(search.recall.value, abs=0.03)
    for word, answer, expected in zip(words, found, exact):
        assert word not in dict(answer)
        cosines = dict(expected)
        assert all(score == pytest.approx(cosines[other], abs=1e-6) for other, score in answer if other in cosines)
        assert [score for _, score in answer] == sorted((score for _, score in answer), reverse=True)


def test_a_lower_target_is_less_effort_and_less_recall(faiss, vectors):
    low, high = (ApproximateSearch.build(vectors, "ivf", target=part, show_progress=False) for part in (0.2, 0.999))
    assert low.effort < high.effort
    assert low.recall.value < 0.95 < high.recall.value


def test_the_kind_follows_the_number_of_rows(faiss, vectors, monkeypatch):
    monkeypatch.setattr(approximate, "HNSW_ROWS", 1000)
    assert ApproximateSearch.build(vectors, show_progress=False).kind == "ivf"
    monkeypatch.setattr(approximate, "IVF_ROWS", 1200)
    assert ApproximateSearch.build(to_int8(vectors), show_progress=False).kind == "ivf-int8"


def test_what_was_measured_is_said(faiss, vectors, capsys):
    search = ApproximateSearch.build(vectors, sample=50)
    assert capsys.readouterr().err.startswith("wordvec: index hnsw of 1,500 words, effort ")
    assert f"recall@10 {search.recall.value:.3f} (standard error 0.0" in str(search)
    assert "50 words)" in str(search)


def test_questions(faiss, vectors):
    search = ApproximateSearch.build(vectors, show_progress=False, target=1.0)
    asked = (["w1", "w2"], ["w3", vectors["w4"]], 3)
    assert same(search.most_similar(*asked), vectors.most_similar(*asked))
    nothing, near = search.nearest_to_each([np.zeros(16), "w5"], k=2)
    assert nothing == []
    assert same(near, vectors.most_similar("w5", k=2))
    assert search.nearest_to_each([]) == []
    with pytest.raises(OptionError, match="at least 1"):
        search.most_similar("w1", k=0)


@pytest.mark.parametrize("kind", approximate.KINDS)
def test_a_handful_of_words(faiss, kind):
    vectors = WordVectors(["a", "b", "zero"], np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]))
    search = ApproximateSearch.build(vectors, kind, show_progress=False)
    assert search.most_similar("a", k=10)[0][0] == "b"
    assert len(search.most_similar("a", k=10)) <= 2


def test_nan_is_named_before_it_is_indexed(faiss):
    vectors = WordVectors(["a", "b"], np.array([[1.0, 2.0], [np.nan, 1.0]]))
    with pytest.raises(InputError, match=r"'b' \(row 1\)"):
        ApproximateSearch.build(vectors)


def test_what_is_saved_is_loaded(vectors, search, tmp_path):
    search.save(tmp_path / "v.index")
    read = ApproximateSearch.load(tmp_path / "v.index", vectors)
    assert (str(read), read.recall, read.effort) == (str(search), search.recall, search.effort)
    assert read.most_similar("w9") == search.most_similar("w9")


def test_indexes_of_other_vectors_and_damaged_ones_are_refused(faiss, vectors, tmp_path):
    path = tmp_path / "v.index"
    ApproximateSearch.build(vectors, show_progress=False, sample=20).save(path)
    whole = path.read_bytes()
    other = WordVectors(vectors.words, vectors.matrix[::-1])
    with pytest.raises(VectorsFileError, match="an index for other vectors"):
        ApproximateSearch.load(path, other)
    line, _, content = whole.partition(b"\n")
    header = json.loads(line)
    for damaged, message in (
        (whole[:-9], "the index is not what was written"),
        (whole[:2000] + b"x" + whole[2001:], "the index is not what was written"),
        (whole[:40], "not an index"),
        (b"", "not an index"),
        (b"[" * 60_000, "not an index"),
        (json.dumps(header | {"format_version": 2}).encode() + b"\n" + content, "format version 2"),
        (json.dumps(header | {"kind": "tree"}).encode() + b"\n" + content, "damaged: unknown kind"),
        (json.dumps(header | {"recall": [1]}).encode() + b"\n" + content, "damaged"),
    ):
        path.write_bytes(damaged)
        with pytest.raises(VectorsFileError, match=message):
            ApproximateSearch.load(path, vectors)
    with pytest.raises(VectorsFileError, match="cannot be read"):
        ApproximateSearch.load(tmp_path / "none", vectors)
