import numpy as np
import pytest
from scipy.sparse import csr_array

from wordvec.corpus import Corpus
from wordvec.counts import conditional_probabilities, count_cooccurrences, log_counts, probability_ratios
from wordvec.errors import ShapeError

COUNTS = np.array([[0.0, 2.0, 1.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]])


def test_log_counts():
    found = log_counts(csr_array(COUNTS), dtype=np.float64)
    np.testing.assert_allclose(found.toarray(), np.log1p(COUNTS), rtol=1e-15)
    assert found.nnz == 3
    assert log_counts(csr_array(COUNTS)).dtype == np.float32


def test_rows_of_probabilities_sum_to_one_or_are_empty():
    found = conditional_probabilities(csr_array(COUNTS))
    np.testing.assert_array_equal(found.toarray(), [[0, 2 / 3, 1 / 3], [1, 0, 0], [0, 0, 0]])


def test_ice_and_steam():
    """The argument of GloVe's table 1 on a text made for it."""
    ice = ["ice solid"] * 8 + ["ice water"] * 6 + ["ice gas"] + ["ice fashion"]
    steam = ["steam solid"] + ["steam water"] * 6 + ["steam gas"] * 8 + ["steam fashion"]
    corpus = Corpus.from_sentences([line.split() for line in ice + steam])
    number = corpus.vocabulary.id
    shares = conditional_probabilities(count_cooccurrences(corpus, window=1))
    ratios = probability_ratios(shares, number("ice"), number("steam"))
    words = ("solid", "gas", "water", "fashion")
    assert [ratios[number(word)] for word in words] == pytest.approx([8, 1 / 8, 1, 1])
    assert np.isnan(ratios[number("ice")])  # is nobody's context here


def test_contexts_of_one_word_only():
    shares = conditional_probabilities(csr_array(COUNTS))
    assert np.isposinf(probability_ratios(shares, 0, 1)[1])
    assert probability_ratios(shares, 0, 1)[0] == 0
    assert np.isnan(probability_ratios(shares, 2, 2)).all()


@pytest.mark.parametrize("measure", [log_counts, conditional_probabilities])
@pytest.mark.parametrize("counts", [COUNTS, csr_array(-COUNTS), csr_array((2, 2)), csr_array(np.array([[np.inf]]))])
def test_bad_counts(measure, counts):
    with pytest.raises(ShapeError, match=measure.__name__):
        measure(counts)


@pytest.mark.parametrize("row", [-1, 3])
def test_rows_that_are_not_there(row):
    with pytest.raises(ShapeError, match=f"rows are 0 to 2; got {row}"):
        probability_ratios(conditional_probabilities(csr_array(COUNTS)), 0, row)
