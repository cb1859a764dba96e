"""The text of gpu_check.sh: en17m where there is one, else words drawn by Zipf's law."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np

from benchmarks.data import CORPUS, SETS, Text, data_folder, prepare_text

WORDS = 17_260_194  # of en17m
LINE, BLOCK = 25, 1_000_000  # words
CHUNK = 1 << 20


def find_or_make(folder: Path, words: int, vocabulary: int) -> tuple[Text, str]:
    """The text as a plain file in `folder`, and a note where it is not the real one.

    A rehearsal asks for fewer words than WORDS, and gets a made text.
    """
    packed = data_folder() / CORPUS
    plain = packed.with_suffix("")
    source, note = None, ""
    if words == WORDS and plain.is_file():
        source = plain
    elif words == WORDS and packed.is_file():
        source = unpack(packed, folder / plain.name)
        note = "" if source else f"{packed.name} cannot be unpacked (no backports.zstd, zstd or pyarrow); "
    if source is None:
        source = folder / f"zipf-{words}.txt"
        write_zipf(source, words, vocabulary)
    return prepare_text(str(source), None, folder), note


def unpack(packed: Path, target: Path) -> Path | None:
    """Unpack Zstandard by what this machine has: Python's own or backports.zstd, zstd, pyarrow; None where nothing."""
    try:
        from wordvec.corpus.read.compression import decompressed

        with open(packed, "rb") as file, open(target, "wb") as out:
            out.writelines(decompressed(iter(lambda: file.read(CHUNK), b""), str(packed)))
        return target
    except ModuleNotFoundError:
        pass
    if shutil.which("zstd"):
        subprocess.run(["zstd", "-q", "-d", "-f", str(packed), "-o", str(target)], check=True)
        return target
    try:
        import pyarrow
    except ModuleNotFoundError:
        return None
    with pyarrow.input_stream(str(packed), compression="zstd") as stream, open(target, "wb") as out:
        while chunk := stream.read(CHUNK):
            out.write(chunk)
    return target


def write_zipf(path: Path, words: int, vocabulary: int, seed: int = 1) -> None:
    """So many words w1, w2, ..., the r-th with probability proportional to 1 / r, each drawn on its own."""
    rng = np.random.default_rng(seed)
    borders = np.cumsum(1 / np.arange(1, vocabulary + 1))
    names = np.array([f"w{rank}" for rank in range(1, vocabulary + 1)], object)
    with open(path, "w", encoding="ascii", newline="\n") as file:
        for first in range(0, words, BLOCK):
            drawn = np.searchsorted(borders, rng.random(min(BLOCK, words - first)) * borders[-1], side="right")
            block = names[np.minimum(drawn, vocabulary - 1)].tolist()
            file.writelines(" ".join(block[i : i + LINE]) + "\n" for i in range(0, len(block), LINE))


def write_sets(folder: Path) -> None:
    """Small sets of the words of `write_zipf`, under the names of the real ones, for the rehearsal."""
    folder.mkdir()
    pairs = "".join(f"w{rank} w{rank + 1} {rank % 7}\n" for rank in range(1, 20))
    questions = ": section\n" + "".join(f"w{rank} w{rank + 1} w{rank + 2} w{rank + 3}\n" for rank in range(1, 20))
    for kind, file in SETS.values():
        (folder / file).write_text(pairs if kind == "similarity" else questions, encoding="utf-8")
