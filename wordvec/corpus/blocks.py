"""Encoding text block by block, on any number of threads, with the same result for all of them.

A block of text is cut at separators (white space, at least) into pieces, and its pieces are numbered: compiled code,
without the interpreter's lock, so threads do it side by side. What is left is done once for each *different* piece,
in the order of the text: finding its number in the whole text and, where a piece is not yet a word, calling the
tokenizer. That is right for tokenizers that never look across a separator; others read lines (see `encoding.spool`).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from wordvec.corpus.encoding import Spool, Spooled, in_order, renumber
from wordvec.corpus.tokenizers import Tokenizer
from wordvec.corpus.vocabulary import Vocabulary
from wordvec.errors import CorpusError
from wordvec.progress import announce

BLOCK = 1 << 20  # characters scanned at a time, about: larger ones leave the processor's cache
MOST_PIECES = 1 << 20  # known at a time where a tokenizer makes words of them; the memory for them is bounded


class Cutting(NamedTuple):
    """What makes pieces of text: it is cut at white space, after `prepare` has changed the bytes of a block.

    A piece is a word where `tokenize` is None; otherwise that function makes words of each piece.
    """

    tokenize: Tokenizer | None = None
    prepare: Callable[[bytes], bytes] | None = None


class Scanned(NamedTuple):
    """A block of text as pieces; shapes: ids (tokens,), line_ends (lines,), the others (pieces,)."""

    text: np.ndarray
    ids: np.ndarray
    line_ends: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray
    hashes: np.ndarray
    counts: np.ndarray


def encode_blocks(
    blocks: Iterable[tuple[str, bool]], cutting: Cutting, threads: int, on_sentences: Callable[[int], None]
) -> Spooled:
    """Encode (block, ends_line) pairs as `readers.read_blocks` gives them; see `encoding.spool` for the rest."""
    words: Words | TokenizedPieces = Words() if cutting.tokenize is None else TokenizedPieces(cutting.tokenize)
    with Spool() as spool:
        texts = joined(blocks, BLOCK)
        for block in in_order(lambda text: scan_block(text, cutting.prepare), texts, threads):
            spool.write(*words.encode(block))
            on_sentences(len(block.line_ends))
        return spool.finished(*words.listed())


def warm_up() -> None:
    """Compile, or load what was compiled before; say so where that takes longer than a second."""
    text = "compiling the reader of text: once, then it is kept for later runs"
    timer = threading.Timer(1.0, announce, [text])
    timer.daemon = True
    timer.start()
    try:
        spooled = encode_blocks([("a", True)], Cutting(str.split), threads=1, on_sentences=lambda number: None)
        renumber(spooled, Vocabulary(["a"], [1]))
    finally:
        timer.cancel()


def joined(blocks: Iterable[tuple[str, bool]], size: int) -> Iterator[str]:
    r"""Join blocks to texts of about `size` characters or more, with a line feed at the end of each line.

    >>> list(joined([("a b\nc", True), ("d ", False), ("e", True)], 4))
    ['a b\nc\n', 'd e\n']
    """
    parts: list[str] = []
    length = 0
    for block, ends_line in blocks:
        parts += (block, "\n") if ends_line else (block,)
        length += len(block) + ends_line
        if length >= size:
            yield "".join(parts)
            parts.clear()
            length = 0
    if parts:
        yield "".join(parts)


def scan_block(text: str, prepare: Callable[[bytes], bytes] | None) -> Scanned:
    """Cut a block of text into pieces and number them."""
    from wordvec.corpus import scanning

    data = text.encode("utf-8", "surrogatepass")  # an iterable may hold half characters
    if prepare is not None:
        data = prepare(data)
    size = len(data)
    padded = np.frombuffer(data + b"\n" * scanning.PADDING, np.uint8)
    most = size // 2 + 1  # tokens, of one byte and with one byte between them
    ids, counts = np.empty(most, np.int32), np.empty(most, np.int32)
    starts, lengths, hashes = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.uint64)
    line_ends = np.empty(data.count(b"\n"), np.int64)
    tokens, pieces, _ = scanning.scan(padded, size, ids, line_ends, starts, lengths, hashes, counts)
    return Scanned(padded, ids[:tokens], line_ends, starts[:pieces], lengths[:pieces], hashes[:pieces], counts[:pieces])


class Growing:
    """An array that grows at its end."""

    def __init__(self, dtype: type[np.generic]) -> None:
        self._room = np.zeros(1 << 10, dtype)
        self.size = 0

    def room(self, more: int) -> np.ndarray:
        """The whole array, with room for `more` values after the first `size`."""
        if self.size + more > len(self._room):
            grown = np.zeros(max(self.size + more, 2 * len(self._room)), self._room.dtype)
            grown[: self.size] = self._room[: self.size]
            self._room = grown
        return self._room

    def extend(self, values: Any) -> None:
        """Append values."""
        self.room(len(values))[self.size : self.size + len(values)] = values
        self.size += len(values)

    @property
    def array(self) -> np.ndarray:
        """The values."""
        return self._room[: self.size]


class PieceTable:
    """All different pieces so far, numbered by first appearance in the text."""

    def __init__(self) -> None:
        self.size = 0
        self._table = np.zeros(1 << 12, np.uint64)
        self._store = Growing(np.uint8)  # each piece and a line feed
        self._starts, self._lengths, self._hashes = Growing(np.int64), Growing(np.int64), Growing(np.uint64)

    def merge(self, block: Scanned) -> np.ndarray:
        """The numbers of the block's pieces, (pieces,) int32; blocks must come in the order of the text."""
        from wordvec.corpus import scanning

        pieces = len(block.starts)
        store = self._store.room(int(block.lengths.sum()) + pieces)
        known = starts, lengths, _ = [array.room(pieces) for array in (self._starts, self._lengths, self._hashes)]
        numbers = np.empty(pieces, np.int32)
        self.size, self._table = scanning.merge(
            block.text, block.starts, block.lengths, block.hashes, self._table, self.size, store, *known, numbers
        )
        self._starts.size = self._lengths.size = self._hashes.size = self.size
        if self.size:
            self._store.size = int(starts[self.size - 1] + lengths[self.size - 1]) + 1
        return numbers

    def pieces(self, first: int) -> list[str]:
        """The pieces from number `first` on."""
        if first == self.size:
            return []
        stored = self._store.array[self._starts.array[first] :]
        return stored.tobytes().decode("utf-8", "surrogatepass").split("\n")[:-1]


