"""The table of ``wordvec compat gensim``: which of gensim's names are here, and what differs."""

from __future__ import annotations

from typing import Any, NamedTuple

from wordvec.compat.gensim import models
from wordvec.compat.gensim.differences import DIFFERENCES, NAMES
from wordvec.compat.gensim.models import keyedvectors, phrases


class Row(NamedTuple):
    """A row of the table: whether the name is here ("yes", "differs" or "no"), and what differs."""

    owner: str
    name: str
    here: str
    note: str


def table() -> list[Row]:
    """Each public name of gensim 4's classes, and whether it is here, determined from the classes themselves.

    >>> [row.here for row in table() if row.owner == "KeyedVectors" and row.name in ("rank", "save", "resize_vectors")]
    ['yes', 'no', 'differs']
    """
    rows = []
    for owner in NAMES:
        names = NAMES.get(owner, "").split()
        noted = [name for where, name in DIFFERENCES if where == owner and name not in names]
        for name in sorted(noted) + names:
            note = DIFFERENCES.get((owner, name), "")
            here = "differs" if note else "yes" if _has(owner, name) else "no"
            rows.append(Row(owner, name or f"{owner} as a whole", here, note))
    return rows


def _has(owner: str, name: str) -> bool:
    """Whether instances of a class have an attribute of this name."""
    if owner == "KeyedVectors":
        return hasattr(keyedvectors.KeyedVectors, name) or name in vars(keyedvectors.KeyedVectors(1))
    if owner == "FrozenPhrases":
        return hasattr(phrases.FrozenPhrases, name)
    found: Any = getattr(models, owner)
    return hasattr(found, name) or name in found.__annotations__
