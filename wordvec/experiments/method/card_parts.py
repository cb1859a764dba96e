"""The parts of a card about the method: paragraphs, references and commands, as Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from wordvec import __version__
from wordvec.corpus import Corpus
from wordvec.corpus.storage import is_corpus_folder
from wordvec.errors import counted
from wordvec.evaluation.tables import format_table
from wordvec.experiments.method import (
    corpus_facts,
    grouping,
    has_weights,
    paragraph_of_changes,
    paragraph_of_vectors,
)
from wordvec.experiments.method.change_file import is_record, read_record
from wordvec.experiments.method.runs import build_command, facts_of, later_steps, sources_of, train_command

SOURCES_SHOWN = 100  # in a card
RECORD = "If you run with `wordvec --record runs.jsonl`, then `wordvec card --runs runs.jsonl` lists all commands."
NAMES = {"en": "English", "de": "Deutsch", "ko": "한국어"}
# the works of references.bib that each method is from
OF_TRAINER = {
    "skipgram": ("mikolov2013efficient", "mikolov2013distributed"),
    "cbow": ("mikolov2013efficient", "mikolov2013distributed"),
    "glove": ("pennington2014glove",),
    "svd": ("levy2015improving",),
    "ppmi": ("levy2015improving",),
}
OF_CHANGE = (
    "schuetze1998automatic",
    "arora2017simple",
    "rodriguez2023embedding",
    "janssen1997studentized",
    "besag1991sequential",
    "benjamini1995controlling",
    "antoniak2018evaluating",
)


def method_of_vectors(
    info: Mapping[str, Any], dim: int, file: str, corpus: Corpus | None, languages: Sequence[str]
) -> str:
    """How the vectors of a file were made, only from the records of the file and the corpus."""
    facts = None if corpus is None else corpus_facts(corpus)
    paragraphs = {language: paragraph_of_vectors(info, dim, facts, language) for language in languages}
    folder = "corpus" if corpus is None or corpus.folder is None else str(corpus.folder)
    build = None if corpus is None else build_command(corpus, folder)
    train = train_command(info, folder, file)
    keys = OF_TRAINER.get(str(info.get("trainer")), ())
    parts = [_parts(paragraphs, keys, [command for command in (build, train) if command])]
    if corpus is not None and build is None:
        parts.append(f"No single command rebuilds {folder}: a part, a list of words or a function was used.")
    if info.get("trainer") and train is None:
        more = ", ".join(later_steps(info)) or "parameters that the file does not record"
        parts.append(f"Training alone does not reproduce {file}: {more}. {RECORD}")
    return "\n\n".join(parts)


def card_of_changes(path: Path, record: Mapping[str, Any], languages: Sequence[str]) -> str:
    """The card of a file written by ``wordvec change -o``."""
    paragraphs = {language: paragraph_of_changes(record, language) for language in languages}
    found = [word for word in record["words"] if word["q"] <= record["options"]["level"]]
    listed = ", ".join(f"{word['word']} (q = {word['q']:.2g})" for word in found) or "none"
    keys = _works_of_changes(record)
    seconds, machine = record.get("seconds"), record.get("machine")
    parts = [
        f"# {path.name}",
        f"Words that differ by {grouping(str(record['by']), 'en')}: {listed}.",
        _parts(paragraphs, keys, record["commands"]),
        f"It took {seconds} s on {machine}, with Python {record.get('python')} and numpy "
        f"{record.get('numpy_version')}; finished {record.get('finished')}. The corpus has the fingerprint "
        f"{record['corpus'].get('fingerprint')}; the SHA-256 of each of its {len(record['corpus'].get('files', []))} "
        f"text files is in {path.name}.",
    ]
    if record.get("vectors"):
        rows = [[each["group"], each["path"], f"{each['words']:,}", each["sha256"]] for each in record["vectors"]]
        parts += [
            "## Vectors by group",
            format_table(rows, ["group", "file", "words", "SHA-256"], "markdown", right=(2,)),
        ]
    return "\n\n".join(parts) + "\n"


def _works_of_changes(record: Mapping[str, Any]) -> list[str]:
    trainer = OF_TRAINER["svd"] if record["options"]["model"] == "svd" else ()
    return [*trainer, *OF_CHANGE, *(["kish1965survey"] if has_weights(record) else [])]


def card_of_runs(path: Path, runs: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> str:
    """The card of any file made by recorded runs: how the vectors or changes it is based on were made, and commands.

    Vectors and changes are described if their files are unchanged in their places; of others only the command is known.
    """
    paragraphs: dict[str, list[str]] = {language: [] for language in languages}
    keys: list[str] = []
    for written in (each for run in runs for each in run["outputs"]):
        if not Path(written["path"]).is_file() or facts_of(written["path"]) != written:
            continue  # a folder does not record how it was made, and may contain anything by now
        said, of = _said_of(written["path"], runs, languages)
        keys += of
        for language, text in said.items():
            paragraphs[language].append(text)
    joined = {language: " ".join(dict.fromkeys(texts)) for language, texts in paragraphs.items()}
    return "\n\n".join([f"# {path.name}", _parts(joined, keys, []), parts_of_runs(runs)]) + "\n"


def _said_of(
    path: str, runs: Sequence[Mapping[str, Any]], languages: Sequence[str]
) -> tuple[dict[str, str], Sequence[str]]:
    """The method paragraphs of a file written by a run, and the works they cite; empty for most files."""
    from wordvec.vectors import WordVectors

    if is_record(path):
        record = read_record(path)
        return {language: paragraph_of_changes(record, language) for language in languages}, _works_of_changes(record)
    if Path(path).suffix != ".safetensors":
        return {}, ()
    vectors = WordVectors.load(path)
    corpus = _corpus_behind(vectors.info, runs)
    said = {language: paragraph_of_vectors(vectors.info, vectors.dim, corpus, language) for language in languages}
    return said, OF_TRAINER.get(str(vectors.info.get("trainer")), ())


def _corpus_behind(info: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The facts of the corpus that vectors were trained on, if the runs read or wrote its folder."""
    for each in (each for run in runs for each in (*run["inputs"], *run["outputs"])):
        if is_corpus_folder(Path(each["path"])) and facts_of(each["path"]) == each:
            corpus = Corpus.open(each["path"])
            if corpus.fingerprint == info.get("corpus_fingerprint"):
                return corpus_facts(corpus)
    return None


