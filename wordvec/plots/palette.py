"""Colours and markers that colour-blind readers can distinguish, and the sizes of letters and dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wordvec.errors import OptionError

# Okabe and Ito 2008, "Color universal design", in an order in which adjacent colours differ even for colour-blind
# readers. Yellow, too light for white paper, is replaced by the wine of Tol 2021, "Colour schemes", figure 4.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#882255")
MARKERS = "os^DvPX"  # a different one for each group, so that shapes distinguish groups if colours do not
# For each marker: the area for scatter at which all look equally large, and the radius of the circle around it then,
# relative to the disc "o".
AREA_OF = {"o": 1.0, "s": 0.79, "^": 1.2, "D": 0.79, "v": 1.2, "P": 1.2, "X": 1.3}
REACH_OF = {"o": 1.0, "s": 1.26, "^": 1.55, "D": 1.26, "v": 1.55, "P": 1.16, "X": 1.28}
INK = "#333333"  # text and axes
FAINT = "#6B6B6B"  # secondary text
OTHERS = "#C9C9C9"  # points without a group


class Style(NamedTuple):
    """The colour and marker of one group's points."""

    colour: str
    marker: str


def group_styles(groups: int) -> list[Style]:
    """Styles for this many groups, all different: each uses the next of 8 colours and the next of 7 markers.

    So the first seven differ in colour and in shape, and can be distinguished in grey. Raises OptionError for more
    groups than there are styles (56).

    >>> [style.marker for style in group_styles(9)]
    ['o', 's', '^', 'D', 'v', 'P', 'X', 'o', 's']
    """
    most = len(PALETTE) * len(MARKERS)
    if not 1 <= groups <= most:
        raise OptionError(f"a figure can show from 1 to {most} groups; got {groups}")
    return [Style(PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)]) for i in range(groups)]


def text_colour(colour: str) -> str:
    """A shade of `colour` dark enough to read as small text on white.

    >>> contrast(text_colour("#56B4E9"), "#FFFFFF") > 4.5
    True
    """
    return "#" + "".join(f"{int(int(colour[i : i + 2], 16) * 0.65):02X}" for i in (1, 3, 5))


def ink_on(background: str) -> str:
    """Black or white, whichever reads better on `background`.

    >>> ink_on("#FFFFFF"), ink_on("#0072B2")
    ('#000000', '#FFFFFF')
    """
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(ink, background))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, 1.4.3: small text needs 4.5).

    >>> contrast("#000000", "#FFFFFF")
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB "#RRGGBB" (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Sizes of letters and dots on a map: scaled by one font size, and by a word's count or all equal.


FONT_SIZE = 8.0  # points, by default
LEAST_FONT, MOST_FONT = 4.0, 30.0
LABELS = (0.82, 1.18)  # size of labels, in font sizes, from the rarest to the most common word drawn
TITLE, NOTE = 1.12, 0.94  # size of a figure's title and of its secondary text, in font sizes
POINT_AREAS = (6.0, 50.0)  # pt^2, from the rarest to the most common word drawn, at a font size of 8
EQUAL_AREA = 18.0
UNCROWDED = 1_000  # up to this many points keep their size


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
        """The size relative to the default font size."""
        return self.font_size / FONT_SIZE

    def labels(self, weight: np.ndarray) -> np.ndarray:
        """Sizes of labels in points, by weight (N,) from 0 to 1; rounded to halves, since matplotlib looks up a font
        again for each size.
        """
        if not self.by_count:
            return np.full(len(weight), self.font_size)
        return np.asarray(np.round(2 * self.font_size * np.interp(weight, (0, 1), LABELS)) / 2)

    def areas(self, weight: np.ndarray) -> np.ndarray:
        """Areas of discs in pt^2, as for `scatter`: smaller if there are many."""
        crowd = crowding(len(weight)) * self.scale**2
        return np.asarray(
            crowd * (np.interp(weight, (0, 1), POINT_AREAS) if self.by_count else EQUAL_AREA + 0 * weight)
        )


def crowding(points: int) -> float:
    """The share of their area, from 0 to 1, that this many points keep.

    >>> crowding(500), crowding(4_000)
    (1.0, 0.5)
    """
    return min(1.0, (UNCROWDED / max(points, 1)) ** 0.5)
