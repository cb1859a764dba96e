"""Cutting text at white space and numbering the pieces, compiled: the inner loops of `wordvec.corpus.blocks`.

`scan` numbers the pieces of one block of text by first appearance in it, with a small hash table of the block's own,
so any number of threads can scan blocks at once. `merge` then takes the blocks one by one in the order of the text
and gives each piece its number in the whole text, so the numbers do not depend on blocks or threads.

Text is UTF-8 in an array of bytes, followed by PADDING line feeds. A hash table holds, for each piece, the upper half
of its hash and its number + 1 in one uint64; 0 is an empty place. Eight bytes are looked at in one go, the first of
them in the lowest bits, so this needs a little-endian processor.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types, uint64
from numba.extending import intrinsic

PADDING = 8
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
UPPER, LOWER = np.uint64(0xFFFFFFFF00000000), np.uint64(0x00000000FFFFFFFF)
TOP_BITS, FIRST_VISIBLE = np.uint64(0x8080808080808080), np.uint64(0x2121212121212121)
ASCII_SPACES = np.uint64(sum(1 << code for code in range(0x21) if chr(code).isspace()))  # bit by bit
I64 = ir.IntType(64)
SOURCE = zlib.crc32(Path(__file__).read_bytes())


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile without the interpreter's lock; keep the result on disk, where there is a place for it."""
    function.__qualname__ = f"{function.__name__}_{SOURCE:08x}"  # names the cache: older code's is never opened
    try:
        return njit(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
        return njit(nogil=True)(function)  # type: ignore[no-any-return]


inline = njit(nogil=True, inline="always")


@intrinsic
def eight_bytes(context, text, at):  # type: ignore[no-untyped-def]
    """text[at : at + 8] as one uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.load(builder.bitcast(builder.gep(data, [arguments[1]]), I64.as_pointer()), align=1)

    return types.uint64(text, types.uint64), generate


@intrinsic
def lowest_bit(context, bits):  # type: ignore[no-untyped-def]
    """Number of the lowest bit that is set; `bits` must not be 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@inline
def is_space(byte):  # type: ignore[no-untyped-def]
    """Whether an ASCII character is white space for str.split()."""
    return byte <= 0x20 and (ASCII_SPACES >> uint64(byte)) & uint64(1) != 0


@inline
def space_length(first, second, third):  # type: ignore[no-untyped-def]
    """Bytes of the white space that begins with these bytes, 0 if it is none.

    These are all that str.split() knows besides ASCII: U+0085, 00A0, 1680, 2000 to 200A, 2028, 2029, 202F, 205F, 3000.
    """
    if first == 0xC2:
        return uint64(2) if second == 0x85 or second == 0xA0 else uint64(0)
    if first == 0xE1:
        return uint64(3) if second == 0x9A and third == 0x80 else uint64(0)
    if first == 0xE2 and second == 0x80:
        return uint64(3) if third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF else uint64(0)
    if first == 0xE2:
        return uint64(3) if second == 0x81 and third == 0x9F else uint64(0)
    return uint64(3) if first == 0xE3 and second == 0x80 and third == 0x80 else uint64(0)


@inline
def hash_of(text, start, length):  # type: ignore[no-untyped-def]
    """64 bits that tell pieces apart: for certain those of equal lengths up to 8, as each step can be undone."""
    hashed = uint64(0)
    while length > uint64(8):
        hashed = (hashed ^ eight_bytes(text, start)) * MULTIPLIER
        hashed ^= hashed >> uint64(32)
        start += uint64(8)
        length -= uint64(8)
    last = eight_bytes(text, start) << ((uint64(8) - length) << uint64(3))
    hashed = (hashed ^ last) * MULTIPLIER
    hashed ^= hashed >> uint64(32)
    return hashed * MULTIPLIER


@inline
def find(table, hashed, text, start, length, store, starts, lengths, hashes):  # type: ignore[no-untyped-def]
    """Place in `table` of the piece text[start : start + length], or the empty place where it belongs.

    Pieces of the table stand in `store` at `starts`; where they are longer than 8 bytes, all bytes are compared.
    """
    mask = uint64(len(table) - 1)
    place = (hashed >> uint64(32)) & mask
    while True:
        entry = table[place]
        if entry == uint64(0):
            return place
        number = (entry & LOWER) - uint64(1)
        if (entry ^ hashed) <= LOWER and hashes[number] == hashed and uint64(lengths[number]) == length:
            i, other = uint64(0), uint64(starts[number])
            if length > uint64(8):
                while i < length and store[other + i] == text[start + i]:
                    i += uint64(1)
            if i == length or length <= uint64(8):
                return place
        place = (place + uint64(1)) & mask


@inline
def larger(table):  # type: ignore[no-untyped-def]
    """The table with four times the places: their upper hashes say where entries belong."""
    new = np.zeros(4 * len(table), np.uint64)
    mask = uint64(len(new) - 1)
    for entry in table:
        if entry != uint64(0):
            place = (entry >> uint64(32)) & mask
            while new[place] != uint64(0):
                place = (place + uint64(1)) & mask
            new[place] = entry
    return new


@compiled
def scan(text, size, ids, line_ends, starts, lengths, hashes, counts):  # type: ignore[no-untyped-def]
    """Number the pieces of text[:size] by first appearance; returns how many tokens, pieces and lines there are.

    Fills ids (tokens,), line_ends (lines,): the tokens before each line feed, and for each piece where it first
    stands (starts, lengths), its hash and its count.
    """
    at, end = uint64(0), uint64(size)
    tokens, pieces, lines = uint64(0), uint64(0), uint64(0)
    table = np.zeros(1 << 14, np.uint64)
    room = uint64(1 << 13)
    while True:
        byte = text[at]
        while is_space(byte):
            if byte == 0x0A:
                if at >= end:  # the padding
                    return tokens, pieces, lines
                line_ends[lines] = tokens
                lines += uint64(1)
            at += uint64(1)
            byte = text[at]
        start, space = at, uint64(0)
        while True:
            eight = eight_bytes(text, at)
            found = ((eight - FIRST_VISIBLE) | eight) & TOP_BITS  # the lowest is the first byte < 0x21 or >= 0x80
            if found == uint64(0):
                at += uint64(8)
                continue
            at += lowest_bit(found) >> uint64(3)
            byte = text[at]
            if byte < 0x80:
                if is_space(byte):
                    break
                at += uint64(1)  # a control character
                continue
            space = space_length(byte, text[at + uint64(1)], text[at + uint64(2)])
            if space:
                break
            at += uint64(1) + uint64(byte >= 0xC0) + uint64(byte >= 0xE0)  # a fourth byte is looked at by itself
        length = at - start
        at += space
        if length == uint64(0):
            continue
        hashed = hash_of(text, start, length)
        place = find(table, hashed, text, start, length, text, starts, lengths, hashes)
        entry = table[place]
        if entry != uint64(0):
            number = (entry & LOWER) - uint64(1)
            counts[number] += 1
        else:
            number = pieces
            pieces += uint64(1)
            table[place] = (hashed & UPPER) | pieces
            starts[number], lengths[number], hashes[number], counts[number] = start, length, hashed, 1
            if pieces > room:
                table = larger(table)
                room = uint64(len(table) // 2)
        ids[tokens] = number
        tokens += uint64(1)


@compiled
def merge(text, starts, lengths, hashes, table, pieces, store, store_starts, store_lengths, store_hashes, numbers):  # type: ignore[no-untyped-def]
    """Find the pieces of a block (starts, lengths, hashes) in the whole text's `table`, which has `pieces` so far.

    New ones get the next numbers, and their bytes and a line feed are appended to `store`, which must have room.
    Fills numbers (of the block's pieces,) and returns how many pieces there are now, and the table, perhaps larger.
    """
    end = uint64(0)  # of the store
    if pieces:
        end = uint64(store_starts[pieces - 1]) + uint64(store_lengths[pieces - 1]) + uint64(1)
    for i in range(len(starts)):
        start, length, hashed = uint64(starts[i]), uint64(lengths[i]), hashes[i]
        place = find(table, hashed, text, start, length, store, store_starts, store_lengths, store_hashes)
        entry = table[place]
        if entry != uint64(0):
            numbers[i] = int(entry & LOWER) - 1
            continue
        numbers[i] = pieces
        store_starts[pieces], store_lengths[pieces], store_hashes[pieces] = end, length, hashed
        store[end : end + length] = text[start : start + length]
        store[end + length] = 0x0A
        end += length + uint64(1)
        pieces += 1
        table[place] = (hashed & UPPER) | uint64(pieces)
        if 2 * pieces > len(table):
            table = larger(table)
    return pieces, table


@compiled
def expand(ids, line_ends, numbers, word_starts, word_ids, counts, expanded, expanded_ends):  # type: ignore[no-untyped-def]
    """Put in place of each token, piece ids[i] of a block, the words that piece numbers[ids[i]] stands for.

    Piece `p` stands for word_ids[word_starts[p] : word_starts[p + 1]]. Counts the words, fills expanded (words,) and
    expanded_ends (lines,), and returns the number of words.
    """
    words, line = 0, 0
    for token in range(len(ids)):
        while line < len(line_ends) and line_ends[line] <= token:
            expanded_ends[line] = words
            line += 1
        piece = numbers[ids[token]]
        for i in range(word_starts[piece], word_starts[piece + 1]):
            expanded[words] = word_ids[i]
            counts[word_ids[i]] += 1
            words += 1
    expanded_ends[line:] = words
    return words


@compiled
def renumber(ids, final_id, ends, kept, kept_ends):  # type: ignore[no-untyped-def]
    """Look up ids in final_id, where -1 leaves a word out; see `encoding.renumber`.

    Fills kept (at most as many as ids) and kept_ends (E,): how many are kept of the first ends[e] ids.
    Returns how many are kept of all.
    """
    number, begin = 0, 0
    for e in range(len(ends) + 1):
        stop = ends[e] if e < len(ends) else len(ids)
        for i in range(begin, stop):
            word_id = final_id[ids[i]]
            kept[number] = word_id
            number += word_id >= 0
        if e < len(ends):
            kept_ends[e] = number
        begin = stop
    return number
