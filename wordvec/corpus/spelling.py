"""Finds similar spellings of a word without comparing it letter by letter with every word of a large vocabulary."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

LONGEST_WORD = 50  # letters; longer input is not a typing mistake
LEAST_ALIKE = 0.75  # share of letters in order
REACH = 2  # letters by which a suggestion may be longer or shorter
MOST_COMPARED = 3_000  # words whose letters are compared one by one, the most frequent ones


def near_spellings(word: str, words: Sequence[str], limit: int = 5) -> list[str]:
    r"""Words that `word` may have been meant as, likeliest first: other case, other accents, one edit away, similar.

    `words` is a vocabulary by descending count; among equally likely words the more frequent is suggested first.
    Accents that look the same but are composed differently (Unicode's NFD) count as different. Words more than one
    edit away are searched only among those with the same first two letters. A first pass over the lengths discards
    most words: a million take a quarter of a second.

    >>> near_spellings("quen", ["king", "queen", "Quen", "question"])
    ['Quen', 'queen']
    >>> near_spellings("cafe", ["Caf\u00e9", "coffee", "cafe\u0301"]) == ["Caf\u00e9", "cafe\u0301"]
    True
    """
    folded = word.casefold()
    forms = {unicodedata.normalize(form, word) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    shortest, longest = min(map(len, forms)) - REACH, max(map(len, forms)) + REACH
    likely = [w for w in words if shortest <= len(w) <= longest and w != word]
    found = [w for w in likely if w in forms or w.casefold() == folded]
    found += [w for w in words if w.endswith((f"/{word}", f"\\{word}"))]  # ids of documents are paths
    if len(word) > LONGEST_WORD:
        return list(dict.fromkeys(found))[:limit]
    found += _other_accents(word, likely)
    edits = set(_one_edit(word, sorted(set().union(*words[:50_000]))))  # rarer words have no new letters
    found += [w for w in likely if w in edits]
    if len(found) < limit and len(word) > 3:
        found += _alike(word, likely)
    return list(dict.fromkeys(found))[:limit]


def quoted(near: str, word: str) -> str:
    r"""A spelling in quotes, for a message about `word`; where both look the same, with what they differ in.

    >>> quoted("Queen", "queen"), quoted("caf\u00e9", "cafe\u0301")
    ("'Queen'", "'café' (the same letters, in Unicode form NFC)")
    """
    if unicodedata.normalize("NFC", near) != unicodedata.normalize("NFC", word):
        return repr(near)
    form = next((form for form in ("NFC", "NFD") if unicodedata.is_normalized(form, near)), None)
    return f"{near!r} (the same letters, in {f'Unicode form {form}' if form else 'other code points'})"


def _other_accents(word: str, words: Sequence[str]) -> list[str]:
    """Words that differ only in accents (and case). Only words with a fitting first letter are decomposed."""
    bare = without_accents(word)
    first_letters = {w[:1] for w in words}
    fitting = {letter for letter in first_letters if without_accents(letter)[:1] == bare[:1]}
    return [w for w in words if w[:1] in fitting and without_accents(w) == bare]


def without_accents(word: str) -> str:
    r"""The word in lower case without accents and other combining marks; composed syllables stay composed.

    >>> without_accents("École"), without_accents("Ecole\u0301"), without_accents("가나") == "가나"
    ('ecole', 'ecole', True)
    """
    if word.isascii():
        return word.casefold()
    parts = unicodedata.normalize("NFD", word.casefold())
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _one_edit(word: str, alphabet: Sequence[str]) -> Iterator[str]:
    """Every string one deletion, swap of neighbours, replacement or insertion away from `word`."""
    for i in range(len(word) + 1):
        before, after = word[:i], word[i:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in alphabet:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _alike(word: str, words: Sequence[str]) -> list[str]:
    """Words with the same first two letters that share most of their letters in order, most similar first."""
    start, size = word[:2], len(word)
    candidates = [w for w in words if w.startswith(start) and abs(len(w) - size) <= REACH][:MOST_COMPARED]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    scored = []
    for candidate in candidates:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() >= LEAST_ALIKE and matcher.quick_ratio() >= LEAST_ALIKE:
            scored.append((-matcher.ratio(), candidate))
    return [candidate for score, candidate in sorted(scored, key=lambda pair: pair[0]) if -score >= LEAST_ALIKE]
