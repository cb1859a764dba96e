"""Saved scores of the models in a run folder, item by item, so that each set is scored only once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from wordvec.evaluation.scores import UNLISTED, Score
from wordvec.evaluation.tasks import evaluate, score_files
from wordvec.experiments.named_sets import EvaluationSet
from wordvec.experiments.run_folder import RunFolder, read_json, write_json
from wordvec.experiments.training import TrainedModel
from wordvec.json_forms import COUNT, NUMBER, TEXT, check_form, list_of, or_null
from wordvec.version import __version__

NUMBERS = list_of(or_null(NUMBER), "a list of numbers")
FORM = {
    "name": TEXT, "measure": TEXT, "score": or_null(NUMBER), "ci95": or_null(list_of(NUMBER, "two numbers", 2)),
    "items": COUNT, "covered": COUNT, "protocol": TEXT, "missing": [TEXT], "notes": [TEXT], "outcomes": NUMBERS,
    "gold": or_null(NUMBERS),
}  # fmt: skip


def score_model(
    folder: RunFolder, model: TrainedModel, sets: Sequence[EvaluationSet], protocol: str = "wordvec"
) -> list[Score]:
    """Score a model on each of `sets`; saved scores are used unless the model or the set has changed."""
    kept = _kept(folder, model)
    missing = _missing(kept, sets, protocol)
    if missing:
        vectors, scores = folder.load(model), {}
        for each in missing:
            (scores[_key(each, protocol)],) = evaluate(vectors, [each.for_evaluate], protocol=protocol)
        _keep(folder, model, kept, scores)
    found = [_restored(kept["scores"][_key(each, protocol)]) for each in sets]
    return [score for score in found if score is not None]


def score_ahead(
    folder: RunFolder, models: Iterable[TrainedModel], sets: Sequence[EvaluationSet], protocol: str = "wordvec"
) -> Iterable[TrainedModel]:
    """The models. On a cluster they are scored first, one task per model, so that `score_model` finds the scores."""
    if folder.cluster is None:
        return models
    models = list(models)
    new = {str(model.path): model for model in models if _missing(_kept(folder, model), sets, protocol)}
    tasks = [each.for_evaluate for each in sets]
    for path, scores in (score_files(folder.cluster, list(new), tasks, protocol) if new else {}).items():
        found = dict(zip((_key(each, protocol) for each in sets), scores))
        _keep(folder, new[path], _kept(folder, new[path]), found)
    return models


def _kept(folder: RunFolder, model: TrainedModel) -> dict[str, Any]:
    kept: Any = read_json(folder.scores_file(model.job))
    if not isinstance(kept, dict) or kept.get("model") != model.sha256 or not isinstance(kept.get("scores"), dict):
        return {"model": model.sha256, "scores": {}}
    return kept


def _missing(kept: dict[str, Any], sets: Sequence[EvaluationSet], protocol: str) -> list[EvaluationSet]:
    return [each for each in sets if _restored(kept["scores"].get(_key(each, protocol))) is None]


def _keep(folder: RunFolder, model: TrainedModel, kept: dict[str, Any], scores: dict[str, Score]) -> None:
    kept["scores"] |= {key: _as_json(score) for key, score in scores.items()}
    write_json(folder.scores_file(model.job), kept)


def _key(each: EvaluationSet, protocol: str) -> str:
    facts = [each.task, each.name, each.digest, protocol, __version__]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _as_json(score: Score) -> dict[str, Any]:
    facts = {name: getattr(score, name) for name in FORM if name not in UNLISTED}
    facts = {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    return {**facts, "outcomes": _numbers(score.outcomes), "gold": None if score.gold is None else _numbers(score.gold)}


def _numbers(values: np.ndarray) -> list[float | None]:
    """Numbers, with None for nan, which JSON lacks."""
    return [None if value != value else value for value in values.tolist()]


def _restored(kept: Any) -> Score | None:
    """The saved score; None for anything else."""
    try:
        check_form(kept, FORM)
        facts = {name: kept[name] for name in FORM if name not in UNLISTED}
        for name in ("missing", "notes", "ci95"):
            facts[name] = facts[name] if facts[name] is None else tuple(facts[name])
        outcomes = np.array(kept["outcomes"], np.float64)
        gold = None if kept["gold"] is None else np.array(kept["gold"], np.float64)
        whole = len(outcomes) == facts["items"] and (gold is None or len(gold) == facts["items"])
        return Score(outcomes=outcomes, gold=gold, **facts) if whole else None
    except ValueError:
        return None
