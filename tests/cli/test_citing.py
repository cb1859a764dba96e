"""``concordance`` of a corpus that knows its documents."""

import csv
import io
import json

import numpy as np
import pytest

from wordvec import Corpus, WordVectors
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
    command = ("corpus", "queen", "--json", "--sort", "date", "--limit", "3")
    report = json.loads(run(capsys, *command)[1])
    assert [line["year"] for line in report["lines"]] == [1850, 1850, 1860]
    assert json.loads(run(capsys, *command, "-o", "q.json")[1]) == report | {"out": "q.json"}
    assert json.loads((tmp_path / "q.json").read_text(encoding="utf-8")) == report


def test_the_column_of_the_dates_can_be_named_and_must_be_to_sort_by_date(capsys):
    with open("t.csv", "w") as table:
        table.write("path,printed\n1850.txt,1890\n1860.txt,1870\n")
    Corpus.from_documents("texts", "t.csv", tokenizer="words", min_count=2).save("other")
    status, _, err = run(capsys, "other", "queen", "--sort", "date")
    assert status == 2 and "--date-column" in err and "printed" in err
    out = run(capsys, "other", "queen", "--sort", "date", "--date-column", "printed", "--limit", "2")[1]
    assert [line[:14] for line in out.splitlines()[1:]] == ["1870  1860.txt", "1890  1850.txt"]
    assert "--date-column is for" in run(capsys, "other", "queen", "tea", "--date-column", "printed")[2]


def test_tokens_are_shown_on_demand_and_where_no_documents_are_known(capsys):
    assert "the  queen  of 0" in run(capsys, "corpus", "queen", "--tokens")[1]
    assert "a  queen" in run(capsys, "plain", "queen")[1]
    assert "queen and tea: 2 times within 5" in run(capsys, "corpus", "queen", "tea")[1]


@pytest.fixture
def vectors():
    angles = {"the": 0.0, "queen": 0.5, "tea": 0.6, "a": 2.0}
    rows = np.array([[np.cos(angle), np.sin(angle)] for angle in angles.values()])
    WordVectors(list(angles), rows).save("v.safetensors")
    WordVectors(list(angles), rows[::-1]).save("w.safetensors")


def test_similar_and_two_words_show_printed_lines(vectors, capsys):
    assert main(["similar", "v.safetensors", "queen", "-k", "1", "--in", "corpus"]) == 0
    out, err = capsys.readouterr()
    assert err == ""  # nothing is missing in a printed line
    lines = [line.split("  ") for line in out.splitlines()]
    assert ["", "1850", "1850.txt:10", "A", "Queen", "and tea."] in lines
    assert "1850  1850.txt:10  A  Queen  and tea." in run(capsys, "corpus", "queen", "tea")[1]
    assert main(["similar", "v.safetensors", "queen", "-k", "1", "--in", "corpus", "--json"]) == 0
    (tea,) = json.loads(capsys.readouterr().out)["queen"]
    assert (tea["evidence"]["lines"][0]["right"], tea["evidence"]["lines"][0]["year"]) == (" and tea.", 1850)
    assert main(["similar", "v.safetensors", "queen", "-k", "1", "--in", "corpus", "--tokens"]) == 0
    assert "a  queen  and [tea]" in capsys.readouterr().out


def test_contexts_that_two_words_share_have_printed_lines(tmp_path, capsys):
    (tmp_path / "texts" / "1850.txt").write_text("The King wore a “Crown”.\nThe Queen wore a Crown!\n" * 5, "utf-8")
    Corpus.from_documents("texts", "t.csv", tokenizer="words", min_count=2).save("crowns")
    out = run(capsys, "crowns", "king", "queen")[1]
    assert "    1850  1850.txt:5  The  King   wore a “Crown”." in out.splitlines()
    report = json.loads(run(capsys, "crowns", "king", "queen", "--json")[1])
    assert {shared["line_of_a"]["right"] for shared in report["shared"]} == {" wore a “Crown”."}
    assert {shared["line_of_b"]["keyword"] for shared in report["shared"]} == {"Queen"}


def test_explain_shows_lines_of_both_words_near_each_context(vectors, capsys):
    command = ["explain", "v.safetensors", "queen", "tea", "--in", "corpus", "-k", "1"]
    assert main([*command, "--lines", "1"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[1].split()[2:] == ["a"]
    assert out[2:4] == [
        "    1860  1860.txt:10            A  Queen  and tea.",
        "    1860  1860.txt:10  A Queen and  tea    .",
    ]
    assert main([*command, "--lines", "2", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["contexts"]
    assert [(line["keyword"], line["path"]) for line in row["lines"]] == [
        ("Queen", "1850.txt"),
        ("Queen", "1860.txt"),
        ("tea", "1850.txt"),
        ("tea", "1860.txt"),
    ]
    for options, said in ((["--lines", "-1"], "be negative"), (["--texts", "nowhere", "--lines", "1"], "says where")):
        assert main([*command, *options]) == 2
        assert said in capsys.readouterr().err
    assert main(["explain", "v.safetensors", "queen", "tea", "--lines", "1"]) == 2
    assert "--in CORPUS: give it" in capsys.readouterr().err


def test_diff_shows_lines_of_both_corpora(vectors, capsys):
    command = ["diff", "v.safetensors", "w.safetensors", "queen", "tea", "-k", "2", "--in", "corpus", "plain"]
    assert main([*command, "--lines", "1"]) == 0
    out, err = capsys.readouterr()
    assert "    A 1860  1860.txt:1  The  Queen  of 1860." in out.splitlines()
    assert "    B a  queen" in out.splitlines()
    assert "--in: the corpus of B: 'tea' is not in the vocabulary" in err
    assert main([*command, "--json"]) == 0
    queen = next(each for each in json.loads(capsys.readouterr().out)["changes"] if each["word"] == "queen")
    assert [line["line"] for line in queen["lines_of_a"]] == [6, 6]
    assert queen["lines_of_b"][0]["left"] == "a"
    for options, message in ((["--lines", "0"], "at least 1"), (["--texts", "nowhere"], "says where")):
        assert main([*command, *options]) == 2
        assert message in capsys.readouterr().err
    assert main(["diff", "v.safetensors", "w.safetensors", "--tokens"]) == 2


def test_each_file_is_read_once(vectors, capsys, monkeypatch):
    from wordvec.corpus.documents.finding import Originals

    read, of_text = [], Originals._of_text

    def noted(self, path, *rest):
        read.append(path)
        return of_text(self, path, *rest)

    monkeypatch.setattr(Originals, "_of_text", noted)
    assert main(["similar", "v.safetensors", "queen", "-k", "3", "--in", "corpus"]) == 0
    assert len(read) == 2


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["plain", "queen", "--format", "csv"], "does not know its documents"),
        (["plain", "queen", "--sort", "date"], "does not know its documents"),
        (["corpus", "queen", "--json", "--format", "csv"], "contradict each other"),
        (["corpus", "queen", "--tokens", "--format", "csv"], "leave it out"),
        (["corpus", "queen", "tea", "--format", "csv"], "leave it out"),
        (["corpus", "queen", "tea", "--texts", "x"], "--texts DIR says where"),
        (["corpus", "queen", "--texts", "nowhere"], "--texts DIR says where"),
    ],
)
def test_problems_are_one_line(capsys, arguments, message):
    status, _, err = run(capsys, *arguments)
    assert status == 2
    assert message in err
    assert len(err.splitlines()) == 1
