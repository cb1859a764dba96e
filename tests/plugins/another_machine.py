"""Makes this machine look like another: another year on the clock, folders listed in the opposite order.

Loaded by scripts/check_collection.py only (``-p another_machine``). What is collected here must be what is collected
without it.
"""

from __future__ import annotations

import glob
import os
import pathlib
import time

YEARS = 11
SHIFT = YEARS * 365.25 * 24 * 3600  # seconds


def _shift_the_clock() -> None:
    real_time, real_time_ns = time.time, time.time_ns
    time.time = lambda: real_time() + SHIFT
    time.time_ns = lambda: real_time_ns() + int(SHIFT) * 10**9


class _Entries:
    """The entries of a folder, as `os.scandir` gives them, in the opposite order."""

    def __init__(self, path="."):
        with REAL_SCANDIR(path) as entries:
            self._entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=True))

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def close(self):
        pass


REAL_LISTDIR, REAL_SCANDIR = os.listdir, os.scandir
os.listdir = lambda path=".": sorted(REAL_LISTDIR(path), reverse=True)
os.scandir = _Entries
# pathlib has a reference of its own in Python 3.10, and again from 3.13 on.
for holder in (getattr(pathlib, "_NormalAccessor", None), getattr(glob, "_StringGlobber", None)):
    if getattr(holder, "scandir", None) is REAL_SCANDIR:
        holder.scandir = staticmethod(_Entries)
_shift_the_clock()
