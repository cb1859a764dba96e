"""Train vectors from text.

  wordvec train tiny-world -o vectors.safetensors --trainer svd
  wordvec train book.txt more-books/ -o vectors.safetensors --trainer cbow --dim 200
  wordvec train docs.jsonl --field text --id url -o model.safetensors --trainer paragraph-vectors
  wordvec train sessions.txt -o items.safetensors --preset items           one session per line, with items as words
  wordvec train texts/ -o vectors.safetensors --scheduler tcp://head:8786      on a Dask cluster, by SVD

TEXT is a file, a folder, - for stdin, a corpus folder from "wordvec corpus build", or tiny-world, the bundled
example; plain, .gz, .bz2, .xz or .zst. Without --trainer one is chosen, and the reason is printed. Options have the
trainer's own defaults. An option that the trainer does not have is an error, and its options are listed.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from wordvec.cli import train_options
from wordvec.cli.cluster import check_cluster_arguments, cluster_of
from wordvec.cli.documents import check_documents, document_line
from wordvec.cli.output import print_json
from wordvec.cli.subwords import check_keeps_subwords, given_subword_options, subword_lines
from wordvec.cli.text import phrases_in_words, read_corpus
from wordvec.errors import InputError, OptionError, counted
from wordvec.memory import peak_memory

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.trainers import Trainer
    from wordvec.vectors import WordVectors


NEURAL = ("--start", "--freeze", "--checkpoint-every", "--resume")
LONG_RUNS = {
    "skipgram": NEURAL,
    "cbow": NEURAL,
    "glove": NEURAL[2:],
    "paragraph-vectors": NEURAL[2:],
}  # the options for long runs that each trainer has


class Job(NamedTuple):
    """The options, checked before the text is read."""

    name: str | None  # of the trainer; None: the size of the text decides
    reason: str
    trainers: dict[str, Any]  # by name: the named one, or the candidates
    start: WordVectors | None
    fit: dict[str, Any]
    subwords: dict[str, Any] | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    train_options.add_arguments(parser)


def run(arguments: argparse.Namespace) -> None:
    """Read, train, save and report."""
    from wordvec.corpus.report import advise_on_words
    from wordvec.trainers import ParagraphVectors

    job = checked_job(arguments)
    trainer, corpus, reason, seconds = _trained(arguments, job)
    began = time.perf_counter()
    with_subwords = _saved(arguments, trainer, job.subwords)
    if "checkpoint" in job.fit:  # not needed once the vectors are saved
        Path(job.fit["checkpoint"]).resolve().unlink(missing_ok=True)
    seconds["save"] = time.perf_counter() - began
    report = make_report(trainer, corpus, arguments.out, seconds) | {"trainer_chosen": reason or None}
    report["advice"] = advise_on_words(corpus, are_items=arguments.preset is not None)
    if isinstance(trainer, ParagraphVectors):
        report["documents"] = trainer.documents.info["documents"] | {"out": arguments.documents}
    if with_subwords is not None:
        report["subwords"] = with_subwords.info["subwords"]
    if arguments.json:
        print_json(report)
    else:
        print_report(report)
        if "documents" in report:
            print(f"  {document_line(report['documents'])}")
        for line in [] if with_subwords is None else subword_lines(with_subwords):
            print(f"  subwords {line}")


def checked_job(arguments: argparse.Namespace) -> Job:
    """Check the arguments, so that all errors in them are reported before the text is read."""
    from wordvec.files import check_writable
    from wordvec.trainers import BY_SIZE, make_trainer
    from wordvec.trainers.neural_options import with_preset
    from wordvec.vectors import WordVectors
    from wordvec.vectors.load import format_for

    check_cluster_arguments(arguments)
    given = train_options.given_options(arguments) | _trained_subwords(arguments)
    start = None if arguments.start is None else WordVectors.load(arguments.start)
    name, reason = choose_trainer(arguments, given, start)
    if arguments.preset:
        given = with_preset(arguments.preset, name or "skipgram", given)
    if arguments.scheduler and name in ("skipgram", "cbow") and start is None:
        given.setdefault("init", "svd")  # pieces with random starts would differ too much to be merged
    fit = long_run(arguments, name, start)
    if start is not None:
        given.setdefault("dim", start.dim)
    names = BY_SIZE if name is None else (name,)
    trainers: dict[str, Any] = {each: make_trainer(each, **given) for each in names}
    format_for(arguments.out)
    check_documents(arguments, name)
    subwords = _subword_options(arguments)
    check_writable(arguments.out)
    return Job(name, reason, trainers, start, fit, subwords)


def _trained(arguments: argparse.Namespace, job: Job) -> tuple[Any, Corpus, str, dict[str, float]]:
    """The trainer, its corpus, the reason for this trainer, and the seconds of each stage."""
    from wordvec.trainers import BY_SIZE, choose_by_size

    name, reason, start = job.name, job.reason, job.start
    began = time.perf_counter()
    with cluster_of(arguments) as where:
        corpus = read_corpus(arguments, None if start is None else start.build_options(arguments.tokenizer), where)
        if start is None:
            corpus.forget_left_out()
        seconds = {"corpus": time.perf_counter() - began}
        if name is None:
            name, reason = choose_by_size(len(corpus.ids), len(corpus.vocabulary), job.trainers[BY_SIZE[0]].dim)
        trainer = job.trainers[name]
        trainer.fit(corpus, **job.fit, **where)
    return trainer, corpus, reason, seconds | trainer.history.seconds


def _saved(arguments: argparse.Namespace, trainer: Any, subwords: dict[str, Any] | None) -> WordVectors | None:
    """Write the trained vectors; return them if they have n-grams, else None."""
    from wordvec.trainers import ParagraphVectors

    if isinstance(trainer, ParagraphVectors):
        trainer.write(arguments.out, arguments.documents)
    else:
        trainer.vectors.save(arguments.out)
    if subwords is None:
        return trainer.vectors if arguments.train_subwords else None
    try:  # the vectors are already saved
        fitted: WordVectors = trainer.vectors.fit_subwords(**subwords, threads=arguments.threads)
    except InputError as error:
        raise InputError(f"{arguments.out} is written, without n-grams: {error}") from error
    fitted.save(arguments.out)
    return fitted


def _subword_options(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """The options of the n-grams; None without --subwords. Raises OptionError early for impossible ones."""
    from wordvec.vectors.fitted_subwords import check_options

    given = given_subword_options(arguments)
    if arguments.train_subwords:
        check_keeps_subwords(arguments.out)
        return None
    if not arguments.subwords:
        if given:
            names = ", ".join("--" + name.replace("_", "-") for name in given)
            belong = f"{names} {'belongs' if len(given) == 1 else 'belong'} to --subwords or --train-subwords"
            raise OptionError(f"{belong}: give one too, or leave {'it' if len(given) == 1 else 'them'} out")
        return None
    check_keeps_subwords(arguments.out)
    check_options(**given)
    return given


def _trained_subwords(arguments: argparse.Namespace) -> dict[str, Any]:
    """The trainer's options for --train-subwords. Raises OptionError for options that exclude it."""
    if not arguments.train_subwords:
        return {}
    if arguments.subwords or arguments.lean is not None:
        other = "--subwords" if arguments.subwords else "--lean"
        raise OptionError(f"--train-subwords and {other} exclude each other: {other} is for finished vectors")
    if arguments.trainer not in (None, "skipgram", "cbow"):
        raise OptionError(
            f"the {arguments.trainer} trainer has no n-grams to train: --subwords fits them to its finished vectors"
        )
    if arguments.scheduler or arguments.start:
        other = "--start" if arguments.start else "--scheduler"
        raise OptionError(f"--train-subwords trains anew and on one machine: leave out {other}, or take --subwords")
    return {"subwords": True} | given_subword_options(arguments)


