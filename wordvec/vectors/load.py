"""Loading and saving: the format is told by a file's content, and chosen by its suffix when writing."""

from __future__ import annotations

import os

from wordvec.vectors.safetensors_file import read_safetensors, write_safetensors
from wordvec.vectors.word_vectors import WordVectors


def load(path: str | os.PathLike[str]) -> WordVectors:
    """Read vectors (safetensors only, for the moment)."""
    return read_safetensors(path)


def save(vectors: WordVectors, path: str | os.PathLike[str], format: str | None = None) -> None:
    """Write vectors (safetensors only, for the moment)."""
    write_safetensors(vectors, path)
