"""Words whose neighbours changed: overlap by hand, planted changes found, noise told from change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import InputError, OptionError, UnknownWordError
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.comparison import compare_neighbours
from wordvec.vectors.several_models.shared_words import count_common, false_discovery_rates, tail_probabilities


def circle(words, degrees, counts=None):
    angles = np.radians(np.array(degrees, float))
    return WordVectors(words, np.stack([np.cos(angles), np.sin(angles)], axis=1), counts)


@pytest.fixture
def pair():
    words = ["a", "b", "c", "d", "e", "f"]
    return circle(words, [0, 10, 25, 90, 100, 115]), circle(words, [0, 10, 95, 90, 100, 115])  # c moved to d, e


def test_overlap_by_hand(pair):
    comparison = compare_neighbours(*pair, k=2, changes=6)
    overlaps = {change.word: change.overlap for change in comparison.changes}
    # c had b, a and has d, e; a had b, c and has b, d; e has lost f or d to c.
    assert overlaps["c"] == 0
    assert overlaps["a"] == overlaps["b"] == 0.5
    assert comparison.changes[0].word == "c"
    assert [word for word, _ in comparison.changes[0].before] == ["b", "a"]
    assert [word for word, _ in comparison.changes[0].after] in (["d", "e"], ["e", "d"])
    assert comparison.mean_overlap == pytest.approx(np.mean(list(overlaps.values())))
    a = next(change for change in comparison.changes if change.word == "a")
    assert a.jaccard == pytest.approx(1 / 3)
    assert a.before[0] == ("b", pytest.approx(np.cos(np.radians(10)), abs=1e-6))


def test_only_shared_words_are_neighbours():
    a = circle(["a", "only-a", "b", "c"], [0, 1, 10, 20])
    b = circle(["c", "b", "only-b", "a"], [20, 10, 1, 0])
    comparison = compare_neighbours(a, b, k=1, changes=9)
    assert (comparison.compared, comparison.only_in_a, comparison.only_in_b) == (3, 1, 1)
    assert comparison.mean_overlap == 1
    assert {word for change in comparison.changes for word, _ in change.before + change.after} <= {"a", "b", "c"}


def test_a_model_does_not_differ_from_itself_turned():
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(200, 6))
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    names = [f"w{i}" for i in range(200)]
    comparison = compare_neighbours(
        WordVectors(names, rows), WordVectors(names, rows @ rotation), k=10, changes=3, align=True
    )
    assert comparison.mean_overlap > 0.999
    assert comparison.changes[-1].cosine == pytest.approx(1, abs=1e-5)


def noisy_models(changed=(), noise=0.3, number=400, dim=10):
    """Three trainings: A, a second seed of A, and B in which some words became others."""
    names = [f"w{i}" for i in range(number)]
    rows = np.random.default_rng(1).normal(size=(number, dim))
    moved = rows.copy()
    for i in changed:
        moved[i] = rows[(i + number // 2) % number]
    models = []
    for seed, base in ((2, rows), (3, rows), (4, moved)):
        rng = np.random.default_rng(seed)
        models.append(WordVectors(names, base + noise * rng.normal(size=base.shape)))
    return models


def test_baseline_tells_change_from_noise():
    changed = range(0, 400, 10)
    a, seed, b = noisy_models(changed)
    comparison = compare_neighbours(a, b, k=20, baselines=[seed], changes=400)
    found = {change.word: change for change in comparison.changes if change.q < 0.05}
    planted = {f"w{i}" for i in changed}
    assert len(planted & found.keys()) >= 30
    assert len(found.keys() - planted) <= 0.1 * len(found)
    assert np.mean([found[word].noise - found[word].overlap for word in found]) > 0.3
    assert comparison.mean_noise > comparison.mean_overlap > 0.3


def test_without_change_nothing_is_found():
    a, seed, other_seed = noisy_models()
    comparison = compare_neighbours(a, other_seed, k=20, baselines=[seed], changes=400)
    assert not [change for change in comparison.changes if change.q < 0.05]
    p = np.array([change.p for change in comparison.changes])
    assert 0.35 < np.mean(p) < 0.65


def test_two_baselines_are_pooled():
    a, seed, other_seed = noisy_models()
    b = noisy_models((7,))[2]
    comparison = compare_neighbours(a, b, k=20, baselines=[seed, other_seed], words=["w7", "w8"])
    assert [change.word for change in comparison.changes] == ["w7", "w8"]
    assert comparison.changes[0].p == pytest.approx(1 / 801)
    assert comparison.changes[1].p > 0.01


def test_notes_tell_what_a_baseline_is_worth():
    def trained(model, text, **options):
        parameters = {"window": 5, "seed": 1} | options
        return WordVectors(
            model.words, model.matrix, info={"corpus_fingerprint": text, "trainer": "cbow", "parameters": parameters}
        )

    a, seed, b = noisy_models()
    same_text = compare_neighbours(trained(a, "x"), trained(b, "y"), baselines=[trained(seed, "x", seed=2)])
    assert len(same_text.notes) == 1
    assert "baseline 1: A's text with another seed" in same_text.notes[0]
    assert compare_neighbours(trained(a, "x"), trained(b, "y"), baselines=[trained(seed, "z")]).notes == ()
    assert compare_neighbours(trained(a, "x"), trained(b, "x"), baselines=[trained(seed, "x")]).notes == ()
    (note,) = compare_neighbours(trained(a, "x"), trained(b, "y", window=2)).notes
    assert note.startswith("B was trained otherwise than A")


def test_given_words_score_as_among_all(pair):
    every = {change.word: change for change in compare_neighbours(*pair, k=2, changes=6).changes}
    asked = compare_neighbours(*pair, k=2, words=["f", "c", "f"]).changes
    assert asked == [every["f"], every["c"]]


def test_top_and_min_count():
    words, degrees = ["a", "b", "c", "d", "e"], [0, 1, 2, 3, 4]
    a = circle(words, degrees, np.array([50, 40, 30, 2, 1]))
    assert compare_neighbours(a, a, k=1, top=4).compared == 4
    assert compare_neighbours(a, a, k=1, top=None).compared == 5
    assert compare_neighbours(a, a, k=1, min_count=3).compared == 3
    with pytest.raises(InputError, match="too few to have neighbours"):
        compare_neighbours(a, a, min_count=40)
    with pytest.raises(InputError, match="'e' is not among the 3 words compared"):
        compare_neighbours(a, a, min_count=3, words=["e"])


def test_bad_input(pair):
    a, b = pair
    with pytest.raises(InputError, match=r"baseline 1 has the neighbours of A for every word.*another seed"):
        compare_neighbours(a, b, k=2, baselines=[a])
    with pytest.raises(OptionError, match="k=99 includes all of the 6 words compared"):
        compare_neighbours(a, b, k=99, baselines=[circle(a.words, [9, 5, 3, 7, 1, 2])])
    with pytest.raises(UnknownWordError, match="zzz"):
        compare_neighbours(a, b, words=["zzz"])
    for option in ("k", "changes", "shown"):
        for value in (0, -3, True, 2.5):
            with pytest.raises(OptionError, match=f"{option} must be a whole number of at least 1"):
                compare_neighbours(a, b, **{option: value})
    with pytest.raises(InputError, match="no word is in all"):
        compare_neighbours(a, circle(["x", "y", "z"], [1, 2, 3]))


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 12))
def test_count_common_is_a_set_intersection(seed, rows, k):
    rng = np.random.default_rng(seed)
    a, b = (np.array([rng.permutation(20)[:k] for _ in range(rows)], np.int32) for _ in "ab")
    assert count_common(a, b).tolist() == [len(set(x) & set(y)) for x, y in zip(a.tolist(), b.tolist())]


def test_two_baselines_by_hand():
    # Roots 2, 3 and 3, 2: chance falls by 1 or rises by 1. d = 1 - 2.5 and 3 - 2.5.
    falls, p = tail_probabilities(np.array([1, 9]), np.array([[4, 9], [9, 4]]))
    assert falls.tolist() == [-1.5, 0.5]
    assert p.tolist() == [1 / 5, 3 / 5]


def test_falls_are_judged_by_the_noise_of_their_frequency():
    rng = np.random.default_rng(1)
    steady, shaky = 64 + rng.integers(-1, 2, 900), 64 + rng.integers(-40, 41, 900)
    again = np.concatenate([64 + rng.integers(-1, 2, 900), 64 + rng.integers(-40, 41, 900)])
    again[[450, 1350]] = 50
    noise = np.concatenate([steady, shaky])[None, :]
    noise[0, [450, 1350]] = 64
    p = tail_probabilities(again, noise, peers=200)[1]
    assert p[450] < 0.001
    assert p[1350] > 0.1


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_chance_alone_gives_even_p(seed, baselines):
    rng = np.random.default_rng(seed)
    own = rng.integers(5, 90, 2000)  # words differ in how much they keep
    values, *noise = (rng.binomial(100, own / 100) for _ in range(baselines + 1))
    p = tail_probabilities(values, np.array(noise))[1]
    assert abs(p.mean() - 0.5) < 0.06
    assert (p < 0.05).mean() < 0.09


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_rates_follow_the_definition(p):
    q = false_discovery_rates(np.array(p))
    for i, value in enumerate(p):
        expected = min(other * len(p) / sum(x <= other for x in p) for other in p if other >= value)
        assert q[i] == pytest.approx(min(1.0, expected))


@pytest.mark.parametrize(("words", "message"), [("ab", "not one text; got 'ab'"), ([], "there is none to compare")])
def test_words_to_compare_are_a_list_of_some(words, message):
    model = WordVectors(list("abcd"), np.random.default_rng(1).normal(size=(4, 3)))
    with pytest.raises(OptionError, match=message):
        compare_neighbours(model, model, k=1, words=words)
