"""Lines of a concordance as text: keywords aligned in any script, and no line wider than requested."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from wordvec.errors import counted
from wordvec.terminal import display_width, printable

if TYPE_CHECKING:
    from wordvec.corpus.concordance import Evidence, Line

GAP = "  "  # on either side of the keyword
NARROWEST = 24


def keyword_lines(lines: Sequence[Line], width: int = 100, marked: Collection[str] = ()) -> list[str]:
    """Format each line in at most `width` columns: aligned keywords, whole words, `marked` words in brackets.

    "…" marks a cut. Control characters are shown as escapes.

    >>> from wordvec.corpus.concordance import Line
    >>> for text in keyword_lines([Line("a cup of", "tea", "please", 3, 0), Line("", "coffee", "or tea", 9, 1)], 40):
    ...     print(text)
    a cup of  tea     please
              coffee  or tea
    """
    width = max(width, NARROWEST)
    keywords = [printable(line.keyword) for line in lines]
    for_keyword = min(max(map(display_width, keywords), default=0), width // 2)
    side = (width - for_keyword - 2 * len(GAP)) // 2
    lefts = [_last_words(line.left, side, marked) for line in lines]
    for_left = max(map(display_width, lefts), default=0)
    texts = []
    for line, keyword, left in zip(lines, keywords, lefts):
        here = _cut(keyword, for_keyword)
        right = _first_words(line.right, width - for_left - for_keyword - 2 * len(GAP), marked)
        text = f"{_spaces(for_left - display_width(left))}{left}{GAP}{here}{_spaces(for_keyword - display_width(here))}"
        texts.append(f"{text}{GAP}{right}".rstrip())
    return texts


def evidence_lines(
    evidence: Evidence,
    width: int = 100,
    as_text: Callable[[Sequence[Line], int, Collection[str]], list[str]] = keyword_lines,
) -> list[str]:
    """The result of `Concordance.behind` as text; `as_text` formats its lines."""
    a, b = printable(evidence.a), printable(evidence.b)
    texts = [f"{a} and {b}: {times(evidence.together)} within {counted(evidence.window, 'word')} of each other"]
    texts += [f"  {text}" for text in as_text(evidence.lines, width - 2, [evidence.b])]
    if not evidence.shared:
        return [*texts, f"{a} and {b} share no context that either meets more often than by chance"]
    texts.append(f"contexts of both ({evidence.contexts_shared:,} in all), by their part in the similarity:")
    lines = [line for shared in evidence.shared for line in (shared.line_of_a, shared.line_of_b)]
    shown = iter(as_text([line for line in lines if line], width - 4, [shared.context for shared in evidence.shared]))
    for shared in evidence.shared:
        counts = f"{shared.near_a:,} near {a}, {shared.near_b:,} near {b}"
        texts.append(f"  {printable(shared.context)} ({counts})")
        texts += [f"    {next(shown)}" for line in (shared.line_of_a, shared.line_of_b) if line]
    return texts


def times(count: int) -> str:
    """A number of times in words.

    >>> times(0), times(1), times(1200)
    ('never', 'once', '1,200 times')
    """
    return ("never", "once")[count] if count < 2 else f"{count:,} times"


def _shown(word: str, marked: Collection[str]) -> str:
    return f"[{printable(word)}]" if word in marked else printable(word)


def _last_words(text: str, width: int, marked: Collection[str]) -> str:
    """As many of the last words as fit in `width` columns, after "…" if some do not fit."""
    words = _fitting(text.split(" ")[::-1] if text else [], width, marked)
    return " ".join(words[::-1])


def _first_words(text: str, width: int, marked: Collection[str]) -> str:
    return " ".join(_fitting(text.split(" ") if text else [], width, marked))


def _fitting(words: list[str], width: int, marked: Collection[str]) -> list[str]:
    taken: list[str] = []
    used = 0
    for number, word in enumerate(words):
        shown = _shown(word, marked)
        used += display_width(shown) + bool(taken)
        room_for_cut = 2 if number + 1 < len(words) else 0
        if used + room_for_cut > width:
            return [*taken, "…"] if width > 0 else []
        taken.append(shown)
    return taken


def _cut(text: str, width: int) -> str:
    if display_width(text) <= width:
        return text
    while display_width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _spaces(number: int) -> str:
    return " " * max(0, number)
