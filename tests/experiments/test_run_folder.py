import json
import subprocess
import sys
import threading

import pytest

from wordvec.corpus import Corpus
from wordvec.errors import InputError, TrainingError, WordvecError
from wordvec.experiments import run_folder
from wordvec.experiments.run_folder import RunFolder
from wordvec.experiments.training import Configuration, Job, train_in_child
from wordvec.vectors import WordVectors

SVD = Configuration("svd", "svd", {"dim": 2})


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences([["a", "b", "c", "a"], ["b", "c", "d"], ["d", "a", "b"]] * 5)


def test_a_child_trains_saves_and_reports(corpus, tmp_path):
    corpus.save(tmp_path / "corpus")
    report = train_in_child(Job(SVD), tmp_path / "corpus", tmp_path / "v.safetensors")
    assert report["parameters"]["dim"] == 2
    assert {"start", "count", "ppmi", "train", "save"} <= set(report["seconds"])
    assert report["peak_memory"] is None or report["peak_memory"] > 2**20
    assert len(WordVectors.load(tmp_path / "v.safetensors")) == 4


def test_a_child_imports_nothing_from_the_current_folder(corpus, tmp_path, monkeypatch):
    corpus.save(tmp_path / "corpus")
    for name in ("types", "random", "wordvec"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a file of the user')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])  # as of a command; with -m, the folder is ""
    assert train_in_child(Job(SVD), tmp_path / "corpus", tmp_path / "v.safetensors")["parameters"]["dim"] == 2


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"window": 0}, WordvecError, "training svd, seed 1: svd: window must be at least 1; got 0"),
        ({"negatives": 5}, WordvecError, "no option 'negatives'"),
    ],
)
def test_a_child_that_fails_says_why(corpus, tmp_path, options, error, message):
    corpus.save(tmp_path / "corpus")
    with pytest.raises(error, match=message):
        train_in_child(Job(Configuration("svd", "svd", options)), tmp_path / "corpus", tmp_path / "v.safetensors")


def test_a_training_that_diverges_is_an_error_of_its_own(corpus, tmp_path):
    corpus.save(tmp_path / "corpus")
    options = {"learning_rate": 0.8, "max_meetings": 10**6, "epochs": 50, "engine": "layers", "subsample": 0, "dim": 2}
    with pytest.raises(TrainingError, match="training skipgram, seed 1: training diverged"):
        train_in_child(Job(Configuration("skipgram", "skipgram", options)), tmp_path / "corpus", tmp_path / "v.npz")


def test_vectors_that_cannot_be_written_are_an_error_of_its_own(corpus, tmp_path):
    corpus.save(tmp_path / "corpus")
    with pytest.raises(InputError, match=r"training svd, seed 1: .*gone does not exist"):
        train_in_child(Job(SVD), tmp_path / "corpus", tmp_path / "gone" / "v.safetensors")


def test_a_child_ends_with_its_parent(tmp_path):
    code = "import os, wordvec.experiments.child as t; t.leave_with_the_parent(os.getppid()); print('still here')"
    child = f"""
import subprocess, sys
process = subprocess.Popen([sys.executable, "-c", {code!r}], stdin=subprocess.PIPE)
print("started")
"""  # the parent ends without waiting; its end closes the pipe
    started = subprocess.run([sys.executable, "-W", "ignore", "-c", child], capture_output=True, text=True, timeout=60)
    assert (started.stdout, started.stderr) == ("started\n", "")  # at the end of both: each holds the pipes


def test_a_finished_model_is_used_again_also_by_another_run(corpus, tmp_path, trained_here):
    for _ in range(2):
        with RunFolder.open(tmp_path / "runs", corpus) as folder:
            first = folder.train(Job(SVD))
            assert folder.train(Job(SVD)) == first
    assert trained_here == ["svd, seed 1"]


@pytest.mark.parametrize(
    "other",
    [
        Job(SVD, seed=2),
        Job(SVD, sample=1),
        Job(Configuration("svd", "svd", {"dim": 3})),
        Job(Configuration("svd", "ppmi", {"dim": 2})),
    ],
)
def test_other_settings_are_other_models_beside_it(corpus, tmp_path, trained_here, other):
    with RunFolder.open(tmp_path / "runs", corpus) as folder:
        one, two = folder.train(Job(SVD)), folder.train(other)
        assert len(trained_here) == 2
        assert one.path != two.path
        assert one.path.exists()


def test_another_corpus_is_another_model(corpus, tmp_path, trained_here):
    longer = Corpus.from_sentences([*corpus.sentences(), ["a", "d"]])
    for text in (corpus, longer):
        with RunFolder.open(tmp_path / "runs", text) as folder:
            folder.train(Job(SVD))
            assert Corpus.open(folder.corpus_folder).fingerprint == text.fingerprint
    assert len(trained_here) == 2


