from __future__ import annotations

import numpy as np
import pytest

from wordvec.errors import VectorsFileError
from wordvec.vectors import WordVectors

ONE, TWO = np.array([0.5, -1.25], "<f4").tobytes(), np.array([3.0, 4.0], "<f4").tobytes()
A_SPACE = np.array([0.1, np.frombuffer(b"\x00  A", "<f4")[0]], "<f4").tobytes()  # spaces inside a vector


def load(tmp_path, content: bytes) -> WordVectors:
    (tmp_path / "v").write_bytes(content)
    return WordVectors.load(tmp_path / "v")


@pytest.mark.parametrize("newline", [b"", b"\n"])
@pytest.mark.parametrize("first", [ONE, A_SPACE])
def test_with_and_without_newlines_after_rows(tmp_path, newline, first):
    vectors = load(tmp_path, b"2 2\nthe " + first + newline + "네 ".encode() + TWO + newline)
    assert vectors.words == ["the", "네"]
    assert vectors.matrix.tobytes() == first + TWO


def test_vectors_that_look_like_newlines(tmp_path):
    newlines = b"\n\n\n\n" * 2
    vectors = load(tmp_path, b"2 2\na " + newlines + b"\nb " + newlines + b"\n")
    assert vectors.words == ["a", "b"]
    assert vectors.matrix.tobytes() == newlines * 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"2 2\na " + ONE + b"b " + TWO[:-1], "truncated"),
        (b"3 2\na " + ONE + b"bcdefghijklmn " + TWO, "row 2 is cut"),
        (b"1 2\na " + ONE + b"\nb " + TWO, "byte 15: the header declares 1 words, but 10 bytes are left"),
        (b"2 2\na " + ONE + b"a " + TWO, "byte 14: the word 'a' of row 1 stands twice"),
        (b"2 2\n\xff\xfe " + ONE + b"b " + TWO, "byte 4: a word that is not UTF-8"),
        (b"2 2\nabc " + ONE + b" " + TWO, "byte 16: expected a word"),
        (b"2 2\na " + ONE + b"\n\nb " + TWO, "byte 15: expected a word"),
        (b"2 2\na " + ONE + b"b " + np.array([1, np.nan], "<f4").tobytes(), "row 1: the vector of 'b' holds nan"),
        (b"999999999999 300\na " + ONE * 99, "truncated: 999,999,999,999 words of 300 dimensions take at least"),
        (b"2 0\na \x00", "two positive whole numbers"),
    ],
)
def test_bad_bytes_are_located(tmp_path, content, message):
    with pytest.raises(VectorsFileError, match="v: .*" + message):
        load(tmp_path, content)