def choose_trainer(
    arguments: argparse.Namespace, given: dict[str, Any], start: WordVectors | None
) -> tuple[str | None, str]:
    """The trainer's name, None if the size of the text decides; and the reason, empty if it was named."""
    from wordvec.trainers import choose_by_options

    if arguments.trainer is not None:
        return arguments.trainer, ""
    if start is not None:
        of_file = start.info.get("trainer")
        if of_file in ("skipgram", "cbow"):
            return of_file, f"{arguments.start} was trained by it"
        return "skipgram", f"{arguments.start} is by {of_file or 'another program'}, which cannot continue from a file"
    for option in ("preset", "freeze", "checkpoint_every", "resume", "train_subwords"):
        value = getattr(arguments, option)
        if value is not None and value is not False:
            return "skipgram", f"svd has no --{option.replace('_', '-')}"
    name, reason = choose_by_options(list(given))
    if name is None and arguments.scheduler:
        return "svd", "on a cluster it has the bytes of one machine"
    return name, reason


def long_run(arguments: argparse.Namespace, trainer: str | None, start: WordVectors | None) -> dict[str, Any]:
    """Arguments of ``fit`` for starting vectors and checkpoints."""
    fit: dict[str, Any] = {}
    asked = {
        "--start": bool(arguments.start),
        "--freeze": arguments.freeze,
        "--checkpoint-every": arguments.checkpoint_every is not None,
        "--resume": arguments.resume,
    }
    missing = [name for name in asked if name not in LONG_RUNS.get(trainer or "", ())]
    if any(asked[name] for name in missing):
        lacks = f"{', '.join(missing[:-1])} or {missing[-1]}"
        raise OptionError(f"the {trainer} trainer has no {lacks}; leave it out, or take another trainer")
    if arguments.checkpoint_every is not None or arguments.resume:
        fit |= {"checkpoint": arguments.out + ".checkpoint", "resume": arguments.resume}
        _check_checkpoint(arguments)
    if arguments.checkpoint_every is not None:
        fit["checkpoint_every"] = arguments.checkpoint_every
    if start is not None:
        fit |= {"start": start, "freeze": arguments.freeze}
    elif arguments.freeze:
        raise OptionError("--freeze keeps the words of --start FILE where they are: give --start too")
    return fit


