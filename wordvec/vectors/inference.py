"""Vectors of new documents for models of `ParagraphVectors`: the unique minimum of a convex function.

With the output rows u fixed, the document's row d minimizes

    f(d) = - sum_w c_w log s(u_w . d) - K N sum_v P(v) log s(-u_v . d) + ridge / 2 |d|^2,   s(x) = 1 / (1 + exp(-x))

This is PV-DBOW's loss (Le and Mikolov 2014; negative sampling of Mikolov et al. 2013b, eq. 4), with the expectation
over its K negatives instead of draws. c_w is the word's count times its probability of being kept, N the sum of all
c_w. f is strictly convex, so the result depends on no start, order or seed. Newton's method finds the minimum to
rounding.

`ridge` is 1 / (the sum of the learning rates of all epochs), because gradient descent that stops after this much time
gets about as far from zero as this penalty allows. Of 7,000 paragraphs of Wikipedia (100 dimensions, 20 epochs), 305
were inferred again. Each was nearest to its own trained row, with a mean cosine of .965 and a mean length of 4.1; the
trained rows' mean length is 4.5. A quarter of the ridge gave .928 and length 6.3, four times the ridge .973 and 2.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from wordvec.blas import one_blas_thread
from wordvec.corpus.draws.sampling import keep_probabilities, negative_weights
from wordvec.corpus.encode.token_ids import in_order
from wordvec.errors import InputError, OptionError
from wordvec.json_forms import COUNT, NUMBER, Kind, check_form
from wordvec.vectors.document_rows import Encoded

if TYPE_CHECKING:
    from wordvec.vectors.document_rows import TextRows

NOISE = 1024  # words that represent the distribution of negatives, at evenly spaced quantiles; all words if fewer
MOST_STEPS = 100  # of Newton's method, which needs about five
TOLERANCE = 1e-7  # largest step at the end, relative to the row's largest number


class Inference(NamedTuple):
    """What inference needs to know about training; `ridge` as above, the others are the trainer's options."""

    ridge: float
    negatives: int
    subsample: float
    negative_power: float
    output_rows: str


def _above_0(value: Any) -> bool:
    return NUMBER.fits(value) and value > 0


POSITIVE = Kind("a number above 0", _above_0)
FORM = {
    "ridge": POSITIVE, "negatives": Kind("a whole number above 0", lambda value: COUNT.fits(value) and value > 0),
    "subsample": NUMBER, "negative_power": NUMBER,
    "output_rows": Kind("matrix or context_matrix", lambda value: value in ("matrix", "context_matrix")),
}  # fmt: skip


def inference_of(vectors: TextRows) -> Inference:
    """The facts that `ParagraphVectors` wrote into ``info["inference"]``. Raises OptionError for other trainers."""
    given: Any = vectors.info.get("inference")
    if given is None:
        raise OptionError(
            "weights 'infer' are for vectors that ParagraphVectors trained (wordvec train --trainer "
            "paragraph-vectors): for others take 'sif', 'mean' or 'tf-idf'"
        )
    try:
        check_form(given, FORM)
    except ValueError as error:
        raise InputError(f"the record of how documents are inferred is damaged: {error}; train them again") from None
    found = Inference(*(given[name] for name in Inference._fields))
    if vectors.counts is None or (found.output_rows == "context_matrix" and vectors.context_matrix is None):
        raise InputError(
            "documents are inferred from counts and output rows, which this file lacks: .safetensors and .npz keep them"
        )
    return found


def infer(
    vectors: TextRows, blocks: Iterable[Encoded], threads: int
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """For each block its rows (d, D) float32, and the numbers of known words and of all words (d,) per document."""
    with one_blas_thread():  # same bytes for any number of threads, and small products
        minimum = _Minimum(vectors, inference_of(vectors))
        return list(in_order(minimum.of, blocks, threads))


class _Minimum:
    """Finds the minimum of f for documents."""

    def __init__(self, vectors: TextRows, how: Inference) -> None:
        counts = np.asarray(vectors.counts)
        context = vectors.context_matrix if how.output_rows == "context_matrix" else None
        self._rows = vectors.rows(slice(None)) if context is None else context
        self._keep = keep_probabilities(counts, how.subsample)
        self._ridge = how.ridge
        noise, shares = _noise(negative_weights(counts, how.negative_power))
        self._noise, self._shares = np.asarray(self._rows[noise], np.float64), how.negatives * shares

    def of(self, block: Encoded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows of a block's documents, and the numbers of known words and of all words of each."""
        numbers, ends = block
        words = len(self._keep)
        rows = np.zeros((len(ends), self._noise.shape[1]), np.float32)
        found = np.zeros(len(ends), np.int64)
        for document, (begin, end) in enumerate(zip([0, *ends[:-1].tolist()], ends.tolist())):
            ids = numbers[begin:end]
            ids = ids[(ids > 0) & (ids <= words)].astype(np.int64) - 1
            found[document] = len(ids)
            if len(ids):
                different, times = np.unique(ids, return_counts=True)
                try:
                    rows[document] = self._minimum(self._rows[different], times * self._keep[different])
                except np.linalg.LinAlgError:  # numbers are far too large
                    rows[document] = np.nan
        if not np.isfinite(rows).all():
            raise InputError(
                "the rows that documents are inferred from hold nan, infinity or far too large numbers: the file is "
                "damaged; train it again"
            )
        return rows, found, np.diff(ends, prepend=0)

    def _minimum(self, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Newton's method; a step is halved while it increases the value."""
        A = np.concatenate([np.asarray(rows, np.float64), -self._noise])  # all terms are -log s(a . d)
        terms = np.concatenate([weights, self._shares * weights.sum()])
        d, scores = np.zeros(A.shape[1]), np.zeros(len(A))
        value = self._value(terms, scores, d)
        for _ in range(MOST_STEPS):
            s = 1.0 / (1.0 + np.exp(np.minimum(scores, 500.0)))  # s(-score): minus the derivative of a term
            gradient = self._ridge * d - A.T @ (terms * s)
            B = A * np.sqrt(terms * s * (1.0 - s))[:, None]
            step = np.linalg.solve(B.T @ B + self._ridge * np.eye(len(d)), gradient)
            of_step = A @ step
            share, lower = 1.0, self._value(terms, scores - of_step, d - step)
            while lower > value and share > 1e-6:
                share /= 2
                lower = self._value(terms, scores - share * of_step, d - share * step)
            if lower > value:
                break  # only rounding errors are left
            d, scores, value = d - share * step, scores - share * of_step, lower
            if np.abs(step).max() <= TOLERANCE * max(1.0, float(np.abs(d).max())):
                break
        return d

    def _value(self, terms: np.ndarray, scores: np.ndarray, d: np.ndarray) -> float:
        return float(terms @ np.logaddexp(0.0, -scores) + self._ridge / 2 * (d @ d))


def _noise(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Words that represent a distribution by `weights` (V,), and the share of each.

    >>> _noise(np.array([3.0, 1.0]))[1].tolist()
    [0.75, 0.25]
    """
    shares = weights / weights.sum()
    if len(shares) <= NOISE:
        return np.arange(len(shares)), shares
    places = np.searchsorted(np.cumsum(shares), (np.arange(NOISE) + 0.5) / NOISE)
    words, times = np.unique(np.minimum(places, len(shares) - 1), return_counts=True)
    return words, times / NOISE
