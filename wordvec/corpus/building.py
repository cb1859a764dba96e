"""From a source to provisional ids, by the fastest path that gives the same result.

- Most text goes through `blocks`: compiled code cuts it at white space, and the tokenizer sees each distinct piece
  once. This is correct for the built-in tokenizers, which never look across white space.
- Small texts, and any text if the C library is missing, are encoded in plain Python, line by line.
- The user's own functions and the analysers for Korean, Japanese and Chinese may need whole lines, so they also run
  line by line.
- Token lists are used unchanged.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

import numpy as np

from wordvec.corpus.build_options import TextOptions, with_flag
from wordvec.corpus.encode.blocks import Cutting, encode_blocks
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.encode.sentences import split_sentences
from wordvec.corpus.encode.token_ids import Spooled, checked_sentences, spool
from wordvec.corpus.encode.tokenizers import OF_PIECES, Tokenizer, tokenize_lines, whitespace, words, words_of_all
from wordvec.corpus.read import read_blocks, split_blocks
from wordvec.corpus.read.decoding import LONGEST_PIECE, whole_lines
from wordvec.corpus.read.paths import size_in_bytes, tell_of_repeats
from wordvec.corpus.read.ranges import TextRange
from wordvec.corpus.read.sources import Documented, Source, Texts, TokenLists
from wordvec.errors import CorpusError, OptionError
from wordvec.memory import available_cores
from wordvec.progress import progress

COMPILED_FROM = 1 << 18  # characters of text; Python reads this many in the time it takes to load the C library


def spool_with_progress(
    source: Source, options: TextOptions, threads: int, show_progress: bool | None
) -> tuple[Spooled, bool]:
    """`spool_source` with a progress bar on a terminal."""
    total = size_in_bytes(source)
    by_bytes = total is not None
    with progress(total or None, "reading", "B" if by_bytes else "lines", show=show_progress) as bar:

        def ignore(amount: int) -> None:
            pass

        on_bytes, on_sentences = (bar.update, ignore) if by_bytes else (ignore, bar.update)
        return spool_source(source, options, threads, on_bytes, on_sentences)


def spool_source(
    source: Source,
    options: TextOptions,
    threads: int,
    on_bytes: Callable[[int], None],
    on_sentences: Callable[[int], None],
) -> tuple[Spooled, bool]:
    """Give every token of `source` a provisional id. Also returns whether `source` held text, not token lists."""
    if isinstance(source, Documented):
        split = sentences_of if options.split_sentences else None
        texts, has_tokens = _of_one_kind(source.blocks(options.encoding, options.encoding_errors, split))
        if has_tokens:
            _refuse_text_options(options)
            return spool(texts, on_sentences), False
        return spool_text(texts, options.tokenize, options.normalization, threads, on_sentences), True
    if isinstance(source, TokenLists) and options.field is None:
        _refuse_text_options(options)
        return spool(checked_sentences(source.items, options.strict), on_sentences), False
    if isinstance(source, TokenLists):
        source = Texts(source.items, "tokens")
    tell_of_repeats(source)
    is_cut = cutting_of(options.tokenize, None) is not None and not options.split_sentences
    is_large = (size_in_bytes(source) or 0) >= COMPILED_FROM
    ranges_from = COMPILED_FROM if is_cut and is_large and can_compile() else None
    blocks, has_tokens = _of_one_kind(
        read_blocks(
            source,
            options.encoding,
            options.encoding_errors,
            on_bytes,
            options.field,
            options.strict,
            ranges_from,
            options.plain_text,
        )
    )
    _check_expected(source, has_tokens)
    if has_tokens:
        _refuse_text_options(options)
        return spool(blocks, on_sentences), False
    if options.split_sentences:
        blocks = sentences_of(blocks)
    return spool_text(blocks, options.tokenize, options.normalization, threads, on_sentences), True


def _refuse_text_options(options: TextOptions) -> None:
    """Raise OptionError for options of text, which would have no effect on lists of tokens."""
    if options.given:
        names = " and ".join(map(with_flag, options.given))
        raise OptionError(f"lists of tokens are used unchanged: leave out {names}, or give the texts themselves")


def _check_expected(source: Source, has_tokens: bool | None) -> None:
    expected = source.expected if isinstance(source, Texts) else None
    if has_tokens is None or expected is None or expected == ("tokens" if has_tokens else "text"):
        return
    if has_tokens:
        raise CorpusError("texts expected, got lists of tokens: use Corpus.from_sentences")
    of_dask = type(source.items).__module__.startswith("dask") if isinstance(source, Texts) else False
    hint = ", unless Dask made text of lists: dask.config.set({'dataframe.convert-string': False})" if of_dask else ""
    raise CorpusError(
        f"lists of tokens expected, got texts: use Corpus.from_texts, or split them into words first{hint}"
    )


def _of_one_kind(blocks: Iterator[Any]) -> tuple[Iterator[Any], bool | None]:
    """`blocks`, and whether they hold lists of tokens (None: no blocks). Raises CorpusError for a mixture."""
    first = next(blocks, None)
    if first is None:
        return iter(()), None
    has_tokens = isinstance(first[0], list)

    def checked() -> Iterator[Any]:
        yield first
        for block in blocks:
            if isinstance(block[0], list) != has_tokens:
                refuse_mixture()
            yield block

    return checked(), has_tokens


def refuse_mixture() -> NoReturn:
    """Raise CorpusError for text and lists of tokens in one source."""
    raise CorpusError("some of the text is lists of tokens and some is not: build a corpus of each")


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
        lines = whole_lines(split_blocks(blocks))
        lines = lines if normalize is None else map(normalize, lines)
        sentences = checked_sentences(tokenize_lines(tokenize, lines), name="the tokenizer")
        return spool(sentences, on_sentences)
    blocks, is_large = _is_large(blocks)
    if is_large and can_compile():
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
    """Whether the C library, which `scanning` needs, is available."""
    from wordvec.native import library

    return library.is_available()


def checked_threads(threads: int | None) -> int:
    """The number of threads, all cores by default. Raises OptionError for less than one."""
    if threads is None:
        return available_cores()
    if isinstance(threads, bool) or not isinstance(threads, (int, np.integer)) or threads < 1:
        raise OptionError(f"threads must be a whole number, 1 or more; got {threads!r}")
    return int(threads)


def sentences_of(blocks: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Yield the sentences inside lines. A line that arrives in pieces is split as the whole line would be.

    A sentence longer than LONGEST_PIECE is yielded in pieces.

    >>> list(sentences_of([("One. Two", False), ("three. Four", True), ("Five", True)]))
    [('One.', True), ('Two three.', True), ('Four', True), ('Five', True)]
    """
    begun, given = "", False  # a sentence that the next piece may continue; whether part of it was yielded already
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
    """How to cut text for a tokenizer that works on pieces; None for a tokenizer that must see whole lines."""
    if tokenize not in OF_PIECES.values():
        return None
    if normalize is not None:
        return Cutting(lambda piece: tokenize(normalize(piece)))
    if tokenize is whitespace:
        return Cutting()
    return Cutting(_words_of_piece, _prepare_for_words, words_of_all) if tokenize is words else Cutting(tokenize)


def _prepare_for_words(text: np.ndarray, size: int) -> None:
    from wordvec.corpus.encode import scanning

    scanning.prepare_for_words(text, size)


def _words_of_piece(piece: str) -> list[str]:
    """`words` for lowercase text, with a shortcut for a piece that is one word of ASCII letters."""
    if piece.isascii() and piece.isalnum() and not piece[0].isdigit():
        return [piece]
    return words(piece)
