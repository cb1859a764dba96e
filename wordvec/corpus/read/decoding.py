"""From the bytes of a file to blocks of text: unpacked, decoded, with all line ends as in Python's text files."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from wordvec.corpus.read.compression import decompressed
from wordvec.corpus.read.foreign import refuse_foreign, refuse_zeros
from wordvec.errors import CorpusError

CHUNK_BYTES = 1 << 20  # read and decoded at a time
LONGEST_PIECE = 1 << 20  # characters of one line held at a time where the caller takes pieces
LONGEST_WORD = 1 << 26  # characters without white space, which have to be held together
LONGEST_LINE = 1 << 28  # characters of a line, where something needs it whole

OnBytes = Callable[[int], None]


def blocks_of_text(
    stream: BinaryIO, name: str, encoding: str, errors: str, on_bytes: OnBytes
) -> Iterator[tuple[str, bool]]:
    """Yield (block, ends_line): whole lines with line feeds between them, or a piece of a very long line."""
    chunks = decompressed(_chunks(stream, on_bytes), name)
    held: list[str] = []  # what came since the last line end or the last cut
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
            cut_at = max(LONGEST_PIECE, 2 * length)  # a long word is not looked through for each of its chunks
            if piece:
                yield piece, False
                piece_given = True
            if length > LONGEST_WORD:
                raise no_line_ends(name)
    if length or piece_given:
        yield "".join(held), True


def no_line_ends(name: str) -> CorpusError:
    """The error for a word that does not end."""
    return CorpusError(
        f"{name}: more than {LONGEST_WORD:,} characters without a space or a line end: is it text? put line ends "
        "between its sentences"
    )


def whole_lines(pieces: Iterable[tuple[str, bool]], name: str = "the text") -> Iterator[str]:
    """Whole lines of (piece, ends_line). Raises CorpusError for one that is too long to be held."""
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
                "its sentences, or take a tokenizer that reads a line in pieces, such as words"
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
    """Text of `chunks` with line ends as in Python's text files and without a byte-order mark."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)
    at_start = True
    end = 0  # of the bytes that were decoded, in the file (unpacked, if it is compressed)
    last = False
    pending = iter(chunks)
    while not last:
        chunk = next(pending, b"")
        last = not chunk
        if not end:
            refuse_foreign(chunk, name, encoding)
        refuse_zeros(chunk, name, encoding, end)
        end += len(chunk)
        try:
            text = decoder.decode(chunk, final=last)
        except UnicodeDecodeError as error:
            offset, byte = end - len(error.object) + error.start, error.object[error.start]
            raise CorpusError(
                f"{name}: byte {offset} (0x{byte:02x}) is not {encoding}: {error.reason}; "
                "give the file's encoding (--encoding), or go on with --encoding-errors replace"
            ) from error
        except UnicodeError as error:  # such as a missing byte-order mark in UTF-16
            raise CorpusError(f"{name}: not {encoding}, before byte {end}: {error}; give --encoding") from error
        if text:
            yield text.removeprefix("\ufeff") if at_start else text
            at_start = False
