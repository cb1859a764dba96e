"""Two worker processes of this machine: the bytes of one process, with a worker killed on the way, and plain errors."""

import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from wordvec import SVD, GloVe
from wordvec import cluster as clusters
from wordvec.cli import main
from wordvec.cluster import Cluster, connected, local_client
from wordvec.corpus import Corpus, building_on_cluster, vocabulary_on_cluster
from wordvec.errors import ArgumentError, ClusterError, InputError, MissingExtraError, OptionError
from wordvec.trainers import PPMI
from wordvec.workers import facts_of_process, run_task

distributed = pytest.importorskip("distributed", reason="needs dask[distributed], the extra distributed")
cloudpickle = pytest.importorskip("cloudpickle")
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


@pytest.fixture(scope="module")
def client():
    with local_client(2) as client:
        yield client


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "tiny"
    Corpus.build("tiny-world", min_count=1).save(folder)
    return Corpus.open(folder)


def twice(store, number):
    return 2 * number


def die(store):
    os._exit(1)


def fail(store):
    raise InputError("piece 3: cannot be read")


def kill_a_worker(client):
    pids = client.run(os.getpid)
    os.kill(sorted(pids.values())[0], signal.SIGKILL)


@pytest.mark.slow("real workers, real kills: the promise of the cluster")
def test_svd_has_the_bytes_of_one_machine_with_a_worker_killed_before_each_stage(client, corpus, monkeypatch):
    run, stages = Cluster.run, []

    def run_after_a_kill(self, function, calls, what, show_progress=None):
        if what not in stages:
            stages.append(what)
            if what in ("counting", "ppmi"):
                kill_a_worker(client)
        return run(self, function, calls, what, show_progress)

    monkeypatch.setattr("wordvec.counts.svd_on_cluster.DENSE_LIMIT", 0)
    monkeypatch.setattr("wordvec.counts.on_cluster.PIECE_WORDS", 10_000)
    monkeypatch.setattr("wordvec.counts.on_cluster.BLOCK_CELLS", 50_000)
    monkeypatch.setattr("wordvec.counts.svd.DENSE_LIMIT", 0)
    monkeypatch.setattr(Cluster, "run", run_after_a_kill)
    expected = SVD(dim=10).fit(corpus).vectors
    found = SVD(dim=10).fit(corpus, client=client).vectors
    np.testing.assert_array_equal(found.matrix, expected.matrix)
    np.testing.assert_array_equal(found.context_matrix, expected.context_matrix)
    assert found.info == expected.info
    assert stages == ["counting", "merging counts", "sums", "ppmi", "svd"]
    assert not corpus.folder.with_name("tiny.work").exists()  # the store that nobody named is gone


@pytest.mark.parametrize("trainer", [PPMI(dim=40), GloVe(dim=5, epochs=1)], ids=["ppmi", "glove"])
def test_other_counting_trainers_have_the_bytes_of_one_machine(client, corpus, tmp_path, trainer):
    expected = trainer.fit(corpus).vectors.matrix
    found = trainer.fit(corpus, client=client, store=tmp_path / "store").vectors.matrix
    np.testing.assert_array_equal(found, expected)
    assert any((tmp_path / "store").iterdir())  # a store that was named stays


def test_results_come_in_the_order_of_the_calls(client, tmp_path):
    cluster = Cluster(client, tmp_path)
    assert cluster.run(twice, [(i,) for i in range(20)], "doubling") == [2 * i for i in range(20)]


def test_equal_calls_and_no_calls(client, tmp_path):
    cluster = Cluster(client, tmp_path)
    assert cluster.run(twice, [(3,), (4,), (3,)], "doubling") == [6, 8, 6]
    assert cluster.run(twice, [], "doubling") == []


def test_what_killed_writers_left_in_the_store_is_removed(client, tmp_path):
    place = Path(Cluster(client, tmp_path).store.location)
    (place / ".counts-1.0123abcd.tmp").mkdir()
    Cluster(client, tmp_path)
    assert list(place.iterdir()) == []


def test_an_error_of_a_task_is_raised_here(client, tmp_path):
    with pytest.raises(InputError, match="piece 3: cannot be read"):
        Cluster(client, tmp_path).run(fail, [()], "reading")


def test_a_task_that_ends_its_workers_is_given_up(client, tmp_path):
    def allow(number, dask_scheduler=None):
        before, dask_scheduler.allowed_failures = dask_scheduler.allowed_failures, number
        return before

    before = client.run_on_scheduler(allow, 0)
    try:
        with pytest.raises(ClusterError, match=r"counting, task 1 of 1 ended its worker 1 times.*memory"):
            Cluster(client, tmp_path).run(die, [()], "counting")
    finally:
        client.run_on_scheduler(allow, before)


