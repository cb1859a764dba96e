"""From what a user names to the files that are read: a file, a folder, a pattern such as ``texts/**/*.txt``."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import Union

from wordvec.corpus.storage import is_corpus_folder
from wordvec.errors import CorpusError

PathLike = Union[str, "os.PathLike[str]"]


def as_paths(sources: object) -> list[PathLike] | None:
    """The paths that `sources` names, or None when it is an iterable of something else."""
    if isinstance(sources, (str, os.PathLike)):
        return [sources]
    if isinstance(sources, (list, tuple)) and sources and all(isinstance(s, (str, os.PathLike)) for s in sources):
        return list(sources)
    return None


def is_pattern(path: PathLike) -> bool:
    """Whether `path` is a pattern of file names: it has ``*``, ``?`` or ``[`` and is not the name of a file itself.

    >>> is_pattern("texts/*.txt"), is_pattern("book.txt")
    (True, False)
    """
    return glob.has_magic(os.fspath(path)) and not os.path.lexists(path)


def size_in_bytes(sources: object) -> int | None:
    """Bytes that reading `sources` will report, or None where only reading can tell."""
    paths = as_paths(sources)
    if paths is None or not all(os.path.exists(path) or is_pattern(path) for path in paths):
        return None
    return sum(file.stat().st_size for path in paths for file in files_of(Path(path)))


def files_of(path: Path) -> list[Path]:
    """The files that `path` names, hidden ones left out: itself, those in and below a folder, or those of a pattern.

    A pattern follows the rules of the shell, with ``**`` for any number of folders; a folder that it matches
    stands for the files in and below it. Files come in order of their names, each once. Raises CorpusError for
    a folder without files and for a pattern that matches none.
    """
    if is_pattern(path):
        return _files_matching(path)
    if not path.is_dir():
        return [path]
    if is_corpus_folder(path):
        raise CorpusError(f"{path}: is a corpus that is built already; open it by itself, not together with text")
    files = _files_below(path, above=frozenset())
    if not files:
        raise CorpusError(f"{path}: the folder holds no text (hidden files do not count); name one with text files")
    return files


def _files_matching(pattern: Path) -> list[Path]:
    files: set[Path] = set()
    for match in glob.iglob(str(pattern), recursive=True):
        path = Path(match)
        if path.is_dir():
            files |= set(_files_below(path, above=frozenset()))
        elif os.path.lexists(path):  # "nowhere/**" gives "nowhere/" even where there is none
            files.add(path)
    if not files:
        raise CorpusError(
            f"{pattern}: the pattern matches no file (from the folder {os.getcwd()}); ** stands for any folders, "
            "hidden files do not count"
        )
    return sorted(files)


def _files_below(folder: Path, above: frozenset[str]) -> list[Path]:
    real = os.path.realpath(folder)
    if real in above:  # a symbolic link back up
        return []
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise CorpusError(f"{folder}: cannot be read: {error.strerror}") from error
    files: list[Path] = []
    for entry in entries:
        files += _files_below(entry, above | {real}) if entry.is_dir() else [entry]
    return files
