r"""Recognizes text that is not prose (JSON, tables, markup and vectors) by its beginning.

Prose may hold commas, tabs, brackets and numbers, so nothing is refused or read differently without certainty. A table
must have the same number of cells in all of its first lines, and names or numbers in the places where tables have them.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from wordvec.errors import CorpusError

HEAD = 1 << 16  # characters that are examined
PACKINGS = (".gz", ".bz2", ".xz", ".zst")
JSON_LINES_NAMES, JSON_NAMES = (".jsonl", ".ndjson", ".jsonlines"), (".json",)
TABLE_NAMES = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".psv": "|"}
DELIMITERS = ",\t;|"
NO_DELIMITER = "\x1f"  # for a table of one column
FEWEST_ROWS = 3  # for a table recognized by content alone

_STRING = r"\"(?:[^\"\\\n]|\\.)*\"\s*"
_OBJECT = rf"\{{\s*{_STRING}:"
_ITEM = rf"({_OBJECT}|{_STRING}(\]|,\s*\")|\[\s*({_STRING}|-?\d+\s*)[,\]])"  # of a list; [[ alone is a wiki link
_JSON = re.compile(rf"\s*({_OBJECT}|\[\s*{_ITEM})")
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|mediawiki|rss|feed|tei)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)(?:\s[^<>]*)?/?>")
TAGS_OF_TEXT = {"s", "p", "doc", "unk", "pad", "eos", "bos", "num", "mask"}  # prepared text may hold these
FEWEST_TAGS = 4
# A part of speech of Universal Dependencies, and a span's tag: a name or a phrase begins, goes on, ...
_PART_OF_SPEECH = re.compile(
    "ADJ|ADP|ADV|AUX|C?CONJ|DET|INTJ|NOUN|NUM|PART|PRON|PROPN|PUNCT|SCONJ|SYM|VERB|X|_",
)
_SPAN = re.compile(r"O|[BIESLU]-[A-Za-z][\w-]*")
FEWEST_TAGGED, TAGGED_LINES, MOST_COLUMNS = 5, 200, 6
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NAME = re.compile(r"[^\W\d][\w .#/()-]{0,39}(?<!\.)")  # a column's name
# Rows of svmlight, such as "+1 qid:3 2:0.5 17:1 # note".
_SPARSE_ROW = re.compile(r"\S+(?:\s+qid:\d+)?(?:\s+\d{1,9}:[+-]?[\d.]+(?:[eE][+-]?\d+)?)+\s*(?:#.*)?")
_SPARSE_CELL = re.compile(r"\s(\d{1,9}):([+-]?[\d.]+(?:[eE][+-]?\d+)?)")
_MATRIX_MARKET = re.compile(r"\ufeff?%%MatrixMarket\b", re.IGNORECASE)
FEWEST_SPARSE = 5
FEWEST_DIMENSIONS = 10  # of vectors in a text file


# The first line of some spreadsheets' files, which names the delimiter of the table that follows.
DECLARED_DELIMITER = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)


class Table(NamedTuple):
    """How a table is written; `quoting` is the csv module's constant, `lines_before` the number of lines before it."""

    delimiter: str
    quoting: int
    header: list[str]
    lines_before: int = 0


def plain_suffix(name: str) -> str:
    """The lowercase suffix of `name`, ignoring a packing's suffix.

    >>> plain_suffix("wiki.JSONL.zst"), plain_suffix("json.txt"), plain_suffix("-")
    ('.jsonl', '.txt', '')
    """
    stem, suffix = os.path.splitext(name.lower())
    return os.path.splitext(stem)[1] if suffix in PACKINGS else suffix


def is_json(head: str, name: str) -> bool:
    """Whether a text is JSON, by its name, or because it begins like an object or a list of objects, lists or strings.

    >>> is_json('[{"text": "tea"}]', "dump"), is_json("[1] see the note", "notes.txt")
    (True, False)
    """
    if plain_suffix(name) in (*JSON_LINES_NAMES, *JSON_NAMES):
        return True
    if not _JSON.match(head):
        return False
    try:
        end = json.JSONDecoder().raw_decode(head.lstrip())[1]
    except (ValueError, RecursionError):  # it continues after the head, or is damaged
        return True
    return not head.lstrip()[end:].partition("\n")[0].strip()  # ["This"] is prose


