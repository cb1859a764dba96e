"""gensim's evaluation of keyed vectors, with gensim's arguments and results, by wordvec's."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import OptionError

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


class Evaluations:
    """`evaluate_word_pairs` and `evaluate_word_analogies` of `KeyedVectors`."""

    vectors: np.ndarray
    index_to_key: list[str]

    if TYPE_CHECKING:

        @property
        def word_vectors(self) -> WordVectors:
            """The rows as wordvec's own vectors."""
            ...

    def evaluate_word_pairs(
        self,
        pairs: str | os.PathLike[str],
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Any, Any, float]:
        """((Pearson's r, p), (Spearman's rho, p), percent of pairs without both words)."""
        from scipy import stats

        from wordvec.evaluation import evaluate_similarity, read_pairs

        if not case_insensitive or dummy4unknown:
            raise OptionError("evaluate_word_pairs: only case_insensitive=True, dummy4unknown=False are supported")
        some = self._first(restrict_vocab)
        score = evaluate_similarity(some, read_pairs(pairs, encoding), protocol="gensim", resamples=1)
        covered = np.isfinite(np.asarray(score.outcomes))
        human, found = np.asarray(score.gold)[covered], np.asarray(score.outcomes)[covered]
        missing = 100.0 * float(score.items - score.covered) / max(1, score.items)
        return stats.pearsonr(human, found), stats.spearmanr(human, found), missing

    def evaluate_word_analogies(
        self,
        analogies: str | os.PathLike[str],
        restrict_vocab: int = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        """(accuracy, sections); a section is a dictionary of its name, its "correct" and "incorrect" questions."""
        from wordvec.evaluation import evaluate_analogy, read_analogies

        methods = {"most_similar": "3cosadd", "most_similar_cosmul": "3cosmul"}
        if not case_insensitive or similarity_function not in methods:
            raise OptionError(f"evaluate_word_analogies: case_insensitive=True and {' or '.join(methods)} are here")
        questions = read_analogies(analogies)
        how: dict[str, Any] = {"method": methods[similarity_function], "restrict_vocab": restrict_vocab}
        score = evaluate_analogy(self.word_vectors, questions, protocol="gensim", resamples=1, **how)
        outcomes = iter(np.asarray(score.outcomes).tolist())
        sections: list[dict[str, Any]] = []
        for name, asked in questions.sections.items():
            section: dict[str, Any] = {"section": name, "correct": [], "incorrect": []}
            for words in asked:
                outcome = next(outcomes)
                if outcome == 1:
                    section["correct"].append(_upper(words))
                elif outcome == 0 or dummy4unknown:
                    section["incorrect"].append(_upper(words))
            sections.append(section)
        right, wrong = ([words for each in sections for words in each[part]] for part in ("correct", "incorrect"))
        total = {"section": "Total accuracy", "correct": right, "incorrect": wrong}
        return len(right) / max(1, len(right) + len(wrong)), [*sections, total]

    def _first(self, words: int | None) -> WordVectors:
        from wordvec.vectors import WordVectors

        asked = self.word_vectors
        if words is None or words >= len(asked):
            return asked
        return WordVectors(self.index_to_key[:words], self.vectors[:words])


def _upper(words: Sequence[Any]) -> tuple[str, ...]:
    return tuple((word if isinstance(word, str) else word[0]).upper() for word in words)
