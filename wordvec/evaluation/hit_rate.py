"""Hit rate: whether held-out items are among the nearest neighbours, the test of item2vec and other recommenders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordvec.argument_types import check_whole_number
from wordvec.blas import one_blas_thread
from wordvec.errors import EvaluationFileError
from wordvec.evaluation.files.items import as_word, checked_items
from wordvec.evaluation.files.set_files import Source, as_set, fields_of, read_set_lines, separator_of, set_name
from wordvec.evaluation.protocols import EXAMPLES, find_words, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import Interval, accuracy_interval, mean_interval
from wordvec.vectors import WordVectors

QUERIES, CANDIDATES = 1024, 4096  # a block of cosines in memory: 16 MiB
SAME = np.float32(1e-6)  # cosines nearer than this are equal: float32 cannot tell them apart


@dataclass(frozen=True)
class HeldOutPairs:
    """Pairs of an item and a held-out item, which should be near the first."""

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

    Barkan and Koenigstein (2016, item2vec) and Caselles-Dupré, Lesaint and Royo-Letelier (2018) use this test with
    items held out of baskets or sessions. The first item itself is not a candidate. Rank is one more than the number of
    other items that are as near or nearer: ties count against the model, so identical vectors score nothing. Pairs of
    an item with itself are not covered. All rows are candidates, in blocks of bounded memory.
    Raises EvaluationFileError for a set that cannot be read, OptionError for k < 1 or an unknown protocol,
    InputError for a row that holds nan or infinity.

    >>> vectors = WordVectors(["tea", "milk", "nail"], np.array([[1.0, 0.1], [1.0, 0.4], [0.0, 1.0]]))
    >>> result = evaluate_hit_rate(vectors, [("tea", "milk"), ("milk", "nail"), ("tea", "cake")], k=1)
    >>> result.score, result.covered, result.items, result.mrr
    (0.5, 2, 3, 0.75)
    """
    check_whole_number("hit-rate: k", k)
    asked = as_set(pairs, HeldOutPairs, read_held_out, "pairs", _checked)
    rules = get_protocol(protocol)
    found = find_words(vectors, (word for pair in asked.pairs for word in pair), rules)
    places = np.array([(found.place.get(a, -1), found.place.get(b, -1)) for a, b in asked.pairs], np.int64)
    places = places.reshape(-1, 2)
    known = (places >= 0).all(axis=1)
    itself = known & (places[:, 0] == places[:, 1])
    rows = np.append(found.ids, -1)[places]
    itself |= known & (rows[:, 0] == rows[:, 1]) & (rows[:, 0] >= 0)  # "Tea" and "tea" may be one row
    covered = known & ~itself
    ranks, tied = ranks_of(vectors, found.unit, found.ids, places[covered])
    outcomes = np.full(len(covered), np.nan)
    outcomes[covered] = ranks <= k
    hits, number = int((ranks <= k).sum()), len(ranks)
    return HitRateScore(
        name=asked.name,
        measure="hit-rate",
        score=hits / number if number else None,
        ci95=accuracy_interval(hits, number),
        items=len(covered),
        covered=number,
        protocol=protocol,
        missing=found.missing[:EXAMPLES],
        notes=asked.notes + rules.notes("hit-rate") + found.notes + _notes(int(itself.sum()), int(tied.sum()), number),
        k=k,
        mrr=float((1 / ranks).mean()) if number else None,
        mrr_ci95=mean_interval(1 / ranks, resamples, seed),
        outcomes=outcomes,
    )


def _checked(pairs: Any) -> tuple[tuple[str, str], ...]:
    return checked_items(pairs, "(item, item held out)", lambda first, second: (as_word(first), as_word(second)))


def ranks_of(
    vectors: WordVectors, unit: np.ndarray, ids: np.ndarray, pairs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rank of each pair's second vector among all rows, by cosine with the first, and which ranks are tied.

    A rank is one more than the number of other rows that are at least as near; it is tied if some are equally near.
    Shapes: unit (W, D) of length 1, ids (W,) their rows in `vectors` or -1, pairs (N, 2) indices into `unit` -> (N,)
    int64 and (N,) bool.
    """
    ranks, tied = np.empty(len(pairs), np.int64), np.empty(len(pairs), bool)
    with one_blas_thread():
        for start in range(0, len(pairs), QUERIES):
            part = slice(start, start + QUERIES)
            asked = pairs[part]
            queries, cosines = unit[asked[:, 0]], np.einsum("nd,nd->n", unit[asked[:, 0]], unit[asked[:, 1]])
            low, high = cosines[:, None] - SAME, cosines[:, None] + SAME
            as_near, nearer = np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int64)
            for first in range(0, len(vectors), CANDIDATES):
                candidates = vectors.unit_rows_of(slice(first, min(first + CANDIDATES, len(vectors))))
                scores = queries @ candidates.T
                for side in (0, 1):  # the pair's own rows are not counted
                    place = ids[asked[:, side]] - first
                    here = np.flatnonzero((place >= 0) & (place < len(candidates)))
                    scores[here, place[here]] = -np.inf
                as_near += (scores >= low).sum(axis=1)
                nearer += (scores > high).sum(axis=1)
            ranks[part], tied[part] = 1 + as_near, as_near > nearer
    return ranks, tied


def _notes(itself: int, tied: int, covered: int) -> tuple[str, ...]:
    """Notes about pairs of an item with itself, and about ties."""
    notes = []
    if itself:
        notes.append(f"pairs of an item with itself, which are not covered: {itself:,}")
    if tied:
        notes.append(
            f"in {tied:,} of {covered:,} pairs other items are as near as the one held out, which counts against the "
            "model: rows that are alike cannot tell items apart"
        )
    return tuple(notes)


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
