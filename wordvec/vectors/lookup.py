"""Finds the row of a word; for a missing word, explains why and suggests words that may have been meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from wordvec.corpus.encode.tokenizers import TOKENIZERS
from wordvec.corpus.recipe import TextRecipe
from wordvec.corpus.spelling import near_spellings, quoted
from wordvec.errors import InputError, counted
from wordvec.vectors.rows import number_words
from wordvec.vectors.word_bytes import BLOCK, HASHED, MULTIPLIER, LazyWords, repeated_words, word_hashes


def explain_missing(
    word: str, words: Sequence[str], rare: Mapping[str, int] | None, info: Mapping[str, Any], subwords: Any = None
) -> tuple[str, list[str]]:
    """Return a line that explains why `word` is missing, if known, and near spellings of it.

    `subwords` belong to the vectors, if they have any. In a file of documents the words are the documents' ids.

    >>> explain_missing("cats", ["cat", "dog"], {"cats": 3}, {"parameters": {"min_count": 5}})[0]
    "'cats' is not among the 2 words of these vectors: seen 3 times, min_count is 5; did you mean 'cat'?"
    """
    in_text = as_in_the_text(word, words, info)
    near = in_text or near_spellings(word, words, limit=3)
    if not near and word != word.lower():
        near = near_spellings(word.lower(), words, limit=3)
    seen = seen_too_rarely(word, rare, info)
    spelt = " or ".join(quoted(each, word) for each in near)
    hint = f"; did you mean {spelt}?" if near else ", and nothing in them is spelt like it"
    of_parts = ""
    if subwords is not None and subwords.vector(word) is None:
        of_parts = ", none of its n-grams is known"
    elif subwords is not None:
        of_parts = ": it has no row, and its vector is composed of its n-grams"
    whose = "documents" if "documents" in info else "words of these vectors"
    cut = "" if in_text or seen or "documents" in info else _as_cut(word, info)  # ids of documents are not cut
    hint = "" if cut and not near else hint
    return f"{word!r} is not among the {len(words):,} {whose}{seen}{cut}{of_parts}{hint}", near


def as_in_the_text(word: str, words: Sequence[str], info: Mapping[str, Any]) -> list[str]:
    """The token that the text's tokenizer makes of `word`, if it is among the words; else an empty list.

    >>> info = {"tokenizer": "words", "split_sentences": False}
    >>> as_in_the_text("Straße", ["strasse"], info), as_in_the_text("two words", ["two", "words"], info)
    (['strasse'], [])
    """
    tokens = _tokens(word, info)
    return tokens if len(tokens) == 1 and tokens != [word] and tokens[0] in words else []


def _tokens(word: str, info: Mapping[str, Any]) -> list[str]:
    """What the text's tokenizer makes of `word`; `word` itself if that is not known."""
    try:
        recipe = TextRecipe.from_info(info)
        if recipe is None or recipe.tokenizer not in TOKENIZERS:  # analysers load too slowly for a hint
            return [word]
        return recipe.tokenize(word)
    except InputError:  # a damaged recipe is reported when it is used
        return [word]


def _as_cut(word: str, info: Mapping[str, Any]) -> str:
    """Why no word of the text can be `word`: its tokenizer leaves it out, or cuts it into several; else "".

    >>> _as_cut("C#m7", {"tokenizer": "words", "split_sentences": False})
    ": the text's tokenizer (words) makes 2 words of it: 'c' 'm7'"
    """
    tokens = _tokens(word, info)
    if len(tokens) == 1:
        return ""
    made = f"{len(tokens)} words of it: {' '.join(map(repr, tokens[:5]))}" if tokens else "no word of it"
    return f": the text's tokenizer ({info.get('tokenizer')}) makes {made}"


def seen_too_rarely(word: str, rare: Mapping[str, int] | None, info: Mapping[str, Any]) -> str:
    """Return how often a left-out word was seen, beginning with a colon; "" if unknown."""
    count = None if rare is None else rare.get(word)
    if count is None:
        return ""
    if count == 0:
        return ": seen only as part of phrases"
    parameters = info.get("parameters")
    least = info.get("min_count") or (parameters.get("min_count") if isinstance(parameters, dict) else None)
    limit = f", min_count is {least}" if isinstance(least, int) and count < least else ""
    return f": seen {counted(count, 'time')}{limit}"


