from __future__ import annotations

import numpy as np
import pytest

from wordvec import SVD, Corpus
from wordvec.errors import InputError, OptionError, ShapeError
from wordvec.vectors import WordVectors, document_rows
from wordvec.vectors.document_files import save_documents
from wordvec.vectors.documents import embed

WORDS, COUNTS = ["the", "good", "tea"], np.array([90, 9, 1])
MATRIX = np.array([[2.0, 0.0], [0.0, 3.0], [3.0, 4.0]])
UNIT = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])


@pytest.fixture
def vectors() -> WordVectors:
    return WordVectors(WORDS, MATRIX, COUNTS)


def in_plain_python(vectors: WordVectors, texts, weights, tokenizer=None) -> np.ndarray:
    """The same sums word by word in float64."""
    rows = np.zeros((len(texts), vectors.dim))
    for row, text in enumerate(texts):
        known = [word for word in vectors.tokenize(text, tokenizer) if word in vectors]
        for word in known:
            rows[row] += weights[vectors.word_id(word)] * vectors.unit_of(word).astype(np.float64) / len(known)
    return rows


@pytest.mark.parametrize("compiled", [True, False])
def test_sif_and_mean_by_hand(vectors, compiled, monkeypatch):
    if not compiled:
        monkeypatch.setattr("wordvec.native.library.is_available", lambda: False)
    texts = ["the tea", "good sugar good", "sugar", ""]
    weights = 0.1 / (0.1 + COUNTS / 100)
    found = vectors.embed(texts, a=0.1, tokenizer="whitespace")
    wanted = [(weights[0] * UNIT[0] + weights[2] * UNIT[2]) / 2, weights[1] * UNIT[1], [0, 0], [0, 0]]
    np.testing.assert_allclose(found.matrix, wanted, rtol=1e-6)
    assert found.found.tolist() == [2, 2, 0, 0] and found.missing.tolist() == [0, 1, 1, 0]
    assert found.empty.tolist() == [False, False, True, True] and len(found) == 4
    mean = vectors.embed(texts, "mean", tokenizer="whitespace")
    np.testing.assert_allclose(mean.matrix[0], (UNIT[0] + UNIT[2]) / 2, rtol=1e-6)
    np.testing.assert_array_equal(np.asarray(mean), mean.matrix)


def test_tf_idf_by_hand(vectors):
    """the: 2 of 3 documents, tea: 1; log(4 / 3) + 1 and log(4 / 2) + 1."""
    found = vectors.embed(["the the tea", "the", "sugar"], "tf-idf", tokenizer="whitespace")
    idf = {"the": np.log(4 / 3) + 1, "tea": np.log(4 / 2) + 1}
    np.testing.assert_allclose(found.matrix[0], (2 * idf["the"] * UNIT[0] + idf["tea"] * UNIT[2]) / 3, rtol=1e-6)
    np.testing.assert_allclose(found.weights, [idf["the"], np.log(4) + 1, idf["tea"]], rtol=1e-6)
    again = vectors.embed(["the the tea"], found.weights, tokenizer="whitespace")
    assert again.matrix[0].tobytes() == found.matrix[0].tobytes()


def test_lists_of_tokens_are_taken_as_they_are(vectors):
    tokens = vectors.embed([["the", "tea"], ("good",), []])
    texts = vectors.embed(["the tea", "good", ""], tokenizer="whitespace")
    assert tokens.matrix.tobytes() == texts.matrix.tobytes() and tokens.found.tolist() == [2, 1, 0]


TEXTS = [
    "The king and the queen rule.",
    "A KING\nrules; the Queen\r\nrules too — they're rulers!",
    "",
    " \n\t ",
    "nothing-known-here 12,5",
    "king\u2003queen\u0085king",
    "e\u0301te\u0301 king",
    "king " * 3_000,
]


