"""How many of a word's neighbours stay the same with another seed or another sample of the same texts.

  wordvec stability seed1.safetensors seed2.safetensors seed3.safetensors
  wordvec stability text.txt --trainer skipgram --seeds 5 --runs runs -o stability.tsv
  wordvec stability corpus/ --trainer svd --bootstrap --seeds 20 --runs runs --words king,queen
  wordvec stability stability.tsv --words king,queen

Give two or more files of vectors, or with --trainer a text to train on, or a file that -o wrote. The overlap of a
word is the share of its 10 nearest neighbours that two models have in common, averaged over all pairs of models.

With --bootstrap each model is trained on its own sample, drawn with replacement: of documents if the corpus was built
with --metadata, else of sentences. With --words each neighbour is listed with the number of samples in which it stays.
Words that occur fewer than 20 times or in fewer than 3 documents are marked as too rare.
"""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wordvec.cli.cluster import check_cluster_arguments, cluster_of
from wordvec.cli.configurations import add_training_arguments, open_run_folder, read_configurations
from wordvec.cli.dependent_options import fill_in, is_given
from wordvec.cli.output import print_json
from wordvec.cli.questions import comma_separated
from wordvec.cli.text import add_text_arguments, read_corpus
from wordvec.errors import OptionError, counted, describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wordvec.experiments.stability import Stability
    from wordvec.vectors import WordVectors


OF_TRAINING = {  # the options that only --trainer uses, by their names in the parsed arguments
    "out": "--runs", "settings": "--option", "accents": "--strip-accents", "punctuation": "--drop-punctuation",
    "seeds": "--seeds", "bootstrap": "--bootstrap", "resample": "--resample", "field": "--field", "strict": "--strict",
    "plain_text": "--plain-text",
    "tokenizer": "--tokenizer", "split_sentences": "--split-sentences", "case": "--case", "unicode": "--unicode",
    "numbers": "--numbers", "min_count": "--min-count", "max_words": "--max-words", "keep_words": "--keep-words",
    "drop_words": "--drop-words", "vocabulary": "--vocabulary", "phrases": "--phrases", "scheduler": "--scheduler",
    "threads": "--threads", "encoding": "--encoding", "encoding_errors": "--encoding-errors",
}  # fmt: skip

