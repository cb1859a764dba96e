"""Matches rows of a metadata table to files."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePath, PurePosixPath

from wordvec.corpus.documents import Value
from wordvec.corpus.documents.table import Row
from wordvec.errors import CorpusError, counted, listed
from wordvec.progress import announce

_WHOLE_PATH = re.compile(r"[A-Za-z]:/|/")  # C:/texts, /home/me/texts
NAMED = 10  # files or rows in a message; the others are counted


def match_rows(
    rows: Sequence[Row], column: str, files: Sequence[Path], root: Path, table: Path, *, strict: bool = False
) -> list[dict[str, Value]]:
    r"""The metadata of each file: the row whose `column` names it, without that column.

    A row names a file by its path from `root` or from the table's folder, or by its absolute path. A unique file can
    also be named by its file name, with or without extension. Composed and decomposed letters are equal, / and \ are
    equal, and case is ignored if the match is unique. Absolute paths from another machine are read as relative to the
    folder they all share.

    A file without a row gets None for every column. A row that matches no file, or several, is left out. Both are
    reported, or with `strict` an error. Raises CorpusError for two rows of one file, a row without a name, and a table
    in which no row matches.
    """
    finder = _Finder(files, root, table, [str(row.values[column]) for row in rows])
    row_of: dict[int, Row] = {}
    without_file: list[str] = []
    unclear: list[str] = []
    for row in rows:
        named = row.values[column]
        if named is None:
            raise CorpusError(f"{row.where}: the column {column!r} is empty: it must name the row's file")
        places = finder.find(str(named))
        place = places[0] if len(places) == 1 else None
        if place is None:
            (unclear if places else without_file).append(str(named))
        elif place in row_of:
            raise CorpusError(
                f"{row.where}: {files[place]} already has a row, {row_of[place].where}; keep one of them, or write "
                "more of the path"
            )
        else:
            row_of[place] = row
    if not row_of:
        raise CorpusError(
            f"{table}: no row matches a file: the column {column!r} says {(without_file + unclear)[0]!r}, the "
            f"first file is {os.path.relpath(files[0], root)!r}; paths are relative to {root}"
        )
    without_row = [os.path.relpath(file, root) for place, file in enumerate(files) if place not in row_of]
    _report(table, without_row, without_file, unclear, strict)
    columns = [name for name in rows[0].values if name != column]
    nothing: dict[str, Value] = dict.fromkeys(columns)
    return [
        {name: row_of[place].values[name] for name in columns} if place in row_of else nothing
        for place in range(len(files))
    ]


def _report(table: Path, without_row: list[str], without_file: list[str], unclear: list[str], strict: bool) -> None:
    problems = []
    if without_row:
        has = counted(len(without_row), "file has", "files have")
        problems.append(f"{has} no row in it: {listed(without_row, NAMED)}")
    if without_file:
        problems.append(
            f"{counted(len(without_file), 'row matches', 'rows match')} no file: {listed(without_file, NAMED)}"
        )
    if unclear:
        problems.append(f"several files match {listed(unclear, NAMED)}: write more of the path")
    if problems and strict:
        raise CorpusError(f"{table}: {'; '.join(problems)}; without --strict the files are read without metadata")
    for problem in problems:
        announce(f"{table}: {problem}")


class _Finder:
    """Finds the files that a name in a table may mean: one, none, or several candidates."""

    def __init__(self, files: Sequence[Path], root: Path, table: Path, named: Sequence[str]) -> None:
        self._folders = (root, table.parent, Path("."))
        self._exact = {_key(os.path.abspath(file)): place for place, file in enumerate(files)}
        self._small: dict[str, list[int]] = defaultdict(list)
        self._by_name: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for place, file in enumerate(files):
            self._small[_key(os.path.abspath(file)).casefold()].append(place)
            for known, name in ((self._by_name, file.name), (self._by_stem, file.name.split(".")[0])):
                known[_key(name).casefold()].append((_key(name), place))
        self._elsewhere = self._folder_elsewhere([_with_slashes(name) for name in named], table)

    def find(self, named: str) -> list[int]:
        """The numbers of the files that the name may mean."""
        path = _with_slashes(named)
        if self._elsewhere is not None and path.startswith(self._elsewhere):
            path = path[len(self._elsewhere) :]
        if found := self._at(path):
            return found
        if "/" in path.strip("/"):
            return []
        name = _key(PurePath(path).name)
        alike = self._by_name.get(name.casefold()) or self._by_stem.get(name.casefold(), [])
        return [place for own, place in alike if own == name] or [place for _, place in alike]

    def _at(self, path: str) -> list[int]:
        """The file at this path, or the files whose paths differ from it only in case."""
        keys = [_key(os.path.abspath(folder / path)) for folder in self._folders]
        for key in keys:
            if key in self._exact:
                return [self._exact[key]]
        return next((self._small[key.casefold()] for key in keys if key.casefold() in self._small), [])

    def _folder_elsewhere(self, paths: list[str], table: Path) -> str | None:
        """For absolute paths from another machine, the folder that corresponds to the root; announces it."""
        whole = [path for path in paths if _WHOLE_PATH.match(path) and not self._at(path)]
        if not whole:
            return None
        common = PurePosixPath(posixpath.commonpath([f"/{posixpath.dirname(path).lstrip('/')}" for path in whole]))
        for folder in (common, *common.parents):
            start = f"{str(folder).rstrip('/')}/"
            start = start if whole[0].startswith("/") else start[1:]
            if any(path.startswith(start) and self._at(path[len(start) :]) for path in whole):
                announce(f"{table}: its paths are from another machine; the parts after {start} are looked up here")
                return start
        return None


def _with_slashes(named: str) -> str:
    return named.replace("\\", "/")


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path)
