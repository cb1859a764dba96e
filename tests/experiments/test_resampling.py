import numpy as np
import pytest

from wordvec.corpus import Corpus
from wordvec.errors import OptionError
from wordvec.experiments import resampling
from wordvec.experiments.resampling import resampled_corpus, times_drawn


@pytest.fixture
def corpus():
    return Corpus.from_sentences([[f"w{i}"] * (1 + i % 5) + ["x"] for i in range(200)])


@pytest.mark.parametrize("at_once", [7, 200, 10_000])
def test_a_sample_is_the_sentences_drawn_each_as_often_in_the_order_of_the_corpus(corpus, at_once, monkeypatch):
    monkeypatch.setattr(resampling, "SENTENCES_AT_ONCE", at_once)
    sample = resampled_corpus(corpus, 3)
    times = times_drawn(200, 3)
    expected = [words for words, often in zip(corpus.sentences(), times) for _ in range(often)]
    assert list(sample.sentences()) == expected
    assert len(expected) == 200
    sample.check()


def test_a_third_of_the_sentences_is_left_out():
    left_out = np.mean([np.mean(times_drawn(1000, sample) == 0) for sample in range(20)])
    assert left_out == pytest.approx((1 - 1 / 1000) ** 1000, abs=0.01)  # (1 - 1/n)^n, near 1/e


def test_samples_differ_and_are_repeatable(corpus):
    first, again, other = (resampled_corpus(corpus, sample) for sample in (1, 1, 2))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.vocabulary is corpus.vocabulary
    assert first.info["sampled_from"] == corpus.fingerprint


def test_a_negative_number_of_a_sample(corpus):
    with pytest.raises(OptionError, match="at least 0; got -1"):
        resampled_corpus(corpus, -1)
