from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import struct
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fresh_files import write_anew
from hypothesis import example, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from fuzz_files import fasttext_bin

from wordvec.errors import InputError, OptionError, VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.load import WRITERS, format_for, not_kept, sniff
from wordvec.vectors.postprocessing import post_processed
from wordvec.vectors.subwords import Subwords

EVERYTHING = ("safetensors", "npz")
# Options (10 dimensions, ...), a dictionary of two words, and the beginning of the matrix.
FASTTEXT_OF_2016 = struct.pack("<12id3iq", 10, 5, 5, 1, 5, 1, 2, 2, 100, 3, 6, 100, 1e-4, 2, 2, 0, 7)
FASTTEXT_OF_2016 += b"the\0" + struct.pack("<qb", 4, 0) + b"cat\0" + struct.pack("<qb", 3, 0) + bytes(99)
WORDS_ONLY = ("word2vec-text", "fasttext-vec", "word2vec-binary", "glove")
TABLES = ("parquet", "arrow")
SPREADSHEETS = ("csv", "tsv")
TOLD = {"fasttext-vec": "word2vec-text", **dict.fromkeys(TABLES, "table"), "tsv": "csv"}  # by content, as others
WITH_ROWS = tuple(format for format in WRITERS if format != "floret")  # which has n-grams alone
words_of_files = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=" "), min_size=1, max_size=6)
floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


def test_every_format_is_covered_here():
    assert set(WRITERS) == {*EVERYTHING, *WORDS_ONLY, *TABLES, *SPREADSHEETS, "json", "fasttext-bin", "floret"}


@pytest.mark.parametrize("format", WITH_ROWS)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), words=st.lists(words_of_files, min_size=1, max_size=5, unique=True), dim=st.integers(2, 5))
def test_round_trip_is_exact_and_told_by_content(tmp_path_factory, format, data, words, dim):
    path = tmp_path_factory.mktemp("v") / "vectors"
    rows = data.draw(st.lists(st.lists(floats, min_size=dim, max_size=dim), min_size=len(words), max_size=len(words)))
    vectors = WordVectors(words, np.array(rows, np.float32))
    vectors.save(path, format)
    assert sniff(path) == TOLD.get(format, format)
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


@pytest.mark.parametrize("format", WITH_ROWS)
def test_same_vectors_same_bytes_at_any_time(tmp_path, format, monkeypatch):
    vectors = WordVectors(["a", "b"], np.array([[1.0, 0.1], [0.5, -2.0]]), info={"x": 1, "a": 2})
    vectors.save(tmp_path / "one", format)
    monkeypatch.setattr(time, "time", lambda: 1e9)
    vectors.save(tmp_path / "two", format)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("format", ["safetensors", "word2vec-binary", "npz"])
def test_cut_anywhere_raises_or_gives_the_whole(tmp_path, format):
    vectors = WordVectors(["the", "naïve", "한국어"], np.arange(6, dtype=np.float32).reshape(3, 2) / 7)
    vectors.save(tmp_path / "v", format)
    whole = (tmp_path / "v").read_bytes()
    messages = []
    for length in range(len(whole)):
        path = write_anew(tmp_path / "cut", whole[:length])
        try:
            read = WordVectors.load(path)
        except VectorsFileError as error:
            messages.append(str(error))
            continue
        assert (format, length) == ("word2vec-binary", len(whole) - 1)  # only the newline behind the last row is gone
        np.testing.assert_array_equal(read.matrix, vectors.matrix)
    assert all("cut: " in message and "\n" not in message for message in messages)
    assert len(messages) >= len(whole) - 1


