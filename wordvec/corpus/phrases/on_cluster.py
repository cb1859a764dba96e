"""Phrases on a cluster: pairs are counted and joined in parts of the text, with the same result as on one machine.

::

    parts ─► pairs of each, in order ─► added up by ranges of first words ─► the best, chosen here ─► parts joined

A part may end within a sentence, where its file holds a very long line. Then its last word has a neighbour in the next
part, and whether these two are joined decides how the next part begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.corpus.encode.token_ids import growing_array
from wordvec.corpus.phrases.joining import join_pairs, pairs_found
from wordvec.corpus.phrases.pairs import PairIndex, count_pairs, merged_pairs, neighbours, pair_keys
from wordvec.corpus.vocabulary_on_cluster import WithPhrases, Working
from wordvec.store import Store, hash_of, name_of, open_store

if TYPE_CHECKING:
    from wordvec.cluster import Cluster

TOKENS_AT_A_TIME = 1 << 18
PAIRS_OF_A_RANGE = 1 << 23  # at most, as far as the words' counts tell; more if there would be over MOST_RANGES ranges
MOST_RANGES = 256
TAIL = 1 << 12  # tokens at the end of a part that are looked at first
OTHER = -1  # the id of words that phrases do not involve, and of no word


class TextOnCluster:
    """A text as parts in the store; see `joining.Text`. Its words are those that phrases may involve.

    tables[i] is an entry whose `numbers` are the ids of the words of part i: their positions in `words`, or OTHER.
    """

    def __init__(
        self, cluster: Cluster, parts: list[str], tables: list[str], working: Working, show: bool | None
    ) -> None:
        self.parts, self.tables, self._working = parts, tables, working
        self._cluster, self._show_progress = cluster, show
        self.words, self.counts = working.words, working.counts
        self.tokens = sum(cluster.store.facts(part)["tokens"] for part in parts)
        self._next = _next_words(cluster.store, parts)

    @classmethod
    def of_parts(cls, cluster: Cluster, parts: list[str], working: Working, show: bool | None) -> TextOnCluster:
        """The text before any words were joined."""
        return cls(cluster, parts, working.tables, working, show)

    @property
    def found(self) -> WithPhrases:
        """The text with the phrases joined so far."""
        return WithPhrases(self.parts, self.words, self.counts, self._working)

    def count_pairs(self, countable: np.ndarray, min_count: int) -> tuple[np.ndarray, np.ndarray]:
        """See Text."""
        store, borders = self._cluster.store, _borders(self.counts * countable)
        countable = np.append(countable, False)  # OTHER, which is -1, finds this last one
        mask = name_of("countable", of=hash_of(countable), words=len(countable))
        facts = {"countable": mask, "borders": borders}
        parts = list(zip(self.parts, self.tables))
        runs = [name_of("pairs", part=part, numbers=of, **facts) for part, of in parts]
        runs.append(name_of("pairs", between=parts, **facts))
        sums = [name_of("frequent-pairs", runs=runs, number=i, least=min_count) for i in range(len(borders) - 1)]
        if not all(map(store.is_published, sums)):
            store.publish(mask, {"countable": countable.view(np.uint8)})
            counting = [(*part, mask, borders, name) for part, name in zip(parts, runs)]
            self._cluster.run(count_pairs_of_part, counting, "counting pairs", self._show_progress)
            between = [pair for pair in self._pairs_between() if countable[list(pair)].all()]
            keys = pair_keys(*np.array(between, np.int64).reshape(-1, 2).T)
            _publish_pairs(store, runs[-1], *np.unique(keys, return_counts=True), borders)
            adding = [(runs, i, min_count, name) for i, name in enumerate(sums)]
            self._cluster.run(add_pairs, adding, "adding up pairs", self._show_progress)
        for name in [*runs, mask]:
            store.remove(name)
        keys, counts = (np.concatenate([store.read(name, array) for name in sums]) for array in ("keys", "counts"))
        return keys, counts

    def occurring(self, keys: np.ndarray) -> np.ndarray:
        """See Text."""
        pairs = self._publish_keys(keys)
        calls = [(part, of, pairs, len(self.words)) for part, of in zip(self.parts, self.tables)]
        found = self._cluster.run(find_pairs, calls, "looking for phrases", self._show_progress)
        between = [a << 32 | b for a, b in self._pairs_between() if OTHER not in (a, b)]
        return np.logical_or.reduce([*found, np.isin(keys, np.array(between, np.uint64))])

    def join(self, keys: np.ndarray, word_ids: np.ndarray, words: list[str]) -> tuple[TextOnCluster, np.ndarray]:
        """See Text."""
        store, pairs = self._cluster.store, self._publish_keys(keys, word_ids)
        is_taken = self._taken(pairs)
        calls, names = [], []
        for i, (part, of) in enumerate(zip(self.parts, self.tables)):
            follows = self._next[i]
            beyond = self._word_at(follows) if follows is not None and is_taken[follows] else OTHER
            call = (part, of, pairs, [len(self.words), len(words)], is_taken[i], beyond)
            names.append(name_of("joined", call=call))
            calls.append((*call, names[-1]))
        self._cluster.run(join_part, calls, "joining", self._show_progress)
        counts, joined = np.zeros(len(words), np.int64), np.zeros(len(keys), np.int64)
        for name in names:
            numbers = np.asarray(store.read(name, "numbers"))
            counts[numbers[numbers != OTHER]] += store.read(name, "counts")[numbers != OTHER]
            joined += store.read(name, "joined")
        text = TextOnCluster(self._cluster, names, names, self._working, self._show_progress)
        text.words, text.counts = words, counts
        return text, joined

    def _publish_keys(self, keys: np.ndarray, word_ids: np.ndarray | None = None) -> str:
        arrays = {"keys": keys, "word_ids": np.zeros(0, np.int32) if word_ids is None else word_ids}
        name = name_of("pairs-to-join", of=[hash_of(array) for array in arrays.values()])
        self._cluster.store.publish(name, arrays)
        return name

    def _word_at(self, part: int, place: int = 0) -> int:
        """The id of the word at this place of a part, which must not be empty."""
        (number,) = self._cluster.store.read(self.parts[part], "ids", place, place + 1)
        return int(self._cluster.store.read(self.tables[part], "numbers", number, number + 1)[0])

    def _pairs_between(self) -> list[tuple[int, int]]:
        """The last word of a part and the first word of the next, if a sentence continues there."""
        tokens = [self._cluster.store.facts(part)["tokens"] for part in self.parts]
        ends = [(i, follows) for i, follows in enumerate(self._next) if follows is not None]
        return [(self._word_at(i, tokens[i] - 1), self._word_at(follows)) for i, follows in ends]

    def _taken(self, pairs: str) -> list[bool]:
        """For each part, whether its first word is joined to the one before."""
        beyond = {i: self._word_at(follows) for i, follows in enumerate(self._next) if follows is not None}
        open_parts = [i for i, word in beyond.items() if word != OTHER]
        calls = [(self.parts[i], self.tables[i], pairs, len(self.words), beyond[i]) for i in open_parts]
        ways = dict(zip(open_parts, self._cluster.run(joins_beyond, calls, "joining", False) if calls else []))
        is_taken = [False] * len(self._next)
        for i in open_parts:  # in their order, as each depends on the one before
            is_taken[self._next[i]] = ways[i][is_taken[i]]  # type: ignore[index]
        return is_taken


def _next_words(store: Store, parts: list[str]) -> list[int | None]:
    """For each part, the part whose first word follows its last in the same sentence; None where there is none."""
    tokens = [store.facts(part)["tokens"] for part in parts]
    begins, goes_on = [], []  # whether a sentence begins with the part; whether one continues after it
    for part, size in zip(parts, tokens):
        ends = store.read(part, "sentence_ends")
        begins.append(bool(len(ends) and ends[0] == 0))
        goes_on.append(bool(size and not (len(ends) and ends[-1] == size)))
    following: list[int | None] = [None] * len(tokens)
    for i in (i for i, open_end in enumerate(goes_on) if open_end):
        rest = (j for j in range(i + 1, len(tokens)) if tokens[j] or begins[j])
        j = next(rest, None)
        following[i] = None if j is None or begins[j] else j
    return following


def _borders(counts: np.ndarray) -> list[int]:
    """Borders of ranges of first words' ids, with about equally many pairs each, estimated from the counts."""
    if not len(counts):
        return [0, 0]
    most = np.cumsum(counts, dtype=np.int64)
    ranges = max(1, min(MOST_RANGES, -(-int(most[-1]) // PAIRS_OF_A_RANGE)))
    inner = np.searchsorted(most, [int(most[-1]) * i // ranges for i in range(1, ranges)]) if ranges > 1 else most[:0]
    return sorted({0, *inner.tolist(), len(counts)})


def _global_ids(place: Store, part: str, numbers: str) -> tuple[np.ndarray, np.ndarray]:
    """The ids of a part, as in the whole text, and its sentence ends."""
    ids = _looked_up(place.read(part, "ids"), np.asarray(place.read(numbers, "numbers"), np.int32))
    return ids, np.asarray(place.read(part, "sentence_ends"))


def _looked_up(ids: np.ndarray, table: np.ndarray, more: int = OTHER) -> np.ndarray:
    """table[ids], followed by the id `more` unless it is OTHER; memory-mapped if large."""
    with growing_array(np.int32) as found:
        for begin in range(0, len(ids), TOKENS_AT_A_TIME):
            found.append(table[ids[begin : begin + TOKENS_AT_A_TIME]])
        found.append(np.full(int(more != OTHER), more, np.int32))
        return found.finish()


def count_pairs_of_part(store: str, part: str, numbers: str, mask: str, borders: list[int], name: str) -> None:
    """Publish the pairs of a part, ascending, with their counts."""
    place = open_store(store)
    if not place.is_published(name):
        countable = np.asarray(place.read(mask, "countable")).view(bool)
        found = count_pairs(*_global_ids(place, part, numbers), countable, 1)
        _publish_pairs(place, name, *found, borders)


def _publish_pairs(place: Store, name: str, keys: np.ndarray, counts: np.ndarray, borders: list[int]) -> None:
    cuts = np.searchsorted(keys, np.array(borders, np.uint64) << np.uint64(32))
    place.publish(name, {"keys": keys, "counts": counts.astype(np.int32), "cuts": cuts})  # of a part, so they fit


def add_pairs(store: str, runs: list[str], number: int, min_count: int, name: str) -> None:
    """Publish the pairs of a range of first words that occur `min_count` times or more in all parts together."""
    place = open_store(store)
    if place.is_published(name):
        return
    spans = [(run, *np.asarray(place.read(run, "cuts", number, number + 2)).tolist()) for run in runs]
    keys, counts = (
        np.concatenate([place.read(run, array, *span) for run, *span in spans]) for array in ("keys", "counts")
    )
    starts = np.cumsum([0] + [end - begin for _, begin, end in spans]).tolist()
    keys, counts = merged_pairs(keys, counts, starts, min_count)
    place.publish(name, {"keys": keys, "counts": counts})


def find_pairs(store: str, part: str, numbers: str, pairs: str, words: int) -> np.ndarray:
    """Which of the pairs occur in a part."""
    place = open_store(store)
    keys = np.asarray(place.read(pairs, "keys"))
    return pairs_found(*_global_ids(place, part, numbers), keys, words + 1)  # OTHER, which is -1, finds the last one


def joins_beyond(store: str, part: str, numbers: str, pairs: str, words: int, beyond: int) -> list[bool]:
    """Whether the part's last word is joined to the word after it, if the first word is free, and if it is taken.

    Of overlapping pairs in a row every second one is joined, so this depends on where the row begins.
    """
    place = open_store(store)
    table, ends = np.asarray(place.read(numbers, "numbers")), np.asarray(place.read(part, "sentence_ends"))
    index, size = PairIndex(np.asarray(place.read(pairs, "keys")), words + 1), place.facts(part)["tokens"]
    length = TAIL
    while True:
        begin = max(0, size - length)
        ids = np.append(table[place.read(part, "ids", begin)], np.int32(beyond))
        is_pair = np.zeros(size - begin, bool)
        is_pair[index.find(*neighbours(ids, ends - begin, 0, size - begin))[0]] = True
        row = int(np.argmin(is_pair[::-1])) if not is_pair.all() else len(is_pair)
        if row < len(is_pair) or begin == 0:
            break
        length *= 2
    return [row % 2 == 1, (row - (row == size)) % 2 == 1]


def join_part(
    store: str, part: str, numbers: str, pairs: str, words: list[int], is_taken: bool, beyond: int, name: str
) -> None:
    """Publish a part with its pairs joined; `words` has the numbers of words before and after.

    `is_taken` tells whether the part's first word is joined to the word before it, `beyond` is the word that its last
    one is joined to, or OTHER. The words of the new part have the ids `numbers`; a word whose number is OTHER is the
    one with number `own` in the text before any words were joined.
    """
    place = open_store(store)
    if place.is_published(name):
        return
    of_words = np.array(place.read(numbers, "numbers"), np.int32)
    others = np.flatnonzero(of_words == OTHER)  # numbered after all words
    own = others if numbers != part else np.asarray(place.read(part, "own"))[others]
    of_words[others] = words[1] + np.arange(len(others))
    size = words[1] + len(others)
    ids, ends = _looked_up(place.read(part, "ids"), of_words, beyond), np.asarray(place.read(part, "sentence_ends"))
    index = PairIndex(np.asarray(place.read(pairs, "keys")), size)
    text, joined = join_pairs(ids, ends, index, np.asarray(place.read(pairs, "word_ids")), size, is_taken)
    present = np.flatnonzero(text.counts)
    new_numbers = np.zeros(size, np.int32)
    new_numbers[present] = np.arange(len(present))
    is_other = present >= words[1]
    arrays: dict[str, Any] = {"ids": _looked_up(text.ids, new_numbers), "sentence_ends": text.sentence_ends}
    arrays |= {"numbers": np.where(is_other, OTHER, present).astype(np.int32), "own": np.zeros(len(present), np.int32)}
    arrays["own"][is_other] = own[present[is_other] - words[1]]
    arrays |= {"counts": text.counts[present], "joined": joined}
    place.publish(name, arrays, tokens=len(text.ids), sentences=len(text.sentence_ends))
