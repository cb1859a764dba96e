"""Entries of a store are published whole or not at all, in a folder and in an object store."""

import os

import numpy as np
import pytest

from wordvec.errors import InputError
from wordvec.store import FolderStore, ObjectStore, name_of, open_store


@pytest.fixture(scope="module")
def s3():
    """An S3 on this machine, with a bucket."""
    pytest.importorskip("s3fs", reason="needs s3fs, a driver of fsspec")
    pytest.importorskip("moto.server", reason="needs moto[server]")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    facts = {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in facts.items():
            patch.setenv(name, value)
        import s3fs

        s3fs.S3FileSystem(use_listings_cache=False).mkdir("bucket")
        yield "s3://bucket"
    server.stop()


@pytest.fixture(params=["folder", "memory", "file", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        yield open_store(tmp_path / "store")
        return
    pytest.importorskip("fsspec", reason="needs fsspec, the extra distributed")
    places = {"memory": f"memory://{tmp_path.name}", "file": f"file://{tmp_path}/new/store"}
    place = places.get(request.param) or f"{request.getfixturevalue('s3')}/{tmp_path.name}/store"
    store = open_store(place)
    yield store
    store.clear()


ARRAYS = {
    "numbers": np.arange(10, dtype=np.int64),
    "rows": np.arange(12, dtype=np.float32).reshape(6, 2),
    "nothing": np.zeros((0, 3), np.float32),
}


def test_what_is_published_is_read_back_by_who_knows_the_location(store):
    store.publish("entry-1", ARRAYS, words=3, word="é")
    other = open_store(store.location)
    assert other.is_published("entry-1")
    assert other.facts("entry-1") == {"words": 3, "word": "é"}
    for name, array in ARRAYS.items():
        found = other.read("entry-1", name)
        assert found.dtype == array.dtype
        np.testing.assert_array_equal(found, array)


def test_one_run_at_a_time_is_in_a_folder(tmp_path):
    pytest.importorskip("fcntl", reason="Windows has no such locks")
    store, other = FolderStore(tmp_path), FolderStore(tmp_path)
    (tmp_path / ".lock").touch()  # of a run that was killed
    with store.alone():
        with pytest.raises(InputError, match="another run is at work in it"), other.alone():
            pass
        store.publish("entry-1", ARRAYS)
    with other.alone():
        assert other.is_published("entry-1")
    assert [path.name for path in tmp_path.iterdir()] == ["entry-1"]


@pytest.mark.parametrize("begin, end", [(0, 0), (2, 5), (5, None), (9, 99)])
def test_a_part_of_an_array(store, begin, end):
    store.publish("entry-1", ARRAYS)
    for name in ("numbers", "rows"):
        np.testing.assert_array_equal(store.read("entry-1", name, begin, end), ARRAYS[name][begin:end])


def test_the_first_of_two_writers_stays(store):
    store.publish("entry-1", {"a": np.zeros(1)})
    store.publish("entry-1", {"a": np.ones(1)})
    assert store.read("entry-1", "a")[0] == 0


def test_removing(store):
    store.publish("entry-1", ARRAYS)
    store.remove("entry-1")
    store.remove("entry-2")
    assert not store.is_published("entry-1")
    store.publish("entry-1", {"a": np.ones(1)})
    store.clear()
    assert not open_store(store.location).is_published("entry-1")


def test_an_entry_without_facts_was_never_published(tmp_path):
    """A writer that was killed, or one that was killed while it removed an entry."""
    store = FolderStore(tmp_path)
    store.publish("entry-1", {"a": np.zeros(1)})
    os.unlink(tmp_path / "entry-1" / "facts.json")
    assert not store.is_published("entry-1")
    store.publish("entry-1", {"a": np.ones(2)})
    assert store.read("entry-1", "a").tolist() == [1, 1]


def test_a_failed_writer_leaves_nothing(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    store = FolderStore(tmp_path / "store")
    monkeypatch.setattr(np, "save", full)
    with pytest.raises(InputError, match="No space left on device; make room there"):
        store.publish("entry-1", {"a": np.zeros(1)})
    assert list((tmp_path / "store").iterdir()) == []


def test_results_have_the_same_bytes_whatever_the_store(store, tmp_path, monkeypatch):
    from inline_cluster import InlineCluster

    from wordvec import SVD, SkipGram
    from wordvec.corpus import Corpus, shared

    monkeypatch.setattr(shared, "Cluster", lambda client, place: InlineCluster(place))
    monkeypatch.setattr("wordvec.cluster.Cluster", lambda client, place: InlineCluster(place))
    monkeypatch.setattr("wordvec.counts.on_cluster.PIECE_WORDS", 1000)
    for module in ("wordvec.counts.svd", "wordvec.counts.svd_on_cluster"):
        monkeypatch.setattr(f"{module}.DENSE_LIMIT", 0)
    where = {"client": object(), "store": store.location}
    words = np.random.default_rng(1).zipf(1.3, (400, 10)) % 50
    text = tmp_path / "text.txt"
    text.write_text("\n".join(" ".join(f"w{word}" for word in sentence) for sentence in words))
    for folder, given in (("here", {}), ("there", where)):
        Corpus.from_files(text, min_count=2, **given).save(tmp_path / folder)
    files = [{path.name: path.read_bytes() for path in (tmp_path / each).iterdir()} for each in ("here", "there")]
    assert files[0] == files[1]
    corpus = Corpus.open(tmp_path / "there")
    for trainer in (SVD(dim=4), SkipGram(dim=4, epochs=1, pieces=2, merges=2, batch_size=64, threads=1)):
        found, expected = (
            trainer.fit(corpus, **where).vectors,
            type(trainer)(**trainer.parameters()).fit(corpus).vectors,
        )
        np.testing.assert_array_equal(found.matrix, expected.matrix)
        np.testing.assert_array_equal(found.context_matrix, expected.context_matrix)


def test_a_bucket_that_is_not_there_is_one_line(s3):
    with pytest.raises(InputError, match=r"store s3://nowhere/run: cannot be written: .*check its name"):
        open_store("s3://nowhere/run").publish("entry-1", {"a": np.zeros(1)})


def test_places_that_are_no_store(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be made"):
        open_store(tmp_path / "file" / "store")
    pytest.importorskip("fsspec", reason="needs fsspec, the extra distributed")
    with pytest.raises(InputError, match="no such kind of store"):
        ObjectStore("nothing://bucket")


def test_names_depend_on_all_inputs_and_not_on_their_order():
    assert name_of("a", x=1, y=[2]) == name_of("a", y=[2], x=1)
    assert len({name_of("a", x=1), name_of("a", x=2), name_of("b", x=1), name_of("a", y=1), name_of("a", x="1")}) == 5
