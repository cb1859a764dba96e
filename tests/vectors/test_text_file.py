from __future__ import annotations

import gzip

import numpy as np
import pytest

from wordvec.errors import VectorsFileError
from wordvec.vectors import WordVectors


def load(tmp_path, content: bytes) -> WordVectors:
    (tmp_path / "v.txt").write_bytes(content)
    return WordVectors.load(tmp_path / "v.txt")


@pytest.mark.parametrize(
    "content",
    [
        b"2 3\nthe 0.5 -1 2e-3\nof 1 2 3\n",
        b"2 3 \r\nthe 0.5 -1 2e-3 \r\nof 1 2 3 \r\n",  # trailing spaces as word2vec.c leaves them, Windows lines
        b"2 3\nthe\t0.5\t-1\t2e-3\nof  1 2 3",  # tabs, two spaces, no newline at the end
        b"the 0.5 -1 2e-3\nof 1 2 3\n",
        b"the 0.5 -1 2e-3\nof 1 2 3\n\n\n",
        gzip.compress(b"2 3\nthe 0.5 -1 2e-3\nof 1 2 3\n"),
        gzip.compress(b"the 0.5 -1 2e-3\nof 1 2 3\n"),
    ],
)
def test_the_same_vectors_in_many_hands(tmp_path, content):
    vectors = load(tmp_path, content)
    assert vectors.words == ["the", "of"]
    np.testing.assert_array_equal(vectors.matrix, np.array([[0.5, -1, 2e-3], [1, 2, 3]], np.float32))


def test_glove_words_may_hold_spaces_and_numbers(tmp_path):
    vectors = load(tmp_path, b"the 0.5 1\n. . . 2 3\n1990 4 5\nat name@domain.com 6 7\n\xc2\xa0x 8 9\n")
    assert vectors.words == ["the", ". . .", "1990", "at name@domain.com", "\u00a0x"]
    assert vectors.matrix[:, 0].tolist() == [0.5, 2, 4, 6, 8]


def test_a_line_break_only_unicode_knows_stays_in_its_word(tmp_path):
    assert load(tmp_path, "2 2\na\u2028b 1 2\nc\x85 3 4\n".encode()).words == ["a\u2028b", "c\x85"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"2 2\na 1 2\nb 1\n", "line 3: expected a word and 2 numbers; got 2 fields: 'b 1'"),
        (b"2 2\na 1 2\nb 1 2 3\n", "line 3: expected a word and 2 numbers; got 4 fields"),
        (b"2 2\na 1 2\nnew york 1 2\n", "line 3: expected a word and 2 numbers; got 4 fields"),
        (b"2 2\na 1 2\n 1 2\n", "line 3"),
        (b"2 2\na 1 2\nb 1 x2\n", "line 3: expected 2 numbers; 'x2' is not one"),
        (b"2 2\na 1 2\nb 1 2_0\n", "line 3"),
        (b"2 2\na 1 2\nb 1 nan\n", "line 3: a number is nan"),
        (b"a 1 2\nb 1 -inf\n", "line 2: a number is nan, infinite"),
        (b"a 1 2\nb 1 1e39\n", "line 2: .* too large"),
        (b"2 2\na 1 2\na 1 2\n", "line 3: the word 'a' stands in line 2 already"),
        (b"2 2\na 1 2\nb\xff 1 2\n", r"line 3: the word 'b\\\\xff' is not UTF-8"),
        (b"3 2\na 1 2\nb 1 2\n", "header declares 3 words, but 2 rows follow"),
        (b"1 2\na 1 2\nb 1 2\n", "header declares 1 words, but 2 rows follow"),
        (b"2 2\na 1 2\n\nb 1 2\n", "line 3 is blank"),
        (b"0 2\n", "line 1: expected 'V D'"),
        (b"2 0\na\nb\n", "line 1: expected 'V D'"),
        (b"a 1 2\nb 1 2 3\n", "line 2: expected a word and 2 numbers; got 4 fields"),
        (b"a 1 2\n b 1 2\n", "line 2"),
        (b"999999999999 300\na 1 2\n", "line 2: expected a word and 300 numbers"),
    ],
)
def test_bad_lines_are_named(tmp_path, content, message):
    with pytest.raises(VectorsFileError, match="v.txt: .*" + message) as caught:
        load(tmp_path, content)
    assert "\n" not in str(caught.value)
