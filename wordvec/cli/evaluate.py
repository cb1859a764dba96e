"""Score vectors against human judgement, with coverage, protocol and 95 % intervals.

  wordvec evaluate vectors.safetensors --similarity wordsim353.txt --analogy questions-words.txt
  wordvec evaluate a.safetensors b.safetensors --analogy tiny-world-analogies --json

A set is a file (pairs with a score a line; or Google's analogy format) or a bundled one: tiny-world-similarity,
tiny-world-analogies.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wordvec.cli.output import print_json

if TYPE_CHECKING:
    from wordvec.evaluation import Score


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="files of vectors, of any format wordvec reads")
    sets = {"metavar": "SET", "action": "extend", "nargs": "+", "default": []}
    parser.add_argument("--similarity", help="word pairs with a human score; may be repeated", **sets)  # type: ignore[arg-type]
    parser.add_argument("--analogy", help="questions A B C D; may be repeated", **sets)  # type: ignore[arg-type]
    parser.add_argument("--method", default="3cosadd", choices=("3cosadd", "3cosmul"), help="(default: 3cosadd)")
    parser.add_argument(
        "--restrict-vocab",
        type=int,
        default=30_000,
        metavar="N",
        help="ask and answer analogies within the N most frequent words; 0 for all (default: 30000)",
    )
    parser.add_argument("--protocol", default="wordvec", help="how words are looked up (default: wordvec)")
    parser.add_argument("--sections", action="store_true", help="show each section of an analogy set")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Score each file on each set."""
    from wordvec.errors import OptionError
    from wordvec.evaluation import score_table, scores_as_dicts

    if not arguments.similarity and not arguments.analogy:
        raise OptionError("nothing to evaluate on: give --similarity SET or --analogy SET (a file or a bundled name)")
    scores = {file: _scores(file, arguments) for file in arguments.files}
    if arguments.json:
        print_json({file: scores_as_dicts(result) for file, result in scores.items()})
        return
    for file, result in scores.items():
        print(f"{file}\n{score_table(result, sections=arguments.sections)}")


def _scores(file: str, arguments: argparse.Namespace) -> list[Score]:
    from wordvec.evaluation import evaluate_analogy, evaluate_similarity
    from wordvec.vectors import WordVectors

    vectors = WordVectors.load(file)
    found: list[Score] = [
        evaluate_similarity(vectors, pairs, protocol=arguments.protocol) for pairs in arguments.similarity
    ]
    for questions in arguments.analogy:
        found.append(
            evaluate_analogy(
                vectors,
                questions,
                method=arguments.method,
                restrict_vocab=arguments.restrict_vocab or None,
                protocol=arguments.protocol,
            )
        )
    return found
