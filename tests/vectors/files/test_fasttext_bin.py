from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

from fuzz_files import fasttext_bin

from wordvec.errors import VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.ngrams import ngram_hashes

WORDS = ["cat", "naïve", "한국어"]
MATRIX = np.random.default_rng(2).normal(size=(3, 4)).astype(np.float32)
BUCKETS = 7
UNSEEN = ("cats", "xyz", "한국", "ünk", "a", "")
# Trained in a process of its own: version 0.9.3 now and then stops with NaN when it trains a second time in one.
TRAIN = """
import json, sys, fasttext
fasttext.FastText.eprint = lambda *_: None
text, out, kind, options, words = json.loads(sys.argv[1])
for _ in range(50):
    try:
        model = getattr(fasttext, "train_" + kind)(text, minCount=1, epoch=1, thread=1, lr=0.001, verbose=0, **options)
        break
    except RuntimeError as error:
        assert "NaN" in str(error), error
if out.endswith("ftz"):
    model.quantize(qnorm=True, dsub=3)
model.save_model(out)
words = model.get_words() + words
print(json.dumps([model.get_words(include_freq=True)[1].tolist()] + [model.get_word_vector(w).tolist() for w in words]))
"""


@pytest.mark.parametrize("quantized", [False, True])
def test_known_words_by_hand(tmp_path, quantized):
    """The rows of the buckets count up from 0."""
    (tmp_path / "m").write_bytes(fasttext_bin(WORDS, MATRIX, BUCKETS, 2, 3, quantized))
    vectors = WordVectors.load(tmp_path / "m", strict=True)
    buckets = np.arange(BUCKETS * 4, dtype=np.float32).reshape(BUCKETS, 4)
    assert vectors.words == WORDS
    assert vectors.counts.tolist() == [10, 9, 8]
    assert vectors.info["trainer"] == "fastText skipgram"
    assert vectors.info["parameters"]["min_count"] == 1
    for row, word in enumerate(WORDS):
        ids = ngram_hashes([word.encode()], 2, 3)[1] % BUCKETS
        expected = np.vstack([MATRIX[row : row + 1], buckets[ids]]).mean(axis=0)
        np.testing.assert_allclose(vectors[word], expected, rtol=1e-5, atol=1e-6)
    ids = ngram_hashes([b"dog"], 2, 3)[1] % BUCKETS
    np.testing.assert_allclose(vectors.subwords.vector("dog"), buckets[ids].mean(axis=0), rtol=1e-6)


def test_options(tmp_path):
    (tmp_path / "m").write_bytes(fasttext_bin(WORDS, MATRIX, BUCKETS, 2, 3))
    whole = WordVectors.load(tmp_path / "m")
    some = WordVectors.load(tmp_path / "m", words=["한국어", "cat", "?"])
    assert some.words == ["cat", "한국어"]
    assert some.counts.tolist() == [10, 8]
    np.testing.assert_array_equal(some.matrix, whole.matrix[[0, 2]])
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "m", limit=2).matrix, whole.matrix[:2])
    narrow = WordVectors.load(tmp_path / "m", dtype="int8")
    np.testing.assert_allclose(narrow.rows(slice(None)), whole.matrix, atol=0.07)  # half of 17 / 127
    assert narrow.subwords is not None


def test_without_subwords(tmp_path):
    (tmp_path / "m").write_bytes(fasttext_bin(WORDS, MATRIX, 0, 0, 0))
    vectors = WordVectors.load(tmp_path / "m")
    assert vectors.subwords is None
    np.testing.assert_array_equal(vectors.matrix, MATRIX)


@pytest.mark.parametrize(
    ("at", "layout", "value", "message"),
    [
        (4, "<i", 13, "format version 13; 11 and 12 are read"),
        (8, "<i", 0, "damaged: its options are"),
        (8, "<i", 5, "input matrix of shape"),
        (64, "<i", 2**31 - 1, "a dictionary of"),
        (72, "<i", 1, "a dictionary of"),
        (92, "<b", 0, "word 0 of 3 has no end"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, at, layout, value, message):
    content = bytearray(fasttext_bin(WORDS, MATRIX, BUCKETS, 2, 3))
    struct.pack_into(layout, content, at, value)
    (tmp_path / "m").write_bytes(bytes(content))
    with pytest.raises(VectorsFileError, match=message):
        WordVectors.load(tmp_path / "m")


def test_a_huge_dictionary_is_not_believed(tmp_path):
    content = bytearray(fasttext_bin(WORDS, MATRIX, BUCKETS, 2, 3))
    struct.pack_into("<ii", content, 64, 2**31 - 1, 2**31 - 1)
    (tmp_path / "m").write_bytes(bytes(content))
    with pytest.raises(VectorsFileError, match="truncated: 2,147,483,647 words"):
        WordVectors.load(tmp_path / "m")


def trained(tmp_path: Path, kind: str, name: str, **options) -> tuple[WordVectors, list[int], np.ndarray]:
    """A model made by fastText; its counts, and its vectors of all words and of UNSEEN."""
    import json

    rng = np.random.default_rng(1)
    words = ["cat", "dog", "naïve", "한국어", "ungewöhnlich", "the", "of", "house", "houses", "kingdom"]
    label = "__label__" * (kind == "supervised")
    lines = [label + "ab"[i % 2] * bool(label) + " " + " ".join(rng.choice(words, 10)) for i in range(300)]
    (tmp_path / "text").write_text("\n".join(lines) + "\n", encoding="utf-8")
    job = json.dumps([str(tmp_path / "text"), str(tmp_path / name), kind, options, UNSEEN])
    child = subprocess.run([sys.executable, "-c", TRAIN, job], capture_output=True, text=True, check=True)
    counts, *rows = json.loads(child.stdout.splitlines()[-1])
    return WordVectors.load(tmp_path / name, strict=True), counts, np.array(rows, np.float32)


@pytest.mark.parametrize(
    ("kind", "name", "options"),
    [
        ("unsupervised", "m.bin", {"model": "skipgram", "dim": 7, "minn": 3, "maxn": 6, "bucket": 20_000}),
        ("unsupervised", "m.bin", {"model": "cbow", "dim": 5, "minn": 1, "maxn": 2, "bucket": 5_000}),
        ("unsupervised", "m.bin", {"model": "skipgram", "dim": 5, "minn": 0, "maxn": 0}),
        ("supervised", "m.bin", {"dim": 10, "minn": 2, "maxn": 3, "bucket": 5_000}),
        ("supervised", "m.ftz", {"dim": 10, "minn": 2, "maxn": 3, "bucket": 5_000}),
    ],
)
def test_equal_to_fasttext(tmp_path, kind, name, options):
    pytest.importorskip("fasttext", reason="compares with fastText (extra 'bench')")
    vectors, counts, rows = trained(tmp_path, kind, name, **options)
    assert vectors.counts.tolist() == counts
    np.testing.assert_allclose(vectors.matrix, rows[: len(vectors)], rtol=0, atol=1e-6)
    for word, expected in zip(UNSEEN, rows[len(vectors) :]):
        made = vectors.subwords.vector(word) if vectors.subwords is not None else None
        np.testing.assert_allclose(np.zeros(vectors.dim) if made is None else made, expected, rtol=0, atol=1e-6)
    if vectors.subwords is not None:
        cats = vectors.get("cats", np.zeros(vectors.dim))  # quantised, its n-grams may all be zero
        np.testing.assert_allclose(cats, rows[len(vectors)], rtol=0, atol=1e-6)
