"""Estimates: their constants against the trainers' defaults, and that they grow the right way."""

import numpy as np
import pytest

from wordvec.corpus.report import words
from wordvec.corpus.report.words import expected_cells, forecast, seconds_in_words
from wordvec.trainers import CBOW, PPMI, SVD, GloVe, SkipGram

# Counts of the words of this rank in texts: 17 million words of English (min_count 1), 3 million (5), Korean (1).
ENGLISH = {1: 1_151_202, 10: 152_897, 100: 13_885, 1000: 1759, 10**4: 118, 10**5: 3, 255_085: 1}
LESS_ENGLISH = {1: 216_962, 10: 27_000, 100: 2_484, 1000: 329, 10**4: 23, 29_608: 5}
KOREAN = {1: 33_085, 10: 6_932, 100: 1_818, 1000: 305, 10**4: 44, 10**5: 4, 778_993: 1}


def between(counts):
    """The counts of all words, interpolated between these."""
    ranks = np.log(np.arange(1, max(counts) + 1))
    return np.rint(np.exp(np.interp(ranks, np.log(list(counts)), np.log(list(counts.values()))))).astype(np.int64)


def like_english(tokens, vocabulary):
    counts = between(ENGLISH)[:vocabulary]
    return np.maximum(1, counts * (tokens / counts.sum())).astype(np.int64)


def by_trainer(tokens, vocabulary, threads=2):
    return {one.trainer: one for one in forecast(like_english(tokens, vocabulary), threads=threads)}


def test_it_speaks_of_the_trainers_defaults():
    for trainer in (SkipGram(), CBOW()):
        assert (trainer.dim, trainer.window, trainer.epochs) == (
            words.DIM,
            words.WINDOW,
            words.EPOCHS,
        )
    assert (GloVe().dim, GloVe().window, GloVe().epochs) == (
        words.DIM,
        words.WIDE_WINDOW,
        words.GLOVE_EPOCHS,
    )
    assert (SVD().dim, SVD().window) == (words.DIM, words.WIDE_WINDOW)
    assert (PPMI().dim, PPMI().window) == (words.PPMI_DIM, words.WINDOW)
    assert set(by_trainer(1000, 100)) == {"skipgram", "cbow", "glove", "svd", "ppmi"}


@pytest.mark.parametrize(
    "tokens, vocabulary, trainer, seconds, mebibytes",
    [
        (3_078_984, 29_611, "ppmi", 2.2, 713),
        (3_078_984, 29_611, "svd", 8.1, 514),
        (3_078_984, 29_611, "skipgram", 4, 222),
        (16_972_078, 75_452, "skipgram", 18.5, 360),
        (16_972_078, 75_452, "cbow", 12.7, 360),
        (16_972_078, 75_452, "glove", 22, 1238),
        (16_972_078, 75_452, "svd", 21.8, 1212),
        (16_972_078, 75_452, "ppmi", 5.3, 1685),
    ],
)
def test_what_was_measured_comes_out_again(tokens, vocabulary, trainer, seconds, mebibytes):
    estimate = by_trainer(tokens, vocabulary)[trainer]
    assert seconds / 2 < estimate.seconds < seconds * 2
    assert mebibytes / 1.5 < estimate.bytes / 2**20 < mebibytes * 1.5


def test_more_text_takes_longer_and_more_threads_less_long():
    for trainer, one in by_trainer(10**6, 10**4).items():
        assert by_trainer(10**7, 10**5)[trainer].seconds > one.seconds
        assert by_trainer(10**7, 10**5)[trainer].bytes > one.bytes
        assert by_trainer(10**6, 10**4, threads=16)[trainer].seconds <= one.seconds
    assert len(forecast(np.array([], np.int64))) == 5


def test_cells_are_bounded_by_pairs_and_by_the_vocabulary():
    assert expected_cells(np.ones(1, np.int64), 5) < 1
    assert expected_cells(np.full(7, 10**9), 5) == pytest.approx(49 / words.IN_ANY_ORDER)
    assert expected_cells(np.ones(10**5, np.int64), 5) == pytest.approx(10**6 / words.IN_ANY_ORDER, rel=1e-3)


@pytest.mark.parametrize(
    "counts, window, counted",
    [
        (LESS_ENGLISH, 10, 10.5e6),
        (ENGLISH, 5, 28.7e6),
        (ENGLISH, 10, 45.9e6),
        (KOREAN, 5, 28.2e6),
        (KOREAN, 10, 50.8e6),
    ],
)
def test_cells_of_real_texts(counts, window, counted):
    assert expected_cells(between(counts), window) == pytest.approx(counted, rel=0.2)


def test_times_have_the_digits_of_an_estimate():
    times = [seconds_in_words(s) for s in (0, 1.4, 1.6, 9.4, 62, 119, 121, 7199, 7200)]
    assert times == ["a second", "a second", "2 s", "9 s", "60 s", "120 s", "2 min", "120 min", "2 h"]
