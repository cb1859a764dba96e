"""Lists of words in files, and vocabularies that are given instead of counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from wordvec.corpus.read.sources import is_unordered
from wordvec.errors import CorpusError


def lines_of(text: str) -> list[str]:
    r"""The lines of a text; they end in ``\n``, ``\r\n`` or, as on old Macs, ``\r``.

    >>> lines_of("king\r\nqueen\rman\n")
    ['king', 'queen', 'man', '']
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def read_word_list(path: str | os.PathLike[str]) -> list[str]:
    """The words of a text file with one word per line, perhaps followed by its count; see `read_counted_words`."""
    return read_counted_words(path)[0]


def read_counted_words(path: str | os.PathLike[str]) -> tuple[list[str], np.ndarray | None]:
    r"""Read words and counts from UTF-8 text: one word per line; all lines or none have a count after a tab or space.

    A word may hold spaces, such as "new york". The last part of a line is a count if it is a whole number on every
    line, or if it follows a tab. Blank lines are ignored. Counts are (V,) int64, or None if the file has none. Raises
    CorpusError, naming file and line, for a file that is missing, empty, not UTF-8 or ambiguous about which numbers are
    counts, and for a repeated word, naming both lines.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "words.txt"
    >>> _ = path.write_text("the 90\nnew york 12\n", encoding="utf-8")
    >>> words, counts = read_counted_words(path)
    >>> words, counts.tolist()
    (['the', 'new york'], [90, 12])
    """
    lines = [(number, line) for number, line in enumerate(_lines(Path(path)), 1) if line.strip()]
    if not lines:
        raise CorpusError(f"{path}: no words in it; a list of words has one on each line")
    split = [_word_and_count(line) for _, line in lines]
    counted = [count is not None for _, count in split]
    if any(counted) and not all(counted):
        words, counts = _without_counts(lines, split, path), None
    else:
        words = [word for word, _ in split]
        counts = np.array([count for _, count in split], np.int64) if all(counted) else None
    check_different(words, lambda i: f"line {lines[i][0]}", str(path))
    return words, counts


def _without_counts(
    lines: list[tuple[int, str]], split: list[tuple[str, int | None]], path: str | os.PathLike[str]
) -> list[str]:
    """Whole lines as words, if a number at the end of some clearly belongs to the word: "catch 22"."""
    first_without = next(i for i, (_, count) in enumerate(split) if count is None)
    first_with = next(i for i, (_, count) in enumerate(split) if count is not None)
    number, line = lines[max(first_with, first_without)]
    tabs = any("\t" in line for _, line in lines)
    phrases = any(" " in word for word, count in split if count is None)
    if tabs or not phrases:
        has = "has no count" if first_without > first_with else "has a count"
        raise CorpusError(
            f"{path}, line {number}: {line!r:.80} {has}, unlike the lines before it: all or none; where words end in "
            "a number, give all of them a count after a tab"
        )
    return [line.strip() for _, line in lines]


def check_different(words: Sequence[str], place: Callable[[int], str], where: str) -> None:
    """Raise CorpusError for a repeated word, naming both places (``place(i)``)."""
    first: dict[str, int] = {}
    for i, word in enumerate(words):
        if first.setdefault(word, i) != i:
            raise CorpusError(f"{where}: {word!r} appears twice, in {place(first[word])} and in {place(i)}; remove one")


def checked_words(words: Iterable[str]) -> list[str]:
    """The words as a list. Raises CorpusError for anything but distinct, non-empty strings."""
    if is_unordered(words):
        words = sorted(words, key=str)  # the same in each run
    listed = list(words)
    for i, word in enumerate(listed):
        if not isinstance(word, str) or not word:
            raise CorpusError(f"the given vocabulary: entry {i + 1} is {word!r:.80}, not a word")
    if not listed:
        raise CorpusError("the given vocabulary is empty; give at least one word")
    check_different(listed, lambda i: f"entry {i + 1}", "the given vocabulary")
    return listed


def _lines(path: Path) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read as a list of words: {error.strerror}; check the name") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = len(lines_of(data[: error.start].decode("utf-8-sig")))
        raise CorpusError(f"{path}, line {number}: not UTF-8; convert the list of words to UTF-8") from error
    if "\0" in text:
        raise CorpusError(
            f"{path}: holds null bytes, so it is not a list of words; expected text with one word per line"
        )
    return lines_of(text)


def _word_and_count(line: str) -> tuple[str, int | None]:
    """The word and its count, or None. A tab always separates the count, so that words may end in a number."""
    word, tab, count = line.rpartition("\t")
    if not tab:
        word, _, count = line.strip().rpartition(" ")
    word, count = word.strip(), count.strip()
    if word and count.isascii() and count.isdigit() and int(count) < 2**63:
        return word, int(count)
    return line.strip(), None
