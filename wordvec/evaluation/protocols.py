"""Protocols: how a set's words are looked up, which are left out, which may be an answer.

The same vectors can differ by several points between protocols, so every score names its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wordvec.errors import OptionError

Lookup = Callable[[Mapping[str, int], str], "int | None"]


@dataclass(frozen=True)
class Protocol:
    """A named way to evaluate. ``lookup(ids, word)`` gives the row of a set's word, or None."""

    name: str
    meaning: str
    lookup: Lookup


def as_given_then_lower(ids: Mapping[str, int], word: str) -> int | None:
    """Return the row of `word` as it is written, else of its lower-case form, else None.

    >>> as_given_then_lower({"athens": 3, "us": 1, "US": 2}, "Athens")
    3
    >>> as_given_then_lower({"athens": 3, "us": 1, "US": 2}, "US")
    2
    """
    row = ids.get(word)
    return ids.get(word.lower()) if row is None else row


PROTOCOLS = {
    "wordvec": Protocol(
        "wordvec",
        "Words are looked up as written, then lower-cased. Items with a word outside the vocabulary are skipped, and "
        "counted in items but not in covered. Analogies: questions and answers come from the restrict_vocab most "
        "frequent words; the three words of a question cannot be its answer; a question counts when the best "
        "candidate is the expected word.",
        as_given_then_lower,
    ),
}


def get_protocol(name: str) -> Protocol:
    """Return the protocol of that name; raise OptionError, listing all, when there is none.

    >>> get_protocol("wordvec").name
    'wordvec'
    """
    if name not in PROTOCOLS:
        raise OptionError(f"protocol must be one of {', '.join(PROTOCOLS)}; got {name!r}")
    return PROTOCOLS[name]
