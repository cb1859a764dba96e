"""How far a window reaches: this many words on each side, or the whole sentence."""

from __future__ import annotations

from typing import Any

import numpy as np

from wordvec.errors import counted

SENTENCE = "sentence"  # the window that takes in all words of the centre's sentence
WIDEST = 5_000  # words on each side that it reaches at most: time and memory grow with it


def is_window(window: Any) -> bool:
    """Whether this is a window of CBOW and SkipGram: a whole number of at least 1, or "sentence".

    >>> is_window(5), is_window("sentence"), is_window(0), is_window("5")
    (True, True, False, False)
    """
    return window == SENTENCE or (isinstance(window, int) and not isinstance(window, bool) and window >= 1)


def reach_in(window: int | str, sentence_starts: np.ndarray, shrink: bool) -> tuple[int, list[str]]:
    """Return how many words on each side a window takes in on these sentences, (S + 1,) starts, and what to tell.

    A window of all words of a sentence reaches to the end of the longest one. A number reaches as far as it says;
    where it is more than the longest sentence has it becomes that, which changes nothing, unless windows are drawn
    (`shrink`), since it is what they are drawn from.

    >>> reach_in("sentence", np.array([0, 3, 8]), shrink=False)
    (4, ['a window is the whole sentence: up to 4 words on each side'])
    >>> reach_in(2, np.array([0, 3, 8]), shrink=False)
    (2, [])
    """
    longest = int(np.diff(sentence_starts).max(initial=1))
    others = max(1, longest - 1)
    if window == SENTENCE:
        if others <= WIDEST:
            return others, [f"a window is the whole sentence: up to {counted(others, 'word')} on each side"]
        return WIDEST, [
            f"the longest sentence has {longest:,} words: a window takes in {WIDEST:,} on each side at most, so that "
            "time and memory stay bounded"
        ]
    reach = int(window)
    if reach <= others:
        return reach, []
    note = f"a window of {reach:,} is wider than every sentence (the longest has {longest:,} words) and ends with it"
    return (reach if shrink else others), [note]
