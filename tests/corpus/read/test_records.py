import bz2
import csv
import gzip
import io
import json
import lzma
import re
import sys
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import Corpus, read_lines
from wordvec.corpus.read.records import block_of
from wordvec.corpus.read.sources import as_texts, is_table
from wordvec.errors import CorpusError, OptionError

# No surrogates: they are no text. Everything else may stand in a JSON string.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
RECORDS = st.lists(st.fixed_dictionaries({"text": TEXT, "id": st.integers(), "more": st.none() | TEXT}), max_size=8)


def lines_of_file(text):
    """The lines of a document as a text file of it would have them."""
    return [line.rstrip("\n") for line in io.StringIO(text, newline=None)] or [""]


@given(
    records=RECORDS,
    ascii_only=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    compress=st.sampled_from([bytes, gzip.compress, bz2.compress, lzma.compress]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=100, deadline=None)
def test_json_lines_give_the_lines_of_their_documents(
    tmp_path_factory, records, ascii_only, encoding, compress, line_end
):
    path = tmp_path_factory.mktemp("records") / "any.name"
    content = "".join(json.dumps(record, ensure_ascii=ascii_only) + line_end for record in records)
    path.write_bytes(compress(content.encode(encoding)))
    expected = [line for record in records for line in lines_of_file(record["text"])]
    assert list(read_lines(path, encoding=encoding, field="text")) == expected
    assert list(read_lines(records, field="text")) == expected  # dictionaries are read alike


@given(TEXT)
@settings(deadline=None)
def test_a_document_has_the_lines_of_a_file(text):
    assert block_of(text).split("\n") == lines_of_file(text)


def test_a_field_that_is_there_twice_is_not_read_as_its_last(tmp_path, capsys):
    two = ['{"text": "one", "text": "two"}', '{"text": "a \\"text\\" here", "of": {"text": "b"}}']
    for name, text in {"a.jsonl": "\n".join(two), "b.json": f"[{two[0]}, {two[1]}]"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert list(read_lines(tmp_path / name, field="text")) == ['a "text" here']
        assert "the key 'text' is there twice" in capsys.readouterr().err
        with pytest.raises(CorpusError, match="the key 'text' is there twice"):
            list(read_lines(tmp_path / name, field="text", strict=True))


def test_json_lines_from_folders_patterns_and_standard_input(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n\n  \n{"text": "two"}', encoding="utf-8")
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(b'{"text": "three\\nfour"}'))
    assert list(read_lines(tmp_path, field="text")) == ["one", "two", "three", "four"]
    assert list(read_lines(str(tmp_path / "*.jsonl"), field="text")) == ["one", "two"]
    for stream in (io.BytesIO(b'{"text": "piped"}\n'), io.BufferedReader(io.BytesIO(b'{"text": "piped"}\n'))):
        monkeypatch.setattr(sys, "stdin", mock.Mock(buffer=stream))
        assert list(read_lines("-", field="text")) == ["piped"]


def test_a_very_long_json_line_is_whole(tmp_path):
    (tmp_path / "long.jsonl").write_text(json.dumps({"text": "word " * 600_000}), encoding="utf-8")
    (line,) = read_lines(tmp_path, field="text")
    assert line == "word " * 600_000


@pytest.mark.parametrize(
    ("record", "field", "text"),
    [
        ({"a": {"b": "deep"}}, "a.b", "deep"),
        ({"a.b": "flat", "a": {"b": "deep"}}, "a.b", "flat"),
        ({"a": {"b": {"c": "deeper"}}}, "a.b.c", "deeper"),
        ({"": {"": "nameless"}}, ".", "nameless"),
    ],
)
def test_fields_of_fields(record, field, text):
    assert list(read_lines([record], field=field)) == [text]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a"', r"line 3: is not JSON: .* at column \d+: .*; one value per line is expected$"),
        ('{"text": "a"} {"text": "b"}', r"line 3: is not JSON: Extra data at column 15"),
        ("plain text", r"line 3: is not JSON"),
        ("[" * 100_000, r"line 3: is not JSON"),
        ("9" * 5000, r"line 3: "),  # too long for Python to convert
        ('["a", "b"]', r"line 3: holds a JSON list, but an object"),
        ('"text"', r"line 3: holds a JSON str"),
        ("{}", r"line 3: no field 'text'; it is empty"),
        ('{"Text": "a", "page": {"url": "b"}}', r"line 3: no field 'text'; it has: Text, page\.url"),
        ('{"text": 5}', r"line 3: field 'text': text expected, got int 5"),
        ('{"text": ["the", "cat"]}', r"line 3: field 'text': text expected as in the records before, got a list"),
        ('{"text": {"de": "Tee"}}', r"line 3: field 'text': text expected, got dict {'de': 'Tee'}"),
    ],
)
def test_bad_json_lines_are_left_out_and_counted_or_refused(tmp_path, line, message, capsys):
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "fine"}\n\n' + line + '\n{"text": "too"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"data\.jsonl: " + message):
        list(read_lines(path, field="text", strict=True))
    assert capsys.readouterr().err == ""
    assert list(read_lines(path, field="text")) == ["fine", "too"]
    told = capsys.readouterr().err.strip()
    assert "data.jsonl: 1 of 3 records cannot be read and are left out (--strict refuses them); the first: " in told
    assert re.search(message, told)
    path.write_text(line + "\n", encoding="utf-8")
    if "as in the records before" not in message:
        with pytest.raises(CorpusError, match=r"data\.jsonl: " + message.replace("line 3", "line 1")):
            list(read_lines(path, field="text"))


