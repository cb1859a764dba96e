"""Questions of WordVectors beyond the oldest ones: lists, directions, and every form the rows are kept in."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from wordvec.errors import ArgumentError, InputError, OptionError, ShapeError, UnknownWordError
from wordvec.vectors import WordVectors, search
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.rows import narrow_rows
from wordvec.vectors.search import cosines

LATTICE = {
    "man": [0, 0, 1],
    "king": [1, 0, 1],
    "woman": [0, 1, 1],
    "queen": [1, 1, 1],
    "apple": [0, 0, -1],
}


@pytest.fixture
def lattice() -> WordVectors:
    return WordVectors(list(LATTICE), np.array(list(LATTICE.values()), np.float32))


def kept_as(dtype, matrix: np.ndarray) -> WordVectors:
    words = [f"w{row}" for row in range(len(matrix))]
    kept, scales = narrow_rows(matrix.astype(np.float32), np.dtype(dtype))
    return WordVectors(words, kept, scales=scales)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8])
@pytest.mark.parametrize("queries", [1, 3])
def test_cosines_are_those_of_the_kept_rows_in_float64(dtype, queries):
    rng = np.random.default_rng(4)
    vectors = kept_as(dtype, rng.normal(size=(5000, 7)) * rng.uniform(0.01, 9, (5000, 1)))
    rows = vectors.rows(slice(None)).astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    targets = rows[:queries].astype(np.float32)
    for chosen in (slice(0, 5000), slice(4090, 4200), np.array([0, 17, 4096, 4999])):
        np.testing.assert_allclose(cosines(vectors, targets, chosen), targets @ rows[chosen].T, atol=1e-6)


def test_a_search_makes_no_copy_of_the_matrix(monkeypatch):
    monkeypatch.setattr(WordVectors, "unit", property(lambda _: pytest.fail("the rows of length 1 were made")))
    vectors = kept_as(np.int8, np.random.default_rng(4).normal(size=(300, 7)))
    vectors.most_similar("w1")
    vectors.analogy("w1", "w2", "w3", method="3cosmul")
    vectors.rank("w1", "w2")
    vectors.doesnt_match(["w1", "w2", "w3"])
    assert vectors.similarity("w1", "w1") == pytest.approx(1)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_lengths_at_the_ends_of_float32_do_not_spoil_a_block(dtype):
    matrix = np.random.default_rng(4).normal(size=(50, 5))
    plain = WordVectors([f"w{i}" for i in range(50)], matrix)
    factors = np.ones((50, 1))
    factors[[3, 8]] = [[1e-6], [1e4]] if dtype == np.float16 else [[1e-36], [1e36]]
    vectors = WordVectors(plain.words, (matrix * factors).astype(dtype))
    for word in ("w3", "w8", "w9"):
        expected = dict(plain.most_similar(word, k=49))
        found = dict(vectors.most_similar(word, k=49))
        tolerance = 0.05 if dtype == np.float16 else 1e-5  # float16 keeps few bits of what is that short
        assert found == {other: pytest.approx(score, abs=tolerance) for other, score in expected.items()}


def test_n_similarity_by_hand(lattice):
    unit = {word: np.array(vector) / np.linalg.norm(vector) for word, vector in LATTICE.items()}
    some, others = unit["man"] + unit["king"], unit["woman"] + unit["queen"] + unit["queen"]
    expected = some @ others / np.linalg.norm(some) / np.linalg.norm(others)
    assert lattice.n_similarity(["man", "king"], ["woman", "queen", "queen"]) == pytest.approx(expected, rel=1e-6)
    assert lattice.n_similarity(["man", np.array([2.0, 0, 2])], ["man", "king"]) == pytest.approx(1)
    assert lattice.n_similarity(["man", "apple"], ["king"]) == 0.0  # they cancel
    assert lattice.n_similarity(iter(["man", "king"]), iter(["man", "king"])) == pytest.approx(1)
    for wrong in ([], "king"):
        with pytest.raises(OptionError, match="two lists of at least one word"):
            lattice.n_similarity(["man"], wrong)


def test_closer_than_by_hand(lattice):
    half, third = pytest.approx(np.sqrt(1 / 2)), pytest.approx(np.sqrt(1 / 3))
    assert lattice.closer_than("man", "apple") == [("king", half), ("woman", half), ("queen", third)]
    assert lattice.closer_than("man", "queen") == [("king", half), ("woman", half)]
    assert lattice.closer_than("man", "woman") == []  # king is as close, not closer
    assert lattice.closer_than("man", "man") == []
    with pytest.raises(UnknownWordError):
        lattice.closer_than("man", "men")


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8])
def test_rank_counts_what_is_closer_in_any_form(dtype):
    vectors = kept_as(dtype, np.random.default_rng(8).normal(size=(200, 4)))
    order = [word for word, _ in vectors.most_similar("w0", k=199)]
    for place in (0, 1, 50, 198):
        assert vectors.rank("w0", order[place]) == place + 1
        assert [word for word, _ in vectors.closer_than("w0", order[place])] == order[:place]


def test_rank_tells_apart_what_float32_cannot():
    """Cosines with w0 that differ in the ninth decimal."""
    angles = np.array([0.0, 0.5, 0.5 - 1e-7, 0.5 + 1e-7, 0.5])
    vectors = WordVectors([f"w{i}" for i in range(5)], np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert [vectors.rank("w0", f"w{i}") for i in (2, 1, 4, 3)] == [1, 2, 2, 4]


def test_pair_direction_by_hand(lattice):
    unit = {word: np.array(vector) / np.linalg.norm(vector) for word, vector in LATTICE.items()}
    step = unit["king"] - unit["man"]
    expected = {}
    for word in ("queen", "apple"):
        away = unit[word] - unit["woman"]
        expected[word] = step @ away / np.linalg.norm(step) / np.linalg.norm(away)
    found = lattice.analogy("man", "king", "woman", method="pair-direction")
    assert found == [(word, pytest.approx(score, rel=1e-5)) for word, score in expected.items()]


def test_pair_direction_of_copies_and_zeros_is_zero():
    words = ["a", "b", "c", "copy of c", "zero"]
    matrix = np.array([[1.0, 0.0], [0.0, 1.0], [-0.6, -0.8], [-1.2, -1.6], [0.0, 0.0]])
    found = dict(WordVectors(words, matrix).analogy("a", "b", "c", method="pair-direction"))
    assert found == {"copy of c": 0.0, "zero": 0.0}
    with pytest.raises(InputError, match="points nowhere"):
        WordVectors(words, matrix).analogy("c", "copy of c", "a", method="pair-direction")


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul", "pair-direction"])
def test_analogies_do_not_depend_on_the_blocks(method, monkeypatch):
    vectors = kept_as(np.float32, np.random.default_rng(8).normal(size=(200, 4)))
    whole = vectors.analogy("w1", "w2", "w3", method=method)
    monkeypatch.setattr(search, "ROWS", 7)
    assert [word for word, _ in vectors.analogy("w1", "w2", "w3", method=method)] == [word for word, _ in whole]
    among = [word for word, _ in whole[::2]]
    assert [word for word, _ in vectors.analogy("w1", "w2", "w3", method=method, among=among)] == among


def test_many_questions_at_once_are_each_answered_as_if_alone(lattice):
    questions = [("man", []), (["king", "woman"], "man"), ([np.array([1.0, 0, 0])], ["apple", "man"])]
    for found, question in zip(lattice.most_similar_each(questions, k=3), questions):
        alone = lattice.most_similar(*question, k=3)
        assert found == [(word, pytest.approx(score, abs=1e-6)) for word, score in alone]
    assert lattice.most_similar_each([]) == []


def test_zero_vectors_in_questions(lattice):
    zero = np.zeros(3)
    with pytest.raises(InputError, match="nearest: the vector is zero"):
        lattice.nearest(zero)
    with pytest.raises(InputError, match="a vector: the sum is the zero vector"):
        lattice.most_similar([zero])
    assert lattice.nearest_to_each([zero, "man", zero], k=1)[::2] == [[], []]
    assert lattice.nearest_to_each([zero, "man"], k=1)[1][0][0] == "king"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_questions_with_nan_are_refused(lattice, bad):
    for ask in (lattice.nearest, lattice.most_similar, lambda v: lattice.similarity("man", v)):
        with pytest.raises(InputError, match="holds nan or infinity"):
            ask(np.array([1.0, bad, 0.0]))


def test_answers_are_lists_that_show_as_tables(lattice):
    found = lattice.most_similar("man", k=2)
    assert isinstance(found, Neighbours)
    assert isinstance(found, list)
    assert found == list(found)
    assert "king" in found._repr_html_()
    assert "5 words" in lattice._repr_html_()


@pytest.mark.parametrize(
    ("name", "hint"),
    [("wv", "these are the vectors already"), ("key_to_index", r"\.word_ids"), ("vectors", r"\.matrix")],
)
def test_names_of_gensim_say_what_to_use_instead(lattice, name, hint):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; .*{hint}"):
        getattr(lattice, name)
    assert not hasattr(lattice, name)


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda v: type(v).load("v.bin", binary=True), "load has no argument 'binary': .* recognized by content"),
        (lambda v: v.save("v.bin", binary=True), "save has no argument 'binary': .* format='word2vec-binary'"),
        (lambda v: type(v).load("v", mmap="r"), "load has no argument 'mmap': leave it out"),
    ],
)
def test_arguments_of_gensims_files_say_what_to_write_instead(lattice, call, hint):
    with pytest.raises(ArgumentError, match=hint):
        call(lattice)
    with pytest.raises(TypeError, match="nonsense"):
        lattice.save("v.bin", nonsense=1)


def test_other_unknown_names_get_no_hint(lattice):
    with pytest.raises(AttributeError, match=r"has no attribute 'nonsense'$"):
        lattice.nonsense  # noqa: B018


def test_load_takes_what_the_function_takes_with_the_same_defaults(lattice, tmp_path):
    from wordvec.vectors.word_vectors import WordVectors

    method, function = (inspect.signature(one).parameters.values() for one in (WordVectors.load, WordVectors.load))
    assert [(p.name, p.kind, p.default) for p in method] == [(p.name, p.kind, p.default) for p in function]
    lattice.save(tmp_path / "v.bin")
    small = WordVectors.load(tmp_path / "v.bin", limit=3, dtype="int8", strict=True)
    assert (len(small), small.matrix.dtype) == (3, np.int8)
    assert small.most_similar("king", k=1)[0][0] == "man"


@pytest.mark.parametrize("wrong", [1, None, 1.5, True, Ellipsis, np.int64(1)])
def test_what_is_no_word_is_said_to_be_none(lattice, wrong):
    for ask in (
        lambda: lattice.most_similar(wrong),
        lambda: lattice.most_similar("man", negative=wrong),
        lambda: lattice.doesnt_match(wrong),
        lambda: lattice.analogy(wrong, "man", "king"),
        lambda: lattice.similarity(wrong, "man"),
    ):
        with pytest.raises((OptionError, ShapeError), match="a word"):
            ask()


@pytest.mark.parametrize("pattern", [1, b"m", ["m"], {"m"}])
def test_a_pattern_is_a_text(lattice, pattern):
    with pytest.raises(OptionError, match="is not a regular expression"):
        lattice.most_similar("man", pattern=pattern)


def test_a_word_whose_vector_is_zero_is_named_as_such():
    vectors = WordVectors(["tea", "rare"], np.array([[1.0, 0.0], [0.0, 0.0]]))
    with pytest.raises(InputError, match="'rare': its vector is zero, which points nowhere: perhaps no context"):
        vectors.most_similar("rare")
    with pytest.raises(InputError, match=r"'tea', 'tea': the sum is the zero vector, which points nowhere$"):
        vectors.most_similar("tea", negative=["tea"])


def test_words_are_not_taken_letter_by_letter():  # even where the letters are words
    vectors = WordVectors(["a", "b", "ab"], np.eye(3))
    with pytest.raises(OptionError, match="items: give a list of words, not one text; got 'ab'"):
        vectors.nearest_to_each("ab")
    for questions in (["ab", "ba"], "ab"):
        with pytest.raises(OptionError, match=r"takes pairs \(positive, negative\); for words: nearest_to_each"):
            vectors.most_similar_each(questions)
