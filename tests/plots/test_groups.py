import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from wordvec.errors import InputError, UnknownWordError
from wordvec.plots import plot_map, read_groups
from wordvec.plots.groups import groups_by_clusters, known_words
from wordvec.plots.palette import MARKERS, OTHERS, PALETTE
from wordvec.vectors import WordVectors


@pytest.fixture(scope="module")
def vectors():
    matrix = np.random.default_rng(6).normal(size=(60, 8))
    return WordVectors([f"word{i}" for i in range(60)], matrix, counts=np.arange(60, 0, -1))


def write(folder, text, name="list.txt"):
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_the_three_ways_of_writing_groups(tmp_path):
    one = write(tmp_path, "cat\ndog\n\ncat\n", "animals.txt")
    two = write(tmp_path, "\ufeff[plants]\r\noak\r\n new york \r\n[stones]\nflint\n")
    three = write(tmp_path, "metals\tiron\nmetals\ttin\nplants\tfern\n", "x.tsv")
    assert read_groups([one, two, three]) == {
        "animals": ["cat", "dog"],
        "plants": ["oak", "new york", "fern"],
        "stones": ["flint"],
        "metals": ["iron", "tin"],
    }


@pytest.mark.parametrize(
    "content, message",
    [
        ("", "no words"),
        ("\n \n", "no words"),
        ("[only]\n", "no words"),
        ("a\tb\tc\n", "line 1: expected group<TAB>word"),
        ("ok\n\tb\n", "line 2: expected group<TAB>word"),
        ("a\t\n", "line 1: expected"),
        ("a\tcat\nb\tcat\n", "line 2: 'cat' is in 'a' already"),
    ],
)
def test_lists_that_cannot_be_used(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        read_groups([write(tmp_path, content)])


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_groups([tmp_path / "none.txt"])
    (tmp_path / "latin.txt").write_bytes("caf\xe9".encode("latin-1"))
    with pytest.raises(InputError, match=r"latin.txt, line 1: not UTF-8; write"):
        read_groups([tmp_path / "latin.txt"])


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused_with_its_name(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("lists") / "list.txt"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    try:
        groups = read_groups([path])
    except InputError as error:
        said = str(error)
    else:
        words = [word for group in groups.values() for word in group]
        assert len(set(words)) == len(words) > 0
        assert all(word.strip() and "\t" not in word for word in words)
        said = str(path)
    assert "list.txt" in said


def test_missing_words_are_told_and_none_known_is_an_error(vectors):
    with pytest.warns(UserWarning, match="2 of the 4 listed words have no vector: 'cat', 'dog'"):
        assert known_words(vectors, {"a": ["word1", "cat"], "b": ["dog", "word2"]}) == {"a": ["word1"], "b": ["word2"]}
    with pytest.raises(UnknownWordError, match=r"none of the 2 listed words .*'wrod1': did you mean 'word1'"):
        known_words(vectors, {"a": ["wrod1"], "b": ["zzzzzz"]})
    with pytest.raises(InputError, match="no words in the groups"):
        known_words(vectors, {})


def shown_colours(axes, count):
    """Colour of each point drawn, by its rank in frequency."""
    colours = {}
    for points in axes.collections:
        for (x, y), colour in zip(points.get_offsets(), points.get_facecolors()):
            colours[round(x, 9), round(y, 9)] = to_hex(colour).upper()
    assert len(colours) == count
    return colours


def test_words_take_the_colour_of_their_list_and_others_are_grey(vectors):
    groups = {"first": ["word0", "word5"], "second": ["word7"]}
    axes = plot_map(vectors, top=10, groups=groups)
    colours = list(shown_colours(axes, 10).values())
    assert sorted(map(colours.count, (PALETTE[0], PALETTE[1], OTHERS))) == [1, 2, 7]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "first", "second", "seen 51 times", "seen 60 times",
    ]  # fmt: skip
    labels = {text.get_text(): text.get_color() for text in axes.texts}
    assert labels["word0"] == labels["word5"] != labels["word7"]


def test_groups_alone_choose_the_words(vectors):
    axes = plot_map(vectors, groups={"a": ["word50", "word3"], "b": ["word4", "word59"]})
    assert {text.get_text() for text in axes.texts} == {"word50", "word3", "word4", "word59"}


def test_groups_differ_in_shape_too(vectors):
    axes = plot_map(vectors, groups={f"g{i}": [f"word{i}"] for i in range(10)}, sizes="equal")
    assert len(axes.collections) == len(MARKERS)  # a collection for each marker
    markers = [handle.get_marker() for handle in axes.get_legend().legend_handles]
    assert markers == [*MARKERS, *MARKERS[:3]]


def test_clusters_have_names_and_sizes_are_explained(vectors):
    axes = plot_map(vectors, clusters=3)
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(names) == 5
    for name in names[:3]:
        assert all(word in vectors for word in name.split(", "))
    assert names[3:] == ["seen 1 time", "seen 60 times"]
    assert plot_map(vectors, clusters=1, sizes="equal").get_legend() is None


def test_a_cluster_is_named_by_what_tells_it_from_the_others():
    rows = np.eye(3)[[0] * 20 + [1] * 20] + 0.01 * np.arange(40)[:, None] * [0, 0, 1]
    rows[[0, 20]] = [[1, 0.9, 0], [0.9, 1, 0]]  # the commonest words of both are near both centres
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    groups = groups_by_clusters([f"w{i}" for i in range(40)], rows, 2, seed=1)
    named = [{int(word[1:]) for word in name.split(", ")} for name in groups.names]
    assert [len(words) for words in named] == [3, 3]
    firsts, seconds = sorted(named, key=min)
    assert firsts <= set(range(1, 12))  # of the common third, without the one between
    assert seconds <= set(range(21, 32))


def test_names_that_look_like_formulas_stay_text(vectors, tmp_path):
    from wordvec.plots import save_figure

    axes = plot_map(vectors, groups={"$a^b$": ["word1", "word2"], "c": ["word3"]})
    save_figure(axes, tmp_path / "map.svg")
    assert "$a^b$</text>" in (tmp_path / "map.svg").read_text(encoding="utf-8")
