"""What every writer of a simple format needs: words that can be read back, and rows as float32, block by block."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wordvec.errors import InputError
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_words
from wordvec.vectors.word_rows import WordRows

WHITESPACE = b" \t\n\r\x0b\x0c"
BLOCK = 4_096  # rows


def check_word(word: str) -> bytes:
    """Return `word` in UTF-8, or raise InputError when it holds whitespace, at which word2vec's formats split.

    >>> check_word("new_york")
    b'new_york'
    """
    encoded = encode_word(word)
    if any(byte in WHITESPACE for byte in encoded):
        raise InputError(
            f"the word {word!r} holds whitespace, which word2vec's and GloVe's formats cannot keep; "
            f"save as .safetensors or .npz"
        )
    return encoded


def written_words(vectors: WordRows) -> LazyWords:
    """The words in UTF-8. Raises InputError when one of them holds whitespace."""
    data, ends = join_words(vectors.words)
    if any(byte in data for byte in WHITESPACE):
        for word in vectors.words:
            check_word(word)
    return LazyWords(data, ends)


def written_rows(vectors: WordRows) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the number of the first row of a block and its rows as float32 (n, D).

    Raises InputError, naming the word, for nan and infinity, which could not be read back.
    """
    for first in range(0, len(vectors), BLOCK):
        rows = vectors.rows(slice(first, first + BLOCK))
        finite = np.isfinite(rows)
        if not finite.all():
            word = vectors.words[first + int(np.argmin(finite.all(axis=1)))]
            raise InputError(f"the vector of {word!r} holds nan or infinity, which no reader of this format would take")
        yield first, rows
