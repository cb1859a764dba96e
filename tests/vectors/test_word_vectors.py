from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from wordvec.errors import InputError, OptionError, ShapeError, UnknownWordError
from wordvec.vectors import WordVectors
from wordvec.vectors.gensim_names import GENSIM_NAMES

# A lattice: royal and female add up, so king - man + woman is queen exactly.
ROYAL, FEMALE, OTHER = np.eye(3)
LATTICE = {
    "man": OTHER,
    "king": OTHER + ROYAL,
    "woman": OTHER + FEMALE,
    "queen": OTHER + ROYAL + FEMALE,
    "apple": -OTHER,
}


@pytest.fixture
def lattice() -> WordVectors:
    return WordVectors(list(LATTICE), np.array(list(LATTICE.values())), info={"trainer": "SVD"})


def test_what_it_holds(lattice):
    assert len(lattice) == 5
    assert "king" in lattice and "King" not in lattice and 3 not in lattice
    assert list(lattice) == list(LATTICE)
    np.testing.assert_array_equal(lattice["king"], [1, 0, 1])
    assert lattice.matrix.dtype == np.float32
    assert repr(lattice) == "WordVectors(5 words, 3 dimensions, SVD)"


@pytest.mark.parametrize("name", ["matrix", "words"])
def test_rows_and_words_are_not_exchanged_behind_what_was_computed_from_them(lattice, name):
    lattice.most_similar("king", k=1)
    with pytest.raises(AttributeError, match=rf"{name} cannot be exchanged: make new vectors, such as WordVectors\("):
        setattr(lattice, name, getattr(lattice, name)[::-1])
    lattice.info, lattice.counts = {}, np.arange(5)  # nothing was made from these


def test_a_frame_of_objects_and_a_sparse_matrix_get_a_way_out():
    for rows in (np.ones((2, 2), object), sparse.csr_array(np.ones((2, 2)))):
        with pytest.raises(ShapeError, match=r"got object of shape .*; of a data frame give .to_numpy\('float32'\)"):
            WordVectors(["a", "b"], rows)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_copies_and_pickles_are_read_only_too(lattice, again):
    expected = lattice.most_similar("king")
    made = again(lattice)
    with pytest.raises(ValueError, match="read-only"):
        made.matrix[0] = 9  # lengths are known already
    assert made.most_similar("king") == expected and made.words == lattice.words
    with pytest.raises(AttributeError, match="cannot be exchanged"):
        made.matrix = np.ones((5, 3))


def test_the_matrix_is_neither_copied_nor_writable():
    matrix = np.ones((2, 2), np.float32)
    vectors = WordVectors(["a", "b"], matrix)
    assert np.shares_memory(vectors.matrix, matrix)
    with pytest.raises(ValueError, match="read-only"):
        vectors["a"][0] = 2
    matrix[0] = 0  # the caller's own array stays writable


def test_similarity_by_hand(lattice):
    assert lattice.similarity("king", "man") == pytest.approx(1 / np.sqrt(2))
    assert lattice.similarity("king", "queen") == pytest.approx(2 / np.sqrt(6))
    assert lattice.similarity("man", "apple") == -1.0
    assert lattice.similarity("king", "king") == pytest.approx(1)
    assert lattice.similarity("king", np.array([0, 5, 0])) == 0.0


def test_most_similar_by_hand(lattice):
    assert lattice.most_similar("man", k=2) == [
        ("king", pytest.approx(1 / np.sqrt(2))),
        ("woman", pytest.approx(1 / np.sqrt(2))),
    ]
    words = [word for word, _ in lattice.most_similar("man", k=99)]
    assert words == ["king", "woman", "queen", "apple"]  # itself left out, all others there, ties in row order
    assert lattice.most_similar(["king", "woman"], "man", k=1)[0][0] == "queen"
    assert lattice.most_similar([np.array([0.0, 0.0, -7.0])], k=1) == [("apple", 1.0)]
    assert lattice.most_similar([], ["man"], k=1) == [("apple", 1.0)]


def arrays_of(words):
    yield np.array(words)
    yield np.array(words, object)
    if hasattr(np.dtypes, "StringDType"):  # numpy 2
        yield np.array(words, np.dtypes.StringDType())


