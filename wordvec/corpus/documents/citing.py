"""Concordance lines that can be cited: as printed, with file, line and date."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.corpus.documents.documents import Value
from wordvec.corpus.documents.finding import Originals, Span, WordFinder
from wordvec.corpus.documents.groups import years_of
from wordvec.corpus.documents.splitting import documents_of
from wordvec.errors import OptionError

if TYPE_CHECKING:
    from wordvec.corpus.concordance import Concordance, Line

SORTS = ("position", "left", "right", "date")


@dataclass(frozen=True)
class CitedLine:
    """A word in its line as printed: left + keyword + right is exactly the line.

    path      of the file, relative to the folder of the texts; record is its record there, or None
    line      in the file, from 1; for a record, in its text
    year      of the document, or None if its date is unknown
    metadata  of the document
    position  of the word in the corpus, from 0
    found     False if the word cannot be located in the line because the tokenizer changed it: then `left` holds the
              whole line, and `keyword` and `right` are empty
    """

    left: str
    keyword: str
    right: str
    path: str
    line: int
    record: int | None
    year: int | None
    metadata: dict[str, Value]
    position: int
    found: bool = True

    @property
    def place(self) -> str:
        """File, record and line in short form.

        >>> CitedLine("", "tea", "", "a.txt", 12, None, 1850, {}, 0).place
        'a.txt:12'
        """
        return f"{self.path}:{self.line}" if self.record is None else f"{self.path}#{self.record}:{self.line}"

    def as_dict(self) -> dict[str, Any]:
        """All fields as plain values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class Citations:
    """Cites occurrences of words in a corpus that knows its documents.

    `texts` is the folder that holds the texts now (default: where they were). Raises CorpusError for a corpus that
    does not know its documents.
    """

    def __init__(self, concordance: Concordance, texts: str | os.PathLike[str] | None = None) -> None:
        self.concordance = concordance
        self.documents = documents_of(concordance.corpus)
        self._originals = Originals(self.documents, texts)
        self._finder = WordFinder(concordance.corpus.recipe)
        self._years = years_of(self.documents)

    def cite(self, word: str, positions: Iterable[int]) -> list[CitedLine]:
        """The printed lines of some of the occurrences of `word`, in the order of `positions`.

        Raises CorpusError for a text that is gone, or was changed since the corpus was built.
        """
        wanted = np.asarray(list(positions), np.int64)
        every = self.concordance.positions(word)
        places = self._places(every)
        new = np.ones(len(every), bool)
        new[1:] = (places[1:] != places[:-1]).any(axis=1)
        first = np.flatnonzero(new)  # index of the first occurrence in each line
        line_of = np.cumsum(new) - 1
        in_line = np.diff(np.append(first, len(every)))
        chosen = np.searchsorted(every, wanted)
        texts = self._originals.lines((int(document), int(line)) for document, line in places[chosen])
        cited = []
        for at, position in zip(chosen.tolist(), wanted.tolist()):
            document, line = map(int, places[at])
            spans = self._finder.find(texts[document, line], word)
            rank = at - int(first[line_of[at]])
            span = spans[rank] if len(spans) == in_line[line_of[at]] else None
            cited.append(self._line(texts[document, line], span, document, line, position))
        return cited

    def cite_lines(self, lines: Sequence[Line]) -> list[CitedLine]:
        """Cite lines of a concordance, of any words. Raises as `cite`."""
        self.read_ahead(lines)
        of_word: dict[str, set[int]] = defaultdict(set)
        for line in lines:
            of_word[line.keyword].add(line.position)
        found = {cited.position: cited for word, positions in of_word.items() for cited in self.cite(word, positions)}
        return [found[line.position] for line in lines]

    def read_ahead(self, lines: Iterable[Line]) -> None:
        """Read the texts of lines that will be cited, so that each file is read once. Raises as `cite`."""
        places = self._places(np.array([line.position for line in lines], np.int64))
        self._originals.lines(map(tuple, places.tolist()))

    def _places(self, positions: np.ndarray) -> np.ndarray:
        """Document and line of each position, (n, 2)."""
        sentences = np.searchsorted(self.concordance.corpus.sentence_starts, positions, side="right") - 1
        return np.stack([self.documents.of_sentence[sentences], self.documents.lines[sentences]], axis=1)

    def _line(self, text: str, span: Span | None, document: int, line: int, position: int) -> CitedLine:
        begin, end = span or (len(text), len(text))
        return CitedLine(
            text[:begin],
            text[begin:end],
            text[end:],
            self.documents.path(document),
            line,
            self.documents.rows[document].record,
            self._years[document],
            self.documents.metadata(document),
            position,
            span is not None,
        )


def sort_cited(lines: Iterable[CitedLine], by: str) -> list[CitedLine]:
    """Lines in the order of the corpus ("position"), by date, or by the words before ("left") or after ("right").

    The nearest word is compared first, ignoring case and punctuation. Lines without a date come last.
    Raises OptionError for another order.
    """
    if by not in SORTS:
        raise OptionError(f"lines are sorted by one of {', '.join(SORTS)}; got {by!r}")
    if by == "date":
        return sorted(lines, key=lambda line: (line.year is None, line.year or 0, line.position))
    if by == "left":
        return sorted(lines, key=lambda line: (_letters(line.left)[::-1], line.position))
    return sorted(lines, key=lambda line: (_letters(line.right) if by == "right" else [], line.position))


def _letters(text: str) -> list[str]:
    words = ("".join(letter for letter in word if letter.isalnum()) for word in text.casefold().split())
    return [word for word in words if word]
