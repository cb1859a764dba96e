"""Word translation: the share of a dictionary's words with a right translation among the best k."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.argument_types import check_whole_number
from wordvec.evaluation.files.set_files import as_set
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import accuracy_interval
from wordvec.vectors.several_models.alignment import has_direction
from wordvec.vectors.several_models.dictionaries import Dictionary, read_dictionary
from wordvec.vectors.several_models.translation import QUERIES, Translator

AT = (1, 5, 10)
SAME = np.float32(1e-6)  # scores nearer than this are equal: float32 cannot tell them apart


@dataclass(frozen=True, kw_only=True)
class TranslationScore(Score):
    """Precision at k: the share of covered words with a right translation among the `k` best.

    Items are the distinct source words of the dictionary. An item is covered if the source has a vector that
    is not zero for it and at least one of its translations is among the target words searched. `missing` are the words
    that either side lacks.
    """

    task = "translation"
    k: int
    method: str


def evaluate_translation(
    translator: Translator,
    dictionary: Dictionary | Sequence[tuple[str, str]] | str | os.PathLike[str],
    at: Sequence[int] = AT,
) -> list[TranslationScore]:
    """Score a translator on a dictionary it has not learned from: precision at each k of `at`, with 95 % intervals.

    As in Conneau et al. 2018 (section 3.2), a word counts as right if any of its translations is found. Other words
    with the same score rank before it, so identical vectors score nothing. Uncovered words do not count as wrong: read
    the score together with the coverage.
    Raises InputError for a file that cannot be read.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["a", "b", "c"], np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.2]]))
    >>> scores = evaluate_translation(Translator(vectors, vectors, neighbours=1), [("a", "a"), ("b", "b"), ("x", "y")])
    >>> [(score.k, score.score, score.covered, score.items) for score in scores][0]
    (1, 1.0, 2, 3)
    """
    for k in at:
        check_whole_number("k", k)
    named = as_set(dictionary, Dictionary, read_dictionary, "dictionary", lambda pairs: tuple(dict.fromkeys(pairs)))
    found = set(translator.target_words())
    gold = {word: [t for t in translations if t in found] for word, translations in named.translations().items()}
    covered = [word for word, translations in gold.items() if translations and has_direction(translator.source, word)]
    set_of_covered = set(covered)
    ranks = _ranks(translator, covered, gold)
    here = np.array([word in set_of_covered for word in gold], bool)
    missing = tuple(dict.fromkeys(_missing(named, translator, found)))
    notes = _notes(translator, covered)
    scores = []
    for k in at:
        outcomes = np.full(len(gold), np.nan)
        outcomes[here] = ranks <= k
        right = int((ranks <= k).sum())
        scores.append(
            TranslationScore(
                name=f"{named.name} @{k}",
                measure="accuracy",
                score=right / len(covered) if covered else None,
                ci95=accuracy_interval(right, len(covered)),
                items=len(gold),
                covered=len(covered),
                protocol="as given",
                missing=missing,
                notes=notes,
                outcomes=outcomes,
                k=k,
                method=translator.method,
            )
        )
    return scores


def _ranks(translator: Translator, words: Sequence[str], gold: Mapping[str, Sequence[str]]) -> np.ndarray:
    """The rank of each word's best right translation (n,): 1 + the number of other targets that score as well."""
    column = {word: i for i, word in enumerate(translator.target_words())}
    ids = np.array([translator.source.word_id(word) for word in words], np.int64)
    ranks = np.empty(len(words), np.int64)
    for first in range(0, len(words), QUERIES):
        block = slice(first, first + QUERIES)
        for i, (word, scores) in enumerate(zip(words[block], translator.scores(ids[block]))):
            right = [column[translation] for translation in gold[word]]
            best = scores[right].max()
            scores[right] = -np.inf
            ranks[first + i] = 1 + (scores >= best - SAME).sum()
    return ranks


def _missing(dictionary: Dictionary, translator: Translator, targets: set[str]) -> list[str]:
    """Words of pairs that one side lacks: the source word, else the translation."""
    return [
        translation if has_direction(translator.source, word) else word
        for word, translation in dictionary.pairs
        if not has_direction(translator.source, word) or translation not in targets
    ]


def _notes(translator: Translator, covered: Sequence[str]) -> tuple[str, ...]:
    """A note if the map was learned from some of these words, which makes the score too good."""
    learned = translator.learned_from
    if learned is None:
        return ("the map was learned from words that are spelt alike in both models",)
    seen = sum(word in learned for word in covered)
    return (f"{seen:,} of the {len(covered):,} words were used for learning, so the score is too good",) if seen else ()
