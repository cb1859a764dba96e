"""Reading evaluation sets: word pairs with human scores, and analogy questions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wordvec.argument_types import typed
from wordvec.corpus.named_texts import EVALUATION_SETS
from wordvec.errors import EvaluationFileError, counted
from wordvec.evaluation.files.pair_layouts import (
    FIFTY,
    Layout,
    are_lemmas,
    find_layout,
    lines_with_scores,
    note_on_scores,
    split_table,
    without_comments,
    without_empty_rows,
)
from wordvec.evaluation.files.set_files import (
    NO_SECTION,
    AnalogyQuestions,
    Line,
    Pair,
    Question,
    Source,
    WordPairs,
    as_number,
    fields_of,
    find_file,
    four_words,
    read_set_lines,
    set_name,
    shown,
)


@typed
def read_pairs(source: Source, encoding: str = "utf-8", scores: Source | None = None) -> WordPairs:
    """Read pairs of words with a score from a file, a bundled set ("tiny-world-similarity") or a fetched one.

    The first line decides whether fields are separated by tabs, else semicolons or commas, else spaces. Lines of two
    words and a score, with or without a header, and the published layouts of WordSim-353, SimLex-999, SimVerb, RW and
    MEN are recognised by content. `notes` report the layout, duplicate pairs and scores far from all others.
    Scores may be in a second file, one on each line: `scores`, or X.gold.txt for X.data.txt.
    Blank lines and lines that begin with # are skipped, unless the first one names the columns.
    Raises EvaluationFileError with file and line for anything else.

    >>> read_pairs("tiny-world-similarity").name
    'tiny-world-similarity'
    """
    lines = without_comments(read_set_lines(source, encoding))
    for line in lines[:1]:
        if line.text.startswith(":"):
            raise EvaluationFileError(
                f"{line.place}: line {line.number}: {line.text!r} begins a section of an analogy set, not of word pairs"
            )
    scored = lines_with_scores(source, lines, scores, encoding)
    second_file = note_on_scores(source, scores, lines, scored)
    header, rows, separator = split_table(scored) if scored else (None, [], None)
    if not rows:
        raise EvaluationFileError(f"{source}: no word pairs in it; expected lines of two words and a score")
    layout = find_layout(header, rows)
    rows, skipped = without_empty_rows(rows, layout)
    read = [(line, _pair(line, fields, layout, separator)) for line, fields in rows]
    pairs = [pair for _, pair in read]
    notes = second_file + ([f"read as {layout.what}"] if layout.what else []) + skipped
    scale = layout.scale
    if are_lemmas([word for a, b, _ in pairs for word in (a, b)]):
        pairs, scale = [(a[:-2], b[:-2], score) for a, b, score in pairs], FIFTY
        notes.append("read as MEN's lemma form: -n, -v, -j taken off the words")
    if any("," in fields[layout.score] for _, fields in rows):
        notes.append("scores read with decimal commas")
    _check_scale(read, scale)
    notes += _duplicates(pairs) + ([] if scale else _far_scores(read))
    return WordPairs(set_name(source), tuple(pairs), tuple(notes))


def _pair(line: Line, fields: list[str], layout: Layout, separator: str | None) -> Pair:
    first, second, text = fields[layout.first], fields[layout.second], fields[layout.score]
    if separator != "," and re.fullmatch(r"-?\d+,\d+", text):
        text = text.replace(",", ".")
    try:
        score = as_number(text)
        if not first or not second or not math.isfinite(score):
            raise ValueError
    except ValueError:
        raise line.error("expected two words and a score, separated as in the first line; got") from None
    return first, second, score


def _check_scale(read: Sequence[tuple[Line, Pair]], scale: tuple[float, float] | None) -> None:
    for line, (_, _, score) in read if scale else ():
        if scale and not scale[0] <= score <= scale[1]:
            raise line.error(f"the scores of this set go from {scale[0]:g} to {scale[1]:g}; got {score:g} in")


def _duplicates(pairs: Sequence[Pair]) -> list[str]:
    """The note about pairs that occur more than once, in either order."""
    times = Counter(tuple(sorted((a, b))) for a, b, _ in pairs)
    twice = [pair for pair, count in times.items() if count > 1]
    if not twice:
        return []
    how_many = "1 pair occurs" if len(twice) == 1 else f"{len(twice):,} pairs occur"
    return [f"{how_many} more than once, such as {' '.join(twice[0])}; each line counts"]


def _far_scores(read: Sequence[tuple[Line, Pair]]) -> list[str]:
    """The note about scores more than three interquartile ranges beyond the quartiles: probably off the scale."""
    scores = np.array([score for _, (_, _, score) in read])
    if len(scores) < 8:
        return []
    low, high = np.quantile(scores, [0.25, 0.75])
    far = np.flatnonzero((scores < low - 3 * (high - low)) | (scores > high + 3 * (high - low)))
    if len(far) == 0 or high == low:
        return []
    line, (first, second, score) = read[int(far[0])]
    return [
        f"{counted(len(far), 'score')} far from all others, such as {score:g} of {first} {second} in line "
        f"{line.number}: outside the scale?"
    ]


@typed
def read_analogies(source: Source, encoding: str = "utf-8") -> AnalogyQuestions:
    """Read analogy questions from a file or folder, a bundled set or a fetched one, recognised by content.

    Google's format: four words per line under ``: section`` lines; lines that begin with # or // are skipped. Words are
    separated by spaces, tabs, semicolons or commas; with tabs they may hold spaces.
    MSR's: ``word_relationship.questions`` with three words per line, and answers in ``word_relationship.answers``.
    BATS: a folder of files (or one file) of lines ``word<tab>answer/answer/...``; every pair of lines is a question.
    A table with columns for the section and the four words, named by a header (type,word1,word2,word3,target).
    Raises EvaluationFileError with file and line.

    >>> questions = read_analogies("tiny-world-analogies")
    >>> all(len(question) == 4 for section in questions.sections.values() for question in section)
    True
    """
    path = None if str(source) in EVALUATION_SETS else find_file(source)
    if path is not None and path.is_dir():
        return read_bats(source, path, encoding)
    lines = read_set_lines(source, encoding)
    content = [line for line in lines if not line.text.startswith(("#", "//"))]
    first = content[0].text if content else ""
    if path is not None and is_msr(path, first):
        return read_msr(source, path, content, encoding)
    if is_bats(content):
        return AnalogyQuestions(set_name(source), {Path(source).stem: bats_questions(content)}, (BATS,))
    if is_table(first):
        return read_table(source, content)
    return read_google(source, content)


# One function for each published format of analogy sets.


BATS = "read as BATS: all pairs of a file's lines, any of the answers counts"
MOST_PAIRS = 2_000  # 4 million questions
TABLE = ["word1", "word2", "word3"]
TARGETS = ("target", "word4", "answer")


def read_google(source: Source, lines: Sequence[Line]) -> AnalogyQuestions:
    """Read ``: section`` lines and lines of four words."""
    sections: dict[str, list[Question]] = {}
    section = NO_SECTION
    for line in lines:
        if line.text.startswith(":"):
            section = line.text[1:].strip() or NO_SECTION
            continue
        a, b, c, d = four_words(line)
        sections.setdefault(section, []).append((a, b, c, d))
    if not sections:
        raise EvaluationFileError(f"{source}: no questions in it; expected lines of four words")
    return AnalogyQuestions(set_name(source), _frozen(sections), _repeated(sections))


def is_table(first: str) -> bool:
    """Whether the first line names the columns of a table of questions."""
    names = [name.strip().lower() for name in first.replace("\t", ",").split(",")]
    return all(name in names for name in TABLE) and any(name in names for name in TARGETS)


def read_table(source: Source, lines: Sequence[Line]) -> AnalogyQuestions:
    """Read a comma- or tab-separated table; its header names the four words and perhaps the section."""
    separator = "\t" if "\t" in lines[0].text else ","
    names = [name.lower() for name in fields_of(lines[0], separator)]
    target = next(name for name in TARGETS if name in names)
    columns = [names.index(name) for name in (*TABLE, target)]
    kind = next((names.index(name) for name in ("type", "section", "category", "relation") if name in names), None)
    sections: dict[str, list[Question]] = {}
    for line in lines[1:]:
        fields = fields_of(line, separator)
        if len(fields) != len(names):
            raise line.error(f"expected {len(names)} fields as in the header; got {len(fields)}")
        a, b, c, d = (fields[column] for column in columns)
        if not (a and b and c and d):
            raise line.error("one of the four words is missing")
        sections.setdefault(NO_SECTION if kind is None else fields[kind] or NO_SECTION, []).append((a, b, c, d))
    if not sections:
        raise EvaluationFileError(f"{source}: no questions in it; expected lines below the header")
    return AnalogyQuestions(set_name(source), _frozen(sections), _repeated(sections))


def is_msr(path: Path, first: str) -> bool:
    """Whether a file is in MSR's format: three words per line with answers in a second file, or both in one file."""
    words = first.split()  # a file X.questions may be in Google's format, too
    three = path.suffix == ".questions" and len(words) == 3 and not first.startswith(":")
    return three or (len(words) == 5 and _is_tag(words[3]))


