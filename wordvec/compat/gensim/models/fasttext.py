"""gensim's FastText: files of fastText are read, with vectors for unseen words; training is said not to be here."""

from __future__ import annotations

import os
from typing import Any, NoReturn

from wordvec.compat.gensim.models.keyedvectors import KeyedVectors
from wordvec.errors import OptionError
from wordvec.vectors import WordVectors

FastTextKeyedVectors = KeyedVectors


class FastText:
    """A model read from fastText's own file: ``FastText.load(path)``, ``load_facebook_model(path)``.

    Training raises OptionError: wordvec does not train the vectors of subwords.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        refuse()

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> FastText:
        """Read fastText's .bin, or vectors of any format wordvec reads; ``model.wv[word]`` takes unseen words."""
        model = cls.__new__(cls)
        model.wv = KeyedVectors.from_word_vectors(WordVectors.load(args[0] if args else kwargs["fname"]))
        model.vector_size = model.wv.vector_size
        return model

    wv: KeyedVectors
    vector_size: int

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write one .safetensors file, whatever its name, with the n-grams' rows."""
        self.wv.to_word_vectors().save(args[0] if args else kwargs["fname_or_handle"], format="safetensors")

    def build_vocab(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused as training is."""
        refuse()

    def train(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: see the class."""
        refuse()


def load_facebook_model(path: str | os.PathLike[str], encoding: str = "utf-8") -> FastText:
    """Read fastText's own .bin."""
    return FastText.load(path)


def load_facebook_vectors(path: str | os.PathLike[str], encoding: str = "utf-8") -> KeyedVectors:
    """Read the vectors of fastText's own .bin, with those of unseen words."""
    return FastText.load(path).wv


def refuse() -> NoReturn:
    """Raise OptionError."""
    raise OptionError(
        "FastText: wordvec does not train vectors of subwords in this version: train Word2Vec (or wordvec's SkipGram), "
        "which gives no vectors to unseen words, or read a model that fastText trained, FastText.load('model.bin')"
    )
