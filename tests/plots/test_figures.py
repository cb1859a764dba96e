import itertools
import pickle
import subprocess
import sys

import matplotlib.style
import numpy as np
import pytest
from matplotlib.figure import Figure

from wordvec.errors import InputError, OptionError, UnknownWordError
from wordvec.plots import new_axes, plot_beside, plot_loss, plot_map, plot_neighbours, save_figure
from wordvec.plots.labels import LABEL_GAP
from wordvec.plots.palette import PALETTE
from wordvec.plots.projection import pca
from wordvec.vectors import WordVectors


@pytest.fixture(scope="module")
def vectors():
    rng = np.random.default_rng(6)
    matrix = np.repeat(np.eye(4, 12), 60, axis=0) + rng.normal(scale=0.12, size=(240, 12))
    words = [f"word{i}" for i in range(240)]
    return WordVectors(words, matrix, counts=np.arange(240, 0, -1) ** 2)


def label_boxes(axes):
    renderer = axes.figure.canvas.get_renderer()
    return [text.get_window_extent(renderer) for text in axes.texts]


def test_labels_overlap_neither_each_other_nor_the_frame(vectors):
    axes = plot_map(vectors)
    boxes = label_boxes(axes)
    assert 40 < len(boxes) < 240  # enough to be a map, too many words for all
    for a, b in itertools.combinations(boxes, 2):
        assert not a.overlaps(b)
    for box in boxes:
        assert axes.bbox.containsx(box.x0)
        assert axes.bbox.containsx(box.x1)
        assert axes.bbox.containsy(box.y0)
        assert axes.bbox.containsy(box.y1)


def test_without_placing_they_would_overlap(vectors, monkeypatch):
    monkeypatch.setattr("wordvec.plots.labels.near", lambda boxes, other, gap: np.zeros(boxes.shape[:-1], bool))
    monkeypatch.setattr("wordvec.plots.labels.Coverage.within", lambda self, boxes: np.zeros(len(boxes), np.int64))
    boxes = label_boxes(plot_map(vectors))
    assert any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_placing_holds_at_the_dots_per_inch_of_a_saved_file(vectors, tmp_path):
    axes = plot_map(vectors)
    save_figure(axes, tmp_path / "map.png", dpi=250)
    axes.figure.set_dpi(250)
    axes.figure.draw_without_rendering()
    assert LABEL_GAP[0] > 0
    for a, b in itertools.combinations(label_boxes(axes), 2):
        assert not a.overlaps(b)


def test_every_word_is_a_point_and_the_title_tells_the_labels(vectors):
    axes = plot_map(vectors, top=100, with_function_words=True)
    assert sum(len(points.get_offsets()) for points in axes.collections) == 100
    assert axes.get_title(loc="left").startswith("100 words, PCA (")
    assert axes.get_title(loc="right") == f"{len(axes.texts)} labelled"
    assert plot_map(vectors, words=vectors.words[:5]).get_title(loc="right") == "all labelled"


def test_frequent_words_are_larger_and_labelled_first(vectors):
    axes = plot_map(vectors, clusters=1, with_function_words=True)
    sizes = axes.collections[0].get_sizes()
    assert (np.diff(sizes) < 0).all()
    labelled = {text.get_text() for text in axes.texts}
    assert "word0" in labelled
    ranks = [int(word[4:]) for word in labelled]
    assert np.mean(ranks) < 120


def test_colours_follow_the_clusters(vectors):
    axes = plot_map(vectors, clusters=4, with_function_words=True)
    places = pca(vectors.unit, 2)[0]
    looks = {}
    for points in axes.collections:  # one for each marker
        for place, colour in zip(points.get_offsets(), points.get_facecolors()):
            word = np.abs(places - place).sum(axis=1).argmin()
            looks[word] = (tuple(colour), points.get_paths()[0].vertices.tobytes())
    blocks = [{looks[i] for i in range(first, first + 60)} for first in range(0, 240, 60)]
    assert all(len(block) == 1 for block in blocks)  # the four planted groups
    assert [len({look[part] for look in set.union(*blocks)}) for part in (0, 1)] == [4, 4]
    assert len(set(PALETTE)) == len(PALETTE) == 8


