"""What models have in common: shared words, the most frequent first, and shared neighbours of a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wordvec.argument_types import check_whole_number
from wordvec.errors import InputError, OptionError, counted

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors


class SharedWords(NamedTuple):
    """Words of all models (n of them), and their rows in each model, (n,) int64."""

    words: list[str]
    rows: tuple[np.ndarray, ...]


def shared_words(*models: WordVectors, top: int | None = None, min_count: int = 0) -> SharedWords:
    """The words with a non-zero vector in all models, most frequent first; the first `top`, or all.

    A word is ordered by its rank in the model where it is rarest. Ranks are by count, or by row in a model without
    counts (files list frequent words first). Every model must reach `min_count`. Words whose vector is zero in one
    model are left out, because they are similar to nothing.

    Raises InputError if the models share no word, or none that frequent, and OptionError for a `top` below 1 or a
    `min_count` with a model without counts.

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
        vocabularies = "; ".join(f"{counted(len(model), 'word')} such as {_some(model)}" for model in models)
        raise InputError(
            f"no word is in all {len(models)} models ({vocabularies}): are they of one language, case and tokenizer? "
            "Two languages need a dictionary"
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
    """Rows of the `top` most frequent words with a non-zero vector, most frequent first; None for all.

    >>> from wordvec.vectors import WordVectors
    >>> frequent_rows(WordVectors(["a", "b", "c"], np.eye(3), counts=np.array([1, 9, 5])), 2).tolist()
    [1, 2]
    """
    order = np.argsort(_ranks(vectors), kind="stable")
    return order[vectors.lengths[order] > 0][:top]


def _ranks(vectors: WordVectors) -> np.ndarray:
    """For each row, how many words are more frequent, or come before it if counts are equal or unknown."""
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


# How many neighbours two lists have in common, and how probable so few would be.


LISTS = 4_096  # compared at a time
PEERS = 1_000  # words closest in frequency, whose noise is compared with a word's
SMALLEST = 0.05  # added to the size of noise, so that it is not near zero when all peers agree
TIES = 1e-9  # numbers this close are equal and differ only by rounding


def count_common(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many numbers row i of `a` shares with row i of `b`, (n,) int64. Shapes: a, b (n, k), distinct in each row.

    >>> count_common(np.array([[1, 2, 3], [4, 5, 6]]), np.array([[3, 1, 9], [7, 8, 9]])).tolist()
    [2, 0]
    """
    common = np.empty(len(a), np.int64)
    for first in range(0, len(a), LISTS):
        block = slice(first, first + LISTS)
        both = np.sort(np.concatenate([a[block], b[block]], axis=1), axis=1)
        common[block] = (both[:, 1:] == both[:, :-1]).sum(axis=1)
    return common


def tail_probabilities(common: np.ndarray, noise: np.ndarray, peers: int = PEERS) -> tuple[np.ndarray, np.ndarray]:
    """How far each word's common neighbours with B fall below those with the baselines, and how probable that is.

    The fall is d = sqrt(common) - mean over baselines of sqrt(noise); square roots give small and large counts about
    the same noise. If B were another baseline, it could be exchanged with any of them. So the falls of each baseline
    below the others are due to chance. A single baseline falls below B as often as B below it; then the falls due to
    chance are -d. Both are divided by the mean size of the noise of the `peers`, the words around a word in order of
    frequency. Then p = (1 + chance falls at least as deep) / (1 + chance falls), over all words; the smallest p is
    1 / (1 + n * baselines). Shapes: common (n,), in order of frequency; noise (baselines, n) -> d (n,), negative for a
    fall, and p (n,).

    >>> d, p = tail_probabilities(np.array([1, 9, 16, 36]), np.array([[4, 9, 16, 25]]))
    >>> d.tolist(), p.tolist()
    ([-1.0, 0.0, 0.0, 1.0], [0.4, 0.8, 0.8, 1.0])
    """
    roots = np.sqrt(noise.astype(np.float64))
    falls = np.sqrt(common.astype(np.float64)) - roots.mean(axis=0)
    baselines = len(noise)
    if baselines == 1:
        chance = -falls[None, :]
    else:
        chance = roots - (roots.sum(axis=0) - roots) / (baselines - 1)
    scale = _mean_of_peers(np.abs(chance).mean(axis=0), peers) + SMALLEST
    null = np.sort((chance / scale).ravel())
    as_deep = np.searchsorted(null, falls / scale + TIES, side="right")
    return falls, np.asarray((1 + as_deep) / (1 + null.size))


def _mean_of_peers(values: np.ndarray, peers: int) -> np.ndarray:
    """The mean over the words around each, (n,)."""
    half, n = min(len(values), peers) // 2, len(values)
    first = np.clip(np.arange(n) - half, 0, max(0, n - 2 * half - 1))
    end = np.minimum(first + 2 * half + 1, n)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return (sums[end] - sums[first]) / (end - first)


def false_discovery_rates(p: np.ndarray) -> np.ndarray:
    """q-values of Benjamini and Hochberg (1995): min over larger p of p n / rank, (n,).

    >>> false_discovery_rates(np.array([0.01, 0.5, 0.02])).round(3).tolist()
    [0.03, 0.5, 0.03]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    rates = np.empty(len(p))
    rates[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return rates
