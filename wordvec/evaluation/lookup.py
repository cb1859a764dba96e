"""Looking up a set's words among vectors, under a protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from wordvec.evaluation.protocols import Protocol
from wordvec.vectors import WordVectors
from wordvec.vectors.rows import row_lengths

EXAMPLES = 10  # missing words that a score keeps


@dataclass(frozen=True)
class FoundWords:
    """The words of a set that have a vector.

    `place` gives a word's row of `rows` and `unit` (W, D), float32 vectors as they are and with length 1; `missing`
    are the others; `made` is how many got their vector from their parts, being in no row. `ids` (W,) int64 are the
    rows of the vectors themselves, -1 for a word whose vector was made.
    """

    place: Mapping[str, int]
    rows: np.ndarray
    unit: np.ndarray
    missing: tuple[str, ...]
    ids: np.ndarray
    made: int = 0

    @property
    def directions(self) -> np.ndarray:
        """The vectors with length 1 in float64 (W, D): of rows that are multiples of one another all but equal."""
        lengths = row_lengths(self.rows)
        return np.asarray(self.rows / np.where(lengths > 0, lengths, 1.0)[:, None])

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the score must know."""
        return (f"{self.made:,} words have their vector from subwords",) if self.made else ()


def find_words(vectors: WordVectors, words: Iterable[str], protocol: Protocol) -> FoundWords:
    """Return the vectors of the distinct `words` as the protocol looks them up.

    Under "wordvec", words without a row get a vector from subwords, where the vectors have these.

    >>> from wordvec.evaluation.protocols import PROTOCOLS
    >>> vectors = WordVectors(["cat", "dog"], np.array([[3.0, 4.0], [0.0, 1.0]]))
    >>> found = find_words(vectors, ["Dog", "cat", "lynx"], PROTOCOLS["wordvec"])
    >>> found.place, found.rows.tolist(), found.missing
    ({'Dog': 0, 'cat': 1}, [[0.0, 1.0], [3.0, 4.0]], ('lynx',))
    """
    index = _index(vectors, protocol)
    subwords = vectors.subwords if protocol.name == "wordvec" else None
    ids: dict[str, int] = {}
    made: dict[str, np.ndarray] = {}
    missing = []
    for word in dict.fromkeys(words):
        row = protocol.lookup(index, word)
        vector = subwords.vector(word) if row is None and subwords is not None else None
        if row is not None:
            ids[word] = row
        elif vector is not None:
            made[word] = vector
        else:
            missing.append(word)
    own = np.fromiter(ids.values(), np.int64, len(ids))
    rows = np.concatenate([vectors.rows(own), np.array(list(made.values()), np.float32).reshape(-1, vectors.dim)])
    unit = [
        vectors.unit_rows_of(own),
        np.empty((0, vectors.dim), np.float32),
        *(vectors.unit_of(v)[None] for v in made.values()),
    ]
    place = {word: number for number, word in enumerate([*ids, *made])}
    row_of = np.concatenate([own, np.full(len(made), -1)])
    return FoundWords(place, rows, np.concatenate(unit), tuple(missing), row_of, len(made))


def _index(vectors: WordVectors, protocol: Protocol) -> Mapping[str, int]:
    if protocol.fold is None and protocol.pair_words is None:
        return _Rows(vectors)
    return protocol.index(vectors.words[: protocol.pair_words])


class _Rows(Mapping[str, int]):
    """The words and rows of vectors, as a mapping."""

    def __init__(self, vectors: WordVectors) -> None:
        self.vectors = vectors

    def __getitem__(self, word: str) -> int:
        if word not in self.vectors:
            raise KeyError(word)
        return self.vectors.word_id(word)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.vectors)

    def __len__(self) -> int:
        return len(self.vectors)
