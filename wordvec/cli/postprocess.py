"""Make new vectors out of old ones, step by step, with the scores before and after.

  wordvec postprocess vectors.safetensors -o better.safetensors --steps all-but-the-top=3,unit
  wordvec postprocess vectors.safetensors -o small.safetensors --steps int8 --similarity wordsim353.txt

Steps, in the order they are given:
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wordvec.cli.output import print_json
from wordvec.errors import counted

if TYPE_CHECKING:
    from wordvec.evaluation import Difference, Score
    from wordvec.vectors import WordVectors

    Scored = tuple[Score, Score, Difference]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    from wordvec.vectors.steps import STEPS

    names = {f"{name}{'=N' if step.takes_number else ''}": step.what for name, step in STEPS.items()}
    parser.description = (__doc__ or "") + "\n".join(f"  {name:<18} {what}" for name, what in names.items())
    parser.add_argument("file", metavar="FILE", help="a file of vectors, of any format wordvec reads")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the format follows the suffix")
    parser.add_argument("--steps", required=True, metavar="STEPS", help="such as center,unit or pca=100,int8")
    sets: dict[str, Any] = {"metavar": "SET", "action": "append", "default": []}
    parser.add_argument("--similarity", help="score word pairs before and after; may be repeated", **sets)
    parser.add_argument("--analogy", help="score analogies before and after; may be repeated", **sets)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Apply the steps, write, and say what it did."""
    from wordvec.evaluation import read_analogies, read_pairs
    from wordvec.files import check_writable
    from wordvec.vectors import WordVectors
    from wordvec.vectors.load import format_for
    from wordvec.vectors.steps import parse_steps, post_processed

    steps = parse_steps(arguments.steps)
    format_for(arguments.out)
    check_writable(arguments.out, arguments.file)
    tasks: list[tuple[str, Any]] = [("similarity", read_pairs(name)) for name in arguments.similarity]
    tasks += [("analogy", read_analogies(name)) for name in arguments.analogy]
    before = WordVectors.load(arguments.file)
    after = post_processed(before, steps)
    after.save(arguments.out)
    report: dict[str, Any] = {
        "out": arguments.out,
        "steps": after.info["post_processing"][-len(steps) :],
        "dim": [before.dim, after.dim],
        "bytes": [row_bytes(before), row_bytes(after)],
        "context_matrix": "left behind" if before.context_matrix is not None and after.context_matrix is None else None,
    }
    scores = scores_before_and_after(before, after, tasks)
    if arguments.json:
        listed = [{"before": a.as_dict(), "after": b.as_dict(), "difference": asdict(d)} for a, b, d in scores]
        print_json(report | {"scores": listed})
        return
    print_report(report)
    for scored in scores:
        print(score_line(*scored))
    print(f"written: {arguments.out}")


def row_bytes(vectors: WordVectors) -> int:
    """The bytes that the rows take, with their scales."""
    return int(vectors.matrix.nbytes + (0 if vectors.scales is None else vectors.scales.nbytes))


def scores_before_and_after(before: WordVectors, after: WordVectors, tasks: list[tuple[str, Any]]) -> list[Scored]:
    """The scores of both on each task, and their difference."""
    from wordvec.evaluation import compare_scores, evaluate

    pairs = zip(evaluate(before, tasks), evaluate(after, tasks))
    return [(first, second, compare_scores(second, first)) for first, second in pairs]


def print_report(report: dict[str, Any]) -> None:
    """What the steps did, in a few lines."""
    for step in report["steps"]:
        facts = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in step.items() if name != "step")
        print(f"  {step['step']}" + (f": {facts}" if facts else ""))
    (dim, new_dim), (size, new_size) = report["dim"], report["bytes"]
    print(
        f"{counted(dim, 'dimension')} before, {new_dim} after; {size / 1e6:,.1f} MB of rows before, "
        f"{new_size / 1e6:,.1f} after"
    )
    if report["context_matrix"]:
        print("the context matrix was left behind: it belongs to the rows as they were trained")


def score_line(before: Score, after: Score, difference: Difference) -> str:
    """Both scores and their difference with its interval."""
    if before.score is None or after.score is None or difference.difference is None:
        return str(before if before.score is None else after)
    line = f"{before.name}: {before.measure} {before.score:.3f} before, {after.score:.3f} after"
    if difference.ci95 is None:
        return line
    low, high = difference.ci95
    p = "" if difference.p is None else f", p {difference.p:.2g}"
    items = counted(difference.items, "item")
    return f"{line}, difference {difference.difference:+.3f} [{low:+.3f}, {high:+.3f}]{p}, {items}"
