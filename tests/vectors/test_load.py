from __future__ import annotations

import gzip
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import InputError, OptionError, VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.load import WRITERS, format_for, sniff

EVERYTHING = ("safetensors", "npz")
WORDS_ONLY = ("word2vec-text", "fasttext-vec", "word2vec-binary", "glove")
words_of_files = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=" "), min_size=1, max_size=6)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


def test_every_format_is_covered_here():
    assert set(WRITERS) == {*EVERYTHING, *WORDS_ONLY}


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), words=st.lists(words_of_files, min_size=1, max_size=5, unique=True), dim=st.integers(2, 5))
def test_round_trip_is_exact_and_told_by_content(tmp_path_factory, format, data, words, dim):
    path = tmp_path_factory.mktemp("v") / "vectors"
    rows = data.draw(st.lists(st.lists(floats, min_size=dim, max_size=dim), min_size=len(words), max_size=len(words)))
    vectors = WordVectors(words, np.array(rows, np.float32))
    vectors.save(path, format)
    assert sniff(path) == {"fasttext-vec": "word2vec-text"}.get(format, format)
    read = WordVectors.load(path)
    assert read.words == words
    np.testing.assert_array_equal(read.matrix, vectors.matrix)


@pytest.mark.parametrize("format", EVERYTHING)
def test_two_formats_keep_everything(tmp_path, format):
    matrix = np.random.default_rng(1).normal(size=(3, 2)).astype(np.float32)
    info = {"trainer": "GloVe", "parameters": {"dim": 2}, "loss": [1.5]}
    WordVectors(["a b", "c\n", "é"], matrix, np.array([3, 2, 1]), info, -matrix).save(tmp_path / "v", format)
    read = WordVectors.load(tmp_path / "v")
    assert read.words == ["a b", "c\n", "é"]
    np.testing.assert_array_equal(read.counts, [3, 2, 1])
    np.testing.assert_array_equal(read.context_matrix, -matrix)
    assert info.items() <= read.info.items()


@pytest.mark.parametrize("format", WRITERS)
def test_same_vectors_same_bytes(tmp_path, format):
    vectors = WordVectors(["a", "b"], np.array([[1.0, 0.1], [0.5, -2.0]]), info={"x": 1, "a": 2})
    vectors.save(tmp_path / "one", format)
    vectors.save(tmp_path / "two", format)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("format", ["safetensors", "word2vec-binary", "npz"])
def test_cut_anywhere_raises_or_gives_the_whole(tmp_path, format):
    vectors = WordVectors(["the", "naïve", "한국어"], np.arange(6, dtype=np.float32).reshape(3, 2) / 7)
    vectors.save(tmp_path / "v", format)
    whole = (tmp_path / "v").read_bytes()
    messages = []
    for length in range(len(whole)):
        (tmp_path / "cut").write_bytes(whole[:length])
        try:
            read = WordVectors.load(tmp_path / "cut")
        except VectorsFileError as error:
            messages.append(str(error))
            continue
        assert (format, length) == ("word2vec-binary", len(whole) - 1)  # only the newline behind the last row is gone
        np.testing.assert_array_equal(read.matrix, vectors.matrix)
    assert all("cut: " in message and "\n" not in message for message in messages)
    assert len(messages) >= len(whole) - 1


@pytest.mark.parametrize("format", ["word2vec-text", "glove"])
def test_text_cut_anywhere_raises_or_has_whole_rows(tmp_path, format):
    vectors = WordVectors(["the", "naïve", "한국어"], np.arange(1, 7, dtype=np.float32).reshape(3, 2) / 7)
    vectors.save(tmp_path / "v", format)
    whole = (tmp_path / "v").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "cut").write_bytes(whole[:length])
        try:
            read = WordVectors.load(tmp_path / "cut")
        except VectorsFileError:
            continue
        if read.matrix.shape[1] == 2:  # text carries no check on its last number, nor GloVe's on its rows
            np.testing.assert_array_equal(read.matrix[:-1], vectors.matrix[: len(read) - 1])
            assert format == "glove" or len(read) == 3


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_damaged_files_raise_our_error_or_load(tmp_path_factory, format, data):
    path = tmp_path_factory.mktemp("v") / "v"
    WordVectors(["the", "naïve", "b"], np.arange(6, dtype=np.float32).reshape(3, 2) / 7).save(path, format)
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(damaged))
    try:
        read = WordVectors.load(path)
    except VectorsFileError:
        return
    assert len(read.words) == len(read.matrix)


