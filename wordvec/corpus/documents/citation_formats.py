"""Cited lines as terminal text, CSV and an HTML page."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence

from wordvec.corpus.concordance import Line
from wordvec.corpus.concordance.keyword_lines import keyword_lines
from wordvec.corpus.documents.citing import CitedLine
from wordvec.terminal import display_width, printable

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
