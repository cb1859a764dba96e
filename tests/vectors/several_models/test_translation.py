"""Translation: CSLS by hand, hubs beaten, a planted dictionary recovered."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import InputError, OptionError, UnknownWordError
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.translation import Translator, csls, mean_similarity


def languages(number=80, dim=6, noise=0.0, seed=1):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(number, dim))
    rotation = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    order = rng.permutation(number)
    other = rows @ rotation + noise * rng.normal(size=rows.shape)
    source = WordVectors([f"en{i}" for i in range(number)], rows)
    target = WordVectors([f"de{i}" for i in order], other[order])
    return source, target, [(f"en{i}", f"de{i}") for i in range(number)]


def test_csls_by_hand():
    cosines = np.array([[0.9, 0.5, 0.1], [0.8, 0.6, 0.0]])
    # K = 2: r of the sources 0.7 and 0.7; of the targets 0.85, 0.55, 0.05.
    expected = [[1.8 - 1.55, 1.0 - 1.25, 0.2 - 0.75], [1.6 - 1.55, 1.2 - 1.25, 0.0 - 0.75]]
    np.testing.assert_allclose(csls(cosines, 2), expected)


def test_csls_takes_the_crown_from_a_hub():
    # Both sources are nearest to the first target by cosine; the second is the one that only the second source knows.
    cosines = np.array([[0.9, 0.1], [0.8, 0.75]])
    assert cosines.argmax(axis=1).tolist() == [0, 0]
    assert csls(cosines, 1).argmax(axis=1).tolist() == [0, 1]


@given(st.integers(0, 10**6), st.integers(1, 12), st.booleans())
def test_scores_follow_the_definition(seed, neighbours, center):
    source, target, pairs = languages(seed=seed, noise=0.5)
    translator = Translator(source, target, pairs[:30], neighbours=neighbours, center=center)
    found = translator.scores(np.arange(len(source)))
    map = translator.alignment.map
    mapped = map(source.unit.astype(np.float64)) - map.target_mean
    targets = target.unit_rows_of(translator.target_ids) - map.target_mean
    mapped /= np.linalg.norm(mapped, axis=1, keepdims=True)
    targets = targets / np.linalg.norm(targets, axis=1, keepdims=True)
    np.testing.assert_allclose(found, csls(mapped @ targets.T, neighbours), atol=2e-5)


@pytest.mark.parametrize("method", ["csls", "cosine"])
def test_a_turned_language_is_translated(method):
    source, target, pairs = languages(noise=0.02)
    translator = Translator(source, target, pairs[:40], method=method)
    answers = translator.translate_each([word for word, _ in pairs[40:]], k=3)
    assert [answer[0][0] for answer in answers] == [translation for _, translation in pairs[40:]]
    assert all(len(answer) == 3 for answer in answers)
    assert all(answer == sorted(answer, key=lambda item: -item[1]) for answer in answers)


def test_words_spelt_alike_stand_in_for_a_dictionary():
    source, target, _ = languages()
    renamed = WordVectors([f"en{word[2:]}" if int(word[2:]) < 40 else word for word in target.words], target.matrix)
    translator = Translator(source, renamed)
    assert translator.report.anchors == 40
    assert translator.translate("en70", k=1)[0][0] == "de70"


def test_refinement_makes_the_most_of_a_small_dictionary():
    source, target, pairs = languages(number=300, dim=10, noise=0.35)
    right = []
    for refine in (0, 5):
        translator = Translator(source, target, pairs[:12], refine=refine)
        answers = translator.translate_each([word for word, _ in pairs[12:]], k=1)
        right.append(sum(answer[0][0] == translation for answer, (_, translation) in zip(answers, pairs[12:])))
    assert right[1] > 1.15 * right[0]
    assert translator.report.anchors > 100


def test_top_limits_the_answers_not_the_questions():
    source, target, pairs = languages()
    translator = Translator(source, target, pairs, top=5)
    assert translator.target_words() == target.words[:5]
    assert len(translator.translate("en79", k=10)) == 5


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_mean_similarity_is_that_of_the_nearest(seed, neighbours):
    rng = np.random.default_rng(seed)
    rows, others = (rng.normal(size=(size, 4)) for size in (9, 25))
    rows, others = ((part / np.linalg.norm(part, axis=1, keepdims=True)).astype(np.float32) for part in (rows, others))
    expected = np.sort(rows @ others.T, axis=1)[:, -neighbours:].mean(axis=1)
    np.testing.assert_allclose(mean_similarity(rows, others, neighbours), expected, atol=1e-6)


def test_bad_input():
    source, target, pairs = languages()
    with pytest.raises(InputError, match="3 anchors for 6 dimensions"):
        Translator(source, target, pairs[:3])
    with pytest.raises(InputError, match=r"no word is in all .*\? Two languages need a dictionary"):
        Translator(source, target)
    with pytest.raises(InputError, match=f"0 anchors .*; {len(pairs)} pairs fit the other way round: swap their words"):
        Translator(source, target, [(b, a) for a, b in pairs])
    for options in ({"method": "nearest"}, {"top": 0}, {"neighbours": 0}, {"refine": -1}):
        with pytest.raises(OptionError, match=next(iter(options))):
            Translator(source, target, pairs, **options)
    translator = Translator(source, target, pairs)
    with pytest.raises(UnknownWordError, match="dog"):
        translator.translate("dog")
    with pytest.raises(OptionError, match="k must be"):
        translator.translate("en1", k=0)


def test_a_dictionary_may_be_a_dict_and_words_are_a_list():
    rows = np.random.default_rng(1).normal(size=(6, 2))
    source, target = WordVectors(list("abcdef"), rows), WordVectors(list("bcdefa"), rows)
    translator = Translator(source, target, dict(zip("abcd", "bcde")), neighbours=2)
    assert translator.translate("e", k=1)[0][0] == "f"
    assert translator.learned_from == frozenset("abcd")
    with pytest.raises(OptionError, match="words: give a list of words, not one text; got 'ab'"):
        translator.translate_each("ab")