# The rows of packed words, found by hash: 12 bytes per word, while a dict of strings takes about 150.


MANY = 20_000  # lookups after which a dict is worth its memory
MASK = (1 << 64) - 1


class PackedLookup:
    """Finds rows of words that stay packed. After many lookups it becomes a dict, unless `stays_packed` is set.

    Raises InputError for an empty word and for a repeated word.

    >>> from wordvec.vectors.word_bytes import join_words
    >>> lookup = PackedLookup(LazyWords(*join_words(["cat", "né"])))
    >>> lookup.get("né"), lookup.get("dog"), "cat" in lookup, lookup["cat"]
    (1, None, True, 0)
    """

    def __init__(self, words: LazyWords) -> None:
        self._words = words
        self.stays_packed = False
        self._asked = 0
        self._dict: dict[str, int] | None = None
        ends, data = words.ends, words.data
        starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
        if bool((starts > ends).any()) or int(ends[-1]) > len(data) or int(ends[0]) < 0:
            words.check()  # raises, naming the word
        empty = np.flatnonzero(starts == ends)
        if len(empty):
            raise InputError(f"WordVectors: the word of row {empty[0]} must be a str that is not empty; got ''")
        hashes = np.concatenate(
            [word_hashes(data, ends, first, min(first + BLOCK, len(ends))) for first in range(0, len(ends), BLOCK)]
        )
        self._rows = np.argsort(hashes, kind="stable").astype(np.int32 if len(ends) < 2**31 else np.int64)
        self._hashes = hashes[self._rows]
        if bool((self._hashes[1:] == self._hashes[:-1]).any()):
            for row, earlier in repeated_words(data, ends):
                raise InputError(f"WordVectors: {words[row]!r} appears twice, in rows {earlier} and {row}")

    def get(self, word: str) -> int | None:
        """Return the row of a word, or None."""
        if self._dict is not None:
            return self._dict.get(word)
        self._asked += 1
        if self._asked > MANY and not self.stays_packed:
            self._dict = number_words(self._words)
            return self._dict.get(word)
        try:
            wanted = word.encode("utf-8")
        except UnicodeEncodeError:  # a lone surrogate, which no packed word holds
            return None
        hashed = np.uint64(hash_of(wanted))
        place = int(np.searchsorted(self._hashes, hashed))
        while place < len(self._hashes) and self._hashes[place] == hashed:
            row = int(self._rows[place])
            if self._words.encoded(row, row + 1)[0] == wanted:
                return row
            place += 1
        return None

    def __getitem__(self, word: str) -> int:
        row = self.get(word)
        if row is None:
            raise KeyError(word)
        return row

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.get(word) is not None


def hash_of(word: bytes) -> int:
    """Return the hash of a word, equal to that of `word_bytes.word_hashes`.

    >>> from wordvec.vectors.word_bytes import join_words
    >>> hash_of(b"cat") == int(word_hashes(*join_words(["cat"]), 0, 1)[0])
    True
    """
    mixed = len(word)
    for byte in word[:HASHED]:
        mixed = ((mixed ^ byte) * int(MULTIPLIER)) & MASK
        mixed ^= mixed >> 29
    return mixed


class WordIds(Mapping[str, int]):
    """The row of each word, for `WordRows.word_ids`, without a second copy of the words."""

    def __init__(
        self, words: Sequence[str], rows: dict[str, int] | PackedLookup, word_id: Callable[[str], int]
    ) -> None:
        self._words, self._rows, self._word_id = words, rows, word_id

    def __getitem__(self, word: str) -> int:
        return self._word_id(word)

    def get(self, word: Any, default: Any = None) -> Any:
        """The row of `word`, or `default`; does not search for near spellings as an error would."""
        row = self._rows.get(word) if isinstance(word, str) else None
        return default if row is None else row

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and word in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __repr__(self) -> str:
        return f"<the rows of {counted(len(self), 'word')}>"
