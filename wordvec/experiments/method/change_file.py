"""The file that ``wordvec change -o`` writes: the result, and everything needed to reproduce it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wordvec import __version__
from wordvec.corpus import Corpus
from wordvec.errors import InputError
from wordvec.experiments.method import MODELS, corpus_facts
from wordvec.experiments.method.runs import build_command, machine, versions
from wordvec.files import replace_file
from wordvec.json_forms import COUNT, NUMBER, OBJECT, TEXT, WHOLE, Kind, check_form, list_of, or_null, parse_json

FORMAT = "wordvec changes 1"
CORPUS = {
    "sources?": [TEXT], "documents?": or_null(COUNT), "years?": or_null(list_of(WHOLE, "two years", 2)),
    "tokenizer?": or_null(TEXT), "files?": [OBJECT],
}  # fmt: skip
OPTIONS = {"window": COUNT, "dim": COUNT, "permutations": COUNT, "level": NUMBER, "seed": WHOLE}
OPTIONS["model"] = Kind(f"one of {', '.join(MODELS['en'])}", lambda value: value in list(MODELS["en"]))
FORM = {
    "by": TEXT, "groups": [TEXT], "documents": [COUNT], "left_out": OBJECT, "commands": [TEXT],
    "words": [{"word": TEXT, "q": NUMBER}], "corpus": CORPUS, "options": OPTIONS, "wordvec_version": TEXT,
}  # fmt: skip


def change_record(found: Mapping[str, Any], corpus: Corpus, command: str, seconds: float) -> dict[str, Any]:
    """The result with its corpus, the checksums of the texts, versions, machine, time and the commands."""
    found_versions = versions()
    documents = corpus.documents
    files = [] if documents is None else [{"path": file.path, "sha256": file.sha256} for file in documents.files]
    folder = "corpus" if corpus.folder is None else os.fspath(corpus.folder)
    build = build_command(corpus, folder)
    reading = {} if documents is None else documents.reading
    return {
        "format": FORMAT,
        **found,
        "corpus": corpus_facts(corpus, found["options"]["date_column"])
        | {"files": files, "table_sha256": reading.get("table_sha256")},
        "commands": [*([build] if build else []), command],
        "wordvec_version": __version__,
        "numpy_version": found_versions["numpy"],
        "python": found_versions["python"],
        "versions": found_versions,
        "machine": machine(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 1),
    }


def write_record(path: str | os.PathLike[str], record: Mapping[str, Any]) -> None:
    """Write a record atomically."""
    with replace_file(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def is_record(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins like a record; False if it cannot be read (later code reports that)."""
    try:
        with open(path, "rb") as file:
            return FORMAT.encode() in file.read(64)
    except OSError:
        return False


def read_record(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a record. Raises InputError for anything else."""
    try:
        record = parse_json(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: what `wordvec change -o` wrote cannot be read: {error}") from error
    try:
        check_form(record, FORM)
    except ValueError as error:
        raise InputError(f"{path}: damaged: {error}; run wordvec change again") from None
    return dict(record)
