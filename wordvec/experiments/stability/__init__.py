"""The stability of a word's neighbours over other seeds, or over other samples of the same texts.

Neighbour lists are read as facts about a text, but a good part of them is chance (Hellrich and Hahn 2016, "Bad
company: neighborhoods in neural embedding spaces considered harmful"; Antoniak and Mimno 2018, "Evaluating the
stability of embedding-based word similarities"). The measure is the share of a word's neighbours that models share.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wordvec.argument_types import check_is_list
from wordvec.corpus.documents.rarity import why_too_rare
from wordvec.errors import InputError, OptionError
from wordvec.evaluation.statistics import Interval
from wordvec.progress import progress
from wordvec.rng import SHUFFLE, permutation
from wordvec.vectors import WordVectors

WORDS_AT_ONCE = 2048
IDS_AT_ONCE = 1 << 22  # of neighbours, sorted together


@dataclass(frozen=True)
class Band:
    """Words of similar frequency: their number, how many were measured, their mean overlap and its interval."""

    name: str
    words: int
    measured: int
    mean: float
    ci95: Interval | None


@dataclass(frozen=True)
class Stability:
    """How stable the neighbours of `words` are over several models.

    overlap   (W,) in [0, 1]: the share of a word's `k` nearest neighbours that two models have in common, averaged
              over all pairs of models
    counts    (W,) how often each word was seen, or None if unknown
    documents (W,) the number of documents that contain each word, or None if unknown
    sizes     the number of words in the vocabulary by band; `words` may be a sample of them
    over      what differs between the models: "seeds", "samples of documents", "samples of sentences" or "files"
    """

    words: tuple[str, ...]
    overlap: np.ndarray
    k: int
    models: int
    over: str = "files"
    counts: np.ndarray | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    documents: np.ndarray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "_place", {word: i for i, word in enumerate(self.words)})

    def stability_of(self, word: str) -> float | None:
        """The overlap of `word`, or None for a word that was not measured."""
        place: int | None = self._place.get(word)  # type: ignore[attr-defined]
        return None if place is None else float(self.overlap[place])

    def why_too_rare(self, word: str) -> str | None:
        """Why a word is too rare, by the rule of `wordvec.corpus.documents.rarity`; None if it is not."""
        place: int | None = self._place.get(word)  # type: ignore[attr-defined]
        if place is None:
            return None
        count, documents = (None if of is None else int(of[place]) for of in (self.counts, self.documents))
        return why_too_rare(count, documents)

    @property
    def mean(self) -> float:
        """The mean over the vocabulary: the bands' means, weighted by their numbers of words."""
        bands = self.bands()
        return sum(band.mean * band.words for band in bands) / sum(band.words for band in bands)

    def bands(self) -> list[Band]:
        """The words in bands of frequency, the rarest first; one band if counts are unknown."""
        names = band_names(self.counts) if self.counts is not None else np.full(len(self.words), "all words")
        found = []
        for name in dict.fromkeys(names[np.argsort(self.counts, kind="stable")] if self.counts is not None else names):
            values = self.overlap[names == name]
            mean, half = float(values.mean()), None
            if len(values) > 1:
                half = 1.96 * float(values.std(ddof=1)) / math.sqrt(len(values))
            interval = None if half is None else (max(0.0, mean - half), min(1.0, mean + half))
            found.append(Band(str(name), self.sizes.get(str(name), len(values)), len(values), mean, interval))
        return found


@dataclass(frozen=True)
class SharedNeighbour:
    """A word that is a nearest neighbour of another in `models` models; the mean and range of its cosine in all models.

    `too_rare` is why the word is too rare, or None.
    """

    word: str
    models: int
    cosine: float
    lowest: float
    highest: float
    too_rare: str | None = None


def neighbour_stability(
    models: Sequence[WordVectors],
    words: Sequence[str] | None = None,
    *,
    k: int = 10,
    sample: int | None = 500,
    seed: int = 1,
    over: str = "files",
    documents: Mapping[str, int] | None = None,
    show_progress: bool | None = None,
) -> Stability:
    """Measure the overlap of the `k` nearest neighbours over all pairs of models, for words that all models have.

    overlap(w) = mean over pairs (A, B) of |N_A(w) & N_B(w)| / k, where N are the neighbours among the common words.
    (Antoniak and Mimno 2018 use the Jaccard index of the same sets: |A & B| / |A | B|.)

    Measures `words` if given, else up to `sample` words of each band of frequency, drawn by `seed`; `sample` None
    measures all. `documents` is the number of documents that contain each word. Raises OptionError for fewer than two
    models or k < 1, UnknownWordError for a word that a model lacks, and InputError for models without common words.

    >>> angles = {"cat": 0.0, "dog": 0.1, "cow": 0.3, "car": 1.5}
    >>> moved = angles | {"cow": -0.05}
    >>> def at(angles): return WordVectors(list(angles), np.array([[np.cos(a), np.sin(a)] for a in angles.values()]))
    >>> neighbour_stability([at(angles), at(moved)], k=1).overlap.tolist()
    [0.0, 1.0, 0.0, 0.0]
    """
    check_is_list("words", words)
    if len(models) < 2:
        raise OptionError(f"stability is over at least two models; got {len(models)}")
    if k < 1:
        raise OptionError(f"k, the number of neighbours, must be at least 1; got {k}")
    common = common_words(models)
    neighbours_there = min(k, len(common) - 1)
    if neighbours_there < 1:
        raise InputError(
            "the models have fewer than two words in common: were they trained on different texts or languages, or "
            "with different tokenizers?"
        )
    counts = _counts(models[0], common)
    names = band_names(counts) if counts is not None else np.full(len(common), "all words")
    chosen = _chosen(models, common, names, words, sample, seed)
    with progress(len(models) * len(chosen), "neighbours", "words", show=show_progress) as bar:
        neighbours = [_neighbours(model, chosen, common, neighbours_there, bar) for model in models]
    place = {word: i for i, word in enumerate(common)}
    return Stability(
        words=tuple(chosen),
        overlap=mean_overlap(neighbours),
        k=neighbours_there,
        models=len(models),
        over=over,
        counts=None if counts is None else counts[[place[word] for word in chosen]],
        sizes={str(name): int(size) for name, size in zip(*np.unique(names, return_counts=True))},
        documents=None if documents is None else np.array([documents.get(word, 0) for word in chosen], np.int64),
    )


