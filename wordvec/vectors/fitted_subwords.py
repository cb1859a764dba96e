"""Fits rows for the n-grams of words to finished word vectors, and moves rare words towards their n-grams' prediction.

Bag of subwords (Zhao, Mudgal and Liang 2018): the mean of a word's n-gram rows should be close to its vector,

    min over z of   sum over words w of  log(c_w + 1) |x_w - 1/n_w sum of z_g over its n-grams g|^2  +  ridge |z|^2,

with x_w of length 1 and c_w the word's count. It is solved by conjugate gradients with a diagonal preconditioner,
separately for each strip of columns. It works for any vectors, without training.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from wordvec.errors import InputError, OptionError
from wordvec.memory import available_cores
from wordvec.vectors.ngrams import MOST_HASHES, Ngrams, NgramTable
from wordvec.vectors.rows import row_lengths, unit_rows
from wordvec.vectors.subwords import EXACT, LONGEST_NGRAM, Subwords
from wordvec.vectors.word_rows import WordRows

if TYPE_CHECKING:
    from scipy.sparse import csr_array


Vectors = TypeVar("Vectors", bound=WordRows)
RIDGE = 0.2  # held-out words of a text of 3 million are predicted equally well from 0.1 to 0.3
STEPS = 5  # of conjugate gradients; more than 4 do not improve held-out words
HASHED_RIDGE, HASHED_STEPS = 0.01, 20  # for tables that also compose known words, whose vectors must be matched closely
STRIP = 16  # columns solved together, equal to the product's strips
HELD_OUT = 10  # every tenth word is held out to measure how well the others predict it
FEWEST = 100  # held-out words needed to choose k
RARE = 1_000  # occurrences; the meaning of more frequent words is not predictable from their parts
UNKNOWN = {"held_out_words": None, "held_out_cosine": None}
ROUNDS = 4  # at most this many fits for k; two or three are enough on text
USELESS = 0.05  # below this cosine between prediction and row, predictions are not used


def fit_subwords(
    vectors: Vectors,
    min_n: int = 3,
    max_n: int = 6,
    buckets: int | None = None,
    *,
    ridge: float | None = None,
    lean: bool | float = False,
    jamo: bool = False,
    hashes: int = 0,
    threads: int | None = None,
) -> Vectors:
    """See `WordVectors.fit_subwords`."""
    check_options(min_n, max_n, buckets, ridge, lean, threads, hashes=hashes, jamo=jamo)
    _check_vectors(vectors, lean)
    threads = threads or available_cores()
    table = NgramTable.of(vectors.words, Ngrams(min_n, max_n, buckets or EXACT, jamo, hashes))
    lengths, _ = vectors.lengths, vectors.unit  # computed once, before threads need them
    counts = np.ones(len(vectors)) if vectors.counts is None else np.asarray(vectors.counts, np.float64)
    weights = np.where(lengths > 0, np.log(counts + 1), 0.0)
    if ridge is None:
        ridge = HASHED_RIDGE if hashes else RIDGE
    fit = _Fit(vectors, table.matrix, weights, ridge, HASHED_STEPS if hashes else STEPS, threads)
    rows = fit.solve()
    k, facts = (fit.noise(counts) if lean is True else (float(lean), UNKNOWN)) if lean else (0.0, UNKNOWN)
    matrix, scales = vectors.matrix, vectors.scales
    if k > 0:
        matrix, scales = fit.leaned(rows, counts, k), None
    rows *= np.float32(lengths.mean())
    ngrams = len(rows)
    if buckets is None:
        subwords = Subwords(rows, EXACT, min_n, max_n, kept=table.buckets, jamo=jamo)
    else:  # a row for each bucket, as in fastText; unseen buckets are zero
        all_rows = np.zeros((buckets, vectors.dim), np.float32)
        all_rows[table.buckets] = rows
        subwords = Subwords(all_rows, buckets, min_n, max_n, jamo=jamo, hashes=hashes)
    record = {"method": "ridge", "min_n": min_n, "max_n": max_n, "buckets": buckets, "ridge": ridge}
    record |= {"jamo": jamo, "hashes": hashes}
    info = {**vectors.info, "subwords": record | {"ngrams": ngrams, "lean": k or None, **facts}}
    kept: dict[str, Any] = {"scales": scales, "subwords": subwords, "rare": vectors.rare}
    return type(vectors)(vectors.words, matrix, vectors.counts, info, vectors.context_matrix, **kept)


@dataclass
class _Fit:
    """Ridge regression for the rows of n-grams (G, D), with the unit rows of words (V, D) as targets."""

    vectors: WordRows
    matrix: csr_array
    weights: np.ndarray
    ridge: float
    steps: int
    threads: int
    roots: np.ndarray = field(init=False)  # square roots of the weights, (V, 1), which multiply the words' equations

    def __post_init__(self) -> None:
        self.roots = np.sqrt(self.weights).astype(np.float32)[:, None]

    def solve(self, held_out: np.ndarray | None = None) -> np.ndarray:
        """The rows of the n-grams (G, D) float32; words in `held_out` (V,) bool are ignored."""
        from wordvec.counts.products import product_with

        roots = self.roots if held_out is None else np.where(held_out[:, None], np.float32(0), self.roots)
        weighted = self.matrix.copy()
        weighted.data = self.matrix.data * np.repeat(roots[:, 0], np.diff(self.matrix.indptr))
        squared = np.bincount(weighted.indices, weights=weighted.data.astype(np.float64) ** 2)
        ours = np.zeros(self.matrix.shape[1])
        ours[: len(squared)] = squared
        inverse = (1.0 / (ours + self.ridge)).astype(np.float32)[:, None]
        forward, back = product_with(weighted), product_with(weighted.T.tocsr())  # one strip per thread
        found = np.empty((self.matrix.shape[1], self.vectors.dim), np.float32)

        def solve_strip(columns: slice) -> None:
            right = back(roots * self.vectors.unit[:, columns])
            found[:, columns] = conjugate_gradients(
                lambda p: back(forward(p)), right, inverse, np.float32(self.ridge), self.steps
            )

        self._each_strip(solve_strip)
        return found

    def leaned(self, rows: np.ndarray, counts: np.ndarray, k: float) -> np.ndarray:
        """(c own + k predicted) / (c + k) of unit rows, scaled back to each row's length; (V, D) float32."""
        lengths = self.vectors.lengths.astype(np.float32)[:, None]
        predicted = _unit(self._predicted(rows))
        share = (counts / (counts + k)).astype(np.float32)[:, None]
        has_ngrams = predicted.any(axis=1) & (lengths[:, 0] > 0)
        leaned = _unit(share * self.vectors.unit + (1 - share) * predicted) * lengths
        leaned[~has_ngrams] = self.vectors.rows(~has_ngrams)
        return leaned

    def noise(self, counts: np.ndarray) -> tuple[float, dict[str, Any]]:
        """Estimate k from how much worse the rows of rare words are predicted; also returns facts about the estimate.

        Assume that a part c / (c + k) of the squared length of a word's row is signal and the rest noise. Then the
        prediction of a held-out word has the cosine r sqrt(c / (c + k)) with its row. r and k are the least-squares
        solution over the held-out words. Noise also affects the predicting fit, so the fit is repeated with each
        word's weight times c / (c + k), until k no longer changes.
        """
        held_out = np.arange(len(counts)) % HELD_OUT == HELD_OUT - 1
        k, r, found = self._estimate(counts, held_out)
        for _ in range(ROUNDS if r > USELESS else 0):
            before = k
            fit = replace(self, weights=self.weights * counts / (counts + k))
            k, r, _ = fit._estimate(counts, held_out)
            if k == before:
                break
        facts = {"held_out_words": len(found), "held_out_cosine": round(float(found.mean()), 4)}
        return (k if r > USELESS else 0.0), facts

    def _estimate(self, counts: np.ndarray, held_out: np.ndarray) -> tuple[float, float, np.ndarray]:
        """k, r and the cosines they were estimated from."""
        predicted = _unit(self._predicted(self.solve(held_out)))
        judged = held_out & predicted.any(axis=1) & (counts <= RARE) & (counts > 0) & (self.weights > 0)
        if judged.sum() < FEWEST:
            raise InputError(
                f"lean: {judged.sum():,} held-out words of at most {RARE:,} occurrences are too few to choose k from; "
                f"at least {FEWEST} are needed: give k itself, such as lean=20"
            )
        cosines = np.einsum("ij,ij->i", predicted[judged].astype(np.float64), self.vectors.unit[judged])
        return *_reliability(cosines, counts[judged]), cosines

    def _predicted(self, rows: np.ndarray) -> np.ndarray:
        from wordvec.counts.products import product_with

        with ThreadPoolExecutor(self.threads) as pool:
            return product_with(self.matrix, pool)(rows)

    def _each_strip(self, function: Callable[[slice], None]) -> None:
        strips = [slice(first, first + STRIP) for first in range(0, self.vectors.dim, STRIP)]
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(function, strips))


