"""Vector kernels of skip-gram for one centre: all scores, then all updates. `plain.py` is their readable twin.

A centre's block of work is a small matrix, contexts down and outputs (the centre and its negatives) across.
A *tile* is the part of it whose numbers are in registers at one time::

                      T outputs (rows of W_out)
                     y0   y1   y2   y3   y4   y5
    P contexts  x0 |  .    .    .    .    .    .  |      score:   tile[p, j] = x_p · y_j
    (of W_in)   x1 |  .    .    .    .    .    .  |      update:  x_p += Σ_j g[p, j] y_j
                                                                  y_j += Σ_p g[p, j] x_p   (both from the old rows)

Scores and gradients of a context are one *strip* of `strip_floats(T)` floats: output j stands at
``reversed_bits(j, strip_floats(T))``, the order in which `Vectors.sums_of_lanes` leaves its sums.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from wordvec.kernels.vector_ir import FLOAT_BYTES, Register, Value, Vectors, host_registers, no_value, reversed_bits

OUTPUT_STEP = 8  # places a group of outputs takes in the lists of ids and weights; a tile may use fewer
ID_BYTES = 4


def strip_floats(outputs: int) -> int:
    """Floats in the strip of one context for tiles of this many outputs."""
    return 8 if outputs > 4 else 4


def strip_offset(output: int, outputs: int) -> int:
    """Offset in bytes of this output's number in a strip."""
    return reversed_bits(output, strip_floats(outputs)) * FLOAT_BYTES


@intrinsic(prefer_literal=True)
def score_contexts(  # type: ignore[no-untyped-def]
    context, lanes, tile_contexts, tile_outputs, W_in, W_out, row_bytes, vectors, contexts, outputs, tiles, strips
):
    """strips[i, j] = W_in[contexts[i]] · W_out[outputs[j]], for tiles · tile_contexts contexts.

    Arguments but the first three are int64; W_in, W_out, contexts, outputs (int32 ids) and strips are addresses.
    Each step of the inner loop loads one vector of P + T rows and adds P · T products to as many sums.
    """
    L, P, T = lanes.literal_value, tile_contexts.literal_value, tile_outputs.literal_value

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        W_in, W_out, row_bytes, vectors, contexts, outputs, tiles, strips = arguments[3:]
        v = Vectors(builder, L)
        output_rows = [v.row(W_out, outputs, j, row_bytes) for j in range(T)]
        with v.loop(tiles) as tile:
            tile_start = v.element(contexts, tile, 4 * P)
            context_rows = [v.row(W_in, tile_start, p, row_bytes) for p in range(P)]
            sums = [[v.register(v.zero()) for _ in range(T)] for _ in range(P)]
            with v.loop(vectors) as column:
                offset = builder.mul(column, v.number(v.bytes))
                x = [v.load(row, offset) for row in context_rows]
                for j in range(T):
                    y = v.load(output_rows[j], offset)
                    for p in range(P):
                        sums[p][j].set(v.multiply_add(x[p], y, sums[p][j].get()))
            store_strips(v, sums, v.element(strips, tile, P * strip_floats(T) * FLOAT_BYTES))
        return no_value()

    return types.void(lanes, tile_contexts, tile_outputs, *[types.int64] * 8), generate


