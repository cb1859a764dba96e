"""Held-out sessions: whether an item's neighbours include the items that came after it. Hit rate, recall, NDCG at k.

The protocol follows Ludewig and Jannach (2018, "Evaluation of session-based recommendation algorithms"), with an item's
neighbours as its recommendations. At every step of a session the item just seen is the query, and all other items are
ranked by cosine. The hit rate looks for the next item; recall and NDCG look for all later items of the session. An item
that follows itself is taken once.

Sessions are split by time: train on the earlier ones and test on the later ones (`split_sessions`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from wordvec.argument_types import check_whole_number, typed
from wordvec.corpus import Corpus
from wordvec.corpus.encode.tokenizers import OF_ITEMS
from wordvec.corpus.read.sniffing import are_lists, table_of
from wordvec.corpus.read.values import as_tokens, is_missing
from wordvec.errors import CorpusError, EvaluationFileError, OptionError
from wordvec.evaluation.files.items import listed_sessions
from wordvec.evaluation.files.set_files import Source, as_set, fields_of, read_set_lines, set_name
from wordvec.evaluation.hit_rate import SAME
from wordvec.evaluation.protocols import EXAMPLES, FoundWords, find_words, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import Interval, mean_interval
from wordvec.vectors import WordVectors
from wordvec.vectors.search.nearest_rows import nearest_rows

STEPS = ("all", "last")
RECORDS = "lists of items in JSON Lines or Parquet are read with field=NAME (wordvec evaluate: --field NAME)"
LOOKED_AT = 100  # lines that tell tables and lists
Session = TypeVar("Session", bound=Sequence[str])


@dataclass(frozen=True)
class Sessions:
    """Sessions, each a sequence of items in the order in which they were seen."""

    name: str
    sessions: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionScore(Score):
    """The result of sessions, which are the items: `score` is the mean over sessions of the hit rate at `k`.

    `recall` and `ndcg` are means over sessions too; the intervals resample sessions. `questions` is the number of
    steps in all sessions. `covered_questions` counts the steps with vectors for both the query and the next item. A
    session is covered if it has one such step. `outcomes` is each session's hit rate.
    """

    task = "sessions"
    k: int = 10
    recall: float | None = None
    recall_ci95: Interval | None = None
    ndcg: float | None = None
    ndcg_ci95: Interval | None = None
    questions: int = 0
    covered_questions: int = 0


@typed
def evaluate_sessions(
    vectors: WordVectors,
    sessions: Sessions | Sequence[Sequence[str | int]] | str | os.PathLike[str],
    *,
    k: int = 10,
    steps: str = "all",
    test_share: float = 1.0,
    protocol: str = "wordvec",
    resamples: int = 1000,
    seed: int = 1,
) -> SessionScore:
    """Query the items of held-out sessions for the items that came after them: hit rate, recall and NDCG at `k`.

    sessions    a file with one session per line, or lists of items; sessions that the vectors were not trained on
    steps       "all": every item but the last is a query; "last": only the last but one, for the last (leave one out)
    test_share  use only this share of the sessions, taken from the end: the latest, in a file ordered by time

    With r the rank of an item, W the items to be found and k the length of the list of recommendations::

        hit rate = [r(next) <= k]      recall = |{w in W: r(w) <= k}| / |W|
        NDCG = sum over w in W, r(w) <= k, of 1 / log2(1 + r(w))  /  sum over i = 1 .. min(k, |W|) of 1 / log2(1 + i)

    (Järvelin and Kekäläinen 2002, with binary relevance.) A session's figures are means over its steps, and a score is
    the mean over sessions. Items equally near as the one sought rank before it. Items without a vector are not queries,
    cannot be found, and do not count as misses: read the score together with the coverage.
    Raises EvaluationFileError for a file that cannot be read, OptionError for an option out of range.

    >>> rows = np.array([[1.0, 0.0], [1.0, 0.3], [1.0, 0.9], [0.0, 1.0], [-1.0, 0.0]])
    >>> vectors = WordVectors(["tea", "milk", "sugar", "nail", "hammer"], rows)
    >>> result = evaluate_sessions(vectors, [["tea", "milk", "sugar"], ["hammer", "tea"], ["nail", "oil"]], k=1)
    >>> result.score, result.recall, result.covered, result.items
    (0.25, 0.125, 2, 3)
    """
    check_whole_number("sessions: k", k)
    if steps not in STEPS:
        raise OptionError(f"sessions: steps must be one of {', '.join(STEPS)}; got {steps!r}")
    asked = as_set(sessions, Sessions, read_sessions, "sessions", _checked)
    tested = [_without_repeats(session) for session in split_sessions(asked.sessions, test_share)[1]]
    rules = get_protocol(protocol)
    found = find_words(vectors, (item for session in tested for item in session), rules)
    rows = np.unique(found.ids[found.ids >= 0])
    unit = vectors.unit[rows]
    most = min(k, len(vectors))  # no rank is higher
    best = _best_cosines(vectors.unit, rows, most)
    figures = np.array([_figures(_places(found, rows, each), unit, best, most, steps) for each in tested])
    figures = figures.reshape(-1, 4)
    covered = figures[:, 3] > 0
    hits, recall, ndcg = figures[covered, :3].T
    outcomes = np.where(covered, figures[:, 0], np.nan)
    questions = sum(len(session) - 1 if steps == "all" else 1 for session in tested if len(session) > 1)
    return SessionScore(
        name=asked.name,
        measure="hit-rate",
        score=_mean(hits),
        ci95=mean_interval(hits, resamples, seed),
        items=len(tested),
        covered=int(covered.sum()),
        protocol=protocol,
        missing=found.missing[:EXAMPLES],
        notes=asked.notes
        + rules.notes("sessions")
        + _notes(questions, int(figures[:, 3].sum()), found)
        + _trained_on(vectors, test_share),
        k=k,
        recall=_mean(recall),
        recall_ci95=mean_interval(recall, resamples, seed),
        ndcg=_mean(ndcg),
        ndcg_ci95=mean_interval(ndcg, resamples, seed),
        questions=questions,
        covered_questions=int(figures[:, 3].sum()),
        outcomes=outcomes,
    )


@typed
def split_sessions(
    sessions: Sequence[Session], test_share: float = 0.2, times: Sequence[float] | None = None
) -> tuple[list[Session], list[Session]]:
    """Return the earlier sessions, for training, and the last `test_share` of them, rounded up, for testing.

    `times` gives the start of each; without it, sessions are assumed to be in order of time. Sessions with equal times
    keep their order. Raises OptionError for a share outside 0 .. 1, the wrong number of times, or a missing one.

    >>> split_sessions([["a"], ["b"], ["c"], ["d"]], test_share=0.25, times=[9, 1, 5, 3])
    ([['b'], ['d'], ['c']], [['a']])
    """
    if not 0 <= test_share <= 1:
        raise OptionError(f"sessions: test_share must be from 0 to 1; got {test_share!r}")
    sessions = listed_sessions(sessions)
    times = None if times is None else list(times)  # by place: a column of a table may have labels in another order
    missing = next((place for place, time in enumerate(times or ()) if is_missing(time) or time != time), None)
    if missing is not None:
        raise OptionError(f"sessions: the time of session {missing + 1:,} is missing: leave such sessions out")
    if times is not None and len(times) != len(sessions):
        raise OptionError(f"sessions: one time for each session expected; got {len(times)} for {len(sessions)}")
    order = range(len(sessions)) if times is None else sorted(range(len(sessions)), key=lambda i: times[i])
    first = len(sessions) - int(np.ceil(test_share * len(sessions)))
    return [sessions[i] for i in order[:first]], [sessions[i] for i in order[first:]]


def read_sessions(source: Source, encoding: str = "utf-8", field: str | None = None) -> Sessions:
    """Read one session per line: items between tabs, or as 20 lines or more show commas, semicolons or bars, or spaces.

    With `field`, sessions are records, read as training reads them: lists of items, or texts, in a field or column.
    Raises EvaluationFileError for a file without a session of two items.
    """
    try:
        corpus = None if field is None else Corpus.build(source, field=field, min_count=1, encoding=encoding)
    except CorpusError as error:
        raise EvaluationFileError(str(error)) from None
    sessions = _sessions_of_lines(source, encoding) if corpus is None else tuple(map(tuple, corpus.sentences()))
    if not any(len(session) > 1 for session in sessions):
        raise EvaluationFileError(
            f"{source}: no session in it; expected a line for each, of at least two items separated by spaces or tabs; "
            f"{RECORDS}"
        )
    return Sessions(set_name(source), sessions)


def _sessions_of_lines(source: Source, encoding: str) -> tuple[tuple[str, ...], ...]:
    try:
        lines = read_set_lines(source, encoding)
    except EvaluationFileError as error:
        raise EvaluationFileError(f"{error}; {RECORDS}" if os.path.isfile(source) else str(error)) from None
    first = [line.text for line in lines[:LOOKED_AT]]
    if lists := are_lists(first):
        return tuple(tuple(OF_ITEMS[lists](line.text)) for line in lines)
    table = table_of("\n".join(first), os.fspath(source))
    if table is not None and table.delimiter != "\t":
        raise EvaluationFileError(f"{source}: is a table, not a line of items for each session; {RECORDS}")
    separator = "\t" if first and "\t" in first[0] else None
    return tuple(tuple(item for item in fields_of(line, separator) if item) for line in lines)


def _checked(sessions: Sequence[Sequence[str | int]]) -> tuple[tuple[str, ...], ...]:
    """Sessions of words. Raises OptionError for a session or an item of another type."""
    sessions = listed_sessions(sessions)
    if any(isinstance(session, str) for session in sessions):
        raise OptionError("sessions: each must be a list of items; got a text: split it, or give the name of a file")
    if None in (listed := [as_tokens(session) for session in sessions]):
        number = listed.index(None)
        given = f"{sessions[number]!r:.80}"
        raise OptionError(f"sessions: items are text (str) or whole numbers (int); session {number + 1:,} is {given}")
    return tuple(tuple(session) for session in listed if session is not None)


def _without_repeats(session: Sequence[str]) -> list[str]:
    """The session with consecutive repeats of an item removed."""
    return [item for i, item in enumerate(session) if i == 0 or item != session[i - 1]]


def _places(found: FoundWords, rows: np.ndarray, session: Sequence[str]) -> np.ndarray:
    """The index into `rows` of each item, -1 for an item without a row; consecutive repeats of a row are removed."""
    ids = np.append(found.ids, -1)[[found.place.get(item, -1) for item in session]]
    ids = ids[np.append(True, (ids[1:] != ids[:-1]) | (ids[1:] < 0))] if len(ids) else ids
    return np.where(ids >= 0, np.searchsorted(rows, ids), -1)


def _best_cosines(unit: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """The cosines of rows (R,) of `unit` (V, D) with their k + 1 nearest others, or all: (R, k + 1), best first."""
    best = np.empty((len(rows), min(k + 1, len(unit) - 1)), np.float32)
    for block, _, cosines in nearest_rows(lambda b: unit[rows[b]], len(rows), unit, k + 1, own_rows=rows):
        best[block] = cosines
    return best


def _figures(
    places: np.ndarray, unit: np.ndarray, best: np.ndarray, k: int, steps: str
) -> tuple[float, float, float, int]:
    """A session's mean hit rate, recall and NDCG, and its number of steps.

    Shapes: places (n,) indices into `unit` (R, D) and `best` (R, k + 1), -1 for an item without a vector.
    """
    asks = (places[:-1] >= 0) & (places[1:] >= 0)
    if steps == "last":
        asks[:-1] = False
    if not asks.any():
        return 0.0, 0.0, 0.0, 0
    known, item = np.unique(places, return_inverse=True)  # the items of this session, by number
    last_seen = np.full(len(known), -1)
    last_seen[item] = np.arange(len(places))
    last_seen[known < 0] = -1
    gains = 1 / np.log2(1 + np.arange(1, k + 1))
    ideal = np.cumsum(gains)
    total = np.zeros(3)
    ranks: dict[int, np.ndarray] = {}
    for step in np.flatnonzero(asks).tolist():
        asking = int(item[step])
        if asking not in ranks:
            ranks[asking] = ranks_up_to(best[known[asking]], unit[known] @ unit[known[asking]])
        wanted = last_seen > step
        wanted[asking] = False
        reached = ranks[asking][wanted & (ranks[asking] <= k)]
        many = int(wanted.sum())
        hit = ranks[asking][item[step + 1]] <= k
        total += hit, len(reached) / many, gains[reached - 1].sum() / ideal[min(k, many) - 1]
    return (*(total / asks.sum()).tolist(), int(asks.sum()))


def ranks_up_to(best: np.ndarray, cosines: np.ndarray) -> np.ndarray:
    """Return the ranks of rows from their cosines (n,), ties ranking before; len(best) means that rank or higher.

    `best` holds the largest cosines of all candidates, best first, including the rows themselves.

    >>> ranks_up_to(np.array([0.9, 0.7, 0.7, 0.1]), np.array([0.9, 0.7, 0.1, 0.0])).tolist()
    [1, 3, 4, 4]
    """
    return np.maximum(1, np.searchsorted(-best, SAME - cosines, side="right"))


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None


def _notes(questions: int, covered: int, found: FoundWords) -> tuple[str, ...]:
    """The note on steps and items without vectors."""
    lacking = int((found.ids < 0).sum()) + len(found.missing)
    said = f"{covered:,} of {questions:,} steps have a vector for both items"
    return (f"{said}; {lacking:,} of {len(found.place) + len(found.missing):,} items have none" if lacking else said,)


def _trained_on(vectors: WordVectors, test_share: float) -> tuple[str, ...]:
    """A note that training may have seen the tested sessions, if the vectors' record says that it held out fewer."""
    parameters = vectors.info.get("parameters")
    kept = parameters.get("held_out", 0.0) if isinstance(parameters, dict) else 0.0
    if test_share == 1 or kept >= test_share:
        return ()
    return (
        f"the last {test_share:g} of the sessions are tested; the vectors were trained with held_out {kept:g}: if on "
        "the same file, then also on sessions that are tested here",
    )
