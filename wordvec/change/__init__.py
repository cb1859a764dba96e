"""Words whose contexts change over time or between authors: tests over documents, with evidence."""

from __future__ import annotations

from wordvec.change.changes import Changes
from wordvec.change.detection import find_changes

__all__ = ["Changes", "find_changes"]
