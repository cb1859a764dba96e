"""Public corpora that wordvec knows by name."""

from __future__ import annotations


def missing_text_message(name: str) -> str:
    """What to tell a user who named a text that is not there."""
    return f"{name}: no such file or folder"
