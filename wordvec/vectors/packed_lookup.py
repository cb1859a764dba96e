"""The rows of packed words, found by their hashes: 12 bytes a word, where a dict of strings takes some 150."""

from __future__ import annotations

import numpy as np

from wordvec.errors import InputError
from wordvec.vectors.checks import number_words
from wordvec.vectors.word_bytes import BLOCK, HASHED, MULTIPLIER, LazyWords, repeated_words, word_hashes

MANY = 20_000  # words asked for, after which a dict is worth its memory
MASK = (1 << 64) - 1


class PackedLookup:
    """Finds rows of words that stay packed. After many questions it becomes a dict, unless `stays_packed` is set.

    Raises InputError for an empty word and for a word that appears twice.

    >>> from wordvec.vectors.word_bytes import join_words
    >>> lookup = PackedLookup(LazyWords(*join_words(["cat", "né"])))
    >>> lookup.get("né"), lookup.get("dog"), "cat" in lookup, lookup["cat"]
    (1, None, True, 0)
    """

    def __init__(self, words: LazyWords) -> None:
        self._words = words
        self.stays_packed = False
        self._asked = 0
        self._dict: dict[str, int] | None = None
        ends, data = words.ends, words.data
        starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
        if bool((starts > ends).any()) or int(ends[-1]) > len(data) or int(ends[0]) < 0:
            words.check()  # says which
        empty = np.flatnonzero(starts == ends)
        if len(empty):
            raise InputError(f"WordVectors: the word of row {empty[0]} must be a str that is not empty; got ''")
        hashes = np.concatenate(
            [word_hashes(data, ends, first, min(first + BLOCK, len(ends))) for first in range(0, len(ends), BLOCK)]
        )
        self._rows = np.argsort(hashes, kind="stable").astype(np.int32 if len(ends) < 2**31 else np.int64)
        self._hashes = hashes[self._rows]
        if bool((self._hashes[1:] == self._hashes[:-1]).any()):
            for row, earlier in repeated_words(data, ends):
                raise InputError(f"WordVectors: {words[row]!r} appears twice, in rows {earlier} and {row}")

    def get(self, word: str) -> int | None:
        """Return the row of a word, or None."""
        if self._dict is not None:
            return self._dict.get(word)
        self._asked += 1
        if self._asked > MANY and not self.stays_packed:
            self._dict = number_words(self._words)
            return self._dict.get(word)
        try:
            wanted = word.encode("utf-8")
        except UnicodeEncodeError:  # half of a surrogate pair, which no packed word holds
            return None
        hashed = np.uint64(hash_of(wanted))
        place = int(np.searchsorted(self._hashes, hashed))
        while place < len(self._hashes) and self._hashes[place] == hashed:
            row = int(self._rows[place])
            if self._words.encoded(row, row + 1)[0] == wanted:
                return row
            place += 1
        return None

    def __getitem__(self, word: str) -> int:
        row = self.get(word)
        if row is None:
            raise KeyError(word)
        return row

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.get(word) is not None


def hash_of(word: bytes) -> int:
    """Return the hash that `word_bytes.word_hashes` gives a word.

    >>> from wordvec.vectors.word_bytes import join_words
    >>> hash_of(b"cat") == int(word_hashes(*join_words(["cat"]), 0, 1)[0])
    True
    """
    mixed = len(word)
    for byte in word[:HASHED]:
        mixed = ((mixed ^ byte) * int(MULTIPLIER)) & MASK
        mixed ^= mixed >> 29
    return mixed
