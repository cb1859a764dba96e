from __future__ import annotations

import gzip

import numpy as np
import pytest

from wordvec.errors import VectorsFileError
from wordvec.vectors import WordVectors
from wordvec.vectors.files import word2vec_file, word2vec_rows

ONE, TWO = np.array([0.5, -1.25], "<f4").tobytes(), np.array([3.0, 4.0], "<f4").tobytes()
A_SPACE = np.array([0.1, np.frombuffer(b"\x00  A", "<f4")[0]], "<f4").tobytes()  # spaces inside a vector


def load(tmp_path, content: bytes, **options) -> WordVectors:
    (tmp_path / "v").write_bytes(content)
    return WordVectors.load(tmp_path / "v", **options)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("newline", [b"", b"\n"])
@pytest.mark.parametrize("first", [ONE, A_SPACE])
def test_with_and_without_newlines_after_rows(tmp_path, newline, first, pack):
    content = b"2 2\nthe " + first + newline + "네 ".encode() + TWO + newline
    vectors = load(tmp_path, pack(content), strict=True)
    assert vectors.words == ["the", "네"]
    assert vectors.matrix.tobytes() == first + TWO


def test_vectors_that_look_like_newlines(tmp_path):
    newlines = b"\n\n\n\n" * 2
    vectors = load(tmp_path, b"2 2\na " + newlines + b"\nb " + newlines + b"\n")
    assert vectors.words == ["a", "b"]
    assert vectors.matrix.tobytes() == newlines * 2


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_pieces_of_any_size_give_the_same_rows(tmp_path, monkeypatch, size):
    def pieces(path, _):
        content = path.read_bytes()
        yield from (content[i : i + size] for i in range(0, len(content), size))

    monkeypatch.setattr(word2vec_file, "read_chunks", pieces)
    matrix = np.random.default_rng(3).normal(size=(20, 2)).astype(np.float32)
    WordVectors([f"w{i}" for i in range(20)], matrix).save(tmp_path / "w", "word2vec-binary")
    vectors = WordVectors.load(tmp_path / "w", strict=True)
    assert vectors.words == [f"w{i}" for i in range(20)]
    np.testing.assert_array_equal(vectors.matrix, matrix)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"2 2\na " + ONE + b"b " + TWO[:-1], "truncated"),
        (b"3 2\na " + ONE + b"bcdefghijklmn " + TWO, "row 2 is cut"),
        (b"1 2\na " + ONE + b"\nb " + TWO, "byte 15: the header declares 1 words, but more bytes follow"),
        (b"2 2\nabc " + ONE + b" " + TWO, "byte 16: expected a word"),
        (b"2 2\na " + ONE + b"\n\nb " + TWO, "byte 15: expected a word"),
        (b"2 2\na " + ONE + b"b\t " + TWO, "byte 14: expected a word"),
        (b"2 2\na " + ONE + b"b " + np.array([1, np.nan], "<f4").tobytes(), "byte 14: the vector of 'b' holds nan"),
        (b"2 2\na " + ONE + b"b " + np.array([np.inf, 1], "<f4").tobytes(), "byte 14: the vector of 'b' holds nan"),
        (b"999999999999 300\na " + ONE * 99, "truncated: 999,999,999,999 words of 300 dimensions take at least"),
        (b"2 999999999999\na \0" + ONE * 99, "999,999,999,999 dimensions; at most"),
        (b"2 0\na \x00", "two positive whole numbers"),
        (gzip.compress(b"999999999999 2\na " + ONE), "row 1 is cut"),
    ],
)
def test_bad_bytes_are_located(tmp_path, content, message):
    with pytest.raises(VectorsFileError, match="v: .*" + message):
        load(tmp_path, content)


@pytest.mark.parametrize(
    ("second", "kind", "where", "words"),
    [
        (b"a ", "words that appear twice", "byte 14: the word 'a' is at byte 4 already", ["a"]),
        (b"\xff ", "words that are not UTF-8", r"byte 14: a word that is not UTF-8: b'\\xff'", ["a", r"\xff"]),
    ],
)
def test_repairs(tmp_path, second, kind, where, words):
    content = b"2 2\na " + ONE + second + TWO
    with pytest.warns(UserWarning, match=f"{kind}.*: 1 .first: {where}"):
        assert load(tmp_path, content).words == words
    with pytest.raises(VectorsFileError, match=where):
        load(tmp_path, content, strict=True)


def test_halves_of_one_character_are_two_broken_words(tmp_path):
    """Side by side their bytes are good UTF-8."""
    with pytest.warns(UserWarning, match="not UTF-8.*: 2 "):
        assert load(tmp_path, b"2 2\n\xc3 " + ONE + b"\xa9 " + TWO).words == [r"\xc3", r"\xa9"]