def test_a_worker_of_another_version_is_refused():
    other = facts_of_process() | {"wordvec": "0.0"}
    with pytest.raises(ClusterError, match=r"has wordvec .*, and this process 0\.0.*install the same version"):
        run_task("[1]", other, twice, "store")
    other = facts_of_process() | {"instruction set": "x86-64-v9"}
    with pytest.raises(ClusterError, match="WORDVEC_ISA"):
        run_task("[1]", other, twice, "store")


def test_a_store_that_workers_do_not_see_is_refused_before_the_work(client, tmp_path):
    with pytest.raises(ClusterError, match=r"worker tcp://.*does not see the store memory://mine.*share"):
        Cluster(client, "memory://mine")
    cluster = Cluster(client, tmp_path)
    assert not [entry for entry in os.listdir(cluster.store.location) if entry.startswith("here")]


def test_workers_without_wordvec_are_one_line(client, tmp_path, monkeypatch):
    there = {"tcp://1.2.3.4:5": ModuleNotFoundError("No module named 'wordvec'")}
    monkeypatch.setattr(client, "run", lambda *given, **options: there)
    with pytest.raises(ClusterError, match=r"worker tcp://1\.2\.3\.4:5: cannot run wordvec.*install the same version"):
        Cluster(client, tmp_path)


def test_too_little_memory_is_said_before_the_work(client, tmp_path, monkeypatch):
    cluster = Cluster(client, tmp_path)
    workers = {"tcp://1.2.3.4:5": {"memory_limit": 2**30, "nthreads": 4}}
    monkeypatch.setattr(client, "scheduler_info", lambda n_workers: {"workers": workers})
    cluster.check_memory("counting", 2**28)
    with pytest.raises(ClusterError, match=r"counting needs 300M for each task.*1\.2\.3\.4:5 has 1G for 4 tasks"):
        cluster.check_memory("counting", 300 * 2**20)


def test_no_workers_is_an_error_and_no_hang(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "NO_WORKERS_FOR", 0.2)
    options = {"n_workers": 0, "processes": False, "dashboard_address": ":0"}
    with (
        distributed.LocalCluster(**options) as empty,
        distributed.Client(empty, set_as_default=False) as client,
        pytest.raises(ClusterError, match="no workers for"),
    ):
        Cluster(client, tmp_path)


def test_no_scheduler_is_one_line(monkeypatch):
    monkeypatch.setattr(clusters, "CONNECT_WITHIN", 0.3)
    with pytest.raises(ClusterError, match=r"127\.0\.0\.1:9: no Dask scheduler answers"), connected("127.0.0.1:9"):
        pass


def test_another_server_is_one_line_too(monkeypatch):
    def answer(server):
        connection, _ = server.accept()
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.close()

    monkeypatch.setattr(clusters, "CONNECT_WITHIN", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer, args=(server,), daemon=True).start()
        scheduler = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ClusterError, match="no Dask scheduler answers"), connected(scheduler):
            pass


def test_other_places_than_schedulers_are_refused(tmp_path):
    with pytest.raises(OptionError, match="local: and a number"), connected("local:many"):
        pass
    for scheduler in ("", "http://127.0.0.1:9", "head", "tcp://head", "tcp://:8786"):
        with pytest.raises(OptionError, match="an address such as tcp://head:8786"), connected(scheduler):
            pass
    with pytest.raises(InputError, match="no such file"), connected(str(tmp_path / "scheduler.json")):
        pass
    for content in ("", "[]", "no json", '{"address": 5}', "{}", '{"address": "head"}'):
        (tmp_path / "other.json").write_text(content)
        with (
            pytest.raises(InputError, match="is not a file of dask scheduler"),
            connected(str(tmp_path / "other.json")),
        ):
            pass
    with pytest.raises(ArgumentError, match=r"client must be a dask\.distributed\.Client; got a str"):
        Cluster("tcp://1.2.3.4:5", tmp_path)


