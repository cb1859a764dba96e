import bz2
import gzip
import io
import lzma
import sys
from unittest import mock

import pytest
from fresh_files import write_anew
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import read_lines
from wordvec.corpus.read import compression, decoding, read_blocks, split_blocks
from wordvec.corpus.read.paths import size_in_bytes
from wordvec.corpus.read.sources import as_files, as_texts
from wordvec.errors import CorpusError, OptionError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESS = {
    "plain": lambda data: data,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}
# No surrogates (not text), no NUL (not a text file), no carriage return (a line end of its own, tested apart).
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=200)


def python_lines(text):
    """What iterating over a text file gives, without line ends: the definition that read_lines must meet."""
    return [line.rstrip("\n") for line in io.StringIO(text, newline="\n")]


class OneByteAtATime(io.BytesIO):
    def read(self, size=-1):
        return super().read(min(size, 1))


@given(
    text=TEXT,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    packed=st.sampled_from(sorted(COMPRESS)),
    chunk=st.integers(1, 40),
)
@settings(max_examples=150)
def test_any_encoding_compression_and_chunk_size_gives_the_same_lines(tmp_path_factory, text, encoding, packed, chunk):
    if text.startswith("\ufeff") or text.startswith("BZh"):
        text = "x" + text
    path = tmp_path_factory.mktemp("text") / "any.suffix"
    path.write_bytes(COMPRESS[packed](text.encode(encoding)))
    with mock.patch.object(decoding, "CHUNK_BYTES", chunk):
        assert list(read_lines(path, encoding=encoding)) == python_lines(text)


@given(TEXT, st.integers(1, 20))
def test_a_long_line_comes_in_pieces_cut_at_white_space_only(tmp_path_factory, text, longest):
    path = tmp_path_factory.mktemp("text") / "text"
    path.write_bytes(b"x" + text.encode())
    with mock.patch.object(decoding, "CHUNK_BYTES", 7), mock.patch.object(decoding, "LONGEST_PIECE", longest):
        pieces = list(split_blocks(read_blocks(path)))
    lines, line = [], []
    for piece, ends_line in pieces:
        line.append(piece)
        if ends_line:
            lines.append(line)
            line = []
    assert line == []
    assert ["".join(line) for line in lines] == python_lines("x" + text)
    assert [[word for piece in line for word in piece.split()] for line in lines] == [
        line.split() for line in python_lines("x" + text)
    ]


def test_a_long_line_really_is_cut(tmp_path):
    path = tmp_path / "text"
    path.write_text("word " * 100)
    with mock.patch.object(decoding, "CHUNK_BYTES", 30), mock.patch.object(decoding, "LONGEST_PIECE", 20):
        pieces = [piece for piece, _ in split_blocks(read_blocks(path))]
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 60


