"""Estimates: their constants against the trainers' defaults, and that they grow the right way."""

import pytest

from wordvec.corpus.report import words
from wordvec.corpus.report.words import expected_cells, forecast, seconds_in_words
from wordvec.trainers import CBOW, PPMI, SVD, GloVe, SkipGram


def by_trainer(*size, threads=2):
    return {one.trainer: one for one in forecast(*size, threads=threads)}


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
    assert len(forecast(0, 0)) == 5


def test_cells_are_bounded_by_pairs_and_by_the_vocabulary():
    assert expected_cells(1, 1000, 5) == 10
    assert expected_cells(10**9, 7, 5) == 49
    for tokens, counted in ((100_000, 468_757), (1_000_000, 3_183_829), (16_972_078, 24_854_862)):
        assert expected_cells(tokens, 75_452, 5) == pytest.approx(counted, rel=0.2)


def test_times_have_the_digits_of_an_estimate():
    times = [seconds_in_words(s) for s in (0, 1.4, 1.6, 9.4, 62, 119, 121, 7199, 7200)]
    assert times == ["a second", "a second", "2 s", "9 s", "60 s", "120 s", "2 min", "120 min", "2 h"]
