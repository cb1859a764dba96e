"""Text for gensim's models: files with a sentence or document on each line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from wordvec.compat.gensim.utils import to_unicode
from wordvec.errors import CorpusError, OptionError


class LineSentence:
    """The lines of a text file, plain or compressed, each a list of words separated by white space.

    `source` is its name, or an open file (of text, or of bytes in UTF-8), which is read from its beginning each time.
    A line of more than `max_sentence_length` words is split, as in gensim. At most `limit` lines are read.
    """

    def __init__(self, source: Any, max_sentence_length: int = 10_000, limit: int | None = None):
        if not isinstance(source, (str, os.PathLike)) and not hasattr(source, "read"):
            raise OptionError(f"LineSentence takes the name of a file, or an open file; got {type(source).__name__}")
        self.source, self.max_sentence_length, self.limit = source, max_sentence_length, limit

    def __iter__(self) -> Iterator[list[str]]:
        for number, line in enumerate(_lines_of(self.source)):
            if self.limit is not None and number >= self.limit:
                return
            words = line.split()
            for first in range(0, len(words), self.max_sentence_length):
                yield words[first : first + self.max_sentence_length]


def _lines_of(source: Any) -> Iterator[str]:
    from wordvec.corpus.read import read_lines

    if isinstance(source, (str, os.PathLike)):
        yield from read_lines(source, plain_text=True)
        return
    if getattr(source, "closed", False):
        raise OptionError("LineSentence: the file is closed: give its name, so that it can be read whenever needed")
    if getattr(source, "seekable", lambda: False)():
        source.seek(0)
    try:
        yield from map(to_unicode, source)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"LineSentence: the open file is not {error.encoding}: open it with the encoding that it has, such as "
            "open(FILE, encoding='cp949')"
        ) from error


class PathLineSentences:
    """`LineSentence` of all files in a folder, ordered by name, or of one file."""

    def __init__(self, source: str | os.PathLike[str], max_sentence_length: int = 10_000, limit: int | None = None):
        self.source, self.max_sentence_length, self.limit = source, max_sentence_length, limit

    def __iter__(self) -> Iterator[list[str]]:
        path = Path(self.source)
        for file in sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]:
            yield from LineSentence(file, self.max_sentence_length, self.limit)


class Text8Corpus:
    """The words of a file whose line ends mean nothing, such as text8, in lists of `max_sentence_length`."""

    def __init__(self, fname: str | os.PathLike[str], max_sentence_length: int = 10_000) -> None:
        self.fname, self.max_sentence_length = fname, max_sentence_length

    def __iter__(self) -> Iterator[list[str]]:
        from wordvec.corpus.read import read_blocks

        words: list[str] = []
        rest = ""  # of a block: its last word may go on in the next one
        for block, ends_line in read_blocks(self.fname, plain_text=True):
            text = f"{rest}{block}\n" if ends_line else rest + block
            words += text.split()
            rest = words.pop() if text and not text[-1].isspace() else ""
            whole = len(words) - len(words) % self.max_sentence_length
            for first in range(0, whole, self.max_sentence_length):
                yield words[first : first + self.max_sentence_length]
            words = words[whole:]
        if words or rest:
            yield [*words, rest] if rest else words


class TaggedDocument(NamedTuple):
    """The words of a document and its tags.

    >>> TaggedDocument(["good", "tea"], ["d1"]).tags
    ['d1']
    """

    words: Any
    tags: Any


class TaggedLineDocument:
    """The lines of a text file, plain or compressed, as documents tagged by line number, from 0."""

    def __init__(self, source: str | os.PathLike[str]) -> None:
        self.source = source

    def __iter__(self) -> Iterator[TaggedDocument]:
        for number, words in enumerate(LineSentence(self.source, max_sentence_length=2**62)):
            yield TaggedDocument(words, [number])
