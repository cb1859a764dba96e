"""JSON as an array, as lines and as values after one another: the same records, whatever the chunks."""

import json
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import Corpus
from wordvec.corpus import read_lines
from wordvec.corpus.read import decoding, structured
from wordvec.corpus.read.sources import as_files
from wordvec.errors import CorpusError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TOKENS = st.lists(st.text("ab é", min_size=1, max_size=4), min_size=1, max_size=4)
LAYOUTS = {
    "array": json.dumps,
    "array over lines": lambda records: json.dumps(records, indent=1),
    "lines": lambda records: "".join(f"{json.dumps(record)}\n" for record in records),
    "values over lines": lambda records: "\n".join(json.dumps(record, indent=2) for record in records),
    "values in one line": lambda records: "".join(map(json.dumps, records)),
}


@given(
    records=st.lists(st.fixed_dictionaries({"text": TEXT, "more": st.none() | st.integers() | TOKENS}), min_size=1),
    layout=st.sampled_from(sorted(LAYOUTS)),
    chunk=st.integers(1, 40),
    name=st.sampled_from(["a.json", "a.jsonl", "a"]),
)
@settings(max_examples=150, deadline=None)
def test_every_layout_gives_the_same_texts(tmp_path_factory, records, layout, chunk, name):
    if layout == "values in one line" and name != "a.json":
        name = "a.json"
    if layout in ("array", "array over lines", "values over lines") and name == "a.jsonl" and len(records) == 1:
        name = "a.json"
    if layout == "array" and name == "a.jsonl":
        name = "a"
    path = tmp_path_factory.mktemp("json") / name
    path.write_text(LAYOUTS[layout](records), encoding="utf-8")
    with mock.patch.object(decoding, "CHUNK_BYTES", chunk), mock.patch.object(structured, "HEAD", chunk):
        found = list(read_lines(path, field="text"))
    assert found == [line for record in records for line in read_lines([record], field="text")]


@given(st.lists(TOKENS, min_size=1, max_size=6), st.sampled_from(["field", "alone"]), st.booleans())
@settings(max_examples=80, deadline=None)
def test_lists_are_sentences_of_tokens(tmp_path_factory, sentences, where, as_lines):
    path = tmp_path_factory.mktemp("json") / ("a.jsonl" if as_lines else "a.json")
    values = [{"items": tokens} for tokens in sentences] if where == "field" else sentences
    path.write_text(LAYOUTS["lines" if as_lines else "array"](values), encoding="utf-8")
    corpus = Corpus.from_files(path, field="items" if where == "field" else None, min_count=1)
    assert list(corpus.sentences()) == sentences
    assert corpus.info["tokenizer"] is None


