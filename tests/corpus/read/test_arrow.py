import builtins
import gzip
import io
import os
import random
import sys
from unittest import mock

import numpy as np
import pytest
from fresh_files import write_anew
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import Corpus, read_lines
from wordvec.corpus.read import arrow
from wordvec.corpus.read.arrow import table_kind, values_of_file
from wordvec.corpus.read.sources import as_files, as_texts, is_table
from wordvec.errors import CorpusError, MissingExtraError

pa = pytest.importorskip("pyarrow", reason="reads Parquet and Arrow: the extra arrow")
parquet = pytest.importorskip("pyarrow.parquet")

TEXTS = ["one\ntwo", None, "셋\r\nfour", ""]
LINES = ["one", "two", "셋", "four", ""]


def table_of(texts):
    columns = {"id": range(len(texts)), "text": texts, "page": [{"body": text} for text in texts], "a.b": texts}
    kinds = {"id": pa.int64(), "text": pa.string(), "page": pa.struct([("body", pa.string())]), "a.b": pa.string()}
    return pa.table({name: pa.array(values, kinds[name]) for name, values in columns.items()})


def write(path, kind, table):
    if kind == "Parquet":
        parquet.write_table(table, path, row_group_size=3)
    else:
        open_writer = pa.ipc.new_file if kind == "Arrow" else pa.ipc.new_stream
        with open_writer(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=3)
    return path


@pytest.fixture(params=["Parquet", "Arrow", "Arrow stream"])
def kind(request):
    return request.param


@pytest.mark.parametrize("field", ["text", "page.body", "a.b"])
def test_columns_of_files(tmp_path, kind, field, capsys):
    path = write(str(tmp_path / "any.name"), kind, table_of(TEXTS))
    seen = []
    assert list(read_lines(path, field=field, on_bytes=seen.append)) == LINES
    assert sum(seen) == (tmp_path / "any.name").stat().st_size
    assert f"any.name: 1 of 4 records hold no text (null) in '{field}'" in capsys.readouterr().err
    assert list(read_lines(as_files([tmp_path]), field=field)) == LINES


def test_files_of_feather(tmp_path):
    feather = pytest.importorskip("pyarrow.feather")
    feather.write_feather(table_of(TEXTS), str(tmp_path / "text.feather"), compression="zstd")
    assert list(read_lines(tmp_path, field="text")) == LINES


@given(texts=st.lists(st.none() | st.text(max_size=30), max_size=20), kind=st.sampled_from(sorted(arrow.MAGIC)))
@settings(max_examples=40, deadline=None)
def test_every_text_comes_back(tmp_path_factory, texts, kind):
    if kind == "Feather version 1":
        return
    path = write(str(tmp_path_factory.mktemp("table") / "table"), kind, table_of(texts))
    expected = list(read_lines(as_texts([text for text in texts if text is not None])))
    with mock.patch.object(arrow, "BATCH_ROWS", 4):
        assert list(read_lines(path, field="text")) == expected


class Counted(io.FileIO):
    """A file that knows how many bytes were read from it."""

    bytes_read = 0

    def read(self, size=-1):
        data = super().read(size)
        self.bytes_read += len(data)
        return data


def test_rows_are_read_when_they_are_needed(tmp_path, kind):
    path = str(tmp_path / "table")
    texts = [f"text {number}" + random.Random(number).randbytes(500).hex() for number in range(4000)]
    if kind == "Parquet":
        parquet.write_table(table_of(texts), path, row_group_size=100)
    else:
        with (pa.ipc.new_file if kind == "Arrow" else pa.ipc.new_stream)(path, table_of([]).schema) as writer:
            writer.write_table(table_of(texts), max_chunksize=100)
    with Counted(path) as file:
        values = values_of_file(file, kind, "table", "text", "strict", lambda size: None)
        assert next(values) == (texts[0], "table: row 1")
        assert file.bytes_read < 0.2 * os.path.getsize(path)
        assert [value for value, _ in values] == texts[1:]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (
            None,
            r"say which column holds the text, such as field='text' \(--field text\); it has: id \(int64\), text",
        ),
        ("body", r"no column 'body'; it has: id \(int64\)"),
        ("page.title", r"no column 'page\.title'"),
        ("id", "column 'id': holds int64, but text"),
        ("page", "column 'page': holds struct"),
        ("tokens", "column 'tokens': holds list<.*: double>, but text .* or lists of text or of whole numbers"),
    ],
)
def test_columns_that_cannot_be_read(tmp_path, kind, field, message):
    table = table_of(TEXTS).append_column("tokens", pa.array([[0.5]] * 4))
    path = write(str(tmp_path / "table"), kind, table)
    with pytest.raises(CorpusError, match=r"table: " + message):
        list(read_lines(path, field=field))
    with pytest.raises(CorpusError, match=message):
        list(read_lines(table, field=field))


def test_two_columns_of_one_name_are_not_guessed(tmp_path):
    table = pa.table([["a"], ["b"]], names=["text", "text"])
    with pytest.raises(CorpusError, match="several columns called 'text'"):
        list(read_lines(write(str(tmp_path / "twice"), "Arrow", table), field="text"))


