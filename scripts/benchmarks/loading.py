"""Loading vectors: wordvec against gensim on the same files, and wordvec's own file, which is mapped.

The vectors are random numbers under words of random length; all readers must give the same words and the same bytes.
Time is from the path to an object that has all vectors, with everything imported before; memory is the process's peak,
so the interpreter and the packages are in it. The files have just been written, so they lie in the system's cache.

python -m benchmarks.loading '{"who": "gensim", "path": "FILE", "format": "word2vec-binary"}'   prints one JSON line
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.process import peak_memory
from benchmarks.runs import Log, pairwise, run_child
from wordvec.errors import WordvecError

WORDS = 1_000_000
TEXT_SHARE = 10  # the text has one in so many of the words: gensim takes minutes for all
BLOCK = 1_000
LETTERS = "etaoinshrdlcumwf"
PEER = "gensim"


@dataclass(frozen=True)
class LoadJob:
    """One loading of `path` by `who`: "gensim", "wordvec", or "read", which only reads the bytes."""

    who: str
    path: str
    format: str


def word_of(number: int) -> str:
    """A word of its own for each number, with lengths that vary.

    >>> word_of(0), word_of(255)
    ('e0', 'ff255')
    """
    digits = f"{number:x}"
    return "".join(LETTERS[int(digit, 16)] for digit in digits) + str(number)


def make_files(folder: Path, words: int, dim: int) -> list[LoadJob]:
    """Write the vectors in each format; returns what to load, in the order of a round."""
    from wordvec.vectors import WordVectors

    binary, text, own = folder / "vectors.bin", folder / "vectors.txt", folder / "vectors.safetensors"
    numbers = np.random.default_rng(1).normal(scale=0.2, size=(BLOCK, dim)).astype("<f4")
    with open(binary, "wb") as file:  # block by block, so that making it needs no memory
        file.write(b"%d %d\n" % (words, dim))
        for first in range(0, words, BLOCK):
            rows = numbers * np.float32(1 + first / words)
            for row in range(min(BLOCK, words - first)):
                file.write(word_of(first + row).encode("ascii") + b" " + rows[row].tobytes() + b"\n")
    WordVectors.load(binary, limit=max(1, words // TEXT_SHARE)).save(text, "word2vec-text")
    vectors = WordVectors.load(binary)
    counts = np.arange(len(vectors), 0, -1)
    WordVectors(vectors.words, vectors.matrix, counts).save(own)
    jobs = [LoadJob(who, str(binary), "word2vec-binary") for who in ("read", PEER, "wordvec")]
    jobs += [LoadJob(who, str(text), "word2vec-text") for who in (PEER, "wordvec")]
    return [*jobs, LoadJob("wordvec", str(own), "safetensors")]


def run(job: LoadJob) -> dict[str, Any]:
    """Load, and report time, peak memory and a checksum of words and vectors."""
    size = os.path.getsize(job.path)
    load = {"gensim": load_gensim, "wordvec": load_wordvec, "read": read_only}[job.who]
    (seconds, cpu_seconds), words, matrix = load(job)
    result = {
        **{**asdict(job), "path": os.path.basename(job.path)},
        "seconds": round(seconds, 6),
        "cpu_seconds": round(cpu_seconds, 6),
        "bytes": size,
        "memory": peak_memory(),
        "memory_by_file": round(peak_memory() / size, 4),
    }
    if matrix is not None:
        sha = hashlib.sha256("\n".join(words).encode("utf-8"))
        sha.update(np.ascontiguousarray(matrix, "<f4").data)
        result |= {"vocabulary": len(matrix), "dim": matrix.shape[1], "sha256": sha.hexdigest()}
    return result


def load_gensim(job: LoadJob) -> tuple[tuple[float, float], Sequence[str], np.ndarray]:
    """Seconds, words and matrix of gensim's KeyedVectors."""
    from gensim.models import KeyedVectors

    start = moment()
    vectors = KeyedVectors.load_word2vec_format(job.path, binary=job.format == "word2vec-binary")
    return since(start), vectors.index_to_key, vectors.vectors


def load_wordvec(job: LoadJob) -> tuple[tuple[float, float], Sequence[str], np.ndarray]:
    """Seconds, words and matrix of wordvec's WordVectors; of a mapped file, until a row has been read."""
    from wordvec.vectors import WordVectors

    start = moment()
    vectors = WordVectors.load(job.path)
    vectors.rows(slice(len(vectors) // 2, len(vectors) // 2 + 1))
    return since(start), vectors.words, vectors.matrix


def read_only(job: LoadJob) -> tuple[tuple[float, float], Sequence[str], None]:
    """Seconds of reading the bytes into memory: what no reader can beat by much."""
    start = moment()
    np.fromfile(job.path, np.uint8)
    return since(start), [], None


def moment() -> tuple[float, float]:
    """Now, on the clock and in processor time, which a busy machine does not stretch."""
    return time.perf_counter(), time.process_time()


def since(start: tuple[float, float]) -> tuple[float, float]:
    """Seconds since a moment, and seconds of processor time."""
    return time.perf_counter() - start[0], time.process_time() - start[1]


def measure(options: argparse.Namespace, folder: Path, log: Log, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """All readers of all formats by turns, in processes of their own."""
    say(f"  loading: writing {options.loading:,} words in {max(options.dim)} dimensions")
    jobs = make_files(folder, options.loading, max(options.dim))
    jobs = [job for job in jobs if job.who != PEER or PEER in options.peers]
    results = []
    for number in range(options.pairs):
        for job in jobs:
            result = run_child("loading", asdict(job), threads=1)
            say(f"  loading: {job.format}, {job.who}: {result['seconds']:.3f} s, {result['memory'] / 1e6:,.0f} MB")
            results.append(log.write("loading", round=number, **result))
    check_equal(results)
    return results


def check_equal(results: Sequence[dict[str, Any]]) -> None:
    """Raise WordvecError unless all readers of a file found the same words and vectors."""
    found: dict[str, str] = {}
    for result in results:
        if "sha256" in result and found.setdefault(result["path"], result["sha256"]) != result["sha256"]:
            raise WordvecError(f"loading: the readers of {result['path']} found different words or vectors")


def table(results: Sequence[dict[str, Any]]) -> str:
    """Medians of each, and gensim's time over wordvec's in the same round."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for result in results:
        groups.setdefault((result["format"], result["who"]), []).append(result)
    lines = ["format            reader    seconds   CPU s   memory MB   memory / file   gensim's seconds / this, CPU's"]
    for (format, who), group in groups.items():
        peers = groups.get((format, PEER), []) if who == "wordvec" else []
        memory = statistics.median(result["memory"] for result in group)
        line = f"{format:17} {who:8}"
        ratios = []
        for clock, width in (("seconds", 8), ("cpu_seconds", 7)):
            seconds = [result[clock] for result in group]
            line += f" {statistics.median(seconds):{width}.3f}"
            ratio = pairwise([result[clock] for result in peers], seconds)
            ratios += [f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"] if ratio else []
        line += f" {memory / 1e6:11,.0f} {memory / group[0]['bytes']:15.3f}   {', '.join(ratios)}"
        lines.append(line.rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(run(LoadJob(**json.loads(sys.argv[1])))))
