"""``wordvec change``, as a user runs it."""

import json
from argparse import Namespace

import pytest
from dated_texts import write_dated_texts

from wordvec import Corpus
from wordvec.cli import main
from wordvec.cli.change import _not_shown


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("change")
    texts = write_dated_texts(folder / "texts", ["t0w30"], sentences=60, documents=40, seed=2)
    Corpus.from_documents(texts, texts / "table.csv", min_count=3).save(folder / "corpus")
    return str(folder / "corpus")


def test_table_neighbours_lines_and_figures(corpus, tmp_path, capsys):
    figures = tmp_path / "figures"
    command = [
        "change",
        corpus,
        "--by",
        "50",
        "--words",
        "t0w30,t8w3,t9w59",
        "--figures",
        str(figures),
        "--width",
        "90",
    ]
    assert main(command) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert "by 50: 1800-1849 (20 documents), 1850-1899 (20 documents)" in lines
    assert (
        "2 words tested over documents, at most 999 permutations each; 1 differs at a false discovery rate of 0.05"
        in lines
    )
    assert [line.split()[6] for line in lines if line.startswith("* ")] == ["t0w30"]
    assert any(line.startswith("  t9w59: too rare") for line in lines)
    assert sum(line.startswith("    18") for line in lines) == 12  # three lines of two groups of two words
    assert "Read the lines before you say which" in err
    assert sorted(path.name for path in figures.iterdir()) == ["01-t0w30.svg", "02-t8w3.svg"]


@pytest.mark.parametrize(
    "found, said",
    [
        (0, ["f: no figure was drawn, as no word differs; --words draws the words that you name"]),
        (3, ["f: 2 of 3 words were drawn; --limit N draws more"]),
        (2, []),
    ],
)
def test_figures_that_are_not_drawn_are_said(found, said):
    assert _not_shown((None,) * found, Namespace(figures="f", limit=2)) == said
    assert _not_shown((None,) * found, Namespace(figures=None, limit=2)) == []


def test_a_file_in_the_place_of_a_folder(corpus, capsys):
    assert main(["change", corpus, "--by", "50", "--save-vectors", f"{corpus}/corpus.json"]) == 2
    assert "corpus.json: is a file, or is below one; name a folder" in capsys.readouterr().err


def test_json(corpus, capsys):
    assert main(["change", corpus, "--by", "50", "--words", "t0w30,t8w3", "--json", "--lines", "1"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["words"][0]["word"] == "t0w30"
    assert [detail["word"] for detail in report["details"]] == ["t0w30", "t8w3"]
    nearest = report["details"][0]["neighbours"]["1850-1899"]
    assert nearest[0]["word"].startswith("t3w")
    assert report["details"][0]["lines"]["1800-1849"][0]["keyword"] == "t0w30"


@pytest.mark.parametrize(
    "options, message",
    [
        (["--by", "place"], "no column 'place'"),
        (["--by", "year", "--words", "t0w30"], "take longer periods"),
        (["--by", "1000"], "take shorter periods, such as --by year"),
        (["--by", "50", "--save-vectors", "CORPUS"], "is a corpus; name another folder"),
        (["--by", "50", "--words", "t0w30", "--limit", "-1"], "--limit must not be negative; got -1"),
        (["--by", "50", "--words", "t0w30", "--top", "3"], "not both"),
        (["--by", "50", "--words", "tea"], "tea"),
        (["--by", "50", "--words", "t0w30", "--texts", "nowhere"], "--texts DIR says where"),
    ],
)
def test_problems_are_one_line(corpus, capsys, options, message):
    assert main(["change", corpus, *(corpus if option == "CORPUS" else option for option in options)]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_cited_lines_and_the_record_have_the_years_of_the_named_column(tmp_path, capsys):
    texts = write_dated_texts(tmp_path / "texts", ["t0w30"], sentences=60, documents=40, seed=2)
    table = texts / "table.csv"
    table.write_text(table.read_text().replace("year", "printed", 1))
    Corpus.from_documents(texts, table, min_count=3).save(tmp_path / "corpus")
    command = ["change", str(tmp_path / "corpus"), "--by", "50", "--date-column", "printed", "--words", "t0w30"]
    assert main([*command, "-o", str(tmp_path / "changes.json")]) == 0
    assert sum(line.startswith("    18") for line in capsys.readouterr().out.splitlines()) == 6
    record = json.loads((tmp_path / "changes.json").read_text(encoding="utf-8"))
    assert [year // 100 for year in record["corpus"]["years"]] == [18, 18]
