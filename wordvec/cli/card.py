"""Write a model card: what the vectors are, how they were made, their scores, neighbours and limits, as Markdown.

  wordvec card vectors.safetensors -o CARD.md --similarity wordsim353.txt --analogy questions-words.txt
  wordvec card vectors.safetensors --corpus corpus --report train.json --licence CC-BY-4.0
  wordvec card changes.json --languages en,de,ko          for the output of `wordvec change -o`
  wordvec card map.svg --runs runs.jsonl                  for any file that `wordvec --record runs.jsonl ...` wrote

Facts that neither the file nor an option gives are "not stated". TEXT's name, size and licence come from --corpus, a
folder that `wordvec corpus build` wrote, and the training time from --report, the output of `wordvec train --json`.
A card has a method paragraph, the references of the methods used as BibTeX, and the commands that repeat the work.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.dependent_options import fill_in
from wordvec.cli.evaluate import add_set_arguments
from wordvec.cli.questions import comma_separated
from wordvec.errors import InputError, counted
from wordvec.json_forms import parse_json

if TYPE_CHECKING:
    from wordvec.corpus import Corpus


NO_VECTORS = (".svg", ".pdf", ".png", ".html", ".csv", ".tsv", ".json", ".md")  # other files that a run may write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "file", metavar="FILE", help="vectors, in any format wordvec reads; or the output of `wordvec change -o`"
    )
    parser.add_argument("-o", "--out", metavar="CARD.md", help="write the card here (default: print it)")
    add_set_arguments(parser, bias=True)
    parser.add_argument("--protocol", metavar="NAME", help="how words are looked up (default: wordvec)")
    parser.add_argument(
        "--words", metavar="W,W", help="words whose neighbours to show (default: some of several frequencies)"
    )
    parser.add_argument("--stability", metavar="FILE", help="the output of `wordvec stability -o`")
    parser.add_argument("--corpus", metavar="FOLDER", help="the corpus that the vectors were trained on")
    parser.add_argument("--report", metavar="FILE", help="the output of `wordvec train --json`")
    parser.add_argument(
        "--runs", metavar="FILE",
        help="the output of `wordvec --record`: adds the commands behind the file, with sources, versions, time and "
        "machine; the card's FILE may then be any file that they wrote, such as a figure",
    )  # fmt: skip
    parser.add_argument(
        "--languages", default="en", metavar="en,de,ko", help="languages of the method paragraph (default: en)"
    )
    parser.add_argument("--licence", "--license", metavar="TEXT", help="licence of the vectors")
    parser.add_argument(
        "--corpus-licence", metavar="TEXT", help="licence of the corpus (default: from the catalogue, if known)"
    )


def run(arguments: argparse.Namespace) -> None:
    """Read, score, write."""
    from wordvec.corpus import Corpus
    from wordvec.evaluation.tasks import evaluate, read_tasks
    from wordvec.experiments.card import CardFacts, model_card
    from wordvec.experiments.method.card_parts import card_of_changes, card_of_runs, parts_of_runs
    from wordvec.experiments.method.change_file import is_record, read_record
    from wordvec.experiments.method.runs import read_runs, runs_behind
    from wordvec.experiments.stability.results import read_stability
    from wordvec.files import check_writable
    from wordvec.vectors import WordVectors

    if arguments.out:
        check_writable(arguments.out)
    runs = [] if arguments.runs is None else runs_behind(arguments.file, read_runs(arguments.runs))
    added = "\n" + parts_of_runs(runs) + "\n" if runs else ""
    if is_record(arguments.file):
        _check_no_vectors(arguments)
        record = read_record(arguments.file)
        _put(card_of_changes(Path(arguments.file), record, comma_separated(arguments.languages)) + added, arguments)
        return
    if runs and Path(arguments.file).suffix in NO_VECTORS:
        _check_no_vectors(arguments)
        _put(card_of_runs(Path(arguments.file), runs, comma_separated(arguments.languages)), arguments)
        return
    fill_in(arguments, bool(arguments.sets), "evaluation sets", protocol="wordvec")
    sets = read_tasks(arguments.sets)
    corpus = None if arguments.corpus is None else Corpus.open(arguments.corpus)
    vectors = WordVectors.load(arguments.file)
    facts = CardFacts(
        scores=evaluate(vectors, sets, arguments.protocol),
        words=comma_separated(arguments.words),
        corpus=corpus,
        report={} if arguments.report is None else read_report(arguments.report),
        stability=None if arguments.stability is None else read_stability(arguments.stability),
        languages=comma_separated(arguments.languages),
        licence=arguments.licence,
        corpus_licence=arguments.corpus_licence or catalogue_licence(corpus),
    )
    _put(model_card(Path(arguments.file), vectors, facts) + added, arguments)


def _check_no_vectors(arguments: argparse.Namespace) -> None:
    """Raise OptionError for options that a card of anything but vectors does not use."""
    arguments.set = arguments.sets or None
    names = ("set", "protocol", "words", "stability", "corpus", "report", "licence", "corpus_licence")
    what = f"{arguments.file}, which holds none"
    fill_in(arguments, False, "vectors", instead=what, **dict.fromkeys(names))


def _put(card: str, arguments: argparse.Namespace) -> None:
    """Print a card, or write it to --out."""
    from wordvec.files import replace_file

    if not arguments.out:
        print(card, end="")
        return
    with replace_file(arguments.out, "w", encoding="utf-8") as file:
        file.write(card)
    print(f"{arguments.out}: card of {arguments.file}, {counted(len(card.splitlines()), 'line')}")


def catalogue_licence(corpus: Corpus | None) -> str | None:
    """The licence of a corpus whose only source is a name in the catalogue, or None."""
    from wordvec.corpus.named_texts import list_catalogue

    sources = [] if corpus is None else corpus.info.get("sources") or []
    for entry in list_catalogue():
        if sources == [entry.name]:
            return entry.licence
    return None


def read_report(path: str) -> dict[str, Any]:
    """Read the output of `wordvec train --json`. Raises InputError for anything else."""
    try:
        report = parse_json(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error}); the output of `wordvec train --json` is expected") from error
    if not isinstance(report, dict) or not isinstance(report.get("seconds"), dict):
        raise InputError(f"{path}: the output of `wordvec train --json` is expected, with seconds in it")
    return report
