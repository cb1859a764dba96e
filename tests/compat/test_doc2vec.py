"""gensim's Doc2Vec as client programs call it, and gensim's own answers on the same rows."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from wordvec.compat.gensim.differences import CompatWarning
from wordvec.compat.gensim.models import CallbackAny2Vec
from wordvec.compat.gensim.models.doc2vec import Doc2Vec, TaggedDocument, TaggedLineDocument
from wordvec.errors import ArgumentError, OptionError, WordvecError

RNG = np.random.default_rng(5)
TOPICS = [["cat", "dog", "cow", "hen"], ["tea", "cup", "milk", "pot"]]
TEXTS = [RNG.choice(TOPICS[number % 2], size=12).tolist() for number in range(30)]
OPTIONS = {"vector_size": 8, "min_count": 1, "sample": 0, "dm": 0, "epochs": 20, "alpha": 0.05, "workers": 2, "seed": 1}


def is_grouped(rows):
    """Whether the nearest of each row is of its own topic."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    near = np.argmax(unit @ unit.T - 9 * np.eye(len(rows)), axis=1)
    return (near % 2 == np.arange(len(rows)) % 2).mean() > 0.9


def test_whole_graphs_as_karateclubs_graph2vec():
    documents = [TaggedDocument(words=words, tags=[str(number)]) for number, words in enumerate(TEXTS)]
    model = Doc2Vec(documents, **{**OPTIONS, "window": 0})
    embedding = np.array([model.docvecs[str(number)] for number in range(len(documents))])
    assert embedding.shape == (30, 8) and is_grouped(embedding)
    again = np.array([model.dv[number] for number in range(len(documents))])
    np.testing.assert_array_equal(again, embedding)
    inferred = np.array([model.infer_vector(words) for words in TEXTS])
    assert is_grouped(inferred)


def test_topics_as_top2vec_finds_them(recwarn):
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXTS)]
    arguments = {"documents": documents, "vector_size": 8, "min_count": 1, "window": 15, "sample": 1e-5, "negative": 0}
    model = Doc2Vec(**arguments, hs=1, epochs=20, dm=0, dbow_words=1, seed=1, workers=2)
    told = [str(warning.message) for warning in recwarn if warning.category is CompatWarning]
    assert told[0].startswith("hs=1: negative sampling") and told[1].startswith("sample=1e-05 would leave nothing")
    assert model.dv.get_normed_vectors().shape == (30, 8) and model.wv.get_normed_vectors().shape == (8, 8)
    words = model.wv.index_to_key
    assert sorted(words) == sorted([*TOPICS[0], *TOPICS[1]])
    with pytest.warns(CompatWarning, match="infer_vector: alpha, min_alpha and epochs have no effect"):
        one = model.infer_vector(doc_words=["cat", "cow"], alpha=0.025, min_alpha=0.01, epochs=100)
    assert one.tobytes() == model.infer_vector(["cow", "cat"]).tobytes()
    nearest = model.dv.most_similar(positive=[one], topn=5)
    assert all(isinstance(tag, int) and tag % 2 == 0 for tag, _ in nearest)


def test_the_tutorials_calls(tmp_path):
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXTS)]
    model = Doc2Vec(**OPTIONS)
    model.build_vocab(documents)
    assert model.wv.get_vecattr("cat", "count") == sum(words.count("cat") for words in TEXTS)
    model.train(documents, total_examples=model.corpus_count, epochs=model.epochs)
    ranks = []
    for number, words in enumerate(TEXTS):
        similar = model.dv.most_similar([model.infer_vector(words)], topn=len(model.dv))
        ranks.append([tag for tag, _ in similar].index(number))
    assert np.mean(ranks) < 3
    before = model.dv.vectors.copy()
    for _ in range(2):  # a loop that lowers alpha by hand
        model.train(documents, total_examples=model.corpus_count, epochs=1, start_alpha=0.01)
    assert 0 < np.abs(model.dv.vectors - before).max() < 0.5 and model.train_count == 3
    model.save(str(tmp_path / "d2v.model"))
    loaded = Doc2Vec.load(str(tmp_path / "d2v.model"))
    np.testing.assert_array_equal(loaded.dv.vectors, model.dv.vectors)
    assert loaded.infer_vector(["tea"]).tobytes() == model.infer_vector(["tea"]).tobytes()
    assert loaded.dv.most_similar(3) == model.dv.most_similar(3) and loaded.epochs == model.epochs
    with pytest.raises(OptionError, match=r"no .*other\.dv beside it"):
        Doc2Vec.load(tmp_path / "other")