def parts_of_runs(runs: Sequence[Mapping[str, Any]]) -> str:
    """The recorded runs: the commands in order, their times, places and versions, and the files that were sources."""
    folders = list(dict.fromkeys(run["folder"] for run in runs))
    commands = "\n".join(f"$ {run['command']}" for run in runs)
    times = format_table(
        [[" ".join(shlex.split(run["command"])[1:2]), run["started"], f"{run['seconds']} s", run["machine"],
          ", ".join(f"{name} {number}" for name, number in run["versions"].items())] for run in runs],
        ["verb", "started", "took", "machine", "versions"], "markdown", right=(),
    )  # fmt: skip
    sources = [file for each in sources_of(runs) for file in _files_of(each)]
    shown = [[path, sha256] for path, sha256 in sources[:SOURCES_SHOWN]]
    more = len(sources) - len(shown)
    table = format_table(shown, ["read", "SHA-256"], "markdown", right=()) if shown else "No files were read."
    return "\n\n".join(
        [
            "## Recorded runs",
            f"They ran in {', '.join(folders)}.",
            f"```console\n{commands}\n```",
            times,
            "## Sources",
            table,
            *([f"The record lists {counted(more, 'more file')}."] if more > 0 else []),
        ]
    )


def _files_of(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    folder = source["path"].rstrip("/")
    return [(f"{folder}/{file['path']}", file["sha256"]) for file in source.get("files", ())] or [
        (source["path"], source["sha256"])
    ]


def _parts(paragraphs: Mapping[str, str], keys: Sequence[str], commands: Sequence[str]) -> str:
    method = [f"### {NAMES[language]}\n\n{text}" for language, text in paragraphs.items()]
    if len(method) == 1:
        method = list(paragraphs.values())
    sections = ["## Method", *method] if any(paragraphs.values()) else []
    sections += ["## References", f"```bibtex\n{bibtex(keys)}\n```"]
    if commands:
        lines = "\n".join(f"$ {command}" for command in commands)
        sections += ["## To repeat", f"```console\n{lines}\n```"]
    return "\n\n".join(sections)


@cache
def entries() -> dict[str, str]:
    """The works that a method paragraph may cite, and wordvec itself, as BibTeX."""
    text = resources.files(__package__).joinpath("references.bib").read_text(encoding="utf-8")
    found = text.replace("VERSION", __version__).strip().split("\n\n")
    return {entry[entry.index("{") + 1 : entry.index(",")]: entry for entry in found}


def bibtex(keys: Iterable[str]) -> str:
    """The entries of these works and of wordvec itself, without duplicates.

    >>> print(bibtex([]).splitlines()[0])
    @software{wordvec,
    """
    return "\n\n".join(entries()[key] for key in dict.fromkeys([*keys, "wordvec"]))
