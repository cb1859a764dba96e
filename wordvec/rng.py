"""Counter-based random numbers: every draw is a function of (seed, stream, item, number).

A draw does not depend on threads, chunks, order or device, so any training example can be reproduced, and the
same function in C or CUDA gives the same bits.

The generator is SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"),
used as a hash of a counter::

    mix(z):            z ^= z >> 30; z *= A; z ^= z >> 27; z *= B; z ^= z >> 31      (64 bits, wrapping)
    stream_key(seed, stream) = mix(mix(seed + G) + stream * G)       one per epoch
    item_key(key, item)      = mix(key + (item + 1) * G)             one per corpus position
    draw(key, number)        = mix(key + (number + 1) * H)           any number per position

All arguments and results are ``numpy.uint64`` arrays of at least one dimension (numpy warns about wrapping
scalars).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.argument_types import check_seed

U64 = np.uint64
G = U64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: the increment of SplitMix64
H = U64(0xD1B54A32D192ED03)  # another odd constant, so that neighbouring items do not share draws
A = U64(0xBF58476D1CE4E5B9)
B = U64(0x94D049BB133111EB)
S27, S30, S31, S32 = U64(27), U64(30), U64(31), U64(32)
LOW32 = U64(0xFFFFFFFF)

# The numbers of a corpus position's draws, by use. Negatives use FIRST_NEGATIVE, FIRST_NEGATIVE + 1, ...
SUBSAMPLE, WINDOW, FIRST_NEGATIVE = U64(0), U64(1), U64(2)

ROWS_AT_ONCE = 4096  # rows of a table that are made together

# Streams that are not epochs (epochs are 0, 1, 2, ...).
INITIAL_W_IN, INITIAL_W_OUT, SHUFFLE, PROJECTION, BOOTSTRAP, SENTENCES, TRIALS = (U64(2**40 + i) for i in range(7))


def mix(z: Any) -> Any:
    """Scramble 64 bits (SplitMix64's finalizer): a bijection in which each input bit flips half of the output bits."""
    z = (z ^ (z >> S30)) * A
    z = (z ^ (z >> S27)) * B
    return z ^ (z >> S31)


def stream_key(seed: Any, stream: Any) -> Any:
    """The key of one stream of draws, such as one epoch of one seed."""
    return mix(mix(seed + G) + stream * G)


def item_key(key: Any, item: Any) -> Any:
    """The key of one item of a stream, such as one position of the corpus."""
    return mix(key + item * G + G)


def draw(key: Any, number: Any) -> Any:
    """Draw `number` of one item: 64 random bits."""
    return mix(key + number * H + H)


def below(bits: Any, limit: Any) -> Any:
    """An integer in [0, limit) from the upper 32 bits of a draw; limit < 2**32."""
    return ((bits >> S32) * limit) >> S32


def key_of(seed: int, stream: int | np.uint64) -> np.ndarray:
    """`stream_key` for plain integers, as an array of one element. Raises OptionError for a seed not in 0 .. 2**64 - 1.

    >>> key_of(seed=1, stream=0).dtype, key_of(seed=1, stream=0).shape
    (dtype('uint64'), (1,))
    """
    check_seed(seed)
    return stream_key(np.array([seed], U64), np.array([stream], U64))


def uniform(bits: np.ndarray) -> np.ndarray:
    """Draws as float64 in [0, 1), from their upper 53 bits."""
    return (bits >> U64(11)).astype(np.float64) * 2.0**-53


def uniform_matrix(seed: int, stream: int | np.uint64, shape: tuple[int, int], first_row: int = 0) -> np.ndarray:
    """A (rows, columns) matrix of uniform float64 in [0, 1), from row `first_row` of an infinite matrix.

    >>> bool((uniform_matrix(1, 0, (3, 4))[1:] == uniform_matrix(1, 0, (2, 4), first_row=1)).all())
    True
    """
    rows, columns = shape
    keys = item_key(key_of(seed, stream), np.arange(first_row, first_row + rows, dtype=U64))
    return uniform(draw(keys[:, None], np.arange(columns, dtype=U64)[None, :]))


def normal_matrix(seed: int, stream: int | np.uint64, shape: tuple[int, int]) -> np.ndarray:
    """A (rows, columns) matrix of standard normal float64 (Box and Muller 1958)."""
    rows, columns = shape
    u = uniform_matrix(seed, stream, (rows, 2 * columns))
    radius = np.sqrt(-2.0 * np.log1p(-u[:, :columns]))
    return radius * np.cos(2.0 * np.pi * u[:, columns:])


def permutation(seed: int, stream: int | np.uint64, size: int) -> np.ndarray:
    """A permutation of 0 .. size - 1 as int64: the items sorted by their keys."""
    keys = item_key(key_of(seed, stream), np.arange(size, dtype=U64))
    return np.argsort(keys, kind="stable")


def starting_table(seed: int, stream: int | np.uint64, shape: tuple[int, int]) -> np.ndarray:
    """A (V, D) float32 table uniform in (-0.5, 0.5) / D, like W_in in word2vec.c; made in slices to limit memory.

    >>> starting_table(seed=1, stream=INITIAL_W_IN, shape=(3, 2)).dtype
    dtype('float32')
    """
    rows, columns = shape
    table = np.empty(shape, np.float32)
    for first in range(0, rows, ROWS_AT_ONCE):
        part = table[first : first + ROWS_AT_ONCE]
        part[...] = (uniform_matrix(seed, stream, part.shape, first) - 0.5) / columns
    return table
