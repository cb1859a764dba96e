#!/usr/bin/env python3
"""wordvec against gensim and fastText: the same text, settings and threads, alternating; quality beside speed.

  python scripts/benchmark.py --quick                      under 3 minutes on two cores: the first 120,000 lines
  python scripts/benchmark.py --seeds 3                    everything; says first how long it will take
  python scripts/benchmark.py --quick --peers none         wordvec alone, without the extra "bench"
  python scripts/benchmark.py --models skipgram --learning-rate 0.05 --peers fasttext-subwords gensim-subwords
                           --contenders wordvec-subwords   words made of n-grams, trained
  python scripts/benchmark.py --no-rates --no-quality --book DIR     the layers against the book's chapter 4
  python scripts/benchmark.py --no-rates --no-quality --counts DIR   co-occurrences against GloVe's programs in DIR
  python scripts/benchmark.py --no-rates --no-quality --glove DIR    training GloVe against its own program in DIR
  python scripts/benchmark.py --no-rates --no-quality --encode       from text to ids, against gensim's build_vocab
  python scripts/benchmark.py --no-rates --no-quality --race --dim 100      from text to good vectors, against gensim
  python scripts/benchmark.py --no-rates --no-quality --loading      files of vectors, against gensim
  python scripts/benchmark.py --no-rates --no-quality --queries      questions, against gensim; int8 beside float32
  python scripts/benchmark.py --no-rates --no-quality --scoring      Google's analogies, against gensim
  python scripts/benchmark.py --no-rates --no-quality --corpora sessions walks --windows 5 20 --dim 50 --seeds 3
                                                           sessions, walks, wide windows: gensim, single steps, default
  python scripts/benchmark.py --device gpu                           everything on a GPU, against its CPU and PyTorch

Each training is a process of its own. Rates are tokens of known words (those that subsampling skips included) times
epochs, by seconds of training; ratios are medians over pairs measured beside each other. Every measurement is a line of
JSON in scripts/benchmark_results; the tables go to stdout.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks import encode, factorise, gpu, loading, queries, race, report, scoring, sessions
from benchmarks.book import LAYERS, BookJob
from benchmarks.contenders import CONTENDERS, Job
from benchmarks.counting import CountJob, largest_difference
from benchmarks.data import SETS, Text, evaluation_folder, prepare_text
from benchmarks.glove import GloVeJob
from benchmarks.options import LEARNING_RATES, check, estimate, make_entries, parse_arguments
from benchmarks.runs import Entry, Log, evaluate, git_state, machine, run_child, versions

from wordvec.errors import WordvecError

VERIFY_LINES = 2_000
SMALL_TABLE = 100  # where no cell is outside its dense table, GloVe's cooccur counts the first cell twice


def make_job(options: argparse.Namespace, text: str, entry: Entry, model: str, dim: int, **changes: Any) -> Job:
    """One training with the settings shared by all."""
    job = Job(
        contender=entry.name,
        model=model,
        corpus=text,
        dim=dim,
        window=options.window,
        negatives=options.negatives,
        subsample=options.subsample,
        min_count=options.min_count,
        epochs=1,
        learning_rate=options.learning_rate or LEARNING_RATES[model],
        threads=entry.threads,
    )
    return replace(job, **changes)


def measured(job: Job, log: Log, kind: str, **facts: Any) -> dict[str, Any]:
    """Run a job, check its result, log it and say so on stderr."""
    contender = CONTENDERS[job.contender]
    folder = getattr(contender, "folder", None)
    result = run_child("contenders", asdict(job), job.threads, contender.environment, folder)
    what = f"{job.model} {job.dim} {job.contender}, {job.threads} thread{'s' * (job.threads > 1)}"
    if not result["finite"]:
        raise WordvecError(f"{what}: the vectors are not finite; the learning rate {job.learning_rate} may be too high")
    rate, seconds = result["words_per_second"], result["seconds"]
    say(f"  {kind}: {what}: {rate / 1e6:.3f} M words/s, {seconds['train']:.1f} of {seconds['total']:.1f} s in training")
    return log.write(kind, **facts, **result)


def say(message: str) -> None:
    """Progress, on stderr."""
    print(message, file=sys.stderr, flush=True)


def verify(options: argparse.Namespace, entries: Sequence[Entry], folder: Path, text: Text, log: Log) -> list[str]:
    """Train each contender briefly: does its loss fall, do all see the same words? Returns what differs.

    This is also where wordvec compiles, so that timed runs load what is compiled.
    """
    small = prepare_text(text.path, VERIFY_LINES, make_folder(folder / "verify"))
    notes: dict[str, None] = {}
    for model in options.models:
        for dim in options.dim:
            seen: dict[str, tuple[int, int]] = {}
            for entry in {entry.name: entry for entry in entries}.values():
                job = make_job(options, small.path, entry, model, dim, epochs=2, threads=1, report_loss=True)
                result = measured(job, log, "verify", role=entry.role)
                loss = result["loss"]
                if not getattr(CONTENDERS[entry.name], "tells_loss", True):
                    say(f"  verify: {entry.name} tells no loss: only its scores can show that it learns")
                elif not all(map(math.isfinite, loss)) or len(loss) < 2 or loss[-1] >= loss[0]:
                    raise WordvecError(f"{entry.name}, {model}: its loss does not fall: {loss}; nothing was timed")
                seen[entry.name] = result["vocabulary"], result["tokens"]
            notes |= dict.fromkeys(f"in the first lines, {note}" for note in differences(seen, options.contenders[0]))
    return list(notes)


def differences(seen: dict[str, tuple[int, int]], reference: str) -> list[str]:
    """Say which contenders count other words than `reference`; `seen` has each one's words and tokens."""
    return [
        f"{name} counts {words:,} words, {tokens:,} tokens; {reference} " + "{:,} and {:,}".format(*seen[reference])
        for name, (words, tokens) in seen.items()
        if (words, tokens) != seen[reference]
    ]


