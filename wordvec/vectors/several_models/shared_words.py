"""The words models have in common, the most frequent first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.corpus.checks import check_whole_number
from wordvec.errors import InputError, OptionError

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors


class SharedWords(NamedTuple):
    """Words of all models (n of them), and their rows in each model, (n,) int64."""

    words: list[str]
    rows: tuple[np.ndarray, ...]


def shared_words(*models: WordVectors, top: int | None = None, min_count: int = 0) -> SharedWords:
    """The words of all models with a direction in each, most frequent first; the `top` of them, or all.

    A word is as frequent as where it is rarest: it goes by the largest of its ranks, which are those of the counts
    where a model has them, and of the rows where not (files list frequent words first). `min_count` must be reached
    in every model. Words whose vector is zero in one of them are left out: they are similar to nothing.

    Raises InputError when the models share no word, or none that frequent, and OptionError for a `top` below 1 or a
    `min_count` for a model without counts.

    >>> from wordvec.vectors import WordVectors
    >>> a = WordVectors(["the", "cat", "sat"], np.eye(3), counts=np.array([9, 5, 2]))
    >>> b = WordVectors(["sat", "the", "dog"], np.eye(3))
    >>> shared_words(a, b).words
    ['the', 'sat']
    """
    if top is not None:
        check_whole_number("top, the number of most frequent words,", top)
    check_whole_number("min_count", min_count, least=0)
    first, *others = models
    words = [word for word in first.words if all(word in other for other in others)]
    if not words:
        vocabularies = "; ".join(f"{len(model):,} words such as {_some(model)}" for model in models)
        raise InputError(
            f"no word is in all {len(models)} models ({vocabularies}): are they of one language, case and tokenizer?"
        )
    rows = [np.array([model.word_id(word) for word in words]) for model in models]
    keep = np.ones(len(words), bool)
    for number, (model, of_model) in enumerate(zip(models, rows), 1):
        keep &= model.lengths[of_model] > 0
        if min_count > 0:
            keep &= _counts(model, number)[of_model] >= min_count
    if not keep.any():
        raise InputError(
            f"none of the {len(words):,} shared words has a vector that is not zero and a count of at least {min_count}"
        )
    rank = np.max([_ranks(model)[of_model] for model, of_model in zip(models, rows)], axis=0)
    order = np.argsort(rank, kind="stable")
    order = order[keep[order]][:top]
    return SharedWords([words[i] for i in order.tolist()], tuple(of_model[order] for of_model in rows))


def frequent_rows(vectors: WordVectors, top: int | None) -> np.ndarray:
    """Rows of the `top` most frequent words with a direction, most frequent first; None for all.

    >>> from wordvec.vectors import WordVectors
    >>> frequent_rows(WordVectors(["a", "b", "c"], np.eye(3), counts=np.array([1, 9, 5])), 2).tolist()
    [1, 2]
    """
    order = np.argsort(_ranks(vectors), kind="stable")
    return order[vectors.lengths[order] > 0][:top]


def _ranks(vectors: WordVectors) -> np.ndarray:
    """Of each row, how many words are more frequent, or stand before it where counts are equal or unknown."""
    if vectors.counts is None:
        return np.arange(len(vectors))
    ranks = np.empty(len(vectors), np.int64)
    ranks[np.argsort(-vectors.counts, kind="stable")] = np.arange(len(vectors))
    return ranks


def _counts(vectors: WordVectors, number: int) -> np.ndarray:
    if vectors.counts is None:
        raise OptionError(
            f"min_count needs the counts of words, which model {number} lacks: choose the most frequent words by number"
        )
    return vectors.counts


def _some(vectors: WordVectors) -> str:
    return ", ".join(repr(vectors.words[i]) for i in range(min(3, len(vectors))))
