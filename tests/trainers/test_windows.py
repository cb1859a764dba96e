"""Windows of a whole sentence, windows wider than every sentence, and the presets for items and walks."""

from __future__ import annotations

import numpy as np
import pytest
from hostile_corpora import graph_walks, themed_sessions

from wordvec import CBOW, PPMI, SVD, Corpus, GloVe, SkipGram
from wordvec.corpus import Vocabulary
from wordvec.errors import OptionError
from wordvec.trainers import make_trainer
from wordvec.trainers.neural_options import PRESETS, with_preset
from wordvec.trainers.planning import WIDEST, reach_in
from wordvec.vectors import WordVectors

SESSIONS = themed_sessions(sessions=40, longest=15, items=60)
OPTIONS = {"dim": 6, "epochs": 2, "batch_size": 1, "subsample": 0, "shrink_window": False}


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(SESSIONS)


@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
@pytest.mark.parametrize("engine", ["kernel", "layers"])
def test_the_whole_sentence_is_a_window_that_reaches_to_its_end(corpus, trainer, engine):
    longest = max(map(len, SESSIONS))
    whole = trainer(window="sentence", engine=engine, **OPTIONS).fit(corpus)
    as_number = trainer(window=longest - 1, engine=engine, **OPTIONS).fit(corpus)
    wider = trainer(window=1000, engine=engine, **OPTIONS).fit(corpus)
    np.testing.assert_array_equal(whole.vectors.matrix, as_number.vectors.matrix)
    np.testing.assert_array_equal(whole.vectors.matrix, wider.vectors.matrix)
    assert whole.history.notes == [f"a window is the whole sentence: up to {longest - 1} words on each side"]
    assert as_number.history.notes == []
    (note,) = wider.history.notes
    assert note == f"a window of 1,000 is wider than every sentence (the longest has {longest} words) and ends with it"


def test_items_too_rare_to_be_learned_are_told_of():
    rng = np.random.default_rng(1)
    rare = Corpus.from_sentences([[str(start + step) for step in (0, 1, 2)] for start in rng.permutation(600)])
    trainer = SkipGram.for_items(dim=8, epochs=1).fit(rare)
    assert trainer.history.notes[-1].startswith("hardly anything was learned: the loss, 4.1")
    assert trainer.vectors.info["notes"] == trainer.history.notes
    learned = SkipGram.for_items(dim=8, epochs=40, learning_rate=0.2).fit(rare)
    assert "hardly" not in str(learned.history.notes)


def test_every_word_of_a_sentence_is_a_context_of_every_other(corpus):
    trainer = SkipGram(window="sentence", **OPTIONS).fit(corpus)
    starts = corpus.sentence_starts
    batch = trainer.sampler(corpus.vocabulary.counts).draw(corpus.ids, starts, first=0, last=len(corpus.ids), epoch=0)
    lengths = np.diff(starts)
    assert batch.mask.sum() == (lengths * (lengths - 1)).sum()


def test_the_file_records_the_window_and_how_far_it_reached(corpus, tmp_path):
    trained = SkipGram(window="sentence", **OPTIONS).fit(corpus).vectors
    trained.save(tmp_path / "v.safetensors")
    info = WordVectors.load(tmp_path / "v.safetensors").info
    assert info["parameters"]["window"] == "sentence"
    assert info["reach"] == max(map(len, SESSIONS)) - 1
    again = make_trainer("skipgram", **info["parameters"]).fit(corpus)
    np.testing.assert_array_equal(again.vectors.matrix, trained.matrix)
    assert "reach" not in SkipGram(**OPTIONS).fit(corpus).vectors.info


def test_one_reach_a_corpus(corpus):
    """A trainer that has seen short sentences reaches further on longer ones."""
    trainer = SkipGram(window="sentence", **OPTIONS)
    with pytest.raises(OptionError, match="known once fit has a corpus"):
        trainer.sampler(corpus.vocabulary.counts)
    for longest in (3, 9):
        short = Corpus.from_sentences([session[:longest] for session in SESSIONS])
        assert trainer.fit(short).reach == longest - 1
    assert SkipGram(window=7).reach == 7


def test_a_sentence_of_a_whole_book_is_cut_and_told():
    reach, notes = reach_in("sentence", np.array([0, 3, 10**6]), shrink=False)
    assert reach == WIDEST
    assert notes[0].startswith("the longest sentence has 999,997 words: a window takes in 5,000 on each side at most")
    assert reach_in("sentence", np.array([0, 1, 2]), shrink=False)[0] == 1  # sentences of one word
    assert reach_in(100, np.array([0, 3]), shrink=True)[0] == 100  # windows are drawn from 1 .. 100


@pytest.mark.parametrize("window", [0, -1, 2.5, "5", "line", None, True])
@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
def test_what_is_no_window(trainer, window):
    with pytest.raises(OptionError, match=r"window must be (at least 1, or 'sentence'|a whole number or text); got"):
        trainer(window=window)


@pytest.mark.parametrize("trainer", [GloVe, PPMI, SVD])
def test_counts_have_no_window_of_a_sentence(trainer):
    with pytest.raises(OptionError, match="a window of 'sentence' is for skipgram and cbow"):
        trainer(window="sentence")


# Presets


@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
def test_presets_are_options_and_those_given_win(trainer):
    items = trainer.for_items(dim=7, negative_power=0.75)
    assert (items.window, items.shrink_window, items.subsample) == ("sentence", False, 0.0)
    assert (items.dim, items.negative_power) == (7, 0.75)
    assert trainer.for_items().parameters() | PRESETS["items"] == trainer.for_items().parameters()
    walks = trainer.for_walks(window=4)
    assert (walks.window, walks.shrink_window, walks.subsample, walks.negative_power) == (4, False, 0.0, 0.75)


@pytest.mark.parametrize("preset, sentences", [("items", SESSIONS), ("walks", graph_walks(walks=1, length=15))])
def test_presets_learn(preset, sentences):
    options = with_preset(preset, "skipgram", {"dim": 8, "epochs": 3, "batch_size": 1})
    history = make_trainer("skipgram", **options).fit(Corpus.from_sentences(sentences)).history
    assert history.loss[-1] < history.loss[0] < 6


def test_no_such_preset():
    with pytest.raises(OptionError, match="no preset 'songs'; there are: items, walks"):
        with_preset("songs", "skipgram", {})
    with pytest.raises(OptionError, match="the svd trainer has no presets"):
        with_preset("items", "svd", {})


# Negatives by a power below 0


def test_a_negative_power_draws_rare_words_most_and_words_that_never_occur_not_at_all():
    counts = np.array([400, 25, 1, 0])
    drawn = SkipGram(negative_power=-0.5).sampler(counts).negative_table.probabilities()
    np.testing.assert_allclose(drawn, np.array([0.05, 0.2, 1, 0]) / 1.25, atol=1e-9)


def test_training_with_a_word_that_never_occurs():
    vocabulary = Vocabulary(["a", "b", "never"], np.array([30, 20, 0]))
    ids, starts = np.tile(np.array([0, 1, 0, 1, 0], np.int32), 10), np.arange(0, 51, 5)
    corpus = Corpus(ids, starts, vocabulary)
    assert SkipGram.for_items(dim=4, epochs=1).fit(corpus).history.loss[0] < 6


@pytest.mark.parametrize("power", [np.nan, np.inf])
def test_a_power_that_is_no_number(power):
    with pytest.raises(OptionError, match=r"negative_power must be (a number|finite)"):
        SkipGram(negative_power=power)
