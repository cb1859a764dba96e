"""Bootstrap samples of a corpus: its sentences drawn with replacement."""

from __future__ import annotations

import numpy as np

from wordvec.corpus import Corpus
from wordvec.errors import OptionError
from wordvec.rng import SENTENCES, U64, below, draw, item_key, key_of

SENTENCES_AT_ONCE = 1 << 17  # a few million words: some tens of MiB


def resampled_corpus(corpus: Corpus, sample: int) -> Corpus:
    """Return bootstrap sample number `sample` of a corpus: as many sentences, drawn with replacement (Efron 1979).

    Antoniak and Mimno (2018, "Evaluating the stability of embedding-based word similarities") train on such samples
    to see which neighbours hang on a few texts. Sentence number i of the sample is drawn by (`sample`, i) alone; those
    drawn stand in the corpus's order. The vocabulary with its counts is the corpus's own, so that samples share their
    ids; a rare word may be absent from a sample. The sample's ids, 4 bytes a word, are in memory.
    Raises OptionError for a negative number, or for a corpus of 2^32 sentences and more.

    >>> corpus = Corpus.from_sentences([["a", "b"], ["c"], ["a", "c", "b"]])
    >>> sample = resampled_corpus(corpus, sample=1)
    >>> list(sample.sentences())
    [['a', 'b'], ['a', 'b'], ['a', 'c', 'b']]
    """
    sentences = len(corpus.sentence_starts) - 1
    if sample < 0:
        raise OptionError(f"the number of a bootstrap sample must be at least 0; got {sample}")
    if sentences >= 2**32:
        raise OptionError(f"bootstrap samples are drawn from fewer than 2^32 sentences; the corpus has {sentences:,}")
    times = times_drawn(sentences, sample)
    lengths = np.diff(corpus.sentence_starts)
    starts = np.concatenate([[0], np.cumsum(np.repeat(lengths, times))]).astype(np.int64)
    ids = np.empty(int(starts[-1]), np.int32)
    filled = 0
    for first in range(0, sentences, SENTENCES_AT_ONCE):
        part = slice(first, min(first + SENTENCES_AT_ONCE, sentences))
        drawn = _repeated(corpus, part, lengths[part], times[part])
        ids[filled : filled + len(drawn)] = drawn
        filled += len(drawn)
    info = corpus.info | {"bootstrap_sample": sample, "sampled_from": corpus.fingerprint}
    return Corpus(ids, starts, corpus.vocabulary, info)


def times_drawn(sentences: int, sample: int) -> np.ndarray:
    """How often each of `sentences` is in bootstrap sample number `sample`, (sentences,) int64.

    >>> times_drawn(5, sample=1).tolist(), int(times_drawn(1000, sample=2).sum())
    ([4, 0, 0, 1, 0], 1000)
    """
    times = np.zeros(sentences, np.int64)
    for first in range(0, sentences, SENTENCES_AT_ONCE):
        numbers = np.arange(first, min(first + SENTENCES_AT_ONCE, sentences), dtype=U64)
        drawn = below(draw(item_key(key_of(sample, SENTENCES), numbers), U64(0)), U64(sentences))
        times += np.bincount(drawn.astype(np.int64), minlength=sentences)
    return times


def _repeated(corpus: Corpus, part: slice, lengths: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The ids of sentences `part`, each as often as it was drawn."""
    begin, end = corpus.sentence_starts[part.start], corpus.sentence_starts[part.stop]
    ids = np.asarray(corpus.ids[begin:end])
    starts = np.repeat(np.cumsum(lengths) - lengths, times)
    sizes = np.repeat(lengths, times)
    # Where a drawn sentence begins in the sample, less where it begins in the corpus, is what its words are moved by.
    moved = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return ids[np.arange(len(moved)) + moved]
