"""What programs written for gensim do most often, found in public code: it works, or one message says what to write."""

from __future__ import annotations

import codecs
import io
import json
import random
import warnings

import numpy as np
import pytest

from wordvec.compat import gensim as compat_gensim
from wordvec.compat.gensim.differences import CompatWarning
from wordvec.compat.gensim.models import Doc2Vec, FastText, KeyedVectors, Word2Vec
from wordvec.compat.gensim.models.doc2vec import TaggedDocument
from wordvec.compat.gensim.models.word2vec import LineSentence, Text8Corpus
from wordvec.compat.gensim.parsing import preprocessing
from wordvec.compat.gensim.utils import simple_preprocess
from wordvec.errors import ArgumentError, CorpusError, OptionError, ShapeError

TOPICS = [["cat", "dog", "cow", "hen"], ["tea", "cup", "milk", "pot"]]
RNG = np.random.default_rng(5)
TEXT = [RNG.choice(TOPICS[number % 2], size=8).tolist() for number in range(40)]
OPTIONS = {"vector_size": 8, "min_count": 1, "sample": 0, "workers": 1}


@pytest.fixture
def model():
    return Word2Vec(TEXT, **OPTIONS)


def test_sentences_of_an_open_file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("서울 은 도시\r\ntea cup\n", encoding="utf-8", newline="")
    expected = [["서울", "은", "도시"], ["tea", "cup"]]
    with open(path, encoding="utf-8") as text, open(path, "rb") as bytes_:
        coded = codecs.getreader("utf-8")(io.BytesIO(path.read_bytes()))
        for file in (text, bytes_, coded, io.StringIO("서울 은 도시\ntea cup")):
            sentences = LineSentence(file)
            assert list(sentences) == list(sentences) == expected
        assert len(Word2Vec(LineSentence(text), **OPTIONS).wv) == 5
    for file in (io.BytesIO("한국".encode("cp949")), io.TextIOWrapper(io.BytesIO("한국".encode("cp949")), "utf-8")):
        with pytest.raises(CorpusError, match=r"the open file is not utf-8: open it with the encoding"):
            list(LineSentence(file))
    with pytest.raises(OptionError, match="the file is closed: give its name"):
        list(LineSentence(text))


def test_pretrained_rows_are_taken_and_trained_further(model, tmp_path):
    for name, binary in (("v.bin", True), ("v.txt", False)):
        model.wv.save_word2vec_format(tmp_path / name, binary=binary)
        other = Word2Vec(**OPTIONS)
        other.build_vocab([*TEXT, ["moon", "cat"]])
        moon = other.wv["moon"]
        other.wv.vectors_lockf = np.ones(len(other.wv), np.float32)
        other.wv.intersect_word2vec_format(tmp_path / name, binary=binary, lockf=1.0)
        np.testing.assert_allclose(other.wv["cat"], model.wv["cat"], rtol=1e-5)
        np.testing.assert_array_equal(other.wv["moon"], moon)
        assert other.wv.similarity("cat", "dog") == pytest.approx(model.wv.similarity("cat", "dog"), abs=1e-5)
        other.train([*TEXT, ["moon", "cat"]], total_examples=41, epochs=1)
        assert np.abs(other.wv["cat"] - model.wv["cat"]).max() > 1e-4
    with pytest.raises(OptionError, match=r"give lockf=1\.0.*freeze=True"):
        other.wv.intersect_word2vec_format(tmp_path / "v.bin", binary=True)
    with pytest.raises(ShapeError, match="rows of 8 numbers; these vectors have 3"):
        KeyedVectors(3).intersect_word2vec_format(tmp_path / "v.bin", binary=True, lockf=1.0)


