"""Training GloVe: wordvec against GloVe's own program, on the same text with the same options.

Who "prepare" counts with GloVe's vocab_count, cooccur and shuffle, and encodes the text for wordvec. Then "glove" and
"wordvec" train some iterations each. GloVe's time is that between the lines it prints after each iteration; wordvec's
is its stage "train", which puts the cells in order too, as GloVe's shuffle does (told with "prepare").

python -m benchmarks.glove '{"who": "wordvec", "text": "TEXT", "folder": "DIR", ...}'   prints one JSON line
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.counting import GLOVE_MEMORY, programs, timed
from benchmarks.process import peak_memory

TRAINING_PROGRAMS = ("vocab_count", "cooccur", "shuffle", "glove")


@dataclass(frozen=True)
class GloVeJob:
    """One run by `who`: "prepare", "glove" or "wordvec"; `folder` keeps what they write, `save` the vectors."""

    who: str
    text: str
    folder: str
    glove: str
    dim: int = 100
    window: int = 10
    x_max: float = 100.0
    learning_rate: float = 0.05
    epochs: int = 2
    min_count: int = 5
    threads: int = 2
    seed: int = 1
    save: str | None = None  # without a suffix


def prepare(job: GloVeJob) -> dict[str, Any]:
    """The text as GloVe's shuffled cells and as wordvec's corpus."""
    from wordvec.corpus import Corpus

    found, folder = programs(job.glove, TRAINING_PROGRAMS), Path(job.folder)
    vocabulary, cells, shuffled = (folder / name for name in ("vocab.txt", "cells.bin", "shuffled.bin"))
    common = ["-verbose", 0, "-memory", GLOVE_MEMORY]
    seconds = {}
    seconds["vocabulary"], _ = timed([found["vocab_count"], "-min-count", job.min_count], job.text, vocabulary)
    of_count = ["-window-size", job.window, "-vocab-file", vocabulary, "-overflow-file", folder / "overflow"]
    seconds["count"], _ = timed([found["cooccur"], *common, *of_count], job.text, cells)
    of_shuffle = ["-temp-file", folder / "temporary", "-seed", job.seed]
    seconds["shuffle"], _ = timed([found["shuffle"], *common, *of_shuffle], str(cells), shuffled)
    start = time.perf_counter()
    corpus = Corpus.build(job.text, min_count=job.min_count, show_progress=False)
    corpus.save(folder / "corpus")
    seconds["corpus"] = time.perf_counter() - start
    return {"seconds": seconds, "tokens": len(corpus.ids), "vocabulary": len(corpus.vocabulary)}


def train_with_glove(job: GloVeJob) -> dict[str, Any]:
    """Run GloVe's program; it tells half the loss of wordvec."""
    folder = Path(job.folder)
    options = {
        "input-file": folder / "shuffled.bin",
        "vocab-file": folder / "vocab.txt",
        "save-file": job.save or folder / "glove",
        "vector-size": job.dim,
        "x-max": job.x_max,
        "eta": job.learning_rate,
        "iter": job.epochs,
        "threads": job.threads,
        "seed": job.seed,
        "binary": 0,
        "verbose": 2,
    }
    command = [programs(job.glove, TRAINING_PROGRAMS)["glove"]]
    command += [str(part) for name, value in options.items() for part in ("-" + name, value)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    assert child.stderr is not None
    moments, loss = [], []
    for line in child.stderr:
        cost = re.search(r"iter: \d+, cost: (\S+)", line)
        if cost or "alpha:" in line:  # the last line before it starts
            moments.append(time.perf_counter())
        loss += [2 * float(cost[1])] if cost else []
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0 or len(loss) != job.epochs or len(moments) != job.epochs + 1:
        raise SystemExit(f"{command[0]} ended with exit status {child.returncode} after {len(loss)} iterations")
    return {
        "cells": (folder / "shuffled.bin").stat().st_size // 16,
        "seconds": {"train": moments[-1] - moments[0]},
        "loss": loss,
        "memory": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "save": f"{options['save-file']}.txt",
    }


def train_with_wordvec(job: GloVeJob) -> dict[str, Any]:
    """Count and train from the corpus folder."""
    from wordvec.corpus import Corpus
    from wordvec.trainers import GloVe

    names = ("dim", "window", "x_max", "learning_rate", "epochs", "threads", "seed")
    trainer = GloVe(init="random", **{name: getattr(job, name) for name in names})
    trainer.fit(Corpus.open(Path(job.folder) / "corpus"), show_progress=False)
    memory = peak_memory()
    save = f"{job.save or Path(job.folder) / 'wordvec'}.safetensors"
    trainer.vectors.save(save)
    cells = (Path(job.folder) / "shuffled.bin").stat().st_size // 16
    history = trainer.history
    return {"cells": cells, "seconds": history.seconds, "loss": history.loss, "memory": memory, "save": save}


def run(job: GloVeJob) -> dict[str, Any]:
    """Do the job and report it."""
    result = {"prepare": prepare, "glove": train_with_glove, "wordvec": train_with_wordvec}[job.who](job)
    facts = {name: value for name, value in asdict(job).items() if name not in ("text", "folder", "glove")}
    if "cells" in result:
        result["cells_per_second"] = result["cells"] * job.epochs / result["seconds"]["train"]
    result["seconds"] = {stage: round(seconds, 4) for stage, seconds in result["seconds"].items()}
    return facts | result


if __name__ == "__main__":
    print(json.dumps(run(GloVeJob(**json.loads(sys.argv[1])))))
