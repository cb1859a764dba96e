"""What the GPU kernel is compiled for: its compile-time constants, and the memory that follows from them."""

from __future__ import annotations

from typing import NamedTuple

from wordvec.corpus.draws.steps import COUNTERS

LANES = 32
REGISTER_FLOAT4 = 20  # float4 of output rows in a lane, and as many of their gains: 160 of 255 registers
LARGEST_TILE = 16


class Shape(NamedTuple):
    """What the kernel is compiled for.

    pitch     floats from one row to the next
    reach     contexts on each side at most: the window, or less where no sentence is as long
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
        """Outputs in registers at a time: as few groups as they allow, evenly filled."""
        part = -(-self.pitch // (4 * self.lanes))
        most = max(1, min(LARGEST_TILE, REGISTER_FLOAT4 // part))
        outputs = self.negatives + 1
        return -(-outputs // -(-outputs // most))

    @property
    def queue(self) -> int:
        """Kept tokens a warp remembers: those of a window, and what one look at the text may add."""
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
