"""The models, under gensim's names and in modules named like gensim's."""

from typing import Any

from wordvec.compat.gensim.models.callbacks import CallbackAny2Vec
from wordvec.compat.gensim.models.doc2vec import Doc2Vec, TaggedDocument
from wordvec.compat.gensim.models.fasttext import FastText
from wordvec.compat.gensim.models.keyedvectors import KeyedVectors
from wordvec.compat.gensim.models.phrases import Phraser, Phrases
from wordvec.compat.gensim.models.word2vec import LineSentence, Word2Vec

__all__ = [
    "CallbackAny2Vec",
    "Doc2Vec",
    "FastText",
    "KeyedVectors",
    "LineSentence",
    "Phraser",
    "Phrases",
    "TaggedDocument",
    "Word2Vec",
]


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    raise AttributeError(f"gensim.models.{name} is not in wordvec.compat.gensim, which has word and document vectors")
