from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from wordvec.errors import OptionError, UnknownWordError
from wordvec.explorer.model import PAGE_BYTES, check_fits, chosen_words, make_model, make_models
from wordvec.vectors import WordVectors


def some_vectors(words=40, dim=6, seed=0):
    matrix = np.random.default_rng(seed).normal(size=(words, dim)).astype(np.float32)
    return WordVectors([f"w{i}" for i in range(words)], matrix, np.random.default_rng(1).permutation(words) + 1)


def test_words_stand_by_falling_frequency():
    vectors = some_vectors()
    model = make_model(vectors, "m", top=10)
    assert model.counts.tolist() == list(range(40, 30, -1))
    assert [vectors.counts[vectors.word_id(word)] for word in model.words] == model.counts.tolist()
    assert model.total == 40


def test_file_order_where_there_are_no_counts():
    vectors = WordVectors(["c", "a", "b", "d"], np.eye(4))
    model = make_model(vectors, "m", top=3)
    assert (model.words, model.counts) == (["c", "a", "b"], None)


def test_named_words_are_there_even_where_they_are_rare():
    vectors = some_vectors()
    rarest = vectors.words[int(vectors.counts.argmin())]
    model = make_model(vectors, "m", top=5, words=[rarest, rarest])
    assert model.words[-1] == rarest
    assert len(model.words) == 6


def test_rows_and_places_belong_to_the_words():
    vectors = some_vectors()
    model = make_model(vectors, "m", top=12)
    unit = vectors.unit[[vectors.word_id(word) for word in model.words]]
    cosines = (model.rows * unit).sum(axis=1) / np.linalg.norm(model.rows.astype(float), axis=1)
    assert (cosines > 0.999).all()
    assert model.points.dtype == np.float32
    assert np.abs(model.points).max() == pytest.approx(1)


def test_what_travels_can_be_read_back():
    model = make_model(some_vectors(), "m")
    data = json.loads(json.dumps(model.as_json()))
    points = np.frombuffer(base64.b64decode(data["points"]), "<f4").reshape(-1, 2)
    rows = np.frombuffer(base64.b64decode(data["rows"]), np.int8).reshape(-1, data["dim"])
    groups = np.frombuffer(base64.b64decode(data["groups"]), np.uint8)
    assert (points == model.points).all()
    assert (rows == model.rows).all()
    assert (groups == model.groups).all()
    assert data["bits"] == 8
    assert data["method"] == "PCA"
    assert data["agreement"]["overlap"] == model.agreement.overlap


def test_a_served_model_has_no_rows():
    data = make_model(some_vectors(), "m", with_rows=False).as_json()
    assert (data["rows"], data["bits"], data["agreement"]) == (None, None, None)


@pytest.mark.parametrize("form", ["float16", "int8"])
def test_narrow_vectors_are_shown_too(form):
    wide = some_vectors()
    if form == "float16":
        narrow = WordVectors(wide.words, wide.matrix.astype(np.float16), wide.counts)
    else:
        scales = np.abs(wide.matrix).max(axis=1) / 127
        matrix = np.rint(wide.matrix / scales[:, None]).astype(np.int8)
        narrow = WordVectors(wide.words, matrix, wide.counts, scales=scales.astype(np.float32))
    one, two = make_model(wide, "m"), make_model(narrow, "m")
    assert one.words == two.words
    assert np.abs(one.rows.astype(int) - two.rows).max() <= 1


def test_the_second_map_is_turned_onto_the_first():
    """The same words, their vectors turned: the maps come to lie on each other, mirrored or not."""
    vectors = some_vectors(words=60)
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(6, 6)))[0].astype(np.float32)
    turned = WordVectors(vectors.words[::-1], (vectors.matrix @ turn)[::-1], vectors.counts[::-1])
    one, two = make_models([("one", vectors), ("two", turned)])
    order = [two.words.index(word) for word in one.words]
    np.testing.assert_allclose(two.points[order], one.points, atol=1e-3)


def test_maps_without_shared_words_stay_as_they_are():
    one = some_vectors()
    two = WordVectors([f"v{i}" for i in range(40)], one.matrix, one.counts)
    models = make_models([("one", one), ("two", two)])
    assert (models[0].points == models[1].points).all()


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_other_methods_place_the_words_of_unit_length(monkeypatch, method):
    asked = {}

    def project(matrix, method, seed):
        asked.update(matrix=matrix, method=method, seed=seed)
        return 70.0 * matrix[:, :2] + 500.0

    monkeypatch.setattr("wordvec.plots.projection.project", project)
    model = make_model(some_vectors(), "m", method=method, seed=9)
    assert (asked["method"], asked["seed"], model.shares) == (method, 9, None)
    np.testing.assert_allclose(np.linalg.norm(asked["matrix"], axis=1), 1, rtol=1e-5)
    assert np.abs(model.points).max() == pytest.approx(1)
    np.testing.assert_allclose(model.points.max(axis=0), -model.points.min(axis=0), rtol=1e-5)


def test_too_few_and_too_many_words():
    with pytest.raises(OptionError, match="at least 3 words; got 2"):
        chosen_words(some_vectors(words=2), None)
    with pytest.raises(OptionError, match="at least 3 words; got 0"):
        chosen_words(some_vectors(), -4)
    with pytest.raises(OptionError, match=r"at most 48,000 words of 1,000 dimensions.*--top 48000.*wordvec explore"):
        check_fits(PAGE_BYTES // 1_000 + 1, 1_000)
    check_fits(50_000, 300)


def test_more_words_than_a_map_shows():
    many = WordVectors([f"w{i}" for i in range(100_001)], np.ones((100_001, 2)))
    for with_rows in (True, False):
        with pytest.raises(OptionError, match="at most 100,000 words"):
            make_model(many, "m", top=100_001, with_rows=with_rows)


def test_lists_are_shown_with_the_words_that_are_known():
    vectors = some_vectors()
    rarest = vectors.words[int(vectors.counts.argmin())]
    with pytest.warns(UserWarning, match="1 of the 2 listed words have no vector: 'zebra'"):
        (model,) = make_models([("m", vectors)], lists={"animals": [rarest, "zebra"]}, top=5)
    assert model.words[-1] == rarest
    with pytest.raises(UnknownWordError, match="'zebra' is not among"):
        make_models([("m", vectors)], lists={"animals": ["zebra"]})
    with pytest.raises(OptionError, match="at most 8 lists; got 9"):
        make_models([("m", vectors)], lists={str(i): ["w1"] for i in range(9)})


def test_unknown_words_and_methods():
    with pytest.raises(UnknownWordError, match="'w1x' is not among the 40 words"):
        make_models([("m", some_vectors())], words=["w1x"])
    with pytest.raises(OptionError, match="method must be one of"):
        make_model(some_vectors(), "m", method="lda")


def test_one_dimension_is_too_few():
    with pytest.raises(OptionError, match="a map of 2 dimensions needs vectors of at least as many; these have 1"):
        make_model(WordVectors(["a", "b", "c"], np.ones((3, 1))), "m")


def test_a_vector_of_zeros_has_no_place_on_the_map():
    vectors = some_vectors()
    rows = vectors.matrix.copy()
    rows[[3, 5]] = 0
    with pytest.warns(UserWarning, match=f"as the vector is zero: {vectors.words[3]!r} and 1 more"):
        model = make_model(WordVectors(vectors.words, rows), "zeros")
    assert len(model.words) == 38 and vectors.words[3] not in model.words
