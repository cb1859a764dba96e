"""How large letters and dots of a map are: all scaled by one font size, and by a word's count or equal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordvec.errors import OptionError

FONT_SIZE = 8.0  # points, where none is asked for
LEAST_FONT, MOST_FONT = 4.0, 30.0
LABELS = (0.82, 1.18)  # of labels, in font sizes, from the rarest to the commonest word drawn
TITLE, NOTE = 1.12, 0.94  # of a figure's title and of what stands back, in font sizes
POINT_AREAS = (6.0, 50.0)  # pt^2, from the rarest to the commonest word drawn, at a font size of 8
EQUAL_AREA = 18.0
UNCROWDED = 1_000  # points up to which they keep their size


@dataclass(frozen=True)
class Sizes:
    """The sizes of one map; raises OptionError for a font size out of range.

    With `by_count`, dots and labels grow with the logarithm of the count; else all are equal.

    >>> Sizes(font_size=10.0, by_count=False).labels(np.array([0.0, 1.0])).tolist()
    [10.0, 10.0]
    """

    font_size: float = FONT_SIZE
    by_count: bool = True

    def __post_init__(self) -> None:
        if not LEAST_FONT <= self.font_size <= MOST_FONT:
            raise OptionError(f"font_size must be from {LEAST_FONT:g} to {MOST_FONT:g} points; got {self.font_size}")

    @property
    def scale(self) -> float:
        """How much larger than usual everything is."""
        return self.font_size / FONT_SIZE

    def labels(self, weight: np.ndarray) -> np.ndarray:
        """Sizes of labels in points, by weight (N,) from 0 to 1; in halves, since matplotlib looks for a font anew for
        every other size.
        """
        if not self.by_count:
            return np.full(len(weight), self.font_size)
        return np.asarray(np.round(2 * self.font_size * np.interp(weight, (0, 1), LABELS)) / 2)

    def areas(self, weight: np.ndarray) -> np.ndarray:
        """Areas of discs in pt^2, as `scatter` takes them: smaller where there are many."""
        crowd = crowding(len(weight)) * self.scale**2
        return np.asarray(
            crowd * (np.interp(weight, (0, 1), POINT_AREAS) if self.by_count else EQUAL_AREA + 0 * weight)
        )


def crowding(points: int) -> float:
    """What part of their area this many points keep, from 0 to 1.

    >>> crowding(500), crowding(4_000)
    (1.0, 0.5)
    """
    return min(1.0, (UNCROWDED / max(points, 1)) ** 0.5)
