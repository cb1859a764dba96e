import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.counts import count_cooccurrences, dense_cooccurrences
from wordvec.errors import CorpusError, OptionError

BOOK = "You say goodbye and I say hello ."  # you say goodbye and i hello . -> 0 1 2 3 4 5 6
BOOK_IDS = np.array([0, 1, 2, 3, 4, 1, 5, 6], np.int32)


def encoded(sentences, vocabulary_size):
    """Lists of word ids -> (ids, sentence_starts, vocabulary size)."""
    ids = np.array([word_id for sentence in sentences for word_id in sentence], np.int32)
    return ids, np.cumsum([0] + [len(s) for s in sentences]), vocabulary_size


def naive_counts(sentences, vocabulary_size, window, weighting, side):
    """O(N * window), in exact fractions."""
    total = [[Fraction(0)] * vocabulary_size for _ in range(vocabulary_size)]
    for sentence in sentences:
        for p, word_id in enumerate(sentence):
            for q in range(max(0, p - window), min(len(sentence), p + window + 1)):
                if (q < p and side != "right") or (q > p and side != "left"):
                    distance = abs(p - q)
                    linear, harmonic = Fraction(window - distance + 1, window), Fraction(1, distance)
                    total[word_id][sentence[q]] += {"linear": linear, "harmonic": harmonic, "flat": 1}[weighting]
    return np.array([[float(cell) for cell in row] for row in total])


def test_the_books_matrix_by_hand():
    counts = count_cooccurrences((BOOK_IDS, np.array([0, 8]), 7), window=1)
    expected = [
        # you say goodbye and i hello .
        [0, 1, 0, 0, 0, 0, 0],
        [1, 0, 1, 0, 1, 1, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 0, 1, 0, 1, 0, 0],
        [0, 1, 0, 1, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 1, 0],
    ]
    assert counts.matrix.toarray().tolist() == expected
    assert (counts.window, counts.weighting, counts.side, counts.symmetric) == (1, "flat", "both", True)
    assert counts.matrix.dtype == np.float64
    assert counts.matrix.has_sorted_indices


def test_from_a_corpus():
    corpus = Corpus.from_sentences([BOOK.lower().split(), [], ["say", "say"]], min_count=1)
    counts = count_cooccurrences(corpus, window=2)
    say, goodbye = corpus.vocabulary.id("say"), corpus.vocabulary.id("goodbye")
    assert counts.matrix[say, goodbye] == 1
    assert counts.matrix[say, say] == 2  # "say say": each is the other's context


def test_harmonic_weights_by_hand():
    matrix = count_cooccurrences(encoded([[0, 1, 2, 0]], 3), window=3, weighting="harmonic").matrix.toarray()
    # 0 at 0 and 3: distance 3, both ways; 0-1 at 1 and 2; 0-2 at 2 and 1; 1-2 at 1
    np.testing.assert_array_equal(matrix, [[2 / 3, 1.5, 1.5], [1.5, 0, 1], [1.5, 1, 0]])


def test_one_sided_windows_look_back():
    matrix = count_cooccurrences(encoded([[0, 1, 2]], 3), window=2, side="left").matrix.toarray()
    np.testing.assert_array_equal(matrix, [[0, 0, 0], [1, 0, 0], [1, 1, 0]])
    ahead = count_cooccurrences(encoded([[0, 1, 2]], 3), window=2, side="right").matrix.toarray()
    np.testing.assert_array_equal(ahead, matrix.T)


sentences_strategy = st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=6)
options = {
    "sentences": sentences_strategy,
    "window": st.integers(1, 7),
    "weighting": st.sampled_from(["flat", "harmonic", "linear"]),
    "side": st.sampled_from(["both", "left", "right"]),
}


@settings(max_examples=150, deadline=None)
@given(**options)
def test_equals_the_naive_count(sentences, window, weighting, side):
    counts = count_cooccurrences(encoded(sentences, 6), window, weighting, side).matrix
    expected = naive_counts(sentences, 6, window, weighting, side)
    np.testing.assert_array_equal(counts.toarray(), expected)  # one rounding at the end: equal, not only close
    assert counts.nnz == (expected > 0).sum()


@settings(max_examples=50, deadline=None)
@given(**options)
def test_the_dense_twin_agrees(sentences, window, weighting, side):
    text = encoded(sentences, 6)
    dense = dense_cooccurrences(*text, window=window, weighting=weighting, side=side)
    sparse = count_cooccurrences(text, window, weighting, side).matrix.toarray()
    np.testing.assert_allclose(dense, sparse, rtol=1e-14)


@pytest.fixture
def random_text():
    rng = np.random.default_rng(3)
    lengths = rng.integers(0, 30, size=200)
    return encoded([np.minimum(rng.zipf(1.5, size=n), 50) - 1 for n in lengths], 50)


def bytes_of(matrix):
    return matrix.data.tobytes(), matrix.indices.tobytes(), matrix.indptr.tobytes()


@pytest.mark.parametrize("weighting", ["flat", "harmonic"])
def test_the_order_of_sentences_does_not_change_a_bit(random_text, weighting):
    ids, starts, size = random_text
    sentences = [ids[a:b] for a, b in zip(starts[:-1], starts[1:])]
    shuffled = [sentences[i] for i in np.random.default_rng(4).permutation(len(sentences))]
    first = count_cooccurrences(random_text, 6, weighting).matrix
    assert bytes_of(count_cooccurrences(encoded(shuffled, size), 6, weighting).matrix) == bytes_of(first)


