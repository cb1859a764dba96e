"""Words as one run of UTF-8 bytes and the places where they end: what files hold instead of Python strings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wordvec.errors import InputError


def join_words(words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the words as uint8 bytes, one after another, and their ends (V,) int64.

    Raises InputError for a word that UTF-8 cannot hold (half of a surrogate pair).

    >>> data, ends = join_words(["a", "é"])
    >>> data.tobytes(), ends.tolist()
    (b'a\xc3\xa9', [1, 3])
    """
    encoded = [encode_word(word) for word in words]
    ends = np.cumsum([len(word) for word in encoded], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def encode_word(word: str) -> bytes:
    """Return `word` in UTF-8; raise InputError where that cannot be."""
    try:
        return word.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError(f"the word {word!r} holds half a surrogate pair, which UTF-8 cannot write") from None


def split_words(data: np.ndarray, ends: np.ndarray) -> list[str]:
    """The inverse of `join_words`. Raises ValueError when `ends` do not fit `data` or a word is not UTF-8.

    >>> split_words(*join_words(["a", "né"]))
    ['a', 'né']
    """
    if len(ends) and (int(ends[-1]) != len(data) or int(ends[0]) < 0 or bool((ends[1:] < ends[:-1]).any())):
        raise ValueError("the ends of the words do not fit their bytes")
    text, places = data.tobytes(), [0, *ends.tolist()]
    return [text[start:end].decode("utf-8") for start, end in zip(places, places[1:])]
