#!/usr/bin/env python3
"""The quality of many GPU warps, without a GPU: the kernel's source is compiled for the CPU, and warps take turns.

  python scripts/emulate_gpu.py --lines 120000 --epochs 3          as many warps as the trainer would take
  python scripts/emulate_gpu.py --lines 120000 --warps 1 300 900   others

Every warp has one lane here, which works on whole rows; after one in 20 of its steps (a centre takes some 40) another
warp goes on. So each warp sees what the others learn as late as it would on a card with so many warps in flight, and
losses and scores can be compared with those of the CPU kernel. It says nothing about a card's speed. Needs g++; every
training is a line of JSON in scripts/benchmark_results.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
from pathlib import Path

from benchmarks.data import SETS, evaluation_folder, prepare_text
from benchmarks.runs import Log, evaluate, git_state, machine, versions

from wordvec.corpus import Corpus
from wordvec.trainers import CBOW, SkipGram

STANDIN = Path(__file__).resolve().parents[1] / "tests" / "gpu_standin"
PATIENCE = 20
TRAINERS = {"skipgram": SkipGram, "cbow": CBOW}


def install_standin() -> None:
    """``device="gpu"`` means this CPU from here on."""
    sys.path.insert(0, str(STANDIN))
    import standin_cupy
    import standin_kernels

    standin_kernels.FLAGS = ["-O3", "-march=native", "-ffast-math", "-w"]
    standin_kernels.RawKernel.patience = PATIENCE
    sys.modules |= {"cupy": standin_cupy.make_cupy(), **standin_cupy.make_cupyx()}
    from wordvec.kernels import gpu

    gpu.Shape = functools.partial(gpu.Shape, lanes=1)  # type: ignore[assignment,misc]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", help="a text (default: en17m of the data folder)")
    parser.add_argument("--lines", type=int, help="only so many of its first lines")
    parser.add_argument("--models", nargs="+", default=["skipgram", "cbow"], choices=list(TRAINERS))
    parser.add_argument("--warps", type=int, nargs="+", help="(default: as many as the trainer takes)")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="scripts/benchmark_results", help="the folder of result files")
    options = parser.parse_args()
    install_standin()
    with tempfile.TemporaryDirectory() as folder:
        text = prepare_text(options.corpus, options.lines, Path(folder))
        corpus = Corpus.build(text.path)
        common = {"corpus": text.source, "lines": text.lines, "sha256": text.sha256, "epochs": options.epochs}
        common |= {"machine": machine(), "versions": versions(), "git": git_state()}
        log = Log(Path(options.out), "gpu-emulation", common)
        for model in options.models:
            for warps in [0, *(options.warps or [None])]:
                train(TRAINERS[model], corpus, warps, options, Path(folder), log)


def train(trainer, corpus: Corpus, warps: int | None, options: argparse.Namespace, folder: Path, log: Log) -> None:
    """One training, by the CPU kernel where `warps` is 0; its losses and scores are printed and logged."""
    device = {} if warps == 0 else {"device": "gpu", "warps": warps}
    trained = trainer(epochs=options.epochs, seed=options.seed, **device).fit(corpus)
    if warps is None:
        warps = trained.warps_for(corpus)
    path = folder / "vectors.safetensors"
    trained.vectors.save(path)
    scores = evaluate(str(path), evaluation_folder(None), SETS)
    log.write("emulated", model=trained.name, warps=warps, loss=trained.history.loss, scores=scores)
    shown = ", ".join(
        f"{name} {score['score']:.3f} [{score['ci95'][0]:.3f}, {score['ci95'][1]:.3f}]"
        for name, score in scores.items()
    )
    losses = " ".join(f"{loss:.4f}" for loss in trained.history.loss)
    print(f"{trained.name}, {f'{warps} warps' if warps else 'CPU kernel'}: loss {losses}; {shown}", flush=True)


if __name__ == "__main__":
    main()
