from __future__ import annotations

import numpy as np
import pytest

from wordvec.errors import OptionError
from wordvec.evaluation import evaluate_analogy, read_analogies
from wordvec.vectors import WordVectors

ROYAL, FEMALE, YOUNG, PERSON = np.eye(4)
LATTICE = {
    "man": PERSON,
    "king": PERSON + ROYAL,
    "woman": PERSON + FEMALE,
    "queen": PERSON + ROYAL + FEMALE,
    "boy": PERSON + YOUNG,
    "girl": PERSON + YOUNG + FEMALE,
    "prince": PERSON + YOUNG + ROYAL,
    "princess": PERSON + YOUNG + ROYAL + FEMALE,
}
QUESTIONS = [
    ("man", "king", "woman", "queen"),
    ("boy", "prince", "girl", "princess"),
    ("man", "boy", "king", "prince"),
    ("man", "woman", "king", "princess"),  # wrong on purpose
]


@pytest.fixture
def lattice() -> WordVectors:
    return WordVectors(list(LATTICE), np.array(list(LATTICE.values())))


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_by_hand(lattice, method):
    result = evaluate_analogy(lattice, [*QUESTIONS, ("man", "king", "cat", "lynx")], method=method)
    assert (result.score, result.items, result.covered) == (0.75, 5, 4)
    assert (result.method, result.restrict_vocab, result.protocol) == (method, 8, "wordvec")
    assert result.ci95 == (0.25, 1.0)
    assert [section.name for section in result.sections] == ["(no section)"]
    assert result.semantic is None and result.syntactic is None


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul", "pair-direction"])
def test_agrees_with_the_query_of_the_same_name(method):
    rng = np.random.default_rng(7)
    vectors = WordVectors([f"w{i}" for i in range(200)], rng.normal(size=(200, 10)))
    words = [[f"w{i}" for i in rng.choice(200, 3, replace=False)] for _ in range(60)]
    expected = [vectors.analogy(a, b, c, k=1, method=method)[0][0] for a, b, c in words]
    assert evaluate_analogy(vectors, [(*q, d) for q, d in zip(words, expected)], method=method).score == 1.0


def test_any_of_several_answers_is_accepted(lattice):
    questions = [("man", "king", "woman", ("lynx", "queen")), ("man", "king", "woman", ("boy", "girl"))]
    result = evaluate_analogy(lattice, [*questions, ("man", "king", "woman", ("lynx", "cat"))])
    assert (result.covered, result.score, result.of_all) == (2, 0.5, 1 / 3)
    assert result.outcomes[:2].tolist() == [1.0, 0.0] and np.isnan(result.outcomes[2])
    assert result.missing == ("lynx", "cat")


def test_vectors_of_any_kind_are_evaluated(lattice):
    half = WordVectors(lattice.words, lattice.matrix.astype(np.float16))
    bytes_ = WordVectors(lattice.words, lattice.matrix.astype(np.int8), scales=np.ones(8, np.float32))
    assert evaluate_analogy(half, QUESTIONS).outcomes.tolist() == [1, 1, 1, 0]
    assert evaluate_analogy(bytes_, QUESTIONS).outcomes.tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize("kept", [0, 2**26])
def test_rows_kept_or_made_block_by_block(lattice, monkeypatch, kept):
    monkeypatch.setattr("wordvec.evaluation.analogy.IN_MEMORY", kept)
    counted = WordVectors(lattice.words, lattice.matrix, np.arange(8))
    assert evaluate_analogy(counted, QUESTIONS).score == 0.75


def test_a_question_word_cannot_be_the_answer(lattice):
    assert evaluate_analogy(lattice, [("man", "man", "king", "king")]).score == 0.0


