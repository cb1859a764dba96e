"""Documents of a corpus: which sentence belongs to which document, each document's metadata, and where its text is.

In a corpus folder, they are described by::

    documents.json           format, root, how the text is read, columns, files with size and SHA-256, documents
    sentence_documents.npy   (S,) int32, the document of each sentence
    sentence_lines.npy       (S,) int32, its line in the file, from 1 (for records, in the text of the record)

A document is a file, or a record in a file of records. A folder without these files is a corpus with unknown
documents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wordvec.errors import CorpusError, unreadable
from wordvec.json_forms import COUNT, TEXT, Kind, check_form, or_null, parse_json
from wordvec.npy_header import map_npy

DESCRIPTION = "documents.json"
OF_SENTENCE, LINES = "sentence_documents.npy", "sentence_lines.npy"
FILES = (DESCRIPTION, OF_SENTENCE, LINES)
FORMAT = "wordvec documents 1"

Value = str | int | float | bool | None


RECORD = or_null(COUNT)


def _is_value(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float))


def _is_file(value: Any) -> bool:
    return isinstance(value, list) and [type(each) for each in value] == [str, int, str] and value[1] >= 0


def _is_document(value: Any) -> bool:
    is_row = isinstance(value, list) and len(value) == 3 and COUNT.fits(value[0]) and RECORD.fits(value[1])
    return is_row and isinstance(value[2], list) and all(map(_is_value, value[2]))


FORM = {
    "root": TEXT,
    "columns": [TEXT],
    "files": [Kind("a list of path, size and SHA-256", _is_file)],
    "documents": [Kind("a list of file, record and values", _is_document)],
    "reading": {f"{name}?": or_null(TEXT) for name in ("encoding", "encoding_errors", "field", "table", "path_column")},
}


class TextFile(NamedTuple):
    """A file of text as it was when the corpus was built; `path` is relative to the root, with slashes."""

    path: str
    bytes: int
    sha256: str


class Document(NamedTuple):
    """A document: its file's number, its record there (a line or row from 1) or None, and its metadata."""

    file: int
    record: int | None
    values: tuple[Value, ...]


