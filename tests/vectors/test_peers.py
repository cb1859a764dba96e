"""What is written is read by others, and what others write is read here: word2vec's way, gensim and fastText."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from wordvec.vectors import WordVectors

WORDS = ["the", "naïve", "한국어", "1990", "a_b", "."]
MATRIX = np.concatenate(
    [
        np.random.default_rng(4).normal(size=(4, 5)),
        [[1e-30, -1e-45, 3.4e38, 0.0, -0.0], [1 / 3, 0.1, 16777217.0, 1e-5, 123456.789]],
    ]
).astype(np.float32)


@pytest.fixture
def vectors():
    return WordVectors(WORDS, MATRIX)


def read_as_word2vec(file: BinaryIO) -> tuple[list[bytes], np.ndarray]:
    """As word2vec's distance program reads its binary file.

    fscanf("%lld") twice, then for each word fgetc until a space, newlines left out, and fread of D floats.
    """
    count, dim = scan_number(file), scan_number(file)
    words, rows = [], []
    for _ in range(count):
        word = b""
        while (byte := file.read(1)) not in (b"", b" "):
            word += byte if byte != b"\n" else b""
        words.append(word)
        rows.append(struct.unpack(f"<{dim}f", file.read(4 * dim)))
    return words, np.array(rows, np.float32)


def scan_number(file: BinaryIO) -> int:
    """fscanf("%lld"): white space, then digits; what follows them is not consumed."""
    digits = b""
    while (byte := file.read(1)).isspace():
        pass
    while byte.isdigit():
        digits, byte = digits + byte, file.read(1)
    file.seek(-1, io.SEEK_CUR)
    return int(digits)


def test_word2vec_reads_our_binary_file(tmp_path, vectors):
    vectors.save(tmp_path / "v.bin")
    with open(tmp_path / "v.bin", "rb") as file:
        words, rows = read_as_word2vec(file)
        assert file.read() in (b"", b"\n")
    assert [word.decode("utf-8") for word in words] == WORDS
    np.testing.assert_array_equal(rows, MATRIX)


def write_as_word2vec(path: Path, binary: bool) -> None:
    """As word2vec.c writes: "%s ", then "%lf " for each number in text, and a newline behind each row in both."""
    with open(path, "wb") as file:
        file.write(b"%d %d\n" % MATRIX.shape)
        for word, row in zip(WORDS, MATRIX):
            numbers = row.tobytes() if binary else b"".join(b"%f " % number for number in row.tolist())
            file.write(word.encode("utf-8") + b" " + numbers + b"\n")


@pytest.mark.parametrize("binary", [True, False])
def test_what_word2vec_writes_is_read(tmp_path, binary):
    write_as_word2vec(tmp_path / "v", binary)
    read = WordVectors.load(tmp_path / "v", strict=True)
    assert read.words == WORDS
    expected = MATRIX if binary else [[float(f"{number:f}") for number in row] for row in MATRIX.tolist()]
    np.testing.assert_array_equal(read.matrix, np.array(expected, np.float32))


@pytest.fixture
def keyed_vectors():
    return pytest.importorskip("gensim.models", reason="reads with gensim (extra 'bench')").KeyedVectors


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("word2vec-text", {}),
        ("word2vec-binary", {"binary": True}),
        ("fasttext-vec", {}),
        ("glove", {"no_header": True}),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # gensim leaves a file without header open
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_gensim_reads_what_we_write(tmp_path, vectors, keyed_vectors, format, options):
    vectors.save(tmp_path / "v", format)
    read = keyed_vectors.load_word2vec_format(str(tmp_path / "v"), **options)
    assert read.index_to_key == WORDS
    np.testing.assert_array_equal(read.vectors, MATRIX)


@pytest.mark.parametrize("options", [{"binary": True}, {"binary": False}, {"binary": False, "write_header": False}])
def test_what_gensim_writes_is_read(tmp_path, keyed_vectors, options):
    written = keyed_vectors(5)
    written.add_vectors(WORDS, MATRIX)
    written.save_word2vec_format(str(tmp_path / "v"), **options)
    read = WordVectors.load(tmp_path / "v", strict=True)
    assert list(read.words) == written.index_to_key
    np.testing.assert_array_equal(read.matrix, written.vectors)


def test_fasttext_starts_from_our_vec_file(tmp_path):
    """pretrainedVectors is the only way in which fastText reads .vec files; it wants the model's dimension."""
    fasttext = pytest.importorskip("fasttext", reason="reads with fastText (extra 'bench')")
    words = ["cat", "dog", "naïve", "한국어"]
    rows = np.random.default_rng(6).normal(size=(4, 5)).astype(np.float32)
    WordVectors(words, rows).save(tmp_path / "v.vec")
    text = "".join(f"__label__{'ab'[i % 2]} {' '.join(words)}\n" for i in range(20))
    (tmp_path / "text").write_text(text, encoding="utf-8")
    model = fasttext.train_supervised(
        str(tmp_path / "text"), dim=5, pretrainedVectors=str(tmp_path / "v.vec"), lr=0.0, epoch=1, thread=1, verbose=0
    )
    for word, row in zip(words, rows):
        np.testing.assert_allclose(model.get_word_vector(word), row, rtol=0, atol=1e-6)


def test_numpy_reads_our_npz_and_the_safetensors_package_our_safetensors(tmp_path, vectors):
    safetensors = pytest.importorskip("safetensors.numpy")
    vectors.save(tmp_path / "v.npz")
    vectors.save(tmp_path / "v.safetensors")
    np.testing.assert_array_equal(np.load(tmp_path / "v.npz")["matrix"], MATRIX)
    np.testing.assert_array_equal(safetensors.load_file(tmp_path / "v.safetensors")["matrix"], MATRIX)
