"""What the words of a corpus look like: how often, how long, and signs of text that was read the wrong way."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import islice

import numpy as np

from wordvec.corpus.vocabulary import Vocabulary

MIN_COUNTS = (1, 2, 5, 10, 20, 50, 100)
WORDS_LOOKED_AT = 200_000  # the most frequent ones, by their letters; they cover nearly all tokens
LONG_WORD = 40  # letters; longer ones are addresses, glued words or text without spaces (German's longest have 36)
COMMONEST, EXAMPLES = 10, 5
APOSTROPHES = "'’ʼ"  # part of words: 's and dogs' have nothing attached


@dataclass(frozen=True)
class CurvePoint:
    """How many words and which share of all tokens a min_count keeps."""

    min_count: int
    words: int
    tokens: float


@dataclass(frozen=True)
class Sign:
    """A kind of word: its share of the tokens, how many different words, and the most frequent of them."""

    tokens: float
    words: int
    examples: list[str]


@dataclass(frozen=True)
class Words:
    """Facts about the words; shares are of the tokens that were looked at.

    Attributes:
        curve: words and tokens kept by some values of min_count, the corpus's own among them; from that on where
            the words below it are not known.
        once: share of all different words that were seen once, or None where that is not known.
        commonest: the most frequent words and their counts.
        signs: by name: "one letter", "punctuation attached" (a word that also stands without), "punctuation only",
            "digits", "capitals" (a word that also stands in lower case), "very long", "markup", "Han and kana"
            (scripts without spaces), "Hangul".
    """

    curve: list[CurvePoint]
    once: float | None
    commonest: dict[str, int]
    signs: dict[str, Sign]


def examine_words(vocabulary: Vocabulary) -> Words:
    """Look at the counts of all words, and at the letters of the most frequent ones.

    >>> found = examine_words(Vocabulary(["the", "the,", "The"], [6, 3, 1]))
    >>> found.signs["punctuation attached"].tokens, found.signs["capitals"].tokens, found.once
    (0.3, 0.1, 0.3333333333333333)
    """
    left_out = vocabulary.left_out
    known_from = 1 if left_out is not None else vocabulary.min_count
    counts = vocabulary.counts if left_out is None else np.concatenate([vocabulary.counts, left_out.counts])
    return Words(
        curve=vocabulary_curve(counts, known_from, vocabulary.min_count),
        once=float((counts == 1).sum() / len(counts)) if known_from == 1 and len(counts) else None,
        commonest=dict(zip(vocabulary.words[:COMMONEST], vocabulary.counts[:COMMONEST].tolist())),
        signs=find_signs(vocabulary),
    )


def vocabulary_curve(counts: np.ndarray, known_from: int, own: int = 1) -> list[CurvePoint]:
    """What each of MIN_COUNTS and the corpus's `own` min_count keeps, from `known_from` on.

    >>> [(point.min_count, point.words) for point in vocabulary_curve(np.array([7, 2, 1]), 2)][:2]
    [(2, 2), (5, 1)]
    """
    total = max(int(counts.sum()), 1)
    kept = [(at, counts[counts >= at]) for at in sorted({known_from, own, *MIN_COUNTS}) if at >= known_from]
    return [CurvePoint(at, len(k), float(k.sum() / total)) for at, k in kept]


def find_signs(vocabulary: Vocabulary) -> dict[str, Sign]:
    """Sort the most frequent words by the signs they carry; a word may carry several."""
    words = list(islice(vocabulary.words, WORDS_LOOKED_AT))
    counts = vocabulary.counts[: len(words)]
    known = set(words)
    found: dict[str, list[int]] = {
        "one letter": [],
        "punctuation attached": [],
        "punctuation only": [],
        "digits": [],
        "capitals": [],
        "very long": [],
        "markup": [],
        "Han and kana": [],
        "Hangul": [],
    }
    for word_id, word in enumerate(words):
        for sign in _signs_of(word, known):
            found[sign].append(word_id)
    total = max(int(counts.sum()), 1)
    signs = {
        sign: Sign(float(counts[ids].sum() / total), len(ids), [words[i][:LONG_WORD] for i in ids[:EXAMPLES]])
        for sign, ids in found.items()
    }
    return signs


def _signs_of(word: str, known: set[str]) -> list[str]:
    if word.isascii() and word.isalpha() and word.islower() and 1 < len(word) <= LONG_WORD:
        return []  # nearly all words of English
    signs = []
    if len(word) == 1 and word.isalpha() and not _is_wide(word):
        signs.append("one letter")
    if len(word) > LONG_WORD:
        signs.append("very long")
    if word != word.lower() and word.lower() in known:
        signs.append("capitals")
    if any(map(str.isdigit, word)):
        signs.append("digits")
    if _is_markup(word):
        signs.append("markup")
    elif not any(map(str.isalnum, word)):
        signs.append("punctuation only")
    elif _has_punctuation_attached(word, known):
        signs.append("punctuation attached")
    wide = next(filter(_is_wide, word), None)
    if wide is not None:
        signs.append("Hangul" if unicodedata.name(wide, "").startswith("HANGUL") else "Han and kana")
    return signs


def _has_punctuation_attached(word: str, known: set[str]) -> bool:
    start, end = 0, len(word)
    while start < end and _is_punctuation(word[start]):
        start += 1
    while end > start and _is_punctuation(word[end - 1]):
        end -= 1
    bare = word[start:end]
    return len(bare) < len(word) and (bare in known or bare.lower() in known)


def _is_markup(word: str) -> bool:
    return any(mark in word for mark in ("[[", "]]", "{{", "}}", "</", "/>", "&lt;", "&gt;", "&quot;", "&amp;"))


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] == "P" and character not in APOSTROPHES


def _is_wide(character: str) -> bool:
    """Whether it is a letter of Chinese, Japanese or Korean."""
    return character >= "\u1100" and character.isalpha() and unicodedata.east_asian_width(character) in "WF"
