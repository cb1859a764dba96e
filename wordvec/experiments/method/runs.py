"""A record of runs, from text to figure: a line of JSON for each command, with the files it read and wrote.

::

    {"format": "wordvec run 1", "command": "wordvec train corpus/ -o v.safetensors", "folder": "/home/me",
     "started": "2026-05-01T10:00:00Z", "seconds": 12.3, "versions": {...}, "machine": "...",
     "inputs": [{"path": "corpus/", "sha256": "..."}], "outputs": [{"path": "v.safetensors", "sha256": "..."}]}

A file is identified by its SHA-256, a corpus folder by the SHA-256 of its corpus.json (which contains the checksums of
its other files), any other folder by the SHA-256 of the list of its files and their checksums. The list is recorded if
it has at most LISTED files.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from wordvec.corpus import Corpus
from wordvec.corpus.documents import size_and_sha256
from wordvec.corpus.recipe import KEYS
from wordvec.corpus.storage import MARKER, is_corpus_folder
from wordvec.errors import InputError
from wordvec.json_forms import NUMBER, TEXT, Kind, check_form, parse_json
from wordvec.version import __version__
from wordvec.written import watch_written

FORMAT = "wordvec run 1"
FILE = {"path": TEXT, "sha256": TEXT, "files?": [{"path": TEXT, "sha256": TEXT}]}
FORM = {
    "format": Kind(repr(FORMAT), lambda value: value == FORMAT), "command": TEXT, "folder": TEXT, "started": TEXT,
    "seconds": NUMBER, "versions": {str: TEXT}, "machine": TEXT, "inputs": [FILE], "outputs": [FILE],
}  # fmt: skip
PACKAGES = ("numpy", "scipy", "matplotlib", "umap-learn", "openTSNE")
PACKAGES += ("kiwipiepy", "kiwipiepy-model", "fugashi", "unidic-lite", "rjieba")
LISTED = 10_000  # the most files of a folder that are listed


def versions() -> dict[str, str]:
    """The versions of wordvec, Python and the installed packages that a result may depend on."""
    found = {"wordvec": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> str:
    """The system, processor and number of cores, in words."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


@contextmanager
def recorded(record: str | os.PathLike[str], argv: Sequence[str], named: Iterable[str]) -> Iterator[None]:
    """Add a line about this run to a record if it succeeds; `named` are arguments, some of which name files.

    Raises InputError before the run if the record cannot be written.
    """
    path = Path(record)
    try:
        with path.open("ab+") as file:
            file.seek(0)
            begins = file.read(200)
    except OSError as error:
        raise InputError(f"{record}: the record of runs cannot be written: {error.strerror or error}") from error
    if path.is_file() and begins.strip() and FORMAT.encode() not in begins:
        raise InputError(f"{record}: is not a record of runs; name another file for --record")
    read = {name: facts for name in dict.fromkeys(named) if (facts := facts_of(name)) is not None}
    started, clock = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), time.monotonic()
    with watch_written() as written:
        yield
    kept = [name for name in dict.fromkeys(written) if not _is_index(name)]
    wrote = {name: facts for name in kept if (facts := facts_of(name)) is not None}
    lost = {os.path.realpath(name) for name in (*wrote, str(path))}  # inputs that were overwritten
    run = {
        "format": FORMAT,
        "command": shlex.join(["wordvec", *argv]),
        "folder": os.getcwd(),
        "started": started,
        "seconds": round(time.monotonic() - clock, 1),
        "versions": versions(),
        "machine": machine(),
        "inputs": [facts for name, facts in read.items() if os.path.realpath(name) not in lost],
        "outputs": list(wrote.values()),
    }
    try:
        _append(path, json.dumps(run, ensure_ascii=False))
    except OSError as error:
        raise InputError(
            f"{record}: the run is done but cannot be recorded: {error.strerror or error}; make room and run it again"
        ) from error


def _append(path: Path, line: str) -> None:
    """Add a line; a last line that was cut short, by a kill or a full disk, is left as a line of its own."""
    with path.open("ab+") as file:
        cut = False
        if path.is_file() and file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            cut = file.read(1) != b"\n"
        file.write(("\n" * cut + line + "\n").encode(errors="backslashreplace"))


def _is_index(name: str) -> bool:
    """Whether a file is an index that a query leaves in a corpus folder, which is not a result."""
    return any(is_corpus_folder(folder) for folder in Path(name).absolute().parents)


def facts_of(name: str) -> dict[str, Any] | None:
    """The path and SHA-256 of a file or a folder; None if it cannot be read."""
    path = Path(name)
    try:
        if path.is_file():
            size, sha256 = size_and_sha256(path)
            return {"path": name, "bytes": size, "sha256": sha256}
        if is_corpus_folder(path):
            return {"path": name, "sha256": size_and_sha256(path / MARKER)[1]}
        if path.is_dir():
            return _of_folder(name, path)
    except (OSError, ValueError):  # also for an invalid name: too long, or with a zero character
        pass
    return None


def _of_folder(name: str, path: Path) -> dict[str, Any]:
    digest, files = hashlib.sha256(), []
    for file in sorted(each for each in path.rglob("*") if each.is_file()):
        relative, sha256 = file.relative_to(path).as_posix(), size_and_sha256(file)[1]
        digest.update(f"{relative}\0{sha256}\n".encode("utf-8", "surrogateescape"))
        files.append({"path": relative, "sha256": sha256})
    listed = {"files": files} if len(files) <= LISTED else {}
    return {"path": name, "sha256": digest.hexdigest(), "number": len(files), **listed}


