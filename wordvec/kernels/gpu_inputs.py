"""Inputs of the GPU kernel: the corpus in pieces, and the shape that the kernel is compiled for.

All pieces stay on the GPU if they fit, otherwise two: one is copied while the other is trained on.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from wordvec.corpus.draws.examples import ExampleSampler
from wordvec.corpus.draws.steps import COUNTERS

PIECE = 1 << 24  # positions: 64 MiB
MARGIN = 1 << 12  # positions copied beyond a piece on either side; more if windows reach further
SENTENCE_START = np.uint32(1 << 31)


@dataclass
class Piece:
    """Tokens of the positions low .. high - 1, uint32, the first of each sentence marked by SENTENCE_START."""

    tokens: Any
    low: int
    high: int
    copied: Any  # events: when it may be read,
    read: Any = None  # and when it has been


class DeviceText:
    """Word ids and sentence starts of a corpus, copied to the GPU piece by piece when needed.

    budget   bytes of GPU memory the corpus may take; at least two pieces are kept in any case
    """

    def __init__(self, xp: ModuleType, ids: np.ndarray, sentence_starts: np.ndarray, budget: int) -> None:
        self.xp, self.ids, self.sentence_starts = xp, ids, sentence_starts
        self.most = max(2, budget // (4 * (PIECE + 2 * MARGIN)))
        self._held: dict[int, Piece] = {}  # in order of use
        self._stream = xp.cuda.Stream(non_blocking=True)
        size = min(PIECE, len(ids)) + 4 * MARGIN
        self._pinned = [_pinned(xp, size), _pinned(xp, size)]
        self._copied: list[Any] = [None, None]

    def piece(self, number: int, low: int, high: int) -> Piece:
        """Piece `number`, with at least the positions low .. high - 1; copying may still be in progress."""
        piece = self._held.pop(number, None)
        if piece is None or low < piece.low or high > piece.high:
            piece = self._copy(number, low, high)
        self._held[number] = piece
        return piece

    def _copy(self, number: int, low: int, high: int) -> Piece:
        low = max(0, min(low, number * PIECE - MARGIN))
        high = min(len(self.ids), max(high, (number + 1) * PIECE + MARGIN))
        while len(self._held) >= self.most:
            oldest = self._held.pop(next(iter(self._held)))
            if oldest.read is not None:  # its memory may be used again by what is copied next
                self._stream.wait_event(oldest.read)
        turn = number % 2
        if self._copied[turn] is not None:
            self._copied[turn].synchronize()
        if len(self._pinned[turn]) < high - low:
            self._pinned[turn] = _pinned(self.xp, high - low)
        host = self._pinned[turn][: high - low]
        host[...] = self.ids[low:high]
        first, last = np.searchsorted(self.sentence_starts, [low, high])
        host[self.sentence_starts[first:last] - low] |= SENTENCE_START
        with self._stream:
            tokens = self.xp.empty(high - low, np.uint32)
            tokens.set(host, stream=self._stream)
            self._copied[turn] = self._stream.record()
        return Piece(tokens, low, high, self._copied[turn])


def reach_of(
    sampler: ExampleSampler, ids: np.ndarray, sentence_starts: np.ndarray, first: int, last: int, epoch: int
) -> tuple[int, int]:
    """The positions low .. high - 1 that the windows of the centres first .. last - 1 reach in this epoch.

    Up to `window` kept tokens on either side, within the sentence. Windows count kept tokens only, so their reach in
    positions follows from the draws.
    """
    sentences = np.searchsorted(sentence_starts, [first, max(first, last - 1)], side="right")
    limits = int(sentence_starts[sentences[0] - 1]), int(sentence_starts[sentences[1]])
    margin = 4 * sampler.window
    low, high = first, last
    while low > limits[0] or high < limits[1]:
        low, high = max(limits[0], first - margin), min(limits[1], last + margin)
        left = low == limits[0] or sampler.keeps(ids, low, first, epoch).sum() >= sampler.window
        right = high == limits[1] or sampler.keeps(ids, last, high, epoch).sum() >= sampler.window
        if left and right:
            break
        margin *= 2
    return low, high


def _pinned(xp: ModuleType, size: int) -> np.ndarray:
    """Page-locked memory, from which the GPU copies while the CPU continues."""
    return np.frombuffer(xp.cuda.alloc_pinned_memory(4 * size), np.uint32, size)


# What the GPU kernel is compiled for: its compile-time constants, and the memory that follows from them.


LANES = 32
REGISTER_FLOAT4 = 20  # float4 of output rows in a lane, and as many of updates: 160 of 255 registers
LARGEST_TILE = 16


class Shape(NamedTuple):
    """What the kernel is compiled for.

    pitch     floats from one row to the next
    reach     contexts on each side at most: the window, or less if no sentence is that long
    group     contexts of one example at most; meetings: see `wordvec.kernels.reference`
    """

    pitch: int
    window: int
    reach: int
    group: int
    meetings: int
    shrink_window: bool
    negatives: int
    cbow: bool
    divide: bool
    lanes: int = LANES

    @property
    def tile(self) -> int:
        """Outputs held in registers at a time: as few groups as registers allow, evenly filled."""
        part = -(-self.pitch // (4 * self.lanes))
        most = max(1, min(LARGEST_TILE, REGISTER_FLOAT4 // part))
        outputs = self.negatives + 1
        return -(-outputs // -(-outputs // most))

    @property
    def queue(self) -> int:
        """Kept tokens that a warp remembers: those of a window, and what one read of the text may add."""
        return 1 << (2 * self.reach + self.lanes).bit_length()

    @property
    def shared_bytes(self) -> int:
        """Shared memory of a warp: the struct Warp of gpu_examples.cu."""
        groups = -(-(self.negatives + 1) // self.tile)
        listed = 2 * self.reach if self.cbow else min(2 * self.reach, self.group)
        gains = listed * 4 * self.pitch if groups > 1 else 0
        size = gains + 4 * 2 * listed + self.queue * 4 * (5 + 2 * self.negatives)
        return -(-size // 16) * 16 if gains else size

    def macros(self) -> tuple[str, ...]:
        """The constants of gpu.cu, as options of the compiler."""
        values = {
            "PITCH": self.pitch,
            "WINDOW": self.window,
            "REACH": self.reach,
            "GROUP": self.group,
            "MEETINGS": self.meetings,
            "COUNTERS": COUNTERS,
            "SHRINK": int(self.shrink_window),
            "NEGATIVES": self.negatives,
            "TILE": self.tile,
            "CBOW": int(self.cbow),
            "DIVIDE": int(self.divide),
            "QUEUE": self.queue,
            "WARP_BYTES": self.shared_bytes,
            "LANES": self.lanes,
        }
        return tuple(f"-D{name}={value}" for name, value in values.items())