def test_arrays_of_words_are_words(lattice):
    pandas = pytest.importorskip("pandas")
    words = ["man", "king", "apple"]
    for array in arrays_of(words):
        assert lattice.doesnt_match(array) == "apple"
        assert lattice.most_similar(array[:2], array[:1], k=1) == lattice.most_similar(words[:2], words[:1], k=1)
        np.testing.assert_array_equal(lattice[array], lattice[words])
    for ordered in (pandas.Series(words), pandas.Index(words), dict.fromkeys(words).keys(), iter(words)):
        np.testing.assert_array_equal(lattice[ordered], lattice[words])
    np.testing.assert_array_equal(lattice[np.array("king")], lattice["king"])
    for unordered in (set(words), {"man": 1}):
        with pytest.raises(OptionError, match="a word is a str; got"):
            lattice[unordered]


def test_what_is_no_word_among_the_words_is_named(lattice):
    for wrong in (np.arange(5) < 2, [1, 2], [b"king"]):
        with pytest.raises(OptionError, match=r"among: give words .* got .* first; .* give np.flatnonzero\(mask\)"):
            lattice.most_similar("king", among=wrong)
    assert len(lattice.most_similar("king", among=["man", None, float("nan")])) == 1


def test_nearest_leaves_nothing_out(lattice):
    assert lattice.nearest(lattice["queen"], k=1) == [("queen", pytest.approx(1))]
    assert lattice.nearest(np.float64([1, 1, 1]), k=1)[0][0] == "queen"


def test_nearest_to_each_is_most_similar_for_each(lattice):
    answers = lattice.nearest_to_each(["man", "queen", np.array([0, 0, -1])], k=2)
    assert answers[:2] == [lattice.most_similar("man", k=2), lattice.most_similar("queen", k=2)]
    assert answers[2][0] == ("apple", 1.0)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_analogy_on_the_lattice(method):
    fruit = {**LATTICE, "pear": np.array([-0.1, -0.1, 1.0])}
    del fruit["apple"]  # the opposite of man, which 3cosmul would prefer: it divides by the cosine with man
    lattice = WordVectors(list(fruit), np.array(list(fruit.values())))
    assert lattice.analogy("man", "king", "woman", k=1, method=method)[0][0] == "queen"
    assert lattice.analogy("woman", "man", "queen", k=1, method=method)[0][0] == "king"
    answers = [word for word, _ in lattice.analogy("man", "king", "woman", method=method)]
    assert answers == ["queen", "pear"]


def test_3cosadd_score_by_hand(lattice):
    unit = {word: vector / np.linalg.norm(vector) for word, vector in LATTICE.items()}
    target = unit["king"] - unit["man"] + unit["woman"]
    expected = target @ unit["queen"] / np.linalg.norm(target)
    assert lattice.analogy("man", "king", "woman")[0][1] == pytest.approx(expected, rel=1e-6)


def test_3cosmul_score_by_hand(lattice):
    def positive(a, b):
        return (1 + LATTICE[a] @ LATTICE[b] / np.linalg.norm(LATTICE[a]) / np.linalg.norm(LATTICE[b])) / 2

    expected = positive("queen", "king") * positive("queen", "woman") / (positive("queen", "man") + 0.001)
    assert dict(lattice.analogy("man", "king", "woman", method="3cosmul"))["queen"] == pytest.approx(expected, rel=1e-5)


def test_rank_by_hand(lattice):
    assert lattice.rank("man", "man") == 0
    assert lattice.rank("man", "king") == lattice.rank("man", "woman") == 1  # equals share a rank
    assert lattice.rank("man", "queen") == 3
    assert lattice.rank("man", "apple") == 4


def test_rank_agrees_with_most_similar():
    rng = np.random.default_rng(3)
    vectors = WordVectors([f"w{i}" for i in range(50)], rng.normal(size=(50, 7)))
    for place, (word, _) in enumerate(vectors.most_similar("w7", k=49), start=1):
        assert vectors.rank("w7", word) == place


def test_rank_of_a_copy_of_the_row_is_one():
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(40_000, 9)).astype(np.float32)
    matrix[39_999] = matrix[20_000] = matrix[3]
    vectors = WordVectors([str(i) for i in range(40_000)], matrix)
    assert vectors.rank("3", "39999") == vectors.rank("3", "20000") == 1
    assert vectors.rank("39999", "3") == 1


def test_doesnt_match(lattice):
    assert lattice.doesnt_match(["king", "apple", "queen"]) == "apple"
    with pytest.raises(OptionError, match="at least three"):
        lattice.doesnt_match(["king", "queen"])
    with pytest.raises(OptionError, match="at least three"):
        lattice.doesnt_match("king")


