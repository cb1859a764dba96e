"""Numbers in text: the header "V D", and decimals as the float32 nearest to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fractions import Fraction

NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?\Z")
NOT_FINITE = re.compile(rb"[+-]?(nan|inf|infinity)\Z", re.IGNORECASE)
LONGEST = 1000  # bytes of a number
HALFWAY, BELOW = np.uint64(1 << 28), np.uint64((1 << 29) - 1)  # the bits of a float64 that float32 has no room for
SMALLEST_NORMAL = 2.0**-126


def parse_header(line: bytes) -> tuple[int, int] | None:
    """Return (V, D) when the line is exactly two whole numbers, else None.

    >>> parse_header(b"3 100"), parse_header(b"the 0.1 0.2")
    ((3, 100), None)
    """
    fields = line.split()
    if len(fields) == 2 and all(field.isdigit() and len(field) < 19 for field in fields):
        return int(fields[0]), int(fields[1])
    return None


def are_numbers(fields: Sequence[bytes]) -> bool:
    """Whether every field is a decimal number, nan or infinity.

    >>> are_numbers([b"-1.5e-3", b"nan"]), are_numbers([b"1_000"]), are_numbers([b"0x1p3"])
    (True, False, False)
    """
    return all(len(field) <= LONGEST and (NUMBER.match(field) or NOT_FINITE.match(field)) for field in fields)


def nearest_float32(fields: Sequence[bytes]) -> np.ndarray:
    """Return decimals (n,) as the float32 nearest to each; halves go to the even one, too large becomes infinity.

    Going by way of float64 rounds twice: where that could matter, the fraction itself is compared.
    The fields must be numbers, see `are_numbers`.

    >>> nearest_float32([b"0.1", b"1.00000005960464477540"]).tolist()
    [0.10000000149011612, 1.0000001192092896]
    """
    wide = np.array([float(field) for field in fields], np.float64)
    with np.errstate(over="ignore", under="ignore"):
        narrow = wide.astype(np.float32)
    halfway = (wide.view(np.uint64) & BELOW) == HALFWAY
    tiny = (np.abs(wide) < SMALLEST_NORMAL) & (wide != 0)
    for i in np.flatnonzero((halfway & np.isfinite(wide)) | tiny).tolist():
        narrow[i] = _nearest(fields[i], narrow[i])
    return narrow


def _nearest(field: bytes, guess: np.float32) -> np.float32:
    """The float32 nearest to a decimal that is the guess, or beside it."""
    from fractions import Fraction  # seldom needed, and slow to import

    exact = Fraction(field.decode("ascii"))
    with np.errstate(over="ignore", under="ignore"):
        beside = [np.nextafter(guess, np.float32(side)) for side in (-np.inf, np.inf)]
    return min([guess, *beside], key=lambda x: (abs(_fraction(x) - exact), int(x.view(np.uint32)) & 1))


def _fraction(x: np.float32) -> Fraction:
    """The number itself; for infinity that which would come next, at which it begins to be meant."""
    from fractions import Fraction

    return Fraction(float(x)) if np.isfinite(x) else Fraction(2**128) * int(np.sign(x))
