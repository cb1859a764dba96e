"""Looking at bytes of text, compiled: white space, line ends and UTF-8, 64 bytes in one go.

Text is UTF-8 in an array of bytes, followed by PADDING line feeds. Of 64 bytes at a time, those of some kind are the
bits of one uint64, so finding them costs little. Eight bytes are loaded with the first of them in the lowest bits, so
this needs a little-endian processor.
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

PADDING = 128
NOT_TEXT, RETURNS = 1, 2  # what `look_through` finds
ONE = np.uint64(1)
I8, I64 = ir.IntType(8), ir.IntType(64)
SOURCES = Path(__file__), Path(__file__).with_name("scanning.py")  # which takes functions from here
SOURCE = zlib.crc32(b"".join(path.read_bytes() for path in SOURCES))


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
    """Number of the lowest bit that is set, 64 if there is none."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@intrinsic
def bits_set(context, bits):  # type: ignore[no-untyped-def]
    """How many bits are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def kinds(context, text, at):  # type: ignore[no-untyped-def]
    """Which of text[at : at + 64] are of five kinds, as bits of five uint64.

    ASCII white space (of str.split); line feeds; carriage returns and zeros; bytes that can begin other white space;
    and all bytes outside ASCII.
    """
    vector = ir.VectorType(I8, 64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        pointer = builder.bitcast(builder.gep(data, [arguments[1]]), vector.as_pointer())
        text = builder.load(pointer, align=1)

        def within(first: int, last: int) -> Any:
            low, size = (ir.Constant(vector, [I8(value)] * 64) for value in (first, last - first + 1))
            return builder.icmp_unsigned("<", builder.sub(text, low), size)

        def any_of(*ranges: tuple[int, int]) -> Any:
            found = within(*ranges[0])
            for first, last in ranges[1:]:
                found = builder.or_(found, within(first, last))
            return builder.bitcast(found, I64)

        spaces = any_of((0x09, 0x0D), (0x1C, 0x20))
        returns_and_zeros, wide = any_of((0, 0), (13, 13)), any_of((0xC2, 0xC2), (0xE1, 0xE3))
        masks = spaces, any_of((10, 10)), returns_and_zeros, wide, any_of((128, 255))
        return context.make_tuple(builder, signature.return_type, masks)

    return types.UniTuple(types.uint64, 5)(text, types.uint64), generate


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
def character_length(text, at):  # type: ignore[no-untyped-def]
    """Bytes of the character outside ASCII at text[at], 0 if it is not UTF-8 (Unicode 15, table 3-7)."""
    first, second = text[at], text[at + uint64(1)]
    if first < 0xC2 or first > 0xF4 or second & 0xC0 != 0x80:
        return uint64(0)
    if first < 0xE0:
        return uint64(2)
    if text[at + uint64(2)] & 0xC0 != 0x80:
        return uint64(0)
    if first < 0xF0:
        wrong = (first == 0xE0 and second < 0xA0) or (first == 0xED and second > 0x9F)
        return uint64(0) if wrong else uint64(3)
    wrong = (first == 0xF0 and second < 0x90) or (first == 0xF4 and second > 0x8F)
    return uint64(0) if wrong or text[at + uint64(3)] & 0xC0 != 0x80 else uint64(4)


@compiled
def look_through(text, size):  # type: ignore[no-untyped-def]
    """NOT_TEXT if a byte of text[:size] is 0 or not UTF-8; else RETURNS if there are carriage returns, or 0."""
    at, character, found = uint64(0), uint64(0), 0
    while at < uint64(size):
        _, _, returns_and_zeros, _, others = kinds(text, at)
        while returns_and_zeros != uint64(0):
            if text[at + lowest_bit(returns_and_zeros)] == 0:
                return NOT_TEXT
            found = RETURNS
            returns_and_zeros &= returns_and_zeros - ONE
        if others != uint64(0):
            character = max(character, at)
            while character < at + uint64(64):
                if text[character] < 0x80:
                    character += uint64(1)
                    continue
                length = character_length(text, character)
                if length == uint64(0):
                    return NOT_TEXT
                character += length
        at += uint64(64)
    return found


@compiled
def count_feeds(text, size):  # type: ignore[no-untyped-def]
    """How many line feeds there are in text[:size], at most 64 too many: `size` is rounded up."""
    feeds = uint64(0)
    for at in range(0, size, 64):
        feeds += bits_set(kinds(text, uint64(at))[1])
    return feeds


@compiled
def feeds_for_returns(text, size):  # type: ignore[no-untyped-def]
    """Put a line feed for each carriage return in text[:size], or a space where a line feed follows it."""
    for i in range(size):
        if text[i] == 0x0D:
            text[i] = 0x20 if text[i + 1] == 0x0A and i + 1 < size else 0x0A


@compiled
def prepare_for_words(text, size, small_or_space):  # type: ignore[no-untyped-def]
    """Put small_or_space[b] for each byte b of text[:size], and a space for a point or comma before an ASCII character
    that is no digit.
    """
    for i in range(size):
        byte, behind = small_or_space[text[i]], text[i + 1]
        in_number = (behind >= 0x80) | ((behind >= 0x30) & (behind <= 0x39) & (i + 1 < size))
        is_point = (byte == 0x2E) | (byte == 0x2C)
        text[i] = 0x20 if is_point and not in_number else byte
