"""Paragraph vectors: vectors of documents, or of their tags, trained with the words (Le and Mikolov 2014)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordvec.corpus.documents.tags import DocumentTags, tags_of
from wordvec.corpus.draws.examples import ExampleSampler, TaggedSampler, Tags
from wordvec.corpus.draws.sampling import keep_probabilities
from wordvec.corpus.draws.steps import FEWEST_OF_DOCUMENTS, meetings_of_few_words
from wordvec.errors import OptionError, WordvecError
from wordvec.trainers.checkpoint import LOST_AT_MOST
from wordvec.trainers.checks import check_is_corpus, check_no_effect, check_options
from wordvec.trainers.epoch_reports import OnEpoch
from wordvec.trainers.option_help import hints_for_arguments, with_option_help
from wordvec.trainers.word2vec import SkipGram

if TYPE_CHECKING:
    from typing_extensions import Self

    from wordvec.corpus import Corpus
    from wordvec.vectors import WordVectors


@with_option_help
@dataclass
class ParagraphVectors(SkipGram):
    """Train a vector for each document by PV-DBOW: it predicts the words of the document (Le and Mikolov 2014).

    The documents are those of `Corpus.from_tagged`, each with one or more tags. In other corpora they are the files or
    records of `Corpus.from_documents`, or the lines. A document without a word in the vocabulary gets zeros.

    words   also train the words' vectors, by skip-gram in the same steps (gensim's dbow_words). Otherwise a word's
            vector is its output row, which the documents' vectors are trained against
    threads  threads of the CPU. None is one: a step has only a few words of a document, too little work to share. Any
            number gives the same bytes

    >>> from wordvec.corpus import Corpus
    >>> texts = [("tea milk cup tea", "kitchen"), ("tea cup spoon", "table"), ("rain wind cloud", "sky")] * 20
    >>> trainer = ParagraphVectors(dim=8, subsample=0).fit(Corpus.from_tagged(texts))
    >>> trainer.documents.words, trainer.vectors.dim
    (['kitchen', 'table', 'sky'], 8)
    >>> trainer.infer("tea in a cup").shape
    (8,)
    """

    name: ClassVar[str] = "paragraph-vectors"

    epochs: int = 20
    words: bool = False

    @property
    def default_learning_rate(self) -> float:
        """For ``learning_rate=None``: twice skip-gram's, unless words are also trained and move the output rows."""
        rate = {"sgd": 0.05, "momentum": 0.005, "nesterov": 0.005}.get(self.optimizer)
        return 0.001 if rate is None else rate / 2 if self.words else rate

    def __post_init__(self) -> None:
        super().__post_init__()
        check_options(
            self,
            loss=(self.loss == "negative-sampling", "'negative-sampling', which infer needs"),
            negative_sharing=(self.negative_sharing == "window", "'window'"),
            device=(self.device == "cpu", "'cpu'"),
            init=(self.init == "random", "'random'"),
            held_out=(self.held_out == 0, "0: a document that is kept from training has no vector to measure"),
            pieces=(self.pieces is None, "None: all documents are trained together"),
            subwords=(not self.subwords, "False: documents have no n-grams"),
        )
        if not self.words:
            why = "a document predicts all its words, and only words have a window"
            check_no_effect(self, ("window", "shrink_window"), why, "train the words too, words=True (--words)")
        self._tags: Tags | None = None
        self._names: DocumentTags | None = None
        self._documents: WordVectors | None = None
        self._start_rows: tuple[np.ndarray, np.ndarray] | None = None

    @hints_for_arguments
    def fit(
        self,
        corpus: Corpus,
        *,
        start: WordVectors | None = None,
        freeze: bool = False,
        checkpoint: str | os.PathLike[str] | None = None,
        checkpoint_every: float = LOST_AT_MOST,
        resume: bool = False,
        on_epoch: OnEpoch | Iterable[OnEpoch] | None = None,
        client: Any = None,
        store: str | os.PathLike[str] | None = None,
        show_progress: bool | None = None,
    ) -> Self:
        """Train on the documents of `corpus` and return the trainer itself; `SkipGram.fit` explains the arguments.

        Raises CorpusError if the corpus does not record the documents of its sentences, OptionError for `start` (use
        `infer` for new documents) and `client`.
        """
        if start is not None or freeze:
            raise OptionError(f"{self.name} trains words and documents from noise; infer is for new documents")
        if client is not None or store is not None:
            raise OptionError(f"{self.name}: all documents are trained on one machine: leave out client and store")
        check_is_corpus(type(self).__name__, corpus)
        found = tags_of(
            corpus.tags, corpus.documents, len(corpus.sentence_starts) - 1, corpus.info.get("raw_sentences")
        )
        if not len(found.numbers):
            raise OptionError(f"{self.name}: no document with a known word has a tag, so there is nothing to train")
        first = len(corpus.vocabulary) if self.words else 0
        self._names = found
        self._tags = Tags(found.starts, found.numbers + np.int32(first), first, len(found), self.words)
        return super().fit(
            corpus,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            resume=resume,
            on_epoch=on_epoch,
            show_progress=show_progress,
        )

    @property
    def documents(self) -> WordVectors:
        """The vectors of the documents, by tag, in the order of first appearance."""
        if self._documents is None:
            raise WordvecError(f"{type(self).__name__} is not trained yet: call .fit(corpus) first")
        return self._documents

    def infer(self, text: str | Sequence[str], tokenizer: Any = None) -> np.ndarray:
        """The vector (D,) float32 of a new document (a text or a list of tokens): see `wordvec.vectors.inference`.

        Without a known word it is zero. Raises OptionError for a list of texts.
        """
        inferred = self.vectors.embed([text], tokenizer=tokenizer)
        if inferred.empty[0] and not isinstance(text, str) and any(len(str(token).split()) > 1 for token in text):
            raise OptionError("infer takes one text or its tokens: for several texts call vectors.embed(texts)")
        row: np.ndarray = inferred.matrix[0]
        return row

    def write(self, vectors: str | os.PathLike[str], documents: str | os.PathLike[str]) -> None:
        """Write two files: the words' vectors, which `infer` and searches need, and the documents' vectors."""
        from wordvec.vectors.document_files import as_seen_from, save_documents

        self.vectors.save(vectors)
        self.documents.info["documents"]["vectors"] = as_seen_from(documents, vectors)
        save_documents(self.documents, documents)

    def continue_from(self, weights: tuple[np.ndarray, np.ndarray] | None) -> None:
        """Start the next `fit`, on the same words and tags, from the `weights` of an earlier one; None: from noise."""
        self._start_rows = weights

    @property
    def weights(self) -> tuple[np.ndarray, np.ndarray]:
        """W_in and W_out of the last `fit`; W_in has the rows of words, if they are trained, then of tags."""
        tags, words = self.documents.rows(slice(None)), self.vectors
        if words.context_matrix is None:
            return np.array(tags), np.array(words.rows(slice(None)))
        return np.concatenate([words.rows(slice(None)), tags]), np.array(words.context_matrix)

    # What differs from skip-gram

    def sampler(self, counts: np.ndarray) -> ExampleSampler:
        """A sampler that gives each word the tags of its document as contexts."""
        return TaggedSampler.for_counts(counts, of_sentences=self._tags, **self.drawing_options())

    def row_numbers(self, vocabulary_size: int) -> tuple[int, int]:
        """The numbers of rows of W_in (words, if they are trained, and tags) and of W_out (words)."""
        assert self._tags is not None
        return self._tags.first + self._tags.number, vocabulary_size

    def starting_weights(self, vocabulary_size: int) -> tuple[np.ndarray, np.ndarray]:
        """As in skip-gram, but the tags are uniform in (-0.5, 0.5) / sqrt(dim), rows of length 0.29.

        The words' output rows start at zero and can only follow the tags. A tag occurs only with its own words, so a
        row near zero would stay there for epochs. After `continue_from`, these are the given weights.
        """
        if self._start_rows is not None:
            return self._start_rows
        assert self._tags is not None
        W_in, W_out = super().starting_weights(vocabulary_size)
        W_in[self._tags.first :] *= np.float32(self.dim**0.5)
        return W_in, W_out

    @property
    def threads_to_use(self) -> int:
        """`threads`, by default one."""
        return self.threads or 1

    def most_contexts(self, corpus: Corpus) -> int:
        """The tags of a document, plus the window if words are trained."""
        assert self._tags is not None
        return self._tags.most + (super().most_contexts(corpus) if self.words else 0)

    def meetings_on(self, corpus: Corpus) -> int:
        """`meetings`, or fewer where few words make up the text, so that documents pull their rows the same way."""
        if self.max_meetings is not None:
            return self.max_meetings
        counts = corpus.vocabulary.counts
        counts = counts * keep_probabilities(counts, self.subsample)
        return meetings_of_few_words(self.meetings, counts, FEWEST_OF_DOCUMENTS)

    def _find_reach(self, corpus: Corpus) -> list[str]:
        if self.words:
            return super()._find_reach(corpus)
        self._reach = 1  # no window is drawn
        return []

    def _told_of_state(self) -> dict[str, Any]:
        assert self._names is not None
        return super()._told_of_state() | {"tags": self._names.fingerprint}

    def _vectors_of(self, corpus: Corpus, W_in: np.ndarray, W_out: np.ndarray, *, subwords: Any = None) -> WordVectors:
        """The words' vectors; also sets the documents' vectors."""
        assert self._tags is not None
        first = self._tags.first
        of_words = self._make_vectors(corpus, W_in[:first], W_out) if first else self._make_vectors(corpus, W_out)
        of_words.info["inference"] = self._inference("context_matrix" if first else "matrix")
        self._documents = self._documents_of(corpus, np.array(W_in[first:]), of_words)
        return of_words

    def _inference(self, output_rows: str) -> dict[str, Any]:
        """For `wordvec.vectors.inference`: the ridge is 1 / (the sum of the learning rates of all epochs)."""
        epochs = max(1, len(self._history.loss))
        rates = sum(self.learning_rate_at((epoch + 0.5) / self.epochs) for epoch in range(epochs))
        how = {name: getattr(self, name) for name in ("negatives", "subsample", "negative_power")}
        return {"ridge": 1.0 / rates, **how, "output_rows": output_rows}

    def _documents_of(self, corpus: Corpus, rows: np.ndarray, of_words: WordVectors) -> WordVectors:
        from wordvec.vectors.document_files import trained_documents

        assert self._names is not None
        found = self._names.words(np.diff(corpus.sentence_starts))
        rows[found == 0] = 0.0
        missing = int(corpus.info.get("raw_tokens", len(corpus.ids))) - len(corpus.ids)
        return trained_documents(self._names.names, rows, found, missing, of_words)
