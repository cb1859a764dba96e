"""Contexts and targets by hand, and what they cannot be made of."""

import numpy as np
import pytest

from wordvec.corpus import Corpus, contexts_and_targets, number_words
from wordvec.errors import ArgumentError, CorpusError, OptionError, ShapeError


def test_two_words_on_each_side():
    contexts, targets = contexts_and_targets(np.array([5, 6, 7, 8, 9, 5]), window=2)
    assert contexts.tolist() == [[5, 6, 8, 9], [6, 7, 9, 5]]
    assert targets.tolist() == [7, 8]


@pytest.mark.parametrize("window", [1, 2])
def test_no_window_crosses_the_border_of_a_sentence(window):
    sentences = [[0, 1, 2, 3, 4], [5], [6, 7, 8], [], [9, 10, 11, 12, 13, 14]]
    corpus = Corpus.from_sentences([[f"w{i:02d}" for i in sentence] for sentence in sentences if sentence])
    contexts, targets = contexts_and_targets(corpus.ids, window, corpus.sentence_starts)
    apart = [contexts_and_targets(np.array(s), window) for s in sentences if len(s) > 2 * window]
    words = np.array([int(word[1:]) for word in corpus.vocabulary.words])
    assert words[contexts].tolist() == np.concatenate([each[0] for each in apart]).tolist()
    assert words[targets].tolist() == np.concatenate([each[1] for each in apart]).tolist()


def test_ids_are_copied_not_viewed():
    ids = np.array([0, 1, 2])
    _, targets = contexts_and_targets(ids)
    targets[0] = 9
    assert ids.tolist() == [0, 1, 2]


@pytest.mark.parametrize("window", [0, 2])
def test_a_window_that_does_not_fit(window):
    with pytest.raises(OptionError, match=f"number of ids, 4; got window {window}"):
        contexts_and_targets(np.arange(4), window)


def test_a_window_that_fits_no_sentence():
    with pytest.raises(OptionError, match="no sentence has 2 window"):
        contexts_and_targets(np.arange(4), 1, np.array([0, 2, 4]))


def test_what_are_no_ids():
    with pytest.raises(ShapeError, match="integers"):
        contexts_and_targets(np.array([0.0, 1.0, 2.0]))
    with pytest.raises(ShapeError, match="integers"):
        contexts_and_targets(np.zeros((3, 3), int))


def test_words_are_numbered_as_they_come():
    ids, words = number_words(["너는", "말해", "안녕", "말해"])
    assert ids.tolist() == [0, 1, 2, 1]
    assert words == ["너는", "말해", "안녕"]
    with pytest.raises(CorpusError, match=r"one string: 'you say'; try .split\(\)"):
        number_words("you say")
    with pytest.raises(CorpusError, match="no words"):
        number_words([])
    with pytest.raises(CorpusError, match=r"one of them is a list: \['you', 'say'\]"):
        number_words([["you", "say"]])


def test_the_window_is_a_whole_number():
    with pytest.raises(ArgumentError, match=r"window must be a whole number; got 1\.0: write window=1"):
        contexts_and_targets([0, 1, 2], window=1.0)
