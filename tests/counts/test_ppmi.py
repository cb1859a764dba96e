import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import coo_array, csr_array

from wordvec import Corpus
from wordvec.cli import main
from wordvec.cli.networks import matrix_of
from wordvec.counts import (
    Cooccurrence,
    cells,
    count_cooccurrences,
    dense_cooccurrences,
    dense_ppmi,
    dense_svd,
    pmi,
    ppmi,
)
from wordvec.errors import CorpusError, OptionError, ShapeError
from wordvec.trainers import PPMI, SVD
from wordvec.trainers.ppmi import recount

COUNTS = np.array([[0.0, 2.0, 1.0], [2.0, 0.0, 1.0], [1.0, 1.0, 8.0]])  # margins 3, 3, 10; total 16


def test_three_by_three_by_hand():
    values = ppmi(csr_array(COUNTS), context_smoothing=1.0, dtype=np.float64).toarray()
    # PMI(0, 1) = log(2 * 16 / (3 * 3)), PMI(0, 2) = log(1 * 16 / (3 * 10)) < 0, PMI(2, 2) = log(8 * 16 / (10 * 10))
    a, b = np.log(32 / 9), np.log(1.28)
    np.testing.assert_allclose(values, [[0, a, 0], [a, 0, 0], [0, 0, b]], rtol=1e-14)


def test_smoothing_and_shift_by_hand():
    values = ppmi(csr_array(COUNTS), context_smoothing=0.5, shift=1.2, dtype=np.float64).toarray()
    normaliser = 2 * np.sqrt(3) + np.sqrt(10)
    expected_01 = np.log((2 / 16) / ((3 / 16) * np.sqrt(3) / normaliser)) - np.log(1.2)
    expected_22 = np.log((8 / 16) / ((10 / 16) * np.sqrt(10) / normaliser)) - np.log(1.2)
    np.testing.assert_allclose([values[0, 1], values[2, 2]], [expected_01, expected_22], rtol=1e-14)


def test_smoothing_lowers_the_pmi_of_rare_contexts():
    plain = ppmi(csr_array(COUNTS), context_smoothing=1.0).toarray()
    smoothed = ppmi(csr_array(COUNTS), context_smoothing=0.75).toarray()
    assert smoothed[0, 1] < plain[0, 1]
    assert smoothed[2, 2] > plain[2, 2]


def test_minimum_count_removes_cells_but_not_their_share_of_the_margins():
    everything = ppmi(csr_array(COUNTS), context_smoothing=1.0).toarray()
    kept = ppmi(csr_array(COUNTS), context_smoothing=1.0, minimum_count=3).toarray()
    assert kept[0, 1] == 0
    assert kept[2, 2] == everything[2, 2] > 0


@settings(max_examples=150, deadline=None)
@given(
    counts=arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 4)),
    smoothing=st.sampled_from([0.0, 0.75, 1.0]),
    shift=st.sampled_from([0.5, 1.0, 5.0]),
)
def test_equals_the_dense_twin_with_empty_rows_and_columns(counts, smoothing, shift):
    counts[0, 0] += not counts.any()
    sparse = ppmi(csr_array(counts), smoothing, shift, dtype=np.float64)
    dense = dense_ppmi(counts.astype(np.float64), smoothing, shift)
    np.testing.assert_allclose(sparse.toarray(), dense, rtol=1e-12, atol=1e-14)
    assert (sparse.data > 0).all()


def test_dense_on_any_device(xp):
    dense = dense_ppmi(xp.asarray(COUNTS))
    assert isinstance(dense, xp.ndarray)
    np.testing.assert_allclose(dense.tolist(), ppmi(csr_array(COUNTS), dtype=np.float64).toarray(), rtol=1e-13)


def test_blocks_do_not_change_a_bit(monkeypatch):
    rng = np.random.default_rng(5)
    counts = csr_array(rng.poisson(0.3, size=(40, 30)))
    whole = ppmi(counts)
    monkeypatch.setattr(cells, "CELLS_PER_BLOCK", 7)
    blocks = ppmi(counts)
    assert whole.data.tobytes() == blocks.data.tobytes()
    assert whole.indices.tobytes() == blocks.indices.tobytes()
    assert whole.indptr.tobytes() == blocks.indptr.tobytes()


