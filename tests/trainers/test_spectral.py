"""Training that starts from the factorised PPMI matrix."""

from itertools import islice

import numpy as np
import pytest

from wordvec.corpus import Corpus
from wordvec.errors import OptionError
from wordvec.trainers import CBOW, SVD, GloVe, SkipGram
from wordvec.trainers.svd import LENGTH, spectral_start


@pytest.fixture(scope="module")
def corpus():
    return Corpus.build("tiny-world")


def test_the_start_has_rows_of_one_length_and_the_same_bytes_each_time(corpus):
    one, two = (spectral_start(corpus, 20, threads=threads) for threads in (1, 2))
    for a, b in zip(one, two):
        assert a.tobytes() == b.tobytes()
        assert a.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(a, axis=1), LENGTH, rtol=1e-5)


@pytest.mark.parametrize(
    ("trainer", "engine", "sentences", "most"),
    [
        (SkipGram, "kernel", None, 0.965),
        (CBOW, "kernel", None, 0.87),
        (SkipGram, "layers", 1000, 0.95),  # the layers are ten times as slow as the kernels
        (CBOW, "layers", 1000, 0.89),
    ],
)
def test_the_first_epoch_is_far_ahead_of_one_from_noise(trainer, engine, sentences, most, corpus):
    """By more than rows of that length would be that belong to other words: those exceed `most` by 0.01 or more."""
    if sentences:
        corpus = Corpus.from_sentences(islice(corpus.sentences(), sentences))
    options = {"dim": 20, "epochs": 1, "subsample": 0, "engine": engine}
    noise = trainer(**options).fit(corpus).history
    svd = trainer(**options, init="svd").fit(corpus).history
    assert svd.loss[0] < most * noise.loss[0]
    assert svd.seconds["init"] > 0
    assert "init" not in noise.seconds


def test_the_words_of_hierarchical_softmax_start_there_and_its_nodes_at_zero(corpus):
    options = {"dim": 20, "epochs": 1, "loss": "hierarchical-softmax"}
    assert SkipGram(**options, init="svd").fit(corpus).history.loss[0] < SkipGram(**options).fit(corpus).history.loss[0]


def test_words_for_which_no_dimension_is_left_are_told_and_do_not_start_at_zero():
    """500 pairs of words that never meet others: a singular vector is one pair, and 8 are asked for."""
    pairs = Corpus.from_sentences([[f"left{i}", f"right{i}"] for i in range(500)] * 5)
    svd = SVD(dim=8).fit(pairs)
    zeros = int((~svd.vectors.matrix.any(axis=1)).sum())
    assert zeros > 900
    assert svd.vectors.info["notes"][0].startswith(f"{zeros} of 1,000 words have a vector of zeros")
    for trainer in (GloVe(dim=8), SkipGram(dim=8, window=1, init="svd", subsample=0)):
        assert trainer.fit(pairs).vectors.matrix.any(axis=1).all()
        assert trainer.history.notes == []


@pytest.mark.parametrize("engine", ["kernel", "layers"])
def test_glove_starts_near_the_logarithms_of_the_counts(engine, corpus):
    options = {"dim": 20, "epochs": 1, "engine": engine}
    noise = GloVe(**options, init="random").fit(corpus).history
    svd = GloVe(**options).fit(corpus).history
    assert svd.loss[0] < 0.6 * noise.loss[0]
    assert svd.seconds["init"] > 0


def test_the_file_says_how_training_started(corpus):
    assert SkipGram(dim=10, epochs=1, init="svd").fit(corpus).vectors.info["parameters"]["init"] == "svd"


def test_a_resumed_run_equals_an_uninterrupted_one(corpus, tmp_path, monkeypatch):
    options = {"dim": 10, "epochs": 2, "init": "svd", "seed": 3}
    whole = SkipGram(**options).fit(corpus).vectors.matrix
    from wordvec.trainers.checkpoint import Keeper

    class Killed(Exception):
        pass

    saved = Keeper.save

    def save_and_die(keeper, **ending):
        saved(keeper, **ending)
        raise Killed

    monkeypatch.setattr(Keeper, "save", save_and_die)
    with pytest.raises(Killed):
        SkipGram(**options).fit(corpus, checkpoint=tmp_path / "c", checkpoint_every=0)
    monkeypatch.undo()
    resumed = SkipGram(**options).fit(corpus, checkpoint=tmp_path / "c", resume=True)
    assert resumed.vectors.matrix.tobytes() == whole.tobytes()
    assert "init" not in resumed.history.seconds  # the checkpoint has what the start was for


def test_more_dimensions_than_the_matrix_has(corpus):
    with pytest.raises(OptionError, match="which is too small here"):
        SkipGram(dim=5000, init="svd").fit(corpus)


def test_it_excludes_other_vectors_to_start_from(corpus):
    vectors = SkipGram(dim=5, epochs=1).fit(corpus).vectors
    with pytest.raises(OptionError, match="exclude each other"):
        SkipGram(dim=5, init="svd").fit(corpus, start=vectors)


def test_other_names():
    with pytest.raises(OptionError, match="init must be one of random, svd; got 'noise'"):
        SkipGram(init="noise")
