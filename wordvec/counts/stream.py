"""What counting starts from: a corpus as one stream of word ids, and the weight of a pair of words by distance."""

from __future__ import annotations

import math

import numpy as np

from wordvec import rng
from wordvec.corpus.draws.sampling import keep_thresholds
from wordvec.errors import CorpusError, OptionError
from wordvec.growing_array import GrowingArray
from wordvec.memory import give_back_pages

EPOCH = 0  # the same tokens are kept as in the first epoch of skip-gram with the same seed
TOKENS_AT_ONCE = 2**20

EncodedText = tuple[np.ndarray, np.ndarray, int]  # ids (N,), sentence_starts (S + 1,), vocabulary size


def text_stream(text: EncodedText, thresholds: np.ndarray | None, clean: bool, seed: int, limit: int) -> GrowingArray:
    """All words with a border before the first sentence and after each.

    The id V (the vocabulary's size) is a border. With `thresholds` (see `wordvec.corpus.draws.sampling`) tokens are
    subsampled: left out, so that their neighbours move together ("dirty"), or, with `clean`, replaced by the id V + 1,
    so that the others keep their distances. Up to `limit` bytes are held in memory.

    >>> text = np.array([0, 1, 2, 1]), np.array([0, 3, 4]), 3
    >>> text_stream(text, None, clean=False, seed=1, limit=100).finish().tolist()
    [3, 0, 1, 2, 3, 1, 3]
    """
    ids, sentence_starts, border = text
    stream = GrowingArray(np.int32, limit, room=len(ids) + len(sentence_starts))
    stream.append(np.array([border]))
    for begin in range(0, len(ids), TOKENS_AT_ONCE):
        stream.append(stretch_of(text, thresholds, clean, seed, begin, min(begin + TOKENS_AT_ONCE, len(ids))))
        give_back_pages(ids)
    return stream


def stretch_of(
    text: EncodedText, thresholds: np.ndarray | None, clean: bool, seed: int, begin: int, end: int
) -> np.ndarray:
    """What words begin .. end - 1 add to the stream: themselves, and a border after each end of a sentence."""
    ids, sentence_starts, border = text
    words = np.asarray(ids[begin:end])
    kept = np.ones(len(words), bool) if thresholds is None else keeps(words, begin, thresholds, seed)
    first, last = np.searchsorted(sentence_starts, [begin, end], side="right")
    ends = np.asarray(sentence_starts[first:last]) - begin  # of sentences, counted in words of this piece
    if clean:
        words, kept = np.where(kept, words, border + 1), np.ones(len(words), bool)
    return _with_borders(words[kept], np.append(0, np.cumsum(kept))[ends], border)


def keeps(words: np.ndarray, position: int, thresholds: np.ndarray, seed: int) -> np.ndarray:
    """Which of these words, the first at `position`, survive subsampling: see `ExampleSampler.keeps`."""
    positions = np.arange(position, position + len(words), dtype=np.uint64)
    keys = rng.item_key(rng.key_of(seed, EPOCH), positions)
    return (rng.draw(keys, rng.SUBSAMPLE) >> rng.S32) < thresholds[words]


def _with_borders(words: np.ndarray, ends: np.ndarray, border: int) -> np.ndarray:
    """Words with a border inserted before each of the places `ends` (ascending)."""
    stream = np.empty(len(words) + len(ends), np.int32)
    at = ends + np.arange(len(ends))
    is_word = np.ones(len(stream), bool)
    is_word[at] = False
    stream[at] = border
    stream[is_word] = words
    return stream


def subsampling_thresholds(
    counts: np.ndarray | None, text: EncodedText, subsample: float, mode: str
) -> np.ndarray | None:
    """The share of each word's tokens that is kept, as `keep_thresholds`; None to keep all."""
    if mode not in ("dirty", "clean"):
        raise OptionError(
            "subsample_mode must be 'dirty' (words leave the text before windows are made) or 'clean' (windows as in "
            f"the whole text); got {mode!r}"
        )
    if not subsample >= 0:
        raise OptionError(f"subsample must be 0 (off) or positive, such as 1e-3; got {subsample!r}")
    if subsample == 0:
        return None
    return keep_thresholds(np.bincount(text[0], minlength=text[2]) if counts is None else counts, subsample)


