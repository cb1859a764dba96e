"""Every line of the tables in docs/guides/inputs.md, run as it is."""

from __future__ import annotations

import gzip
import importlib
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy
import pytest

from wordvec import Corpus
from wordvec.errors import CorpusError

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "inputs.md"
ROW = re.compile(r"^\| .* \| `(Corpus\..*)` \|$", re.MULTILINE)
CALLS = ROW.findall(GUIDE.read_text(encoding="utf-8")) if GUIDE.exists() else []
MODULES = {
    "pandas": "pandas",
    "polars": "polars",
    "pyarrow": "pyarrow",
    "parquet": "pyarrow.parquet",
    "dataset": "pyarrow.dataset",
    "datasets": "datasets",
    "sklearn": "sklearn.utils",
    "dask_frame": "dask.dataframe",
    "duckdb": "duckdb",
}
TEXTS = ["a rose is a rose", "a cat is a cat"]
TOKENS = [text.split() for text in TEXTS]


@pytest.fixture(scope="module")
def names():
    """What the tables' lines use, but for the packages."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT 1 AS id, ? AS text UNION ALL SELECT 2, ?", TEXTS).fetchall()
    return {"Corpus": Corpus, "texts": TEXTS, "tokens": TOKENS, "io": io, "numpy": numpy, "sqlite_rows": rows}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The files that the lines read, in the current folder."""
    monkeypatch.chdir(tmp_path)
    lines = "".join(f"{text}\n" for text in TEXTS)
    Path("texts.txt").write_text(lines, encoding="utf-8")
    Path("texts.txt.gz").write_bytes(gzip.compress(lines.encode()))
    Path("texts.csv").write_text("id,text\n" + "".join(f"{i},{text}\n" for i, text in enumerate(TEXTS)))
    records = [json.dumps({"id": i, "text": text}) for i, text in enumerate(TEXTS)]
    Path("texts.jsonl").write_text("\n".join(records) + "\n")


def with_package(names, call):
    """The names with the packages that a call needs; skips where one is missing."""
    found = dict(names)
    for name, module in MODULES.items():
        if re.search(rf"\b{name}\b[.\[,]", call):
            loaded = pytest.importorskip(module)
            found[name] = importlib.import_module(module.partition(".")[0]) if name == "sklearn" else loaded
    if "dask_frame" in found:
        import pandas

        found["dask_frame"] = found["dask_frame"].from_pandas(pandas.DataFrame({"text": TEXTS}), npartitions=2)
    if ".parquet" in call:
        parquet = pytest.importorskip("pyarrow.parquet")
        table = importlib.import_module("pyarrow").table({"text": TEXTS, "tokens": TOKENS})
        parquet.write_table(table, "texts.parquet")
    return found


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of other projects
def test_the_line_gives_the_corpus(names, files, call):
    corpus = eval(call, with_package(names, call))
    assert list(corpus.sentences()) == TOKENS
    assert corpus.vocabulary.words == ["a", "cat", "is", "rose"]


def test_the_tables_were_found():
    if not GUIDE.exists():
        pytest.skip("the guides are not part of this distribution")
    assert len(CALLS) >= 40


@pytest.mark.parametrize(
    "given, field, message",
    [
        ({"text": TEXTS}, "words", "dict: no column 'words'; it has: text"),
        ({}, "words", "dict: no column 'words'; it is empty"),
        ({"text": "a rose"}, "text", "column 'text' is a str; a list of texts was expected"),
        ({"text": {"a", "b"}}, "text", "column 'text' is a set"),
        ({"text": 7}, "text", "column 'text' is a int"),
        ({"text": TEXTS}, None, r"give its values\(\), or name the column"),
        ({"text": [1, 2]}, "text", "row 1: field 'text': text expected, got int 1"),
    ],
)
def test_dictionaries_of_columns_that_are_none(given, field, message):
    with pytest.raises(CorpusError, match=message):
        Corpus.from_texts(given, field=field)


def test_missing_values_in_a_column_are_left_out_and_told(capsys):
    corpus = Corpus.from_texts({"text": [TEXTS[0], None, TEXTS[1]]}, field="text", min_count=1)
    assert capsys.readouterr().err.startswith("wordvec: dict: 1 of 3 records hold no text")
    assert list(corpus.sentences()) == TOKENS


def test_a_lazy_frame_without_the_column():
    polars = pytest.importorskip("polars")
    with pytest.raises(CorpusError, match=r"polars LazyFrame: no column 'text'; it has: a"):
        Corpus.from_texts(polars.LazyFrame({"a": TEXTS}), field="text")
    with pytest.raises(CorpusError, match="say which column holds the text"):
        Corpus.from_texts(polars.LazyFrame({"a": TEXTS}))


def test_places_in_chunks_are_told():
    pandas = pytest.importorskip("pandas")
    chunks = [pandas.DataFrame({"text": TEXTS}), pandas.DataFrame({"text": [TEXTS[0], 7]})]
    with pytest.raises(CorpusError, match="table 2 of them, pandas DataFrame: row 2"):
        Corpus.from_texts(chunks, field="text", min_count=1, strict=True)


def test_records_of_other_kinds_and_what_is_none():
    records = numpy.array([(1, TEXTS[0]), (2, TEXTS[1])], [("id", int), ("text", "U50")])
    assert list(Corpus.from_texts(records, field="text", min_count=1).sentences()) == TOKENS
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": TEXTS})
    rows = (row for _, row in frame.iterrows())
    assert list(Corpus.from_texts(rows, field="text", min_count=1).sentences()) == TOKENS
    with pytest.raises(CorpusError, match="no field 'txt'; it has: Index, text"):
        Corpus.from_texts(frame.itertuples(), field="txt", min_count=1, strict=True)
    with pytest.raises(CorpusError, match=r"rows of one column give the column: \(row\[0\] for row in rows\)"):
        Corpus.from_texts([(text,) for text in TEXTS])
    pyarrow = pytest.importorskip("pyarrow")
    with pytest.raises(CorpusError, match="for tables say which column holds the text") as caught:
        Corpus.from_texts(pyarrow.table({"text": TEXTS}).to_batches(1))
    assert "\n" not in str(caught.value)
    with pytest.raises(CorpusError, match="a dictionary was expected"):
        Corpus.from_texts([("a", "b")], field="text")


def test_an_arrow_stream_of_another_package():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"text": TEXTS, "tokens": TOKENS})

    class Relation:
        def __arrow_c_stream__(self, requested_schema=None):
            return table.__arrow_c_stream__(requested_schema)

    assert list(Corpus.from_texts(Relation(), field="text", min_count=1).sentences()) == TOKENS
    assert list(Corpus.from_sentences(Relation(), field="tokens").sentences()) == TOKENS
    with pytest.raises(CorpusError, match="Relation: no column 'txt'"):
        Corpus.from_texts(Relation(), field="txt")
    with pytest.raises(CorpusError, match="say which column"):
        Corpus.from_texts(Relation())
