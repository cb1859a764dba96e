"""Which row of a table is of which file."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from wordvec.corpus.documents.documents import Value
from wordvec.corpus.documents.table import Row
from wordvec.errors import CorpusError
from wordvec.progress import announce

NAMED = 10  # files or rows in a message; the others are counted


def match_rows(
    rows: Sequence[Row], column: str, files: Sequence[Path], root: Path, table: Path, *, strict: bool = False
) -> list[dict[str, Value]]:
    r"""The metadata of each file: the row whose `column` names it, without that column.

    A row names a file by its path from `root`, from the folder of the table or as a whole; or where only one file is
    called so, by its name, or by its name without the ending. Composed and decomposed letters are the same, and so
    are / and \.

    A file without a row has None for everything, and a row without a file is left out; both are named, or with
    `strict` an error. Raises CorpusError for two rows of one file, a row without a name, and a table of which no row
    fits.
    """
    find = _finder(files, root, table)
    row_of: dict[int, Row] = {}
    without_file = []
    for row in rows:
        named = row.values[column]
        if named is None:
            raise CorpusError(f"{row.where}: the column {column!r} is empty: it names the file the row is of")
        place = find(str(named))
        if place is None:
            without_file.append(str(named))
        elif place in row_of:
            raise CorpusError(
                f"{row.where}: {files[place]} has a row already, {row_of[place].where}; keep one of them, or write "
                "more of the path"
            )
        else:
            row_of[place] = row
    if not row_of:
        raise CorpusError(
            f"{table}: no row is of one of the {len(files)} files: the column {column!r} says {without_file[0]!r}, the "
            f"first file is {os.path.relpath(files[0], root)!r}; paths are relative to {root}"
        )
    without_row = [os.path.relpath(file, root) for place, file in enumerate(files) if place not in row_of]
    _report(table, without_row, without_file, strict)
    columns = [name for name in rows[0].values if name != column]
    nothing: dict[str, Value] = dict.fromkeys(columns)
    return [
        {name: row_of[place].values[name] for name in columns} if place in row_of else nothing
        for place in range(len(files))
    ]


def _report(table: Path, without_row: list[str], without_file: list[str], strict: bool) -> None:
    problems = []
    if without_row:
        problems.append(f"{_count(without_row, 'file has', 'files have')} no row in it: {_listed(without_row)}")
    if without_file:
        problems.append(f"{_count(without_file, 'row is', 'rows are')} of no file: {_listed(without_file)}")
    if problems and strict:
        raise CorpusError(f"{table}: {'; '.join(problems)}; without --strict the files are read without metadata")
    for problem in problems:
        announce(f"{table}: {problem}")


def _count(names: list[str], one: str, many: str) -> str:
    return f"{len(names):,} {one if len(names) == 1 else many}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _finder(files: Sequence[Path], root: Path, table: Path) -> Callable[[str], int | None]:
    exact = {_key(os.path.abspath(file)): place for place, file in enumerate(files)}
    by_name, by_stem = defaultdict(set), defaultdict(set)
    for place, file in enumerate(files):
        by_name[_key(file.name)].add(place)
        by_stem[_key(file.name.split(".")[0])].add(place)

    def find(named: str) -> int | None:
        path = named.replace("\\", "/")
        for folder in (root, table.parent, Path(".")):
            place = exact.get(_key(os.path.abspath(folder / path)))
            if place is not None:
                return place
        if "/" in path.strip("/"):
            return None
        for known in (by_name, by_stem):
            places = known.get(_key(PurePath(path).name), set())
            if len(places) == 1:
                return next(iter(places))
        return None

    return find


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path)
