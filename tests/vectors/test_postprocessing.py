from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import InputError, OptionError
from wordvec.vectors import WordVectors, postprocessing
from wordvec.vectors.postprocessing import (
    STEPS,
    all_but_the_top,
    centered,
    mean_row,
    parse_steps,
    post_processed,
    principal_components,
    principal_directions,
    to_float16,
    to_int8,
    unit_length,
    whitened,
)


def random_vectors(seed: int = 2, shape: tuple[int, int] = (60, 5), **more) -> WordVectors:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + rng.normal(size=shape[1])
    return WordVectors([f"w{row}" for row in range(shape[0])], matrix, **more)


@pytest.fixture(autouse=True)
def blocks_of_seven(monkeypatch):
    """So small that every test crosses their borders."""
    monkeypatch.setattr(postprocessing, "BLOCK", 7)
    monkeypatch.setattr(postprocessing, "BLOCK", 7)


def test_all_but_the_top_by_hand():
    """The rows lie on a line through (5, 5, 0), but for what the third dimension adds: that is what stays."""
    matrix = np.array([[6, 6, 1], [4, 4, 1], [7, 7, -1], [3, 3, -1.0]])
    found = all_but_the_top(WordVectors(list("abcd"), matrix), 1)
    np.testing.assert_allclose(found.matrix, [[0, 0, 1], [0, 0, 1], [0, 0, -1], [0, 0, -1]], atol=1e-6)
    with pytest.raises(InputError, match="nothing would be left of the vectors: they vary in 2 directions only"):
        all_but_the_top(WordVectors(list("abcd"), matrix), 2)


def test_each_step_against_its_formula_in_numpy():
    vectors = random_vectors()
    x = vectors.matrix.astype(np.float64)
    c = x - x.mean(axis=0)
    _, s, vt = np.linalg.svd(c, full_matrices=False)
    for found, expected in (
        (centered(vectors), c),
        (unit_length(vectors), x / np.linalg.norm(x, axis=1)[:, None]),
        (all_but_the_top(vectors, 2), c - c @ vt[:2].T @ vt[:2]),
    ):
        np.testing.assert_allclose(found.matrix, expected, atol=2e-6)
    for found, expected in (
        (principal_components(vectors, 3), c @ vt[:3].T),
        (whitened(vectors), c @ vt.T / s * np.sqrt(len(x))),
    ):
        np.testing.assert_allclose(np.abs(found.matrix), np.abs(expected), atol=1e-5)  # a direction has no sign
    variance = (s[:3] ** 2).sum() / (s**2).sum()
    assert principal_components(vectors, 3).info["post_processing"][0]["variance_kept"] == pytest.approx(variance)


def test_whitened_vectors_have_the_identity_as_covariance():
    rows = whitened(random_vectors()).matrix.astype(np.float64)
    np.testing.assert_allclose(rows.mean(axis=0), np.zeros(5), atol=1e-6)
    np.testing.assert_allclose(rows.T @ rows / len(rows), np.eye(5), atol=1e-5)


def test_principal_directions_have_one_sign():
    vectors = random_vectors()
    _, variances, directions = principal_directions(vectors)
    turned = WordVectors(vectors.words, vectors.matrix[::-1])
    np.testing.assert_allclose(principal_directions(turned)[2], directions, atol=1e-9)
    assert (np.diff(variances) <= 0).all()
    assert (directions[np.arange(5), np.abs(directions).argmax(axis=1)] > 0).all()


def test_all_dimensions_of_a_pca_keep_every_cosine_of_centred_vectors():
    vectors = centered(random_vectors())
    turned = principal_components(vectors, 5)
    assert turned.similarity("w3", "w9") == pytest.approx(vectors.similarity("w3", "w9"), abs=1e-6)
    assert turned.info["post_processing"][-1] == {"step": "pca", "dim": 5, "variance_kept": 1.0}


