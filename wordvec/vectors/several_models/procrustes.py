"""Orthogonal Procrustes: the rotation between two sets of points, computed from sums (Schoenemann 1966)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FOLDS = 5  # parts of the anchors, each held out once
RANK_TOLERANCE = 1e-6  # smaller singular values, relative to the largest, are rounding errors of float32 rows


@dataclass(frozen=True)
class Map:
    """x -> (x - source_mean) rotation + target_mean: a rotation (perhaps with a reflection) and a translation.

    Shapes: rotation (D, D) orthogonal, both means (D,); rows (n, D) -> (n, D).
    """

    rotation: np.ndarray
    source_mean: np.ndarray
    target_mean: np.ndarray

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Map rows (n, D) to float64."""
        return (rows - self.source_mean) @ self.rotation + self.target_mean

    @classmethod
    def identity(cls, dim: int) -> Map:
        """The identity map."""
        return cls(np.eye(dim), np.zeros(dim), np.zeros(dim))


@dataclass(frozen=True)
class Moments:
    """Sums over paired rows X, Y: their number, their sums (D,), and X^T Y (D, D), all in float64."""

    number: int
    sum_x: np.ndarray
    sum_y: np.ndarray
    product: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> Moments:
        """The moments of rows (n, D) and (n, D)."""
        return cls(len(x), x.sum(axis=0), y.sum(axis=0), x.T @ y)

    @classmethod
    def none(cls, dim: int) -> Moments:
        """The moments of no rows."""
        return cls(0, np.zeros(dim), np.zeros(dim), np.zeros((dim, dim)))

    @classmethod
    def sum_of(cls, parts: Sequence[Moments]) -> Moments:
        """The moments of all parts together."""
        return cls(
            sum(part.number for part in parts),
            np.sum([part.sum_x for part in parts], axis=0),
            np.sum([part.sum_y for part in parts], axis=0),
            np.sum([part.product for part in parts], axis=0),
        )

    def without(self, part: Moments) -> Moments:
        """The moments without the rows of `part`."""
        return Moments(
            self.number - part.number,
            self.sum_x - part.sum_x,
            self.sum_y - part.sum_y,
            self.product - part.product,
        )


def rotation_of(moments: Moments, center: bool) -> tuple[Map, int]:
    """The map that brings X closest to Y, and the rank of the product that determines it.

    Without `center` R = U V^T for X^T Y = U S V^T (Schoenemann 1966, eq. 2.7) and no shift. With it, the means of X
    and Y are subtracted first, and the shift moves one mean to the other: the least squares solution among all
    rotations with a translation (Schoenemann and Carroll 1970). If the rank is below D, the rotation of the other
    directions is arbitrary.

    >>> x = np.array([[1.0, 0.0], [0.0, 2.0]])
    >>> map, rank = rotation_of(Moments.of(x, x[:, ::-1]), center=False)  # the axes swapped
    >>> map(x).round(6).tolist(), rank
    ([[0.0, 1.0], [2.0, 0.0]], 2)
    """
    dim = len(moments.sum_x)
    x_mean, y_mean = np.zeros(dim), np.zeros(dim)
    product = moments.product
    if center and moments.number:
        x_mean, y_mean = moments.sum_x / moments.number, moments.sum_y / moments.number
        product = product - moments.number * np.outer(x_mean, y_mean)
    u, singular, vt = np.linalg.svd(product)
    rank = int(np.count_nonzero(singular > RANK_TOLERANCE * max(singular[0], np.finfo(float).tiny)))
    return Map(u @ vt, x_mean, y_mean), rank


def wide(rows: np.ndarray, width: int) -> np.ndarray:
    """Rows in float64, padded with zeros to `width`."""
    return np.pad(rows.astype(np.float64), ((0, 0), (0, width - rows.shape[1])))


def turned(
    rows: np.ndarray, source: np.ndarray, target: np.ndarray, center: bool = False, cut: bool = False
) -> np.ndarray:
    """Rotate rows by the orthogonal matrix that brings `source` closest to `target`, without a translation.

    Shapes: rows (n, E), source (N, E), target (N, D) -> (n, W), where W = max(D, E); narrower rows are padded with
    zeros. With `cut` the result is (n, D): dimensions beyond the target's are cut off. With `center` the means of
    source and target are subtracted before the rotation is computed.

    >>> X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> Y = X @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> bool(np.allclose(turned(Y, Y, X), X))
    True
    """
    width = max(source.shape[1], target.shape[1])
    found, _ = rotation_of(Moments.of(wide(source, width), wide(target, width)), center)
    result = wide(rows, width) @ found.rotation
    return np.asarray(result[:, : target.shape[1]] if cut else result)


def mean_cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The mean cosine of paired rows; a zero row has cosine 0 with everything.

    >>> mean_cosine(np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[2.0, 0.0], [1.0, 0.0]]))
    0.5
    """
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float((np.einsum("ij,ij->i", a, b) / np.where(lengths > 0, lengths, 1.0)).mean())
