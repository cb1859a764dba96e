"""The first steps of a small example: words to ids, ids to pairs of contexts and target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordvec.errors import CorpusError, OptionError, ShapeError


def number_words(words: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Number words in order of first appearance; returns ids and distinct words: words[ids[n]] is the n-th word.

    For small examples; `Corpus` numbers words by descending count and handles text of any size.
    Shapes: N words -> ids (N,), V distinct words. Raises CorpusError for a string instead of a list, or an empty list.

    >>> ids, words = number_words("you say goodbye and i say hello .".split())
    >>> ids.tolist(), words
    ([0, 1, 2, 3, 4, 1, 5, 6], ['you', 'say', 'goodbye', 'and', 'i', 'hello', '.'])
    """
    if isinstance(words, str):
        raise CorpusError(f"number_words: a list of words expected; got one string: {words[:40]!r}; try .split()")
    if not len(words):
        raise CorpusError("number_words: there are no words")
    number: dict[str, int] = {}
    ids = [number.setdefault(word, len(number)) for word in words]
    return np.array(ids), list(number)


def contexts_and_targets(ids: np.ndarray, window: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return the ids around each position and the id at it, for all positions with `window` words on both sides.

    Shapes: ids (N,) -> contexts (N - 2 window, 2 window), targets (N - 2 window,). The first and last `window` words
    serve only as contexts here; the networks of `wordvec.networks` also use them as targets, with a mask.
    Raises ShapeError for ids that are not a list of integers, OptionError for a window that does not fit.

    >>> contexts, targets = contexts_and_targets(np.array([0, 1, 2, 3, 4]), window=1)
    >>> contexts.tolist(), targets.tolist()
    ([[0, 2], [1, 3], [2, 4]], [1, 2, 3])
    """
    ids = np.asarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise ShapeError(f"contexts_and_targets: ids must be integers (N,); got {ids.dtype} {ids.shape}")
    if window < 1 or len(ids) < 2 * window + 1:
        raise OptionError(
            f"contexts_and_targets: window must be at least 1, and 2 window + 1 at most the number of ids, {len(ids)}; "
            f"got window {window}"
        )
    windows = np.lib.stride_tricks.sliding_window_view(ids, 2 * window + 1)
    return np.delete(windows, window, axis=1), windows[:, window].copy()
