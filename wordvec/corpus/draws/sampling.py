"""Random choices in training: which tokens are kept, and which words serve as negatives.

Both are tables of 32-bit thresholds, so that numpy, C and CUDA compare the same integers and agree exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wordvec import rng
from wordvec.arrays import array_module
from wordvec.errors import OptionError

POOL_GROUPS = 32  # groups in a pool of negatives; one group is redrawn for every POOL_BLOCK positions
POOL_BLOCK = 128

ALWAYS = 2**32  # a threshold that every 32-bit draw is below


def keep_probabilities(counts: np.ndarray, subsample: float) -> np.ndarray:
    """Probability of keeping a token of each word.

    p(w) = min(1, sqrt(t / f(w)) + t / f(w)), where f is the word's share of all tokens and t = `subsample`. This is
    the form in word2vec.c; the paper (Mikolov et al. 2013b, eq. 5) has only sqrt(t / f). ``subsample=0`` keeps all.

    Shapes: counts (V,) -> (V,) float64.

    >>> keep_probabilities(np.array([96, 4]), subsample=0.01).round(3).tolist()
    [0.112, 0.75]
    """
    if subsample < 0:
        raise OptionError(f"subsample must be 0 (off) or positive, such as 1e-3; got {subsample}")
    if subsample == 0:
        return np.ones(len(counts))
    ratio = subsample * counts.sum() / np.maximum(counts, 1)
    return np.minimum(1.0, np.sqrt(ratio) + ratio)


def keep_thresholds(counts: np.ndarray, subsample: float) -> np.ndarray:
    """`keep_probabilities` in units of 2**-32, as uint64: a token is kept if its 32-bit draw is below its threshold."""
    return np.rint(keep_probabilities(counts, subsample) * ALWAYS).astype(np.uint64)


def negative_weights(counts: np.ndarray, power: float) -> np.ndarray:
    """Relative frequency of each word as a negative: counts ** power, and 0 for a word that never occurs.

    0.75 is word2vec's power (Mikolov et al. 2013b, section 2.2); powers below 0 favour rare words.

    Shapes: counts (V,) -> (V,) float64.

    >>> negative_weights(np.array([4, 1, 0]), -0.5).tolist()
    [0.5, 1.0, 0.0]
    """
    weights, occurs = np.zeros(len(counts)), np.asarray(counts) > 0
    with np.errstate(over="ignore"):
        weights[occurs] = np.asarray(counts, np.float64)[occurs] ** power
    if occurs.any() and not 0 < weights.sum() < np.inf:
        raise OptionError(f"negative_power {power}: counts to this power are all 0, or too large; 0.75 is usual")
    return weights


class NegativeTable(NamedTuple):
    """Alias table of the negatives' distribution, P(w) ~ counts(w) ** power.

    The upper 32 bits of a 64-bit draw pick a slot; the lower 32 bits choose between the slot's own word and its alias.
    Each draw costs one look-up, whatever the size of the vocabulary (Walker 1977, Vose 1991).

    Shapes: thresholds (V,) uint64 in [0, 2**32], aliases (V,) int32.
    """

    thresholds: np.ndarray
    aliases: np.ndarray

    @classmethod
    def build(cls, counts: np.ndarray, power: float = 0.75) -> NegativeTable:
        """Build the table of `negative_weights`."""
        if len(counts) == 0:
            raise OptionError("negative sampling needs at least one word")
        scaled = negative_weights(counts, power)
        scaled *= len(counts) / scaled.sum()
        thresholds, aliases = np.full(len(counts), ALWAYS, np.uint64), np.arange(len(counts), dtype=np.int32)
        small, large = np.flatnonzero(scaled < 1).tolist(), np.flatnonzero(scaled >= 1).tolist()
        weight = scaled.tolist()
        while small and large:
            poor, rich = small.pop(), large[-1]
            thresholds[poor], aliases[poor] = round(weight[poor] * ALWAYS), rich
            weight[rich] -= 1.0 - weight[poor]
            if weight[rich] < 1.0:
                small.append(large.pop())
        return cls(thresholds, aliases)

    def words_of(self, bits: np.ndarray) -> np.ndarray:
        """Word ids (int32) chosen by 64-bit draws.

        >>> table = NegativeTable.build(np.array([8, 1, 1]), power=1.0)
        >>> keys = rng.item_key(rng.key_of(seed=1, stream=0), np.arange(10_000, dtype=np.uint64))
        >>> (np.bincount(table.words_of(keys)) / 10_000).round(1).tolist()
        [0.8, 0.1, 0.1]
        """
        slot = rng.below(bits, np.uint64(len(self.aliases))).astype(np.int64)
        own = (bits & rng.LOW32) < self.thresholds[slot]
        return array_module(bits).where(own, slot, self.aliases[slot]).astype(np.int32)

    def packed(self) -> np.ndarray:
        """Threshold and alias of each slot packed into one uint64 (V,), so that a negative costs one look-up.

        The slot's own word is chosen if a 32-bit draw is below the threshold. The threshold 2**32 (always) does not
        fit into 32 bits, so such a slot becomes its own alias.
        """
        always = self.thresholds > rng.LOW32
        own = np.arange(len(self.aliases), dtype=np.uint64)
        upper = np.where(always, rng.LOW32, self.thresholds) << rng.S32
        return upper | np.where(always, own, self.aliases.astype(np.uint64))

    def probabilities(self) -> np.ndarray:
        """The distribution the table draws from, (V,) float64 summing to 1."""
        own = self.thresholds / ALWAYS
        result = own.copy()
        np.add.at(result, self.aliases, 1.0 - own)
        return result / len(own)


def from_pool(
    table: NegativeTable, size: int, bits: np.ndarray, positions: np.ndarray, epoch_key: np.uint64
) -> np.ndarray:
    """Negatives drawn from a pool: words (int32) chosen by 64-bit draws for centres at these positions.

    The pool holds `size` draws from `table`, in POOL_GROUPS groups. Block b of POOL_BLOCK positions redraws group
    b mod POOL_GROUPS and keeps the other groups. In the long run every word is drawn as often as from the table. Each
    word stays for a while, so its row stays in the processor's caches, which makes training faster. A slot's content
    is a function of (seed, epoch, block), so any draw can be replayed.

    >>> table = NegativeTable.build(np.array([8, 1, 1]), power=1.0)
    >>> keys = rng.item_key(rng.key_of(seed=1, stream=0), np.arange(200_000, dtype=np.uint64))
    >>> words = from_pool(table, 64, keys, np.arange(200_000), rng.key_of(seed=1, stream=0)[0])
    >>> (np.bincount(words) / 200_000).round(2).tolist()
    [0.8, 0.1, 0.1]
    """
    slot = rng.below(bits, np.uint64(size)).astype(np.int64)
    renewed = size // POOL_GROUPS
    block = positions // POOL_BLOCK
    drawn_for = block - (block - slot // renewed) % POOL_GROUPS  # negative for groups from before the first block
    pool_key = rng.mix(np.array([epoch_key], np.uint64) + rng.H)
    keys = rng.item_key(array_module(bits).asarray(pool_key), drawn_for.astype(np.uint64))
    return table.words_of(rng.draw(keys, (slot % renewed).astype(np.uint64)))
