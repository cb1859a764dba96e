from __future__ import annotations

import gzip
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import ShapeError, VectorsFileError
from wordvec.native import library
from wordvec.vectors import WordVectors
from wordvec.vectors.files import text_file
from wordvec.vectors.files.text_layout import nearest_float32

ROWS = b"".join(b"w%d %d 0.5\n" % (i, i) for i in range(20))


def need_library():
    if not library.is_available():
        pytest.skip(str(library.why_not()))


@pytest.fixture(params=["compiled", "plain"])
def reader(request, monkeypatch):
    """Both readers: the compiled one, also for small files, and the plain one."""
    if request.param == "compiled":
        need_library()
        monkeypatch.setattr(text_file, "COMPILED_FROM", 0)
    else:
        monkeypatch.setattr(library, "is_available", lambda: False)


def load(tmp_path, content: bytes, **options) -> WordVectors:
    (tmp_path / "v.txt").write_bytes(content)
    return WordVectors.load(tmp_path / "v.txt", **options)


@pytest.mark.parametrize(
    "content",
    [
        b"2 3\nthe 0.5 -1 2e-3\nof 1 2 3\n",
        b"2 3 \r\nthe 0.5 -1 2e-3 \r\nof 1 2 3 \r\n",  # trailing spaces as word2vec.c leaves them, Windows lines
        b"2 3\nthe\t0.5\t-1\t2e-3\nof  1 2 3\n",  # tabs, two spaces
        b"\xef\xbb\xbf2 3\nthe 0.5 -1 2e-3\nof 1 2 3\n",  # a byte order mark
        b"\xef\xbb\xbfthe 0.5 -1 2e-3\nof 1 2 3\n",
        b"the 0.5 -1 2e-3\nof 1 2 3\n",
        b"the +.5 -1. 2E-3\nof 1.000000000000000000000000000000000000001 0002.0 3e0\n",
        b"the 0.5 -1 2e-3\nof 1 2 3\n\n\n",
        gzip.compress(b"2 3\nthe 0.5 -1 2e-3\nof 1 2 3\n"),
        gzip.compress(b"the 0.5 -1 2e-3\nof 1 2 3\n"),
    ],
)
def test_the_same_vectors_in_many_hands(tmp_path, reader, content):
    vectors = load(tmp_path, content, strict=True)
    assert vectors.words == ["the", "of"]
    np.testing.assert_array_equal(vectors.matrix, np.array([[0.5, -1, 2e-3], [1, 2, 3]], np.float32))


def test_glove_words_may_hold_spaces_and_numbers(tmp_path, reader):
    vectors = load(tmp_path, b"the 0.5 1\n. . . 2 3\n1990 4 5\nat name@domain.com 6 7\n\xc2\xa0x 8 9\n", strict=True)
    assert vectors.words == ["the", ". . .", "1990", "at name@domain.com", "\u00a0x"]
    assert vectors.matrix[:, 0].tolist() == [0.5, 2, 4, 6, 8]


