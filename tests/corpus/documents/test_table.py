"""Tables of metadata, and which row is of which file."""

import json
import unicodedata
from pathlib import Path

import pytest

from wordvec.corpus import Corpus
from wordvec.corpus.documents.reading import match_rows
from wordvec.corpus.documents.table import Row, column_of_paths, read_table
from wordvec.errors import CorpusError, OptionError

EXPECTED = [{"path": "a.txt", "year": "1850", "author": "Bell, C."}, {"path": "b.txt", "year": "1851", "author": None}]


@pytest.mark.parametrize(
    "content",
    [
        'path,year,author\na.txt,1850,"Bell, C."\nb.txt,1851,\n',
        "\ufeffpath;year;author\r\na.txt;1850;Bell, C.\r\n\r\nb.txt;1851;\r\n",
        "path\tyear\tauthor\na.txt\t1850\tBell, C.\nb.txt\t1851\t \n",
        "sep=;\r\npath;year;author;;\r\na.txt;1850;Bell, C.;;\r\nb.txt;1851;;;\r\n",
        '[\n {"path": "a.txt", "year": "1850", "author": "Bell, C."},\n {"path": "b.txt", "year": "1851"}\n]',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tables_with_delimiters(tmp_path, content, encoding):
    if encoding == "utf-16":
        content = content.removeprefix("\ufeff")
    (tmp_path / "table").write_bytes(content.encode(encoding))
    assert [row.values for row in read_table(tmp_path / "table")] == EXPECTED


def test_json_lines_and_parquet(tmp_path):
    (tmp_path / "t.jsonl").write_text('{"path": "a", "year": 1850}\n\n{"path": "b", "open": true}\n')
    rows = read_table(tmp_path / "t.jsonl")
    assert [row.values for row in rows] == [
        {"path": "a", "year": 1850, "open": None},
        {"path": "b", "year": None, "open": True},
    ]
    assert rows[1].where.endswith("line 3")
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"path": ["a"], "year": [1850.0]}), tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet")[0].values == {"path": "a", "year": 1850}
    table = pyarrow.table({"path": ["a", "b"], "year": [1850, None]})
    for made in (pyarrow.ipc.new_file, pyarrow.ipc.new_stream):  # Feather is the first
        with made(str(tmp_path / "t.arrow"), table.schema) as sink:
            sink.write_table(table)
        assert [row.values["year"] for row in read_table(tmp_path / "t.arrow")] == [1850, None]
        (tmp_path / "t.arrow").write_bytes((tmp_path / "t.arrow").read_bytes()[:60])
        with pytest.raises(CorpusError, match="damaged or cut off: not readable as Arrow"):
            read_table(tmp_path / "t.arrow")


