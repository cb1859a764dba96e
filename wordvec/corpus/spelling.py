"""Near spellings of a word, found without comparing it with every word of a large vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

LONGEST_WORD = 50  # letters; what is longer is no typing mistake


def near_spellings(word: str, words: Sequence[str], limit: int = 5) -> list[str]:
    """Words that `word` may have been meant to be, likeliest first: other case, one edit away, then more alike.

    `words` is a vocabulary with the more frequent word first; among equals that one is suggested first.
    Words further away than one edit are looked for only among those with the same first two letters.

    >>> near_spellings("quen", ["king", "queen", "Quen", "question"])
    ['Quen', 'queen']
    """
    position = {w: i for i, w in reversed(list(enumerate(words)))}
    folded = word.casefold()
    found = [w for w in words if w.casefold() == folded and w != word]
    if len(word) > LONGEST_WORD:
        return list(dict.fromkeys(found))[:limit]
    alphabet = sorted(set().union(*words[:50_000]))  # the letters of rarer words are in more frequent ones too
    found += sorted({w for w in _one_edit(word, alphabet) if w in position and w != word}, key=position.__getitem__)
    if len(found) < limit and len(word) > 3:
        found += _alike(word, words)
    return list(dict.fromkeys(found))[:limit]


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


def _alike(word: str, words: Sequence[str], least: float = 0.75) -> list[str]:
    """Words with the same first two letters that share most of their letters in order, most alike first."""
    start, size = word[:2], len(word)
    candidates = [w for w in words if w.startswith(start) and abs(len(w) - size) <= 2 and w != word]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    scored = []
    for candidate in candidates:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
            scored.append((-matcher.ratio(), candidate))
    return [candidate for score, candidate in sorted(scored, key=lambda pair: pair[0]) if -score >= least]
