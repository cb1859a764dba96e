"""The published formats of analogy sets, one function each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wordvec.errors import EvaluationFileError
from wordvec.evaluation.files.set_files import Line, Source, fields_of, read_set_lines, set_name, shown
from wordvec.evaluation.files.sets import NO_SECTION, AnalogyQuestions, Question

BATS = "read as BATS: all pairs of a file's lines, any of the answers counts"
MOST_PAIRS = 2_000  # 4 million questions
TABLE = ["word1", "word2", "word3"]
TARGETS = ("target", "word4", "answer")


def read_google(source: Source, lines: Sequence[Line]) -> AnalogyQuestions:
    """Read ``: section`` lines and four words a line."""
    sections: dict[str, list[Question]] = {}
    section = NO_SECTION
    for line in lines:
        if line.text.startswith(":"):
            section = line.text[1:].strip() or NO_SECTION
            continue
        words = line.text.split()
        if len(words) != 4:
            raise line.error(f"expected four words or ': section'; got {len(words)} words")
        sections.setdefault(section, []).append((words[0], words[1], words[2], words[3]))
    if not sections:
        raise EvaluationFileError(f"{source}: no questions in it; expected lines of four words")
    return AnalogyQuestions(set_name(source), _frozen(sections), _repeated(sections))


def is_table(first: str) -> bool:
    """Whether the first line names the columns of a table of questions."""
    names = [name.strip().lower() for name in first.replace("\t", ",").split(",")]
    return all(name in names for name in TABLE) and any(name in names for name in TARGETS)


def read_table(source: Source, lines: Sequence[Line]) -> AnalogyQuestions:
    """Read a comma- or tab-separated table whose header names the four words and perhaps the section."""
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
    """Whether a file is MSR's: three words a line and answers beside it, or both in one file."""
    return path.suffix == ".questions" or (len(first.split()) == 5 and _is_tag(first.split()[3]))


def read_msr(source: Source, path: Path, lines: Sequence[Line], encoding: str) -> AnalogyQuestions:
    """Read MSR's questions ``a b c`` and the answers ``TAG d`` of the same line, or ``a b c TAG d`` in one file."""
    texts = [(line, line.text.split()) for line in lines]
    if path.suffix == ".questions":
        beside = path.with_suffix(".answers")
        if not beside.is_file():
            raise EvaluationFileError(f"{source}: its answers are expected beside it, in {beside.name}")
        answers = read_set_lines(beside, encoding)
        if len(answers) != len(lines):
            raise EvaluationFileError(
                f"{source}: {len(lines):,} questions, but {len(answers):,} answers in {beside.name}"
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
    """Whether all lines are a word, a tab and answers."""
    return bool(lines) and all(line.text.count("\t") == 1 and not line.text.startswith(":") for line in lines)


def read_bats(source: Source, folder: Path, encoding: str) -> AnalogyQuestions:
    """Read all files of a folder and its subfolders, each a section."""
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
