from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

from fuzz_files import gensim_pickle

from wordvec.errors import VectorsFileError
from wordvec.vectors.files.pickle_arrays import Made, Name, array_of
from wordvec.vectors.files.pickle_values import read_pickle
from wordvec.vectors.word_vectors import WordVectors

WORDS = ["a", "naïve", "한국어"]
MATRIX = np.arange(12, dtype=np.float32).reshape(3, 4) / 7


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2"])
def test_keyed_vectors(tmp_path, protocol, order, dtype):
    (tmp_path / "v.kv").write_bytes(gensim_pickle(WORDS, np.asarray(MATRIX, dtype, order=order), protocol))
    vectors = WordVectors.load(tmp_path / "v.kv", strict=True)
    assert vectors.words == WORDS
    assert vectors.counts.tolist() == [3, 2, 1]
    np.testing.assert_allclose(vectors.matrix, MATRIX, rtol=1e-3)
    assert WordVectors.load(tmp_path / "v.kv", limit=1, dtype="int8").matrix.dtype == np.int8


def test_whole_numbers_as_keys_are_their_digits_and_others_are_refused(tmp_path):
    (tmp_path / "v.kv").write_bytes(gensim_pickle([7, "seven", -1], MATRIX))
    assert WordVectors.load(tmp_path / "v.kv").words == ["7", "seven", "-1"]
    for words in ([7, "7", "a"], [True, "b", "a"], [1.5, "b", "a"]):
        (tmp_path / "v.kv").write_bytes(gensim_pickle(words, MATRIX))
        with pytest.raises(VectorsFileError, match="KeyedVectors"):
            WordVectors.load(tmp_path / "v.kv")


def test_an_array_beside_the_pickle_stays_mapped(tmp_path):
    (tmp_path / "v.kv").write_bytes(gensim_pickle(WORDS, None, vectors=None, **{"__numpys": ["vectors"]}))
    with pytest.raises(VectorsFileError, match=r"v\.kv\.vectors\.npy: needed"):
        WordVectors.load(tmp_path / "v.kv")
    np.save(tmp_path / "v.kv.vectors.npy", MATRIX)
    base = WordVectors.load(tmp_path / "v.kv").matrix
    np.testing.assert_array_equal(base, MATRIX)
    while not isinstance(base, np.memmap):
        base = base.base
    whole = (tmp_path / "v.kv.vectors.npy").read_bytes()
    for damaged in (whole[:100], whole[:-1], b"", b"PK\x03\x04", whole.replace(b"<f4", b"|O4")):
        (tmp_path / "v.kv.vectors.npy").write_bytes(damaged)
        with pytest.raises(VectorsFileError, match=r"vectors\.npy: needed"):
            WordVectors.load(tmp_path / "v.kv")


def test_a_name_in_the_pickle_does_not_lead_elsewhere(tmp_path):
    """Which arrays lie beside the file is taken from the pickle, their names are not."""
    (tmp_path / "v.kv").write_bytes(gensim_pickle(WORDS, None, vectors=None, **{"__numpys": ["../../etc/passwd"]}))
    with pytest.raises(VectorsFileError, match="finds no words and vectors"):
        WordVectors.load(tmp_path / "v.kv")


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_the_books_pickle(tmp_path, protocol):
    row_of = {word: row for row, word in enumerate(WORDS)}
    content = {"word_vecs": MATRIX.astype(np.float16), "word_to_id": row_of, "id_to_word": dict(enumerate(WORDS))}
    (tmp_path / "v.pkl").write_bytes(pickle.dumps(content, protocol))
    vectors = WordVectors.load(tmp_path / "v.pkl")
    assert vectors.words == WORDS
    np.testing.assert_array_equal(vectors.matrix, MATRIX.astype(np.float16))
    (tmp_path / "v.pkl").write_bytes(pickle.dumps({"word_vecs": MATRIX, "word_to_id": {"a": 0, "b": 5}}, protocol))
    with pytest.raises(VectorsFileError, match="'word_to_id' does not number the 3 rows"):
        WordVectors.load(tmp_path / "v.pkl")


class Call:
    """A pickle of this would call `function`."""

    def __init__(self, function, *args):
        self.function, self.args = function, args

    def __reduce__(self):
        return self.function, self.args


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_what_a_pickle_would_call_is_described_and_not_called(protocol):
    made = read_pickle(pickle.dumps({"x": [Call(exec, "raise SystemExit")]}, protocol))["x"][0]
    assert isinstance(made, Made)
    assert made.maker in (Name("builtins", "exec"), Name("__builtin__", "exec"))
    assert made.args == ("raise SystemExit",)
    assert array_of(made) is None


