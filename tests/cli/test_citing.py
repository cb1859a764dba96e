"""``concordance`` of a corpus that knows its documents."""

import csv
import io
import json

import pytest

from wordvec import Corpus
from wordvec.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    for year in (1850, 1860):
        (tmp_path / "texts" / f"{year}.txt").write_text(f"The Queen of {year}.\n" * 9 + "A Queen and tea.\n")
    (tmp_path / "t.csv").write_text("path,year\n1850.txt,1850\n1860.txt,1860\n")
    Corpus.from_documents("texts", "t.csv", tokenizer="words", min_count=2).save("corpus")
    Corpus.from_sentences([["a", "queen"]]).save("plain")


def run(capsys, *arguments):
    status = main(["concordance", *arguments])
    return status, *capsys.readouterr()


def test_printed_lines(capsys):
    status, out, err = run(capsys, "corpus", "queen", "--limit", "2", "--width", "60")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "queen: 20 times, 2 of them here, spread evenly",
        "1850  1850.txt:6  The  Queen  of 1850.",
        "1860  1860.txt:6  The  Queen  of 1860.",
    ]
    assert (
        run(capsys, "corpus", "queen", "--limit", "5", "--seed", "3")[1]
        == run(capsys, "corpus", "queen", "--limit", "5", "--seed", "3")[1]
    )
    assert "drawn with seed 3" in run(capsys, "corpus", "queen", "--limit", "5", "--seed", "3")[1]


def test_near_and_formats(capsys, tmp_path):
    out = run(capsys, "corpus", "queen", "--near", "tea", "--format", "csv")[1]
    assert [row["path"] for row in csv.DictReader(io.StringIO(out))] == ["1850.txt", "1860.txt"]
    assert (
        run(capsys, "corpus", "queen", "--format", "html", "-o", "q.html")[1] == "q.html: 10 of 20 lines with queen\n"
    )
    assert "<strong>Queen</strong>" in (tmp_path / "q.html").read_text(encoding="utf-8")
    report = json.loads(run(capsys, "corpus", "queen", "--json", "--sort", "date", "--limit", "3")[1])
    assert [line["year"] for line in report["lines"]] == [1850, 1850, 1860]


def test_tokens_are_shown_on_demand_and_where_no_documents_are_known(capsys):
    assert "the  queen  of 0" in run(capsys, "corpus", "queen", "--tokens")[1]
    assert "a  queen" in run(capsys, "plain", "queen")[1]
    assert "queen and tea: 2 times within 5" in run(capsys, "corpus", "queen", "tea")[1]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["plain", "queen", "--format", "csv"], "does not know its documents"),
        (["plain", "queen", "--sort", "date"], "does not know its documents"),
        (["corpus", "queen", "--json", "--format", "csv"], "contradict each other"),
        (["corpus", "queen", "--tokens", "--format", "csv"], "leave it out"),
        (["corpus", "queen", "tea", "--texts", "x"], "leave it out"),
        (["corpus", "queen", "--texts", "nowhere"], "--texts DIR says where"),
    ],
)
def test_problems_are_one_line(capsys, arguments, message):
    status, _, err = run(capsys, *arguments)
    assert status == 2
    assert message in err
    assert len(err.splitlines()) == 1