@pytest.mark.parametrize("tokenizer", ["words", "whitespace", "characters"])
@pytest.mark.parametrize("normalization", [None, {"case": "lower", "accents": "strip"}])
def test_compiled_code_finds_the_tokens_of_training(tokenizer, normalization, monkeypatch):
    from wordvec.corpus.encode.normalization import Normalization

    more = {} if normalization is None else {"normalization": Normalization(**normalization)}
    corpus = Corpus.from_texts(TEXTS * 2, tokenizer=tokenizer, min_count=1, **more)
    vectors = SVD(dim=2).fit(corpus).vectors
    monkeypatch.setattr(document_rows, "BLOCK", 40)  # several blocks
    found = vectors.embed(TEXTS, "mean")
    np.testing.assert_allclose(found.matrix, in_plain_python(vectors, TEXTS, np.ones(len(vectors))), atol=2e-6)
    assert found.found.tolist() == [sum(t in vectors for t in vectors.tokenize(text)) for text in TEXTS]
    monkeypatch.setattr(document_rows, "can_compile", lambda: False)
    assert vectors.embed(TEXTS, "mean").matrix.tobytes() == found.matrix.tobytes()


def test_phrases_are_joined_as_in_training():
    from wordvec import Phrases

    texts = ["new york is large", "in new york it rains", "new york new york"] * 20
    phrases = Phrases(passes=1, min_count=5, threshold=0.1)
    vectors = SVD(dim=2).fit(Corpus.from_texts(texts, phrases=phrases, min_count=1, tokenizer="words")).vectors
    assert "new_york" in vectors
    tokens = vectors.tokenize("New York it rains")
    assert "new_york" in tokens and "york" not in tokens
    found = vectors.embed(["New York it rains"], "mean")
    assert found.found.tolist() == [sum(token in vectors for token in tokens)]
    assert found.missing.tolist() == [sum(token not in vectors for token in tokens)]


def test_threads_blocks_and_neighbours_change_no_byte(vectors, monkeypatch):
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice([*WORDS, "sugar"], 40)) for _ in range(300)]
    monkeypatch.setattr(document_rows, "BLOCK", 1_000)
    monkeypatch.setattr(document_rows, "MOST_PIECES", 2)
    first = vectors.embed(texts, tokenizer="whitespace", threads=1)
    for threads in (2, 5):
        assert vectors.embed(texts, tokenizer="whitespace", threads=threads).matrix.tobytes() == first.matrix.tobytes()
    backwards = vectors.embed(texts[::-1], tokenizer="whitespace")
    assert backwards.matrix[::-1].tobytes() == first.matrix.tobytes()
    assert vectors.embed([texts[7]], tokenizer="whitespace").matrix[0].tobytes() == first.matrix[7].tobytes()


class Parts:
    def vector(self, word):
        return {"teas": np.float32([10, 0]), "goods": np.float32([0, 0.5])}.get(word)


def test_composed_words_count_with_length_1():
    vectors = WordVectors(WORDS, MATRIX, COUNTS, subwords=Parts())
    found = vectors.embed(["teas goods goods the sugar"], a=0.1, tokenizer="whitespace")
    wanted = (UNIT[0] + 2 * UNIT[1] + 0.1 / (0.1 + 0.9) * UNIT[0]) / 4
    np.testing.assert_allclose(found.matrix[0], wanted, rtol=1e-6)
    assert (found.found.tolist(), found.missing.tolist()) == ([4], [1])


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_narrow_rows(vectors, dtype):
    from wordvec.vectors.postprocessing import to_float16, to_int8

    narrow = (to_float16 if dtype == "float16" else to_int8)(vectors)
    found, wide = (each.embed(["the good tea"], tokenizer="whitespace").matrix for each in (narrow, vectors))
    np.testing.assert_allclose(found, wide, rtol=0, atol=0.01)


def test_no_documents(vectors):
    assert vectors.embed([]).matrix.shape == (0, 2)
    assert vectors.embed([], "tf-idf").weights.shape == (3,)


