"""Limits that Linux sets to a container's memory and processor time, in its control groups.

The numbers that the system gives elsewhere are the whole machine's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

NO_LIMIT = 1 << 60
OWN_GROUPS, ROOT = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def free_memory() -> int | None:
    """Bytes that the groups of this process may still take; None without a limit. Memory of files counts as free."""
    free = []
    for limit, used, stat in _read("memory", ["memory.max", "memory.current", "memory.stat"]):
        free += _free(limit, used, stat, "inactive_file")
    for limit, used, stat in _read("memory", ["memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat"]):
        free += _free(limit, used, stat, "total_inactive_file")
    return max(0, min(free)) if free else None


def cores() -> int | None:
    """The cores that the groups' quota of processor time amounts to, rounded up; None without a quota."""
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
