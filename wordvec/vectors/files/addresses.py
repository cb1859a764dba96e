"""Addresses in the place of file names: wordvec fetches no vectors, and says what does."""

from __future__ import annotations

import os
import re

from wordvec.errors import VectorsFileError

ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)


def refuse_address(path: str | os.PathLike[str]) -> None:
    """Raise VectorsFileError for an address such as https://... or hf://user/repo/file, with a command that fetches it.

    >>> refuse_address("hf://ann/vectors/v.safetensors")
    Traceback (most recent call last):
    wordvec.errors.VectorsFileError: hf://ann/vectors/v.safetensors: an address, not a file, and wordvec fetches no \
vectors: hf download ann/vectors v.safetensors --local-dir . (of huggingface_hub), then load the file
    """
    found = ADDRESS.fullmatch(os.fspath(path)) if isinstance(os.fspath(path), str) else None
    if found is None or os.path.lexists(path):
        return
    scheme, rest = found[1].lower(), found[2]
    name = rest.split("?")[0].rstrip("/").rpartition("/")[2] or "vectors"
    if scheme == "hf":
        command = _hugging_face(rest)
    elif scheme in ("http", "https", "ftp"):
        command = f"curl -L -o {_quoted(name)} {_quoted(os.fspath(path))}"
    elif scheme == "file":
        raise VectorsFileError(f"{path}: give the name of the file without file://")
    else:
        command = f"fetch it with the program for {scheme}://"
    raise VectorsFileError(
        f"{path}: an address, not a file, and wordvec fetches no vectors: {command}, then load the file"
    )


def _hugging_face(rest: str) -> str:
    """The command for user/repo, or user/repo/file."""
    user, repository, file = [*rest.split("/", 2), "", ""][:3]
    repository = repository.partition("@")[0]
    parts = ["hf download", _quoted(f"{user}/{repository}"), *([_quoted(file)] if file else []), "--local-dir ."]
    return " ".join(parts) + " (of huggingface_hub)"


def _quoted(text: str) -> str:
    """As it is written in a shell."""
    import shlex

    return shlex.quote(text)
