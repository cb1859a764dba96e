"""Vector kernels of CBOW for one centre. `plain.py` is their readable twin.

The hidden vector h is the mean of the context rows; the outputs are the centre and its negatives, in groups of T::

    h = Σ_i W_in[contexts[i]] / count          strip[j] = h · W_out[outputs[j]]

    update:  dh = Σ_j g[j] · W_out[outputs[j]]              W_out[outputs[j]] += g[j] · h
             W_in[contexts[i]] += share · dh                share = 1 / count (the gradient) or 1 (word2vec's sum)

h is a sum of a handful of rows, cheaper to form again for the update than to keep.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from wordvec.kernels.tiles_skipgram import ID_BYTES, OUTPUT_STEP, store_strips, strip_floats, strip_offset
from wordvec.kernels.vector_ir import FLOAT_BYTES, Value, Vectors, no_value

CHUNKS = (4, 3, 2, 1)  # columns of h that are in registers at a time


def group_floats(lanes: int, outputs: int) -> int:
    """Floats of the strip of one group: a whole number of vectors."""
    return max(strip_floats(outputs), lanes)


def _mean_of_rows(
    v: Vectors, table: Value, ids: Value, count: Value, row_bytes: Value, scale: Value, offset: Value, columns: int
) -> list[Value]:
    """Columns of `scale` times the sum of the rows ``ids[0 .. count)``."""
    sums = [v.register(v.zero()) for _ in range(columns)]
    with v.loop(count) as i:
        place = v.plus(v.row(table, ids, i, row_bytes), offset)
        for c in range(columns):
            sums[c].set(v.add(sums[c].get(), v.load(place, c * v.bytes)))
    return [v.multiply(scale, total.get()) for total in sums]


@intrinsic(prefer_literal=True)
def score_mean(  # type: ignore[no-untyped-def]
    context, lanes, tile_outputs, W_in, W_out, row_bytes, vectors, contexts, count, scale, outputs, groups, strips
):
    """strips[group, j] = h · W_out[outputs[group, j]] with h = scale · Σ_i W_in[contexts[i]].

    All but lanes, tile_outputs and scale (float32) are int64; tables, ids and strips are addresses.
    """
    L, T = lanes.literal_value, tile_outputs.literal_value
    strip_bytes = group_floats(L, T) * FLOAT_BYTES

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        W_in, W_out, row_bytes, vectors, contexts, count, scale, outputs, groups, strips = arguments[2:]
        v = Vectors(builder, L)
        scales = v.splat(scale)
        with v.loop(groups) as group:
            group_outputs = v.element(outputs, group, OUTPUT_STEP * ID_BYTES)
            rows = [v.row(W_out, group_outputs, j, row_bytes) for j in range(T)]
            sums = [v.register(v.zero()) for _ in range(T)]

            def add_columns(offset: Value, columns: int) -> None:
                h = _mean_of_rows(v, W_in, contexts, count, row_bytes, scales, offset, columns)
                for j in range(T):
                    place = v.plus(rows[j], offset)
                    for c in range(columns):
                        sums[j].set(v.multiply_add(h[c], v.load(place, c * v.bytes), sums[j].get()))

            v.column_chunks(vectors, CHUNKS, add_columns)
            store_strips(v, [sums], v.element(strips, group, strip_bytes))
        return no_value()

    signature = types.void(lanes, tile_outputs, *[types.int64] * 6, types.float32, *[types.int64] * 3)
    return signature, generate


@intrinsic(prefer_literal=True)
def update_mean(  # type: ignore[no-untyped-def]
    context,
    lanes,
    tile_outputs,
    W_in,
    W_out,
    row_bytes,
    vectors,
    contexts,
    count,
    scale,
    share,
    outputs,
    groups,
    strips,
):
    """Add the gradients of one centre (see the head of this file); no output may occur twice, a context may."""
    L, T = lanes.literal_value, tile_outputs.literal_value
    strip_bytes = group_floats(L, T) * FLOAT_BYTES

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        W_in, W_out, row_bytes, vectors, contexts, count, scale, share, outputs, groups, strips = arguments[2:]
        v = Vectors(builder, L)
        scales, shares = v.splat(scale), v.splat(share)

        def update_columns(offset: Value, columns: int) -> None:
            h = _mean_of_rows(v, W_in, contexts, count, row_bytes, scales, offset, columns)
            dh = [v.register(v.zero()) for _ in range(columns)]
            with v.loop(groups) as group:
                group_outputs = v.element(outputs, group, OUTPUT_STEP * ID_BYTES)
                strip = v.element(strips, group, strip_bytes)
                for j in range(T):
                    g = v.load_splat(strip, strip_offset(j, T))
                    place = v.plus(v.row(W_out, group_outputs, j, row_bytes), offset)
                    for c in range(columns):
                        y = v.load(place, c * v.bytes)
                        dh[c].set(v.multiply_add(g, y, dh[c].get()))
                        v.store(v.multiply_add(g, h[c], y), place, c * v.bytes)
            change = [v.multiply(shares, total.get()) for total in dh]
            with v.loop(count) as i:
                place = v.plus(v.row(W_in, contexts, i, row_bytes), offset)
                for c in range(columns):
                    v.store(v.add(v.load(place, c * v.bytes), change[c]), place, c * v.bytes)

        v.column_chunks(vectors, CHUNKS, update_columns)
        return no_value()

    signature = types.void(lanes, tile_outputs, *[types.int64] * 6, types.float32, types.float32, *[types.int64] * 3)
    return signature, generate
