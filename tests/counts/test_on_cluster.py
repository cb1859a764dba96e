"""Counts, PPMI and SVD by tasks have the bytes of one machine, however the text and the rows are cut."""

import mmap

import numpy as np
import pytest
from inline_cluster import InlineCluster

from wordvec.corpus import Corpus
from wordvec.counts import count_cooccurrences, on_cluster, ppmi, truncated_svd
from wordvec.counts.cooccurrence import gather_counts
from wordvec.counts.on_cluster import DTYPES, NarrowRows, count_on_cluster, read_sums, stream_of_piece
from wordvec.counts.ppmi_on_cluster import dense_rows, gathered_ppmi, ppmi_on_cluster
from wordvec.counts.svd_on_cluster import svd_on_cluster
from wordvec.errors import ShapeError
from wordvec.store import open_store


def options(**changed):
    defaults = {"window": 3, "weighting": "flat", "side": "both", "subsample": 0.0, "subsample_mode": "dirty"}
    return defaults | {"seed": 1} | changed


def corpus_of(sentences, words, seed=5):
    """Sentences of these lengths, of words drawn by Zipf's law."""
    rng = np.random.default_rng(seed)
    names = np.array([f"word{i}" for i in range(words)])
    return Corpus.from_sentences([names[rng.zipf(1.2, length) % words].tolist() for length in sentences])


@pytest.fixture
def cluster(tmp_path):
    return InlineCluster(tmp_path / "store")


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(on_cluster, "PIECE_WORDS", 60)
    monkeypatch.setattr(on_cluster, "BLOCK_CELLS", 500)


def assert_same(one, other):
    for array in ("indptr", "indices", "data"):
        mine, theirs = getattr(one, array), getattr(other, array)
        assert mine.dtype.kind == theirs.dtype.kind
        np.testing.assert_array_equal(mine, theirs)
    assert one.shape == other.shape and one.data.dtype == other.data.dtype


TEXTS = {
    "sentences": [7, 1, 30, 2, 60, 1, 1, 90, 13],
    "one giant line": [400],
    "as long as a piece": [60] * 4,
    "shorter than a window": [1, 2, 1],
}

CHANGES = {
    "defaults": {},
    "harmonic": {"weighting": "harmonic", "window": 10},
    "left": {"side": "left", "weighting": "linear"},
    "wide": {"side": "right", "window": 120},
    "dirty": {"subsample": 0.01, "window": 5},
    "clean": {"subsample": 0.003, "subsample_mode": "clean", "side": "left"},
}


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("lengths", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES)
def test_counts_are_those_of_one_machine(cluster, lengths, changed):
    corpus = corpus_of(lengths, words=30)
    given = options(**changed)
    expected = count_cooccurrences(corpus, **given, threads=1)
    found = gather_counts(cluster, corpus, given, None, show_progress=False)
    assert_same(found.matrix, expected.matrix)
    assert found.vocabulary_fingerprint == expected.vocabulary_fingerprint


@pytest.mark.usefixtures("small_pieces")
def test_many_pieces_are_merged_by_levels(cluster, monkeypatch):
    monkeypatch.setattr(on_cluster, "RUNS_AT_ONCE", 2)
    corpus = corpus_of([300, 60], words=30)
    found = gather_counts(cluster, corpus, options(window=8), None, show_progress=False)
    assert_same(found.matrix, count_cooccurrences(corpus, **options(window=8)).matrix)


def test_windows_reach_over_the_ends_of_a_piece():
    corpus = corpus_of([20], words=3)
    stream, first, last = stream_of_piece(corpus, options(window=2), 5, 9)
    border = len(corpus.vocabulary)
    assert stream.tolist() == [border, *corpus.ids[3:11].tolist(), border]
    assert stream[first:last].tolist() == corpus.ids[5:9].tolist()


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("side", ["both", "left"])
@pytest.mark.parametrize("smoothing, shift", [(1.0, 1.0), (0.75, 2.0)])
def test_ppmi_is_that_of_one_machine(cluster, side, smoothing, shift):
    corpus = corpus_of([300, 50, 1, 200], words=60)
    given = options(side=side, weighting="harmonic", window=7)
    expected = ppmi(count_cooccurrences(corpus, **given), smoothing, shift)
    rows = count_on_cluster(cluster, corpus, given, False)
    assert len(rows.names) > 3
    weighed = ppmi_on_cluster(cluster, rows, side == "both", smoothing, shift, False)
    assert_same(gathered_ppmi(cluster.store, weighed), expected)
    assert weighed.cells == expected.nnz
    dense = [dense_rows(cluster.store.location, name, 60, 11) for name in weighed.names]
    np.testing.assert_array_equal(np.concatenate(dense), expected[:, :11].toarray())


