"""Words as concatenated UTF-8 bytes and their ends, the form in which files store them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np

from wordvec.errors import InputError, VectorsFileError, counted

BLOCK = 1 << 16  # words processed together
HASHED = 64  # only these first bytes of a word are hashed
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class LazyWords(Sequence[str]):
    """A list of words that are decoded on access; equal to any sequence of the same words.

    data (bytes,) uint8 and ends (V,) int64: word i is data[ends[i - 1] : ends[i]] in UTF-8. Nothing is checked before
    it is read. Then an empty word, one that is not UTF-8, and wrong `ends` raise VectorsFileError, naming the file.

    >>> words = LazyWords(*join_words(["a", "né"]))
    >>> words[1], words[-2:], words == ["a", "né"]
    ('né', ['a', 'né'], True)
    """

    def __init__(self, data: np.ndarray, ends: np.ndarray, name: str = "words") -> None:
        self.data, self.ends, self.name = data, ends, name

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: Any) -> str | list[str]:
        if isinstance(index, slice):
            first, stop, step = index.indices(len(self))
            if step == 1:
                return self._decoded(first, max(first, stop))
            return [self[row] for row in range(first, stop, step)]
        row = range(len(self))[index]  # supports negative indices; raises IndexError
        return self._decoded(row, row + 1)[0]

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), BLOCK):
            yield from self._decoded(first, min(first + BLOCK, len(self)))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LazyWords):
            return np.array_equal(self.ends, other.ends) and np.array_equal(self.data, other.data)
        if isinstance(other, Sequence) and not isinstance(other, str):
            return len(self) == len(other) and all(a == b for a, b in zip(self, other))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # like a list: objects equal to lists cannot be hashed

    def __repr__(self) -> str:
        first = ", ".join(map(repr, self[:3]))
        return f"<{counted(len(self), 'word')}: {first}{', ...' if len(self) > 3 else ''}>"

    def check(self) -> None:
        """Read all words now. Raises VectorsFileError for a damaged one."""
        for first in range(0, len(self), BLOCK):
            self._decoded(first, min(first + BLOCK, len(self)))

    def encoded(self, first: int, stop: int) -> list[bytes]:
        """The words of rows `first` to `stop` as UTF-8, without decoding or checking them."""
        places = [int(self.ends[first - 1]) if first else 0, *self.ends[first:stop].tolist()]
        low, high = places[0], places[-1]
        if not 0 <= low <= high <= len(self.data) or any(a > b for a, b in zip(places, places[1:])):
            raise VectorsFileError(f"{self.name}: damaged: the ends of words {first} to {stop} do not fit their bytes")
        text = self.data[low:high].tobytes()
        return [text[start - low : end - low] for start, end in zip(places, places[1:])]

    def _decoded(self, first: int, stop: int) -> list[str]:
        words = self.encoded(first, stop)
        if not all(words):
            raise VectorsFileError(f"{self.name}: damaged: the word of row {first + words.index(b'')} is empty")
        try:
            return [word.decode("utf-8") for word in words]
        except UnicodeDecodeError:
            row = next(i for i, word in enumerate(words) if not is_utf8(word))
            raise VectorsFileError(
                f"{self.name}: damaged: the word of row {first + row} is not UTF-8: {words[row][:40]!r}"
            ) from None


class LazyCounts(Mapping[str, int]):
    """Words and their counts, made into a dict on first access.

    >>> rare = LazyCounts(LazyWords(*join_words(["cat"])), np.array([3]))
    >>> rare["cat"], len(rare), rare.get("dog")
    (3, 1, None)
    """

    def __init__(self, words: LazyWords, counts: np.ndarray) -> None:
        self.words, self.counts = words, counts
        self._dict: dict[str, int] | None = None

    def _counts(self) -> dict[str, int]:
        if self._dict is None:
            self._dict = dict(zip(self.words, self.counts.tolist()))
        return self._dict

    def __getitem__(self, word: str) -> int:
        return self._counts()[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._counts())

    def __len__(self) -> int:
        return len(self.words)


def join_words(words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the words as concatenated UTF-8 (bytes,) uint8, and their ends (V,) int64.

    Raises InputError for a word that UTF-8 cannot encode (a lone surrogate).

    >>> data, ends = join_words(["a", "é"])
    >>> data.tobytes(), ends.tolist()
    (b'a\xc3\xa9', [1, 3])
    """
    if isinstance(words, LazyWords):
        words.check()
        return np.asarray(words.data[: words.ends[-1] if len(words) else 0]), np.asarray(words.ends)
    return join_bytes([encode_word(word) for word in words])