def make_folder(path: Path) -> Path:
    """The new folder `path`."""
    path.mkdir()
    return path


def measure_rates(
    options: argparse.Namespace, entries: Sequence[Entry], folder: Path, text: Text, log: Log
) -> list[dict[str, Any]]:
    """One epoch of every entry in every round. A quick run keeps the vectors of its first round for scores."""
    results = []
    for model in options.models:
        for dim in options.dim:
            for number in range(options.pairs):
                for place, entry in enumerate(entries):
                    if number >= entry.rounds:
                        continue
                    save = str(folder / f"{model}-{dim}-{place}.safetensors") if options.quick and number == 0 else None
                    job = make_job(options, text.path, entry, model, dim, save=save)
                    results.append(measured(job, log, "rate", role=entry.role, round=number))
    return results


def measure_quality(
    options: argparse.Namespace, entries: Sequence[Entry], folder: Path, text: Text, log: Log, evaluation: Path
) -> list[dict[str, Any]]:
    """Full trainings of `epochs` with the most threads, for every seed, scored on all sets."""
    results = []
    for model in options.models:
        for dim in options.dim:
            for seed in range(1, options.seeds + 1):
                for entry in entries:
                    if entry.threads != max(options.threads):
                        continue
                    vectors = str(folder / "quality.safetensors")
                    changes = {"epochs": options.epochs, "seed": seed, "save": vectors}
                    trained = measured(
                        make_job(options, text.path, entry, model, dim, **changes), log, "training", role=entry.role
                    )
                    results.append(score(trained, vectors, evaluation, log))
    return results


def score(trained: dict[str, Any], vectors: str, evaluation: Path, log: Log) -> dict[str, Any]:
    """Scores of saved vectors on all sets, logged with the training they come from."""
    facts = {key: trained[key] for key in ("contender", "role", "model", "dim", "threads", "epochs", "seed")}
    return log.write("quality", **facts, scores=evaluate(vectors, evaluation, SETS))


def score_first_round(
    rates: Sequence[dict[str, Any]], threads: int, evaluation: Path, log: Log
) -> list[dict[str, Any]]:
    """Scores of the vectors that the rates left behind, for a quick look."""
    kept = [rate for rate in rates if rate["save"] and rate["threads"] == threads]
    return [score(rate, rate["save"], evaluation, log) for rate in kept]


def measure_book(options: argparse.Namespace, log: Log) -> list[dict[str, Any]]:
    """The book's CBOW and the layers, alternating."""
    results = []
    for number in range(options.pairs):
        for who in ("book", *LAYERS):
            job = BookJob(who, str(Path(options.book).resolve()))
            result = run_child("book", asdict(job), max(options.threads))
            say(f"  book: {who}: {result['targets_per_second']:,.0f} targets/s")
            results.append(log.write("book", round=number, **result))
    return results


