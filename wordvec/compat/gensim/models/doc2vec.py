"""gensim's Doc2Vec: its documents, and what is said where wordvec has no paragraph vectors."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from wordvec.errors import OptionError


class TaggedDocument(NamedTuple):
    """The words of a document and its tags.

    >>> TaggedDocument(["good", "tea"], ["d1"]).tags
    ['d1']
    """

    words: Any
    tags: Any


class Doc2Vec:
    """Not here yet: raises OptionError, which says what there is in its place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        refuse()

    @classmethod
    def load(cls, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused as the constructor is."""
        refuse()


def refuse() -> NoReturn:
    """Raise OptionError."""
    raise OptionError(
        "Doc2Vec needs wordvec.ParagraphVectors, which this version does not have; vectors of documents from "
        "vectors of words: wordvec.vectors.sentence_vectors.sif_sentence_vectors(vectors, token_lists)"
    )
