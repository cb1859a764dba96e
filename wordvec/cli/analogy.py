"""A is to B as C is to ?

wordvec analogy vectors.safetensors man king woman
wordvec analogy vectors.safetensors walk walking swim --method pair-direction --top 30000
"""

from __future__ import annotations

import argparse

from wordvec.cli.output import neighbours_as_json, print_json, print_neighbours
from wordvec.cli.questions import add_filter_arguments, selected_rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, in any format wordvec reads")
    for name in "ABC":
        parser.add_argument(name.lower(), metavar=name, help="a word")
    parser.add_argument("-k", type=int, default=10, help="how many answers (default: 10)")
    parser.add_argument(
        "--method",
        default="3cosadd",
        choices=("3cosadd", "3cosmul", "pair-direction"),
        help="3cosadd: nearest to B - A + C; 3cosmul: cos B * cos C / cos A; pair-direction: from C in the direction "
        "from A to B (default: 3cosadd)",
    )
    add_filter_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Print the answers."""
    from wordvec.vectors import WordVectors

    a, b, c = arguments.a, arguments.b, arguments.c
    vectors = WordVectors.load(arguments.file)
    answers = vectors.analogy(a, b, c, k=arguments.k, method=arguments.method, among=selected_rows(vectors, arguments))
    if arguments.json:
        print_json({"a": a, "b": b, "c": c, "method": arguments.method, "answers": neighbours_as_json(answers)})
    else:
        print_neighbours(f"{a} is to {b} as {c} is to", answers)
