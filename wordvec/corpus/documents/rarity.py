"""The rule that marks words as too rare, used wherever words are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import counted

if TYPE_CHECKING:
    from wordvec.corpus.corpus import Corpus

FEWEST_OCCURRENCES = 20
FEWEST_DOCUMENTS = 3  # a word in d of many documents is missing from a resample of them with probability exp(-d): 5 %
RULE = (
    f"a word that occurs fewer than {FEWEST_OCCURRENCES} times or in fewer than {FEWEST_DOCUMENTS} documents is too "
    "rare to judge"
)


def why_too_rare(count: int | None, documents: int | None = None) -> str | None:
    """Why a word that occurs `count` times in `documents` documents is too rare; None if it is frequent enough.

    An unknown number (None) is not checked.

    >>> why_too_rare(7), why_too_rare(50, 2), why_too_rare(50, 1), why_too_rare(50, 3), why_too_rare(None)
    ('occurs 7 times', 'is in 2 documents', 'is in 1 document', None, None)
    """
    if count is not None and count < FEWEST_OCCURRENCES:
        return f"occurs {counted(count, 'time')}"
    if documents is not None and documents < FEWEST_DOCUMENTS:
        return f"is in {counted(documents, 'document')}"
    return None


def documents_with_words(corpus: Corpus) -> np.ndarray | None:
    """In how many documents each word of the vocabulary occurs, (V,) int64; None if documents are unknown.

    >>> from wordvec.corpus import Corpus
    >>> documents_with_words(Corpus.from_sentences([["tea"]])) is None
    True
    """
    documents = corpus.documents
    if documents is None:
        return None
    found = np.zeros(len(corpus.vocabulary), np.int64)
    of = np.asarray(documents.of_sentence)
    borders = np.flatnonzero(np.diff(of)) + 1  # sentences of a document are consecutive
    starts = np.asarray(corpus.sentence_starts)[np.concatenate([[0], borders, [len(of)]])]
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist()):
        found[np.unique(corpus.ids[begin:end])] += 1
    return found


def documents_by_word(corpus: Corpus) -> dict[str, int] | None:
    """`documents_with_words` as a dictionary by word, for `neighbour_stability`."""
    found = documents_with_words(corpus)
    return None if found is None else dict(zip(corpus.vocabulary.words, found.tolist()))
