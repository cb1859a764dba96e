"""Lists of words in files, and vocabularies that are given instead of counted."""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from wordvec.corpus.read.decoding import byte_order
from wordvec.corpus.read.sources import is_unordered
from wordvec.errors import CorpusError


def lines_of(text: str) -> list[str]:
    r"""The lines of a text; they end in ``\n``, ``\r\n`` or, as on old Macs, ``\r``.

    >>> lines_of("king\r\nqueen\rman\n")
    ['king', 'queen', 'man', '']
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def read_word_list(path: str | os.PathLike[str], encoding: str = "utf-8") -> list[str]:
    """The words of a text file with one word per line, perhaps followed by its count; see `read_counted_words`."""
    return read_counted_words(path, encoding)[0]


def read_counted_words(path: str | os.PathLike[str], encoding: str = "utf-8") -> tuple[list[str], np.ndarray | None]:
    r"""Read words and counts from text: one word per line; all lines or none have a count after a tab or space.

    A word may hold spaces, such as "new york". The last part of a line is a count if it is a whole number on every
    line, or if it follows a tab. Blank lines are ignored. Counts are (V,) int64, or None if the file has none. Raises
    CorpusError, naming file and line, for a file that is missing, empty, not text or ambiguous about which numbers are
    counts, and for a repeated word, naming both lines. For `encoding` see `decode_list`.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "words.txt"
    >>> _ = path.write_text("the 90\nnew york 12\n", encoding="utf-8")
    >>> words, counts = read_counted_words(path)
    >>> words, counts.tolist()
    (['the', 'new york'], [90, 12])
    """
    lines = [(number, line) for number, line in enumerate(_lines(Path(path), encoding), 1) if line.strip()]
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


def decode_list(content: bytes, name: object, encoding: str = "utf-8") -> str:
    r"""The text of a list: in Unicode by its byte-order mark, else UTF-8, or `encoding` if it is not UTF-8.

    So a list may be in UTF-8 beside a text in another encoding, or in that one. Raises CorpusError, naming the line,
    for bytes that are neither, and for zero bytes.

    >>> decode_list("König\n".encode("utf-16"), "a.txt"), decode_list("König\n".encode("latin-1"), "a.txt", "latin-1")
    ('König\n', 'König\n')
    """
    marked = next((of for marks, of in _MARKED if content.startswith(marks)), "utf-8")
    before = ""
    for used in dict.fromkeys([marked, encoding] if marked == "utf-8" else [marked]):
        try:
            text = content.decode(used)
        except UnicodeDecodeError as error:
            before = before or content[: error.start].decode(used, "replace")
        except (UnicodeError, LookupError):
            continue  # no encoding of texts: the text's own check names it
        else:
            if "\0" not in text:
                return text.removeprefix("\ufeff")
    if b"\0" in content and marked == "utf-8":
        order = byte_order(content)
        way_out = f"as {order}, write it in UTF-8: {_TO_UTF8.format(order)}" if order else "expected one word per line"
        raise CorpusError(f"{name}: holds null bytes, so it is not a list of words; {way_out}")
    raise CorpusError(
        f"{name}, line {len(lines_of(before))}: not {marked.upper()}; write the list in UTF-8: "
        f"{_TO_UTF8.format('ENCODING')}, where ENCODING is its own, such as cp1252, cp949, gb18030 or shift_jis"
    )


# Byte-order marks. UTF-32's come first: one of them begins like UTF-16's.
_MARKED = (
    ((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),
    ((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16"),
)
_TO_UTF8 = "iconv -f {} -t UTF-8 FILE > NEW"


def _lines(path: Path, encoding: str) -> list[str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read as a list of words: {error.strerror}; check the name") from error
    return lines_of(decode_list(data, path, encoding))


def _word_and_count(line: str) -> tuple[str, int | None]:
    """The word and its count, or None. A tab always separates the count, so that words may end in a number."""
    word, tab, count = line.rpartition("\t")
    if not tab:
        word, _, count = line.strip().rpartition(" ")
    word, count = word.strip(), count.strip()
    if word and count.isascii() and count.isdigit() and int(count) < 2**63:
        return word, int(count)
    return line.strip(), None
