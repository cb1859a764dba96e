"""Texts and evaluation sets requested by name: wordvec's own, and public ones, with size, licence and hash."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from wordvec.argument_types import check_seed
from wordvec.errors import CorpusError, EvaluationFileError
from wordvec.json_forms import parse_json

FOLDER_VARIABLE = "WORDVEC_DATA"  # environment: the folder of fetched corpora, instead of the user's cache folder
TEXT, MARKUP = "text", "mediawiki-xml"  # no trainer reads the second
EVALUATION = "evaluation"  # a set to score vectors on, not a text


@dataclass(frozen=True)
class CatalogueEntry:
    """One file of a public corpus, or an evaluation set.

    `format` is ``"text"``, ``"mediawiki-xml"`` (its text must be extracted before training) or ``"evaluation"``; for
    the last, `task` is the option of ``wordvec evaluate`` that uses the set. `bytes` and `sha256` describe the file at
    `url`; they are None if uncertain or changing, and `note` gives the reason. `hash_published_at` is the page that
    publishes a hash. If the file is a zip archive, `member` is the wanted file in it, with its size `unpacked_bytes`
    and hash `unpacked_hash` (``"sha1:..."``) if known.
    """

    name: str
    language: str
    description: str
    format: str
    url: str
    bytes: int | None
    sha256: str | None
    hash_published_at: str | None
    member: str | None
    unpacked_bytes: int | None
    unpacked_hash: str | None
    licence: str
    note: str
    task: str | None = None

    @property
    def file_name(self) -> str:
        """The name of the fetched file: the corpus's name with the extension of its content.

        >>> find("text8").file_name, find("wikipedia-en").file_name
        ('text8.txt', 'wikipedia-en.xml.bz2')
        """
        if self.format == EVALUATION:
            return f"{self.name}{Path(self.member or self.url).suffix or '.txt'}"
        packing = ".bz2" if self.url.endswith(".bz2") else ""
        return f"{self.name}{'.txt' if self.format == TEXT else '.xml'}{packing}"


@cache
def list_catalogue() -> tuple[CatalogueEntry, ...]:
    """All public corpora of the catalogue, from ``corpora/catalogue.json``.

    >>> [entry.name for entry in list_catalogue()][:2]
    ['text8', 'enwik9']
    """
    text = (corpora_folder() / "catalogue.json").read_text(encoding="utf-8")
    return tuple(CatalogueEntry(**entry) for entry in json.loads(text)["corpora"])


@cache
def list_evaluation_sets() -> tuple[CatalogueEntry, ...]:
    """All evaluation sets of the catalogue, from ``corpora/catalogue.json``.

    >>> [entry.name for entry in list_evaluation_sets()][:2]
    ['google-analogies', 'wordsim353']
    """
    text = (corpora_folder() / "catalogue.json").read_text(encoding="utf-8")
    return tuple(CatalogueEntry(format=EVALUATION, **entry) for entry in json.loads(text)["evaluation"])


def find(name: str) -> CatalogueEntry:
    """The entry called `name`. Raises CorpusError, listing all names, for an unknown one.

    >>> find("text8").bytes
    31344016
    """
    entries = (*list_catalogue(), *list_evaluation_sets())
    for entry in entries:
        if entry.name == name:
            return entry
    raise CorpusError(
        f"nothing in the catalogue is called {name!r}; there are: {', '.join(entry.name for entry in entries)}"
    )


def is_catalogued(name: object) -> bool:
    """Whether `name` is a public corpus in the catalogue."""
    return any(entry.name == name for entry in list_catalogue())


def is_catalogued_set(name: object) -> bool:
    """Whether `name` is an evaluation set in the catalogue."""
    return any(entry.name == name for entry in list_evaluation_sets())


def fetched_set(name: str) -> Path | None:
    """Where `wordvec corpus fetch` put the evaluation set `name`, or None if it was not fetched."""
    folder = corpora_cache()
    return _received(folder, find(name)) if folder is not None else None


def corpora_cache() -> Path | None:
    """The folder of fetched corpora: WORDVEC_DATA if set, else the user's cache folder.

    None if WORDVEC_DATA is not set and pooch, which finds the cache folder on every system, is not installed.
    """
    if os.environ.get(FOLDER_VARIABLE):
        return Path(os.environ[FOLDER_VARIABLE]).expanduser()
    try:
        import pooch
    except ImportError:
        return None
    return Path(pooch.os_cache("wordvec"))


def origin_path(file: Path) -> Path:
    """The path of the record next to a fetched file, with its origin and size."""
    return file.with_name(f"{file.name}.origin.json")


def read_origin(file: Path) -> dict[str, Any] | None:
    """The record next to `file`, or None unless `file` exists, is complete and was fetched by wordvec."""
    try:
        origin = parse_json(origin_path(file).read_text(encoding="utf-8"))
        whole = file.stat().st_size == origin["bytes"] and origin["format"] == "wordvec fetched corpus"
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return origin if whole else None


def fetched_path(name: str) -> Path | None:
    """Where `wordvec corpus fetch` put the text `name`, or None if it was not fetched.

    Raises CorpusError for a fetched corpus that is not plain text.
    """
    folder = corpora_cache() if is_catalogued(name) else None
    if folder is None:
        return None
    entry = find(name)
    file = _received(folder, entry)
    if file is not None and entry.format != TEXT:
        raise CorpusError(
            f"{name}: {file} is XML with wiki markup, not text to train on: extract the text first, with "
            "WikiExtractor for example, and name the files it writes"
        )
    return file


def _received(folder: Path, entry: CatalogueEntry) -> Path | None:
    file = folder / entry.file_name
    origin = read_origin(file)
    expected = None if origin is None else entry.sha256 or origin.get("sha256")
    return file if origin is not None and origin.get("sha256") == expected else None


def not_found() -> str:
    """For a message: the folder in which a fetched file was looked for."""
    folder = corpora_cache()
    return "" if folder is None else f"; not found in {folder} ({FOLDER_VARIABLE} can name another folder)"


def missing_text_message(name: str) -> str:
    """The message for a named text that is missing: where to get it, or which names exist."""
    if is_catalogued(name):
        entry = find(name)
        after = "" if entry.format == TEXT else "; it is XML with wiki markup, so then extract its text"
        size = size_in_words(entry.bytes)
        return f"{name}: not downloaded: wordvec corpus fetch {name} gets it ({size}){after}{not_found()}"
    if "://" in name:
        return f"{name}: an address, not a file: download it first (curl -L -O, for http), and name the file"
    if any(character.isspace() for character in name):
        return f"{name!r:.80}: no file or folder of that name; for texts themselves use Corpus.from_texts(strings)"
    return f"{name}: no such file or folder; bundled text that always is here: {', '.join(BUNDLED)}"


def size_in_words(size: int | None) -> str:
    """A size in bytes as text.

    >>> size_in_words(31344016), size_in_words(399782), size_in_words(2 * 10**10), size_in_words(None)
    ('31 MB', '0.4 MB', '20 GB', 'size not known')
    """
    if size is None:
        return "size not known"
    if size >= 9.95e9:
        return f"{size / 1e9:,.0f} GB"
    return f"{size / 1e6:,.1f} MB" if size < 9.95e6 else f"{size / 1e6:,.0f} MB"


# Texts that come with wordvec: made on demand by the generators in the folder ``corpora/``.


# Name: module in the folder corpora/.
BUNDLED = {"tiny-world": "tiny_world", "tiny-world-ko": "tiny_world_ko", "tiny-world-ja": "tiny_world_ja"}
EVALUATION_SETS = tuple(f"{corpus}-{kind}" for corpus in BUNDLED for kind in ("analogies", "similarity"))


def is_bundled(name: str) -> bool:
    """Whether `name` is a text that comes with wordvec."""
    return name in BUNDLED


def corpora_folder() -> Path:
    """The folder ``corpora/``: next to the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "_corpora", package.parent / "corpora"):
        if (folder / "catalogue.json").is_file():
            return folder
    raise CorpusError(f"the folder of bundled corpora is missing from {package}: install wordvec again")


