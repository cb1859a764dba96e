"""Corpus -> WordVectors: five training methods with one interface, and a sixth for vectors of documents.

Also the choice of a trainer if the user names none: by the given options, then by the size of the text.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from wordvec.errors import OptionError, counted
from wordvec.trainers.base import History, Trainer
from wordvec.trainers.checks import option_names
from wordvec.trainers.epoch_reports import EpochReport
from wordvec.trainers.glove import GloVe
from wordvec.trainers.option_help import unknown_argument
from wordvec.trainers.paragraph_vectors import ParagraphVectors
from wordvec.trainers.ppmi import PPMI
from wordvec.trainers.svd import SVD
from wordvec.trainers.word2vec import CBOW, SkipGram

TRAINERS: dict[str, type[Trainer]] = {
    trainer.name: trainer for trainer in (SkipGram, CBOW, GloVe, SVD, PPMI, ParagraphVectors)
}

# The choice if the user names no trainer.
BY_SIZE = ("svd", "skipgram")  # for a small and for a large text
ORDER = ("skipgram", "svd", "cbow", "glove", "ppmi")

__all__ = [
    "CBOW",
    "PPMI",
    "SVD",
    "TRAINERS",
    "EpochReport",
    "GloVe",
    "History",
    "ParagraphVectors",
    "SkipGram",
    "Trainer",
    "make_trainer",
    "option_names",
]


def make_trainer(name: str, **options: Any) -> Trainer:
    """Build the trainer of this name. An unknown option is an error that lists the known ones.

    >>> make_trainer("svd", dim=50).dim
    50
    """
    if name not in TRAINERS:
        raise OptionError(f"no trainer {name!r}; there are: {', '.join(TRAINERS)}")
    known = option_names(TRAINERS[name])
    for option in options:
        if option not in known:
            raise unknown_argument(f"the {name} trainer", option, known)
    return TRAINERS[name](**options)


def choose_by_options(options: Collection[str]) -> tuple[str | None, str]:
    """The trainer that has these options, and why it was chosen; None if both of `BY_SIZE` have them.

    >>> choose_by_options(["dim", "epochs"])
    ('skipgram', 'svd has no --epochs')
    >>> choose_by_options(["dim", "window"])[0] is None
    True
    """
    able = [name for name in ORDER if set(options).issubset(option_names(TRAINERS[name]))]
    if set(BY_SIZE).issubset(able):
        return None, ""
    name = able[0] if able else ORDER[0]  # its error message will list the known options
    usual = BY_SIZE[0] if name == ORDER[0] else ORDER[0]
    lacking = [option for option in options if option not in option_names(TRAINERS[usual])]
    return name, f"{usual} has no --{lacking[0].replace('_', '-')}" if lacking else "no trainer has all these options"


def choose_by_size(tokens: int, words: int, dim: int) -> tuple[str, str]:
    """The trainer that scores higher on a text with this many tokens and different words, and why.

    On 1, 3 and 17 million words SVD scored .535, .595 and .660 on WordSim-353, skip-gram with its five epochs .286,
    .487 and .627. On SimLex-999 skip-gram leads from 3 million words on, by .011, then .057
    (scripts/benchmark_results/2026-11-21-svd-settings.jsonl and 2026-11-21-compare.json). SVD cannot make more
    dimensions than there are words.

    >>> choose_by_size(300_000, 8_000, 100)
    ('svd', "300,000 tokens are fewer than 5,000,000, too few for skip-gram's five epochs")
    """
    from wordvec.corpus.report.advice import FEW_TOKENS

    if words <= dim:
        return "skipgram", f"svd cannot make {counted(dim, 'dimension')} of {counted(words, 'word')}"
    if tokens < FEW_TOKENS:
        return "svd", f"{tokens:,} tokens are fewer than {FEW_TOKENS:,}, too few for skip-gram's five epochs"
    return "skipgram", f"{tokens:,} tokens are {FEW_TOKENS:,} or more, enough for it"
