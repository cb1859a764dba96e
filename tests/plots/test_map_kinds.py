import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from wordvec.errors import InputError, OptionError, UnknownWordError
from wordvec.plots import (
    new_axes,
    parse_pairs,
    plot_analogies,
    plot_beside,
    plot_map,
    plot_neighbourhood,
    plot_similarities,
    save_figure,
)
from wordvec.plots.palette import PALETTE
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.procrustes import turned

WORDS = [f"word{i}" for i in range(120)]


@pytest.fixture(scope="module")
def vectors():
    rng = np.random.default_rng(6)
    matrix = np.repeat(np.eye(4, 12), 30, axis=0) + rng.normal(scale=0.2, size=(120, 12))
    return WordVectors(WORDS, matrix, counts=np.arange(120, 0, -1) ** 2)


def overlaps(axes):
    renderer = axes.figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in axes.texts if text.get_text()]
    return [(a, b) for a, b in itertools.combinations(boxes, 2) if a.overlaps(b)]


# A neighbourhood


def test_a_neighbourhood_shows_the_nearest_words_and_lines_to_ten(vectors):
    axes = plot_neighbourhood(vectors, "word5", k=20)
    expected = {"word5", *(word for word, _ in vectors.most_similar("word5", k=20))}
    assert {text.get_text() for text in axes.texts} == expected
    lines, neighbours, query = axes.collections
    assert len(lines.get_segments()) == 10
    assert len(neighbours.get_offsets()) == 20
    for start, _ in lines.get_segments():
        np.testing.assert_allclose(start, query.get_offsets()[0])
    np.testing.assert_allclose(neighbours.get_array(), [score for _, score in vectors.most_similar("word5", k=20)])
    assert not overlaps(axes)
    assert axes.get_title(loc="left").startswith("“word5” and its 20 nearest words, PCA (")


def test_bad_neighbourhoods(vectors):
    with pytest.raises(UnknownWordError, match="wrod5"):
        plot_neighbourhood(vectors, "wrod5")
    with pytest.raises(OptionError, match="pca, tsne, umap"):
        plot_neighbourhood(vectors, "word5", method="mds")


# Analogies


def test_arrows_lead_from_the_first_to_the_second_word_and_show_parallels():
    lattice = [[a, b, c] for a in (0, 2) for b in (0, 1) for c in (1,)]
    vectors = WordVectors(["man", "king", "woman", "queen"], np.array(lattice, float) + [3, 3, 9])
    axes = plot_analogies(vectors, [("man", "woman"), ("king", "queen")])
    arrows = np.array([patch._posA_posB for patch in axes.patches])
    offsets = arrows[:, 1] - arrows[:, 0]
    cosine = offsets[0] @ offsets[1] / np.linalg.norm(offsets[0]) / np.linalg.norm(offsets[1])
    assert cosine > 0.98
    assert {text.get_text() for text in axes.texts} == {"man", "king", "woman", "queen"}
    assert not overlaps(axes)
    said = float(axes.get_title(loc="right").split()[-1])
    unit = vectors.unit
    first, second = unit[2] - unit[0], unit[3] - unit[1]
    assert said == pytest.approx(first @ second / np.linalg.norm(first) / np.linalg.norm(second), abs=0.006)


def test_words_that_are_only_led_to_differ_in_colour(vectors):
    axes = plot_analogies(vectors, [("word0", "word1"), ("word1", "word2")])
    assert axes.get_title(loc="left").startswith("2 pairs of words, PCA")
    (points,) = axes.collections
    assert len({tuple(colour) for colour in points.get_facecolors()}) == 2


@pytest.mark.parametrize("text", ["", "king", "king:", ":king", "a:b:c", "king:queen man"])
def test_pairs_that_are_none(text):
    with pytest.raises(OptionError, match="king:queen man:woman"):
        parse_pairs(text)


