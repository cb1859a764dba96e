from __future__ import annotations

import json
from pathlib import Path

import pytest
from words_of_parts import noisy_words, regular_words

from wordvec import WordVectors
from wordvec.cli import main
from wordvec.native import library


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    regular_words().save("v.safetensors")

    def run(*arguments):
        status = main(list(arguments))
        output = capsys.readouterr()
        return status, output.out, output.err

    return run


def test_ngrams_are_fitted_written_and_used(run):
    Path("pairs.txt").write_text("walk walks 9\nwalk sings 2\nwalked walkable 8\njump climber 1\n", encoding="utf-8")
    status, out, _ = run("subwords", "v.safetensors", "-o", "w.safetensors", "--similarity", "pairs.txt")
    lines = out.splitlines()
    assert status == 0 and lines[0].endswith("n-grams of 3 to 6 characters for 60 words")
    assert lines[1].startswith("pairs: ") and lines[-1] == "written: w.safetensors"
    assert WordVectors.load("w.safetensors").matrix.tobytes() == WordVectors.load("v.safetensors").matrix.tobytes()
    known = "walk walks 9\nwalk sings 2\nwalked walks 8\njump walked 1\nwalk jump 3\n"
    Path("pairs.txt").write_text(known + "walkable walk 7\n", encoding="utf-8")
    _, out, _ = run("subwords", "v.safetensors", "-o", "w.safetensors", "--similarity", "pairs.txt")
    both, on_all = out.splitlines()[1].split("; after, 6 items: ")
    before, after = both.removeprefix("pairs: spearman ").split(" after, ")[0].split(" before, ")
    assert before == after and ", 5 items" in both and on_all != after  # the same rows on the same items
    status, out, _ = run("similar", "w.safetensors", "walkable", "-k", "1")
    assert out.startswith("walkable  (no row of its own, composed of n-grams: walkable)\n")
    status, out, _ = run("similar", "w.safetensors", "walkable", "walk", "--json", "-k", "1")
    found = json.loads(out)
    assert found["walkable"][0]["composed"] == ["walkable"] and "composed" not in found["walk"][0]
    status, _, err = run("similar", "w.safetensors", "xyzzy")
    assert status == 2 and "none of its n-grams is known" in err


def test_leaning_says_k_and_how_it_was_found(run):
    noisy_words(30.0).save("n.safetensors")
    status, out, _ = run("subwords", "n.safetensors", "-o", "w.npz", "--lean", "--json")
    facts = json.loads(out)
    assert status == 0 and facts["lean"] > 10 and facts["held_out_words"] > 200 and facts["words"] > 2000
    _, out, _ = run("subwords", "n.safetensors", "-o", "w.npz", "--lean", "7")
    assert "rare words lean on their n-grams: (c own + 7.0 predicted) / (c + 7.0)" in out


def test_train_fits_ngrams_to_what_it_trained(run):
    text = " ".join(word for word in regular_words().words for _ in range(6))
    Path("text.txt").write_text(text, encoding="utf-8")
    status, out, _ = run("train", "text.txt", "-o", "t.safetensors", "--trainer", "svd", "--dim", "4", "--subwords")
    assert status == 0 and "  subwords " in out and "n-grams of 3 to 6" in out
    assert WordVectors.load("t.safetensors")["walkable"].shape == (4,)
    status, _, err = run(
        "train", "text.txt", "-o", "t.safetensors", "--trainer", "svd", "--dim", "4", "--subwords", "--lean"
    )
    assert status == 2 and "t.safetensors is written, without n-grams" in err and "too few" in err
    assert len(WordVectors.load("t.safetensors")) == 60


@pytest.mark.skipif(not library.is_available(), reason="the C library is not here")
def test_train_trains_ngrams_with_the_words(run):
    text = " ".join(word for word in regular_words().words for _ in range(6))
    Path("text.txt").write_text(text, encoding="utf-8")
    status, out, _ = run("train", "text.txt", "-o", "t.npz", "--dim", "4", "--train-subwords", "--max-n", "4")
    assert status == 0 and "skipgram, as svd has no --train-subwords" in out
    assert "n-grams of 3 to 4 characters for 60 words" in out
    assert WordVectors.load("t.npz")["walkable"].shape == (4,)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("subwords", "v.safetensors", "-o", "w.txt"), "this format does not keep n-grams"),
        (("subwords", "v.safetensors", "-o", "v.safetensors"), "would be lost"),
        (("subwords", "v.safetensors", "-o", "w.npz", "--min-n", "7"), "min_n must be from 1 to max_n"),
        (("train", "none.txt", "-o", "w.safetensors", "--min-n", "2"), "--min-n belongs to --subwords"),
        (("train", "none.txt", "-o", "w.safetensors", "--subwords", "--lean", "nan"), "lean must be"),
        (("train", "none.txt", "-o", "w.bin", "--subwords"), "this format does not keep n-grams"),
        (("train", "none.txt", "-o", "w.txt", "--train-subwords"), "this format does not keep n-grams"),
        (("train", "none.txt", "-o", "w.npz", "--train-subwords", "--subwords"), "exclude each other"),
        (("train", "none.txt", "-o", "w.npz", "--train-subwords", "--lean"), "exclude each other"),
        (("train", "none.txt", "-o", "w.npz", "--train-subwords", "--trainer", "svd"), "has no n-grams to train"),
        (("train", "none.txt", "-o", "w.npz", "--train-subwords", "--start", "v.npz"), "leave out --start"),
        (("train", "none.txt", "-o", "w.npz", "--train-subwords", "--max-n", "2"), "min_n must be from 1 to max_n"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(run, arguments, message):
    status, out, err = run(*arguments)
    assert status == 2 and out == "" and message in err and err.count("\n") == 1
    assert not Path("w.safetensors").exists()
