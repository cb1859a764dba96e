"""gensim's Word2Vec on top of wordvec's SkipGram and CBOW."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from wordvec.compat.gensim.differences import (
    OF_TEXT,
    RENAMED,
    differs,
    gensims_names,
    no_attribute,
    refuse_others,
)
from wordvec.compat.gensim.models.callbacks import call_all, checked_callbacks
from wordvec.compat.gensim.models.keyedvectors import KeyedVectors
from wordvec.compat.gensim.models.lines import LineSentence as LineSentence
from wordvec.compat.gensim.models.lines import PathLineSentences as PathLineSentences
from wordvec.compat.gensim.models.lines import Text8Corpus as Text8Corpus
from wordvec.compat.gensim.models.words import (
    check_no_locks,
    checked_counts,
    chosen,
    has_nothing_to_train,
    predicted,
    trimmed,
)
from wordvec.corpus import Corpus
from wordvec.corpus.draws.sampling import keep_probabilities
from wordvec.corpus.read.values import listed_items
from wordvec.errors import ArgumentError, CorpusError, OptionError, ShapeError, TrainingError, WordvecError
from wordvec.trainers import CBOW, SkipGram
from wordvec.trainers.epoch_reports import EpochReport
from wordvec.vectors import WordVectors

SMALL, FEW = 100_000, 30  # tokens of a small text; fewest pairs left to train on in an epoch
LOWEST = 1e-4  # smallest share of alpha to which wordvec's learning rate falls
FAST_VERSION = 1  # tells programs that training is compiled

KEPT = ("alpha", "min_alpha", "window", "min_count", "sample", "seed", "workers", "epochs", "sg", "hs", "negative")
KEPT += ("ns_exponent", "max_final_vocab", "shrink_windows", "comment")
RATES = ("alpha", "min_alpha")


class Word2Vec:
    """Word vectors with gensim's arguments and attributes; see ``wordvec compat gensim`` for intended differences.

    Raises OptionError for unsupported arguments (cbow_mean=0, null_word), ArgumentError for gensim 3's
    names. CompatWarning reports arguments that have a different effect.
    """

    kept = KEPT
    _text_argument = "sentences"

    def __init__(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Any = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: Any = None,
        sorted_vocab: int = 1,
        batch_words: int = 10_000,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        **older: Any,
    ) -> None:
        refuse_others(type(self).__name__, older, RENAMED)
        self.vector_size, self.alpha, self.min_alpha, self.window = int(vector_size), alpha, min_alpha, window
        self.min_count, self.sample, self.workers, self.epochs = min_count, sample, workers, epochs
        self.seed = secrets.randbits(31) if seed is None else seed  # as in gensim, None is random
        self.sg, self.hs, self.negative, self.ns_exponent = int(sg), int(hs), int(negative), ns_exponent
        self.max_final_vocab, self.shrink_windows, self.comment = max_final_vocab, shrink_windows, comment
        self.compute_loss, self.layer1_size, self.cbow_mean = compute_loss, self.vector_size, 1
        self.corpus_count = self.corpus_total_words = self.train_count = 0
        self._check(max_vocab_size, cbow_mean, null_word, sorted_vocab)
        self._wv = KeyedVectors(self.vector_size)
        self._report: EpochReport | None = None
        self._pending: tuple[Any, Corpus] | None = None  # the source and corpus of build_vocab
        self._losses: list[float] = []
        self._train_at_once(sentences, corpus_file, epochs, callbacks, trim_rule)

    @property
    def wv(self) -> KeyedVectors:
        """The vectors; in a callback, those after the last epoch."""
        if self._report is not None:
            report, self._report = self._report, None
            self._take(report.vectors)
        return self._wv

    @wv.setter
    def wv(self, vectors: KeyedVectors) -> None:
        self._wv = vectors

    def __getstate__(self) -> dict[str, Any]:
        """The state for copies and pickles, without the text, which would be written out whole."""
        return {name: None if name == "_pending" else value for name, value in self.__dict__.items()}

    def __str__(self) -> str:
        return f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"

    # Words

    def build_vocab(
        self,
        corpus_iterable: Iterable[Sequence[str]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        update: bool = False,
        progress_per: int = 10_000,
        keep_raw_vocab: bool = False,
        trim_rule: Any = None,
        **kwargs: Any,
    ) -> None:
        """Read the text once and choose the words; with `update`, add them to the existing words.

        The ids are kept, so even text that can be read only once (a generator) may then be passed to `train`.
        """
        refuse_others("build_vocab", kwargs, OF_TEXT)
        least = max(1, self.min_count)
        if trim_rule is None:
            corpus = self._read(corpus_iterable, corpus_file, min_count=least, max_words=self.max_final_vocab)
        else:
            corpus = self._read(corpus_iterable, corpus_file, min_count=1)
        self.corpus_count, self.corpus_total_words = corpus.info["raw_sentences"], corpus.info["raw_tokens"]
        if trim_rule is not None:
            corpus = trimmed(corpus, least, self.max_final_vocab, trim_rule)
        self._begin_anew(update)
        self._pending = (corpus_file if corpus_iterable is None else corpus_iterable), corpus
        self._add_words(corpus.vocabulary.words, corpus.vocabulary.counts.tolist())

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[str, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: Any = None,
        update: bool = False,
    ) -> None:
        """Choose the words from a dictionary of counts; `train(sentences)` then reads the text.

        Sampling follows the counts of that text; `word_freq` only chooses the words.
        """
        found = chosen(checked_counts(word_freq), max(1, self.min_count), self.max_final_vocab, trim_rule)
        self._begin_anew(update)
        self._pending, self.corpus_count = None, corpus_count or 0
        self._add_words([word for word, _ in found], [count for _, count in found])

    def _begin_anew(self, update: bool) -> None:
        if len(self._wv) and not update:
            differs("build_vocab: the model has words already and begins anew; update=True adds to them")
            self._wv = KeyedVectors(self.vector_size)

    def _add_words(self, words: Sequence[str], counts: Sequence[int]) -> None:
        """Give new words a row, and add the counts of all to those before."""
        new = [row for row, word in enumerate(words) if not self._wv.has_index_for(word)]
        start = self._trainer(1, self.alpha, self.min_alpha).starting_weights(len(words))[0]
        self._wv.add_vectors([words[row] for row in new], start[new])
        for word, count in zip(words, counts):
            before = self._wv.get_vecattr(word, "count") if "count" in self._wv.expandos else 0
            self._wv.set_vecattr(word, "count", before + count)

    # Training

    def train(
        self,
        corpus_iterable: Iterable[Sequence[str]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Train the words that `build_vocab` chose, from the current rows; return the numbers of known and all tokens.

        `total_examples`, `total_words` and the like are accepted and ignored. Further text in which
        no known words stand side by side changes nothing, with a CompatWarning.
        """
        refuse_others("train", kwargs, {**RENAMED, **OF_TEXT})
        if not len(self.wv):
            raise WordvecError("train: the model has no words yet: call build_vocab(sentences) first")
        trainer = self._trainer_of(epochs, start_alpha, end_alpha)
        callbacks = checked_callbacks(callbacks)
        try:
            corpus = self._corpus_of(corpus_iterable, corpus_file)
            return self._fit(trainer, corpus, callbacks)
        except (CorpusError, TrainingError) as error:
            trained_before = self.train_count or self._wv._context is not None
            begins = self._is_pending(corpus_iterable, corpus_file) and not trained_before
            if begins or not has_nothing_to_train(error):
                raise
            differs(
                "train: no two known words stand side by side in this text, so that nothing is trained; "
                "build_vocab(text, update=True) adds its words first"
            )
            return 0, 0

    def get_latest_training_loss(self) -> float:
        """The sum of the mean losses of the last `train`'s epochs; the difference of two calls is one epoch's loss."""
        return float(sum(self._losses))

    def predict_output_word(self, context_words_list: Iterable[str], topn: int = 10) -> Any:
        """The `topn` words most probable with these around them, as (word, probability); None if none is known.

        Raises WordvecError for a model without output rows of words: of hs=1, or without training.
        """
        outputs = self.wv._context
        if outputs is None:
            raise WordvecError("predict_output_word: this model has no output rows: train it, with hs=0")
        return predicted(self.wv, outputs, context_words_list, topn)

    @property
    def syn1neg(self) -> np.ndarray:
        """The output rows (V, D) of negative sampling, which may be written in place or replaced, as in gensim."""
        context = self.wv._context
        if context is None:
            raise AttributeError("syn1neg: this model has no output rows of words")
        return context

    @syn1neg.setter
    def syn1neg(self, rows: np.ndarray) -> None:
        expected = (len(self.wv), self.vector_size)
        if np.shape(rows) != expected:
            raise ShapeError(f"syn1neg: output rows of shape {expected} expected; got {np.shape(rows)}")
        self._wv._context = np.array(rows, np.float32)

    def init_sims(self, replace: bool = False) -> None:
        """``wv.init_sims``, which gensim's models have, too."""
        self.wv.init_sims(replace)

    # Files

    @classmethod
    def load_word2vec_format(cls, *args: Any, **kwargs: Any) -> Any:
        """Raise AttributeError, for programs that ask the class: since gensim 4, KeyedVectors reads such files."""
        raise no_attribute(cls.__name__, "load_word2vec_format", of_vectors=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write one .safetensors file, for any name, with the output rows and the model's arguments."""
        vectors = self.wv.to_word_vectors()
        vectors.info["gensim_arguments"] = {name: getattr(self, name) for name in self.kept}
        vectors.save(args[0] if args else kwargs["fname_or_handle"], format="safetensors")

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> Word2Vec:
        """Read what `save` wrote, or vectors of any format wordvec reads, including gensim's own models.

        Arguments of a model of gensim's that are not supported here are replaced by the defaults, with a CompatWarning.
        """
        vectors = WordVectors.load(args[0] if args else kwargs["fname"])
        kept = vectors.info.get("gensim_arguments")
        arguments = {name: kept[name] for name in cls.kept if name in kept} if isinstance(kept, dict) else {}
        rates = {name: arguments.pop(name) for name in RATES if name in arguments}  # a loop may have lowered them to 0
        try:
            model = cls(**{"vector_size": vectors.dim, **arguments})
        except (ArgumentError, OptionError) as error:
            differs(f"load: the defaults are taken for all arguments, which training goes on with: {error}")
            model = cls(vector_size=vectors.dim)
        vars(model).update(rates)
        model._wv = KeyedVectors.from_word_vectors(vectors)
        return model

    # Parts

    def _check(self, max_vocab_size: Any, cbow_mean: Any, null_word: Any, sorted_vocab: Any) -> None:
        if not cbow_mean and not self.sg:
            raise OptionError("Word2Vec: cbow_mean=0 is not supported: CBOW averages the contexts (cbow_mean=1)")
        if null_word:
            raise OptionError("Word2Vec: null_word is not supported: leave it out")
        if not self.hs and self.negative < 1:
            raise OptionError("Word2Vec: hs=0 with negative=0 trains nothing: give negative=5 or hs=1")
        if self.hs and self.negative:
            differs("hs=1: hierarchical softmax alone is trained; gensim adds negative sampling unless negative=0")
        if max_vocab_size is not None:
            differs("max_vocab_size has no effect: all words are counted; max_final_vocab limits what is kept")
        if not sorted_vocab:
            differs("sorted_vocab=0 has no effect: words are in order of falling count")
        self._trainer(1, self.alpha, self.min_alpha)  # wrong options are reported before any text is read

    def _trainer(self, epochs: int, alpha: float, min_alpha: float) -> SkipGram | CBOW:
        if self.window == 0:
            raise OptionError("Word2Vec: window=0 gives no contexts; it means something to Doc2Vec only")
        loss = "hierarchical-softmax" if self.hs else "negative-sampling"
        options = self._options_of_all(epochs, alpha, min_alpha)
        if self.hs:
            del options["negatives"], options["negative_power"]
        with gensims_names(type(self).__name__):
            return (SkipGram if self.sg else CBOW)(window=self.window, loss=loss, **options)

    def _trainer_of(self, epochs: int | None, start_alpha: float | None, end_alpha: float | None) -> Any:
        """The trainer of a call of `train`, whose arguments the model keeps, as in gensim."""
        self.epochs = self.epochs if epochs is None else epochs
        self.alpha = self.alpha if start_alpha is None else start_alpha
        self.min_alpha = self.min_alpha if end_alpha is None else end_alpha
        return self._trainer(self.epochs, self.alpha, self.min_alpha)

    def _options_of_all(self, epochs: int, alpha: float, min_alpha: float) -> dict[str, Any]:
        """The options that word and document trainers share."""
        return {
            "dim": self.vector_size,
            "negatives": max(1, self.negative),
            "epochs": epochs,
            "subsample": float(self.sample or 0),
            "learning_rate": alpha,
            "learning_rate_end": min(alpha, max(min_alpha, LOWEST * alpha)),
            "negative_power": self.ns_exponent,
            "shrink_window": bool(self.shrink_windows),
            "threads": self.workers,
            "seed": self.seed,
        }

    def _train_at_once(
        self, text: Any, corpus_file: Any, epochs: int, callbacks: Iterable[Any], trim_rule: Any = None
    ) -> None:
        """Train on the text given to the constructor, if any."""
        callbacks = checked_callbacks(callbacks)
        if text is not None and corpus_file is not None:
            raise OptionError(f"{type(self).__name__}: give {self._text_argument} or corpus_file, not both")
        if text is not None or corpus_file is not None:
            self.build_vocab(text, corpus_file, trim_rule=trim_rule)
            self.train(text, corpus_file, epochs=epochs, callbacks=callbacks)
        elif trim_rule is not None:
            differs("trim_rule has no effect without sentences: give it to build_vocab")

    def _read(self, sentences: Any, corpus_file: Any, **options: Any) -> Corpus:
        if (sentences is None) == (corpus_file is None):
            raise OptionError("give corpus_iterable (lists of words) or corpus_file, one of the two")
        if corpus_file is not None:
            sentences = LineSentence(corpus_file)
        if isinstance(sentences, Iterable) and not isinstance(sentences, (str, dict)):
            sentences = map(_with_text_keys, sentences)
        return Corpus.from_sentences(sentences, **options)

    def _corpus_of(self, sentences: Any, corpus_file: Any) -> Corpus:
        """The corpus of build_vocab if the text is the same, else the text encoded with the model's words."""
        if self._pending is not None and self._is_pending(sentences, corpus_file):
            return self._pending[1]
        return self._read(sentences, corpus_file, vocabulary=self._wv.index_to_key)

    def _is_pending(self, sentences: Any, corpus_file: Any) -> bool:
        """Whether a text is that of build_vocab."""
        given = corpus_file if sentences is None else sentences
        return self._pending is not None and (given is None or given is self._pending[0])

    def _fit(self, trainer: Any, corpus: Corpus, callbacks: list[Any]) -> tuple[int, int]:
        """Train with the callbacks and take the rows; return the numbers of known and all tokens, over all epochs."""
        check_no_locks(self._wv)
        small = trainer.subsample and len(corpus.ids) <= SMALL
        if small and self._left_to_train(corpus, trainer.subsample) < FEW:
            differs(f"sample={self.sample} would leave nothing of so small a text to train on: sample=0 is taken")
            trainer = replace(trainer, subsample=0.0)
        self._losses = []
        call_all(callbacks, "on_train_begin", self)
        call_all(callbacks, "on_epoch_begin", self)

        def on_epoch(report: EpochReport) -> None:
            self._losses.append(report.loss)
            self._report = report
            call_all(callbacks, "on_epoch_end", self)
            if report.epoch < report.epochs:
                call_all(callbacks, "on_epoch_begin", self)

        rows = self._rows_to_go_on_from(trainer)
        self._report = None
        trainer.fit(corpus, on_epoch=on_epoch, **rows)
        self._report = None
        self._take(trainer.vectors)
        self._wv.info = {name: value for name, value in trainer.vectors.info.items() if name != "counted"}
        self.train_count += 1
        call_all(callbacks, "on_train_end", self)
        return trainer.history.words, corpus.info["raw_tokens"] * len(trainer.history.loss)

    def _left_to_train(self, corpus: Corpus, sample: float) -> float:
        """The expected number of pairs of neighbouring words left after downsampling."""
        kept = keep_probabilities(corpus.vocabulary.counts, sample)[corpus.ids]
        pairs = kept[1:] * kept[:-1]
        pairs[corpus.sentence_starts[1:-1] - 1] = 0.0  # both words must be in one sentence
        return float(pairs.sum())

    def _rows_to_go_on_from(self, trainer: Any) -> dict[str, Any]:
        """Arguments of `fit`."""
        return {"start": self._start()}

    def _start(self) -> WordVectors:
        """The current rows without counts: counts are kept here, and training must not add to them."""
        context = None
        if not self.hs:
            context = self._wv._context
            context = np.zeros_like(self._wv.vectors) if context is None else context
        return WordVectors(self._wv.index_to_key, np.array(self._wv.vectors), context_matrix=context)

    def _take(self, trained: WordVectors) -> None:
        """Write trained rows into `wv`, whose words keep their order."""
        ids = trained.ids_of(self._wv.index_to_key)
        self._wv.vectors[...] = trained.rows(ids)
        self._wv.fill_norms(force=True)
        self._wv._context = None if trained.context_matrix is None else np.array(trained.context_matrix[ids])

    def __getattr__(self, name: str) -> Any:
        raise no_attribute(type(self).__name__, name, of_vectors=False, is_there=hasattr(KeyedVectors, name))

    def __getitem__(self, key: Any) -> Any:
        raise TypeError(f"a {type(self).__name__} has no vectors of its own since gensim 4: ask model.wv[...]")

    def __contains__(self, key: Any) -> bool:
        raise TypeError(f"a {type(self).__name__} has no words of its own since gensim 4: ask `word in model.wv`")


def _with_text_keys(words: Any) -> Any:
    """The words unchanged. Raises OptionError for whole numbers, which gensim keeps as keys: here keys are text."""
    listed = listed_items(words)
    if isinstance(listed, (list, tuple)) and any(isinstance(word, (int, np.integer)) for word in listed):
        raise OptionError(f"words are text here: give str(word) for each whole number; got {words!r:.60}")
    return words
