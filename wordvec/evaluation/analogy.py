"""Analogies: "a is to b as c is to ?", the share of questions answered with the expected word."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.errors import OptionError
from wordvec.evaluation.protocols import Protocol, get_protocol
from wordvec.evaluation.readers import NO_SECTION, AnalogyQuestions, Question, read_analogies
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import Interval, accuracy_interval
from wordvec.vectors import WordVectors
from wordvec.vectors.queries import check_method, multiplied, positive

# Cosines are computed for 2,048 questions and 2,048 candidates at a time (products large enough to be worth two
# threads), scores for 128 of these questions (1 MiB, which stay in the cache).
QUESTIONS, CANDIDATES, SCORED = 2048, 2048, 128


@dataclass(frozen=True)
class SectionScore:
    """Accuracy over the `covered` of `items` questions, with its bootstrap interval; None when none is covered."""

    name: str
    score: float | None
    ci95: Interval | None
    items: int
    covered: int


@dataclass(frozen=True, kw_only=True)
class AnalogyScore(Score):
    """The result of an analogy set.

    `score` is the accuracy over the `covered` of `items` questions, `sections` the same by section, `outcomes` 1 for
    right and 0 for wrong in the set's order. `semantic` and `syntactic` are set for Google's set, whose syntactic
    sections are those named gram...; `restrict_vocab` is how many words could be an answer.
    """

    task = "analogy"
    sections: tuple[SectionScore, ...] = ()
    semantic: SectionScore | None = None
    syntactic: SectionScore | None = None
    method: str = "3cosadd"
    restrict_vocab: int = 0

    def __str__(self) -> str:
        if self.score is None:
            return (
                f"{self.name}: nothing evaluated (0 of {self.items:,} questions have their four words "
                f"among the {self.restrict_vocab:,} most frequent)"
            )
        return super().__str__().replace(": accuracy ", f": {self.method} ").replace(" items", " questions")


def evaluate_analogy(
    vectors: WordVectors,
    questions: AnalogyQuestions | Sequence[Question] | str | os.PathLike[str],
    *,
    method: str = "3cosadd",
    restrict_vocab: int | None = 30_000,
    protocol: str = "wordvec",
) -> AnalogyScore:
    """Answer analogy questions and return the accuracy, with intervals, overall and by section.

    `questions` is a path in Google's format, the name of a bundled set, or (a, b, c, d) tuples. Questions and answers
    are confined to the `restrict_vocab` most frequent words (by counts where the vectors have them, else the first
    rows); None means all. `method`: see `WordVectors.analogy`. Memory is bounded whatever the vocabulary.
    Raises EvaluationFileError for a set that cannot be read, OptionError for an unknown method or protocol.

    >>> lattice = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 0.0]])
    >>> vectors = WordVectors(["man", "king", "woman", "queen", "apple"], lattice)
    >>> result = evaluate_analogy(vectors, [("man", "king", "woman", "queen"), ("man", "king", "cat", "lynx")])
    >>> result.score, result.covered, result.items
    (1.0, 1, 2)
    """
    check_method(method)
    if restrict_vocab is not None and restrict_vocab < 1:
        raise OptionError(f"restrict_vocab must be at least 1, or None for all words; got {restrict_vocab}")
    asked = _named(questions)
    rows = frequent_rows(vectors, restrict_vocab)
    unit = vectors.unit[rows]  # a view when the first rows are the most frequent ones
    words = vectors.words[rows] if isinstance(rows, slice) else [vectors.words[row] for row in rows.tolist()]
    section_of, ids, places = _find(asked, get_protocol(protocol), words)
    correct = answers(unit, ids[:, :3], method) == ids[:, 3]
    sections = [
        _score(name, correct[section_of == i], len(items)) for i, (name, items) in enumerate(asked.sections.items())
    ]
    total = _score(asked.name, correct, sum(section.items for section in sections))
    outcomes = np.full(total.items, np.nan)
    outcomes[places] = correct
    is_syntactic = np.array([name.startswith("gram") for name in asked.sections])
    semantic, syntactic = None, None
    if is_syntactic.any():
        syntactic, semantic = (
            _score(kind, correct[is_syntactic[section_of] == wanted], _items(sections, is_syntactic == wanted))
            for kind, wanted in (("syntactic", True), ("semantic", False))
        )
    return AnalogyScore(
        name=asked.name,
        measure="accuracy",
        score=total.score,
        ci95=total.ci95,
        items=total.items,
        covered=total.covered,
        sections=tuple(sections),
        semantic=semantic,
        syntactic=syntactic,
        method=method,
        restrict_vocab=len(words),
        protocol=protocol,
        outcomes=outcomes,
    )


def frequent_rows(vectors: WordVectors, limit: int | None) -> slice | np.ndarray:
    """Return the rows of the `limit` most frequent words: the first rows, unless the counts say otherwise.

    >>> frequent_rows(WordVectors(["a", "b", "c"], np.ones((3, 1)), np.array([1, 9, 5])), 2).tolist()
    [1, 2]
    """
    limit = len(vectors) if limit is None else min(limit, len(vectors))
    counts = vectors.counts
    if counts is None or bool((counts[1:] <= counts[:-1]).all()):
        return slice(0, limit)
    return np.argsort(-counts, kind="stable")[:limit]


def answers(unit: np.ndarray, questions: np.ndarray, method: str) -> np.ndarray:
    """Return the best candidate for each question: a row of `unit` other than a, b and c; the first of equals.

    Shapes: unit (R, D) rows of length 1, questions (Q, 3) rows of a, b, c -> (Q,) int64. See `WordVectors.analogy`.
    """
    best = np.zeros(len(questions), np.int64)
    best_score = np.full(len(questions), -np.inf, np.float32)
    for start in range(0, len(questions), QUESTIONS):
        chunk = questions[start : start + QUESTIONS]
        # The questions of a section share their words: each distinct word meets the candidates once.
        words, slots = np.unique(chunk, return_inverse=True)
        slots = slots.reshape(chunk.shape)
        for first in range(0, len(unit), CANDIDATES):
            cosines = unit[words] @ unit[first : first + CANDIDATES].T
            table = positive(cosines) if method == "3cosmul" else cosines
            for i in range(0, len(chunk), SCORED):
                block = slice(start + i, min(start + i + SCORED, start + len(chunk)))
                scores = _scores(table, slots[i : i + SCORED], method)
                _exclude(scores, questions[block] - first)
                _keep_better(best[block], best_score[block], scores, first)
    return best


def _scores(table: np.ndarray, slots: np.ndarray, method: str) -> np.ndarray:
    """Scores (B, C) of candidates for questions (B, 3), whose words are rows of the table of cosines (U, C)."""
    a, b, c = slots.T
    if method == "3cosmul":
        return multiplied(table[a], table[b], table[c])
    scores: np.ndarray = table[b]  # a copy
    scores -= table[a]
    scores += table[c]
    return scores


def _exclude(scores: np.ndarray, given: np.ndarray) -> None:
    """Take the words of a question (B, 3), as columns of `scores`, out of its candidates."""
    question, word = np.nonzero((given >= 0) & (given < scores.shape[1]))
    scores[question, given[question, word]] = -np.inf


def _keep_better(best: np.ndarray, best_score: np.ndarray, scores: np.ndarray, first: int) -> None:
    """Update the best candidates (B,) in place with the scores of candidates first, first + 1, ..."""
    top = scores.argmax(axis=1)
    score = scores[np.arange(len(scores)), top]
    better = score > best_score
    best[better], best_score[better] = top[better] + first, score[better]


def _named(questions: AnalogyQuestions | Sequence[Question] | str | os.PathLike[str]) -> AnalogyQuestions:
    if isinstance(questions, AnalogyQuestions):
        return questions
    if isinstance(questions, (str, os.PathLike)):
        return read_analogies(questions)
    return AnalogyQuestions("questions", {NO_SECTION: tuple(questions)})


def _find(
    asked: AnalogyQuestions, protocol: Protocol, words: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Section numbers (Q,), rows (Q, 4) and places in the set (Q,) of the questions with all four among `words`."""
    ids = {word: row for row, word in enumerate(words)}
    section_of, rows, places = [], [], []
    numbered = ((number, q) for number, questions in enumerate(asked.sections.values()) for q in questions)
    for place, (number, question) in enumerate(numbered):
        found = [protocol.lookup(ids, word) for word in question]
        if None not in found:
            section_of.append(number)
            rows.append(found)
            places.append(place)
    return np.array(section_of, np.int64), np.array(rows, np.int64).reshape(-1, 4), np.array(places, np.int64)


def _items(sections: list[SectionScore], chosen: np.ndarray) -> int:
    return sum(section.items for section, wanted in zip(sections, chosen) if wanted)


def _score(name: str, correct: np.ndarray, items: int) -> SectionScore:
    hits, covered = int(np.count_nonzero(correct)), len(correct)
    return SectionScore(name, hits / covered if covered else None, accuracy_interval(hits, covered), items, covered)
