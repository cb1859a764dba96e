"""The parts of gpu_check.sh, one of them in this process.

python -m benchmarks.gpu_parts PART FOLDER LIMIT STARTED [--rehearse] [--plain]   prints measurements as lines of JSON

FOLDER is where parts leave what later ones need; STARTED when this process was asked for; --plain leaves out the C
library; --rehearse takes small numbers and the stand-in of tests/gpu_standin for CuPy.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from benchmarks import gpu_rates, gpu_tests
from benchmarks.data import SETS, data_folder
from benchmarks.gpu_job import Job, Skipped, needs

SUBSAMPLE, MIN_COUNT = 1e-3, 5


def card(job: Job) -> None:
    """Which card, driver and CuPy."""
    from wordvec.arrays import describe_device, device_module

    xp = device_module("gpu")
    name = str(describe_device())
    job.tell(shown=f"{name}; CuPy {xp.__version__}", common={"card": name, "cupy": xp.__version__})


def library(job: Job) -> None:
    """The C library, which the CPU's side of some parts is faster with; no part of the card's needs it."""
    from wordvec.native import library

    reason = library.why_not()
    if reason is not None:
        raise Skipped(f"no C library ({reason.splitlines()[0]}): plain functions are used")
    job.tell(shown=f"{library.isa()}", common={"library": library.isa()})


def tests(job: Job) -> None:
    """The tests that ask for a card."""
    small = [gpu_tests.ROOT / "tests" / "test_gpu_setup.py"]
    paths = small if job.rehearse else gpu_tests.files_with_gpu_tests()
    gpu_tests.run_tests(job.tell, paths, workers=1 if job.rehearse or job.plain else gpu_tests.WORKERS)


def corpus(job: Job) -> None:
    """The text, unpacked or made, and encoded."""
    from benchmarks import gpu_text
    from wordvec.corpus import Corpus
    from wordvec.corpus.draws.sampling import keep_probabilities

    if job.rehearse:
        gpu_text.write_sets(job.folder / "evaluation")
    text, note = gpu_text.find_or_make(job.folder, job.size(gpu_text.WORDS, 3_000), job.size(75_000, 60))
    start = time.perf_counter()
    corpus = Corpus.build(text.path, tokenizer="whitespace", min_count=MIN_COUNT, show_progress=False)
    seconds = time.perf_counter() - start
    corpus.save(job.folder / "corpus")
    counts = corpus.vocabulary.counts
    kept = float((counts * keep_probabilities(counts, SUBSAMPLE)).sum() / counts.sum())
    job.leave("text", asdict(text) | {"kept": kept})
    shown = f"{note}{text.source}: {text.words:,} words, sha256 {text.sha256[:12]}; ids of {len(corpus.ids):,} tokens"
    job.tell(
        shown=f"{shown}, {len(corpus.vocabulary):,} words, in {seconds:.1f} s", seconds=seconds, kept_share=kept,
        common={"corpus": asdict(text) | {"path": None}},
    )  # fmt: skip


def end_to_end(job: Job) -> None:
    """From the text to trained vectors, the start of the process included: five epochs of skip-gram."""
    from benchmarks import contenders

    facts = contender_job(job, "wordvec-gpu", job.text()["path"], epochs=job.size(5, 2))
    trained = contenders.CONTENDERS["wordvec-gpu"].train(facts)
    seconds = time.time() - job.started
    stages = ", ".join(f"{name} {value:.1f}" for name, value in trained.seconds.items())
    job.tell(
        shown=f"skipgram, {facts.dim} dimensions, {facts.epochs} epochs: {seconds:.1f} s ({stages})", **asdict(facts),
        seconds=trained.seconds | {"total": seconds}, loss=trained.loss, memory=trained.memory,
    )  # fmt: skip


def contender_job(job: Job, who: str, text: str, epochs: int) -> Any:
    """A training as benchmark.py describes one."""
    from benchmarks.contenders import Job as Training
    from benchmarks.options import LEARNING_RATES

    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    settings = (gpu_rates.WINDOW, gpu_rates.NEGATIVES, SUBSAMPLE, MIN_COUNT, epochs, LEARNING_RATES["skipgram"])
    return Training(who, "skipgram", text, job.dims[0], *settings, threads)


def scores(job: Job) -> None:
    """Five epochs by each of three seeds, on the sets of word pairs and analogies."""
    needs("scipy")
    from benchmarks import gpu_scores

    folder = job.folder / "evaluation" if job.rehearse else data_folder() / "evaluation"
    missing = [file for _, file in SETS.values() if not (folder / file).is_file()]
    text = job.text()
    if text["source"].startswith("zipf") and not job.rehearse:
        raise Skipped("the text was made by a seed: its words mean nothing")
    if missing:
        raise Skipped(f"{folder} has no {', '.join(missing)}")
    gpu_scores.measure(job, job.corpus(), folder, job.size(3, 2), job.size(5, 1), text["sha256"])


def svd(job: Job) -> None:
    """Counting, PPMI and SVD on the card, with the options that the trainer has."""
    needs("scipy")
    from wordvec.trainers import SVD

    corpus = job.corpus()
    for dim in job.size((100, 300), (4,)):
        history = SVD(dim=dim, device="gpu").fit(corpus, show_progress=False).history
        stages = ", ".join(f"{name} {value:.2f}" for name, value in history.seconds.items())
        whole = sum(history.seconds.values())
        job.tell(shown=f"{dim} dimensions: {whole:.2f} s ({stages})", dim=dim, seconds=history.seconds)


def torch(job: Job) -> None:
    """The peer: skip-gram in PyTorch, on the first lines."""
    needs("torch")
    from benchmarks.data import prepare_text
    from benchmarks.torch_skipgram import TorchSkipGram

    part = job.folder / "torch"
    part.mkdir()
    text = prepare_text(job.text()["path"], job.size(120_000, 50), part)
    facts = contender_job(job, "torch-gpu", text.path, epochs=1)
    trained = TorchSkipGram(device="cpu" if job.rehearse else "cuda").train(facts)
    rate = int(trained.counts.sum()) / trained.seconds["train"]
    own = job.left("rates").get(f"skipgram {facts.dim}")
    beside = f"; wordvec's kernel {own / rate:.1f} times that" if own else ""
    job.tell(
        shown=f"skipgram, {facts.dim} dimensions: {rate / 1e6:.2f} M words/s{beside}", words_per_second=rate,
        seconds=trained.seconds, loss=trained.loss, lines=text.lines,
    )  # fmt: skip


def parts() -> dict[str, Callable[[Job], None]]:
    """All parts by name."""
    own = {"card": card, "library": library, "tests": tests, "corpus": corpus, "end-to-end": end_to_end}
    own |= {"scores": scores, "svd": svd, "torch": torch}
    names = {"parity": "parity", "ceilings": "ceilings", "rates": "rates", "queries": "queries", "cpu": "cpu"}
    return own | {name: getattr(gpu_rates, function) for name, function in names.items()}


def install_standin() -> None:
    """``device="gpu"`` means this CPU from here on."""
    sys.path.insert(0, str(gpu_tests.ROOT / "tests" / "gpu_standin"))
    import standin_cupy

    sys.modules |= {"cupy": standin_cupy.make_cupy(), **standin_cupy.make_cupyx()}


def do_without(plain: bool) -> None:
    """A threadpoolctl that limits nothing where there is none; no C library where it was not to be had in time."""
    if importlib.util.find_spec("threadpoolctl") is None:
        module = ModuleType("threadpoolctl")
        nothing = SimpleNamespace(limit=lambda **_: contextlib.nullcontext())
        module.ThreadpoolController = lambda: nothing  # type: ignore[attr-defined]
        sys.modules["threadpoolctl"] = module
    if plain:
        from wordvec.native import library

        library.why_not = lambda: "left out by gpu_check.sh"  # type: ignore[assignment]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part")
    parser.add_argument("folder", type=Path)
    parser.add_argument("limit", type=int)
    parser.add_argument("started", type=float)
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    signal.alarm(options.limit + 10)  # ends this process also where its parent was killed
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever is printed goes to stderr: stdout has lines of JSON only

    def tell(**measurement: Any) -> None:
        print(json.dumps(measurement), file=answers, flush=True)

    do_without(options.plain)
    if options.rehearse:
        install_standin()
    try:
        parts()[options.part](Job(options.folder, options.rehearse, options.plain, options.started, tell))
    except Skipped as reason:
        tell(skipped=str(reason))


if __name__ == "__main__":
    main()
