"""gensim's Doc2Vec on top of wordvec's ParagraphVectors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from wordvec.compat.gensim.differences import OF_TEXT, RENAMED, differs, gensims_names, refuse_others
from wordvec.compat.gensim.models.callbacks import checked_callbacks
from wordvec.compat.gensim.models.keyedvectors import KeyedVectors
from wordvec.compat.gensim.models.lines import TaggedDocument as TaggedDocument
from wordvec.compat.gensim.models.lines import TaggedLineDocument as TaggedLineDocument
from wordvec.compat.gensim.models.tagvectors import TagVectors
from wordvec.compat.gensim.models.word2vec import KEPT, RATES, Word2Vec
from wordvec.corpus import Corpus
from wordvec.corpus.draws.sampling import keep_probabilities
from wordvec.errors import OptionError, WordvecError
from wordvec.trainers import ParagraphVectors
from wordvec.vectors import WordVectors

DOCUMENTS = ".dv"  # appended to the name of a model's file for its documents


class Doc2Vec(Word2Vec):
    """Document vectors by PV-DBOW with gensim's arguments and attributes: `dv` (vectors of tags), `wv`, `infer_vector`.

    dm=1, gensim's default, is trained as dm=0 with dbow_words=1, with a CompatWarning. ``wordvec compat gensim`` lists
    the other intended differences.

    >>> documents = [TaggedDocument(["good", "tea"], [0]), TaggedDocument(["bad", "rain"], [1])] * 20
    >>> model = Doc2Vec(documents, dm=0, vector_size=8, min_count=1, sample=0)
    >>> model.dv[0].shape, model.infer_vector(["tea"]).shape, len(model.dv)
    ((8,), (8,), 2)
    """

    kept = (*KEPT, "dm", "dbow_words")
    _text_argument = "documents"

    def __init__(
        self,
        documents: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        dm_mean: int | None = None,
        dm: int = 1,
        dbow_words: int = 0,
        dm_concat: int = 0,
        dm_tag_count: int = 1,
        dv: Any = None,
        dv_mapfile: Any = None,
        comment: str | None = None,
        trim_rule: Any = None,
        callbacks: Iterable[Any] = (),
        window: int = 5,
        epochs: int = 10,
        shrink_windows: bool = True,
        **options: Any,
    ) -> None:
        refuse_others("Doc2Vec", options.keys() & {"sentences"}, {"sentences": "documents"})
        if dv is not None or dv_mapfile is not None:
            raise OptionError("Doc2Vec: dv and dv_mapfile are not supported: leave them out")
        if trim_rule is not None:
            raise OptionError("Doc2Vec: trim_rule is not supported: leave words out of the documents")
        self.dm, self.dbow_words, self._hs = int(dm), int(dbow_words), int(options.pop("hs", 0))
        if self._hs:
            differs("hs=1: negative sampling is trained in its place, from which documents are inferred")
            options["negative"] = options.get("negative") or 5
        if dm:
            differs("dm=1: PV-DM is not supported; PV-DBOW with words is trained, as by dm=0, dbow_words=1")
        if dm_concat or dm_mean is not None or dm_tag_count != 1:
            differs("dm_mean, dm_concat and dm_tag_count have no effect: they are PV-DM's")
        options.pop("sg", None)
        shared: dict[str, Any] = {"comment": comment, "window": window, "epochs": epochs}
        super().__init__(vector_size=vector_size, sg=1, shrink_windows=shrink_windows, **shared, **options)
        self._dv = TagVectors(self.vector_size)
        self._train_at_once(documents, corpus_file, epochs, callbacks)

    @property
    def dv(self) -> TagVectors:
        """The vectors of the tags; in a callback, those after the last epoch."""
        _ = self.wv  # takes the vectors from a pending report
        return self._dv

    @property
    def docvecs(self) -> TagVectors:
        """`dv` under its older name."""
        return self.dv

    @property
    def dbow(self) -> bool:
        """Whether PV-DBOW is trained: always."""
        return True

    def build_vocab(  # type: ignore[override]
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        update: bool = False,
        progress_per: int = 10_000,
        keep_raw_vocab: bool = False,
        trim_rule: Any = None,
        **kwargs: Any,
    ) -> None:
        """Read the documents once, choose the words and record the tags. `update` is refused: training needs all."""
        refuse_others("build_vocab", kwargs, OF_TEXT)
        if trim_rule is not None or update:
            raise OptionError("Doc2Vec.build_vocab: trim_rule and update are not supported: give all documents at once")
        corpus = self._read(
            corpus_iterable, corpus_file, min_count=max(1, self.min_count), max_words=self.max_final_vocab
        )
        self._pending = (corpus_file if corpus_iterable is None else corpus_iterable), corpus
        self.corpus_count, self.corpus_total_words = corpus.info["raw_sentences"], corpus.info["raw_tokens"]
        words, names = corpus.vocabulary.words, corpus.tags.names if corpus.tags else []
        self._weights: tuple[np.ndarray, np.ndarray] | None = None
        self._wv, self._dv = KeyedVectors(self.vector_size), TagVectors(self.vector_size)
        self._wv.add_vectors(words, np.zeros((len(words), self.vector_size)))
        self._wv.expandos["count"] = np.array(corpus.vocabulary.counts)
        self._dv.take(names, np.zeros((len(names), self.vector_size)))

    def build_vocab_from_freq(self, *args: Any, **kwargs: Any) -> None:
        """Raise OptionError: tags are those of documents."""
        raise OptionError("Doc2Vec.build_vocab_from_freq is not supported: give the documents to build_vocab")

    def train(  # type: ignore[override]
        self,
        corpus_iterable: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        callbacks: Iterable[Any] = (),
        compute_loss: bool = False,
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Train the documents that `build_vocab` read, from the current rows; return two token counts as in Word2Vec.

        The documents may be in another order. Raises OptionError for others: use `infer_vector` for new ones.
        """
        refuse_others("train", kwargs, {**RENAMED, **OF_TEXT})
        if self._pending is None:
            raise WordvecError("train: the model has no words yet: call build_vocab(documents) first")
        corpus = self._same_corpus(corpus_iterable, corpus_file)
        trainer = self._trainer_of(epochs, start_alpha, end_alpha)
        passed = self._fit(trainer, corpus, checked_callbacks(callbacks))
        self._weights = self._fitting.weights
        return passed

    def infer_vector(
        self,
        doc_words: Sequence[str],
        alpha: float | None = None,
        min_alpha: Any = None,
        epochs: int | None = None,
        **older: Any,
    ) -> np.ndarray:
        """The vector (D,) of a list of words. It is the same at every call, so alpha and epochs have no effect."""
        refuse_others("infer_vector", older, OF_TEXT)
        if isinstance(doc_words, str):
            raise TypeError("Parameter doc_words of infer_vector() must be a list of strings (not a single string).")
        if alpha is not None or min_alpha is not None or epochs is not None:
            differs("infer_vector: alpha, min_alpha and epochs have no effect: the vector is the minimum of a function")
        if "inference" not in self.wv.info:
            raise WordvecError(
                "infer_vector: the model is not trained yet: call build_vocab(documents) and train first"
            )
        row: np.ndarray = self.wv.to_word_vectors().embed([list(doc_words)], "infer").matrix[0]
        return row

    def similarity_unseen_docs(
        self,
        doc_words1: Sequence[str],
        doc_words2: Sequence[str],
        alpha: Any = None,
        min_alpha: Any = None,
        epochs: Any = None,
    ) -> float:
        """The cosine of the vectors that `infer_vector` gives two lists of words; 0 if one has no known word."""
        vectors = [self.infer_vector(words, alpha, min_alpha, epochs) for words in (doc_words1, doc_words2)]
        lengths = [float(np.linalg.norm(vector)) for vector in vectors]
        return float(np.dot(*vectors)) / (lengths[0] * lengths[1]) if all(lengths) else 0.0

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write two .safetensors files, for any name: words with the model's arguments, and NAME.dv with the tags."""
        name = os.fspath(args[0] if args else kwargs["fname_or_handle"])
        super().save(name)
        self.dv.to_word_vectors().save(name + DOCUMENTS, format="safetensors")

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> Doc2Vec:
        """Read what `save` wrote. gensim's own Doc2Vec files lack data that is needed here, and are refused."""
        name = os.fspath(args[0] if args else kwargs["fname"])
        if not os.path.isfile(name + DOCUMENTS):
            raise OptionError(
                f"{name}: no {name}{DOCUMENTS} beside it: not a model that Doc2Vec.save of wordvec wrote; of a model "
                "of gensim, model.dv.save(file) keeps the documents' vectors, and KeyedVectors.load(file) here reads it"
            )
        vectors = WordVectors.load(name)
        kept = vectors.info.get("gensim_arguments") or {}
        given = {argument: kept[argument] for argument in cls.kept if argument in kept and argument not in ("sg", "hs")}
        rates = {name: given.pop(name) for name in RATES if name in given}
        model = cls(vector_size=vectors.dim, **{**given, "dm": 0})
        vars(model).update(rates)
        model.dm, model._wv = given.get("dm", 0), KeyedVectors.from_word_vectors(vectors)
        documents = WordVectors.load(name + DOCUMENTS)
        model._dv.take(list(documents.words), np.array(documents.rows(slice(None))))
        return model

    # Parts

    def _trainer(self, epochs: int, alpha: float, min_alpha: float) -> Any:
        beside = bool(self.dm or self.dbow_words)
        if beside and self.window == 0:
            raise OptionError("Doc2Vec: window=0 gives words no contexts: with it, take dm=0 and dbow_words=0")
        options = self._options_of_all(epochs, alpha, min_alpha)
        with gensims_names(type(self).__name__):
            if not beside:  # documents have no window
                return ParagraphVectors(**{**options, "shrink_window": True})
            return ParagraphVectors(window=self.window, words=True, **options)

    def _read(self, sentences: Any, corpus_file: Any, **options: Any) -> Corpus:
        if (sentences is None) == (corpus_file is None):
            raise OptionError("give corpus_iterable (TaggedDocuments) or corpus_file, one of the two")
        return Corpus.from_tagged(sentences if corpus_file is None else TaggedLineDocument(corpus_file), **options)

    def _same_corpus(self, documents: Any, corpus_file: Any) -> Corpus:
        assert self._pending is not None
        given, (known, corpus) = (corpus_file if documents is None else documents), self._pending
        if given is None or given is known:
            return corpus
        again = self._read(documents, corpus_file, vocabulary=corpus.vocabulary, min_count=1)
        if again.vocabulary.words != corpus.vocabulary.words or _documents_in(again) != _documents_in(corpus):
            raise OptionError(
                "train: other documents than build_vocab read: build_vocab(all documents) first; infer_vector gives "
                "new documents their vectors"
            )
        return corpus  # whose order the rows have

    def _left_to_train(self, corpus: Corpus, sample: float) -> float:
        """The expected number of words left: documents predict single words, not pairs."""
        return float((keep_probabilities(corpus.vocabulary.counts, sample) * corpus.vocabulary.counts).sum())

    def _rows_to_go_on_from(self, trainer: Any) -> dict[str, Any]:
        before = 0.0 if self._weights is None else self._weights[0 if trainer.words else 1][: len(self._wv)]
        if not np.all(self._wv.vectors == before):
            raise OptionError(
                "Doc2Vec.train: rows were written into model.wv (by intersect_word2vec_format, say), and training does "
                "not start from them: leave this out, or train the words alone, with Word2Vec"
            )
        trainer.continue_from(self._weights)
        self._fitting = trainer
        return {}

    def _take(self, trained: WordVectors) -> None:
        super()._take(trained)
        self._wv.info = {name: value for name, value in trained.info.items() if name != "counted"}
        documents = self._fitting.documents
        self._dv.take(list(documents.words), np.array(documents.rows(slice(None))))

    @classmethod
    def reset_from(cls, *args: Any, **kwargs: Any) -> Any:
        """Refused: give build_vocab the documents."""
        raise OptionError("Doc2Vec.reset_from is not supported: give build_vocab the documents")


def _documents_in(corpus: Corpus) -> list[tuple[list[str], bytes]]:
    """The tags and the known words of each document, in an order that does not depend on the text's."""
    assert corpus.tags is not None
    starts, numbers = corpus.tags.starts.tolist(), corpus.tags.numbers.tolist()
    ends = corpus.sentence_starts.tolist()
    return sorted(
        (
            [corpus.tags.names[number] for number in numbers[starts[row] : starts[row + 1]]],
            corpus.ids[first:last].tobytes(),
        )
        for row, (first, last) in enumerate(zip(ends, ends[1:]))
    )
