from __future__ import annotations

import json

import pytest

from wordvec.corpus.read.document_texts import DocumentTexts
from wordvec.errors import CorpusError, OptionError


def test_lines_of_text_are_numbered(tmp_path):
    (tmp_path / "a.txt").write_text("One.\n\nThree.\r\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Four.", encoding="utf-8")
    documents = DocumentTexts([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert list(documents) == ["One.", "", "Three.", "Four."]
    assert documents.ids == ["1", "2", "3", "4"] and documents.missing == 0
    assert len(list(documents)) == 4 and len(documents.ids) == 4  # once more


RECORDS = [{"id": 7, "text": "One.\nTwo."}, {"id": "b", "text": "Ünë"}, {"id": "c", "text": None}]


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "parquet"])
def test_records_keep_their_ids(tmp_path, form, capsys):
    path = tmp_path / f"docs.{form}"
    if form == "jsonl":
        path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="utf-8")
    elif form == "json":
        path.write_text(json.dumps(RECORDS, indent=1), encoding="utf-8")
    elif form == "csv":
        path.write_text('id,text\n7,"One.\nTwo."\nb,Ünë\nc,\n', encoding="utf-8")
    else:
        pyarrow = pytest.importorskip("pyarrow", reason="reads Parquet (extra 'arrow')")
        from pyarrow import parquet

        columns = {"id": ["7", "b", "c"], "text": [record["text"] for record in RECORDS]}
        parquet.write_table(pyarrow.table(columns), path)
    documents = DocumentTexts([path], field="text", id_field="id")
    assert list(documents) == ["One.\nTwo.", "Ünë", ""]
    assert documents.ids == ["7", "b", "c"] and documents.missing == 1
    assert "1 of 3 documents hold no text; their rows are zero" in capsys.readouterr().err
    assert list(DocumentTexts([path], field="text")) == ["One.\nTwo.", "Ünë", ""]


def test_ids_of_parquet_may_be_numbers(tmp_path):
    pyarrow = pytest.importorskip("pyarrow", reason="reads Parquet (extra 'arrow')")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"id": [3, 4], "text": ["a", "b"]}), tmp_path / "d.parquet")
    documents = DocumentTexts([tmp_path / "d.parquet"], field="text", id_field="id")
    assert list(documents) == ["a", "b"] and documents.ids == ["3", "4"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": 1, "text": "a"}\n{"id": 1, "text": "b"}\n', "line 2: the id '1' appears twice, first at .*line 1"),
        ('{"id": 1, "text": "a"}\n{"text": "b"}\n', "line 2: no field 'id'"),
        ('{"id": 1, "text": "a"}\n{"id": null, "text": "b"}\n', "line 2: field 'id': text or a whole number expected"),
        ('{"id": 1.5, "text": "a"}\n', "text or a whole number expected, got 1.5"),
        ('{"id": 1, "text": "a"}\n{"id": 2, "text": 5}\n', "line 2: field 'text': text expected, got int 5"),
        ('{"id": 1, "text": "a"}\n{broken\n', "line 2: is not JSON"),
        ("id,text\n1,a\n2\n", "line 3: 1 cells in the row, 2 expected"),
    ],
)
def test_bad_records_are_refused_with_their_place(tmp_path, text, message):
    path = tmp_path / ("docs.csv" if text.startswith("id") else "docs.jsonl")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        list(DocumentTexts([path], field="text", id_field="id"))


def test_what_is_no_document_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n1,a\n2,b\n3,c\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="say which column holds the text"):
        list(DocumentTexts([tmp_path / "a.csv"]))
    with pytest.raises(OptionError, match="name the field of their text, too"):
        DocumentTexts([tmp_path / "a.csv"], id_field="id")
    with pytest.raises(CorpusError, match="not from standard input"):
        list(DocumentTexts(["-"]))
    with pytest.raises(CorpusError, match="no such file or folder"):
        list(DocumentTexts([tmp_path / "none"]))
    (tmp_path / "a.txt").write_bytes(b"good\n\xff\xfe bad\n")
    with pytest.raises(CorpusError, match="byte 5"):
        list(DocumentTexts([tmp_path / "a.txt"]))
    assert len(list(DocumentTexts([tmp_path / "a.txt"], encoding_errors="replace"))) == 2


def test_what_was_replaced_in_documents_is_told(tmp_path, capsys):
    (tmp_path / "a.txt").write_bytes(b"caf\xe9\nd\xef\xbf\xbdj\n")
    (tmp_path / "b.csv").write_bytes(b"id,text\n\xe9,caf\xe9\n")
    assert list(DocumentTexts([tmp_path / "a.txt"], encoding_errors="replace")) == ["caf\ufffd", "d\ufffdj"]
    said = capsys.readouterr().err
    assert "1 place where the text is not utf-8 became" in said
    assert "1 place where the text itself holds" in said
    assert list(DocumentTexts([tmp_path / "a.txt"], encoding_errors="replace", whole_files=True))
    assert "1 place where the text is not utf-8 became" in capsys.readouterr().err
    documents = DocumentTexts([tmp_path / "b.csv"], "text", "id", encoding_errors="replace")
    assert (list(documents), documents.ids) == (["caf\ufffd"], ["\ufffd"])
    assert "2 places where the text is not utf-8 became" in capsys.readouterr().err


@pytest.mark.parametrize("errors", ["strict", "replace"])
def test_lists_within_lists_are_refused_however_deep(tmp_path, errors):
    (tmp_path / "a.jsonl").write_text('{"text": ' + "[" * 900 + "]" * 900 + "}\n")
    with pytest.raises(CorpusError):
        list(DocumentTexts([tmp_path / "a.jsonl"], "text", encoding_errors=errors))
