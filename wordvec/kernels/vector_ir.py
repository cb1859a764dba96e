"""Words for writing vector code as LLVM IR inside numba functions.

numba turns Python loops into machine code, but it cannot be told "keep these twelve sums in registers". An
``@intrinsic`` can: its body emits LLVM IR, instruction by instruction, with vectors as values. This file holds
the vocabulary (load, store, multiply_add, sums_of_lanes, sigmoid ...); the files ``tiles_*.py`` write the kernels
with it, and ``plain.py`` says the same things in plain loops.

Conventions: an *address* is an int64 value in IR, so that arithmetic on it is plain integer arithmetic; sizes in
bytes say so. A *vector* holds `lanes` float32 values; a row of a table is a whole number of vectors.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

Value = Any  # a value of LLVM IR: a vector, an address, a number

F32, F64, I32, I64 = ir.FloatType(), ir.DoubleType(), ir.IntType(32), ir.IntType(64)
BYTE_POINTER = ir.IntType(8).as_pointer()
FLOAT_BYTES = 4
LINE_BYTES = 64  # a cache line on every CPU numba runs on, but for Apple's 128


@functools.cache
def host_lanes() -> int:
    """How many float32 values the widest useful vector register of this CPU holds: 16, 8 or 4."""
    features = binding.get_host_cpu_features()
    if features.get("avx512f") and features.get("avx512dq"):
        return 16
    return 8 if features.get("avx2") or features.get("avx") else 4


def host_registers(lanes: int) -> int:
    """How many vector registers the CPU has: 32 with AVX-512 and NEON, 16 with AVX2 and SSE."""
    return 32 if lanes == 16 or not binding.get_process_triple().startswith(("x86_64", "i")) else 16


class Vectors:
    """Emits vector instructions of one width into one builder."""

    def __init__(self, builder: ir.IRBuilder, lanes: int) -> None:
        self.builder, self.lanes = builder, lanes
        self.type = ir.VectorType(F32, lanes)
        self.bytes = lanes * FLOAT_BYTES

    # -- numbers and addresses

    def number(self, value: int) -> Value:
        """A constant int64."""
        return ir.Constant(I64, value)

    def plus(self, address: Value, offset: Value | int) -> Value:
        """`address` + `offset` bytes."""
        offset = self.number(offset) if isinstance(offset, int) else offset
        return self.builder.add(address, offset)

    def element(self, address: Value, index: Value | int, bytes_each: int) -> Value:
        """Address of element `index` of an array that starts at `address`."""
        index = self.number(index) if isinstance(index, int) else index
        return self.plus(address, self.builder.mul(index, self.number(bytes_each)))

    def load_as(self, kind: ir.Type, address: Value, align: int = 4) -> Value:
        """Load one value of any type."""
        loaded = self.builder.load(self.builder.inttoptr(address, kind.as_pointer()))
        loaded.align = align
        return loaded

    def row(self, table: Value, ids: Value, index: Value | int, row_bytes: Value) -> Value:
        """Address of the table's row whose number is ``ids[index]`` (int32)."""
        row_id = self.builder.sext(self.load_as(I32, self.element(ids, index, 4)), I64)
        return self.plus(table, self.builder.mul(row_id, row_bytes))

    # -- vectors

    def constant(self, value: float) -> Value:
        """A vector with the same value in all lanes."""
        return ir.Constant(self.type, [value] * self.lanes)

    def zero(self) -> Value:
        """A vector of zeros."""
        return self.constant(0.0)

    def load(self, address: Value, offset: Value | int = 0) -> Value:
        """Load a vector. Rows are aligned, but nothing here relies on it."""
        return self.load_as(self.type, self.plus(address, offset))

    def store(self, vector: Value, address: Value, offset: Value | int = 0) -> None:
        """Store a vector."""
        pointer = self.builder.inttoptr(self.plus(address, offset), vector.type.as_pointer())
        self.builder.store(vector, pointer).align = 4

    def splat(self, scalar: Value) -> Value:
        """A vector with `scalar` (float32) in all lanes."""
        undefined = ir.Constant(self.type, ir.Undefined)
        first = self.builder.insert_element(undefined, scalar, ir.Constant(I32, 0))
        return self.shuffle(first, first, [0] * self.lanes)

    def load_splat(self, address: Value, offset: Value | int = 0) -> Value:
        """Load one float32 into all lanes."""
        return self.splat(self.load_as(F32, self.plus(address, offset)))

    def add(self, a: Value, b: Value) -> Value:
        """A + b, lane by lane."""
        return self.builder.fadd(a, b)

    def multiply(self, a: Value, b: Value) -> Value:
        """A · b, lane by lane."""
        return self.builder.fmul(a, b)

    def multiply_add(self, a: Value, b: Value, c: Value) -> Value:
        """A · b + c, fused where the CPU can."""
        return self.call("llvm.fmuladd", a, b, c)

    def shuffle(self, a: Value, b: Value, lanes: Sequence[int]) -> Value:
        """A vector of chosen lanes: numbers below len(a) come from `a`, the others from `b`."""
        return self.builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(I32, len(lanes)), list(lanes)))

    def call(self, name: str, *arguments: Value) -> Value:
        """Call an intrinsic function of LLVM on vectors of one type, such as ``llvm.fabs``."""
        kind = arguments[0].type
        full_name = f"{name}.v{kind.count}f32"
        function = self.builder.module.globals.get(full_name)
        if function is None:
            function = ir.Function(self.builder.module, ir.FunctionType(kind, [kind] * len(arguments)), full_name)
        return self.builder.call(function, arguments)

    # -- loops and registers

    @contextmanager
    def loop(self, count: Value) -> Iterator[Value]:
        """``for index in range(count)``; yields the index."""
        with cgutils.for_range(self.builder, count, intp=I64) as body:
            yield body.index

    def register(self, initial: Value) -> Register:
        """A variable that lives across the turns of a loop; LLVM keeps it in a register."""
        return Register(self.builder, initial)

    def column_chunks(self, vectors: Value, sizes: Sequence[int], body: Callable[[Value, int], None]) -> None:
        """Walk over the columns of a row of `vectors` vectors, ``sizes[0]`` of them at a time, then the rest.

        Calls ``body(byte_offset, size)`` at compile time once for each size (descending, down to 1)::

            sizes (4, 3, 2, 1), 11 vectors:   |....|....|...|
        """
        builder, largest = self.builder, sizes[0]
        with self.loop(builder.udiv(vectors, self.number(largest))) as index:
            body(builder.mul(index, self.number(largest * self.bytes)), largest)
        rest = builder.urem(vectors, self.number(largest))
        offset = builder.mul(builder.sub(vectors, rest), self.number(self.bytes))
        for size in sizes[1:]:
            with builder.if_then(builder.icmp_unsigned("==", rest, self.number(size))):
                body(offset, size)

    def clear_rows(self, count: Value, place: Callable[[Value], Value], columns: int) -> None:
        """For i < count: zeros in some vectors at ``place(i)``."""
        with self.loop(count) as i:
            target = place(i)
            for c in range(columns):
                self.store(self.zero(), target, c * self.bytes)

    def add_rows(
        self, count: Value, source: Callable[[Value], Value], target: Callable[[Value], Value], columns: int
    ) -> None:
        """For i < count: add some vectors at ``source(i)`` to those at ``target(i)``."""
        with self.loop(count) as i:
            from_place, to_place = source(i), target(i)
            for c in range(columns):
                total = self.add(self.load(to_place, c * self.bytes), self.load(from_place, c * self.bytes))
                self.store(total, to_place, c * self.bytes)

    def prefetch(self, address: Value) -> None:
        """Ask for a cache line that will be needed soon."""
        name = "llvm.prefetch.p0"
        function = self.builder.module.globals.get(name)
        if function is None:
            signature = ir.FunctionType(ir.VoidType(), [BYTE_POINTER, I32, I32, I32])
            function = ir.Function(self.builder.module, signature, name)
        read, keep, data = (ir.Constant(I32, n) for n in (0, 3, 1))
        self.builder.call(function, [self.builder.inttoptr(address, BYTE_POINTER), read, keep, data])

    # -- sums over lanes

    def sums_of_lanes(self, vectors: Sequence[Value]) -> Value:
        """Sum the lanes of each vector (at most `lanes` of them); all sums come back in one vector.

        Adding up one vector alone wastes most of the adder. Two vectors fold into one that holds half-sums of
        both, and so on down (4 lanes, vectors a b c d)::

            a0 a1 a2 a3  fold a, b:  a0+a2 a1+a3 b0+b2 b1+b3   fold both:  Σa Σc Σb Σd
            c0 c1 c2 c3  fold c, d:  c0+c2 c1+c3 d0+d2 d1+d3

        The sum of vector number i stands in lane ``reversed_bits(i, lanes)``; lanes of absent vectors hold 0.
        """
        group, width = list(vectors), self.lanes
        while width > 1:
            group += [self.zero()] * (len(group) % 2)
            group = [self._fold(group[i], group[i + 1], width) for i in range(0, len(group), 2)]
            width //= 2
        return group[0]

    def _fold(self, a: Value, b: Value, width: int) -> Value:
        """Halve the runs of `width` lanes that hold partial sums, so that those of a and b share one vector."""
        half, low, high = width // 2, [], []
        for run in range(0, self.lanes, width):
            for source in (0, self.lanes):
                low += [source + run + lane for lane in range(half)]
                high += [source + run + half + lane for lane in range(half)]
        return self.add(self.shuffle(a, b, low), self.shuffle(a, b, high))


