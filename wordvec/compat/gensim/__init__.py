"""The names of gensim 4 on top of wordvec, in modules named like gensim's.

``from gensim.models import Word2Vec`` becomes ``from wordvec.compat.gensim.models import Word2Vec``. ``wordvec compat
gensim`` prints a table of intended differences.

>>> from wordvec.compat.gensim.models import Word2Vec
>>> model = Word2Vec([["king", "rules"], ["queen", "rules"]] * 10, vector_size=8, min_count=1, sample=0)
>>> model.wv["king"].shape, model.wv.index_to_key[0]
((8,), 'rules')
"""

from typing import Any

from wordvec.compat.gensim import models, utils
from wordvec.compat.gensim.models import (
    CallbackAny2Vec,
    Doc2Vec,
    FastText,
    KeyedVectors,
    LineSentence,
    Phraser,
    Phrases,
    TaggedDocument,
    Word2Vec,
)

__version__ = "4.4.0"  # the version of gensim that these names follow, since programs compare it

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
    "models",
    "utils",
]


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    raise AttributeError(
        f"gensim.{name} is not in wordvec.compat.gensim, which has word and document vectors, phrases and utils: "
        f"keep gensim itself for {name}"
    )