def test_rows_that_documents_would_not_start_from_are_refused(model, tmp_path):
    model.wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXT)]
    for words in (0, 1):
        other = Doc2Vec(dm=0, dbow_words=words, **OPTIONS)
        other.build_vocab(documents)
        for _ in range(2):
            other.train(documents, total_examples=40, epochs=1)
        other.wv.intersect_word2vec_format(tmp_path / "v.bin", lockf=1.0, binary=True)
        with pytest.raises(OptionError, match=r"rows were written into model\.wv"):
            other.train(documents, total_examples=40, epochs=1)
    other = Doc2Vec(dm=0, **OPTIONS)
    other.build_vocab(documents)
    other.wv.vectors[0] = 1.0
    with pytest.raises(OptionError, match="training does not start from them"):
        other.train(documents, total_examples=40, epochs=1)


@pytest.mark.parametrize("words", [["hen", "cat", "cup"], ["hen", *TOPICS[0], *TOPICS[1], "new"]])
def test_words_and_rows_that_a_program_exchanges_itself_as_when_it_aligns_models(model, words, tmp_path):
    rows = np.array([model.wv[word] if word in model.wv else np.ones(8) for word in dict.fromkeys(words)], np.float32)
    model.wv.most_similar("cat")
    model.wv.vectors, words = rows, list(dict.fromkeys(words))
    model.wv.key_to_index, model.wv.index_to_key = {word: row for row, word in enumerate(words)}, words
    for row, word in enumerate(words):
        model.wv.set_vecattr(word, "count", 100 - row)
    assert model.wv.most_similar("hen", topn=1)[0][0] in words
    assert model.wv.similarity("hen", "cat") == pytest.approx(
        rows[0] @ rows[words.index("cat")] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[words.index("cat")]),
        abs=1e-5,
    )
    model.wv.save(tmp_path / "v")
    model.wv.save_word2vec_format(tmp_path / "v.txt")
    for again in (KeyedVectors.load(tmp_path / "v"), KeyedVectors.load_word2vec_format(tmp_path / "v.txt")):
        assert again.index_to_key == words
        np.testing.assert_allclose(again.vectors, rows, rtol=1e-5)
    assert KeyedVectors.load(tmp_path / "v").get_vecattr("cat", "count") == 100 - words.index("cat")


def test_words_that_a_program_renames_are_answered_by_their_new_names(model):
    nearest = model.wv.most_similar("cat", topn=3)
    model.wv.index_to_key = [word.upper() for word in model.wv.index_to_key]
    model.wv.key_to_index = {word: row for row, word in enumerate(model.wv.index_to_key)}
    assert model.wv.most_similar("CAT", topn=3) == [(word.upper(), cosine) for word, cosine in nearest]


def test_output_rows_can_be_written(model):
    before = model.predict_output_word(["cat"], topn=8)
    model.syn1neg[:] = 0.0
    assert {probability for _, probability in model.predict_output_word(["cat"], topn=8)} == {0.125} != before
    model.syn1neg = np.ones((8, 8))
    model.train(TEXT, total_examples=40, epochs=1)
    assert model.syn1neg.mean() > 0.5  # training went on from these rows
    with pytest.raises(ShapeError, match=r"shape \(8, 8\) expected; got \(7, 8\)"):
        model.syn1neg = np.ones((7, 8))
    with pytest.raises(OptionError, match="predict_output_word: a list of words expected"):
        model.predict_output_word("cat")


def test_rows_that_are_to_stay_are_refused_not_trained(model):
    model.wv.vectors_lockf = np.ones(len(model.wv), np.float32)
    model.wv.vectors_lockf[0] = 0.0
    before = model.wv.vectors.copy()
    with pytest.raises(OptionError, match=r"vectors_lockf other than 1 .* freeze=True"):
        model.train(TEXT, total_examples=40, epochs=1)
    np.testing.assert_array_equal(model.wv.vectors, before)


