import json

import numpy as np
import pytest

from wordvec.corpus import Corpus
from wordvec.counts import Cooccurrence, count_cooccurrences
from wordvec.errors import CountsFileError, InputError

SENTENCES = [["the", "cat", "sees", "the", "dog"], ["a", "dog", "sees", "the", "cat"]]
CELLS = 14  # with window 2


@pytest.fixture
def corpus():
    return Corpus.from_sentences(SENTENCES)


@pytest.fixture
def counts(corpus):
    return count_cooccurrences(corpus, 3, "harmonic", "left", subsample=0.5, subsample_mode="clean", seed=7)


def test_what_was_saved_comes_back(corpus, counts, tmp_path):
    counts.save(tmp_path / "counts")
    loaded = Cooccurrence.load(tmp_path / "counts", corpus.vocabulary)
    assert (loaded.matrix != counts.matrix).nnz == 0
    assert loaded.matrix.data.tobytes() == counts.matrix.data.tobytes()
    assert {**vars(loaded), "matrix": None} == {**vars(counts), "matrix": None}
    assert loaded.window == 3
    loaded.matrix.data[:] = 0  # stays in memory
    assert Cooccurrence.load(tmp_path / "counts").matrix.sum() == counts.matrix.sum() > 0


def test_saving_again_replaces_and_other_folders_are_safe(counts, tmp_path):
    for _ in range(2):
        counts.save(tmp_path / "counts")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="not a folder written by wordvec"):
        counts.save(tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counts", "other"]


def test_another_vocabulary_is_refused(counts, tmp_path):
    counts.save(tmp_path / "counts")
    other = Corpus.from_sentences([[word.upper() for word in sentence] for sentence in SENTENCES])
    with pytest.raises(CountsFileError, match="counted with another vocabulary"):
        Cooccurrence.load(tmp_path / "counts", other.vocabulary)


def test_counts_of_bare_ids_cannot_be_checked_against_words(corpus, tmp_path):
    count_cooccurrences((corpus.ids, corpus.sentence_starts, 5)).save(tmp_path / "counts")
    assert Cooccurrence.load(tmp_path / "counts").vocabulary_fingerprint is None
    with pytest.raises(CountsFileError, match="from ids alone"):
        Cooccurrence.load(tmp_path / "counts", corpus.vocabulary)


def change(folder, **values):
    path = folder / "cooccurrence.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def put(name, values):
    return lambda folder: np.save(folder / f"{name}.npy", values)


@pytest.mark.parametrize(
    "damage, message",
    [
        (lambda folder: (folder / "cooccurrence.json").unlink(), "has no cooccurrence.json"),
        (lambda folder: (folder / "cooccurrence.json").write_text("{"), "damaged counts"),
        (lambda folder: (folder / "cooccurrence.json").write_text("[]"), "not written by wordvec"),
        (lambda folder: change(folder, format="other"), "not written by wordvec"),
        (lambda folder: change(folder, version=2), "of version 2, but this wordvec reads version 1"),
        (lambda folder: change(folder, window="5"), "window is '5'"),
        (lambda folder: change(folder, seed=True), "seed is True"),
        (lambda folder: change(folder, words=9), "row_starts.npy holds"),
        (lambda folder: change(folder, cells=1), "columns.npy holds"),
        (lambda folder: (folder / "values.npy").unlink(), "values.npy"),
        (lambda folder: (folder / "values.npy").write_bytes(b""), "damaged counts"),
        (lambda folder: (folder / "values.npy").write_bytes((folder / "values.npy").read_bytes()[:-8]), "damaged"),
        (put("columns", np.full(CELLS, 5, np.int32)), "outside the matrix"),
        (put("columns", np.full(CELLS, -1, np.int32)), "outside the matrix"),
        (put("values", np.zeros(CELLS, np.float32)), "values.npy holds float32"),
        (put("values", np.array([{}], object)), "damaged counts"),
        (lambda folder: change(folder, window=0), "window is 0"),
        (lambda folder: change(folder, window=-(2**70)), "window is -"),
        (lambda folder: change(folder, weighting="round"), "weighting is 'round'"),
        (lambda folder: change(folder, side="up"), "side is 'up'"),
        (lambda folder: change(folder, subsample=-1.0), "subsample is -1.0"),
        (lambda folder: change(folder, subsample=float("nan")), "subsample is nan"),
        (lambda folder: change(folder, subsample_mode=""), "subsample_mode is ''"),
        (put("values", np.full(CELLS, -1.0)), "below 0"),
        (put("values", np.full(CELLS, np.nan)), "not finite"),
        (lambda folder: change(folder, words=5.0), "words is 5.0"),
        (lambda folder: change(folder, cells=True), "cells is True"),
        (lambda folder: (folder / "cooccurrence.json").write_text("[" * 100_000), "nested too deeply"),
        (lambda folder: (folder / "columns.npy").write_bytes(b"\x93NUMPY\1\0\x02\0(\n"), "damaged counts"),
        (put("row_starts", np.array([0, 5, 3, CELLS, CELLS, CELLS])), "do not rise"),
        (put("row_starts", np.array([0, 1, 1, 1, 1, 1])), "do not rise"),
    ],
)
def test_damage_is_named(corpus, tmp_path, damage, message):
    folder = tmp_path / "counts"
    counts = count_cooccurrences(corpus, 2)
    assert counts.matrix.nnz == CELLS
    counts.save(folder)
    damage(folder)
    with pytest.raises(CountsFileError, match=message):
        Cooccurrence.load(folder)
