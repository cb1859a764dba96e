"""From measurements to Markdown: rates beside ratios, memory and floor; scores with intervals and a verdict."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from benchmarks.floor import flop_per_centre, share_of_floor
from benchmarks.runs import Entry, Ratio, pairwise

Measurement = dict[str, Any]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns.

    >>> print(table(["who", "words/s"], [["a", "1"]]))
    | who | words/s |
    | --- | ------- |
    | a   | 1       |
    """
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
    lines = [headings, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(f"{cell:<{w}}" for cell, w in zip(line, widths)) + " |" for line in lines)


def by_round(measurements: Sequence[Measurement], entry: Entry, key: str, rounds: int) -> list[float | None]:
    """What `entry` measured in each round, None where it did not run."""
    mine = {m["round"]: m[key] for m in measurements if (m["contender"], m["role"], m["threads"]) == label(entry)}
    return [mine.get(number) for number in range(rounds)]


def label(entry: Entry) -> tuple[str, str, int]:
    """What tells one row of a table from another."""
    return entry.name, entry.role, entry.threads


def rate_table(measurements: Sequence[Measurement], entries: Sequence[Entry], sgemm: float | None) -> str:
    """Rates by model and dimension; ratios to each peer are medians of pairs of one round, with lowest and highest.

    "whole" is the same from the process's start to the end of training: imports, vocabulary and the compiled
    code (loaded from its cache) included.
    """
    peers = [entry for entry in entries if entry.role == "peer"]
    headings = ["model", "dim", "contender", "threads", "M words/s"]
    headings += [f"{what}x {peer.name}" for peer in peers for what in ("", "whole ")] + ["MB", "share of floor"]
    rows = []
    for model, dim in dict.fromkeys((m["model"], m["dim"]) for m in measurements):
        group = [m for m in measurements if (m["model"], m["dim"]) == (model, dim)]
        rounds = 1 + max(m["round"] for m in group)
        for entry in entries:
            mine = [m for m in group if (m["contender"], m["role"], m["threads"]) == label(entry)]
            rate = statistics.median(m["words_per_second"] for m in mine)
            row = [model, str(dim), entry.name, str(entry.threads), f"{rate / 1e6:.3f}"]
            for peer in peers:
                for key in ("words_per_second", "words_per_second_end_to_end"):
                    ratio = None
                    if entry.role == "own" and entry.threads == peer.threads:
                        ratio = pairwise(by_round(group, entry, key, rounds), by_round(group, peer, key, rounds))
                    row.append(show_ratio(ratio))
            memory = statistics.median(m["memory"] for m in mine)
            share = floor_share(mine[0], rate, sgemm) if entry.threads == 1 and entry.role == "own" else None
            rows.append([*row, f"{memory / 1e6:.0f}", "" if share is None else f"{share:.0%}"])
    return table(headings, rows)


def show_ratio(ratio: Ratio | None) -> str:
    """Median (lowest to highest)."""
    return "" if ratio is None else f"{ratio.median:.2f} ({ratio.low:.2f}-{ratio.high:.2f})"


def floor_share(measurement: Measurement, rate: float, sgemm: float | None) -> float | None:
    """Share of the floor at this rate, for a training on the CPU."""
    if sgemm is None or measurement["contender"].endswith("gpu"):
        return None
    flop = flop_per_centre(*(measurement[key] for key in ("model", "dim", "window", "negatives")))
    return share_of_floor(rate, measurement["kept_share"], flop, sgemm)


def mean_score(scores: Sequence[dict[str, Any]]) -> tuple[float, float, float] | None:
    """Mean over seeds of the score and of both ends of its 95 % interval; None when a seed has no score.

    >>> mean_score([{"score": 0.5, "ci95": [0.4, 0.6]}, {"score": 0.6, "ci95": [0.5, 0.8]}])
    (0.55, 0.45, 0.7)
    """
    if not scores or any(score["score"] is None or score["ci95"] is None for score in scores):
        return None
    return (
        statistics.fmean(score["score"] for score in scores),
        statistics.fmean(score["ci95"][0] for score in scores),
        statistics.fmean(score["ci95"][1] for score in scores),
    )


def verdict(own: float, low: float, high: float) -> str:
    """Where a mean lies beside the peer's interval.

    >>> verdict(0.5, 0.4, 0.6), verdict(0.7, 0.4, 0.6), verdict(0.3, 0.4, 0.6)
    ('inside', 'above', 'below')
    """
    return "below" if own < low else "above" if own > high else "inside"


def quality_table(measurements: Sequence[Measurement]) -> str:
    """Mean scores over seeds with their mean 95 % intervals."""
    rows = []
    groups = quality_groups(measurements)
    sets = list(dict.fromkeys(name for scores in groups.values() for name in scores))
    for key, scores in groups.items():
        model, dim, contender, _ = key
        seeds = {len(found) for found in scores.values()}
        cells = [show_score(mean_score(scores[name])) for name in sets]
        rows.append([model, str(dim), contender, str(max(seeds)), *cells])
    return table(["model", "dim", "contender", "seeds", *sets], rows)


