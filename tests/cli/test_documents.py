"""``corpus build --metadata``, ``corpus info --by`` and ``corpus split``."""

import json
import shutil

import pytest

from wordvec import Corpus
from wordvec.cli import main


@pytest.fixture
def built(tmp_path, capsys):
    for year in range(1850, 1866, 3):
        (tmp_path / f"{year}.txt").write_text("The Queen had tea.\n" * 5)
    (tmp_path / "t.csv").write_text(
        "".join(["path,year,author\n", *(f"{y}.txt,{y},{'AB'[y % 2]}\n" for y in range(1850, 1866, 3))])
    )
    out = tmp_path / "corpus"
    command = ["corpus", "build", str(tmp_path), "--metadata", str(tmp_path / "t.csv"), "--tokenizer", "words"]
    assert main([*command, "-o", str(out)]) == 0
    assert "documents          6" in capsys.readouterr().out
    return out


def test_info_by_group(built, capsys):
    assert main(["corpus", "info", str(built), "--by", "decade", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [(group["name"], group["documents"], group["tokens"]) for group in report["groups"]] == [
        ("1850s", 4, 80),
        ("1860s", 2, 40),
    ]
    assert main(["corpus", "info", str(built), "--by", "author"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:]] == [["A", "3", "15", "60", "4"], ["B", "3", "15", "60", "4"]]


def test_split(built, tmp_path, capsys):
    assert (
        main(["corpus", "split", str(built), "--by", "half", "--seed", "3", "-o", str(tmp_path / "h"), "--json"]) == 0
    )
    parts = json.loads(capsys.readouterr().out)["parts"]
    assert [part["documents"] for part in parts] == [3, 3]
    halves = [Corpus.open(part["out"]) for part in parts]
    years = [half.documents.column("year") for half in halves]
    assert sorted(years[0] + years[1]) == [str(year) for year in range(1850, 1866, 3)]
    assert main(["corpus", "split", str(built), "--by", "decade", "-o", str(tmp_path / "d")]) == 0
    assert [path.name for path in sorted((tmp_path / "d").iterdir())] == ["1850s", "1860s"]
    assert "1850s: 4 documents, 80 tokens" in capsys.readouterr().out
    assert main(["corpus", "split", str(built), "--by", "decade", "-o", str(tmp_path / "d")]) == 0  # the same again
    capsys.readouterr()
    assert main(["corpus", "split", str(built), "--by", "year", "-o", str(tmp_path / "d")]) == 2
    assert "d: holds 2 corpora that would be taken for parts of this split" in capsys.readouterr().err
    assert [path.name for path in sorted((tmp_path / "d").iterdir())] == ["1850s", "1860s"]


def test_a_split_with_a_part_without_words_writes_nothing(tmp_path, capsys):
    for year, line in ((1850, "tea tea"), (1860, "tea milk")):
        (tmp_path / f"{year}.txt").write_text(line)
    (tmp_path / "t.csv").write_text("path,year\n1850.txt,1850\n1860.txt,1860\n")
    texts = [str(tmp_path), "--metadata", str(tmp_path / "t.csv")]
    assert main(["corpus", "build", *texts, "--min-count", "2", "-o", str(tmp_path / "corpus")]) == 0
    split = ["corpus", "split", str(tmp_path / "corpus"), "--by", "decade", "-o", str(tmp_path / "d")]
    capsys.readouterr()
    assert main(split) == 2
    message = "1860s: the most frequent word of this part is seen 1 time, which min_count=2 leaves out"
    assert message in capsys.readouterr().err
    assert list((tmp_path / "d").iterdir()) == []


def test_what_a_killed_split_left_is_no_hindrance_and_is_removed(built, tmp_path, capsys):
    split = ["corpus", "split", str(built), "--by", "decade", "-o", str(tmp_path / "d")]
    assert main(split) == 0
    shutil.copytree(tmp_path / "d" / "1850s", tmp_path / "d" / ".1850s.1bcba59e.tmp")
    assert main(split) == 0
    assert [path.name for path in sorted((tmp_path / "d").iterdir())] == ["1850s", "1860s"]


def test_problems_are_one_line(built, tmp_path, capsys):
    plain = tmp_path / "plain"
    Corpus.from_sentences([["tea"]]).save(plain)
    for command, message in (
        (["corpus", "info", str(plain), "--by", "year"], "does not know its documents"),
        (["corpus", "split", str(built), "--by", "place", "-o", str(tmp_path / "x")], "no column 'place'"),
        (["corpus", "split", str(built), "--by", "half", "-o", str(built)], "is a corpus itself"),
        (["corpus", "split", str(built), "--by", "half", "-o", str(built / "corpus.json")], "name a folder"),
        (["corpus", "split", str(built), "--by", "half", "-o", str(built / "corpus.json" / "x")], "name a folder for"),
        (["corpus", "build", str(tmp_path), "--path-column", "x", "-o", str(tmp_path / "x")], "name the table with"),
    ):
        capsys.readouterr()
        assert main(command) == 2
        err = capsys.readouterr().err
        assert len(err.splitlines()) == 1
        assert message in err
