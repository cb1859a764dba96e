"""Documents with ids, from files: lines of text, or records in JSON, CSV, TSV, Parquet, Feather and Arrow.

Each record gives one document. A record without text gives an empty document, so that rows made from documents match
the records. A list in the field of the text is a document of tokens, used unchanged; all must be of one kind.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wordvec.corpus.named_texts import bundled_corpus, is_bundled
from wordvec.corpus.read import check_plain_text, split_blocks, with_head
from wordvec.corpus.read.arrow import rows_of_file, table_kind
from wordvec.corpus.read.decoding import blocks_of_text, whole_lines
from wordvec.corpus.read.exports import refuse_other_text
from wordvec.corpus.read.paths import files_of, is_pattern
from wordvec.corpus.read.records import tokens_of
from wordvec.corpus.read.replaced import Replaced
from wordvec.corpus.read.sniffing import is_json
from wordvec.corpus.read.sources import Files, refuse_unused
from wordvec.corpus.read.structured import MISSING, rows_of_csv, rows_of_json
from wordvec.corpus.read.values import Row, Tally, Unusable, is_missing, refuse_list_as_text
from wordvec.errors import CorpusError, OptionError
from wordvec.progress import announce

PathLike = str | os.PathLike[str]


class Document(NamedTuple):
    """A document: its id (None: its number), its tags, and its text or tokens (None: it has none)."""

    id: str | None
    tags: list[str]
    text: str | list[str] | None


class DocumentTexts:
    r"""The documents of some files, as an iterable of texts, or of lists of tokens; `ids` lists the ids yielded so far.

    `field` holds the text of records, `id_field` their id (default: the document's number, from 1). `tags_field` holds
    their tags, a list or a text separated by semicolons; `tags` are the tags of the last text. With `whole_files` each
    plain-text file is one document, whose id is its path. `missing` counts records without text. Raises CorpusError
    for unreadable files and for a missing or repeated id, OptionError for `id_field` without records.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "docs.jsonl")
    >>> _ = path.write_text('{"n": "a", "text": "One."}\n{"n": "b", "text": null}\n')
    >>> documents = DocumentTexts([path], field="text", id_field="n")
    >>> list(documents), documents.ids, documents.missing
    (['One.', ''], ['a', 'b'], 1)
    """

    def __init__(
        self,
        paths: Iterable[PathLike],
        field: str | None = None,
        id_field: str | None = None,
        encoding: str = "utf-8",
        encoding_errors: str = "strict",
        whole_files: bool = False,
        tags_field: str | None = None,
        plain_text: bool = False,
    ) -> None:
        self._whole_files, self._plain_text = whole_files, plain_text
        if whole_files and field is not None:
            raise OptionError(f"whole files are documents of plain text, which have no field {field!r}: leave one out")
        self._paths, self._field, self._id_field = list(paths), field, id_field
        check_plain_text(plain_text, field, Files(self._paths))
        self._encoding, self._errors = encoding, encoding_errors
        self._replaced = Replaced(encoding, encoding_errors)
        defaults = {"encoding": (encoding, "utf-8"), "encoding_errors": (encoding_errors, "strict")}
        refuse_unused(self._paths, {name: None if a == b else a for name, (a, b) in defaults.items()})
        self._tags_field = tags_field
        for name, given in (("id", id_field), ("tags", tags_field)):
            if given is not None and field is None:
                raise OptionError(
                    f"{name} {given!r} is a field of records: name the field of their text, too (--field)"
                )
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.missing = 0
        self._seen: dict[str, str] = {}
        self._tally = Tally("documents", "documents", strict=False)
        self._has_tokens: bool | None = None  # unknown until the first record with text or tokens

    def __iter__(self) -> Iterator[str | list[str]]:
        self.ids, self.missing, self._seen, self._has_tokens = [], 0, {}, None
        self._replaced = Replaced(self._encoding, self._errors)
        self._tally = Tally("documents", "documents", strict=False)
        waiting: list[Document] = []
        for document in self._documents():
            waiting.append(document)
            if document.text is not None or self._has_tokens is not None:
                yield from self._given(waiting)
                waiting = []
        yield from self._given(waiting)
        self._tally.finish()
        self._replaced.tell()
        if self.missing:
            announce(f"{self.missing:,} of {len(self.ids):,} documents hold no text; their rows are zero")

    def _given(self, documents: Iterable[Document]) -> Iterator[str | list[str]]:
        for document in documents:
            self.ids.append(str(len(self.ids) + 1) if document.id is None else document.id)
            self.tags = document.tags
            self.missing += document.text is None
            yield ([] if self._has_tokens else "") if document.text is None else document.text

    def _documents(self) -> Iterator[Document]:
        for path in self._paths:
            for name, stream_name in _files(path):
                if self._whole_files:
                    yield Document(self._new_id(stream_name, stream_name), [], self._whole_text(name, stream_name))
                else:
                    yield from self._of_file(name, stream_name)

    def _of_file(self, path: PathLike, name: str) -> Iterator[Document]:
        if _is_bundled_text(path):
            if self._field is not None:
                raise CorpusError(f"{path}: is plain text and has no field {self._field!r}; leave field out")
            lines = enumerate(bundled_corpus(str(path)), 1)
            rows = (Row(number, f"{name}: line {number}", [line]) for number, line in lines)
        else:
            fields = [field for field in (self._field, self._id_field, self._tags_field) if field is not None]
            how = self._encoding, self._replaced.errors
            rows = read_fields(Path(path), fields or [None], *how, plain_text=self._plain_text)
        for _, where, values in rows:
            text, *others = map(self._replaced.settled, values)
            number = None if self._id_field is None else self._id(others[0], where)
            tags = self._tags(others[-1] if self._tags_field is not None else None, where)
            yield Document(number, tags, self._text(text, where))

    def _text(self, value: Any, where: str) -> str | list[str] | None:
        if is_missing(value):
            return None
        if not isinstance(value, (str, list, Unusable)):
            value = Unusable(f"field {self._field!r}: text expected, got {type(value).__name__} {value!r:.60}")
        found = tokens_of(value, self._tally) if isinstance(value, list) else value
        if isinstance(found, Unusable):
            raise CorpusError(f"{where}: {found.problem}")
        if self._has_tokens is None:
            self._has_tokens = isinstance(found, list)
            if isinstance(found, str) and self._field is not None:
                refuse_list_as_text(found, where)
        if self._has_tokens != isinstance(found, list):
            kinds = ("a list of tokens", "text") if self._has_tokens else ("text", "a list of tokens")
            raise CorpusError(f"{where}: {kinds[0]} expected as in the records before, got {kinds[1]}")
        return found

    def _id(self, value: Any, where: str) -> str:
        if isinstance(value, Unusable):
            raise CorpusError(f"{where}: {value.problem}")
        if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
            raise CorpusError(f"{where}: field {self._id_field!r}: text or a whole number expected, got {value!r:.60}")
        return self._new_id(str(value), where)

    def _tags(self, value: Any, where: str) -> list[str]:
        if is_missing(value):
            return []
        if isinstance(value, Unusable):
            raise CorpusError(f"{where}: {value.problem}")
        found = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else [value]
        if any(isinstance(tag, bool) or not isinstance(tag, (str, int)) for tag in found):
            raise CorpusError(
                f"{where}: field {self._tags_field!r}: a list of tags, or a text with ; between them, expected; "
                f"got {value!r:.60}"
            )
        return list(dict.fromkeys(tag for tag in (str(tag).strip() for tag in found) if tag))

    def _new_id(self, found: str, where: str) -> str:
        if found in self._seen:
            raise CorpusError(f"{where}: the id {found!r} appears twice, first at {self._seen[found]}")
        self._seen[found] = where
        return found

    def _whole_text(self, path: PathLike, name: str) -> str:
        """The whole text of a plain-text file, packed or not."""
        if _is_bundled_text(path):
            return "\n".join(bundled_corpus(str(path)))
        try:
            with open(path, "rb") as stream:
                if table_kind(stream.peek(8)):
                    raise CorpusError(f"{name}: holds a table, not the text of one document: leave out whole files")
                how = self._encoding, self._replaced.errors
                head, blocks = with_head(blocks_of_text(stream, name, *how, lambda _: None))
                if not self._plain_text:
                    refuse_other_text(head, name)
                text = "".join(f"{block}\n" if ends_line else block for block, ends_line in blocks)
                return str(self._replaced.settled(text))
        except OSError as error:
            raise CorpusError(f"{name}: cannot be read: {error.strerror or error}") from error


def _is_bundled_text(path: PathLike) -> bool:
    return isinstance(path, str) and not os.path.exists(path) and is_bundled(path)


def _files(path: PathLike) -> Iterator[tuple[PathLike, str]]:
    """Each file that a path, a folder or a pattern names. Raises CorpusError if there is none."""
    if path == "-":
        raise CorpusError("documents are read from files, not from standard input: name a file")
    if not os.path.exists(path) and not is_pattern(path):
        if isinstance(path, str) and is_bundled(path):
            yield path, path
            return
        raise CorpusError(f"{path}: no such file or folder")
    for file in files_of(Path(path), tell=True):
        yield file, str(file)


# Several fields of each record: the text and what belongs to it, such as an id, tags or metadata.


def read_fields(
    path: Path,
    fields: Sequence[str | None],
    encoding: str,
    errors: str,
    missing: Collection[str] = MISSING,
    plain_text: bool = False,
) -> Iterator[Row]:
    r"""Yield the values of `fields`, the text's first, in each record of a JSON, CSV, TSV, Parquet or Arrow file.

    A single field None means the lines of plain text, or JSON texts outside records; with `plain_text`, always lines.
    CSV cells whose text is in `missing` become None. Raises CorpusError for a file that is unreadable, damaged or of
    another kind, and for a missing column.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "docs.jsonl")
    >>> _ = path.write_text('{"n": 7, "text": "One."}\n{"n": 8, "text": null}\n')
    >>> [(row.number, row.values) for row in read_fields(path, ["text", "n"], "utf-8", "strict")]
    [(1, ['One.', 7]), (2, [None, 8])]
    """
    name = str(path)
    try:
        with open(path, "rb") as stream:
            if kind := table_kind(stream.peek(8)):
                yield from rows_of_file(stream, kind, name, fields, errors)
                return
            head, blocks = with_head(blocks_of_text(stream, name, encoding, errors, lambda size: None))
            lines = whole_lines(split_blocks(blocks), name)
            if is_json(head, name) and not plain_text:
                texts = (f"{block}\n" if ends_line else block for block, ends_line in blocks)
                yield from rows_of_json(head, texts, lines, name, fields, errors)
            elif None not in fields:
                yield from rows_of_csv(head, lines, name, fields, missing)  # type: ignore[arg-type]
            else:
                if not plain_text:
                    refuse_other_text(head, name)
                yield from (Row(number, f"{name}: line {number}", [line]) for number, line in enumerate(lines, 1))
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from error