@dataclass(frozen=True, repr=False)
class Documents:
    """The documents of a corpus.

    root          the folder that paths are relative to, as named when the corpus was built
    columns       names of the metadata; each document has a value for each, or None
    files, rows   the text files, and the documents
    of_sentence   (S,) int32, the document of each sentence; lines (S,) int32, its line in the document
    reading       how the text is read: encoding, encoding_errors, field; and the table of metadata: table (its path),
                  table_sha256, path_column

    >>> documents = Documents(".", ("year",), (TextFile("a.txt", 9, ""),), (Document(0, None, (1850,)),),
    ...                       np.array([0, 0], np.int32), np.array([1, 2], np.int32))
    >>> documents.path(0), documents.metadata(0), documents.place(1)
    ('a.txt', {'year': 1850}, ('a.txt', 2))
    """

    root: str
    columns: tuple[str, ...]
    files: tuple[TextFile, ...]
    rows: tuple[Document, ...]
    of_sentence: np.ndarray
    lines: np.ndarray
    reading: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"Documents({len(self):,} of {self.root!r}, with {', '.join(self.columns) or 'no metadata'})"

    @property
    def sentences(self) -> int:
        """How many sentences the documents have."""
        return len(self.lines)

    def path(self, document: int) -> str:
        """The path of the document's file, relative to the root."""
        return self.files[self.rows[document].file].path

    def name(self, document: int) -> str:
        """A document's name in messages: its path, with the record number if it is a record."""
        record = self.rows[document].record
        return self.path(document) if record is None else f"{self.path(document)}: record {record}"

    def metadata(self, document: int) -> dict[str, Value]:
        """The document's metadata, by column."""
        return dict(zip(self.columns, self.rows[document].values))

    def column(self, name: str) -> list[Value]:
        """A column's value for each document. Raises CorpusError, listing the columns, for an unknown column."""
        if name not in self.columns:
            raise CorpusError(f"the documents have no column {name!r}; they have: {', '.join(self.columns) or 'none'}")
        place = self.columns.index(name)
        return [row.values[place] for row in self.rows]

    def place(self, sentence: int) -> tuple[str, int]:
        """Path and line of a sentence; for a record, the line in its text."""
        return self.path(int(self.of_sentence[sentence])), int(self.lines[sentence])

    def of_sentences(self, sentences: np.ndarray) -> Documents:
        """The same documents with only some sentences, in the given order."""
        return replace(self, of_sentence=self.of_sentence[sentences], lines=self.lines[sentences])

    def only(self, chosen: Sequence[int], sentences: np.ndarray) -> Documents:
        """Some of the documents; `sentences` must list all of their sentences, ascending."""
        number = np.full(len(self.rows), -1, np.int32)
        number[list(chosen)] = np.arange(len(chosen), dtype=np.int32)
        return replace(
            self,
            rows=tuple(self.rows[i] for i in chosen),
            of_sentence=number[self.of_sentence[sentences]],
            lines=np.asarray(self.lines[sentences]),
        )

    def write(self, folder: Path) -> dict[str, dict[str, Any]]:
        """Write the files into an unfinished corpus folder; returns the size and SHA-256 of each."""
        description = {
            "format": FORMAT,
            "root": self.root,
            "reading": self.reading,
            "columns": list(self.columns),
            "files": [list(file) for file in self.files],
            "documents": [[row.file, row.record, list(row.values)] for row in self.rows],
        }
        (folder / DESCRIPTION).write_text(json.dumps(description) + "\n", encoding="utf-8", newline="\n")
        for name, array in ((OF_SENTENCE, self.of_sentence), (LINES, self.lines)):
            np.save(folder / name, np.asarray(array, "<i4"))
        return {name: dict(zip(("bytes", "sha256"), size_and_sha256(folder / name))) for name in FILES}


def size_and_sha256(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 (hex) of a file."""
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def read_documents(folder: Path, sentences: int) -> Documents | None:
    """The documents of the corpus in `folder`, which has `sentences` sentences; None if it records no documents.

    Raises CorpusError if the files are damaged.
    """
    if not (folder / DESCRIPTION).is_file():
        return None
    try:
        content = parse_json((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError(f"{DESCRIPTION} is not of the format {FORMAT!r}")
        check_form(content, FORM)
        found = Documents(
            content["root"],
            tuple(content["columns"]),
            tuple(TextFile(*file) for file in content["files"]),
            tuple(Document(file, record, tuple(values)) for file, record, values in content["documents"]),
            map_npy(folder / OF_SENTENCE),
            map_npy(folder / LINES),
            content["reading"],
        )
        _check(found, sentences)
    except (FileNotFoundError, ValueError) as error:
        raise CorpusError(f"{folder}: damaged corpus: {DESCRIPTION}: {error}; build it again from the text") from error
    except OSError as error:
        raise CorpusError(f"{folder}: {DESCRIPTION}: {unreadable(error)}") from error
    return found


def _check(documents: Documents, sentences: int) -> None:
    for row in documents.rows:
        if not 0 <= row.file < len(documents.files) or len(row.values) != len(documents.columns):
            raise ValueError(f"{DESCRIPTION} describes a document without a file or with other columns")
    for name, array in ((OF_SENTENCE, documents.of_sentence), (LINES, documents.lines)):
        if array.shape != (sentences,) or array.dtype != np.int32:
            raise ValueError(f"{name} holds {array.dtype} {array.shape}, but int32 ({sentences},) was expected")
    of = documents.of_sentence
    if len(of) and not 0 <= int(of.min()) <= int(of.max()) < len(documents.rows):
        raise ValueError(f"{OF_SENTENCE} names a document that {DESCRIPTION} does not describe")