def _check_checkpoint(arguments: argparse.Namespace) -> None:
    """Check that a checkpoint can be written, and warn if an earlier run's checkpoint will be lost."""
    from wordvec.files import check_writable
    from wordvec.progress import announce

    path = arguments.out + ".checkpoint"
    check_writable(path)
    if Path(path).is_file() and not arguments.resume:
        announce(
            f"{path} is of a run that was not finished; this one starts from the beginning and will write over it: "
            "to continue from it, stop and add --resume"
        )


def make_report(trainer: Trainer, corpus: Corpus, out: str, seconds: dict[str, float]) -> dict[str, Any]:
    """The report as a dict for JSON."""
    rate = trainer.history.words_per_second
    return {
        "out": out,
        "trainer": trainer.name,
        "parameters": trainer.parameters(),
        "tokens": trainer.vectors.info["tokens"],
        "vocabulary": len(trainer.vectors),
        "min_count": corpus.vocabulary.min_count,
        "phrases": corpus.info.get("phrases_found"),
        "corpus_fingerprint": trainer.vectors.info["corpus_fingerprint"],
        "dim": trainer.vectors.dim,
        "device": trainer.history.device or "cpu",
        "seconds": {stage: round(value, 3) for stage, value in seconds.items()},
        "words_per_second": None if rate is None else round(rate),
        "peak_memory": peak_memory(),
        "loss": trainer.history.loss,
        "held_out_loss": trainer.history.held_out_loss,
        "notes": trainer.history.notes,
        "bytes": Path(out).stat().st_size,
    }


def print_report(report: dict[str, Any]) -> None:
    """Print the report in a few lines."""
    print(
        f"{report['out']}: {counted(report['vocabulary'], 'word')} in {counted(report['dim'], 'dimension')}, "
        f"by {report['trainer']}"
    )
    if report["trainer_chosen"]:
        print(f"  trainer  {report['trainer']}, as {report['trainer_chosen']}; --trainer chooses another")
    print(
        f"  corpus   {counted(report['tokens'], 'token')} of words seen at least {counted(report['min_count'], 'time')}"
    )
    if report["phrases"] is not None:
        print(f"  phrases  {phrases_in_words(report['phrases'])}")
    if report["device"] != "cpu":
        print(f"  device   {report['device']}")
    print("  seconds  " + ", ".join(f"{stage} {value:.1f}" for stage, value in report["seconds"].items()))
    if report["words_per_second"]:
        print(f"  rate     {report['words_per_second']:,} words/s")
    if report["loss"]:
        first, last = report["loss"][0], report["loss"][-1]
        print(f"  loss     {first:.4f} in the first epoch, {last:.4f} in the last of {len(report['loss'])}")
    if report["held_out_loss"]:
        print(f"  held out {report['held_out_loss'][-1]:.4f} after the last epoch")
    for label in ("note", "advice"):
        for line in report["notes" if label == "note" else label]:
            print(f"  {label:8} {line}")
