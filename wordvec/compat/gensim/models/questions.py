"""gensim's queries of keyed vectors, with gensim's arguments and results, on wordvec's vectors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.compat.gensim.differences import differs
from wordvec.compat.gensim.models.evaluations import Evaluations
from wordvec.errors import InputError, OptionError

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

NUMBERS = (int, float, np.integer, np.floating)
EPSILON = 1e-6  # gensim adds it to the divisor of 3CosMul


def moved(costs: np.ndarray, given: Sequence[int], taken: Sequence[int]) -> float:
    """The smallest cost of moving whole amounts `given` (n,) to `taken` (m,), of the same sum, at `costs` (n, m).

    >>> moved(np.array([[1.0, 5.0], [2.0, 1.0]]), [2, 1], [1, 2])
    7.0
    """
    from scipy import sparse
    from scipy.optimize import linprog

    n, m = costs.shape
    of_rows = sparse.kron(sparse.eye(n), np.ones((1, m)))
    of_columns = sparse.kron(np.ones((1, n)), sparse.eye(m))
    sums = sparse.vstack([of_rows, of_columns]).tocsr()
    return float(linprog(costs.ravel(), A_eq=sums, b_eq=np.concatenate([given, taken]), method="highs").fun)


class Questions(Evaluations):
    """The queries of `KeyedVectors`. They need `word_vectors`, a view of the rows as wordvec's own vectors."""

    vectors: np.ndarray
    index_to_key: list[str]

    if TYPE_CHECKING:

        @property
        def word_vectors(self) -> WordVectors:
            """The rows as wordvec's own vectors."""
            ...

        def __contains__(self, key: object) -> bool: ...
        def get_vector(self, key: str, norm: bool = False) -> np.ndarray:
            """A word's row."""
            ...

        def get_index(self, key: Any, default: Any = None) -> Any:
            """A word's row number."""

    def most_similar(
        self,
        positive: Any = None,
        negative: Any = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Any = None,
    ) -> Any:
        """The `topn` nearest words as (word, cosine); with ``topn=None`` the cosines of all rows in the clipped range.

        `positive` and `negative` are words, vectors, or (word, weight). Words are scaled to length 1, vectors are not.
        """
        if indexer is not None:
            raise OptionError(
                "most_similar: indexer is not supported; see wordvec.vectors.search.approximate.ApproximateSearch"
            )
        items = self._weighted(positive, 1.0) + self._weighted(negative, -1.0)
        if topn is not None and topn < 1:
            return []
        asked = self.word_vectors
        rows = np.arange(len(self.index_to_key))[clip_start : restrict_vocab or clip_end]
        weighted = [self._with_own_length(item, weight) for item, weight in items]
        if topn is None:
            total = sum(weight * asked.unit_of(item).astype(np.float64) for item, weight in weighted)
            return (1.0 - asked.distances(np.asarray(total)))[rows]
        if not len(rows):
            return []
        given = [item for item, _ in items if isinstance(item, str)]
        found = asked.most_similar(weighted, k=topn + len(given), among=rows)
        return [(word, score) for word, score in found if word not in given][:topn]

    def similar_by_word(self, word: str, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` of one word."""
        return self.most_similar(positive=[word], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_key(self, key: str, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` of one word."""
        return self.most_similar(positive=[key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(self, vector: np.ndarray, topn: int | None = 10, restrict_vocab: int | None = None) -> Any:
        """`most_similar` of one vector."""
        return self.most_similar(positive=[vector], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_cosmul(
        self, positive: Any = None, negative: Any = None, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> Any:
        """3CosMul (Levy and Goldberg 2014, eq. 4): products of (1 + cos) / 2 for `positive` and `negative`, divided."""
        parts = [self._weighted(items, 1.0) for items in (positive, negative)]
        if not parts[0]:
            raise ValueError("cannot compute similarity with no input")
        if topn is not None and topn < 1:
            return []
        asked = self.word_vectors

        def product(items: list[tuple[Any, float]]) -> np.ndarray:
            shifted = [1.0 - asked.distances(item) / 2.0 for item, _ in items]
            return np.asarray(np.prod(shifted, axis=0) if shifted else np.ones(len(asked)))

        scores = (product(parts[0]) / (product(parts[1]) + EPSILON))[:restrict_vocab]
        if topn is None:
            return scores
        given = {item for part in parts for item, _ in part if isinstance(item, str)}
        best = np.argsort(-scores, kind="stable")[: topn + len(given)].tolist()
        found = [(self.index_to_key[row], float(scores[row])) for row in best if self.index_to_key[row] not in given]
        return found[:topn]

    def most_similar_to_given(self, key1: str, keys_list: Sequence[str]) -> str:
        """The word of a list that is most similar to `key1`."""
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def similarity(self, w1: str, w2: str) -> float:
        """The cosine of two words, a float that has numpy's methods, such as ``item()``, as gensim's has."""
        return np.float64(self.word_vectors.similarity(w1, w2))

    def distance(self, w1: str, w2: str) -> float:
        """1 - similarity."""
        return 1.0 - self.similarity(w1, w2)

    def distances(self, word_or_vector: Any, other_words: Sequence[str] = ()) -> np.ndarray:
        """The cosine distances to `other_words`, by default to all rows."""
        return self.word_vectors.distances(word_or_vector, other_words or None)

    @staticmethod
    def cosine_similarities(vector_1: np.ndarray, vectors_all: np.ndarray) -> np.ndarray:
        """The cosines (n,) of a vector (D,) with some rows (n, D)."""
        lengths = np.linalg.norm(vectors_all, axis=1) * np.linalg.norm(vector_1)
        return np.asarray(np.dot(vectors_all, vector_1) / lengths)

    def n_similarity(self, ws1: Sequence[str], ws2: Sequence[str]) -> float:
        """The cosine of the means of two lists of words, not scaled; unknown words are left out with a warning."""
        if not (len(ws1) and len(ws2)):
            raise ZeroDivisionError("n_similarity: at least one of the lists is empty")
        known = (self._known("n_similarity", words) for words in (ws1, ws2))
        a, b = (sum(map(self.get_vector, words), np.zeros(self.vectors.shape[1])) for words in known)
        return np.float64(np.dot(self._unit(a), self._unit(b)))

    def wmdistance(self, document1: Sequence[str], document2: Sequence[str], norm: bool = True) -> float:
        """The Word Mover's Distance (Kusner et al. 2015) of two lists of words; infinite if one has no known word.

        The smallest sum of share times Euclidean distance by which the words of one list are moved to those of the
        other; with `norm`, between rows of length 1. Words without a row are left out with a warning.
        """
        first, second = (Counter(self._known("wmdistance", words)) for words in (document1, document2))
        if not (first and second):
            return math.inf
        sizes = first.total(), second.total()
        left = {word: first[word] * sizes[1] - second[word] * sizes[0] for word in first | second}
        given, taken = ([word for word in left if sign * left[word] > 0] for sign in (1, -1))
        if not given:
            return 0.0
        rows = [np.array([self.get_vector(word, norm) for word in words], np.float64) for words in (given, taken)]
        costs = np.linalg.norm(rows[0][:, None] - rows[1], axis=2)
        return moved(costs, [left[word] for word in given], [-left[word] for word in taken]) / (sizes[0] * sizes[1])

    def get_mean_vector(
        self,
        keys: Any,
        weights: Any = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> np.ndarray:
        """The weighted mean (D,) of words and vectors; with `pre_normalize`, words are scaled to length 1."""
        items = [keys] if isinstance(keys, str) else list(keys)
        if not items:
            raise ValueError("cannot compute mean with no input")
        weights = np.ones(len(items)) if weights is None else np.asarray(weights, np.float64)
        if weights.shape != (len(items),):
            raise ValueError(f"get_mean_vector: {len(items)} items and weights of shape {weights.shape} do not fit")
        total, whole = np.zeros(self.vectors.shape[1]), 0.0
        for item, weight in zip(items, weights.tolist()):
            if isinstance(item, np.ndarray):
                total += weight * item
            elif item in self:
                total += weight * self.get_vector(item, norm=pre_normalize)
            elif ignore_missing:
                continue
            else:
                self.get_index(item)  # raises
            whole += abs(weight)
        mean = total / whole if whole > 0 else total
        return self._unit(mean) if post_normalize else mean.astype(self.vectors.dtype)

    def doesnt_match(self, words: Sequence[str]) -> str:
        """The word least similar to the mean of all; words without a row are left out with a warning."""
        return min(self._centralities("doesnt_match", words, norm=True))[1]

    def closer_than(self, key1: str, key2: str) -> list[str]:
        """The words strictly more similar to `key1` than `key2` is, in the order of their rows."""
        found = [word for word, _ in self.word_vectors.closer_than(key1, key2)]
        return sorted(found, key=self.get_index)

    def words_closer_than(self, word1: str, word2: str) -> list[str]:
        """`closer_than` under its older name."""
        return self.closer_than(word1, word2)

    def rank(self, key1: str, key2: str) -> int:
        """The rank of `key2` among the neighbours of `key1`, 1 for the nearest."""
        return len(self.closer_than(key1, key2)) + 1

    def rank_by_centrality(self, words: Sequence[str], use_norm: bool = True) -> list[tuple[float, str]]:
        """(cosine with their mean, word) of some words, best first; words without a row are left out with a warning."""
        return sorted(self._centralities("rank_by_centrality", words, use_norm), reverse=True)

    def relative_cosine_similarity(self, wa: str, wb: str, topn: int = 10) -> float:
        """similarity(wa, wb), divided by the sum of the `topn` largest similarities of `wa`."""
        return self.similarity(wa, wb) / sum(score for _, score in self.similar_by_word(wa, topn=topn))

    # Parts

    def _centralities(self, asker: str, words: Sequence[str], norm: bool) -> list[tuple[float, str]]:
        """(product with the unit mean of all, word) of the words that have a row, with a warning about the others."""
        used = self._known(asker, words)
        if not used:
            raise ValueError("cannot select a word from an empty list")
        rows = np.array([self.get_vector(word, norm=norm) for word in used], np.float64)
        return list(zip((rows @ self._unit(rows.mean(axis=0))).tolist(), used))

    def _known(self, asker: str, words: Sequence[str]) -> list[str]:
        """The words that have a row, with a warning about the others."""
        if isinstance(words, str):
            raise OptionError(f"{asker}: a list of words expected; got the text {words!r:.40}: give text.split()")
        used = [word for word in words if word in self]
        if len(used) != len(words):
            differs(f"{asker}: left out for want of a vector: {[word for word in words if word not in used]}")
        return used

    def _weighted(self, items: Any, sign: float) -> list[tuple[Any, float]]:
        """Words and vectors with their weights: `sign`, or the given weight, which gensim does not multiply by it."""
        if items is None:
            return []
        if isinstance(items, (str, *NUMBERS)) or (isinstance(items, np.ndarray) and items.ndim == 1):
            items = items.tolist() if isinstance(items, np.ndarray) and items.dtype.kind in "UO" else [items]
        pairs = []
        for item in items:
            weighted = isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], NUMBERS)
            word, weight = item if weighted else (item, sign)
            if isinstance(word, (str, *NUMBERS)) and word not in self:
                self.get_index(word)  # raises
            pairs.append((word, float(weight)))
        return pairs

    def _with_own_length(self, item: Any, weight: float) -> tuple[Any, float]:
        """Multiply a vector's length into its weight: wordvec scales all vectors to length 1, gensim only words."""
        if isinstance(item, str):
            return item, weight
        length = float(np.linalg.norm(np.asarray(item, np.float64)))
        if not np.isfinite(length):
            raise InputError("the vector holds nan or infinity")
        return np.asarray(item), weight * length

    def _unit(self, vector: np.ndarray) -> np.ndarray:
        length = float(np.linalg.norm(vector))
        return np.asarray(vector / length if length > 0 else vector).astype(self.vectors.dtype)
