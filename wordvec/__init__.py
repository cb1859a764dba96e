"""wordvec: word embeddings from your own text, readable as layers, fast as kernels, honest in evaluation.

>>> from wordvec import Corpus, SVD
>>> corpus = Corpus.from_sentences([["king", "rules"], ["queen", "rules"]] * 10)
>>> SVD(dim=2, window=1).fit(corpus).vectors.most_similar("king", k=1)[0][0]
'queen'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wordvec.version import __version__

if TYPE_CHECKING:
    from wordvec.corpus import Corpus, Phrases, Vocabulary
    from wordvec.trainers import CBOW, PPMI, SVD, GloVe, ParagraphVectors, SkipGram
    from wordvec.vectors import WordVectors

__all__ = [
    "CBOW",
    "PPMI",
    "SVD",
    "Corpus",
    "GloVe",
    "ParagraphVectors",
    "Phrases",
    "SkipGram",
    "Vocabulary",
    "WordVectors",
    "__version__",
]

_HOMES = {
    "Corpus": "corpus",
    "Phrases": "corpus",
    "Vocabulary": "corpus",
    "WordVectors": "vectors",
    **dict.fromkeys(("CBOW", "PPMI", "SVD", "GloVe", "ParagraphVectors", "SkipGram"), "trainers"),
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: ``import wordvec`` itself stays light (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'wordvec' has no attribute {name!r}")
    return getattr(import_module(f"wordvec.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
