"""Counting co-occurrences: wordvec against GloVe's C programs vocab_count and cooccur, on the same text and window.

GloVe's cooccur reads and tokenises the text again and writes its cells to disk. wordvec encodes the text once (who
"corpus"), counts from there, and saves; the stages are told apart, and the ratio is of cooccur by counting and saving.

python -m benchmarks.counting '{"who": "wordvec", "text": "TEXT", "folder": "DIR", ...}'   prints one JSON line
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.process import peak_memory

if TYPE_CHECKING:
    import numpy as np

GLOVE_PROGRAMS = ("vocab_count", "cooccur")
GLOVE_MEMORY = 4.0  # gigabytes, its default
GLOVE_CELL = [("row", "<i4"), ("column", "<i4"), ("value", "<f8")]


@dataclass(frozen=True)
class CountJob:
    """One run by `who`: "corpus" (encode the text), "wordvec" or "glove"; `folder` keeps what they write."""

    who: str
    text: str
    folder: str
    glove: str | None = None
    window: int = 10
    weighting: str = "harmonic"
    min_count: int = 5
    threads: int = 1
    memory_limit: str | None = None  # of wordvec, such as "2G"
    max_product: int | None = None  # of the ranks of two words whose cell is in GloVe's dense table, for short texts


def programs(glove: str | Path, names: Sequence[str] = GLOVE_PROGRAMS) -> dict[str, Path]:
    """GloVe's programs in its folder or in its folder "build"; those that are not there are left out."""
    places = (Path(glove), Path(glove) / "build")
    return {name: place / name for name in names for place in places if (place / name).is_file()}


def encode(job: CountJob) -> dict[str, Any]:
    """The text as a corpus folder."""
    from wordvec.corpus import Corpus

    start = time.perf_counter()
    corpus = Corpus.build(job.text, min_count=job.min_count, show_progress=False)
    corpus.save(Path(job.folder) / "corpus")
    seconds = time.perf_counter() - start
    return {"tokens": len(corpus.ids), "vocabulary": len(corpus.vocabulary), "seconds": {"corpus": seconds}}


def count_with_wordvec(job: CountJob) -> dict[str, Any]:
    """Count the corpus folder and save the matrix."""
    import numpy as np

    from wordvec.corpus import Corpus
    from wordvec.counts import count_cooccurrences

    corpus = Corpus.open(Path(job.folder) / "corpus")
    options: dict[str, Any] = {"threads": job.threads, "memory": job.memory_limit, "show_progress": False}
    start = time.perf_counter()
    nothing = np.zeros(1, np.int32), np.array([0, 1]), 1
    count_cooccurrences(nothing, job.window, job.weighting, **options | {"memory": None})
    compiled = time.perf_counter()
    counts = count_cooccurrences(corpus, job.window, job.weighting, **options)
    counted = time.perf_counter()
    counts.save(Path(job.folder) / "counts")
    saved = time.perf_counter()
    matrix = counts.matrix
    return {
        "tokens": len(corpus.ids),
        "vocabulary": len(corpus.vocabulary),
        "cells": int(matrix.nnz),
        "bytes": matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes,
        "seconds": {"load": compiled - start, "count": counted - compiled, "save": saved - counted},
        "memory": peak_memory(),
    }


def count_with_glove(job: CountJob) -> dict[str, Any]:
    """Run vocab_count and cooccur; their files lie in job.folder."""
    assert job.glove is not None
    found, folder = programs(job.glove), Path(job.folder)
    vocabulary, cells = folder / "vocab.txt", folder / "cooccurrence.bin"
    first, _ = timed([found["vocab_count"], "-min-count", job.min_count, "-verbose", 0], job.text, vocabulary)
    options = ["-memory", GLOVE_MEMORY, "-window-size", job.window, "-verbose", 0, "-vocab-file", vocabulary]
    options += ["-distance-weighting", int(job.weighting == "harmonic"), "-overflow-file", folder / "overflow"]
    if job.max_product is not None:
        options += ["-max-product", job.max_product]
    second, memory = timed([found["cooccur"], *options], job.text, cells)
    words = [line.rsplit(" ", 1) for line in vocabulary.read_text(encoding="utf-8").splitlines()]
    return {
        "tokens": sum(int(count) for _, count in words),
        "vocabulary": len(words),
        "cells": cells.stat().st_size // 16,
        "bytes": cells.stat().st_size,
        "seconds": {"vocabulary": first, "count": second},
        "memory": memory,
    }


def timed(command: list[Any], source: str, target: Path) -> tuple[float, int]:
    """Run a program from file to file; its seconds and its peak memory in bytes."""
    start = time.perf_counter()
    with open(source, "rb") as stdin, open(target, "wb") as stdout:
        child = subprocess.Popen(list(map(str, command)), stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{command[0]} failed with exit status {child.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def largest_difference(folder: str | Path) -> float:
    """The largest relative difference between a cell of GloVe's and of wordvec's in `folder`.

    Infinity when they do not have the same cells. Words are matched by their spelling: ids differ where counts tie.
    """
    import numpy as np

    from wordvec.corpus import Corpus
    from wordvec.counts import Cooccurrence

    folder = Path(folder)
    vocabulary = Corpus.open(folder / "corpus").vocabulary
    ours = Cooccurrence.load(folder / "counts", vocabulary).matrix.tocoo()
    words = [line.rsplit(" ", 1)[0] for line in (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()]
    if sorted(words) != sorted(vocabulary.words):
        return np.inf
    ids = np.array([vocabulary.id(word) for word in words])
    theirs = np.fromfile(folder / "cooccurrence.bin", GLOVE_CELL)
    rows, columns = ids[theirs["row"] - 1], ids[theirs["column"] - 1]
    return relative_difference((ours.row, ours.col, ours.data), (rows, columns, theirs["value"]), len(words))


def relative_difference(ours: tuple[np.ndarray, ...], theirs: tuple[np.ndarray, ...], size: int) -> float:
    """The same for cells given as rows, columns and values, in any order."""
    import numpy as np

    (our_cells, our_values), (their_cells, their_values) = (
        (cells[order], np.asarray(values)[order])
        for cells, values in ((np.asarray(r, np.int64) * size + c, v) for r, c, v in (ours, theirs))
        for order in (np.argsort(cells),)
    )
    if len(our_cells) != len(their_cells) or (our_cells != their_cells).any():
        return float("inf")
    return float((abs(our_values - their_values) / their_values).max()) if len(our_cells) else 0.0


def run(job: CountJob) -> dict[str, Any]:
    """Do the job and report it."""
    result = {"corpus": encode, "wordvec": count_with_wordvec, "glove": count_with_glove}[job.who](job)
    facts = {name: value for name, value in asdict(job).items() if name not in ("text", "folder", "glove")}
    if "count" in result["seconds"]:
        result["words_per_second"] = result["tokens"] / result["seconds"]["count"]
    result["seconds"] = {stage: round(seconds, 4) for stage, seconds in result["seconds"].items()}
    return facts | result


if __name__ == "__main__":
    print(json.dumps(run(CountJob(**json.loads(sys.argv[1])))))
