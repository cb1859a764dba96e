"""What a process can tell of itself: the memory it took, and what it wrote to stderr and when."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def peak_memory() -> int:
    """Bytes this process has held in memory at its peak.

    Linux counts the parent of a new process into its ru_maxrss, so there its own high-water mark is read.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


class TimedText:
    """Text that arrived in pieces, and when."""

    def __init__(self) -> None:
        self.text = ""
        self.arrivals: list[tuple[float, int]] = []  # moment, characters until then

    def add(self, piece: str) -> None:
        self.text += piece
        self.arrivals.append((time.perf_counter(), len(self.text)))

    def moment_of(self, words: str) -> float:
        """When the first `words` were complete."""
        end = self.text.index(words) + len(words)
        return next(moment for moment, length in self.arrivals if length >= end)


@contextmanager
def timed_stderr() -> Iterator[TimedText]:
    """Collect what C++ code writes to stderr, with the moments: that is how the end of fastText's reading is seen."""
    reading, writing = os.pipe()
    stderr = os.dup(2)
    os.dup2(writing, 2)
    os.close(writing)
    said = TimedText()

    def read() -> None:
        while piece := os.read(reading, 65536):
            said.add(piece.decode("utf-8", "replace"))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield said
    finally:
        os.dup2(stderr, 2)  # closes the pipe's last end, so the reader stops
        reader.join()
        os.close(stderr)
        os.close(reading)
