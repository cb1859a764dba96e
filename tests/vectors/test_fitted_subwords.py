from __future__ import annotations

import numpy as np
import pytest
from words_of_parts import noisy_words, regular_words

from wordvec.errors import InputError, OptionError, UnknownWordError
from wordvec.vectors import WordVectors, fitted_subwords, ngrams
from wordvec.vectors.fitted_subwords import _reliability, conjugate_gradients, fit_subwords
from wordvec.vectors.load import not_kept
from wordvec.vectors.ngrams import Ngrams, NgramTable, ngram_hashes
from wordvec.vectors.subwords import EXACT


def without(vectors: WordVectors, word: str) -> WordVectors:
    rows = [row for row, other in enumerate(vectors.words) if other != word]
    return WordVectors([vectors.words[row] for row in rows], vectors.matrix[rows], vectors.counts[rows])


def test_the_table_of_two_words_by_hand():
    table = NgramTable.of(["ab", "abc"], Ngrams(2, 3, EXACT))
    # <ab>: <a ab b> <ab ab>; <abc>: <a ab bc c> <ab abc bc>
    assert table.matrix.shape == (2, 9)
    np.testing.assert_allclose(table.matrix.sum(axis=1), [1.0, 1.0], rtol=1e-6)
    np.testing.assert_allclose(np.unique(table.matrix.toarray()), [0.0, 1 / 7, 1 / 5], rtol=1e-6)
    assert set(table.buckets.tolist()) == {int(h) for h in ngram_hashes([b"ab", b"abc"], 2, 3)[1] % EXACT}


def test_ngrams_sorted_in_pieces_are_numbered_as_those_sorted_at_once(monkeypatch):
    words = ["abc", "abcd", "bcd", "xabc", "abcabc"]
    whole = NgramTable.of(words, Ngrams(2, 3, EXACT))
    monkeypatch.setattr(ngrams, "SORTED_AT_ONCE", 5)
    pieces = NgramTable.of(words, Ngrams(2, 3, EXACT))
    assert np.array_equal(whole.buckets, np.unique(whole.buckets))
    assert np.array_equal(whole.buckets, pieces.buckets)
    assert np.array_equal(whole.matrix.toarray(), pieces.matrix.toarray())
    for row, word in zip(whole.matrix.toarray(), words):
        assert set(whole.buckets[row > 0]) == set((ngram_hashes([word.encode()], 2, 3)[1] % EXACT).tolist())


def test_the_rows_are_those_of_ridge_regression(monkeypatch):
    monkeypatch.setattr(fitted_subwords, "STEPS", 300)
    vectors = WordVectors(["ab", "abc", "bcd"], np.array([[2.0, 0.0], [3.0, 4.0], [0.0, 0.5]]), np.array([9, 1, 5]))
    fitted = vectors.fit_subwords(2, 4, ridge=0.3)
    A = NgramTable.of(vectors.words, Ngrams(2, 4, EXACT)).matrix.toarray().astype(np.float64)
    weights = np.diag(np.log(vectors.counts + 1.0))
    z = np.linalg.solve(A.T @ weights @ A + 0.3 * np.eye(A.shape[1]), A.T @ weights @ vectors.unit)
    np.testing.assert_allclose(fitted.subwords.rows, z * vectors.lengths.mean(), rtol=0, atol=2e-5)


def test_an_unseen_word_has_the_mean_of_its_known_ngrams():
    fitted = regular_words().fit_subwords(3, 4)
    _, hashes = ngram_hashes([b"walkable"], 3, 4)
    kept, rows = fitted.subwords.kept.buckets.tolist(), np.asarray(fitted.subwords.rows)
    known = [rows[kept.index(h)] for h in (hashes % np.uint32(EXACT)).tolist() if h in kept]
    assert 0 < len(known) < len(hashes)
    np.testing.assert_allclose(fitted["walkable"], np.mean(known, axis=0), rtol=1e-5)


@pytest.mark.parametrize("word", ["walking", "singers", "climbed"])
def test_words_that_were_left_out_are_predicted(word):
    vectors = regular_words()
    fitted = without(vectors, word).fit_subwords()
    assert word not in fitted
    assert float(fitted.unit_of(word) @ vectors.unit_of(word)) > 0.7


