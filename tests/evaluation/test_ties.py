"""Vectors that cannot tell words apart score nothing: neither equal rows nor rounding may look like knowledge."""

from __future__ import annotations

import numpy as np
import pytest

from wordvec.errors import InputError
from wordvec.evaluation import evaluate, evaluate_analogy, evaluate_hit_rate, evaluate_similarity
from wordvec.evaluation.files.group_sets import BiasTest, OutlierSet
from wordvec.evaluation.relations import Relation, RelationSet
from wordvec.evaluation.translation import evaluate_translation
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.translation import Translator

V = 60
WORDS = [f"w{i}" for i in range(V)]
random = np.random.default_rng(4)
DIRECTION = random.normal(size=24).astype(np.float32)
COLLAPSED = {
    "equal rows": np.tile(DIRECTION, (V, 1)),
    "multiples of one row": DIRECTION * random.uniform(0.1, 1e9, size=(V, 1)).astype(np.float32),
    "zeros": np.zeros((V, 24), np.float32),
}


@pytest.fixture(params=COLLAPSED)
def collapsed(request) -> WordVectors:
    return WordVectors(WORDS, COLLAPSED[request.param])


def test_no_pair_is_a_hit(collapsed):
    pairs = [(WORDS[a], WORDS[b]) for a in range(V) for b in range(0, V, 7) if a != b]
    result = evaluate_hit_rate(collapsed, pairs, k=10)
    assert result.score == 0 and result.mrr == pytest.approx(1 / (V - 1))
    assert f"in {len(pairs):,} of {len(pairs):,} pairs other items are as near" in result.notes[0]


def test_no_analogy_is_answered(collapsed):
    asked = [tuple(WORDS[i] for i in random.choice(V, 4, replace=False)) for _ in range(50)]
    asked += [("w1", "w2", "w3", "w0")]  # the first candidate
    for method in ("3cosadd", "3cosmul"):
        assert evaluate_analogy(collapsed, asked, method=method).score == 0


def test_pairs_associations_and_relations_have_no_order(collapsed):
    pairs = [(WORDS[i], WORDS[i + 1], float(i)) for i in range(30)]
    relation = Relation("1a", (("w0", "w1"),), tuple(((WORDS[i], WORDS[i + 2]), float(i)) for i in range(2, 20)))
    tests = [
        ("similarity", pairs),
        ("bias", BiasTest("t", tuple(WORDS[:5]), tuple(WORDS[5:10]), tuple(WORDS[10:15]), tuple(WORDS[15:20]))),
        ("relations", RelationSet("r", (relation,))),
    ]
    assert [score.score for score in evaluate(collapsed, tests)] == [None, None, None]


def test_no_outlier_is_found(collapsed):
    (score,) = evaluate(collapsed, [("outliers", OutlierSet("o", (("t", tuple(WORDS[:8]), tuple(WORDS[8:16])),)))])
    assert score.score == 0 and score.opp == 0


def test_equal_rows_have_no_direction_to_another():
    vectors = WordVectors(WORDS, COLLAPSED["equal rows"])
    assert evaluate_analogy(vectors, [("w1", "w2", "w3", "w0")], method="pair-direction").score == 0


@pytest.mark.parametrize("name", ["equal rows", "multiples of one row"])
def test_no_translation_is_right(name):
    source, target = WordVectors(WORDS, COLLAPSED[name]), WordVectors(WORDS, COLLAPSED[name][::-1] * np.float32(0.7))
    pairs = [(word, word) for word in WORDS[:30]]
    translator = Translator(source, target, pairs, method="cosine", center=False)
    assert [score.score for score in evaluate_translation(translator, [("w0", "w0"), ("w1", "w1")])] == [0, 0, 0]


def test_a_copy_of_the_answer_is_a_tie_whatever_its_row():
    """The expected word's copy stands before it or behind it: the order of rows proves nothing."""
    rows = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1], [1, 1, 1], [-1, 0, 0]], np.float32)
    words = ["man", "king", "woman", "queen", "copy", "apple"]
    for order in ([0, 1, 2, 3, 4, 5], [4, 0, 1, 2, 3, 5]):
        vectors = WordVectors([words[i] for i in order], rows[order])
        assert evaluate_analogy(vectors, [("man", "king", "woman", "queen")]).score == 0
        assert evaluate_hit_rate(vectors, [("woman", "queen")], k=1).score == 0
        assert evaluate_hit_rate(vectors, [("woman", "queen")], k=2).score == 1
    without = WordVectors(words[:4] + words[5:], rows[[0, 1, 2, 3, 5]])
    assert evaluate_analogy(without, [("man", "king", "woman", "queen")]).score == 1


def test_an_item_with_itself_asks_nothing():
    vectors = WordVectors(["tea", "milk", "nail"], np.array([[1.0, 0.1], [1.0, 0.4], [0.0, 1.0]]))
    result = evaluate_hit_rate(vectors, [("tea", "tea"), ("tea", "milk"), ("Tea", "tea")], k=1)
    assert (result.items, result.covered, result.score) == (3, 1, 1.0)
    assert result.notes == ("pairs of an item with itself, which are not covered: 2",)


def test_a_made_vector_is_no_row_that_could_be_passed_over():
    """Subwords give "teas" a vector; it is not among the rows, so none is taken off its rank."""

    class Endings:
        def vector(self, word):
            return np.array([1.0, 0.0], np.float32) if word == "teas" else None

    vectors = WordVectors(["tea", "milk", "nail"], np.array([[1.0, 0.1], [1.0, 0.4], [0.0, 1.0]]), subwords=Endings())
    result = evaluate_hit_rate(vectors, [("teas", "tea"), ("teas", "nail"), ("nail", "teas")], k=1)
    assert result.outcomes.tolist() == [1, 0, 0]
    assert result.mrr == pytest.approx((1 + 1 / 3 + 1 / 3) / 3)


@pytest.mark.parametrize("damage", [np.nan, np.inf])
def test_nan_and_infinity_are_an_error_and_no_score(damage):
    rows = random.normal(size=(V, 4)).astype(np.float32)
    rows[5, 2] = damage
    vectors = WordVectors(WORDS, rows)
    with pytest.raises(InputError, match=r"'w5'.*nan or infinity"):
        evaluate_hit_rate(vectors, [("w1", "w2")])
    with pytest.raises(InputError, match=r"'w5'.*nan or infinity"):
        evaluate_similarity(vectors, [("w5", "w2", 1.0), ("w1", "w2", 2.0)])
