"""The answer to a question: words with their scores, best first."""

from __future__ import annotations


class Neighbours(list[tuple[str, float]]):
    """A list of (word, score), best first, equal to a plain list of the same; a notebook shows it as a table.

    `composed` are the words of the question that have no row: their vectors were composed of their n-grams.

    >>> found = Neighbours([("dog", 0.9), ("cow", 0.5)])
    >>> found[0], found == [("dog", 0.9), ("cow", 0.5)]
    (('dog', 0.9), True)
    """

    composed: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        from wordvec.vectors.notebook import neighbours_as_html

        return neighbours_as_html(self)
