"""Files that many short tests write one after the other under one name."""

from __future__ import annotations

from pathlib import Path


def write_anew(path: Path, content: bytes) -> Path:
    """Write a file in the place of an earlier one, which is removed first: ext4 sends a file that is cut to nothing and
    written again to the disk at once, and takes eight times as long."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    return path