@cache
def _generator(name: str) -> ModuleType:
    path = corpora_folder() / f"{BUNDLED[name]}.py"
    spec = importlib.util.spec_from_file_location(f"wordvec_corpora_{BUNDLED[name]}", path)
    if spec is None or spec.loader is None:
        raise CorpusError(f"{path}: cannot be loaded: install wordvec again")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def bundled_corpus(name: str, words: int | None = None, seed: int = 1) -> Iterator[str]:
    """Yield the lines of the bundled text `name`, about `words` words (default: its standard size).

    Raises CorpusError for another name.

    >>> next(bundled_corpus("tiny-world")).split()[-1]
    '.'
    """
    if name not in BUNDLED:
        raise CorpusError(f"no bundled text is called {name!r}; there are: {', '.join(BUNDLED)}")
    check_seed(seed)
    generate = _generator(name).generate
    return generate(seed=seed) if words is None else generate(words=words, seed=seed)  # type: ignore[no-any-return]


def bundled_evaluation(name: str) -> list[str]:
    """The lines of the evaluation set `name`: ``tiny-world-analogies``, ``tiny-world-ko-similarity`` and so on.

    Analogies are in Google's format (``: section``, then four words a line), similarities are
    ``word1<tab>word2<tab>score``. Raises EvaluationFileError for another name.

    >>> bundled_evaluation("tiny-world-analogies")[0][:2]
    ': '
    """
    if name not in EVALUATION_SETS:
        raise EvaluationFileError(
            f"no bundled evaluation set is called {name!r}; there are: {', '.join(EVALUATION_SETS)}"
        )
    corpus, _, kind = name.rpartition("-")
    return list(_generator(corpus).analogies() if kind == "analogies" else _generator(corpus).similarities())
