"""The words most similar to each WORD, by cosine.

wordvec similar vectors.safetensors king france good
"""

from __future__ import annotations

import argparse

from wordvec.cli.output import neighbours_as_json, print_json, print_neighbours


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors, of any format wordvec reads")
    parser.add_argument("words", metavar="WORD", nargs="+")
    parser.add_argument("-k", type=int, default=10, help="how many neighbours of each (default: 10)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the neighbours of each word."""
    from wordvec.vectors import WordVectors

    vectors = WordVectors.load(arguments.file)
    found = {word: vectors.most_similar(word, k=arguments.k) for word in arguments.words}
    if arguments.json:
        print_json({word: neighbours_as_json(neighbours) for word, neighbours in found.items()})
        return
    for word, neighbours in found.items():
        print_neighbours(word, neighbours)