def join_bytes(words: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """`join_words` for words that are already bytes."""
    ends = np.cumsum([len(word) for word in words], dtype=np.int64)
    return np.frombuffer(b"".join(words), np.uint8), ends


def encode_word(word: str) -> bytes:
    """Return `word` in UTF-8; raise InputError if it cannot be encoded."""
    try:
        return word.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError(
            f"the word {word!r} holds half a surrogate pair, which UTF-8 cannot write: replace it in the text before "
            "training, text.encode('utf-8', 'replace').decode(), or make new vectors v of other words, "
            "WordVectors([word.encode('utf-8', 'backslashreplace').decode() for word in v.words], v.matrix, v.counts)"
        ) from None


def whole_words(words: Sequence[str]) -> list[str]:
    """The words as a list, for a library that raises its own errors. Raises InputError as `encode_word` does."""
    listed = list(words)
    try:
        "".join(listed).encode("utf-8")
    except UnicodeEncodeError:
        for word in listed:
            encode_word(word)
    return listed


def is_utf8(word: bytes) -> bool:
    """Whether the bytes are valid UTF-8."""
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def repeated_words(data: np.ndarray, ends: np.ndarray) -> list[tuple[int, int]]:
    """The rows whose word occurred in an earlier row, with the first such row, in order: [(row, earlier), ...].

    Words are first compared by a 64-bit hash, so that no Python objects are made for distinct words.

    >>> repeated_words(*join_words(["a", "b", "a", "c", "a"]))
    [(2, 0), (4, 0)]
    """
    hashes = np.empty(len(ends), np.uint64)
    for first in range(0, len(ends), BLOCK):
        hashes[first : first + BLOCK] = word_hashes(data, ends, first, min(first + BLOCK, len(ends)))
    in_order = np.sort(hashes)
    twice = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    if not len(twice):
        return []
    first_row: dict[bytes, int] = {}
    found = []
    for row in np.flatnonzero(np.isin(hashes, twice)).tolist():
        word = data[ends[row - 1] if row else 0 : ends[row]].tobytes()
        if first_row.setdefault(word, row) != row:
            found.append((row, first_row[word]))
    return found


def word_hashes(data: np.ndarray, ends: np.ndarray, first: int, stop: int) -> np.ndarray:
    """Hash the words of rows `first` to `stop`, uint64, byte by byte over all words that are long enough."""
    starts = np.concatenate([ends[first - 1 : first] if first else np.zeros(1, np.int64), ends[first : stop - 1]])
    lengths = ends[first:stop] - starts
    longest_first = np.argsort(-lengths, kind="stable")
    starts, in_order = starts[longest_first], lengths[longest_first]
    mixed = in_order.astype(np.uint64)
    for place in range(min(HASHED, int(in_order[0])) if len(in_order) else 0):
        active = slice(int(np.searchsorted(-in_order, -place)))  # words longer than `place`
        mixed[active] = (mixed[active] ^ data[starts[active] + place]) * MULTIPLIER
        mixed[active] ^= mixed[active] >> np.uint64(29)
    hashes = np.empty_like(mixed)
    hashes[longest_first] = mixed
    return hashes
