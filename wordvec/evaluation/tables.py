"""Text tables for the terminal, Markdown, LaTeX and CSV, with cells escaped for each style."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence

from wordvec.errors import OptionError, ShapeError
from wordvec.terminal import display_width

Rows = Sequence[Sequence[str]]

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # would reverse the figures in the row
NUMBER = re.compile(r"[+\-−±~<]?\s*\d.*")
MARKDOWN_SPECIAL = re.compile(r"[\\`*_|<>~$]|\](?=[\[(:])")
LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "±": r"\(\pm\)",
    "−": r"\(-\)",
    **{character: f"\\{character}" for character in "{}$&#_%"},
}


class Strong(str):
    """A cell set in bold if the style has bold (Markdown, LaTeX); otherwise plain text."""


def format_table(rows: Rows, headings: Sequence[str], style: str = "text", right: Collection[int] | None = None) -> str:
    r"""Return the table as text without a trailing line end.

    style   "text": aligned columns; "markdown"; "latex": a tabular that needs the package booktabs; "csv"
    right   right-aligned columns; None: columns whose non-empty cells all begin like a number

    A cell wrapped in `Strong` is bold in Markdown and LaTeX. Line ends and other control characters in cells become
    visible escapes (\n), so a row is always one line; CSV keeps them, quoted.
    Raises OptionError for an unknown style, ShapeError for a row with more or fewer cells than headings.

    >>> print(format_table([["men", "0.701"], ["a|b", ""]], ["set", "score"]))
    set  score
    men  0.701
    a|b
    >>> print(format_table([["men", "0.701"], ["a|b", ""]], ["set", "score"], style="markdown"))
    | set | score |
    | --- | ---: |
    | men | 0.701 |
    | a\|b |  |
    """
    if style not in STYLES:
        raise OptionError(f"the style of a table must be one of {', '.join(STYLES)}; got {style!r}")
    for number, row in enumerate(rows):
        if len(row) != len(headings):
            raise ShapeError(f"row {number} of a table has {len(row)} cells; its headings are {len(headings)}")
    if right is None:
        right = _number_columns(rows, len(headings))
    return STYLES[style](rows, headings, right)


def _number_columns(rows: Rows, columns: int) -> set[int]:
    """Columns that hold only numbers."""
    cells = [[row[column] for row in rows if row[column]] for column in range(columns)]
    return {i for i, filled in enumerate(cells) if filled and all(NUMBER.fullmatch(cell) for cell in filled)}


def _visible(cell: str) -> str:
    """`cell` in one line: control characters and those that change the text direction become escapes."""
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) == "Cc" or character in TURNS
        else character
        for character in cell
    )


def _text(rows: Rows, headings: Sequence[str], right: Collection[int]) -> str:
    lines = [[_visible(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(display_width(row[column]) for row in lines) for column in range(len(headings))]

    def padded(cell: str, column: int) -> str:
        space = " " * (widths[column] - display_width(cell))
        return space + cell if column in right else cell + space

    return "\n".join("  ".join(padded(cell, i) for i, cell in enumerate(row)).rstrip() for row in lines)


def _markdown(rows: Rows, headings: Sequence[str], right: Collection[int]) -> str:
    def cells(row: Sequence[str]) -> str:
        escaped = [MARKDOWN_SPECIAL.sub(r"\\\g<0>", _visible(cell)) for cell in row]
        bold = [f"**{text}**" if isinstance(cell, Strong) and text else text for cell, text in zip(row, escaped)]
        return f"| {' | '.join(bold)} |"

    rule = " | ".join("---:" if column in right else "---" for column in range(len(headings)))
    return "\n".join([cells(headings), f"| {rule} |", *map(cells, rows)])


def _latex(rows: Rows, headings: Sequence[str], right: Collection[int]) -> str:
    def escaped(cell: str) -> str:
        text = "".join(LATEX_SPECIAL.get(character, character) for character in _visible(cell))
        if isinstance(cell, Strong) and text:
            return rf"\textbf{{{text}}}"
        return f"{{{text[0]}}}{text[1:]}" if text[:1] in ("[", "*") else text  # \\ would take them as its argument

    def cells(row: Sequence[str]) -> str:
        return "  " + " & ".join(map(escaped, row)) + r" \\"

    columns = "".join("r" if column in right else "l" for column in range(len(headings)))
    begin = [rf"\begin{{tabular}}{{{columns}}} % needs \usepackage{{booktabs}}", r"  \toprule", cells(headings)]
    return "\n".join([*begin, r"  \midrule", *map(cells, rows), r"  \bottomrule", r"\end{tabular}"])


def _csv(rows: Rows, headings: Sequence[str], right: Collection[int]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([headings, *rows])
    return out.getvalue().removesuffix("\n")


STYLES: dict[str, Callable[[Rows, Sequence[str], Collection[int]], str]] = {
    "text": _text,
    "markdown": _markdown,
    "latex": _latex,
    "csv": _csv,
}