def measure_counts(options: argparse.Namespace, folder: Path, text: Text, log: Log) -> list[dict[str, Any]]:
    """Co-occurrences by GloVe's cooccur, where it is given, and by wordvec with each number of threads, alternating."""
    job = CountJob(
        "corpus", text.path, str(make_folder(folder / "counts")), options.counts, min_count=options.min_count
    )
    entries = [("glove", 1)] * bool(options.counts) + [("wordvec", threads) for threads in options.threads]
    results = []
    if options.counts:  # do both count the same? on the first lines, cell by cell
        small = prepare_text(text.path, VERIFY_LINES, make_folder(folder / "verify-counts"))
        verified = replace(job, text=small.path, folder=str(make_folder(folder / "verify-cells")))
        verified = replace(verified, max_product=SMALL_TABLE)
        for who in ("corpus", "glove", "wordvec"):
            run_child("counting", asdict(replace(verified, who=who)), threads=1)
        difference = largest_difference(verified.folder)
        say(f"  counts: {small.lines:,} lines: cells differ by {difference:.1e} at most")
        if not difference < 1e-6:
            raise WordvecError("GloVe's cells are not wordvec's on the first lines; nothing was timed")
    results.append(log.write("count", round=0, **run_child("counting", asdict(job), max(options.threads))))
    for number in range(options.pairs):
        for who, threads in entries:
            result = run_child("counting", asdict(replace(job, who=who, threads=threads)), threads)
            say(f"  counts: {who}, {threads} thread{'s' * (threads > 1)}: {result['seconds']}")
            results.append(log.write("count", round=number, **result))
    return results


