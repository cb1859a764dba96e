"""Continued training: starting from vectors that exist, with a vocabulary that may have grown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import OptionError

if TYPE_CHECKING:
    from wordvec.corpus import Vocabulary
    from wordvec.vectors import WordVectors


def known_words(start: WordVectors, vocabulary: Vocabulary) -> np.ndarray:
    """Which words of `vocabulary` (V,) have vectors in `start`, as bool."""
    return np.fromiter((word in start for word in vocabulary.words), bool, len(vocabulary))


def copy_known_words(
    start: WordVectors, vocabulary: Vocabulary, W_in: np.ndarray, W_out: np.ndarray | None
) -> list[str]:
    """Write the rows that `start` has into W_in and W_out (V, D), and return notes on what could not be taken over."""
    if start.dim != W_in.shape[1]:
        raise OptionError(
            f"the vectors to start from have {start.dim} dimensions and {W_in.shape[1]} are to be trained: "
            f"give --dim {start.dim}"
        )
    known = np.flatnonzero(known_words(start, vocabulary))
    if len(known) == 0:
        raise OptionError("the vectors to start from share no word with the text: different tokenizer or language?")
    rows = np.array([start.word_id(vocabulary.words[word_id]) for word_id in known])
    W_in[known] = start.rows(rows)
    notes = [f"{len(known):,} of {len(vocabulary):,} words start from the given vectors"]
    if W_out is None or start.context_matrix is None:
        notes.append("there are no context vectors to go on from, so W_out starts at zero")
    else:
        W_out[known] = start.context_matrix[rows]
    return notes


def with_words_of(start: WordVectors, trained: WordVectors) -> WordVectors:
    """The trained vectors, and behind them those of `start` that the new text had no words for; counts add up."""
    from wordvec.vectors import WordVectors

    rest = np.array([row for row, word in enumerate(start.words) if word not in trained], np.int64)
    old_counts = np.zeros(len(start), np.int64) if start.counts is None else start.counts
    new_counts = np.zeros(len(trained), np.int64) if trained.counts is None else trained.counts
    seen_before = np.array([old_counts[start.word_id(word)] if word in start else 0 for word in trained.words])
    words = [*trained.words, *(start.words[row] for row in rest)]
    counts = np.concatenate([new_counts + seen_before, old_counts[rest]])
    matrix = np.concatenate([trained.matrix, start.rows(rest)])
    context = None
    if trained.context_matrix is not None and start.context_matrix is not None:
        context = np.concatenate([trained.context_matrix, start.context_matrix[rest]])
    order = sorted(range(len(words)), key=lambda row: (-counts[row], words[row]))
    return WordVectors(
        [words[row] for row in order],
        matrix[order],
        counts[order],
        {**trained.info, "started_from": start.info.get("corpus_fingerprint")},
        context_matrix=None if context is None else context[order],
    )
