"""Looking up the words of analogy questions under a protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordvec.evaluation.files.set_files import AnalogyQuestions
from wordvec.evaluation.protocols import Protocol, other_forms

NO_ANSWERS = ("<unk>",)  # GloVe's vector for rare words, which its own evaluation leaves out
EXAMPLES = 10  # missing words kept for messages


@dataclass(frozen=True)
class FoundQuestions:
    """The questions of a set that have all their words among `size` words.

    Shapes, with Q covered questions and R = size words: questions (Q, 3) indices of a, b and c; accepted (Q, A) keys
    of accepted answers, -1 for none; excluded (Q, E) indices that cannot be answers; keys (R,), equal for words treated
    as the same; section_of (Q,) and places (Q,) in the set; pairs (Q, 2) the numbers of the word pairs a:b and c:d,
    identified by a and c. `many_variants` (Q,): at least five words besides a, b and c are treated as one of these.
    `missing`: some of the words that were not found; `notes`: whether they are in another Unicode form.
    """

    size: int
    questions: np.ndarray
    accepted: np.ndarray
    excluded: np.ndarray
    keys: np.ndarray
    section_of: np.ndarray
    pairs: np.ndarray
    places: np.ndarray
    many_variants: np.ndarray
    missing: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def accepts(self, answers: np.ndarray) -> np.ndarray:
        """Return which of the answers (Q,), indices or -1, are right: (Q,) bool."""
        if len(answers) == 0:
            return np.zeros(0, bool)
        right = (self.accepted == self.keys[answers][:, None]).any(axis=1)
        return np.asarray(right & (answers >= 0))


def find_questions(
    asked: AnalogyQuestions, protocol: Protocol, words: Sequence[str], rows: slice | np.ndarray
) -> FoundQuestions:
    """Look up all questions among the words of the given rows."""
    chosen = list(words[rows]) if isinstance(rows, slice) else [words[row] for row in rows.tolist()]
    index = protocol.index(chosen)
    places = {word: protocol.lookup(index, word) for word in asked.words()}
    section_of, found, accepted, numbers, pairs = [], [], [], [], []
    number_of = {word: number for number, word in enumerate(places)}
    listed = ((section, q) for section, questions in enumerate(asked.sections.values()) for q in questions)
    for number, (section, (a, b, c, answer)) in enumerate(listed):
        x, y, z = places[a], places[b], places[c]
        answers = [answer] if isinstance(answer, str) else answer
        right = [place for word in answers if (place := places[word]) is not None]
        if x is not None and y is not None and z is not None and right:
            section_of.append(section)
            found.append((x, y, z))
            accepted.append(right)
            numbers.append(number)
            pairs.append((number_of[a], number_of[c]))
    questions = np.array(found, np.int64).reshape(-1, 3)
    keys = _keys(protocol, chosen, index)
    excluded, many = _excluded(protocol, chosen, keys, questions)
    missing = [word for word, place in places.items() if place is None]
    return FoundQuestions(
        size=len(chosen),
        questions=questions,
        accepted=_padded(accepted),
        excluded=excluded,
        keys=keys,
        section_of=np.array(section_of, np.int64),
        pairs=np.array(pairs, np.int64).reshape(-1, 2),
        places=np.array(numbers, np.int64),
        many_variants=many,
        missing=tuple(missing[:EXAMPLES]),
        notes=other_forms(missing, index, protocol),
    )


def _keys(protocol: Protocol, words: Sequence[str], index: dict[str, int]) -> np.ndarray:
    """For each word, the index of the first word that is treated as the same."""
    if protocol.fold is None:
        return np.arange(len(words))
    return np.array([index[protocol.key(word)] for word in words], np.int64)


def _excluded(
    protocol: Protocol, words: Sequence[str], keys: np.ndarray, questions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The indices that cannot answer each question (Q, E), and which questions have many variants (Q,)."""
    barred = [words.index(word) for word in NO_ANSWERS if protocol.name == "glove" and word in words]
    many = np.zeros(len(questions), bool)
    if protocol.fold_excluded and len(np.unique(keys)) < len(keys):
        order = np.argsort(keys, kind="stable")
        starts = np.searchsorted(keys[order], np.arange(len(words) + 1))
        alike = [[order[starts[k] : starts[k + 1]] for k in keys[question]] for question in questions]
        variants = [np.concatenate(parts) for parts in alike]
        many = np.array([len(set(v.tolist())) - len(set(q)) >= 5 for v, q in zip(variants, questions.tolist())], bool)
        return _padded([v.tolist() for v in variants]), many
    extra = np.tile(np.array(barred, np.int64), (len(questions), 1)).reshape(len(questions), len(barred))
    return np.concatenate([questions, extra], axis=1), many


def _padded(lists: Sequence[Sequence[int]]) -> np.ndarray:
    """Lists as the rows of one array, shorter ones padded with -1."""
    out = np.full((len(lists), max(map(len, lists), default=0)), -1, np.int64)
    for row, values in zip(out, lists):
        row[: len(values)] = values
    return out
