"""Column layouts of word pairs with scores, recognised by content, and scores in a second file.

A layout is recognised only if the whole table fits it; anything else is refused, never guessed. The set's notes name
the layout, unless it is the plain one: two words and a score.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wordvec.corpus.named_texts import EVALUATION_SETS
from wordvec.errors import EvaluationFileError, counted
from wordvec.evaluation.files.set_files import (
    Line,
    Source,
    as_number,
    fields_of,
    find_file,
    is_number,
    read_set_lines,
    separator_of,
)

Row = tuple[Line, list[str]]

WORD_COLUMN = re.compile(r"(word|w|term|verb|noun|item)s?[12ab]")
SCORE_COLUMNS = {
    "score", "similarity", "sim", "relatedness", "mean", "humanmean", "human", "rating", "meanrating", "average",
    "averagescore", "avg", "gold", "goldscore", "simlex999", "men", "value",
}  # fmt: skip
PARTS_OF_SPEECH = {"n", "v", "a", "j", "r", "nn", "vb", "jj", "rb", "noun", "verb", "adj", "adv", "adjective"}
LEMMA = re.compile(r".+-[nvjar]")
TEN, FIFTY = (0.0, 10.0), (0.0, 50.0)


@dataclass(frozen=True)
class Layout:
    """The columns of the two words and the score, a description, and the scale of the scores if known."""

    first: int
    second: int
    score: int
    what: str | None = None
    scale: tuple[float, float] | None = None


def without_comments(lines: Sequence[Line]) -> list[Line]:
    """The lines that do not begin with #, and the first one if it names the columns, as ``#id;word1;word2;score``."""
    kept = [line for line in lines if not line.text.lstrip().startswith("#")]
    return [*lines[:1], *kept] if lines and lines[0] not in kept[:1] and _names_columns(lines[0]) else kept


def _names_columns(line: Line) -> bool:
    names = [_plain(field) for field in line.text.split(separator_of(line.text))]
    return any(name in SCORE_COLUMNS for name in names) and sum(map(bool, map(WORD_COLUMN.fullmatch, names))) == 2


def without_empty_rows(rows: Sequence[Row], layout: Layout) -> tuple[list[Row], list[str]]:
    """The rows with anything in the columns of the words and the score, and the note about those without."""
    kept = [row for row in rows if any(row[1][i] for i in (layout.first, layout.second, layout.score))]
    if len(kept) == len(rows) or not kept:
        return list(rows), []
    return kept, [f"{counted(len(rows) - len(kept), 'line')} without words and score skipped"]


def split_table(lines: Sequence[Line]) -> tuple[list[str] | None, list[Row], str | None]:
    """Return a table's header (or None), its rows as fields, and the separator."""
    separator = separator_of(lines[0].text)
    rows = _without_quotes([(line, fields_of(line, separator)) for line in lines])
    while all(len(fields) > 3 and not fields[-1] for _, fields in rows):  # separators at the ends of all lines
        rows = [(line, fields[:-1]) for line, fields in rows]
    fields = rows[0][1]
    named = _names_columns(rows[0][0])
    values = (not field or is_number(field) or field[:1].isdigit() for field in fields)
    if len(fields) >= 3 and (named or not any(values)):
        return fields, rows[1:], separator
    return None, rows, separator


def find_layout(header: list[str] | None, rows: Sequence[Row]) -> Layout:
    """Return the layout of a table. Raises EvaluationFileError for an unknown one."""
    width = len(rows[0][1]) if header is None else len(header)
    if width < 3:
        raise rows[0][0].error(f"expected two words and a score, separated alike in every line; got {width} fields in")
    for line, fields in rows:
        if len(fields) != width:
            same = "the header" if header is not None else "the first line"
            raise line.error(
                f"expected two words and a score, separated as in the first line: {width} fields as in {same}; "
                f"got {len(fields)}"
            )
    if header is not None:
        return _named_columns(header, rows[0][0])
    columns = list(zip(*(fields for _, fields in rows)))
    if width == 3:
        score_first = all(map(is_number, columns[0])) and not any(map(is_number, columns[2]))
        return Layout(1, 2, 0, "a score before the two words") if score_first else Layout(0, 1, 2)
    layout = _unnamed_columns(columns)
    if layout is None:
        raise rows[0][0].error(
            f"{width} columns without a header, in no layout known here (WordSim-353, SimLex-999, SimVerb, RW, MEN, "
            "RG-65, MTurk); keep three: two words and the score"
        )
    return layout


def _named_columns(header: list[str], line: Line) -> Layout:
    names = [_plain(name) for name in header]
    words = [i for i, name in enumerate(names) if WORD_COLUMN.fullmatch(name)]
    scores = [i for i, name in enumerate(names) if name in SCORE_COLUMNS]
    if not words and len(header) == 3:
        if not scores:
            return Layout(0, 1, 2, f"words and scores below a header, {' '.join(header)!r:.60}")
        words, scores = [0, 1], [2]
    if len(words) == 2 and not scores and len(header) == 3:
        scores = [i for i in range(3) if i not in words]
    if len(words) != 2 or len(scores) != 1:
        raise EvaluationFileError(
            f"{line.place}: the header {', '.join(map(repr, header))} does not say which columns are the two words "
            "(word1, word2) and which one is the score (score, similarity, mean, ...); rename them"
        )
    if "simlex999" in names:
        return Layout(words[0], words[1], scores[0], f"SimLex-999's table of {len(header)} columns", TEN)
    if "humanmean" in names:
        what = f"WordSim-353's table of {len(header)} columns" if len(header) > 3 else None
        return Layout(words[0], words[1], scores[0], what, TEN)
    what = f"columns {', '.join(header[i] for i in (*words, *scores))}" if len(header) > 3 else None
    return Layout(words[0], words[1], scores[0], what)


