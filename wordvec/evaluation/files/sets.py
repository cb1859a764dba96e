"""What evaluation sets are once they are read."""

from __future__ import annotations

from dataclasses import dataclass

NO_SECTION = "(no section)"

Pair = tuple[str, str, float]
Question = tuple[str, str, str, "str | tuple[str, ...]"]


@dataclass(frozen=True)
class WordPairs:
    """A similarity set: pairs of words with the score people gave them.

    `notes` say what was recognised or stands out in the file: its layout, duplicate pairs, scores far from the rest.
    """

    name: str
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnalogyQuestions:
    """An analogy set: questions (a, b, c, d), "a is to b as c is to d", by section in the file's order.

    d is one word, or several that are all accepted. `notes` say what was recognised or stands out in the file.
    """

    name: str
    sections: dict[str, tuple[Question, ...]]
    notes: tuple[str, ...] = ()

    def words(self) -> dict[str, None]:
        """Return all distinct words in the order of the set, as the keys of a dict."""
        found: dict[str, None] = {}
        for questions in self.sections.values():
            for a, b, c, d in questions:
                found[a] = found[b] = found[c] = None
                found.update(dict.fromkeys([d] if isinstance(d, str) else d))
        return found
