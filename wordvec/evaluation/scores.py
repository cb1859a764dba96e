"""The base class of every task's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from wordvec.errors import counted
from wordvec.evaluation.statistics import Interval

UNLISTED = ("outcomes", "gold")  # one value per item: too long for JSON


def no_outcomes() -> np.ndarray:
    """Return an empty array, for scores made by hand."""
    return np.empty(0)


@dataclass(frozen=True, kw_only=True)
class Score:
    """The result of one set.

    `score` is in the unit of `measure` ("spearman", "accuracy", "purity", ...), computed over the `covered` of `items`
    items. It is None, never 0.0, if nothing was evaluated or the measure is undefined. `ci95` is its bootstrap
    interval, `protocol` says how words were looked up, `missing` are the set's words that the vectors lack, and `notes`
    are further facts for readers of the score (the file's layout, duplicate pairs, ...).

    `outcomes` (items,) float64 has one value per item, nan for an uncovered one: a cosine for correlations, 1 or 0 for
    right or wrong. `gold` (items,) holds the human scores if the measure needs them. `compare_scores` uses both to
    compare two models item by item; `as_dict`, repr and == leave them out.
    """

    task: ClassVar[str] = ""

    name: str
    measure: str
    score: float | None
    ci95: Interval | None
    items: int
    covered: int
    protocol: str
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    outcomes: np.ndarray = field(default_factory=no_outcomes, repr=False, compare=False)
    gold: np.ndarray | None = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return a dict for ``json.dumps``: "task" and all fields but `outcomes` and `gold`."""
        listed = [f.name for f in fields(self) if f.name not in UNLISTED]
        return {"task": self.task, **{name: _plain(getattr(self, name)) for name in listed}}

    @property
    def is_share(self) -> bool:
        """Whether the score is a share of items, shown in percent."""
        return self.measure in SHARES

    def written(self, value: float) -> str:
        """Return a value of this measure as text: shares in percent, the rest with three decimals.

        >>> facts = dict(name="x", score=0.5, ci95=None, items=2, covered=2, protocol="wordvec")
        >>> Score(measure="accuracy", **facts).written(0.5), Score(measure="spearman", **facts).written(0.5)
        ('50.0%', '0.500')
        """
        return f"{value:.1%}" if self.is_share else f"{value:.3f}"

    def __str__(self) -> str:
        """One line: name, measure, score with interval and coverage, or why there is no score."""
        coverage = f"{self.covered:,} of {counted(self.items, 'item')}"
        if self.covered == 0:
            return f"{self.name}: nothing evaluated ({coverage}{looked_for(self.missing)})"
        if self.score is None:
            return f"{self.name}: no score ({coverage})"
        interval = "" if self.ci95 is None else f" [{', '.join(map(self.written, self.ci95))}]"
        return f"{self.name}: {self.measure} {self.written(self.score)}{interval}, {coverage}"


SHARES = ("accuracy", "purity", "hit-rate", "opp")


def looked_for(missing: Sequence[str]) -> str:
    """Return the first missing words as the end of a message.

    >>> looked_for(["Katze", "Hund"]), looked_for([])
    (", looked for 'Katze', 'Hund'", '')
    """
    return f", looked for {', '.join(map(repr, missing[:4]))}" if missing else ""


def _plain(value: Any) -> Any:
    if isinstance(value, Score):
        return {key: part for key, part in value.as_dict().items() if key != "task"}
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__ if name not in UNLISTED}
    return value
