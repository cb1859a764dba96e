"""Analogies: the accuracy on questions "a is to b as c is to ?", with its intervals."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from wordvec.argument_types import check_whole_number, typed
from wordvec.evaluation.analogy.answers import TOLERANCE, best_answers, best_answers_on_gpu
from wordvec.evaluation.analogy.questions import FoundQuestions, find_questions
from wordvec.evaluation.analogy.settling import GensimSteps, as_word2vec_c, in_float64, settle
from wordvec.evaluation.files.items import in_sections
from wordvec.evaluation.files.readers import read_analogies
from wordvec.evaluation.files.set_files import AnalogyQuestions, Question, as_set
from wordvec.evaluation.protocols import Protocol, check_vectors, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import BLOCK, Interval, accuracy_interval, percentile_interval, times_drawn
from wordvec.vectors import WordVectors
from wordvec.vectors.queries import METHODS, check_method

IN_MEMORY = 2**26  # values: unit rows up to 256 MiB are kept; larger ones are computed block by block
FEW = 16


@dataclass(frozen=True)
class SectionScore:
    """Accuracy over the `covered` of `items` questions, with its bootstrap interval; None if no question is covered."""

    name: str
    score: float | None
    ci95: Interval | None
    items: int
    covered: int


@dataclass(frozen=True, kw_only=True)
class AnalogyScore(Score):
    """The result of an analogy set.

    `score` is the accuracy over the `covered` of `items` questions, and `sections` gives it by section. `outcomes` has
    1 for right and 0 for wrong, in the set's order. `ci95` resamples single questions; `ci95_pairs` resamples the word
    pairs that questions are made of, and is wider. `of_all` is the accuracy over all items, uncovered ones counted as
    wrong. `semantic` and `syntactic` are set for Google's set (its syntactic sections are named gram...) and under
    protocols that split sections by number. `restrict_vocab` is the number of candidate answers.
    """

    task = "analogy"
    ci95_pairs: Interval | None = None
    of_all: float | None = None
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


@typed
def evaluate_analogy(
    vectors: WordVectors,
    questions: AnalogyQuestions | Sequence[Question] | str | os.PathLike[str],
    *,
    method: str = "3cosadd",
    restrict_vocab: int | Literal["protocol"] | None = "protocol",
    protocol: str = "wordvec",
    resamples: int = 1000,
    seed: int = 1,
    device: str = "cpu",
) -> AnalogyScore:
    """Answer analogy questions and return the accuracy, with intervals, overall and by section.

    `questions` is a file or folder that `read_analogies` supports, the name of a bundled set, or (a, b, c, d) tuples,
    all together or in a dict of sections; d may be a tuple of accepted answers. Questions and answers are confined to
    `restrict_vocab` words, by frequency or by row as the protocol prescribes (30,000 for "wordvec"); None means all.
    `method`: "3cosadd", "3cosmul" or "pair-direction", see `best_answers`. Memory is bounded for any vocabulary.
    `device`: "cpu", or "gpu" for large vocabularies, with the same answers.
    The intervals over questions are the limits of resampling; `resamples` and `seed` apply to the interval over pairs.
    Raises EvaluationFileError for a set that cannot be read, OptionError for an unknown method or protocol.

    >>> lattice = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 0.0]])
    >>> vectors = WordVectors(["man", "king", "woman", "queen", "apple"], lattice)
    >>> result = evaluate_analogy(vectors, [("man", "king", "woman", "queen"), ("man", "king", "cat", "lynx")])
    >>> result.score, result.covered, result.items, result.of_all
    (1.0, 1, 2, 0.5)
    """
    check_method(method, METHODS)
    if restrict_vocab is not None and restrict_vocab != "protocol":
        check_whole_number("restrict_vocab (None or --restrict-vocab 0: all words)", restrict_vocab)
    check_vectors(vectors)
    rules = get_protocol(protocol)
    asked = as_set(questions, AnalogyQuestions, read_analogies, "questions", in_sections)
    limit = rules.analogy_words if restrict_vocab == "protocol" else restrict_vocab
    rows = frequent_rows(vectors, limit) if rules.by_count else slice(0, min(limit or len(vectors), len(vectors)))
    found = find_questions(asked, rules, vectors.words, rows)
    correct = found.accepts(answer(vectors, rows, found, method, rules, device))
    sections = [
        _score(name, correct[found.section_of == i], len(items))
        for i, (name, items) in enumerate(asked.sections.items())
    ]
    total = _score(asked.name, correct, sum(section.items for section in sections))
    first, second = found.pairs.T
    outcomes = np.full(total.items, np.nan)
    outcomes[found.places] = correct
    semantic, syntactic = _two_kinds(list(asked.sections), rules, sections, correct, found.section_of)
    return AnalogyScore(
        name=asked.name,
        measure="accuracy",
        score=total.score,
        ci95=total.ci95,
        items=total.items,
        covered=total.covered,
        missing=found.missing,
        notes=asked.notes + rules.notes("analogy", method) + found.notes,
        ci95_pairs=interval_over_pairs(found.section_of, first, second, correct, resamples, seed),
        of_all=float(np.count_nonzero(correct)) / total.items if total.items else None,
        sections=tuple(sections),
        semantic=semantic,
        syntactic=syntactic,
        method=method,
        restrict_vocab=found.size,
        protocol=protocol,
        outcomes=outcomes,
    )


def parts_on_items(score: AnalogyScore, mask: np.ndarray) -> AnalogyScore:
    """Return the score with its sections and kinds on the questions of `mask` (items,) bool, to compare models.

    >>> lattice = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 0.0]])
    >>> vectors = WordVectors(["man", "king", "woman", "queen", "apple"], lattice)
    >>> result = evaluate_analogy(vectors, [("man", "king", "woman", "queen"), ("man", "king", "woman", "apple")])
    >>> result.sections[0].score, parts_on_items(result, np.array([True, False])).sections[0].score
    (0.5, 1.0)
    """
    section_of = np.repeat(np.arange(len(score.sections)), [part.items for part in score.sections])[mask]
    correct = score.outcomes[mask] == 1
    sections = [_score(part.name, correct[section_of == i], part.items) for i, part in enumerate(score.sections)]
    names = [part.name for part in sections]
    semantic, syntactic = _two_kinds(names, get_protocol(score.protocol), sections, correct, section_of)
    return replace(score, sections=tuple(sections), semantic=semantic, syntactic=syntactic)


def frequent_rows(vectors: WordVectors, limit: int | None) -> slice | np.ndarray:
    """Return the rows of the `limit` most frequent words: the first rows, unless the counts are not descending.

    >>> frequent_rows(WordVectors(["a", "b", "c"], np.ones((3, 1)), np.array([1, 9, 5])), 2).tolist()
    [1, 2]
    """
    limit = len(vectors) if limit is None else min(limit, len(vectors))
    counts = vectors.counts
    if counts is None or bool((counts[1:] <= counts[:-1]).all()):
        return slice(0, limit)
    return np.argsort(-counts, kind="stable")[:limit]


def answer(
    vectors: WordVectors,
    rows: slice | np.ndarray,
    found: FoundQuestions,
    method: str,
    rules: Protocol,
    device: str = "cpu",
) -> np.ndarray:
    """Return the answer to each question, an index into `rows`, (Q,); -1 for none. Close calls are settled.

    If candidates are equal, the protocol "wordvec" takes none; the others take what their programs take.
    """
    chosen = np.arange(len(vectors))[rows]
    if found.size * vectors.dim <= IN_MEMORY:
        unit: Callable[[Any], np.ndarray] = vectors.unit_rows_of(rows).__getitem__
    else:
        unit = lambda places: vectors.unit_rows_of(chosen[places])  # noqa: E731
    questions, excluded = found.questions, found.excluded
    find = best_answers if device == "cpu" else best_answers_on_gpu
    best, score, close = find(unit, found.size, questions, method, excluded)
    zero = np.isin(questions, np.unique(questions)[~unit(np.unique(questions)).any(axis=1)]).any(axis=1)
    if rules.name == "gensim" and method == "3cosadd":
        steps = GensimSteps(vectors.rows(rows), found.keys)
        few = np.full(len(best), found.size <= FEW)  # gensim may exclude all of its five nearest words
        for i in np.flatnonzero(close | zero | found.many_variants | few):
            best[i] = steps.answer(questions[i])
        return best

    def raw(places: np.ndarray) -> np.ndarray:
        return vectors.rows(chosen[places])

    if rules.name == "word2vec.c" and method == "3cosadd":
        close |= zero | (score <= TOLERANCE[method])  # its best score starts at 0
        best[close] = settle(unit, found.size, questions[close], method, excluded[close], as_word2vec_c(raw), floor=0.0)
    else:
        exact = in_float64(raw, method)
        alone = rules.name == "wordvec"
        best[close] = settle(unit, found.size, questions[close], method, excluded[close], exact, alone=alone)
    return best


def _two_kinds(
    names: list[str], rules: Protocol, sections: list[SectionScore], correct: np.ndarray, section_of: np.ndarray
) -> tuple[SectionScore | None, SectionScore | None]:
    """The semantic and the syntactic part, if the protocol or the sections' names distinguish them."""
    if rules.semantic_parts is not None:
        is_syntactic = np.arange(len(names)) >= rules.semantic_parts
    else:
        is_syntactic = np.array([name.startswith("gram") for name in names], bool)
        if rules.name != "wordvec" or not is_syntactic.any():
            return None, None
    items = np.array([section.items for section in sections], np.int64)
    semantic, syntactic = (
        _score(kind, correct[is_syntactic[section_of] == wanted], int(items[is_syntactic == wanted].sum()))
        for kind, wanted in (("semantic", False), ("syntactic", True))
    )
    return semantic, syntactic


