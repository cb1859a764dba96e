"""The tokenizer `words` for many pieces of text in one go: the same words in less time."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from wordvec.corpus.encode.tokenizers import _NUMBER, _PATTERN, APOSTROPHES, _mark_patterns

AT_A_TIME = 64  # pieces: one with a combining mark makes all of them slower


def words_of_all(pieces: list[str]) -> list[str]:
    r"""The words of all pieces after one another, with a line feed behind those of each piece.

    No piece may hold a line feed. It belongs to no word and combines with nothing, so what is joined by line feeds
    can be normalised and searched as a whole.

    >>> words_of_all(["(Tea,", "cup)", "--", "L’été:1990s"])
    ['tea', '\n', 'cup', '\n', '\n', "l'", 'été', '0s', '\n']
    """
    words: list[str] = []
    for first in range(0, len(pieces), AT_A_TIME):
        words += _words_of_text("\n".join(pieces[first : first + AT_A_TIME]) + "\n")
    return words


def _words_of_text(text: str) -> list[str]:
    marks, with_line_feed, with_marks = _patterns()
    if text.isascii():
        return _with_zeros(with_line_feed.findall(text.lower()))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).casefold())
    return _with_zeros((with_line_feed if marks.isdisjoint(folded) else with_marks).findall(folded))


def _with_zeros(found: list[str]) -> list[str]:
    return [_NUMBER.sub("0", token, count=1) if token[0].isdecimal() else token for token in found]


@cache
def _patterns():  # type: ignore[no-untyped-def]
    has_mark, with_marks = _mark_patterns()
    may_be_marks = map(chr, (*range(0x300, 0x20000), *range(0xE0100, 0xE01F0)))
    marks = frozenset(filter(has_mark, may_be_marks))  # ten times as fast as searching for them
    return marks, re.compile(f"{_PATTERN.pattern}|\n"), re.compile(f"{with_marks.pattern}|\n")