class Words:
    """Each piece is a word: its number is the word's provisional id."""

    def __init__(self) -> None:
        self._table, self._counts = PieceTable(), Growing(np.int64)

    def encode(self, block: Scanned) -> tuple[np.ndarray, np.ndarray]:
        """Provisional ids of the block's tokens, and how many of them stand before each line end."""
        numbers = self._table.merge(block)
        self._counts.room(self._table.size - self._counts.size)
        self._counts.size = self._table.size
        self._counts.array[numbers] += block.counts
        return numbers[block.ids], block.line_ends

    def listed(self) -> tuple[list[str], np.ndarray]:
        """All words and their counts."""
        return self._table.pieces(0), self._counts.array.copy()


class TokenizedPieces:
    """A tokenizer makes words of each piece, when the piece is first seen."""

    def __init__(self, tokenize: Tokenizer) -> None:
        self._tokenize = tokenize
        self._id_of: defaultdict[str, int] = defaultdict()
        self._id_of.default_factory = self._id_of.__len__  # a new word gets the number of words so far
        self._counts = Growing(np.int64)
        self._forget_pieces()

    def _forget_pieces(self) -> None:
        self._table = PieceTable()
        self._word_ids, self._word_starts = Growing(np.int32), Growing(np.int64)
        self._word_starts.extend([0])

    def encode(self, block: Scanned) -> tuple[np.ndarray, np.ndarray]:
        """Provisional ids of the block's words, and how many of them stand before each line end."""
        from wordvec.corpus import scanning

        if self._table.size > MOST_PIECES:
            self._forget_pieces()
        known = self._table.size
        numbers = self._table.merge(block)
        self._add_words(self._table.pieces(known))
        starts = self._word_starts.array
        words = int(((starts[numbers + 1] - starts[numbers]) * block.counts).sum())
        ids, line_ends = np.empty(words, np.int32), np.empty_like(block.line_ends)
        counts = self._counts.array
        scanning.expand(block.ids, block.line_ends, numbers, starts, self._word_ids.array, counts, ids, line_ends)
        return ids, line_ends

    def _add_words(self, pieces: list[str]) -> None:
        look_up, tokenize = self._id_of.__getitem__, self._tokenize
        word_ids: list[int] = []
        word_starts: list[int] = []
        before = self._word_ids.size
        for piece in pieces:
            word_ids += map(look_up, tokenize(piece))
            word_starts.append(before + len(word_ids))
        self._word_ids.extend(word_ids)
        self._word_starts.extend(word_starts)
        self._counts.room(len(self._id_of) - self._counts.size)
        self._counts.size = len(self._id_of)

    def listed(self) -> tuple[list[str], np.ndarray]:
        """All words and their counts."""
        if "" in self._id_of:
            raise CorpusError("an empty string is among the tokens of the tokenizer")
        return list(self._id_of), self._counts.array.copy()
