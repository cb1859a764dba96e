"""The n-grams of a word and their numbers: fastText's, floret's, and n-grams of Korean letters.

fastText numbers n-grams by 32-bit FNV-1a, taking each byte as signed, modulo the number of buckets. floret numbers the
whole word and its n-grams by MurmurHash3 (x64, 128 bits): its four 32-bit parts, modulo the number of buckets, give up
to four rows. floret's words have no rows of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import InputError
from wordvec.vectors.word_bytes import encode_word

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FNV_START, FNV_PRIME = np.uint32(2166136261), np.uint32(16777619)
END_OF_SENTENCE = b"</s>"  # has no n-grams in fastText
FLORET_SEED = 2166136261
MOST_HASHES = 4  # 32 bits each, of 128
TOGETHER, MOST_TOGETHER = 1024, 1 << 18  # words whose n-grams are looked up together, and their n-grams
SORTED_AT_ONCE = 1 << 21  # n-grams; an interrupt waits for the end of a sort
SYLLABLES = re.compile("[\uac00-\ud7a3]+")
C1, C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
FINAL1, FINAL2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)


@dataclass(frozen=True)
class Ngrams:
    """n-grams of `shortest` to `longest` characters of ``<word>``, in `buckets`.

    jamo     Korean syllables count as their two or three letters: 한 as ᄒ, ᅡ and ᆫ
    hashes   how many rows an n-gram has by floret's hash, with seed `seed`; 0 for one row by fastText's hash
    """

    shortest: int
    longest: int
    buckets: int
    jamo: bool = False
    hashes: int = 0
    seed: int = FLORET_SEED

    def of(self, words: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        """For each n-gram of some words, in order, the index of its word (n,) and its bucket (n,) int64.

        >>> Ngrams(3, 3, 10).of([b"a", b"bc"])
        (array([0, 1, 1]), array([0, 8, 0]))
        """
        if self.buckets < 1 or (self.longest < 1 and not self.hashes):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        if self.jamo:
            words = [to_jamo(word) for word in words]
        if self.hashes:
            word, hashes = _floret_hashes(words, self.shortest, self.longest, self.seed)
            word, hashes = np.repeat(word, self.hashes), hashes[:, : self.hashes].reshape(-1)
        else:
            word, hashes = ngram_hashes(words, self.shortest, self.longest)
        return word, (hashes % np.uint32(self.buckets)).astype(np.int64)


def word_blocks(words: Sequence[bytes], longest: int) -> Iterator[slice]:
    """Divide words into blocks whose n-grams of up to `longest` characters need little memory.

    >>> list(word_blocks([b"a"] * 1200, 6))
    [slice(0, 1024, None), slice(1024, 1200, None)]
    """
    first = ngrams = 0
    for place, word in enumerate(words):
        own = (len(word) + 2) * longest
        if place > first and (ngrams + own > MOST_TOGETHER or place - first == TOGETHER):
            yield slice(first, place)
            first, ngrams = place, 0
        ngrams += own
    if first < len(words):
        yield slice(first, len(words))


@dataclass(frozen=True)
class NgramTable:
    """The n-grams of words: `matrix` (V, G) holds 1 / n_w for each n-gram of word w; `buckets` (G,) ascends."""

    matrix: csr_array
    buckets: np.ndarray

    @classmethod
    def of(cls, words: Iterable[str], ngrams: Ngrams) -> NgramTable:
        """Collect the n-grams of words. Raises InputError if no word has any."""
        from scipy.sparse import csr_array

        encoded = [encode_word(word) for word in words]
        number = np.zeros(len(encoded), np.int64)
        pieces = [np.empty(0, np.uint32)]
        for part in word_blocks(encoded, ngrams.longest):
            word, buckets = ngrams.of(encoded[part])
            number[part] = np.bincount(word, minlength=part.stop - part.start)
            pieces.append(buckets.astype(np.uint32))
        buckets = np.concatenate(pieces)
        if not len(buckets):
            sizes = f"{ngrams.shortest} to {ngrams.longest}"
            raise InputError(f"none of the {len(encoded):,} words has n-grams of {sizes} characters")
        kept, columns = _distinct(buckets)
        indptr = np.concatenate([[0], np.cumsum(number)])
        data = np.repeat((1.0 / np.maximum(number, 1)).astype(np.float32), number)
        matrix = csr_array((data, columns, indptr), shape=(len(encoded), len(kept)))
        return cls(matrix, kept)


def _distinct(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different ones of some numbers (n,) uint32, ascending, as int64; and the place of each among them, int32.

    Each number is sorted together with its place, which is far faster than np.unique.
    """
    parts = []
    for first in range(0, len(numbers), SORTED_AT_ONCE):
        piece = numbers[first : first + SORTED_AT_ONCE]
        packed = np.sort(piece.astype(np.uint64) << np.uint64(32) | np.arange(len(piece), dtype=np.uint64))
        values, place = (packed >> np.uint64(32)).astype(np.int64), packed & np.uint64(2**32 - 1)
        is_new = np.append(True, values[1:] != values[:-1])
        inverse = np.empty(len(piece), np.int32)
        inverse[place] = np.cumsum(is_new) - 1
        parts.append((values[is_new], inverse))
    values = np.sort(np.concatenate([values for values, _ in parts]))
    kept = values[np.append(True, values[1:] != values[:-1])]
    return kept, np.concatenate([np.searchsorted(kept, values).astype(np.int32)[inverse] for values, inverse in parts])


