from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from words_of_parts import regular_words

from wordvec.cli import main
from wordvec.errors import InputError
from wordvec.vectors import WordVectors
from wordvec.vectors.load import not_kept
from wordvec.vectors.postprocessing import centered

UNSEEN = ["walkable", "unsung", "한국어로", "x" * 300]
ASK = """
import json, sys, fasttext
fasttext.FastText.eprint = lambda *_: None
path, words = json.loads(sys.argv[1])
model = fasttext.load_model(path)
print(json.dumps([model.get_words()] + [model.get_word_vector(word).tolist() for word in words]))
"""


def fitted() -> WordVectors:
    return regular_words().fit_subwords(2, 4, buckets=300)


def test_what_is_written_is_read_back(tmp_path):
    vectors = fitted()
    vectors.save(tmp_path / "m.bin", "fasttext-bin")
    read = WordVectors.load(tmp_path / "m.bin", strict=True)
    assert list(read.words) == list(vectors.words) and read.counts.tolist() == vectors.counts.tolist()
    np.testing.assert_allclose(read.matrix, vectors.matrix, rtol=0, atol=1e-6)
    for word in UNSEEN:
        np.testing.assert_allclose(read[word], vectors[word], rtol=0, atol=1e-6)
    assert read.info["parameters"]["minn"] == 2 and read.info["parameters"]["bucket"] == 300
    assert not_kept(vectors, "fasttext-bin") == ["where they come from"]


def test_vectors_without_ngrams_are_exact(tmp_path):
    WordVectors(["a b", "naïve"], np.eye(2)).save(tmp_path / "m.bin", "fasttext-bin")
    read = WordVectors.load(tmp_path / "m.bin", strict=True)
    assert list(read.words) == ["a b", "naïve"] and read.matrix.tolist() == np.eye(2).tolist() and read.subwords is None
    assert read.counts.tolist() == [1, 1]


def test_a_fasttext_model_goes_through_unchanged(tmp_path):
    fitted().save(tmp_path / "m.bin", "fasttext-bin")
    WordVectors.load(tmp_path / "m.bin").save(tmp_path / "again.bin", "fasttext-bin")
    first, again = WordVectors.load(tmp_path / "m.bin"), WordVectors.load(tmp_path / "again.bin")
    np.testing.assert_allclose(again.matrix, first.matrix, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(again["walkable"], first["walkable"])


def test_fasttext_gives_the_same_vectors(tmp_path):
    pytest.importorskip("fasttext", reason="compares with fastText (extra 'bench')")
    vectors = fitted()
    vectors.save(tmp_path / "m.bin", "fasttext-bin")
    words = [*vectors.words, *UNSEEN]
    job = json.dumps([str(tmp_path / "m.bin"), words])
    child = subprocess.run([sys.executable, "-c", ASK, job], capture_output=True, text=True, check=True)
    known, *rows = json.loads(child.stdout.splitlines()[-1])
    assert known == list(vectors.words)
    np.testing.assert_allclose(np.array(rows), vectors[words], rtol=0, atol=1e-5)


def test_what_the_file_cannot_hold_is_refused(tmp_path):
    exact = regular_words().fit_subwords()
    for vectors, message in [
        (exact, "numbers n-grams by buckets, .* wordvec subwords --buckets 200000"),
        (centered(fitted()), "went through post-processing"),
        (WordVectors(["a\0b"], np.ones((1, 2))), "holds a NUL"),
        (WordVectors(["a"], np.array([[1.0, np.inf]])), "holds nan or infinity"),
    ]:
        with pytest.raises(InputError, match=message):
            vectors.save(tmp_path / "m.bin", "fasttext-bin")
    assert not (tmp_path / "m.bin").exists()


def test_a_word_whose_buckets_are_all_empty_has_no_vector():
    vectors = regular_words().fit_subwords(3, 6, buckets=1_000_000)
    assert vectors.get("xyzzy") is None and vectors.get("walkable") is not None


def test_the_command_line_writes_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    fitted().save("v.safetensors")
    assert main(["convert", "v.safetensors", "m.bin", "--to", "fasttext-bin"]) == 0
    assert "m.bin: 60 words in 20 dimensions, fasttext-bin" in capsys.readouterr().out
    assert WordVectors.load("m.bin").subwords is not None
