"""The logistic function and its loss on vectors, to float32 precision: polynomials, no tables, no clipping.

With e = exp(-|u|), which never overflows::

    sigmoid(u)  = 1 / (1 + e) for u >= 0, e / (1 + e) below
    softplus(u) = log(1 + exp(u)) = max(u, 0) + log(1 + e)          softplus(-u) = -log sigmoid(u)
"""

from __future__ import annotations

from llvmlite import ir

from wordvec.kernels.vector_ir import I32, Value, Vectors

# Minimax polynomials fitted by reweighted least squares; errors before rounding 2e-9 and 5e-9.
EXP_COEFFICIENTS = (  # exp(r) for |r| <= log(2) / 2
    1.0,
    1.0,
    0.4999999207973143,
    0.16666420168348822,
    0.0416682255808011,
    0.008374815931446507,
    0.001383684579319851,
)
LOG_COEFFICIENTS = (  # log(1 + e) / e for 0 <= e <= 1
    0.9999993280603052,
    -0.4999709427424776,
    0.3328966793471502,
    -0.24672686795728677,
    0.18569815422793035,
    -0.12690883134348935,
    0.06808464499057726,
    -0.02385543055803245,
    0.003930451451692262,
)
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.693359375, -2.12194440e-4  # log(2) in two parts: n · LN2_HIGH is exact for small n
ROUND_TO_INTEGER = 12582912.0  # 1.5 · 2**23: adding it leaves the nearest integer in the low bits of a float32
EXP_LIMIT = 80.0  # 1 + exp(-80) == 1, and products with exp(-80) stay normal numbers, which are much faster


def polynomial(v: Vectors, coefficients: tuple[float, ...], x: Value) -> Value:
    """Horner's rule."""
    result = v.constant(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = v.multiply_add(result, x, v.constant(coefficient))
    return result


def exp_of_minus(v: Vectors, size: Value) -> Value:
    """exp(-size) for size >= 0: exp(-size) = 2**n · exp(r) with n the nearest integer to -size / log(2)."""
    builder, integers = v.builder, ir.VectorType(I32, v.lanes)
    x = builder.fneg(v.call("llvm.minnum", size, v.constant(EXP_LIMIT)))
    shifted = v.multiply_add(x, v.constant(LOG2_E), v.constant(ROUND_TO_INTEGER))
    n = builder.fsub(shifted, v.constant(ROUND_TO_INTEGER))
    r = v.multiply_add(n, v.constant(-LN2_LOW), v.multiply_add(n, v.constant(-LN2_HIGH), x))
    bits = builder.bitcast(polynomial(v, EXP_COEFFICIENTS, r), integers)
    exponent = builder.shl(builder.bitcast(shifted, integers), ir.Constant(integers, [23] * v.lanes))
    return builder.bitcast(builder.add(bits, exponent), v.type)


def sigmoid_and_exp(v: Vectors, u: Value) -> tuple[Value, Value]:
    """sigmoid(u), and e = exp(-|u|), which `softplus` needs too."""
    e = exp_of_minus(v, v.call("llvm.fabs", u))
    inverse = v.builder.fdiv(v.constant(1.0), v.add(e, v.constant(1.0)))
    positive = v.builder.fcmp_ordered(">=", u, v.zero())
    return v.builder.select(positive, inverse, v.multiply(e, inverse)), e


def softplus(v: Vectors, u: Value, e: Value) -> Value:
    """log(1 + exp(u)), given e = exp(-|u|). Not a number where u is none: a loss must show that training diverged."""
    positive_part = v.builder.select(v.builder.fcmp_ordered("<", u, v.zero()), v.zero(), u)
    return v.multiply_add(e, polynomial(v, LOG_COEFFICIENTS, e), positive_part)
