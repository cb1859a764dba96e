"""The result of a query: words with their scores, best first, and its display in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from wordvec.errors import counted

if TYPE_CHECKING:
    from wordvec.vectors.word_rows import WordRows


class Neighbours(list[tuple[str, float]]):
    """A list of (word, score), best first, equal to a plain list with the same items; a notebook shows it as a table.

    `composed` lists the words of the query that have no row, whose vectors were composed of their n-grams.

    >>> found = Neighbours([("dog", 0.9), ("cow", 0.5)])
    >>> found[0], found == [("dog", 0.9), ("cow", 0.5)]
    (('dog', 0.9), True)
    """

    composed: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        return neighbours_as_html(self)


# Vectors and neighbours as HTML tables for notebooks: no scripts, no requests, readable on light and dark pages.


ROWS, NUMBERS = 10, 5  # of a preview
BAR = 120  # pixels of a cosine of 1

# Colours come from the page (currentColor, transparency), so that they fit light and dark pages.
TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
HEAD = "text-align:left;padding:2px 12px 2px 0;border-bottom:1px solid;font-weight:600"
CELL = "text-align:left;padding:2px 12px 2px 0;border:0"
NUMBER = "text-align:right;padding:2px 12px 2px 0;border:0"
NUMBER_HEAD = HEAD.replace("left", "right", 1)
SMALL = "font-size:90%;opacity:0.75;padding-top:4px"


def vectors_as_html(vectors: WordRows) -> str:
    """Describe vectors as HTML: numbers of words and dimensions, trainer, and a preview of the first words.

    All text is escaped: a word such as ``<script>`` is shown, not executed. For ``WordVectors._repr_html_``.

    >>> import numpy as np
    >>> from wordvec.vectors import WordVectors
    >>> html = vectors_as_html(WordVectors(["<b>", "x"], np.eye(2), counts=np.array([1200, 7])))
    >>> "&lt;b&gt;" in html, "<b>" in html, "1,200" in html
    (True, False, True)
    """
    counted = vectors.counts is not None
    shown = min(ROWS, len(vectors))
    heads = [_cell("word", HEAD, "th")] + ([_cell("count", NUMBER_HEAD, "th")] if counted else [])
    heads.append(_cell("vector", HEAD, "th"))
    rows = []
    for i in range(shown):
        word = vectors.words[i]
        cells = [_cell(word, CELL)]
        if vectors.counts is not None:
            cells.append(_cell(f"{int(vectors.counts[i]):,}", NUMBER))
        cells.append(_cell(_preview(vectors[word]), CELL))
        rows.append(cells)
    left_out = len(vectors) - shown
    more = f"and {left_out:,} more words" if left_out else ""
    return _page(_headline(vectors), heads, rows, more)


def neighbours_as_html(neighbours: Iterable[tuple[str, float]], heading: str = "") -> str:
    """A list of (word, score) as HTML, with a bar for each score. All text is escaped.

    >>> html = neighbours_as_html([("queen", 0.75), ("<i>", -0.5)], heading="king")
    >>> "0.750" in html, "width:90px" in html, "&lt;i&gt;" in html
    (True, True, True)
    """
    heads = [_cell("word", HEAD, "th"), _cell("score", NUMBER_HEAD, "th"), _cell("", HEAD, "th")]
    rows = [[_cell(word, CELL), _cell(f"{score:.3f}", NUMBER), _bar(score)] for word, score in neighbours]
    return _page(heading, heads, rows, "" if rows else "no neighbours")


def _page(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], note: str) -> str:
    """A table under a title, with a small note below it; `heads` and `rows` hold cells, the others are text."""
    parts = ["<div>"]
    if title:
        parts.append(f'<div style="padding-bottom:4px">{escape(title)}</div>')
    body = "".join(f'<tr style="background:none">{"".join(cells)}</tr>' for cells in rows)
    parts.append(f'<table style="{TABLE}"><thead><tr>{"".join(heads)}</tr></thead><tbody>{body}</tbody></table>')
    if note:
        parts.append(f'<div style="{SMALL}">{escape(note)}</div>')
    return "".join([*parts, "</div>"])


def _cell(text: str, style: str, tag: str = "td") -> str:
    direction = "" if tag == "th" else ' dir="auto"'  # Arabic and Hebrew words from right to left
    return f'<{tag} style="{style}"{direction}>{escape(text)}</{tag}>'


def _bar(score: float) -> str:
    width = round(BAR * min(1.0, abs(score))) if score == score else 0  # nan has no bar
    colour = "#0072B2" if score >= 0 else "#D55E00"
    bar = f"display:inline-block;height:0.7em;width:{width}px;background:{colour};opacity:0.75"
    return f'<td style="{CELL}"><span style="{bar}"></span></td>'


def _headline(vectors: WordRows) -> str:
    parts = [counted(len(vectors), "word"), counted(vectors.dim, "dimension")]
    trainer = vectors.info.get("trainer")
    if trainer:
        parts.append(f"trained by {trainer}{_parameters(vectors.info.get('parameters'))}")
    return "WordVectors: " + ", ".join(parts)


def _parameters(parameters: Any) -> str:
    """The most important training parameters, if known."""
    if not isinstance(parameters, dict):
        return ""
    named = [f"{name} {parameters[name]}" for name in ("window", "epochs", "negatives") if name in parameters]
    return f" ({', '.join(named)})" if named else ""


def _preview(vector: Any) -> str:
    numbers = " ".join(f"{float(x):+.3f}" for x in vector[:NUMBERS])
    return numbers + (" …" if len(vector) > NUMBERS else "")