def test_further_text_without_known_words_changes_nothing(model, tmp_path):
    """The first example of gensim's own manual."""
    model.save(tmp_path / "word2vec.model")
    loaded = Word2Vec.load(tmp_path / "word2vec.model")
    alone = [["alone"]]
    loaded.build_vocab(alone, update=True)
    for one, text in ((loaded, [["hello", "world"]]), (loaded, alone), (model, [["cat"]]), (model, [])):
        before = one.wv.vectors.copy()
        with pytest.warns(CompatWarning, match="nothing is trained; build_vocab"):
            assert one.train(text, total_examples=1, epochs=1) == (0, 0)
        np.testing.assert_array_equal(one.wv.vectors, before)


def test_train_keeps_its_arguments_as_gensim_does(model):
    model.train(TEXT, total_examples=40, epochs=3, start_alpha=0.02, end_alpha=0.001)
    assert (model.epochs, model.alpha, model.min_alpha) == (3, 0.02, 0.001)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda m: m.train(sentences=TEXT, epochs=1), "'sentences': gensim 4 .* call it corpus_iterable"),
        (lambda m: m.train(TEXT, iter=1), "train has no argument 'iter': gensim 4 .* call it epochs"),
        (lambda m: m.train(TEXT, epoch=1), "train has no argument 'epoch'"),
        (lambda m: m.build_vocab(sentences=TEXT), "build_vocab has no argument 'sentences'.* corpus_iterable"),
        (lambda m: Doc2Vec(**OPTIONS, dm=0).build_vocab(documents=[]), "'documents'.* corpus_iterable"),
        (lambda m: Doc2Vec(sentences=[], dm=0), "no argument 'sentences': .* call it documents"),
        (lambda m: Doc2Vec(dm=0).infer_vector(["cat"], steps=9), "no argument 'steps': .* call it epochs"),
    ],
)
def test_arguments_that_are_not_there_are_told_and_not_passed_over(model, call, told):
    with pytest.raises(ArgumentError, match=told):
        call(model)
    assert len(model.wv) == 8  # the words are kept


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"workers": -1}, "Word2Vec: workers must be at least 1; got -1"),
        ({"sample": -1}, "Word2Vec: sample must be 0"),
        ({"ns_exponent": "a"}, "Word2Vec: ns_exponent must be a number"),
        ({"alpha": -1}, "Word2Vec: alpha must be positive"),
        ({"alpha": 1}, "Word2Vec: alpha must be at most 0.8 (?!.*lowers alpha)"),
        ({"workers": 2.0}, "Word2Vec: workers must be a whole number .*: write workers=2"),
    ],
)
def test_errors_name_gensims_arguments(wrong, told):
    with pytest.raises((OptionError, ArgumentError), match=told):
        Word2Vec(TEXT, **{**OPTIONS, **wrong})


def test_documents_shuffled_before_each_training():
    documents = [TaggedDocument(words, [f"d{number}"]) for number, words in enumerate(TEXT)]
    model = Doc2Vec(dm=0, alpha=0.05, **OPTIONS)
    model.build_vocab(list(documents))
    tags = model.dv.index_to_key
    for epoch in range(10):
        model.train(random.Random(epoch).sample(documents, 40), total_examples=40, epochs=2)
        model.alpha -= 0.005
        model.min_alpha = model.alpha
    assert model.dv.index_to_key == tags
    near = [tag for tag, _ in model.dv.most_similar("d0", topn=5)]
    assert all(int(tag[1:]) % 2 == 0 for tag in near)
    model.alpha = -0.001
    with pytest.raises(OptionError, match=r"Doc2Vec: alpha must be positive.*; train\(\.\.\., epochs=N\) lowers alpha"):
        model.train(documents, total_examples=40, epochs=1)
    turned = [TaggedDocument(words, [f"d{39 - number}"]) for number, words in enumerate(TEXT)]
    with pytest.raises(OptionError, match="other documents than build_vocab read"):
        model.train(turned, total_examples=40, epochs=1, start_alpha=0.01)


