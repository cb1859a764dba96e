"""Loading and saving: a file's format is told by its content when reading, by its suffix when writing.

======================  ==========================  =====================================================
format                  suffix                      keeps
======================  ==========================  =====================================================
``safetensors``         ``.safetensors``, or none   everything; opens memory-mapped
``word2vec-text``       ``.txt``                    words and vectors
``fasttext-vec``        ``.vec``                    the same file under fastText's name
``word2vec-binary``     ``.bin``                    words and vectors
``glove``               (name it)                   words and vectors; word2vec-text without its header
``npz``                 ``.npz``                    everything; opens with numpy.load
======================  ==========================  =====================================================
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from wordvec.errors import OptionError, VectorsFileError
from wordvec.vectors.npz_file import read_npz, write_npz
from wordvec.vectors.safetensors_file import read_safetensors, write_safetensors
from wordvec.vectors.text_file import are_numbers, parse_header, read_text, write_text
from wordvec.vectors.word2vec_file import read_word2vec_binary, write_word2vec_binary
from wordvec.vectors.word_vectors import WordVectors

HEAD = 1 << 20  # bytes looked at to tell a format
READABLE = "safetensors, word2vec text and binary, fastText .vec, GloVe text and npz"
SUFFIXES = {
    ".safetensors": "safetensors",
    "": "safetensors",
    ".txt": "word2vec-text",
    ".vec": "fasttext-vec",
    ".bin": "word2vec-binary",
    ".npz": "npz",
}
WRITERS: dict[str, Callable[[WordVectors, str | os.PathLike[str]], None]] = {
    "safetensors": write_safetensors,
    "word2vec-text": lambda vectors, path: write_text(vectors, path, header=True),
    "fasttext-vec": lambda vectors, path: write_text(vectors, path, header=True),
    "word2vec-binary": write_word2vec_binary,
    "glove": lambda vectors, path: write_text(vectors, path, header=False),
    "npz": write_npz,
}
READERS: dict[str, Callable[[str | os.PathLike[str]], WordVectors]] = {
    "safetensors": read_safetensors,
    "word2vec-text": read_text,
    "word2vec-binary": read_word2vec_binary,
    "glove": read_text,
    "npz": read_npz,
}
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
REFUSED = {
    b"\x93NUMPY": "a bare numpy array, without words: put both into one file, numpy.savez(path, words=..., matrix=...)",
    b"\xba\x16\x4f\x2f": "fastText's .bin, which is not read yet: export its words with fastText's print-word-vectors, "
    "or use the .vec file beside it",
}
PICKLE = (
    "a Python pickle (gensim's .model or .kv, perhaps), which can run any code when loaded, so it never is: open it "
    "where you trust it and export it, in gensim KeyedVectors.load(PATH).save_word2vec_format('vectors.txt'), "
    "for a model Word2Vec.load(PATH).wv.save_word2vec_format('vectors.txt')"
)


def load(path: str | os.PathLike[str]) -> WordVectors:
    """Read word vectors from a file of any known format, told by its content; nothing in it is executed.

    Raises VectorsFileError for a missing, truncated, damaged or unknown file, saying what was found.
    """
    try:
        return READERS[sniff(path)](path)
    except OSError as error:
        raise VectorsFileError(f"{path}: cannot be read: {error.strerror or error}") from error


def save(vectors: WordVectors, path: str | os.PathLike[str], format: str | None = None) -> None:
    """Write `vectors` in `format`, or in the format of the path's suffix.

    A failed write leaves an existing file as it was. Raises OptionError for an unknown format or suffix and
    InputError for what the format cannot hold.
    """
    WRITERS[format_for(path, format)](vectors, path)


def format_for(path: str | os.PathLike[str], format: str | None = None) -> str:
    """Return the name of the format that `save` would write: `format` itself, or the one of the suffix.

    Raises OptionError when there is none: call it before a long computation.

    >>> format_for("news.bin"), format_for("news.txt", "glove")
    ('word2vec-binary', 'glove')
    """
    if format is None:
        format = SUFFIXES.get(Path(path).suffix.lower())
        if format is None:
            suffixes = ", ".join(suffix for suffix in SUFFIXES if suffix)
            raise OptionError(f"{path}: no format has this suffix; use one of {suffixes}, or name the format")
    if format not in WRITERS:
        raise OptionError(f"format must be one of {', '.join(WRITERS)}; got {format!r}")
    return format


def sniff(path: str | os.PathLike[str]) -> str:
    """Return the format of a file from its first bytes: a key of READERS.

    Raises VectorsFileError for content that is none of them, and for pickles.
    """
    if not os.path.isfile(path):
        raise VectorsFileError(f"{path}: {'a folder, not a file' if os.path.isdir(path) else 'no such file'}")
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if head.startswith(PACKED):
        return _sniff_text(path, _unpacked_head(path), packed=True)
    for magic, what in REFUSED.items():
        if head.startswith(magic):
            raise VectorsFileError(f"{path}: {what}")
    if head.startswith(b"PK\x03\x04"):
        return "npz"
    if head[8:9] == b"{" and head[4:8] == b"\0\0\0\0":
        return "safetensors"
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        raise VectorsFileError(f"{path}: {PICKLE}")
    return _sniff_text(path, head, packed=False)


def _unpacked_head(path: str | os.PathLike[str]) -> bytes:
    from wordvec.corpus.compression import decompressed
    from wordvec.errors import CorpusError

    with open(path, "rb") as file:
        try:
            return next(iter(decompressed(iter(lambda: file.read(1 << 16), b""), str(path))), b"")
        except CorpusError as error:
            raise VectorsFileError(str(error)) from error


def _sniff_text(path: str | os.PathLike[str], head: bytes, packed: bool) -> str:
    """Tell apart the formats that begin with a line of text."""
    first, newline, rest = head.partition(b"\n")
    header = parse_header(first)
    if header is not None and newline:
        if not _looks_binary(rest, *header):
            return "word2vec-text"
        if packed:
            raise VectorsFileError(f"{path}: a packed word2vec binary file: unpack it first (gunzip, unzstd)")
        return "word2vec-binary"
    fields = first.split()
    if header is None and len(fields) > 2 and are_numbers(fields[1 : None if newline else -1]):
        return "glove"
    found = "an empty file" if not head else f"a file that begins with {head[:24]!r}"
    raise VectorsFileError(f"{path}: {found}: no format wordvec knows; it reads {READABLE}")


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
        if error.end < len(rows) or len(rows) < HEAD // 2:  # a character cut by the end of the head is no sign
            return True
    return _fits_exactly(rows, count, dim)


def _fits_exactly(rows: bytes, count: int, dim: int) -> bool:
    """Whether `rows` are `count` binary rows and nothing else: the last doubt, for small files of printable bytes."""
    position = 0
    for _ in range(min(count, len(rows))):
        position = rows.find(b" ", position) + 1
        if position == 0:
            return False
        position += 4 * dim
        position += rows[position : position + 1] == b"\n"
    return bool(rows) and position == len(rows)
