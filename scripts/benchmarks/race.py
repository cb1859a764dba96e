"""From a text to good vectors: gensim's five epochs against a spectral start and fewer epochs, reading included.

Rates compare equal work. A user waits for scores: here each runs as long as its scores need, and the whole time
counts, from the start of the process to the trained vectors.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from benchmarks.report import Measurement, show_ratio, table
from benchmarks.runs import Entry, pairwise

RUNNERS = {"gensim": ("peer", 5), "wordvec-svd-start": ("own", 3), "wordvec": ("own", 5)}  # role, epochs


def measure(
    model: str,
    rounds: int,
    threads: int,
    train: Callable[[Entry, str, int, int], Measurement],
    score: Callable[[Measurement], Measurement],
) -> tuple[list[Measurement], list[Measurement]]:
    """All runners in each round, whose number gives their seed; returns trainings and scores.

    train(entry, model, round, epochs) runs one, score(training) scores the vectors it left.
    """
    trainings, scores = [], []
    for number in range(rounds):
        for name, (role, epochs) in RUNNERS.items():
            trainings.append(train(Entry(name, role, threads, rounds), model, number, epochs))
            scores.append(score(trainings[-1]))
    return trainings, scores


def race_table(trainings: Sequence[Measurement]) -> str:
    """Seconds of the whole process, and how many times they go into the peer's of the same round."""
    whole: dict[str, list[float]] = {name: [] for name in RUNNERS}
    for training in trainings:
        whole[training["contender"]].append(training["seconds"]["total"])
    rows = []
    for name, (role, epochs) in RUNNERS.items():
        first = next(training for training in trainings if training["contender"] == name)
        ratio = None if role == "peer" else pairwise(whole["gensim"], whole[name])
        stages = ", ".join(f"{stage} {value:.1f}" for stage, value in first["seconds"].items() if stage != "total")
        seconds = f"{statistics.median(whole[name]):.1f}"
        rows.append([first["model"], name, str(epochs), seconds, show_ratio(ratio), stages])
    return table(["model", "contender", "epochs", "seconds", "gensim's time / its", "first round by stage"], rows)