def test_words_stay_to_the_byte_and_threads_change_nothing():
    vectors = regular_words(info={"trainer": "by hand"}, context_matrix=np.ones((60, 20)), rare={"walkie": 2})
    fitted = [vectors.fit_subwords(threads=threads) for threads in (1, 2, 5)]
    assert fitted[0].matrix.tobytes() == vectors.matrix.tobytes()
    assert fitted[0].info["trainer"] == "by hand" and fitted[0].rare == {"walkie": 2}
    assert fitted[0].context_matrix is not None and fitted[0].info["subwords"]["lean"] is None
    for other in fitted[1:]:
        assert other.subwords.rows.tobytes() == fitted[0].subwords.rows.tobytes()


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_narrow_rows_stay_narrow(dtype):
    from wordvec.vectors.postprocessing import to_float16, to_int8

    narrow = (to_float16 if dtype == "float16" else to_int8)(regular_words())
    fitted = narrow.fit_subwords()
    assert fitted.matrix.dtype == dtype and fitted["walkable"].dtype == np.float32


def test_leaning_is_the_published_formula():
    vectors = regular_words()
    fitted = vectors.fit_subwords(lean=40.0)
    c, k = vectors.counts[:, None].astype(float), 40.0
    predicted = np.array([fitted.subwords.vector(word) for word in vectors.words], np.float64)
    predicted /= np.linalg.norm(predicted, axis=1, keepdims=True)
    wanted = (c * vectors.unit + k * predicted) / (c + k)
    wanted *= (vectors.lengths / np.linalg.norm(wanted, axis=1))[:, None]
    np.testing.assert_allclose(fitted.matrix, wanted, rtol=0, atol=1e-5)
    np.testing.assert_allclose(fitted.lengths, vectors.lengths, rtol=1e-5)
    assert (
        fitted.info["subwords"]["lean"] == 40.0
        and vectors.fit_subwords(lean=0.0).matrix.tobytes() == vectors.matrix.tobytes()
    )


def test_words_without_ngrams_and_zero_rows_do_not_lean():
    matrix = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    leaned = WordVectors(["a", "abcd", "abce"], matrix, np.array([1, 1, 1])).fit_subwords(4, 5, lean=10.0)
    assert leaned.matrix[0].tolist() == [1.0, 0.0] and leaned.matrix[2].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("k, r", [(8.0, 0.6), (64.0, 0.3)])
def test_k_is_found_where_cosines_follow_the_model(k, r):
    counts = np.random.default_rng(1).integers(1, 900, 4_000)
    noise = np.random.default_rng(2).normal(scale=0.02, size=len(counts))
    found_k, found_r = _reliability(r * np.sqrt(counts / (counts + k)) + noise, counts)
    assert found_k == pytest.approx(k, rel=0.2) and found_r == pytest.approx(r, rel=0.05)


def test_k_is_chosen_by_held_out_words():
    for k in (5.0, 60.0):
        facts = noisy_words(k).fit_subwords(lean=True).info["subwords"]
        assert k / 2.1 < facts["lean"] < 2.1 * k, facts
        assert facts["held_out_words"] > 200 and facts["held_out_cosine"] > 0.3


def test_the_fit_for_k_is_repeated_until_k_stays(monkeypatch):
    vectors, ks, weights = noisy_words(20.0), [10.0, 16.0, 22.0, 22.0, 99.0], []

    def given(fit, counts, held_out):
        weights.append(fit.weights)
        return ks[len(weights) - 1], 0.5, np.full(200, 0.5)

    monkeypatch.setattr("wordvec.vectors.fitted_subwords._Fit._estimate", given)
    assert vectors.fit_subwords(lean=True).info["subwords"]["lean"] == 22.0 and len(weights) == 4
    c = vectors.counts
    for now, k in zip(weights[1:], ks):
        np.testing.assert_allclose(now, np.log(c + 1.0) * c / (c + k))


def test_nothing_leans_on_useless_predictions():
    vectors = noisy_words(5.0)
    shuffled = WordVectors(vectors.words, np.random.default_rng(0).permutation(vectors.matrix), vectors.counts)
    leaned = shuffled.fit_subwords(lean=True)
    assert leaned.info["subwords"]["lean"] is None and leaned.matrix.tobytes() == shuffled.matrix.tobytes()


def test_few_buckets_share_rows():
    fitted = regular_words().fit_subwords(buckets=50)
    assert fitted.subwords.buckets == 50 and len(fitted.subwords.rows) <= 50
    assert fitted["walkable"].any()


