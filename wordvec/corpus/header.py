"""The description of a corpus folder, checked once where it is read: afterwards each value has its type."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value))


def _is_list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _is_words(value: Any) -> bool:
    """A few words, or the number and the checksum of many."""
    return _is_list_of(_is_text)(value) or (
        _is_object(value) and _is_count(value.get("words")) and _is_text(value.get("sha256"))
    )


HASHES = ("sha256", "sha256_of_pieces")  # of a file as it is; or of an array in it
HEADER: dict[str, tuple[str, Check, bool]] = {  # what is expected, and whether null may stand for it
    "tokens": ("a whole number", _is_count, False),
    "sentences": ("a whole number", _is_count, False),
    "words": ("a whole number", _is_count, False),
    "min_count": ("a whole number", _is_count, False),
    "max_words": ("a whole number", _is_count, True),
    "rare_words": ("a whole number", _is_count, True),
    "fingerprint": ("text", _is_text, False),
    "info": ("an object", _is_object, False),
    "files": ("an object", _is_object, False),
}
INFO: dict[str, tuple[str, Check, bool]] = {
    "tokenizer": ("text", _is_text, True),
    "sources": ("a list of names", _is_list_of(_is_text), False),
    "encoding": ("text", _is_text, False),
    "encoding_errors": ("text", _is_text, False),
    "normalization": ("an object", _is_object, False),
    "split_sentences": ("true or false", _is_flag, False),
    "field": ("text", _is_text, False),
    "phrases": ("an object", _is_object, False),
    "phrases_found": ("a list of whole numbers", _is_list_of(_is_count), False),
    "min_count": ("a whole number", _is_count, False),
    "max_words": ("a whole number", _is_count, False),
    "keep_words": ("a list of words", _is_words, False),
    "drop_words": ("a list of words", _is_words, False),
    "vocabulary": ("a list of words", _is_words, False),
    "raw_tokens": ("a whole number", _is_count, False),
    "raw_words": ("a whole number", _is_count, False),
    "raw_sentences": ("a whole number", _is_count, False),
}


def check_header(header: Mapping[str, Any]) -> None:
    """Raise ValueError, naming the value, when one that wordvec uses is missing or of another type.

    Unknown names, of a later version, are left alone.

    >>> check_header({"tokens": "x"})
    Traceback (most recent call last):
    ValueError: tokens is "x", but a whole number was expected
    """
    _check(header, HEADER, "", required=True)
    _check(header["info"], INFO, "info.", required=False)
    for name, file in header["files"].items():
        hashes = [file[kind] for kind in HASHES if kind in file] if _is_object(file) else []
        if len(hashes) != 1 or not _is_text(hashes[0]) or not _is_count(file.get("bytes")):
            raise ValueError(f"files.{name} has no size and SHA-256")


def _check(values: Mapping[str, Any], expected: Mapping[str, Any], inside: str, required: bool) -> None:
    for name, (what, check, may_be_null) in expected.items():
        if name not in values:
            if required:
                raise ValueError(f"{inside}{name} is missing")
            continue
        value = values[name]
        if not check(value) and not (may_be_null and value is None):
            raise ValueError(f"{inside}{name} is {json.dumps(value)[:60]}, but {what} was expected")
