"""Everything on one GPU: the fused kernels against the CPU's kernels on the same machine and against PyTorch, the
layers on both, the SVD on both, quality beside speed, and all of it against what the card could do.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks import factorise, report
from benchmarks.data import Text, prepare_text
from benchmarks.floor import flop_per_centre
from benchmarks.gpu_ceilings import CeilingsJob
from benchmarks.runs import Entry, Log, pairwise, run_child

LAYERS_LINES = 60_000  # for the layers, of which those on the CPU are slow
GOALS = {"skipgram": 50e6, "cbow": 100e6}  # words/s in the kernel, on one H200-class card
END_TO_END = 5.0  # seconds from an encoded corpus of 17 million words, 5 epochs of skip-gram
TIMES_CPU, TIMES_LAYERS, TIMES_SVD = 25, 20, 10
SVD_DIM = 300

Train = Callable[..., dict[str, Any]]  # (contender, model, dim, text, kind, role, **changes) -> measurement


def contenders_of(model: str) -> list[Entry]:
    """Who trains it, in the order of a round."""
    names = ["wordvec", "wordvec-gpu"]
    if model == "skipgram" and importlib.util.find_spec("torch") is not None:
        names.append("torch-gpu")
    return [Entry(name, "own" if name == "wordvec-gpu" else "peer", 0, 0) for name in names]


def bytes_per_centre(dim: int, negatives: int) -> float:
    """Bytes that a kept centre must move between L2 cache and SM: 1 + K output rows and one of its window's, each
    read once and written once; the window's rows stay in registers while it slides.

    >>> bytes_per_centre(dim=128, negatives=5)
    7168
    """
    return 4 * dim * 2 * (1 + negatives + 1)


def measure(
    options: argparse.Namespace, folder: Path, text: Text, log: Log, train: Train, score: Callable[..., Any],
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """All measurements and their tables, in this order: ceilings, rates, layers, SVD, quality."""
    ceilings = log.write("gpu-ceilings", **run_child("gpu_ceilings", asdict(CeilingsJob()), max(options.threads)))
    say(f"  {ceilings['card']}")
    print(ceilings_table(ceilings))
    rates: list[dict[str, Any]] = []
    if options.rates:
        rates = measure_rates(options, text, train)
        print(f"\n{rate_table(rates, ceilings['ceilings'])}")
        layers = measure_layers(options, folder, train)
        print(f"\n{layers_table(layers)}")
        svd = measure_svd(options, folder, text, log, say)
        print(f"\n{svd_table(svd)}")
        print("\n" + "\n".join(verdicts(rates, layers, svd)))
    if options.quality:
        scores = measure_quality(options, folder, text, train, score)
        print(f"\nScores after {options.epochs} epochs\n\n{report.quality_table(scores)}\n")
        print("\n".join(report.verdicts(scores)))


def measure_rates(options: argparse.Namespace, text: Text, train: Train) -> list[dict[str, Any]]:
    """The CPU trains one epoch, what is on the GPU `--epochs`: one would be over before it can be timed."""
    results = []
    for model in options.models:
        for dim in options.dim:
            for number in range(options.pairs):
                for entry in contenders_of(model):
                    epochs = 1 if entry.name == "wordvec" else options.epochs
                    facts = {"kind": "gpu-rate", "role": entry.role, "round": number}
                    results.append(train(entry.name, model, dim, text.path, epochs=epochs, **facts))
    return results


def measure_layers(options: argparse.Namespace, folder: Path, train: Train) -> list[dict[str, Any]]:
    """The layers on the CPU and on the GPU, on the first lines."""
    part = folder / "layers"
    part.mkdir()
    text = prepare_text(options.corpus, min(LAYERS_LINES, options.lines or LAYERS_LINES), part)
    results = []
    for model in options.models:
        for number in range(options.pairs):
            for name, role in (("wordvec-layers", "peer"), ("wordvec-layers-gpu", "own")):
                facts = {"kind": "gpu-layers", "role": role, "round": number}
                results.append(train(name, model, options.dim[0], text.path, epochs=1, **facts))
    return results


def measure_svd(
    options: argparse.Namespace, folder: Path, text: Text, log: Log, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """The PPMI matrix of the text, factorised on the CPU and on the GPU."""
    most = max(options.threads)
    job = factorise.FactoriseJob(
        "prepare", str(folder / "ppmi.npz"), dim=SVD_DIM, threads=most, text=text.path, min_count=options.min_count
    )
    log.write("gpu-svd", **run_child("factorise", asdict(job), most))
    results = []
    for number in range(options.pairs):
        for who in ("wordvec", "wordvec-gpu"):
            result = run_child("factorise", asdict(replace(job, who=who, seed=number + 1)), most)
            say(f"  svd: {who}: {result['seconds']:.2f} s, residual {result['residual']:.1e}")
            results.append(log.write("gpu-svd", round=number, **result))
    return results


def measure_quality(
    options: argparse.Namespace, folder: Path, text: Text, train: Train, score: Callable[..., Any]
) -> list[dict[str, Any]]:
    """Full trainings for every seed by the CPU's and the GPU's kernels, and PyTorch where it is installed."""
    results, vectors = [], str(folder / "quality.safetensors")
    for model in options.models:
        for seed in range(1, options.seeds + 1):
            for entry in contenders_of(model):
                changes = {"epochs": options.epochs, "seed": seed, "save": vectors}
                facts = {"kind": "gpu-training", "role": entry.role}
                trained = train(entry.name, model, options.dim[0], text.path, **facts, **changes)
                results.append(score(trained, vectors))
    return results


def ceilings_table(measurement: dict[str, Any]) -> str:
    """The card's own rates."""
    names = {
        "copy": "copy within its memory (read and written), GB/s",
        "to_device": "copy from the CPU, GB/s",
        "l2_gather": "random rows of 512 bytes from L2, GB/s",
        "l2_atomic": "atomic additions to them, GB/s",
        "sgemm": "float32 products, GFLOP/s",
    }
    found = measurement["ceilings"]
    rows = [[name, f"{found[key] / 1e9:,.0f}"] for key, name in names.items()]
    return f"{measurement['card']}\n\n" + report.table(["ceiling", "measured"], rows)


