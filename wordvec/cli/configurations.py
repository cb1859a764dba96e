"""Turns ``--trainers svd,short=cbow --option short.epochs=3`` into configurations with all options set."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from wordvec.cli.cluster import add_cluster_arguments
from wordvec.errors import OptionError

if TYPE_CHECKING:
    from wordvec.corpus import Corpus
    from wordvec.experiments.named_sets import EvaluationSet
    from wordvec.experiments.run_folder import RunFolder
    from wordvec.experiments.training import Configuration

DIMENSIONS_ARE_WORDS = "ppmi"  # an --option dim=... for all trainers does not apply to it


def add_training_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare --option, --threads and --scheduler."""
    parser.add_argument(
        "--option",
        dest="settings",
        metavar="[NAME.]OPTION=VALUE",
        action="append",
        default=[],
        help="an option of one trainer, such as skipgram.epochs=3, or of all that have it, such as window=5 (dim=300 "
        "does not apply to ppmi, whose dimensions are context words); may be repeated",
    )
    parser.add_argument(
        "--threads", type=int, metavar="N", help="threads for reading and training (default: all cores)"
    )
    add_cluster_arguments(parser, "FOLDER")


def read_ranking_sets(tasks: Sequence[tuple[str, str]]) -> list[EvaluationSet]:
    """Read sets whose scores rank models. Raises OptionError for a bias test, which does not."""
    from wordvec.experiments.named_sets import read_sets

    found = read_sets(tasks)
    for each in found:
        if each.task == "bias":
            raise OptionError(f"{each.source}: an association test ranks no models; use wordvec evaluate --bias")
    return found


@contextmanager
def open_run_folder(arguments: argparse.Namespace, corpus: Corpus, where: dict[str, Any]) -> Iterator[RunFolder]:
    """Open the folder --out for models of `corpus`; it refers to TEXT if that is a corpus folder, else keeps a copy.

    `where` is the result of `wordvec.cli.cluster.cluster_of`. On Ctrl-C a message says what is kept.
    """
    from wordvec.corpus.storage import is_corpus_folder
    from wordvec.experiments.run_folder import RunFolder
    from wordvec.progress import announce

    given = Path(arguments.text[0]) if len(arguments.text) == 1 else None
    folder = given if given is not None and is_corpus_folder(given) else None
    with RunFolder.open(Path(arguments.out), corpus, folder, announce, **where) as runs:
        try:
            yield runs
        except KeyboardInterrupt:
            announce(f"finished models are kept in {arguments.out}: the same command continues from there")
            raise


def read_configurations(trainers: str, settings: Sequence[str] = (), threads: int | None = None) -> list[Configuration]:
    """The configurations of a comma-separated list of NAME or NAME=TRAINER, with all their options.

    An option for one NAME has precedence over the same option for all. Raises OptionError for an unknown trainer or
    option, for one given twice, and for a value of the wrong kind or out of range.

    >>> for found in read_configurations("ppmi,short=skipgram", ["window=3", "short.epochs=1", "dim=50"]):
    ...     print(found.name, found.trainer, found.options["window"], found.options["dim"])
    ppmi ppmi 3 2000
    short skipgram 3 50
    """
    named = _names(trainers)
    options: dict[str, dict[str, Any]] = {name: {} for name in named}
    given: set[str] = set()
    in_order = sorted(settings, key=lambda setting: "." in setting.partition("=")[0])  # stable: those for all first
    for setting in in_order:
        target = setting.partition("=")[0].strip().replace("-", "_")
        if target in given:
            raise OptionError(f"--option {setting}: {target} is given twice; leave one out")
        given.add(target)
        _set(setting, named, options)
    return [_configuration(name, trainer, options[name], threads) for name, trainer in named.items()]


def parse_value(trainer: str, option: str, text: str) -> Any:
    """The value of a trainer's option, in the type the trainer declares. Raises OptionError for the wrong kind.

    >>> parse_value("skipgram", "epochs", "3"), parse_value("skipgram", "learning_rate", "none")
    (3, None)
    """
    from wordvec.trainers import TRAINERS

    kinds = get_type_hints(TRAINERS[trainer])[option]
    kinds = get_args(kinds) or (kinds,)
    if NoneType in kinds and text.lower() == "none":
        return None
    if bool in kinds:
        if text.lower() not in ("true", "false", "yes", "no"):
            raise OptionError(f"{trainer}.{option}: true or false expected; got {text!r}")
        return text.lower() in ("true", "yes")
    for kind in (int, float, str):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError:
                continue
    expected = "a whole number" if int in kinds else "a number"
    raise OptionError(f"{trainer}.{option}: {expected} expected; got {text!r}")


def _names(trainers: str) -> dict[str, str]:
    """Name -> trainer."""
    from wordvec.trainers import TRAINERS

    named: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in trainers.split(","))):
        name, _, trainer = part.partition("=")
        trainer = trainer or name
        if trainer not in TRAINERS:
            raise OptionError(f"no trainer {trainer!r}; there are: {', '.join(TRAINERS)}")
        if not name.replace("-", "").replace("_", "").isalnum():
            raise OptionError(f"a name of letters, digits, - and _ expected before '='; got {name!r}")
        if name in named:
            raise OptionError(f"{name} is named twice: give other names, such as short={trainer}")
        named[name] = trainer
    if not named:
        raise OptionError(f"name at least one trainer; there are: {', '.join(TRAINERS)}")
    return named


def _set(setting: str, named: Mapping[str, str], options: dict[str, dict[str, Any]]) -> None:
    """Write one ``[NAME.]OPTION=VALUE`` into the options of the trainers it applies to."""
    from wordvec.trainers import TRAINERS, option_names
    from wordvec.trainers.option_help import unknown_argument

    target, equals, value = setting.partition("=")
    name, dot, option = target.rpartition(".")
    option = option.strip().replace("-", "_")
    if not equals or not option:
        raise OptionError(f"--option {setting}: OPTION=VALUE or NAME.OPTION=VALUE expected, such as skipgram.epochs=3")
    if option == "seed":
        raise OptionError("--option seed: the seeds are those of --seeds or --seed")
    if dot and name not in named:
        raise OptionError(f"--option {setting}: no {name!r} among {', '.join(named)}")
    known = {each: option_names(TRAINERS[trainer]) for each, trainer in named.items()}
    if dot:
        if option not in known[name]:
            raise unknown_argument(f"the {named[name]} trainer", option, known[name])
        chosen = [name]
    else:
        chosen = [each for each in named if option in known[each]]
        if option == "dim" and len(named) > 1:
            chosen = [each for each in chosen if named[each] != DIMENSIONS_ARE_WORDS]
        if not chosen:
            raise OptionError(f"--option {setting}: no option {option!r} in any of {', '.join(named)}")
    for each in chosen:
        options[each][option] = parse_value(named[each], option, value.strip())


def _configuration(name: str, trainer: str, options: dict[str, Any], threads: int | None) -> Configuration:
    """The configuration with all of the trainer's options, checked by the trainer itself."""
    from wordvec.experiments.training import Configuration
    from wordvec.trainers import TRAINERS, make_trainer, option_names

    if threads is not None and "threads" in option_names(TRAINERS[trainer]) and options.get("engine") != "layers":
        options = {"threads": threads} | options
    made = make_trainer(trainer, **options)
    everything = made.parameters() | options
    if everything.get("learning_rate", 0) is None:  # a table of settings should give the number
        everything["learning_rate"] = made.default_learning_rate  # type: ignore[attr-defined]
    del everything["seed"]
    return Configuration(name, trainer, everything)