@settings(max_examples=200, deadline=None)
@given(
    content=st.binary(max_size=200)
    | st.binary(max_size=60).map(lambda tail: b"2 3\n" + tail)
    | st.text().map(str.encode)
)
def test_any_bytes_raise_our_error_or_load(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("v") / "v"
    path.write_bytes(content)
    try:
        WordVectors.load(path)
    except VectorsFileError:
        return


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was executed",))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["model.kv", "vectors.safetensors", "vectors.npz"])
def test_pickles_are_refused_unexecuted(tmp_path, protocol, name):
    (tmp_path / name).write_bytes(pickle.dumps(Bomb(), protocol))
    with pytest.raises(VectorsFileError) as caught:
        WordVectors.load(tmp_path / name)
    if protocol >= 2:
        assert "save_word2vec_format" in str(caught.value)


def test_pickles_inside_npz_are_refused(tmp_path):
    np.savez(tmp_path / "v.npz", words=np.array(["a", Bomb()], dtype=object), matrix=np.ones((2, 2)))
    with pytest.raises(VectorsFileError, match="never loads"):
        WordVectors.load(tmp_path / "v.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"hello", "begins with b'hello'.*it reads safetensors, word2vec"),
        (b"\x93NUMPY\x01\x00", "bare numpy array"),
        (np.array([793712314, 12], "<i4").tobytes(), "fastText's .bin, which is not read yet"),
        (gzip.compress(b"2 2\na " + np.ones(2, "<f4").tobytes()), "unpack it first"),
        (gzip.compress(b"2 2\na 1 2\nb 1 2\n")[:-4], "gzip"),
        (b'{"a": 1}', "no format wordvec knows"),
    ],
)
def test_other_content_is_named(tmp_path, content, message):
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(VectorsFileError, match=message):
        WordVectors.load(tmp_path / "v")


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(VectorsFileError, match="no such file"):
        WordVectors.load(tmp_path / "none.bin")
    with pytest.raises(VectorsFileError, match="a folder"):
        WordVectors.load(tmp_path)


def test_the_format_follows_the_suffix(tmp_path):
    names = {"v": "safetensors", "v.SafeTensors": "safetensors", "v.vec": "fasttext-vec", "v.npz": "npz"}
    for name, format in names.items():
        assert format_for(tmp_path / name) == format
    with pytest.raises(OptionError, match=r"no format has this suffix; use one of \.safetensors"):
        WordVectors(["a"], np.ones((1, 2))).save(tmp_path / "v.model")
    with pytest.raises(OptionError, match=r"format must be one of safetensors.*got 'pickle'"):
        format_for("v.txt", "pickle")


@pytest.mark.parametrize("format", WORDS_ONLY)
@pytest.mark.parametrize("word", ["new york", "a\tb", "a\n", "\r"])
def test_words_with_whitespace_need_a_better_format(tmp_path, format, word):
    (tmp_path / "v").write_bytes(b"old")
    with pytest.raises(InputError, match=r"holds whitespace.*\.safetensors"):
        WordVectors(["a", word], np.ones((2, 2))).save(tmp_path / "v", format)
    assert (tmp_path / "v").read_bytes() == b"old"


@pytest.mark.parametrize("format", WORDS_ONLY)
def test_nan_is_not_written_where_it_could_not_be_read(tmp_path, format):
    with pytest.raises(InputError, match=r"'b'.*nan"):
        WordVectors(["a", "b"], np.array([[1, 2], [np.nan, 1]])).save(tmp_path / "v", format)
    assert not (tmp_path / "v").exists()