def measure_glove(
    options: argparse.Namespace, folder: Path, text: Text, log: Log, evaluation: Path
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """GloVe by its own program and by wordvec, alternating; then scores after --glove-iterations of both."""
    most = max(options.threads)
    job = GloVeJob(
        "prepare", text.path, str(make_folder(folder / "glove")), options.glove, options.dim[0],
        min_count=options.min_count, threads=most,
    )  # fmt: skip

    def train(who: str, number: int, **changes: Any) -> dict[str, Any]:
        changed = replace(job, who=who, **changes)
        result = run_child("glove", asdict(changed), changed.threads)
        say(f"  glove: {who}, {changed.threads} threads: {result['seconds']}")
        log.write("glove", round=number, **{**result, "save": None})
        return {**result, "round": number}

    rates = [train("prepare", 0)]
    entries = [("glove", most)] + [("wordvec", threads) for threads in options.threads]
    rates += [train(who, number, threads=threads) for number in range(options.pairs) for who, threads in entries]
    scores = []
    for who, role in (("glove", "peer"), ("wordvec", "own")) if options.glove_iterations else ():
        trained = train(who, options.pairs, epochs=options.glove_iterations)
        facts = {"contender": who, "role": role, "model": f"glove, x_max {job.x_max:g}"}
        scores.append(score(trained | facts, trained["save"], evaluation, log))
    return rates, scores


def measure_sgemm(log: Log) -> float:
    """One core's best rate of float32 matrix products, FLOP a second."""
    result = run_child("floor", {}, threads=1)
    return max(log.write("sgemm", **result)["flop_per_second_by_size"].values())


def run(options: argparse.Namespace) -> None:
    """Check, prepare, verify, measure, report."""
    check(options)
    scored = options.quality or options.race or (options.glove and options.glove_iterations)
    evaluation = evaluation_folder(options.evaluation) if scored else Path()
    entries = make_entries(options)
    with tempfile.TemporaryDirectory(prefix="wordvec-benchmark-") as name:
        folder = Path(name)
        trains, counts = options.rates or options.quality, options.counts is not None
        reads = trains or counts or options.glove or options.encode or options.race or options.svd
        text = prepare_text(options.corpus, options.lines, folder) if reads else None
        common = {"corpus": text and {**asdict(text), "path": None}, "git": git_state()}
        log = Log(options.results, options.name, common | {"machine": machine(), "versions": versions()})
        if text is not None:
            say(f"{text.source}: {text.lines:,} lines, {text.words:,} words, sha256 {text.sha256[:12]}")
            say(f"this will take about {estimate(options, entries, text.words):.0f} minutes; lines go to {log.path}")
        if text is not None and options.encode:
            print(f"\n{encode.table(encode.measure(options, folder, text, log, say))}")
        if text is not None and trains and options.device == "gpu":
            measure_on_gpu(options, folder, text, log, evaluation)
        elif text is not None and trains:
            measure_trainings(options, entries, folder, text, log, evaluation)
        if text is not None and options.svd:
            print(f"\n{factorise.svd_table(factorise.measure(options, folder, text, log, say))}")
        if text is not None and options.race:
            measure_race(options, folder, text, log, evaluation)
        if text is not None and counts:
            print(f"\n{report.counts_table(measure_counts(options, folder, text, log))}")
        if text is not None and options.glove:
            rates, scores = measure_glove(options, folder, text, log, evaluation)
            print(f"\n{report.glove_table(rates)}")
            if scores:
                print(f"\n{report.quality_table(scores)}\n" + "\n".join(report.verdicts(scores)))
        if options.corpora:
            measure_unshuffled(options, folder, log)
        if options.loading:
            print(f"\n{loading.table(loading.measure(options, folder, log, say))}")
        if options.queries is not None:
            print(f"\n{queries.table(queries.measure(options, folder, log, say))}")
        if options.scoring is not None:
            print(f"\n{scoring.scoring_table(scoring.measure(options, folder, log, say))}")
        if options.book:
            print(f"\n{report.book_table(measure_book(options, log))}")
    say(f"\nwritten: {log.path}")


def measure_race(options: argparse.Namespace, folder: Path, text: Text, log: Log, evaluation: Path) -> None:
    """The whole way from text to vectors, at the epochs each needs; times and scores."""
    vectors = str(folder / "race.safetensors")

    def train(entry: Entry, model: str, number: int, epochs: int) -> dict[str, Any]:
        changes = {"epochs": epochs, "seed": number + 1, "save": vectors}
        job = make_job(options, text.path, entry, model, options.dim[0], **changes)
        return measured(job, log, "race", role=entry.role, round=number)

    def score_of(trained: dict[str, Any]) -> dict[str, Any]:
        return score(trained, vectors, evaluation, log)

    for model in options.models:
        trainings, scores = race.measure(model, options.pairs, max(options.threads), train, score_of)
        print(f"\n{race.race_table(trainings)}\n\n{report.quality_table(scores)}\n")
        print("\n".join(report.verdicts(scores)))


def measure_unshuffled(options: argparse.Namespace, folder: Path, log: Log) -> None:
    """See `benchmarks.sessions`."""

    def train(who: str, text: str, **changes: Any) -> dict[str, Any]:
        threads = min(options.threads)
        changes = {"epochs": options.epochs, **changes}
        job = make_job(options, text, Entry(who, "own", threads, 1), "skipgram", options.dim[0], **changes)
        result = run_child("contenders", asdict(job), threads, CONTENDERS[who].environment)
        if not result["finite"]:
            raise WordvecError("the vectors are not finite")
        return result

    results = sessions.measure(options, folder, log, train, say)
    print(f"\n{sessions.sessions_tables(results)}\n\n" + "\n".join(sessions.sessions_verdicts(results)))


def measure_on_gpu(options: argparse.Namespace, folder: Path, text: Text, log: Log, evaluation: Path) -> None:
    """See `benchmarks.gpu`."""
    most = max(options.threads)

    def train(name: str, model: str, dim: int, path: str, **facts: Any) -> dict[str, Any]:
        told = {key: facts.pop(key) for key in ("kind", "role", "round") if key in facts}
        job = make_job(options, path, Entry(name, told["role"], most, 1), model, dim, **facts)
        return measured(job, log, **told)

    def score_of(trained: dict[str, Any], vectors: str) -> dict[str, Any]:
        return score(trained, vectors, evaluation, log)

    gpu.measure(options, folder, text, log, train, score_of, say)


def measure_trainings(
    options: argparse.Namespace, entries: Sequence[Entry], folder: Path, text: Text, log: Log, evaluation: Path
) -> None:
    """Rates, then quality; prints each table when it is known."""
    notes = verify(options, entries, folder, text, log)
    rates: list[dict[str, Any]] = []
    if options.rates:
        before = measure_sgemm(log)
        rates = measure_rates(options, entries, folder, text, log)
        sgemm = max(before, measure_sgemm(log))  # a busy moment must not lower the floor
        print(f"Rates of one epoch, {options.pairs} rounds; one core's sgemm: {sgemm / 1e9:.0f} GFLOP/s\n")
        print(report.rate_table(rates, entries, sgemm))
        seen = {rate["contender"]: (rate["vocabulary"], rate["tokens"]) for rate in rates}
        notes += differences(seen, options.contenders[0])
    for note in notes or ["all contenders count the same words"]:
        print(f"\n{note}")
    if not options.quality:
        return
    if options.quick:
        if rates:
            scores = score_first_round(rates, max(options.threads), evaluation, log)
            print(
                "\nScores after one epoch, not judged: learning rates have different schedules in it, see contenders.py"
            )
            print(f"\n{report.quality_table(scores)}")
        return
    scores = measure_quality(options, entries, folder, text, log, evaluation)
    print(f"\nScores after {options.epochs} epochs, means over seeds\n\n{report.quality_table(scores)}\n")
    print("\n".join(report.verdicts(scores)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit status: 0, or 2 with one line on stderr."""
    try:
        run(parse_arguments(arguments, __doc__))
    except WordvecError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
