"""Category, outlier and bias test sets, in their published formats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wordvec.errors import EvaluationFileError
from wordvec.evaluation.files.pair_layouts import are_lemmas
from wordvec.evaluation.files.set_files import (
    Line,
    Source,
    fields_of,
    find_file,
    read_set_lines,
    separator_of,
    set_name,
    shown,
)

BLESS_RELATIONS = {"attri", "coord", "event", "hyper", "mero", "random-n", "random-j", "random-v"}
FEW_WORDS = 20  # up to so many, categories may have one word each
IS_OUTLIER = "is_outlier"
OUTLIERS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")


@dataclass(frozen=True)
class CategorySet:
    """Words with their categories."""

    name: str
    words: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutlierSet:
    """Topics: a name, words that belong together, and outliers that do not."""

    name: str
    topics: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BiasTest:
    """A word embedding association test: target words X and Y, attribute words A and B, and their labels."""

    name: str
    x: tuple[str, ...]
    y: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]
    labels: tuple[str, str, str, str] = ("X", "Y", "A", "B")
    notes: tuple[str, ...] = ()


def read_categories(source: Source, encoding: str = "utf-8") -> CategorySet:
    """Read words with their categories: a two-column table, BLESS's triples, or a folder with one file per category.

    In a table without a header, the column with fewer distinct values holds the categories. A header names the columns
    word and category. Raises EvaluationFileError with file and line.
    """
    path = find_file(source)
    if path.is_dir():
        return _categories_by_file(source, path, encoding)
    lines = [line for line in read_set_lines(source, encoding) if not line.text.startswith("#")]
    if not lines:
        raise EvaluationFileError(f"{source}: no words in it; expected lines of a word and its category")
    separator = separator_of(lines[0].text) or ("," if lines[0].text.count(",") == 1 else None)
    rows = [(line, fields_of(line, separator)) for line in lines]
    names = [name.lower() for name in rows[0][1]]
    named = "word" in names and "category" in names
    if named and IS_OUTLIER in names:
        raise rows[0][0].error("a column of outliers, so this is a set of outliers (--outliers)")
    if named:
        word, category, rows = names.index("word"), names.index("category"), rows[1:]
    else:
        word, category = _which_columns(rows)
    found, empty = {}, 0
    for line, fields in rows:
        if named and len(fields) == len(names) and not fields[word]:
            empty += 1
            continue
        if len(fields) != len(names) or not fields[word] or not fields[category]:
            raise line.error(f"expected a word and its category in {len(names)} fields; got")
        found[fields[word], fields[category]] = None
    return _category_set(source, list(found), [f"{empty:,} lines without a word skipped"] if empty else [])


def _which_columns(rows: Sequence[tuple[Line, list[str]]]) -> tuple[int, int]:
    width = len(rows[0][1])
    if width == 4 and all(len(fields) == 4 and fields[2] in BLESS_RELATIONS for _, fields in rows):
        return 0, 1
    if width != 2:
        raise rows[0][0].error(f"expected a word and its category; got {width} fields")
    for line, fields in rows:
        if len(fields) != 2 or not all(fields):
            raise line.error("expected a word and its category; got")
    distinct = [len({fields[i] for _, fields in rows}) for i in (0, 1)]
    if distinct[0] == distinct[1]:
        raise rows[0][0].error(
            "both columns have the same number of distinct entries: name them, word and category, in a first line; it "
            "starts with"
        )
    if 2 * min(distinct) > max(distinct) and len(rows) > FEW_WORDS:
        raise rows[0][0].error(
            f"{min(distinct):,} categories for {max(distinct):,} words: pairs of words rather; a set of categories has "
            "its columns named word and category in a first line, and pairs of two languages are for wordvec translate "
            "--dictionary; it starts with"
        )
    return (1, 0) if distinct[0] < distinct[1] else (0, 1)


def _categories_by_file(source: Source, folder: Path, encoding: str) -> CategorySet:
    found = []
    of_files = [(path, read_set_lines(path, encoding)) for path in sorted(folder.glob("*.txt"))]
    if of_files and all(len(_gaps(lines)) == 1 for _, lines in of_files):
        raise EvaluationFileError(f"{source}: each file has words, a blank line and outliers: a set for --outliers")
    for path, lines in of_files:
        for line in lines:
            if len(line.text.split()) != 1:
                raise line.error("expected one word, in a folder where each file is a category; got")
            found.append((line.text.strip(), path.stem))
    if not found:
        raise EvaluationFileError(f"{source}: a folder without words in .txt files, one file per category")
    return _category_set(source, found, ["read as a folder with a file for each category"])


def _category_set(source: Source, found: list[tuple[str, str]], notes: list[str]) -> CategorySet:
    if are_lemmas([word for word, _ in found]):
        found = [(word[:-2], category) for word, category in found]
        notes.append("-n, -v, -j taken off the words")
    several = sorted(word for word, times in Counter(word for word, _ in found).items() if times > 1)
    if several:
        notes.append(f"{len(several):,} words are in several categories, such as {several[0]}; each line counts")
    if len({category for _, category in found}) < 2:
        raise EvaluationFileError(f"{source}: only one category; at least two are needed")
    return CategorySet(set_name(source), tuple(found), tuple(notes))


def read_outliers(source: Source, encoding: str = "utf-8") -> OutlierSet:
    """Read topics and outliers: a folder of files (words, a blank line, outliers), one such file, or a CSV table.

    The table has columns category, words and outliers; words and outliers are lists such as ['cat', 'dog']. Or it has
    columns category, word and is_outlier, which is true or false.
    Raises EvaluationFileError with file and line.
    """
    path = find_file(source)
    if path.is_dir():
        files = sorted(file for file in path.glob("*.txt") if not file.name.startswith("."))
        if not files:
            raise EvaluationFileError(f"{source}: a folder without .txt files of words, a blank line and outliers")
        return OutlierSet(set_name(source), tuple(_topic(file, encoding) for file in files))
    lines = read_set_lines(source, encoding)
    names = [name.strip().lower() for name in lines[0].text.split(",")] if lines else []
    if {"category", "word", IS_OUTLIER} <= set(names):
        return OutlierSet(set_name(source), _topics_by_word(lines, names))
    if "outliers" not in names or "words" not in names:
        return OutlierSet(set_name(source), (_topic(path, encoding),))
    topics = []
    for line in lines[1:]:
        fields = fields_of(line, ",")
        if len(fields) != len(names):
            raise line.error(f"expected {len(names)} fields as in the header; got {len(fields)} in")
        words, outliers = (_listed(fields[names.index(name)]) for name in ("words", "outliers"))
        name = fields[names.index("category")] if "category" in names else f"line {line.number}"
        topics.append(_checked_topic(name, words, outliers, line.error))
    return OutlierSet(set_name(source), tuple(topics))


def _topics_by_word(
    lines: Sequence[Line], names: Sequence[str]
) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """The topics of a table with a line for each word; the lines of a category are one topic."""
    topics: dict[str, tuple[list[str], list[str]]] = {}
    for line in lines[1:]:
        fields = fields_of(line, ",")
        if len(fields) != len(names) or fields[names.index(IS_OUTLIER)].lower() not in OUTLIERS:
            raise line.error(f"expected {len(names)} fields as in the header, {IS_OUTLIER} true or false; got")
        is_outlier = OUTLIERS[fields[names.index(IS_OUTLIER)].lower()]
        topics.setdefault(fields[names.index("category")], ([], []))[is_outlier].append(fields[names.index("word")])
    return tuple(
        _checked_topic(name, tuple(words), tuple(outliers), lines[0].error)
        for name, (words, outliers) in topics.items()
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word for pair in QUOTED.findall(text) for word in pair if word)


def _gaps(lines: Sequence[Line]) -> list[int]:
    """The places of the lines before which there are blank ones."""
    return [i for i in range(1, len(lines)) if lines[i].number > lines[i - 1].number + 1]


def _topic(path: Path, encoding: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    lines = read_set_lines(path, encoding)
    gaps = _gaps(lines)
    if len(gaps) != 1:
        found = f"{len(gaps)} blank lines between lines" if lines else "nothing"
        raise EvaluationFileError(f"{path}: expected words, one blank line, outliers, a word per line; got {found}")
    words = [line.text.strip().replace(" ", "_") for line in lines]

    def fail(message: str) -> EvaluationFileError:
        return EvaluationFileError(f"{path}: {message}")

    return _checked_topic(path.stem, tuple(words[: gaps[0]]), tuple(words[gaps[0] :]), fail)


def _checked_topic(
    name: str, words: tuple[str, ...], outliers: tuple[str, ...], fail: object
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    both = set(words) & set(outliers)
    if len(words) < 2 or not outliers or both:
        problem = f"{sorted(both)[0]!r} is a word and an outlier" if both else "too few words or outliers"
        raise fail(f"topic {name}: {problem}; expected at least two words and one outlier")  # type: ignore[operator]
    return name, words, outliers


def read_bias_tests(source: Source, encoding: str = "utf-8") -> tuple[BiasTest, ...]:
    """Read word embedding association tests, each ``: name`` and four lines ``label: word, word, ...``.

    The lines are the targets X and Y and the attributes A and B, in this order. Words are separated by commas or
    spaces. Lines that begin with # are skipped. Raises EvaluationFileError with file and line.
    """
    tests: list[BiasTest] = []
    name = set_name(source)
    groups: list[tuple[str, tuple[str, ...]]] = []
    lines = [line for line in read_set_lines(source, encoding) if not line.text.startswith("#")]
    for line in lines:
        if line.text.startswith(":"):
            if groups:
                raise line.error(f"the test before has {len(groups)} lines of words; expected four (X, Y, A, B) before")
            name = line.text[1:].strip() or set_name(source)
            continue
        label, colon, listed = line.text.replace("\uff1a", ":").partition(":")
        words = tuple(dict.fromkeys(word for word in re.split(r"[,\u060c\uff0c\u3001\s]+", listed) if word))
        if not colon or len(words) < 2:
            raise line.error("expected 'label: word, word, ...' with at least two words; got")
        groups.append((label.strip(), words))
        if len(groups) == 4:
            tests.append(_bias_test(name, groups, line))
            groups = []
    if groups or not tests:
        raise EvaluationFileError(
            f"{source}: {len(groups)} lines of words after {len(tests)} whole tests; a test has four: X, Y, A and B"
        )
    return tuple(tests)


def _bias_test(name: str, groups: Sequence[tuple[str, tuple[str, ...]]], line: Line) -> BiasTest:
    (x_name, x), (y_name, y), (a_name, a), (b_name, b) = groups
    for first, second in ((x, y), (a, b)):
        both = sorted(set(first) & set(second))
        if both:
            raise line.error(f"test {name}: {shown(both[0])} is on both sides; its lines end with")
    return BiasTest(name, x, y, a, b, (x_name, y_name, a_name, b_name))
