"""Signs by which words show that a text was cut or written in ways that training will not see through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from wordvec.corpus.encode.normalization import VOWEL_POINTS_WITHIN, character_class, without_vowel_points
from wordvec.corpus.read.replaced import REPLACED
from wordvec.corpus.vocabulary import Vocabulary

WORDS_LOOKED_AT = 200_000  # the most frequent words, whose letters are examined; they cover nearly all tokens
LONG_WORD = 40  # letters; longer ones are addresses, glued words or text without spaces (German's longest have 36)
EXAMPLES = 5
APOSTROPHES = "'’ʼ"  # part of words: 's and dogs' have no punctuation attached
ENDS = ",;:!?…‽،؛؟۔।॥։።፣၊။་།。，、；：！？"  # marks that end sentences or clauses, and no abbreviation
ABBREVIATED = 3  # letters before a point that may be an abbreviation, such as Inc.
ZERO_WIDTH_SPACE = "\u200b"
SIGNS = (
    "one letter", "punctuation attached", "punctuation only", "digits", "capitals", "very long", "markup",
    "encoded twice", "Han and kana", "Hangul", "Thai", "zero-width spaces", "Unicode forms", "vowel points",
    "look-alikes", "lost characters", "joined",
)  # fmt: skip
WITHOUT_SPACES = ("Han and kana", "Thai")

MARKS = ("[[", "]]", "{{", "}}", "</", "/>", "&lt;", "&gt;", "&quot;", "&amp;", "://")
# What tokenizer words leaves of &amp; &quot; &nbsp; and of addresses.
REMAINS = {"amp", "quot", "nbsp", "http", "https", "href", "www"}
# Arabic letters whose Persian and Urdu twins look the same in most places, apostrophes, hyphens, and signs not seen.
_TWINS: dict[int, str | None] = {0x064A: "\u06cc", 0x0643: "\u06a9", 0x2010: "-", 0x2011: "-"}
_TWINS |= dict.fromkeys([0x2018, 0x2019, 0x02BC, 0x05F3], "'")
_TWINS |= dict.fromkeys([0xAD, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_HAS_TWINS = re.compile(f"[{character_class(_TWINS)}]")
# Words that one sign joins without spaces, as in lists of items; not numbers in groups of three digits.
JOINED = re.compile(r"(?!\d{1,3}(?:,\d{3})+$)[^\s,;|\[\]{}()]+([,;|])[^\s,;|\[\]{}()]+(?:\1[^\s,;|\[\]{}()]+)+")
# The first byte of a letter in UTF-8 and the next one, as letters and signs of Latin-1 or Windows-1252.
_TWICE = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u017e\u02c6-\u2122]")
_MAY_HAVE_POINTS = re.compile(f"[{character_class(range(*VOWEL_POINTS_WITHIN))}]")


@dataclass(frozen=True)
class Sign:
    """A kind of word: its share of the tokens, the number of distinct words, and the most frequent of them.

    `letters` is the mean number of letters, without marks, that its tokens have in the text; rare ones are included.
    It is 0 for scripts with spaces.
    """

    tokens: float
    words: int
    examples: list[str]
    letters: float = 0.0


def find_signs(vocabulary: Vocabulary) -> dict[str, Sign]:
    """Sort the most frequent words by their signs; a word may have several.

    - "one letter", "digits", "very long", "markup" (also addresses of pages), "punctuation only";
    - "encoded twice": UTF-8 that was read as Latin-1 or Windows-1252, such as cafÃ©;
    - "punctuation attached": a mark that ends sentences, or another mark if the word also occurs without;
    - "capitals": the word also occurs in lower case;
    - "Han and kana" and "Thai" (also Lao, Khmer, Burmese, Tibetan), scripts without spaces; "Hangul";
    - "joined": three words or more with one sign (, ; |) between them and no space;
    - "zero-width spaces" between its letters; "lost characters", which decoding replaced by U+FFFD;
    - a more frequent word is written in another of the "Unicode forms", with other "vowel points" (Arabic, Hebrew), or
      with "look-alikes": other apostrophes, letters of Arabic for those of Persian, signs that are not seen.

    >>> find_signs(Vocabulary(["cafe\u0301", "caf\u00e9"], [6, 4]))["Unicode forms"].tokens
    0.4
    """
    words = list(islice(vocabulary.words, WORDS_LOOKED_AT))
    counts = vocabulary.counts[: len(words)]
    known = set(words)
    found: dict[str, list[int]] = {sign: [] for sign in SIGNS}
    for word_id, word in enumerate(words):
        for sign in _signs_of(word, known):
            found[sign].append(word_id)
    for sign, word_id in _written_otherwise(words):
        found[sign].append(word_id)
    total = max(int(counts.sum()), 1)
    return {
        sign: Sign(
            float(counts[ids].sum() / total),
            len(ids),
            [words[i][:LONG_WORD] for i in ids[:EXAMPLES]],
            _mean_letters(vocabulary, sign) if ids and sign in WITHOUT_SPACES else 0.0,
        )
        for sign, ids in found.items()
    }


def _signs_of(word: str, known: set[str]) -> Iterator[str]:
    if word.isascii() and word.isalpha() and word.islower() and 1 < len(word) <= LONG_WORD and word not in REMAINS:
        return  # nearly all English words
    if len(word) == 1 and word.isalpha() and not _is_wide(word):
        yield "one letter"
    if len(word) > LONG_WORD:
        yield "very long"
    if word != word.lower() and word.lower() in known:
        yield "capitals"
    if any(map(str.isdigit, word)):
        yield "digits"
    if _is_markup(word):
        yield "markup"
    elif not any(map(str.isalnum, word)):
        yield "punctuation only"
    elif _has_punctuation_attached(word, known):
        yield "punctuation attached"
    if _TWICE.search(word) and _is_encoded_twice(word):
        yield "encoded twice"
    if ZERO_WIDTH_SPACE in word.strip(ZERO_WIDTH_SPACE):
        yield "zero-width spaces"
    if JOINED.fullmatch(word):
        yield "joined"
    if REPLACED in word:
        yield "lost characters"
    yield from _scripts_of(word)


def _scripts_of(word: str) -> Iterator[str]:
    if unicodedata.name(word[0], "").startswith(("THAI", "LAO ", "KHMER", "MYANMAR", "TIBETAN")):
        yield "Thai"
    wide = next(filter(_is_wide, word), None)
    if wide is not None:
        yield "Hangul" if unicodedata.name(wide, "").startswith("HANGUL") else "Han and kana"


def _written_otherwise(words: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The ids of words that are another, more frequent one in a different way of writing; with the sign of that."""
    seen: dict[str, set[str]] = {"Unicode forms": set(), "vowel points": set(), "look-alikes": set()}
    for word_id, word in enumerate(words):
        alike = _alike(word)
        different = next((sign for sign, form in zip(seen, alike) if form in seen[sign]), None)
        if different is not None and any(map(str.isalpha, word)):
            yield different, word_id
        for forms, form in zip(seen.values(), alike):
            forms.add(form)


