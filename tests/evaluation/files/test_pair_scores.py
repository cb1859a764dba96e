"""Pairs whose scores are in a second file, and tables that are nearly as expected."""

import bz2
import gzip
import json
import lzma

import numpy as np
import pytest

from wordvec import WordVectors
from wordvec.cli import main
from wordvec.errors import EvaluationFileError
from wordvec.evaluation import evaluate, read_pairs, recognise

PAIRS = (("tea", "green tea", 3.5), ("milk", "cow", 2.25), ("salt", "letter", 0.0))
DATA = "tea\tgreen tea\nmilk\tcow\nsalt\tletter\n"


def write(folder, **files):
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")


def test_the_file_that_semeval_names_so_is_found(tmp_path):
    write(tmp_path, en_test_data_txt=DATA, en_test_gold_txt="3.5\n2.25\n0\n")
    found = read_pairs(tmp_path / "en.test.data.txt")
    assert found.pairs == PAIRS
    assert found.notes[0] == "scores read line by line from en.test.gold.txt"
    with pytest.raises(EvaluationFileError, match="could be for similarity or analogy; say which"):
        recognise(tmp_path / "en.test.data.txt")  # without its scores it might be BATS


@pytest.mark.parametrize("separator", ["\t", ";", ",", ", "])
@pytest.mark.parametrize(
    "scores", ["3.5\n2.25\n0\n", "3,5\n2,25\n0\n", "\ufeff3.5\r\n2.25\r\n0.0\r\n\n", "# s\n3.5\n2.25\n0"]
)
def test_a_second_file_that_is_named(tmp_path, separator, scores):
    write(tmp_path, a_txt=DATA.replace("\t", separator), b_txt=scores)
    assert read_pairs(tmp_path / "a.txt", scores=tmp_path / "b.txt").pairs == PAIRS


def test_words_between_spaces(tmp_path):
    write(tmp_path, a_txt="tea milk\ncow  salt\n", b_txt="1\n2\n")
    assert read_pairs(tmp_path / "a.txt", scores=tmp_path / "b.txt").pairs == (("tea", "milk", 1), ("cow", "salt", 2))


@pytest.mark.parametrize(
    "data, scores, said",
    [
        (DATA, None, r"a\.txt: line 1: expected two words and a score; .*--scores FILE"),
        (DATA, "3.5\n2.25\n", r"3 pairs, but 2 scores in .*b\.txt"),
        (DATA, "3.5\nhigh\n0\n", r"b\.txt: line 2: a score expected, one number and nothing else; got: 'high'"),
        (DATA, "3.5\nnan\n0\n", r"b\.txt: line 2: a score expected"),
        (DATA, "1\t3.5\n2\t2\n3\t0\n", r"b\.txt: line 1: a score expected"),
        ("tea\tmilk\t3\ncow\tsalt\t4\n", "3\n4\n", r"a\.txt: line 1: two words expected, as the scores are in"),
        ("tea\nmilk\n", "3\n4\n", r"a\.txt: line 1: two words expected"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, data, scores, said):
    write(tmp_path, a_txt=data, **({} if scores is None else {"b_txt": scores}))
    with pytest.raises(EvaluationFileError, match=said):
        read_pairs(tmp_path / "a.txt", scores=None if scores is None else tmp_path / "b.txt")


def test_the_command_takes_the_second_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = ["tea", "green tea", "milk", "cow", "salt", "letter"]
    WordVectors(words, np.random.default_rng(1).normal(size=(6, 3))).save("v.npz")
    write(tmp_path, a_txt=DATA, b_txt="3.5\n2.25\n0\n", c_txt=DATA.replace("\t", "\t1\t"))
    assert main(["evaluate", "v.npz", "--similarity", "a.txt", "--scores", "b.txt", "--json"]) == 0
    (score,) = json.loads(capsys.readouterr().out)["v.npz"]
    assert (score["covered"], score["items"]) == (3, 3)
    assert main(["evaluate", "v.npz", "--similarity", "a.txt", "a.txt", "--scores", "b.txt"]) == 2
    assert "--scores takes a file for each set of --similarity, in their order; got 1 for 2" in capsys.readouterr().err
    assert main(["evaluate", "v.npz", "--similarity", "a.txt"]) == 2
    assert "--scores FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text, note",
    [
        ("3.5\ttea\tgreen tea\n2.25\tmilk\tcow\n0\tsalt\tletter\n", "read as a score before the two words"),
        ("tea\tgreen tea\t3.5\t\nmilk\tcow\t2.25\t\nsalt\tletter\t0\t\n", None),  # tabs at the ends of lines
        ("tea;green tea;3,5;;\nmilk;cow;2,25;;\nsalt;letter;0;;\n", "scores read with decimal commas"),
        ("score\tword1\tword2\n3.5\ttea\tgreen tea\n2.25\tmilk\tcow\n0\tsalt\tletter\n", None),
        ("\ufeff# a comment\ntea , green tea , 3.5\nmilk,cow,2.25\n\nsalt,letter,0\n", None),
        ('"tea","green tea","3.5"\n"milk","cow","2.25"\n"salt","letter","0"\n', None),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=["", "gz", "bz2", "xz"])
def test_odd_layouts(tmp_path, text, note, pack):
    (tmp_path / "a").write_bytes(pack(text.encode("utf-8")))
    found = read_pairs(tmp_path / "a")
    assert found.pairs == PAIRS
    assert note is None or note in found.notes


@pytest.mark.parametrize(
    "content, said",
    [
        (b'[["tea", "milk", 3]]', "holds JSON; write a table"),
        (b'{"w1": "tea", "w2": "milk", "score": 3}\n{"w1": "a", "w2": "b", "score": 1}\n', "holds JSON"),
        (b"PK\x03\x04" + bytes(30), "is a zip archive or an Excel table; save the table in it as CSV"),
        ("tea\tmilk\t3\n".encode("utf-16-le"), "holds null bytes"),
        (gzip.compress(b"a\tb\t1\n", mtime=0)[:-6], "cut off"),
        (b"tea|milk|3\ncow|salt|1\n", "expected two words and a score"),
        (b"tea\t3\nmilk\t2\n", "expected two words and a score"),
        (b"3\n2\n", "expected two words and a score"),
        (b"1\t2\t3\t4\n5\t6\t7\t8\n", "columns without a header, in no layout known here"),
    ],
    ids=range(9),
)
def test_other_files_are_refused_with_what_they_are(tmp_path, content, said):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(EvaluationFileError, match=said):
        read_pairs(tmp_path / "a")


@pytest.mark.parametrize("source", [None, 3, [("tea", "milk", 3.0)], "a\0b", {}])
def test_what_is_no_file_is_told(source):
    with pytest.raises(EvaluationFileError, match=r"expected|null character"):
        read_pairs(source)
    vectors = WordVectors(["tea", "milk"], np.eye(2))
    assert evaluate(vectors, [("similarity", [("tea", "milk", 3.0)])])[0].covered == 1
