"""Large plain files in ranges: the same text as reading them in lines, whatever the ranges."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wordvec.corpus import read as readers
from wordvec.corpus.encode import blocks, scanning
from wordvec.corpus.encode import token_ids as encoding
from wordvec.corpus.encode.blocks import Cutting, encode_blocks
from wordvec.corpus.read import ranges
from wordvec.corpus.read.ranges import TextRange, load_range, ranges_of
from wordvec.errors import CorpusError
from wordvec.native import library

if not library.is_available():
    pytest.skip(str(library.why_not()), allow_module_level=True)

TEXT = st.text("ab\r\n\t \ufeff\x1c\x85\u3000\u2003é가\U0001f600", max_size=60)


def ignore(number):
    pass


def parts(spooled):
    return spooled.words, spooled.counts.tolist(), spooled.ids.tolist(), spooled.sentence_ends.tolist()


def in_lines(path):
    return parts(encoding.spool(((line.split(), True) for line in readers.read_lines(path)), ignore))


def in_ranges(path, size, threads=1):
    with mock.patch.object(ranges, "RANGE_BYTES", size), mock.patch.object(ranges, "MORE_BYTES", 1):
        read = readers.read_blocks(path, ranges_from=0)
        return parts(encode_blocks(read, Cutting(), threads, ignore))


@given(TEXT, st.integers(1, 30), st.integers(1, 3))
@example("\ufeff", 5, 1)
@example("\ufeff\ufeffa", 1, 1)
@example("a\r", 1, 1)
@example("a\r\nb\r\r\n", 2, 2)
@example("a b ", 2, 1)
@example("x" * 50, 3, 2)
@settings(max_examples=300, deadline=None)
def test_ranges_give_the_same_as_lines(tmp_path_factory, text, size, threads):
    path = tmp_path_factory.mktemp("text") / "text"
    path.write_bytes(text.encode())
    assert in_ranges(path, size, threads) == in_lines(path)


@given(st.text("aé가\U0001f600\u0800\ud7ff\ue000", max_size=8), st.binary(max_size=4), st.integers(0, 80))
@example("", b"\xed\xa0\x80", 0)
@example("", b"\xf4\x90\x80\x80", 61)
@example("", b"\xe0\x9f\xbf", 0)
@example("", b"\xf0\x8f\xbf\xbf", 0)
@example("", b"\xc1\xbf", 0)
@example("", b"\xe3\x80", 62)
@example("", b"a\0b", 100)
@settings(max_examples=500, deadline=None)
def test_bytes_that_are_no_text_are_found_as_python_finds_them(text, some_bytes, before):
    data = b"a" * before + text.encode() + some_bytes + text.encode()
    padded = np.frombuffer(bytearray(data + b"\n" * scanning.PADDING), np.uint8)
    try:
        is_text = "\0" not in data.decode()
    except UnicodeDecodeError:
        is_text = False
    found = scanning.look_through(padded, len(data))
    assert (found != scanning.NOT_TEXT) == is_text
    assert not is_text or (found == scanning.RETURNS) == (b"\r" in data)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("wrong", [b"\xff", b"\0", b"\xe3\x80", b"\xed\xa0\x80"])
def test_errors_are_those_of_reading_in_lines(tmp_path, wrong, threads):
    path = tmp_path / "text"
    path.write_bytes("né ".encode() * 100 + wrong + b" b c " * 20 + b"\xfe")
    with pytest.raises(CorpusError) as expected:
        in_lines(path)
    with pytest.raises(CorpusError) as found:
        in_ranges(path, 64, threads)
    assert str(found.value) == str(expected.value)
    assert "byte 400" in str(found.value)


def test_a_file_that_changes_or_goes_away_is_an_error(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"a b\n")
    gone = TextRange(str(tmp_path / "gone"), 0, 4, 4, "utf-8")
    with pytest.raises(CorpusError, match="gone: cannot be read: No such file"):
        readers.read_range(gone, 128)
    with (
        mock.patch.object(readers, "load_range", side_effect=ranges.NotTextError),
        pytest.raises(CorpusError, match="text: was changed while it was read"),
    ):
        readers.read_range(TextRange(str(path), 0, 4, 4, "utf-8"), 128)


@pytest.mark.parametrize(
    "options", [{"encoding": "latin-1"}, {"encoding_errors": "replace"}, {"ranges_from": None}, {"ranges_from": 100}]
)
def test_only_large_plain_files_of_strict_utf8_come_in_ranges(tmp_path, options):
    path = tmp_path / "text"
    path.write_bytes(b"a b\n")
    assert list(readers.read_blocks(path, **{"ranges_from": 0, **options})) == [("a b", True)]
    assert list(readers.read_blocks(path, ranges_from=0)) == [TextRange(str(path), 0, 4, 4, "utf-8")]


def test_ranges_hold_the_text_once():
    assert [(part.begin, part.end) for part in ranges_of("text", 1, "utf-8")] == [(0, 1)]
    assert list(ranges_of("text", 0, "utf-8")) == []


def test_a_range_has_line_feeds_behind_it(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(b"one two three")
    text, size = load_range(TextRange(str(path), 5, 9, 13, "utf-8"), 128)
    assert (text[:size].tobytes(), text[size:].tobytes()) == (b"three\n", b"\n" * 128)


def test_a_long_word_is_read_to_its_end_by_one_range(tmp_path, monkeypatch):
    path, size, step = tmp_path / "text", 1 << 20, 1 << 16
    path.write_bytes(b"a " + b"x" * (size - 4) + b" b")
    read, fill = [], ranges._fill
    monkeypatch.setattr(ranges, "_fill", lambda file, buffer: read.append(fill(file, buffer)) or read[-1])
    parts = [TextRange(str(path), begin, begin + step, size, "utf-8") for begin in range(0, size, step)]
    texts = [text[:length].tobytes() for text, length in (load_range(part, 128) for part in parts)]
    assert b"".join(texts) == path.read_bytes() + b"\n"
    assert sum(read) < 3 * size  # all that follows would be read by each range: 8 times the file


def test_tables_that_are_full_and_ids_on_disk_change_nothing(tmp_path):
    path = tmp_path / "text"
    path.write_text("\n".join(" ".join(f"w{i * 7919 % 997}x{i % 13}" for i in range(n, n + 50)) for n in range(90)))
    expected = in_lines(path)
    for full, held in ((100, 1 << 27), (100, 1000), (1 << 20, 0)):
        with mock.patch.object(blocks, "MOST_PIECES", full), mock.patch.object(encoding, "HELD_IN_MEMORY", held):
            assert in_ranges(path, 500, threads=3) == expected


def test_small_files_are_read_as_before(tmp_path):
    (tmp_path / "1").write_text("a b")
    (tmp_path / "2").write_text("b c\n" * 100)
    (tmp_path / "3").write_text("d")
    read = list(readers.read_blocks(tmp_path, ranges_from=100))
    assert [type(item) for item in read] == [tuple, TextRange, tuple]
    assert list(blocks.joined(read, 1000)) == ["a b\n", read[1], "d\n"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (rb"{\rtf1\ansi the cat}", "is an RTF document; save it as text"),
        (b"%!PS-Adobe-3.0\nthe cat", "is a PostScript document"),
        ("the 猫".encode("iso2022_jp"), "byte 4 begins characters in ISO 2022"),
    ],
)
def test_large_files_of_other_kinds_are_refused_though_all_their_bytes_are_ascii(tmp_path, content, message):
    (tmp_path / "large").write_bytes(content)
    with pytest.raises(CorpusError, match=message):
        list(readers.read_blocks(tmp_path / "large", ranges_from=0))
