"""What the served page may ask: the questions of `wordvec.serve`, of one model or two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wordvec.serve.given import Given
from wordvec.serve.questions import MOST_NEIGHBOURS, Questions

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

__all__ = ["MOST_NEIGHBOURS", "Service"]


class Service:
    """Answers about some models, exact and over all of their words; `model` says which, 0 for the first.

    Thread-safe: everything that is computed once is computed here, before the first question.
    """

    def __init__(self, models: Sequence[WordVectors]) -> None:
        self.models = [Questions(vectors) for vectors in models]

    def questions(self) -> dict[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        """The questions by name; each takes its parameters as text and raises InputError for what it cannot answer."""
        return {"similar": self.similar, "analogy": self.analogy, "search": self.search}

    def similar(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`word`, `k`, `model` -> {"word", "neighbours": [{"word", "score"}]}."""
        model, rest = self._model(given)
        return model.similar(rest)

    def analogy(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`a`, `b`, `c`, `k`, `model` -> {"neighbours"}: a is to b as c is to ?"""
        model, rest = self._model(given)
        return model.analogy(rest)

    def search(self, given: Mapping[str, str]) -> dict[str, Any]:
        """`text`, `limit`, `model` -> {"words": [{"word", "count"}]}: words that begin so."""
        model, rest = self._model(given)
        return model.search(rest)

    def _model(self, given: Mapping[str, str]) -> tuple[Questions, dict[str, str]]:
        number = Given(given).number("model", 0, len(self.models) - 1, least=0)
        return self.models[number], {name: value for name, value in given.items() if name != "model"}
