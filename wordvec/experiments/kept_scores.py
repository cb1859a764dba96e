"""Scores of a trained model in its run folder, item by item, so that each set is scored once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from wordvec.evaluation.scores import Score
from wordvec.evaluation.tasks import evaluate
from wordvec.experiments.named_sets import EvaluationSet
from wordvec.experiments.run_folder import RunFolder, read_json, write_json
from wordvec.experiments.training import TrainedModel
from wordvec.version import __version__

FIELDS = ("name", "measure", "score", "ci95", "items", "covered", "protocol", "missing", "notes")


def score_model(
    folder: RunFolder, model: TrainedModel, sets: Sequence[EvaluationSet], protocol: str = "wordvec"
) -> list[Score]:
    """Score a model on each of `sets`; what was scored before is read, unless the model or the set has changed."""
    path = folder.scores_file(model.job)
    kept: Any = read_json(path)
    if not isinstance(kept, dict) or kept.get("model") != model.sha256 or not isinstance(kept.get("scores"), dict):
        kept = {"model": model.sha256, "scores": {}}
    keys = [_key(each, protocol) for each in sets]
    missing = [(key, each) for key, each in zip(keys, sets) if _restored(kept["scores"].get(key)) is None]
    if missing:
        vectors = folder.load(model)
        for key, each in missing:
            (score,) = evaluate(vectors, [each.for_evaluate], protocol=protocol)
            kept["scores"][key] = _as_json(score)
        write_json(path, kept)
    scores = [_restored(kept["scores"][key]) for key in keys]
    return [score for score in scores if score is not None]


def _key(each: EvaluationSet, protocol: str) -> str:
    facts = [each.task, each.name, each.digest, protocol, __version__]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _as_json(score: Score) -> dict[str, Any]:
    facts = {name: getattr(score, name) for name in FIELDS}
    return {**facts, "outcomes": _numbers(score.outcomes), "gold": None if score.gold is None else _numbers(score.gold)}


def _numbers(values: np.ndarray) -> list[float | None]:
    """Numbers with None for nan, which JSON does not have."""
    return [None if value != value else value for value in values.tolist()]


def _restored(kept: Any) -> Score | None:
    """The score that was written; None for anything else."""
    try:
        facts = {name: kept[name] for name in FIELDS}
        for name in ("missing", "notes", "ci95"):
            facts[name] = facts[name] if facts[name] is None else tuple(facts[name])
        outcomes = np.array(kept["outcomes"], np.float64)
        gold = None if kept["gold"] is None else np.array(kept["gold"], np.float64)
        whole = len(outcomes) == facts["items"] and (gold is None or len(gold) == facts["items"])
        return Score(outcomes=outcomes, gold=gold, **facts) if whole else None
    except (TypeError, KeyError, ValueError):
        return None