def test_a_model_whose_alpha_a_loop_lowered_below_zero_is_read_again(model, tmp_path):
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXT)]
    for one in (model, Doc2Vec(documents, dm=0, **OPTIONS)):
        one.alpha = one.min_alpha = -0.001
        one.save(str(tmp_path / "m"))
        again = type(one).load(str(tmp_path / "m"))
        assert again.alpha == -0.001
        np.testing.assert_array_equal(again.wv["cat"], one.wv["cat"])


def test_the_similarity_of_new_documents():
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXT)]
    model = Doc2Vec(documents, dm=0, epochs=20, **OPTIONS)
    alike, unlike = (model.similarity_unseen_docs(["cat", "dog"], words) for words in (["cow", "hen"], ["tea", "pot"]))
    a, b = model.infer_vector(["cat", "dog"]), model.infer_vector(["cow", "hen"])
    assert alike == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-6) and alike > unlike
    assert model.similarity_unseen_docs(["cat"], ["unknown"]) == 0.0
    with pytest.raises(AttributeError, match=r"model\.similarity_unseen_docs\(words, other_words\)"):
        model.dv.similarity_unseen_docs(model, ["cat"], ["dog"])
    with pytest.raises(AttributeError, match="infer_vector gives the same vector at every call"):
        model.random.seed(0)
    with pytest.raises(AttributeError, match="key_to_index for the tags"):
        model.docvecs.doctags.keys()


def test_documents_closer_than_another_are_whole_numbers_like_their_tags():
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXT)]
    dv = Doc2Vec(documents, dm=0, epochs=20, **OPTIONS).dv
    nearest = [tag for tag, _ in dv.most_similar(0, topn=39)]
    assert dv.closer_than(0, nearest[3]) == dv.words_closer_than(0, nearest[3]) == sorted(nearest[:3])
    assert dv.rank(0, nearest[3]) == 4


def test_what_programs_ask_of_the_class_and_of_the_model(model, tmp_path):
    with pytest.raises(AttributeError, match=r"read KeyedVectors\.load_word2vec_format"):
        Word2Vec.load_word2vec_format("v.bin", binary=True)
    model.init_sims(replace=True)
    np.testing.assert_allclose(np.linalg.norm(model.wv.vectors, axis=1), 1.0, rtol=1e-5)
    found = model.wv.most_similar(positive=np.array(["cat", "dog"]), topn=2)
    assert found == model.wv.most_similar(positive=["cat", "dog"], topn=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompatWarning)
        words = FastText(TEXT, **OPTIONS)
    words.save(tmp_path / "f")
    np.testing.assert_array_equal(FastText.load_fasttext_format(tmp_path / "f").wv["cats"], words.wv["cats"])
    with pytest.raises(KeyError, match="and none of its n-grams occurs in them"):
        words.wv["xyzzy"]


def test_similarities_are_numbers_of_json_and_of_numpy(model):
    for found in (
        model.wv.similarity("cat", "dog"),
        model.wv.distance("cat", "dog"),
        model.wv.n_similarity(["cat"], ["dog"]),
    ):
        assert json.loads(json.dumps(found)) == found.item() == found.astype(float)


def test_text_filters_as_gensims():
    theirs = pytest.importorskip("gensim.parsing.preprocessing", reason="compares with gensim (extra 'bench')")
    for text in ("24h mp3 a1B2c", "Ünïcode9 x²", ""):
        assert preprocessing.split_alphanum(text) == theirs.split_alphanum(text)
        assert preprocessing.lower_to_unicode(text) == theirs.lower_to_unicode(text)
    assert simple_preprocess(b"Der Tee") == ["der", "tee"]
    with pytest.raises(TypeError, match="float found"):
        simple_preprocess(float("nan"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("from wordvec.compat.gensim import corpora", "keep gensim itself for corpora"),
        ("from wordvec.compat.gensim.corpora import Dictionary", "keep gensim itself for corpora"),
        ("import wordvec.compat.gensim.similarities.docsim", "keep gensim itself for similarities"),
        ("from wordvec.compat.gensim.models import LdaModel", "keep gensim itself for models.LdaModel"),
        ("from wordvec.compat.gensim.test.utils import common_texts", "give yours"),
        ("from wordvec.compat.gensim.scripts.glove2word2vec import glove2word2vec", "reads GloVe's files"),
        ("from wordvec.compat.gensim.matutils import unitvec", r"row / numpy\.linalg\.norm\(row\)"),
    ],
)
def test_imports_of_what_is_not_here_say_what_to_do(line, told):
    with pytest.raises(ImportError, match=told):
        exec(line, {})
    assert not hasattr(compat_gensim, "corpora")


