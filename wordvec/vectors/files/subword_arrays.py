"""N-gram vectors as arrays in .safetensors and .npz files.

``subwords`` (3,) int64: the number of buckets, and the fewest and most characters of an n-gram. For n-grams that are
not fastText's it is (6,), with three more: whether they consist of Korean letters (1 or 0), the number of floret's
hashes for each (0: one of fastText's), and the seed of these. ``subword_rows`` (R, D) float32 or float16: a row for
each bucket, or for each bucket in ``subword_buckets`` (R,) int64, if only seen n-grams have rows or a model was pruned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from wordvec.vectors.ngrams import FLORET_SEED, MOST_HASHES
from wordvec.vectors.subwords import LONGEST_NGRAM, Subwords

ARRAYS = ("subwords", "subword_rows", "subword_buckets")
BLOCK = 8_192  # rows


class RowsInBlocks:
    """Rows that are read or decoded only when they are written; has the attributes of an array."""

    def __init__(self, subwords: Subwords) -> None:
        self._subwords = subwords
        ids = np.arange(subwords.buckets) if subwords.kept is None else subwords.kept.rows
        self._ids = ids + subwords.first
        first = np.asarray(subwords.rows[self._ids[:1]])
        self.dtype = first.dtype.newbyteorder("<") if first.dtype == np.float16 else np.dtype("<f4")
        self.shape = (len(self._ids), first.shape[1])
        self.itemsize = self.dtype.itemsize
        self.nbytes = self.shape[0] * self.shape[1] * self.itemsize

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield all rows in order, in blocks."""
        for first in range(0, len(self._ids), BLOCK):
            yield np.ascontiguousarray(self._subwords.rows[self._ids[first : first + BLOCK]], self.dtype)


def subword_arrays(subwords: Any) -> dict[str, Any]:
    """The arrays to write for `subwords`, with rows as RowsInBlocks; empty for other kinds of subwords."""
    if (
        not isinstance(subwords, Subwords)
        or subwords.buckets < 1
        or (subwords.kept is not None and not len(subwords.kept))
    ):
        return {}
    kind = subwords.ngrams
    sizes = [kind.buckets, kind.shortest, kind.longest]
    if kind.jamo or kind.hashes:
        sizes += [int(kind.jamo), kind.hashes, kind.seed]
    arrays: dict[str, Any] = {"subwords": np.array(sizes, np.int64), "subword_rows": RowsInBlocks(subwords)}
    if subwords.kept is not None:
        arrays["subword_buckets"] = np.asarray(subwords.kept.buckets, np.int64)
    return arrays


def subwords_of(arrays: Mapping[str, np.ndarray], dim: int) -> Subwords | None:
    """The subwords in a file's arrays, or None. Raises ValueError for arrays that do not fit together."""
    if not any(name in arrays for name in ARRAYS):
        return None
    sizes, rows, kept = (arrays.get(name) for name in ARRAYS)
    if sizes is None or rows is None or sizes.shape not in ((3,), (6,)) or sizes.dtype.kind not in "iu":
        raise ValueError("'subwords' and 'subword_rows' do not fit together")
    buckets, shortest, longest, jamo, hashes, seed = [*sizes.tolist(), *(0, 0, FLORET_SEED)][:6]
    least = 0 if hashes else shortest  # floret's may be whole words only
    if not (0 < buckets < 2**32 and 0 < shortest and least <= longest <= LONGEST_NGRAM):
        raise ValueError(f"n-grams of {shortest} to {longest} characters in {buckets} buckets")
    if jamo not in (0, 1) or not (0 <= hashes <= MOST_HASHES and 0 <= seed < 2**32):
        raise ValueError(f"n-grams of a kind that this version does not know: {sizes.tolist()}")
    if rows.ndim != 2 or rows.shape[1] != dim or rows.dtype not in (np.float32, np.float16):
        raise ValueError(f"'subword_rows' must be floats of shape (., {dim}); got {rows.dtype} of shape {rows.shape}")
    if kept is None and len(rows) != buckets:
        raise ValueError(f"{len(rows):,} rows for {buckets:,} buckets of n-grams")
    if kept is not None and (kept.shape != (len(rows),) or kept.dtype.kind not in "iu"):
        raise ValueError(f"'subword_buckets' must be integers of shape ({len(rows)},)")
    return Subwords(rows, buckets, shortest, longest, kept=kept, jamo=bool(jamo), hashes=hashes, seed=seed)