@pytest.mark.parametrize("packed", ["plain", *sorted(set(COMPRESS) - {"plain"})])
def test_standard_input_one_byte_at_a_time(monkeypatch, packed):
    stream = OneByteAtATime(COMPRESS[packed]("één\ntwo".encode()))
    monkeypatch.setattr(sys, "stdin", mock.Mock(buffer=stream))
    assert list(read_lines("-")) == ["één", "two"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_all_line_ends_and_the_byte_order_mark(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(decoding, "CHUNK_BYTES", chunk)
    path = tmp_path / "windows.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n\nfour")
    assert list(read_lines(path)) == ["one", "two", "three", "", "four"]


@pytest.mark.parametrize("packed", ["gz", "bz2", "xz", "zst"])
def test_streams_after_one_another_are_read_to_the_end(tmp_path, packed):
    compress = COMPRESS[packed]
    padding = b"" if packed in ("bz2", "zst") else b"\0" * 8
    path = tmp_path / "joined"
    path.write_bytes(compress(b"one\ntw") + compress(b"") + padding + compress(b"o\n"))
    assert list(read_lines(path)) == ["one", "two"]


def test_a_zstandard_skippable_frame_is_skipped(tmp_path):
    path = tmp_path / "pzstd"
    path.write_bytes(b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + zstd.compress(b"text\n"))
    assert list(read_lines(path)) == ["text"]


@pytest.mark.parametrize("window", [27, 28, 31])
def test_zstandard_with_a_long_window_is_read(tmp_path, window):
    parameters = zstd.CompressionParameter
    options = {parameters.window_log: window, parameters.enable_long_distance_matching: 1}
    packer = zstd.ZstdCompressor(options=options)
    (tmp_path / "dump.zst").write_bytes(packer.compress(b"one\ntwo\n") + packer.flush())
    assert list(read_lines(tmp_path)) == ["one", "two"]


def test_a_window_longer_than_memory_is_named(tmp_path, monkeypatch):
    parameters = zstd.CompressionParameter
    packer = zstd.ZstdCompressor(options={parameters.window_log: 28})
    (tmp_path / "dump.zst").write_bytes(packer.compress(b"text") + packer.flush())
    monkeypatch.setattr(compression, "LONGEST_WINDOW", 20)
    with pytest.raises(
        CorpusError, match=r"dump\.zst: its Zstandard window is too long .*pack it again without --long"
    ):
        list(read_lines(tmp_path))


@pytest.mark.parametrize("chunk", [1 << 10, 1 << 20])
def test_a_word_that_never_ends_is_refused_in_linear_time(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(decoding, "CHUNK_BYTES", chunk)
    monkeypatch.setattr(decoding, "LONGEST_WORD", 1 << 20)
    (tmp_path / "endless").write_bytes(b"x" * (3 << 20))
    with pytest.raises(CorpusError, match=r"endless: more than 1,048,576 characters without a space .*put line ends"):
        list(read_lines(tmp_path))


def test_a_line_that_must_be_whole_has_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "LONGEST_LINE", 1 << 12)
    monkeypatch.setattr(decoding, "LONGEST_PIECE", 1 << 8)
    monkeypatch.setattr(decoding, "CHUNK_BYTES", 1 << 8)
    (tmp_path / "line").write_text("word " * 5000)
    assert sum(1 for _ in split_blocks(read_blocks(tmp_path))) > 10
    with pytest.raises(CorpusError, match="a line of more than 4,096 characters is needed whole"):
        list(read_lines(tmp_path))


@pytest.mark.parametrize(("suffix", "kind"), [("gz", "gzip"), ("bz2", "bzip2"), ("xz", "xz"), ("ZST", "Zstandard")])
def test_a_name_that_promises_another_format_is_an_error(tmp_path, suffix, kind):
    path = tmp_path / f"text.{suffix}"
    other, content = ("xz", lzma.compress(b"text")) if kind != "xz" else ("gzip", gzip.compress(b"text"))
    for data, found in ((b"plain text", "holds unpacked data"), (content, f"holds {other} data"), (b"", "is empty")):
        write_anew(path, data)
        with pytest.raises(
            CorpusError, match=rf"text\.{suffix}: {kind} data expected by its name, but it {found}; rename it"
        ):
            list(read_lines(path))
    path.write_bytes(COMPRESS[suffix.lower()](b"text"))
    assert list(read_lines(path)) == ["text"]


def test_text_that_begins_like_bzip2_is_text(tmp_path):
    path = tmp_path / "text"
    path.write_text("BZh1 is how bzip2 begins\n")
    assert list(read_lines(path)) == ["BZh1 is how bzip2 begins"]


@pytest.mark.parametrize("packed", ["gz", "bz2", "xz", "zst"])
def test_a_packed_file_that_is_cut_off_or_damaged_is_an_error(tmp_path, packed):
    data = COMPRESS[packed]("\n".join(f"line {i * i}" for i in range(3000)).encode())
    path = tmp_path / "text.txt"
    for end in (12, len(data) // 2, len(data) - 1):
        write_anew(path, data[:end])
        with pytest.raises(CorpusError, match=r"text\.txt: cut off: .* stop after \d+ bytes"):
            list(read_lines(path))
    path.write_bytes(data[: len(data) // 2] + b"\0\1\2\3" + data[len(data) // 2 + 4 :])
    with pytest.raises(CorpusError, match=r"text\.txt: (damaged|cut off)"):
        list(read_lines(path))
    path.write_bytes(data + b"rubbish at the end")
    with pytest.raises(CorpusError, match=r"text\.txt: (damaged|cut off)"):
        list(read_lines(path))


@pytest.mark.parametrize("packed", sorted(COMPRESS))
@pytest.mark.parametrize("chunk", [1, 5, 1 << 20])
def test_undecodable_bytes_are_named_by_file_and_offset(tmp_path, monkeypatch, packed, chunk):
    monkeypatch.setattr(decoding, "CHUNK_BYTES", chunk)
    path = tmp_path / "latin.txt"
    path.write_bytes(COMPRESS[packed](b"\xc3\xa9t\xc3\xa9 d\xe9j\xe0 vu"))
    with pytest.raises(CorpusError, match=r"latin\.txt: byte 7 \(0xe9\) is not utf-8.*--encoding-errors replace"):
        list(read_lines(path))
    assert list(read_lines(path, encoding_errors="replace")) == ["été d�j� vu"]


def test_a_character_cut_off_at_the_end_is_named_too(tmp_path):
    path = tmp_path / "cut.txt"
    path.write_bytes("hello é".encode()[:-1])
    with pytest.raises(CorpusError, match=r"byte 6 \(0xc3\).*give the file's encoding"):
        list(read_lines(path))
    path.write_bytes("été é".encode()[:-1])  # what comes before shows that it is UTF-8
    with pytest.raises(CorpusError, match=r"byte 6 \(0xc3\).*the file was cut off there"):
        list(read_lines(path))


@pytest.mark.parametrize(("encoding", "bad", "offset"), [("euc-kr", b"\xb0\xa1 \xff\xff", 3), ("ascii", b"caf\xe9", 3)])
def test_other_encodings(tmp_path, encoding, bad, offset):
    path = tmp_path / "text"
    path.write_bytes(bad)
    with pytest.raises(CorpusError, match=f"byte {offset} "):
        list(read_lines(path, encoding=encoding))


@pytest.mark.parametrize(
    ("text", "given", "windows"),
    [
        ("x\n" * 600_000 + "so „schön“ – 5 €", "latin-1", "cp1252"),
        ("l’été", "iso-8859-15", "cp1252"),
        ("„žluťoučký“", "iso8859-2", "cp1250"),
        ("“Привет”", "iso8859-5", "cp1251"),
    ],
)
def test_latin_1_with_the_quotes_of_windows_is_named(tmp_path, text, given, windows):
    (tmp_path / "text").write_bytes(text.encode(windows))
    with pytest.raises(
        CorpusError, match=rf"text: byte \d+ .* is not text in {given} .*; in {windows} it is '.': read"
    ):
        list(read_lines(tmp_path, encoding=given))
    assert "".join(f"{line}\n" for line in read_lines(tmp_path, encoding=windows)) == f"{text}\n"
    assert list(read_lines(tmp_path, encoding=given, encoding_errors="replace"))


def test_latin_1_without_control_characters_is_read(tmp_path):
    (tmp_path / "text").write_bytes(b"caf\xe9 \xa0\xff, a line\x85 and \x81")  # of both encodings, or of neither
    assert list(read_lines(tmp_path, encoding="latin-1")) == ["café \xa0ÿ, a line\x85 and \x81"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp949", "koi8-r"])
@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_utf_8_read_as_something_else_is_refused(tmp_path, monkeypatch, encoding, chunk):
    monkeypatch.setattr(decoding, "CHUNK_BYTES", chunk)
    (tmp_path / "text").write_text("größer, naïve, 고양이\n", encoding="utf-8")
    message = f"text: is UTF-8, but --encoding {encoding} was given: leave it out; .* iconv -f {encoding} -t UTF-8"
    with pytest.raises(CorpusError, match=message):
        list(read_lines(tmp_path, encoding=encoding, encoding_errors="replace"))


def test_what_was_replaced_is_told_once(tmp_path, capsys):
    for name in "abc":
        (tmp_path / name).write_bytes("déjà vu\nthe end\n".encode("utf-8" if name == "a" else "latin-1"))
    assert len(list(read_lines(tmp_path, encoding_errors="replace"))) == 6
    assert (
        capsys.readouterr().err.count("4 places where the text is not utf-8 became \ufffd, such as in 'd\ufffdj") == 1
    )
    assert len(list(read_lines(tmp_path / "a", encoding_errors="replace"))) == 2
    assert capsys.readouterr().err == ""


EARLIER = "1 place where the text itself holds \ufffd (U+FFFD), such as in 'd\ufffdj': what was there was lost when"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("chunk", [1, 2, 1 << 20])
def test_what_another_program_replaced_is_told_apart(tmp_path, capsys, monkeypatch, encoding, chunk):
    monkeypatch.setattr(decoding, "CHUNK_BYTES", chunk)
    half = b"\xe9" if encoding == "utf-8" else "\udead".encode(encoding, "surrogatepass")
    (tmp_path / "text").write_bytes("d\ufffdj vu\n".encode(encoding) + half + " vu\n".encode(encoding))
    lines = list(read_lines(tmp_path, encoding=encoding, encoding_errors="replace"))
    assert lines == ["d\ufffdj vu", "\ufffd vu"]
    said = capsys.readouterr().err
    assert EARLIER in said
    assert f"1 place where the text is not {encoding} became \ufffd" in said


def test_what_another_program_replaced_in_records_is_told_apart(tmp_path, capsys):
    (tmp_path / "a.jsonl").write_bytes('{"text": ["d\ufffdj", "\\ud83d'.encode() + b'\xe9\\udfff"]}')
    assert len(list(read_blocks(tmp_path, field="text", encoding_errors="replace"))) == 1
    said = capsys.readouterr().err
    assert EARLIER in said
    assert "3 places where the text is not utf-8 became \ufffd" in said


def test_utf_8_read_as_utf_16_is_refused(tmp_path):
    (tmp_path / "text").write_text("größer, naïve, 고양이\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"text: is UTF-8, but --encoding utf-16 was given: leave it out; .* iconv"):
        list(read_lines(tmp_path, encoding="utf-16"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("das größte, ÄÖÜ, é à è ù\n" * 9, "utf-16-le"),
        ("고양이와 개가 집에 있다.\n" * 9, "utf-16"),
        ("猫と犬が家にいる。슠\n" * 9, "utf-16-be"),
        ("кот и собака\n" * 9, "utf-32"),
        ("das größte, ÄÖÜ, é à è ù\n" * 9, "cp1252"),
        ("CAFÉ”", "cp1252"),  # the bytes of one letter in UTF-8
        ("고양이와 개가 집에 있다.\n" * 9, "cp949"),
        ("кот и собака\n" * 9, "koi8-r"),
        ("猫と犬\n" * 9, "shift_jis"),
        ("plain\n" * 9, "cp1252"),
    ],
)
def test_other_encodings_are_not_taken_for_utf_8(tmp_path, text, encoding):
    (tmp_path / "text").write_bytes(text.encode(encoding))
    assert list(read_lines(tmp_path, encoding=encoding)) == text.splitlines()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", r"image: is a picture; leave it out"),
        (b"text\0", r"image: is not text: byte 4 is 0"),
        (b"PK\x03\x04rest", r"image: is a zip archive; unpack it first"),
        (b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n\xff", r"image: is a web archive .*; extract the text of its pages"),
        (
            b"From a@b.c Thu Jan  1 00:00:00 1970\nSubject: \xff\n",
            r"image: is e-mail, whose headers would be words; write",
        ),
        (b"Received: from a by b;\r\n\tThu, 1 Jan 1970\r\n", r"image: is e-mail"),
        (b"name".ljust(257, b"\0") + b"ustar", r"image: is a tar archive; unpack it first"),
        (
            "ab 猫".encode("iso2022_jp"),
            r"image: byte 3 begins characters in ISO 2022; read it with --encoding iso2022_jp_2",
        ),
        ("고양이".encode("iso2022_kr"), r"image: byte 0 begins .*--encoding iso2022_kr"),
        ("the cat\n".encode("utf-16-le"), r"image: is not text: byte 1 is 0; read it with --encoding utf-16-le"),
        (
            "고양이 집\n".encode("utf-16-be"),
            r"image: is not text: byte 6 is 0; read it with --encoding utf-16-be, or .*: iconv",
        ),
        (b"text\0" * 9, r"image: is not text: byte 4 is 0; leave the file out, or remove such bytes"),
        ("\ufeffhello".encode("utf-16-le"), r"image: begins with a UTF-16 byte-order mark; .*--encoding utf-16"),
    ],
)
def test_files_that_are_not_text_are_refused(tmp_path, content, message):
    (tmp_path / "image").write_bytes(content)
    with pytest.raises(CorpusError, match=message):
        list(read_lines(tmp_path))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("encoding", "other"), [("utf-16-le", "utf-16-be"), ("UTF-16BE", "utf-16-le")])
def test_utf_16_in_the_other_order_of_bytes(tmp_path, mark, encoding, other):
    path = tmp_path / "text"
    path.write_bytes(f"{mark}the cat\nsat\n".encode(other))
    with pytest.raises(CorpusError, match=f"text: not {encoding}: its bytes are in the other order; .*{other}"):
        list(read_lines(path, encoding=encoding))
    if not mark:
        with pytest.raises(CorpusError, match=f"does not start with BOM; give --encoding {other}"):
            list(read_lines(path, encoding="utf-16"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "UTF-16", "utf-32-be"])
def test_plain_text_read_as_wide_characters(tmp_path, encoding):
    (tmp_path / "text").write_bytes(b"the cat sat\n" * 6)
    with pytest.raises(CorpusError, match=f"text: not {encoding}: its first 72 bytes are ASCII; leave --encoding out"):
        list(read_lines(tmp_path, encoding=encoding))


def test_a_folder_is_read_in_order_of_names_without_hidden_files(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b/1.txt", "b/.hidden", ".git/config", "c.txt", "a.gz", "B.txt"):
        (tmp_path / name).write_bytes(gzip.compress(name.encode()) if name.endswith("gz") else name.encode())
    (tmp_path / "b" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert list(read_lines(tmp_path)) == ["B.txt", "a.gz", "b/1.txt", "c.txt"]
    assert list(read_lines(as_files([tmp_path / "c.txt", str(tmp_path / "B.txt")]))) == ["c.txt", "B.txt"]
    assert size_in_bytes(as_files([tmp_path / "B.txt", tmp_path / "c.txt"])) == 10


def test_a_folder_without_text_and_a_missing_file_are_errors(tmp_path, monkeypatch):
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="holds no text"):
        list(read_lines(tmp_path))
    monkeypatch.chdir(tmp_path)  # whose name may hold a space, as a text does
    with pytest.raises(CorpusError, match=r"nowhere\.txt: no such file or folder; bundled .*tiny-world"):
        list(read_lines("nowhere.txt"))
    with pytest.raises(CorpusError, match="text8: not downloaded"):
        list(read_lines("text8"))
    with pytest.raises(CorpusError, match=r"'the cat sat': no file .*use Corpus.from_texts"):
        list(read_lines("the cat sat"))


def test_a_bundled_name_that_is_also_a_file_is_not_guessed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(next(read_lines("tiny-world")).split(" . ")) == 3
    (tmp_path / "tiny-world").write_text("mine\n")
    with pytest.raises(CorpusError, match=r"both a bundled text and a file.*say ./tiny-world"):
        list(read_lines("tiny-world"))
    assert list(read_lines("./tiny-world")) == ["mine"]


def test_iterables_of_lines(tmp_path):
    assert list(read_lines(as_texts(["a\n", "b\r\n", "c"]))) == ["a", "b", "c"]
    assert list(read_lines(as_texts(io.StringIO("a\nb")))) == ["a", "b"]
    for bad, message in [
        (b"bytes", "got bytes"),
        (5, "got int"),
        (as_texts([["a"]]), r"item 1 is \['a'\]"),
        (as_texts(["a", b"b"]), r"item 2 is b'b'"),
        ([["a"]], "lists of tokens: they have no lines"),
        (["a"], "may be texts or names of files"),
    ]:
        with pytest.raises(CorpusError, match=message):
            list(read_lines(bad))


def test_standard_input_that_is_closed(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CorpusError, match="standard input is closed"):
        list(read_lines("-"))


def test_unknown_encodings_are_option_errors(tmp_path):
    (tmp_path / "a").write_text("a")
    for options in ({"encoding": "utf8000"}, {"encoding": "base64"}, {"encoding_errors": "ignor"}):
        with pytest.raises(OptionError, match=next(iter(options.values()))):
            list(read_lines(tmp_path / "a", **options))


def test_bytes_read_are_reported_as_stored(tmp_path):
    path = tmp_path / "text.gz"
    path.write_bytes(gzip.compress(b"text " * 1000))
    seen = []
    list(read_lines(path, on_bytes=seen.append))
    assert sum(seen) == path.stat().st_size == size_in_bytes(as_files(path))
    assert size_in_bytes(as_files("-")) is None


def test_a_zero_byte_is_named_wherever_it_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "CHUNK_BYTES", 5)
    (tmp_path / "log").write_bytes(b"text and text\0")
    with pytest.raises(CorpusError, match=r"log: is not text: byte 13 is 0; .* or remove such bytes"):
        list(read_lines(tmp_path / "log"))
