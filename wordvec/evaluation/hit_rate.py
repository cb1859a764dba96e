"""Hit rate: is what was held out among the nearest? The test of item2vec and other recommenders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from wordvec.errors import EvaluationFileError, OptionError
from wordvec.evaluation.lookup import EXAMPLES, find_words
from wordvec.evaluation.protocols import get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.set_files import Source, fields_of, read_set_lines, separator_of, set_name
from wordvec.evaluation.statistics import Interval, accuracy_interval, mean_interval
from wordvec.vectors import WordVectors

QUERIES, CANDIDATES = 1024, 4096  # whose cosines are in memory at a time: 16 MiB


@dataclass(frozen=True)
class HeldOutPairs:
    """Pairs of an item and one that was held out: the second should be near the first."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HitRateScore(Score):
    """The result of held-out pairs: `score` is the share found among the `k` nearest, `mrr` the mean of 1 / rank."""

    task = "hit-rate"
    k: int = 10
    mrr: float | None = None
    mrr_ci95: Interval | None = None


def evaluate_hit_rate(
    vectors: WordVectors,
    pairs: HeldOutPairs | Sequence[tuple[str, str]] | str | os.PathLike[str],
    *,
    k: int = 10,
    protocol: str = "wordvec",
    resamples: int = 1000,
    seed: int = 1,
) -> HitRateScore:
    """Return the share of pairs whose second item is among the `k` nearest of the first (hit-rate@k).

    As Barkan and Koenigstein (2016, item2vec) and Caselles-Dupré, Lesaint and Royo-Letelier (2018) test items by
    what was held out of their baskets or sessions. The first item itself is no candidate; rank is one more than the
    number of items strictly nearer. All rows are candidates, in blocks of bounded memory.
    Raises EvaluationFileError for a set that cannot be read, OptionError for k < 1 or an unknown protocol.

    >>> vectors = WordVectors(["tea", "milk", "nail"], np.array([[1.0, 0.1], [1.0, 0.4], [0.0, 1.0]]))
    >>> result = evaluate_hit_rate(vectors, [("tea", "milk"), ("milk", "nail"), ("tea", "cake")], k=1)
    >>> result.score, result.covered, result.items, result.mrr
    (0.5, 2, 3, 0.75)
    """
    if k < 1:
        raise OptionError(f"hit-rate@k: k must be at least 1; got {k}")
    asked = _named(pairs)
    rules = get_protocol(protocol)
    found = find_words(vectors, (word for pair in asked.pairs for word in pair), rules)
    covered = np.array([a in found.place and b in found.place for a, b in asked.pairs], bool)
    places = [(found.place[a], found.place[b]) for (a, b), here in zip(asked.pairs, covered) if here]
    ranks = ranks_of(vectors, found.unit, np.array(places, np.int64).reshape(-1, 2))
    outcomes = np.full(len(covered), np.nan)
    outcomes[covered] = ranks <= k
    hits, known = int((ranks <= k).sum()), len(ranks)
    return HitRateScore(
        name=asked.name,
        measure="hit-rate",
        score=hits / known if known else None,
        ci95=accuracy_interval(hits, known),
        items=len(covered),
        covered=known,
        protocol=protocol,
        missing=found.missing[:EXAMPLES],
        notes=asked.notes + rules.notes("hit-rate") + found.notes,
        k=k,
        mrr=float((1 / ranks).mean()) if known else None,
        mrr_ci95=mean_interval(1 / ranks, resamples, seed),
        outcomes=outcomes,
    )


def ranks_of(vectors: WordVectors, unit: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the rank of each pair's second row of `unit` among all vectors, by cosine with its first (N,).

    Shapes: unit (W, D) rows of length 1, pairs (N, 2). The first itself does not count.
    """
    ranks = np.ones(len(pairs), np.int64)
    with threadpool_limits(1, "blas"):
        for start in range(0, len(pairs), QUERIES):
            part = slice(start, start + QUERIES)
            queries, targets = unit[pairs[part, 0]], unit[pairs[part, 1]]
            limits = np.einsum("qd,qd->q", queries, targets)[:, None] + np.float32(1e-6)
            own = np.einsum("qd,qd->q", queries, queries)[:, None] > limits  # the query is nearer to itself
            for first in range(0, len(vectors), CANDIDATES):
                candidates = vectors.unit_rows_of(slice(first, min(first + CANDIDATES, len(vectors))))
                ranks[part] += (queries @ candidates.T > limits).sum(axis=1)
            ranks[part] -= own[:, 0]
    return ranks


def read_held_out(source: Source, encoding: str = "utf-8") -> HeldOutPairs:
    """Read lines of two items, separated by tabs, semicolons, commas or spaces; # begins a comment.

    Raises EvaluationFileError with file and line for anything else.
    """
    lines = [line for line in read_set_lines(source, encoding) if not line.text.startswith("#")]
    if not lines:
        raise EvaluationFileError(f"{source}: no pairs in it; expected lines of an item and the one held out")
    separator = separator_of(lines[0].text)
    for candidate in (";", ","):
        if separator is None and lines[0].text.count(candidate) == 1:
            separator = candidate
    pairs = []
    for line in lines:
        fields = fields_of(line, separator)
        if len(fields) != 2 or not all(fields):
            raise line.error(f"expected an item and the one held out; got {len(fields)} fields in")
        pairs.append((fields[0], fields[1]))
    return HeldOutPairs(set_name(source), tuple(pairs))


def _named(pairs: Any) -> HeldOutPairs:
    if isinstance(pairs, HeldOutPairs):
        return pairs
    return read_held_out(pairs) if isinstance(pairs, (str, os.PathLike)) else HeldOutPairs("pairs", tuple(pairs))
