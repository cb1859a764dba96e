"""The benchmark of corpora that are not shuffled text: a small run of all of it, its arithmetic, and what stops it."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from benchmarks import contenders, sessions
from benchmarks.runs import Log

from wordvec.errors import TrainingError

SIDES = ("wordvec-sequential", "wordvec")


@pytest.fixture
def options(tmp_path):
    text = tmp_path / "plain.txt"
    rng = np.random.default_rng(1)
    text.write_text("".join(" ".join(rng.choice(["king", "queen", "cat", "dog"], 9)) + "\n" for _ in range(90)))
    evaluation = tmp_path / "evaluation"
    evaluation.mkdir()
    for kind, file in sessions.SETS.values():
        pairs = "king queen 9\ncat dog 8\nking dog 2\nking cat 1\nqueen cat 3\nqueen dog 4\n"
        (evaluation / file).write_text(pairs if kind == "similarity" else ": a\nking queen cat dog\n")
    return argparse.Namespace(
        corpora=list(sessions.WINDOWS), windows=["2", "sentence"], negative_powers=None, scale=0.05, seeds=1,
        sides=SIDES, corpus=str(text), lines=None, evaluation=str(evaluation), min_count=1, subsample=0.0, negatives=3,
    )  # fmt: skip


def trainer(log=None):
    """Trains here, not in a process of its own; the default "diverges" on walks."""

    def train(who, text, **changes):
        if log is not None:
            log.append((who, changes["window"], changes["negative_power"], changes["seed"]))
        if who == "wordvec" and text.endswith("walks.txt"):
            raise TrainingError("it diverged")
        common = {"model": "skipgram", "dim": 4, "negatives": 3, "epochs": 2, "learning_rate": 0.025, "threads": 1}
        single = {"contender": "wordvec-sequential", "corpus": text}
        return contenders.run(contenders.Job(**common | single | changes)) | {"contender": who}

    return train


@pytest.mark.slow("the benchmark of sessions runs as its user runs it, in processes of its own")
def test_every_corpus_is_trained_on_scored_and_logged(options, tmp_path):
    calls, log = [], Log(tmp_path / "log", "unshuffled", {"common": 1})
    results = sessions.measure(options, tmp_path, log, trainer(calls), lambda message: None)
    lines = [json.loads(line) for line in log.path.read_text().splitlines()]
    assert len(lines) == len(results) == len(calls) == 2 * 2 * (2 + 2 + 1 + 1)
    assert [call[0] for call in calls] == list(SIDES) * 12  # alternating
    measured = {line["on"]: set(line["scores"]) for line in lines if "scores" in line}
    assert measured["sessions"] == measured["long-sessions"] == {"hit@20", "recall@20", "NDCG@20"}
    assert measured["walks"] == {"AUC"} and measured["text"] == set(sessions.SETS)
    assert {line["window"] for line in lines if line["on"] == "walks"} == {2, 39}
    assert {line["window"] for line in lines if line["on"] == "text"} == {2, 8}
    powers = {(line["on"], line["negative_power"]) for line in lines}
    assert powers == {("sessions", 0.75), ("sessions", -0.5), ("long-sessions", 0.75), ("long-sessions", -0.5),
                      ("walks", 0.75), ("text", 0.75)}  # fmt: skip
    for line in lines:
        if (line["on"], line["contender"]) == ("walks", "wordvec"):
            assert line["error"] == "it diverged"
        else:
            assert 0 < line["loss_at_the_end"] < 4 and line["shrink_window"] is (line["on"] == "text")
    tables = sessions.sessions_tables(results).split("\n\n")
    assert len(tables) == 4 and "1 of 1 failed" in tables[2]
    assert "walks, window 2, power 0.75, wordvec: failed" in sessions.sessions_verdicts(results)


def test_the_loss_at_the_end_is_that_of_knowing_nothing_where_nothing_is_known(tmp_path):
    from wordvec import Corpus
    from wordvec.vectors import WordVectors

    corpus = Corpus.from_sentences([["a", "b", "c", "d"]] * 30)
    WordVectors(list("dcba"), np.ones((4, 2)), context_matrix=np.zeros((4, 2))).save(tmp_path / "v.safetensors")
    trained = {"window": 2, "negatives": 0, "subsample": 0.0, "shrink_window": False, "negative_power": 0.75}
    trained["negatives"] = 1
    loss = sessions.loss_at_the_end(str(tmp_path / "v.safetensors"), corpus, trained)
    assert np.log(2) < loss < 2 * np.log(2)  # the target, and a negative that sometimes is the target and skipped


def test_auc_by_hand():
    linked, strangers = np.array([3.0, 2.0]), np.array([2.0, 1.0])
    assert sessions.auc(linked, strangers)[0] == 0.875
    score, (low, high) = sessions.auc(np.ones(40), np.ones(40))  # vectors that are all alike: no better than chance
    assert (score, low, high) == (0.5, 0.5, 0.5)
    rng = np.random.default_rng(2)
    score, (low, high) = sessions.auc(rng.normal(1, 1, 80), rng.normal(0, 1, 90))
    assert 0.6 < low < score < high < 0.9


def planted(who, score, loss, rate, seed=1, **more):
    found = {"score": score, "ci95": [score - 0.1, score + 0.1]}
    facts = {"on": "walks", "asked_window": "5", "negative_power": 0.75, "contender": who, "seed": seed}
    facts |= {"role": "peer" if who == "gensim" else "own", "scores": {"AUC": found}, "loss": loss}
    return facts | {"loss_at_the_end": 2.5, "words_per_second": rate} | more


def test_tables_and_verdicts_by_hand():
    runs = [
        planted("gensim", 0.7, [], 1e5), planted("wordvec-sequential", 0.7, [2.0, 1.5], 2e5),
        planted("wordvec", 0.58, [2.1, 1.4], 8e5), planted("gensim", 0.72, [], 2e5, seed=2),
        planted("wordvec-sequential", 0.7, [2.0, 1.5], 2e5, seed=2), planted("wordvec", 0.6, [2.1, 1.4], 8e5, seed=2),
    ]  # fmt: skip
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in sessions.sessions_tables(runs).splitlines()]
    assert rows[0][4:] == ["AUC", "loss", "loss at the end", "words/s", "x gensim"]
    assert rows[2][3:] == ["gensim", "0.710 [0.610, 0.810]", "", "2.500", "150,000", ""]
    assert rows[4][3:] == ["wordvec", "0.590 [0.490, 0.690]", "1.400", "2.500", "800,000", "6.00 (4.00-8.00)"]
    assert sessions.sessions_verdicts(runs) == [
        "walks, window 5, power 0.75, wordvec-sequential: AUC inside",
        "walks, window 5, power 0.75, wordvec: AUC below, first epoch's loss +5.0% of single steps'",
    ]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--corpora", "playlists"], "no corpus 'playlists'; there are: sessions, long-sessions, walks, text"),
        (["--corpora", "walks", "--windows", "whole"], "a number of words or 'sentence' expected; got 'whole'"),
        (["--corpora", "walks", "--scale", "0"], "--scale must be above 0"),
        (["--corpora", "walks", "--sides", "glove"], "no contender 'glove'"),
    ],
)
def test_bad_options_stop_it(capsys, tmp_path, arguments, message):
    benchmark = importlib.import_module("benchmark")
    common = ["--no-rates", "--no-quality", "--results", str(tmp_path)]
    assert benchmark.main([*common, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_contenders_get_the_window_and_the_power(monkeypatch):
    """gensim and wordvec under their own names for both."""
    seen = {}
    word2vec = pytest.importorskip("gensim.models", reason="needs gensim, the extra bench")

    class Stop(Exception):
        pass

    def stop(**options):
        seen.update(options)
        raise Stop

    monkeypatch.setattr(word2vec, "Word2Vec", stop)
    job = contenders.Job(
        "gensim", "skipgram", "x", 4, 7, 3, 0.0, 1, 1, 0.02, 1, shrink_window=False, negative_power=-0.5
    )
    with pytest.raises(Stop):
        contenders.CONTENDERS["gensim"].train(job)
    assert (seen["window"], seen["shrink_windows"], seen["ns_exponent"]) == (7, False, -0.5)
    assert "bucket" not in seen

    monkeypatch.setattr(word2vec, "FastText", stop)
    with pytest.raises(Stop):
        contenders.CONTENDERS["gensim-subwords"].train(job)
    assert (seen["min_n"], seen["max_n"], seen["bucket"]) == (3, 6, 2_000_000)
    assert asdict(job)["shrink_window"] is False
