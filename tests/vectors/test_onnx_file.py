"""Models in ONNX's format, against the means that they are to compute."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.errors import InputError, MissingExtraError, OptionError
from wordvec.vectors import WordVectors
from wordvec.vectors.documents import mean_sentence_vectors
from wordvec.vectors.exports import write_onnx

WORDS = ["the", "naïve", "왕", "new york", " ", "a\nb", "▁x", "\U0001f600", "tea", "zero"]
SENTENCES = [
    ["the", "naïve", "the"],
    ["왕"],
    [],
    ["nobody", "The"],
    ["new york", " ", "a\nb", "▁x", "\U0001f600", "no"],
]


@pytest.fixture(scope="module", params=["float32", "float16", "int8"])
def vectors(request):
    matrix = np.random.default_rng(1).normal(size=(len(WORDS), 7)).astype(np.float32) * 3
    matrix[-1] = 0
    info, scales = {"tokenizer": "words", "split_sentences": False}, None
    if request.param == "int8":
        matrix, scales = np.round(matrix * 20), np.linspace(0.1, 2, len(WORDS), dtype=np.float32)
    return WordVectors(WORDS, matrix.astype(request.param), np.arange(len(WORDS), 0, -1), info, scales=scales)


def run(path, **inputs):
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx").checker.check_model(str(path), full_check=True)
    return runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(["vectors", "found"], inputs)


def filled(rows, empty, dtype):
    longest = max(map(len, rows))
    return np.array([[*row, *[empty] * (longest - len(row))] for row in rows], dtype)


def test_the_model_gives_the_means_of_tokens(vectors, tmp_path):
    pytest.importorskip("onnx")
    assert write_onnx(vectors, tmp_path / "v.onnx") == len(WORDS)
    found = run(tmp_path / "v.onnx", tokens=filled(SENTENCES, "", object))
    expected = mean_sentence_vectors(vectors, SENTENCES)
    np.testing.assert_allclose(found[0], expected.matrix, atol=1e-6)
    assert found[1].tolist() == expected.found.tolist()
    (of_one,) = run(tmp_path / "v.onnx", tokens=np.array([[WORDS[2]]], object))[0]
    np.testing.assert_array_equal(of_one, vectors[WORDS[2]])  # a single word's vector as it is


def test_the_model_gives_the_means_of_ids(vectors, tmp_path):
    onnx = pytest.importorskip("onnx")
    assert write_onnx(vectors, tmp_path / "v.onnx", inputs="ids") == len(WORDS)
    ids = [vectors.ids_of(sentence, missing=-1).tolist() for sentence in SENTENCES]
    found = run(tmp_path / "v.onnx", ids=filled(ids, -1, np.int64))
    np.testing.assert_allclose(found[0], mean_sentence_vectors(vectors, SENTENCES).matrix, atol=1e-6)
    about = {each.key: json.loads(each.value) for each in onnx.load(tmp_path / "v.onnx").metadata_props}
    assert about == {"words": WORDS, "wordvec": vectors.info}


def test_the_command(tmp_path, monkeypatch, capsys):
    pytest.importorskip("onnx")
    monkeypatch.chdir(tmp_path)
    WordVectors(WORDS, np.eye(10), np.arange(10)).save("v.npz")  # the last ones are the most frequent
    assert main(["export", "v.npz", "--onnx", "v.onnx", "--top", "3"]) == 0
    assert capsys.readouterr().out == "v.onnx: 3 words in 10 dimensions; takes tokens\n"
    found, known = run("v.onnx", tokens=np.array([["zero", "the"], ["the", "naïve"]], object))
    assert known.tolist() == [1, 0] and found[0].tolist() == np.eye(10)[-1].tolist()
    assert main(["export", "v.npz", "--onnx", "v.onnx", "--ids"]) == 0
    assert capsys.readouterr().out == "v.onnx: 10 words in 10 dimensions; takes ids\n"
    assert main(["export", "v.npz", "--projector", "folder", "--ids"]) == 2
    assert "--ids is for --onnx" in capsys.readouterr().err


def test_what_is_refused(monkeypatch, tmp_path):
    plain = WordVectors(["a"], np.ones((1, 2)))
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "onnx", None)
        with pytest.raises(MissingExtraError, match=r"wordvec\[onnx\]"):
            write_onnx(plain, tmp_path / "v.onnx")
    pytest.importorskip("onnx")
    with pytest.raises(OptionError, match="inputs must be one of tokens, ids; got 'words'"):
        write_onnx(plain, tmp_path / "v.onnx", inputs="words")
    with pytest.raises(InputError, match="nan or infinity"):
        write_onnx(WordVectors(["a"], np.array([[np.nan]])), tmp_path / "v.onnx")
    with pytest.raises(InputError, match=r"WordVectors\.info cannot be written as JSON"):
        write_onnx(WordVectors(["a"], np.ones((1, 2)), info={"x": {1, 2}}), tmp_path / "v.onnx")
    monkeypatch.setattr("wordvec.vectors.exports.LARGEST", 20)
    with pytest.raises(InputError, match=r"an ONNX file may have 2: write fewer \(top=N, --top N\)"):
        write_onnx(plain, tmp_path / "v.onnx")
    assert list(tmp_path.iterdir()) == []
