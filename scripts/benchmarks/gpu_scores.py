"""Scores of the card's vectors over seeds, and where they lie beside the intervals that the CPU's have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.data import SETS
from benchmarks.report import mean_score, quality_groups, show_score, verdicts
from benchmarks.runs import RESULTS

if TYPE_CHECKING:
    from benchmarks.gpu_job import Job

REFERENCE = "2026-11-21-quality.jsonl"  # wordvec's and gensim's scores on en17m, by the CPU


def measure(job: Job, corpus: Any, folder: Path, seeds: int, epochs: int, sha256: str) -> None:
    """Train, score and tell, seed by seed; then the means, and a line for each comparison."""
    from wordvec.trainers import make_trainer

    own = []
    for seed in range(1, seeds + 1):
        for model in ("skipgram", "cbow"):
            trainer = make_trainer(model, dim=job.dims[0], epochs=epochs, seed=seed, device="gpu")
            trainer.fit(corpus, show_progress=False)
            facts = {"contender": "wordvec-gpu", "role": "own", "model": model, "dim": job.dims[0], "epochs": epochs}
            found = facts | {"seed": seed, "scores": scores_of(trainer.vectors, folder)}
            own.append(found)
            job.tell(kind="quality", loss=trainer.history.loss, **found)
    for (model, dim, *_), by_set in quality_groups(own).items():
        means = ", ".join(f"{name} {show_score(mean_score(scores))}" for name, scores in by_set.items())
        job.tell(shown=f"{model} {dim}, {epochs} epochs, {seeds} seeds: {means}")
    for line in verdicts(own + reference(sha256)):
        job.tell(shown=line)


def scores_of(vectors: Any, folder: Path) -> dict[str, Any]:
    """By set; analogies are answered on the card."""
    from wordvec.evaluation import evaluate_analogy, evaluate_similarity

    found = {}
    for name, (kind, file) in SETS.items():
        if kind == "similarity":
            score: Any = evaluate_similarity(vectors, folder / file)
        else:
            score = evaluate_analogy(vectors, folder / file, device="gpu")
        found[name] = {key: getattr(score, key) for key in ("score", "ci95", "items", "covered", "protocol")}
    return found


def reference(sha256: str) -> list[dict[str, Any]]:
    """The scores that the CPU had on this very text, as peers."""
    lines = (RESULTS / REFERENCE).read_text(encoding="utf-8").splitlines()
    found = [line for line in map(json.loads, lines) if line["kind"] == "quality"]
    return [line | {"role": "peer"} for line in found if line["corpus"]["sha256"] == sha256]