def test_whole_numbers_are_tokens_and_gaps_are_counted(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_text('{"t": [11, "green tea", null]}\n{"t": [12, ""]}\n{"t": [0.5]}\n')
    assert list(Corpus.from_files(tmp_path, field="t", min_count=1).sentences()) == [["11", "green tea"], ["12"]]
    err = capsys.readouterr().err
    assert "1 of 3 records cannot be read" in err
    assert "line 3: field 't': a list of tokens" in err
    assert "2 missing or empty tokens in the lists in 't' are left out" in err
    with pytest.raises(CorpusError, match="line 1: field 't': a token in the list is missing or empty"):
        Corpus.from_files(tmp_path, field="t", min_count=1, strict=True)


def test_texts_and_lists_do_not_mix_in_one_corpus(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"t": ["a"]}\n')
    (tmp_path / "b.jsonl").write_text('{"t": "b"}\n')
    with pytest.raises(CorpusError, match="some of the text is lists of tokens and some is not"):
        Corpus.from_files(sorted(tmp_path.iterdir()), field="t", min_count=1)
    with pytest.raises(CorpusError, match=r"text expected, got a list of tokens, \['a'\]"):
        list(read_lines(as_files([tmp_path / "a.jsonl"]), field="t"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '[{"t": "a"}, {"t" "b"}]',
            r"not JSON at character 18: Expecting ':' delimiter; damaged records are left out only",
        ),
        ('[{"t": "a"}, {"t": "b"}', "cut off or damaged before character 2"),
        ('[{"t": "a"}, {"t": "b', "cut off or damaged before character 21"),
        ('[{"t": "a"}] [{"t": "b"}]', "after the JSON array there is more: '\\[{"),
        ('[{"x": "a"}]', "value 1: no field 't'; it has: x"),
        ('{"data": [{"t": "a"}]}', r"no field 't'; it has: data; .* jq -c '\.data\[\]'"),
        ('{"p": [{"n": "A"}], "data": [{"u": 1}, {"u": 2}], "x": {}, "y": []}', r" jq -c '\.data\[\]'"),
        (json.dumps({"data": {f"Q{i}": {"u": 1} for i in range(21)}}), r"data\.Q19, \.\.\.; .* jq -c '\.data\[\]'"),
        ('{"t": [{"u": "a"}]}', "field 't': a list of tokens .* expected, but it holds dict"),
        ('["a", "b"]', "holds a JSON str, .*leave field out .* to read strings as they are"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_damaged_arrays_are_refused_by_place(tmp_path, content, message):
    (tmp_path / "a.json").write_text(content + " " * 40 * ("not JSON" in message))
    with pytest.raises(CorpusError, match=rf"a\.json: .*{message}"):
        list(read_lines(tmp_path, field="t"))


def test_a_field_of_the_records_in_a_list_is_named_with_the_ways_to_it(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"a": {"tracks": [{"uri": {"id": "x"}}]}}\n')
    with pytest.raises(CorpusError, match=r"'a\.tracks' holds a list of records: .* \[\.a\.tracks\[\]\.uri\.id\]}'"):
        list(read_lines(tmp_path, field="a.tracks.uri.id"))
    with pytest.raises(CorpusError, match=r"no field 'a\.tracks\.name'"):
        list(read_lines(tmp_path, field="a.tracks.name"))


@pytest.mark.parametrize(
    "content",
    [
        '{"t": "a"},\n{"t": "b"},\n{"t": "c"}\n',
        '[{"t": "a"},\n{"t": "b"},\n{"t": "c"}]',
        '[{"t": "a"}, {"t": "b"}, {"t": "c"}]',
    ],
)
def test_commas_and_an_array_in_a_file_named_json_lines_lose_no_record(tmp_path, content):
    (tmp_path / "a.jsonl").write_text(content)
    assert list(read_lines(tmp_path, field="t", strict=True)) == ["a", "b", "c"]


def test_an_array_of_token_lists_over_lines_in_a_file_named_json_lines(tmp_path):
    (tmp_path / "a.jsonl").write_text('[["a", "b"],\n["c"]]\n')
    assert list(Corpus.from_files(tmp_path, min_count=1).sentences()) == [["a", "b"], ["c"]]


def test_more_unreadable_records_than_readable_ones_are_an_error(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"t": "a"}\n{"t": null}\n{"u": "b"}\n' + "{'t': 'c'}\n" * 2)
    with pytest.raises(
        CorpusError, match=r"a\.jsonl: 2 of 3 records cannot be read: too many .*the first: .*line 4: is"
    ):
        list(read_lines(tmp_path, field="t"))
    (tmp_path / "a.jsonl").write_text('{"t": "a"}\n' + '{"u": "b"}\n' * 9)  # a field that few records have
    assert list(read_lines(tmp_path, field="t")) == ["a"]


def test_a_wrong_field_is_known_before_a_large_file_is_read(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n' * 3000 + '{"body": "b"}\n')
    with pytest.raises(CorpusError, match=r"line 1: no field 'body'; it has: text"):
        list(read_lines(tmp_path, field="body"))
