"""From scores to gradients: the logistic loss of negative sampling, elementwise over the strips of one centre.

Each score s has a signed weight w: +m for a target, -m for a negative, where m counts how often that pair of
context and output occurs among the centre's terms, 0 for none. With u = -sign(w) · s the terms are

    loss      |w| · softplus(u)                    -log sigmoid(s) for a target, -log sigmoid(-s) for a negative
    gradient  learning_rate · w · sigmoid(u)       what is added along the other side's row: the downhill direction
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from wordvec.kernels.tiles_skipgram import strip_floats
from wordvec.kernels.vector_ir import F32, F64, I32, Value, Vectors, no_value, reversed_bits
from wordvec.kernels.vector_math import sigmoid_and_exp, softplus


@intrinsic(prefer_literal=True)
def gradients_of_scores(  # type: ignore[no-untyped-def]
    context,
    lanes,
    tile_outputs,
    partial_scores,
    slice_bytes,
    slices,
    output_weights,
    context_weights,
    learning_rate,
    vectors,
    gradients,
    losses,
):
    """Gradients of `vectors` vectors of strips; adds the losses, lane by lane, to `lanes` float64 at `losses`.

    A score is the sum over slices of the columns, in their order: `partial_scores` holds the first slice's strips,
    and each next slice's lie `slice_bytes` further. output_weights: 8 signed float32 in the order of outputs;
    context_weights: one float32 a context. losses = 0 means that nobody wants them.
    """
    L, T = lanes.literal_value, tile_outputs.literal_value
    strip = strip_floats(T)
    together = L // strip  # contexts whose strips share a vector

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        partial_scores, slice_bytes, slices, output_weights, context_weights = arguments[2:7]
        learning_rate, vectors, gradients, losses = arguments[7:]
        v = Vectors(builder, L)
        in_order = v.load_as(ir.VectorType(F32, 8), output_weights)
        nothing = ir.Constant(in_order.type, [0.0] * 8)
        place = [reversed_bits(lane, strip) for lane in range(strip)]  # the output whose number stands in this lane
        lanes_of_outputs = [output if output < T else 8 for output in place] * together
        signed = v.shuffle(in_order, nothing, lanes_of_outputs)
        rate = v.splat(learning_rate)
        loss = v.register(v.zero())
        wants_loss = builder.icmp_unsigned("!=", losses, v.number(0))
        with v.loop(vectors) as index:
            offset = builder.mul(index, v.number(v.bytes))
            first = v.plus(partial_scores, offset)
            score = v.register(v.load(first))
            with v.loop(builder.sub(slices, v.number(1))) as other:
                place_of = v.plus(first, builder.mul(builder.add(other, v.number(1)), slice_bytes))
                score.set(v.add(score.get(), v.load(place_of)))
            repeats = v.load_as(ir.VectorType(F32, together), v.element(context_weights, index, 4 * together))
            repeated = v.shuffle(repeats, repeats, [lane // strip for lane in range(L)])
            weight = v.multiply(signed, repeated)
            u = _flip_sign_where_positive(v, score.get(), weight)
            sigmoid, e = sigmoid_and_exp(v, u)
            v.store(v.multiply(v.multiply(rate, weight), sigmoid), v.plus(gradients, offset))
            with builder.if_then(wants_loss):
                loss.set(v.multiply_add(v.call("llvm.fabs", weight), softplus(v, u, e), loss.get()))
        with builder.if_then(wants_loss):
            wide = ir.VectorType(F64, L)
            total = builder.fadd(v.load_as(wide, losses), builder.fpext(loss.get(), wide))
            v.store(total, losses)
        return no_value()

    signature = types.void(lanes, tile_outputs, *[types.int64] * 5, types.float32, *[types.int64] * 3)
    return signature, generate


def _flip_sign_where_positive(v: Vectors, score: Value, weight: Value) -> Value:
    """Minus the score where weight > 0, the score where weight < 0, by the sign bits."""
    integers = ir.VectorType(I32, v.lanes)
    sign = ir.Constant(integers, [-(2**31)] * v.lanes)
    builder = v.builder
    flip = builder.xor(builder.and_(builder.bitcast(weight, integers), sign), sign)
    return builder.bitcast(builder.xor(builder.bitcast(score, integers), flip), v.type)