def test_train_with_a_scheduler_takes_svd_and_leaves_only_the_vectors(client, corpus, tmp_path, capsys):
    out, alone = tmp_path / "cluster.safetensors", tmp_path / "alone.safetensors"
    scheduler = ["--scheduler", client.scheduler.address]
    assert main(["train", str(corpus.folder), "-o", str(out), "--dim", "10", *scheduler, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["trainer"] == "svd"
    assert main(["train", str(corpus.folder), "-o", str(alone), "--dim", "10", "--trainer", "svd"]) == 0
    assert out.read_bytes() == alone.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone.safetensors", "cluster.safetensors"]


def test_text_is_read_and_skipgram_trained_by_the_workers(client, tmp_path, capsys):
    (tmp_path / "text.txt").write_text("a rose is a rose is a rose\nthe cat sat on the mat\n" * 300)
    scheduler = ["--scheduler", client.scheduler.address]
    text, folders = str(tmp_path / "text.txt"), [tmp_path / "cluster", tmp_path / "alone"]
    for folder, where in zip(folders, (scheduler, [])):
        assert main(["corpus", "build", text, "-o", str(folder), *where]) == 0
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    assert files[0] == files[1]
    options = ["--trainer", "skipgram", "--dim", "4", "--epochs", "2", "--subsample", "0", "--merges", "4"]
    vectors = []
    for source, more in ((text, scheduler), (str(folders[1]), ["--pieces", "8", "--init", "svd"])):
        vectors.append(tmp_path / f"{len(vectors)}.safetensors")
        assert main(["train", source, "-o", str(vectors[-1]), *options, *more]) == 0
    assert vectors[0].read_bytes() == vectors[1].read_bytes()
    assert not list(tmp_path.glob("*.work"))


def test_a_run_that_fails_says_where_its_work_lies(client, tmp_path, capsys):
    (tmp_path / "text.txt").write_text("every word stands here once")
    scheduler = ["--scheduler", client.scheduler.address]
    assert main(["corpus", "build", str(tmp_path / "text.txt"), "-o", str(tmp_path / "out"), *scheduler]) == 2
    assert f"{tmp_path / 'out.work'} holds what was done" in capsys.readouterr().err
    assert (tmp_path / "out.work").is_dir()
    assert main(["corpus", "build", str(tmp_path / "none.txt"), "-o", str(tmp_path / "other"), *scheduler]) == 2
    assert "holds what was done" not in capsys.readouterr().err  # nothing was
    assert not (tmp_path / "other.work").exists()


@pytest.mark.parametrize("threads", [1, 3])
def test_a_corpus_does_not_depend_on_the_number_of_workers(tmp_path, monkeypatch, threads):
    for module, name, size in (
        (building_on_cluster, "PART_BYTES", 3_000),
        (vocabulary_on_cluster, "WORDS_OF_A_BUCKET", 99),
    ):
        monkeypatch.setattr(module, name, size)
    monkeypatch.setattr(building_on_cluster, "COMPILED_FROM", 1)
    text = tmp_path / "text.txt"
    text.write_text("".join(f"a rose is word{i % 97} word{i % 193}\n" for i in range(400)))
    with distributed.Client(
        processes=False, n_workers=1, threads_per_worker=threads, dashboard_address=":0"
    ) as workers:
        found = Corpus.from_files(text, min_count=3, client=workers, store=tmp_path / "store")
    found.save(tmp_path / "found")
    Corpus.from_files(text, min_count=3).save(tmp_path / "one")
    for path in (tmp_path / "one").iterdir():
        assert (tmp_path / "found" / path.name).read_bytes() == path.read_bytes()
    assert len(list((tmp_path / "store").glob("*/bucket-*"))) > 1


def test_models_are_trained_and_scored_by_the_workers(client, corpus, tmp_path, capsys):
    scheduler, sets = ["--scheduler", client.scheduler.address], ["--similarity", "tiny-world-similarity", "--json"]
    runs = ["compare", str(corpus.folder), "--trainers", "svd", "--seeds", "1", "--option", "dim=10", *sets]
    for folder, where in (("alone", []), ("cluster", scheduler)):
        assert main([*runs, "-o", str(tmp_path / folder), *where]) == 0
    (model,) = (tmp_path / "alone" / "models").glob("*.safetensors")
    assert (tmp_path / "cluster" / "models" / model.name).read_bytes() == model.read_bytes()
    capsys.readouterr()
    said = [main(["evaluate", str(model), *sets, *where]) or capsys.readouterr().out for where in ([], scheduler)]
    assert said[0] == said[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone", "cluster"]


def test_store_without_a_scheduler_is_refused(corpus, tmp_path, capsys):
    out = str(tmp_path / "v.safetensors")
    assert main(["train", str(corpus.folder), "-o", out, "--store", str(tmp_path)]) == 2
    assert "give --scheduler too" in capsys.readouterr().err


def test_a_corpus_in_no_folder_needs_a_store(client):
    corpus = Corpus.from_sentences([["a", "b"]] * 5)
    with pytest.raises(OptionError, match="a cluster needs a store"):
        SVD(dim=1).fit(corpus, client=client)
    with pytest.raises(OptionError, match="give client too"):
        SVD(dim=1).fit(corpus, store="here")


@pytest.mark.slow("ends the cluster of the tests before it, whose time it is")
def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"wordvec\[distributed\]"), connected("local:1"):
        pass


def test_a_worker_that_dies_while_it_is_asked_is_no_error(client, tmp_path, monkeypatch):
    from distributed.comm.core import CommClosedError

    run = client.run

    def run_with_a_death(*given, **options):
        return run(*given, **options) | {"tcp://gone:1": CommClosedError("in <TCP (closed)>")}

    monkeypatch.setattr(client, "run", run_with_a_death)
    assert Cluster(client, tmp_path).run(twice, [(3,)], "doubling") == [6]
    monkeypatch.setattr(client, "run", lambda *_, **__: {"tcp://here:1": OSError("broken")})
    with pytest.raises(ClusterError, match="cannot run wordvec"):
        Cluster(client, tmp_path)
