"""A text in which pairs of words are counted and joined, as ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from wordvec.corpus.encode.token_ids import Spool, Spooled
from wordvec.corpus.phrases.pairs import PairIndex, count_pairs, neighbours
from wordvec.memory import give_back_pages

if TYPE_CHECKING:
    from typing_extensions import Self

TOKENS_AT_A_TIME = 1 << 22


class Text(Protocol):
    """What finding phrases asks of a text; `words` and their `counts` (len(words),) are by id."""

    words: list[str]
    counts: np.ndarray
    tokens: int

    def count_pairs(self, countable: np.ndarray, min_count: int) -> tuple[np.ndarray, np.ndarray]:
        """See `pairs.count_pairs`."""

    def occurring(self, keys: np.ndarray) -> np.ndarray:
        """Which of these pairs, given in ascending order, occur in the text: (P,) bool."""

    def join(self, keys: np.ndarray, word_ids: np.ndarray, words: list[str]) -> tuple[Self, np.ndarray]:
        """The text with pairs of `keys` replaced by `word_ids`, ids of `words`, and how often each was, (P,)."""


class SpooledText:
    """A text in this process."""

    def __init__(self, spooled: Spooled) -> None:
        self.spooled = spooled
        self.words, self.counts, self.tokens = spooled.words, spooled.counts, len(spooled.ids)

    def count_pairs(self, countable: np.ndarray, min_count: int) -> tuple[np.ndarray, np.ndarray]:
        """See Text."""
        return count_pairs(self.spooled.ids, self.spooled.sentence_ends, countable, min_count)

    def occurring(self, keys: np.ndarray) -> np.ndarray:
        """See Text."""
        return pairs_found(self.spooled.ids, self.spooled.sentence_ends, keys, len(self.words))

    def join(self, keys: np.ndarray, word_ids: np.ndarray, words: list[str]) -> tuple[SpooledText, np.ndarray]:
        """See Text."""
        index = PairIndex(keys, len(self.words))
        ids, ends = self.spooled.ids, self.spooled.sentence_ends
        joined_text, joined = join_pairs(ids, ends, index, word_ids, len(words))
        return SpooledText(joined_text._replace(words=words)), joined


def pairs_found(ids: np.ndarray, sentence_ends: np.ndarray, keys: np.ndarray, words: int) -> np.ndarray:
    """Which of these pairs of `words` words occur in a text, (P,) bool."""
    index, occurs = PairIndex(keys, words), np.zeros(len(keys), bool)
    for begin in range(0, len(ids), TOKENS_AT_A_TIME):
        occurs[index.find(*neighbours(ids, sentence_ends, begin, begin + TOKENS_AT_A_TIME))[1]] = True
        give_back_pages(ids)
    return occurs


def join_pairs(
    ids: np.ndarray,
    sentence_ends: np.ndarray,
    index: PairIndex,
    word_ids: np.ndarray,
    words: int,
    is_taken: bool = False,
) -> tuple[Spooled, np.ndarray]:
    """A text, without words, with the pairs of an index replaced by `word_ids`, and how often each was, (P,).

    `words` is how many words there are with the new ones. `is_taken` says that the first token of the text belongs to
    a pair with the one before it, which is not here.
    """
    counts, joined = np.zeros(words, np.int64), np.zeros(len(index.keys), np.int64)
    next_sentence = 0
    with Spool() as spool:
        if not len(ids):  # of a part of a text, maybe: then the ends of sentences count
            spool.write(np.zeros(0, np.int32), np.asarray(sentence_ends))
        for begin in range(0, len(ids), TOKENS_AT_A_TIME):
            first, second, together = neighbours(ids, sentence_ends, begin, begin + TOKENS_AT_A_TIME)
            places, pairs = index.find(first, second, together)
            joins = _from_left_to_right(places, is_taken)
            places, pairs = places[joins], pairs[joins]
            gone = np.concatenate([np.zeros(int(is_taken), np.int64), places + 1])
            is_taken = bool(gone.size and gone[-1] == len(first))  # the next stretch begins with the second of a pair
            gone = gone[: len(gone) - is_taken]
            new_ids = first.copy()
            new_ids[places] = word_ids[pairs]
            new_ids = np.delete(new_ids, gone)
            counts += np.bincount(new_ids, minlength=words)
            joined += np.bincount(pairs, minlength=len(joined))
            stop = int(np.searchsorted(sentence_ends, begin + len(first), side="right"))
            ends = sentence_ends[next_sentence:stop] - begin
            spool.write(new_ids, ends - np.searchsorted(gone, ends))
            next_sentence = stop
            give_back_pages(ids)
        return spool.finished([], counts), joined


def _from_left_to_right(places: np.ndarray, first_is_taken: bool) -> np.ndarray:
    """Which of the pairs at these places are joined: in a row of adjacent ones the first, third, fifth ...

    >>> _from_left_to_right(np.array([0, 1, 2, 4]), first_is_taken=False).tolist()
    [True, False, True, True]
    """
    skipped = int(first_is_taken and len(places) > 0 and places[0] == 0)
    number = np.arange(len(places) - skipped)
    begins_row = np.diff(places[skipped:], prepend=-2) > 1
    row_start = np.maximum.accumulate(np.where(begins_row, number, 0))
    return np.concatenate([np.zeros(skipped, bool), (number - row_start) % 2 == 0])
