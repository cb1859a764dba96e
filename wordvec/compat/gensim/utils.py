"""The parts of gensim.utils that client programs call."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

RULE_DEFAULT, RULE_DISCARD, RULE_KEEP = 0, 1, 2  # the answers of a trim_rule
WORDS = re.compile(r"[^\W\d]+")


def deaccent(text: str) -> str:
    """`text` without accents and other marks.

    >>> deaccent("Žluťoučký")
    'Zlutoucky'
    """
    split = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(char for char in split if unicodedata.category(char) != "Mn"))


def to_unicode(text: str | bytes, encoding: str = "utf8", errors: str = "strict") -> str:
    r"""`text` as it is, or decoded if it is bytes.

    >>> to_unicode("Tee"), to_unicode(b"T\xe9", "latin-1")
    ('Tee', 'Té')
    """
    return text if isinstance(text, str) else str(text, encoding, errors)


any2unicode = to_unicode


def tokenize(
    text: str | bytes, lowercase: bool = False, deacc: bool = False, to_lower: bool = False, lower: bool = False
) -> Iterator[str]:
    """The runs of letters and underscores in `text`.

    >>> list(tokenize("It is 20 o'clock", lower=True))
    ['it', 'is', 'o', 'clock']
    """
    text = to_unicode(text)
    if lowercase or to_lower or lower:
        text = text.lower()
    for found in WORDS.finditer(deaccent(text) if deacc else text):
        yield found.group()


def simple_preprocess(doc: str | bytes, deacc: bool = False, min_len: int = 2, max_len: int = 15) -> list[str]:
    """The words of `doc` in lower case, of `min_len` to `max_len` letters, except those that begin with _.

    >>> simple_preprocess("A cup of Tea, please!")
    ['cup', 'of', 'tea', 'please']
    """
    words = tokenize(doc, lower=True, deacc=deacc)
    return [word for word in words if min_len <= len(word) <= max_len and not word.startswith("_")]
