"""The models, under gensim's names and in modules named like gensim's."""

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
