from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from wordvec.errors import OptionError
from wordvec.evaluation import SimilarityScore, evaluate_similarity, read_pairs
from wordvec.vectors import WordVectors

ANGLES = {"cat": 0, "dog": 20, "car": 90, "bus": 100}
PAIRS = [("cat", "dog", 9.0), ("car", "bus", 9.5), ("dog", "car", 2.0), ("cat", "bus", 1.0)]


@pytest.fixture
def circle() -> WordVectors:
    radians = np.deg2rad(list(ANGLES.values()))
    return WordVectors(list(ANGLES), np.stack([np.cos(radians), np.sin(radians)], axis=1))


def test_by_hand(circle):
    result = evaluate_similarity(circle, PAIRS)
    cosines = np.cos(np.deg2rad([20, 10, 70, 100]))
    assert result.score == 1.0
    assert result.pearson == pytest.approx(stats.pearsonr([9, 9.5, 2, 1], cosines).statistic, abs=1e-6)
    assert (result.items, result.covered, result.missing, result.protocol) == (4, 4, (), "wordvec")
    assert result.ci95 is None
    assert evaluate_similarity(circle, [*PAIRS, *PAIRS]).ci95 == (1.0, 1.0)


def test_missing_words_are_skipped_counted_and_named(circle):
    result = evaluate_similarity(circle, [*PAIRS, ("cat", "Lynx", 8.0), ("ant", "bee", 7.0), ("bee", "car", 0.0)])
    assert result.score == 1.0
    assert (result.items, result.covered, result.missing) == (7, 4, ("Lynx", "ant", "bee"))


def test_case_as_given_first_then_lower():
    vectors = WordVectors(["us", "US", "we", "usa"], np.array([[1, 0], [0, 1], [1, 0.1], [0.1, 1]]))
    pairs = [("us", "we", 9), ("US", "USA", 9.5), ("US", "we", 1)]
    result = evaluate_similarity(vectors, pairs)
    assert result.covered == 3 and result.score > 0.8
    assert evaluate_similarity(vectors, [("Usa", "WE", 1), ("uS", "we", 2)]).covered == 2


def test_nothing_evaluated_is_none_and_says_so(circle):
    result = evaluate_similarity(circle, [("lynx", "puma", 3.0), ("cat", "puma", 2.0)])
    assert result.score is None and result.pearson is None and result.ci95 is None and result.covered == 0
    assert str(result) == "pairs: nothing evaluated (0 of 2 pairs have both words, such as 'lynx', 'puma')"
    assert "nothing evaluated" in str(evaluate_similarity(circle, []))


def test_no_order_no_score(circle):
    for pairs in (PAIRS[:1], [("cat", "cat", 1.0), ("cat", "cat", 2.0)]):
        result = evaluate_similarity(circle, pairs)
        assert result.score is None and result.ci95 is None and "no score" in str(result)


def test_zero_vectors_count_as_unrelated():
    vectors = WordVectors(["zero", "a", "b"], np.array([[0, 0], [1, 0], [1, 0.2]]))
    result = evaluate_similarity(vectors, [("a", "b", 3.0), ("zero", "b", 2.0), ("a", "zero", 2.0)])
    assert result.score == 1.0


def test_text(circle):
    result = SimilarityScore(
        name="men",
        measure="spearman",
        score=0.7112,
        ci95=(0.6521, 0.7589),
        items=3000,
        covered=2900,
        protocol="wordvec",
    )
    assert str(result) == "men: Spearman 0.711 [0.652, 0.759], 2,900 of 3,000 pairs"


def test_same_seed_same_interval(circle):
    rng = np.random.default_rng(1)
    vectors = WordVectors([f"w{i}" for i in range(60)], rng.normal(size=(60, 5)))
    pairs = [(f"w{i}", f"w{i + 30}", float(rng.integers(10))) for i in range(30)]
    one, two = (evaluate_similarity(vectors, pairs, seed=1) for _ in range(2))
    assert one == two
    assert one.ci95 != evaluate_similarity(vectors, pairs, seed=2).ci95
    assert one.ci95[0] < one.score < one.ci95[1]


def test_unknown_protocols_are_refused(circle):
    with pytest.raises(OptionError, match=r"must be one of wordvec, gensim, word2vec\.c, glove; got 'web'"):
        evaluate_similarity(circle, PAIRS, protocol="web")


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "size"), [("MEN-TR-3k", 3000), ("SIMLEX-999", 999), ("WS-353-ALL", 353), ("RG-65", 65)]
)
def test_real_sets(data_folder, name, size):
    """Words at random places: rho as scipy has it, and an interval that holds it."""
    path = data_folder / "evaluation" / f"EN-{name}.txt"
    pairs = read_pairs(path)
    assert len(pairs.pairs) == size
    words = sorted({word.lower() for a, b, _ in pairs.pairs for word in (a, b)})
    vectors = WordVectors(words, np.random.default_rng(1).normal(size=(len(words), 20)))
    result = evaluate_similarity(vectors, path, resamples=200)
    assert result.covered == size
    expected = stats.spearmanr(
        [score for _, _, score in pairs.pairs], [vectors.similarity(a.lower(), b.lower()) for a, b, _ in pairs.pairs]
    ).statistic
    assert result.score == pytest.approx(expected, abs=1e-4)  # similarity() is float32
    assert result.ci95[0] <= result.score <= result.ci95[1]