def reversed_bits(number: int, size: int) -> int:
    """`number` with its bits in reverse order, out of ``log2(size)`` bits.

    >>> [reversed_bits(i, 8) for i in range(8)]
    [0, 4, 2, 6, 1, 5, 3, 7]
    """
    bits = size.bit_length() - 1
    return sum(((number >> k) & 1) << (bits - 1 - k) for k in range(bits))


class Register:
    """A variable of IR, kept in a register by LLVM."""

    def __init__(self, builder: ir.IRBuilder, initial: Value) -> None:
        self._builder = builder
        self._slot = cgutils.alloca_once(builder, initial.type)
        self.set(initial)

    def get(self) -> Value:
        """Its value now."""
        return self._builder.load(self._slot)

    def set(self, value: Value) -> None:
        """Give it a new value."""
        self._builder.store(value, self._slot)


@intrinsic(prefer_literal=True)
def prefetch_rows(context, number, table, ids, row_bytes):  # type: ignore[no-untyped-def]
    """Ask for all cache lines of the rows ``ids[0 .. number)``; number is literal, the others int64 addresses."""
    rows = number.literal_value

    def generate(_: Any, builder: ir.IRBuilder, __: Any, arguments: Any) -> Value:
        _, table, ids, row_bytes = arguments
        v = Vectors(builder, 4)
        places = [v.row(table, ids, j, row_bytes) for j in range(rows)]
        lines = builder.udiv(v.plus(row_bytes, LINE_BYTES - 1), v.number(LINE_BYTES))
        with v.loop(lines) as line:
            for place in places:
                v.prefetch(v.element(place, line, LINE_BYTES))
        return no_value()

    return types.void(number, *[types.int64] * 3), generate


def no_value() -> Value:
    """What an intrinsic of type void returns."""
    return ir.Constant(BYTE_POINTER, None)
