"""Bootstrap samples of a corpus: its documents, or its sentences, drawn with replacement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.corpus import Corpus
from wordvec.errors import OptionError, counted
from wordvec.rng import SENTENCES, U64, below, draw, item_key, key_of

if TYPE_CHECKING:
    from wordvec.trainers.base import Trainer
    from wordvec.vectors import WordVectors

SENTENCES_AT_ONCE = 1 << 17  # a few million words, some tens of MiB
UNITS = ("documents", "sentences")
FEWEST_DOCUMENTS = 5  # with fewer, a sample is often a single document, repeated


def resampled_corpus(corpus: Corpus, sample: int, unit: str | None = None) -> Corpus:
    """Bootstrap sample number `sample` of a corpus: the same number of documents, drawn with replacement (Efron 1979).

    Antoniak and Mimno (2018, "Evaluating the stability of embedding-based word similarities") train on such samples to
    see which neighbours depend on a few texts. `unit` is what is drawn, see `unit_of`. Document (or sentence) number i
    of the sample depends only on (`sample`, i). Sentences keep the corpus's order; each occurs as often as its document
    was drawn. The vocabulary and its counts are the corpus's own, so that samples share their ids; a rare word may be
    absent from a sample. The sample's ids, 4 bytes per word, are in memory. Raises OptionError for a negative number,
    for 2^32 sentences or more, and in the cases of `unit_of`.

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
    unit = unit_of(corpus, unit)
    documents = corpus.documents if unit == "documents" else None
    if documents is None:
        times = times_drawn(sentences, sample)
    else:
        times = times_drawn(len(documents), sample)[documents.of_sentence]
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
    return Corpus(ids, starts, corpus.vocabulary, info | ({} if documents is None else {"sampled": "documents"}))


def vectors_of_samples(
    corpus: Corpus,
    trainer: Trainer,
    samples: int = 10,
    unit: str | None = None,
    *,
    show_progress: bool | None = None,
) -> list[WordVectors]:
    """The vectors that a trainer makes from each of the first bootstrap samples, for `neighbour_stability`.

    Sample i, from 1, is trained with seed i. Raises the errors of `resampled_corpus`, and OptionError for no samples.

    >>> from wordvec import SVD
    >>> corpus = Corpus.from_sentences([["a", "b", "c"], ["c", "d", "a"], ["b", "d", "c"]] * 9)
    >>> len(vectors_of_samples(corpus, SVD(dim=2, window=1), samples=3, show_progress=False))
    3
    """
    if samples < 1:
        raise OptionError(f"at least one sample is needed; got {samples}")
    options: Any = trainer  # every trainer is a dataclass, but their common base is not declared as one
    made = (
        replace(options, seed=number).fit(resampled_corpus(corpus, number, unit), show_progress=show_progress)
        for number in range(1, samples + 1)
    )
    return [trained.vectors for trained in made]


def unit_of(corpus: Corpus, unit: str | None = None) -> str:
    """The unit of samples of a corpus: `unit` if given, else "documents" if the corpus has them, else "sentences".

    The sentences of one document are not independent, so samples of sentences differ less than other texts would.
    Raises OptionError for an unknown unit, for a corpus without documents, or with fewer than FEWEST_DOCUMENTS.

    >>> unit_of(Corpus.from_sentences([["tea"]]))
    'sentences'
    """
    if unit not in (None, *UNITS):
        raise OptionError(f"samples are drawn from {' or '.join(UNITS)}; got {unit!r}")
    documents = corpus.documents
    if documents is None:
        if unit == "documents":
            raise OptionError(
                "the corpus does not know its documents, so none can be drawn: build it with a table of them, "
                "wordvec corpus build TEXT --metadata table.csv, or draw sentences (--resample sentences)"
            )
        return "sentences"
    if unit != "sentences" and len(documents) < FEWEST_DOCUMENTS:
        raise OptionError(
            f"samples of documents need at least {FEWEST_DOCUMENTS} of them; the corpus has "
            f"{counted(len(documents), 'document')}: draw sentences (--resample sentences), or cut the texts into more "
            "documents"
        )
    return unit or "documents"


def times_drawn(things: int, sample: int) -> np.ndarray:
    """How often each sentence or document occurs in bootstrap sample number `sample`, (things,) int64.

    >>> times_drawn(5, sample=1).tolist(), int(times_drawn(1000, sample=2).sum())
    ([4, 0, 0, 1, 0], 1000)
    """
    times = np.zeros(things, np.int64)
    for first in range(0, things, SENTENCES_AT_ONCE):
        numbers = np.arange(first, min(first + SENTENCES_AT_ONCE, things), dtype=U64)
        drawn = below(draw(item_key(key_of(sample, SENTENCES), numbers), U64(0)), U64(things))
        times += np.bincount(drawn.astype(np.int64), minlength=things)
    return times


def _repeated(corpus: Corpus, part: slice, lengths: np.ndarray, times: np.ndarray) -> np.ndarray:
    """The ids of the sentences in `part`, each sentence repeated as often as it was drawn."""
    begin, end = corpus.sentence_starts[part.start], corpus.sentence_starts[part.stop]
    ids = np.asarray(corpus.ids[begin:end])
    starts = np.repeat(np.cumsum(lengths) - lengths, times)
    sizes = np.repeat(lengths, times)
    # A sentence's words move by the difference between where it begins in the corpus and where in the sample.
    moved = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return ids[np.arange(len(moved)) + moved]
