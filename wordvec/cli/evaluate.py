"""Score vectors against human judgement, with coverage, protocol and 95 % intervals; compare several models.

  wordvec evaluate vectors.safetensors --similarity wordsim353.txt --analogy questions-words.txt
  wordvec evaluate old.safetensors new.safetensors --set sets/*.txt       one table, differences tested item by item
  wordvec evaluate *.safetensors --set wordsim353 --against best --format latex
  wordvec evaluate v.bin --analogy google-analogies --protocol word2vec.c
  wordvec evaluate items.safetensors --sessions later.txt -k 20           hit rate, recall and NDCG of held-out sessions
  wordvec evaluate v.bin --similarity en.test.data.txt --scores en.test.gold.txt     pairs and their scores

A set is a file or folder in its published format, the name of a set that `wordvec corpus fetch` got (wordvec corpus
list shows them), or a bundled one: tiny-world-similarity, tiny-world-analogies.
"""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from functools import partial
from typing import Any

from wordvec.cli.cluster import add_cluster_arguments, check_cluster_arguments, cluster_of
from wordvec.cli.dependent_options import fill_in
from wordvec.cli.output import chosen_format, print_json

FORMATS = ("text", "markdown", "latex", "csv", "json")
SETS = {
    "set": ("any", "sets of any task, recognised by their content"),
    "similarity": ("similarity", "word pairs with a human score"),
    "analogy": ("analogy", "questions A B C D: Google's, MSR's or BATS's format"),
    "categorisation": ("categorisation", "words with their category"),
    "outliers": ("outliers", "topics with outliers (8-8-8)"),
    "relations": ("relations", "SemEval-2012's folder of relational similarities"),
    "bias": ("bias", "association tests (WEAT): four lines 'label: word, word, ...'"),
    "hit-rate": ("hit-rate", "pairs of an item and one held out (item2vec)"),
    "sessions": ("sessions", "held-out sessions, one per line: each item is a query for the items after it"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    from wordvec.evaluation.protocols import PROTOCOLS

    parser.add_argument("files", metavar="FILE", nargs="+", help="files of vectors, in any format wordvec reads")
    sets = add_set_arguments(parser, bias=True)
    sets.add_argument(
        "--scores",
        metavar="FILE",
        nargs="+",
        help="a second file with the scores of the --similarity pairs, one per line",
    )
    _add_how(parser, list(PROTOCOLS))
    out = parser.add_argument_group("output")
    out.add_argument("--sections", action="store_const", const=True, help="show each section of an analogy set")
    out.add_argument("--format", choices=FORMATS, help="format of the table (default: text)")
    out.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    add_cluster_arguments(parser, "the first FILE")
    parser.epilog = "protocols:\n" + "\n".join(
        textwrap.fill(protocol.meaning, 118, initial_indent=f"  {name:12}", subsequent_indent=" " * 14)
        for name, protocol in PROTOCOLS.items()
    )


def add_set_arguments(
    parser: argparse.ArgumentParser, prefix: str = "", about: str = "evaluation sets", bias: bool = False
) -> argparse._ArgumentGroup:
    """Declare --set, --similarity, --analogy and so on, or with a `prefix` --dev-set and so on.

    They are collected as (task, set) in ``arguments.sets`` or ``arguments.dev_sets``; bias tests only if `bias` is set.
    """
    group = parser.add_argument_group(f"{about} (files or names; each may be repeated)")
    for option, (task, purpose) in SETS.items():
        if task != "bias" or bias:
            group.add_argument(
                f"--{prefix}{option}",
                metavar="SET",
                nargs="+",
                action="extend",
                type=partial(_named, task),
                dest=f"{prefix}sets".replace("-", "_"),
                default=[],
                help=purpose,
            )
    return group


def _named(task: str, given: str) -> tuple[str, str]:
    return task, given


def _add_how(parser: argparse.ArgumentParser, protocols: list[str]) -> None:
    how = parser.add_argument_group("how")
    how.add_argument(
        "--protocol",
        default="wordvec",
        choices=protocols,
        help="rules for looking words up and answering (default: wordvec)",
    )
    how.add_argument(
        "--method",
        choices=("3cosadd", "3cosmul", "pair-direction"),
        help="how analogies are answered (default: 3cosadd)",
    )
    how.add_argument(
        "--restrict-vocab",
        type=int,
        metavar="N",
        help="ask and answer analogies within N words; 0 for all (default: the protocol's, 30000 for wordvec)",
    )
    _add_sessions(how)
    how.add_argument("--encoding", default="utf-8", help="encoding of the sets' files (default: utf-8)")
    how.add_argument("--device", choices=("cpu", "gpu"), help="device that answers analogies (default: cpu)")
    how.add_argument("--against", choices=("first", "best"), help="model to compare with (default: first)")
    how.add_argument("--seed", type=int, default=1, metavar="N", help="random seed (default: 1)")


def _add_sessions(how: argparse._ArgumentGroup) -> None:
    how.add_argument(
        "--field", "--column", metavar="NAME", help="field of --sessions with the lists of items, as in train --field"
    )
    how.add_argument("-k", type=int, metavar="K", help="K for hit rate, recall and NDCG at K (default: 10)")
    how.add_argument(
        "--test-share",
        type=float,
        metavar="SHARE",
        help="test only the last share of the sessions: 0.2 for those that train --held-out 0.2 kept (default: all)",
    )
    how.add_argument(
        "--steps",
        choices=("all", "last"),
        help="which items of a session are queries; last: leave one out (default: all)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Score each file on each set; compare the files if there are several."""
    from wordvec.errors import OptionError
    from wordvec.evaluation import evaluate_files, read_tasks, score_table, scores_as_dicts
    from wordvec.evaluation.model_comparison import compare_models, comparison_as_dicts
    from wordvec.evaluation.report import comparison_remarks, comparison_table, remarks

    check_cluster_arguments(arguments)
    style = chosen_format(arguments)
    if not arguments.sets:
        raise OptionError(
            "nothing to evaluate on: give --similarity SET, --analogy SET or --set SET (a file or a name)"
        )
    if len({os.path.realpath(file) for file in arguments.files}) < len(arguments.files):
        raise OptionError("a file of vectors is named twice; give each model once")
    given = with_field(with_scores(arguments.sets, arguments.scores, arguments.encoding), arguments)
    sets = read_tasks(given, arguments.encoding)
    _fill_in(arguments, {each.task for each in sets})
    with cluster_of(arguments, beside=arguments.files[0]) as where:
        results = evaluate_files(arguments.files, sets, arguments.protocol, _options(arguments), **where)
    several = len(results) > 1
    compared = compare_models(results, arguments.against, seed=arguments.seed) if several else []
    said = remarks(results)
    if style == "json":
        extra = {"comparison": comparison_as_dicts(compared)} if several else {}
        print_json({file: scores_as_dicts(scores) for file, scores in results.items()} | extra)
    elif several:
        print(comparison_table(compared, arguments.sections, style))
        said += comparison_remarks(compared, arguments.against)
    else:
        (scores,) = results.values()
        print(score_table(scores, arguments.sections, style))
    for line in said:
        print(line, file=sys.stderr)


def _fill_in(arguments: argparse.Namespace, tasks: set[str]) -> None:
    """Set the options of a task that were not given. Raises OptionError for those that no set uses."""
    fill_in(arguments, "sessions" in tasks, "--sessions", test_share=1.0, steps="all", field=None)
    fill_in(arguments, not tasks.isdisjoint({"sessions", "hit-rate"}), "--hit-rate or --sessions", k=10)
    fill_in(arguments, "analogy" in tasks, "--analogy", method="3cosadd", restrict_vocab=None, sections=False)
    fill_in(arguments, "analogy" in tasks, "--analogy", device="cpu")
    fill_in(arguments, len(arguments.files) > 1, "several FILEs", against="first")


def with_scores(sets: list[tuple[str, Any]], scores: list[str] | None, encoding: str) -> list[tuple[str, Any]]:
    """The sets, with the --similarity sets read together with their --scores files."""
    from wordvec.errors import OptionError
    from wordvec.evaluation import read_pairs

    if scores is None:
        return sets
    wanted = sum(task == "similarity" for task, _ in sets)
    if wanted != len(scores):
        raise OptionError(
            f"--scores takes a file for each set of --similarity, in their order; got {len(scores)} for {wanted}"
        )
    files = iter(scores)
    return [(task, read_pairs(each, encoding, next(files)) if task == "similarity" else each) for task, each in sets]


def with_field(sets: list[tuple[str, Any]], arguments: argparse.Namespace) -> list[tuple[str, Any]]:
    """The sets, with those of --sessions read from the field of their records, if one is given."""
    from wordvec.evaluation.sessions import read_sessions

    if arguments.field is None:
        return sets
    return [
        (task, read_sessions(each, arguments.encoding, arguments.field) if task == "sessions" else each)
        for task, each in sets
    ]


def _options(arguments: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Options by task, for `evaluate`."""
    restrict = arguments.restrict_vocab
    seeded = ("similarity", "analogy", "categorisation", "outliers", "relations", "bias", "hit-rate", "sessions")
    options: dict[str, dict[str, Any]] = {task: {"seed": arguments.seed} for task in seeded}
    options["hit-rate"]["k"] = arguments.k
    options["sessions"] |= {"k": arguments.k, "test_share": arguments.test_share, "steps": arguments.steps}
    options["analogy"] |= {
        "method": arguments.method,
        "restrict_vocab": "protocol" if restrict is None else restrict or None,
        "device": arguments.device,
    }
    return options