def test_with_lengths_and_a_generator(vectors):
    found = embed(vectors, (text for text in ["the tea"]), "mean", unit=False, tokenizer="whitespace")
    np.testing.assert_allclose(found.matrix, [(MATRIX[0] + MATRIX[2]) / 2], rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (["the tea"], {"tokenizer": "whitespace"}, OptionError, r"give a list of it, \[text\]"),
        ([["the tea"]], {}, OptionError, "name the tokenizer"),
        ([["the"], "median"], {"tokenizer": "whitespace"}, OptionError, "weights must be one of sif, mean, tf-idf"),
        ([["the"], np.ones(2)], {"tokenizer": "whitespace"}, ShapeError, "weights must be one of"),
        ([["the"]], {"tokenizer": "whitespace", "a": 0.0}, OptionError, "a must be above 0"),
        ([["the"]], {"tokenizer": "whitespace", "a": 1e-300}, OptionError, "a must be above 0, from 1e-12 on"),
        ([["the"]], {"tokenizer": "whitespace", "a": "x"}, OptionError, "a must be above 0"),
        ([["the"]], {"tokenizer": "whitespace", "threads": 0}, OptionError, "threads must be"),
        ([["the", None]], {"tokenizer": "whitespace"}, InputError, "document 2 is None"),
        ([[["the"], "tea"]], {}, InputError, "document 2 is 'tea'"),
        ([[["the", None, 3.5]]], {}, InputError, "document 1 is"),
        ([[3]], {}, InputError, "document 1 is 3, but a text"),
    ],
)
def test_what_cannot_be_embedded_is_told(vectors, arguments, options, error, message):
    arguments = arguments if isinstance(arguments[0], list) else ["the tea"]
    with pytest.raises(error, match=message):
        vectors.embed(*arguments, **options)


@pytest.mark.parametrize("gap", [None, float("nan"), ""])
def test_missing_tokens_are_left_out_and_told(vectors, gap, capsys):
    found = vectors.embed([["the", gap, "tea"], [gap]], "mean")
    assert found.matrix[0].tolist() == vectors.embed([["the", "tea"]], "mean").matrix[0].tolist()
    assert found.missing.tolist() == [0, 0]
    assert "documents: 2 missing or empty tokens in the lists are left out" in capsys.readouterr().err


@pytest.mark.parametrize("documents", [[None], [None, "tea"], [None, ["tea"]], [float("nan"), "tea"]])
def test_a_first_document_that_is_missing_is_not_the_end(vectors, documents):
    with pytest.raises(InputError, match=r"document 1 is (None|nan)"):
        vectors.embed(documents, "mean")


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e300])
def test_weights_that_give_no_numbers_are_refused(vectors, wrong):
    with pytest.raises(OptionError, match="weights must be finite"):
        vectors.embed([["the"]], np.array([wrong, 1.0, 1.0]))


@pytest.mark.parametrize("documents", [{"tea"}, {"a": "tea"}, frozenset(), iter({"tea"}), None, 3])
def test_texts_without_an_order_are_refused(vectors, documents):
    with pytest.raises(OptionError, match="embed takes texts in an order"):
        vectors.embed(documents, "mean")


def test_sif_needs_counts():
    with pytest.raises(InputError, match=r"have no counts.*take weights='mean' \(--weights mean\)"):
        WordVectors(["a"], np.ones((1, 2))).embed(["a"], tokenizer="whitespace")


def test_rows_are_not_replaced_without_their_ids(tmp_path):
    (tmp_path / "rows.npy").write_bytes(b"of before")
    (tmp_path / "rows.words.txt").mkdir()
    with pytest.raises(InputError, match=r"rows\.words\.txt: is a folder"):
        save_documents(WordVectors(["1"], np.ones((1, 2))), tmp_path / "rows.npy")
    assert (tmp_path / "rows.npy").read_bytes() == b"of before"


def test_a_table_is_refused_rather_than_embedded_by_the_names_of_its_columns(vectors):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"text": ["tea"]})
    with pytest.raises(OptionError, match=r"got a DataFrame: give its column, such as table\['text'\]"):
        vectors.embed(table)
    assert len(vectors.embed(table["text"], tokenizer="whitespace").matrix) == 1
