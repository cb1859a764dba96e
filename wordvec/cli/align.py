"""Rotate the vectors of SOURCE into the space of TARGET, so that both can be compared.

wordvec align 1850.safetensors 1990.safetensors -o 1850-in-1990.safetensors
wordvec align a.safetensors b.safetensors -o out.safetensors --anchors stable-words.txt
wordvec align english.vec german.vec -o out.safetensors --anchors dictionary.txt     pairs: two words per line

The rotation is the one that brings the anchors nearest to their targets (orthogonal Procrustes). "held out" is the
mean cosine of anchors that were not used to find it: if it is much smaller than "after", give more anchors.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from wordvec.cli.output import check_out, print_json
from wordvec.errors import OptionError, counted
from wordvec.terminal import printable

if TYPE_CHECKING:
    from wordvec.vectors.several_models.alignment import AlignmentReport, Pairs


BY_CHANCE = 0.1  # the cosine of pairs that do not belong together is about 0, of two texts of 0.8 million words .35


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("source", metavar="SOURCE", help="the file of vectors to rotate")
    parser.add_argument("target", metavar="TARGET", help="the file of vectors that is not changed")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the format follows the suffix")
    parser.add_argument(
        "--anchors",
        metavar="FILE",
        help="one word per line, or a word of SOURCE and one of TARGET (default: shared words)",
    )
    parser.add_argument("--top", type=int, metavar="N", help="use only the N most frequent shared words as anchors")
    parser.add_argument(
        "--no-center",
        action="store_true",
        help="do not subtract the mean of the anchors: a rotation alone keeps the cosines within SOURCE",
    )
    parser.add_argument("--no-unit", action="store_true", help="keep the lengths of the vectors")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Align, write, and report how well the anchors fit."""
    from wordvec.vectors import WordVectors
    from wordvec.vectors.several_models.alignment import find_alignment

    if arguments.anchors is not None and arguments.top is not None:
        raise OptionError("--anchors names the anchors, --top counts them: give one of them")
    check_out(arguments.out)
    anchors = arguments.top if arguments.anchors is None else read_anchors(arguments.anchors)
    source, target = WordVectors.load(arguments.source), WordVectors.load(arguments.target)
    alignment = find_alignment(source, target, anchors, not arguments.no_center, not arguments.no_unit)
    alignment.apply(source).save(arguments.out)
    report = alignment.report
    if arguments.json:
        print_json(asdict(report) | {"out": arguments.out})
        return
    print_report(report)
    print(f"written: {arguments.out}")


def read_anchors(path: str) -> Pairs:
    """Pairs of words from a file; a single word is paired with itself."""
    from wordvec.vectors.several_models.dictionaries import read_word_lines

    return [(words[0], words[-1]) for _, words in read_word_lines(path, "a list of anchors", 1, 2)]


def named(words: Sequence[str], number: int) -> str:
    """The first few of these words, as a terminal can show them."""
    return printable(", ".join(words[:10])) + (", ..." if number > 10 else "")


def print_report(report: AlignmentReport) -> None:
    """How well the anchors fit, in a few lines."""
    missing = f", {report.anchors_missing:,} others missing" if report.anchors_missing else ""
    print(f"{counted(report.anchors, 'anchor')} for {counted(report.dimensions, 'dimension')}{missing}")
    if report.missing:
        print(f"  missing: {named(report.missing, report.anchors_missing)}")
    held_out = "" if report.cosine_held_out is None else f", held out {report.cosine_held_out:.3f}"
    print(f"mean cosine of anchors: before {report.cosine_before:.3f}, after {report.cosine_after:.3f}{held_out}")
    print(f"residual: {report.residual:.4f} (root of the mean square distance)")
    if report.rank < report.dimensions:
        print(
            f"note: the anchors span {report.rank} of {report.dimensions} dimensions; the rest is rotated arbitrarily"
        )
    if report.cosine_held_out is not None and report.cosine_held_out < BY_CHANCE:
        print(
            "note: anchors that were held out are hardly nearer to their targets than by chance, and so are all other "
            "words: give more pairs of words that mean the same (words spelt alike may not)"
        )
