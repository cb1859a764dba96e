"""The arithmetic of WordVectors' queries: exact, on rows of unit length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import InputError, OptionError, describe
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.rows import unit_vector
from wordvec.vectors.search import ROWS, RowSelector, best_rows, cosines, is_for_few, nearest_together, row_blocks

if TYPE_CHECKING:
    from wordvec.vectors.word_rows import WordRows

COSINE_METHODS = ("3cosadd", "3cosmul")  # need only the cosines of a, b and c with the candidates
METHODS = (*COSINE_METHODS, "pair-direction")
NUMBERS = (int, float, np.integer, np.floating)
WORD_KINDS = "UTO"  # of arrays that hold words: numpy's text of either kind, and objects
EPSILON = np.float32(0.001)  # Levy and Goldberg 2014: keeps the division of 3cosmul finite
CANCELLED = 1e-6  # length that rounding leaves when unit float32 vectors cancel, which has no direction
UNSURE = 1e-5  # float32 cosines this close to each other are compared again in float64
NARROW = 8_192  # rows of float16 or int8 scored at a time for several queries; small, since these types save memory


def as_list(items: Any) -> list[Any]:
    """Return one word or vector as a list of one, a sequence of them as a list. Raises OptionError for what is neither.

    An array of numbers is a vector, an array of words a sequence.

    >>> as_list("cat"), as_list(("cat", "dog"))
    (['cat'], ['cat', 'dog'])
    """
    if isinstance(items, np.ndarray) and items.dtype.kind in WORD_KINDS:
        items = items.tolist()
    one_weighted = isinstance(items, tuple) and len(items) == 2 and isinstance(items[1], NUMBERS)
    if isinstance(items, str) or one_weighted or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    if not isinstance(items, Iterable):
        raise OptionError(f"a word (str), a vector or a list of them expected; got {describe(items)}")
    return list(items)


def _weighted(item: Any) -> tuple[Any, float]:
    """A word or vector and its weight: the given one of a pair, else 1."""
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], NUMBERS):
        if not np.isfinite(item[1]):
            raise OptionError(f"a weight must be a number; got {item[1]!r}")
        return item[0], float(item[1])
    return item, 1.0


def given_rows(vectors: WordRows, items: Sequence[Any]) -> list[int]:
    """Return the rows of the words in a query of words, vectors and weighted pairs; these are not answers."""
    return vectors.known_ids(item for item, _ in map(_weighted, items))


def composed_words(vectors: WordRows, items: Sequence[Any]) -> tuple[str, ...]:
    """The words of a query that have no row, so that their vectors are composed of n-grams."""
    if vectors.subwords is None:
        return ()
    return tuple(item for item, _ in map(_weighted, items) if isinstance(item, str) and item not in vectors)


def check_method(method: str, methods: Sequence[str] = COSINE_METHODS) -> None:
    """Raise OptionError for an analogy method that does not exist."""
    if method not in methods:
        raise OptionError(f"analogy method must be one of {', '.join(methods)}; got {method!r}")


def nearest(
    vectors: WordRows,
    targets: Sequence[np.ndarray],
    excluded: Sequence[Sequence[int]],
    k: int,
    candidates: np.ndarray | None = None,
) -> list[Neighbours]:
    """Return the `k` words nearest to each unit vector of `targets`, as lists of (word, cosine).

    For a zero vector, which is similar to nothing, the list is empty.
    """
    stacked = np.array(targets, np.float32).reshape(len(targets), vectors.dim)
    pointing = np.flatnonzero(stacked.any(axis=1))
    asked = stacked[pointing]
    left_out = [excluded[i] for i in pointing.tolist()]
    if is_for_few(vectors, len(asked)):
        found = nearest_together(vectors, asked, k, left_out, candidates)
    else:
        size = None if len(asked) == 1 or vectors.matrix.dtype == np.float32 else NARROW
        found = best_rows(
            lambda q, r: cosines(vectors, asked[q], r), len(asked), len(vectors), k, left_out, candidates, size
        )
    answers = [Neighbours() for _ in targets]
    for i, answer in zip(pointing.tolist(), found):
        answers[i] = Neighbours((vectors.words[row], min(1.0, max(-1.0, score))) for row, score in answer)
    return answers


def nearest_among(vectors: WordRows, target: np.ndarray, rows: np.ndarray, k: int) -> Neighbours:
    """Return the `k` of `rows`, which rise, that are nearest to a unit vector: equal cosines by lower row."""
    if not target.any():
        return Neighbours()
    scores = cosines(vectors, target[None, :], rows)[0]
    best = np.argsort(-scores, kind="stable")[:k]
    pairs = zip(rows[best].tolist(), np.clip(scores[best], -1.0, 1.0).tolist())
    return Neighbours((vectors.words[row], score) for row, score in pairs)


def direction(vectors: WordRows, positive: list[Any], negative: list[Any]) -> np.ndarray:
    """Return the unit vector of the sum of `positive` minus the sum of `negative`, both of unit vectors.

    Raises InputError if the result is zero.
    """
    if not positive and not negative:
        raise OptionError("most_similar: give at least one word or vector")
    total = np.zeros(vectors.dim, np.float64)
    whole = 0.0
    for sign, items in ((1.0, positive), (-1.0, negative)):
        for item, weight in map(_weighted, items):
            total += sign * weight * vectors.unit_of(item)
            whole += abs(weight)
    if np.sqrt(total @ total) <= CANCELLED * whole:
        items = [item for item, _ in map(_weighted, positive + negative)]
        what = ", ".join(describe(item) if isinstance(item, str) else "a vector" for item in items)
        if len(items) == 1 and isinstance(items[0], str):
            raise InputError(
                f"most_similar: {what}: its vector is zero, which points nowhere: perhaps no context is above chance"
            )
        raise InputError(f"most_similar: {what}: the sum is the zero vector, which points nowhere")
    return unit_vector(total)


def directions(vectors: WordRows, pairs: Sequence[tuple[list[Any], list[Any]]]) -> list[np.ndarray]:
    """Return `direction` for many (positive, negative); the rows of single words are taken in one call."""
    rows = [None if len(positive) != 1 or negative else _row_of(vectors, positive[0]) for positive, negative in pairs]
    known = [row for row in rows if row is not None]
    units = iter(vectors.unit_rows_of(known) if known else [])
    return [
        direction(vectors, *pair) if row is None or not (unit := next(units)).any() else unit
        for pair, row in zip(pairs, rows)
    ]


def _row_of(vectors: WordRows, item: Any) -> int | None:
    """The row of a word; None for anything else."""
    rows = vectors.known_ids([item])
    return rows[0] if rows else None


def analogy(
    vectors: WordRows, a: str, b: str, c: str, k: int, method: str, candidates: np.ndarray | None = None
) -> Neighbours:
    """See WordVectors.analogy."""
    check_method(method, METHODS)
    given = vectors.known_ids([a, b, c])
    if method == "3cosadd":
        return nearest(vectors, [direction(vectors, [b, c], [a])], [given], k, candidates)[0]
    score = _multiplied_scores(vectors, a, b, c) if method == "3cosmul" else _direction_scores(vectors, a, b, c)
    (found,) = best_rows(lambda _, rows: score(rows)[None, :], 1, len(vectors), k, [given], candidates, ROWS)
    return Neighbours((vectors.words[row], value) for row, value in found)


def positive(cosines: np.ndarray) -> np.ndarray:
    """Map float32 cosines from [-1, 1] to [0, 1], as 3CosMul requires (Levy and Goldberg 2014, note 7).

    >>> positive(np.float32([-1, 0, 1])).tolist()
    [0.0, 0.5, 1.0]
    """
    # Rounding may bring a cosine slightly below -1, which would give the product the wrong sign.
    return np.maximum((cosines + np.float32(1)) / np.float32(2), np.float32(0))


def multiplied(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """3CosMul, b c / (a + 0.001), of candidates' `positive` cosines with a, b and c (Levy and Goldberg 2014, eq. 4).

    >>> round(float(multiplied(np.float32([0.5]), np.float32([1.0]), np.float32([1.0]))[0]), 4)
    1.996
    """
    return b * c / (a + EPSILON)


def _multiplied_scores(vectors: WordRows, a: str, b: str, c: str) -> Callable[[RowSelector], np.ndarray]:
    three = np.array([vectors.unit_of(word) for word in (a, b, c)])
    return lambda rows: multiplied(*positive(cosines(vectors, three, rows)))


def pair_direction(with_step: np.ndarray, with_c: np.ndarray, c_with_step: float) -> np.ndarray:
    """PairDirection of Levy and Goldberg 2014, cos(x - c, b - a), for candidates x of unit length.

    `with_step` holds the cosines of the candidates with b - a, `with_c` their cosines with c, and `c_with_step` is the
    cosine of c with b - a. |x - c| is the square root of 2 - 2 cos(x, c). A copy of c has no direction and gets 0.

    >>> round(float(pair_direction(np.array([0.8]), np.array([0.6]), 0.0)[0]), 4)
    0.8944
    """
    squared = 2.0 - 2.0 * with_c.astype(np.float64)
    apart = squared > CANCELLED
    found: np.ndarray = np.zeros(len(squared))
    found[apart] = (with_step[apart] - c_with_step) / np.sqrt(squared[apart])
    return found


def _direction_scores(vectors: WordRows, a: str, b: str, c: str) -> Callable[[RowSelector], np.ndarray]:
    step, of_c = direction(vectors, [b], [a]), vectors.unit_of(c)
    c_with_step = float(step.astype(np.float64) @ of_c)

    def score(rows: RowSelector) -> np.ndarray:
        with_step, with_c = cosines(vectors, np.array([step, of_c]), rows)
        scores = np.clip(pair_direction(with_step, with_c, c_with_step), -1.0, 1.0)
        return np.where(vectors.lengths[rows] == 0, 0.0, scores)

    return score


def closer_rows(vectors: WordRows, a: int, b: int, candidates: np.ndarray | None = None) -> np.ndarray:
    """Return the rows other than a that are strictly more similar to row a than row b is, ascending (n,) int64.

    Cosines that float32 cannot distinguish are compared in float64, with the same order of summation for each row, so
    that a copy of b's row gets exactly b's score.
    """
    centre = vectors.unit_rows_of([a])
    (with_b,) = exact_cosines(vectors, a, np.array([b]))
    closer = [np.empty(0, np.int64)]
    for piece in row_blocks(len(vectors), candidates, ROWS):
        (scores,) = cosines(vectors, centre, piece)
        numbers = np.arange(piece.start, piece.stop) if isinstance(piece, slice) else piece
        unsure = np.abs(scores - with_b) <= UNSURE
        found = scores > with_b
        found[unsure] = exact_cosines(vectors, a, numbers[unsure]) > with_b
        closer.append(numbers[found])
    rows = np.concatenate(closer)
    return rows[rows != a]


def exact_cosines(vectors: WordRows, a: int, rows: np.ndarray) -> np.ndarray:
    """Return the cosines (n,) float64 of row a with some rows, each summed in the same order."""
    centre = vectors.unit_rows_of([a])[0].astype(np.float64)
    return np.einsum("ij,j->i", vectors.unit_rows_of(rows).astype(np.float64), centre)


def doesnt_match(vectors: WordRows, words: Sequence[str]) -> str:
    """See WordVectors.doesnt_match."""
    words = as_list(words)
    if len(words) < 3:
        raise OptionError("doesnt_match: give a list of at least three words")
    rows = np.array([vectors.unit_of(word) for word in words], np.float64)
    return words[int(np.argmin(rows @ rows.mean(axis=0)))]
