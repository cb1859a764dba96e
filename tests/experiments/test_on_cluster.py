"""Models trained and scored by tasks: the bytes and scores of this process, nothing done twice, failures where due."""

import numpy as np
import pytest
from inline_cluster import InlineCluster

from wordvec.corpus import shared
from wordvec.errors import CorpusError, OptionError, TrainingError
from wordvec.evaluation import evaluate, evaluate_files
from wordvec.evaluation.tasks import KINDS, READERS, as_plain, from_plain
from wordvec.experiments import run_folder, training
from wordvec.experiments.child import run
from wordvec.experiments.compare import compare
from wordvec.experiments.compare.report import comparison_as_dict
from wordvec.experiments.run_folder import RunFolder
from wordvec.experiments.training import Configuration, Job
from wordvec.experiments.tuning import Search
from wordvec.experiments.tuning.search_space import Range, SobolProposals
from wordvec.vectors import WordVectors

SVD = Configuration("svd", "svd", {"dim": 4, "subsample": 0.0})
CBOW = Configuration("cbow", "cbow", {"dim": 4, "epochs": 2, "subsample": 0.0})


@pytest.fixture
def client(monkeypatch):
    """What stands for a client of a cluster whose tasks run here; `made` are the clusters."""
    made = []

    def cluster(client, store):
        made.append(InlineCluster(store))
        return made[-1]

    def train(job, corpus_folder, out, on_terminal=None):
        if job.options.get("epochs") == 99:
            raise TrainingError(f"training {job.label}: the loss is nan")
        order = {"corpus": corpus_folder, "sample": job.sample, "trainer": job.configuration.trainer}
        return run({**order, "options": job.options, "out": out, "show_progress": False})

    monkeypatch.setattr(shared, "Cluster", cluster)
    for module in (training, run_folder):
        monkeypatch.setattr(module, "train_in_child", train)
    return made


def test_compare_has_the_models_and_scores_of_this_process_with_one_task_a_model(corpus, tmp_path, sets, client):
    found = {}
    for name, where in (("alone", {}), ("cluster", {"client": client})):
        with RunFolder.open(tmp_path / name, corpus, **where) as folder:
            found[name] = compare(folder, [SVD, CBOW], sets, seeds=2, resamples=50)
    assert client[0].done == ["train_run"] * 3 + ["score_file"] * 3
    for part in ("models", "scores"):
        files = {path.name for path in (tmp_path / "alone" / part).iterdir()}
        assert files == {path.name for path in (tmp_path / "cluster" / part).iterdir()}
        for name in files:
            if name.endswith(".safetensors") or part == "scores":
                same = (
                    (tmp_path / "alone" / part / name).read_bytes(),
                    (tmp_path / "cluster" / part / name).read_bytes(),
                )
                assert same[0] == same[1]
    scores = [comparison_as_dict(each)["differences"] for each in found.values()]
    assert scores[0] == scores[1]
    assert not (tmp_path / "cluster.work").exists()


def test_a_task_has_the_whole_job(corpus, tmp_path, client, monkeypatch):
    """Samples of documents too: a job whose unit was lost would be drawn from sentences."""
    jobs, arrived = [Job(SVD, 1, 2, "documents"), Job(SVD, 1, 2, "sentences"), Job(CBOW, 3)], []

    def train(job, corpus_folder, out, on_terminal=None):
        arrived.append(job)
        order = {"corpus": corpus_folder, "sample": None, "trainer": "svd", "options": SVD.options}
        return run({**order, "out": out, "show_progress": False})

    monkeypatch.setattr(training, "train_in_child", train)
    with RunFolder.open(tmp_path / "runs", corpus, client=client) as folder:
        folder.train_ahead(jobs)
    assert {(job.seed, job.sample, job.unit) for job in arrived} == {(job.seed, job.sample, job.unit) for job in jobs}


def test_a_run_that_begins_anew_trains_no_model_twice(corpus, tmp_path, sets, client, monkeypatch):
    class Killed(Exception):
        pass

    def killed(*_):
        raise Killed

    jobs = [Job(SVD), Job(CBOW)]
    with pytest.raises(Killed), RunFolder.open(tmp_path / "runs", corpus, client=client) as folder:
        folder.train_ahead(jobs)
        monkeypatch.setattr(run_folder, "write_json", killed)
        folder.train_anew(jobs[0])
    monkeypatch.undo()
    monkeypatch.setattr(shared, "Cluster", lambda client, store: InlineCluster(store))
    monkeypatch.setattr(training, "train_in_child", killed)
    told = []
    with RunFolder.open(tmp_path / "runs", corpus, tell=told.append, client=client) as folder:
        folder.train_ahead(jobs)
        models = [folder.train(job) for job in jobs]
    assert [model.job for model in models] == jobs
    assert told == []  # nothing is called broken