def checked_text(ids: np.ndarray, starts: np.ndarray, vocabulary_size: int) -> EncodedText:
    """Validate ids and sentence starts; a wrong one would be miscounted silently."""
    ids, starts, vocabulary_size = np.asarray(ids), np.asarray(starts), int(vocabulary_size)
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise CorpusError(f"ids must be a one-dimensional array of integers; got shape {ids.shape}, dtype {ids.dtype}")
    if starts.ndim != 1 or not len(starts) or starts.dtype.kind not in "iu":
        raise CorpusError(
            "sentence_starts must be a one-dimensional array of integers with at least one element; "
            f"got shape {starts.shape}, dtype {starts.dtype}"
        )
    if starts[0] != 0 or starts[-1] != len(ids) or (starts[1:] < starts[:-1]).any():
        raise CorpusError(
            f"sentence_starts must rise from 0 to the number of words, {len(ids)}; got {starts[0]} ... {starts[-1]}"
        )
    if vocabulary_size < 1:
        raise CorpusError(f"the vocabulary must have at least one word; got size {vocabulary_size}")
    if ids.size and not (0 <= ids.min() and ids.max() < vocabulary_size):
        raise CorpusError(f"ids must be in [0, {vocabulary_size}); found {ids.min()} to {ids.max()}")
    return ids, starts, vocabulary_size


# The weight of a pair of words by distance, in whole numbers; and whether sums of them fit in 64 bits.


WEIGHTINGS = ("flat", "harmonic", "linear")
LARGEST_WINDOW = 100_000
LARGEST_HARMONIC_WINDOW = 42  # the least common multiple of 1 .. 43 leaves 62 bits


def weights_of(window: int, weighting: str) -> tuple[int, np.ndarray]:
    """The unit and the weights in it, whole numbers: a pair at distance d counts weights[d] / unit.

    Shapes: weights (window + 1,) int64, weights[0] = 0. Raises OptionError for a window below 1, an unknown
    weighting, and a unit that does not fit in 64 bits.

    >>> unit, weights = weights_of(4, "harmonic")
    >>> unit, weights.tolist()
    (12, [0, 12, 6, 4, 3])
    """
    if isinstance(window, bool) or not isinstance(window, (int, np.integer)) or window < 1:
        raise OptionError(f"window must be a whole number of words, at least 1; got {window!r}")
    if weighting not in WEIGHTINGS:
        raise OptionError(f"weighting must be 'flat', 'harmonic' (1/distance) or 'linear'; got {weighting!r}")
    if window > LARGEST_WINDOW:
        raise OptionError(f"window must be at most {LARGEST_WINDOW:,} words; got {window:,}")
    if weighting == "harmonic" and window > LARGEST_HARMONIC_WINDOW:
        raise OptionError(
            f"harmonic weighting is exact up to a window of {LARGEST_HARMONIC_WINDOW} words; got {window:,}: use a "
            "smaller window, or weighting 'flat' or 'linear'"
        )
    unit = {"flat": 1, "linear": int(window)}.get(weighting) or math.lcm(*range(1, int(window) + 1))
    distances = np.arange(1, window + 1)
    weights = {"flat": np.ones_like(distances), "linear": window + 1 - distances}.get(weighting, unit // distances)
    return unit, np.concatenate([np.zeros(1, np.int64), weights])


def check_that_sums_fit(words: int, weights: np.ndarray, weighting: str, vocabulary_size: int) -> None:
    """Raise, before anything is counted, if a cell could overflow int64 or an id 32 bits."""
    if 2 * words * sum(weights.tolist()) >= 2**63:
        what = f"window {len(weights) - 1} with {weighting} weighting"
        raise OptionError(
            f"{what} on {words:,} words needs sums that could overflow 64 bits: use a smaller window (20 suits any "
            "corpus below 5 * 10**9 words) or weighting='flat'"
        )
    if 2 * vocabulary_size.bit_length() + len(weights).bit_length() > 63 or vocabulary_size >= 2**31 - 2:
        raise OptionError(
            f"vocabulary of {vocabulary_size} words and window {len(weights) - 1}: too large together; reduce one"
        )
