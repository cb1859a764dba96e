"""Corpus -> WordVectors: five training methods with one interface, and a sixth for vectors of documents."""

from __future__ import annotations

from typing import Any

from wordvec.errors import OptionError
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
