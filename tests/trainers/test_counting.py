"""Trainers that count share the options of counting."""

import numpy as np
import pytest

from wordvec import PPMI, SVD, Corpus, GloVe
from wordvec.counts import count_cooccurrences, ppmi
from wordvec.errors import OptionError, TrainingError
from wordvec.trainers import make_trainer

OPTIONS = {"weighting": "linear", "side": "left", "subsample": 0.05, "subsample_mode": "clean", "seed": 3}


@pytest.fixture(scope="module")
def corpus():
    words = np.minimum(np.random.default_rng(2).zipf(1.6, size=(150, 12)), 30)
    return Corpus.from_sentences([[str(word) for word in sentence] for sentence in words])


def test_the_options_reach_the_counting(corpus):
    vectors = PPMI(window=3, **OPTIONS).fit(corpus).vectors
    expected = ppmi(count_cooccurrences(corpus, 3, **OPTIONS)).toarray()
    np.testing.assert_array_equal(vectors.matrix, expected)
    assert OPTIONS.items() <= vectors.info["parameters"].items()


@pytest.mark.parametrize("name", ["ppmi", "svd", "glove"])
def test_memory_and_threads_leave_no_trace(corpus, name):
    first, second = (
        make_trainer(name, dim=5, threads=threads, memory=memory).fit(corpus).vectors
        for threads, memory in ((1, None), (2, "20M"))
    )
    assert first.matrix.tobytes() == second.matrix.tobytes()
    assert first.info == second.info
    assert not {"memory", "threads"} & first.info["parameters"].keys()


@pytest.mark.parametrize("name", ["ppmi", "svd", "glove"])
@pytest.mark.parametrize(
    "options, message",
    [
        ({"side": "before"}, "side must be 'both', 'left' or 'right'; got 'before'"),
        ({"subsample": -0.1}, "subsample must be 0"),
        ({"subsample_mode": "tidy"}, "subsample_mode must be 'dirty' or 'clean'"),
        ({"memory": "much"}, "such as '2G'; got 'much'"),
        ({"threads": 0}, "threads must be at least 1"),
    ],
)
def test_wrong_options_are_known_at_once(name, options, message):
    with pytest.raises(OptionError, match=message):
        make_trainer(name, **options)


def test_glove_counts_by_the_same_options(corpus):
    plain, other = (GloVe(dim=2, epochs=1, window=3, **options).fit(corpus).history.loss for options in ({}, OPTIONS))
    assert plain != other


@pytest.mark.parametrize("trainer", [PPMI(), SVD(dim=2)])
def test_a_shift_that_leaves_nothing(corpus, trainer):
    trainer.shift = 1e6
    with pytest.raises(TrainingError, match=r"no two words meet more than 1e.06 times as often as by chance"):
        trainer.fit(corpus)


@pytest.mark.parametrize("trainer", [PPMI, SVD, GloVe])
def test_a_subsample_that_leaves_nothing_is_told_as_such(corpus, trainer):
    with pytest.raises(TrainingError, match="--subsample 0 may help"):
        trainer(subsample=1e-12).fit(corpus)


def test_a_subsample_that_leaves_few_words_is_told_with_the_rank(corpus):
    with pytest.raises(OptionError, match=r"choose dim <= \d, or a larger subsample"):
        SVD(dim=10, subsample=3e-5).fit(corpus)


@pytest.mark.parametrize("options", [{"x_max": 1e300}, {"x_max": 1e4, "alpha": 1e9}, {"x_max": 1e9}])
@pytest.mark.parametrize("engine", ["kernel", "layers"])
def test_weights_of_nearly_zero_are_refused_with_the_largest_count(corpus, engine, options):
    largest = count_cooccurrences(corpus, 10, "harmonic").matrix.max()
    with pytest.raises(OptionError, match=f"even the largest count, {largest:,.4g}, has a weight of only"):
        GloVe(dim=2, epochs=1, engine=engine, **options).fit(corpus)
