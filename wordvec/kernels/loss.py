"""Loss of one stretch of training."""

from __future__ import annotations

from typing import NamedTuple


class Loss(NamedTuple):
    """Sum of the loss over `predictions` predictions, made of `terms` terms -log sigmoid, for `centres` centres."""

    total: float
    predictions: int
    terms: int
    centres: int
