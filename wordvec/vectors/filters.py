"""Filters on the words that queries return (by frequency, pattern or name), and adding or replacing rows."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict, TypeVar

import numpy as np

from wordvec.argument_types import check_is_list
from wordvec.errors import InputError, OptionError, ShapeError, describe
from wordvec.vectors.rows import number_words
from wordvec.vectors.word_rows import WordRows

PATTERN_SECONDS = 5.0  # a pattern that takes longer over all words is refused: it probably backtracks endlessly
CHECKED_EVERY = 1_000  # words matched between time checks


GENSIM_OPTIONS = {
    "topn": "the number of neighbours is k",
    "restrict_vocab": "the N most frequent words are top=N",
    "indexer": "approximate search is wordvec.vectors.search.approximate.ApproximateSearch",
}


class Filters(TypedDict, total=False):
    """The filters of `select`, which the queries of WordVectors accept."""

    top: int | None
    min_count: int | None
    pattern: str | re.Pattern[str] | None
    among: Collection[str] | np.ndarray | None


def select(
    vectors: WordRows,
    *,
    top: int | None = None,
    min_count: int | None = None,
    pattern: str | re.Pattern[str] | None = None,
    among: Collection[str] | np.ndarray | None = None,
) -> np.ndarray | None:
    """Return the rows that pass all given filters, ascending (n,) int64; None without filters.

    `top`: only the most frequent words, by count, or by order if there are no counts. `min_count`: words seen at least
    this often. `pattern`: a regular expression, found anywhere in the word (``ly$``; ``^(?i:new)``). `among`: a list of
    words (words without a row are skipped), or row numbers (n,).
    Raises OptionError for a filter that leaves nothing or that these vectors do not support.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "cats", "dog"], np.eye(3), counts=np.array([5, 9, 2]))
    >>> select(vectors, min_count=3).tolist(), select(vectors, top=1).tolist(), select(vectors, pattern="s$").tolist()
    ([0, 1], [1], [1])
    """
    given = {"top": top, "min_count": min_count, "pattern": pattern, "among": among}
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return None
    rows = None if among is None else _among(vectors, among)
    if top is not None:
        rows = _both(rows, most_frequent(vectors, top))
    if min_count is not None:
        rows = _both(rows, _seen_often(vectors, min_count))
    if pattern is not None:
        rows = _matching(vectors, pattern, rows)
    if rows is None or len(rows) == 0:
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in given.items())
        raise OptionError(f"no word of these vectors passes {shown}")
    return rows


def check_names(given: Mapping[str, Any]) -> None:
    """Raise TypeError for a keyword that is not a filter, with wordvec's names for gensim's keywords."""
    for name in given:
        if name not in Filters.__annotations__:
            hint = f": {GENSIM_OPTIONS[name]}" if name in GENSIM_OPTIONS else ""
            raise TypeError(f"unknown keyword {name!r}{hint}; filters are {', '.join(Filters.__annotations__)}")


def most_frequent(vectors: WordRows, top: int) -> np.ndarray:
    """Return the rows of the `top` most frequent words, ascending (n,) int64; without counts the first rows."""
    if isinstance(top, bool) or not isinstance(top, (int, np.integer)) or top < 1:
        raise OptionError(f"top, a number of words, must be a whole number of at least 1; got {top!r}")
    counts = vectors.counts
    if counts is None or top >= len(vectors) or bool((counts[1:] <= counts[:-1]).all()):
        return np.arange(min(top, len(vectors)))
    return np.sort(np.argsort(-counts, kind="stable")[:top])


def _seen_often(vectors: WordRows, min_count: int) -> np.ndarray:
    if vectors.counts is None:
        raise OptionError("min_count: these vectors have no counts; top=N takes the first N words")
    return np.flatnonzero(vectors.counts >= min_count)


def _among(vectors: WordRows, among: Collection[str] | np.ndarray) -> np.ndarray:
    check_is_list("among", among)
    if isinstance(among, np.ndarray) and among.dtype.kind in "iu" and among.ndim == 1:
        rows = np.unique(among).astype(np.int64)
        if len(rows) and not 0 <= rows[0] <= rows[-1] < len(vectors):
            raise OptionError(f"among: rows must be from 0 to {len(vectors) - 1}; got {rows[0]} to {rows[-1]}")
        return rows
    words = list(among)
    if words and not any(isinstance(word, str) for word in words):
        raise OptionError(
            f"among: give words (str), or row numbers as an array of integers; got {describe(words[0])} first; of a "
            "mask give np.flatnonzero(mask)"
        )
    return np.unique(np.array(vectors.known_ids(words), np.int64))


def _matching(vectors: WordRows, pattern: str | re.Pattern[str], rows: np.ndarray | None) -> np.ndarray:
    try:
        found = re.compile(pattern).search
        found("")  # a pattern of bytes fails here
    except (re.error, RecursionError, OverflowError, TypeError) as error:
        raise OptionError(f"pattern: {describe(pattern)} is not a regular expression: {error}") from None
    words: Sequence[str] = vectors.words if rows is None else [vectors.words[row] for row in rows.tolist()]
    matches = np.zeros(len(words), bool)
    with _time_limit(pattern):
        deadline = time.monotonic() + PATTERN_SECONDS
        for place, word in enumerate(words):
            if found(word):
                matches[place] = True
            if place % CHECKED_EVERY == 0 and time.monotonic() > deadline:
                raise _too_slow(pattern)
    places = np.flatnonzero(matches)
    return places if rows is None else rows[places]


@contextmanager
def _time_limit(pattern: Any) -> Iterator[None]:
    """Interrupt an endless match within one word by a signal, if the system supports it.

    This works only in the main thread, and if the program does not use this timer itself. Otherwise the time is checked
    only between words.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_REAL)[0] or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return

    def stop(*_: Any) -> None:
        raise _too_slow(pattern)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, PATTERN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _too_slow(pattern: Any) -> OptionError:
    return OptionError(
        f"pattern: {pattern!r} takes more than {PATTERN_SECONDS:g} s over these words: a repeat inside a repeat, such "
        "as (a+)+, tries too many ways; write it without"
    )


def _both(rows: np.ndarray | None, others: np.ndarray) -> np.ndarray:
    return others if rows is None else np.intersect1d(rows, others, assume_unique=True)


def _shown(value: Any) -> str:
    return f"{len(value)} words" if isinstance(value, (list, tuple, set, frozenset, np.ndarray)) else repr(value)


# Adding rows makes a new object; the old one is unchanged.


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
    if context is not None:  # new rows have zero context vectors, as in continued training
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
    """`old` with the rows of `new` at `ids`; rows with id -1 are appended. The result has the wider type."""
    grown = np.concatenate([old, new[ids < 0]])
    grown[ids[ids >= 0]] = new[ids >= 0]
    return grown