def to_jamo(word: bytes) -> bytes:
    """Decompose the Korean syllables of a word into letters (Unicode's decomposition); all else is unchanged.

    >>> [hex(ord(letter)) for letter in to_jamo("한é".encode()).decode()]
    ['0x1112', '0x1161', '0x11ab', '0xe9']
    """
    text = word.decode("utf-8", "surrogateescape")
    letters = SYLLABLES.sub(lambda found: unicodedata.normalize("NFD", found[0]), text)
    return letters.encode("utf-8", "surrogateescape")


def ngram_hashes(words: Sequence[bytes], shortest: int, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of fastText: for each n-gram of some words, in order, its word's index (n,) and the hash (n,) uint32.

    All n-grams of all words grow together, one character at a time. A single character at either end is < or > and not
    an n-gram.

    >>> ngram_hashes([b"a"], 2, 3)[1].tolist()  # <a, <a> and a>
    [1761008750, 2359087600, 287614806]
    """
    marked = [b"<" + word + b">" if word != END_OF_SENTENCE else b"" for word in words]
    text = np.frombuffer(b"".join(marked) + b"\0", np.uint8)  # the last byte is read, but never used
    sizes = [len(word) for word in marked]
    inner = (text & 0xC0) == 0x80  # bytes that continue a character
    signed = text.view(np.int8).astype(np.uint32)  # sign-extended to 32 bits
    at = np.flatnonzero(~inner[:-1])
    word = np.repeat(np.arange(len(words)), sizes)[at]
    end = np.cumsum(sizes, dtype=np.int64)[word]
    is_first = np.append(True, word[1:] != word[:-1])
    character, hashes = np.arange(len(at)), np.full(len(at), FNV_START)  # where each n-gram begins
    found = []
    for length in range(1, longest + 1):
        alive = at < end
        character, at, end, hashes = character[alive], at[alive], end[alive], hashes[alive]
        if not len(at):
            break
        growing = np.ones(len(at), bool)
        while growing.any():
            hashes[growing] = (hashes[growing] ^ signed[at[growing]]) * FNV_PRIME
            at += growing
            growing &= (at < end) & inner[at]
        if length >= shortest:
            whole = ~is_first[character] & (at != end) if length == 1 else slice(None)
            found.append((character[whole], hashes[whole]))
    return _by_character(found, word)


def _by_character(found: list[tuple[np.ndarray, np.ndarray]], word: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Arrange n-grams by the character they begin with, then by length; `word` is the word of each character."""
    number = np.zeros(len(word), np.int64)
    for character, _ in found:
        number[character] += 1
    place = np.cumsum(number) - number
    in_order = np.empty(int(number.sum()), np.uint32)
    for character, hashes in found:
        in_order[place[character]] = hashes
        place[character] += 1
    return np.repeat(word, number), in_order


def _floret_hashes(words: Sequence[bytes], shortest: int, longest: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """For each whole word and each n-gram, in order, the index of its word (n,) and four hashes (n, 4) uint32.

    An n-gram that equals ``<word>`` counts in addition to the whole word; < or > alone is not an n-gram.
    """
    marked = [b"<" + word + b">" for word in words]
    text = np.frombuffer(b"".join(marked), np.uint8)
    ends = np.cumsum([len(word) for word in marked], dtype=np.int64)
    starts = ends - [len(word) for word in marked]
    characters = np.append(np.flatnonzero((text & 0xC0) != 0x80), len(text))  # where each begins
    word_of = np.searchsorted(ends, characters[:-1], side="right")
    found = [(np.arange(len(words)), starts, ends)]
    for length in range(max(1, shortest), longest + 1):
        first = np.arange(max(0, len(word_of) - length + 1))
        first = first[word_of[first] == word_of[first + length - 1]]
        word, start, end = word_of[first], characters[first], characters[first + length]
        inside = (start != starts[word]) & (end != ends[word]) if length == 1 else slice(None)
        found.append((word[inside], start[inside], end[inside]))
    word, start, end = (np.concatenate(part) for part in zip(*found))
    order = np.argsort(word, kind="stable")
    return word[order], murmur_hashes(text.tobytes(), start[order], end[order], seed)


def murmur_hashes(text: bytes, starts: np.ndarray, ends: np.ndarray, seed: int) -> np.ndarray:
    """MurmurHash3 (x64, 128 bits) of parts of a text, as four 32-bit numbers each, (n, 4) uint32.

    >>> murmur_hashes(b"hello", np.array([0]), np.array([5]), 0)[0].tolist()
    [1102945026, 3419973555, 1219370265, 1528729706]
    """
    windows: np.ndarray = np.ndarray(len(text) + 1, "V16", text + bytes(16), strides=(1,))  # 16 bytes from each place
    lengths = ends - starts
    h1, h2 = np.full(len(starts), seed, np.uint64), np.full(len(starts), seed, np.uint64)
    five = np.uint64(5)
    for block in range(int(lengths.max(initial=0)) // 16):
        on = np.flatnonzero(lengths >= 16 * block + 16)
        k1, k2 = windows[starts[on] + 16 * block].view("<u8").reshape(-1, 2).T
        h1[on] = (_turned(h1[on] ^ _mixed(k1, C1, 31, C2), 27) + h2[on]) * five + np.uint64(0x52DCE729)
        h2[on] = (_turned(h2[on] ^ _mixed(k2, C2, 33, C1), 31) + h1[on]) * five + np.uint64(0x38495AB5)
    tails = windows[ends - lengths % 16].view(np.uint8).reshape(-1, 16).copy()
    tails[np.arange(16) >= (lengths % 16)[:, None]] = 0
    k1, k2 = tails.view("<u8").T
    h1 ^= _mixed(k1, C1, 31, C2) ^ lengths.astype(np.uint64)
    h2 ^= _mixed(k2, C2, 33, C1) ^ lengths.astype(np.uint64)
    h1 += h2
    h2 += h1
    h1, h2 = _finished(h1), _finished(h2)
    h1 += h2
    h2 += h1
    return np.stack([h1, h2], axis=1).astype("<u8").view("<u4").astype(np.uint32)


def _mixed(k: np.ndarray, by: np.uint64, turn: int, then_by: np.uint64) -> np.ndarray:
    return _turned(k * by, turn) * then_by


def _turned(k: np.ndarray, bits: int) -> np.ndarray:
    return (k << np.uint64(bits)) | (k >> np.uint64(64 - bits))


def _finished(k: np.ndarray) -> np.ndarray:
    shift = np.uint64(33)
    k = (k ^ (k >> shift)) * FINAL1
    k = (k ^ (k >> shift)) * FINAL2
    return k ^ (k >> shift)