DEFAULTS = {"--encoding": "utf-8", "--encoding-errors": "strict"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    add_text_arguments(parser, threads=False)
    measuring = parser.add_argument_group("measuring")
    measuring.add_argument("-k", type=int, help="neighbours of a word (default: 10)")
    measuring.add_argument("--words", metavar="W,W", help="measure only these words, and show their neighbours")
    measuring.add_argument(
        "--sample", type=int, metavar="N", help="words sampled from each frequency band (default: 500)"
    )
    measuring.add_argument("--all", action="store_true", help="measure all words")
    measuring.add_argument(
        "-o", "--out", dest="out_file", metavar="FILE", help="write the overlap of each word, as .tsv or .json"
    )
    # The name --out had before.
    measuring.add_argument("--out-file", metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    training = parser.add_argument_group("training, in place of files of vectors")
    training.add_argument("--trainer", metavar="NAME", help="skipgram, cbow, glove, svd or ppmi")
    training.add_argument("--seeds", type=int, metavar="N", help="train with seeds 1 to N (default: 5)")
    training.add_argument(
        "--bootstrap",
        action="store_true",
        help="train each model on its own sample of documents or sentences, drawn with replacement",
    )
    training.add_argument(
        "--resample",
        choices=("documents", "sentences"),
        help="what --bootstrap draws (default: documents if the corpus has them)",
    )
    training.add_argument(
        "--runs", dest="out", metavar="FOLDER", help="keep the models here; after a kill, the same command continues"
    )
    add_training_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def run(arguments: argparse.Namespace) -> None:
    """Train or load, measure, show."""
    from wordvec.experiments.stability import neighbour_stability
    from wordvec.experiments.stability.results import (
        check_stability_path,
        is_stability_file,
        read_stability,
        save_stability,
    )
    from wordvec.files import check_writable

    check_cluster_arguments(arguments)
    _check_training(arguments)
    if arguments.out_file is not None:
        check_stability_path(arguments.out_file)
        check_writable(arguments.out_file)
    words = comma_separated(arguments.words) or None
    if not arguments.trainer and len(arguments.text) == 1 and is_stability_file(arguments.text[0]):
        file = arguments.text[0]
        fill_in(arguments, False, "measuring", instead=f"{file}, which was measured", k=0, sample=0, all=0, out_file="")
        show(read_stability(file), words, [], arguments)
        return
    fill_in(arguments, words is None, "words by frequency band", instead="--words", sample=None, all=False)
    fill_in(arguments, not arguments.all, "a sample of the words", instead="--all", sample=500)
    models, over, documents = trained(arguments) if arguments.trainer else (loaded(arguments.text), "files", None)
    found = neighbour_stability(
        models,
        words,
        k=10 if arguments.k is None else arguments.k,
        sample=None if arguments.all else arguments.sample,
        over=over,
        documents=documents,
    )
    found = replace(found, info=about(models))
    if arguments.out_file:
        save_stability(found, arguments.out_file)
    show(found, words, models, arguments, documents)


def _check_training(arguments: argparse.Namespace) -> None:
    """Raise OptionError for options of training without --trainer; set the number of seeds."""
    values = [(flag, getattr(arguments, name)) for name, flag in OF_TRAINING.items()]
    given = [flag for flag, value in values if is_given(value) and value not in ([], DEFAULTS.get(flag))]
    if given and not arguments.trainer:
        them = "it" if len(given) == 1 else "them"
        raise OptionError(f"{', '.join(given)}: for training several models: give --trainer, too, or leave {them} out")
    arguments.seeds = 5 if arguments.seeds is None else arguments.seeds


def about(models: Sequence[WordVectors]) -> dict[str, Any]:
    """Facts that all models share: trainer, corpus, parameters."""
    facts: dict[str, Any] = {}
    for name in ("trainer", "corpus_fingerprint", "tokenizer"):
        values = {model.info.get(name) for model in models}
        if len(values) == 1 and None not in values:
            facts[name] = values.pop()
    parameters = [model.info.get("parameters") or {} for model in models]
    facts["parameters"] = {
        name: value for name, value in parameters[0].items() if all(p.get(name) == value for p in parameters)
    }
    return facts


def loaded(files: Sequence[str]) -> list[WordVectors]:
    """The models in files."""
    from wordvec.vectors import WordVectors

    if len(files) == 1 and not os.path.exists(files[0]):
        raise OptionError(f"{files[0]}: no such file")
    if len(files) < 2:
        raise OptionError(
            "stability needs two files of vectors or more, such as those of several seeds; or give --trainer to train "
            "on a text"
        )
    return [WordVectors.load(file) for file in files]


def trained(arguments: argparse.Namespace) -> tuple[list[WordVectors], str, dict[str, int] | None]:
    """Models trained with several seeds, and on bootstrap samples if requested; and what differs between them.

    The last value is the number of documents of each word, if the corpus knows its documents.
    """
    from wordvec.corpus.documents.rarity import documents_by_word
    from wordvec.experiments.compare import train_all
    from wordvec.experiments.resampling import unit_of
    from wordvec.experiments.run_folder import check_run_folder
    from wordvec.experiments.training import MOST_MODELS, Job

    if not arguments.out:
        raise OptionError("--trainer needs --runs FOLDER, where the models are kept")
    if not 2 <= arguments.seeds <= MOST_MODELS:
        raise OptionError(f"stability is over 2 to {MOST_MODELS:,} models; got --seeds {describe(arguments.seeds)}")
    (configuration,) = read_configurations(arguments.trainer, arguments.settings, arguments.threads)
    if arguments.resample and not arguments.bootstrap:
        raise OptionError(f"--resample {arguments.resample} says what --bootstrap draws: give --bootstrap, too")
    if not arguments.bootstrap and not configuration.depends_on_seed:
        raise OptionError(
            f"{configuration.trainer} does not depend on the seed, so all its models are alike: add --bootstrap"
        )
    check_run_folder(arguments.out)
    seeds = range(1, arguments.seeds + 1)
    with ExitStack() as stack:
        where = stack.enter_context(cluster_of(arguments))
        corpus = read_corpus(arguments, where=where)
        folder = stack.enter_context(open_run_folder(arguments, corpus, where))
        unit = unit_of(corpus, arguments.resample) if arguments.bootstrap else "sentences"
        jobs = [Job(configuration, seed, seed if arguments.bootstrap else None, unit) for seed in seeds]
        models = [folder.load(model) for model in train_all(folder, jobs)]
    return models, f"samples of {unit}" if arguments.bootstrap else "seeds", documents_by_word(corpus)


def show(
    found: Stability,
    words: Sequence[str] | None,
    models: Sequence[WordVectors],
    arguments: argparse.Namespace,
    documents: Mapping[str, int] | None = None,
) -> None:
    """Print the result: by frequency, or for some words."""
    from wordvec.experiments.stability.results import bands_table, neighbours_text, stability_as_dict

    if arguments.json:
        result: dict[str, Any] = stability_as_dict(found, words, models, documents)
        print_json(result | {"file": arguments.out_file} if arguments.out_file else result)
        return
    print(neighbours_text(found, words, models, documents) if words else bands_table(found))
    if arguments.out_file:
        print(
            f"{arguments.out_file}: {counted(len(found.words), 'word')}, "
            f"{counted(Path(arguments.out_file).stat().st_size, 'byte')}"
        )
