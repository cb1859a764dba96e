"""Words as concatenated UTF-8 bytes: decoded when first needed, and work on them without making strings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from wordvec.errors import CorpusError

BLOCK = 1 << 16  # words looked at together
Packed = tuple[np.ndarray, np.ndarray]  # UTF-8 of all words (uint8) and the end of each word in it (int64)
SHARES = 256
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


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


def shares_of(data: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The share of each packed word, (words,) uint8: a polynomial in its bytes modulo 2**64, mixed into one byte.

    >>> shares_of(*pack_words(["you", "say", "you"])).tolist()
    [221, 0, 221]
    """
    if compiled := _compiled():
        return compiled.shares_of(data, ends)
    if not len(ends):
        return np.zeros(0, np.uint8)
    lengths = np.diff(ends, prepend=0)
    powers = np.full(int(lengths.max()), MULTIPLIER)
    np.cumprod(powers, out=powers)
    terms = powers[np.arange(len(data)) - np.repeat(ends - lengths, lengths)]
    terms *= data
    sums = np.add.reduceat(terms, ends - lengths)
    return (((sums ^ (sums >> np.uint64(32))) * MULTIPLIER) >> np.uint64(56)).astype(np.uint8)


def take_words(data: np.ndarray, ends: np.ndarray, positions: np.ndarray) -> Packed:
    """The packed words at these positions, in this order, packed again.

    >>> unpack_words(*take_words(*pack_words(["you", "é", "say"]), np.array([2, 1])))
    ['say', 'é']
    """
    if compiled := _compiled():
        return compiled.take_words(data, ends, positions)
    lengths = np.diff(ends, prepend=0)[positions]
    taken_ends = np.cumsum(lengths)
    places = np.repeat(ends[positions] - taken_ends, lengths)
    places += np.arange(len(places))
    return data[places], taken_ends


def have_inside(data: np.ndarray, ends: np.ndarray, text: str) -> np.ndarray:
    """Which packed words contain a text of some letters, (words,) bool.

    >>> have_inside(*pack_words(["a_b", "c_", "_", "ab"]), "_b").tolist()
    [True, False, False, False]
    """
    wanted = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    begins = np.flatnonzero(data[: max(0, len(data) - len(wanted) + 1)] == wanted[0])
    for i, byte in enumerate(wanted.tolist()):
        begins = begins[data[begins + i] == byte]
    words = np.searchsorted(ends, begins, side="right")
    found = np.zeros(len(ends), bool)
    found[words[begins + len(wanted) <= ends[words]]] = True
    return found


def new_table(line_feeds: bool) -> Any:
    """An empty table that numbers words and adds up their counts; `line_feeds` says that some hold line feeds."""
    compiled = None if line_feeds else _compiled()
    return compiled.PieceTable() if compiled else WordTable()


class WordTable:
    """The same as `scanning.PieceTable`, in plain Python; words may contain line feeds."""

    def __init__(self) -> None:
        self._number_of: defaultdict[str, int] = defaultdict()
        self._number_of.default_factory = self._number_of.__len__  # a new word gets the number of words so far
        self.counts = np.zeros(0, np.int64)

    @property
    def size(self) -> int:
        """How many words there are."""
        return len(self._number_of)

    def add(self, words: np.ndarray, ends: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """See PieceTable."""
        numbers = np.fromiter(map(self._number_of.__getitem__, unpack_words(words, ends)), np.int32, len(ends))
        self.counts = np.concatenate([self.counts, np.zeros(self.size - len(self.counts), np.int64)])
        self.counts[numbers] += counts
        return numbers

    def packed(self) -> Packed:
        """See PieceTable."""
        return pack_words(self._number_of)


def _compiled() -> Any:
    """The module of compiled functions; None without the C library."""
    from wordvec.native import library

    if not library.is_available():
        return None
    from wordvec.corpus.encode import scanning

    return scanning
