"""From corpus positions to training examples: centre words, their contexts and their negatives.

This is the readable definition; the kernels draw the same examples inside their loops. Every draw is a
function of (seed, epoch, position), so an example does not depend on earlier draws.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from wordvec import rng
from wordvec.argument_types import typed
from wordvec.arrays import Array, array_module, to_device
from wordvec.corpus.draws.sampling import POOL_GROUPS, NegativeTable, from_pool, keep_thresholds
from wordvec.errors import CorpusError, OptionError, ShapeError

NegativeSharing = Literal["window", "pair"]


class Examples(NamedTuple):
    """A batch of examples, one per row, in corpus order.

    positions (B,) int64    where the centre occurs in the corpus
    centres   (B,) int32    word id of the centre
    contexts  (B, C) int32   word ids left and right of it, 0 where `mask` is False; C is twice the window, or less
                             if all sentences are shorter
    mask      (B, C) bool    which contexts exist
    negatives (B, K) int32, or (B, C, K) when each (centre, context) pair has its own
    """

    positions: Array
    centres: Array
    contexts: Array
    mask: Array
    negatives: Array


class Tags(NamedTuple):
    """The tags of each sentence, as rows of W_in; see `TaggedSampler`.

    starts (S + 1,) int64, rows (n,) int32: sentence s has the rows ``rows[starts[s] : starts[s + 1]]``; first: the row
    of the first tag; number: the number of tags; words: whether words are contexts, too
    """

    starts: Array
    rows: Array
    first: int
    number: int
    words: bool

    @property
    def most(self) -> int:
        """The largest number of tags of a sentence."""
        return int(np.diff(self.starts).max(initial=0))


@dataclass(frozen=True)
class ExampleSampler:
    """Draws the examples of any range of corpus positions.

    window            largest number of contexts on each side
    shrink_window     draw each centre's window from 1 .. window, which weights near words more (word2vec)
    negatives         K, negatives drawn per centre (0 for losses that need none)
    negative_sharing  "window": one draw of K serves all contexts of a centre; "pair": K for each context (word2vec.c)
    negative_pool     draw negatives from a slowly renewed pool of this many words, see `wordvec.corpus.draws.sampling`;
                      0: from the whole vocabulary each time
    power             negatives are drawn by counts ** power
    """

    keep_thresholds: Array
    negative_table: NegativeTable
    window: int = 5
    negatives: int = 5
    negative_sharing: NegativeSharing = "window"
    shrink_window: bool = True
    negative_pool: int = 0
    seed: int = 1
    power: float = 0.75

    @classmethod
    def for_counts(
        cls, counts: np.ndarray, *, subsample: float = 1e-3, power: float = 0.75, **options: Any
    ) -> ExampleSampler:
        """Build the tables for a vocabulary with these counts; `options` sets the other fields.

        >>> sampler = ExampleSampler.for_counts(np.array([3, 2, 1]), subsample=0, window=1, negatives=2)
        >>> ids, starts = np.array([0, 1, 0, 2, 0, 1], np.int32), np.array([0, 4, 6])
        >>> batch = sampler.draw(ids, starts, first=0, last=6, epoch=0)
        >>> [(int(c), x[m].tolist()) for c, x, m in zip(batch.centres, batch.contexts, batch.mask)]
        [(0, [1]), (1, [0, 0]), (0, [1, 2]), (2, [0]), (0, [1]), (1, [0])]
        """
        return cls(keep_thresholds(counts, subsample), NegativeTable.build(counts, power), power=power, **options)

    def __post_init__(self) -> None:
        if self.window < 1:
            raise OptionError(f"window must be at least 1; got {self.window}")
        if self.negatives < 0:
            raise OptionError(f"negatives must be 0 or more; got {self.negatives}")
        if self.negative_sharing not in ("window", "pair"):
            raise OptionError(f"negative_sharing must be 'window' or 'pair'; got {self.negative_sharing!r}")
        if self.negative_pool < 0 or self.negative_pool % POOL_GROUPS:
            raise OptionError(f"negative_pool must be 0 or a multiple of {POOL_GROUPS}; got {self.negative_pool}")

    def on(self, device: str) -> ExampleSampler:
        """A copy with its tables on `device`, to draw from ids and sentence starts on that device."""
        table = NegativeTable(*(to_device(part, device) for part in self.negative_table))
        return replace(self, keep_thresholds=to_device(self.keep_thresholds, device), negative_table=table)

    def keeps(self, ids: Array, first: int, last: int, epoch: int) -> Array:
        """Which tokens at positions first .. last - 1 survive subsampling in this epoch, as bool."""
        keys = rng.item_key(self._key(epoch), array_module(ids).arange(first, last, dtype=np.uint64))
        return (rng.draw(keys, rng.SUBSAMPLE) >> rng.S32) < self.keep_thresholds[ids[first:last]]

    @staticmethod
    def _longest_sentence(sentence_starts: Array, first: int, last: int) -> int:
        """Tokens in the longest sentence that has one of the positions first .. last - 1."""
        xp = array_module(sentence_starts)
        begin, end = (
            int(s) for s in xp.searchsorted(sentence_starts, xp.asarray([first, max(first, last - 1)]), "right")
        )
        return int(xp.diff(sentence_starts[begin - 1 : end + 1]).max()) if len(sentence_starts) > 1 else 1

    def _key(self, epoch: int) -> np.uint64:
        return rng.key_of(self.seed, epoch)[0]  # type: ignore[no-any-return]

    def draw(self, ids: Array, sentence_starts: Array, *, first: int, last: int, epoch: int) -> Examples:
        """Examples with centres at positions first .. last - 1; contexts may be outside this range.

        Subsampling comes first and windows are counted in kept tokens, as in word2vec.c. A window never leaves
        its sentence. A centre without contexts gives no example.
        """
        xp = array_module(ids, sentence_starts)
        kept, begin, end = self._kept_with_margins(ids, sentence_starts, first, last, epoch)
        sentence = xp.searchsorted(sentence_starts, kept, side="right")
        centre = xp.arange(begin, end)
        keys = rng.item_key(self._key(epoch), kept[begin:end].astype(np.uint64))
        reach = xp.full(len(centre), self.window, np.int64)
        if self.shrink_window:
            reach = 1 + rng.below(rng.draw(keys, rng.WINDOW), np.uint64(self.window)).astype(np.int64)

        most = min(self.window, self._longest_sentence(sentence_starts, first, last) - 1)
        offsets = xp.asarray([o for o in range(-most, most + 1) if o != 0], dtype=np.int64)
        index = centre[:, None] + offsets
        inside = (index >= 0) & (index < len(kept)) & (xp.abs(offsets) <= reach[:, None])
        index = xp.where(inside, index, 0)
        mask = inside & (sentence[index] == sentence[centre][:, None]) if len(kept) else inside
        contexts = xp.where(mask, ids[kept[index]], 0).astype(np.int32) if len(kept) else index.astype(np.int32)
        contexts, mask = self._with_tags(contexts, mask, sentence[centre] - 1)
        rows = xp.flatnonzero(mask.any(axis=1))
        contexts, mask, keys = contexts[rows], mask[rows], keys[rows]
        positions = kept[centre[rows]]
        return Examples(positions, ids[positions], contexts, mask, self._negatives(keys, mask, positions, epoch))

    @property
    def tags(self) -> Tags | None:
        """Document tags that are contexts of their words, or None; see `TaggedSampler`."""
        return None

    def _with_tags(self, contexts: Array, mask: Array, sentences: Array) -> tuple[Array, Array]:
        """Add other contexts to the contexts (B, C) of centres in `sentences` (B,); here none."""
        return contexts, mask

    def _negatives(self, keys: Array, mask: Array, positions: Array, epoch: int) -> Array:
        xp = array_module(keys, mask)
        numbers = rng.FIRST_NEGATIVE + xp.arange(self.negatives, dtype=np.uint64)[None, :]
        if self.negative_sharing == "pair":
            slot = xp.where(mask, xp.cumsum(mask, axis=1) - 1, 0).astype(np.uint64)  # rank among the existing contexts
            numbers = slot[:, :, None] * np.uint64(self.negatives) + numbers
            keys, positions = keys[:, None], positions[:, None]
        bits = rng.draw(keys[:, None], numbers)
        if self.negative_pool:
            return from_pool(self.negative_table, self.negative_pool, bits, positions[:, None], self._key(epoch))
        return self.negative_table.words_of(bits)

    def _kept_with_margins(
        self, ids: Array, sentence_starts: Array, first: int, last: int, epoch: int
    ) -> tuple[Array, int, int]:
        """Positions of kept tokens, from `window` kept ones before `first` to `window` after `last`, and the begin and
        end of their slice in first .. last - 1. Margins stop at sentence borders.
        """
        xp = array_module(ids, sentence_starts)
        sentence = xp.searchsorted(sentence_starts, xp.asarray([first, max(first, last - 1)]), side="right")
        low_limit, high_limit = int(sentence_starts[sentence[0] - 1]), int(sentence_starts[sentence[1]])
        margin = 4 * self.window
        while True:
            low, high = max(low_limit, first - margin), min(high_limit, last + margin)
            kept = low + xp.flatnonzero(self.keeps(ids, low, high, epoch))
            begin, end = (int(place) for place in xp.searchsorted(kept, xp.asarray([first, last])))
            enough_left = low == low_limit or begin >= self.window
            if enough_left and (high == high_limit or len(kept) - end >= self.window):
                return kept, begin, end
            margin *= 2


# Examples of paragraph vectors (PV-DBOW): a document's tags are contexts of each of its words. In Le and Mikolov
# ("Distributed Representations of Sentences and Documents", ICML 2014, section 2.3) the row of a document predicts
# its words. So these are skip-gram examples with other contexts: W_in holds the tags' rows, from row `first` on. With
# `words`, the rows before them belong to words, which are contexts as in skip-gram (gensim's "dbow_words").


@dataclass(frozen=True)
class TaggedSampler(ExampleSampler):
    """Draws examples whose contexts are the tags of their sentence, in order, then with `words` the window's words.

    >>> tags = Tags(np.array([0, 1, 3]), np.array([0, 1, 0], np.int32), first=0, number=2, words=False)
    >>> options = {"subsample": 0, "window": 1, "negatives": 1, "of_sentences": tags}
    >>> sampler = TaggedSampler.for_counts(np.array([3, 2]), **options)
    >>> batch = sampler.draw(np.array([0, 1, 0], np.int32), np.array([0, 2, 3]), first=0, last=3, epoch=0)
    >>> [(int(c), x[m].tolist()) for c, x, m in zip(batch.centres, batch.contexts, batch.mask)]
    [(0, [0]), (1, [0]), (0, [1, 0])]
    """

    of_sentences: Tags | None = None

    @property
    def tags(self) -> Tags | None:
        """The tags."""
        return self.of_sentences

    def on(self, device: str) -> TaggedSampler:
        """A copy for the CPU; the GPU has no tags in this sampler."""
        return replace(self) if device == "cpu" else super().on(device)  # type: ignore[return-value]

    def _with_tags(self, contexts: Array, mask: Array, sentences: Array) -> tuple[Array, Array]:
        if self.of_sentences is None:
            return contexts, mask
        starts, rows, *_ = self.of_sentences
        xp: Any = array_module(contexts)
        counts = starts[sentences + 1] - starts[sentences]
        place = xp.arange(int(counts.max(initial=0)))
        there = place < counts[:, None]
        listed = xp.where(there, starts[sentences][:, None] + place, 0)
        tags = xp.where(there, rows[listed], 0).astype(np.int32) if there.size else listed.astype(np.int32)
        if not self.of_sentences.words:
            return tags, there
        return xp.concatenate([tags, contexts], axis=1), xp.concatenate([there, mask], axis=1)


def number_words(words: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Number words in order of first appearance; returns ids and distinct words: words[ids[n]] is the n-th word.

    For small examples; `Corpus` numbers words by descending count and handles text of any size.
    Shapes: N words -> ids (N,), V distinct words. Raises CorpusError for a string instead of a list, or an empty list.

    >>> ids, words = number_words("you say goodbye and i say hello .".split())
    >>> ids.tolist(), words
    ([0, 1, 2, 3, 4, 1, 5, 6], ['you', 'say', 'goodbye', 'and', 'i', 'hello', '.'])
    """
    if isinstance(words, str):
        raise CorpusError(f"number_words: a list of words expected; got one string: {words[:40]!r}; try .split()")
    if not len(words):
        raise CorpusError("number_words: there are no words")
    unfit = next((word for word in words if not isinstance(word, Hashable)), None)
    if unfit is not None:
        raise CorpusError(
            f"number_words: a list of words expected; one of them is a {type(unfit).__name__}: {unfit!r:.40}"
        )
    number: dict[str, int] = {}
    ids = [number.setdefault(word, len(number)) for word in words]
    return np.array(ids), list(number)