def _alike(word: str) -> tuple[str, str, str]:
    """The word in Unicode's NFKC, without vowel points too, and with one letter for all that look like it."""
    if word.isascii():
        return word, word, word
    form = word if unicodedata.is_normalized("NFKC", word) else unicodedata.normalize("NFKC", word)
    bare = without_vowel_points(form) if _MAY_HAVE_POINTS.search(form) else form
    return form, bare, bare.translate(_TWINS) if _HAS_TWINS.search(bare) else bare


def _mean_letters(vocabulary: Vocabulary, sign: str) -> float:
    """How long the words of a script are in the text, rare ones included: cut into words, they are short."""
    words, counts = list(islice(vocabulary.words, WORDS_LOOKED_AT)), vocabulary.counts.tolist()
    if vocabulary.left_out is not None and len(vocabulary.left_out):
        some = next(iter(vocabulary.left_out.words.blocks()))
        words += [word.decode(errors="replace") for word in some]
        counts = counts[:WORDS_LOOKED_AT] + vocabulary.left_out.counts[: len(some)].tolist()
    lengths = [(sum(map(str.isalpha, word)), count) for word, count in zip(words, counts) if sign in _scripts_of(word)]
    return sum(length * count for length, count in lengths) / max(sum(count for _, count in lengths), 1)


def _has_punctuation_attached(word: str, known: set[str]) -> bool:
    start, end = 0, len(word)
    while start < end and _is_punctuation(word[start]):
        start += 1
    while end > start and _is_punctuation(word[end - 1]):
        end -= 1
    bare, after = word[start:end], word[end:]
    if len(bare) == len(word):
        return False
    # The verb may end every sentence, as in Hindi and Persian, so that it never occurs without a mark.
    ends = any(mark in after for mark in ENDS) or ("." in after and len(bare) > ABBREVIATED and "." not in bare)
    return bare in known or bare.lower() in known or ends


def _is_markup(word: str) -> bool:
    return word in REMAINS or any(mark in word for mark in MARKS)


def _is_encoded_twice(word: str) -> bool:
    """Whether the bytes of a word in Latin-1 or Windows-1252 are UTF-8, as nearly no word's are by chance."""
    for encoding in ("latin-1", "cp1252"):
        try:
            word.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] == "P" and character not in APOSTROPHES


def _is_wide(character: str) -> bool:
    """Whether a character is a Chinese, Japanese or Korean letter."""
    return character >= "\u1100" and character.isalpha() and unicodedata.east_asian_width(character) in "WF"
