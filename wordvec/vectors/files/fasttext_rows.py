"""The rows of a fastText file: plain, or quantised (Jegou et al. 2011) and decoded when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

CENTROIDS = 256  # of each part of a row: a code is one byte


class DenseRows:
    """Rows of float32 at any byte of a mapped file."""

    def __init__(self, numbers: np.ndarray, dim: int) -> None:
        self._rows, self.dim = numbers.view(f"V{4 * dim}"), dim

    def __getitem__(self, ids: np.ndarray) -> np.ndarray:
        return self._rows[ids].view("<f4").reshape(len(ids), self.dim)


@dataclass(frozen=True)
class Quantizer:
    """A row in parts of `width` numbers, the last of `last`: each part is one of 256 centroids."""

    parts: int
    width: int
    last: int
    centroids: np.ndarray

    @classmethod
    def read(cls, source: Any, dim: int) -> Quantizer:
        """Read it from a `fasttext_bin.Bytes`; `dim` is what the file says elsewhere."""
        its_dim, parts, width, last = source.take("iiii", "the quantiser")
        if its_dim != dim or parts < 1 or width < 1 or not 1 <= last <= width or (parts - 1) * width + last != dim:
            raise source.reading.error(f"damaged: {parts} parts of {width} numbers for a dimension of {dim:,}")
        return cls(parts, width, last, source.array(dim * CENTROIDS, "<f4", "the centroids"))

    def decode(self, codes: np.ndarray) -> np.ndarray:
        """The rows (n, D) of codes (n, parts)."""
        whole = (self.parts - 1) * self.width * CENTROIDS
        first = self.centroids[:whole].reshape(self.parts - 1, CENTROIDS, self.width)
        last = self.centroids[whole:].reshape(CENTROIDS, self.last)
        decoded = [first[part][codes[:, part]] for part in range(self.parts - 1)]
        return np.concatenate([*decoded, last[codes[:, -1]]], axis=1)


class QuantizedRows:
    """Rows as codes, each times a norm that may be a code, too."""

    def __init__(self, codes: np.ndarray, quantizer: Quantizer, norms: np.ndarray | None) -> None:
        self.number = len(codes)
        self._codes, self._quantizer, self._norms = codes, quantizer, norms

    @classmethod
    def read(cls, source: Any, dim: int) -> QuantizedRows:
        """Read them from a `fasttext_bin.Bytes`."""
        has_norms, number, columns, size = source.take("Bqqi", "the quantised matrix")
        if has_norms > 1 or columns != dim or number < 1 or size < number or size % number:
            raise source.reading.error(f"damaged: {size:,} codes for a matrix of shape ({number:,}, {columns:,})")
        codes = source.array(size, "u1", "the codes").reshape(number, -1)
        quantizer = Quantizer.read(source, dim)
        if codes.shape[1] != quantizer.parts:
            raise source.reading.error(f"damaged: {codes.shape[1]} codes a row, and {quantizer.parts} parts")
        if not has_norms:
            return cls(codes, quantizer, None)
        norm_codes = source.array(number, "u1", "the codes of the norms")
        return cls(codes, quantizer, Quantizer.read(source, 1).decode(norm_codes[:, None])[:, 0])

    def __getitem__(self, ids: np.ndarray) -> np.ndarray:
        rows = self._quantizer.decode(self._codes[ids])
        return rows if self._norms is None else rows * self._norms[ids][:, None]
