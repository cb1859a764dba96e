"""The verb concordance, as a user runs it."""

import json

import pytest

from wordvec import Corpus
from wordvec.cli import main
from wordvec.terminal import display_width

TEXT = ["the king sat on the throne", "the queen sat on the throne", "a dog barks at night"] * 8


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "60")
    Corpus.from_sentences([line.split() for line in [*TEXT, "the king and the queen rule"]]).save("corpus")
    (tmp_path / "text.txt").write_text("\n".join(TEXT))


def run(capsys, *arguments):
    status = main(["concordance", *map(str, arguments)])
    return status, *capsys.readouterr()


def test_lines_of_a_word(capsys):
    status, out, err = run(capsys, "corpus", "king", "--limit", "3")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "king: 9 times, 3 of them here",
        "the  king  sat on the throne",
        "the  king  sat on the throne",
        "the  king  sat on the throne",
    ]
    assert run(capsys, "corpus", "king", "--limit", "3")[1] == out  # from the index this time


def test_near(capsys):
    _, out, _ = run(capsys, "corpus", "--near", "queen", "king")
    assert out.splitlines() == ["king within 5 words of queen: once", "the  king  and the [queen] rule"]
    _, out, _ = run(capsys, "corpus", "king", "--near", "queen", "--window", "2")
    assert out.splitlines() == ["king within 2 words of queen: never"]


def test_two_words(capsys):
    _, out, _ = run(capsys, "corpus", "king", "queen", "--limit", "5")
    lines = out.splitlines()
    assert lines[0] == "king and queen: once within 5 words of each other"
    assert any(line.strip().startswith(("sat (8 near king, 8 near queen)", "throne (8 near")) for line in lines)
    assert all(display_width(line) <= 60 for line in lines if line.startswith("    "))


def test_a_text_and_its_missing_words(capsys):
    with open("text.txt", "a") as file:
        file.write("\nonce the king slept")
    _, out, err = run(capsys, "text.txt", "king", "--limit", "1")
    assert out.startswith("king: 9 times")
    assert err.count("\n") == 1
    assert "the lines omit the words outside the vocabulary: 2 of 140" in err


def test_a_text_whose_words_are_cut_wrongly_is_told_of(capsys, tmp_path):
    (tmp_path / "raw.txt").write_text("the king, of old sat. a king sat of old, too\n" * 20)
    status, out, err = run(capsys, "raw.txt", "king,", "--limit", "1")
    assert (status, out.splitlines()[0]) == (0, "king,: 20 times, 1 of them here")
    assert "have punctuation attached" in err
    assert "build it first: wordvec corpus build raw.txt -o DIR" in err


def test_json_has_the_same_and_nothing_else(capsys):
    status, out, err = run(capsys, "corpus", "king", "--json")
    report = json.loads(out)
    assert (status, err) == (0, "")
    assert report.keys() == {"word", "near", "window", "occurrences", "lines", "notes"}
    assert (report["occurrences"], len(report["lines"])) == (9, 9)
    assert report["lines"][0].keys() == {"left", "keyword", "right", "position", "sentence"}
    evidence = json.loads(run(capsys, "corpus", "king", "queen", "--json")[1])
    assert evidence["together"] == 1
    assert evidence["shared"][0].keys() == {"context", "part", "near_a", "near_b", "line_of_a", "line_of_b"}


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["corpus", "knig"], "king"),
        (["corpus", "king", "--near", "kween"], "kween"),
        (["corpus", "king", "--limit", "0"], "limit must be a whole number of at least 1"),
        (["corpus", "king", "queen", "--window", "0"], "window must be"),
        (["corpus", "king", "queen", "dog"], "one word, one word with --near, or two words expected"),
        (["corpus", "king", "queen", "--near", "dog"], "expected"),
        (["corpus", "king", "king"], "king is given twice"),
        (["nowhere", "king"], "nowhere"),
    ],
)
def test_refusals_are_one_line(capsys, arguments, message):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
