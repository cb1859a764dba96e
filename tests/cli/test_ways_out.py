"""What a message advises can be done: an option that it names is the verb's own, or another command has it."""

import pytest
from commands import run

from wordvec import SVD, Corpus


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus = Corpus.from_sentences([["king", "queen", "tea"], ["tea", "milk", "king"]] * 3)
    SVD(dim=2).fit(corpus).vectors.save("v.safetensors")
    (tmp_path / "wide.txt").write_text("king queen tea\n" * 9, encoding="utf-16")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9 king queen\n" * 9)
    (tmp_path / "table.csv").write_text("id,text\n" + "".join(f"{i},king queen\n" for i in range(9)), encoding="utf-8")


COMMANDS = (
    ("concordance", "FILE", "king"),
    ("similar", "v.safetensors", "king", "--in", "FILE"),
    ("explain", "v.safetensors", "king", "queen", "--in", "FILE"),
    ("diff", "v.safetensors", "v.safetensors", "king", "--in", "FILE", "FILE"),
    ("plot", "FILE", "-o", "p.svg", "--matrix", "counts"),
    ("train", "FILE", "-o", "w.safetensors"),
    ("corpus", "info", "FILE"),
    ("embed", "v.safetensors", "FILE", "-o", "docs.safetensors"),
)


@pytest.mark.parametrize(
    "name, option", [("wide.txt", "--encoding"), ("latin.txt", "--encoding"), ("table.csv", "--field")]
)
@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_an_option_that_a_message_names_can_be_given(capsys, command, name, option):
    status, _, err = run(capsys, *(name if word == "FILE" else word for word in command))
    assert status == 2 and option in err
    own = option in run(capsys, *command[: 1 + (command[0] == "corpus")], "--help")[1]
    way_out = f"wordvec {command[0]} has no {option}: make a corpus of the text by wordvec corpus build FILE -o CORPUS"
    assert own != (way_out in err)


def test_the_way_out_works(capsys):
    assert run(capsys, "corpus", "build", "wide.txt", "-o", "corpus", "--encoding", "utf-16")[0] == 0
    status, out, _ = run(capsys, "concordance", "corpus", "queen")
    assert status == 0 and "queen: 9 times" in out
