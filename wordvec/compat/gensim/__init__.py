"""The names of gensim 4 on top of wordvec, in modules named like gensim's.

``from gensim.models import Word2Vec`` becomes ``from wordvec.compat.gensim.models import Word2Vec``. ``wordvec compat
gensim`` prints a table of intended differences.

>>> from wordvec.compat.gensim.models import Word2Vec
>>> model = Word2Vec([["king", "rules"], ["queen", "rules"]] * 10, vector_size=8, min_count=1, sample=0)
>>> model.wv["king"].shape, model.wv.index_to_key[0]
((8,), 'rules')
"""

import sys
from pathlib import Path
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


IN_THEIR_PLACE = {
    "matutils": "unitvec(row) is row / numpy.linalg.norm(row)",
    "scripts": "KeyedVectors.load_word2vec_format(FILE) reads GloVe's files, too, so that nothing is to be converted",
    "test": "it holds texts and files of gensim's own tests: give yours",
}


def _not_here(name: str) -> str:
    way_out = IN_THEIR_PLACE.get(name.split(".")[0], f"keep gensim itself for {name}")
    there = "word and document vectors, phrases and utils"
    return f"gensim.{name} is not in wordvec.compat.gensim, which has {there}: {way_out}"


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    raise AttributeError(_not_here(name))


class _LastFinder:
    """Python asks it for modules that nothing else finds: of gensim's, it tells that they are not here."""

    @staticmethod
    def find_spec(fullname: str, path: Any = None, target: Any = None) -> None:
        prefix = "gensim." if sys.modules.get("gensim") is sys.modules[__name__] else __name__ + "."
        name = fullname.removeprefix(__name__ + ".").removeprefix(prefix)
        here = Path(__file__).parent.joinpath(*name.split("."))
        if name != fullname and not name.startswith("_") and not (here.is_dir() or here.with_suffix(".py").exists()):
            raise ModuleNotFoundError(_not_here(name))  # named, it would be swallowed by `from gensim import corpora`


sys.meta_path.append(_LastFinder)