@pytest.mark.parametrize("format", ["word2vec-text", "glove"])
def test_text_cut_anywhere_raises_or_says_that_it_may_be_cut(tmp_path, format):
    vectors = WordVectors(["the", "naïve", "한국어"], np.arange(1, 7, dtype=np.float32).reshape(3, 2) / 7)
    vectors.save(tmp_path / "v", format)
    whole = (tmp_path / "v").read_bytes()
    for length in range(len(whole)):
        (tmp_path / "cut").write_bytes(whole[:length])
        behind_a_row = whole[:length].endswith(b"\n")
        if format == "word2vec-text" or not behind_a_row:  # GloVe's format has nothing that counts its rows
            with pytest.raises(VectorsFileError):
                WordVectors.load(tmp_path / "cut", strict=True)
        told: list[str] = []
        try:
            read = WordVectors.load(tmp_path / "cut", on_repair=told.append)
        except VectorsFileError:
            continue
        if read.matrix.shape[1] == 2:  # the rows before the last are whole
            np.testing.assert_array_equal(read.matrix[:-1], vectors.matrix[: len(read) - 1])
        assert told or behind_a_row


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was executed",))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["model.kv", "vectors.safetensors", "vectors.npz"])
def test_pickles_are_not_executed(tmp_path, protocol, name):
    (tmp_path / name).write_bytes(pickle.dumps(Bomb(), protocol))
    with pytest.raises(VectorsFileError) as caught:
        WordVectors.load(tmp_path / name)
    if protocol >= 2:
        assert "numpy.savez" in str(caught.value)


def test_pickles_inside_npz_are_refused(tmp_path):
    np.savez(tmp_path / "v.npz", words=np.array(["a", Bomb()], dtype=object), matrix=np.ones((2, 2)))
    with pytest.raises(VectorsFileError, match="never loads"):
        WordVectors.load(tmp_path / "v.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"hello", "begins with b'hello'.*it reads safetensors, word2vec"),
        (b"It was a bright cold day in April\n", "begins with b'It was"),
        (b"\x93NUMPY\x01\x00", "a matrix without words: .*words_from"),
        ("2 2\na 1 2\n".encode("utf-16"), "UTF-16"),
        (gzip.compress(b"2 2\na 1 2\nb 1 2\n")[:-4], "gzip"),
        (gzip.compress(b"\x93NUMPY"), "a packed numpy file, .*unpack it first"),
        (gzip.compress(b"PK\x03\x04"), "a packed npz file, .*unpack it first"),
        (b'{"a": 1}', "JSON, but not in a form of vectors"),
        (b"5 2 3 4 1 2166136261 < >\n0 0.5 1\n", "a table of floret, which has no words, only n-grams"),
        (b"the 0:0.5 9:0.02\ncat 1:0.25\n", "sparse rows"),
        (b"+1 qid:2 1:0.5 9:0.02 # a note\n-1 qid:2 1:0.25\n", "sparse rows"),
        (b"-1 # no value\n", "not a format that wordvec knows"),
        (b"%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n", "Matrix Market's format, .*mmread"),
        (FASTTEXT_OF_2016, r"fastText's first format \(of 2016\), .*take the .vec file"),
        (FASTTEXT_OF_2016.replace(b"\x0a", b"\x32", 1), r"fastText's first format"),  # dimensions that look like text
        (b"0.5 1.5\n0.25 3\n", "a matrix without words: .*words_from"),
    ],
)
def test_other_content_is_named(tmp_path, content, message):
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(VectorsFileError, match=message):
        WordVectors.load(tmp_path / "v")