@pytest.mark.parametrize("where", ["index_to_key", "vectors", "expandos", "other"])
def test_a_bomb_in_any_place_is_not_set_off(tmp_path, where):
    content = gensim_pickle(WORDS, MATRIX, 4, **{where: Call(pytest.fail, "a pickle was executed")})
    (tmp_path / "v").write_bytes(content)
    if where in ("index_to_key", "vectors"):
        with pytest.raises(VectorsFileError, match="finds no words and vectors"):
            WordVectors.load(tmp_path / "v")
    else:
        assert WordVectors.load(tmp_path / "v").words == WORDS


@pytest.mark.parametrize("documents", ["dv", "docvecs"])  # gensim 4 and 3
def test_of_a_doc2vec_model_it_is_said_that_the_documents_are_not_read(tmp_path, documents):
    (tmp_path / "v").write_bytes(gensim_pickle(WORDS, MATRIX, 4, **{documents: Call(object)}))
    with pytest.warns(UserWarning, match=r"only the word vectors are read; .* model\.dv\.save\('documents\.kv'\)"):
        assert WordVectors.load(tmp_path / "v").words == WORDS


def test_instructions_no_plain_data_needs_are_refused(tmp_path):
    for code in (b"\x80\x02cos\nsystem\n(S'true'\ntR.", b"\x80\x02(S'true'\nios\nsystem\n.", b"\x80\x02P1\n."):
        (tmp_path / "v").write_bytes(code)
        with pytest.raises(VectorsFileError, match=r"posix\.system|os\.system|plain data does not need"):
            WordVectors.load(tmp_path / "v")


def test_an_odd_text_is_no_warning():
    assert read_pickle(b"\x80\x02S'a\\zb'\n.") == r"a\zb"


def test_deep_nesting_is_no_crash(tmp_path):
    for code in (b"\x80\x02" + b"(" * 10**5 + b"t" * 10**5 + b".", b"\x80\x02]" + b"]a" * 10**5 + b"."):
        (tmp_path / "v").write_bytes(code)
        with pytest.raises(VectorsFileError):
            WordVectors.load(tmp_path / "v")
    (tmp_path / "v").write_bytes(b"\x80\x02}" + b"(" * 9000 + b"t" * 9000 + b"K\x01s.")  # as a key, to be hashed
    with pytest.raises(VectorsFileError, match="SETITEM does not fit"):
        WordVectors.load(tmp_path / "v")


@pytest.mark.parametrize("separately", [10**9, 1])
@pytest.mark.parametrize("kind", ["KeyedVectors", "Word2Vec", "FastText"])
def test_equal_to_gensim(tmp_path, kind, separately):
    models = pytest.importorskip("gensim.models", reason="compares with gensim (extra 'bench')")
    if kind == "KeyedVectors":
        model = models.KeyedVectors(4)
        model.add_vectors(WORDS, MATRIX)
    else:
        options = {"bucket": 500} if kind == "FastText" else {}
        sentences = [["cat", "dog", "mouse", "house"] * 5] * 20
        model = getattr(models, kind)(sentences, vector_size=6, min_count=1, workers=1, epochs=1, **options)
    model.save(str(tmp_path / "m"), sep_limit=separately)
    keyed = getattr(model, "wv", model)
    vectors = WordVectors.load(tmp_path / "m", strict=True)
    assert list(vectors.words) == keyed.index_to_key
    np.testing.assert_allclose(vectors.matrix, keyed.vectors, rtol=0, atol=1e-6)
    if kind != "KeyedVectors":
        assert vectors.counts.tolist() == [keyed.get_vecattr(word, "count") for word in vectors.words]
    if kind == "FastText":
        for word in ("cats", "häuser"):
            np.testing.assert_allclose(vectors.subwords.vector(word), keyed[word], rtol=0, atol=1e-6)


@pytest.mark.parametrize("sep_limit", [10 * 1024**2, 0])  # inside the pickle, and in files beside it
def test_the_context_vectors_of_a_model(tmp_path, sep_limit):
    models = pytest.importorskip("gensim.models")
    sentences = [["a", "b", "c", "d"], ["b", "d", "a"]] * 20
    model = models.Word2Vec(sentences, vector_size=6, min_count=1, negative=3, epochs=1)
    model.save(str(tmp_path / "v.model"), sep_limit=sep_limit)
    vectors = WordVectors.load(tmp_path / "v.model")
    assert vectors.words == model.wv.index_to_key
    np.testing.assert_array_equal(vectors.context_matrix, model.syn1neg)
    np.testing.assert_array_equal(WordVectors.load(tmp_path / "v.model", limit=2).context_matrix, model.syn1neg[:2])
    for file in tmp_path.glob("*.syn1neg.npy"):
        file.unlink()  # as where only the word vectors were copied
        assert WordVectors.load(tmp_path / "v.model").context_matrix is None
    models.Word2Vec(sentences, vector_size=6, min_count=1, hs=1, negative=0).save(str(tmp_path / "hs.model"))
    assert WordVectors.load(tmp_path / "hs.model").context_matrix is None
