"""Counts what is replaced where bytes are not text, apart from signs of replacement that the text itself holds."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Any

from wordvec.errors import counted
from wordvec.progress import announce

REPLACED = "\ufffd"  # what errors="replace" puts where bytes are not of an encoding
_MARK = "\udfff"  # half a character, which no decoded text holds: stands for REPLACED until it is counted
_MARKING = "wordvec.mark"  # the name of an error handler that puts _MARK where "replace" puts REPLACED
codecs.register_error(_MARKING, lambda error: (_MARK, error.end))  # type: ignore[attr-defined]


class Replaced:
    r"""Counts the places that errors="replace" replaced in some texts, and says at the end how many there were.

    Decode with `errors` instead of "replace", and take what was decoded out through `settled` or `blocks`.

    >>> replaced = Replaced("utf-8", "replace")
    >>> replaced.settled(b"d\xe9j\xe0 vu".decode("utf-8", replaced.errors)), replaced.places
    ('d\ufffdj\ufffd vu', 2)
    """

    def __init__(self, encoding: str, errors: str) -> None:
        self.is_on = errors == "replace"
        self.encoding, self.errors = encoding, _MARKING if self.is_on else errors
        self.places = self.earlier = 0  # replaced now, and before the text was given to wordvec
        self._example = self._earlier_example = ""

    def settled(self, value: Any) -> Any:
        """`value`, or the items of a list, with REPLACED at each place that was not decoded; the places are counted."""
        if isinstance(value, list) and self.is_on:  # of tokens or tags; lists in it are refused later
            return [self.settled(item) if isinstance(item, str) else item for item in value]
        if not isinstance(value, str) or value.isascii():
            return value
        if REPLACED in value:
            self.earlier += value.count(REPLACED)
            self._earlier_example = self._earlier_example or _word_with(REPLACED, value)
        if _MARK in value:
            self.places += value.count(_MARK)
            self._example = self._example or _word_with(_MARK, value).replace(_MARK, REPLACED)
            return value.replace(_MARK, REPLACED)
        return value

    def blocks(self, blocks: Iterable[Any]) -> Iterator[Any]:
        """Yield the blocks of `read_blocks`, settled; announce at the end how much was replaced."""
        if not self.is_on:
            yield from blocks
            return
        for block, ends_line in blocks:
            yield self.settled(block), ends_line
        self.tell()

    def tell(self, what: str = "the text") -> None:
        """Announce what was replaced, if anything."""
        if self.is_on and self.places:
            announce(
                f"{counted(self.places, 'place')} where {what} is not {self.encoding} became {REPLACED}, such as in "
                f"{self._example or REPLACED!r:.60}: the words there are cut or changed; with their own encoding "
                "(--encoding) they are whole"
            )
        if self.is_on and self.earlier:
            announce(
                f"{counted(self.earlier, 'place')} where {what} itself holds {REPLACED} (U+FFFD), such as in "
                f"{self._earlier_example or REPLACED!r:.60}: what was there was lost when another program read it in "
                "a wrong encoding, before wordvec did; get a copy from before that"
            )


def _word_with(sign: str, text: str) -> str:
    """The first word of `text` with `sign` and a letter, or nothing."""
    return next((word for word in text.split() if sign in word and any(map(str.isalpha, word))), "")


def without_halves(text: str, errors: str) -> str:
    r"""`text` with its halves of characters (lone surrogates) treated by the error handler `errors`, each by itself.

    >>> without_halves("a\ud83db", "replace")
    'a\ufffdb'
    """
    return re.sub(
        "[\ud800-\udfff]", lambda half: half[0].encode("utf-16", "surrogatepass").decode("utf-16", errors), text
    )
