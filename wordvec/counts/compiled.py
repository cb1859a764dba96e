"""Counting rows, compiled: word by word over all its positions, so that a row is complete when it is written.

A row of the matrix is summed in an array with one place for each word (the accumulator). Which places are in use is
noted in bits, 64 words in one number, and which of these numbers are in use in a second layer of bits: walking over
both gives the columns of the row in order, without sorting. `wordvec.counts.plain` has the same functions in numpy.

A word's positions lie all over the text. The processor fetches them in time because each is asked for AHEAD
positions before it is needed: without that, counting takes more than twice as long.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

AHEAD = 12
IDS_PER_LINE = 16  # of 4 bytes, in a cache line of 64
ONE = np.uint64(1)
# Of all files of this room: the arguments of compiled functions have types that are classes of other files.
SOURCE = zlib.crc32(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))))
BYTE_POINTER, I32 = ir.IntType(8).as_pointer(), ir.IntType(32)


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile without the interpreter's lock and keep the result on disk, where there is a place for it."""

    def compile_function(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__qualname__ += f"_{SOURCE:08x}"  # names the cache's files: those of older code are never opened
        try:
            return njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
            return njit(nogil=True, error_model="numpy", **options)(function)

    return compile_function


@intrinsic
def lowest_bit(context, bits):  # type: ignore[no-untyped-def]
    """Number of the lowest bit that is set; `bits` must not be 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@intrinsic
def prefetch(context, array, index):  # type: ignore[no-untyped-def]
    """Ask for the cache line of array[index], which will be read soon; the index may lie outside."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), BYTE_POINTER)
        name = "llvm.prefetch.p0"
        function = builder.module.globals.get(name)
        if function is None:
            function = ir.Function(builder.module, ir.FunctionType(ir.VoidType(), [BYTE_POINTER, I32, I32, I32]), name)
        read, keep, data_cache = (ir.Constant(I32, n) for n in (0, 3, 1))
        builder.call(function, [place, read, keep, data_cache])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


@compiled()
def count_words(stream, begin, end, counts):  # type: ignore[no-untyped-def]
    """Set counts[w] to how often word w stands in stream[begin:end]; borders and removed words are no words."""
    counts[:] = 0
    for position in range(begin, end):
        if stream[position] < len(counts):
            counts[stream[position]] += 1


@compiled()
def place_words(stream, begin, end, places, positions):  # type: ignore[no-untyped-def]
    """Write the positions of the words in stream[begin:end], in order, from positions[places[w]] on for word w."""
    for position in range(begin, end):
        word = stream[position]
        if word < len(places):
            positions[places[word]] = position
            places[word] += 1


@compiled(inline="always")
def add_to_row(work, column, amount):  # type: ignore[no-untyped-def]
    """Add to the row's cell of this column."""
    before = work.accumulator[column]
    if before == 0:
        mark = column >> 6
        work.marks[mark] |= ONE << np.uint64(column & 63)
        work.summary[mark >> 6] |= ONE << np.uint64(mark & 63)
    work.accumulator[column] = before + amount


@compiled()
def write_row(work, filled):  # type: ignore[no-untyped-def]
    """Append the row to work.columns and work.sums, and empty the accumulator; returns how many are filled then."""
    for s in range(len(work.summary)):
        marks = work.summary[s]
        work.summary[s] = 0
        while marks != 0:
            mark = 64 * s + lowest_bit(marks)
            marks &= marks - ONE
            bits = work.marks[mark]
            work.marks[mark] = 0
            while bits != 0:
                column = 64 * mark + lowest_bit(bits)
                bits &= bits - ONE
                work.columns[filled] = column
                work.sums[filled] = work.accumulator[column]
                work.accumulator[column] = 0
                filled += 1
    return filled


@compiled()
def count_rows(text, work, first, last, row_sizes):  # type: ignore[no-untyped-def]
    """Count the rows first .. last - 1 of a text into work.columns and work.sums; returns the number of cells.

    row_sizes[w] becomes the number of cells of row w. `text` is a `Text`, `work` a `Workplace`.
    """
    stream, positions, weights = text.stream, text.positions, text.weights
    border, filled = len(row_sizes), 0
    for row in range(first, last):
        begin = filled
        row_sizes[row] = 0
        if text.row_starts[row] == text.row_starts[row + 1]:  # no need to look through the marks
            continue
        for k in range(text.row_starts[row], text.row_starts[row + 1]):
            if k + AHEAD < len(positions):
                centre = np.int64(positions[k + AHEAD])
                prefetch(stream, centre - IDS_PER_LINE // 2)
                prefetch(stream, centre + IDS_PER_LINE // 2)
            position = np.int64(positions[k])
            for distance in range(1, text.left + 1):
                word = stream[position - distance]
                if word == border:
                    break
                add_to_row(work, word, weights[distance])
            for distance in range(1, text.right + 1):
                word = stream[position + distance]
                if word == border:
                    break
                add_to_row(work, word, weights[distance])
        filled = write_row(work, begin)
        row_sizes[row] = filled - begin
    return filled


@compiled()
def merge_rows(parts, work, row_sizes):  # type: ignore[no-untyped-def]
    """Add up the rows of several parts into work.columns and work.sums; returns the number of cells.

    Row r of part p is parts.columns and parts.sums[parts.starts[p, r] : parts.starts[p, r + 1]].
    """
    filled = 0
    for row in range(len(row_sizes)):
        begin = filled
        for part in range(len(parts.starts)):
            for cell in range(parts.starts[part, row], parts.starts[part, row + 1]):
                add_to_row(work, np.int64(parts.columns[cell]), parts.sums[cell])
        filled = write_row(work, begin)
        row_sizes[row] = filled - begin
    return filled
