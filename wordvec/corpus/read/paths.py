"""Finds the files that a user names: a file, a folder, or a pattern such as ``texts/**/*.txt``."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path, PurePath

from wordvec.corpus.read.sources import Files, PathLike, Source
from wordvec.corpus.storage import is_corpus_folder
from wordvec.errors import CorpusError, counted, listed
from wordvec.progress import announce

# Files that Windows and office programs leave in folders; a document that is open in one has a second file "~$name".
LEFT_BY_PROGRAMS = ("thumbs.db", "ehthumbs.db", "desktop.ini")


def is_hidden(name: str) -> bool:
    """Whether a file of a folder is not meant to be seen: by its dot, or because a program keeps its own notes in it.

    >>> is_hidden(".DS_Store"), is_hidden("~$essay.docx"), is_hidden("Thumbs.db"), is_hidden("essay.txt")
    (True, True, True, False)
    """
    return name.startswith((".", "~$")) or name.lower() in LEFT_BY_PROGRAMS


def is_pattern(path: PathLike) -> bool:
    """Whether `path` is a pattern of file names: it has ``*``, ``?`` or ``[`` and is not itself a file.

    >>> is_pattern("texts/*.txt"), is_pattern("book.txt")
    (True, False)
    """
    return glob.has_magic(os.fspath(path)) and not os.path.lexists(path)


def size_in_bytes(source: Source) -> int | None:
    """Bytes that reading `source` will report, or None if unknown before reading."""
    if not isinstance(source, Files):
        return None
    if not all(os.path.exists(path) or is_pattern(path) for path in source.paths):
        return None
    try:
        return sum(file.stat().st_size for path in source.paths for file in files_of(Path(path)))
    except OSError:  # such as a broken link in a folder: reading it reports the error
        return None


def tell_of_repeats(source: Source) -> None:
    """Announce files that are named more than once, such as by themselves and with their folder: they count as often.

    Links to one file are one file; those within a folder or a pattern, which are left out, are announced, too. Errors
    are left to the reader.
    """
    if not isinstance(source, Files):
        return
    seen: dict[object, Path] = {}
    repeated: list[str] = []
    for name in source.paths:
        try:
            files = files_of(Path(name), tell=True)
        except (CorpusError, OSError, ValueError):
            continue
        for file in files:
            key = _identity(file)
            if seen.setdefault(key, file) is not file:
                repeated.append(f"{file} (as {seen[key]})" if file != seen[key] else str(file))
    if repeated:
        announce(
            f"{counted(len(repeated), 'file')} named again: {listed(repeated, 3)}; what is named twice is read and "
            "counted twice"
        )


def _identity(file: Path) -> object:
    """The same for all names of a file; of what is none, such as "-" or a bundled text, its name."""
    try:
        status = os.stat(file)
    except (OSError, ValueError):
        return os.fspath(file)
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(file)


def files_of(path: Path, tell: bool = False) -> list[Path]:
    """The files that `path` names, without hidden ones: itself, all files below a folder, or the matches of a pattern.

    Patterns follow shell rules, with ``**`` for any number of folders; a matching folder means all files below it.
    Files are sorted by name, each once: a symbolic link to a file or a folder that is read anyway is left out, and
    with `tell` that is announced. Raises CorpusError for a folder without files and for a pattern without matches.
    """
    if is_pattern(path):
        return _without_links(_files_matching(path), path, tell)
    if not path.is_dir():
        return [path]
    if is_corpus_folder(path):
        raise CorpusError(f"{path}: is a corpus that is built already; open it by itself, not together with text")
    files = _files_below(path, above=frozenset())
    if not files:
        raise CorpusError(f"{path}: the folder holds no text (hidden files do not count); name one with text files")
    return _without_links(files, path, tell)


def _without_links(files: list[Path], source: Path, tell: bool) -> list[Path]:
    """`files` without those that are others of them under a name that a symbolic link gives."""
    real_folder = {folder: os.path.realpath(folder) for folder in set(map(os.path.dirname, files))}
    if len(set(real_folder.values())) == len(real_folder) and not any(map(os.path.islink, files)):
        return files
    by_real: dict[str, list[Path]] = {}
    for file in files:
        folder, name = os.path.split(file)
        real = os.path.realpath(file) if file.is_symlink() else os.path.join(real_folder[folder], name)
        by_real.setdefault(real, []).append(file)
    if len(by_real) == len(files):
        return files
    kept = {min(names, key=_links_in) if len(names) > 1 else names[0] for names in by_real.values()}
    again = [str(file) for file in files if file not in kept]
    if tell:
        announce(
            f"{source}: {counted(len(again), 'file')} left out, as symbolic links lead to others that are read: "
            f"{listed(again, 3)}"
        )
    return [file for file in files if file in kept]


def _links_in(path: Path) -> int:
    return sum(part.is_symlink() for part in (path, *path.parents))


def by_name(path: PurePath) -> tuple[str, ...]:
    """The order of files, the same on all systems; Windows itself sorts paths without regard to case."""
    return path.parts


def _files_matching(pattern: Path) -> list[Path]:
    files: set[Path] = set()
    for path in _matches(_escaped(pattern)):
        if path.is_dir():
            files |= set(_files_below(path, _above(path)))
        elif pattern.name.startswith((".", "~")) or not is_hidden(path.name):
            files.add(path)
    if not files:
        raise CorpusError(
            f"{pattern}: the pattern matches no file (from the folder {os.getcwd()}); ** stands for any folders, "
            "hidden files do not count"
        )
    return sorted(files, key=by_name)


def _matches(pattern: str) -> Iterator[Path]:
    """What matches `pattern`; glob itself would follow a link to a folder above it forty times, with all its files."""
    parts = Path(pattern).parts
    if "**" not in parts:
        yield from map(Path, glob.iglob(pattern))
        return
    place = parts.index("**")
    for start in glob.iglob(os.path.join(*parts[:place])) if place else ["."]:
        for folder in _folders_below(Path(start), _above(Path(start))):
            if parts[place + 1 :]:
                yield from _matches(os.path.join(glob.escape(str(folder)), *parts[place + 1 :]))
            else:
                yield folder


def _above(path: Path) -> frozenset[str]:
    return frozenset(map(os.path.realpath, path.parents))


def _folders_below(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    """`folder` and all folders below it, without hidden ones; as for ** in a shell, what cannot be read is empty."""
    real = os.path.realpath(folder)
    if real in above or not folder.is_dir():
        return
    yield folder
    try:
        entries = sorted(entry for entry in folder.iterdir() if not is_hidden(entry.name))
    except OSError:
        return
    for entry in entries:
        yield from _folders_below(entry, above | {real})


def _escaped(pattern: Path) -> str:
    """`pattern` with its leading folders escaped if they exist under exactly these names: "notes [1]/*.txt"."""
    here = Path(pattern.anchor)
    parts = [part for part in pattern.parts if part != pattern.anchor]
    while parts and (here / parts[0]).is_dir():
        here /= parts.pop(0)
    return os.path.join(glob.escape(str(here)), *parts) if str(here) != "." else os.path.join(*parts)


def _files_below(folder: Path, above: frozenset[str]) -> list[Path]:
    """The files below a folder; scandir says what each is without a request to the file system, which may be remote."""
    real = os.path.realpath(folder)
    if real in above:  # a symbolic link back up
        return []
    try:
        with os.scandir(folder) as found:
            entries = sorted((entry for entry in found if not is_hidden(entry.name)), key=lambda entry: entry.name)
    except OSError as error:
        raise CorpusError(f"{folder}: cannot be read: {error.strerror}") from error
    files: list[Path] = []
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir():
            files += _files_below(path, above | {real})
            continue
        if not entry.is_file() and path.exists():
            raise CorpusError(f"{path}: is a pipe, a socket or a device, in a folder of files; remove it from there")
        files.append(path)
    return files


def stamp_of(status: os.stat_result) -> tuple[int, int]:
    """The size of a file and when it was changed, in ns; the latter also for content replaced under the old time."""
    return status.st_size, max(status.st_mtime_ns, status.st_ctime_ns)


def check_same_file(path: str, size: int) -> None:
    """Raise CorpusError on a worker if a file is missing, or its size differs from the client's."""
    try:
        found = os.stat(path).st_size
    except OSError as error:
        raise CorpusError(f"{path}: a worker cannot read it: {error.strerror}; put it where all see it") from error
    if found != size:
        raise CorpusError(f"{path}: has {found} bytes for a worker and {size} here: it must be one file")
