"""Figures of words that hold control characters, turn the direction of writing or are no Unicode at all."""

import unicodedata
import xml.etree.ElementTree as ElementTree

import matplotlib
import numpy as np
import pytest

from wordvec.errors import OptionError, UnknownWordError
from wordvec.plots import (
    parse_pairs,
    plot_analogies,
    plot_beside,
    plot_loss,
    plot_map,
    plot_matrix,
    plot_neighbourhood,
    plot_neighbours,
    plot_similarities,
    project,
)
from wordvec.plots.figure import new_axes, save_figure, set_title, shortened
from wordvec.plots.groups import known_words
from wordvec.vectors import WordVectors

WORDS = [
    "tea",
    "a\x1b[31m",
    "b\x00",
    "c\u202ed",
    "<&>",
    "e\x9bf",
    "$x$\x07",
    "g\ufffe",
    "h\x7f",
    "i\u200f",
    "--",
    "k\ud800",
]


@pytest.fixture
def vectors():
    return WordVectors(WORDS, np.random.default_rng(3).normal(size=(len(WORDS), 5)))


FIGURES = {
    "map": lambda v: plot_map(v),
    "groups": lambda v: plot_map(v, groups={"one\x1b": WORDS[:3], "two\u202e": WORDS[3:6]}),
    "neighbourhood": lambda v: plot_neighbourhood(v, WORDS[1], k=5),
    "neighbours": lambda v: plot_neighbours(v, WORDS[3], k=5),
    "similarities": lambda v: plot_similarities(v, WORDS),
    "analogies": lambda v: plot_analogies(v, [(WORDS[1], WORDS[2]), (WORDS[3], WORDS[5])]),
    "beside": lambda v: plot_beside(v, v, names=("a\x1b", "b\u202e"))[0],
    "loss": lambda v: plot_loss({"run\x1b\u202e": [3.0, 2.0]}),
    "matrix": lambda v: plot_matrix(np.ones((12, 12)), WORDS),
    "the user's own": lambda v: _own(),
}


def _own():
    axes = new_axes()
    set_title(axes, "a\x1b\u202e\x00\nb", "c\x9b")
    return axes


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.filterwarnings("ignore:no installed font", "ignore:Glyph", "ignore:.*missing from")
def test_every_svg_is_well_formed(figure, vectors, tmp_path):
    with matplotlib.rc_context({"text.usetex": True}):  # a user's setting, which would make TeX of words
        axes = FIGURES[figure](vectors)
        save_figure(axes, tmp_path / "f.svg")
        content = (tmp_path / "f.svg").read_text(encoding="utf-8")
        ElementTree.fromstring(content)
        assert content.replace("\n", "").replace("\t", "").isprintable()
        save_figure(axes, tmp_path / "f.png", dpi=30)


@pytest.mark.parametrize("method", ["pca", "tsne", "umap"])
@pytest.mark.parametrize("draw", [plot_map, lambda v, method: plot_neighbourhood(v, "a", k=3, method=method)])
def test_one_dimension_cannot_be_a_map(method, draw):
    vectors = WordVectors(list("abcdefgh"), np.arange(1.0, 9.0)[:, None])
    with pytest.raises(OptionError, match="a map of 2 dimensions needs vectors of at least as many; these have 1"):
        draw(vectors, method=method)
    with pytest.raises(OptionError, match="these have 1"):
        project(vectors.matrix, method)


@pytest.mark.parametrize("line", ["king queen man", "king,queen", "king; queen", "zebra queen"])
def test_several_words_on_a_line_are_told_so(line):
    vectors = WordVectors(["king", "queen", "man"], np.eye(3))
    with pytest.raises(UnknownWordError, match=f"'{line}' holds several words: write one word a line"):
        known_words(vectors, {"family": [line]})
    with pytest.warns(UserWarning, match="holds several words: write one word a line"):
        assert known_words(vectors, {"family": [line, "man"]}) == {"family": ["man"]}


def test_pairs_are_read_with_any_words():
    assert parse_pairs("a\x1b:b c:d\u202e") == [("a\x1b", "b"), ("c", "d\u202e")]


LONG = ["http://example.org/" + "page/" * 30 + "index.html", "x" * 300, *(f"w{i}" for i in range(20))]


@pytest.mark.parametrize("name", ["map", "neighbourhood", "neighbours", "similarities", "beside"])
def test_long_words_leave_room_for_the_figure(name, caplog):
    v = WordVectors(LONG, np.random.default_rng(3).normal(size=(len(LONG), 5)))
    figures = {
        "map": lambda: plot_map(v, clusters=3),
        "neighbourhood": lambda: plot_neighbourhood(v, LONG[0]),
        "neighbours": lambda: plot_neighbours(v, LONG[0]),
        "similarities": lambda: plot_similarities(v, LONG[:6]),
        "beside": lambda: plot_beside(v, v, names=(LONG[0], LONG[1])),
    }
    drawn = figures[name]()
    axes = drawn[0] if isinstance(drawn, (tuple, list, np.ndarray)) else drawn
    axes.figure.canvas.draw()
    assert axes.get_position().width > 0.25
    assert "collapsed" not in caplog.text


def test_a_map_around_the_only_word():
    with pytest.raises(OptionError, match="a map around 'a' needs other words near it"):
        plot_neighbourhood(WordVectors(["a"], np.ones((1, 4))), "a")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda v: plot_map(v, words="tea"), "words: give a list of words, not one text; got 'tea'"),
        (lambda v: plot_similarities(v, "tea"), "words: give a list"),
        (lambda v: plot_map(v, groups={"one": "tea"}), r"groups\['one'\]: give a list"),
        (lambda v: plot_map(v, groups=["tea"]), "a dict of names and lists of words expected"),
        (lambda v: v.known_ids("tea"), r"give a list of words; the row of one is \.word_id\('tea'\)"),
    ],
)
def test_a_text_is_no_list_of_words(draw, message, vectors):
    with pytest.raises(OptionError, match=message):
        draw(vectors)


@pytest.mark.parametrize("word", ["ครูไปเชียงใหม่กับหมออยู่ที่ป่า" * 2, "विश्वविद्यालयों" * 4, "cafe\u0301" * 20])
def test_a_shortened_word_begins_again_with_a_letter(word):
    for most in range(3, 40):
        begin, _, end = shortened(word, most).partition("…")
        assert word.startswith(begin) and word.endswith(end)
        assert not unicodedata.category(end[:1] or "a").startswith("M")
