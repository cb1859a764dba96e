"""Encodes text block by block, with the same result on any number of threads.

Compiled code cuts a block of text into pieces at separators (at least white space) and numbers them. It runs without
the interpreter's lock, so threads work in parallel. The rest is done once for each *distinct* piece, in text order:
finding its number in the whole text and, if a piece is not yet a word, calling the tokenizer. This is correct for
tokenizers that never look across a separator; others read lines (see `token_ids.spool`).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from wordvec.corpus.encode.scanning import Growing, PieceTable
from wordvec.corpus.encode.token_ids import Spool, Spooled, in_order
from wordvec.corpus.encode.tokenizers import Tokenizer
from wordvec.corpus.read import read_range
from wordvec.corpus.read.ranges import TextRange
from wordvec.corpus.words import Packed, pack_words
from wordvec.errors import CorpusError

BLOCK = 1 << 20  # approximate characters scanned at a time; larger blocks do not fit in the processor's cache
NOTHING = np.zeros(0, np.int64)
MOST_PIECES = 1 << 20  # pieces remembered at a time by a tokenizer, which bounds their memory


class Cutting(NamedTuple):
    """How text is cut into pieces: at white space, after `prepare` has changed the bytes of a block.

    If `tokenize` is None, a piece is a word. Otherwise it splits a piece into words. `tokenize_all` does this for many
    pieces in one call: it returns all their words, with a line feed after the words of each piece.
    """

    tokenize: Tokenizer | None = None
    prepare: Callable[[np.ndarray, int], None] | None = None
    tokenize_all: Callable[[list[str]], list[str]] | None = None


class Scanned(NamedTuple):
    """A block of text as pieces; pieces `first` to `last` of `table` first appeared in this block.

    Shapes: ids (tokens,), line_ends (lines,).
    """

    table: PieceTable
    first: int
    last: int
    ids: np.ndarray
    line_ends: np.ndarray


def encode_blocks(
    blocks: Iterable[tuple[str, bool] | TextRange],
    cutting: Cutting,
    threads: int,
    on_sentences: Callable[[int], None],
) -> Spooled:
    """Encode the output of `readers.read_blocks`; see `token_ids.spool` for the rest."""
    with Spool() as spool:
        words = _write_blocks(spool, blocks, cutting, threads, on_sentences)
        return spool.finished(*words.finish(spool))


def encode_into(
    spool: Spool, blocks: Iterable[tuple[str, bool] | TextRange], cutting: Cutting
) -> tuple[Packed, np.ndarray]:
    """Write a text into a spool on one thread. Returns its words, packed instead of as strings, and their counts."""
    return _write_blocks(spool, blocks, cutting, 1, lambda count: None).finish_packed()


def _write_blocks(
    spool: Spool,
    blocks: Iterable[tuple[str, bool] | TextRange],
    cutting: Cutting,
    threads: int,
    on_sentences: Callable[[int], None],
) -> Words | TokenizedPieces:
    words = Words(threads) if cutting.tokenize is None else TokenizedPieces(cutting.tokenize, cutting.tokenize_all)
    texts = joined(blocks, BLOCK)
    for block in in_order(lambda text: words.scan(*bytes_of(text, cutting.prepare)), texts, threads):
        spool.write(*words.encode(block))
        on_sentences(len(block.line_ends))
    return words


def joined(blocks: Iterable[tuple[str, bool] | TextRange], size: int) -> Iterator[str | TextRange]:
    r"""Join blocks into texts of at least `size` characters, with a line feed at the end of each line.

    >>> list(joined([("a b\nc", True), ("d ", False), ("e", True)], 4))
    ['a b\nc\n', 'd e\n']
    """
    parts: list[str] = []
    length = 0
    for item in blocks:
        if isinstance(item, TextRange):
            if parts:
                yield "".join(parts)
            parts, length = [], 0
            yield item
            continue
        block, ends_line = item
        parts += (block, "\n") if ends_line else (block,)
        length += len(block) + ends_line
        if length >= size:
            yield "".join(parts)
            parts, length = [], 0
    if parts:
        yield "".join(parts)


def bytes_of(text: str | TextRange, prepare: Callable[[np.ndarray, int], None] | None) -> tuple[np.ndarray, int]:
    """A block of text in UTF-8, followed by `scanning.PADDING` line feeds, and its size without them."""
    from wordvec.corpus.encode import scanning

    if isinstance(text, TextRange):
        padded, size = read_range(text, scanning.PADDING)
    else:
        data = text.encode("utf-8", "surrogatepass")  # strings of an iterable may hold lone surrogates
        size = len(data)
        padded = np.empty(size + scanning.PADDING, np.uint8)
        padded[:size] = np.frombuffer(data, np.uint8)
        padded[size:] = 0x0A
    if prepare is not None:
        prepare(padded, size)
    return padded, size


class Words:
    """Each piece is a word: its number is the word's provisional id.

    Each thread has its own table, so a word may have several numbers. They are merged at the end, or when a table is
    full. Final numbers follow first appearance in the text. A table sees its blocks in text order, so in each block the
    words new to the text are among the words new to the table, in the same order.
    """

    def __init__(self, threads: int) -> None:
        self._threads, self._thread = threads, threading.local()
        self._blocks: list[Scanned] = []  # without their tokens
        self._ends: list[int] = []  # where each block's tokens end
        self._all, self._numbers = PieceTable(), dict[int, np.ndarray]()  # by table: its words' numbers in `_all`

    def scan(self, text: np.ndarray, size: int) -> Scanned:
        """Number the words of a block in this thread's table."""
        table: PieceTable = getattr(self._thread, "table", None) or PieceTable()
        first = table.size
        ids, line_ends = table.scan(text, size)
        self._thread.table = None if self._is_full(table.size) else table
        return Scanned(table, first, table.size, ids, line_ends)

    def _is_full(self, size: int) -> bool:
        return self._threads > 1 and size > MOST_PIECES

    def encode(self, block: Scanned) -> tuple[np.ndarray, np.ndarray]:
        """The block's tokens as numbers in its table, and how many of them precede each line end."""
        self._blocks.append(block._replace(ids=NOTHING, line_ends=NOTHING))
        self._ends.append(len(block.ids) + (self._ends[-1] if self._ends else 0))
        if self._is_full(block.last):
            self._absorb(block.table)
        return block.ids, block.line_ends

    def _absorb(self, table: PieceTable) -> None:
        if not self._all.size:
            self._all, self._numbers[id(table)] = table, np.arange(table.size, dtype=np.int32)
        else:
            self._numbers[id(table)] = self._all.absorb(table)
            table.forget()

    def finish(self, spool: Spool) -> tuple[list[str], np.ndarray]:
        """Replace the ids in `spool` by final ids; returns all words and their counts."""
        for block in self._blocks:
            if id(block.table) not in self._numbers:
                self._absorb(block.table)
        if len(self._numbers) < 2:
            return self._all.pieces(), self._all.counts
        order = np.full(self._all.size, -1, np.int32)  # the final number of each word in `_all`
        known = 0
        for block in self._blocks:
            words = self._numbers[id(block.table)][block.first : block.last]
            new = words[order[words] < 0]
            order[new] = np.arange(known, known + len(new))
            known += len(new)
        self._look_up(spool, {table: order[numbers] for table, numbers in self._numbers.items()})
        place = np.empty_like(order)
        place[order] = np.arange(known)
        pieces = self._all.pieces()
        return [pieces[i] for i in place.tolist()], self._all.counts[place]

    def finish_packed(self) -> tuple[Packed, np.ndarray]:
        """All words, packed, and their counts, where one thread had a single table."""
        table: PieceTable = getattr(self._thread, "table", None) or self._all
        return table.packed(), table.counts

    def _look_up(self, spool: Spool, final: dict[int, np.ndarray]) -> None:
        from wordvec.corpus.encode import scanning

        def look_up(block: Scanned, begin: int, end: int) -> None:
            scanning.look_up(np.asarray(spool.ids(begin, end)), final[id(block.table)])

        spans = zip(self._blocks, [0, *self._ends], self._ends)
        for _ in in_order(lambda span: look_up(*span), spans, self._threads):
            pass


