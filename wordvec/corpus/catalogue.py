"""Public corpora that wordvec knows by name: where they are, how large, under which licence, and their hash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from wordvec.corpus.bundled import BUNDLED, corpora_folder
from wordvec.errors import CorpusError


@dataclass(frozen=True)
class CatalogueEntry:
    """One file of a public corpus.

    `bytes` and `sha256` are of the file at `url`, None where they are not known for certain or change; `note`
    says why, and `hash_published_at` is the page that publishes a hash.
    """

    name: str
    language: str
    description: str
    url: str
    bytes: int | None
    sha256: str | None
    hash_published_at: str | None
    licence: str
    note: str


@cache
def list_catalogue() -> tuple[CatalogueEntry, ...]:
    """All public corpora of the catalogue, from ``corpora/catalogue.json``.

    >>> [entry.name for entry in list_catalogue()][:2]
    ['text8', 'enwik9']
    """
    text = (corpora_folder() / "catalogue.json").read_text(encoding="utf-8")
    return tuple(CatalogueEntry(**entry) for entry in json.loads(text)["corpora"])


def find(name: str) -> CatalogueEntry:
    """The entry called `name`. Raises CorpusError, which lists the names there are.

    >>> find("text8").bytes
    31344016
    """
    for entry in list_catalogue():
        if entry.name == name:
            return entry
    names = ", ".join(entry.name for entry in list_catalogue())
    raise CorpusError(f"no corpus in the catalogue is called {name!r}; there are: {names}")


def missing_text_message(name: str) -> str:
    """What to tell a user who named a text that is not here: where to get it, or which names there are."""
    if any(entry.name == name for entry in list_catalogue()):
        url = find(name).url
        return f"{name}: not downloaded: fetch {url} by hand, unpack it and give the name of the file"
    if any(character.isspace() for character in name):
        return (
            f"{name!r:.80}: no file or folder of that name; strings name files: for the text itself pass an iterator "
            "of lines, such as iter(['the cat sat']), or lists of tokens"
        )
    return f"{name}: no such file or folder; bundled text that always is here: {', '.join(BUNDLED)}"