def test_chosen_words_each_once_and_counts_decide_the_top(vectors):
    axes = plot_map(vectors, words=["word7", "word3", "word7", "word200"])
    assert sum(len(points.get_offsets()) for points in axes.collections) == 3
    by_count = WordVectors(vectors.words, vectors.matrix, counts=np.arange(240))
    shown = {text.get_text() for text in plot_map(by_count, top=5, with_function_words=True).texts}
    assert shown <= {f"word{i}" for i in range(235, 240)}
    axes = plot_map(WordVectors(vectors.words, vectors.matrix), top=9, clusters=1)
    assert len(axes.collections[0].get_offsets()) == 9


def test_the_same_call_gives_the_same_map(vectors):
    first, second = plot_map(vectors, seed=3), plot_map(vectors, seed=3)
    assert [(t.get_text(), t.get_position(), t.get_color()) for t in first.texts] == [
        (t.get_text(), t.get_position(), t.get_color()) for t in second.texts
    ]


def test_words_that_look_like_formulas_stay_text(tmp_path):
    words = ["$x^2$", "a$b", "$", r"\alpha", "_"]
    odd = WordVectors(words, np.random.default_rng(1).normal(size=(5, 4)))
    axes = plot_map(odd, clusters=1)
    assert {text.get_text() for text in axes.texts} == set(words)
    assert not any(text.get_parse_math() for text in axes.texts)
    save_figure(axes, tmp_path / "map.svg")
    save_figure(plot_neighbours(odd, "$x^2$"), tmp_path / "neighbours.svg")


def test_given_axes_are_drawn_into(vectors):
    figure = Figure(figsize=(8, 4))
    left, right = figure.subplots(1, 2)
    assert plot_map(vectors, top=50, axes=left) is left
    assert plot_neighbours(vectors, "word3", axes=right) is right
    assert left.texts
    assert right.patches


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"words": ["word1", "nonsense"]}, UnknownWordError, "nonsense"),
        ({"words": ["word1", "word2"]}, OptionError, "at least 3 words; got 2"),
        ({"top": 0}, OptionError, "at least 3 words"),
        ({"top": -5}, OptionError, "at least 3 words"),
        ({"method": "mds"}, OptionError, "pca, tsne, umap"),
        ({"clusters": 57}, OptionError, "from 1 to 56 groups"),
        ({"clusters": 0}, OptionError, "from 1 to 56 groups"),
    ],
)
def test_bad_maps(vectors, options, error, message):
    with pytest.raises(error, match=message):
        plot_map(vectors, **options)


def test_neighbours_are_most_similars(vectors):
    axes = plot_neighbours(vectors, "word5", k=7)
    expected = vectors.most_similar("word5", k=7)
    assert [label.get_text() for label in axes.get_yticklabels()] == [word for word, _ in expected]
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], [score for _, score in expected])
    assert axes.yaxis_inverted()  # the nearest on top
    assert "word5" in axes.get_title(loc="left")


def test_neighbours_of_an_unknown_word(vectors):
    with pytest.raises(UnknownWordError, match="wrod5"):
        plot_neighbours(vectors, "wrod5")


