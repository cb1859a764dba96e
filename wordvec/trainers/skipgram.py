"""Skip-gram vectors (Mikolov et al. 2013)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from wordvec.arrays import Array
from wordvec.networks import SkipGramNetwork
from wordvec.trainers.neural import NeuralTrainer
from wordvec.trainers.option_help import with_option_help


@with_option_help
@dataclass
class SkipGram(NeuralTrainer):
    """Train skip-gram: every word around a centre predicts the centre (Mikolov et al. 2013).

    >>> from wordvec.corpus import Corpus
    >>> corpus = Corpus.from_sentences([["a", "b", "a", "c"]] * 20)
    >>> trainer = SkipGram(dim=8, epochs=2, subsample=0).fit(corpus)
    >>> trainer.vectors.matrix.shape, len(trainer.history.loss)
    ((3, 8), 2)
    """

    name: ClassVar[str] = "skipgram"

    def make_network(self, W_in: Array, W_out: Array, paths: Any = None) -> SkipGramNetwork:
        """Skip-gram as layers."""
        return SkipGramNetwork(W_in, W_out, self.loss, paths)