def test_a_line_break_only_unicode_knows_stays_in_its_word(tmp_path, reader):
    assert load(tmp_path, "2 2\na\u2028b 1 2\nc\x85 3 4\n".encode()).words == ["a\u2028b", "c\x85"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"2 8\na 1:0.5 4:2.0\nb 0:-1e-3\n",
            r"line 2: .* got 3 fields: .* \(sparse, as index:value; write every number",
        ),
        (b"2 2\na 1 2\nb 1\n", "line 3: expected a word and 2 numbers; got 2 fields: 'b 1'"),
        (b"2 2\na 1 2\nb 1 2 3\n", "line 3: expected a word and 2 numbers; got 4 fields"),
        (b"2 2\na 1 2\nroute 66 1 2\n", "line 3: expected a word and 2 numbers; got 4 fields"),
        (b"2 2\na 1 2\n 1 2\n", "line 3"),
        (b"2 2\na 1 2\nb 1 x2\n", "line 3: expected 2 numbers; 'x2' is not one"),
        (b"2 2\na 1 2\nb 1 2_0\n", "line 3: expected 2 numbers; '2_0'"),
        (b"2 2\na 1 2\nb 1 0x10\n", "line 3: expected 2 numbers; '0x10'"),
        (b"2 2\na 1 2\nb 1 nan\n", "line 3: the vector of 'b' holds nan"),
        (b"a 1 2\nb 1 -inf\n", "line 2: the vector of 'b' holds nan, infinity"),
        (b"a 1 2\nb 1 1e39\n", "line 2: .* too large for float32"),
        (b"4 2\na 1 2\nb 1 2\n", "header declares 4 words, but 2 rows follow: .*limit=2"),
        (b"1 2\na 1 2\nb 1 2\nc 1 2\n", "header declares 1 word, but 3 rows follow: .*limit=3"),
        (b"1 2\n\n", "header declares 1 word, but 0 rows follow"),
        (b"2 2\na 1 2\n\nb 1 2\n", "line 3: a blank line, and rows follow"),
        (b"0 2\n", "line 1: expected 'V D'"),
        (b"2 0\na\nb\n", "line 1: expected 'V D'"),
        (b"a 1 2\nb 1 2 3\n", "line 2: expected a word and 2 numbers; got 4 fields"),
        (b"a 1 2\n b 1 2\n", "line 2"),
        (b"a 1 2\nb 1", "line 2: no newline at its end: perhaps the file is cut off"),
        (b"999999999999 300\na 1 2\n", "line 2: expected a word and 300 numbers"),
        (b"5 99999999999\na 1 2\n", "line 1: expected 'V D'"),
    ],
)
def test_bad_lines_are_named(tmp_path, reader, content, message):
    with pytest.raises(VectorsFileError, match="v.txt: .*" + message) as caught:
        load(tmp_path, content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "kind", "where", "words"),
    [
        (b"w3 1 2\n", "words that appear twice", "line 22: the word 'w3' is at line 5 already", 20),
        (b"caf\xe9 1 2\n", "words that are not UTF-8", r"line 22: a word that is not UTF-8: b'caf\\xe9'", 21),
        (b"short 1\n", "rows of another length", "line 22: expected a word and 2 numbers; got 2 fields", 20),
        (b"long 1 2 3\n", "rows of another length", "line 22: expected a word and 2 numbers; got 4 fields", 20),
        (b"end 1 2", "last lines without a newline", "line 22: no newline at its end", 21),
    ],
)
def test_repairs_are_counted_told_and_errors_when_strict(tmp_path, reader, row, kind, where, words):
    content = b"21 2\n" + ROWS + row
    with pytest.warns(UserWarning, match=f"v.txt: repaired: {kind}.*: 1 .first: {where}") as warned:
        vectors = load(tmp_path, content)
    assert len(warned) == 1
    assert len(vectors) == words
    (counted,) = vectors.info["repairs"].items()
    assert counted[0].startswith(kind)
    assert counted[1] == 1
    told: list[str] = []
    load(tmp_path, content, on_repair=told.append)
    with pytest.raises(VectorsFileError, match=where) as caught:
        load(tmp_path, content, strict=True)
    assert told == [str(caught.value)]


def test_a_repaired_word_says_which_bytes_it_had_and_its_row_stays(tmp_path, reader):
    with pytest.warns(UserWarning, match="UTF-8"):
        vectors = load(tmp_path, b"ok 1 2\ncaf\xe9 3 4\n")
    assert vectors.words == ["ok", r"caf\xe9"]
    assert vectors[r"caf\xe9"].tolist() == [3.0, 4.0]


def test_one_row_in_ten_may_be_left_out_and_no_more(tmp_path, reader):
    rows = b"".join(b"x%d 1\n" % i if i % 11 == 0 else b"w%d 1 2\n" % i for i in range(1, 111))
    assert len(load(tmp_path, rows, on_repair=lambda message: None)) == 100  # and 10 left out
    with pytest.raises(VectorsFileError, match=r"line 11: .*; so are 11 rows, and 100 are not"):
        load(tmp_path, rows + b"y 1\n")


def test_limit_reads_the_first_rows_and_leaves_the_rest_alone(tmp_path, reader):
    vectors = load(tmp_path, b"9 2\na 1 2\nb 3 4\nc broken\n", limit=2)
    assert vectors.words == ["a", "b"]


def test_words_are_chosen_among_the_rows_read(tmp_path, reader):
    (tmp_path / "list.txt").write_text("w3\nw17\nunknown\n", encoding="utf-8")
    assert load(tmp_path, ROWS, words=["w17", "w3"]).words == ["w3", "w17"]
    assert load(tmp_path, ROWS, words=tmp_path / "list.txt", limit=10).words == ["w3"]
    with pytest.raises(VectorsFileError, match="none of the 1 wanted words"):
        load(tmp_path, ROWS, words=["unknown"])


decimals = st.one_of(
    st.floats(width=32, allow_nan=False, allow_infinity=False).map(lambda x: repr(float(x))),
    st.floats(allow_nan=False, allow_infinity=False, min_value=-3e38, max_value=3e38).map(repr),
    st.from_regex(r"[+-]?[0-9]{1,25}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,2})?", fullmatch=True).filter(
        lambda text: abs(float(text)) < 3e38
    ),
)


def nearest(text: str) -> np.float32:
    """The nearest float32 by comparing fractions with all candidates around it."""
    exact = Fraction(text)
    guess = np.float32(float(text))
    with np.errstate(over="ignore", under="ignore"):
        around = [guess, np.nextafter(guess, np.float32(np.inf)), np.nextafter(guess, np.float32(-np.inf))]
    around = [x for x in around if np.isfinite(x)]
    return min(around, key=lambda x: (abs(Fraction(float(x)) - exact), int(x.view(np.uint32)) & 1))


