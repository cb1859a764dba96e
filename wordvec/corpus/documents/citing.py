"""Concordance lines that can be cited, as printed with file, line and date; as terminal text, CSV and an HTML page."""

from __future__ import annotations

import csv
import html
import io
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.corpus.concordance import Line
from wordvec.corpus.concordance.keyword_lines import keyword_lines
from wordvec.corpus.documents import Value
from wordvec.corpus.documents.finding import Originals, Span, WordFinder
from wordvec.corpus.documents.groups import years_of
from wordvec.corpus.documents.splitting import documents_of
from wordvec.errors import OptionError
from wordvec.terminal import display_width, printable

if TYPE_CHECKING:
    from wordvec.corpus.concordance import Concordance

SORTS = ("position", "left", "right", "date")
LONGEST_PLACE = 32  # columns
COLUMNS = ("left", "keyword", "right", "year", "path", "record", "line")

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.45 Georgia, "Times New Roman", serif; margin: 2em; }}
caption {{ text-align: left; padding-bottom: 1em; }}
td, th {{ padding: 0.1em 0.4em; vertical-align: baseline; }}
.left {{ text-align: right; }}
.place {{ font: 12px sans-serif; white-space: nowrap; }}
</style>
</head>
<body>
<table>
<caption>{title}</caption>
<thead><tr><th scope="col">year</th><th scope="col" class="left">before</th><th scope="col">word</th>
<th scope="col">after</th><th scope="col">where</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


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

    `texts` is the folder that holds the texts now (default: where they were), `date_column` the column of the years
    (default: year, date or the like). Raises CorpusError for a corpus that does not know its documents.
    """

    def __init__(
        self, concordance: Concordance, texts: str | os.PathLike[str] | None = None, date_column: str | None = None
    ) -> None:
        self.concordance = concordance
        self.documents = documents_of(concordance.corpus)
        self._originals = Originals(self.documents, texts)
        self._finder = WordFinder(concordance.corpus.recipe)
        self._years = years_of(self.documents, date_column)

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


def cited_as_text(lines: Sequence[CitedLine], width: int = 100) -> list[str]:
    """Format each line in at most `width` columns: year and place, then the words around the keyword.

    >>> line = CitedLine("The old ", "Queen", ", in her chair", "a.txt", 12, None, 1850, {}, 0)
    >>> cited_as_text([line], 60)
    ['1850  a.txt:12  The old  Queen  , in her chair']
    """
    if not lines:
        return []
    years = ["" if line.year is None else str(line.year) for line in lines]
    places = [_shortened(printable(line.place)) for line in lines]
    for_year, for_place = max(map(len, years)), max(map(display_width, places))
    heads = [
        f"{year:>{for_year}}  {place}{' ' * (for_place - display_width(place))}  " for year, place in zip(years, places)
    ]
    texts = keyword_lines([_for_terminal(line) for line in lines], width - display_width(heads[0]))
    return [f"{head}{text}".rstrip() for head, text in zip(heads, texts)]


def _for_terminal(line: CitedLine) -> Line:
    """The line with every run of white space replaced by one space."""
    left, keyword, right = (" ".join(part.split()) for part in (line.left, line.keyword, line.right))
    return Line(left, keyword, right, line.position, 0)


def _shortened(place: str) -> str:
    while display_width(place) > LONGEST_PLACE:
        place = "…" + place[2:]
    return place


def cited_as_csv(lines: Sequence[CitedLine]) -> str:
    """CSV with a header row: left, keyword, right, year, path, record, line, and the metadata columns."""
    metadata = [name for name in (lines[0].metadata if lines else {}) if name not in COLUMNS]
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*COLUMNS, *metadata])
    for line in lines:
        writer.writerow([getattr(line, name) for name in COLUMNS] + [line.metadata[name] for name in metadata])
    return written.getvalue()


def cited_as_html(lines: Sequence[CitedLine], title: str) -> str:
    """An HTML page with a table of the lines, without scripts or external resources."""
    rows = "\n".join(
        f'<tr><td class="place">{"" if line.year is None else line.year}</td>'
        f'<td class="left">{_escaped(line.left)}</td><td><strong>{_escaped(line.keyword)}</strong></td>'
        f'<td>{_escaped(line.right)}</td><td class="place">{_escaped(line.place)}</td></tr>'
        for line in lines
    )
    return PAGE.format(title=_escaped(title), rows=rows)


def _escaped(text: str) -> str:
    return html.escape(printable(text))
