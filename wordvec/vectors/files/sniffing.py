"""Recognizes the format of a file from its first bytes, and refuses addresses, which are not fetched."""

from __future__ import annotations

import os
import re
import struct
from shlex import quote

from wordvec.corpus.read.arrow import table_kind
from wordvec.errors import VectorsFileError
from wordvec.vectors.files.chunks import BYTE_ORDER_MARK, HEAD, first_bytes
from wordvec.vectors.files.csv_file import csv_columns, unclear_csv
from wordvec.vectors.files.table_file import is_dictionary, is_record
from wordvec.vectors.files.text_layout import are_numbers, floret_header, parse_header, unread_text

READABLE = (
    "safetensors, word2vec text and binary, fastText .vec and .bin, floret, GloVe text, npz, gensim's KeyedVectors, "
    "Parquet, Arrow, JSON, CSV, and a matrix with its words in another file"
)
WRITE_NPZ = "open it with the program that wrote it and write numpy.savez(path, words=list_of_words, matrix=matrix)"
STREAMED = (
    "word2vec-text",
    "word2vec-binary",
    "glove",
    "floret",
    "numbers",
    "csv",
)  # read sequentially, so they may be packed
LINES = 100  # lines examined for words
NUMBER_ALONE = re.compile(rb"[+-]?\d*\.\d+([eE][+-]?\d+)?|[+-]?\d+\.?[eE][+-]?\d+")
OTHERS = (
    (
        re.compile(rb"%%MatrixMarket\b", re.IGNORECASE),
        "a matrix in Matrix Market's format, without words: in Python write numpy.savez(path, words=words, "
        "matrix=scipy.sparse.csr_array(scipy.io.mmread(file)).toarray()), with the word of each row in words",
    ),
    (
        re.compile(rb"version https://git-lfs"),
        "a pointer to a file in Git LFS, not the file itself: git lfs pull fetches it",
    ),
    (
        re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE),
        "a web page, not a file of vectors: look at it in a browser; a server may have sent it in place of the file",
    ),
    (re.compile(rb"SQLite format 3\0"), f"an SQLite database, as Magnitude writes: {WRITE_NPZ}"),
    (re.compile(rb"\x89HDF\r\n"), f"an HDF5 file: {WRITE_NPZ}"),
    (re.compile(rb"MATLAB \d\.\d MAT-file"), f"a file of MATLAB: {WRITE_NPZ}"),
    (
        re.compile(rb"\((?:dp|lp)\d*\n|c[A-Za-z_][\w.]*\n[A-Za-z_]\w*\n(?:p\d+\n|\()"),
        f"a Python pickle of protocol 0, which is not read: {WRITE_NPZ}",
    ),
    (
        re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{"])'),
        'JSON, but not in a form of vectors: expected {"word": [numbers], ...}, or records {"word": ..., "vector": '
        "[numbers]} in a list or one a line",
    ),
    (re.compile(rb".{257}ustar", re.DOTALL), "a tar archive: unpack it (tar -xf) and name one of its files"),
)
# 12 options as whole numbers and one as a float64; entries, words and labels of the dictionary, and its tokens.
OLD_FASTTEXT = struct.Struct("<12id3iq")
LONGEST_NGRAM = 100
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def sniff(path: str | os.PathLike[str]) -> str:
    """Return the format of a file from its first bytes: a key of `load.READERS`.

    Raises VectorsFileError for unknown content.
    """
    if not os.path.isfile(path):
        kind = "a folder, not a file" if os.path.isdir(path) else "no such file"
        if os.path.exists(path) and not os.path.isdir(path):
            kind = "is a pipe or a device, and vectors are read from files: write it to one first"
        raise VectorsFileError(f"{path}: {kind}")
    head, packed = first_bytes(path, HEAD)
    if _is_old_fasttext(head):
        raise VectorsFileError(
            f"{path}: a model in fastText's first format (of 2016), without the number that later files begin with, "
            "which is not read: take the .vec file that fastText wrote beside it, or train again"
        )
    format = _binary_format(head) or _text_format(head.removeprefix(BYTE_ORDER_MARK))
    text = head.removeprefix(BYTE_ORDER_MARK)
    unread = None if format is not None else _of_others(head) or unread_text(text) or unclear_csv(text)
    if unread is not None:
        raise VectorsFileError(f"{path}: {unread}")
    if format is None:
        raise VectorsFileError(f"{path}: {_described(head)}: not a format that wordvec knows; it reads {READABLE}")
    if packed and format not in STREAMED:
        raise VectorsFileError(
            f"{path}: a packed {format} file, which needs random access: unpack it first (gunzip, unzstd)"
        )
    return format


def _binary_format(head: bytes) -> str | None:
    """The format of a binary file, by its first bytes, or None."""
    if head.startswith(b"\xba\x16\x4f\x2f"):  # 793712314
        return "fasttext-bin"
    if head.startswith(b"PK\x03\x04"):
        return "npz"
    if head[8:9] == b"{" and head[4:8] == b"\0\0\0\0":
        return "safetensors"
    if head.startswith(b"\x93NUMPY"):
        return "numpy"
    if table_kind(head) in ("Parquet", "Arrow"):
        return "table"
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "gensim"
    return None