@pytest.fixture
def gensim():
    return pytest.importorskip("gensim.models", reason="reads what gensim wrote (extra 'bench')")


def test_training_of_a_saved_model_of_gensim_goes_on_with_its_arguments(gensim, tmp_path):
    arguments = {"sg": 1, "window": 3, "epochs": 2, "negative": 7, "sample": 0, "alpha": 0.03, "min_count": 1}
    theirs = gensim.Word2Vec(TEXT, vector_size=8, workers=1, **arguments)
    theirs.save(str(tmp_path / "w.model"))
    ours = Word2Vec.load(tmp_path / "w.model")
    assert {name: getattr(ours, name) for name in arguments} == arguments
    word, probability = ours.predict_output_word(["cat", "dog"], topn=1)[0]
    assert (word, pytest.approx(probability, abs=1e-5)) == theirs.predict_output_word(["cat", "dog"], topn=1)[0]
    ours.train(TEXT, total_examples=40, epochs=1)
    ours.save(tmp_path / "again")
    assert Word2Vec.load(tmp_path / "again").predict_output_word(["cat"], topn=1)
    gensim.Word2Vec(TEXT, vector_size=8, hs=1, negative=0, min_count=1).save(str(tmp_path / "h.model"))
    assert (Word2Vec.load(tmp_path / "h.model").hs, Word2Vec.load(tmp_path / "h.model").negative) == (1, 0)
    theirs.window = 10**6
    theirs.save(str(tmp_path / "odd.model"))
    with pytest.warns(CompatWarning, match="the defaults are taken for all arguments.*window must be at most"):
        assert Word2Vec.load(tmp_path / "odd.model").window == 5


def test_whole_numbers_that_gensim_keeps_as_keys_are_read_as_their_digits(gensim, tmp_path):
    documents = [gensim.doc2vec.TaggedDocument(words, [number]) for number, words in enumerate(TEXT)]
    theirs = gensim.Doc2Vec(documents, vector_size=8, min_count=1)
    theirs.dv.save(str(tmp_path / "d.kv"))
    theirs.save(str(tmp_path / "d.model"))
    np.testing.assert_array_equal(KeyedVectors.load(tmp_path / "d.kv")["3"], theirs.dv[3])
    with pytest.raises(OptionError, match=r"model\.dv\.save\(file\) keeps .* KeyedVectors\.load\(file\)"):
        Doc2Vec.load(tmp_path / "d.model")
    nodes = gensim.Word2Vec([[1, 2, 3]] * 30, vector_size=4, min_count=1)
    nodes.save(str(tmp_path / "n.model"))
    np.testing.assert_array_equal(Word2Vec.load(tmp_path / "n.model").wv["2"], nodes.wv[2])


def test_any_file_is_read_line_by_line_as_gensim_does(tmp_path):
    (tmp_path / "page.html").write_text("<html>\n" + "<p> a cat sat </p>\n" * 9, "utf-8")
    assert list(LineSentence(tmp_path / "page.html"))[:2] == [["<html>"], ["<p>", "a", "cat", "sat", "</p>"]]
    assert next(iter(Text8Corpus(tmp_path / "page.html")))[:3] == ["<html>", "<p>", "a"]