def test_half_a_character_is_an_error(tmp_path):
    (tmp_path / "data.jsonl").write_text(r'{"text": "\ud83d"}', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"line 1: \\ud83d is half a character, .*--encoding-errors replace"):
        list(read_lines(tmp_path, field="text"))


def test_undecodable_bytes_in_json_lines_are_named_by_offset(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "caf\xe9"}\n')
    with pytest.raises(CorpusError, match=r"byte 13 \(0xe9\) is not utf-8"):
        list(read_lines(tmp_path, field="text"))
    assert list(read_lines(tmp_path, field="text", encoding="latin-1")) == ["café"]


def test_half_characters_can_be_replaced_or_ignored(tmp_path):
    (tmp_path / "a.jsonl").write_text(r'{"text": "a\ud83db \ud83d\ude00"}', encoding="utf-8")
    assert list(read_lines(tmp_path, field="text", encoding_errors="replace")) == ["a\ufffdb 😀"]
    assert list(read_lines(tmp_path, field="text", encoding_errors="ignore")) == ["ab 😀"]


def test_plain_text_and_fields_do_not_mix(tmp_path):
    (tmp_path / "a.txt").write_text("the cat sat\n", encoding="utf-8")
    with pytest.raises(
        CorpusError, match=r"a\.txt: is plain text, neither JSON nor a table, and has no field 'text'; leave"
    ):
        list(read_lines(tmp_path, field="text"))
    with pytest.raises(CorpusError, match="tiny-world: is plain text and has no field 'text'"):
        list(read_lines("tiny-world", field="text"))
    with pytest.raises(CorpusError, match=r"item 1 is a str, 'the cat', but with field='text' a dictionary"):
        list(read_lines(as_texts(["the cat"]), field="text"))
    with pytest.raises(CorpusError, match="got int"):
        list(read_lines(5, field="text"))
    for field in ("", 5):
        with pytest.raises(OptionError, match="field is the name"):
            list(read_lines(tmp_path, field=field))


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.JSON", "a.jsonl.gz"])
def test_json_without_a_field_is_not_read_as_text(tmp_path, name):
    compress = gzip.compress if name.endswith(".gz") else bytes
    (tmp_path / name).write_bytes(compress(b'{"title": "x", "body": {"text": "y"}}\n'))
    with pytest.raises(CorpusError, match=r"holds JSON: .*--field text\).*; it has: title, body\.text"):
        list(read_lines(tmp_path))
    (tmp_path / name).write_bytes(compress(b"[\n1]"))
    with pytest.raises(CorpusError, match=rf"{name}: value 1: text expected, got int 1"):
        list(read_lines(tmp_path))


def test_dictionaries_without_a_field_are_not_read_as_text():
    with pytest.raises(CorpusError, match=r"item 1 is \{'text': 'x'\}.*such as field='text'"):
        list(read_lines(as_texts([{"text": "x"}])))


