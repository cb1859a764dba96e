"""Vector kernels of GloVe: weights and logarithms of counts, and the AdaGrad step of one cell.

A row of a table holds weights, then as many accumulators::

    word      w_1 .. w_D   b_i   1     0 ..  |  h of each
    context   c_1 .. c_D   1     b_j   0 ..  |  h of each

so that one dot product is w . c + b_i + b_j, and the biases learn like any other column. The two ones, which must
not move, have an accumulator of 1e30: their steps are lost in rounding.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from wordvec.kernels.vector_ir import F32, F64, I32, LINE_BYTES, Value, Vectors, no_value
from wordvec.kernels.vector_math import LN2_HIGH, LN2_LOW, LOG_COEFFICIENTS, exp_of_minus, polynomial

FROZEN = 1e30  # accumulator of a column that must not move
DOT_CHUNKS = (4, 3, 2, 1)  # vectors of a row taken together in the dot product: as many independent sums
EXACT_ONE = 0x3F800000  # the bits of 1.0: exponent 127, fraction 0


@intrinsic(prefer_literal=True)
def weights_and_logs(context, lanes, counts, vectors, x_max, alpha, weights, logs):  # type: ignore[no-untyped-def]
    """f(X) = min(1, (X / x_max)^alpha) and log X for `vectors` vectors of counts; the arrays are int64 addresses."""
    L = lanes.literal_value

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        _, counts, vectors, x_max, alpha, weights, logs = arguments
        v = Vectors(builder, L)
        inverse = v.splat(builder.fdiv(ir.Constant(F32, 1.0), x_max))
        power = v.splat(alpha)
        with v.loop(vectors) as index:
            offset = builder.mul(index, v.number(v.bytes))
            X = v.load(counts, offset)
            v.store(_log(v, X), logs, offset)
            below = v.call("llvm.minnum", v.multiply(X, inverse), v.constant(1.0))
            v.store(exp_of_minus(v, v.multiply(power, builder.fneg(_log(v, below)))), weights, offset)
        return no_value()

    return types.void(lanes, *[types.int64] * 2, *[types.float32] * 2, *[types.int64] * 2), generate


def _log(v: Vectors, x: Value) -> Value:
    """log(x) = n log(2) + log(1 + e) for x = 2^n (1 + e), 0 <= e < 1, x positive and normal."""
    builder, integers = v.builder, ir.VectorType(I32, v.lanes)

    def all_lanes(value: int) -> Value:
        return ir.Constant(integers, [value] * v.lanes)

    bits = builder.bitcast(x, integers)
    n = builder.sitofp(builder.sub(builder.lshr(bits, all_lanes(23)), all_lanes(127)), v.type)
    fraction = builder.or_(builder.and_(bits, all_lanes(0x7FFFFF)), all_lanes(EXACT_ONE))
    e = builder.fsub(builder.bitcast(fraction, v.type), v.constant(1.0))
    small = v.multiply_add(e, polynomial(v, LOG_COEFFICIENTS, e), v.multiply(n, v.constant(LN2_LOW)))
    return v.multiply_add(n, v.constant(LN2_HIGH), small)


@intrinsic(prefer_literal=True)
def step_of_cell(context, lanes, w, c, vectors, weight, log, learning_rate):  # type: ignore[no-untyped-def]
    """One AdaGrad step of one cell for the word's row at `w` and the context's at `c`; returns the loss before it.

    error = w . c - log X, d = 2 f error; then for each column, both from the old values,
    h += gradient^2, W -= learning_rate gradient / sqrt(h), the gradient d c for w and d w for c.
    """
    L = lanes.literal_value

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        _, w, c, vectors, weight, log, learning_rate = arguments
        v = Vectors(builder, L)
        sums = [v.register(v.zero()) for _ in range(DOT_CHUNKS[0])]

        def dot(offset: Value, columns: int) -> None:
            for k in range(columns):
                product = v.load(w, v.plus(offset, k * v.bytes)), v.load(c, v.plus(offset, k * v.bytes))
                sums[k].set(v.multiply_add(*product, sums[k].get()))

        v.column_chunks(vectors, DOT_CHUNKS, dot)
        total = v.add(v.add(sums[0].get(), sums[1].get()), v.add(sums[2].get(), sums[3].get()))
        error = builder.fsub(_sum_of_lanes(v, total), log)
        weighted = builder.fmul(weight, error)
        d = v.splat(builder.fadd(weighted, weighted))
        rate = v.splat(learning_rate)
        h_offset = builder.mul(vectors, v.number(v.bytes))
        with v.loop(vectors) as index:
            offset = builder.mul(index, v.number(v.bytes))
            row, context_row = v.load(w, offset), v.load(c, offset)
            _step(v, w, offset, h_offset, row, v.multiply(d, context_row), rate)
            _step(v, c, offset, h_offset, context_row, v.multiply(d, row), rate)
        return builder.fpext(builder.fmul(weighted, error), F64)

    signature = types.float64(lanes, *[types.int64] * 3, *[types.float32] * 3)
    return signature, generate


def _step(v: Vectors, row: Value, offset: Value, h_offset: Value, old: Value, gradient: Value, rate: Value) -> None:
    """AdaGrad on one vector of one row."""
    place = v.plus(offset, h_offset)
    h = v.multiply_add(gradient, gradient, v.load(row, place))
    v.store(h, row, place)
    v.store(v.builder.fsub(old, v.multiply(v.multiply(rate, gradient), _inverse_root(v, h))), row, offset)


def _inverse_root(v: Vectors, h: Value) -> Value:
    """1 / sqrt(h), h > 0. "fast" lets LLVM take the CPU's estimate and a step of Newton's, good to the last bits."""
    name = f"llvm.sqrt.v{v.lanes}f32"
    function = v.builder.module.globals.get(name)
    if function is None:
        function = ir.Function(v.builder.module, ir.FunctionType(v.type, [v.type]), name)
    root = v.builder.call(function, [h], fastmath=("fast",))
    return v.builder.fdiv(v.constant(1.0), root, flags=("fast",))


def _sum_of_lanes(v: Vectors, a: Value) -> Value:
    """The sum of the lanes, by halves: always the same order."""
    width = v.lanes
    while width > 1:
        width //= 2
        a = v.add(a, v.shuffle(a, a, [(lane + width) % v.lanes for lane in range(v.lanes)]))
    return v.builder.extract_element(a, ir.Constant(I32, 0))


@intrinsic
def prefetch_row(context, address, lines):  # type: ignore[no-untyped-def]
    """Ask for `lines` cache lines from `address` on."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Value:
        address, lines = arguments
        v = Vectors(builder, 4)
        with v.loop(lines) as line:
            v.prefetch(v.element(address, line, LINE_BYTES))
        return no_value()

    return types.void(types.int64, types.int64), generate
