"""What a missing word may have been meant to be: the same word in other case or accents, or a near spelling."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

SEARCHED = 100_000  # near spellings are looked for among this many words, so a miss stays quick in huge vocabularies
LIKE_ENOUGH = 0.7  # the least SequenceMatcher ratio of a near spelling


def near_spellings(word: str, words: Sequence[str], limit: int = 3) -> list[str]:
    """Return up to `limit` of `words` that `word` may have been meant to be, best first.

    Words that differ only in case or accents come first, then near spellings (difflib's ratio, at least 0.7)
    among the first 100,000 words; equally near ones in the order of `words`, where frequent words stand first.

    >>> near_spellings("Kimchee", ["kim", "kimchi", "kimchee", "rice"])
    ['kimchee', 'kimchi']
    """
    folded = fold(word)
    same = [other for other in words if fold(other) == folded]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(folded)
    scored: list[tuple[float, int, str]] = []
    for position, other in enumerate(words[:SEARCHED]):
        if abs(len(other) - len(folded)) > max(2, len(folded) // 2):
            continue
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() >= LIKE_ENOUGH and matcher.quick_ratio() >= LIKE_ENOUGH:
            ratio = matcher.ratio()
            if ratio >= LIKE_ENOUGH:
                scored.append((-ratio, position, other))
    near = [other for _, _, other in sorted(scored)]
    return list(dict.fromkeys(same + near))[:limit]


def fold(word: str) -> str:
    """Return `word` without case and accents.

    >>> fold("Éclair")
    'eclair'
    """
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return unicodedata.normalize("NFKC", "".join(c for c in decomposed if not unicodedata.combining(c)))
