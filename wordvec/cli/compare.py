"""Train several ways on one corpus with several seeds, and compare scores, time and memory fairly.

  wordvec compare text.txt -o runs --trainers svd,glove,cbow,skipgram --seeds 3 --similarity wordsim353.txt
  wordvec compare corpus -o runs --trainers cbow,short=cbow --option short.epochs=1 --analogy questions-words.txt

Each model is trained in its own process, so time and memory are measured separately. FOLDER keeps models and scores:
after a kill, the same command continues, and with more seeds, trainers or sets it does only what is new. The report is
also written there, as report.md and report.json. With --scheduler the workers of a Dask cluster train and score several
models in parallel.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from wordvec.cli.cluster import check_cluster_arguments, cluster_of
from wordvec.cli.configurations import (
    add_training_arguments,
    open_run_folder,
    read_configurations,
    read_ranking_sets,
)
from wordvec.cli.evaluate import add_set_arguments
from wordvec.cli.output import chosen_format, print_json
from wordvec.cli.text import add_text_arguments, read_corpus
from wordvec.errors import OptionError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    add_text_arguments(parser, threads=False)
    parser.add_argument("-o", "--out", required=True, metavar="FOLDER", help="a folder for models, scores and report")
    parser.add_argument(
        "--trainers",
        default="svd,glove,cbow,skipgram",
        metavar="NAMES",
        help="separated by commas; NAME=TRAINER compares one trainer with itself (default: svd,glove,cbow,skipgram)",
    )
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds 1 to N for each (default: 3)")
    add_training_arguments(parser)
    add_set_arguments(parser)
    parser.add_argument(
        "--protocol", default="wordvec", metavar="NAME", help="how words are looked up (default: wordvec)"
    )
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "latex", "csv"),
        help="format of the report (default: text)",
    )
    parser.add_argument("--differences", action="store_true", help="add a table of all pairs of trainers")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Read, train, score, report."""
    from wordvec.evaluation.protocols import get_protocol
    from wordvec.experiments.compare import compare
    from wordvec.experiments.compare.report import comparison_as_dict, comparison_text
    from wordvec.experiments.run_folder import check_run_folder, write_json
    from wordvec.files import replace_file

    style = chosen_format(arguments)
    if arguments.differences and style == "csv":
        raise OptionError("--differences is a second table, which one CSV cannot hold: use another --format, or --json")
    configurations = read_configurations(arguments.trainers, arguments.settings, arguments.threads)
    sets = read_ranking_sets(arguments.sets)
    get_protocol(arguments.protocol)
    check_run_folder(arguments.out)
    check_cluster_arguments(arguments)
    with ExitStack() as stack:
        where = stack.enter_context(cluster_of(arguments))
        corpus = read_corpus(arguments, where=where)
        folder = stack.enter_context(open_run_folder(arguments, corpus, where))
        found = compare(folder, configurations, sets, arguments.seeds, protocol=arguments.protocol)
        report = comparison_as_dict(found)
        write_json(Path(arguments.out) / "report.json", report)
        with replace_file(Path(arguments.out) / "report.md", "w", encoding="utf-8") as file:
            file.write(comparison_text(found, "markdown", differences=True) + "\n")
    if style == "json":
        print_json(report)
    else:
        print(comparison_text(found, style, differences=arguments.differences))