def damage_model(model):
    model.path.write_bytes(model.path.read_bytes()[:-1] + b"?")


def cut_model(model):
    model.path.write_bytes(model.path.read_bytes()[:100])


def lose_model(model):
    model.path.unlink()


def damage_record(model):
    model.path.with_suffix(".json").write_text("{")


def lose_record(model):
    model.path.with_suffix(".json").unlink()


def forge_record(model):
    path = model.path.with_suffix(".json")
    record = json.loads(path.read_text())
    record["identity"]["options"]["dim"] = 3
    path.write_text(json.dumps(record))


def misshape_record(model):
    path = model.path.with_suffix(".json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "seconds": "abc"}))


HARMS = [damage_model, cut_model, lose_model, damage_record, lose_record, forge_record, misshape_record]


@pytest.mark.parametrize("harm", HARMS)
def test_leftovers_are_not_trusted(corpus, tmp_path, trained_here, harm):
    said = []
    with RunFolder.open(tmp_path / "runs", corpus, tell=said.append) as folder:
        whole = folder.train(Job(SVD))
        bytes_of_it = whole.path.read_bytes()
        harm(whole)
        again = folder.train(Job(SVD))
        assert again.path.read_bytes() == bytes_of_it
        assert folder.find(Job(SVD)) == again
    assert len(trained_here) == 2
    assert len(said) == 1
    assert "is trained again" in said[0]


def test_what_a_kill_left_half_written_is_removed(corpus, tmp_path):
    with RunFolder.open(tmp_path / "runs", corpus):
        pass
    half = tmp_path / "runs" / "models" / ".svd.safetensors.0a1b2c3d.tmp"
    half.write_text("half")
    with RunFolder.open(tmp_path / "runs", corpus):
        assert not half.exists()


def test_folders_of_other_things_are_left_alone(corpus, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-mother.txt").write_text("dear mother")
    (tmp_path / "file").write_text("")
    for name, message in (("letters", "holds other things"), ("file", "is a file"), ("no/runs", "does not exist")):
        with pytest.raises(InputError, match=message), RunFolder.open(tmp_path / name, corpus):
            pass
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["to-mother.txt"]


def test_two_runs_in_one_folder(corpus, tmp_path):
    pytest.importorskip("fcntl", reason="no lock on Windows")
    at_work = pytest.raises(InputError, match="another run is using this folder")
    with RunFolder.open(tmp_path / "runs", corpus), at_work, RunFolder.open(tmp_path / "runs", corpus):
        pass
    with RunFolder.open(tmp_path / "runs", corpus):
        pass


def test_two_runs_that_start_at_once_in_a_new_folder_are_never_both_inside(corpus, tmp_path):
    pytest.importorskip("fcntl", reason="no lock on Windows")
    together, inside, entered, refused = threading.Barrier(2), [], [], []

    def start(number):
        for trial in range(15):
            together.wait()
            try:
                with RunFolder.open(tmp_path / f"runs{trial}", corpus, corpus_folder=tmp_path):
                    inside.append(number)
                    entered.append(list(inside))
                    inside.remove(number)
            except InputError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(who) == 1 for who in entered)
    assert len(entered) + len(refused) == 30
    assert all("another run is using this folder" in line for line in refused)


@pytest.mark.parametrize("names", [[], [run_folder.LOCK], [run_folder.LOCK, f".{run_folder.MARKER}.0a1b2c3d.tmp"]])
def test_a_run_that_was_killed_while_it_made_the_folder_is_no_hindrance(corpus, tmp_path, names):
    (tmp_path / "runs").mkdir()
    for name in names:
        (tmp_path / "runs" / name).touch()
    with RunFolder.open(tmp_path / "runs", corpus):
        pass
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == sorted(
        [run_folder.LOCK, run_folder.MARKER, "corpus", "models", "scores"]
    )


def test_leftovers_of_a_corpus_and_foreign_things_in_it(corpus, tmp_path):
    with RunFolder.open(tmp_path / "runs", corpus):
        pass
    (tmp_path / "runs" / ".corpus.0a1b2c3d.tmp").mkdir()
    (tmp_path / "runs" / "corpus" / "mine.txt").write_text("years of work")
    with RunFolder.open(tmp_path / "runs", corpus):  # the same corpus: nothing to replace
        assert not (tmp_path / "runs" / ".corpus.0a1b2c3d.tmp").exists()
    other = Corpus.from_sentences([["x", "y"]] * 5)
    with pytest.raises(InputError, match=r"holds mine\.txt"), RunFolder.open(tmp_path / "runs", other):
        pass
    assert (tmp_path / "runs" / "corpus" / "mine.txt").exists()
