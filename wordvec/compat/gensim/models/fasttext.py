"""gensim's FastText: words trained together with rows of their n-grams; and fastText's own files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from wordvec.compat.gensim.differences import differs, gensims_names
from wordvec.compat.gensim.models.keyedvectors import FastTextKeyedVectors as FastTextKeyedVectors
from wordvec.compat.gensim.models.keyedvectors import KeyedVectors
from wordvec.compat.gensim.models.word2vec import KEPT, Word2Vec
from wordvec.vectors import WordVectors

if TYPE_CHECKING:
    from wordvec.trainers import CBOW, SkipGram


class FastText(Word2Vec):
    """A word's vector is the mean of its own row and its n-grams' rows; unseen words get the mean of their n-grams.

    Both are trained together, as in `SkipGram(subwords=True)`. Each n-gram has its own row, so `bucket` has no effect.
    If that is impossible (hs=1, or training that continues from rows), words are trained as by Word2Vec, and the
    n-grams' rows are fitted to them (``WordVectors.fit_subwords``). ``load`` reads fastText's own .bin, too.
    """

    kept = (*KEPT, "min_n", "max_n")
    _anew = False  # whether the next training starts from the words that build_vocab chose

    def __init__(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        sg: int = 0,
        hs: int = 0,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        word_ngrams: int = 1,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Any = hash,
        epochs: int = 5,
        null_word: int = 0,
        min_n: int = 3,
        max_n: int = 6,
        sorted_vocab: int = 1,
        bucket: int = 2_000_000,
        trim_rule: Any = None,
        batch_words: int = 10_000,
        callbacks: Iterable[Any] = (),
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        **older: Any,
    ) -> None:
        self.min_n, self.max_n, self.bucket = min_n, max_n, bucket
        self.word_ngrams = word_ngrams
        options = {name: value for name, value in locals().items() if name not in (*ONLY_HERE, "older")}
        super().__init__(**options, **older)

    def build_vocab(self, *args: Any, **kwargs: Any) -> None:
        """As Word2Vec's."""
        update = kwargs.get("update", len(args) > 2 and args[2])
        self._anew = not (update and len(self._wv))
        self._trainer(1, self.alpha, self.min_alpha)  # wrong options are reported before any text is read
        if self._has_ngrams and not self._trains_ngrams:
            differs(f"FastText: {'hs=1' if self.hs else 'after the first training'}: {FITTED}")
        super().build_vocab(*args, **kwargs)

    @classmethod
    def load_fasttext_format(cls, model_file: str | os.PathLike[str], encoding: str = "utf-8") -> FastText:
        """`load_facebook_model` under its older name."""
        return cast(FastText, cls.load(model_file))

    def train(self, *args: Any, **kwargs: Any) -> tuple[int, int]:
        """As Word2Vec's. If it continues from rows, it moves the words, and the n-grams' rows are fitted to them."""
        trained = self._trains_ngrams
        done = super().train(*args, **kwargs)
        self._anew = False
        if self._has_ngrams and not trained:
            vectors = cast(Any, self.wv.to_word_vectors())
            self.wv._subwords = vectors.fit_subwords(self.min_n, self.max_n, threads=self.workers).subwords
            self.wv.fill_norms(force=True)
        return done

    @property
    def _has_ngrams(self) -> bool:
        return bool(self.word_ngrams and self.max_n)

    @property
    def _trains_ngrams(self) -> bool:
        return self._has_ngrams and self._anew and not self.hs

    def _trainer(self, epochs: int, alpha: float, min_alpha: float) -> SkipGram | CBOW:
        trainer = super()._trainer(epochs, alpha, min_alpha)
        if not self._trains_ngrams:
            return trainer
        with gensims_names(type(self).__name__):
            return replace(trainer, subwords=True, min_n=self.min_n, max_n=self.max_n)

    def _rows_to_go_on_from(self, trainer: Any) -> dict[str, Any]:
        return {} if trainer.subwords else super()._rows_to_go_on_from(trainer)

    def _take(self, trained: WordVectors) -> None:
        super()._take(trained)
        if trained.subwords is not None:
            self._wv._subwords = trained.subwords


FITTED = "words are trained as Word2Vec trains them, and rows of n-grams fitted to them afterwards"
ONLY_HERE = ("self", "__class__", "min_n", "max_n", "bucket", "word_ngrams")


def load_facebook_model(path: str | os.PathLike[str], encoding: str = "utf-8") -> FastText:
    """Read fastText's own .bin."""
    return cast(FastText, FastText.load(path))


def load_facebook_vectors(path: str | os.PathLike[str], encoding: str = "utf-8") -> KeyedVectors:
    """Read the vectors of fastText's own .bin, including n-grams for unseen words."""
    return FastText.load(path).wv