def test_loss_curves():
    axes = plot_loss([2.0, 1.5, 1.2])
    assert axes.lines[0].get_xydata().tolist() == [[1, 2.0], [2, 1.5], [3, 1.2]]
    assert axes.get_legend() is None
    both = plot_loss({"cbow": [2.0, 1.0], "glove": [0.5]})
    assert [text.get_text() for text in both.get_legend().get_texts()] == ["cbow", "glove"]
    assert len({line.get_color() for line in both.lines}) == len({line.get_marker() for line in both.lines}) == 2


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ([], "no loss to draw"),
        ({}, "no loss to draw"),
        ({"cbow": []}, "no loss to draw"),
        ([1.0, np.nan], "not finite"),
        ({"cbow": [np.inf]}, "of cbow is not finite"),
        ({str(i): [1.0] for i in range(57)}, "from 1 to 56 groups"),
    ],
)
def test_bad_losses(losses, message):
    with pytest.raises(OptionError, match=message):
        plot_loss(losses)


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "PNG"])
def test_saved_files_are_of_their_kind_and_repeat_bit_for_bit(vectors, suffix, tmp_path):
    for name in "ab":
        save_figure(plot_map(vectors, top=30), tmp_path / f"{name}.{suffix}")
    a, b = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
    assert a == b
    assert a.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[suffix.lower()])


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "figure.png"
    path.write_bytes(b"old")

    def half_written(self, file, **_):
        file.write(b"\x89PNG half")
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(Figure, "savefig", half_written)
    with pytest.raises(RuntimeError, match="disk on fire"):
        save_figure(new_axes(), path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["figure.png"]


@pytest.mark.parametrize("seconds", ["abc", "9" * 17, "-1e3"])
def test_a_date_of_sources_that_is_no_date(seconds, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    for suffix in (".svg", ".pdf"):
        with pytest.raises(OptionError, match=r"SOURCE_DATE_EPOCH must be a whole number of seconds .*unset it"):
            save_figure(new_axes(), tmp_path / f"a{suffix}")
    save_figure(new_axes(), tmp_path / "a.png")


@pytest.mark.parametrize("name", ["map", "map.jpg", "map.png.gz", ".png"])
def test_unknown_endings(name, tmp_path):
    with pytest.raises(OptionError, match=r"must end in one of \.png, \.svg, \.pdf"):
        save_figure(new_axes(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        save_figure(new_axes(), tmp_path / "nowhere" / "map.png")


def test_pyplot_is_never_imported(vectors, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)  # importing it would fail
    save_figure(plot_map(vectors, top=20), tmp_path / "map.pdf")
    save_figure(plot_neighbours(vectors, "word1"), tmp_path / "neighbours.svg")
    save_figure(plot_loss([1.0]), tmp_path / "loss.png")


def test_axes_in_a_subfigure_and_axes_without_figure(vectors, tmp_path):
    _, right = Figure(figsize=(8, 4)).subfigures(1, 2)
    axes = plot_map(vectors, top=30, axes=right.subplots())
    save_figure(axes, tmp_path / "both.png")
    axes.remove()
    with pytest.raises(OptionError, match="no figure"):
        save_figure(axes, tmp_path / "none.png")


def test_a_notebook_shows_axes_and_their_figure(vectors, tmp_path):
    for axes in (new_axes(), plot_beside(vectors, vectors, words=vectors.words[:9], clusters=1)[1]):
        save_figure(axes, tmp_path / "as_saved.png", dpi=int(axes.figure.dpi))
        expected = (tmp_path / "as_saved.png").read_bytes()
        again = pickle.loads(pickle.dumps(axes))
        for shown in (axes, axes.figure, again):
            assert shown._repr_png_() == expected


@pytest.mark.parametrize("style", ["dark_background", "ggplot"])
def test_a_style_does_not_put_dark_words_on_a_dark_ground(style):
    with matplotlib.style.context(style):
        axes = new_axes()
    assert {axes.get_facecolor(), axes.figure.get_facecolor()} == {(1.0, 1.0, 1.0, 1.0)}


def test_importing_plots_does_not_import_matplotlib():
    code = "import wordvec.plots, sys\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "scipy", "numba"} & set(loaded)


def test_a_vector_of_zeros_has_no_place_on_a_map():
    rows = np.random.default_rng(2).normal(size=(6, 3))
    other = WordVectors(list("abcdef"), rows.copy())
    rows[2] = 0
    vectors = WordVectors(list("abcdef"), rows)
    for draw in (
        lambda: plot_map(vectors, clusters=1),
        lambda: plot_beside(vectors, other, words=list("abcdef"), clusters=1)[1],
        lambda: plot_beside(other, vectors, words=list("abcdef"), clusters=1)[0],
    ):
        with pytest.warns(UserWarning, match="left out of the map, as the vector is zero: 'c'"):
            axes = draw()
        assert sorted(text.get_text() for text in axes.texts if len(text.get_text()) == 1) == list("abdef")
