"""Turns the bytes of a file into blocks of text (unpacked, decoded, with Python's line ends) and refuses non-text."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from wordvec.corpus.read.arrow import table_kind
from wordvec.corpus.read.compression import decompressed, packing_of
from wordvec.errors import CorpusError

CHUNK_BYTES = 1 << 20  # read and decoded at a time
LETTERS_OF_UTF8 = 5  # outside ASCII: so many valid ones are not chance
LONGEST_PIECE = 1 << 20  # characters of one line held at a time if the caller accepts pieces
LONGEST_WORD = 1 << 26  # characters without white space, which must be held together
LONGEST_LINE = 1 << 28  # characters of a line that is needed whole

OnBytes = Callable[[int], None]


def blocks_of_text(
    stream: BinaryIO, name: str, encoding: str, errors: str, on_bytes: OnBytes
) -> Iterator[tuple[str, bool]]:
    """Yield (block, ends_line): whole lines with line feeds between them, or a piece of a very long line."""
    chunks = decompressed(_chunks(stream, on_bytes), name)
    held: list[str] = []  # text since the last line end or cut
    length, piece_given, cut_at = 0, False, LONGEST_PIECE
    for text in _decoded(chunks, name, encoding, errors):
        lines, line_end, rest = text.rpartition("\n")
        if line_end:
            yield "".join([*held, lines]), True
            held, length, piece_given, cut_at = [], 0, False, LONGEST_PIECE
        held.append(rest)
        length += len(rest)
        if length > cut_at:
            piece, rest = _cut_at_white_space("".join(held))
            held, length = [rest], len(rest)
            cut_at = max(LONGEST_PIECE, 2 * length)  # do not search a long word again for each chunk
            if piece:
                yield piece, False
                piece_given = True
            if length > LONGEST_WORD:
                raise no_line_ends(name)
    if length or piece_given:
        yield "".join(held), True


def no_line_ends(name: str) -> CorpusError:
    """The error for an endless word."""
    return CorpusError(
        f"{name}: more than {LONGEST_WORD:,} characters without a space or a line end: is it text? put line ends "
        "between its sentences"
    )


def whole_lines(pieces: Iterable[tuple[str, bool]], name: str = "the text") -> Iterator[str]:
    """Join (piece, ends_line) into whole lines. Raises CorpusError for a line that is too long to hold."""
    parts: list[str] = []
    length = 0
    for piece, ends_line in pieces:
        parts.append(piece)
        length += len(piece)
        if ends_line:
            yield "".join(parts)
            parts.clear()
            length = 0
        elif length > LONGEST_LINE:
            raise CorpusError(
                f"{name}: a line of more than {LONGEST_LINE:,} characters is needed whole here; put line ends between "
                "its sentences, or use a tokenizer that reads a line in pieces, such as words"
            )


def _cut_at_white_space(line: str) -> tuple[str, str]:
    """Split off the last word, so that it can grow: "one two thr" into "one two " and "thr"."""
    last_word = "" if line[-1].isspace() else line.rsplit(None, 1)[-1]
    return line[: len(line) - len(last_word)], last_word


def _chunks(stream: BinaryIO, on_bytes: OnBytes) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        on_bytes(len(chunk))
        yield chunk


def _decoded(chunks: Iterable[bytes], name: str, encoding: str, errors: str) -> Iterator[str]:
    """The text of `chunks`, with line ends as in Python's text files and without a byte-order mark."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)
    check_other_encoding = Utf8Check(name, encoding)
    at_start = True
    end, last, has_letters = 0, False, False  # end: bytes decoded so far (unpacked, if the file is compressed)
    pending = iter(chunks)
    while not last:
        chunk = next(pending, b"")
        last = not chunk
        if not end:
            refuse_foreign(chunk, name, encoding)
        refuse_zeros(chunk, name, encoding, end)
        check_other_encoding(chunk)
        if errors == "strict":
            refuse_controls(chunk, name, encoding, end)
        end += len(chunk)
        try:
            text = decoder.decode(chunk, final=last)
        except UnicodeError as error:
            problem = _undecodable(error, encoding, end, chunk, is_cut_off=last and has_letters)
            raise CorpusError(f"{name}: {problem}") from error
        if at_start and is_wide(encoding) and (text[:1] == "\ufffe" or ("\u0a00" in text and "\n" not in text)):
            given = codecs.lookup(encoding).name
            other = given[:-2] + ("be" if given.endswith("le") else "le")
            raise CorpusError(
                f"{name}: not {encoding}: its bytes are in the other order; read it with --encoding {other}"
            )
        has_letters = has_letters or not text.isascii()  # beyond ASCII, so the encoding is right
        if text:
            yield text.removeprefix("\ufeff") if at_start else text
            at_start = False