def _unnamed_columns(columns: Sequence[Sequence[str]]) -> Layout | None:
    width = len(columns)
    numeric = [all(map(is_number, column)) for column in columns]
    if width == 4 and numeric[3] and not numeric[1] and not numeric[2]:
        if all(len(code) == 1 and code.isalpha() for code in columns[0]):
            return Layout(1, 2, 3, "WordSim-353 with a letter for the relation before the words", TEN)
        if columns[0][0] in ("0", "1") and all(
            text == str(i + int(columns[0][0])) for i, text in enumerate(columns[0])
        ):
            return Layout(1, 2, 3, "numbered lines of two words and a score")
        if _are_tags(columns[2]):
            return Layout(0, 1, 3, "two words, their part of speech and a score")
        return None
    if width == 5 and numeric[3] and _are_tags(columns[2]) and not numeric[4]:
        return Layout(0, 1, 3, "SimVerb's five columns", TEN)
    if width >= 6 and all(numeric[2:]) and _are_single_ratings(columns):
        return Layout(0, 1, 2, f"RW's {width} columns, with the score in the third", TEN)
    return None


def _are_single_ratings(columns: Sequence[Sequence[str]]) -> bool:
    """Whether the third column is a mean of the whole numbers in the columns after it, perhaps without some."""
    whole = all(float(text).is_integer() for column in columns[3:] for text in column)
    fractions = any(not float(text).is_integer() for text in columns[2])
    inside = all(
        min(map(float, ratings)) <= float(mean) <= max(map(float, ratings))
        for mean, *ratings in zip(columns[2], *columns[3:])
    )
    return whole and fractions and inside


def are_lemmas(words: Sequence[str]) -> bool:
    """Whether all words end with a part of speech, as in MEN's lemma form.

    >>> are_lemmas(["sun-n", "shine-v"]), are_lemmas(["sun-n", "x-ray"])
    (True, False)
    """
    return all(LEMMA.fullmatch(word) for word in words)


def _are_tags(column: Sequence[str]) -> bool:
    return all(text.lower() in PARTS_OF_SPEECH for text in column)


def _without_quotes(rows: list[Row]) -> list[Row]:
    """The rows without the quotes around their words, if all words have them."""
    words = [field for _, fields in rows for field in fields if not is_number(field)]
    if not words or not all(len(word) > 2 and word[0] == word[-1] == '"' for word in words):
        return rows
    return [(line, [field if is_number(field) else field[1:-1] for field in fields]) for line, fields in rows]


def _plain(name: str) -> str:
    return re.sub(r"[\s_().\-\"#]", "", name.lower())


# Word pairs with their scores in a second file, line by line, as SemEval publishes them.


WAY_OUT = "give the file of their scores, one on each line: --scores FILE, or read_pairs(..., scores=FILE)"


def pair_of(line: Line) -> tuple[str, str] | None:
    """The two words of a line of exactly two, separated by a tab, a semicolon, a comma or a space."""
    for separator in ("\t", ";", ",", None):
        fields = [field.strip() for field in line.text.split(separator)]
        if len(fields) == 2 and all(fields):
            return fields[0], fields[1]
        if len(fields) > 1:
            return None
    return None


def lines_with_scores(source: Source, lines: list[Line], scores: Source | None, encoding: str) -> list[Line]:
    """`lines` with the scores of a second file appended: `scores`, or X.gold.txt for a source X.data.txt.

    Lines that already have a score are returned unchanged. Raises EvaluationFileError for pairs without scores, and
    for files that do not match, naming the line.
    """
    pairs = [pair_of(line) for line in lines]
    if scores is None:
        if not lines or None in pairs or any(_number(second) is not None for _, second in filter(None, pairs)):
            return lines
        scores = _beside(source)
        if scores is None:
            raise lines[0].error(f"expected two words and a score; for pairs alone {WAY_OUT}; got")
    for line, pair in zip(lines, pairs):
        if pair is None:
            raise line.error(f"two words expected, as the scores are in {scores}; got")
    found = [line for line in read_set_lines(scores, encoding) if not line.text.startswith("#")]
    if len(found) != len(lines):
        raise EvaluationFileError(
            f"{source}: {len(lines):,} pairs, but {len(found):,} scores in {scores}: one on each line expected"
        )
    for line in found:
        if _number(line.text) is None:
            raise line.error("a score expected, one number and nothing else; got")
    return [
        Line(line.place, line.number, "\t".join([*pair, score.text.strip()]))
        for line, pair, score in zip(lines, pairs, found)
        if pair is not None
    ]


def note_on_scores(source: Source, scores: Source | None, before: Sequence[Line], after: Sequence[Line]) -> list[str]:
    """The note that scores were read from a second file, if they were."""
    return [] if before is after else [f"scores read line by line from {Path(scores or _beside(source) or '').name}"]


def _beside(source: Source) -> Path | None:
    """The score file that belongs to a pair file by SemEval's naming, if it exists."""
    if str(source) in EVALUATION_SETS:
        return None
    path = find_file(source)
    beside = path.with_name(path.name.replace(".data.", ".gold."))
    return beside if beside != path and beside.is_file() else None


def _number(text: str) -> float | None:
    try:
        value = as_number(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
