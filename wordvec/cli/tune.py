"""Search for a trainer's best options on development sets, and test the winner once on others.

  wordvec tune text.txt -o runs --trainer skipgram --budget 30m --dev-similarity men.txt --test-similarity ws353.txt
  wordvec tune corpus -o runs --trainer svd --trials 20 --dev-analogy questions.txt --range window=2..6 --option dim=300

Successive halving: all trials are trained for a few epochs, the best third for more, and so on. Trials are compared
by their mean score over the development sets, without items that are also in a test set. FOLDER keeps the models and a
log of all trials (JSON lines); after a kill, the same command continues. With --scheduler and --trials, the workers of
a Dask cluster train the trials of a round in parallel.
"""

from __future__ import annotations

import argparse
import re
import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from wordvec.cli.cluster import check_cluster_arguments, cluster_of
from wordvec.cli.configurations import (
    add_training_arguments,
    open_run_folder,
    parse_value,
    read_configurations,
    read_ranking_sets,
)
from wordvec.cli.evaluate import add_set_arguments
from wordvec.cli.output import print_json
from wordvec.cli.text import add_text_arguments, read_corpus
from wordvec.errors import OptionError

if TYPE_CHECKING:
    from wordvec.experiments.named_sets import EvaluationSet
    from wordvec.experiments.training import Configuration
    from wordvec.experiments.tuning import Tuning
    from wordvec.experiments.tuning.search_space import Range

UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    add_text_arguments(parser, threads=False)
    parser.add_argument("-o", "--out", required=True, metavar="FOLDER", help="a folder for models, scores and the log")
    parser.add_argument(
        "--trainer", default="skipgram", metavar="NAME", help="skipgram, cbow, glove, svd or ppmi (default: skipgram)"
    )
    search = parser.add_argument_group("search")
    search.add_argument(
        "--budget",
        metavar="TIME",
        help="time for the search, such as 30m, 2h or 90s: decides how many trials there are",
    )
    search.add_argument("--trials", type=int, metavar="N", help="instead of a budget: N trials besides the default")
    search.add_argument(
        "--range",
        dest="ranges",
        metavar="OPTION=LOW..HIGH",
        action="append",
        default=[],
        help="search an option in this range, or among VALUE,VALUE; append :log to search by ratio; may be repeated",
    )
    search.add_argument(
        "--sampler", default="sobol", metavar="NAME", help="sobol, or optuna of the extra tune (default: sobol)"
    )
    search.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="N",
        help="random seed for the search and for every training (default: 1)",
    )
    add_training_arguments(parser)
    add_set_arguments(parser, "dev-", "sets to search on")
    add_set_arguments(parser, "test-", "sets to test the winner on")
    parser.add_argument(
        "--protocol", default="wordvec", metavar="NAME", help="how words are looked up (default: wordvec)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Search, test, report."""
    from wordvec.evaluation.protocols import get_protocol
    from wordvec.experiments.run_folder import check_run_folder, write_json
    from wordvec.experiments.tuning import Search, tune
    from wordvec.experiments.tuning.report import tuning_as_dict, tuning_text
    from wordvec.experiments.tuning.search_space import described, make_proposals
    from wordvec.progress import announce

    if (arguments.trials is None) == (arguments.budget is None):
        raise OptionError("give the size of the search: either --budget TIME, such as 30m, or --trials N")
    budget = None if arguments.budget is None else parse_time(arguments.budget)
    (base,) = read_configurations(arguments.trainer, arguments.settings, arguments.threads)
    space = read_space(arguments, base)
    development, test = read_separate_sets(arguments)
    get_protocol(arguments.protocol)
    proposals = make_proposals(arguments.sampler, space, arguments.seed)
    check_run_folder(arguments.out)
    check_cluster_arguments(arguments)
    with ExitStack() as stack:
        where = stack.enter_context(cluster_of(arguments))
        corpus = read_corpus(arguments, where=where)
        announce(f"searching {described(space)}")  # now that all checks have passed
        folder = stack.enter_context(open_run_folder(arguments, corpus, where))
        search = Search(
            folder,
            base,
            development,
            proposals,
            trials=arguments.trials,
            budget=budget,
            seed=arguments.seed,
            protocol=arguments.protocol,
        )
        found = tune(search, test)
        command = training_command(found, folder.corpus_folder)
        report = tuning_as_dict(found, command)
        write_json(search.log_path.with_suffix(".json"), report)
    if arguments.json:
        print_json(report)
    else:
        print(tuning_text(found, command))


def read_separate_sets(arguments: argparse.Namespace) -> tuple[list[EvaluationSet], list[EvaluationSet]]:
    """Sets to search on and sets to test on; items in both are kept for testing only, which is announced."""
    from wordvec.experiments.named_sets import separate
    from wordvec.progress import announce

    if not arguments.dev_sets:
        raise OptionError("nothing to search on: give --dev-similarity SET or --dev-analogy SET (a file or a name)")
    test = read_ranking_sets(arguments.test_sets) if arguments.test_sets else []
    development, lines = separate(read_ranking_sets(arguments.dev_sets), test)
    for line in lines:
        announce(line)
    return development, test


def read_space(arguments: argparse.Namespace, base: Configuration) -> dict[str, Range]:
    """The search space: the trainer's usual ranges without options fixed by --option, and the ranges of --range."""
    from wordvec.experiments.tuning.search_space import search_space
    from wordvec.trainers import TRAINERS, option_names
    from wordvec.trainers.option_help import unknown_argument

    trainer = base.trainer
    known = option_names(TRAINERS[trainer])

    def parse(option: str, text: str) -> object:
        if option not in known:
            raise unknown_argument(f"the {trainer} trainer", option, known)
        return parse_value(trainer, option, text)

    fixed = [setting.partition("=")[0].rpartition(".")[2].strip().replace("-", "_") for setting in arguments.settings]
    space = search_space(trainer, fixed, arguments.ranges, parse, base.options.get("loss"))
    if "epochs" in space:
        raise OptionError("the rounds of the search raise the epochs: fix them with --option epochs=N")
    return space


def parse_time(text: str) -> float:
    """The seconds of a time such as 90s, 30m, 1.5h or 1h30m. Raises OptionError for anything else.

    >>> parse_time("30m"), parse_time("1h30m"), parse_time("90 s")
    (1800.0, 5400.0, 90.0)
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(d|h|min|m|s)\s*", text)
    if not parts or "".join(re.split(r"\s+", text)) != "".join(number + unit for number, unit in parts):
        raise OptionError(f"a time such as 30m, 2h or 90s expected; got {text!r}")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def training_command(found: Tuning, corpus_folder: Path) -> str:
    """The command that trains the winner again."""
    from wordvec.trainers import TRAINERS

    trainer = found.base.trainer
    made = TRAINERS[trainer]()
    words = ["wordvec", "train", str(corpus_folder), "-o", f"{trainer}.safetensors", "--trainer", trainer]
    for option, value in found.best_configuration.options.items():
        if value == getattr(made, option) or (option in found.base.options and value is None):
            continue
        if option == "learning_rate" and value == getattr(made, "default_learning_rate", None):
            continue
        flag = "--" + option.replace("_", "-")
        if isinstance(value, bool):
            words.append(flag if value else flag.replace("--", "--no-", 1))
        else:
            words += [flag, str(value)]
    if found.seed != made.seed:  # type: ignore[attr-defined]
        words += ["--seed", str(found.seed)]
    return shlex.join(words)
