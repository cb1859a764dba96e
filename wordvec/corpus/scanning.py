"""Cutting text at white space and numbering the pieces, compiled: the inner loops of `wordvec.corpus.pieces`.

Text is UTF-8 in an array of bytes, followed by `text_bytes.PADDING` line feeds. 64 bytes are looked at in one go; the
pieces found are then numbered by a hash table, many at a time, so that waiting for memory overlaps.

A place of the table is two uint64: the key of a piece and its number. A piece of up to 7 bytes is its own key, with
its length in the uppermost byte, so that one comparison finds it. The key of a longer one is a hash below an uppermost
byte of 255, and its bytes are compared, too. Key 0 is an empty place. The pieces stand in `store` by their numbers,
each with a line feed behind it: piece `p` is store[starts[p] : starts[p + 1] - 1].
"""

from __future__ import annotations

import numpy as np
from numba import uint64

from wordvec.corpus.text_bytes import ONE, bits_set, compiled, eight_bytes, inline, kinds, lowest_bit, space_length

BATCH = 1024  # pieces numbered together
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
LONG = np.uint64(0xFF << 56)
FIRST_START = 16  # of the first piece in the store, so that eight bytes can be loaded before any end


@inline
def short_key(text, start, length):  # type: ignore[no-untyped-def]
    """The key of the piece text[start : start + length] of up to 7 bytes; of longer ones, anything."""
    rest = (ONE << ((length & uint64(7)) << uint64(3))) - ONE
    return (eight_bytes(text, start) & rest) | (length << uint64(56))


@inline
def long_key(text, start, length):  # type: ignore[no-untyped-def]
    """The key of the piece text[start : start + length] of 8 bytes or more."""
    hashed, at, last = length * MULTIPLIER, start, start + length - uint64(8)
    while at < last:
        hashed = (hashed ^ eight_bytes(text, at)) * MULTIPLIER
        hashed ^= hashed >> uint64(32)
        at += uint64(8)
    hashed = (hashed ^ eight_bytes(text, last)) * MULTIPLIER  # the last eight bytes: perhaps some a second time
    return (hashed ^ (hashed >> uint64(32))) | LONG


@inline
def is_equal(text, start, length, store, other):  # type: ignore[no-untyped-def]
    """Whether text[start : start + length] and store[other : other + length] are equal; `length` is 8 or more."""
    at, last = uint64(0), length - uint64(8)
    while at < last:
        if eight_bytes(text, start + at) != eight_bytes(store, other + at):
            return False
        at += uint64(8)
    return eight_bytes(text, start + last) == eight_bytes(store, other + last)