def read_msr(source: Source, path: Path, lines: Sequence[Line], encoding: str) -> AnalogyQuestions:
    """Read MSR's questions ``a b c`` with answers ``TAG d`` on the same lines of a second file, or both in one file."""
    texts = [(line, line.text.split()) for line in lines]
    if path.suffix == ".questions":
        beside = path.with_suffix(".answers")
        if not beside.is_file():
            raise EvaluationFileError(f"{source}: its answers are expected beside it, in {beside.name}")
        answers = read_set_lines(beside, encoding)
        if len(answers) != len(lines):
            raise EvaluationFileError(
                f"{source}: {counted(len(lines), 'question')}, but {counted(len(answers), 'answer')} in {beside.name}"
            )
        texts = [(line, line.text.split() + answer.text.split()) for line, answer in zip(lines, answers)]
    sections: dict[str, list[Question]] = {}
    for line, words in texts:
        if len(words) != 5:
            raise line.error(f"expected three words, a tag and the answer; got {' '.join(words)!r} from")
        a, b, c, tag, d = words
        sections.setdefault(tag, []).append((a, b, c, d))
    notes = ("read as MSR's questions, sections by their tags", *_repeated(sections))
    return AnalogyQuestions(set_name(source), _frozen(sections), notes)


def _is_tag(word: str) -> bool:
    return "_" in word and word.replace("_", "").isupper()


