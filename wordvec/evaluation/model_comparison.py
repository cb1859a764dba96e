"""Several models on the same sets: scores on the items that all cover, and which differences are significant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import OptionError
from wordvec.evaluation.differences import Difference, compare_scores, holm, on_items
from wordvec.evaluation.scores import Score

REFERENCES = ("first", "best")
SIGNIFICANT = 0.05
FEWEST_RESAMPLES = 2000


@dataclass(frozen=True)
class ComparedModel:
    """A model on one set.

    `own` is its score on all items it covers, `common` its score on those that all models cover. `difference` is from
    the reference model, with `p` after Holm's correction over the whole comparison; both are None for the reference.
    """

    model: str
    own: Score
    common: Score
    difference: Difference | None
    p: float | None

    @property
    def is_significant(self) -> bool:
        """Whether the difference from the reference is significant: p after correction is below 0.05."""
        return self.p is not None and self.p < SIGNIFICANT


@dataclass(frozen=True)
class ComparedSet:
    """All models on one set: all cover `common` of the `items`; `reference` is the model they are compared with."""

    name: str
    measure: str
    items: int
    common: int
    reference: str | None
    models: tuple[ComparedModel, ...]

    @property
    def best(self) -> str | None:
        """The model with the highest score on the common items, the first on a tie."""
        scored = [model for model in self.models if model.common.score is not None]
        return max(scored, key=lambda model: model.common.score or 0.0).model if scored else None

    @property
    def covered_alike(self) -> bool:
        """Whether all models cover the same items."""
        return all(model.own.covered == self.common for model in self.models)


@typed
def compare_models(
    results: Mapping[str, Sequence[Score]],
    reference: str = "first",
    resamples: int | None = None,
    seed: int = 1,
) -> list[ComparedSet]:
    """Compare models on the sets they were scored on: `results` gives each model's scores, in the same order.

    `compare_scores` compares every other model with the first one, or with the best one on the set. p values are
    corrected by Holm's method over all models and sets together. The default of `resamples` makes the smallest
    possible p, after correction, half of 0.05.
    Raises OptionError for fewer than two models, models scored on different sets, or an unknown reference.
    """
    if reference not in REFERENCES:
        raise OptionError(f"reference must be one of {', '.join(REFERENCES)}; got {reference!r}")
    lengths = {len(scores) for scores in results.values()}
    if len(results) < 2 or len(lengths) != 1:
        raise OptionError(f"compare_models: expected two models or more with as many scores each; got {len(results)}")
    count = lengths.pop()
    if resamples is None:
        resamples = max(FEWEST_RESAMPLES, int(4 * (len(results) - 1) * count / SIGNIFICANT))
    compared = [
        _compare({model: scores[i] for model, scores in results.items()}, reference, resamples, seed)
        for i in range(count)
    ]
    flat = [(i, model) for i, found in enumerate(compared) for model in found.models]
    p = iter(holm([model.difference.p if model.difference else None for _, model in flat]))
    return [replace(found, models=tuple(replace(model, p=next(p)) for model in found.models)) for found in compared]


def _compare(scores: Mapping[str, Score], reference: str, resamples: int, seed: int) -> ComparedSet:
    """All models on one set, without corrected p."""
    every = list(scores.values())
    if len({(type(score), score.measure, len(score.outcomes)) for score in every}) != 1:
        raise OptionError(
            f"compare_models: models scored on different sets: {', '.join(sorted({s.name for s in every}))}"
        )
    mask = ~np.isnan(np.stack([score.outcomes for score in every])).any(axis=0)
    common = {model: on_items(score, mask, resamples, seed) for model, score in scores.items()}
    known = [model for model, score in common.items() if score.score is not None]
    first = known[0] if known else None
    if reference == "best" and known:
        first = max(known, key=lambda model: common[model].score or 0.0)
    models = []
    for model, score in scores.items():
        difference = None
        if first is not None and model != first:
            difference = compare_scores(common[model], common[first], resamples, seed)
        models.append(ComparedModel(model, score, common[model], difference, None))
    return ComparedSet(every[0].name, every[0].measure, every[0].items, int(mask.sum()), first, tuple(models))


def comparison_as_dicts(compared: Sequence[ComparedSet]) -> list[dict[str, Any]]:
    """Return the comparison as dicts for ``json.dumps``."""
    return [
        {
            "name": found.name,
            "measure": found.measure,
            "items": found.items,
            "common_items": found.common,
            "reference": found.reference,
            "best": found.best,
            "models": [
                {
                    "model": model.model,
                    "score": model.common.score,
                    "ci95": model.common.ci95,
                    "difference": None if model.difference is None else asdict(model.difference),
                    "p_holm": model.p,
                    "significant": model.is_significant,
                }
                for model in found.models
            ],
        }
        for found in compared
    ]