def table_of(head: str, name: str, field: str | None = None) -> Table | None:
    r"""How the table that begins with `head` is written, or None if it is not a table.

    With `field`, the text is a table if its first row has a cell of that name. A line "sep=;" may come first.

    >>> table_of("id,text\n1,good phone\n2,bad one\n", "reviews").header
    ['id', 'text']
    >>> table_of("sep=;\nid;text\n1;good phone, not cheap\n", "reviews.csv").header
    ['id', 'text']
    >>> table_of("You say goodbye, I say hello\nyes, no\nstop, go\n", "song.txt") is None
    True
    """
    by_name = TABLE_NAMES.get(plain_suffix(name))
    if declared := DECLARED_DELIMITER.match(head):
        rows, quoting = _best_rows(head[declared.end() :], declared[1])
        if rows and rows[0] and (by_name or _is_regular(rows)):
            return Table(declared[1], quoting, [cell.strip() for cell in rows[0]], lines_before=1)
    for delimiter in dict.fromkeys([by_name or ",", *DELIMITERS]):
        rows, quoting = _best_rows(head, delimiter)
        header = [cell.strip() for cell in rows[0]] if rows else []
        if len(header) > 1 and (
            delimiter == by_name
            or field in header
            or (by_name and _is_regular(rows))
            or _looks_like_table(rows, delimiter)
        ):
            return Table(delimiter, quoting, header)
    first = next(iter(_rows(head, NO_DELIMITER, csv.QUOTE_MINIMAL)), [""])
    header = [cell.strip() for cell in first]
    return Table(NO_DELIMITER, csv.QUOTE_MINIMAL, header) if by_name or header == [field] else None


def _best_rows(head: str, delimiter: str) -> tuple[list[list[str]], int]:
    """The first rows and their quoting; quotes are read as text if the rows are regular only this way."""
    quoted = _rows(head, delimiter, csv.QUOTE_MINIMAL)
    if not _is_regular(quoted):
        plain = _rows(head, delimiter, csv.QUOTE_NONE)
        if _is_regular(plain):
            return plain, csv.QUOTE_NONE
    return quoted, csv.QUOTE_MINIMAL


def _rows(head: str, delimiter: str, quoting: int) -> list[list[str]]:
    """The first rows, without a last one that may be cut off; a row with unbalanced quotes is empty."""
    lines = head.split("\n")
    if len(head) >= HEAD:
        lines.pop()
    lines_with_ends = (f"{line}\n" for line in lines)
    reader = csv.reader(lines_with_ends, delimiter=delimiter, quoting=quoting, strict=True)  # type: ignore[arg-type]
    rows: list[list[str]] = []
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            if len(head) < HEAD or "unexpected end of data" not in str(error):
                rows.append([])
            continue
        if row:
            rows.append(row)


def _is_regular(rows: Sequence[Sequence[str]]) -> bool:
    return len(rows) > 1 and len(set(map(len, rows))) == 1


def _looks_like_table(rows: list[list[str]], delimiter: str) -> bool:
    """Whether rows with equal numbers of cells form a table, rather than sentences that each have a comma or a tab."""
    if len(rows) < FEWEST_ROWS or not _is_regular(rows):
        return False
    body = rows[1:]
    columns = list(zip(*body))
    spaced = sum(cell[:1] == " " for row in rows for cell in row[1:])
    numbers = any(all(_NUMBER.fullmatch(cell.strip()) for cell in column) for column in columns)
    if 2 * spaced > len(rows) * (len(rows[0]) - 1):  # as after the commas of a sentence
        return numbers and len(columns) > 2 and all(_NAME.fullmatch(cell.strip()) for cell in rows[0])
    if delimiter == "\t" and not any(_are_texts(column) for column in columns):
        return False  # words or ids, separated by tabs: tokens
    return numbers or _is_header(rows[0], columns)


