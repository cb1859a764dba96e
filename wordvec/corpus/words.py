"""Many words in little room: UTF-8 bytes after one another, made into strings when they are first needed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from wordvec.errors import CorpusError

Packed = tuple[np.ndarray, np.ndarray]  # UTF-8 of all words (uint8) and the end of each word in it (int64)


class Words:
    """A list of different words that was given, or that is unpacked from (mapped) bytes when it is first needed.

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
        """The words. Raises CorpusError when the bytes are not words."""
        if self._list is None:
            try:
                self._list = unpack_words(*self._packed)  # type: ignore[misc]
            except ValueError as error:
                raise CorpusError(f"{self._where}: damaged corpus: {error}; build it again") from error
        return self._list

    @property
    def ids(self) -> dict[str, int]:
        """The position of each word. Raises CorpusError when a word appears twice."""
        if self._ids is None:
            ids = {word: word_id for word_id, word in enumerate(self.list)}
            if len(ids) != len(self.list):
                twice = next(word for i, word in enumerate(self.list) if ids[word] != i)
                raise CorpusError(f"{self._where}: the word {twice!r} appears twice")
            self._ids = ids
        return self._ids

    def position(self, word: str) -> int | None:
        """Where `word` stands, or None. Bytes that are still packed are searched as they are."""
        if self._list is not None or self._packed is None:
            return self.ids.get(word)
        return _position_in_packed(*self._packed, word)

    def pack(self) -> Packed:
        """The words as `pack_words` gives them."""
        return self._packed if self._packed is not None else pack_words(self.list)


def pack_words(words: Iterable[str]) -> Packed:
    r"""All words as UTF-8 after one another (uint8), and the end of each (int64).

    >>> data, ends = pack_words(["you", "é"])
    >>> bytes(data), ends.tolist()
    (b'you\xc3\xa9', [3, 5])
    """
    words = list(words)
    joined = np.frombuffer("\n".join(words).encode("utf-8", "surrogatepass"), np.uint8)
    feeds = np.flatnonzero(joined == 0x0A)
    if words and len(feeds) == len(words) - 1:  # none inside of a word: all at once, several times as fast
        return joined[joined != 0x0A], np.append(feeds, len(joined)) - np.arange(len(words))
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def unpack_words(data: np.ndarray, ends: np.ndarray) -> list[str]:
    """The inverse of `pack_words`. Raises ValueError when the ends do not fit the data."""
    if data.dtype != np.uint8 or ends.dtype != np.int64 or (ends[-1] if len(ends) else 0) != len(data):
        raise ValueError("the words do not end where they should")
    starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1]])
    if (starts > ends).any() or (starts < 0).any():
        raise ValueError("the words do not end where they should")
    raw, spans = data.tobytes(), zip(starts.tolist(), ends.tolist())
    if raw.isascii():  # all bytes at once, twice as fast
        text = raw.decode("ascii")
        return [text[start:end] for start, end in spans]
    return [raw[start:end].decode("utf-8", "surrogatepass") for start, end in spans]


def _position_in_packed(data: np.ndarray, ends: np.ndarray, word: str) -> int | None:
    """Words of the same length are compared letter by letter, all at once: nothing is unpacked."""
    wanted = word.encode("utf-8", "surrogatepass")
    candidates = np.flatnonzero(np.diff(ends, prepend=0) == len(wanted))
    for back, byte in enumerate(reversed(wanted), 1):
        candidates = candidates[data[ends[candidates] - back] == byte]
    return int(candidates[0]) if len(candidates) else None