def test_of_words_that_stand_twice_the_first_row_stays(tmp_path):
    rows = np.arange(14, dtype="<f4").reshape(7, 2)
    words = [b"a", b"b", b"a", b"c", b"b", b"a", b"d"]
    content = b"7 2\n" + b"".join(word + b" " + row.tobytes() for word, row in zip(words, rows))
    for dtype in ("float32", "float16", "int8"):
        vectors = load(tmp_path, content, dtype=dtype, on_repair=lambda message: None)
        assert vectors.words == ["a", "b", "c", "d"]
        assert vectors.info["repairs"] == {"words that appear twice, the first row kept": 3}
        np.testing.assert_allclose(vectors.rows(slice(None)), rows[[0, 1, 3, 6]], rtol=0.01)


def test_the_limit_leaves_the_rest_unread(tmp_path):
    assert load(tmp_path, b"3 2\na " + ONE + b"b " + TWO + b"broken......", limit=2).words == ["a", "b"]


@pytest.mark.slow("a file large enough to see the memory of its reader")
def test_memory_stays_near_the_matrix(tmp_path):
    import tracemalloc

    matrix = np.ones((60_000, 100), np.float32)
    WordVectors([f"word{i}" for i in range(60_000)], matrix).save(tmp_path / "w", "word2vec-binary")
    tracemalloc.start()
    try:
        WordVectors.load(tmp_path / "w")
        whole = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        WordVectors.load(tmp_path / "w", dtype="int8")
        narrow = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert whole < matrix.nbytes + 8e6  # a block, words, places and their hashes
    assert narrow < matrix.nbytes / 4 + 12e6


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8"])
def test_nan_is_named_before_anything_is_computed_with_it(tmp_path, dtype):
    for bad in (np.nan, np.inf):
        content = b"1 2\nb " + np.array([1, bad], "<f4").tobytes()
        with pytest.raises(VectorsFileError, match="byte 4: the vector of 'b' holds nan"):
            load(tmp_path, content, dtype=dtype)


def test_rows_of_few_numbers_that_happen_to_be_text_are_read_by_their_number(tmp_path):
    """Without newlines, b's row and c could be more of its word: then the file would have a row less than it says."""
    usual, text = np.array([0.1, -1.5, 2.0], "<f4").tobytes(), "SM\u1f56C\u4f9f{F?".encode()
    content = b"4 3\na " + usual + b"b " + text + b"c " + usual + b"d " + usual
    assert load(tmp_path, content, strict=True).words == ["a", "b", "c", "d"]
    with pytest.raises(VectorsFileError, match="cannot be determined"):
        load(tmp_path, b"3" + content[1:])


def test_words_with_many_spaces_take_work_in_proportion_to_the_file(tmp_path, monkeypatch):
    seen = 0

    def noted(word):
        nonlocal seen
        seen += len(word)
        return is_word(word)

    is_word = word2vec_rows._is_word
    monkeypatch.setattr(word2vec_rows, "_is_word", noted)
    work = []
    for rows in (60, 240):
        seen = 0
        words = [b"a " * 20 + b"%d" % i + b" " * (i % 3) for i in range(rows)]
        content = b"%d 2\n" % rows + b"\n".join(word + b" " + ONE for word in words)
        with pytest.warns(UserWarning, match="words with spaces"):
            assert len(load(tmp_path, content)) == rows
        work.append(seen / len(content))
    assert work[1] < 1.5 * work[0] < 200


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(("dim", "newline"), [(3, b"\n"), (50, b""), (2000, b"\n")])
def test_big_endian_numbers_are_named(tmp_path, dim, newline, pack):
    matrix = np.random.default_rng(3).normal(0, 0.3, (9, dim)).astype(np.float32)

    def content(rows):
        return pack(b"9 %d\n" % dim + b"".join(b"w%d " % i + row.tobytes() + newline for i, row in enumerate(rows)))

    with pytest.raises(VectorsFileError, match="big-endian"):
        load(tmp_path, content(matrix.astype(">f4")))
    for size in (1, 1e-14, 1e-40, 1e20):  # of unusual size, but not because of the order of bytes
        assert load(tmp_path, content(matrix * np.float32(size))).matrix.shape == (9, dim)


def test_few_values_do_not_show_the_order_of_bytes():
    assert word2vec_rows.are_byte_swapped(b"a " + np.arange(1, 40, dtype=">f4").tobytes(), 39)
    assert not word2vec_rows.are_byte_swapped(b"a " + np.repeat(np.arange(1, 9), 5).astype(">f4").tobytes(), 40)
    assert not word2vec_rows.are_byte_swapped(b"a ", 40)
