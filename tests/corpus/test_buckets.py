"""Words in buckets: shares depend on bytes alone, and whatever the buckets, a corpus is that of one machine."""

import numpy as np
import pytest
from hostile_corpora import CORPORA
from inline_cluster import InlineCluster

from wordvec.corpus import Corpus, buckets, building_on_cluster, vocabulary_on_cluster
from wordvec.corpus import words as packing
from wordvec.corpus.words import pack_words, unpack_words
from wordvec.errors import ShapeError

SMALL = {
    "themed sessions": {"sessions": 60},
    "graph walks": {"walks": 1, "length": 12},
    "one word repeated": {"length": 900},
    "sorted by topic": {"topics": 6, "sentences": 12},
    "one item of 40 percent": {"sentences": 80},
    "long sentences": {"sentences": 2, "length": 700},
}
HOSTILE = ["a", "é", "\ud800", "\n", "a\nb", "x" * 5000, "x" * 4999 + "y", "\x00", "\x00\x00", "字", "word", "dorw"]


@pytest.fixture
def several(monkeypatch):
    """Parts of a few lines, and several buckets."""
    monkeypatch.setattr(building_on_cluster, "PART_BYTES", 5_000)
    monkeypatch.setattr(building_on_cluster, "COMPILED_FROM", 1)
    monkeypatch.setattr(vocabulary_on_cluster, "WORDS_OF_A_BUCKET", 150)


def build(path, monkeypatch, store, make=InlineCluster, **options):
    cluster = make(store)
    monkeypatch.setattr("wordvec.corpus.corpus.cluster_to_build_on", lambda client, store: cluster)
    return Corpus.from_files(path, **options, client="a client", store=store), cluster


def saved(corpus, folder):
    corpus.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def written(name, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in CORPORA[name](**SMALL[name])))
    return path


@pytest.mark.parametrize("name", SMALL)
def test_hostile_corpora_are_those_of_one_machine(several, monkeypatch, tmp_path, name):
    path = written(name, tmp_path)
    found, cluster = build(path, monkeypatch, tmp_path / "store", min_count=3)
    expected = Corpus.from_files(path, min_count=3, threads=1)
    assert saved(found, tmp_path / "found") == saved(expected, tmp_path / "expected")
    assert found.fingerprint == expected.fingerprint
    assert cluster.done.count("spool_part") > 1
    assert name == "one word repeated" or cluster.done.count("add_bucket") > 1


def test_buckets_without_words(monkeypatch, tmp_path):
    monkeypatch.setattr(buckets, "shares_of", lambda data, ends: np.full(len(ends), 200, np.uint8))
    monkeypatch.setattr(vocabulary_on_cluster, "WORDS_OF_A_BUCKET", 1)
    (tmp_path / "text.txt").write_text("tea and milk\nand tea\n")
    found, cluster = build(tmp_path / "text.txt", monkeypatch, tmp_path / "store", min_count=2)
    assert cluster.done.count("add_bucket") == 4
    assert found.vocabulary.words == ["and", "tea"]
    assert found.vocabulary.rare == {"milk": 1}


def _without_a_bucket(monkeypatch):
    answer_parts = buckets.answer_parts

    def answer(store, bucket, choice, ids, begin, name):
        place = buckets.open_store(store)
        if place.facts(bucket)["words"]:
            cuts = np.zeros_like(place.read(bucket, "cuts"))
            place.publish(name, {"ids": np.zeros(0, np.int32), "cuts": cuts}, left=False)
        else:
            answer_parts(store, bucket, choice, ids, begin, name)

    monkeypatch.setattr(vocabulary_on_cluster, "answer_parts", answer)


def _with_another_hash_in_some_parts(monkeypatch):
    shares_of, calls = buckets.shares_of, []

    def other(data, ends):
        calls.append(len(ends))
        return shares_of(data, ends) + np.uint8(128 * (len(calls) % 2))

    monkeypatch.setattr(buckets, "shares_of", other)


@pytest.mark.parametrize("plant", [_without_a_bucket, _with_another_hash_in_some_parts])
def test_a_planted_fault_is_caught(several, monkeypatch, tmp_path, plant):
    path = written("sorted by topic", tmp_path)
    plant(monkeypatch)
    with pytest.raises((ValueError, AssertionError)):
        found, _ = build(path, monkeypatch, tmp_path / "store", min_count=3)
        expected = Corpus.from_files(path, min_count=3, threads=1)
        assert saved(found, tmp_path / "found") == saved(expected, tmp_path / "expected")


class Killed(Exception):
    """The client has gone."""