@typed
def contexts_and_targets(
    ids: np.ndarray, window: int = 1, starts: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ids around each position and the id at it, for all positions with `window` words on both sides.

    Shapes: ids (N,) -> contexts (N - 2 window, 2 window), targets (N - 2 window,). The first and last `window` words
    serve only as contexts here; the networks of `wordvec.networks` also use them as targets, with a mask. With
    `starts`, where sentences begin (`corpus.sentence_starts`), windows over the border of a sentence are left out.
    Raises ShapeError for ids that are not a list of integers, OptionError for a window that fits nowhere.

    >>> contexts, targets = contexts_and_targets(np.array([0, 1, 2, 3, 4]), window=1)
    >>> contexts.tolist(), targets.tolist()
    ([[0, 2], [1, 3], [2, 4]], [1, 2, 3])
    """
    ids = np.asarray(ids)
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise ShapeError(f"contexts_and_targets: ids must be integers (N,); got {ids.dtype} {ids.shape}")
    if window < 1 or len(ids) < 2 * window + 1:
        raise OptionError(
            f"contexts_and_targets: window must be at least 1, and 2 window + 1 at most the number of ids, {len(ids)}; "
            f"got window {window}"
        )
    windows = np.lib.stride_tricks.sliding_window_view(ids, 2 * window + 1)
    if starts is not None:
        sentence = np.searchsorted(starts, np.arange(len(ids)), side="right")
        windows = windows[sentence[: -2 * window] == sentence[2 * window :]]
        if len(windows) == 0:
            raise OptionError(f"contexts_and_targets: no sentence has 2 window + 1 words; got window {window}")
    return np.delete(windows, window, axis=1), windows[:, window].copy()
