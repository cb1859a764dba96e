"""Which words are used in other contexts over time, or by other authors: tested over documents, shown with evidence."""

from __future__ import annotations

from wordvec.change.changes import Changes
from wordvec.change.detection import find_changes

__all__ = ["Changes", "find_changes"]
