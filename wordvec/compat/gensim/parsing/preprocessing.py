"""gensim.parsing.preprocessing: the text filters that need no word list."""

from __future__ import annotations

import re
import string

TAGS, NUMBERS, SPACES = re.compile(r"<[^>]+>"), re.compile(r"[0-9]+"), re.compile(r"\s+")
PUNCTUATION, NOT_ALPHANUMERIC = re.compile(f"[{re.escape(string.punctuation)}]+"), re.compile(r"\W")


def strip_tags(s: str) -> str:
    """`s` without tags, from < to >.

    >>> strip_tags("<i>tea</i> for two")
    'tea for two'
    """
    return TAGS.sub("", s)


def strip_punctuation(s: str) -> str:
    """`s` with a space for each run of ASCII punctuation.

    >>> strip_punctuation("tea, for two!")
    'tea  for two '
    """
    return PUNCTUATION.sub(" ", s)


def strip_numeric(s: str) -> str:
    """`s` without digits.

    >>> strip_numeric("tea4two")
    'teatwo'
    """
    return NUMBERS.sub("", s)


def strip_non_alphanum(s: str) -> str:
    """`s` with a space for each character that is not a letter, digit or underscore.

    >>> strip_non_alphanum("tea-for_2")
    'tea for_2'
    """
    return NOT_ALPHANUMERIC.sub(" ", s)


def strip_multiple_whitespaces(s: str) -> str:
    r"""`s` with one space for each run of white space.

    >>> strip_multiple_whitespaces("tea \t for")
    'tea for'
    """
    return SPACES.sub(" ", s)


def strip_short(s: str, minsize: int = 3) -> str:
    """The words of `s` of at least `minsize` characters.

    >>> strip_short("a cup of tea")
    'cup tea'
    """
    return " ".join(word for word in s.split() if len(word) >= minsize)