def test_the_default_of_all_but_the_top_is_a_hundredth_of_the_dimensions():
    steps = [all_but_the_top(random_vectors(shape=(20, dim))).info["post_processing"][0] for dim in (3, 260)]
    assert [step["components"] for step in steps] == [1, 3]


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda v: all_but_the_top(v, 0), "all-but-the-top=0: must be a whole number from 1 to 4"),
        (lambda v: all_but_the_top(v, 5), "from 1 to 4"),
        (lambda v: principal_components(v, 6), "pca=6: must be a whole number from 1 to 5"),
        (lambda v: principal_components(v, 2.0), r"pca=2\.0"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(run, message):
    with pytest.raises(OptionError, match=message):
        run(random_vectors())


def test_whitening_needs_variance_everywhere():
    flat = np.random.default_rng(1).normal(size=(9, 3))
    flat[:, 2] = flat[:, 0] - flat[:, 1]
    with pytest.raises(InputError, match="vary in 2 of their 3 dimensions only; reduce them first, pca=2"):
        whitened(WordVectors([f"w{i}" for i in range(9)], flat))
    with pytest.raises(InputError, match="vary in 0 of their 2 dimensions only; all rows are the same"):
        whitened(WordVectors(["a", "b"], np.ones((2, 2))))


@pytest.mark.parametrize("name", STEPS)
def test_nan_is_named_by_every_step(name):
    matrix = np.ones((9, 4))
    matrix[8, 1] = np.nan
    vectors = WordVectors([f"w{i}" for i in range(9)], matrix)
    with pytest.raises(InputError, match=r"'w8' \(row 8\) holds nan"):
        STEPS[name].run(vectors, 2) if STEPS[name].needs_number else STEPS[name].run(vectors)


@pytest.mark.parametrize("name", STEPS)
def test_steps_keep_words_counts_rare_words_and_info_and_leave_the_given_vectors_alone(name):
    counts = np.arange(60)[::-1]
    given = {"counts": counts, "info": {"trainer": "SVD"}, "rare": {"hapax": 1}, "context_matrix": np.ones((60, 5))}
    vectors = random_vectors(**given)
    copy = vectors.matrix.copy()
    found = post_processed(vectors, f"center,{name}=2" if STEPS[name].takes_number else f"center,{name}")
    assert (found.words, found.rare, found.info["trainer"]) == (vectors.words, {"hapax": 1}, "SVD")
    np.testing.assert_array_equal(found.counts, counts)
    assert [step["step"] for step in found.info["post_processing"]] == ["center", name]
    assert "post_processing" not in vectors.info
    np.testing.assert_array_equal(vectors.matrix, copy)
    if name in ("float16", "int8"):
        assert STEPS[name].run(vectors).context_matrix.dtype == np.float16
    else:
        assert found.context_matrix is None


class Parts:
    """Words of the letter w are the mean of the rows; others have no parts."""

    def vector(self, word):
        return np.float32([1, 2, 3, 4, 5]) if word.startswith("w") else None


@pytest.mark.parametrize("name", STEPS)
def test_subwords_go_the_same_way_as_rows(name):
    vectors = random_vectors(subwords=Parts())
    as_row = WordVectors([*vectors.words, "last"], np.concatenate([vectors.matrix, [[1, 2, 3, 4, 5]]]))
    text = f"{name}=2" if STEPS[name].takes_number else name
    found, expected = post_processed(vectors, text), post_processed(as_row, text)
    assert found.subwords.vector("other") is None
    if name == "unit":
        np.testing.assert_allclose(found["wholly new"], expected["last"], atol=1e-6)
    elif name == "center":
        np.testing.assert_allclose(found["wholly new"], np.arange(1, 6) - mean_row(vectors), atol=1e-5)
    assert found["wholly new"].shape == found["w1"].shape


def test_float16_and_int8_of_rows_and_their_error():
    vectors = random_vectors()
    half, small = to_float16(vectors), to_int8(vectors)
    assert (half.matrix.dtype, small.matrix.dtype) == (np.float16, np.int8)
    np.testing.assert_array_equal(half.matrix, vectors.matrix.astype(np.float16))
    largest = np.abs(vectors.matrix).max(axis=1, keepdims=True)
    assert (np.abs(small.rows(slice(None)) - vectors.matrix) <= largest / 127 / 2 * 1.001).all()
    for found in (half, small):
        error = np.linalg.norm(found.rows(slice(None)) - vectors.matrix) / np.linalg.norm(vectors.matrix)
        assert found.info["post_processing"][0]["relative_error"] == pytest.approx(error, rel=0.01)


def test_zero_rows_stay_zero_when_made_small():
    for make in (to_float16, to_int8, unit_length):
        vectors = make(WordVectors(["a", "zero"], np.array([[1.0, 2.0], [0.0, 0.0]])))
        assert vectors["zero"].tolist() == [0, 0]
        assert np.isfinite(vectors.rows(slice(None))).all()


def test_what_float16_cannot_hold_is_named():
    with pytest.raises(InputError, match=r"the vector of 'b' \(row 1\) has a number beyond 65,504"):
        to_float16(WordVectors(["a", "b"], np.array([[1.0, 2.0], [7e4, 0.0]])))
    with pytest.raises(InputError, match="the context vector of 'a'"):
        to_float16(WordVectors(["a"], np.ones((1, 2)), context_matrix=np.full((1, 2), 1e5)))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 99), k=st.integers(1, 10))
def test_int8_keeps_most_neighbours(seed, k):
    vectors = random_vectors(seed, (200, 20))
    small = to_int8(vectors)
    for word in ("w0", "w5"):
        kept = {other for other, _ in vectors.most_similar(word, k=k)} & set(dict(small.most_similar(word, k=k + 3)))
        assert len(kept) >= k - 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("centre", "a step must be one of center, unit, .*; got 'centre'"),
        ("", "got ''"),
        ("center,", "got '' in 'center,'"),
        ("unit=3", "the step unit takes no number; got 'unit=3'"),
        ("pca", "the step pca needs a number, as in pca=50"),
        ("pca=", "takes a whole number, as in pca=3; got ''"),
        ("all-but-the-top=-1", "takes a whole number, as in all-but-the-top=3; got '-1'"),
        ("pca=²", "got '²'"),
    ],
)
def test_steps_that_do_not_exist_are_refused(text, message):
    with pytest.raises(OptionError, match=message):
        parse_steps(text)


@pytest.mark.parametrize(
    "matrix, steps, message",
    [
        (
            np.full((9, 3), 0.1),
            "center",
            "center: nothing would be left of the vectors: all are the same",
        ),
        (np.full((1, 3), 0.1), "pca=2", "pca: nothing would be left"),
        (np.zeros((2, 3)), "center", "center: nothing would be left"),
        (np.random.default_rng(1).normal(size=(3, 9)), "all-but-the-top=2", "they vary in 2 directions only"),
        (np.ones((3, 1)), "all-but-the-top", "needs vectors of at least 2 dimensions; these have 1"),
    ],
)
def test_steps_that_would_leave_only_zeros_are_refused(matrix, steps, message):
    with pytest.raises((InputError, OptionError), match=message):
        post_processed(WordVectors([f"w{row}" for row in range(len(matrix))], matrix), steps)