def test_sentences_are_not_joined():
    apart = count_cooccurrences(encoded([[0, 1], [2, 3]], 4), window=3).matrix.toarray()
    assert apart[1, 2] == 0
    assert count_cooccurrences(encoded([[0, 1, 2, 3]], 4), window=3).matrix[1, 2] == 1  # the check can fail


@pytest.mark.parametrize("sentences", [[], [[]], [[], [3], []], [[1], [1]]])
def test_no_pairs_no_cells(sentences):
    counts = count_cooccurrences(encoded(sentences, 4), window=2, weighting="harmonic")
    assert counts.matrix.shape == (4, 4)
    assert counts.matrix.nnz == 0


def test_a_window_wider_than_the_text():
    wide = count_cooccurrences(encoded([[0, 1, 2]], 3), window=15, weighting="harmonic")
    narrow = count_cooccurrences(encoded([[0, 1, 2]], 3), window=2, weighting="harmonic")
    np.testing.assert_array_equal(wide.matrix.toarray(), narrow.matrix.toarray())


def test_large_ids_are_packed_without_loss():
    size = 2**22 + 1
    matrix = count_cooccurrences((np.array([size - 1, 0, size - 2]), np.array([0, 3]), size), window=2).matrix.tocoo()
    assert sorted(zip(matrix.row.tolist(), matrix.col.tolist())) == sorted(
        [(a, b) for a in (size - 1, 0, size - 2) for b in (size - 1, 0, size - 2) if a != b]
    )


@pytest.mark.parametrize("window", [0, -1, 1.5, True, "5"])
def test_bad_window(window):
    with pytest.raises(OptionError, match="window must be a whole number"):
        count_cooccurrences(encoded([[0, 1]], 2), window=window)


def test_bad_weighting():
    with pytest.raises(OptionError, match=r"'flat', 'harmonic'.*'linear'; got 'quadratic'"):
        count_cooccurrences(encoded([[0, 1]], 2), weighting="quadratic")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"side": "before"}, "'both', 'left' or 'right'; got 'before'"),
        ({"threads": 0}, "threads must be at least 1"),
        ({"memory": "2 gigs"}, "such as '2G'; got '2 gigs'"),
        ({"memory": "1K"}, r"needs at least [\d.]+M; got 1K"),
        ({"subsample": -1}, "subsample must be"),
        ({"subsample": float("nan")}, "subsample must be"),
        ({"subsample_mode": "tidy"}, "'dirty'"),
    ],
)
def test_bad_options(option, message):
    with pytest.raises(OptionError, match=message):
        count_cooccurrences(encoded([[0, 1]], 2), **option)


def test_sums_that_could_overflow_are_refused_before_counting():
    assert math.lcm(*range(1, 44)) > 2**62
    with pytest.raises(OptionError, match="on 8 words needs sums that could overflow"):
        count_cooccurrences(encoded([[0, 1] * 4], 2), window=41, weighting="harmonic")
    with pytest.raises(OptionError, match="smaller window"):
        count_cooccurrences(encoded([[0, 1]], 2), window=43, weighting="harmonic")
    count_cooccurrences(encoded([[0, 1]], 2), window=43, weighting="flat")


@pytest.mark.parametrize(
    ("ids", "starts", "size", "message"),
    [
        ([0, 3], [0, 2], 3, r"\[0, 3\); found 0 to 3"),
        ([-1, 0], [0, 2], 3, "found -1 to 0"),
        ([0, 1], [0, 1], 3, "rise from 0 to the number of words, 2"),
        ([0, 1], [1, 2], 3, "rise from 0"),
        ([0, 1], [0, 2, 1, 2], 3, "rise from 0"),
        ([0, 1], [], 3, "at least one element"),
        ([[0, 1]], [0, 2], 3, "one-dimensional"),
        ([0.0, 1.0], [0, 2], 3, "integers"),
        ([], [0], 0, "at least one word"),
    ],
)
def test_ids_and_starts_that_do_not_fit(ids, starts, size, message):
    with pytest.raises(CorpusError, match=message):
        count_cooccurrences((np.array(ids), np.array(starts), size))


def test_dense_refuses_large_vocabularies_and_says_the_memory():
    with pytest.raises(OptionError, match=r"100,000 words takes 80\.0 GB"):
        dense_cooccurrences(np.array([0]), np.array([0, 1]), 100_000)


def test_dense_on_any_device(xp, random_text):
    ids, starts, size = random_text
    dense = dense_cooccurrences(xp.asarray(ids), xp.asarray(starts), size, window=3, weighting="harmonic")
    assert isinstance(dense, xp.ndarray)
    expected = count_cooccurrences(random_text, window=3, weighting="harmonic").matrix.toarray()
    np.testing.assert_allclose(dense.tolist(), expected, rtol=1e-12)


@pytest.mark.parametrize("given", ["you say goodbye", [0, 1, 2]])
def test_what_is_no_corpus_is_named(given):
    with pytest.raises(CorpusError, match=f"a Corpus or a tuple .* expected; got a {type(given).__name__}"):
        count_cooccurrences(given, 2)
