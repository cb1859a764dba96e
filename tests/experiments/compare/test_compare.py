import json

import numpy as np
import pytest

from wordvec.errors import EvaluationFileError, OptionError, WordvecError
from wordvec.evaluation.differences import holm
from wordvec.experiments import kept_scores, run_folder
from wordvec.experiments.compare import compare, planned_jobs
from wordvec.experiments.compare.report import (
    comparison_as_dict,
    comparison_text,
    costs_table,
    differences_table,
    settings_lines,
)
from wordvec.experiments.kept_scores import score_model
from wordvec.experiments.named_sets import read_sets
from wordvec.experiments.run_folder import RunFolder
from wordvec.experiments.training import Configuration, Job

SVD = Configuration("svd", "svd", {"dim": 4, "subsample": 0.0})
CBOW = Configuration("cbow", "cbow", {"dim": 4, "epochs": 1, "subsample": 0.0, "engine": "layers"})


def test_trains_each_seed_scores_each_set_and_compares_each_pair(corpus, tmp_path, trained_here, sets):
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        found = compare(folder, [SVD, CBOW], sets, seeds=3, resamples=50)
    assert trained_here == ["svd, seed 1", "cbow, seed 1", "cbow, seed 2", "cbow, seed 3"]
    assert {key: len(result.scores) for key, result in found.scores.items()} == {
        ("svd", "pairs"): 1,
        ("svd", "questions"): 1,
        ("cbow", "pairs"): 3,
        ("cbow", "questions"): 3,
    }
    assert found.scores["cbow", "pairs"].covered == 4
    assert found.scores["cbow", "pairs"].items == 5
    assert [(each.set_name, each.a, each.b) for each in found.differences] == [
        ("pairs", "svd", "cbow"),
        ("questions", "svd", "cbow"),
    ]
    assert [each.p_holm for each in found.differences] == holm([each.difference.p for each in found.differences])
    assert found.corpus["fingerprint"] == corpus.fingerprint


def test_a_run_goes_on_after_a_kill_and_says_the_same(corpus, tmp_path, trained_here, sets, monkeypatch):
    whole = {}
    for name in ("killed", "never"):
        if name == "killed":
            train = run_folder.train_in_child

            def killed(job, corpus_folder, out):
                if job.label == "cbow, seed 2":
                    out.with_name(f".{out.name}.00.tmp").write_text("half a model")
                    raise KeyboardInterrupt
                return train(job, corpus_folder, out)

            with monkeypatch.context() as patch:
                patch.setattr(run_folder, "train_in_child", killed)
                with pytest.raises(KeyboardInterrupt), RunFolder.open(tmp_path / name, corpus) as folder:
                    compare(folder, [SVD, CBOW], sets, seeds=3, resamples=50)
            trained_here.clear()
        said = []
        with RunFolder.open(tmp_path / name, corpus, tell=said.append) as folder:
            whole[name] = comparison_as_dict(compare(folder, [SVD, CBOW], sets, seeds=3, resamples=50))
        if name == "killed":
            assert trained_here == ["cbow, seed 2", "cbow, seed 3"]
            assert said[0] == "2 of 4 models are there already"
            assert not list((tmp_path / name / "models").glob(".*"))
    for report in whole.values():
        for model in report["models"]:
            del model["seconds"], model["training_seconds"], model["peak_memory"]
    assert json.dumps(whole["killed"]) == json.dumps(whole["never"])


def test_more_seeds_and_sets_do_only_what_is_new(corpus, tmp_path, trained_here, sets, monkeypatch):
    evaluated = []
    evaluate = kept_scores.evaluate
    monkeypatch.setattr(
        kept_scores,
        "evaluate",
        lambda vectors, tasks, protocol: evaluated.append(tasks[0].task) or evaluate(vectors, tasks, protocol),
    )
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        compare(folder, [CBOW], sets[:1], seeds=1, resamples=50)
        compare(folder, [CBOW], sets, seeds=2, resamples=50)
    assert trained_here == ["cbow, seed 1", "cbow, seed 2"]
    assert evaluated == ["similarity", "analogy", "similarity", "analogy"]


def test_scores_of_a_changed_set_or_a_damaged_file_are_not_used(corpus, tmp_path, trained_here, sets):
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        model = folder.train(Job(SVD))
        before = score_model(folder, model, sets)
        assert score_model(folder, model, sets) == before
        (tmp_path / "pairs.txt").write_text("w0 w1 1\nw2 w3 3\nw4 w5 5\n")
        changed = read_sets([("similarity", tmp_path / "pairs.txt")])
        assert score_model(folder, model, changed)[0].items == 3
        kept = json.loads(folder.scores_file(model.job).read_text())
        for score in kept["scores"].values():
            score["outcomes"] = score["outcomes"][:-1]
        folder.scores_file(model.job).write_text(json.dumps(kept))
        again = score_model(folder, model, sets)
        assert again == before
        np.testing.assert_array_equal(again[0].outcomes, before[0].outcomes)
        folder.scores_file(model.job).write_text("{")
        assert score_model(folder, model, sets) == before


def test_kept_scores_are_those_of_evaluate(corpus, tmp_path, trained_here, sets):
    from wordvec.evaluation import evaluate

    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        model = folder.train(Job(SVD))
        for kept, fresh in zip(
            score_model(folder, model, sets), evaluate(folder.load(model), [(s.task, s.items) for s in sets])
        ):
            assert (kept.score, kept.ci95, kept.missing) == (fresh.score, fresh.ci95, fresh.missing)
            np.testing.assert_array_equal(kept.outcomes, fresh.outcomes)