def test_a_model_that_was_lost_since_is_trained_again(corpus, tmp_path, client):
    with RunFolder.open(tmp_path / "runs", corpus, client=client, store=tmp_path / "store") as folder:
        model = folder.train(Job(SVD))
    before = model.path.read_bytes()
    model.path.write_bytes(b"half")
    with RunFolder.open(tmp_path / "runs", corpus, client=client, store=tmp_path / "store") as folder:
        assert folder.train(Job(SVD)).path.read_bytes() == before


def test_a_failure_waits_for_its_job(corpus, tmp_path, client):
    bad = Job(Configuration("cbow", "cbow", CBOW.options | {"epochs": 99}))
    with RunFolder.open(tmp_path / "runs", corpus, client=client) as folder:
        folder.train_ahead([bad, Job(SVD)])
        assert folder.train_anew(Job(SVD)).path.exists()
        with pytest.raises(TrainingError, match="cbow, seed 1: the loss is nan"):
            folder.train_anew(bad)


def test_tune_finds_what_this_process_finds_and_trains_a_round_at_once(corpus, tmp_path, sets, client):
    found = {}
    space = {"window": Range(1, 9, whole=True), "negatives": Range(2, 5, whole=True)}
    for name, where in (("alone", {}), ("cluster", {"client": client})):
        with RunFolder.open(tmp_path / name, corpus, **where) as folder:
            search = Search(folder, CBOW, sets[:1], SobolProposals(space, 1), trials=3)
            winner, default = search.run()
            log = [{**line, "seconds": None} for line in search.log]
            found[name] = winner.options, winner.values, default.values, log
    assert found["alone"] == found["cluster"]
    done = client[0].done
    assert done[:8] == ["train_run"] * 4 + ["score_file"] * 4
    assert done.count("train_run") == len(found["cluster"][3])


def test_files_are_scored_as_here_and_sets_of_all_kinds_arrive_whole(corpus, tmp_path, sets, client):
    rng = np.random.default_rng(1)
    files = [tmp_path / "a.safetensors", tmp_path / "b.txt"]
    for file in files:
        WordVectors(list(corpus.vocabulary.words), rng.normal(size=(12, 5)).astype(np.float32)).save(file)
    tasks = [each.for_evaluate for each in sets] + [("similarity", [("w1", "w2", 3.5), ("w3", "w4", 1.0)])]
    options = {"analogy": {"method": "3cosmul"}}
    found = evaluate_files(files, tasks, options=options, client=client)
    for file in files:
        here = evaluate(WordVectors.load(file), tasks, options=options)
        assert found[str(file)] == here
        for a, b in zip(found[str(file)], here):
            np.testing.assert_array_equal(a.outcomes, b.outcomes)
    assert not list(tmp_path.glob("*.work"))
    with pytest.raises(OptionError, match="evaluate on their CPUs"):
        evaluate_files(files, tasks, options={"analogy": {"device": "gpu"}}, client=client)
    with pytest.raises(OptionError, match="give client too"):
        evaluate_files(files, tasks, store=tmp_path)
    for each in sets:
        assert from_plain(as_plain(each.items)) == each.items


def test_every_kind_of_set_has_a_name_for_tasks():
    read = {reader.__annotations__["return"] for reader in READERS.values()}
    named = {part.strip() for kinds in read for part in kinds.replace("tuple[", "").split("|")}
    assert {kind.split(",")[0].rstrip("]") for kind in named} <= KINDS.keys()


def test_a_file_that_changed_on_its_way_is_refused(tmp_path, corpus, client, monkeypatch):
    file = tmp_path / "a.safetensors"
    WordVectors(["a", "b"], np.eye(2, dtype=np.float32)).save(file)

    def run_late(self, function, calls, what, show_progress=None):
        file.write_bytes(b"shorter")
        return [function(self.store.location, *calls[0])]

    monkeypatch.setattr(InlineCluster, "run", run_late)
    with pytest.raises(CorpusError, match="has 7 bytes for a worker"):
        evaluate_files([file], [("similarity", [("a", "b", 1.0)])], client=client)
