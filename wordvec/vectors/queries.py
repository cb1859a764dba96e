"""The arithmetic behind the questions of WordVectors, all of it exact and on rows of unit length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import InputError, OptionError
from wordvec.vectors.rows import unit_vector
from wordvec.vectors.search import ROWS, best_rows

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import Neighbours, WordVectors

METHODS = ("3cosadd", "3cosmul")
EPSILON = np.float32(0.001)  # Levy and Goldberg 2014: keeps the division of 3cosmul finite


def as_list(items: Any) -> list[Any]:
    """Return one word or vector as a list of one, a sequence of them as a list.

    >>> as_list("cat"), as_list(("cat", "dog"))
    (['cat'], ['cat', 'dog'])
    """
    if isinstance(items, str) or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    return list(items)


def check_method(method: str) -> None:
    """Raise OptionError for an analogy method that does not exist."""
    if method not in METHODS:
        raise OptionError(f"analogy method must be one of {', '.join(METHODS)}; got {method!r}")


def nearest(
    vectors: WordVectors, targets: Sequence[np.ndarray], excluded: Sequence[Sequence[int]], k: int
) -> list[Neighbours]:
    """Return the `k` words nearest to each unit vector of `targets`, as lists of (word, cosine)."""
    stacked = np.array(targets, np.float32).reshape(len(targets), vectors.dim)
    unit = vectors.unit
    found = best_rows(lambda q, r: stacked[q] @ unit[r].T, len(stacked), len(vectors), k, excluded)
    return [[(vectors.words[row], min(1.0, max(-1.0, score))) for row, score in answer] for answer in found]


def most_similar(vectors: WordVectors, positive: list[Any], negative: list[Any], k: int) -> Neighbours:
    """See WordVectors.most_similar."""
    if not positive and not negative:
        raise OptionError("most_similar: give at least one word or vector")
    total = np.zeros(vectors.dim, np.float64)
    for sign, items in ((1.0, positive), (-1.0, negative)):
        for item in items:
            total += sign * vectors.unit_of(item)
    # Unit float32 vectors that cancel leave rounding behind, which is no direction.
    if np.sqrt(total @ total) <= 1e-6 * (len(positive) + len(negative)):
        what = ", ".join(repr(item) if isinstance(item, str) else "a vector" for item in positive + negative)
        raise InputError(f"most_similar: {what}: the sum is the zero vector, which points nowhere")
    return nearest(vectors, [unit_vector(total)], [vectors.ids_of(positive + negative)], k)[0]


def analogy(vectors: WordVectors, a: str, b: str, c: str, k: int, method: str) -> Neighbours:
    """See WordVectors.analogy."""
    check_method(method)
    if method == "3cosadd":
        return most_similar(vectors, [b, c], [a], k)
    given, unit = vectors.ids_of([a, b, c]), vectors.unit
    three = np.array([vectors.unit_of(word) for word in (a, b, c)])
    (found,) = best_rows(
        lambda _, rows: multiplied(*positive(three @ unit[rows].T))[None, :], 1, len(vectors), k, [given]
    )
    return [(vectors.words[row], value) for row, value in found]


def positive(cosines: np.ndarray) -> np.ndarray:
    """Return float32 cosines moved from [-1, 1] to [0, 1], as 3CosMul needs them (Levy and Goldberg 2014, note 7).

    >>> positive(np.float32([-1, 0, 1])).tolist()
    [0.0, 0.5, 1.0]
    """
    # Rounding may take a cosine a hair below -1; the sign of the product would then be wrong.
    return np.maximum((cosines + np.float32(1)) / np.float32(2), np.float32(0))


def multiplied(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """3CosMul, b c / (a + 0.001), of candidates' `positive` cosines with a, b and c (Levy and Goldberg 2014, eq. 4).

    >>> round(float(multiplied(np.float32([0.5]), np.float32([1.0]), np.float32([1.0]))[0]), 4)
    1.996
    """
    return b * c / (a + EPSILON)


def rank(vectors: WordVectors, a: int, b: int) -> int:
    """See WordVectors.rank; a and b are rows."""
    if a == b:
        return 0
    centre = vectors.unit[a].astype(np.float64)

    def cosines(rows: slice) -> np.ndarray:  # each row summed alike, so a copy of b's row scores exactly as b does
        return np.einsum("ij,j->i", vectors.unit[rows].astype(np.float64), centre)

    (with_b,) = cosines(slice(b, b + 1))
    closer = sum(
        int(np.count_nonzero(cosines(slice(first, first + ROWS)) > with_b)) for first in range(0, len(vectors), ROWS)
    )
    return closer + 1 - int(cosines(slice(a, a + 1))[0] > with_b)


def doesnt_match(vectors: WordVectors, words: Sequence[str]) -> str:
    """See WordVectors.doesnt_match."""
    if isinstance(words, str) or len(words) < 3:
        raise OptionError("doesnt_match: give a list of at least three words")
    rows = np.array([vectors.unit_of(word) for word in words], np.float64)
    return words[int(np.argmin(rows @ rows.mean(axis=0)))]
