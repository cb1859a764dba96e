"""From a source to provisional ids, by the fastest way that gives the same result.

- Most text goes through `blocks`: compiled code cuts it at white space, and the tokenizer sees each different piece
  once. That is right for the built-in tokenizers, which never look across white space.
- Small texts, and all where numba is missing, take plain Python: the tokenizer sees every line.
- So do functions of the user and the analysers for Korean, Japanese and Chinese, which may look at whole lines.
- Token lists are taken as they are.
"""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from wordvec.corpus.blocks import Cutting, encode_blocks, warm_up
from wordvec.corpus.encoding import Spooled, checked_sentences, spool
from wordvec.corpus.many_words import words_of_all
from wordvec.corpus.normalization import Normalization
from wordvec.corpus.ranges import TextRange
from wordvec.corpus.readers import LONGEST_PIECE, as_paths, is_table, joined, read_blocks, split_blocks
from wordvec.corpus.sentences import split_sentences
from wordvec.corpus.tokenizers import TOKENIZERS, Tokenizer, tokenize_lines, whitespace, words
from wordvec.errors import OptionError
from wordvec.memory import available_cores

COMPILED_FROM = 1 << 22  # characters of text: loading the compiled code takes as long as reading this many in Python


class TextOptions(NamedTuple):
    """How text is read and made into tokens."""

    tokenize: Tokenizer
    normalization: Normalization
    split_sentences: bool = False
    field: str | None = None
    encoding: str = "utf-8"
    encoding_errors: str = "strict"


def spool_source(
    source: Any,
    options: TextOptions,
    threads: int,
    on_bytes: Callable[[int], None],
    on_sentences: Callable[[int], None],
) -> tuple[Spooled, bool]:
    """Give every token of `source` a provisional id; returns them, and whether `source` held text, not token lists."""
    source, has_tokens = _look_at_first(source)
    if has_tokens and options.field is None:
        return spool(checked_sentences(source), on_sentences), False
    is_cut = cutting_of(options.tokenize, None) is not None and not options.split_sentences
    ranges_from = COMPILED_FROM if is_cut and can_compile() else None
    blocks = read_blocks(source, options.encoding, options.encoding_errors, on_bytes, options.field, ranges_from)
    if options.split_sentences:
        blocks = sentences_of(blocks)
    return spool_text(blocks, options.tokenize, options.normalization, threads, on_sentences), True


def _look_at_first(source: Any) -> tuple[Any, bool]:
    """`source`, unread, and whether it is an iterable of something else than text."""
    if as_paths(source) is not None or is_table(source) or not isinstance(source, Iterable):
        return source, False
    if isinstance(source, (str, bytes, bytearray, Mapping)):
        return source, False
    items = iter(source)
    first = list(itertools.islice(items, 1))
    has_tokens = bool(first) and not isinstance(first[0], (str, bytes, Mapping))
    return (itertools.chain(first, items) if isinstance(source, Iterator) else source), has_tokens


def spool_text(
    blocks: Iterator[Any],
    tokenize: Tokenizer,
    normalization: Normalization,
    threads: int,
    on_sentences: Callable[[int], None],
) -> Spooled:
    """Encode what `read_blocks` gives: pairs (block, ends_line), and ranges of files."""
    normalize = None if normalization.changes_nothing else normalization.apply
    cutting = cutting_of(tokenize, normalize)
    if cutting is None:
        lines = joined(split_blocks(blocks))
        lines = lines if normalize is None else map(normalize, lines)
        return spool(checked_sentences(tokenize_lines(tokenize, lines)), on_sentences)
    blocks, is_large = _is_large(blocks)
    if is_large and can_compile():
        warm_up()
        return encode_blocks(blocks, cutting, threads, on_sentences)
    pieces = split_blocks(blocks)
    if normalize is not None:
        pieces = ((normalize(piece), ends_line) for piece, ends_line in pieces)
    return spool(((tokenize(piece), ends_line) for piece, ends_line in pieces), on_sentences)


def _is_large(blocks: Iterator[Any]) -> tuple[Iterator[Any], bool]:
    head, size = [], 0
    for block in blocks:
        head.append(block)
        size += block.end - block.begin if isinstance(block, TextRange) else len(block[0])
        if size >= COMPILED_FROM:
            break
    return itertools.chain(head, blocks), size >= COMPILED_FROM


def can_compile() -> bool:
    """Whether numba is here, and the processor of the kind that `scanning` is for."""
    return importlib.util.find_spec("numba") is not None and sys.byteorder == "little"


def checked_threads(threads: int | None) -> int:
    """The number of threads, all cores by default. Raises OptionError for less than one."""
    if threads is None:
        return available_cores()
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise OptionError(f"threads must be a whole number, 1 or more; got {threads!r}")
    return threads


def sentences_of(blocks: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Yield the sentences inside lines; a line that comes in pieces is cut as if it had come whole, as far as can be.

    A sentence longer than LONGEST_PIECE comes in pieces too.

    >>> list(sentences_of([("One. Two", False), ("three. Four", True), ("Five", True)]))
    [('One.', True), ('Two three.', True), ('Four', True), ('Five', True)]
    """
    begun, given = "", False  # the sentence that the next piece may continue, and whether some of it was yielded
    for piece, ends_line in split_blocks(blocks):
        sentences = split_sentences(f"{begun} {piece}" if begun else piece)
        begun = "" if ends_line or not sentences else sentences.pop()
        for sentence in sentences:
            yield sentence, True
            given = False
        if len(begun) > LONGEST_PIECE:
            yield begun + " ", False
            begun, given = "", True
        if ends_line and given:
            yield "", True
            given = False


def cutting_of(tokenize: Tokenizer, normalize: Callable[[str], str] | None) -> Cutting | None:
    """How to cut text for a tokenizer that sees pieces of it, None for one that must see whole lines."""
    if tokenize not in TOKENIZERS.values():
        return None
    if normalize is not None:
        return Cutting(lambda piece: tokenize(normalize(piece)))
    if tokenize is whitespace:
        return Cutting()
    return Cutting(_words_of_piece, _prepare_for_words, words_of_all) if tokenize is words else Cutting(tokenize)


# For `words`, ASCII letters may be made small at once, and most other ASCII characters separate like a space. So do
# points and commas, unless they may stand inside a number: with a digit behind them, ASCII or not.
_INSIDE_WORDS = "'_.,\n"
_SMALL_OR_SPACE = np.array(
    [
        ord(chr(code).lower() if chr(code).isalnum() or chr(code) in _INSIDE_WORDS else " ") if code < 128 else code
        for code in range(256)
    ],
    np.uint8,
)


def _prepare_for_words(text: np.ndarray, size: int) -> None:
    """Make fewer different pieces of which `words` makes the same words: "The (first) word." is "the  first  word "."""
    from wordvec.corpus import text_bytes

    text_bytes.prepare_for_words(text, size, _SMALL_OR_SPACE)


def _words_of_piece(piece: str) -> list[str]:
    """The same as `words` for small letters, in a shorter way where the piece is a word of ASCII letters."""
    if piece.isascii() and piece.isalnum() and not piece[0].isdigit():
        return [piece]
    return words(piece)