def conjugate_gradients(
    product: Callable[[np.ndarray], np.ndarray],
    right: np.ndarray,
    inverse: np.ndarray,
    ridge: np.float32,
    steps: int,
) -> np.ndarray:
    """Approximate x in (A + ridge) x = right, each column separately; `product` multiplies by A.

    `inverse` (n, 1) is 1 / (the diagonal of A + ridge), the Jacobi preconditioner.

    >>> A = np.diag(np.float32([1, 3]))
    >>> conjugate_gradients(lambda x: A @ x, np.ones((2, 1), np.float32), np.float32([[0.5], [0.25]]), 1, 5).tolist()
    [[0.5], [0.25]]
    """
    found, left = np.zeros_like(right), right.copy()
    scaled = inverse * left
    way, size = scaled.copy(), _dots(left, scaled)
    for _ in range(steps):
        changed = product(way)
        changed += ridge * way
        step = size / np.maximum(_dots(way, changed), np.finfo(np.float32).tiny)
        found += step * way
        changed *= step
        left -= changed
        np.multiply(inverse, left, out=scaled)
        before, size = size, _dots(left, scaled)
        way *= size / np.maximum(before, np.finfo(np.float32).tiny)
        way += scaled
    return found


def _unit(rows: np.ndarray) -> np.ndarray:
    return unit_rows(rows, row_lengths(rows))