def packers():
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        zstd = pytest.importorskip("backports.zstd")
    return {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("pack", ["gzip", "bzip2", "xz", "zstd"])
@pytest.mark.parametrize("format", ["word2vec-text", "word2vec-binary", "glove"])
def test_packed_files_are_read_as_they_are(tmp_path, whole, pack, format):
    whole.save(tmp_path / "v", format)
    (tmp_path / "packed").write_bytes(packers()[pack]((tmp_path / "v").read_bytes()))
    read = WordVectors.load(tmp_path / "packed", strict=True)
    assert read.words == WORDS
    np.testing.assert_array_equal(read.matrix, ROWS)


def test_an_archive_of_texts_is_told_from_an_npz(tmp_path):
    with zipfile.ZipFile(tmp_path / "glove.zip", "w") as archive:
        archive.writestr("glove.50d.txt", "the 1 2\n")
    with pytest.raises(VectorsFileError, match=r"\.zip archive: unpack it and name one of its files: glove\.50d\.txt"):
        WordVectors.load(tmp_path / "glove.zip")


ROWS = np.random.default_rng(5).normal(size=(6, 4)).astype(np.float32)
WORDS = ["a", "b", "c", "d", "é", "f"]


@pytest.fixture
def whole():
    return WordVectors(WORDS, ROWS, np.arange(6, 0, -1), {"trainer": "x"}, -ROWS, rare={"g": 1})


@pytest.mark.parametrize("format", WITH_ROWS)
@pytest.mark.parametrize("dtype", [None, "float32", np.float16, "int8"])
@pytest.mark.parametrize(
    ("options", "rows"),
    [({}, range(6)), ({"limit": 2}, range(2)), ({"words": ["é", "b", "?"]}, (1, 4)), ({"limit": 99}, range(6))],
)
def test_options_do_the_same_in_every_format(tmp_path, whole, format, dtype, options, rows):
    whole.save(tmp_path / "v", format)
    read = WordVectors.load(tmp_path / "v", dtype=dtype, **options)
    assert list(read.words) == [WORDS[row] for row in rows]
    assert read.matrix.dtype == (dtype or np.float32)
    tolerance = {"int8": np.abs(ROWS).max() / 127 / 2 + 1e-6, np.float16: 2e-3}.get(dtype, 0.0)
    np.testing.assert_allclose(read.rows(slice(None)), ROWS[list(rows)], rtol=0, atol=tolerance)
    if format in EVERYTHING:
        assert read.counts.tolist() == [6 - row for row in rows]
        np.testing.assert_allclose(read.context_matrix, -ROWS[list(rows)], rtol=0, atol=2e-3)
        assert dict(read.rare) == {"g": 1}


@pytest.mark.parametrize("dtype", [np.float16, np.int8])
@pytest.mark.parametrize("format", EVERYTHING)
def test_narrow_vectors_are_kept_as_they_are_and_can_be_widened(tmp_path, whole, format, dtype):
    whole.save(tmp_path / "v", format)
    narrow = WordVectors.load(tmp_path / "v", dtype=dtype)
    narrow.save(tmp_path / "w", format)
    again = WordVectors.load(tmp_path / "w")
    assert again.matrix.tobytes() == narrow.matrix.tobytes()
    assert (again.scales is None) == (dtype == np.float16)
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "w", dtype="float32").matrix, narrow.rows(slice(None)))
    narrow.save(tmp_path / "t", "word2vec-text")
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "t").matrix, narrow.rows(slice(None)))


@pytest.mark.parametrize("format", WITH_ROWS)
def test_what_float16_cannot_hold_is_named(tmp_path, format):
    WordVectors(["a", "b"], np.array([[1.0, 2.0], [1e5, 0.0]])).save(tmp_path / "v", format)
    with pytest.raises(VectorsFileError, match=r"'b' holds a number too large for float16"):
        WordVectors.load(tmp_path / "v", dtype="float16")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": 0}, "limit must be a whole number of at least 1; got 0"),
        ({"limit": True}, "limit"),
        ({"limit": 2.5}, "limit"),
        ({"dtype": "int4"}, "dtype must be one of float32, float16, int8; got 'int4'"),
        ({"dtype": "float64"}, "dtype must be"),
        ({"words": []}, "words must be"),
        ({"words": [b"a"]}, "words must be"),
    ],
)
def test_options_out_of_range(tmp_path, whole, options, message):
    whole.save(tmp_path / "v", "glove")
    with pytest.raises(OptionError, match=message):
        WordVectors.load(tmp_path / "v", **options)


@pytest.mark.parametrize("format", EVERYTHING)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_in_our_own_files_is_found_when_strict_narrowed_or_used(tmp_path, format, bad):
    matrix = np.array([[1.0, 2.0], [bad, 1.0]])
    WordVectors(["a", "b"], matrix).save(tmp_path / "v", format)
    for options in ({"strict": True}, {"dtype": "int8"}, {"dtype": "float16"}):
        with pytest.raises(VectorsFileError, match="row 1: the vector of 'b' holds nan or infinity"):
            WordVectors.load(tmp_path / "v", **options)
    with pytest.raises(InputError, match=r"'b'.*nan"):
        WordVectors.load(tmp_path / "v").most_similar("a")
    assert WordVectors.load(tmp_path / "v", limit=1, strict=False).words == ["a"]


def test_what_a_format_does_not_keep(whole):
    assert not_kept(whole, "safetensors") == []
    assert not_kept(whole, "glove") == ["counts", "context vectors", "rare words", "where they come from"]
    whole.subwords = object()
    assert not_kept(whole, "npz") == ["vectors of unseen words (subwords)"]


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