def test_large_integer_counts_do_not_overflow():
    counts = csr_array(np.array([[0, 2**40], [2**40, 2**20]], np.int64))  # products of margins leave 64 bits
    np.testing.assert_allclose(
        ppmi(counts, dtype=np.float64).toarray(), dense_ppmi(counts.toarray().astype(np.float64)), rtol=1e-12
    )
    small = csr_array(np.array([[0, 200], [200, 250]], np.uint8))  # sums leave 8 bits
    np.testing.assert_allclose(
        ppmi(small, dtype=np.float64).toarray(), dense_ppmi(small.toarray().astype(np.float64)), rtol=1e-12, atol=1e-15
    )


def test_input_is_left_alone_and_may_come_in_any_form():
    pieces = coo_array((np.array([1.0, 1.0, 3.0]), (np.array([0, 0, 1]), np.array([1, 1, 0]))), shape=(2, 2))
    merged = csr_array(np.array([[0.0, 2.0], [3.0, 0.0]]))
    np.testing.assert_array_equal(ppmi(pieces).toarray(), ppmi(merged).toarray())
    assert pieces.nnz == 3
    counted = Cooccurrence(merged, window=1, weighting="flat")
    np.testing.assert_array_equal(ppmi(counted).toarray(), ppmi(merged).toarray())
    assert merged.toarray().tolist() == [[0, 2], [3, 0]]
    assert ppmi(merged).dtype == np.float32


@pytest.mark.parametrize("shape", [(1, 1), (3, 4)])
@pytest.mark.parametrize("measure", [ppmi, pmi])
def test_nothing_counted_is_an_error_that_says_what_to_do(measure, shape):
    stored_zero = csr_array((np.zeros(1), ([0], [0])), shape=shape)
    for counts in (csr_array(shape), stored_zero):
        with pytest.raises(ShapeError, match="no two words meet in a window; give a text"):
            measure(counts)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cells_per_block", [1, 7, 10**6])
def test_in_place_gives_the_same_bytes_and_takes_no_memory(dtype, cells_per_block, monkeypatch):
    counts = csr_array(np.random.default_rng(5).poisson(0.3, size=(40, 30)).astype(np.float64))
    expected = ppmi(counts, dtype=dtype)
    monkeypatch.setattr(cells, "CELLS_PER_BLOCK", cells_per_block)
    address, found = counts.data.ctypes.data, ppmi(counts, dtype=dtype, in_place=True)
    assert found.data.tobytes() == expected.data.tobytes()
    assert found.indices.tobytes() == expected.indices.tobytes()
    assert found.indptr.tobytes() == expected.indptr.tobytes()
    assert found.dtype == dtype
    assert counts.nnz == 0
    assert found.data.ctypes.data == address or found.nnz < expected.nnz * 2  # realloc may move what it shrinks


def test_in_place_wants_float64():
    with pytest.raises(ShapeError, match="in place only float64"):
        ppmi(csr_array(COUNTS.astype(np.int64)), in_place=True)


def test_in_place_of_a_mapped_matrix(tmp_path):
    counted = Cooccurrence(csr_array(COUNTS), window=1, weighting="flat")
    counted.save(tmp_path / "counts")
    found = ppmi(Cooccurrence.load(tmp_path / "counts"), in_place=True)
    assert (found != ppmi(counted)).nnz == 0
    assert Cooccurrence.load(tmp_path / "counts").matrix.nnz == 7  # the files are as they were


def test_pmi_keeps_negative_values_of_words_that_meet():
    found, total = pmi(csr_array(COUNTS), dtype=np.float64), COUNTS.sum()
    expected = np.zeros((3, 3))
    for word, context in zip(*COUNTS.nonzero()):
        by_chance = COUNTS[word].sum() * COUNTS[:, context].sum()
        expected[word, context] = np.log(COUNTS[word, context] * total / by_chance)
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-13)
    assert found.nnz == 7
    assert found.min() < 0
    np.testing.assert_array_equal(np.maximum(found.toarray(), 0), ppmi(csr_array(COUNTS), 1.0, dtype=float).toarray())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shift": 0}, "shift"),
        ({"shift": -5}, "shift"),
        ({"shift": np.nan}, "shift"),
        ({"context_smoothing": -0.1}, "context_smoothing"),
        ({"context_smoothing": 1.5}, "context_smoothing"),
        ({"minimum_count": -1}, "minimum_count"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(OptionError, match=message):
        ppmi(csr_array(COUNTS), **options)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (COUNTS, "sparse"),
        (csr_array(-COUNTS), "not negative"),
        (csr_array(np.array([[np.nan]])), "finite"),
        (csr_array(np.array([[np.inf]])), "finite"),
    ],
)
def test_bad_counts(counts, message):
    with pytest.raises(ShapeError, match=message):
        ppmi(counts)


