"""Reading evaluation sets: word pairs with human scores, and analogy questions in Google's format."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wordvec.errors import EvaluationFileError

BUNDLED = ("tiny-world-analogies", "tiny-world-similarity")
NO_SECTION = "(no section)"

Pair = tuple[str, str, float]
Question = tuple[str, str, str, "str | tuple[str, ...]"]


@dataclass(frozen=True)
class WordPairs:
    """A similarity set: pairs of words with the score people gave them.

    `notes` say what was recognised or stands out in the file: its layout, duplicate pairs, scores far from the rest.
    """

    name: str
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnalogyQuestions:
    """An analogy set: questions (a, b, c, d), "a is to b as c is to d", by section in the file's order.

    d is one word, or several that are all accepted. `notes` say what was recognised or stands out in the file.
    """

    name: str
    sections: dict[str, tuple[Question, ...]]
    notes: tuple[str, ...] = ()

    def words(self) -> dict[str, None]:
        """Return all distinct words in the order of the set, as the keys of a dict."""
        found: dict[str, None] = {}
        for questions in self.sections.values():
            for a, b, c, d in questions:
                found[a] = found[b] = found[c] = None
                found.update(dict.fromkeys([d] if isinstance(d, str) else d))
        return found


def read_pairs(source: str | os.PathLike[str]) -> WordPairs:
    """Read ``word1 word2 score`` lines from a file or a bundled set ("tiny-world-similarity").

    Fields are separated by tabs, else commas, else spaces, as the first line has it, and alike in every line.
    A first line whose third field has no digit is a header; blank lines and lines that begin with # are skipped.
    Raises EvaluationFileError with file and line for anything else.

    >>> read_pairs("tiny-world-similarity").name
    'tiny-world-similarity'
    """
    name, lines = _open(source)
    pairs: list[Pair] = []
    separator: str | None = None
    first = True
    for number, line in lines:
        if line.lstrip().startswith("#"):
            continue
        if first:
            separator = _separator(line)
        fields = [field.strip() for field in line.split(separator)]
        is_header = first and len(fields) == 3 and not any(c.isdigit() for c in fields[2])
        first = False
        if not is_header:
            pairs.append(_pair(f"{source}: line {number}", line, fields))
    if not pairs:
        raise EvaluationFileError(f"{source}: no word pairs in it; expected lines of two words and a score")
    return WordPairs(name, tuple(pairs))


def read_analogies(source: str | os.PathLike[str]) -> AnalogyQuestions:
    """Read questions of four words a line under ``: section`` lines, from a file or a bundled set.

    Blank lines and lines that begin with # or // are skipped. Raises EvaluationFileError with file and line.

    >>> questions = read_analogies("tiny-world-analogies")
    >>> all(len(question) == 4 for section in questions.sections.values() for question in section)
    True
    """
    name, lines = _open(source)
    sections: dict[str, list[Question]] = {}
    section = NO_SECTION
    for number, line in lines:
        if line.startswith(("#", "//")):
            continue
        if line.startswith(":"):
            section = line[1:].strip() or NO_SECTION
            continue
        words = line.split()
        if len(words) != 4:
            raise EvaluationFileError(
                f"{source}: line {number}: expected four words or ': section'; got {len(words)} words: {_shown(line)}"
            )
        sections.setdefault(section, []).append((words[0], words[1], words[2], words[3]))
    if not sections:
        raise EvaluationFileError(f"{source}: no questions in it; expected lines of four words")
    return AnalogyQuestions(name, {section: tuple(questions) for section, questions in sections.items()})


def _open(source: str | os.PathLike[str]) -> tuple[str, Iterator[tuple[int, str]]]:
    """The set's name and its numbered lines that are not blank."""
    if str(source) in BUNDLED:
        from wordvec.corpus.bundled import bundled_evaluation

        return str(source), _not_blank(bundled_evaluation(str(source)))
    path = Path(source)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise EvaluationFileError(
            f"{source}: neither a file nor a bundled evaluation set; bundled are {', '.join(BUNDLED)}"
        ) from None
    except OSError as error:
        raise EvaluationFileError(f"{source}: cannot be read: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EvaluationFileError(f"{source}: line {line}: not UTF-8 text ({error.reason})") from error
    return path.stem, _not_blank(text.split("\n"))


def _not_blank(lines: list[str]) -> Iterator[tuple[int, str]]:
    return ((number, line.strip("\r\n")) for number, line in enumerate(lines, start=1) if line.strip())


def _separator(line: str) -> str | None:
    if "\t" in line:
        return "\t"
    return "," if line.count(",") == 2 else None


def _pair(place: str, line: str, fields: list[str]) -> Pair:
    if line.startswith(":"):
        raise EvaluationFileError(f"{place}: {_shown(line)} begins a section of an analogy set, not of word pairs")
    try:
        first, second, score = fields[0], fields[1], float(fields[2])
        if len(fields) != 3 or not first or not second or not math.isfinite(score):
            raise ValueError
    except (IndexError, ValueError):
        raise EvaluationFileError(
            f"{place}: expected two words and a score, separated as in the first line; got {_shown(line)}"
        ) from None
    return first, second, score


def _shown(line: str) -> str:
    return repr(line if len(line) <= 60 else line[:60] + "...")
