"""wordvec convert: what is read, what is kept, and what the new format does not hold."""

from __future__ import annotations

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.vectors import WordVectors

WORDS = ["the", "of", "naïve"]
ROWS = np.array([[0.5, 1.0], [2.0, -3.0], [1.0, 1.0]], np.float32)


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    WordVectors(WORDS, ROWS, np.array([3, 2, 1]), {"trainer": "x"}).save("v.safetensors")


def run(capsys, *arguments):
    status = main(["convert", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_it_says_what_it_wrote_and_what_was_lost(capsys):
    status, out, err = run(capsys, "v.safetensors", "v.vec")
    assert (status, err) == (0, "")
    assert out == (
        "v.vec: 3 words in 2 dimensions, fasttext-vec\nnot kept in this format: counts, where they come from\n"
    )


def test_limit_and_type(capsys):
    assert run(capsys, "v.safetensors", "w", "--limit", "2", "--dtype", "int8")[1].startswith("w: 2 words")
    read = WordVectors.load("w")
    assert read.matrix.dtype == np.int8
    np.testing.assert_allclose(read.rows([0, 1]), ROWS[:2], atol=0.02)
    assert read.counts.tolist() == [3, 2]


def test_a_list_of_words(capsys, tmp_path):
    (tmp_path / "list").write_text("naïve\nthe\nunheard\n", encoding="utf-8")
    status, out, _ = run(capsys, "v.safetensors", "w.bin", "--words", "list")
    assert status == 0
    assert "not among the vectors read: 1 of the 3 words in list" in out
    assert WordVectors.load("w.bin").words == ["the", "naïve"]


@pytest.mark.filterwarnings("always:.*repaired")
def test_repairs_are_one_line_and_strict_makes_them_errors(capsys, tmp_path):
    (tmp_path / "v.txt").write_bytes(b"2 2\na 1 2\na 3 4\n")
    status, _, err = run(capsys, "v.txt", "w.bin")
    assert status == 0
    assert err.startswith("wordvec: v.txt: repaired: words that appear twice, the first row kept: 1 (first: line 3")
    assert err.count("\n") == 1
    status, out, err = run(capsys, "v.txt", "strict.bin", "--strict")
    assert (status, out) == (2, "")
    assert err == "wordvec convert: v.txt: line 3: the word 'a' is at line 2 already [WV0400]\n"
    assert not (tmp_path / "strict.bin").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["v.safetensors", "w.foo"], "no format has this suffix"),
        (["v.safetensors", "w.txt", "--to", "pickle"], "format must be one of"),
        (["v.safetensors", "none/w.txt"], "does not exist"),
        (["v.safetensors", "w.txt", "--dtype", "int4"], "dtype must be one of"),
        (["v.safetensors", "w.txt", "--words", "none"], "none"),
        (["v.safetensors", "w.txt", "--limit", "0"], "limit must be"),
        (["none", "w.txt"], "no such file"),
        (["v.safetensors", ""], "the name of the output is empty"),
        (["v.safetensors", "-o", ""], "--out has an empty value"),
        (["v.safetensors", "w.txt", "--words-from", ""], "--words-from has an empty value"),
    ],
)
def test_bad_use_is_one_line_and_status_2(capsys, arguments, message):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_the_input_is_not_written_over(tmp_path, capsys):
    file = tmp_path / "v.npz"
    WordVectors(["cat", "dog"], np.eye(2)).save(file)
    before = file.read_bytes()
    assert main(["convert", str(file), str(file), "--limit", "1"]) == 2
    assert main(["postprocess", str(file), "-o", str(file), "--steps", "unit"]) == 2
    assert "v.npz" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_a_matrix_and_its_words_in_two_files(tmp_path, capsys):
    np.save(tmp_path / "m.npy", np.eye(2, dtype=np.float32))
    (tmp_path / "list.txt").write_text("new york\ntea\n")
    out = tmp_path / "v.safetensors"
    assert main(["convert", str(tmp_path / "m.npy"), str(out), "--words-from", str(tmp_path / "list.txt")]) == 0
    assert list(WordVectors.load(out).words) == ["new york", "tea"]
    assert main(["convert", str(tmp_path / "m.npy"), str(out)]) == 2
    assert "--words-from" in capsys.readouterr().err


def test_the_file_to_write_may_be_given_as_of_other_verbs(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.txt").write_text("2 2\na 1 0\nb 0 1\n")
    assert main(["convert", "v.txt", "-o", "w.npz"]) == 0 and (tmp_path / "w.npz").exists()
    for wrong in (["v.txt"], ["v.txt", "a.npz", "-o", "b.npz"]):
        assert main(["convert", *wrong]) == 2
        assert "give the file to write once" in capsys.readouterr().err