class TokenizedPieces:
    """Pieces that a tokenizer splits into words when they are first seen."""

    def __init__(self, tokenize: Tokenizer, tokenize_all: Callable[[list[str]], list[str]] | None = None) -> None:
        self._tokenize_all = tokenize_all or (lambda pieces: _words_and_ends(tokenize, pieces))
        self._id_of: defaultdict[str, int] = defaultdict()
        self._id_of.default_factory = self._id_of.__len__  # a new word gets the number of words so far
        self._id_of["\n"] = 0  # marks the end of a piece, so word ids in `_id_of` are 1 too large
        self._counts = Growing(np.int64)
        self._forget_pieces()

    def _forget_pieces(self) -> None:
        self._table = PieceTable()
        self._word_ids, self._word_starts = Growing(np.int32), Growing(np.int64)
        self._word_starts.extend([0])

    def scan(self, text: np.ndarray, size: int) -> Scanned:
        """Number the pieces of a block in a new table."""
        table = PieceTable()
        ids, line_ends = table.scan(text, size)
        return Scanned(table, 0, table.size, ids, line_ends)

    def encode(self, block: Scanned) -> tuple[np.ndarray, np.ndarray]:
        """Provisional ids of the block's words, and how many of them precede each line end."""
        from wordvec.corpus.encode import scanning

        if self._table.size > MOST_PIECES:
            self._forget_pieces()
        known = self._table.size
        numbers = self._table.absorb(block.table)
        self._add_words(self._table.pieces(known))
        starts = self._word_starts.array
        words = int(((starts[numbers + 1] - starts[numbers]) * block.table.counts).sum())
        given = block.ids, block.line_ends, numbers, starts, self._word_ids.array, self._counts.array
        return scanning.expand(*given, words)

    def _add_words(self, pieces: list[str]) -> None:
        words = self._tokenize_all(pieces)
        ids = np.fromiter(map(self._id_of.__getitem__, words), np.int32, len(words)) - np.int32(1)
        ends = np.flatnonzero(ids < 0)
        self._word_starts.extend(self._word_ids.size + ends - np.arange(len(ends)))
        self._word_ids.extend(ids[ids >= 0])
        known = len(self._id_of) - 1
        self._counts.room(known - self._counts.size)
        self._counts.size = known

    def finish(self, spool: Spool | None = None) -> tuple[list[str], np.ndarray]:
        """All words and their counts."""
        if "" in self._id_of:
            raise CorpusError("an empty string is among the tokens of the tokenizer")
        return list(self._id_of)[1:], self._counts.array.copy()

    def finish_packed(self) -> tuple[Packed, np.ndarray]:
        """The same, packed."""
        words, counts = self.finish()
        return pack_words(words), counts


def _words_and_ends(tokenize: Tokenizer, pieces: list[str]) -> list[str]:
    words: list[str] = []
    for piece in pieces:
        words += tokenize(piece)
        words.append("\n")
    return words