HALFWAY = [
    "1.000000059604644775390625",  # in the middle between 1 and the next float32: the even one, 1
    "1.00000005960464477539062500000000000001",  # a little above it; float64 does not see that
    "1.00000017881393432617187499999999999999",  # a little below the next middle
    "0.000000000000000000000000000000000000000000000700649232162408535461864791644958065640130970938257885878534141944895541342930300743319094181060791015625",
    "1e-46",
    "3.4028234e38",
    "1e-400",
    "-0",
]


@settings(max_examples=150)
@given(numbers=st.lists(decimals | st.sampled_from(HALFWAY), min_size=2, max_size=2))
def test_decimals_become_the_nearest_float32_in_both_readers(tmp_path_factory, numbers):
    need_library()
    expected = np.array([nearest(number) for number in numbers])
    np.testing.assert_array_equal(nearest_float32([number.encode() for number in numbers]), expected)
    path = tmp_path_factory.mktemp("v") / "v"
    path.write_bytes(b"w " + " ".join(numbers).encode() + b"\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_file, "COMPILED_FROM", 0)
        row = WordVectors.load(path).matrix[0]
    assert row.tobytes() == expected.tobytes()


ODD_LINES = [
    *(b"a 1 2", b"b 3 4 ", b"new york 5 6", b"c 1", b"", b" d 1 2", b"e\xff 1 2", b"f 1e 2", b"g 1 .", b"h\t1\t2\r"),
    b"i 1.00000005960464477539062500000000000001 2",
]


@settings(max_examples=150)
@given(
    lines=st.lists(
        st.sampled_from(ODD_LINES) | st.binary(max_size=12).filter(lambda line: b"\n" not in line),
        max_size=8,
    ),
    header=st.booleans(),
    strict=st.booleans(),
)
def test_the_compiled_reader_and_the_plain_one_agree(tmp_path_factory, lines, header, strict):
    need_library()
    path = tmp_path_factory.mktemp("v") / "v"
    start = b"%d 2\n" % len(lines) if header else b""
    path.write_bytes(start + ROWS.replace(b"w", b"x") * (not header) + b"first 1 2\n" + b"\n".join(lines))
    found = []
    for compiled_from in (0, 1 << 30):
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            patch.setattr(text_file, "COMPILED_FROM", compiled_from)
            try:
                vectors = WordVectors.load(path, strict=strict)
                found.append((list(vectors.words), vectors.matrix.tobytes(), vectors.info))
            except VectorsFileError as error:
                found.append(str(error))
    assert found[0] == found[1]


def test_many_blocks_and_growth(tmp_path, reader, monkeypatch):
    """Blocks of a few bytes: lines are cut anywhere, and the matrix of a file without a header grows."""
    monkeypatch.setattr(text_file, "read_chunks", lambda path: iter_pieces(path.read_bytes(), 7))
    words = [f"w{i}" for i in range(300)]
    matrix = np.random.default_rng(1).normal(size=(300, 3)).astype(np.float32)
    for format in ("glove", "word2vec-text"):
        WordVectors(words, matrix).save(tmp_path / "v", format)
        vectors = WordVectors.load(tmp_path / "v")
        assert vectors.words == words
        np.testing.assert_array_equal(vectors.matrix, matrix)


def iter_pieces(content: bytes, size: int):
    yield from (content[i : i + size] for i in range(0, len(content), size))


def test_a_file_of_one_endless_line_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "LONGEST_LINE", 1 << 12)
    with pytest.raises(VectorsFileError, match="a line of more than 4,096 bytes"):
        load(tmp_path, b"a 1 2\n" + b"x" * (1 << 21))


@pytest.mark.parametrize(("text", "dim"), [(b"a 1", 1), (b"", 1), (b"a 1\n", 0)])
def test_only_whole_lines_reach_c(text, dim):
    need_library()
    with pytest.raises(ShapeError, match="each with a newline, expected"):
        text_file.plain_rows(text, dim)


def test_no_limit_is_advised_where_no_row_follows(tmp_path):
    (tmp_path / "v").write_text("20 5\n")
    with pytest.raises(VectorsFileError) as caught:
        WordVectors.load(tmp_path / "v")
    assert str(caught.value).endswith("20 words, but 0 rows follow: the file is cut off, or its header is wrong")


@pytest.mark.parametrize("first", [b"new york", b". . ."])
def test_glove_text_that_begins_with_a_word_with_spaces_is_told_with_a_way_out(tmp_path, first):
    path = tmp_path / "glove.txt"
    path.write_bytes(rows := first + b" 1 2 3\na 4 5 6\n")
    with pytest.raises(VectorsFileError, match=r"the numbers of rows and of dimensions .*grep -c '' FILE\) 3 \|"):
        WordVectors.load(path)
    path.write_bytes(b"2 3\n" + rows)
    assert WordVectors.load(path).words == [first.decode(), "a"]
