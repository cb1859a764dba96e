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

SENTENCES_AT_ONCE = 1 << 17  # a few million words: some tens of MiB
UNITS = ("documents", "sentences")
FEWEST_DOCUMENTS = 5  # with fewer, a sample is often one document over and over


def resampled_corpus(corpus: Corpus, sample: int, unit: str | None = None) -> Corpus:
    """Return bootstrap sample number `sample` of a corpus: as many documents, drawn with replacement (Efron 1979).

    Antoniak and Mimno (2018, "Evaluating the stability of embedding-based word similarities") train on such samples to
    see which neighbours depend on a few texts. `unit` is what is drawn, see `unit_of`. Document (or sentence) number i
    of the sample is drawn by (`sample`, i) alone; sentences stand in the corpus's order, each as often as its document
    was drawn. The vocabulary with its counts is the corpus's own, so that samples share their ids; a rare word may be
    absent from a sample. The sample's ids, 4 bytes a word, are in memory. Raises OptionError for a negative number, as
    `unit_of` does, and for 2^32 sentences and more.

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
    """The vectors that a trainer makes of each of the first bootstrap samples, for `neighbour_stability` to compare.

    Sample number i, from 1, is trained on with seed i. Raises as `resampled_corpus`, and OptionError for no sample.

    >>> from wordvec import SVD
    >>> corpus = Corpus.from_sentences([["a", "b", "c"], ["c", "d", "a"], ["b", "d", "c"]] * 9)
    >>> len(vectors_of_samples(corpus, SVD(dim=2, window=1), samples=3, show_progress=False))
    3
    """
    if samples < 1:
        raise OptionError(f"at least one sample is needed; got {samples}")
    options: Any = trainer  # each of them is a dataclass, which their common base does not say
    made = (
        replace(options, seed=number).fit(resampled_corpus(corpus, number, unit), show_progress=show_progress)
        for number in range(1, samples + 1)
    )
    return [trained.vectors for trained in made]


def unit_of(corpus: Corpus, unit: str | None = None) -> str:
    """What samples of a corpus are drawn from: "documents" where it knows them, else "sentences"; or what is asked for.

    What is in one document is not independent, so samples of sentences differ less than other texts would. Raises
    OptionError for another unit, for documents where none are known, and for fewer than FEWEST_DOCUMENTS.

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
    """How often each of so many sentences or documents is in bootstrap sample number `sample`, (things,) int64.

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
    """The ids of sentences `part`, each as often as it was drawn."""
    begin, end = corpus.sentence_starts[part.start], corpus.sentence_starts[part.stop]
    ids = np.asarray(corpus.ids[begin:end])
    starts = np.repeat(np.cumsum(lengths) - lengths, times)
    sizes = np.repeat(lengths, times)
    # Where a drawn sentence begins in the sample, less where it begins in the corpus, is what its words are moved by.
    moved = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return ids[np.arange(len(moved)) + moved]