def test_report_in_every_style(corpus, tmp_path, trained_here, sets):
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        found = compare(folder, [SVD, CBOW], sets, seeds=2, resamples=50)
    text = comparison_text(found, differences=True)
    assert "svd: dim 4, subsample 0.0; does not depend on the seed, trained once" in text or "all: dim 4" in text
    assert "95 % over seeds" in text
    assert "p (Holm)" in text
    assert "| trainer |" in comparison_text(found, "markdown")
    assert comparison_text(found, "latex").count(r"\begin{tabular}") == 3
    assert comparison_text(found, "csv").splitlines()[0].startswith("set,trainer,measure,mean")
    assert len(comparison_text(found, "csv").splitlines()) == 5
    headings = costs_table(found).splitlines()[0].split()
    assert [headings.count(stage) for stage in ("count", "ppmi", "train", "start", "save")] == [1, 1, 1, 1, 1]
    json.dumps(comparison_as_dict(found), allow_nan=False)


def test_settings_that_are_shared_are_said_once():
    lines = settings_lines([SVD, Configuration("mine", "svd", {"dim": 9, "subsample": 0.0})])
    assert lines == [
        "all: subsample 0.0",
        "svd: dim 4; does not depend on the seed, trained once",
        "mine: svd, dim 9; does not depend on the seed, trained once",
    ]


def test_the_best_and_those_that_are_not_worse_are_marked(corpus, tmp_path, trained_here, sets):
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        found = compare(folder, [SVD, CBOW], sets, seeds=1, resamples=50)
    means = {name: found.scores[name, "pairs"].mean for name in ("svd", "cbow")}
    assert max(means, key=means.get) in found.best_of("pairs")


def test_where_nothing_was_tested_none_is_worse(corpus, tmp_path, trained_here):
    """Three pairs prove nothing: both are marked, and the difference stands without interval and p."""
    (tmp_path / "few.txt").write_text("w0 w1 1\nw2 w3 3\nw4 w5 5\n")
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        found = compare(folder, [SVD, CBOW], read_sets([("similarity", tmp_path / "few.txt")]), seeds=1, resamples=50)
    assert found.best_of("few") == {"svd", "cbow"}
    (pair,) = found.differences
    assert pair.difference.difference is not None and pair.difference.p is None
    cells = differences_table(found, "csv").splitlines()[1].split(",")
    assert cells[3] != "" and cells[4:] == ["", "", ""]


def test_counting_trainers_that_subsample_are_trained_with_every_seed():
    thinned = Configuration("svd", "svd", {"subsample": 1e-3})
    assert [job.seed for job in planned_jobs([thinned], 3)] == [1, 2, 3]


@pytest.mark.parametrize(
    "configurations, seeds, message",
    [
        ([], 3, "nothing to compare"),
        ([SVD, SVD], 3, "svd is named twice"),
        ([SVD], 0, "seeds must be at least 1"),
        ([SVD], 10**12, "at most 100,000"),
    ],
)
def test_bad_requests(corpus, tmp_path, sets, configurations, seeds, message):
    with RunFolder.open(tmp_path / "runs", corpus) as folder, pytest.raises(OptionError, match=message):
        compare(folder, configurations, sets, seeds)


def test_sets_are_read_before_anything_is_trained(tmp_path):
    (tmp_path / "a.txt").write_text("cat dog 5\n")
    (tmp_path / "copy.txt").write_text("# the same\ncat dog 5\n")
    (tmp_path / "bad.txt").write_text("cat dog\n")
    with pytest.raises(OptionError, match="no evaluation sets"):
        read_sets([])
    with pytest.raises(OptionError, match=r"copy.txt has the same items as .*a.txt"):
        read_sets([("similarity", tmp_path / "a.txt"), ("similarity", tmp_path / "copy.txt")])
    with pytest.raises(EvaluationFileError, match=r"bad.txt: line 1"):
        read_sets([("similarity", tmp_path / "bad.txt")])
    with pytest.raises(OptionError, match="no task 'guessing'"):
        read_sets([("guessing", "a.txt")])


def test_a_set_in_another_language_is_told_of_before_training(corpus, tmp_path, trained_here):
    (tmp_path / "german.txt").write_text("Hund Katze 5\nBrot Butter 3\n")
    said = []
    with RunFolder.open(tmp_path / "runs", corpus, tell=said.append) as folder:
        found = compare(folder, [SVD], read_sets([("similarity", tmp_path / "german.txt")]), seeds=1, resamples=10)
    assert (
        "none of its 2 items has all its words in the corpus (looked for 'Hund', 'Katze', 'Brot', 'Butter')" in said[0]
    )
    assert "training" in said[1]
    assert found.scores["svd", "german"].mean is None
    assert "nothing evaluated" in comparison_text(found)


def test_sets_of_one_name_are_told_apart(tmp_path):
    for folder, score in (("one", 5), ("two", 6)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pairs.txt").write_text(f"cat dog {score}\n")
    found = read_sets([("similarity", tmp_path / folder / "pairs.txt") for folder in ("one", "two")])
    assert found[0].name != found[1].name


def test_a_failing_configuration_is_named_and_the_rest_is_kept(corpus, tmp_path, trained_here, sets):
    bad = Configuration("bad", "svd", {"dim": 50})
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        with pytest.raises(WordvecError, match="dim"):
            compare(folder, [SVD, bad], sets, seeds=1)
        assert folder.find(Job(SVD)) is not None