@pytest.mark.parametrize("format", EVERYTHING)
@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4, unique=True))
@example(words=["new york", "a\tb", "\n", "\u00a0", " ", "x" * 5_000])
def test_any_word_comes_back_or_is_refused_in_one_line(tmp_path_factory, format, words):
    path = tmp_path_factory.mktemp("v") / "v"
    vectors = WordVectors(words, np.ones((len(words), 2)))
    if any("\ud800" <= c <= "\udfff" for c in "".join(words)) or (
        format == "npz" and any(word.endswith("\0") for word in words)
    ):
        with pytest.raises(InputError) as caught:
            vectors.save(path, format)
        assert "\n" not in str(caught.value)
        return
    vectors.save(path, format)
    assert list(WordVectors.load(path, strict=True).words) == words


@pytest.mark.parametrize("quantized", [False, True])
@pytest.mark.parametrize("format", EVERYTHING)
def test_vectors_of_unseen_words_are_kept(tmp_path, format, quantized):
    (tmp_path / "m").write_bytes(fasttext_bin(["cat", "dog"], np.ones((2, 3), np.float32), 5, 2, 3, quantized))
    made = WordVectors.load(tmp_path / "m")
    made.save(tmp_path / "v", format)
    read = WordVectors.load(tmp_path / "v", strict=True)
    assert not_kept(made, format) == []
    for word in ("kitens", "한국", "dogs"):
        np.testing.assert_array_equal(read[word], made[word])
        assert word not in read
    again = WordVectors.load(tmp_path / "v", dtype="int8", limit=1)
    np.testing.assert_array_equal(again["kitens"], made["kitens"])


def test_of_a_pruned_model_the_kept_buckets_are_kept(tmp_path):
    rows = np.arange(6, dtype=np.float32).reshape(2, 3)
    made = WordVectors(["a"], np.ones((1, 3)), subwords=Subwords(rows, 50, 1, 2, kept={7: 1, 20: 0}))
    words = ["kitens", "b", "cats", "xyz", "abcdefghijklmnopqrstuvwxyz"]
    for format in EVERYTHING:
        made.save(tmp_path / "v", format)
        read = WordVectors.load(tmp_path / "v").subwords
        for word in words:
            np.testing.assert_array_equal(read.vector(word), made.subwords.vector(word))


@pytest.mark.parametrize("format", WORDS_ONLY)
def test_where_vectors_of_unseen_words_are_lost_that_is_told(tmp_path, format):
    made = WordVectors(["a", "b"], np.ones((2, 3)), subwords=Subwords(np.ones((5, 3), np.float32), 5, 2, 3))
    with pytest.warns(UserWarning, match=r"not kept in this format: vectors of unseen words \(subwords\)"):
        made.save(tmp_path / "v", format)


@pytest.mark.parametrize("name", ["v.safetensors", "v.npz"])
def test_subwords_that_a_step_changed_are_told_to_be_lost_in_any_format(tmp_path, name):
    made = WordVectors(["a", "b"], [[1.0, 2.0], [3.0, 5.0]], subwords=Subwords(np.ones((5, 2), np.float32), 5, 2, 3))
    with pytest.warns(UserWarning, match=r"not kept: vectors of unseen words .* fit new ones, wordvec subwords"):
        post_processed(made, "center").save(tmp_path / name)


@pytest.mark.parametrize("change", [{"subwords": [5, 2, 99]}, {"subwords": [6, 2, 3]}, {"subword_rows": None}])
def test_subwords_that_do_not_fit_are_refused(tmp_path, change):
    arrays = {"words": ["a"], "matrix": np.ones((1, 3)), "subwords": [5, 2, 3], "subword_rows": np.ones((5, 3), "f4")}
    np.savez(tmp_path / "v.npz", **{name: value for name, value in {**arrays, **change}.items() if value is not None})
    with pytest.raises(VectorsFileError, match=r"subword|n-grams"):
        WordVectors.load(tmp_path / "v.npz")


@pytest.mark.parametrize("given", [io.BytesIO(b"1 1\na 1\n"), None, 3])
def test_what_is_no_name_of_a_file(given):
    with pytest.raises(OptionError, match="read and written by the name of their file"):
        WordVectors.load(given)
    with pytest.raises(OptionError, match="read and written by the name of their file"):
        WordVectors(["a"], np.ones((1, 2))).save(given)