def _is_old_fasttext(head: bytes) -> bool:
    """Whether a file begins with options and the sizes of a dictionary, as fastText's first models do."""
    if len(head) < OLD_FASTTEXT.size:
        return False
    dim, window, epochs, *_, loss, model, buckets, min_n, max_n, _, sample, size, words, labels, tokens = (
        OLD_FASTTEXT.unpack_from(head)
    )
    options = min(dim, window, epochs) > 0 and 1 <= loss <= 3 and 1 <= model <= 3
    parts = buckets >= 0 and 0 <= min_n <= max_n < LONGEST_NGRAM and 0 <= sample <= 1
    return bool(options and parts and size == words + labels and words > 0 and labels >= 0 and tokens > 0)


def _of_others(head: bytes) -> str | None:
    """What a file is that holds no vectors for wordvec, with a way out; None if its beginning is not known."""
    if b"\r" in head and b"\n" not in head and b"\0" not in head:
        return "text with carriage returns alone between its lines: save it with line feeds"
    return next((what for beginning, what in OTHERS if beginning.match(head)), None)


def _described(head: bytes) -> str:
    if not head:
        return "an empty file"
    if head.startswith(UTF16):
        return "text in UTF-16 (save it as UTF-8)"
    return f"a file that begins with {head[:24]!r}"


def _text_format(head: bytes) -> str | None:
    """The format of a file that begins with a line of text, or None."""
    first, newline, rest = head.partition(b"\n")
    if head.lstrip()[:1] in (b"{", b"[") and (is_record(first) or is_dictionary(head)):
        return "json"
    if _without_words(head):
        return "numbers"
    table = csv_columns(head)
    if table is not None and table.has_header:  # its names may be numbers: it could be read as a row
        return "csv"
    if floret_header(first) is not None and newline:
        return "floret"
    header = parse_header(first)
    if header is not None and newline:
        return "word2vec-binary" if _looks_binary(rest, *header) else "word2vec-text"
    fields = first.split()
    if header is None and len(fields) > 2 and are_numbers(fields[1 : None if newline else -1]):
        return "glove"
    return "csv" if table is not None else None


def _without_words(head: bytes) -> bool:
    """Whether the first lines all begin with a number that is not a word: one with a point or an exponent."""
    lines = [line.split() for line in head.split(b"\n")[: LINES + 1][:-1]]
    firsts = [fields[0] for fields in lines if fields]
    return len(firsts) > 1 and all(NUMBER_ALONE.fullmatch(field) for field in firsts)


def _looks_binary(rows: bytes, count: int, dim: int) -> bool:
    """Whether the bytes after a header "V D" are word2vec's binary rows rather than lines of text."""
    first, newline, _ = rows.partition(b"\n")
    fields = first.split()
    if newline and len(fields) > 1 and are_numbers(fields[1:]):
        return False
    if any(byte < 9 or 13 < byte < 32 for byte in rows):
        return True
    try:
        rows.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end < len(rows) or len(rows) < HEAD // 2:  # ignore a character cut by the end of the head
            return True
    return _fits_exactly(rows, count, dim)


def _fits_exactly(rows: bytes, count: int, dim: int) -> bool:
    """Whether `rows` are exactly `count` binary rows; decides for small files of printable bytes."""
    position = 0
    for _ in range(min(count, len(rows))):
        position = rows.find(b" ", position) + 1
        if position == 0:
            return False
        position += 4 * dim
        position += rows[position : position + 1] == b"\n"
    return bool(rows) and position == len(rows)


# Addresses instead of file names: wordvec fetches no vectors, but names a command that does.


ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)


def refuse_address(path: str | os.PathLike[str]) -> None:
    """Raise VectorsFileError for an address such as https://... or hf://user/repo/file, with a command that fetches it.

    >>> refuse_address("hf://ann/vectors/v.safetensors")
    Traceback (most recent call last):
    wordvec.errors.VectorsFileError: hf://ann/vectors/v.safetensors: an address, not a file, and wordvec fetches no \
vectors: hf download ann/vectors v.safetensors --local-dir . (of huggingface_hub), then load the file
    """
    found = ADDRESS.fullmatch(os.fspath(path)) if isinstance(os.fspath(path), str) else None
    if found is None or os.path.lexists(path):
        return
    scheme, rest = found[1].lower(), found[2]
    name = rest.split("?")[0].rstrip("/").rpartition("/")[2] or "vectors"
    if scheme == "hf":
        command = _hugging_face(rest)
    elif scheme in ("http", "https", "ftp"):
        command = f"curl -L -o {quote(name)} {quote(os.fspath(path))}"
    elif scheme == "file":
        raise VectorsFileError(f"{path}: give the name of the file without file://")
    else:
        command = f"fetch it with the program for {scheme}://"
    raise VectorsFileError(
        f"{path}: an address, not a file, and wordvec fetches no vectors: {command}, then load the file"
    )


def _hugging_face(rest: str) -> str:
    """The command for user/repo, or user/repo/file."""
    user, repository, file = [*rest.split("/", 2), "", ""][:3]
    repository = repository.partition("@")[0]
    parts = ["hf download", quote(f"{user}/{repository}"), *([quote(file)] if file else []), "--local-dir ."]
    return " ".join(parts) + " (of huggingface_hub)"
