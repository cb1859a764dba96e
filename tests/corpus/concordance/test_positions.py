"""The inverted index: right, kept, rebuilt when it is of another corpus or damaged."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.corpus.concordance import positions
from wordvec.corpus.concordance.positions import Positions
from wordvec.errors import CorpusError

SENTENCES = [["you", "say", "goodbye"], ["and", "i", "say", "hello"], ["you", "say"]]


@pytest.fixture
def folder(tmp_path):
    Corpus.from_sentences(SENTENCES).save(tmp_path / "corpus")
    return tmp_path / "corpus"


def all_positions(index, words):
    return [index.of_word(word_id).tolist() for word_id in range(words)]


def by_hand(corpus):
    return [np.flatnonzero(np.asarray(corpus.ids) == word_id).tolist() for word_id in range(len(corpus.vocabulary))]


def test_known_positions(folder):
    corpus = Corpus.open(folder)
    index = Positions.of(corpus)
    assert index.of_word(corpus.vocabulary.id("say")).tolist() == [1, 5, 8]
    assert index.of_word(corpus.vocabulary.id("you")).tolist() == [0, 7]
    assert index.note is None


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1), min_size=1), st.integers(1, 9))
def test_index_is_where_the_words_are(sentences, chunk):
    corpus = Corpus.from_sentences(sentences)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(positions, "IDS_AT_A_TIME", chunk)
        index = Positions.of(corpus)
    assert all_positions(index, len(corpus.vocabulary)) == by_hand(corpus)


def test_order_of_ids_beyond_sixteen_bits():
    ids = np.random.default_rng(3).integers(0, 2**20, 5000).astype(np.int32)
    np.testing.assert_array_equal(positions._order(ids), np.argsort(ids, kind="stable"))


def test_it_is_made_once_and_then_mapped(folder, monkeypatch):
    Positions.of(Corpus.open(folder))
    monkeypatch.setattr(positions, "_sort", lambda *_: pytest.fail("made again"))
    index = Positions.of(Corpus.open(folder))
    assert isinstance(index.positions, np.memmap)


def test_index_of_another_corpus_is_made_anew(folder, tmp_path):
    Positions.of(Corpus.open(folder))
    other = Corpus.from_sentences([["say", "you", "say"], ["i", "and", "hello", "goodbye", "you", "say"]])
    other.save(tmp_path / "other")
    (folder / "positions").rename(tmp_path / "other" / "positions")  # same sizes, other order
    corpus = Corpus.open(tmp_path / "other")
    assert all_positions(Positions.of(corpus), len(corpus.vocabulary)) == by_hand(other)
    header = json.loads((tmp_path / "other" / "positions" / "positions.json").read_text())
    assert header["fingerprint"] == other.fingerprint


def test_saving_a_corpus_again_removes_the_index(folder):
    Positions.of(Corpus.open(folder))
    Corpus.from_sentences([["other"]]).save(folder)
    assert not (folder / "positions").exists()


@pytest.mark.parametrize("name", ["positions.json", "starts.npy", "positions.npy"])
@pytest.mark.parametrize("damage", ["cut", "empty", "garbage", "missing", "binary"])
def test_damaged_files_are_replaced(folder, name, damage):
    corpus = Corpus.open(folder)
    Positions.of(corpus)
    path = folder / "positions" / name
    if damage == "missing":
        path.unlink()
    else:
        content = {"cut": path.read_bytes()[:-3], "empty": b"", "garbage": b"[1]", "binary": b"\xff\xfe\x00"}
        path.write_bytes(content[damage])
    assert all_positions(Positions.of(corpus), len(corpus.vocabulary)) == by_hand(corpus)


def test_positions_altered_in_place_are_an_error_with_the_way_out(folder):
    corpus = Corpus.open(folder)
    Positions.of(corpus)
    path = folder / "positions" / "positions.npy"
    for value in (-1, 10**6, 0):
        array = np.load(path)
        array[:3] = value
        np.save(path, array)
        with pytest.raises(CorpusError, match=r"positions: damaged: remove this folder"):
            all_positions(Positions.of(corpus), len(corpus.vocabulary))


def test_a_folder_that_cannot_be_written_to(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(positions, "replace_folder", refuse)
    corpus = Corpus.open(folder)
    index = Positions.of(corpus)
    assert all_positions(index, len(corpus.vocabulary)) == by_hand(corpus)
    assert index.note is not None
    assert "only in memory" in index.note
    assert "Permission denied" in index.note


def test_a_foreign_folder_in_its_place_is_left_alone(folder):
    (folder / "positions").mkdir()
    (folder / "positions" / "notes.txt").write_text("mine")
    corpus = Corpus.open(folder)
    index = Positions.of(corpus)
    assert all_positions(index, len(corpus.vocabulary)) == by_hand(corpus)
    assert "not a folder written by wordvec" in index.note
    assert (folder / "positions" / "notes.txt").read_text() == "mine"


def test_ids_outside_the_vocabulary(folder):
    ids = np.load(folder / "ids.npy")
    ids[2] = 99
    np.save(folder / "ids.npy", ids)
    with pytest.raises(CorpusError, match="99 at position 2"):
        Positions.of(Corpus.open(folder))
