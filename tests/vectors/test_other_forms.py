"""Vectors as a mapping, as distances, with added rows, and as objects of other libraries."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from wordvec.errors import InputError, MissingExtraError, OptionError, ShapeError, UnknownWordError
from wordvec.vectors import WordVectors

WORDS = ["cat", "né", "犬", "zero"]
ROWS = np.array([[3.0, 4.0], [0.5, -1.0], [1e-3, 7.0], [0.0, 0.0]], np.float32)
COUNTS = np.array([9, 5, 5, 1])


@pytest.fixture(params=["in memory", "mapped"])
def vectors(request, tmp_path):
    made = WordVectors(WORDS, ROWS, COUNTS, info={"trainer": "SVD"}, rare={"cow": 2})
    if request.param == "in memory":
        return made
    made.save(tmp_path / "v.safetensors")
    return WordVectors.load(tmp_path / "v.safetensors")


class Made:
    """Subwords that know words which begin with q."""

    def vector(self, word):
        return np.float32([1, 2]) if word.startswith("q") else None


def test_a_list_takes_rows_and_vectors_made_of_subwords():
    vectors = WordVectors(WORDS, ROWS, subwords=Made())
    np.testing.assert_array_equal(vectors[["犬", "quux", "cat", "cat"]], [ROWS[2], [1, 2], ROWS[0], ROWS[0]])
    with pytest.raises(UnknownWordError, match="'first'"):  # the first of them, with what is known of it
        vectors[["cat", "first", "second"]]
    with pytest.raises(OptionError, match="a word is a str; got list"):
        vectors[[["cat"]]]


def test_the_rows_of_a_list_are_a_copy(vectors):
    rows = vectors[["cat", "né"]]
    rows[:] = 0
    np.testing.assert_array_equal(vectors["cat"], ROWS[0])


def test_word_ids_is_a_mapping_of_the_rows(vectors):
    ids = vectors.word_ids
    assert dict(ids) == {"cat": 0, "né": 1, "犬": 2, "zero": 3}
    assert list(ids) == WORDS
    assert len(ids) == 4
    assert "犬" in ids and "cow" not in ids and 3 not in ids
    assert ids.get("cow") is None and ids.get("cow", -1) == -1 and ids.get("né", -1) == 1 and ids.get(3) is None
    assert ids == dict(zip(WORDS, range(4)))
    with pytest.raises(KeyError, match="seen 2 times"):
        ids["cow"]
    with pytest.raises(TypeError):
        ids["cow"] = 4


def test_distances_by_hand(vectors):
    np.testing.assert_allclose(vectors.distances(np.array([0.0, 1.0])), [0.2, 1 + 2 / 5**0.5, 0, 1], atol=1e-6)
    np.testing.assert_allclose(vectors.distances("cat", ["zero", "cat"]), [1, 0], atol=1e-6)
    assert vectors.distances("cat", []).shape == (0,)
    with pytest.raises(UnknownWordError, match="'cow'"):
        vectors.distances("cat", ["cow"])


def test_distances_of_int8_and_of_extreme_lengths():
    kept = WordVectors(["a", "b"], np.array([[127, 0], [0, -5]], np.int8), scales=np.array([1e-30, 3.0], np.float32))
    np.testing.assert_allclose(kept.distances("a"), [0, 1], atol=1e-6)
    far = WordVectors(["a", "b"], np.array([[1e30, 0], [1e-30, 1e-30]]))
    np.testing.assert_allclose(far.distances("b"), [1 - 0.5**0.5, 0], atol=1e-6)


def test_with_rows_adds_behind_and_leaves_the_old_alone(vectors):
    more = vectors.with_rows(["cow", "<unk>"], [[1, 2], [0, 0]])
    assert list(more.words) == [*WORDS, "cow", "<unk>"]
    np.testing.assert_array_equal(more[["cow", "cat"]], [[1, 2], ROWS[0]])
    assert more.counts.tolist() == [9, 5, 5, 1, 0, 0]
    assert dict(more.rare) == {} and more.info["rows_added"] == 2 and more.info["trainer"] == "SVD"
    assert len(vectors) == 4 and "cow" not in vectors and dict(vectors.rare) == {"cow": 2}
    assert vectors.with_rows([], np.empty((0, 2))).words == WORDS


def test_with_rows_replaces_where_that_is_asked_for(vectors):
    with pytest.raises(InputError, match="'né' has a row already; replace=True"):
        vectors.with_rows(["dog", "né"], np.ones((2, 2)))
    more = vectors.with_rows(["dog", "né"], [[1, 1], [2, 2]], counts=[3, 4], replace=True)
    np.testing.assert_array_equal(more.matrix, [ROWS[0], [2, 2], ROWS[2], ROWS[3], [1, 1]])
    assert more.counts.tolist() == [9, 4, 5, 1, 3]
    kept = vectors.with_rows(["né"], [[2, 2]], replace=True)
    assert kept.counts.tolist() == [9, 5, 5, 1] and kept.info["rows_replaced"] == 1


def test_with_rows_of_vectors_with_contexts_or_a_narrow_matrix():
    vectors = WordVectors(["a"], np.float16([[1, 2]]), context_matrix=np.float32([[3, 4]]))
    more = vectors.with_rows(["b"], [[0.1, 70000.0]])  # which float16 could not hold
    assert more.matrix.dtype == np.float32
    np.testing.assert_array_equal(more["b"], np.float32([0.1, 70000.0]))
    assert more.context_matrix.tolist() == [[3, 4], [0, 0]]
    assert more.counts is None
    assert vectors.with_rows(["b"], [[0, 1]], counts=[7]).counts.tolist() == [0, 7]
    narrow = WordVectors(["a"], np.array([[127, -127]], np.int8), scales=np.array([2.0], np.float32))
    assert narrow.with_rows(["b"], [[1, 2]]).matrix.tolist() == [[254, -254], [1, 2]]


@pytest.mark.parametrize(
    "words, rows, counts, error, message",
    [
        ("dog", [[1, 2]], None, OptionError, "give a list of words"),
        (
            ["dog"],
            [[1, 2, 3]],
            None,
            ShapeError,
            r"1 words need numbers of shape \(1, 2\); got int64 of shape \(1, 3\)",
        ),
        (["dog"], [["1", "2"]], None, ShapeError, "need numbers"),
        (["dog", "dog"], np.ones((2, 2)), None, InputError, "'dog' appears twice"),
        ([""], np.ones((1, 2)), None, InputError, "must be a str that is not empty"),
        (["dog"], [[np.nan, 1]], None, InputError, "the row of 'dog' holds nan"),
        (["dog"], [[1e300, 1]], None, InputError, "the row of 'dog' holds nan, infinity or too large"),
        (["dog"], [[1, 2]], [1, 2], ShapeError, "counts must be 1 whole numbers"),
        (["dog"], [[1, 2]], [-1], ShapeError, "counts must not be negative"),
    ],
)
def test_with_rows_refuses(vectors, words, rows, counts, error, message):
    with pytest.raises(error, match=message):
        vectors.with_rows(words, rows, counts)


def test_pandas(vectors):
    pandas = pytest.importorskip("pandas")
    frame = vectors.to_pandas()
    assert frame.index.name == "word" and list(frame.index) == WORDS and frame.shape == (4, 2)
    assert set(frame.dtypes) == {np.dtype(np.float32)}
    np.testing.assert_array_equal(frame.loc["犬"], ROWS[2])
    frame.loc["cat"] = 0  # a frame of its own
    np.testing.assert_array_equal(vectors["cat"], ROWS[0])
    again = WordVectors(pandas.DataFrame(frame).index, frame.to_numpy())
    assert again.words == WORDS


@pytest.mark.parametrize("form", ["pandas", "polars", "arrow", "v.parquet", "v.arrow", "v.feather", "v.json", "v.npz"])
def test_half_a_surrogate_pair_is_refused_with_a_way_out(form, tmp_path):
    broken = WordVectors(["a", "cut \ud83d", "\ude00"], np.ones((3, 2)), np.array([2, 1, 1]))
    if "." not in form:
        pytest.importorskip("pyarrow" if form == "arrow" else form)
    with pytest.raises(InputError, match=r"the word 'cut \\ud83d' holds half .*WordVectors\(\[word\.encode"):
        broken.save(tmp_path / form) if "." in form else getattr(broken, f"to_{form}")()
    words = [word.encode("utf-8", "backslashreplace").decode() for word in broken.words]
    WordVectors(words, broken.matrix, broken.counts).save(tmp_path / "v.npz")
    assert WordVectors.load(tmp_path / "v.npz").words == ["a", "cut \\ud83d", "\\ude00"]


def test_polars(vectors):
    polars = pytest.importorskip("polars")
    frame = vectors.to_polars()
    assert frame.schema == {"word": polars.String, "count": polars.Int64, "vector": polars.Array(polars.Float32, 2)}
    assert frame["count"].to_list() == COUNTS.tolist()
    np.testing.assert_array_equal(frame["vector"].to_numpy(), ROWS)
    assert WordVectors(["a"], np.ones((1, 2))).to_polars().columns == ["word", "vector"]


def test_arrow(vectors):
    pytest.importorskip("pyarrow")
    table = vectors.to_arrow()
    assert table.column_names == ["word", "count", "vector"]
    assert table["word"].to_pylist() == WORDS
    assert table["vector"].to_pylist() == ROWS.tolist()
    assert json.loads(table.schema.metadata[b"wordvec"])["info"]["trainer"] == "SVD"
    narrow = WordVectors(["a"], np.array([[127, -127]], np.int8), scales=np.array([2.0], np.float32))
    assert narrow.to_arrow()["vector"].to_pylist() == [[254.0, -254.0]]


def test_torch(vectors):
    torch = pytest.importorskip("torch")
    embedding = vectors.to_torch()  # a warning would be an error here
    ids = torch.tensor([vectors.word_ids["犬"], 0])
    np.testing.assert_array_equal(embedding(ids).numpy(), ROWS[[2, 0]])
    assert not embedding.weight.requires_grad and vectors.to_torch(freeze=False).weight.requires_grad
    embedding.weight.data.zero_()
    np.testing.assert_array_equal(vectors["cat"], ROWS[0])


@pytest.mark.parametrize(
    "package, extra", [("pandas", "frames"), ("polars", "frames"), ("pyarrow", "arrow"), ("torch", "torch")]
)
def test_a_package_that_is_missing_is_named_with_its_extra(monkeypatch, package, extra):
    monkeypatch.setitem(sys.modules, package, None)
    vectors = WordVectors(WORDS, ROWS)
    method = getattr(vectors, f"to_{package.removeprefix('py')}")
    with pytest.raises(MissingExtraError, match=rf"needs {package}, which is not installed: .*wordvec\[{extra}\]"):
        method()


def test_an_extra_that_is_there_and_cannot_be_imported_is_not_said_to_be_missing():
    try:
        raise ImportError("needs NumPy 2.0 or newer")
    except ImportError:
        error = MissingExtraError("pyarrow", "arrow", "reading it")
    assert "pyarrow, which is installed but cannot be imported (needs NumPy 2.0 or newer)" in str(error)