def test_zero_rows_give_no_nan():
    vectors = WordVectors(["zero", "a", "b", "c"], np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [-1.0, 0.0]]))
    assert vectors.similarity("zero", "a") == vectors.similarity("zero", "zero") == 0.0
    assert vectors.most_similar("a") == [("b", pytest.approx(1 / np.sqrt(2))), ("zero", 0.0), ("c", -1.0)]
    assert vectors.rank("a", "zero") == 2
    assert vectors.doesnt_match(["zero", "a", "b"]) == "zero"
    assert dict(vectors.analogy("zero", "a", "b", method="3cosmul"))["c"] == 0.0
    with pytest.raises(InputError, match="'zero': its vector is zero"):
        vectors.most_similar("zero")
    with pytest.raises(InputError, match="points nowhere"):
        vectors.most_similar(["a", "b"], ["b", "a"])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_named(bad):
    vectors = WordVectors(["a", "b"], np.array([[1.0, 2.0], [3.0, bad]]))
    with pytest.raises(InputError, match=r"'b' \(row 1\)"):
        vectors.most_similar("a")
    with pytest.raises(InputError, match="nan or infinity"):
        WordVectors(["a"], np.ones((1, 2))).nearest(np.array([bad, 1.0]))


def test_extreme_lengths_survive():
    vectors = WordVectors(["huge", "tiny"], np.array([[3e38, 3e38], [1e-44, 1e-44]], np.float32))
    assert vectors.similarity("huge", "tiny") == pytest.approx(1)


def test_unit_rows_are_not_copied_when_already_unit():
    unit = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 0.0]], np.float32)
    assert np.shares_memory(WordVectors(["a", "b", "c"], unit).unit, unit)
    half = WordVectors(["a", "b", "c"], unit.astype(np.float16))
    assert half.matrix.dtype == np.float16
    assert half.unit.dtype == np.float32


def test_unknown_words_are_explained(lattice):
    with pytest.raises(UnknownWordError, match=r"'King' is not among the 5 words .* did you mean 'king'") as caught:
        lattice.similarity("King", "man")
    assert caught.value.suggestions[0] == "king"
    with pytest.raises(UnknownWordError, match=r"'quen'.*'queen'"):
        lattice.most_similar("quen")
    with pytest.raises(UnknownWordError, match=r"'Quen'.*'queen'"):
        lattice.most_similar("Quen")
    with pytest.raises(KeyError):
        lattice["zzz"]
    with pytest.raises(OptionError, match="a word is a str; got int"):
        lattice[0]


@pytest.mark.parametrize("k", [0, -1, 2.5])
def test_k_must_be_positive(lattice, k):
    with pytest.raises(OptionError, match="at least 1"):
        lattice.most_similar("man", k=k)


@pytest.mark.parametrize("vector", [np.ones(2), np.ones((3, 1)), np.array(["a", "b", "c"]), 1.5])
def test_vectors_of_another_shape_are_refused(lattice, vector):
    with pytest.raises(ShapeError, match="a vector of 3 numbers"):
        lattice.similarity("man", vector)


def test_other_bad_questions(lattice):
    with pytest.raises(OptionError, match="3cosadd, 3cosmul, pair-direction; got 'cosadd'"):
        lattice.analogy("man", "king", "woman", method="cosadd")
    with pytest.raises(OptionError, match="at least one"):
        lattice.most_similar([])


@pytest.mark.parametrize(
    ("words", "changes", "error", "message"),
    [
        (["a", "a"], {}, InputError, "'a' appears twice, in rows 0 and 1"),
        ({"a", "b"}, {}, InputError, "in the order of the rows; got a set of 2"),
        ({"a": 1, "b": 0}, {}, InputError, r"in the order of the rows, such as sorted\(words, key=words.get\)"),
        (None, {}, InputError, "in the order of the rows; got None"),
        (["a", "b"], {"matrix": np.ma.masked_less(np.eye(2), 1)}, ShapeError, "is a masked array"),
        (["a", ""], {}, InputError, "row 1 must be a str that is not empty"),
        (["a", b"b"], {}, InputError, "row 1 must be a str"),
        (["a"], {}, ShapeError, "one row for each of the 1 words"),
        (["a", "b"], {"matrix": np.ones((2, 0))}, ShapeError, "at least one"),
        (["a", "b"], {"matrix": np.array([["x"], ["y"]])}, ShapeError, "numbers"),
        (["a", "b"], {"counts": np.array([1.5, 2.5])}, ShapeError, "integers"),
        (["a", "b"], {"counts": np.array([1])}, ShapeError, "counts"),
        (["a", "b"], {"counts": np.array([1, -1])}, ShapeError, "negative; row 1"),
        (["a", "b"], {"context_matrix": np.ones((3, 2))}, ShapeError, "context_matrix"),
        ([], {"matrix": np.ones((0, 2))}, ShapeError, "at least one"),
    ],
)
def test_what_does_not_fit_is_refused(words, changes, error, message):
    with pytest.raises(error, match=message):
        WordVectors(words, **{"matrix": np.ones((2, 2)), **changes})


