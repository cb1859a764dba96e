import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.counts import count_cooccurrences, stream
from wordvec.counts.stream import text_stream

WORDS = np.array([0, 1, 0, 2, 0, 1, 0, 0, 3, 0] * 60, np.int32)
STARTS = np.array([0, 7, 7, 20, 100, 101, 600])
SAMPLER = ExampleSampler.for_counts(np.bincount(WORDS), subsample=0.02, seed=5)


@settings(max_examples=60, deadline=None)
@given(lengths=st.lists(st.integers(0, 6), max_size=8), at_once=st.integers(1, 9))
def test_borders_keep_sentences_apart(lengths, at_once):
    starts = np.cumsum([0] + lengths)
    ids = np.arange(starts[-1], dtype=np.int32) % 5
    expected = [5]
    for begin, end in zip(starts[:-1], starts[1:]):
        expected += [*ids[begin:end].tolist(), 5]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "TOKENS_AT_ONCE", at_once)
        found = text_stream((ids, starts, 5), None, False, seed=1, limit=10**6).finish().tolist()
    assert without_repeated_borders(found) == without_repeated_borders(expected)


def without_repeated_borders(ids):
    """Empty sentences may have borders of their own or not."""
    return [word for k, word in enumerate(ids) if k == 0 or (word, ids[k - 1]) != (5, 5)]


def subsampled_by_hand(mode):
    """The text after subsampling, as sentences: words taken out, or put aside as an id of their own."""
    kept = SAMPLER.keeps(WORDS, 0, len(WORDS), epoch=0)
    assert 100 < kept.sum() < 500
    sentences = []
    for begin, end in zip(STARTS[:-1], STARTS[1:]):
        words, keep = WORDS[begin:end], kept[begin:end]
        sentences.append(words[keep] if mode == "dirty" else np.where(keep, words, 4))
    return sentences


@pytest.mark.parametrize("mode", ["dirty", "clean"])
@pytest.mark.parametrize("at_once", [13, 10**6])
def test_subsampling_takes_the_tokens_that_skip_gram_takes(mode, at_once, monkeypatch):
    monkeypatch.setattr(stream, "TOKENS_AT_ONCE", at_once)
    sentences = subsampled_by_hand(mode)
    starts = np.cumsum([0] + [len(sentence) for sentence in sentences])
    removed_counted = count_cooccurrences((np.concatenate(sentences), starts, 5), 4, "harmonic").matrix
    expected = removed_counted[:4, :4].toarray()  # in clean mode the fifth word stands where words were removed
    options = {"subsample": 0.02, "subsample_mode": mode, "seed": 5}
    counts = count_cooccurrences((WORDS, STARTS, 4), 4, "harmonic", **options)
    np.testing.assert_array_equal(counts.matrix.toarray(), expected)
    assert (counts.subsample, counts.subsample_mode, counts.seed) == (0.02, mode, 5)
    other = count_cooccurrences((WORDS, STARTS, 4), 4, "harmonic", **(options | {"seed": 6})).matrix
    assert (other != counts.matrix).nnz > 0


def test_a_corpus_and_its_arrays_are_subsampled_alike():
    corpus = Corpus.from_sentences([[str(word) for word in WORDS[a:b]] for a, b in zip(STARTS[:-1], STARTS[1:])])
    arrays = corpus.ids, corpus.sentence_starts, len(corpus.vocabulary)
    ours, theirs = (count_cooccurrences(text, 3, subsample=0.1).matrix for text in (corpus, arrays))
    assert (ours != theirs).nnz == 0


def test_without_subsampling_every_token_counts():
    assert count_cooccurrences((WORDS, STARTS, 4), 1).matrix.sum() == 2 * (len(WORDS) - 5)  # 5 sentences have words


def test_nothing_left_after_subsampling():
    assert count_cooccurrences((np.zeros(50, np.int32), np.array([0, 50]), 1), 2, subsample=1e-12).matrix.nnz == 0
