"""The search for the best candidate of analogy questions, compiled. `wordvec.evaluation.answers` has it in numpy."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

TILE = 64  # candidates that are passed over together when none of them is good enough
SOURCE = zlib.crc32(Path(__file__).read_bytes())
EPSILON, TINY, ONE, TWO = np.float32(1e-3), np.float32(1e-12), np.float32(1), np.float32(2)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile without the interpreter's lock and keep the result on disk, where there is a place for it."""
    function.__qualname__ += f"_{SOURCE:08x}"  # names the cache's files: those of older code are never opened
    try:
        return njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # neither the package's folder nor the user's cache folder can be written to
        return njit(nogil=True, error_model="numpy")(function)


@njit(inline="always", error_model="numpy")
def score(method, a, b, c, offset):  # type: ignore[no-untyped-def]
    """As `wordvec.evaluation.answers.score`, of one candidate."""
    if method == 0:
        return b - a + c
    if method == 1:
        return b * c / (a + EPSILON)
    return (b - a - offset) / np.sqrt(max(TWO * (ONE - c), TINY))


@compiled
def search(table, slots, offsets, method, first, excluded, best, best_score, second_score):  # type: ignore[no-untyped-def]
    """Update the best candidate, its score and the second best score of each question with a block of candidates.

    Shapes: table (U, C) cosines of the questions' words with the candidates first, first + 1, ...; slots (Q, 3) rows
    of the table; offsets (Q,) cos(c, b) - cos(c, a); excluded (Q, E) candidates that are no answer; best (Q,) int64,
    best_score and second_score (Q,) float32. method: 0 3CosAdd, 1 3CosMul (cosines in [0, 1]), 2 pair direction.
    """
    for q in range(len(slots)):
        row_a, row_b, row_c = table[slots[q, 0]], table[slots[q, 1]], table[slots[q, 2]]
        top, second, answer, offset = best_score[q], second_score[q], best[q], offsets[q]
        for begin in range(0, len(row_a), TILE):
            a, b, c = row_a[begin : begin + TILE], row_b[begin : begin + TILE], row_c[begin : begin + TILE]
            better = 0  # counting has no branches, so that eight or sixteen candidates are scored at a time
            if method == 0:
                for j in range(len(a)):
                    better += score(0, a[j], b[j], c[j], offset) > second
            elif method == 1:
                for j in range(len(a)):
                    better += score(1, a[j], b[j], c[j], offset) > second
            else:
                for j in range(len(a)):
                    better += score(2, a[j], b[j], c[j], offset) > second
            if better == 0:
                continue
            for j in range(len(a)):
                value = score(method, a[j], b[j], c[j], offset)
                if value > second:
                    candidate = first + begin + j
                    allowed = True
                    for e in range(excluded.shape[1]):
                        if excluded[q, e] == candidate:
                            allowed = False
                    if allowed and value > top:
                        second, top, answer = top, value, candidate
                    elif allowed:
                        second = value
        best_score[q], second_score[q], best[q] = top, second, answer