def rates_of(measurements: list[dict[str, Any]], **facts: Any) -> list[float | None]:
    """Words a second by round of those with these facts, None where there is none."""
    mine = [m for m in measurements if all(m[name] == value for name, value in facts.items())]
    by_round = {m["round"]: m["words_per_second"] for m in mine}
    return [by_round.get(number) for number in range(1 + max((m["round"] for m in measurements), default=-1))]


def rate_table(measurements: list[dict[str, Any]], ceilings: dict[str, float]) -> str:
    """Rates, ratios to the CPU's kernel of the same round, FLOP and bytes of the floor as shares of the ceilings."""
    rows = []
    for model, dim, name in dict.fromkeys((m["model"], m["dim"], m["contender"]) for m in measurements):
        facts = {"model": model, "dim": dim}
        mine = [m for m in measurements if (m["model"], m["dim"], m["contender"]) == (model, dim, name)]
        rate = middle(mine, "words_per_second")
        whole = statistics.median(seconds_from_ids(m) for m in mine)
        base = rates_of(measurements, **facts, contender="wordvec")
        ratio = None if name == "wordvec" else pairwise(rates_of(measurements, **facts, contender=name), base)
        shares = ["", ""]
        if name == "wordvec-gpu":
            centres = rate * mine[0]["kept_share"]
            flop = centres * flop_per_centre(model, dim, mine[0]["window"], mine[0]["negatives"])
            moved = centres * bytes_per_centre(dim, mine[0]["negatives"])
            shares = [
                f"{flop / 1e9:,.0f} ({flop / ceilings['sgemm']:.1%})",
                f"{moved / 1e9:,.0f} ({moved / ceilings['l2_gather']:.1%})",
            ]
        row = [model, str(dim), name, f"{rate / 1e6:.2f}", report.show_ratio(ratio), f"{whole:.1f}", *shares]
        rows.append(row)
    headings = ["model", "dim", "who", "M words/s", "x CPU kernel", "s from ids", "GFLOP/s (of sgemm)"]
    return report.table([*headings, "GB/s (of L2 reads)"], rows)


