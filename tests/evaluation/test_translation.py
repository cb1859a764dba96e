"""Precision at k of translations: by hand, with coverage that tells."""

import numpy as np
import pytest

from wordvec.errors import InputError
from wordvec.evaluation import scores_as_dicts
from wordvec.evaluation.translation import evaluate_translation
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.translation import Translator


@pytest.fixture
def translator():
    angles = np.radians([0.0, 10.0, 60.0, 130.0, 200.0])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    source = WordVectors(["a", "b", "c", "d", "e"], rows)
    target = WordVectors(["A", "B", "C", "D", "E"], rows)
    return Translator(source, target, list(zip("abcde", "ABCDE")), method="cosine", center=False)


def test_precision_at_k_by_hand(translator):
    # a is nearest to A, then B; asked for B it is wrong at 1 and right at 2. c has two translations, one of them right.
    at_1, at_2 = evaluate_translation(translator, [("a", "B"), ("b", "B"), ("c", "E"), ("c", "C")], at=(1, 2))
    assert (at_1.score, at_2.score) == (pytest.approx(2 / 3), 1.0)
    assert (at_1.items, at_1.covered) == (3, 3)
    assert at_1.outcomes.tolist() == [0.0, 1.0, 1.0]
    assert at_1.ci95[0] < at_1.score < at_1.ci95[1]


def test_words_that_are_missing_are_no_mistakes(translator):
    pairs = [("b", "B"), ("x", "B"), ("c", "Z"), ("d", "D"), ("d", "Z")]
    score = evaluate_translation(translator, pairs, at=(1,))[0]
    assert (score.score, score.covered, score.items) == (1.0, 2, 4)
    assert score.missing == ("x", "Z")
    assert np.isnan(score.outcomes[1:3]).all()


def test_nothing_covered_is_no_score(translator):
    (score,) = evaluate_translation(translator, [("x", "y")], at=(1,))
    assert (score.score, score.ci95, score.covered) == (None, None, 0)
    assert "nothing evaluated" in str(score)


def test_learned_words_are_told(translator):
    (score,) = evaluate_translation(translator, [("a", "A")], at=(1,))
    assert "1 of the 1 words were used for learning" in score.notes[0]


def test_a_file_and_json(translator, tmp_path):
    path = tmp_path / "test.txt"
    path.write_text("a A\nb B\n")
    (score,) = scores_as_dicts(evaluate_translation(translator, path, at=(1,)))
    assert score["task"] == "translation"
    assert (score["k"], score["score"], score["name"]) == (1, 1.0, f"{path} @1")
    with pytest.raises(InputError, match="no such file"):
        evaluate_translation(translator, tmp_path / "none.txt")


def test_a_word_whose_vector_is_zero_has_no_translation():
    rows = np.array([[1.0, 0.1], [0.1, 1.0], [-1.0, 0.2], [0.0, 0.0]])
    vectors = WordVectors(["dog", "cat", "tea", "nothing"], rows)
    translator = Translator(vectors, vectors, neighbours=1)
    with pytest.raises(InputError, match="the vector of 'nothing' is zero"):
        translator.translate("nothing")
    (score,) = evaluate_translation(translator, [("dog", "dog"), ("nothing", "cat")], at=[1])
    assert (score.covered, score.items, score.missing) == (1, 2, ("nothing",))