def _is_header(cells: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are short distinct names, and none occurs again in its column."""
    names = all(_NAME.fullmatch(cell) and cell == cell.strip() and cell.count(" ") < 3 for cell in cells)
    longer = any(_are_texts(column) or any(map(_NUMBER.fullmatch, column)) for column in columns)
    again = any(cell in column for cell, column in zip(cells, columns))
    return names and longer and not again and len(set(cells)) == len(cells)


def _are_texts(cells: Sequence[str]) -> bool:
    """Whether at least half of the cells have several words."""
    return 2 * sum(len(cell.split()) > 1 for cell in cells) >= len(cells)


# Texts with one annotated token, time or sequence on a line, and how to take the words out of them.
_ANNOTATED = {
    "CoNLL-U": (
        re.compile(r"(?:#.*\n|[ \t]*\n)*1(?:-\d+)?(?:\t[^\t\n]+){9}\n"),
        "write its words a sentence a line: awk -F'\\t' '$1 ~ /^[0-9]+$/ {printf \"%s \", $2} /^$/ {print \"\"}' FILE",
    ),
    "subtitles": (
        re.compile(r"(?:WEBVTT\b|\s*\d+[ \t]*\n\d+:\d\d:\d\d[,.]\d{3} --> )"),
        "keep its text: grep -vE '^WEBVTT|^[0-9]+.?$|-->' FILE",
    ),
    "subtitles in a script": (
        re.compile(r"\[Script Info\]\s*\n"),
        "keep its text: sed -nE 's/^Dialogue:([^,]*,){9}//p' FILE",
    ),
    "LaTeX": (
        re.compile(r"(?:%.*\n|[ \t]*\n)*\\document(?:class|style)\b"),
        "extract its text first, with detex or pandoc -t plain for example",
    ),
    "cards or a calendar (vCard or iCalendar)": (
        re.compile(r"BEGIN:V(?:CARD|CALENDAR)\s*\n"),
        "keep the texts of its notes or descriptions",
    ),
    "a CHAT transcript": (
        re.compile(r"(?:@UTF8\s*\n)?@Begin\s*\n"),
        "keep what was said: grep '^\\*' FILE | cut -f 2",
    ),
    "sequences (FASTA or FASTQ)": (
        re.compile(
            r">.*\n(?:[A-Z*-]{10,}|[acgtun]{10,})\n(?:>.*\n|[^\s>]*\n)*(?:>.*|[^\s>]*)\Z|@.*\n[ACGTUN]+\n\+", re.ASCII
        ),
        "cut the sequences into words, such as their k-mers, one sequence a line",
    ),
}


_WAYS_OUT_OF_XML = (
    (re.compile(r"<mediawiki\b"), "with wikiextractor for example"),
    (re.compile(r"<!doctype html|<html\b", re.IGNORECASE), "with pandoc -t plain for example"),
    (
        re.compile(r"<TEI(?:\.2)?[\s>]"),
        'as in python3 -c "import sys, xml.etree.ElementTree as E; [print(*t.itertext()) for t in '
        "E.parse(sys.argv[1]).iterfind('.//{*}text')]\" FILE",
    ),
)


def refuse_markup(head: str, name: str) -> None:
    """Raise CorpusError for XML and HTML, and for other forms whose annotations would be words."""
    plain = head.removeprefix("\ufeff").replace("\r\n", "\n")
    for kind, (form, way_out) in _ANNOTATED.items():
        if form.match(plain):
            raise CorpusError(f"{name}: holds {kind}, whose markup would be words: {way_out}")
    if _are_tagged_words(plain):
        raise CorpusError(
            f"{name}: holds a word and its tags on each line, whose markup would be words: write its words a "
            'sentence a line: awk \'!/^(# |-DOCSTART-)/ {if (NF) printf "%s ", $1; else print ""}\' FILE'
        )
    tags = [(slash, tag.lower()) for slash, tag in _TAG.findall(head) if tag.lower() not in TAGS_OF_TEXT]
    begins = _TAG.match(head.lstrip()) and any(slash for slash, _ in tags) and len(tags) >= FEWEST_TAGS
    if _MARKUP.match(head) or begins:
        way_out = next((f", {how}" for form, how in _WAYS_OUT_OF_XML if form.search(head)), "")
        raise CorpusError(
            f"{name}: holds XML or HTML, whose markup would be words: extract its text first{way_out}, and train on "
            "that"
        )


def _are_sparse_rows(head: str) -> bool:
    """Whether every line is a label and values by column, in order: as decimal numbers, or all 1.

    Times of day, such as 9:30, are neither.
    """
    lines = [line for line in head.split("\n") if line.strip() and not line.startswith("#")][:TAGGED_LINES]
    lines = lines[:-1] if len(head) >= HEAD else lines
    if len(lines) < FEWEST_SPARSE or not all(map(_SPARSE_ROW.fullmatch, lines)):
        return False
    cells = [_SPARSE_CELL.findall(line) for line in lines]
    values = [value for row in cells for _, value in row]
    in_order = all(int(a) < int(b) for row in cells for (a, _), (b, _) in pairwise(row))
    return in_order and (set(values) == {"1"} or any("." in value for value in values))


def _are_tagged_words(head: str) -> bool:
    """Whether every line is a word and as many tags as in the others, the last a part of speech or a span's (B-PER)."""
    lines = head.split("\n")[:TAGGED_LINES]
    if len(head) >= HEAD:
        lines = lines[:-1]
    rows = [line.split() for line in lines if line.strip() and not line.startswith(("#", "-DOCSTART-"))]
    if len(rows) < FEWEST_TAGGED or len({len(row) for row in rows}) > 1 or not 2 <= len(rows[0]) <= MOST_COLUMNS:
        return False
    tags = {row[-1] for row in rows}
    return len(tags) > 1 and any(all(map(form.fullmatch, tags)) for form in (_PART_OF_SPEECH, _SPAN))


def refuse_vectors(head: str, name: str) -> None:
    """Raise CorpusError for numbers: word vectors in text form, a matrix, or rows of column:value."""
    if _MATRIX_MARKET.match(head):
        raise CorpusError(
            f"{name}: holds a matrix (Matrix Market), not text to train on; scipy.io.mmread reads it in Python"
        )
    if _are_sparse_rows(head):
        raise CorpusError(
            f"{name}: holds rows of column:value (as svmlight writes), not text to train on; name the text that they "
            "were made from"
        )
    lines = [line.split() for line in head.split("\n")[:6] if line.strip()]
    lines = lines[:-1] if len(head) >= HEAD else lines  # the last one may be cut off
    rows = lines[1:] if lines and len(lines[0]) == 2 else lines
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) <= FEWEST_DIMENSIONS:
        return
    numbers = [cell for row in rows for cell in row[1:]]
    are_vectors = all(map(_NUMBER.fullmatch, numbers)) and any("." in cell for cell in numbers)
    if are_vectors and not all(_NUMBER.fullmatch(row[0]) for row in rows):
        raise CorpusError(f"{name}: holds word vectors, not text to train on; name the text")