def store_strips(v: Vectors, sums: list[list[Register]], address: Value) -> None:
    """Add up the lanes of ``sums[p][j]`` and store them as strips, as many contexts at once as a vector has strips.

    Always stores whole vectors: strips of contexts that are not there hold zeros.
    """
    outputs = len(sums[0])
    together = max(1, v.lanes // strip_floats(outputs))
    for first in range(0, len(sums), together):
        # sum number j · together + q lands in lane reversed_bits(q) · strip + reversed_bits(j)
        order = [first + reversed_bits(q, together) for q in range(together)]
        lanes = [sums[p][j].get() if p < len(sums) else v.zero() for j in range(outputs) for p in order]
        v.store(v.sums_of_lanes(lanes), address)
        address = v.plus(address, v.bytes)


@intrinsic(prefer_literal=True)
def update_rows(  # type: ignore[no-untyped-def]
    context, lanes, tile_outputs, W_in, W_out, row_bytes, vectors, contexts, outputs, count, strips
):
    """Add the gradients of one centre to its rows, both sides computed from the rows as they were.

    W_in[contexts[i]]  += Σ_j strips[i, j] · W_out[outputs[j]]     for i < count
    W_out[outputs[j]]  += Σ_i strips[i, j] · W_in[contexts[i]]     for j < T

    No id may occur twice among the contexts or among the outputs (the examples merge repeated ones). One pass over
    the columns: T output vectors and their T changes stay in registers while the contexts stream by.
    """
    L, T = lanes.literal_value, tile_outputs.literal_value

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        W_in, W_out, row_bytes, vectors, contexts, outputs, count, strips = arguments[2:]
        v = Vectors(builder, L)
        output_rows = [v.row(W_out, outputs, j, row_bytes) for j in range(T)]

        def update_columns(offset: Value, columns: int) -> None:
            group = OutputGroup(v, T, [v.plus(row, offset) for row in output_rows], columns)
            with v.loop(count) as i:
                x_place = v.plus(v.row(W_in, contexts, i, row_bytes), offset)
                group.meet(x_place, v.element(strips, i, strip_floats(T) * FLOAT_BYTES))
            group.store()

        v.column_chunks(vectors, update_chunks(L, T), update_columns)
        return no_value()

    return types.void(lanes, tile_outputs, *[types.int64] * 8), generate


@intrinsic(prefer_literal=True)
def update_rows_in_groups(  # type: ignore[no-untyped-def]
    context, lanes, tile_outputs, W_in, W_out, row_bytes, vectors, contexts, outputs, count, strips,
    groups, group_bytes, stage,
):  # fmt: skip
    """`update_rows` for more outputs than a tile holds: T outputs a group, one group after the other.

    All groups must see the contexts as they were, so the changes of contexts gather in `stage` (room for `count`
    rows) and are added at the end. Groups are OUTPUT_STEP places apart in `outputs`, `group_bytes` in
    `strips`.
    """
    L, T = lanes.literal_value, tile_outputs.literal_value

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        W_in, W_out, row_bytes, vectors, contexts, outputs, count, strips, groups, group_bytes, stage = arguments[2:]
        v = Vectors(builder, L)

        def update_columns(offset: Value, columns: int) -> None:
            def context_place(i: Value) -> Value:
                return v.plus(v.row(W_in, contexts, i, row_bytes), offset)

            def stage_place(i: Value) -> Value:
                return v.element(stage, i, columns * v.bytes)

            v.clear_rows(count, stage_place, columns)
            with v.loop(groups) as g:
                ids = v.element(outputs, g, OUTPUT_STEP * ID_BYTES)
                places = [v.plus(v.row(W_out, ids, j, row_bytes), offset) for j in range(T)]
                group = OutputGroup(v, T, places, columns)
                group_strips = v.plus(strips, builder.mul(g, group_bytes))
                with v.loop(count) as i:
                    strip = v.element(group_strips, i, strip_floats(T) * FLOAT_BYTES)
                    group.meet(context_place(i), strip, stage_place(i))
                group.store()
            v.add_rows(count, stage_place, context_place, columns)

        v.column_chunks(vectors, update_chunks(L, T), update_columns)
        return no_value()

    return types.void(lanes, tile_outputs, *[types.int64] * 11), generate


class OutputGroup:
    """Some columns of T output rows in registers, with the changes they collect from the contexts they meet."""

    def __init__(self, v: Vectors, outputs: int, places: list[Value], columns: int) -> None:
        self.v, self.outputs, self.places, self.columns = v, outputs, places, columns
        self.y = [[v.load(place, c * v.bytes) for place in places] for c in range(columns)]
        self.change = [[v.register(v.zero()) for _ in range(outputs)] for _ in range(columns)]

    def meet(self, x_place: Value, strip: Value, change_place: Value | None = None) -> None:
        """One context: add its gradient to its row, or to what has gathered at `change_place`.

        Its change is summed up before it is added to the row, which is larger: fewer bits are lost.
        """
        v, columns = self.v, range(self.columns)
        x = [v.load(x_place, c * v.bytes) for c in columns]
        x_change: list[Value] = [None] * self.columns
        for j in range(self.outputs):
            g = v.load_splat(strip, strip_offset(j, self.outputs))
            for c in columns:
                y = self.y[c][j]
                x_change[c] = v.multiply(g, y) if j == 0 else v.multiply_add(g, y, x_change[c])
                self.change[c][j].set(v.multiply_add(g, x[c], self.change[c][j].get()))
        for c in columns:
            if change_place is None:
                v.store(v.add(x[c], x_change[c]), x_place, c * v.bytes)
            else:
                v.store(v.add(v.load(change_place, c * v.bytes), x_change[c]), change_place, c * v.bytes)

    def store(self) -> None:
        """Write the outputs back, changed."""
        for c in range(self.columns):
            for j, place in enumerate(self.places):
                self.v.store(self.v.add(self.y[c][j], self.change[c][j].get()), place, c * self.v.bytes)


def update_chunks(lanes: int, outputs: int) -> tuple[int, ...]:
    """Columns updated at a time: two where 2 · (T + T) vectors and a few more fit into the registers."""
    return (2, 1) if 4 * outputs + 5 <= host_registers(lanes) else (1,)