def test_columns_called_alike_and_dates_that_python_has_none_for(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    far = pyarrow.array([10**15], pyarrow.timestamp("ms"))
    for columns, names, message in (
        ([["a"], [1], [2]], ["path", "year", "year"], "has the column 'year' twice"),
        ([["a"], far], ["path", "when"], "holds a value that cannot be read"),
    ):
        table = pyarrow.Table.from_arrays([pyarrow.array(values) for values in columns], names)
        with pyarrow.ipc.new_file(str(tmp_path / "t.arrow"), table.schema) as sink:
            sink.write_table(table)
        with pytest.raises(CorpusError, match=message):
            read_table(tmp_path / "t.arrow")


@pytest.mark.parametrize(
    "content, message",
    [
        (b"path,year\na.txt,\xff\n", "byte 16 is not UTF-8; save the table as UTF-8"),
        (b"path,year\na.txt,1850,x\n", "line 2: 3 cells in the row, 2 expected"),
        (b"path,year,year\na.txt,1,2\n", "the column 'year' twice"),
        (b"path,year,\na.txt,1,\nb.txt,2,x\n", "line 3: 'x' is in a column without a name"),
        (b"sep=;\npath;year\na.txt;1\nb.txt;1;2\nc.txt;1\n", "line 4: 3 cells"),
        (b"PK\x03\x04\x14", "is a workbook of a spreadsheet; save its sheet as CSV UTF-8"),
        (b"\xff\xfe\x00", "is not UTF-16"),
        (b'[{"path": "a"}, 3]', "object 2: an object such as"),
        (b'[{"path": "a"}', "is not JSON"),
        (b"path,year\n", "has no rows"),
        (b" \n", "is empty"),
        (b"only one column\nhere\n", "a row of names"),
        (b'{"path": ["a"]}\n{"path": "b"}', "line 1: path: metadata is text"),
        (b'{"path": "a"}\n{"path"\n', "line 2: is not JSON"),
    ],
)
def test_what_is_no_table(tmp_path, content, message):
    (tmp_path / "table").write_bytes(content)
    with pytest.raises(CorpusError, match=message):
        read_table(tmp_path / "table")


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(CorpusError, match="cannot be read: No such file"):
        read_table(tmp_path / "table.csv")


def rows_of(*names, column="path"):
    return [Row(f"t: line {number}", {column: name, "year": 1850 + number}) for number, name in enumerate(names, 2)]


def test_the_column_of_paths():
    assert column_of_paths(rows_of("a", column="File"), None, "t") == "File"
    assert column_of_paths(rows_of("a", column="Datei"), None, "t") == "Datei"
    assert column_of_paths(rows_of("a", column="id"), "id", "t") == "id"
    with pytest.raises(CorpusError, match=r"no column is called path or file.*id, year"):
        column_of_paths(rows_of("a", column="id"), None, "t")
    with pytest.raises(CorpusError, match="no column 'x'; it has: id, year"):
        column_of_paths(rows_of("a", column="id"), "x", "t")


@pytest.mark.parametrize(
    "named",
    ["sub/été.txt", "sub\\été.txt", "été.txt", "été", unicodedata.normalize("NFD", "sub/été.txt"), "./sub/été.txt"],
)
def test_ways_to_name_a_file(named):
    files = [Path("/r/sub/été.txt"), Path("/r/b.txt")]
    found = match_rows(rows_of("b.txt", named), "path", files, Path("/r"), Path("/r/t.csv"))
    assert found == [{"year": 1853}, {"year": 1852}]


def test_capitals_and_small_letters(capsys):
    files = [Path("/r/A.txt"), Path("/r/sub/B.txt"), Path("/r/c.txt"), Path("/r/C.txt")]
    found = match_rows(rows_of("a.TXT", "SUB/b.txt", "c.txt"), "path", files, Path("/r"), Path("/r/t.csv"))
    assert found == [{"year": 1852}, {"year": 1853}, {"year": 1854}, {"year": None}]
    match_rows(rows_of("a.txt", "sub/b.txt", "c.TXT"), "path", files, Path("/r"), Path("/r/t.csv"))
    assert "several files match c.TXT" in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["C:\\Users\\me\\texts\\", "/Users/me/texts/", "d:/texts/"])
def test_paths_of_another_machine(folder, capsys):
    files = [Path("/r/a.txt"), Path("/r/sub/b.txt"), Path("/r/other/b.txt")]
    rows = rows_of(*(f"{folder}{name}" for name in ("a.txt", "sub\\b.txt", "other\\b.txt", "c.txt")))
    found = match_rows(rows, "path", files, Path("/r"), Path("t.csv"))
    assert found == [{"year": 1852}, {"year": 1853}, {"year": 1854}]
    err = capsys.readouterr().err
    assert f"the parts after {folder.replace(chr(92), '/')} are looked up here" in err
    assert "1 row matches no file" in err
    with pytest.raises(CorpusError, match="no row matches a file"):
        match_rows(rows_of(f"{folder}x.txt"), "path", files, Path("/r"), Path("t.csv"))


def test_files_without_rows_and_rows_without_files_are_named(capsys):
    files = [Path("/r/a.txt"), Path("/r/b.txt"), Path("/r/x/c.txt"), Path("/r/y/c.txt")]
    rows = rows_of("a.txt", "nowhere.txt", "c.txt")  # two files are called c.txt: which of them is not guessed
    found = match_rows(rows, "path", files, Path("/r"), Path("t.csv"))
    assert found == [{"year": 1852}, {"year": None}, {"year": None}, {"year": None}]
    assert capsys.readouterr().err.splitlines() == [
        "wordvec: t.csv: 3 files have no row in it: b.txt, x/c.txt, y/c.txt",
        "wordvec: t.csv: 1 row matches no file: nowhere.txt",
        "wordvec: t.csv: several files match c.txt: write more of the path",
    ]
    with pytest.raises(CorpusError, match=r"3 files have no row in it: b.txt.*; 1 row matches no file"):
        match_rows(rows, "path", files, Path("/r"), Path("t.csv"), strict=True)