def seconds_from_ids(measurement: dict[str, Any]) -> float:
    """Seconds from the encoded text to the vectors: compiling, copying and training."""
    seconds = measurement["seconds"]
    return sum(value for stage, value in seconds.items() if stage not in ("import", "vocabulary", "total"))


def layers_table(measurements: list[dict[str, Any]]) -> str:
    """The layers on cupy against the layers on numpy."""
    rows = []
    for model, name in dict.fromkeys((m["model"], m["contender"]) for m in measurements):
        rates = rates_of(measurements, model=model, contender=name)
        base = rates_of(measurements, model=model, contender="wordvec-layers")
        ratio = None if name == "wordvec-layers" else pairwise(rates, base)
        middle = statistics.median(rate for rate in rates if rate is not None)
        rows.append([model, name, f"{middle / 1e6:.3f}", report.show_ratio(ratio)])
    return report.table(["model", "through layers", "M words/s", "x numpy"], rows)


def svd_table(results: list[dict[str, Any]]) -> str:
    """Seconds and residuals on both."""
    rows = []
    seconds = {who: [r["seconds"] for r in results if r["who"] == who] for who in ("wordvec", "wordvec-gpu")}
    for who, values in seconds.items():
        ratio = None if who == "wordvec" else pairwise(seconds["wordvec"], values)
        residual = statistics.median(r["residual"] for r in results if r["who"] == who)
        rows.append([who, f"{statistics.median(values):.2f}", report.show_ratio(ratio), f"{residual:.1e}"])
    return report.table([f"SVD, {SVD_DIM} dimensions", "seconds", "x CPU", "residual"], rows)


def verdicts(rates: list[dict[str, Any]], layers: list[dict[str, Any]], svd: list[dict[str, Any]]) -> list[str]:
    """Every goal in a line: what was reached, and whether that is enough."""
    lines = []
    for model, dim in dict.fromkeys((m["model"], m["dim"]) for m in rates):
        facts, what = {"model": model, "dim": dim}, f"{model} in {dim} dimensions"
        mine = [m for m in rates if (m["model"], m["dim"], m["contender"]) == (model, dim, "wordvec-gpu")]
        if not mine:
            continue
        lines.append(goal(f"{what}, million words/s", middle(mine, "words_per_second") / 1e6, GOALS[model] / 1e6))
        ratio = pairwise(*(rates_of(rates, **facts, contender=name) for name in ("wordvec-gpu", "wordvec")))
        if ratio:
            lines.append(goal(f"{what}, times the CPU's kernel", ratio.median, TIMES_CPU))
        if model == "skipgram" and mine[0]["epochs"] == 5 and mine[0]["tokens"] > 15e6:
            seconds = statistics.median(seconds_from_ids(m) for m in mine)
            lines.append(goal(f"{what}, of {END_TO_END:.0f} seconds from ids to vectors", END_TO_END / seconds, 1))
    for model in dict.fromkeys(m["model"] for m in layers):
        ratio = pairwise(*(rates_of(layers, model=model, contender=f"wordvec-layers{end}") for end in ("-gpu", "")))
        if ratio:
            lines.append(goal(f"{model} through layers, times numpy", ratio.median, TIMES_LAYERS))
    seconds = ([r["seconds"] for r in svd if r["who"] == who] for who in ("wordvec", "wordvec-gpu"))
    ratio = pairwise(*seconds)
    if ratio:
        lines.append(goal(f"SVD in {SVD_DIM} dimensions, times the CPU", ratio.median, TIMES_SVD))
    return lines


def middle(measurements: list[dict[str, Any]], name: str) -> float:
    """The median of what they have under this name."""
    return statistics.median(m[name] for m in measurements)


def goal(what: str, reached: float, wanted: float) -> str:
    """One line.

    >>> goal("skipgram, million words/s", 75.0, 50)
    'skipgram, million words/s: 75.0, wanted 50: reached'
    """
    return f"{what}: {reached:.1f}, wanted {wanted:.0f}: {'reached' if reached >= wanted else 'NOT reached'}"
