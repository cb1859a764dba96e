"""Corpora that are not shuffled text: gensim, wordvec in single steps and wordvec by default, at several windows.

Sessions are scored by what came later in sessions kept from training (hit rate at 20), walks by links that were kept
from them (AUC of cosines), text by the usual sets. All contenders train on one thread, gensim on one worker, which
makes it sequential. "loss" is that of the last epoch as the contender tells it, "loss at the end" is computed here
alike for all, at the final weights on a sample of the training examples.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data import ROOT, SETS, evaluation_folder, prepare_text
from benchmarks.report import Measurement, mean_score, pairwise, show_ratio, show_score, table, verdict
from benchmarks.runs import Log, evaluate
from wordvec.corpus import Corpus
from wordvec.errors import OptionError, WordvecError
from wordvec.evaluation import evaluate_sessions, split_sessions
from wordvec.evaluation.statistics import percentile_interval, times_drawn
from wordvec.networks import SkipGramNetwork
from wordvec.trainers import SkipGram
from wordvec.vectors import WordVectors

CONTENDERS = ("gensim", "wordvec-sequential", "wordvec")
WINDOWS = {
    "sessions": ("5", "20", "sentence"),
    "long-sessions": ("5", "20", "sentence"),
    "walks": ("5", "10", "sentence"),
    "text": ("5", "10", "30", "50"),
}
POWERS = {"sessions": (0.75, -0.5), "long-sessions": (0.75, -0.5)}  # of negatives, where not word2vec's alone
K = 20
TEST_SHARE = 0.2
STRETCHES, STRETCH = 200, 25  # positions whose examples the loss at the end is computed on

Train = Callable[..., Measurement]  # one contender's training with changed settings, logged
Score = dict[str, Any]


@dataclass
class Prepared:
    """A corpus on disk, its settings, and how vectors are scored: measure -> score with "score" and "ci95"."""

    path: str
    score: Callable[[str], dict[str, Score]]
    longest: int
    settings: dict[str, Any] = field(default_factory=dict)


def hostile_corpora() -> Any:
    """The module of corpora that the tests share."""
    path = ROOT / "tests" / "hostile_corpora.py"
    spec = importlib.util.spec_from_file_location("hostile_corpora", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise OptionError(f"--corpora needs {path}, which a checkout has")
    module = importlib.util.module_from_spec(spec)
    sys.modules["hostile_corpora"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def prepare(name: str, options: Namespace, folder: Path) -> Prepared:
    """Write a corpus to `folder`; `options.scale` makes the generated ones larger or smaller."""
    make, scale = hostile_corpora(), options.scale
    whole = {"shrink_window": False, "subsample": 0.0, "min_count": 1}
    if name == "sessions":
        return _sessions(make.themed_sessions(sessions=_scaled(1500, scale)), folder / f"{name}.txt", whole)
    if name == "long-sessions":
        sizes = {"longest": 300, "items": 8000, "themes": 80}
        return _sessions(make.themed_sessions(sessions=_scaled(1500, scale), **sizes), folder / f"{name}.txt", whole)
    if name == "walks":
        graph = make.block_graph(nodes=_scaled(600, scale), blocks=12, inside=0.2, between=0.005)
        walks = make.walks_on(graph, walks=10, length=40)
        return Prepared(_written(walks, folder / "walks.txt"), lambda file: _links(file, graph), 40, whole)
    evaluation = evaluation_folder(options.evaluation)
    text = prepare_text(options.corpus, options.lines, folder)

    settings = {"min_count": options.min_count, "subsample": options.subsample}
    return Prepared(text.path, lambda file: evaluate(file, evaluation, SETS), longest_line(text.path), settings)


def _scaled(number: int, scale: float) -> int:
    return max(10, round(number * scale))


def _sessions(sessions: list[list[str]], path: Path, settings: dict[str, Any]) -> Prepared:
    """Earlier sessions to train on, later ones to be scored by."""
    train, test = split_sessions(sessions, TEST_SHARE)

    def scores(file: str) -> dict[str, Score]:
        found = evaluate_sessions(WordVectors.load(file), test, k=K)
        facts = {"items": found.items, "covered": found.covered, "questions": found.covered_questions}
        return {
            f"hit@{K}": {"score": found.score, "ci95": found.ci95, **facts},
            f"recall@{K}": {"score": found.recall, "ci95": found.recall_ci95, **facts},
            f"NDCG@{K}": {"score": found.ndcg, "ci95": found.ndcg_ci95, **facts},
        }

    return Prepared(_written(train, path), scores, max(map(len, train)), settings)


def _written(sentences: list[list[str]], path: Path) -> str:
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in sentences), encoding="utf-8")
    return str(path)


def longest_line(path: str) -> int:
    """Words of the longest line."""
    with open(path, "rb") as file:
        return max((len(line.split()) for line in file), default=0)


def _links(file: str, graph: Any) -> dict[str, Score]:
    """Do the cosines of linked nodes lie above those of strangers? On links that no walk has seen."""
    vectors = WordVectors.load(file)
    row = {word: i for i, word in enumerate(vectors.words)}
    cosines = []
    for pairs in (graph.held_out, graph.strangers):
        ends = np.array([[row[f"node{node}"] for node in pair] for pair in pairs.tolist()])
        cosines.append(np.einsum("nd,nd->n", vectors.unit[ends[:, 0]], vectors.unit[ends[:, 1]]))
    score, ci95 = auc(*cosines)
    return {"AUC": {"score": score, "ci95": ci95, "items": 2 * len(graph.held_out)}}


def auc(linked: np.ndarray, strangers: np.ndarray, resamples: int = 1000, seed: int = 1) -> tuple[float, Any]:
    """Chance that a linked pair scores above a stranger's, equal ones half, and its bootstrap 95 % interval.

    >>> auc(np.array([3.0, 2.0]), np.array([2.0, 1.0]))[0]
    0.875
    """
    above = (linked[:, None] > strangers) + 0.5 * (linked[:, None] == strangers)
    a, b = (times_drawn(seed + side, 0, resamples, len(x)) for side, x in enumerate((linked, strangers)))
    drawn = np.einsum("rn,nm,rm->r", a, above, b, optimize=True) / above.size
    return float(above.mean()), percentile_interval(drawn)


def loss_at_the_end(file: str, corpus: Corpus, trained: Measurement) -> float:
    """Mean loss of a prediction at the weights in `file`, on stretches of the corpus, through the layers."""
    drawn = {name: trained[name] for name in ("window", "negatives", "subsample", "shrink_window", "negative_power")}
    vectors = WordVectors.load(file)
    if vectors.context_matrix is None:
        raise WordvecError(f"{file} has no context vectors to compute a loss from")
    rows = np.array([vectors.word_id(word) for word in corpus.vocabulary.words])
    network = SkipGramNetwork(vectors.rows(rows), np.asarray(vectors.context_matrix, np.float32)[rows])
    sampler = SkipGram(**drawn).sampler(corpus.vocabulary.counts)
    total, predictions = 0.0, 0
    for first in np.unique(np.linspace(0, max(0, len(corpus.ids) - STRETCH), STRETCHES).astype(int)).tolist():
        last = min(first + STRETCH, len(corpus.ids))
        batch = sampler.draw(corpus.ids, corpus.sentence_starts, first=first, last=last, epoch=0)
        if len(batch.centres):
            total, predictions = total + float(network.forward(batch)), predictions + network.predictions(batch)
    return total / max(predictions, 1)


def cases(options: Namespace, name: str, longest: int) -> Iterator[tuple[str, int, float]]:
    """The windows, as asked for and as numbers, and the powers of negatives of one corpus."""
    for window in options.windows or WINDOWS[name]:
        reach = max(1, longest - 1) if window == "sentence" else int(window)
        for power in options.negative_powers or POWERS.get(name, (0.75,)):
            yield window, reach, power


def measure(options: Namespace, folder: Path, log: Log, train: Train, say: Callable[[str], None]) -> list[Measurement]:
    """All contenders on every corpus, window, power and seed, alternating. One that diverges is logged as such."""
    results = []
    vectors = str(folder / "sessions.safetensors")
    for name in options.corpora:
        prepared = prepare(name, options, folder)
        settings = prepared.settings
        corpus = Corpus.build(prepared.path, min_count=settings["min_count"], show_progress=False)
        say(f"{name}: {len(corpus.ids):,} tokens, {len(corpus.vocabulary):,} words, longest {prepared.longest:,}")
        for window, reach, power in cases(options, name, prepared.longest):
            for seed in range(1, options.seeds + 1):
                for who in options.sides:
                    facts = {"on": name, "asked_window": window, "role": "peer" if who == "gensim" else "own"}
                    changes = settings | {"window": reach, "negative_power": power, "seed": seed, "save": vectors}
                    what = f"{name}, window {window}, power {power:g}, seed {seed}, {who}"
                    try:
                        trained = train(who, prepared.path, **changes)
                        found = {"scores": prepared.score(vectors)}
                        found["loss_at_the_end"] = loss_at_the_end(vectors, corpus, trained)
                    except WordvecError as error:  # what diverges is a result too
                        trained, found = {"contender": who} | changes, {"error": str(error)}
                    results.append(log.write("unshuffled", **facts, **trained, **found))
                    say(f"  {what}: {described(results[-1])}")
    return results


def described(measurement: Measurement) -> str:
    """One training as a line on stderr."""
    if "error" in measurement:
        return measurement["error"]
    scores = ", ".join(f"{name} {score['score'] or 0:.3f}" for name, score in measurement["scores"].items())
    rate = measurement["words_per_second"]
    return f"{scores}, loss at the end {measurement['loss_at_the_end']:.3f}, {rate:,.0f} words/s"


def sessions_tables(measurements: Sequence[Measurement]) -> str:
    """A table for each corpus, a row for each window, power and contender: means over seeds.

    Rates are medians, with the ratio to gensim's of the same seed.
    """
    names = dict.fromkeys(m["on"] for m in measurements)
    return "\n\n".join(_table([m for m in measurements if m["on"] == name]) for name in names)


def _table(measurements: Sequence[Measurement]) -> str:
    measures = list(next((m["scores"] for m in measurements if "scores" in m), {}))
    rows = []
    for (name, window, power), group in _groups(measurements).items():
        for who in dict.fromkeys(m["contender"] for m in group):
            mine = [m for m in group if m["contender"] == who]
            failed = sum("error" in m for m in mine)
            cells = [f"{failed} of {len(mine)} failed", *[""] * (len(measures) + 3)] if failed else _cells(mine, group)
            rows.append([name, window, f"{power:g}", who, *cells])
    headings = ["corpus", "window", "power", "contender", *measures, "loss", "loss at the end", "words/s", "x gensim"]
    return table(headings, rows)


def _cells(mine: Sequence[Measurement], group: Sequence[Measurement]) -> list[str]:
    """Scores, losses and rates of one contender, by seed in `mine`."""
    theirs = {m["seed"]: m["words_per_second"] for m in group if m["contender"] == "gensim" and "error" not in m}
    ratio = pairwise([m["words_per_second"] for m in mine], [theirs.get(m["seed"]) for m in mine])
    losses = [m["loss"][-1] for m in mine if m["loss"]]
    return [
        *(show_score(mean_score([m["scores"][name] for m in mine])) for name in mine[0]["scores"]),
        f"{statistics.fmean(losses):.3f}" if losses else "",
        f"{statistics.fmean(m['loss_at_the_end'] for m in mine):.3f}",
        f"{statistics.median(m['words_per_second'] for m in mine):,.0f}",
        "" if mine[0]["contender"] == "gensim" else show_ratio(ratio),
    ]


def sessions_verdicts(measurements: Sequence[Measurement]) -> list[str]:
    """For each of our own contenders: where its mean lies beside gensim's interval, and its loss in single steps."""
    lines = []
    for (name, window, power), group in _groups(measurements).items():
        peer = [m["scores"] for m in group if m["contender"] == "gensim" and "error" not in m]
        for who in dict.fromkeys(m["contender"] for m in group if m["role"] == "own"):
            mine = [m for m in group if m["contender"] == who]
            found = []
            if any("error" in m for m in mine):
                found = ["failed"]
            elif peer:
                for measure_name in peer[0]:
                    ours = mean_score([m["scores"][measure_name] for m in mine])
                    theirs = mean_score([scores[measure_name] for scores in peer])
                    where = verdict(ours[0], *theirs[1:]) if ours and theirs else "not comparable"
                    found.append(f"{measure_name} {where}")
            found += _first_epoch(mine, group) if who == "wordvec" else []
            if found:
                lines.append(f"{name}, window {window}, power {power:g}, {who}: {', '.join(found)}")
    return lines


def _first_epoch(mine: Sequence[Measurement], group: Sequence[Measurement]) -> list[str]:
    """How the loss of the first epoch differs from that of single steps."""
    single = {m["seed"]: m["loss"][0] for m in group if m["contender"] == "wordvec-sequential" and m.get("loss")}
    shares = [m["loss"][0] / single[m["seed"]] - 1 for m in mine if m.get("loss") and m["seed"] in single]
    return [f"first epoch's loss {statistics.fmean(shares):+.1%} of single steps'"] if shares else []


def _groups(measurements: Sequence[Measurement]) -> dict[tuple[str, str, float], list[Measurement]]:
    groups: dict[tuple[str, str, float], list[Measurement]] = {}
    for m in measurements:
        groups.setdefault((m["on"], m["asked_window"], m["negative_power"]), []).append(m)
    return groups
