"""Vector kernel of skip-gram where each context has negatives of its own (word2vec.c). `plain.py` is its twin.

Every context i meets its own outputs (the centre and K negatives), so no tile can be shared::

    change_i = Σ_j g[i, j] · W_out[outputs[i, j]]      first all changes of the contexts, from the old outputs,
    W_out[outputs[i, j]] += g[i, j] · W_in[contexts[i]]    then the outputs, from the old contexts,
    W_in[contexts[i]] += change_i                          then the contexts

The order makes it right whatever ids are repeated. The scores are those of `tiles_cbow.score_mean` for one context.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from wordvec.kernels.tiles_cbow import CHUNKS, group_floats
from wordvec.kernels.tiles_skipgram import ID_BYTES, OUTPUT_STEP, strip_offset
from wordvec.kernels.vector_ir import FLOAT_BYTES, Value, Vectors, no_value


@intrinsic(prefer_literal=True)
def update_pairs(  # type: ignore[no-untyped-def]
    context, lanes, tile_outputs, W_in, W_out, row_bytes, vectors, contexts, count, outputs, groups, strips, stage
):
    """Add the gradients of one centre. Outputs, strips: (count, groups) groups of T; stage: room for `count` rows."""
    L, T = lanes.literal_value, tile_outputs.literal_value

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        W_in, W_out, row_bytes, vectors, contexts, count, outputs, groups, strips, stage = arguments[2:]
        v = Vectors(builder, L)

        def update_columns(offset: Value, columns: int) -> None:
            def context_place(i: Value) -> Value:
                return v.plus(v.row(W_in, contexts, i, row_bytes), offset)

            def stage_place(i: Value) -> Value:
                return v.element(stage, i, columns * v.bytes)

            def each_output(i: Value, body: Any) -> None:
                with v.loop(groups) as g:
                    number = builder.add(builder.mul(i, groups), g)
                    ids = v.element(outputs, number, OUTPUT_STEP * ID_BYTES)
                    strip = v.element(strips, number, group_floats(L, T) * FLOAT_BYTES)
                    for j in range(T):
                        gradient = v.load_splat(strip, strip_offset(j, T))
                        body(gradient, v.plus(v.row(W_out, ids, j, row_bytes), offset))

            with v.loop(count) as i:
                change = [v.register(v.zero()) for _ in range(columns)]

                def collect(gradient: Value, place: Value, change: Any = change) -> None:
                    for c in range(columns):
                        change[c].set(v.multiply_add(gradient, v.load(place, c * v.bytes), change[c].get()))

                each_output(i, collect)
                for c in range(columns):
                    v.store(change[c].get(), stage_place(i), c * v.bytes)
            with v.loop(count) as i:
                x = [v.load(context_place(i), c * v.bytes) for c in range(columns)]

                def spread(gradient: Value, place: Value, x: Any = x) -> None:
                    for c in range(columns):
                        y = v.load(place, c * v.bytes)
                        v.store(v.multiply_add(gradient, x[c], y), place, c * v.bytes)

                each_output(i, spread)
            v.add_rows(count, stage_place, context_place, columns)

        v.column_chunks(vectors, CHUNKS, update_columns)
        return no_value()

    return types.void(lanes, tile_outputs, *[types.int64] * 10), generate
