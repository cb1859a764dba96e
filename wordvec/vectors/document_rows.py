"""Turns documents into row numbers of word vectors, many at a time, for `wordvec.vectors.documents` to sum.

Text goes through the compiled code that encodes corpora: it is cut at white space, and the tokenizer sees each distinct
piece once. This is correct for the built-in tokenizers. Phrases, sentences inside lines and the user's own functions
may look beyond a piece; then each document goes through `WordVectors.tokenize`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np

from wordvec.corpus.building import can_compile, cutting_of
from wordvec.corpus.encode.blocks import BLOCK, MOST_PIECES, Cutting, bytes_of
from wordvec.corpus.encode.scanning import Growing, PieceTable
from wordvec.corpus.encode.token_ids import in_order
from wordvec.corpus.encode.tokenizers import OF_PIECES, Tokenizer, tokenizer_name
from wordvec.corpus.read.records import block_of
from wordvec.corpus.read.sources import is_table, is_unordered
from wordvec.corpus.read.values import Tally, as_tokens, listed_items, without_gaps
from wordvec.corpus.recipe import NOT_SAID, TextRecipe
from wordvec.errors import InputError, OptionError, describe
from wordvec.vectors.word_rows import WordRows

UNKNOWN = 0  # words without a vector; row i of the vectors has number i + 1, and composed words follow
DOCUMENTS = 4_096  # at a time, if documents are tokenized one by one


class Encoded(NamedTuple):
    """Some documents: the numbers of their words (n,) int32, and where each document ends in them (d,) int64."""

    numbers: np.ndarray
    ends: np.ndarray


class WordNumbers:
    """Numbers words: 0 without a vector, the row + 1 with one, and the next free number if composed of n-grams."""

    def __init__(self, vectors: TextRows) -> None:
        self._vectors = vectors
        self._others: dict[str, int] = {}  # numbers of words without a row
        self.composed: list[np.ndarray] = []  # their vectors (D,)

    def of(self, words: list[str]) -> np.ndarray:
        """The numbers (n,) int32 of words."""
        numbers = self._vectors.ids_of(words, missing=-1).astype(np.int32) + np.int32(1)
        if self._vectors.subwords is not None:
            for place in np.flatnonzero(numbers == UNKNOWN).tolist():
                numbers[place] = self._other(words[place])
        return numbers

    def _other(self, word: str) -> int:
        number = self._others.get(word)
        if number is None:
            assert self._vectors.subwords is not None
            made = self._vectors.subwords.vector(word)
            number = UNKNOWN
            if made is not None and made.any():
                self.composed.append(made)
                number = len(self._vectors) + len(self.composed)
            self._others[word] = number
        return number

    @property
    def most(self) -> int:
        """The largest number given so far."""
        return len(self._vectors) + len(self.composed)


def encode_documents(
    vectors: TextRows,
    documents: Iterable[Any],
    numbers: WordNumbers,
    tokenizer: str | Tokenizer | None,
    threads: int,
) -> Iterator[Encoded]:
    """Yield documents in order as numbers of words. Raises as `WordVectors.embed`."""
    documents = iter(documents)
    read = list(islice(documents, 1))
    if not read:
        return
    (first,) = read
    documents = chain(read, documents)
    if not isinstance(first, str):
        if tokenizer is not None:
            raise OptionError("lists of tokens are used unchanged: leave out tokenizer, or give the texts themselves")
        yield from _encode_each(_token_lists(documents), numbers, list)
        return
    vectors.tokenize("", tokenizer)  # raises if the tokenizer is missing or not needed
    cutting = _cutting(vectors, tokenizer)
    if cutting is None:
        yield from _encode_each(_texts(documents), numbers, lambda text: vectors.tokenize(text, tokenizer))
    else:
        yield from _encode_pieces(_texts(documents), numbers, cutting, threads)


def _texts(documents: Iterable[Any]) -> Iterator[str]:
    for number, text in enumerate(documents, 1):
        if not isinstance(text, str):
            raise InputError(f"document {number} is {text!r:.60}, but a text (str) was expected as in those before")
        yield text


def _token_lists(documents: Iterable[Any]) -> Iterator[list[str]]:
    """Yield the tokens of each document; missing and empty ones are left out and reported, as in a corpus."""
    tally = Tally("documents", "documents", strict=False)
    for number, tokens in enumerate(documents, 1):
        items = listed_items(tokens)  # also of an array or a column
        kept, gaps = without_gaps(items) if isinstance(items, (list, tuple)) else (None, 0)
        words = None if kept is None else as_tokens(kept)
        if words is None:
            raise InputError(
                f"document {number} is {tokens!r:.60}, but a text (str) or a list of tokens was expected, as the "
                "first document is"
            )
        tally.leave_out_gaps(gaps, "")
        yield words
    tally.finish()


def _encode_each(
    documents: Iterable[Any], numbers: WordNumbers, tokenize: Callable[[Any], list[str]]
) -> Iterator[Encoded]:
    documents = iter(documents)
    while some := [tokenize(document) for document in islice(documents, DOCUMENTS)]:
        ends = np.cumsum([len(tokens) for tokens in some], dtype=np.int64)
        yield Encoded(numbers.of([token for tokens in some for token in tokens]), ends)


def _cutting(vectors: TextRows, tokenizer: str | Tokenizer | None) -> Cutting | None:
    """How compiled code may cut the text; None if documents must be tokenized whole, or without the C library."""
    recipe = vectors.recipe
    name = recipe.tokenizer if recipe is not None and recipe.tokenizer is not None else tokenizer_name(tokenizer or "")
    looks_further = recipe is not None and (recipe.phrases is not None or recipe.split_sentences)
    if name not in OF_PIECES or looks_further or not can_compile():
        return None
    changes = recipe is not None and not recipe.normalization.changes_nothing
    return cutting_of(OF_PIECES[name], recipe.normalization.apply if recipe is not None and changes else None)


def _encode_pieces(texts: Iterable[str], numbers: WordNumbers, cutting: Cutting, threads: int) -> Iterator[Encoded]:
    pieces = PieceNumbers(numbers, cutting)

    def scan(block: str) -> tuple[PieceTable, np.ndarray, np.ndarray]:
        table = PieceTable()
        return table, *table.scan(*bytes_of(block, cutting.prepare))

    for table, ids, line_ends in in_order(scan, _blocks(texts), threads):
        yield pieces.expand(table, ids, line_ends)


def _blocks(texts: Iterable[str]) -> Iterator[str]:
    """Join texts into blocks of about BLOCK characters, one line per text."""
    lines: list[str] = []
    size = 0
    for text in texts:
        lines.append(block_of(text).replace("\n", " "))
        size += len(text) + 1
        if size >= BLOCK:
            yield "\n".join(lines) + "\n"
            lines, size = [], 0
    if lines:
        yield "\n".join(lines) + "\n"


class PieceNumbers:
    """The numbers of the words in each distinct piece of text; the tokenizer sees a piece once."""

    def __init__(self, numbers: WordNumbers, cutting: Cutting) -> None:
        self._numbers, self._tokenize_all = numbers, _tokenize_all(cutting)
        self._forget()

    def _forget(self) -> None:
        self._table = PieceTable()
        self._words, self._starts = Growing(np.int32), Growing(np.int64)
        self._starts.extend([0])

    def expand(self, table: PieceTable, ids: np.ndarray, line_ends: np.ndarray) -> Encoded:
        """The words of a block whose pieces are numbered by `table`."""
        from wordvec.corpus.encode import scanning

        if self._table.size > MOST_PIECES:
            self._forget()
        known = self._table.size
        pieces = self._table.absorb(table)
        self._add(self._table.pieces(known))
        starts = self._starts.array
        words = int(((starts[pieces + 1] - starts[pieces]) * table.counts).sum())
        counted = np.zeros(self._numbers.most + 1, np.int64)
        return Encoded(*scanning.expand(ids, line_ends, pieces, starts, self._words.array, counted, words))

    def _add(self, pieces: list[str]) -> None:
        words = self._tokenize_all(pieces)
        is_end = np.fromiter((word == "\n" for word in words), bool, len(words))
        ends = np.flatnonzero(is_end)
        self._starts.extend(self._words.size + ends - np.arange(len(ends)))
        self._words.extend(self._numbers.of([word for word in words if word != "\n"]))


def _tokenize_all(cutting: Cutting) -> Callable[[list[str]], list[str]]:
    """A function from pieces to their words, with a line feed after the words of each piece."""
    if cutting.tokenize_all is not None:
        return cutting.tokenize_all
    tokenize = cutting.tokenize or (lambda piece: [piece])
    return lambda pieces: [word for piece in pieces for word in (*tokenize(piece), "\n")]


def check_documents(documents: Any) -> None:
    """Raise OptionError for one text instead of several, and for anything that is not ordered."""
    if isinstance(documents, (str, bytes)):
        raise OptionError("embed takes several texts: for one give a list of it, [text]")
    if not isinstance(documents, Mapping) and is_table(documents):
        raise OptionError(
            f"embed takes texts; got a {type(documents).__name__}: give its column, such as table['text']"
        )
    if isinstance(documents, Mapping) or is_unordered(documents) or not isinstance(documents, Iterable):
        raise OptionError(
            f"embed takes texts in an order, such as a list; got {describe(documents)}: rows are told apart by their "
            "place alone"
        )


# TextRows: rows of words that know how their text was tokenized, and tokenize new text in the same way.


class TextRows(WordRows):
    """The part of `WordVectors` that deals with text."""

    @cached_property
    def recipe(self) -> TextRecipe | None:
        """How the text was tokenized, or None if `info` does not record it. Raises InputError if it is damaged."""
        return TextRecipe.from_info(self.info)

    def tokenize(self, text: str, tokenizer: str | Tokenizer | None = None) -> list[str]:
        """Tokenize `text` like the training text; words without a vector are included.

        `tokenizer` is the function that made the training tokens, if it was the user's own. For vectors that do not
        record it, `tokenizer` is a built-in tokenizer's name or a function. Raises OptionError if it is needed and not
        given, or given and not needed; InputError if the recipe is damaged.

        >>> from wordvec import SVD, Corpus
        >>> corpus = Corpus.build([{"text": "One rose. Two roses."}], field="text", tokenizer="words", min_count=1)
        >>> SVD(dim=2).fit(corpus).vectors.tokenize("A Rose!")
        ['a', 'rose']
        """
        if self.recipe is not None:
            return self.recipe.tokenize(text, tokenizer)
        if tokenizer is None:
            raise OptionError(NOT_SAID)
        return TextRecipe(tokenizer_name(tokenizer)).tokenize(text, tokenizer)

    def build_options(self, tokenizer: str | Tokenizer | None = None) -> dict[str, Any]:
        """Options of `Corpus.build` that process other text like the vectors' own, as far as `info` records it.

        They include min_count, and keep_words, so that no word with a vector is too rare. Learned phrases are joined,
        not learned again. `tokenizer` replaces the recorded one. Raises OptionError if the user's own function made the
        tokens and is not given.

        >>> from wordvec import SVD, Corpus
        >>> corpus = Corpus.build([{"text": "One rose, two roses."}], field="text", tokenizer="words", min_count=1)
        >>> SVD(dim=2).fit(corpus).vectors.build_options()
        {'tokenizer': 'words', 'min_count': 1, 'keep_words': ['one', 'rose', 'roses', 'two']}
        """
        recipe = self.recipe or TextRecipe(self.info.get("tokenizer"))
        least = self.info.get("min_count")
        kept = {"min_count": least} if isinstance(least, int) else {}
        return recipe.as_options(tokenizer) | kept | {"keep_words": list(self.words)}