def _score(name: str, correct: np.ndarray, items: int) -> SectionScore:
    hits, covered = int(np.count_nonzero(correct)), len(correct)
    return SectionScore(name, hits / covered if covered else None, accuracy_interval(hits, covered), items, covered)


# The interval of an analogy score with word pairs resampled, not questions. Google's 19,544 questions are made of some
# 550 word pairs, each in dozens of questions: the choice of pairs matters more than an interval over questions shows.


def interval_over_pairs(
    section_of: np.ndarray, first: np.ndarray, second: np.ndarray, correct: np.ndarray, resamples: int, seed: int
) -> Interval | None:
    """Return the 95 % interval of the accuracy over resampled word pairs; None if all or no answers are right.

    Each resample draws the pairs of every section with replacement. The question made of pairs i and j counts w_i w_j
    times, where w is how often each pair was drawn (the pigeonhole bootstrap, Owen 2007).
    Shapes: section_of (Q,), first and second (Q,) the numbers of a question's two pairs in its section, correct (Q,).

    >>> section_of, first, second = np.zeros(6, int), np.array([0, 0, 1, 1, 2, 2]), np.array([1, 2, 0, 2, 0, 1])
    >>> interval_over_pairs(section_of, first, second, np.array([1, 1, 1, 0, 1, 0]), resamples=200, seed=1)
    (0.0, 1.0)
    """
    from scipy.sparse import csr_array

    if len(correct) == 0 or correct.all() or not correct.any():
        return None
    asked, right = np.zeros(resamples), np.zeros(resamples)
    for section in np.unique(section_of):
        here = section_of == section
        pairs, places = np.unique(np.concatenate([first[here], second[here]]), return_inverse=True)
        i, j = places.reshape(2, -1)
        shape, step = (len(pairs), len(pairs)), max(1, BLOCK // len(pairs))
        tables = [csr_array((x, (i, j)), shape=shape) for x in (np.ones(len(i)), correct[here].astype(np.float64))]
        for start in range(0, resamples, step):
            block = slice(start, min(start + step, resamples))
            drawn = times_drawn((seed + 1_000_003 * (int(section) + 1)) % 2**64, start, block.stop - start, len(pairs))
            for total, table in zip((asked, right), tables):
                total[block] += np.einsum("rn,rn->r", drawn @ table, drawn)
    return percentile_interval(np.divide(right, asked, out=np.full(resamples, np.nan), where=asked > 0))
