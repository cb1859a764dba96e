"""Forms that many lines of a text have and sentences have not: times, labels, code, marks, lists, and a width."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from wordvec.corpus.read.sniffing import ITEM_MARKS, NUMBER, are_lists

LINES_LOOKED_AT, LETTERS_LOOKED_AT = 20_000, 1000  # letters of each line: a line may be as long as the text
FEWEST_LINES = 20
# Shares of the lines with text. In prose each is below 1 %, but poems end lines with ";", and some texts are labelled.
OFTEN = {
    "timed": 0.3,
    "labelled": 0.3,
    "code": 0.2,
    "marks": 0.02,
    "reposted": 0.05,
    "settings": 0.6,
    "gaps": 0.3,
    "tagged": 0.5,
    "html": 0.05,
    "emoji": 0.05,
}
NAMES = {
    "timed": "have times", "labelled": "begin with a label", "code": "look like source code",
    "marks": "have marks of Markdown or reStructuredText", "settings": "are settings", "reposted": "repeat posts",
    "gaps": "have wide gaps, as between columns", "cut": "end at one width, in the middle of sentences",
    "html": "have marks of HTML", "tagged": "have a tag after each word", "lists": "are lists of items",
    "columns": "have a column of numbers", "emoji": "have emoji, #tags or @names",
}  # fmt: skip
FEWEST_OF_LABEL = 5  # a speaker or a field comes again, the first words before a colon in prose do not
MOST_LABELS = 0.1  # of the labelled lines, as different labels
NARROWEST, WIDEST, LAST_WORD = 40, 100, 16  # letters; a line may be shorter by the word that did not fit
CUT_LINES, BLANK_LINES = 0.75, 0.02  # of those inside paragraphs, and of all
MOST_COLUMNS, AS_LONG, SHARED = 9, 0.95, 0.1  # of the lines; of the numbers in other columns, as the ids of a walk are

_TIME = re.compile(r"(?<![\d:.])(?:\d{4}:)?\d{1,2}:\d\d(?::\d\d)?(?![\d:])")
EXAMPLE = 60  # letters of a line; a time is looked for in as many at its beginning
_LABEL = re.compile(r"\s*(?:[-*] )?(?:([^\s:=,;][^:=,;]{0,38}?)\s?(?::|=| -)|([A-Z][A-Z' ]{0,36}[A-Z])\.)(?:\s|$)")
_CODE = re.compile(
    r".*(?:[)\]}\"'\d];|[{}]|\w\([^()]*\))\s*$"
    r"|\s*(?:def|class|if|for|while|elif|else|try|except|with)\b.*:$"
    r"|\s*(?:import \w+|from \S+ import |return\b.*[^.]$|self\.|#include|@\w+$|[\w.\[\]]+ [+-]?= \S)"
)
_MARKS = re.compile(r"\s*(?:```|~~~|\.\. [\w-]+::|!\[)|.*\]\(\S+\)|.*`[^`]* <\S+>`_")
_ROW, _RULE = (
    re.compile(r"\s*\|.*\|\s*$"),
    re.compile(r"\s*\|(?=.*---)[\s:|-]+$"),
)  # of a table, and below its heading

# "RT @name: " before a post of somebody else, and name=value, [section] and comments of files with settings.
_REPOSTED = re.compile(r"\s*RT @\w+\b")
_SETTINGS = re.compile(r"\s*(?:\[[^\]]+\]\s*$|[#;!]|(?:export )?[\w.-]+\s?=(?!=)[^;(){}]*$)")
_GAP = re.compile(r"\S {3,}\S")  # between the columns of a page or a table, as pdftotext -layout writes them
_TAGGED = re.compile(r"\S+[/|][^\s/|\d][^\s/|]{0,7}")  # a word and its part of speech
FEWEST_TAGGED, MOST_OF_WORDS, OF_A_TAG = 3, 0.9, 20  # words of a line, those with tags, and those with the same tag
_HTML = re.compile(
    r"</?(?:br|p|b|i|u|a|em|strong|div|span|li|ul|ol|h[1-6]|td|tr|table|img|font|blockquote)(?:\s[^<>]*)?/?>"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,5});",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"[\u2600-\u27bf\U0001f000-\U0001faff]|(?<!\S)[#@][^\W\d_]\w+")
_GUTENBERG = re.compile(r"\*\*\* *START OF")


@dataclass(frozen=True)
class Lines:
    """How many of the first lines of a text have each form.

    Attributes:
        number: lines with text that were looked at.
        timed, labelled, code, marks: lines with a time of day near the beginning; with a label before a colon or "="
            that comes again; like source code; and with marks of Markdown or reStructuredText.
        reposted, settings: lines with "RT @name" before the post of another; and of name=value and [section].
        gaps: lines with three spaces or more between words.
        tagged, html: lines with a tag after each word, as in the/DT cat/NN; with <br />, &amp; and the like.
        emoji: lines with emoji, #tags or @names.
        examples: the beginning of the first line of each of these forms; for "labelled", the commonest labels.
        of_gutenberg: whether a line of Project Gutenberg says that the book starts there.
        width: letters after which lines are cut inside paragraphs; 0 if they are not.
        lists: the tokenizer for lines that are lists of short items; "" if they are not.
        columns: the columns of lines that are rows with a column of numbers, these without "$": "$1 $2 3"; else "".
    """

    number: int
    timed: int
    labelled: int
    code: int
    marks: int
    examples: dict[str, str] = field(default_factory=dict)
    of_gutenberg: bool = False
    width: int = 0
    lists: str = ""
    columns: str = ""
    reposted: int = 0
    settings: int = 0
    gaps: int = 0
    tagged: int = 0
    html: int = 0
    emoji: int = 0


def examine_lines(lines: Iterable[str]) -> Lines:
    """Look at the first lines of a text.

    >>> examine_lines(["ANN: The cat sat.", "BEN: At 10:30?"] * 20).examples
    {'timed': 'BEN: At 10:30?', 'labelled': 'ANN, BEN'}
    """
    first = [line[:LETTERS_LOOKED_AT] for line in islice(lines, LINES_LOOKED_AT)]
    written = [line for line in first if line.strip()]
    timed = [line for line in written if _TIME.search(line[:EXAMPLE])]
    found = [match[1] or match[2] for line in written if (match := _LABEL.match(line))]
    labels = {label: times for label, times in Counter(found).most_common() if times >= FEWEST_OF_LABEL}
    labelled = sum(labels.values())
    if len(labels) > MOST_LABELS * labelled:
        labels, labelled = {}, 0
    code = [line for line in written if _CODE.match(line)]
    row = _ROW if any(map(_RULE.match, written)) else _RULE
    marks = [match[0][-EXAMPLE:] for line in written if (match := _MARKS.match(line) or row.match(line))]
    reposted = [line for line in written if _REPOSTED.match(line)]
    settings = [line for line in written if _SETTINGS.match(line)]
    forms = {"timed": timed, "code": code, "marks": marks, "reposted": reposted, "settings": settings}
    forms |= {"gaps": [line for line in written if _GAP.search(line)], "tagged": _tagged(written)}
    forms |= {form: list(filter(sign.search, written)) for form, sign in (("html", _HTML), ("emoji", _EMOJI))}
    examples = {form: some[0].strip()[:EXAMPLE] for form, some in forms.items() if some}
    if forms["html"]:
        examples["html"] = _HTML.search(forms["html"][0])[0][:EXAMPLE]  # type: ignore[index]
    if labels:
        examples["labelled"] = ", ".join(islice(labels, 5))
    lists = are_lists(written)
    if lists:
        examples["lists"] = next(line for line in written if ITEM_MARKS[lists] in line).strip()[:EXAMPLE]
    columns = _columns(written)
    if columns:
        examples["columns"] = written[-1].strip()[:EXAMPLE]
    numbers: dict[str, Any] = {form: len(some) for form, some in forms.items()}
    numbers |= {"labelled": labelled, "of_gutenberg": any(map(_GUTENBERG.match, written)), "width": _width(first)}
    return Lines(len(written), examples=examples, lists=lists, columns=columns, **numbers)


def _tagged(lines: list[str]) -> list[str]:
    """The lines whose words have tags, if these are few: not paths, nor either/or."""
    by_line = ((line, line.split()) for line in lines)
    tagged = [(line, words) for line, words in by_line if len(words) >= FEWEST_TAGGED and _are_tagged(words)]
    tags = Counter(word[max(map(word.rfind, "/|")) :] for _, words in tagged for word in words)
    return [line for line, _ in tagged] if OF_A_TAG * len(tags) <= tags.total() else []


def _are_tagged(words: list[str]) -> bool:
    return sum(map(bool, map(_TAGGED.fullmatch, words))) >= MOST_OF_WORDS * len(words)


def _columns(lines: list[str]) -> str:
    """The columns of lines that are rows with a column of numbers which no other column has; "" if they are not.

    >>> _columns([f"n{i} n{i + 1} 0.{i}" for i in range(30)]), _columns([f"{i} {i + 1} {i + 2}" for i in range(30)])
    ('$1 $2 3', '')
    """
    rows = [line.split() for line in lines]
    width, times = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    if not 2 <= width <= MOST_COLUMNS or times < max(FEWEST_LINES, AS_LONG * len(rows)):
        return ""
    columns = list(zip(*(row for row in rows if len(row) == width)))
    cells = [set(column) for column in columns]
    places = []
    for at, column in enumerate(columns):
        others = set().union(*cells[:at], *cells[at + 1 :])
        are_numbers = sum(map(bool, map(NUMBER.fullmatch, column))) >= AS_LONG * len(column)
        places.append("" if are_numbers and len(cells[at] & others) < SHARED * len(cells[at]) else "$")
    return " ".join(f"{place}{at}" for at, place in enumerate(places, 1)) if "" in places else ""


def _width(lines: list[str]) -> int:
    """The width at which a text was cut into lines, with empty lines between paragraphs; 0 if it was not."""
    inside = [len(line) for line, following in pairwise(lines) if line.strip() and following.strip()]
    blank = sum(not line.strip() for line in lines)
    if len(inside) < FEWEST_LINES or blank < BLANK_LINES * len(lines):
        return 0
    width = sorted(inside)[len(inside) * 98 // 100]
    cut = sum(width - LAST_WORD < length <= width + 2 for length in inside)
    return width if NARROWEST <= width <= WIDEST and cut >= CUT_LINES * len(inside) else 0


def forms_seen(found: Lines) -> set[str]:
    """The forms that so many lines have that they need advice: names of `NAMES`."""
    often = {form for form, share in OFTEN.items() if getattr(found, form) >= max(FEWEST_LINES, share * found.number)}
    if "settings" in often:  # an assignment is a line of code, too, and a name a label
        often -= {"code", "labelled"}
    if "code" in often:  # of which @names and #names are a part
        often -= {"emoji"}
    often |= {name for name in ("lists", "columns") if getattr(found, name)}
    return often | ({"cut"} if found.width and "marks" not in often else set())  # pandoc joins the lines, too


def advise_on_lines(found: Lines) -> Iterator[str]:
    """What to do about lines that are not sentences by their form."""
    often = forms_seen(found)
    of_all = f"of {found.number:,} lines with text"
    if "lists" in often:
        yield (
            f"The lines are lists of items, such as {found.examples['lists']!r}: --tokenizer {found.lists} takes what "
            f"is between {found.lists} as one word."
        )
    if "timed" in often:
        yield (
            f"{found.timed:,} {of_all} have a time or the like near their beginning, such as "
            f"{found.examples['timed']!r}: the times, dates and names before the text are words, too; take them off "
            "first, with cut or sed for example."
        )
    if "labelled" in often:
        plain = [label for label in found.examples["labelled"].split(", ") if re.fullmatch(r"[\w ]+", label)]
        command = f": sed -E 's/^[ -]*({'|'.join(plain)}) ?[:=.] *//' FILE" if plain else "."
        yield (
            f"{found.labelled:,} {of_all} begin with a label ({found.examples['labelled']}): names of speakers or "
            f"fields are words, too, and neighbours of all others; take these and the like off first{command}"
        )
    if "code" in often:
        yield (
            f"{found.code:,} {of_all} look like source code, such as {found.examples['code']!r}: keep its comments and "
            "texts, or for vectors of the code itself cut it into names and marks, in Python with "
            r"tokenizer=re.compile(r'\w+|[^\w\s]').findall"
        )
    if "marks" in often:
        yield (
            f"{found.marks:,} {of_all} have marks of Markdown or reStructuredText, such as "
            f"{found.examples['marks']!r}: pandoc -t plain --wrap none FILE takes them off."
        )
    yield from _about_signs(found, often, of_all)
    yield from _about_whole_lines(found, often, of_all)
    if "cut" in often:
        yield (
            f"The lines are cut at about {found.width} letters, so sentences go on where no window reaches: write a "
            "paragraph on each line: tr -d '\\r' < FILE | perl -00 -ne 's/\\s+/ /g; print \"$_\\n\"'"
        )


def _about_signs(found: Lines, often: set[str], of_all: str) -> Iterator[str]:
    if "html" in often:
        yield (
            f"{found.html:,} {of_all} have marks of HTML, such as {found.examples['html']!r}, whose names are words if "
            "punctuation is taken off: take them off before, sed -E 's/<[^>]*>|&[a-z]+;/ /g' FILE, or in Python "
            "re.sub('<[^>]*>', ' ', html.unescape(text))"
        )
    if "emoji" in often:
        yield (
            f"{found.emoji:,} {of_all} have emoji, #tags or @names, such as {found.examples['emoji']!r}: --tokenizer "
            "words leaves out emoji, # and @; the guide on text has a function that keeps them, and takes off addresses"
        )


def _about_whole_lines(found: Lines, often: set[str], of_all: str) -> Iterator[str]:
    if "settings" in often:
        yield (
            f"{found.settings:,} {of_all} are settings, such as {found.examples['settings']!r}, whose names are words, "
            "too: keep the values that are texts: sed -nE 's/^[^=#;]*= *//p' FILE, or leave the file out."
        )
    if "columns" in often and "timed" not in often:
        words = [column for column in found.columns.split() if column[0] == "$"]
        yield (
            f"The lines are rows such as {found.examples['columns']!r}, with a column of numbers that would be words: "
            + (f"take it out, awk '{{print {', '.join(words)}}}' FILE; " if words else "")
            + "for a list of events gather the items of a session on a line, and of the edges of a graph write walks"
        )
    if "tagged" in often:
        yield (
            f"{found.tagged:,} {of_all} have a tag after each word, such as {found.examples['tagged']!r}: --tokenizer "
            "words makes words of the tags, and without it each word with its tag is a word; to take them off: "
            "sed -E 's#[/|][^ /|]*( |$)#\\1#g' FILE"
        )
    if "gaps" in often:
        yield (
            f"{found.gaps:,} {of_all} have wide gaps between words, such as {found.examples['gaps']!r}: where columns "
            "stand side by side, words of one are neighbours of those of the next; write them one below the other, as "
            "pdftotext does without -layout, or keep one: cut -c 1-40 FILE"
        )
    if "reposted" in often:
        yield (
            f"{found.reposted:,} {of_all} repeat the post of another, such as {found.examples['reposted']!r}, and what "
            "is repeated counts as often: take the names off and keep each post once: "
            "sed -E 's/^(RT @[[:alnum:]_]+:? *)+//' FILE | awk '!seen[$0]++'"
        )