@settings(max_examples=60, deadline=None)
@given(
    matrix=hnp.arrays(
        np.float32, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=st.sampled_from([-1, 0, 1, 2])
    ),
    k=st.integers(1, 14),
)
def test_search_equals_sorting(matrix, k):
    vectors = WordVectors([f"w{i}" for i in range(len(matrix))], matrix)
    target = np.ones(matrix.shape[1])
    cosines = [vectors.similarity(word, target) for word in vectors]
    expected = sorted(zip(vectors, cosines), key=lambda pair: -pair[1])[:k]
    found = vectors.nearest(target, k)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-6)
    assert len(dict(found)) == len(expected)


def test_ids_of_gives_one_row_for_each_word_or_says_which_has_none(lattice):
    words = list(lattice.words)[:3]
    assert lattice.ids_of(words[::-1]).tolist() == [2, 1, 0]
    assert lattice.ids_of([words[1], "zzz"], missing=-1).tolist() == [1, -1]
    with pytest.raises(UnknownWordError, match="'zzz'"):
        lattice.ids_of([words[0], "zzz", words[1]])
    with pytest.raises(OptionError, match="give a list of words"):
        lattice.ids_of(words[0])
    assert lattice.known_ids([words[2], "zzz", lattice.matrix[0], words[0]]) == [2, 0]


def test_a_list_of_words_gives_their_rows(lattice):
    words = list(lattice.words)[:2]
    np.testing.assert_array_equal(lattice[words], lattice.matrix[:2])
    np.testing.assert_array_equal(lattice[np.array(words)], lattice.matrix[:2])
    assert lattice[[]].shape == (0, lattice.dim)
    with pytest.raises(UnknownWordError, match="'zzz'"):
        lattice[[words[0], "zzz"]]
    np.testing.assert_array_equal(lattice.get(words[0]), lattice.matrix[0])
    assert lattice.get("zzz", 7) == 7


def test_numpy_sees_the_matrix(lattice):
    assert np.shares_memory(np.asarray(lattice), lattice.matrix)
    assert np.asarray(lattice, np.float64).dtype == np.float64
    assert not np.shares_memory(np.array(lattice), lattice.matrix)
    narrow = WordVectors(["a"], np.array([[127, -127]], np.int8), scales=np.array([2.0], np.float32))
    assert np.asarray(narrow).tolist() == [[254.0, -254.0]]


def test_weights(lattice):
    a, b = list(lattice.words)[:2]
    assert lattice.most_similar([(a, 1.0), (b, 1)]) == lattice.most_similar([a, b])
    nearest = lattice.most_similar([(a, 3.0), (b, np.float32(0.1))], k=5)
    assert a not in dict(nearest)
    assert b not in dict(nearest)
    assert lattice.most_similar((a, 2.0)) == lattice.most_similar(a)
    with pytest.raises(OptionError, match="a weight must be a number"):
        lattice.most_similar([(a, float("nan"))])


@pytest.mark.parametrize("name", GENSIM_NAMES)
def test_every_name_of_gensim_has_a_hint_here(lattice, name):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; "):
        getattr(lattice, name)
    with pytest.raises(AttributeError, match=f"the class WordVectors has no attribute '{name}'; "):
        getattr(WordVectors, name)


def test_words_from_numpy_are_plain_strings():
    words = WordVectors(np.array(["a", "b"]), np.eye(2)).words
    assert [type(word) for word in words] == [str, str]
    assert [type(word) for word in WordVectors([np.str_("a")], np.ones((1, 2))).words] == [str]