def _undecodable(error: UnicodeError, encoding: str, end: int, chunk: bytes, is_cut_off: bool) -> str:
    """What is wrong with bytes before `end` that cannot be decoded, and what to do."""
    if not isinstance(error, UnicodeDecodeError) or "BOM" in error.reason:  # UTF-16 without a byte-order mark
        reason = getattr(error, "reason", error)  # from Python 3.13 on it is a UnicodeDecodeError
        return f"not {encoding}, before byte {end}: {reason}; give --encoding {byte_order(chunk)}".rstrip()
    offset, byte = end - len(error.object) + error.start, error.object[error.start]
    way_out = "give the file's encoding (--encoding), or continue with --encoding-errors replace"
    if is_cut_off:
        way_out = "the file was cut off there: get the whole of it, or continue with --encoding-errors ignore"
    return f"byte {offset} (0x{byte:02x}) is not {encoding}: {error.reason}; {way_out}"


# Files that are not text, recognized by their first bytes, and what to do with each.
AS_TEXT = "save it as text, or as CSV and name its column with --field"
WITH_PANDOC = "save it as text, as with pandoc -t plain --wrap none FILE -o TEXT"
UNPACK = "unpack it first"
MAGIC: list[tuple[bytes, str, str]] = [
    (rb"%PDF-", "a PDF document", "extract its text first, with pdftotext for example"),
    (rb"SQLite format 3\0", "an SQLite database", "write the column of texts to a CSV file first"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Word or Excel document of the old format", AS_TEXT),
    (rb"\{\\rtf", "an RTF document", WITH_PANDOC),
    (rb"%!PS", "a PostScript document", "extract its text first, with ps2ascii for example"),
    (rb"\x93NUMPY", "a NumPy array", "load it in Python and pass its texts to Corpus.from_texts"),
    (
        rb"\x80[\x02-\x05][\x00-\xff]|\((lp|dp|l|d)\d*\n|c[a-z_.]+\n[A-Za-z_]+\np?\d",
        "a pickle",
        "it may run code when loaded, so it is not read; write texts",
    ),
    (rb"\x89HDF\r\n", "an HDF5 file", "write the column of texts to Parquet or CSV first"),
    (rb"Obj\x01", "an Avro file", "write the column of texts to Parquet or JSON Lines first"),
    (rb"ORC[\x00-\x08\x0b-\x1f\x80-\xff]", "an ORC file", "write the column of texts to Parquet first"),
    (rb"[\x00-\xff]{8}\{\"[\x00-\xff]*\"data_offsets\"", "a safetensors file", "name the text it was trained on"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (rb"\x04\x22\x4d\x18", "LZ4 data", UNPACK),
    (rb"\x1f\x9d", "compress (.Z) data", UNPACK),
    (rb"\x5d\0\0[\x00-\xff]{2}", "LZMA data", UNPACK),
    (rb"\xff\x06\0\0sNaPpY", "Snappy data", UNPACK),
    (rb"WARC/\d|filedesc://", "a web archive (WARC or ARC)", "extract the text of its pages first"),
    (
        rb"From \S+ +\w{3} \w{3} +\d+ \d\d:\d\d[^\n]*\n[!-9;-~]+: |"
        rb"(Return-Path|Received|Delivered-To): [^\n]*\n([!-9;-~]+: |[ \t])",
        "e-mail, whose headers would be words",
        "write the texts of its messages first, with Python's mailbox module for example",
    ),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a", "a picture", "leave it out"),
    (rb"\x7fELF|MZ\x90", "a program", "leave it out"),
    (rb"version https://git-lfs\.github\.com/spec", "a pointer of Git LFS, not the file", "fetch it: git lfs pull"),
]
ISO_2022 = re.compile(rb"\x1b\$([@AB]|\([CD]|\)C)")  # how Japanese and Korean mail begins a word
PATTERNS = [(re.compile(magic), kind, way_out) for magic, kind, way_out in MAGIC]
ZIPPED = [  # contents of a zip archive, by a name or word near its beginning
    (b"word/", "a Word document (docx)", WITH_PANDOC),
    (b"xl/", "an Excel workbook (xlsx)", AS_TEXT),
    (b"ppt/", "a PowerPoint document (pptx)", "save it as text"),
    (b"[Content_Types].xml", "an Office document", AS_TEXT),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (ods)", AS_TEXT),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument text (odt)", WITH_PANDOC),
    (b"mimetypeapplication/epub", "an e-book (epub)", WITH_PANDOC),
    (b"/data.pkl", "a PyTorch file", "name the text it was trained on"),
    (b".npy", "a NumPy archive (npz)", "load it in Python and pass its texts to Corpus.from_texts"),
]


def refuse_foreign(chunk: bytes, name: str, encoding: str) -> None:
    """Raise CorpusError if `chunk`, the first (unpacked) bytes of a file, is known not to be text."""
    if chunk.startswith(b"PK\x03\x04"):
        kind, way_out = next((found[1:] for found in ZIPPED if found[0] in chunk[:4096]), ("a zip archive", UNPACK))
        raise CorpusError(f"{name}: is {kind}; {way_out}")
    if chunk[257:262] == b"ustar":
        raise CorpusError(f"{name}: is a tar archive; unpack it first")
    for pattern, kind, way_out in PATTERNS:
        if pattern.match(chunk[:4096]):
            raise CorpusError(f"{name}: is {kind}; {way_out}")
    if table := table_kind(chunk):
        raise CorpusError(
            f"{name}: holds {table} data that are packed or come through a pipe; unpack it and name the file"
        )
    if packing := packing_of(chunk):
        raise CorpusError(f"{name}: is packed twice: inside it is {packing} data; unpack it once")
    if not is_wide(encoding):
        _refuse_other_width(chunk, name)
    elif len(chunk) >= 64 and chunk.isascii() and b"\0" not in chunk:
        raise CorpusError(f"{name}: not {encoding}: its first {len(chunk):,} bytes are ASCII; leave --encoding out")
    shift = ISO_2022.search(chunk)
    if shift and codecs.lookup(encoding).name == "utf-8":  # all its bytes are ASCII, so nothing else would notice
        found = "iso2022_kr" if shift[0].endswith(b")C") else "iso2022_jp_2"
        raise CorpusError(
            f"{name}: byte {shift.start()} begins characters in ISO 2022; read it with --encoding {found}"
        )


class Utf8Check:
    """Raise CorpusError for chunks of UTF-8 that are to be read in another encoding.

    Encodings of one byte a character take any bytes, and make "cafÃ©" of "café" in UTF-8. In other encodings letters
    outside ASCII hardly ever look like UTF-8, and so many never do.
    """

    def __init__(self, name: str, encoding: str) -> None:
        self.name, self.encoding = name, encoding
        utf = codecs.lookup(encoding).name.startswith(("utf-8", "utf-7", "ascii"))
        self.decoder = None if utf else codecs.getincrementaldecoder("utf-8")()
        self.letters = 0

    def __call__(self, chunk: bytes) -> None:
        """Look at the next chunk."""
        if self.decoder is None:
            return
        try:
            text = self.decoder.decode(chunk)
        except UnicodeDecodeError:
            self.decoder = None
            return
        self.letters += 0 if text.isascii() else sum(character > "\x7f" for character in text)
        if self.letters >= LETTERS_OF_UTF8:
            raise CorpusError(
                f"{self.name}: is UTF-8, but --encoding {self.encoding} was given: leave it out; if other files are in "
                f"{self.encoding}, write those in UTF-8 first: iconv -f {self.encoding} -t UTF-8 FILE > NEW"
            )


# Encodings whose bytes 0x80 to 0x9f are control characters, and Windows' with quotation marks and dashes there.
WINDOWS = {"iso8859-1": "cp1252", "iso8859-15": "cp1252", "iso8859-2": "cp1250", "iso8859-5": "cp1251"}
WINDOWS |= {"iso8859-7": "cp1253", "iso8859-9": "cp1254", "iso8859-8": "cp1255", "iso8859-13": "cp1257"}
CONTROLS = re.compile(rb"[\x80\x82-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]")  # not the line end 0x85, nor unused ones


def refuse_controls(chunk: bytes, name: str, encoding: str, before: int) -> None:
    """Raise CorpusError for text of Windows that is to be read as Latin-1 or alike, which takes any byte."""
    windows = WINDOWS.get(codecs.lookup(encoding).name)
    found = CONTROLS.search(chunk) if windows else None
    if windows and found and (character := found[0].decode(windows, "ignore")):
        raise CorpusError(
            f"{name}: byte {before + found.start()} (0x{found[0][0]:02x}) is not text in {encoding} but a control "
            f"character; in {windows} it is {character!r}: read it with --encoding {windows}"
        )


def _read_with(encoding: str) -> str:
    return (
        f"read it with --encoding {encoding}, or write it in UTF-8 if other files are: iconv -f {encoding} -t UTF-8 "
        "FILE > NEW"
    )


def is_wide(encoding: str) -> bool:
    """Whether characters of `encoding` have two or four bytes, some of them zero."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))


def _refuse_other_width(chunk: bytes, name: str) -> None:
    for marks, encoding in (
        ((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE), "utf-32"),  # first: it begins like UTF-16's mark
        ((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16"),
    ):
        if chunk.startswith(marks):
            raise CorpusError(f"{name}: begins with a {encoding.upper()} byte-order mark; {_read_with(encoding)}")


def refuse_zeros(chunk: bytes, name: str, encoding: str, before: int) -> None:
    """Raise CorpusError for a zero byte; `before` counts the bytes of the file before `chunk`."""
    if not is_wide(encoding) and b"\0" in chunk:
        order = "" if before else byte_order(chunk)
        way_out = _read_with(order) if order else "leave the file out, or remove such bytes, as tr -d '\\0' < FILE does"
        raise CorpusError(f"{name}: is not text: byte {before + chunk.index(0)} is 0; {way_out}")


def byte_order(chunk: bytes) -> str:
    """UTF-16 in the byte order of `chunk`, which begins with a whole character; empty if it is something else.

    Spaces and line ends alone, whose upper byte is 0, make up a tenth of most texts.
    """
    upper_first, lower_first = chunk[::2].count(0), chunk[1::2].count(0)
    most, fewest = max(upper_first, lower_first), min(upper_first, lower_first)
    if most < max(2, len(chunk) / 25) or fewest > len(chunk) / 25:
        return ""
    return "utf-16-be" if upper_first > lower_first else "utf-16-le"
