"""Reads several fields of each record in a file: its text, and an id, tags or metadata."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from wordvec.corpus.read.arrow import rows_of_file, table_kind
from wordvec.corpus.read.decoding import blocks_of_text, whole_lines
from wordvec.corpus.read.missing import Row
from wordvec.corpus.read.readers import refuse_other_text, split_blocks, with_head
from wordvec.corpus.read.sniffing import is_json
from wordvec.corpus.read.structured import MISSING, rows_of_csv, rows_of_json
from wordvec.errors import CorpusError


def read_fields(
    path: Path, fields: Sequence[str | None], encoding: str, errors: str, missing: Collection[str] = MISSING
) -> Iterator[Row]:
    r"""Yield the values of `fields`, the text's first, in each record of a JSON, CSV, TSV, Parquet or Arrow file.

    A single field None means the lines of plain text, or JSON texts outside records. CSV cells whose text is in
    `missing` become None. Raises CorpusError for a file that is unreadable, damaged or of another kind, and for a
    missing column.

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
            if is_json(head, name):
                texts = (f"{block}\n" if ends_line else block for block, ends_line in blocks)
                yield from rows_of_json(head, texts, lines, name, fields, errors)
            elif None not in fields:
                yield from rows_of_csv(head, lines, name, fields, missing)  # type: ignore[arg-type]
            else:
                refuse_other_text(head, name)
                yield from (Row(number, f"{name}: line {number}", [line]) for number, line in enumerate(lines, 1))
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read: {error.strerror or error}") from error
