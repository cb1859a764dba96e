"""Word2Vec, Phrases and the rest under gensim's names: training, callbacks, files; gensim is the oracle."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest

from wordvec.compat import gensim as compat_gensim
from wordvec.compat.gensim.differences import CompatWarning
from wordvec.compat.gensim.models import CallbackAny2Vec, Doc2Vec, FastText, Phrases, Word2Vec
from wordvec.compat.gensim.models.doc2vec import TaggedDocument
from wordvec.compat.gensim.models.fasttext import load_facebook_vectors
from wordvec.compat.gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phraser
from wordvec.compat.gensim.models.word2vec import LineSentence, PathLineSentences, Text8Corpus
from wordvec.compat.gensim.table import table
from wordvec.compat.gensim.utils import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP, simple_preprocess
from wordvec.errors import ArgumentError, InputError, OptionError, WordvecError
from wordvec.vectors import WordVectors
from wordvec.vectors.subwords import Subwords


@pytest.fixture(scope="module")
def gensim():
    return pytest.importorskip("gensim.models", reason="compares with gensim (extra 'bench')")


def two_topics(lines=80, seed=3):
    """Sentences about animals or about food; words of one topic never meet those of the other."""
    rng = np.random.default_rng(seed)
    topics = ["cat", "dog", "cow", "hen"], ["bread", "rice", "soup", "cake"]
    return [rng.choice(topic, size=6).tolist() for topic in topics for _ in range(lines)]


TEXT = two_topics()
SMALL = {"vector_size": 8, "window": 2, "min_count": 1, "sample": 0, "alpha": 0.1, "workers": 1}


@pytest.mark.parametrize(
    "options", [{"sg": 1}, {"sg": 0}, {"sg": 1, "hs": 1, "negative": 0}, {"sg": 0, "hs": 1, "negative": 0}]
)
def test_the_model_is_as_gensims_in_shape_and_neighbours(gensim, options):
    theirs, ours = (kind(TEXT, epochs=20, seed=1, **SMALL, **options) for kind in (gensim.Word2Vec, Word2Vec))
    assert ours.wv.vectors.shape == theirs.wv.vectors.shape == (8, 8)
    assert {word: ours.wv.get_vecattr(word, "count") for word in ours.wv.index_to_key} == {
        word: theirs.wv.get_vecattr(word, "count") for word in theirs.wv.index_to_key
    }
    counts = [ours.wv.get_vecattr(word, "count") for word in ours.wv.index_to_key]
    assert counts == sorted(counts, reverse=True)
    assert (
        (ours.corpus_count, ours.corpus_total_words) == (theirs.corpus_count, theirs.corpus_total_words) == (160, 960)
    )
    for model in (theirs, ours):
        assert {word for word, _ in model.wv.most_similar("cat", topn=3)} == {"dog", "cow", "hen"}


def test_any_number_of_workers_gives_the_same_bytes_and_another_seed_others():
    few, many = (Word2Vec(TEXT, **{**SMALL, "workers": workers}) for workers in (1, 4))
    np.testing.assert_array_equal(few.wv.vectors, many.wv.vectors)
    assert not np.array_equal(Word2Vec(TEXT, seed=2, **SMALL).wv.vectors, few.wv.vectors)


def test_the_constructor_is_build_vocab_and_train_also_of_a_generator():
    whole = Word2Vec(TEXT, epochs=3, **SMALL)
    parts = Word2Vec(epochs=3, **SMALL)
    sentences = (sentence for sentence in TEXT)  # gensim would refuse it
    parts.build_vocab(sentences)
    start = parts.wv.vectors.copy()
    assert parts.wv.index_to_key == whole.wv.index_to_key and start.any()
    done = parts.train(sentences, total_examples=parts.corpus_count, epochs=parts.epochs)
    assert done == (3 * 960, 3 * 960)
    np.testing.assert_array_equal(parts.wv.vectors, whole.wv.vectors)
    assert not np.allclose(start, whole.wv.vectors, atol=1e-3)


def test_training_starts_from_the_rows_as_they_are():
    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    model.wv.vectors[:] = 3.0  # pre-trained, say
    model.train(TEXT, total_examples=model.corpus_count, epochs=1, start_alpha=1e-5, end_alpha=1e-5)
    np.testing.assert_allclose(model.wv.vectors, 3.0, atol=0.1)


def test_training_goes_on_with_other_text_and_its_words():
    model = Word2Vec(TEXT, epochs=2, **SMALL)
    before = model.wv.vectors.copy()
    more = [["cat", "unicorn", "dog"]] * 30
    model.train(more, total_examples=len(more), epochs=1)  # words that the model lacks are passed over
    assert "unicorn" not in model.wv and not np.array_equal(model.wv.vectors, before)
    assert model.wv.get_vecattr("cat", "count") + 0 == Word2Vec(TEXT, **SMALL).wv.get_vecattr("cat", "count")
    words, count = list(model.wv.index_to_key), model.wv.get_vecattr("cat", "count")
    model.build_vocab(more, update=True)
    model.train(more, total_examples=model.corpus_count, epochs=2)
    assert model.wv.index_to_key == [*words, "unicorn"]
    assert model.wv.get_vecattr("cat", "count") == count + 30
    assert model.syn1neg.shape == (9, 8)


class Recorder(CallbackAny2Vec):
    def __init__(self):
        self.calls, self.rows, self.losses = [], [], []

    def on_train_begin(self, model):
        self.calls.append("train begins")

    def on_epoch_begin(self, model):
        self.calls.append("begin")

    def on_epoch_end(self, model):
        self.calls.append("end")
        self.rows.append(model.wv["cat"].copy())
        self.losses.append(model.get_latest_training_loss())

    def on_train_end(self, model):
        self.calls.append("train ends")


def test_callbacks_come_as_gensims_and_see_the_vectors(gensim, tmp_path):
    from gensim.models.callbacks import CallbackAny2Vec as Theirs

    class TheirRecorder(Recorder, Theirs):
        pass

    theirs, ours = TheirRecorder(), Recorder()
    gensim.Word2Vec(TEXT, epochs=3, callbacks=[theirs], compute_loss=True, **SMALL)

    class Saver(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.save(str(tmp_path / f"{len(ours.rows)}.model"))

    model = Word2Vec(TEXT, epochs=3, callbacks=[ours, Saver()], compute_loss=True, **SMALL)
    assert ours.calls == theirs.calls
    np.testing.assert_array_equal(ours.rows[-1], model.wv["cat"])
    assert not np.array_equal(ours.rows[0], ours.rows[1])
    assert 0 < ours.losses[0] < ours.losses[1] < ours.losses[2]
    np.testing.assert_array_equal(Word2Vec.load(str(tmp_path / "1.model")).wv["cat"], ours.rows[0])


def test_an_error_in_a_callback_leaves_the_vectors_of_that_epoch():
    class Stop(CallbackAny2Vec):
        def on_epoch_end(self, model):
            raise StopIteration

    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    with pytest.raises(StopIteration):
        model.train(TEXT, epochs=5, callbacks=[Stop()])
    one = Word2Vec(TEXT, epochs=5, **SMALL)
    assert model.wv.vectors.any() and not np.array_equal(model.wv.vectors, one.wv.vectors)


def test_a_saved_model_goes_on_where_it_was(tmp_path):
    model = Word2Vec(TEXT, epochs=2, **SMALL)
    model.save(str(tmp_path / "w2v.model"))
    again = Word2Vec.load(str(tmp_path / "w2v.model"))
    assert (again.window, again.alpha, again.sg, again.vector_size) == (2, 0.1, 0, 8)
    assert again.wv.index_to_key == model.wv.index_to_key
    assert again.wv.get_vecattr("cat", "count") == model.wv.get_vecattr("cat", "count")
    for each in (model, again):
        each.train(TEXT, total_examples=160, epochs=1)
    np.testing.assert_array_equal(again.wv.vectors, model.wv.vectors)
    assert [path.name for path in tmp_path.iterdir()] == ["w2v.model"]


def test_a_model_that_gensim_saved_is_read(gensim, tmp_path):
    theirs = gensim.Word2Vec(TEXT, **SMALL)
    theirs.save(str(tmp_path / "theirs.model"))
    ours = Word2Vec.load(str(tmp_path / "theirs.model"))
    assert ours.wv.index_to_key == theirs.wv.index_to_key
    np.testing.assert_array_equal(ours.wv.vectors, theirs.wv.vectors)


def test_files_of_sentences(tmp_path):
    import gzip

    with gzip.open(tmp_path / "b.txt.gz", "wt", encoding="utf-8") as file:
        file.write("né  à la\n\nmaison\n")
    (tmp_path / "a.txt").write_text("a b c d e\n", encoding="utf-8")
    assert list(LineSentence(tmp_path / "b.txt.gz")) == [["né", "à", "la"], ["maison"]]
    assert list(LineSentence(str(tmp_path / "a.txt"), max_sentence_length=2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(LineSentence(tmp_path / "b.txt.gz", limit=1)) == [["né", "à", "la"]]
    assert [len(each) for each in PathLineSentences(tmp_path)] == [5, 3, 1]
    (tmp_path / "text").write_text("\n".join(map(" ".join, TEXT)), encoding="utf-8")
    by_file = Word2Vec(corpus_file=str(tmp_path / "text"), **SMALL)
    by_lines = Word2Vec(LineSentence(tmp_path / "text"), **SMALL)
    np.testing.assert_array_equal(by_file.wv.vectors, by_lines.wv.vectors)
    np.testing.assert_array_equal(by_file.wv.vectors, Word2Vec(TEXT, **SMALL).wv.vectors)


def test_words_are_chosen_as_gensim_chooses_them(gensim):
    text = [["a"] * 5, ["b"] * 4, ["c"] * 3, ["d"] * 2, ["e", "a", "b", "c"]]
    for options in ({"min_count": 3}, {"min_count": 0}, {"min_count": 1, "max_final_vocab": 3}):
        models = [kind(vector_size=4, **options) for kind in (gensim.Word2Vec, Word2Vec)]
        for model in models:
            model.build_vocab(text)
        assert models[0].wv.key_to_index == models[1].wv.key_to_index


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"size": 50}, ArgumentError, "no argument 'size': gensim 4 and wordvec.compat.gensim call it vector_size"),
        ({"nonsense": 1}, ArgumentError, "no argument 'nonsense'"),
        ({"cbow_mean": 0}, OptionError, "cbow_mean=0 is not supported"),
        ({"trim_rule": lambda *_: "keep", "sentences": TEXT}, OptionError, r"returned 'keep': utils\.RULE_DEFAULT,"),
        ({"trim_rule": lambda *_: RULE_DISCARD, "sentences": TEXT}, OptionError, "no word is left: .* trim_rule"),
        ({"negative": 0}, OptionError, "trains nothing"),
        ({"window": 0}, OptionError, "window=0 gives no contexts"),
        ({"vector_size": 0}, OptionError, "vector_size must be at least 1"),
        ({"sentences": TEXT, "corpus_file": "x"}, OptionError, "sentences or corpus_file, not both"),
        ({"sentences": ["one text", "another"]}, InputError, "one text"),
        ({"sentences": []}, InputError, "no "),
        ({"sentences": TEXT, "min_count": 10**6}, InputError, "min"),
    ],
)
def test_what_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        Word2Vec(**options)


def test_what_is_told():
    for options, message in (
        ({"hs": 1, "negative": 10, "ns_exponent": 0.5}, "hierarchical softmax alone"),
        ({"max_vocab_size": 10}, "max_vocab_size has no effect"),
        ({"sorted_vocab": 0}, "sorted_vocab=0 has no effect"),
        ({"sentences": [["a", "b"]] * 5, "vector_size": 2}, "sample=0.001 would leave nothing"),
    ):
        with pytest.warns(CompatWarning, match=message) as caught:
            Word2Vec(**options)
        assert caught[0].filename == __file__
    with pytest.raises(WordvecError, match="call build_vocab"):
        Word2Vec().train(TEXT)
    with pytest.raises(AttributeError, match=r"ask model\.wv\.most_similar"):
        Word2Vec().most_similar  # noqa: B018


def rule(word, count, min_count):
    """Without the commonest of each topic, but with one that is rare."""
    return {"cat": RULE_DISCARD, "bread": RULE_DISCARD, "newt": RULE_KEEP}.get(word, RULE_DEFAULT)


@pytest.mark.parametrize("as_generator", [False, True])
def test_a_trim_rule_chooses_the_words_that_gensim_chooses(gensim, as_generator):
    text = [*TEXT, ["newt", "toad", "dog"]]
    options = {"vector_size": 4, "min_count": 2, "sample": 0, "trim_rule": rule, "epochs": 1}
    found = Word2Vec((words for words in text) if as_generator else text, **options)
    expected = gensim.Word2Vec(text, **options)
    assert found.wv.index_to_key == expected.wv.index_to_key
    for word in ("dog", "newt"):
        assert found.wv.get_vecattr(word, "count") == expected.wv.get_vecattr(word, "count")
    assert (found.corpus_count, found.corpus_total_words) == (expected.corpus_count, expected.corpus_total_words)
    assert len(Word2Vec(text, **options, max_final_vocab=3).wv) == 3
    with pytest.warns(CompatWarning, match="trim_rule has no effect without sentences: give it to build_vocab"):
        model = Word2Vec(**options)
    model.build_vocab(text, trim_rule=rule)
    assert "cat" not in model.wv and "newt" in model.wv


def test_words_from_given_counts(gensim):
    counts = {"cat": 9, "dog": 20, "newt": 1, "soup": 8}
    models = [kind(vector_size=4, min_count=2, sample=0) for kind in (Word2Vec, gensim.Word2Vec)]
    for model in models:
        model.build_vocab_from_freq(counts, corpus_count=7)
    ours, theirs = models
    assert ours.wv.index_to_key == theirs.wv.index_to_key == ["dog", "cat", "soup"]
    assert ours.corpus_count == theirs.corpus_count == 7
    assert ours.wv.get_vecattr("dog", "count") == 20
    before = ours.wv["dog"].copy()
    ours.train(TEXT, total_examples=len(TEXT), epochs=1)
    assert not np.array_equal(ours.wv["dog"], before)
    for wrong, message in (
        ([("cat", 9)], "a dictionary of words"),
        ({"cat": 1.5}, r"\('cat', 1.5\)"),
        ({1: 2}, "1, 2"),
    ):
        with pytest.raises(OptionError, match=message):
            Word2Vec().build_vocab_from_freq(wrong)
    with pytest.raises(OptionError, match="no word is left: none was seen min_count=50 times"):
        Word2Vec(min_count=50).build_vocab_from_freq(counts)


@pytest.mark.parametrize("sg", [0, 1])
def test_a_context_predicts_the_words_that_gensim_predicts(gensim, sg):
    model = Word2Vec(TEXT, **SMALL, sg=sg, epochs=5)
    theirs = gensim.Word2Vec(**SMALL, sg=sg)
    theirs.build_vocab(TEXT)
    rows = [model.wv.key_to_index[word] for word in theirs.wv.index_to_key]
    theirs.wv.vectors, theirs.syn1neg = model.wv.vectors[rows], model.syn1neg[rows]
    for context in (["cat"], ["cat", "dog", "unknown", "cat"]):
        found, expected = (each.predict_output_word(context, topn=3) for each in (model, theirs))
        assert [word for word, _ in found] == [word for word, _ in expected]
        np.testing.assert_allclose([p for _, p in found], [p for _, p in expected], rtol=1e-4)
    assert sum(p for _, p in model.predict_output_word(["cat"], topn=8)) == pytest.approx(1)
    assert {word for word, _ in model.predict_output_word(["cat", "cow"], topn=4)} == {"cat", "dog", "cow", "hen"}
    with pytest.warns(CompatWarning, match="none of the words is in the vocabulary"):
        assert model.predict_output_word(["unknown"]) is None


def test_models_that_predict_no_words():
    for model in (Word2Vec(vector_size=2), Word2Vec(TEXT, **SMALL, epochs=1, hs=1, negative=0)):
        with pytest.raises(WordvecError, match="no output rows"):
            model.predict_output_word(["cat"])
    with pytest.raises(OptionError, match="give the documents to build_vocab"):
        Doc2Vec(dm=0).build_vocab_from_freq({"cat": 9})
    with pytest.raises(OptionError, match="trim_rule is not supported: leave words out of the documents"):
        Doc2Vec(dm=0, trim_rule=rule)


def test_fasttext_files_give_vectors_to_unseen_words(tmp_path):
    rows = np.arange(20, dtype=np.float32).reshape(10, 2)
    subwords = Subwords(rows, buckets=10, shortest=3, longest=3)
    WordVectors(["cat"], np.ones((1, 2)), subwords=subwords).save(tmp_path / "ft.safetensors")
    kv = load_facebook_vectors(tmp_path / "ft.safetensors")
    np.testing.assert_array_equal(kv["cats"], subwords.vector("cats"))
    np.testing.assert_array_equal(kv[["cat", "cats"]], [[1, 1], subwords.vector("cats")])
    assert "cats" in kv and not kv.has_index_for("cats") and kv.similarity("cat", "cats") > 0
    assert kv.most_similar("cats", topn=1)[0][0] == "cat"
    assert kv.vectors_for_all(["cats", "cat"]).index_to_key == ["cats", "cat"]
    model = FastText.load(tmp_path / "ft.safetensors")
    model.save(tmp_path / "again.model")
    np.testing.assert_array_equal(FastText.load(tmp_path / "again.model").wv["cats"], kv["cats"])


@pytest.mark.parametrize("sg", [0, 1])
def test_fasttext_trains_words_and_n_grams_together(tmp_path, sg):
    model = FastText(TEXT, sg=sg, epochs=2, min_n=2, max_n=3, **SMALL)
    assert model.wv["cats"].shape == (8,) and "cats" in model.wv and not model.wv.has_index_for("cats")
    assert model.wv._subwords.ngrams.shortest == 2 and model.wv.info["subwords"]["method"] == "trained"
    own, made = model.wv["cat"], model.wv._subwords.vector("cat")
    assert not np.allclose(own, Word2Vec(TEXT, sg=sg, epochs=2, **SMALL).wv["cat"]) and own.shape == made.shape
    model.save(tmp_path / "ft.model")
    again = FastText.load(str(tmp_path / "ft.model"))
    np.testing.assert_array_equal(again.wv["cats"], model.wv["cats"])
    assert (again.min_n, again.max_n, again.sg) == (2, 3, sg)


def test_fasttext_fits_n_grams_where_it_cannot_train_them():
    with pytest.warns(CompatWarning, match="hs=1: .*rows of n-grams fitted to them afterwards"):
        model = FastText(TEXT, sg=1, hs=1, negative=0, epochs=1, **SMALL)
    np.testing.assert_array_equal(
        model.wv.vectors, Word2Vec(TEXT, sg=1, hs=1, negative=0, epochs=1, **SMALL).wv.vectors
    )
    assert "cats" in model.wv
    model = FastText(TEXT, epochs=1, **SMALL)
    before = model.wv["cat"].copy()
    model.train(TEXT, total_examples=model.corpus_count, epochs=1)
    assert not np.array_equal(model.wv["cat"], before) and "cats" in model.wv
    with pytest.warns(CompatWarning, match="after the first training"):
        model.build_vocab([["cats", "cats"]] * 5, update=True)
    assert "cats" not in FastText(TEXT, max_n=0, **SMALL).wv
    with pytest.raises(OptionError, match="min_n must be from 1 to max_n"):
        FastText(TEXT, min_n=4, max_n=3, **SMALL)


PHRASES = [
    ["the", "bank", "of", "america", "is", "in", "new", "york"],
    ["new", "york", "has", "a", "bank", "of", "america"],
    ["a", "new", "day", "in", "new", "york"],
    ["of", "the", "bank", "of"],
    [],
]


@pytest.mark.parametrize(
    "options",
    [
        {"min_count": 1, "threshold": 1},
        {"min_count": 2, "threshold": 0.5, "delimiter": " "},
        {"min_count": 1, "threshold": 0.2, "scoring": "npmi"},
        {"min_count": 1, "threshold": 0.1, "connector_words": ENGLISH_CONNECTOR_WORDS},
    ],
)
def test_phrases_are_gensims(gensim, options):
    from gensim.models import phrases as their_module

    assert ENGLISH_CONNECTOR_WORDS == their_module.ENGLISH_CONNECTOR_WORDS
    theirs, ours = (kind(PHRASES, **options) for kind in (gensim.Phrases, Phrases))
    assert dict(theirs.vocab) == ours.vocab and theirs.corpus_word_count == ours.corpus_word_count
    assert ours.export_phrases() == pytest.approx(theirs.export_phrases())
    assert ours.find_phrases(PHRASES) == pytest.approx(theirs.find_phrases(PHRASES))
    for sentence in PHRASES:
        assert ours[sentence] == theirs[sentence]
        assert list(ours.analyze_sentence(sentence)) == list(theirs.analyze_sentence(sentence))
    assert list(ours[PHRASES]) == list(theirs[PHRASES])
    frozen, their_frozen = ours.freeze(), theirs.freeze()
    assert frozen.phrasegrams == pytest.approx(their_frozen.phrasegrams)
    assert list(frozen[PHRASES]) == list(their_frozen[PHRASES])
    for kind in (theirs, ours):
        kind.add_vocab([["new", "york"]])
    assert ours.export_phrases() == pytest.approx(theirs.export_phrases())


def test_trigrams_and_a_scoring_function():
    bigram = Phrases(PHRASES, min_count=1, threshold=0.5, scoring=lambda a, b, both, *_: both)
    assert bigram[["new", "york"]] == ["new_york"]
    twice = Phrases(bigram[PHRASES], min_count=1, threshold=0.1)
    assert list(Phraser(twice)[bigram[PHRASES]]) == list(twice[bigram[PHRASES]])


def test_phrases_are_saved_without_pickle(tmp_path):
    ours = Phrases(PHRASES, min_count=1, threshold=0.1, connector_words=["of"], delimiter="+")
    ours.save(str(tmp_path / "p"))
    again = Phrases.load(str(tmp_path / "p"))
    assert again.export_phrases() == ours.export_phrases() and again[PHRASES[0]] == ours[PHRASES[0]]
    assert (tmp_path / "p").read_text().startswith("{")
    ours.freeze().save(tmp_path / "f")
    frozen = FrozenPhrases.load(tmp_path / "f")
    assert frozen[PHRASES[0]] == ours[PHRASES[0]]
    for path, kind in ((tmp_path / "f", Phrases), (tmp_path / "p", FrozenPhrases), (tmp_path / "none", Phrases)):
        with pytest.raises(InputError, match=r"not a file of|cannot be read"):
            kind.load(path)
    content = json.loads((tmp_path / "p").read_text())
    for change in ({"words": None}, {"vocab": {"new": "5"}}, {"options": {**content["options"], "sort": 1}}):
        (tmp_path / "x").write_text(json.dumps({**content, **change}))
        with pytest.raises(InputError, match=r"not a file of phrases.*damaged: (words|vocab|options)"):
            Phrases.load(tmp_path / "x")
    (tmp_path / "x").write_bytes(b"\x80\x04pickle")
    with pytest.raises(InputError, match="not a file of phrases"):
        Phrases.load(tmp_path / "x")
    with pytest.raises(OptionError, match="function cannot be written"):
        Phrases(PHRASES, scoring=max).save(tmp_path / "y")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"scoring": "pmi"}, "'default', 'npmi' or a function"),
        ({"min_count": 0}, "min_count must be above 0"),
        ({"threshold": 0}, "threshold must be above 0"),
        ({"threshold": 3, "scoring": "npmi"}, "from -1 to 1"),
        ({"delimiter": b"_"}, "delimiter must be text"),
        ({"sentences": ["a text"]}, "a sentence is a list of words; got 'a text'"),
        ({"sentences": [["a", None]]}, r"a sentence is a list of words \(text\); leave out None"),
        ({"sentences": PHRASES, "max_vocab_size": 3}, "more than max_vocab_size=3"),
    ],
)
def test_phrases_refuse(options, message):
    with pytest.raises(OptionError, match=message):
        Phrases(**options)


def test_simple_preprocess_is_gensims(gensim):
    from gensim.utils import simple_preprocess as theirs

    text = "A Žluťoučký kůň, 20 o'clock! _private snake_case x yz abcdefghijklmnopqrst don't 犬も猫も"
    for options in ({}, {"deacc": True}, {"min_len": 1, "max_len": 30}):
        assert simple_preprocess(text, **options) == theirs(text, **options)


def test_filters_of_text(gensim):
    from gensim.parsing import preprocessing as theirs
    from gensim.utils import to_unicode

    from wordvec.compat.gensim import utils
    from wordvec.compat.gensim.parsing import preprocessing as ours

    text = "<i>A cup</i> of tea, for two"
    names = ["strip_tags", "strip_punctuation", "strip_short"]
    found, expected = (each.preprocess_string(text, [getattr(each, name) for name in names]) for each in (ours, theirs))
    assert found == expected
    assert ours.remove_stopwords(text, {"of", "for"}) == theirs.remove_stopwords(text, {"of", "for"})
    assert utils.to_unicode(b"T\xe9", "latin-1") == to_unicode(b"T\xe9", "latin-1") == "T\xe9"
    with pytest.raises(OptionError, match="remove_stopwords: there is no list of stop words here"):
        ours.remove_stopwords(text)
    with pytest.raises(OptionError, match=r"name filters, such as \[str.lower"):
        ours.preprocess_string(text)


@pytest.mark.parametrize("name", ["STOPWORDS", "DEFAULT_FILTERS", "stem_text"])
@pytest.mark.parametrize("module", ["parsing", "parsing.preprocessing"])
def test_an_import_of_what_is_not_here_says_what_to_take(module, name):
    with pytest.raises(ImportError, match=f"{name} is not in wordvec.compat.gensim: "):
        exec(f"from wordvec.compat.gensim.{module} import {name}")


def test_the_verb_prints_the_table(capsys):
    from wordvec.cli import main

    assert main(["compat", "gensim"]) == 0
    some = capsys.readouterr().out.splitlines()
    assert some[0] == "| gensim 4 | here | what differs |"
    assert any(line.startswith("| KeyedVectors.resize_vectors | no |") for line in some)
    assert main(["compat", "gensim", "--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(table()) > len(some)


def test_importing_it_leaves_gensim_alone():
    code = "import wordvec.compat.gensim, sys; print('gensim' in sys.modules, 'matplotlib' in sys.modules)"
    with warnings.catch_warnings():
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found == "False False\n"


@pytest.mark.parametrize("numbers", [[1, 2, 3], (np.int64(1), "2"), np.array([1, 2])])
def test_whole_numbers_are_no_keys_here(numbers):
    """In gensim they are keys, so code would look for 1 where the key here is "1"."""
    with pytest.raises(OptionError, match="words are text here"):
        Word2Vec([numbers] * 20, vector_size=4, min_count=1)
    model = Word2Vec([["1", "2", "3"]] * 20, vector_size=4, min_count=1, sample=0)
    with pytest.raises(KeyError, match="Key 1 not present"):
        _ = model.wv[1]


@pytest.mark.parametrize(
    "callbacks, message",
    [
        ([1], "a callback must have on_train_begin, .* as objects of a subclass of CallbackAny2Vec do; got 1"),
        ([CallbackAny2Vec], "callbacks are objects, not classes"),
        (CallbackAny2Vec(), r"must be a list of callbacks, such as \[callback\]; got a CallbackAny2Vec"),
        (None, "must be a list of callbacks"),
    ],
)
def test_what_is_no_callback_is_refused(callbacks, message):
    with pytest.raises(ArgumentError, match=message):
        Word2Vec(TEXT, callbacks=callbacks, **SMALL)
    with pytest.raises(ArgumentError, match=message):
        Doc2Vec([TaggedDocument(words, [0]) for words in TEXT], dm=0, callbacks=callbacks, **SMALL)


@pytest.mark.parametrize("length", [1, 3, 7, 10_000])
@pytest.mark.parametrize("text", ["a b  c\nd né e", "a b c d e f ", "word " * 300_000 + "end"])
def test_the_words_of_text8_come_in_lists_of_one_length(tmp_path, text, length):
    (tmp_path / "text8").write_text(text, encoding="utf-8")
    words = text.split()
    expected = [words[first : first + length] for first in range(0, len(words), length)]
    assert list(Text8Corpus(tmp_path / "text8", length)) == expected


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda model: model.vocab, r"so in model\.wv; gensim 4 has key_to_index"),
        (lambda model: model.index2word, "gensim 4 calls it index_to_key"),
        (lambda model: model.most_similar_cosmul(["cat"]), r"ask model\.wv\.most_similar_cosmul"),
        (lambda model: model.iter, "gensim 4 calls it epochs"),
        (lambda model: model.load_word2vec_format("v.txt"), r"read KeyedVectors\.load_word2vec_format"),
        (lambda model: model.score(["cat"]), "not supported"),
        (lambda model: model["cat"], r"ask model\.wv\["),
        (lambda model: "cat" in model, r"ask `word in model\.wv`"),
        (lambda model: compat_gensim.corpora, "keep gensim itself for corpora"),
        (lambda model: compat_gensim.models.LdaModel, r"gensim\.models\.LdaModel is not in wordvec"),
    ],
)
def test_names_of_gensim_3_and_what_is_not_here_are_answered_with_gensim_4s_names(ask, told):
    with pytest.raises((AttributeError, TypeError), match=told):
        ask(Word2Vec(vector_size=2))


def test_the_names_that_answers_give_exist():
    model = Word2Vec(TEXT, **SMALL, epochs=1)
    for name in ("key_to_index", "index_to_key", "get_vecattr", "get_normed_vectors", "vectors", "add_vectors"):
        assert hasattr(model.wv, name)
