"""Pull the vectors of a lexicon's words towards one another.

wordvec retrofit vectors.safetensors synonyms.txt -o out.safetensors
wordvec retrofit vectors.safetensors synonyms.txt -o out.safetensors --similarity simlex999.txt

The second command also shows the scores before and after. LEXICON has a word and its neighbours on each line,
separated by spaces or tabs. This improves similarity in the sense of the lexicon (synonymy, say) and often makes
relatedness worse: measure both.
"""

from __future__ import annotations

import argparse
from typing import Any

from wordvec.cli import before_and_after as scoring
from wordvec.cli.align import named
from wordvec.cli.output import check_out, print_json
from wordvec.errors import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors")
    parser.add_argument("lexicon", metavar="LEXICON", help="a word and its neighbours on each line")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the format follows the suffix")
    parser.add_argument(
        "--alpha", type=float, default=1.0, metavar="F", help="weight of a word's own vector (default: 1)"
    )
    parser.add_argument(
        "--beta",
        default="degree",
        metavar="F",
        help="weight of each neighbour: a number (default: degree, 1 / number of neighbours)",
    )
    parser.add_argument(
        "--iterations", type=int, default=50, metavar="N", help="at most this many iterations (default: 50)"
    )
    parser.add_argument("--directed", action="store_true", help="a word does not pull its neighbours in turn")
    parser.add_argument("--no-unit", action="store_true", help="keep the lengths of the vectors")
    scoring.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Retrofit, write and report."""
    from wordvec.vectors import WordVectors
    from wordvec.vectors.several_models.retrofitting import read_lexicon, retrofit

    check_out(arguments.out)
    tasks = scoring.read_sets(arguments)
    lexicon = read_lexicon(arguments.lexicon)
    before = WordVectors.load(arguments.file)
    after = retrofit(
        before,
        lexicon,
        alpha=arguments.alpha,
        beta=_beta(arguments.beta),
        iterations=arguments.iterations,
        directed=arguments.directed,
        unit=not arguments.no_unit,
    )
    after.save(arguments.out)
    report, scores = after.info["retrofitting"], scoring.compare(before, after, tasks)
    if arguments.json:
        print_json(report | {"out": arguments.out, "scores": scoring.as_json(scores)})
        return
    print_report(report)
    for scored in scores:
        print(scoring.score_line(*scored))
    print(f"written: {arguments.out}")


def _beta(given: str) -> float | str:
    try:
        return float(given)
    except ValueError:
        return given


def print_report(report: dict[str, Any]) -> None:
    """Print what retrofitting did and which parts of the lexicon were not used, in a few lines."""
    print(f"{counted(report['words'], 'word')} drawn together by {counted(report['connections'], 'connection')}")
    if report["missing_words"]:
        number = report["missing_words"]
        print(f"  {counted(number, 'word')} of the lexicon not in the model: {named(report['missing'], number)}")
    if report["alone"]:
        print(f"  {report['alone']:,} of its words have no neighbour there that is in the model")
    if report["repeated"]:
        print(f"  {report['repeated']:,} neighbours are named twice, or as their own: counted once, or not at all")
    print(f"{report['iterations']} iterations; the last changed no number by more than {report['last_change']:.1e}")