def read_runs(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The runs of a record, the earliest first. Raises InputError, with the line number, for anything else."""
    try:
        lines = Path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the record of runs cannot be read: {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            run = parse_json(line)
            check_form(run, FORM)
            shlex.split(run["command"])
        except ValueError as error:
            raise InputError(
                f"{path}: line {number}: is not the record of a run as wordvec --record {path} writes it: {error}"
            ) from error
        found.append(run)
    return found


def runs_behind(path: str | os.PathLike[str], runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The runs that made a file and everything it was made from, in order.

    Files are matched by content, so they may have been moved. Raises InputError if no run wrote the file.
    """
    facts = facts_of(os.fspath(path))
    if facts is None:
        raise InputError(f"{path}: no such file")
    wanted, found = {facts["sha256"]}, []
    for run in reversed(runs):
        if any(each["sha256"] in wanted for each in run["outputs"]):
            found.append(run)
            wanted |= {each["sha256"] for each in run["inputs"]}
            wanted -= {each["sha256"] for each in run["outputs"]}
    if not found:
        raise InputError(f"{path}: none of the {len(runs):,} runs in the record wrote a file of this content")
    return found[::-1]


def sources_of(runs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The files that runs read and none of them wrote: the original texts, tables and sets."""
    made = {each["sha256"] for run in runs for each in run["outputs"]}
    read = {each["sha256"]: each for run in runs for each in run["inputs"] if each["sha256"] not in made}
    return list(read.values())


# The command lines that rebuild a corpus and retrain a model, from the records in their files.


def build_command(corpus: Corpus, out: str) -> str | None:
    """The command that rebuilds a corpus; None if it used a function, tokens or a word list, which no option names.

    >>> corpus = Corpus.from_files("tiny-world", max_words=9)
    >>> build_command(corpus, "corpus")
    'wordvec corpus build tiny-world --tokenizer whitespace --min-count 5 --max-words 9 -o corpus'
    """
    from wordvec.corpus.encode.cjk import ANALYSERS
    from wordvec.corpus.encode.tokenizers import TOKENIZERS

    info = corpus.info
    if info.get("tokenizer") not in (*TOKENIZERS, *ANALYSERS) or "split_from" in info or not info.get("sources"):
        return None
    if any(info.get(name) for name in ("keep_words", "drop_words", "vocabulary", "bootstrap_sample")):
        return None
    metadata = _metadata(corpus)
    if metadata is None:
        return None
    parts = ["wordvec", "corpus", "build", *info["sources"], *metadata]
    for name in ("field", "tokenizer", "min_count", "max_words"):
        if info.get(name) is not None:
            parts += [f"--{name.replace('_', '-')}", str(info[name])]
    if info.get("encoding", "utf-8") != "utf-8":
        parts += ["--encoding", str(info["encoding"])]
    if info.get("encoding_errors", "strict") != "strict":
        parts += ["--encoding-errors", str(info["encoding_errors"])]
    parts += ["--split-sentences"] if info.get("split_sentences") else []
    parts += _normalization(info.get("normalization") or {})
    if isinstance(info.get("phrases"), dict):
        parts += ["--phrases", str(info["phrases"].get("passes"))]
    return shlex.join([*parts, "-o", out])


def _metadata(corpus: Corpus) -> list[str] | None:
    """The options that define the documents; None if the corpus does not record where they came from."""
    if corpus.documents is None:
        return []
    reading = corpus.documents.reading
    if reading.get("table"):
        column = reading.get("path_column")
        return ["--metadata", reading["table"], *(["--path-column", column] if column else [])]
    return ["--metadata-fields", ",".join(corpus.documents.columns)] if reading.get("field") else None


def _normalization(options: Mapping[str, str]) -> list[str]:
    flags = {"accents": "--strip-accents", "punctuation": "--drop-punctuation"}
    parts = []
    for name, value in options.items():
        if value != "keep":
            parts += [flags[name]] if name in flags else [f"--{name}", value]
    return parts


# The info that a trainer records in a file.
OF_TRAINING = {*KEYS, "trainer", "parameters", "corpus_fingerprint", "min_count", "counted", "tokens", "loss", "reach"}
OF_TRAINING |= {"held_out_loss", "notes", "sentences", "sources", "wordvec_version"}


def later_steps(info: Mapping[str, Any]) -> list[str]:
    """The names in a file's info of steps after training on one corpus, such as alignment.

    >>> later_steps({"trainer": "svd", "parameters": {}, "alignment": {}})
    ['alignment']
    """
    return sorted(set(info) - OF_TRAINING)


def train_command(info: Mapping[str, Any], corpus: str, out: str) -> str | None:
    """The command that retrains vectors on a corpus folder; None if the file does not record how they were trained.

    Also None if the file records later steps, which training alone would not reproduce.

    >>> train_command({"trainer": "svd", "parameters": {"dim": 9, "add_context": False, "memory": None}}, "c", "v")
    'wordvec train c --trainer svd --no-add-context --dim 9 -o v'
    """
    trainer, parameters = info.get("trainer"), info.get("parameters")
    if not isinstance(trainer, str) or not isinstance(parameters, dict) or later_steps(info):
        return None
    parts = ["wordvec", "train", corpus, "--trainer", trainer]
    for name, value in sorted(parameters.items()):
        flag = name.replace("_", "-")
        if value is True:
            parts.append(f"--{flag}")
        elif value is False:
            parts += [f"--no-{flag}"] if name != "hogwild" else []
        elif value is not None:
            parts += [f"--{flag}", ",".join(map(str, value)) if isinstance(value, list) else str(value)]
    return shlex.join([*parts, "-o", out])
