"""Available memory and cores, within the limits of a container; sizes in readable form."""

from __future__ import annotations

import math
import mmap
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from wordvec.errors import OptionError

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
NO_LIMIT = 1 << 60
OWN_GROUPS, ROOT = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def parse_bytes(size: str | int) -> int:
    """A number of bytes from 2_000_000, "512M" or "1.5G" (powers of 1,024; B or iB may follow).

    Raises OptionError for anything else.

    >>> parse_bytes("2G"), parse_bytes("1.5 KiB"), parse_bytes(100)
    (2147483648, 1536, 100)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?\s*", str(size).upper())
    if isinstance(size, bool) or not found or float(found[1]) == 0:
        raise OptionError(f"memory must be a positive number of bytes, with K, M, G or T such as '2G'; got {size!r}")
    return int(float(found[1]) * UNITS[found[2]])


def show_bytes(size: int) -> str:
    """A number of bytes in the largest unit that gives at least 1, rounded up; `parse_bytes` can read it.

    >>> show_bytes(3 * 2**29), show_bytes(1000), show_bytes(2**30 + 1)
    ('1.5G', '1000', '1.1G')
    """
    unit = max((unit for unit, factor in UNITS.items() if size >= factor), key=lambda unit: UNITS[unit], default="")
    tenths = -(-10 * size // UNITS[unit])
    return f"{tenths // 10}.{tenths % 10}{unit}" if tenths % 10 else f"{tenths // 10}{unit}"


def give_back_pages(array: Any) -> None:
    """Release the pages of a memory-mapped file that were read, which would count as this process's memory."""
    mapped = getattr(array, "_mmap", None)  # numpy.memmap's
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED") and getattr(array, "mode", "") == "r":
        mapped.madvise(mmap.MADV_DONTNEED)


def available_memory() -> int | None:
    """Bytes of memory available without swapping, in a container at most up to its limit, or None if unknown."""
    known = [size for size in (_machines_memory(), group_memory()) if size is not None]
    return min(known, default=None)


def _machines_memory() -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    if sys.platform == "win32":
        return windows_memory()[0]
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def peak_memory() -> int | None:
    """The peak memory of this process in bytes, or None if unknown.

    >>> (peak_memory() or 2**24) > 2**20
    True
    """
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as file:
            for line in file:  # getrusage would count the parent's memory before this program was started
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    if sys.platform == "win32":
        return windows_memory()[1]
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def windows_memory() -> tuple[int, int]:
    """On Windows, the bytes that are available, and the most that this process held (its peak working set)."""
    import ctypes

    # The structs MEMORYSTATUSEX and PROCESS_MEMORY_COUNTERS of its API, each of which begins with its own size.
    status, counters = (ctypes.c_uint64 * 8)(64), (ctypes.c_uint64 * 9)(72)
    windows = ctypes.CDLL("kernel32")
    windows.GlobalMemoryStatusEx(ctypes.byref(status))
    windows.K32GetProcessMemoryInfo(ctypes.c_void_p(-1), ctypes.byref(counters), 72)  # -1: this process
    return status[2], counters[1]


def available_cores() -> int:
    """The number of cores that this process may use: in a container with a quota of processor time, no more than it.

    More threads than the quota would be stopped together for a part of each period.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, group_cores() or cores)


# Limits that Linux sets to a container in its control groups; the numbers above are the whole machine's.


def group_memory() -> int | None:
    """Bytes that the control groups of this process still allow, or None without a limit; file cache counts as free."""
    free = []
    for limit, used, stat in _read("memory", ["memory.max", "memory.current", "memory.stat"]):
        free += _free(limit, used, stat, "inactive_file")
    for limit, used, stat in _read("memory", ["memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat"]):
        free += _free(limit, used, stat, "total_inactive_file")
    return max(0, min(free)) if free else None


def group_cores() -> int | None:
    """The cores that the control groups' quota of processor time amounts to, rounded up; None without a quota."""
    quotas = [content.split()[:2] for (content,) in _read("cpu", ["cpu.max"]) if content.split()[1:]]
    quotas += list(_read("cpu", ["cpu.cfs_quota_us", "cpu.cfs_period_us"]))
    shares = [int(q) / int(period) for q, period in quotas if q.isdecimal() and period.isdecimal() and int(period)]
    return max(1, math.ceil(min(shares))) if shares else None


def _free(limit: str, used: str, stat: str, of_files: str) -> list[int]:
    has_limit = limit.isdecimal() and used.isdecimal() and int(limit) < NO_LIMIT  # "max" is none
    if not has_limit:
        return []
    lines = (line.split() for line in stat.splitlines())
    return [int(limit) - int(used) + sum(int(line[1]) for line in lines if line[:1] == [of_files])]


def _read(controller: str, names: list[str]) -> Iterator[list[str]]:
    """The contents of the files `names` in each group that this process is in, and in the groups around them.

    Version 2 has one hierarchy, which names no controller. In a container the path may be one that only its host has:
    the group at the root is then the container's.
    """
    try:
        lines = OWN_GROUPS.read_text().splitlines()
    except (OSError, ValueError):  # another system, or a path that is no text
        return
    for line in lines:
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if controllers and controller not in controllers.split(","):
            continue
        group = PurePosixPath(path.lstrip("/"))
        for inner in (group, *group.parents):
            folder = ROOT / controllers / inner
            try:
                contents = [(folder / name).read_text().strip() for name in names]
            except (OSError, ValueError):
                continue
            yield contents
