"""Make new vectors from old ones, step by step, with the scores before and after.

  wordvec postprocess vectors.safetensors -o better.safetensors --steps all-but-the-top=3,unit
  wordvec postprocess vectors.safetensors -o small.safetensors --steps int8 --similarity wordsim353.txt

Steps, in the order they are given:
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wordvec.cli import before_and_after as scoring
from wordvec.cli.output import check_out, print_json
from wordvec.errors import counted

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    from wordvec.vectors.postprocessing import STEPS

    names = {f"{name}{'=N' if step.takes_number else ''}": step.what for name, step in STEPS.items()}
    parser.description = (__doc__ or "") + "\n".join(f"  {name:<18} {what}" for name, what in names.items())
    parser.add_argument("file", metavar="FILE", help="a file of vectors, in any format wordvec reads")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the format follows the suffix")
    parser.add_argument("--steps", required=True, metavar="STEPS", help="such as center,unit or pca=100,int8")
    scoring.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Apply the steps, write and report."""
    from wordvec.vectors import WordVectors
    from wordvec.vectors.postprocessing import parse_steps, post_processed

    steps = parse_steps(arguments.steps)
    check_out(arguments.out)
    tasks = scoring.read_sets(arguments)
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
    scores = scoring.compare(before, after, tasks)
    if arguments.json:
        print_json(report | {"scores": scoring.as_json(scores)})
        return
    print_report(report)
    for scored in scores:
        print(scoring.score_line(*scored))
    print(f"written: {arguments.out}")


def row_bytes(vectors: WordVectors) -> int:
    """The bytes that the rows take, with their scales."""
    return int(vectors.matrix.nbytes + (0 if vectors.scales is None else vectors.scales.nbytes))


def print_report(report: dict[str, Any]) -> None:
    """Print what the steps did, in a few lines."""
    for step in report["steps"]:
        facts = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in step.items() if name != "step")
        print(f"  {step['step']}" + (f": {facts}" if facts else ""))
    (dim, new_dim), (size, new_size) = report["dim"], report["bytes"]
    print(
        f"{counted(dim, 'dimension')} before, {new_dim} after; {size / 1e6:,.1f} MB of rows before, "
        f"{new_size / 1e6:,.1f} after"
    )
    if report["context_matrix"]:
        print("the context matrix was left out: it belongs to the rows as they were trained")
