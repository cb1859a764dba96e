"""Train one model in its own process, to measure the time and memory of that model alone.

`compare`, `stability` and `tune` start it (see `train_in_child`) with a job as a line of JSON on stdin:
{"corpus": folder, "sample": null or the number of a bootstrap sample, "unit": what the sample is drawn from (default:
sentences), "trainer": name, "options": {...}, "out": file, "show_progress": null, "parent": the number of the process
that started it}. It prints a report as JSON. Exit status: 2 for bad input, 3 if training cannot continue. When the
parent is gone, this process exits too.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from wordvec.errors import InputError, TrainingError, in_one_line
from wordvec.signals import exit_status, raise_terminated


class UnwrittenError(InputError):
    """The vectors cannot be written: the disk is full, or their folder is gone."""


def main() -> int:
    """Run the job on stdin; return the exit status."""
    try:
        job = json.loads(sys.stdin.readline())
        threading.Thread(target=leave_with_the_parent, args=[job["parent"]], daemon=True).start()
        with raise_terminated():
            print(json.dumps(run(job)))
    except KeyboardInterrupt as error:
        return exit_status(error)
    except Exception as error:
        line = in_one_line(error)
        if line is None:
            raise
        print(f"wordvec: {line}", file=sys.stderr)
        return 3 if isinstance(error, TrainingError) else 4 if isinstance(error, UnwrittenError) else 2
    return 0


def leave_with_the_parent(parent: int) -> None:
    """Wait until the parent is gone, then exit: the result is not needed."""
    if sys.platform == "win32":  # reading stdin would wait, and while it does, Windows loads no library
        import _winapi

        with suppress(OSError):  # it is gone already
            process = _winapi.OpenProcess(_winapi.SYNCHRONIZE, False, parent)
            _winapi.WaitForSingleObject(process, _winapi.INFINITE)
    else:  # stdin ends with the parent; sys.stdin.read would hold a lock when Python exits
        while os.read(0, 1):
            pass
    os._exit(130)


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Train and save; returns seconds by stage, loss, notes and peak memory."""
    start = time.perf_counter()
    from wordvec.corpus import Corpus
    from wordvec.experiments.resampling import resampled_corpus
    from wordvec.memory import peak_memory
    from wordvec.trainers import make_trainer

    trainer = make_trainer(job["trainer"], **job["options"])
    corpus = Corpus.open(job["corpus"])
    if job["sample"] is not None:
        corpus = resampled_corpus(corpus, job["sample"], job.get("unit", "sentences"))
    seconds = {"start": time.perf_counter() - start}
    trainer.fit(corpus, show_progress=job["show_progress"])
    seconds |= trainer.history.seconds
    start = time.perf_counter()
    try:
        trainer.vectors.save(job["out"])
    except (InputError, OSError) as error:
        raise UnwrittenError(in_one_line(error)) from error
    seconds["save"] = time.perf_counter() - start
    return {
        "parameters": trainer.parameters(),
        "seconds": {stage: round(value, 3) for stage, value in seconds.items()},
        "loss": trainer.history.loss,
        "notes": trainer.history.notes,
        "peak_memory": peak_memory(),
    }
