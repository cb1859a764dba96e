"""Lines that are no sentences: headings, and what licences and publishers put around a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wordvec.corpus.corpus import Corpus

_MARK = re.compile(r"#{1,6}|={1,6}|\*{3,}|-{3,}|_{3,}|~{3,}")  # words with which a line of markup begins
HEADING_WORDS = frozenset(
    [
        "chapter",
        "part",
        "book",
        "act",
        "scene",
        "section",
        "title",
        "volume",
        "appendix",
        "kapitel",
        "teil",
        "chapitre",
        "partie",
        "capítulo",
        "capitolo",
    ]
)
LONGEST_HEADING = 8  # words
LICENCE_WORDS = frozenset(
    ["gutenberg", "gutenberg-tm", "gutenberg™", "ebook", "etext", "isbn", "copyright", "©", "cookies"]
)
FEWEST_HEADINGS, SHARE_OF_HEADINGS = 5, 0.001
FEWEST_LICENCE_WORDS, SHARE_OF_LICENCE_WORDS = 5, 0.0001  # of the tokens: in prose they are rarer
LINES_AT_A_TIME = 1 << 20


@dataclass(frozen=True)
class Boilerplate:
    """Signs of lines that are no sentences.

    Attributes:
        headings: lines that begin as headings do; `heading` is how the first of them begins.
        licence_words: how often each word of licences and title pages occurs.
    """

    headings: int
    heading: str
    licence_words: dict[str, int]


def examine_boilerplate(corpus: Corpus) -> Boilerplate:
    """Look at the first word of each line, and at the vocabulary.

    >>> found = examine_boilerplate(Corpus.from_sentences([["##", "Chapter", "1"], ["it", "was", "a", "night"]]))
    >>> found.headings, found.heading
    (1, '## Chapter 1')
    """
    words, counts = corpus.vocabulary.words, corpus.vocabulary.counts
    marks = np.array([i for i, word in enumerate(words) if _MARK.fullmatch(word)], np.int32)
    named = np.array([i for i, word in enumerate(words) if word.casefold() in HEADING_WORDS], np.int32)
    headings, first = 0, -1
    if len(marks) or len(named):
        for lines in _heading_lines(corpus, marks, named):
            headings += len(lines)
            first = int(lines[0]) if first < 0 and len(lines) else first
    licence = {word: int(counts[i]) for i, word in enumerate(words) if word.casefold().strip(".,:()") in LICENCE_WORDS}
    return Boilerplate(headings, _line(corpus, first) if first >= 0 else "", licence)


def _heading_lines(corpus: Corpus, marks: np.ndarray, named: np.ndarray) -> Iterator[np.ndarray]:
    """The numbers of the lines that begin with a mark, and of the short ones that begin with a word of headings."""
    starts = corpus.sentence_starts
    for begin in range(0, len(starts) - 1, LINES_AT_A_TIME):
        part = np.asarray(starts[begin : begin + LINES_AT_A_TIME + 1])
        words, lengths = corpus.ids[part[:-1]], np.diff(part)
        yield begin + np.flatnonzero(np.isin(words, marks) | (np.isin(words, named) & (lengths <= LONGEST_HEADING)))


def _line(corpus: Corpus, line: int) -> str:
    begin, end = (int(corpus.sentence_starts[i]) for i in (line, line + 1))
    return " ".join(corpus.vocabulary.words[i] for i in corpus.ids[begin : min(end, begin + LONGEST_HEADING)])


def advise_on_boilerplate(found: Boilerplate, lines: int, tokens: int) -> Iterator[str]:
    """What to do about lines that are no sentences."""
    if found.headings >= max(FEWEST_HEADINGS, SHARE_OF_HEADINGS * lines):
        yield (
            f"{found.headings:,} lines look like headings, such as {found.heading!r}: they are no sentences; remove "
            "them, for example with grep -v"
        )
    total = sum(found.licence_words.values())
    if total >= max(FEWEST_LICENCE_WORDS, SHARE_OF_LICENCE_WORDS * tokens):
        named = ", ".join(f"{word} ({count:,} times)" for word, count in list(found.licence_words.items())[:5])
        yield f"Licences or title pages seem to be among the text: {named}; cut off what comes before and after it."