@inline
def shift_of(table):  # type: ignore[no-untyped-def]
    """How far to shift a product with MULTIPLIER, so that its uppermost bits are a place of the table."""
    return uint64(63) - lowest_bit(uint64(len(table) // 4))


@inline
def larger(table):  # type: ignore[no-untyped-def]
    """The table with four times the places."""
    new = np.zeros(4 * len(table), np.uint64)
    shift, mask = shift_of(new), uint64(len(new) // 2 - 1)
    for old in range(0, len(table), 2):
        if table[old] != uint64(0):
            place = (table[old] * MULTIPLIER) >> shift
            while new[place * uint64(2)] != uint64(0):
                place = (place + ONE) & mask
            new[place * uint64(2)] = table[old]
            new[place * uint64(2) + ONE] = table[old + 1]
    return new


@compiled
def number_pieces(text, from_, to, pieces, room, table, known, store, starts, numbers):  # type: ignore[no-untyped-def]
    """Find the first `pieces` pieces text[from_[i] : to[i]] in the table, which has `known`; number those that are new.

    New ones get the next numbers and are put into `store` and `starts`, which must have space. Fills numbers (pieces,)
    and returns the table, perhaps larger, and how many pieces it has now. `room` (3, pieces) is for use here.

    Branches that the processor cannot foresee cost most here, so what most pieces need is done for all of them, and
    those that need more are only listed: first the long ones, then those not found at once.
    """
    keys, found, listed = room[0], room[1], room[2]
    shift, mask = shift_of(table), uint64(len(table) // 2 - 1)
    many = 0
    for i in range(pieces):
        length = uint64(to[i]) - uint64(from_[i])
        keys[i] = short_key(text, uint64(from_[i]), length)
        listed[many] = i
        many += length > uint64(7)
    for j in range(many):
        i = listed[j]
        keys[i] = long_key(text, uint64(from_[i]), uint64(to[i]) - uint64(from_[i]))
    for i in range(pieces):
        place = ((keys[i] * MULTIPLIER) >> shift) * uint64(2)
        found[i] = table[place]
        numbers[i] = table[place + ONE]
    for j in range(many):
        i = listed[j]
        start, number = uint64(from_[i]), uint64(numbers[i])
        length, other = uint64(to[i]) - start, uint64(starts[number])
        end = uint64(max(starts[number + ONE], FIRST_START)) - ONE  # an empty table has none yet
        same = (end - other == length) & (length <= uint64(16))  # longer ones are compared below
        same &= eight_bytes(text, start) == eight_bytes(store, other)
        same &= eight_bytes(text, start + length - uint64(8)) == eight_bytes(store, end - uint64(8))
        found[i] = found[i] if same else uint64(0)
    many = 0
    for i in range(pieces):
        listed[many] = i
        many += found[i] != keys[i]
    for j in range(many):
        i = listed[j]
        key, start = keys[i], uint64(from_[i])
        length = uint64(to[i]) - start
        place = (key * MULTIPLIER) >> shift
        while True:
            entry = table[place * uint64(2)]
            if entry == key:
                number = table[place * uint64(2) + ONE]
                if key < LONG:
                    break
                other = uint64(starts[number])
                if uint64(starts[number + ONE]) - other == length + ONE and is_equal(text, start, length, store, other):
                    break
            if entry == uint64(0):
                number = uint64(known)
                end = uint64(starts[number])
                for k in range(length):
                    store[end + k] = text[start + k]
                store[end + length] = 0x0A
                known += 1
                starts[known] = end + length + ONE
                table[place * uint64(2)] = key
                table[place * uint64(2) + ONE] = number
                if 4 * known > len(table):
                    table = larger(table)
                    shift, mask = shift_of(table), uint64(len(table) // 2 - 1)
                break
            place = (place + ONE) & mask
        numbers[i] = number
    return table, known


@compiled
def scan(text, size, table, known, store, starts, counts, ids, line_ends):  # type: ignore[no-untyped-def]
    """Number and count the pieces of text[:size]; see `number_pieces`.

    Fills ids (tokens,) and line_ends (lines,): the tokens before each line feed. Returns the table, how many pieces
    it has, and how many tokens and lines there are.
    """
    from_, to = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    room = np.empty((3, BATCH), np.uint64)
    at, end = uint64(0), uint64(size)
    tokens, lines = 0, 0
    begun, ended = uint64(0), uint64(0)  # pieces of this batch that begin, and that end
    after_space, rest = ONE, uint64(0)  # white space at the end of the 64 bytes before, and what of it is in these
    while at <= end:
        spaces, feeds, _, wide, _ = kinds(text, at)
        spaces |= rest
        rest = uint64(0)
        while wide != uint64(0):
            bit = lowest_bit(wide)
            wide &= wide - ONE
            place = at + bit
            length = space_length(text[place], text[place + uint64(1)], text[place + uint64(2)])
            if length:
                space = (ONE << length) - ONE
                spaces |= space << bit
                if bit + length > uint64(64):
                    rest = space >> (uint64(64) - bit)
        before = (spaces << ONE) | after_space
        after_space = spaces >> uint64(63)
        starting, ending = before & ~spaces, spaces & ~before
        while feeds != uint64(0):
            bit = lowest_bit(feeds)
            if at + bit >= end:  # the padding
                break
            line_ends[lines] = tokens + ended + bits_set(ending & ((uint64(2) << bit) - ONE))
            lines += 1
            feeds &= feeds - ONE
        starts_here, ends_here = bits_set(starting), bits_set(ending)
        for i in range(max(starts_here, ends_here)):  # a place behind the last is written, too, and then overwritten
            from_[begun + i] = at + lowest_bit(starting)
            to[ended + i] = at + lowest_bit(ending)
            starting &= starting - ONE
            ending &= ending - ONE
        begun += starts_here
        ended += ends_here
        at += uint64(64)
        if ended > uint64(BATCH - 64) or at > end:
            numbers = ids[tokens : tokens + ended]
            table, known = number_pieces(text, from_, to, ended, room, table, known, store, starts, numbers)
            for i in range(ended):
                counts[uint64(numbers[i])] += 1
            tokens += ended
            from_[0] = from_[ended]
            begun -= ended
            ended = uint64(0)
    return table, known, tokens, lines


@compiled
def absorb(stored, bounds, table, known, store, starts, numbers):  # type: ignore[no-untyped-def]
    """Find or number the pieces stored[bounds[i] : bounds[i + 1] - 1] of another table; see `number_pieces`."""
    room = np.empty((3, BATCH), np.uint64)
    to = np.empty(BATCH, np.int64)
    for first in range(0, len(numbers), BATCH):
        pieces = min(BATCH, len(numbers) - first)
        to[:pieces] = bounds[first + 1 : first + 1 + pieces] - 1
        found = numbers[first : first + pieces]
        table, known = number_pieces(stored, bounds[first:], to, pieces, room, table, known, store, starts, found)
    return table, known


@compiled
def look_up(ids, numbers):  # type: ignore[no-untyped-def]
    """Put numbers[ids[i]] in the place of each ids[i]."""
    for i in range(len(ids)):
        ids[i] = numbers[uint64(ids[i])]


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
            word_id = final_id[uint64(ids[i])]
            kept[number] = word_id
            number += word_id >= 0
        if e < len(ends):
            kept_ends[e] = number
        begin = stop
    return number
