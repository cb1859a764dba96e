"""Draw the vectors of a lexicon's words towards one another.

wordvec retrofit vectors.safetensors synonyms.txt -o out.safetensors
wordvec retrofit vectors.safetensors synonyms.txt -o out.safetensors --similarity simlex999.txt

The latter also shows the scores before and after. LEXICON has a word and its neighbours on each line, between spaces
or tabs. Similarity in the sense of the lexicon (synonyms, say) gets better by this, and relatedness often worse:
measure both.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wordvec.cli.align import named
from wordvec.cli.output import print_json
from wordvec.errors import counted

if TYPE_CHECKING:
    from wordvec.evaluation import Difference, SimilarityScore
    from wordvec.vectors import WordVectors

    Scored = tuple[SimilarityScore, SimilarityScore, Difference]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("file", metavar="FILE", help="a file of vectors")
    parser.add_argument("lexicon", metavar="LEXICON", help="a word and its neighbours on each line")
    parser.add_argument("-o", "--out", required=True, metavar="OUT", help="the format follows the suffix")
    parser.add_argument("--alpha", type=float, default=1.0, help="how a word holds on to its own vector (default: 1)")
    parser.add_argument(
        "--beta", default="degree", help="how each neighbour pulls: a number (default: degree, 1 / their number)"
    )
    parser.add_argument("--iterations", type=int, default=50, metavar="N", help="at most (default: 50)")
    parser.add_argument("--directed", action="store_true", help="neighbours do not pull the other way")
    parser.add_argument("--no-unit", action="store_true", help="keep the lengths of the vectors")
    parser.add_argument(
        "--similarity", action="append", default=[], metavar="SET", help="score before and after; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Retrofit, write, and say what happened."""
    from wordvec.evaluation import read_pairs
    from wordvec.files import check_writable
    from wordvec.vectors import WordVectors
    from wordvec.vectors.load import format_for
    from wordvec.vectors.several_models.retrofitting import read_lexicon, retrofit

    format_for(arguments.out)
    check_writable(arguments.out, arguments.file, arguments.lexicon)
    for name in arguments.similarity:
        read_pairs(name)  # says what is wrong with it before anything is computed
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
    report, scores = after.info["retrofitting"], [_score(before, after, name) for name in arguments.similarity]
    if arguments.json:
        listed = [{"before": a.as_dict(), "after": b.as_dict(), "difference": asdict(d)} for a, b, d in scores]
        print_json(report | {"out": arguments.out, "scores": listed})
        return
    print_report(report)
    for scored in scores:
        print(score_line(*scored))
    print(f"written: {arguments.out}")


def _beta(given: str) -> float | str:
    try:
        return float(given)
    except ValueError:
        return given


def _score(before: WordVectors, after: WordVectors, name: str) -> Scored:
    from wordvec.evaluation import compare_scores, evaluate_similarity

    first, second = (evaluate_similarity(vectors, name) for vectors in (before, after))
    return first, second, compare_scores(second, first)


def print_report(report: dict[str, Any]) -> None:
    """What retrofitting did and what of the lexicon was of no use, in a few lines."""
    print(f"{counted(report['words'], 'word')} drawn together by {counted(report['connections'], 'connection')}")
    if report["missing_words"]:
        number = report["missing_words"]
        print(f"  {counted(number, 'word')} of the lexicon not in the model: {named(report['missing'], number)}")
    if report["alone"]:
        print(f"  {report['alone']:,} of its words have no neighbour there that is in the model")
    if report["repeated"]:
        print(f"  {report['repeated']:,} neighbours are named twice, or as their own: counted once, or not at all")
    print(f"{report['iterations']} iterations; the last changed no number by more than {report['last_change']:.1e}")


def score_line(before: SimilarityScore, after: SimilarityScore, difference: Difference) -> str:
    """Both scores and their difference with its interval."""
    if before.score is None or after.score is None:
        return str(before)
    scores = f"{before.name}: {before.score:.3f} before, {after.score:.3f} after"
    if difference.difference is None or difference.ci95 is None:
        return f"{scores}, {counted(after.covered, 'pair')}: too few for an interval or a test"
    low, high = difference.ci95
    p = "" if difference.p is None else f", p {difference.p:.2g}"
    pairs = counted(after.covered, "pair")
    return f"{scores}, difference {difference.difference:+.3f} [{low:+.3f}, {high:+.3f}]{p}, {pairs}"
