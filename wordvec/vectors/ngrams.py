"""The n-grams of a word and their numbers: fastText's, floret's, and n-grams of Korean letters.

fastText numbers n-grams by 32-bit FNV-1a, taking each byte as signed, modulo the number of buckets. floret numbers the
whole word and its n-grams by MurmurHash3 (x64, 128 bits): its four 32-bit parts, modulo the number of buckets, give up
to four rows. floret's words have no rows of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FNV_START, FNV_PRIME = np.uint32(2166136261), np.uint32(16777619)
END_OF_SENTENCE = b"</s>"  # has no n-grams in fastText
FLORET_SEED = 2166136261
MOST_HASHES = 4  # 32 bits each, of 128
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
    ends = np.cumsum([len(word) for word in marked], dtype=np.int64)
    inner = (text & 0xC0) == 0x80  # bytes that continue a character
    signed = text.view(np.int8).astype(np.uint32)  # sign-extended to 32 bits
    start = np.flatnonzero(~inner[:-1])
    at, hashes = start.copy(), np.full(len(start), FNV_START)
    word = np.searchsorted(ends, start, side="right")
    starts_found, hashes_found = [start[:0]], [hashes[:0]]
    for length in range(1, longest + 1):
        alive = at < ends[word]
        start, at, hashes, word = start[alive], at[alive], hashes[alive], word[alive]
        if not len(at):
            break
        growing = np.ones(len(at), bool)
        while growing.any():
            hashes[growing] = (hashes[growing] ^ signed[at[growing]]) * FNV_PRIME
            at += growing
            growing &= (at < ends[word]) & inner[at]
        if length >= shortest:
            whole = np.ones(len(at), bool)
            if length == 1:
                whole = (start != np.concatenate([[0], ends])[word]) & (at != ends[word])
            starts_found.append(start[whole])
            hashes_found.append(hashes[whole])
    all_starts = np.concatenate(starts_found)
    in_order = np.argsort(all_starts, kind="stable")
    return np.searchsorted(ends, all_starts[in_order], side="right"), np.concatenate(hashes_found)[in_order]


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
