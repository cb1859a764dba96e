"""Combines several models into one by concatenating their rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordvec.corpus.recipe import KEYS
from wordvec.errors import InputError, OptionError
from wordvec.vectors.postprocessing import NOTHING
from wordvec.vectors.rows import row_lengths, unit_rows
from wordvec.vectors.subwords import warn_of_ngrams
from wordvec.vectors.word_vectors import WordVectors

LEAST, MOST = 1e-6, 1e6  # weights: beyond them the cosines are those of some of the models alone


def combine(
    parts: Sequence[WordVectors], weights: Sequence[float] | None = None, *, keep_all: bool = False
) -> WordVectors:
    """Return vectors with the concatenated rows of all parts: [w_1 (u_1 - mean u_1), w_2 (u_2 - mean u_2), ...].

    u_i are the unit rows of a part, and their mean is over the words of the result. These are the words of the first
    part that all others have, in its order; a part with `subwords` has every word that it can compose. With `keep_all`
    they are all words of the first part, with zeros for parts that lack one. So the cosine of two words is about the
    mean of the parts' cosines, weighted by w_i^2. Counts and tokenization are the first part's. N-grams are left out,
    with a UserWarning.
    Shapes: matrix (V, D_1 + D_2 + ...).
    Raises OptionError for fewer than two parts and for weights outside 1e-6 to 1e6; InputError with fewer than two
    words in common, and for a part in which they all have one direction.

    >>> a = WordVectors(["tea", "cup", "rain"], np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    >>> b = WordVectors(["cup", "tea"], np.array([[0.0, 5.0], [3.0, 0.0]]))
    >>> both = combine([a, b], [1.0, 2.0])
    >>> list(both.words), both.matrix.tolist()
    (['tea', 'cup'], [[0.5, -0.5, 1.0, -1.0], [-0.5, 0.5, -1.0, 1.0]])
    """
    weights = _checked_weights(parts, weights)
    words = list(parts[0].words)
    rows = [_unit_rows(part, words) for part in parts]
    known: list[np.ndarray] = [np.asarray(part.any(axis=1)) for part in rows]
    in_all = np.asarray(np.stack(known).all(axis=0))
    having = " and ".join(f"{int(here.sum()):,}" for here in known)
    having = f"of the {len(words):,} words of the first, the models have a vector that is not zero for {having}"
    if not in_all.any():
        raise InputError(f"no word has a vector in all of these models: {having}; take models of the same words")
    kept = np.ones(len(words), bool) if keep_all else in_all
    if min(int((here & kept).sum()) for here in known) < 2:  # a single row minus its mean is zero
        raise InputError(
            "each model must have a vector for at least two of the words, as its mean is subtracted; "
            f"{int(in_all.sum()):,} have one in all: {having}; take models with more words in common"
        )
    columns: list[np.ndarray] = []
    for part, here, weight in zip(rows, known, weights):
        mean = part[here & kept].mean(axis=0, dtype=np.float64).astype(np.float32)
        block = np.where(here[kept][:, None], part[kept] - mean, np.float32(0))
        if np.abs(block).max() < NOTHING:
            raise InputError(
                f"model {len(columns) + 1} has one direction for all of the words: nothing is left of it without its "
                "mean"
            )
        columns.append(np.float32(weight) * block)
    first = parts[0]
    info = {
        "trainer": "combine",
        "combined": [
            {"trainer": part.info.get("trainer"), "dim": part.dim, "weight": weight, "words": int(here.sum())}
            for part, here, weight in zip(parts, known, weights)
        ],
        **{key: first.info[key] for key in KEYS if key in first.info},
    }
    warn_of_ngrams("the combined ones: fit new ones, wordvec subwords FILE -o OUT or .fit_subwords()", *parts)
    counts = None if first.counts is None else np.asarray(first.counts)[kept]
    return WordVectors(
        [words[row] for row in np.flatnonzero(kept).tolist()], np.concatenate(columns, axis=1), counts, info
    )


def _checked_weights(parts: Sequence[WordVectors], weights: Sequence[float] | None) -> list[float]:
    if isinstance(parts, WordVectors):
        raise OptionError("combine takes a list of models, then their weights: combine([a, b], [1, 0.8])")
    if len(parts) < 2:
        raise OptionError("at least two models are needed to combine")
    weights = [1.0] * len(parts) if weights is None else [float(weight) for weight in weights]
    if len(weights) != len(parts):
        raise OptionError(f"a weight for each of the {len(parts)} models expected; got {len(weights)}")
    if not all(LEAST <= weight <= MOST for weight in weights):
        raise OptionError(f"weights must be above 0, from {LEAST:g} to {MOST:g}; got {weights}")
    return weights


def _unit_rows(part: WordVectors, words: list[str]) -> np.ndarray:
    """The unit rows (n, D) of words, float32; zero for a word without a vector."""
    ids = part.ids_of(words, missing=-1)
    rows = np.zeros((len(words), part.dim), np.float32)
    has_row = np.flatnonzero(ids >= 0)
    rows[has_row] = part.unit_rows_of(ids[has_row])
    if part.subwords is not None:
        for place in np.flatnonzero(ids < 0).tolist():
            made = part.subwords.vector(words[place])
            if made is not None:
                rows[place] = unit_rows(made[None, :], row_lengths(made[None, :]))[0]
    return rows