def test_bad_analogies(vectors):
    with pytest.raises(OptionError, match="from one word to another; got word1:word1"):
        plot_analogies(vectors, [("word1", "word1")])
    with pytest.raises(OptionError, match="at least 3 different words; got 2"):
        plot_analogies(vectors, [("word1", "word2")])
    with pytest.raises(UnknownWordError):
        plot_analogies(vectors, [("word1", "wordy"), ("word2", "word3")])


# Two models


def rotation(dim, seed=2):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))[0]


def points_of(axes):
    return np.concatenate([c.get_offsets() for c in axes.collections if len(c.get_facecolors())])


@pytest.mark.parametrize("extra", [0, 3])
def test_a_turned_model_gives_the_same_map(vectors, extra):
    wide = np.pad(vectors.matrix, ((0, 0), (0, extra)))
    other = WordVectors(WORDS, wide @ rotation(12 + extra), counts=vectors.counts)
    left, right = plot_beside(vectors, other, top=60)
    np.testing.assert_allclose(points_of(left), points_of(right), atol=1e-5)
    assert left.figure is right.figure
    assert "60 shared words, PCA" in left.get_title(loc="right")
    assert not overlaps(left)
    note = right.texts[0].get_text()
    assert note.startswith("mean cosine after the rotation 1.00")


@pytest.mark.parametrize("letters", ["w", "WWWW"])
def test_wide_text_under_the_axes_does_not_narrow_them(vectors, letters):
    words = [f"{letters}{word}" for word in WORDS]
    wide = WordVectors(words, vectors.matrix, counts=vectors.counts)
    groups = {f"{letters * 5}{i}": words[20 * i : 20 * i + 20] for i in range(6)}
    left, right = plot_beside(wide, wide, top=60, groups=groups)
    narrow = plot_map(wide, groups=groups, width_mm=60)
    for axes in (left, right, narrow):
        before = axes.bbox.extents
        axes.figure.get_layout_engine().execute(axes.figure)
        axes.apply_aspect()
        np.testing.assert_allclose(axes.bbox.extents, before, atol=0.6)
    assert left.bbox.width > 0.45 * left.figure.bbox.width
    assert narrow.bbox.width > 0.8 * narrow.figure.bbox.width


@pytest.mark.parametrize("names", [(), ("1850s",), ("1850s", "1900s", "1950s")])
def test_two_maps_have_two_names(vectors, names):
    with pytest.raises(OptionError, match="names are those of the two models"):
        plot_beside(vectors, vectors, names=names)


def test_words_that_moved_have_a_ring_and_a_name(vectors):
    moved = vectors.matrix.copy()
    moved[[3, 9]] *= -1
    right = plot_beside(vectors, WordVectors(WORDS, moved @ rotation(12)), top=40, with_function_words=True)[1]
    note = next(text.get_text() for text in right.texts if "least alike" in text.get_text())
    assert set(note.split(": ")[1].split(", ")[:2]) == {"word3", "word9"}
    rings = right.collections[-1]
    assert len(rings.get_offsets()) == 8
    assert len(rings.get_facecolors()) == 0


def test_only_shared_words_are_drawn_with_colours_of_the_first(vectors):
    other = WordVectors([*WORDS[10:], "others"], np.vstack([vectors.matrix[10:], np.ones((1, 12))]))
    left, right = plot_beside(vectors, other, top=30, groups={"g": ["word12", "word0"]})
    shown = {text.get_text() for axes in (left, right) for text in axes.texts}
    assert not shown & {"word0", "others"}
    colours = [colour for c in left.collections for colour in c.get_facecolors()]
    assert len({tuple(np.round(colour, 3)) for colour in colours}) == 2
    assert PALETTE[0] in {text.get_markerfacecolor() for text in left.get_legend().legend_handles}


def test_models_that_share_too_little(vectors):
    with pytest.raises(InputError, match="share"):
        plot_beside(vectors, WordVectors(["word1", "word2", "x"], np.random.default_rng(1).normal(size=(3, 12))))
    with pytest.raises(InputError, match="no word is in all 2 models"):
        plot_beside(vectors, WordVectors(["x", "y"], np.eye(2, 12)))
    with pytest.raises(UnknownWordError):
        plot_beside(vectors, WordVectors(WORDS[:50], vectors.matrix[:50]), words=["word1", "word2", "word60"])


