"""Vectors with rows added or replaced: a new object, the old one stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from wordvec.errors import InputError, OptionError, ShapeError
from wordvec.vectors.checks import number_words
from wordvec.vectors.word_rows import WordRows

Vectors = TypeVar("Vectors", bound=WordRows)


def with_rows(
    vectors: Vectors,
    words: Sequence[str],
    rows: np.ndarray,
    counts: Sequence[int] | np.ndarray | None = None,
    *,
    replace: bool = False,
) -> Vectors:
    """See `WordVectors.with_rows`."""
    if isinstance(words, str):
        raise OptionError(f"with_rows: give a list of words; for one, [{words!r}] and [row]")
    words = list(words)
    new = _checked_rows(vectors, words, rows)
    number_words(words)
    ids = vectors.ids_of(words, missing=-1)
    known = ids >= 0
    if known.any() and not replace:
        first = words[int(known.argmax())]
        raise InputError(f"with_rows: {first!r} has a row already; replace=True puts the new one in its place")
    numbers = _checked_counts(counts, len(words))

    matrix = _grown(vectors.matrix if vectors.scales is None else vectors.rows(slice(None)), new, ids)
    context = vectors.context_matrix
    if context is not None:  # the new rows have no context vectors: zero, as in training that goes on
        context = _grown(context, np.zeros((len(words), context.shape[1]), context.dtype), ids)
    kept_counts = vectors.counts
    if kept_counts is not None or numbers is not None:
        old = np.zeros(len(vectors), np.int64) if kept_counts is None else kept_counts
        given = np.zeros(len(words), np.int64) if numbers is None else numbers
        if numbers is None and kept_counts is not None:
            given[known] = kept_counts[ids[known]]
        kept_counts = _grown(old, given, ids)
    added = [word for word, is_known in zip(words, known.tolist()) if not is_known]
    rare = None if vectors.rare is None else {w: n for w, n in vectors.rare.items() if w not in set(added)}
    info = {**vectors.info, "rows_added": vectors.info.get("rows_added", 0) + len(added)}
    if known.any():
        info["rows_replaced"] = vectors.info.get("rows_replaced", 0) + int(known.sum())
    return type(vectors)(
        [*vectors.words, *added], matrix, kept_counts, info, context, subwords=vectors.subwords, rare=rare
    )


def _checked_rows(vectors: WordRows, words: list[str], rows: np.ndarray) -> np.ndarray:
    new = np.asarray(rows)
    if new.shape != (len(words), vectors.dim) or new.dtype.kind not in "fiu":
        raise ShapeError(
            f"with_rows: {len(words):,} words need numbers of shape ({len(words)}, {vectors.dim}); "
            f"got {new.dtype} of shape {new.shape}"
        )
    with np.errstate(over="ignore"):
        new = new.astype(np.float32)
    finite = np.isfinite(new).all(axis=1)
    if not finite.all():
        raise InputError(
            f"with_rows: the row of {words[int(finite.argmin())]!r} holds nan, infinity or too large a number"
        )
    return new


def _checked_counts(counts: Sequence[int] | np.ndarray | None, words: int) -> np.ndarray | None:
    if counts is None:
        return None
    numbers = np.asarray(counts)
    if numbers.shape != (words,) or numbers.dtype.kind not in "iu":
        raise ShapeError(f"with_rows: counts must be {words} whole numbers; got {numbers.dtype} {numbers.shape}")
    return numbers.astype(np.int64)


def _grown(old: np.ndarray, new: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """`old` with the rows of `new` at `ids`, those of -1 behind all others; the wider of two types."""
    grown = np.concatenate([old, new[ids < 0]])
    grown[ids[ids >= 0]] = new[ids >= 0]
    return grown