def test_nulls_are_left_out_and_counted(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text('{"text": null}\n{"text": "a"}\n{"text": null}\n', encoding="utf-8")
    assert list(read_lines(tmp_path, field="text")) == ["a"]
    assert "a.jsonl: 2 of 3 records hold no text (null) in 'text'; they are left out" in capsys.readouterr().err
    assert list(read_lines([{"text": "a"}], field="text")) == ["a"]
    assert capsys.readouterr().err == ""


def test_line_breaks_inside_texts_end_sentences():
    assert list(read_lines(as_texts(["a\nb\r\nc\rd\n", ""]))) == ["a", "b", "c", "d", ""]
    corpus = Corpus.from_texts(["the cat\nsat", "down"], min_count=1)
    assert list(corpus.sentences()) == [["the", "cat"], ["sat"], ["down"]]


# Objects of other packages


def test_a_data_frame(capsys):
    pandas = pytest.importorskip("pandas", reason="reads pandas data frames")
    frame = pandas.DataFrame({"id": [1, 2, 3], "text": ["one\ntwo", None, "three"]})
    assert is_table(frame)
    assert list(read_lines(frame, field="text")) == ["one", "two", "three"]
    assert "1 of 3 records" in capsys.readouterr().err
    assert list(read_lines(as_texts(frame["text"].dropna()))) == ["one", "two", "three"]
    with pytest.raises(CorpusError, match=r"pandas DataFrame: say which column .*it has: id, text"):
        list(read_lines(frame))
    with pytest.raises(CorpusError, match="no column 'body'; it has: id, text"):
        list(read_lines(frame, field="body"))
    with pytest.raises(CorpusError, match="row 1: field 'id': text expected, got int"):
        list(read_lines(frame, field="id"))
    assert list(read_lines(as_texts(frame["text"]))) == ["one", "two", "three"]
    assert "Series: 1 of 3 texts hold no text" in capsys.readouterr().err
    with pytest.raises(CorpusError, match=r"a Series of strings may be texts .* missing .* Corpus.from_files"):
        list(read_lines(frame["text"]))


def test_nulls_of_data_frames_and_columns_that_are_not_one(capsys):
    pandas = pytest.importorskip("pandas", reason="reads pandas data frames")
    frame = pandas.DataFrame(
        {"text": pandas.array(["one", None], "string"), "lists": [["a", 5], [None, "b"]], "bad": [[0.5], {"b"}]}
    )
    assert list(read_lines(frame, field="text")) == ["one"]
    assert "1 of 2 records" in capsys.readouterr().err
    with pytest.raises(CorpusError, match="text expected, got a list of tokens"):
        list(read_lines(frame, field="lists"))
    with pytest.raises(CorpusError, match=r"row 1: field 'bad': a list of tokens .* it holds float 0.5"):
        list(read_lines(frame, field="bad"))
    with pytest.raises(CorpusError, match=r"no column 'text\.a'; it has: text, lists, bad"):
        list(read_lines(frame, field="text.a"))
    frame.columns = ["text", "text", "bad"]
    with pytest.raises(CorpusError, match="several columns called 'text'"):
        list(read_lines(frame, field="text"))


@pytest.fixture(scope="module")
def datasets():
    """Hugging Face's package, with its caches and its network out of the way."""
    return pytest.importorskip("datasets", reason="reads Hugging Face data sets")


@pytest.fixture
def data_set(datasets):
    texts = ["one\ntwo", None, "three"]
    columns = {"text": texts, "page": [{"body": text} for text in texts], "tokens": [["a"]] * 3}
    return datasets.Dataset.from_dict(columns)


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("field", ["text", "page.body"])
def test_a_data_set(data_set, streaming, field, capsys):
    data_set = data_set.to_iterable_dataset() if streaming else data_set
    assert is_table(data_set)
    assert list(read_lines(data_set, field=field)) == ["one", "two", "three"]
    assert "1 of 3 records" in capsys.readouterr().err


def test_a_data_set_of_another_format_gives_python_strings(data_set):
    assert list(read_lines(data_set.select([0, 2]).with_format("numpy"), field="text")) == ["one", "two", "three"]


def test_a_stream_that_does_not_know_its_columns(datasets):
    def records():
        yield {"text": "one"}
        yield {"text": "two"}

    stream = datasets.IterableDataset.from_generator(records)
    assert stream.column_names is None
    assert list(read_lines(stream, field="text")) == ["one", "two"]
    with pytest.raises(CorpusError, match="row 1: no column 'body'; it has: text"):
        list(read_lines(stream, field="body"))
    with pytest.raises(CorpusError, match="say which column holds the text"):
        list(read_lines(stream))


def test_data_sets_that_cannot_be_read(datasets, data_set):
    with pytest.raises(CorpusError, match=r"datasets Dataset: say which column .*it has: text, page, tokens"):
        list(read_lines(data_set))
    with pytest.raises(CorpusError, match="no column 'body'; it has: text"):
        list(read_lines(data_set, field="body"))
    with pytest.raises(CorpusError, match=r"text expected, got a list of tokens, \['a'\]"):
        list(read_lines(data_set, field="tokens"))
    with pytest.raises(CorpusError, match=r"row 1: no field 'page\.title'; it has: page\.body"):
        list(read_lines(data_set, field="page.title"))
    with pytest.raises(CorpusError, match=r"has the splits train, test: pass one of them, such as data\['train'\]"):
        list(read_lines(datasets.DatasetDict(train=data_set, test=data_set), field="text"))


def test_every_kind_of_record_becomes_the_same_corpus(datasets, tmp_path):
    pandas = pytest.importorskip("pandas", reason="reads pandas data frames")
    pyarrow = pytest.importorskip("pyarrow", reason="reads tables: the extra arrow")
    texts = ["the cat\nsat", "the dog"]
    records = [{"text": text} for text in texts]
    data_set = datasets.Dataset.from_list(records)
    (tmp_path / "text.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    table = pyarrow.table({"text": texts})
    with_field = [records, iter(records), data_set, data_set.to_iterable_dataset(), pandas.DataFrame(records), table]
    corpora = [Corpus.build(source, field="text", min_count=1) for source in [*with_field, tmp_path / "text.jsonl"]]
    corpora += [
        Corpus.from_texts(source, min_count=1) for source in (texts_of(texts), pandas.Series(texts), table["text"])
    ]
    expected = Corpus.from_sentences([["the", "cat"], ["sat"], ["the", "dog"]])
    assert {corpus.fingerprint for corpus in corpora} == {expected.fingerprint}


def texts_of(texts):
    yield from texts


def test_the_line_with_which_a_spreadsheet_names_its_delimiter(tmp_path):
    rows = "sep={0}\r\nid{0}text\r\n1{0}good tea, bad tea\r\n2{0}{1}\r\n3{0}more\r\n"
    for name, delimiter in (("a.csv", ";"), ("b.csv", "\t"), ("c.txt", "|"), ("d.csv", ",")):
        good = rows.replace("good tea, bad tea", '"good tea, bad tea"')
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + good.format(delimiter, "tea").encode())
        assert Corpus.from_files(tmp_path / name, field="text", min_count=1).vocabulary.counts.sum() == 6
        with pytest.raises(CorpusError, match="say which column holds the text"):
            Corpus.from_files(tmp_path / name)
    (tmp_path / "a.csv").write_text(rows.format(";", "tea;too;many"), "utf-8")
    with pytest.raises(CorpusError, match="line 4: 4 cells in the row, 2 expected"):
        Corpus.from_files(tmp_path / "a.csv", field="text", strict=True)
    (tmp_path / "plain.txt").write_text("sep=;\nyou say; goodbye\nhello\n", "utf-8")
    assert len(Corpus.from_files(tmp_path / "plain.txt", min_count=1).vocabulary) == 5


LISTS_AS_TEXT = ["[1042, 7]", "['tea', 'milk']", '["tea"]', "[1042 7  19]", " [1.0, -2.5]\n"]


@pytest.mark.parametrize("cell", LISTS_AS_TEXT)
def test_lists_written_as_text_are_refused(tmp_path, cell):
    with open(tmp_path / "s.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["n", "items"], ["1", cell], ["2", cell]])
    with pytest.raises(CorpusError, match=r"s\.csv: .*field 'items': holds a list written as text, .*Parquet"):
        list(read_lines(tmp_path, field="items"))
    with pytest.raises(CorpusError, match="record 1: field 'items': holds a list written as text"):
        list(read_lines([{"items": cell}], field="items"))
    with pytest.raises(CorpusError, match="text 1: holds a list written as text"):
        list(read_lines(as_texts([cell])))


@pytest.mark.parametrize("text", ["[Laughter continues]", "[1] A note.", "[sic]", "['80s], he said", "[]", "[5]"])
def test_brackets_in_prose_are_not_lists(text):
    assert list(read_lines(as_texts([text]))) == [text]


def test_a_file_of_a_folder_without_the_field_is_told_with_how_to_name_the_others(tmp_path):
    (tmp_path / "general").mkdir()
    (tmp_path / "channels.json").write_text('[{"id": "C1", "name": "general"}]')  # as in an export of Slack
    (tmp_path / "general" / "2021-01-01.json").write_text('[{"user": "U1", "text": "the cat"}]')
    with pytest.raises(CorpusError, match=r"channels.json: .* name those by a pattern, such as 'FOLDER/\*/\*.json'"):
        list(read_lines(tmp_path, field="text"))
    assert list(read_lines(tmp_path / "*" / "*.json", field="text")) == ["the cat"]
