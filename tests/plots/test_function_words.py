from itertools import product

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.plots import plot_beside, plot_map
from wordvec.plots.projection import function_words
from wordvec.trainers.neural_options import PRESETS
from wordvec.vectors import WordVectors

LETTERS = str.maketrans("0123456789", "abcdefghij")  # words of a language have no digits
GRAMMAR = [f"of{i}".translate(LETTERS) for i in range(20)]
CONTENT = [f"thing{i}".translate(LETTERS) for i in range(480)]


@pytest.fixture(scope="module")
def vectors():
    """500 words by falling frequency: the first 20 are used like each other, the next 20 like rare words."""
    rng = np.random.default_rng(4)
    centres = np.vstack([np.eye(21)[:20], np.eye(21)[20:]])
    topic = np.concatenate([np.full(20, 20), np.arange(480) % 20])
    matrix = centres[topic] + rng.normal(scale=0.1, size=(500, 21))
    return WordVectors(GRAMMAR + CONTENT, matrix, counts=np.sort(rng.zipf(1.5, 500))[::-1] * 3)


def names(vectors, ids):
    return [vectors.words[i] for i in ids]


def test_common_words_used_like_common_words_are_found(vectors):
    assert names(vectors, function_words(vectors)) == GRAMMAR


def test_only_the_order_by_frequency_and_directions_count(vectors):
    without = WordVectors(vectors.words, 7 * vectors.matrix)
    assert names(without, function_words(without)) == GRAMMAR
    shuffled = np.random.default_rng(5).permutation(500)
    other = WordVectors([vectors.words[i] for i in shuffled], vectors.unit[shuffled], 1000 - np.sort(shuffled))
    counted = WordVectors(other.words, other.matrix, counts=1000 - shuffled)
    assert names(counted, function_words(counted)) == GRAMMAR
    assert names(other, function_words(other)) != GRAMMAR  # the order was lost


@pytest.mark.parametrize("words", [3, 99])
def test_of_few_words_none_is_left_out(vectors, words):
    few = WordVectors(vectors.words[:words], vectors.matrix[:words], counts=vectors.counts[:words])
    assert len(function_words(few)) == 0


def test_documents_are_no_words(vectors):
    rows = WordVectors(vectors.words, vectors.matrix, info={"documents": {"documents": 500}})
    assert len(function_words(rows)) == 0


def test_items_of_sessions_and_nodes_of_walks_are_no_words(vectors):
    items = WordVectors(vectors.words, vectors.matrix, info={"parameters": {"window": "sentence"}})
    assert len(function_words(items)) == 0
    of_walks = {name: value for name, value in PRESETS["walks"].items() if name != "window"}
    assert len(function_words(WordVectors(vectors.words, vectors.matrix, info={"parameters": of_walks}))) == 0
    assert len(function_words(WordVectors(vectors.words, vectors.matrix, info={"parameters": {"subsample": 0.0}}))) > 0
    for info in ({"parameters": {"window": 5}}, {"parameters": "lost"}):
        words = WordVectors(vectors.words, vectors.matrix, info=info)
        assert names(words, function_words(words)) == GRAMMAR


BASES = ["".join(letters) for k in (3, 4, 5) for letters in product("acgt", repeat=k)][:500]
RESIDUES = ["".join(letters) for letters in product("ACDEFGHIKLMNPQRSTVWY", repeat=3)][:480]


@pytest.mark.parametrize(
    "words",
    [
        BASES,
        [word.upper() for word in BASES],
        [*RESIDUES, *(f"{word}X" for word in RESIDUES[:20])],
        [f"E{i}.{i % 10}" for i in range(500)],
        [*CONTENT[:240], *map(str, range(260))],
    ],
    ids=["DNA", "capitals", "proteins", "codes", "numbers"],
)
def test_what_is_no_language_has_no_function_words(vectors, words):
    assert len(function_words(WordVectors(words, vectors.matrix))) == 0
    assert drawn(plot_map(WordVectors(words, vectors.matrix), top=100)) == 100


@pytest.mark.parametrize(
    "words",
    [
        [chr(0x4E00 + i) for i in range(500)],  # Chinese by characters
        [chr(0x4E00 + i % 70) * (1 + i // 70) for i in range(490)] + [f"{year}年" for year in range(10)],
        [*GRAMMAR, *CONTENT[:300], *map(str, range(180))],
        [*GRAMMAR, *(f"{word}," for word in CONTENT)],
    ],
)
def test_languages_have_them(vectors, words):
    made = WordVectors(words, vectors.matrix)
    assert names(made, function_words(made)) == words[:20]


@pytest.mark.parametrize(
    "info, title",
    [
        ({"documents": {"documents": 500}}, "9 documents, PCA"),
        ({"parameters": {"window": "sentence"}}, "9 items, PCA"),
        ({}, "9 words, PCA"),
    ],
)
def test_the_title_of_a_map_says_what_its_dots_are(vectors, info, title):
    rows = WordVectors(vectors.words, vectors.matrix, info=info)
    assert plot_map(rows, words=CONTENT[:9]).get_title(loc="left").startswith(title)


def test_zero_and_equal_rows_do_no_harm():
    for matrix in (np.zeros((200, 3)), np.ones((200, 3))):
        assert len(function_words(WordVectors([f"w{i}" for i in range(200)], matrix))) < 200


def drawn(axes):
    return sum(len(points.get_offsets()) for points in axes.collections)


def test_a_map_of_the_commonest_words_passes_them_over_and_says_so(vectors):
    axes = plot_map(vectors, top=100)
    assert drawn(axes) == 100
    assert not {text.get_text() for text in axes.texts} & set(GRAMMAR)
    assert axes.get_title(loc="right").endswith("labelled; 20 function words left out")
    axes = plot_map(vectors, top=100, with_function_words=True)
    assert {text.get_text() for text in axes.texts} & set(GRAMMAR)
    assert "left out" not in axes.get_title(loc="right")


def test_words_asked_for_by_name_are_drawn(vectors):
    axes = plot_map(vectors, words=[*GRAMMAR[:3], CONTENT[7]])
    assert {text.get_text() for text in axes.texts} == {*GRAMMAR[:3], CONTENT[7]}
    axes = plot_map(vectors, top=60, groups={"grammar": GRAMMAR[:5], "things": CONTENT[:5]})
    assert {text.get_text() for text in axes.texts} >= set(GRAMMAR[:5])
    assert "15 function words left out" in axes.get_title(loc="right")


def test_two_maps_pass_them_over_too(vectors):
    _, right = plot_beside(vectors, vectors, top=30, clusters=2)
    assert "20 function words left out" in right.texts[0].get_text()
    assert not {text.get_text() for text in right.texts} & set(GRAMMAR)


def test_the_command_says_how_many_and_how_to_see_them(vectors, tmp_path, capsys):
    vectors.save(tmp_path / "v.safetensors")
    plot = ["plot", str(tmp_path / "v.safetensors"), "-o", str(tmp_path / "map.svg"), "--top", "50"]
    assert main(plot) in (None, 0)
    assert "; 20 function words left out (--function-words draws them)" in capsys.readouterr().out
    assert main([*plot, "--function-words"]) in (None, 0)
    assert "left out" not in capsys.readouterr().out