def _dots(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->j", a, b)


def _reliability(cosines: np.ndarray, counts: np.ndarray) -> tuple[float, float]:
    """Return k and r by least squares in cosine = r sqrt(c / (c + k)), with k from a grid of powers of 2 ** (1/4)."""
    candidates = 2.0 ** np.arange(-4, 40.25, 0.25)
    models = [np.sqrt(counts / (counts + k)) for k in candidates]
    rs = [max(0.0, float(cosines @ model) / float(model @ model)) for model in models]
    errors = [float(((cosines - r * model) ** 2).sum()) for r, model in zip(rs, models)]
    best = int(np.argmin(errors))
    return float(candidates[best]), rs[best]


def check_options(
    min_n: int = 3,
    max_n: int = 6,
    buckets: int | None = None,
    ridge: float | None = None,
    lean: bool | float = False,
    threads: int | None = None,
    *,
    jamo: bool = False,
    hashes: int = 0,
) -> None:
    """Raise OptionError for options of `WordVectors.fit_subwords` that are out of range or incompatible."""
    if not 1 <= min_n <= max_n <= LONGEST_NGRAM:
        raise OptionError(f"min_n must be from 1 to max_n, and max_n at most {LONGEST_NGRAM}; got {min_n} and {max_n}")
    if buckets is not None and not 1 <= buckets < EXACT:
        raise OptionError(f"buckets must be from 1 to {EXACT - 1:,}, or left out for a row for each; got {buckets}")
    if not 0 <= hashes <= MOST_HASHES:
        raise OptionError(f"hashes must be from 1 to {MOST_HASHES}, as floret has them, or left out; got {hashes}")
    if hashes and (buckets is None or jamo or min_n < 2):
        wrong = "buckets=50_000, say" if buckets is None else "no jamo" if jamo else "min_n of at least 2"
        raise OptionError(f"hashes makes a table for floret and spaCy, which goes with {wrong}")
    if ridge is not None and not (ridge > 0 and np.isfinite(ridge)):
        raise OptionError(f"ridge must be above 0; got {ridge!r}")
    if threads is not None and threads < 1:
        raise OptionError(f"threads must be at least 1; got {threads}")
    if not isinstance(lean, bool) and not (lean >= 0 and np.isfinite(lean)):
        raise OptionError(f"lean must be True, False or k itself, a number from 0 on; got {lean!r}")


def _check_vectors(vectors: WordRows, lean: bool | float) -> None:
    if lean and vectors.counts is None:
        raise InputError("lean: these vectors have no counts, which tell how rare a word is; fit them without it")
    if not vectors.lengths.any():
        raise InputError("fit_subwords: no word has a vector other than zero")
