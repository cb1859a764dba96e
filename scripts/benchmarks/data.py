"""Where the text and the evaluation sets come from, and the plain file that every contender reads."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from wordvec.corpus.read.compression import decompressed
from wordvec.errors import CorpusError, EvaluationFileError

ROOT = Path(__file__).resolve().parents[2]
CORPUS = "en17m.txt.zst"
SETS = {  # name in the tables: kind, file
    "WordSim-353": ("similarity", "EN-WS-353-ALL.txt"),
    "SimLex-999": ("similarity", "EN-SIMLEX-999.txt"),
    "MEN": ("similarity", "EN-MEN-TR-3k.txt"),
    "Google": ("analogy", "questions-words.txt"),
}


@dataclass(frozen=True)
class Text:
    """A plain text on disk. `sha256` is of exactly the bytes trained on."""

    path: str
    source: str
    lines: int
    words: int
    bytes: int
    sha256: str


def data_folder() -> Path:
    """The folder of real corpora: WORDVEC_TEST_DATA, or shared/data beside the checkout."""
    return Path(os.environ.get("WORDVEC_TEST_DATA", ROOT.parent / "shared" / "data"))


def prepare_text(corpus: str | None, lines: int | None, folder: Path) -> Text:
    """Write the text (its first `lines` lines), unpacked, to `folder`; raises CorpusError where there is none."""
    source = Path(corpus) if corpus else data_folder() / CORPUS
    if not source.is_file():
        raise CorpusError(
            f"no text at {source}: give one with --corpus FILE (plain, .gz, .bz2, .xz or .zst), "
            f"or set WORDVEC_TEST_DATA to a folder that has {CORPUS}"
        )
    target, sha, counted, words, size = folder / "text.txt", hashlib.sha256(), 0, 0, 0
    with open(source, "rb") as file, open(target, "wb") as out:
        chunks = decompressed(iter(lambda: file.read(1 << 20), b""), str(source))
        for line in islice(lines_of(chunks), lines):
            out.write(line)
            sha.update(line)
            counted, words, size = counted + 1, words + len(line.split()), size + len(line)
    if words == 0:
        raise CorpusError(f"{source}: there is no word in it")
    return Text(str(target), source.name, counted, words, size, sha.hexdigest())


def lines_of(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut chunks of bytes into lines, each with its line feed.

    >>> list(lines_of(iter([b"a b", b" c\\nd", b"\\ne"])))
    [b'a b c\\n', b'd\\n', b'e']
    """
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest


def evaluation_folder(evaluation: str | None) -> Path:
    """The folder of evaluation sets; raises EvaluationFileError when one of them is missing."""
    folder = Path(evaluation) if evaluation else data_folder() / "evaluation"
    missing = [file for _, file in SETS.values() if not (folder / file).is_file()]
    if missing:
        raise EvaluationFileError(
            f"{folder} lacks {', '.join(missing)}: "
            "give the folder with --evaluation DIR, or leave scores out with --no-quality"
        )
    return folder
