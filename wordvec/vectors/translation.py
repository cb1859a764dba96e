"""Translation: the word of another language whose vector is nearest, once both spaces are turned onto each other.

Nearest by cosine alone, a few target words (hubs) are near to everything. CSLS (Conneau, Lample, Ranzato, Denoyer and
Jegou 2018, "Word translation without parallel data", section 2.3) takes off how near each word is to the other side
in general::

    CSLS(x, y) = 2 cos(x, y) - r_T(x) - r_S(y)

r_T(x) is the mean cosine of the mapped source word x with its K nearest target words, r_S(y) that of the target word
y with its K nearest mapped source words; K = 10. The map is the rotation found on a dictionary of a few thousand
pairs (`wordvec.vectors.alignment`; for this use Xing, Wang, Liu and Lin 2015), or on words both languages share.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import OptionError
from wordvec.vectors.alignment import Alignment, Pairs, find_alignment
from wordvec.vectors.nearest_rows import best_of, nearest_rows
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.rows import row_lengths, unit_rows
from wordvec.vectors.shared_words import frequent_rows

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors

METHODS = ("csls", "cosine")
DEFAULT_TOP = 30_000  # most frequent words of either side: rarer ones are poor translations and cost the square
NEIGHBOURS = 10  # K of CSLS
QUERIES = 128  # words translated at a time


class Translator:
    """Translates words of `source` into words of `target`.

    `dictionary`: pairs (word, translation) that the map is learned from; None for words that are spelt alike in both
    models, most of which are names and numbers. Translations are sought among the `top` most frequent target words
    (None for all), and r_S is taken over the `top` most frequent source words; any source word can be asked for.
    Both sides are compared around the mean of the dictionary's words. `report` says how well they fit.

    Memory: a row of each of the top words, and a block of their products. Raises as `find_alignment` does, and
    OptionError for options out of range.

    >>> from wordvec.vectors import WordVectors
    >>> rows = np.array([[1.0, 0.1], [0.1, 1.0], [-1.0, 0.2], [0.0, -1.0]])
    >>> english = WordVectors(["dog", "cat", "tea", "ice"], rows)
    >>> german = WordVectors(["Hund", "Katze", "Tee", "Eis"], rows @ [[0.0, 1.0], [-1.0, 0.0]])  # turned
    >>> pairs = [("dog", "Hund"), ("tea", "Tee"), ("ice", "Eis")]
    >>> Translator(english, german, pairs, neighbours=2).translate("cat", k=1)[0][0]
    'Katze'
    """

    def __init__(
        self,
        source: WordVectors,
        target: WordVectors,
        dictionary: Pairs | None = None,
        *,
        method: str = "csls",
        top: int | None = DEFAULT_TOP,
        neighbours: int = NEIGHBOURS,
        center: bool = True,
        show_progress: bool | None = False,
    ) -> None:
        if method not in METHODS:
            raise OptionError(f"method must be one of {', '.join(METHODS)}; got {method!r}")
        for name, number in (("top", 1 if top is None else top), ("neighbours", neighbours)):
            if isinstance(number, bool) or number < 1:
                raise OptionError(f"{name} must be at least 1; got {number}")
        self.source, self.target, self.method = source, target, method
        self.alignment: Alignment = find_alignment(source, target, dictionary, center)
        self.report = self.alignment.report
        self.learned_from = None if dictionary is None else frozenset(word for word, _ in dictionary)
        self.neighbours = neighbours
        self.target_ids = frequent_rows(target, top)
        self._target = _around(target.unit_rows_of(self.target_ids), self.alignment.map.target_mean)
        self._hubness = np.zeros(len(self._target), np.float32)
        if method == "csls":
            mapped = self.mapped(frequent_rows(source, top))
            self._hubness = mean_similarity(self._target, mapped, neighbours, show_progress)

    def target_words(self) -> list[str]:
        """The words that can be answers, most frequent first."""
        return [self.target.words[row] for row in self.target_ids.tolist()]

    def mapped(self, ids: np.ndarray) -> np.ndarray:
        """Unit rows of source words, turned into the target's space, around the dictionary's mean (n, D) float32."""
        return _around(self.alignment.rows(self.source, ids), self.alignment.map.target_mean)

    def translate(self, word: str, k: int = 10) -> Neighbours:
        """The `k` best translations of a word as (word, score), best first. Raises UnknownWordError."""
        return self.translate_each([word], k)[0]

    def translate_each(self, words: Sequence[str], k: int = 10) -> list[Neighbours]:
        """`translate` for many words at once. Scores are CSLS, or cosines with method "cosine"."""
        if isinstance(k, bool) or k < 1:
            raise OptionError(f"k must be at least 1; got {k}")
        ids = np.array([self.source.word_id(word) for word in words], np.int64)
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
        """Scores of source rows with all target words looked at, (n, targets) float32."""
        cosines = self.mapped(source_ids) @ self._target.T
        if self.method == "cosine":
            return cosines
        _, nearest = best_of(cosines, min(self.neighbours, cosines.shape[1]))
        return 2 * cosines - nearest.mean(axis=1, keepdims=True) - self._hubness


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
    """CSLS of a whole matrix of cosines (sources, targets), by its definition: the form to check the fast one by.

    >>> csls(np.array([[0.9, 0.8], [0.1, 0.8]]), neighbours=1).round(2).tolist()
    [[0.0, -0.1], [-1.5, 0.0]]
    """
    of_source = np.sort(cosines, axis=1)[:, -neighbours:].mean(axis=1)
    of_target = np.sort(cosines, axis=0)[-neighbours:].mean(axis=0)
    return 2 * cosines - of_source[:, None] - of_target


def _around(rows: np.ndarray, mean: np.ndarray) -> np.ndarray:
    moved = (rows - mean).astype(np.float32)
    return unit_rows(moved, row_lengths(moved))
