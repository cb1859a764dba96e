import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread

from wordvec.errors import OptionError, ShapeError, UnknownWordError
from wordvec.plots import plot_matrix, plot_similarities, save_figure
from wordvec.plots.palette import contrast
from wordvec.vectors import WordVectors


@pytest.fixture(scope="module")
def vectors():
    matrix = np.repeat(np.eye(2, 6), [30, 30], axis=0) + np.random.default_rng(6).normal(scale=0.1, size=(60, 6))
    return WordVectors([f"w{i}" for i in range(60)], matrix[np.random.default_rng(7).permutation(60)])


def row_labels(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_cells_are_the_cosines_in_the_given_order(vectors):
    words = ["w5", "w1", "w9", "w1"]
    axes = plot_similarities(vectors, words)
    assert row_labels(axes) == [label.get_text() for label in axes.get_xticklabels()] == ["w5", "w1", "w9"]
    expected = [[vectors.similarity(a, b) for b in words[:3]] for a in words[:3]]
    np.testing.assert_allclose(axes.images[0].get_array(), expected, atol=1e-6)
    assert [text.get_text() for text in axes.texts] == [f"{value:.2f}" for value in np.ravel(expected)]


def test_ordering_brings_similar_words_together(vectors):
    axes = plot_similarities(vectors, vectors.words, order=True)
    assert sorted(row_labels(axes)) == sorted(vectors.words)
    group = vectors.unit[[vectors.word_id(word) for word in row_labels(axes)]][:, 0] > 0.5
    assert np.count_nonzero(np.diff(group.astype(int))) == 1  # one border between the two planted groups
    assert not axes.texts  # too many cells for numbers


@pytest.mark.parametrize("values", [np.linspace(-1, 1, 16).reshape(4, 4), np.arange(16).reshape(4, 4)])
def test_numbers_can_be_read_on_their_cells(values):
    axes = plot_matrix(np.abs(values), list("abcd"))
    image = axes.images[0]
    for text in axes.texts:
        x, y = (round(place) for place in text.get_position())
        cell = to_hex(image.cmap(image.norm(image.get_array()[y, x])))
        assert contrast(to_hex(text.get_color()), cell) >= 4.5


def test_a_matrix_by_hand_with_empty_cells_left_empty():
    axes = plot_matrix(np.array([[0, 2, 0], [1, 0, 12]]), ["you", "say"], ["a", "b", "c"])
    assert {text.get_position(): text.get_text() for text in axes.texts} == {(1, 0): "2", (0, 1): "1", (2, 1): "12"}
    assert axes.images[0].get_array().mask.tolist() == [[True, False, True], [False, True, False]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert row_labels(axes) == ["you", "say"]


def test_a_matrix_of_nothing_is_drawn(tmp_path):
    save_figure(plot_matrix(np.zeros((2, 2)), ["a", "b"]), tmp_path / "zeros.png")


@pytest.mark.parametrize(
    "words, error, message",
    [
        (["w1"], OptionError, "from 2 to 150 different words; got 1"),
        (["w1", "w1"], OptionError, "got 1"),
        (["w1", "w"], UnknownWordError, "'w' is not among"),
    ],
)
def test_words_that_make_no_heat_map(vectors, words, error, message):
    with pytest.raises(error, match=message):
        plot_similarities(vectors, words)


@pytest.mark.parametrize(
    "matrix, words, error, message",
    [
        (np.ones((2, 3)), ["a", "b"], ShapeError, r"got \(2, 3\)"),
        (np.array([[np.nan]]), ["a"], ShapeError, "some are nan or infinite"),
        (np.ones((0, 0)), [], OptionError, "keep fewer words"),
        (np.ones((151, 151)), [str(i) for i in range(151)], OptionError, "keep fewer words"),
    ],
)
def test_matrices_that_do_not_fit(matrix, words, error, message):
    with pytest.raises(error, match=message):
        plot_matrix(matrix, words)


def test_words_that_look_like_formulas_stay_text(tmp_path):
    save_figure(plot_matrix(np.eye(2), ["$a$", "<b>"]), tmp_path / "m.svg")
    svg = (tmp_path / "m.svg").read_text(encoding="utf-8")
    assert ">$a$</text>" in svg
    assert "&lt;b&gt;" in svg


def test_the_title_is_on_the_picture_above_long_words(tmp_path):
    names = [f"Dmitri Tanton {number:02}." for number in range(12)]
    rows = np.random.default_rng(1).normal(size=(12, 3))
    save_figure(plot_similarities(WordVectors(names, rows), names), tmp_path / "a.png", dpi=100)
    pixels = imread(tmp_path / "a.png")[:, :, :3]
    assert (pixels[:2] == 1).all()
