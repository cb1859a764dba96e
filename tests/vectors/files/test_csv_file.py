"""Vectors in CSV tables, and what is said of tables and files that are something else."""

from __future__ import annotations

import gzip
import pickle

import numpy as np
import pytest

from wordvec.errors import InputError, VectorsFileError
from wordvec.vectors import WordVectors

WORDS = ["tea", "green tea", "São Paulo"]
ROWS = [[0.5, -2.0, 1e-3], [1.0, 2.5, 3.0], [4.0, 5.25, -6.0]]


def table(delimiter: str = ",", words=WORDS, comma: bool = False, before=("",) * 3) -> str:
    lines = [delimiter.join([word, *map(repr, row)]) + "\n" for word, row in zip(words, ROWS)]
    text = "".join(first + line for first, line in zip(before, lines))
    return text.replace(".", ",") if comma else text


def load(tmp_path, text: str | bytes, **options) -> WordVectors:
    (tmp_path / "v").write_bytes(text.encode() if isinstance(text, str) else text)
    return WordVectors.load(tmp_path / "v", **options)


@pytest.mark.parametrize(
    "text",
    [
        table(),
        table(";"),
        table(";", comma=True),
        table("\t", comma=True),
        table().replace("\n", "\r\n"),
        "\ufeffword,d0,d1,d2\n" + table(),
        "word,0,1,2\n" + table(),
        ",0,1,2\n" + table(),
        '"","V1","V2","V3"\n' + table(),
        '"V1","V2","V3"\n' + table(),
        "word\t0\t1\t2\n" + table("\t"),
        "\t0\t1\t2\n" + table("\t"),
        ",word,0,1,2\n" + table(before=("0,", "1,", "2,")),
        'word,vector\ntea,"[0.5, -2.0, 0.001]"\ngreen tea,"[1.0, 2.5, 3.0]"\nSão Paulo,"[4.0 5.25 -6.0]"\n',
        table(words=['"tea"', '"green tea"', '"São Paulo"']),
        'word 0 1 2\ntea 0.5 -2.0 1e-3\n"green tea" 1 2.5 3\n"São Paulo" 4 5.25 -6\n',
    ],
)
def test_tables_in_which_word_and_numbers_are_clear(tmp_path, text):
    vectors = load(tmp_path, text, strict=True)
    assert list(vectors.words) == WORDS
    np.testing.assert_array_equal(vectors.matrix, np.array(ROWS, np.float32))


def test_quoted_words_counts_and_packing(tmp_path):
    text = 'count,word,d1,d2\n7,"a,b",1,2\n5,"say ""hi""",3,4\n5,"two\nlines",5,6\n'
    vectors = load(tmp_path, gzip.compress(text.encode()), strict=True)
    assert vectors.words == ["a,b", 'say "hi"', "two\nlines"]
    assert vectors.counts is not None and vectors.counts.tolist() == [7, 5, 5]
    assert load(tmp_path, text, limit=2).words == ["a,b", 'say "hi"']


def test_rows_that_do_not_fit_are_told_with_their_lines(tmp_path):
    rows = "".join(f"w{i},{i},1\n" for i in range(40))
    told: list[str] = []
    vectors = load(tmp_path, rows + "x,1\ny,1,NA\nw0,3,3", on_repair=told.append)
    assert len(vectors) == 40
    places = [message.partition("/v: ")[2].partition(":")[0] for message in told]
    assert places == ["line 41", "line 42", "line 43", "line 43"]  # short, no number, no newline, twice


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("word,rank,d0,d1\ntea,1,0.5,0.25\n", "begins with 'word,rank,d0,d1'"),
        ("word1,word2,score\ncup,tea,7.5\n", "not clear: expected lines of a word and its numbers, or a header"),
        ("id,0,1,2\n0,0.1,0.2,0.3\n1,0.1,0.2,0.3\n", "not clear"),
        ('tea,0.1,0.2\n"milk,0.3,0.4\n', "quotes that do not fit together"),
        ("tea 0,1 0,2\nmilk 0,3 0,4\n", "decimal commas: write them with points"),
        ("2 2\rtea 1 2\rmilk 3 4\r", "carriage returns alone"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        ("<!DOCTYPE html>\n<html></html>\n", "a web page"),
        ('[["tea", 0.5, 0.1],\n["milk", 0.2, 0.3]]', "JSON, but not in a form of vectors: expected"),
        ('{"words": ["tea", "milk"], "vectors": [[1], [2]]}', "JSON, but not in a form of vectors: expected"),
        (b"MATLAB 5.0 MAT-file, Platform: GLNXA64".ljust(128), "a file of MATLAB: open it"),
        (pickle.dumps({"tea": [0.5]}, protocol=0), "a Python pickle of protocol 0, which is not read: open it"),
        (b"SQLite format 3\0" + bytes(80), "an SQLite database"),
        (b"v.txt".ljust(257, b"\0") + b"ustar\0" + bytes(249), "a tar archive: unpack it"),
    ],
)
def test_other_files_are_named_with_a_way_out(tmp_path, text, message):
    with pytest.raises(VectorsFileError, match=message):
        load(tmp_path, text)


def test_a_header_of_numbers_is_not_a_row(tmp_path):
    assert load(tmp_path, "\t0\t1\nthe\t3\t4\n").words == ["the"]
    assert load(tmp_path, "the 0 1\nof 3 4\n").words == ["the", "of"]


@pytest.mark.parametrize("name", ["v.csv", "v.tsv", "v.csv.gz", "v.json"])
def test_tables_are_written(tmp_path, name):
    words = ["tea", "New York, N.Y.", 'the "best"', "a\nb", "c\td;e", "é\u202e", "[x]", "0"]
    matrix = np.random.default_rng(1).normal(size=(len(words), 3)).astype(np.float32)
    vectors = WordVectors(words, matrix, np.arange(len(words), 0, -1))
    vectors.save(tmp_path / name)
    read = WordVectors.load(tmp_path / name, strict=True)
    assert read.words == words
    np.testing.assert_array_equal(read.matrix, matrix)
    if name != "v.json":
        np.testing.assert_array_equal(read.counts, vectors.counts)


def test_a_table_is_as_spreadsheets_take_it(tmp_path):
    WordVectors(["tea", "a,b"], np.array([[0.5, -1], [2, 0.1]]), np.array([7, 3])).save(tmp_path / "v.csv")
    assert (tmp_path / "v.csv").read_bytes() == b'word,count,d0,d1\ntea,7,0.5,-1\n"a,b",3,2,0.100000001\n'
    WordVectors(["tea", 'a"b'], np.array([[0.5], [2]])).save(tmp_path / "v.json")
    assert (tmp_path / "v.json").read_text() == '{"tea": [0.5],\n"a\\"b": [2]}\n'


@pytest.mark.parametrize("word", [" tea", "tea ", "tea\n", "t\0ea"])
def test_words_that_a_table_loses_are_refused(tmp_path, word):
    with pytest.raises(InputError, match="begins or ends with white space, or holds a null"):
        WordVectors([word], np.ones((1, 2))).save(tmp_path / "v.csv")
    assert not (tmp_path / "v.csv").exists()
    with pytest.raises(InputError, match="a table needs at least 2 dimensions"):
        WordVectors(["tea"], np.ones((1, 1))).save(tmp_path / "v.csv")
