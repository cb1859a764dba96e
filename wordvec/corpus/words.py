"""Compact storage of words: concatenated UTF-8 bytes, decoded into strings when first needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from wordvec.errors import CorpusError

BLOCK = 1 << 16  # words looked at together
Packed = tuple[np.ndarray, np.ndarray]  # UTF-8 of all words (uint8) and the end of each word in it (int64)


class Words:
    """A list of distinct words, given directly or unpacked from (memory-mapped) bytes when first needed.

    >>> words = Words(packed=pack_words(["you", "say", "é"]))
    >>> len(words), words.position("say"), words.position("sa"), words.list
    (3, 1, None, ['you', 'say', 'é'])
    """

    def __init__(self, words: list[str] | None = None, packed: Packed | None = None, where: str = "vocabulary") -> None:
        self._list = [] if words is None and packed is None else words
        self._packed = packed
        self._where = where  # for messages
        self._ids: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._list) if self._list is not None else len(self._packed[1])  # type: ignore[index]

    @property
    def list(self) -> list[str]:
        """The words. Raises CorpusError if the bytes are damaged."""
        if self._list is None:
            with self._damage_named():
                self._list = unpack_words(*self._packed)  # type: ignore[misc]
        return self._list

    def blocks(self) -> Iterator[Sequence[bytes]]:
        r"""All words in UTF-8, some at a time, so that packed ones take little memory. Raises CorpusError if damaged.

        >>> list(Words(packed=pack_words(["you", "é"])).blocks())
        [[b'you', b'\xc3\xa9']]
        """
        data, ends = self.pack()
        for begin in range(0, len(ends), BLOCK):
            first = int(ends[begin - 1]) if begin else 0
            some = np.asarray(ends[begin : begin + BLOCK]) - first
            with self._damage_named():
                part = np.asarray(data[first : first + max(0, int(some[-1]))])
                spans = zip(_starts(part, some).tolist(), some.tolist())
            raw = part.tobytes()
            yield [raw[start:end] for start, end in spans]

    @contextmanager
    def _damage_named(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise CorpusError(f"{self._where}: damaged corpus: {error}; build it again") from error

    @property
    def ids(self) -> dict[str, int]:
        """The position of each word. Raises CorpusError if a word appears twice."""
        if self._ids is None:
            ids = {word: word_id for word_id, word in enumerate(self.list)}
            if len(ids) != len(self.list):
                twice = next(word for i, word in enumerate(self.list) if ids[word] != i)
                raise CorpusError(f"{self._where}: the word {twice!r} appears twice")
            self._ids = ids
        return self._ids

    def position(self, word: str) -> int | None:
        """The position of `word`, or None. Packed bytes are searched without unpacking."""
        if self._list is not None or self._packed is None:
            return self.ids.get(word)
        return _position_in_packed(*self._packed, word)

    def pack(self) -> Packed:
        """The words in the form of `pack_words`."""
        return self._packed if self._packed is not None else pack_words(self.list)


def pack_words(words: Iterable[str]) -> Packed:
    r"""All words as concatenated UTF-8 (uint8), and the end of each (int64).

    >>> data, ends = pack_words(["you", "é"])
    >>> bytes(data), ends.tolist()
    (b'you\xc3\xa9', [3, 5])
    """
    words = list(words)
    joined = np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)
    feeds = np.flatnonzero(joined == 0x0A)
    if words and len(feeds) == len(words) - 1:  # no word holds a line feed: several times as fast
        return joined[joined != 0x0A], np.append(feeds, len(joined)) - np.arange(len(words))
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def unpack_words(data: np.ndarray, ends: np.ndarray) -> list[str]:
    """The inverse of `pack_words`. Raises ValueError if the ends do not fit the data."""
    starts = _starts(data, ends)
    raw, spans = data.tobytes(), zip(starts.tolist(), ends.tolist())
    if raw.isascii():  # decode everything in one call, twice as fast
        text = raw.decode("ascii")
        return [text[start:end] for start, end in spans]
    return [raw[start:end].decode("utf-8", "surrogatepass") for start, end in spans]


def _starts(data: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Where each word starts. Raises ValueError if the ends do not fit the data."""
    if data.dtype != np.uint8 or ends.dtype != np.int64 or (ends[-1] if len(ends) else 0) != len(data):
        raise ValueError("the words do not end where they should")
    starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1]])
    if (starts > ends).any() or (starts < 0).any():
        raise ValueError("the words do not end where they should")
    return starts


def _position_in_packed(data: np.ndarray, ends: np.ndarray, word: str) -> int | None:
    """Find a word without unpacking: compare all words of the same length in parallel, byte by byte."""
    wanted = word.encode("utf-8", "surrogatepass")
    candidates = np.flatnonzero(np.diff(ends, prepend=0) == len(wanted))
    for back, byte in enumerate(reversed(wanted), 1):
        candidates = candidates[data[ends[candidates] - back] == byte]
    return int(candidates[0]) if len(candidates) else None