@pytest.mark.parametrize("format", ["safetensors", "npz"])
def test_ngrams_outlast_a_file(tmp_path, format):
    fitted = regular_words().fit_subwords()
    assert not_kept(fitted, format) == []
    fitted.save(tmp_path / "v", format)
    read = WordVectors.load(tmp_path / "v", strict=True)
    assert read.info["subwords"] == fitted.info["subwords"]
    for word in ("walkable", "unsung", "standings"):
        assert read[word].tobytes() == fitted[word].tobytes()


def test_answers_say_which_words_are_composed():
    fitted = regular_words().fit_subwords()
    assert fitted.most_similar(["walk", "walkable"], ["sings"]).composed == ("walkable",)
    assert fitted.most_similar("walk").composed == ()
    assert fitted.analogy("walk", "walked", "learnable", k=1).composed == ("learnable",)
    assert [found.composed for found in fitted.nearest_to_each(["walkable", "walk"])] == [("walkable",), ()]


def test_a_word_without_a_known_ngram_is_told_as_such():
    fitted = regular_words().fit_subwords()
    with pytest.raises(UnknownWordError, match=r"'xyzzy' is not among the 60 words .*, none of its n-grams is known"):
        fitted["xyzzy"]
    with pytest.raises(UnknownWordError, match="it has no row, and its vector is composed of its n-grams"):
        fitted.word_id("walkable")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"min_n": 4, "max_n": 3}, "min_n must be from 1 to max_n, and max_n at most 32; got 4 and 3"),
        ({"min_n": 0}, "min_n must be from 1"),
        ({"max_n": 33}, "max_n at most 32"),
        ({"buckets": 0}, "buckets must be from 1"),
        ({"buckets": 2**32}, "buckets must be from 1"),
        ({"ridge": 0.0}, "ridge must be above 0"),
        ({"ridge": float("nan")}, "ridge must be above 0"),
        ({"lean": -1.0}, "lean must be True, False or k itself"),
        ({"threads": 0}, "threads must be at least 1"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(OptionError, match=message):
        regular_words().fit_subwords(**options)


def test_vectors_that_cannot_be_fitted_are_refused():
    with pytest.raises(InputError, match="have no counts"):
        WordVectors(["walk"], np.ones((1, 2))).fit_subwords(lean=True)
    with pytest.raises(InputError, match="too few to choose k from"):
        regular_words().fit_subwords(lean=True)
    with pytest.raises(InputError, match="no word has a vector other than zero"):
        fit_subwords(WordVectors(["walk"], np.zeros((1, 2))))
    with pytest.raises(InputError, match="none of the 1 words has n-grams of 8 to 9 characters"):
        fit_subwords(WordVectors(["walk"], np.ones((1, 2))), 8, 9)
    with pytest.raises(InputError, match="nan or infinity"):
        fit_subwords(WordVectors(["walk"], np.array([[1.0, np.nan]])))


@pytest.mark.parametrize("name", ["v.safetensors", "v.npz"])
def test_ngrams_of_korean_letters_reach_into_syllables(tmp_path, name):
    vectors = WordVectors(["갔다", "먹었다", "달"], np.eye(3), np.array([9, 9, 9]))
    fitted = vectors.fit_subwords(2, 3, jamo=True)
    assert vectors.fit_subwords(2, 3).get("가") is None
    assert fitted.unit_of("갓") @ fitted.unit_of("갔다") > 0.9  # they share < ᄀ ᅡ
    fitted.save(tmp_path / name)
    again = WordVectors.load(tmp_path / name)
    assert again.subwords.ngrams.jamo and again["갓"].tobytes() == fitted["갓"].tobytes()
    with pytest.raises(InputError, match=r"of Korean letters \(jamo\), which fastText does not know"):
        vectors.fit_subwords(2, 3, buckets=50, jamo=True).save(tmp_path / "v.bin", "fasttext-bin")


def test_conjugate_gradients_solve():
    rng = np.random.default_rng(0)
    B = rng.normal(size=(40, 6)).astype(np.float32)
    A, right = B.T @ B, rng.normal(size=(6, 3)).astype(np.float32)
    inverse = 1 / (np.diag(A) + np.float32(0.5))[:, None]
    found = conjugate_gradients(lambda x: A @ x, right, inverse.astype(np.float32), np.float32(0.5), steps=5)
    np.testing.assert_allclose(found, np.linalg.solve(A + 0.5 * np.eye(6), right), atol=2e-3)