def test_dense_refuses_other_shapes_and_large_vocabularies():
    with pytest.raises(ShapeError, match=r"\(V, C\)"):
        dense_ppmi(np.zeros(3))
    with pytest.raises(OptionError, match="limit is 5,000"):
        dense_ppmi(np.broadcast_to(0.0, (1, 6000)))


def test_every_door_gives_the_same_values_for_the_same_text(tmp_path, capsys):
    """One default of smoothing and one base of logarithms: a sentence of a textbook, counted with window 1."""
    corpus = Corpus.from_sentences([[*["you", "say", "goodbye", "and", "i", "say", "hello", "."]]], min_count=1)
    counted = count_cooccurrences(corpus, window=1)
    you, say = corpus.vocabulary.id("you"), corpus.vocabulary.id("say")
    expected = np.log(1 * 14 / (1 * 4))  # they meet once, "you" has 1 of the 14 meetings, "say" 4; 1.807 in bits
    assert expected / np.log(2) == pytest.approx(1.807, abs=1e-3)

    text = tmp_path / "text.txt"
    text.write_text("you say goodbye and i say hello .\n", encoding="utf-8")
    drawn, words, _ = matrix_of(str(text), "ppmi", window=1)
    trained = PPMI(window=1).fit(corpus).vectors
    doors = {
        "ppmi": ppmi(counted).toarray()[you, say],
        "pmi": pmi(counted).toarray()[you, say],
        "dense": dense_ppmi(counted.matrix.toarray())[you, say],
        "dense counts": dense_ppmi(dense_cooccurrences(corpus.ids, corpus.sentence_starts, 7, 1))[you, say],
        "figure": drawn[words.index("you"), words.index("say")],
        "trainer": trained["you"][trained.word_id("say")],
        "recounted": recount(trained.info, corpus)[[you]].toarray()[0, say],
        "recounted for another": recount({"trainer": "cbow", "parameters": {"window": 1}}, corpus).toarray()[you, say],
    }
    assert doors == {door: pytest.approx(expected) for door in doors}
    assert SVD().context_smoothing == PPMI().context_smoothing == 1.0


def test_the_base_of_the_logarithm_is_said_on_the_figure_and_in_help(tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text("you say goodbye and i say hello .\n", encoding="utf-8")
    assert main(["plot", str(text), "-o", str(tmp_path / "p.svg"), "--matrix", "ppmi", "--window", "1"]) == 0
    assert "natural logarithm, no smoothing" in capsys.readouterr().out
    assert "natural log, no smoothing" in (tmp_path / "p.svg").read_text(encoding="utf-8")
    for verb in ("plot", "train", "explain"):
        assert main([verb, "--help"]) == 0
        assert "natural" in capsys.readouterr().out


def test_dense_forms_take_lists_and_refuse_what_they_would_count_wrongly():
    ids = [0, 1, 0]
    assert dense_cooccurrences(ids, [0, 3], 2, window=1).tolist() == [[0.0, 2.0], [2.0, 0.0]]
    assert dense_ppmi([[0, 2], [2, 0]]).round(4).tolist() == [[0.0, 0.6931], [0.6931, 0.0]]
    assert dense_svd([[2, 0], [0, 1]], dim=2).S.round(6).tolist() == [2.0, 1.0]
    for starts in ([0, 2], [1, 3], [0, 3, 1, 3], [0.0, 3.0], [3]):
        with pytest.raises(CorpusError, match="sentence_starts must"):
            dense_cooccurrences(ids, starts, 2)
    with pytest.raises(CorpusError, match=r"ids must be in \[0, 1\); found 0 to 1"):
        dense_cooccurrences(ids, [0, 3], 1)
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(ShapeError, match="dense_ppmi: counts must be finite and not negative"):
            dense_ppmi([[1.0, wrong], [1.0, 1.0]])