def show_score(score: tuple[float, float, float] | None) -> str:
    """.612 [.541, .672]; "no score" where nothing was covered."""
    return "no score" if score is None else "{:.3f} [{:.3f}, {:.3f}]".format(*score)


def quality_groups(measurements: Sequence[Measurement]) -> dict[tuple[str, int, str, str], dict[str, list[Any]]]:
    """Scores by (model, dim, contender, role), then by set: one for each seed."""
    groups: dict[tuple[str, int, str, str], dict[str, list[Any]]] = {}
    for m in measurements:
        group = groups.setdefault((m["model"], m["dim"], m["contender"], m["role"]), {})
        for name, score in m["scores"].items():
            group.setdefault(name, []).append(score)
    return groups


def verdicts(measurements: Sequence[Measurement]) -> list[str]:
    """One line for each contender of our own and each peer: every set inside, above or below its interval."""
    groups = quality_groups(measurements)
    lines = []
    for (model, dim, contender, role), scores in groups.items():
        for (peer_model, peer_dim, peer, peer_role), peer_scores in groups.items():
            if role != "own" or peer_role != "peer" or (model, dim) != (peer_model, peer_dim):
                continue
            found = []
            for name in scores:
                ours, theirs = mean_score(scores[name]), mean_score(peer_scores[name])
                found.append(f"{name} " + (verdict(ours[0], *theirs[1:]) if ours and theirs else "not comparable"))
            lines.append(f"{model} {dim}, {contender} against {peer}'s 95 % interval: {', '.join(found)}")
    return lines


def counts_table(measurements: Sequence[Measurement]) -> str:
    """Rates of counting and peak memory, with ratios to GloVe's cooccur in the same round.

    "x cooccur" is its time by that of counting; "with saving" by counting and writing the matrix, as cooccur does;
    "whole" is vocab_count and cooccur by encoding, counting and saving.
    """
    encoding = statistics.median(sum(m["seconds"].values()) for m in measurements if m["who"] == "corpus")
    runs = [m for m in measurements if m["who"] != "corpus"]
    peer = {m["round"]: m["seconds"] for m in runs if m["who"] == "glove"}
    rows = []
    for who, threads in dict.fromkeys((m["who"], m["threads"]) for m in runs):
        mine = [m for m in runs if (m["who"], m["threads"]) == (who, threads)]
        row = [who, str(threads), f"{statistics.median(m['words_per_second'] for m in mine) / 1e6:.2f}"]
        for stages, before, whole in (
            (("count",), 0.0, False),
            (("count", "save"), 0.0, False),
            (("count", "save"), encoding, True),
        ):
            theirs = [peer.get(m["round"]) for m in mine] if who == "wordvec" else []
            ratios = pairwise(
                [1 / (before + sum(m["seconds"].get(stage, 0.0) for stage in stages)) for m in mine],
                [seconds and 1 / (seconds["count"] + whole * seconds["vocabulary"]) for seconds in theirs],
            )
            row.append(show_ratio(ratios))
        memory = statistics.median(m["memory"] for m in mine)
        rows.append([*row, f"{mine[0]['cells']:,}", f"{memory / 1e6:.0f}"])
    headings = ["co-occurrences", "threads", "M words/s", "x cooccur", "with saving", "whole", "cells", "MB"]
    return table(headings, rows)


def glove_table(measurements: Sequence[Measurement]) -> str:
    """Cells trained a second and seconds an iteration, with the ratio to GloVe's program in the same round."""
    runs = [m for m in measurements if m["who"] != "prepare"]
    peer = {m["round"]: m["cells_per_second"] for m in runs if m["who"] == "glove"}
    rows = []
    for who, threads in dict.fromkeys((m["who"], m["threads"]) for m in runs):
        mine = [m for m in runs if (m["who"], m["threads"]) == (who, threads)]
        rates = [m["cells_per_second"] for m in mine]
        ratios = "" if who == "glove" else show_ratio(pairwise(rates, [peer.get(m["round"]) for m in mine]))
        iteration = statistics.median(m["seconds"]["train"] / m["epochs"] for m in mine)
        memory = statistics.median(m["memory"] for m in mine)
        rate = f"{statistics.median(rates) / 1e6:.2f}"
        rows.append([who, str(threads), rate, f"{iteration:.1f}", ratios, f"{memory / 1e6:.0f}"])
    return table(["GloVe", "threads", "M cells/s", "s an iteration", "x glove", "MB"], rows)


def book_table(measurements: Sequence[Measurement]) -> str:
    """Targets per second of the book's CBOW and of the layers, with the ratio of neighbours."""
    rates = {
        who: [m["targets_per_second"] for m in measurements if m["who"] == who]
        for who in dict.fromkeys(m["who"] for m in measurements)
    }
    rows = [
        [
            who,
            f"{statistics.median(own):,.0f}",
            "" if who == "book" else show_ratio(pairwise(own, rates["book"])),
            f"{statistics.median(m['memory'] for m in measurements if m['who'] == who) / 1e6:.0f}",
        ]
        for who, own in rates.items()
    ]
    return table(["CBOW through layers", "targets/s", "x book", "MB"], rows)