def test_rows_that_cannot_be_right():
    files = [Path("/r/a.txt")]
    with pytest.raises(CorpusError, match=r"line 3: /r/a.txt already has a row, t: line 2"):
        match_rows(rows_of("a.txt", "a"), "path", files, Path("/r"), Path("t.csv"))
    with pytest.raises(CorpusError, match="line 2: the column 'path' is empty"):
        match_rows(rows_of(None), "path", files, Path("/r"), Path("t.csv"))
    with pytest.raises(CorpusError, match=r"no row matches a file: the column 'path' says 'b', the first"):
        match_rows(rows_of("b"), "path", files, Path("/r"), Path("t.csv"))


def test_json_numbers_and_dates_stay(tmp_path):
    (tmp_path / "t.jsonl").write_text(json.dumps({"path": "a", "share": 0.5, "n": 10**12}))
    assert read_table(tmp_path / "t.jsonl")[0].values == {"path": "a", "share": 0.5, "n": 10**12}


NAMED = "path,author\na.txt,{}\n"


@pytest.mark.parametrize(
    ("author", "encoding", "given"),
    [
        ("Zoë", "latin-1", "latin-1"),
        ("김소월", "cp949", "cp949"),
        ("김소월", "utf-16-le", "utf-16-le"),
        ("Zoe", "utf-8", "utf-16"),
        ("김소월", "iso2022_kr", "iso2022_kr"),
        ("Zoë", "utf-16", "latin-1"),
        ("Zoë", "utf-32", "utf-32"),
        ("Zoë", "utf-8-sig", "cp949"),
    ],
)
def test_a_table_in_the_encoding_of_the_texts_or_in_utf_8(tmp_path, capsys, author, encoding, given):
    (tmp_path / "table.csv").write_bytes(NAMED.format(author).encode(encoding))
    assert read_table(tmp_path / "table.csv", given)[0].values == {"path": "a.txt", "author": author}
    told = (
        "table.csv: is UTF-8, and read as that, not as the cp949 of the texts (--encoding)" in capsys.readouterr().err
    )
    assert told == (encoding == "utf-8-sig")


@pytest.mark.parametrize(
    ("author", "encoding", "given", "message"),
    [
        (
            "Zoë",
            "latin-1",
            "utf-8",
            "byte 20 is not UTF-8; save the table as UTF-8 .*, or give --encoding if the",
        ),
        ("\u201cZoë\u201d", "cp1252", "latin-1", "is not text in latin-1 but .*: read it with --encoding cp1252"),
        (
            "Zoë",
            "utf-16-le",
            "utf-8",
            "is not text: byte 1 is 0; read it with --encoding utf-16-le, or write it",
        ),
        ("Zoë", "latin-1", "cp949", "byte 20 is not cp949; save the table as UTF-8"),
    ],
)
def test_a_table_in_another_encoding_is_refused(tmp_path, author, encoding, given, message):
    (tmp_path / "table.csv").write_bytes(NAMED.format(author).encode(encoding))
    with pytest.raises(CorpusError, match=message):
        read_table(tmp_path / "table.csv", given)


def test_what_is_replaced_in_a_table_is_told(tmp_path, capsys):
    (tmp_path / "a.txt").write_bytes(b"tea caf\xe9\n")
    (tmp_path / "table.csv").write_bytes(NAMED.format("Zoë").encode("latin-1"))
    options = {"encoding_errors": "replace", "min_count": 1}
    corpus = Corpus.from_documents(tmp_path, tmp_path / "table.csv", **options)
    assert corpus.documents.metadata(0) == {"author": "Zo\ufffd"}
    said = capsys.readouterr().err
    assert f"1 place where the table {tmp_path / 'table.csv'} is not utf-8 became \ufffd, such as in" in said
    assert "1 place where the text is not utf-8 became" in said
    corpus = Corpus.from_documents(tmp_path, tmp_path / "table.csv", encoding="latin-1", min_count=1)
    assert (corpus.documents.metadata(0), "café" in corpus.vocabulary) == ({"author": "Zoë"}, True)


def test_an_encoding_that_does_not_exist_is_named_before_the_table_is_read(tmp_path):
    with pytest.raises(OptionError, match="encoding 'latin-99' is not known to Python"):
        read_table(tmp_path / "table.csv", "latin-99")
