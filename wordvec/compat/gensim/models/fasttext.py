"""gensim's FastText: words trained as Word2Vec's, then rows of n-grams fitted to them; and fastText's own files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, cast

from wordvec.compat.gensim.differences import differs
from wordvec.compat.gensim.models.keyedvectors import KeyedVectors
from wordvec.compat.gensim.models.word2vec import KEPT, Word2Vec
from wordvec.errors import OptionError
from wordvec.vectors import WordVectors

FastTextKeyedVectors = KeyedVectors


class FastText(Word2Vec):
    """Known words have Word2Vec's vectors; unseen ones get the mean of the rows of their n-grams.

    fastText trains words and n-grams together; here the n-grams' rows are fitted to the trained words
    (``WordVectors.fit_subwords``), each n-gram having a row of its own, so that `bucket` has no effect. Where this
    version of wordvec cannot fit them, training raises OptionError. ``load`` reads fastText's own .bin, too.
    """

    kept = (*KEPT, "min_n", "max_n")

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
        """As Word2Vec's. Raises OptionError where n-grams cannot be fitted."""
        if self.word_ngrams and self.max_n:
            if not hasattr(WordVectors, "fit_subwords"):
                raise OptionError(
                    "FastText: this version of wordvec does not fit vectors of subwords: train Word2Vec (or max_n=0), "
                    "which gives no vectors to unseen words, or read a model that fastText trained, FastText.load(path)"
                )
            differs(
                "FastText: words are trained as Word2Vec trains them, and rows of n-grams fitted to them afterwards"
            )
        super().build_vocab(*args, **kwargs)

    def train(self, *args: Any, **kwargs: Any) -> tuple[int, int]:
        """As Word2Vec's; then the n-grams' rows are fitted to the words."""
        done = super().train(*args, **kwargs)
        if self.word_ngrams and self.max_n:
            vectors = cast(Any, self.wv.to_word_vectors())
            self.wv._subwords = vectors.fit_subwords(self.min_n, self.max_n, threads=self.workers).subwords
            self.wv.fill_norms(force=True)
        return done


ONLY_HERE = ("self", "__class__", "min_n", "max_n", "bucket", "word_ngrams")


def load_facebook_model(path: str | os.PathLike[str], encoding: str = "utf-8") -> FastText:
    """Read fastText's own .bin."""
    return cast(FastText, FastText.load(path))


def load_facebook_vectors(path: str | os.PathLike[str], encoding: str = "utf-8") -> KeyedVectors:
    """Read the vectors of fastText's own .bin, with those of unseen words."""
    return FastText.load(path).wv