def test_turning_undoes_a_rotation_and_keeps_lengths():
    X = np.random.default_rng(4).normal(size=(30, 5))
    np.testing.assert_allclose(turned(X @ rotation(5), X @ rotation(5), X), X, atol=1e-12)
    Y = np.random.default_rng(5).normal(size=(30, 5))
    np.testing.assert_allclose(np.linalg.norm(turned(Y, Y, X)), np.linalg.norm(Y))
    assert np.linalg.norm(turned(Y, Y, X) - X) <= np.linalg.norm(Y @ rotation(5) - X)


@pytest.mark.slow("t-SNE of two models, one from the other: openTSNE compiles what it needs")
@pytest.mark.filterwarnings("ignore")
def test_tsne_of_the_second_starts_from_the_first(vectors):
    pytest.importorskip("openTSNE", reason="extra projection (openTSNE) is not installed")
    other = WordVectors(WORDS, vectors.matrix @ rotation(12), counts=vectors.counts)
    with np.errstate(all="ignore"):
        left, right = plot_beside(vectors, other, top=60, method="tsne")
    a, b = points_of(left), points_of(right)
    assert np.linalg.norm(a - b, axis=1).mean() < 0.5 * np.linalg.norm(a - a.mean(axis=0), axis=1).mean()


@pytest.mark.slow("draws every kind of figure twice")
def test_every_kind_repeats_bit_for_bit(vectors, tmp_path):  # other endings: in test_figures
    draw = {
        "around": lambda: plot_neighbourhood(vectors, "word1"),
        "arrows": lambda: plot_analogies(vectors, [("word0", "word1"), ("word2", "word3")]),
        "beside": lambda: plot_beside(vectors, vectors, top=20)[0],
    }
    for name, make in draw.items():
        for copy in "ab":
            save_figure(make(), tmp_path / f"{name}{copy}.svg")
        a, b = ((tmp_path / f"{name}{copy}.svg").read_bytes() for copy in "ab")
        assert a == b, name


@pytest.mark.parametrize("pairs", [["ab", "cd"], [("a", "b", "c", "d")]])
def test_analogies_take_pairs_of_words(pairs):  # a text of two letters is no pair, even if both are words
    with pytest.raises(OptionError, match="pairs of words expected, such as"):
        plot_analogies(WordVectors(list("abcd"), np.eye(4)), pairs)


def test_an_array_of_axes_is_not_saved(tmp_path):
    with pytest.raises(OptionError, match="one Axes of matplotlib expected; got a ndarray"):
        save_figure(np.array([new_axes()]), tmp_path / "figure.png")


def test_two_maps_are_drawn_into_an_array_of_axes():
    model = WordVectors(list("abcd"), np.random.default_rng(1).normal(size=(4, 3)))
    panels = Figure().subplots(1, 2)
    assert plot_beside(model, model, axes=panels) == tuple(panels)
    with pytest.raises(OptionError, match=r"a pair of flat Axes of matplotlib expected, .*; got a "):
        plot_beside(model, model, axes=panels[0])


@pytest.mark.parametrize("made", [lambda: Figure().subplots(1, 2), Figure, lambda: _axes("3d"), lambda: _axes("polar")])
def test_axes_that_cannot_be_drawn_into_are_told(made):
    model = WordVectors(list("abcd"), np.random.default_rng(1).normal(size=(4, 3)))
    with pytest.raises(OptionError, match=r"one flat Axes of matplotlib expected, as figure.subplots"):
        plot_map(model, axes=made())
    with pytest.raises(OptionError, match=r"one flat Axes of matplotlib expected, as figure.subplots"):
        plot_similarities(model, ["a", "b"], True, made())


def _axes(projection):
    return Figure().add_subplot(projection=projection)
