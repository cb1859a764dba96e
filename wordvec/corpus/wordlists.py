"""Lists of words in files, and vocabularies that are given rather than counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from wordvec.errors import CorpusError


def read_word_list(path: str | os.PathLike[str]) -> list[str]:
    """The words of a text file with one word a line and perhaps its count behind it, as for `read_counted_words`."""
    return read_counted_words(path)[0]


def read_counted_words(path: str | os.PathLike[str]) -> tuple[list[str], np.ndarray | None]:
    r"""Words and counts of a UTF-8 text file: one word a line, its count after a tab or space on all lines or on none.

    Blank lines say nothing. Counts are (V,) int64, or None where the file has none.
    Raises CorpusError, naming file and line, for a file that is missing, empty, not UTF-8 or holds anything else,
    and for a word that stands in it twice, naming both lines.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "words.txt"
    >>> _ = path.write_text("the 90\nqueen 12\n", encoding="utf-8")
    >>> words, counts = read_counted_words(path)
    >>> words, counts.tolist()
    (['the', 'queen'], [90, 12])
    """
    lines = _lines(Path(path))
    words: list[str] = []
    counts: list[int] = []
    numbers: list[int] = []  # of the lines
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        word, count = _word_and_count(line, f"{path}, line {number}")
        if words and (count is None) == bool(counts):
            has = "has a count" if count is not None else "has no count"
            raise CorpusError(f"{path}, line {number}: {line!r:.80} {has}, unlike the lines before it: all or none")
        words.append(word)
        numbers.append(number)
        if count is not None:
            counts.append(count)
    if not words:
        raise CorpusError(f"{path}: no words in it; a list of words has one on each line")
    check_different(words, lambda i: f"line {numbers[i]}", str(path))
    return words, np.array(counts, np.int64) if counts else None


def check_different(words: Sequence[str], place: Callable[[int], str], where: str) -> None:
    """Raise CorpusError naming the two places (``place(i)``) of a word that stands in `words` twice."""
    first: dict[str, int] = {}
    for i, word in enumerate(words):
        if first.setdefault(word, i) != i:
            raise CorpusError(
                f"{where}: {word!r} stands in it twice, in {place(first[word])} and in {place(i)}; remove one"
            )


def checked_words(words: Iterable[str]) -> list[str]:
    """A given list of words. Raises CorpusError for anything but different, non-empty strings."""
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
        number = data[: error.start].count(b"\n") + 1
        raise CorpusError(f"{path}, line {number}: not UTF-8; convert the list of words to UTF-8") from error
    if "\0" in text:
        raise CorpusError(f"{path}: holds null bytes, so it is no list of words; it should be text, one word a line")
    return [line.removesuffix("\r") for line in text.split("\n")]


def _word_and_count(line: str, where: str) -> tuple[str, int | None]:
    """A tab decides, so that a word may hold a space; without one, a space."""
    if "\t" in line:
        word, _, count = line.rpartition("\t")
    else:
        word, _, count = line.strip().rpartition(" ")
        if not word:
            return count, None
    word, count = word.strip(), count.strip()
    if word and count.isascii() and count.isdigit() and int(count) < 2**63:
        return word, int(count)
    raise CorpusError(f"{where}: {line!r:.80}: expected a word, or a word, a tab or space, and its count")