def is_bats(lines: Sequence[Line]) -> bool:
    """Whether every line is a word, a tab and answers."""
    return bool(lines) and all(line.text.count("\t") == 1 and not line.text.startswith(":") for line in lines)


def read_bats(source: Source, folder: Path, encoding: str) -> AnalogyQuestions:
    """Read all files of a folder and its subfolders, each as a section."""
    files = sorted(path for path in folder.rglob("*.txt") if not path.name.startswith("."))
    sections: dict[str, tuple[Question, ...]] = {}
    for path in files:
        lines = read_set_lines(path, encoding)
        if not is_bats(lines):
            odd = next((line for line in lines if line.text.count("\t") != 1), None)
            where = f"{path}: empty" if odd is None else f"{path}: line {odd.number}: {shown(odd.text)}"
            raise EvaluationFileError(f"{where}; files of BATS have lines of a word, a tab and answers a/b/c")
        name = path.stem if path.stem not in sections else str(path.relative_to(folder).with_suffix(""))
        sections[name] = bats_questions(lines)
    if not sections:
        raise EvaluationFileError(f"{source}: a folder without .txt files; BATS has one for each relation")
    return AnalogyQuestions(set_name(source), sections, (BATS,))


def bats_questions(lines: Sequence[Line]) -> tuple[Question, ...]:
    """All questions from pairs of lines: a : its first answer :: c : any of c's answers."""
    pairs = []
    for line in lines:
        word, _, answers = line.text.partition("\t")
        accepted = tuple(answer.strip() for answer in answers.split("/") if answer.strip())
        if not word.strip() or not accepted:
            raise line.error("expected a word, a tab and answers separated by /; got")
        pairs.append((word.strip(), accepted))
    if len(pairs) == 1:
        raise lines[0].error("expected two lines or more, each asked with the others; got one")
    if len(pairs) > MOST_PAIRS:
        raise lines[MOST_PAIRS].error(
            f"{len(lines):,} lines of a word and its answers, each asked with all others, as BATS has 50 of; "
            f"{MOST_PAIRS:,} are read at most: give fewer, or questions of four words a line; the first too many is"
        )
    return tuple(
        (a, answers[0], c, accepted)
        for i, (a, answers) in enumerate(pairs)
        for j, (c, accepted) in enumerate(pairs)
        if i != j
    )


def _frozen(sections: dict[str, list[Question]]) -> dict[str, tuple[Question, ...]]:
    return {section: tuple(questions) for section, questions in sections.items()}


def _repeated(sections: dict[str, list[Question]]) -> tuple[str, ...]:
    repeated = sum(len(questions) - len(set(questions)) for questions in sections.values())
    note = f"questions that occur more than once in their section: {repeated:,}; all of them count"
    return (note,) if repeated else ()
