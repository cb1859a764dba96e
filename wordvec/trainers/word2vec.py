"""Skip-gram and CBOW vectors (Mikolov et al. 2013)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from wordvec.corpus.draws.sampling import keep_probabilities
from wordvec.corpus.draws.steps import meetings_of_few_words
from wordvec.trainers.checks import check_options
from wordvec.trainers.neural import NeuralTrainer
from wordvec.trainers.option_help import with_option_help

if TYPE_CHECKING:
    from wordvec.corpus import Corpus


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


@with_option_help
@dataclass
class CBOW(NeuralTrainer):
    """Train CBOW: the mean of the words around a centre predicts the centre (Mikolov et al. 2013).

    cbow_gradient  "sum" (word2vec.c, gensim): each context gets the mean's gradient undivided, which acts as a
                   larger learning rate for the contexts; "mean" is the true gradient (Irsoy et al. 2021)

    >>> from wordvec.corpus import Corpus
    >>> corpus = Corpus.from_sentences([["a", "b", "a", "c"]] * 20)
    >>> CBOW(dim=8, epochs=1, seed=3, subsample=0).fit(corpus).vectors.matrix.shape
    (3, 8)
    """

    name: ClassVar[str] = "cbow"

    cbow_gradient: str = "sum"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_options(
            self,
            cbow_gradient=(self.cbow_gradient in ("mean", "sum"), "'mean' or 'sum'"),
            negative_sharing=(self.negative_sharing == "window", "'window': CBOW makes one prediction a centre"),
        )

    @property
    def default_learning_rate(self) -> float:
        """For ``learning_rate=None``: twice skip-gram's, as in word2vec.c."""
        return {"sgd": 0.05, "momentum": 0.005, "nesterov": 0.005}.get(self.optimizer, 0.001)

    def _inputs_of_a_centre(self) -> float:
        """CBOW has one input, the mean: output rows see its length, contexts the whole gradient ("sum") or a share."""
        contexts = self.reach + 1.0 if self.shrink_window else 2.0 * self.reach
        return contexts**0.5 if self.cbow_gradient == "sum" else 1.0

    def pulls_of_a_centre(self) -> tuple[float, float]:
        """One prediction; each context gets its whole gradient ("sum") or a share."""
        contexts, _ = super().pulls_of_a_centre()
        return (contexts if self.cbow_gradient == "sum" else 1.0), 1.0

    def meetings_on(self, corpus: Corpus) -> int:
        """`meetings`, or fewer for the undivided gradient where few words make up the text."""
        if self.max_meetings is not None or self.cbow_gradient == "mean":
            return self.meetings
        counts = corpus.vocabulary.counts
        return meetings_of_few_words(self.meetings, counts * keep_probabilities(counts, self.subsample))

    def kernel_options(self, paths: Any) -> dict[str, Any]:
        """Adds how a context's gradient is scaled."""
        return super().kernel_options(paths) | {"gradient": self.cbow_gradient}