class Dying(InlineCluster):
    """A cluster whose client dies behind these tasks."""

    behind = "add_bucket"

    def run(self, function, calls, what, show_progress=None):
        results = super().run(function, calls, what, show_progress)
        if function.__name__ == self.behind:
            raise Killed
        return results


@pytest.mark.parametrize("behind", ["spool_part", "add_bucket", "choose_in_bucket", "answer_parts", "number_part"])
def test_a_killed_client_finds_what_was_published(several, monkeypatch, tmp_path, behind):
    path, store = written("sorted by topic", tmp_path), tmp_path / "store"
    monkeypatch.setattr(Dying, "behind", behind)
    with pytest.raises(Killed):
        build(path, monkeypatch, store, Dying, min_count=3)
    before = {facts.parent.name: facts.stat().st_mtime_ns for facts in store.glob("*/facts.json")}
    found, _ = build(path, monkeypatch, store, min_count=3)
    after = {facts.parent.name: facts.stat().st_mtime_ns for facts in store.glob("*/facts.json")}
    assert before and before.items() <= after.items()
    expected = Corpus.from_files(path, min_count=3, threads=1)
    assert saved(found, tmp_path / "found") == saved(expected, tmp_path / "expected")


def test_this_process_unpacks_no_words_but_those_of_the_vocabulary(several, monkeypatch, tmp_path):
    path, unpacked = written("themed sessions", tmp_path), []

    def unpack(data, ends):
        unpacked.append(len(ends))
        return unpack_words(data, ends)

    monkeypatch.setattr(vocabulary_on_cluster, "unpack_words", unpack)
    found, _ = build(path, monkeypatch, tmp_path / "store", min_count=3)
    assert sum(unpacked) == len(found.vocabulary) < len(found.vocabulary.left_out.counts)


def test_words_asked_for_and_never_seen_are_those_of_one_machine(several, monkeypatch, tmp_path):
    path = written("themed sessions", tmp_path)
    options = {"vocabulary": ["item1", "none", "Item2"], "keep_words": ["item3", "neither"], "drop_words": ["item4"]}
    found, _ = build(path, monkeypatch, tmp_path / "store", **options)
    assert found.vocabulary.absent == Corpus.from_files(path, **options).vocabulary.absent
    assert "neither" in found.vocabulary.absent


def test_shares_and_words_are_the_same_in_plain_python(monkeypatch):
    packed, positions = pack_words(HOSTILE), np.array([5, 0, 3, 3, 11])
    compiled = packing.shares_of(*packed), packing.take_words(*packed, positions)
    table, plain = packing._compiled().PieceTable(), packing.WordTable()
    fed = [word for word in HOSTILE if "\n" not in word]
    for words in (fed[:4], fed[2:], []):
        given = (*pack_words(words), np.arange(1, len(words) + 1))
        assert table.add(*given).tolist() == plain.add(*given).tolist()
    assert unpack_words(*table.packed()) == unpack_words(*plain.packed()) == fed
    assert table.counts.tolist() == plain.counts.tolist()
    monkeypatch.setattr(packing, "_compiled", lambda: None)
    np.testing.assert_array_equal(packing.shares_of(*packed), compiled[0])
    assert unpack_words(*packing.take_words(*packed, positions)) == [HOSTILE[i] for i in positions]
    assert unpack_words(*compiled[1]) == [HOSTILE[i] for i in positions]
    assert len(packing.shares_of(*pack_words([]))) == 0


def test_words_with_a_text_inside():
    words = [*HOSTILE, "a_b", "_", "__", "a", "", "b_", "éa", "_é"]
    packed = pack_words(words)
    for text in ("_", "__", "é", "\n", "ord", "_b_"):  # what lies across two words is in none
        assert packing.have_inside(*packed, text).tolist() == [text in word for word in words]
    assert packing.have_inside(*pack_words([]), "_").tolist() == []


def test_damaged_ends_never_reach_c():
    words = np.frombuffer(b"tea", np.uint8)
    for ends in ([4], [2, 1, 3], [-1, 3]):
        with pytest.raises(ShapeError, match="the ends of words must not fall"):
            packing.shares_of(words, np.array(ends))
    with pytest.raises(IndexError):
        packing.take_words(words, np.array([3]), np.array([1]))
    with pytest.raises(ShapeError, match="must not be negative"):
        packing.take_words(words, np.array([3]), np.array([-1]))


def test_shares_are_about_equal():
    shares = packing.shares_of(*pack_words([f"word{i}" for i in range(20_000)]))
    sizes = np.bincount(shares, minlength=packing.SHARES)
    assert sizes.min() > 0.5 * sizes.mean()
    assert sizes.max() < 1.6 * sizes.mean()