def test_a_file_that_is_cut_off_is_named(tmp_path, kind):
    path = tmp_path / "cut"
    write(str(path), kind, table_of([f"text {i}" for i in range(100)]))
    data = path.read_bytes()
    for end in (len(data) // 2, len(data) - 20):
        write_anew(path, data[:end])
        with pytest.raises(CorpusError, match=rf"cut: damaged or cut off: not readable as {kind} .*; fetch it again"):
            list(read_lines(path, field="text"))


def test_bytes_in_columns_are_decoded_and_bad_ones_named(tmp_path):
    table = pa.table({"text": pa.array([b"caf\xc3\xa9", b"caf\xe9"], pa.binary())})
    for path in (write(str(tmp_path / kind), kind, table) for kind in ("Parquet", "Arrow")):
        with pytest.raises(CorpusError, match=r"row 2: byte 3 \(0xe9\) is not UTF-8: .*--encoding-errors replace"):
            list(read_lines(path, field="text"))
        assert list(read_lines(path, field="text", encoding_errors="replace")) == ["café", "caf�"]
    wrong = pa.Array.from_buffers(pa.string(), 2, table["text"].chunk(0).buffers())  # called text, and is not
    with pytest.raises(CorpusError, match=r"row 2: byte 3 \(0xe9\) is not UTF-8"):
        list(read_lines(as_texts(wrong)))


@pytest.mark.parametrize(
    "make",
    [
        lambda table: table["text"],
        lambda table: table["text"].chunk(0),
        lambda table: table["text"].dictionary_encode(),
        lambda table: table["text"].cast(pa.large_string()),
        lambda table: pa.chunked_array([["one\ntwo"], [], [None, "셋\r\nfour", ""]]),
    ],
)
def test_columns_of_text_are_read_by_themselves(make):
    column = make(table_of(TEXTS))
    assert is_table(column)
    assert list(read_lines(as_texts(column))) == LINES
    with pytest.raises(CorpusError, match="is one column and has no field 'text'"):
        list(read_lines(column, field="text"))


def test_tables_batches_and_streams():
    table = table_of(TEXTS)
    for source in (table, table.to_batches()[0], table.to_reader()):
        assert list(read_lines(source, field="page.body")) == LINES
    with pytest.raises(CorpusError, match="holds int64, but text"):
        list(read_lines(as_texts(table["id"])))
    with pytest.raises(CorpusError, match="a table or a column of text was expected"):
        list(read_lines(as_texts(pa.scalar("text"))))


def test_a_stream_through_standard_input(tmp_path, monkeypatch):
    write(str(tmp_path / "s"), "Arrow stream", table_of(TEXTS))
    stream = io.BufferedReader(io.BytesIO((tmp_path / "s").read_bytes()))
    stream.seekable = lambda: False
    monkeypatch.setattr(sys, "stdin", mock.Mock(buffer=stream))
    assert list(read_lines("-", field="text")) == LINES


def test_packed_tables_say_so(tmp_path):
    write(str(tmp_path / "t"), "Parquet", table_of(TEXTS))
    (tmp_path / "t").write_bytes(gzip.compress((tmp_path / "t").read_bytes()))
    with pytest.raises(CorpusError, match="holds Parquet data that are packed or come through a pipe; unpack it"):
        list(read_lines(tmp_path, field="text"))


def test_text_that_begins_like_a_table_is_text(tmp_path):
    (tmp_path / "gene.txt").write_text("PAR1 is a gene\nARROW1", encoding="utf-8")
    assert list(read_lines(tmp_path)) == ["PAR1 is a gene", "ARROW1"]
    assert table_kind(b"FEA1\0\0\0\0") == "Feather version 1"
    (tmp_path / "gene.txt").write_bytes(b"FEA1\0\0\0\0")
    with pytest.raises(CorpusError, match=r"is Feather version 1, .* write it again as version 2"):
        list(read_lines(tmp_path, field="text"))


def test_without_pyarrow_the_extra_is_named(tmp_path, kind, monkeypatch):
    path = write(str(tmp_path / "t"), kind, table_of(TEXTS))
    real_import = builtins.__import__

    def no_pyarrow(name, *arguments, **options):
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", no_pyarrow)
    with pytest.raises(MissingExtraError, match=r"reading .*t needs pyarrow.*wordvec\[arrow\]"):
        list(read_lines(path, field="text"))


def lying_stream(tmp_path, old, new):
    """An Arrow stream of two texts, with some of its bytes replaced; the whole file is written anew."""
    table = pa.table({"text": ["one two", "three four"]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue().to_pybytes()
    assert content.count(old) == 1
    path = tmp_path / "lies.arrow"
    path.write_bytes(content.replace(old, new))
    return path


@pytest.mark.parametrize("end", [2**30, -5, 3])
def test_offsets_that_lie_do_not_lead_into_foreign_memory(tmp_path, end):
    offsets = np.array([0, 7, 17], "<i4").tobytes()
    lies = np.array([0, end, 17 if end != 3 else 1], "<i4").tobytes()
    with pytest.raises(CorpusError, match="damaged or cut off"):
        Corpus.from_files([lying_stream(tmp_path, offsets, lies)], field="text", min_count=1)


def test_a_name_of_a_column_that_is_not_utf8_is_damage(tmp_path):
    path = lying_stream(tmp_path, b"text", b"\xfft\xfft")
    with pytest.raises(CorpusError, match="damaged or cut off"):
        Corpus.from_files([path], field="text", min_count=1)


def test_a_log_with_a_row_for_each_event_is_to_be_gathered(tmp_path):
    parquet.write_table(pa.table({"item": [7, 8, 7]}), tmp_path / "log.parquet")
    with pytest.raises(CorpusError, match=r"holds int64, but .*; of a log .* gather"):
        list(read_lines(tmp_path / "log.parquet", field="item"))