def test_only_frequent_words_ask_and_answer(lattice):
    first_four = evaluate_analogy(lattice, QUESTIONS, restrict_vocab=4)
    assert (first_four.score, first_four.covered, first_four.restrict_vocab) == (1.0, 1, 4)
    order = ["girl", "boy", "princess", "prince", "queen", "woman", "king", "man"]
    counts = np.array([order.index(word) for word in LATTICE])  # rows not by frequency: the counts decide
    counted = WordVectors(list(LATTICE), lattice.matrix, counts)
    assert evaluate_analogy(counted, QUESTIONS, restrict_vocab=4).score == 1.0
    rare_royals = WordVectors(list(LATTICE), lattice.matrix, 7 - counts)
    young = evaluate_analogy(rare_royals, QUESTIONS, restrict_vocab=4)
    assert (young.score, young.covered) == (1.0, 1)
    assert evaluate_analogy(lattice, QUESTIONS, restrict_vocab=None).covered == 4


def test_case_as_given_within_the_restricted_words():
    words = ["man", "king", "woman", "queen", "King", "x"]
    matrix = np.array([LATTICE.get(word.lower(), -PERSON) for word in words])
    result = evaluate_analogy(WordVectors(words, matrix), [("Man", "King", "WOMAN", "Queen")], restrict_vocab=4)
    assert result.score == 1.0


def test_sections_and_googles_two_kinds(tmp_path, lattice):
    lines = [
        ": family",
        "man woman king queen",
        "boy girl prince lynx",
        ": gram1-young",
        "man boy woman princess",
        ": gram2",
    ]
    path = tmp_path / "google.txt"
    path.write_text("\n".join([*lines, "no such words here"]), encoding="utf-8")
    result = evaluate_analogy(lattice, path)
    shown = [(section.name, section.score, section.items, section.covered) for section in result.sections]
    assert shown == [("family", 1.0, 2, 1), ("gram1-young", 0.0, 1, 1), ("gram2", None, 1, 0)]
    assert (result.name, result.score, result.items, result.covered) == ("google", 0.5, 4, 2)
    assert (result.semantic.score, result.semantic.items, result.semantic.covered) == (1.0, 2, 1)
    assert (result.syntactic.score, result.syntactic.items, result.syntactic.covered) == (0.0, 2, 1)


def test_nothing_evaluated_is_none_and_says_so(lattice):
    result = evaluate_analogy(lattice, [("a", "b", "c", "d")])
    assert result.score is None and result.ci95 is None and result.covered == 0
    assert str(result).startswith("questions: nothing evaluated (0 of 1 questions")
    assert evaluate_analogy(lattice, []).score is None


def test_zero_rows_answer_without_nan(lattice):
    matrix = lattice.matrix.copy()
    matrix[0] = 0
    for method in ("3cosadd", "3cosmul"):
        assert evaluate_analogy(WordVectors(list(LATTICE), matrix), QUESTIONS, method=method).covered == 4


def test_bad_options(lattice):
    with pytest.raises(OptionError, match="method must be one of"):
        evaluate_analogy(lattice, QUESTIONS, method="pairdirection")
    with pytest.raises(OptionError, match="restrict_vocab"):
        evaluate_analogy(lattice, QUESTIONS, restrict_vocab=0)
    with pytest.raises(OptionError, match="protocol"):
        evaluate_analogy(lattice, QUESTIONS, protocol="web")


@pytest.mark.data
def test_googles_set(data_folder):
    path = data_folder / "evaluation" / "questions-words.txt"
    sections = read_analogies(path).sections
    assert len(sections) == 14
    words = sorted({word.lower() for items in sections.values() for question in items for word in question})
    vectors = WordVectors(words, np.random.default_rng(1).normal(size=(len(words), 8)))
    result = evaluate_analogy(vectors, path, restrict_vocab=None)
    assert (result.items, result.covered) == (19_544, 19_544)
    assert (result.semantic.items, result.syntactic.items) == (8_869, 10_675)
    assert result.ci95[0] <= result.score <= result.ci95[1] < 0.1
