"""The description of a corpus folder, type-checked once when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wordvec.json_forms import COUNT, FLAG, OBJECT, TEXT, Kind, check_form, list_of, or_null

NAMES = list_of(TEXT, "a list of names")
# A short list of words, or the length and checksum of a long one.
WORDS = Kind(
    "a list of words",
    lambda value: (
        NAMES.fits(value) or (OBJECT.fits(value) and COUNT.fits(value.get("words")) and TEXT.fits(value.get("sha256")))
    ),
)
INFO = {
    "tokenizer": or_null(TEXT),
    "sources": NAMES,
    "encoding": TEXT,
    "encoding_errors": TEXT,
    "normalization": OBJECT,
    "split_sentences": FLAG,
    "field": TEXT,
    "phrases": OBJECT,
    "phrases_found": list_of(COUNT, "a list of whole numbers"),
    "min_count": COUNT,
    "max_words": COUNT,
    "keep_words": WORDS,
    "drop_words": WORDS,
    "vocabulary": WORDS,
    "raw_tokens": COUNT,
    "raw_words": COUNT,
    "raw_sentences": COUNT,
}
FILE = {"bytes": COUNT, "sha256?": TEXT, "sha256_of_pieces?": TEXT}  # of the file, or of its array's piece hashes
HEADER = {
    "tokens": COUNT,
    "sentences": COUNT,
    "words": COUNT,
    "min_count": COUNT,
    "max_words": or_null(COUNT),
    "rare_words": or_null(COUNT),
    "fingerprint": TEXT,
    "info": {f"{name}?": kind for name, kind in INFO.items()},
    "files": {str: FILE},
}


def check_header(header: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the value, if a value that wordvec uses is missing or has another type.

    Unknown names, from a later version, are ignored.

    >>> check_header({"tokens": "x"})
    Traceback (most recent call last):
    ValueError: tokens is "x", but a whole number was expected
    """
    check_form(header, HEADER)