def neighbours_over_models(
    models: Sequence[WordVectors], word: str, k: int = 10, documents: Mapping[str, int] | None = None
) -> list[SharedNeighbour]:
    """Every word that is among the `k` nearest of `word` in any model; those in the most models come first.

    `documents` is the number of documents that contain each word. It determines, with the counts of the first model,
    which words are too rare.

    >>> same = WordVectors(["cat", "dog", "car"], np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]]))
    >>> neighbours_over_models([same, same], "cat", k=1)[0].word
    'dog'
    """
    common = common_words(models)
    among = None if all(len(model) == len(common) for model in models) else common
    found = [model.nearest_to_each([word], k, among=among)[0] for model in models]
    times: dict[str, int] = {}
    for answer in found:
        for neighbour, _ in answer:
            times[neighbour] = times.get(neighbour, 0) + 1
    shared = []
    for neighbour, often in times.items():
        cosines = [model.similarity(word, neighbour) for model in models]
        mean = sum(cosines) / len(cosines)
        count = None if models[0].counts is None else int(models[0].counts[models[0].word_id(neighbour)])
        rare = why_too_rare(count, None if documents is None else documents.get(neighbour, 0))
        shared.append(SharedNeighbour(neighbour, often, mean, min(cosines), max(cosines), rare))
    return sorted(shared, key=lambda each: (-each.models, -each.cosine, each.word))


def common_words(models: Sequence[WordVectors]) -> list[str]:
    """The words that all models have, in the order of the first model."""
    first = list(models[0].words)
    return [word for word in first if all(word in model for model in models[1:])]


def band_names(counts: np.ndarray) -> np.ndarray:
    """The band of each count: "1-9", "10-99", "100-999", ...

    >>> band_names(np.array([5, 10, 99, 1234])).tolist()
    ['1-9', '10-99', '10-99', '1,000-9,999']
    """
    digits = [len(str(max(int(count), 1))) for count in counts]
    return np.array([f"{10 ** (n - 1):,}-{10**n - 1:,}" for n in digits], dtype=object)


def mean_overlap(neighbours: Sequence[np.ndarray]) -> np.ndarray:
    """The share of common neighbours, averaged over all pairs of models, (W,).

    Each model has (W, k) ids, each row without repetition, -1 for none. A neighbour that c models have is common to
    c (c - 1) / 2 pairs, so the time grows with the models, not with their pairs.

    >>> mean_overlap([np.array([[1, 2], [3, -1]]), np.array([[2, 5], [-1, -1]])]).tolist()
    [0.5, 0.0]
    """
    models, (words, k) = len(neighbours), neighbours[0].shape
    common = np.empty(words, np.int64)
    size = max(1, IDS_AT_ONCE // (models * k))
    for first in range(0, words, size):
        ids = np.sort(np.concatenate([rows[first : first + size] for rows in neighbours], axis=1), axis=1)
        begins = np.diff(ids, axis=1, prepend=-2) != 0
        starts = np.flatnonzero(begins)
        times = np.where(ids[begins] < 0, 0, np.diff(starts, append=ids.size))
        common[first : first + size] = np.bincount(starts // (models * k), times * (times - 1) / 2, len(ids))
    return common / (k * (models * (models - 1) / 2))


def _counts(model: WordVectors, words: Sequence[str]) -> np.ndarray | None:
    return None if model.counts is None else np.asarray(model.counts)[[model.word_id(word) for word in words]]


def _chosen(
    models: Sequence[WordVectors],
    common: list[str],
    names: np.ndarray,
    words: Sequence[str] | None,
    sample: int | None,
    seed: int,
) -> list[str]:
    """The words to measure, in the order of the first model."""
    if words is not None:
        for model in models:
            for word in words:
                model.word_id(word)  # raises UnknownWordError, with suggestions
        return list(dict.fromkeys(words))
    if sample is None:
        return common
    if sample < 1:
        raise OptionError(f"the sample of each band must be at least 1 word; got {sample}")
    order = permutation(seed, SHUFFLE, len(common))
    taken = [order[names[order] == name][:sample] for name in np.unique(names)]
    return [common[i] for i in np.sort(np.concatenate(taken)).tolist()]


def _neighbours(model: WordVectors, words: list[str], common: list[str], k: int, bar: Any) -> np.ndarray:
    """Each word's k nearest among the common words, as places in `common`, (W, k) int64; -1 for none."""
    place = {word: i for i, word in enumerate(common)}
    among = None if len(model) == len(common) else common
    found = np.full((len(words), k), -1, np.int64)
    for first in range(0, len(words), WORDS_AT_ONCE):
        part = words[first : first + WORDS_AT_ONCE]
        for i, answer in enumerate(model.nearest_to_each(part, k, among=among)):
            found[first + i, : len(answer)] = [place[word] for word, _ in answer]
        bar.update(len(part))
    return found
