"""What the served page may ask: plain dictionaries in, plain dictionaries out; nothing here knows of HTTP."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import OptionError

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

MOST_NEIGHBOURS = 1_000
LAST = "\U0010ffff"  # sorts behind every continuation of a beginning


class Service:
    """Answers about some models, exact and over all of their words.

    Thread-safe: everything that is computed once is computed here, before the first question.
    """

    def __init__(self, models: Sequence[WordVectors]) -> None:
        self.models = list(models)
        self.indexes = [_PrefixIndex(vectors) for vectors in models]
        for vectors in models:
            vectors.nearest_to_each(vectors.words[:1], k=1)  # makes what the vectors keep for later questions

    def questions(self) -> dict[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        """The questions by name; each takes its parameters as text and raises InputError for what it cannot answer."""
        return {"similar": self.similar, "analogy": self.analogy, "search": self.search}

    def similar(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`word`, `k`, `model` -> {"word", "neighbours": [{"word", "score"}]}."""
        word = _text(given, "word")
        found = self.models[self._model(given)].most_similar(word, k=_number(given, "k", 10, MOST_NEIGHBOURS))
        return {"word": word, "neighbours": _neighbours(found)}

    def analogy(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`a`, `b`, `c`, `k`, `model` -> {"neighbours"}: a is to b as c is to ?"""
        a, b, c = (_text(given, name) for name in "abc")
        found = self.models[self._model(given)].analogy(a, b, c, k=_number(given, "k", 10, MOST_NEIGHBOURS))
        return {"neighbours": _neighbours(found)}

    def search(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`text`, `limit`, `model` -> {"words": [{"word", "count"}]}: words that begin so."""
        model, text = self._model(given), _text(given, "text")
        rows = self.indexes[model].beginning_with(text, limit=_number(given, "limit", 12, MOST_NEIGHBOURS))
        vectors = self.models[model]
        counts = vectors.counts
        return {
            "words": [
                {"word": vectors.words[row], "count": None if counts is None else int(counts[row])} for row in rows
            ]
        }

    def _model(self, given: Mapping[str, str]) -> int:
        return _number(given, "model", 0, len(self.models) - 1, least=0)


class _PrefixIndex:
    """Finds words by their beginning, without regard to case: sorted once, then by bisection."""

    def __init__(self, vectors: WordVectors) -> None:
        folded = sorted((word.casefold(), row) for row, word in enumerate(vectors.words))
        self.folded = [word for word, _ in folded]
        self.rows = np.array([row for _, row in folded], np.int64)
        # rank[row]: 0 for the most frequent word
        order = np.arange(len(vectors)) if vectors.counts is None else np.argsort(-vectors.counts, kind="stable")
        self.rank = np.empty(len(vectors), np.int64)
        self.rank[order] = np.arange(len(vectors))

    def beginning_with(self, text: str, limit: int) -> list[int]:
        """Rows of words that begin with `text`: the very word first, then by falling frequency."""
        start = text.casefold()
        first, after = bisect_left(self.folded, start), bisect_left(self.folded, start + LAST)
        same = bisect_left(self.folded, start + "\0") - first
        found = self.rows[first:after]
        order = np.lexsort((self.rank[found], np.arange(len(found)) >= same))
        return [int(row) for row in found[order[:limit]]]


def _neighbours(found: list[tuple[str, float]]) -> list[dict[str, Any]]:
    return [{"word": word, "score": round(float(score), 6)} for word, score in found]


def _text(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "")
    if not text:
        raise OptionError(f"{name!r} is missing: give it as a parameter")
    return text


def _number(given: Mapping[str, str], name: str, default: int, most: int, least: int = 1) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise OptionError(f"{name!r} must be a whole number from {least} to {most:,}; got {text[:20]!r}")
    return int(text)
