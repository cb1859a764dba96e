import json
from pathlib import Path

import pytest
from commands import run


@pytest.fixture
def model(tmp_path, monkeypatch, capsys):
    """Vectors, the corpus and the report of their training."""
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text("the cat saw the dog\nthe dog saw the cat\na car saw the cat\n" * 20)
    run(capsys, "corpus", "build", "text.txt", "-o", "corpus")
    _, out, _ = run(capsys, "train", "corpus", "-o", "v.safetensors", "--trainer", "svd", "--dim", "2", "--json")
    Path("report.json").write_text(out)
    Path("pairs.txt").write_text("cat dog 9\ncat car 2\ndog saw 1\n")
    return "v.safetensors"


def test_card_is_printed_or_written(model, capsys):
    arguments = ["card", model, "--similarity", "pairs.txt", "--corpus", "corpus", "--report", "report.json"]
    status, card, err = run(capsys, *arguments, "--licence", "CC0")
    assert (status, err) == (0, "")
    assert "| corpus | text.txt |" in card
    assert "| pairs | spearman |" in card
    assert "| of these vectors | CC0 |" in card
    assert "| of the corpus | not stated |" in card
    assert "| time | corpus " in card
    status, out, _ = run(capsys, *arguments, "--licence", "CC0", "-o", "CARD.md")
    assert status == 0
    assert Path("CARD.md").read_text() == card
    assert "CARD.md" in out


def test_the_licence_of_a_corpus_of_the_catalogue(model, capsys):
    header = json.loads(Path("corpus/corpus.json").read_text())
    header["info"]["sources"] = ["text8"]
    Path("corpus/corpus.json").write_text(json.dumps(header))
    _, card, _ = run(capsys, "card", model, "--corpus", "corpus")
    assert "| of the corpus | GFDL" in card
    _, card, _ = run(capsys, "card", model, "--corpus", "corpus", "--corpus-licence", "mine")
    assert "| of the corpus | mine |" in card


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["missing.safetensors"], "missing.safetensors"),
        (["v.safetensors", "-o", "no/CARD.md"], "does not exist"),
        (["v.safetensors", "--similarity", "missing.txt"], "missing.txt"),
        (["v.safetensors", "--corpus", "nowhere"], "nowhere"),
        (["v.safetensors", "--report", "text.txt"], "not JSON"),
        (["v.safetensors", "--report", "list.json"], "with seconds in it"),
        (["v.safetensors", "--stability", "text.txt"], "not a file of neighbour stability"),
        (["v.safetensors", "--words", "zebra"], "zebra"),
        (["v.safetensors", "--bias", "pairs.txt"], "pairs.txt"),
        (["v.safetensors", "--protocol", "fair"], "protocol must be one of"),
    ],
)
def test_bad_requests_are_one_line_and_write_nothing(model, capsys, arguments, message):
    Path("list.json").write_text("[]")
    if "fair" in arguments:
        arguments = [*arguments, "--similarity", "pairs.txt"]
    status, out, err = run(capsys, "card", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
