"""Reads documents one after another and records each sentence's document and line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.corpus.documents import Document, Documents, TextFile, Value, size_and_sha256
from wordvec.corpus.documents.matching import match_rows
from wordvec.corpus.documents.table import column_of_paths, read_records, read_table
from wordvec.corpus.read import read_blocks, split_blocks
from wordvec.corpus.read.paths import files_of
from wordvec.corpus.read.replaced import Replaced
from wordvec.corpus.read.sources import PathLike, as_files
from wordvec.errors import CorpusError, OptionError, counted, listed

NAMED = 5  # documents in a remark; the others are counted
# A document with more than this share of all words, and more than this many times the median, gets a remark.
LARGE_SHARE, MANY_TIMES = 0.2, 10

Blocks = Iterator[tuple[Any, bool]]  # (text, whether it ends a line) or (list of tokens, True)
SplitLine = Callable[[list[tuple[str, bool]]], Blocks]  # splits the pieces of a line into sentences


class DocumentReader:
    """Reads the texts of documents, and then reports where each sentence came from.

    The encoding given here is that of `table`; the texts' is given to `blocks`.
    Give either `table`, a metadata table with one row per file; or `field`, which holds the text of each record, and
    `fields`, its metadata. Raises CorpusError as `match_rows` and `read_table` do, and for names that are not files.
    """

    def __init__(
        self,
        paths: PathLike | Sequence[PathLike],
        table: PathLike | None = None,
        path_column: str | None = None,
        field: str | None = None,
        fields: Sequence[str] = (),
        strict: bool = False,
        encoding: str = "utf-8",
        encoding_errors: str = "strict",
        plain_text: bool = False,
    ) -> None:
        if (table is None) == (field is None or not fields):
            raise OptionError(
                "metadata comes from a table with a row per file (--metadata TABLE), or from fields of records "
                "(--field text --metadata-fields year,author): give one of them"
            )
        if table is not None and not isinstance(table, (str, os.PathLike)):
            raise OptionError(
                f"the table of metadata is the name of a file; got a {type(table).__name__}: write it first, for "
                "example frame.to_csv('metadata.csv', index=False), so that the file can be cited"
            )
        if table is not None and field is not None:
            raise OptionError(
                "a table of metadata is for files of text, which have no field: leave --field out, or keep fields of "
                "each record by --metadata-fields NAME,NAME (metadata_fields=)"
            )
        if table is not None and fields:
            raise OptionError(
                "--metadata-fields are fields of records, and a table of metadata is kept with all its columns: leave "
                "--metadata-fields out"
            )
        if table is None and path_column is not None:
            raise OptionError("--path-column is a column of the table of metadata: name the table with --metadata")
        self.paths = [os.fspath(path) for path in as_files(paths).paths]
        self.strict, self.plain_text, self.field, self.columns = strict, plain_text, field, tuple(fields)
        self.files = _files(self.paths, None if table is None else Path(table))
        self.root = _root(self.paths, self.files)
        self._metadata: list[dict[str, Value]] = []
        self._reading: dict[str, Any] = {"field": field}
        if table is not None:
            rows = read_table(table, encoding, encoding_errors)
            column = column_of_paths(rows, path_column, table)
            self._metadata = match_rows(rows, column, self.files, self.root, Path(table), strict=strict)
            self.columns = tuple(self._metadata[0])
            named = {"table": os.fspath(table), "table_sha256": size_and_sha256(Path(table))[1]}
            self._reading |= named | {"path_column": path_column} | ({"plain_text": True} if plain_text else {})
        self._rows: list[Document] = []
        self._of_sentence: list[np.ndarray] = []
        self._lines: list[np.ndarray] = []

    def blocks(self, encoding: str, errors: str, split: SplitLine | None) -> Blocks:
        """Yield the blocks of all documents, as `read_blocks` does; with `split`, sentences inside lines."""
        self._reading |= {"encoding": encoding, "encoding_errors": errors}
        replaced = Replaced(encoding, errors)
        yield from replaced.blocks(self._blocks(encoding, replaced, split))

    def _blocks(self, encoding: str, replaced: Replaced, split: SplitLine | None) -> Blocks:
        for number, file in enumerate(self.files):
            if self.field is None:
                values = tuple(self._metadata[number].values())
                self._rows.append(Document(number, None, values))
                given = encoding, replaced.errors, None, None, self.strict, None, self.plain_text
                blocks = read_blocks(as_files([file]), *given)
                yield from self._noted(blocks, split)
                continue
            for record in read_records(file, self.field, self.columns, encoding, replaced.errors, self.strict):
                values = tuple(map(replaced.settled, record.values))
                self._rows.append(Document(number, record.number, values))
                if isinstance(record.text, list):
                    self._note(np.ones(1, np.int32))
                    yield record.text, True
                else:
                    yield from self._noted(iter([(record.text, True)]), split)

    def _noted(self, blocks: Blocks, split: SplitLine | None) -> Blocks:
        """Yield the blocks of a document, and record the line of each sentence; a list of tokens is one line."""
        line = 1
        if split is None:
            for block, ends_line in blocks:
                ended = block.count("\n") + ends_line
                self._note(np.arange(line, line + ended, dtype=np.int32))
                line += ended
                yield block, ends_line
            return
        pieces: list[tuple[str, bool]] = []
        for piece, ends_line in split_blocks(blocks):
            pieces.append((piece, ends_line))
            if not ends_line:
                continue
            for sentence, ends_sentence in split(pieces):
                if ends_sentence:
                    self._note(np.array([line], np.int32))
                yield sentence, ends_sentence
            pieces, line = [], line + 1

    def _note(self, lines: np.ndarray) -> None:
        self._lines.append(lines)
        self._of_sentence.append(np.full(len(lines), len(self._rows) - 1, np.int32))

    def documents(self) -> Documents:
        """The documents, with the origin of every sentence that was read, including those without words."""
        files = [
            TextFile(Path(os.path.relpath(file, self.root)).as_posix(), *size_and_sha256(file)) for file in self.files
        ]
        nothing = np.zeros(0, np.int32)
        return Documents(
            str(self.root),
            self.columns,
            tuple(files),
            tuple(self._rows),
            np.concatenate([nothing, *self._of_sentence]),
            np.concatenate([nothing, *self._lines]),
            self._reading,
        )


def remarks_on(documents: Documents, sentence_starts: np.ndarray) -> list[str]:
    """Remarks on documents without words, duplicates, and very long documents.

    `sentence_starts` is the corpus's, (S + 1,).
    """
    tokens = np.bincount(documents.of_sentence, np.diff(sentence_starts), minlength=len(documents))
    remarks = []
    if empty := [documents.name(i) for i in np.flatnonzero(tokens == 0).tolist()]:
        has = counted(len(empty), "document has", "documents have")
        remarks.append(f"{has} no word of the vocabulary: {listed(empty, NAMED)}")
    with_text: dict[str, list[str]] = {}
    for file in documents.files:
        if file.bytes:
            with_text.setdefault(file.sha256, []).append(file.path)
    if same := [" = ".join(paths) for paths in with_text.values() if len(paths) > 1]:
        remarks.append(
            f"the same text under several names, each of which counts as a document: {listed(same, NAMED)}; a test "
            "over documents takes them for independent: remove all but one"
        )
    if long := np.flatnonzero(tokens > max(LARGE_SHARE * tokens.sum(), MANY_TIMES * np.median(tokens))).tolist():
        said = [f"{documents.name(i)} ({tokens[i] / tokens.sum():.0%})" for i in long]
        remarks.append(
            f"much of the text is in {counted(len(long), 'document')}: {listed(said, NAMED)}; where it is several "
            "texts, such as the chapters of a book, make a file of each"
        )
    return remarks


def _files(paths: list[str], table: Path | None) -> list[Path]:
    """The named files, each once, without the metadata table."""
    files: list[Path] = []
    for path in paths:
        if path == "-" or not (os.path.exists(path) or any(sign in path for sign in "*?[")):
            raise CorpusError(
                f"{path}: documents are files, folders or patterns of files; there is none with this name"
            )
        files += files_of(Path(path), tell=True)
    found = list(dict.fromkeys(files))
    if table is not None:
        found = [file for file in found if not (table.exists() and file.samefile(table))]
    if not found:
        raise CorpusError(f"{', '.join(paths)}: there are no files of text besides the table of metadata")
    return found


def _root(paths: list[str], files: list[Path]) -> Path:
    """The named folder, or the deepest folder that holds all files."""
    if len(paths) == 1 and os.path.isdir(paths[0]):
        return Path(os.path.abspath(paths[0]))
    return Path(os.path.commonpath([os.path.dirname(os.path.abspath(file)) for file in files]))


def kept_sentences(ids: np.ndarray, sentence_ends: np.ndarray, final_id: np.ndarray) -> np.ndarray:
    """The numbers of the sentences with a word in the vocabulary, ascending.

    Shapes: ids (N,) provisional ids, sentence_ends (S,), final_id (words,), -1 outside the vocabulary.

    >>> kept_sentences(np.array([0, 1, 1, 0]), np.array([1, 1, 3, 4]), np.array([0, -1])).tolist()
    [0, 3]
    """
    kept = np.zeros(len(ids) + 1, np.int64)
    for begin in range(0, len(ids), 1 << 22):
        part = ids[begin : begin + (1 << 22)]
        kept[begin + 1 : begin + 1 + len(part)] = final_id[part] >= 0
    before = np.cumsum(kept)
    ends = np.asarray(sentence_ends)
    starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    return np.flatnonzero(before[ends] > before[starts])