def test_tags_are_text_or_numbers():
    numbers = Doc2Vec([TaggedDocument(words, [29 - number]) for number, words in enumerate(TEXTS)], **OPTIONS)
    assert 3 in numbers.dv and 77 not in numbers.dv and numbers.dv.index_to_key[:3] == ["0", "1", "2"]
    np.testing.assert_array_equal(numbers.dv[[1, 2]], numbers.dv.vectors[1:3])
    assert numbers.dv.similarity(1, 3) == pytest.approx(1 - numbers.dv.distance(1, 3))
    with pytest.raises(KeyError, match="77"):
        numbers.dv[77]
    named = Doc2Vec([TaggedDocument(words, ["all", f"d{number}"]) for number, words in enumerate(TEXTS)], **OPTIONS)
    assert len(named.dv) == 31 and named.dv.index_to_key[:2] == ["all", "d0"]
    np.testing.assert_array_equal(named.dv[1], named.dv["d0"])
    assert isinstance(named.dv.most_similar("d1", topn=1)[0][0], str)


class Watch(CallbackAny2Vec):
    def __init__(self):
        self.seen = []

    def on_epoch_end(self, model):
        self.seen.append((model.dv[0].copy(), model.wv["cat"].copy(), model.get_latest_training_loss()))


def test_callbacks_see_the_documents_of_the_moment():
    watch = Watch()
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXTS)]
    model = Doc2Vec(documents, callbacks=[watch], **{**OPTIONS, "epochs": 3})
    assert len(watch.seen) == 3 and not np.array_equal(watch.seen[0][0], watch.seen[2][0])
    np.testing.assert_array_equal(watch.seen[2][0], model.dv[0])


def test_lines_of_a_file_are_documents(tmp_path):
    (tmp_path / "texts.txt").write_text("\n".join(map(" ".join, TEXTS)), encoding="utf-8")
    assert next(iter(TaggedLineDocument(tmp_path / "texts.txt"))) == (TEXTS[0], [0])
    model = Doc2Vec(corpus_file=str(tmp_path / "texts.txt"), **OPTIONS)
    given = Doc2Vec([TaggedDocument(words, [number]) for number, words in enumerate(TEXTS)], **OPTIONS)
    np.testing.assert_array_equal(model.dv.vectors, given.dv.vectors)


def test_what_is_told_and_what_is_refused():
    documents = [TaggedDocument(words, [number]) for number, words in enumerate(TEXTS)]
    for options, message in (({}, "dm=1: PV-DM is not supported"), ({"dm": 0, "dm_concat": 1}, "dm_mean, dm_concat")):
        with pytest.warns(CompatWarning, match=message):
            Doc2Vec(documents, **{**OPTIONS, "dm": 1, **options})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Doc2Vec(documents, **OPTIONS)
    with pytest.raises(TypeError, match="must be a list of strings"):
        model.infer_vector("cat")
    assert not model.infer_vector(["xyzzy"]).any()
    with pytest.raises(OptionError, match="other documents than build_vocab read"):
        model.train([TaggedDocument(["cat"], ["new"])], total_examples=1, epochs=1)
    with pytest.raises(ArgumentError, match=r"gensim 4 .* call it vector_size"):
        Doc2Vec(documents, size=5, dm=0)
    with pytest.raises(OptionError, match="window=0 gives words no contexts"):
        Doc2Vec(documents, **{**OPTIONS, "window": 0, "dbow_words": 1})
    with pytest.raises(WordvecError, match="call build_vocab"):
        Doc2Vec(dm=0).train(documents, total_examples=1, epochs=1)
    with pytest.raises(WordvecError, match="not trained yet"):
        Doc2Vec(dm=0).infer_vector(["cat"])


def test_shapes_and_orders_are_gensims():
    doc2vec = pytest.importorskip("gensim.models.doc2vec", reason="gensim is not installed (extra bench)")
    options = {**OPTIONS, "workers": 1}
    theirs = doc2vec.Doc2Vec([doc2vec.TaggedDocument(words, [n]) for n, words in enumerate(TEXTS)], **options)
    ours = Doc2Vec([doc2vec.TaggedDocument(words, [n]) for n, words in enumerate(TEXTS)], **options)
    assert ours.dv.vectors.shape == theirs.dv.vectors.shape and ours.dv.vectors.dtype == theirs.dv.vectors.dtype
    assert len(ours.wv) == len(theirs.wv) and len(ours.dv) == len(theirs.dv)
    assert ours.corpus_count == theirs.corpus_count and ours.corpus_total_words == theirs.corpus_total_words
    ours.dv.vectors[...] = theirs.dv.vectors
    ours.dv.fill_norms(force=True)
    for (tag, score), (their_tag, their_score) in zip(ours.dv.most_similar(4), theirs.dv.most_similar(4)):
        assert tag == their_tag and type(tag) is type(their_tag) and score == pytest.approx(their_score, abs=1e-5)
    assert ours.dv.similarity(1, 2) == pytest.approx(float(theirs.dv.similarity(1, 2)), abs=1e-6)
    assert ours.infer_vector(TEXTS[0]).shape == theirs.infer_vector(TEXTS[0]).shape
    assert is_grouped(theirs.dv.vectors)


def test_documents_alone_have_no_window():
    documents = [TaggedDocument(words, ["a"]) for words in TEXTS]
    assert Doc2Vec(documents, **OPTIONS, window=7, shrink_windows=False).window == 7
