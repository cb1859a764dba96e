"""Translation: rotates one language's space onto another's and finds the nearest word there.

By cosine alone, a few target words (hubs) are near to everything; CSLS corrects this (Conneau, Lample, Ranzato, Denoyer
and Jegou 2018, "Word translation without parallel data"). The map is the rotation found on a dictionary of a few
thousand pairs (`alignment`; for this use Xing, Wang, Liu and Lin 2015), or on words that both languages share.
Refinement extends a small dictionary (Conneau et al. 2018, section 2.2): pairs of frequent words that are each other's
best translation are the dictionary of the next map.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import check_is_list, check_whole_number
from wordvec.errors import InputError, OptionError
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.rows import row_lengths, unit_rows
from wordvec.vectors.search.nearest_rows import best_of, nearest_rows
from wordvec.vectors.several_models.alignment import Alignment, Pairs, find_alignment
from wordvec.vectors.several_models.shared_words import frequent_rows

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors


# CSLS, cross-domain similarity local scaling, corrects cosines for hubs:
#
#     CSLS(x, y) = 2 cos(x, y) - r_T(x) - r_S(y)
#
# r_T(x) is the mean cosine of the mapped source row x with its K nearest target rows, r_S(y) the mean cosine of the
# target row y with its K nearest mapped source rows. A hub, near to everything, has a large r and so no advantage.


NEIGHBOURS = 10  # K
SCORES = 1 << 23  # held at a time: 32 MiB of float32


def mean_similarity(
    rows: np.ndarray, others: np.ndarray, neighbours: int, show_progress: bool | None = False
) -> np.ndarray:
    """The mean cosine of each row with its nearest rows among `others`: r of CSLS, (n,) float32.

    Shapes: rows (n, D) and others (m, D), of unit length.

    >>> x = np.float32([[1, 0], [0, 1]])
    >>> mean_similarity(x, np.float32([[1, 0], [0.6, 0.8], [-1, 0]]), 2).round(3).tolist()
    [0.800000011920929, 0.4000000059604645]
    """
    result = np.empty(len(rows), np.float32)
    blocks = nearest_rows(
        lambda block: rows[block], len(rows), others, neighbours, show_progress=show_progress, what="finding hubs"
    )
    for block, _, cosines in blocks:
        result[block] = cosines.mean(axis=1)
    return result


def csls(cosines: np.ndarray, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """CSLS of a whole matrix of cosines (sources, targets), by definition; a reference for the fast form.

    >>> csls(np.array([[0.9, 0.8], [0.1, 0.8]]), neighbours=1).round(2).tolist()
    [[0.0, -0.1], [-1.5, 0.0]]
    """
    of_source = np.sort(cosines, axis=1)[:, -neighbours:].mean(axis=1)
    of_target = np.sort(cosines, axis=0)[-neighbours:].mean(axis=0)
    return 2 * cosines - of_source[:, None] - of_target


def best_by_csls(rows: np.ndarray, others: np.ndarray, hubness: np.ndarray) -> np.ndarray:
    """For each row the index in `others` with the largest CSLS, (n,) int64; a row's own r is the same for all others.

    Shapes: rows (n, D) and others (m, D), of unit length; hubness (m,), r of the others.
    """
    best = np.empty(len(rows), np.int64)
    size = max(1, SCORES // max(1, len(others)))
    for first in range(0, len(rows), size):
        best[first : first + size] = (2 * (rows[first : first + size] @ others.T) - hubness).argmax(axis=1)
    return best


def around(rows: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Rows minus a mean, divided by their length, (n, D) float32; zero stays zero.

    >>> around(np.array([[4.0, 5.0], [1.0, 1.0]]), np.array([1.0, 1.0])).astype(float).round(3).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    moved = (rows - mean).astype(np.float32)
    return unit_rows(moved, row_lengths(moved))


METHODS = ("csls", "cosine")
DEFAULT_TOP = 30_000  # most frequent words of either side; rarer words translate poorly, and the cost is quadratic
REFINED_BY = 10_000  # most frequent words of either side that refinement searches for pairs
QUERIES = 128  # words translated at a time


class Translator:
    """Translates words of `source` into words of `target`.

    `dictionary`: pairs (word, translation) for learning the map; None for words with the same spelling in both models,
    which are mostly names and numbers. Translations are searched among the `top` most frequent target words (None for
    all), and r_S is computed over the `top` most frequent source words; any source word can be translated. Both sides
    are compared after subtracting the mean of the dictionary's words. `refine` is the number of refinements, about 5
    for a small dictionary. `dictionary_report` describes how well the dictionary fits and what is missing, `report` how
    well the pairs of the last map fit; they are equal without refinement.

    Memory: a row of each of the top words, and a block of their products. Raises as `find_alignment` does, and
    OptionError for options out of range.

    >>> from wordvec.vectors import WordVectors
    >>> rows = np.array([[1.0, 0.1], [0.1, 1.0], [-1.0, 0.2], [0.0, -1.0]])
    >>> english = WordVectors(["dog", "cat", "tea", "ice"], rows)
    >>> german = WordVectors(["Hund", "Katze", "Tee", "Eis"], rows @ [[0.0, 1.0], [-1.0, 0.0]])  # rotated
    >>> pairs = [("dog", "Hund"), ("tea", "Tee"), ("ice", "Eis")]
    >>> Translator(english, german, pairs, neighbours=2).translate("cat", k=1)[0][0]
    'Katze'
    """

    def __init__(
        self,
        source: WordVectors,
        target: WordVectors,
        dictionary: Pairs | Mapping[str, str] | None = None,
        *,
        method: str = "csls",
        top: int | None = DEFAULT_TOP,
        neighbours: int = NEIGHBOURS,
        center: bool = True,
        refine: int = 0,
        show_progress: bool | None = False,
    ) -> None:
        if method not in METHODS:
            raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
        check_whole_number("top", 1 if top is None else top)
        check_whole_number("neighbours", neighbours)
        check_whole_number("refine", refine, least=0)
        dictionary = list(dictionary.items()) if isinstance(dictionary, Mapping) else dictionary
        self.source, self.target, self.method = source, target, method
        self.alignment: Alignment = find_alignment(source, target, dictionary, center)
        self.dictionary_report = self.alignment.report
        for _ in range(refine):
            self.alignment = refined(source, target, self.alignment, neighbours)
        self.report = self.alignment.report
        self.learned_from = None if dictionary is None else frozenset(word for word, _ in dictionary)
        self.neighbours = neighbours
        self.target_ids = frequent_rows(target, top)
        self._target = around(target.unit_rows_of(self.target_ids), self.alignment.map.target_mean)
        self._hubness = np.zeros(len(self._target), np.float32)
        if method == "csls":
            mapped = self.mapped(frequent_rows(source, top))
            self._hubness = mean_similarity(self._target, mapped, neighbours, show_progress)

    def target_words(self) -> list[str]:
        """The possible translations, most frequent first."""
        return [self.target.words[row] for row in self.target_ids.tolist()]

    def mapped(self, ids: np.ndarray) -> np.ndarray:
        """Source words in the target's space, minus the dictionary's mean, as unit rows (n, D) float32."""
        return around(self.alignment.rows(self.source, ids), self.alignment.map.target_mean)

    def translate(self, word: str, k: int = 10) -> Neighbours:
        """The `k` best translations of a word as (word, score), best first. Raises UnknownWordError.

        Raises InputError for a word whose vector is zero.
        """
        return self.translate_each([word], k)[0]

    def translate_each(self, words: Sequence[str], k: int = 10) -> list[Neighbours]:
        """`translate` for many words together. Scores are CSLS, or cosines with method "cosine"."""
        check_whole_number("k", k)
        check_is_list("words", words)
        ids = np.array([self.source.word_id(word) for word in words], np.int64)
        for word, length in zip(words, self.source.lengths[ids]):
            if length == 0:
                raise InputError(f"translate: the vector of {word!r} is zero, which points nowhere")
        answers: list[Neighbours] = []
        for first in range(0, len(ids), QUERIES):
            scores = self.scores(ids[first : first + QUERIES])
            columns, values = best_of(scores, min(k, scores.shape[1]))
            answers += [
                Neighbours(
                    (self.target.words[int(self.target_ids[column])], float(value)) for column, value in zip(*row)
                )
                for row in zip(columns, values)
            ]
        return answers

    def scores(self, source_ids: np.ndarray) -> np.ndarray:
        """Scores of source rows with all examined target words, (n, targets) float32."""
        cosines = self.mapped(source_ids) @ self._target.T
        if self.method == "cosine":
            return cosines
        _, nearest = best_of(cosines, min(self.neighbours, cosines.shape[1]))
        return 2 * cosines - nearest.mean(axis=1, keepdims=True) - self._hubness


def refined(source: WordVectors, target: WordVectors, alignment: Alignment, neighbours: int = NEIGHBOURS) -> Alignment:
    """Align again on the pairs of frequent words that are each other's best translation by the given alignment.

    Raises InputError if there are fewer pairs than dimensions.
    """
    ids, mean = [frequent_rows(vectors, REFINED_BY) for vectors in (source, target)], alignment.map.target_mean
    mapped, there = around(alignment.rows(source, ids[0]), mean), around(target.unit_rows_of(ids[1]), mean)
    to_target = best_by_csls(mapped, there, mean_similarity(there, mapped, neighbours))
    to_source = best_by_csls(there, mapped, mean_similarity(mapped, there, neighbours))
    mutual = np.flatnonzero(to_source[to_target] == np.arange(len(mapped)))
    pairs = [(source.words[a], target.words[b]) for a, b in zip(ids[0][mutual], ids[1][to_target[mutual]])]
    return find_alignment(source, target, pairs, alignment.report.center)