@pytest.mark.parametrize("side", ["both", "right"])
def test_svd_is_that_of_one_machine(cluster, monkeypatch, side):
    monkeypatch.setattr(on_cluster, "PIECE_WORDS", 4000)
    monkeypatch.setattr(on_cluster, "BLOCK_CELLS", 30_000)
    corpus = corpus_of([5000, 12_000], words=1500)
    given = options(side=side, weighting="harmonic", window=5)
    matrix = ppmi(count_cooccurrences(corpus, **given), 0.75)
    assert min(matrix.shape) > 1024  # below, LAPACK would do it
    rows = count_on_cluster(cluster, corpus, given, False)
    assert len(rows.names) > 2
    weighed = ppmi_on_cluster(cluster, rows, side == "both", 0.75, 1.0, False, with_transpose=True)
    for mine, theirs in zip(svd_on_cluster(cluster, weighed, 20), truncated_svd(matrix, 20), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    left = {path.name.split("-")[0] for path in (cluster.store._folder).iterdir()}
    assert left == {"corpus", "counts", "ppmi", "sums", "margins"}  # what only the solver needed is gone


def test_an_object_store_serves_as_well(monkeypatch, tmp_path):
    pytest.importorskip("fsspec", reason="needs fsspec, the extra distributed")
    monkeypatch.setattr(on_cluster, "PIECE_WORDS", 200)
    monkeypatch.setattr(on_cluster, "BLOCK_CELLS", 1500)
    corpus_of([300, 500], words=50).save(tmp_path / "corpus")
    corpus = Corpus.open(tmp_path / "corpus")
    cluster = InlineCluster(f"memory://{tmp_path.name}")
    rows = count_on_cluster(cluster, corpus, options(), False)
    weighed = ppmi_on_cluster(cluster, rows, True, 1.0, 1.0, False)
    assert len(weighed.names) > 1
    assert_same(gathered_ppmi(cluster.store, weighed), ppmi(count_cooccurrences(corpus, **options())))
    cluster.store.clear()


@pytest.mark.usefixtures("small_pieces")
def test_published_blocks_are_not_made_again(cluster):
    corpus = corpus_of([300], words=30)
    count_on_cluster(cluster, corpus, options(), False)
    again = InlineCluster(cluster.store.location)
    count_on_cluster(again, corpus, options(), False)
    assert again.done == []
    count_on_cluster(again, corpus, options(window=4), False)
    assert {"count_piece", "merge_block"} == set(again.done)


@pytest.mark.usefixtures("small_pieces")
def test_a_piece_that_was_published_is_left_as_it_is(cluster, monkeypatch):
    """After a kill between counting and merging."""
    corpus = corpus_of([300], words=30)
    merge = on_cluster.merge_block

    def killed(*call):
        raise KeyboardInterrupt

    monkeypatch.setattr(on_cluster, "merge_block", killed)
    with pytest.raises(KeyboardInterrupt):
        count_on_cluster(cluster, corpus, options(), False)
    monkeypatch.setattr(on_cluster, "merge_block", merge)
    monkeypatch.setattr(on_cluster, "stream_of_piece", killed)  # nobody counts again
    found = gather_counts(cluster, corpus, options(), None, False)
    assert_same(found.matrix, count_cooccurrences(corpus, **options()).matrix)


def test_a_text_without_pairs_is_refused_as_on_one_machine(cluster):
    corpus = corpus_of([1, 1, 1], words=5)
    rows = count_on_cluster(cluster, corpus, options(), False)
    with pytest.raises(ShapeError) as of_cluster:
        ppmi_on_cluster(cluster, rows, True, 1.0, 1.0, False)
    with pytest.raises(ShapeError) as of_one:
        ppmi(count_cooccurrences(corpus, **options()))
    assert str(of_cluster.value) == str(of_one.value)


@pytest.mark.parametrize("kind", ["folder", "objects"])
def test_sums_of_more_than_32_bits_keep_all_of_them(tmp_path, kind):
    store = open_store(tmp_path if kind == "folder" else "memory://narrow")
    sums = np.array([5, 2**32 + 7, 0, 2**40, 1])
    with store.writing("rows", DTYPES) as entry:
        rows = NarrowRows(entry, 1, 3)
        rows.append(np.array([0, 2], np.int32), np.array([3, 4], np.int32), sums[:2])
        rows.append(np.array([3, 0], np.int32), np.array([0, 1, 2], np.int32), sums[2:])
    assert read_sums(store, "rows").tolist() == sums.tolist()
    assert [read_sums(store, "rows", i, i + 1).tolist() for i in range(5)] == [[each] for each in sums.tolist()]
    assert read_sums(store, "rows", 4).dtype == np.uint32
    assert store.read("rows", "sizes").tolist() == [2, 3]


def test_cells_in_a_folder_are_mapped_and_those_of_objects_brought(tmp_path):
    corpus = corpus_of([300, 50], words=60)
    for location, is_mapped in ((tmp_path / "store", True), ("memory://counts", False)):
        if not is_mapped:
            pytest.importorskip("fsspec")
            corpus.save(tmp_path / "corpus")
            corpus = Corpus.open(tmp_path / "corpus")
        cluster = InlineCluster(location)
        matrix = gather_counts(cluster, corpus, options(), None, show_progress=False).matrix
        for array in (matrix.data, matrix.indices):
            while getattr(array, "base", None) is not None:
                array = array.base
            assert isinstance(array, mmap.mmap) == is_mapped
        matrix.data[:] = 0  # as its owner may: the store stays
        again = gather_counts(cluster, corpus, options(), None, show_progress=False)
        assert_same(again.matrix, count_cooccurrences(corpus, **options()).matrix)
