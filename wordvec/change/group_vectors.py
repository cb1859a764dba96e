"""Vectors of all words in each group of documents, in the common space in which words are compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wordvec.change.changes import Changes
from wordvec.change.space import AT_A_TIME, Space, weight_of_occurrence
from wordvec.corpus.documents.rarity import FEWEST_DOCUMENTS
from wordvec.errors import InputError, listed
from wordvec.trainers.continuation import text_info
from wordvec.vectors import WordVectors
from wordvec.version import __version__

NAMED = 5  # groups in a message


def vectors_by_group(changes: Changes) -> Iterator[tuple[str, WordVectors]]:
    """Each group's name, and the vectors v(w, documents of the group) of its words, see `wordvec.change.space`.

    A word is included if FEWEST_DOCUMENTS of the group have it and some word around it there has a vector. Its count
    is its count in the group. Groups without such a word are left out, see `groups_without_vectors`.
    """
    space, labels = changes.space, changes.labels
    if space is None or labels is None:
        raise InputError("only what find_changes returned has vectors; this was read from a file")
    words = space.corpus.vocabulary.words
    order = np.argsort(space.documents.of_sentence, kind="stable")
    ends = np.searchsorted(space.documents.of_sentence[order], np.arange(len(space.documents) + 1))
    for number, name in enumerate(changes.groups):
        weights, documents, counts = (np.zeros(len(words)) for _ in range(3))
        rows = np.zeros((len(words), space.vectors.shape[1]))
        for document in np.flatnonzero(labels == number).tolist():
            ids, in_document, totals = _of_document(space, order[ends[document] : ends[document + 1]])
            each = weight_of_occurrence(in_document)
            rows[ids] += totals * each[:, None]
            weights[ids] += in_document * each
            counts[ids] += in_document
            documents[ids] += 1
        kept = np.flatnonzero((documents >= FEWEST_DOCUMENTS) & rows.any(axis=1))
        kept = kept[np.argsort(-counts[kept], kind="stable")]
        if len(kept):
            matrix = (rows[kept] / weights[kept, None]).astype(np.float32)
            info = _info(changes, space, name, int((labels == number).sum()))
            yield name, WordVectors([words[i] for i in kept.tolist()], matrix, counts[kept].astype(np.int64), info)


def groups_without_vectors(changes: Changes, written: set[str]) -> str | None:
    """A note about groups without vectors, or None."""
    lacking = [name for name in changes.groups if name not in written]
    if not lacking:
        return None
    return f"no word is in {FEWEST_DOCUMENTS} documents, so that there are no vectors: {listed(lacking, NAMED)}"


def _of_document(space: Space, sentences: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The words of a document (n,), how often they occur (n,), and the sums of x(o) over their occurrences (n, D)."""
    starts = space.corpus.sentence_starts
    first, lengths = starts[sentences], starts[sentences + 1] - starts[sentences]
    positions = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
    ids, place, counts = np.unique(space.corpus.ids[positions], return_inverse=True, return_counts=True)
    totals = np.zeros((len(ids), space.vectors.shape[1]))
    for begin in range(0, len(positions), AT_A_TIME):
        part = slice(begin, begin + AT_A_TIME)
        by_word = np.argsort(place[part], kind="stable")
        sorted_place = place[part][by_word]
        at = np.flatnonzero(np.diff(sorted_place, prepend=-1))
        totals[sorted_place[at]] += np.add.reduceat(space.contexts(positions[part])[by_word], at, axis=0)
    return ids, counts.astype(float), totals


def _info(changes: Changes, space: Space, name: str, documents: int) -> dict[str, object]:
    kept = ("model", "dim", "window", "date_column", "seed")
    return {
        "corpus_fingerprint": space.corpus.fingerprint,
        **text_info(space.corpus),
        "change": {"by": changes.by, "group": name, "documents": documents}
        | {option: changes.options[option] for option in kept},
        "notes": [
            "means of the contexts of each word in one group of documents; the files of all groups are in one space"
        ],
        "wordvec_version": __version__,
    }
