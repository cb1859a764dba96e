"""The parts of a card that say how something was made: paragraphs, references and commands, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wordvec.corpus import Corpus
from wordvec.experiments.method.commands import build_command, train_command
from wordvec.experiments.method.paragraph import corpus_facts, paragraph_of_changes, paragraph_of_vectors
from wordvec.experiments.method.references import OF_CHANGE, OF_TRAINER, bibtex

NAMES = {"en": "English", "de": "Deutsch", "ko": "한국어"}


def method_of_vectors(
    info: Mapping[str, Any], dim: int, file: str, corpus: Corpus | None, languages: Sequence[str]
) -> str:
    """How the vectors of a file were made; only what the file and the corpus say."""
    facts = None if corpus is None else corpus_facts(corpus)
    paragraphs = {language: paragraph_of_vectors(info, dim, facts, language) for language in languages}
    folder = "corpus" if corpus is None or corpus.folder is None else str(corpus.folder)
    commands = [None if corpus is None else build_command(corpus, folder), train_command(info, folder, file)]
    keys = OF_TRAINER.get(str(info.get("trainer")), ())
    return _parts(paragraphs, keys, [command for command in commands if command])


def card_of_changes(path: Path, record: Mapping[str, Any], languages: Sequence[str]) -> str:
    """The card of what ``wordvec change -o`` wrote."""
    paragraphs = {language: paragraph_of_changes(record, language) for language in languages}
    found = [word for word in record["words"] if word["q"] <= record["options"]["level"]]
    listed = ", ".join(f"{word['word']} (q = {word['q']:.2g})" for word in found) or "none"
    keys = [*(OF_TRAINER["svd"] if record["options"]["model"] == "svd" else ()), *OF_CHANGE]
    seconds, machine = record.get("seconds"), record.get("machine")
    parts = [
        f"# {path.name}",
        f"Words that differ by {record['by']}: {listed}.",
        _parts(paragraphs, keys, record["commands"]),
        f"It took {seconds} s on {machine}, with Python {record.get('python')} and numpy "
        f"{record.get('numpy_version')}; finished {record.get('finished')}. The corpus has the fingerprint "
        f"{record['corpus'].get('fingerprint')}; the SHA-256 of each of its {len(record['corpus'].get('files', []))} "
        f"files of text stands in {path.name}.",
    ]
    return "\n\n".join(parts) + "\n"


def _parts(paragraphs: Mapping[str, str], keys: Sequence[str], commands: Sequence[str]) -> str:
    method = [f"### {NAMES[language]}\n\n{text}" for language, text in paragraphs.items()]
    if len(method) == 1:
        method = list(paragraphs.values())
    sections = ["## Method", *method, "## References", f"```bibtex\n{bibtex(keys)}\n```"]
    if commands:
        lines = "\n".join(f"$ {command}" for command in commands)
        sections += ["## To repeat", f"```console\n{lines}\n```"]
    return "\n\n".join(sections)
