"""Programs that tests put in the place of others."""

from __future__ import annotations

import sys
from pathlib import Path


def write_program(path: Path, source: str) -> None:
    """A program at `path` that runs Python `source`; through a shell, because a first line ``#!`` allows no spaces and
    no long path to Python."""
    script = path.with_name(f"{path.name}.py")
    script.write_text(source, encoding="utf-8")
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
