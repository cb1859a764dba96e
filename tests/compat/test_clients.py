"""What programs that use gensim call, written anew after their calls: only the import is another.

The vectors of a graph, of sessions or of spectra are trained by such programs and read again; that is what is tested
here, at their sizes.
"""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from wordvec.compat import gensim
from wordvec.compat.gensim.differences import CompatWarning
from wordvec.compat.gensim.models import KeyedVectors, Word2Vec
from wordvec.compat.gensim.models.callbacks import CallbackAny2Vec
from wordvec.compat.gensim.models.doc2vec import Doc2Vec, TaggedDocument
from wordvec.compat.gensim.models.phrases import Phraser, Phrases
from wordvec.compat.gensim.models.word2vec import LineSentence
from wordvec.compat.gensim.parsing.preprocessing import strip_tags
from wordvec.compat.gensim.utils import simple_preprocess
from wordvec.errors import WordvecError

NODES = 20


@pytest.fixture(scope="module")
def walks():
    """Random walks on two rings of ten nodes, joined by one edge."""
    rng = np.random.default_rng(2)
    next_to = {i: [(i // 10) * 10 + (i + step) % 10 for step in (1, 9)] for i in range(NODES)}
    next_to[0].append(10)
    next_to[10].append(0)
    found = []
    for start in list(range(NODES)) * 10:
        walk = [start]
        while len(walk) < 12:
            walk.append(int(rng.choice(next_to[walk[-1]])))
        found.append([str(node) for node in walk])
    return found


def is_grouped(rows: np.ndarray) -> bool:
    """Whether the nodes of a ring are more alike than those of two rings."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = unit @ unit.T
    return cosines[:10, :10].mean() > cosines[:10, 10:].mean() + 0.1


def test_node_embedding_as_pecanpy_embeds(walks):
    nodes = [str(i) for i in range(NODES)]
    options = {"vector_size": 16, "window": 5, "sg": 1, "min_count": 0, "workers": 2, "epochs": 5, "seed": 4}
    model = Word2Vec(walks, **options, sample=0)
    ids = [i for i, _ in sorted(enumerate(nodes), key=lambda pair: model.wv.key_to_index[pair[1]])]
    rows = model.wv.vectors[np.argsort(ids)]
    np.testing.assert_array_equal(rows, model.wv[nodes])
    assert rows.shape == (NODES, 16) and is_grouped(rows)


def test_a_file_of_node_vectors_as_its_command_line_writes(walks, tmp_path):
    model = Word2Vec(walks, vector_size=8, window=5, sg=1, min_count=0, workers=2, epochs=1, sample=0)
    model.wv.save_word2vec_format(str(tmp_path / "out.emb"))
    assert (tmp_path / "out.emb").read_text().splitlines()[0] == "20 8"
    assert len(KeyedVectors.load_word2vec_format(str(tmp_path / "out.emb"))) == NODES


@pytest.mark.parametrize("hs", [0, 1])
def test_node_embedding_as_karateclubs_deepwalk(walks, hs):
    options = {
        "hs": hs,
        "alpha": 0.05,
        "epochs": 5,
        "vector_size": 16,
        "window": 5,
        "min_count": 1,
        "workers": 2,
        "seed": 42,
    }
    model = Word2Vec(walks, **options, negative=0 if hs else 5, sample=0, sg=1)
    embedding = np.array([model.wv[str(node)] for node in range(NODES)])
    assert embedding.shape == (NODES, 16) and is_grouped(embedding)


def test_node_embedding_as_its_walklets(walks):
    parts = []
    for power in (1, 2):
        skipped = [walk[start::power] for walk in walks for start in range(power)]
        options = {"hs": 0, "alpha": 0.05, "epochs": 3, "vector_size": 8, "window": 1, "min_count": 1, "workers": 1}
        model = gensim.models.Word2Vec(skipped, **options, seed=42, sample=0)
        parts.append(np.array([model.wv[str(node)] for node in range(NODES)]))
    assert np.concatenate(parts, axis=1).shape == (NODES, 16)


def test_edges_as_node2vecs_edge_embedder(walks):
    model = Word2Vec(walks, vector_size=16, window=10, min_count=1, batch_words=4, sg=1, workers=2, sample=0, epochs=5)
    assert len(model.wv.most_similar("3")) == 10
    names, rows = [], []
    for a in range(NODES):
        for b in range(a, NODES):
            names.append(str((str(a), str(b))))
            rows.append(model.wv[str(a)] * model.wv[str(b)])  # Hadamard's product
    edges = KeyedVectors(vector_size=model.wv.vector_size)
    edges.add_vectors(keys=names, weights=rows)
    assert edges[str(("3", "4"))].shape == (16,) and len(edges) == 210


class SpectrumProgress(CallbackAny2Vec):
    def __init__(self, epochs):
        self.epoch, self.epochs, self.loss, self.lines = 0, epochs, 0.0, []

    def on_epoch_end(self, model):
        loss = model.get_latest_training_loss()
        self.lines.append((self.epoch, loss - self.loss))
        self.loss, self.epoch = loss, self.epoch + 1


class SpectrumSaver(CallbackAny2Vec):
    def __init__(self, iterations, stem):
        self.iterations, self.stem, self.epoch = iterations, stem, 0

    def on_epoch_end(self, model):
        self.epoch += 1
        if self.epoch in self.iterations:
            model.save(f"{self.stem}_iter_{self.epoch}.model")


def test_spectra_as_spec2vec_trains_and_sums_them(tmp_path):
    rng = np.random.default_rng(1)
    documents = [[f"peak@{peak}" for peak in rng.choice(60, size=25, replace=False)] for _ in range(40)]
    progress = SpectrumProgress(3)
    settings = {"sg": 0, "negative": 5, "vector_size": 20, "window": 500, "min_count": 1, "workers": 2, "seed": 321}
    settings |= {"alpha": 0.025, "min_alpha": 0.02425, "epochs": 3}
    callbacks = [progress, SpectrumSaver([1, 3], tmp_path / "spectra")]
    model = Word2Vec(documents, compute_loss=True, callbacks=callbacks, sample=0, **settings)
    assert [epoch for epoch, _ in progress.lines] == [0, 1, 2]
    assert all(loss > 0 for _, loss in progress.lines)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["spectra_iter_1.model", "spectra_iter_3.model"]
    loaded = gensim.models.Word2Vec.load(str(tmp_path / "spectra_iter_3.model"))
    known = [word for word in documents[0] if word in loaded.wv.key_to_index]
    weights = np.ones((len(known), 1))
    vector = np.sum(loaded.wv[known] * weights, axis=0)
    assert vector.shape == (loaded.wv.vector_size,)
    np.testing.assert_array_equal(loaded.wv.vectors, model.wv.vectors)


def test_a_bias_measure_as_wefe_reads_and_changes_vectors():
    rows = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    words = ["he", "she", "doctor", "nurse", "man", "woman"]
    model = KeyedVectors(5)
    model.add_vectors(words, rows)
    assert isinstance(model, KeyedVectors)
    vectors, vocabulary = model.vectors, model.key_to_index
    direction = model["he"] - model["she"]
    direction /= np.linalg.norm(direction)
    model.fill_norms()
    normed = model.get_normed_vectors()
    assert normed.shape == (6, model.vector_size)
    for word in ("doctor", "nurse"):  # as debiasing does: in place
        row = vectors[vocabulary[word]]
        vectors[vocabulary[word]] = row - (row @ direction) * direction
    model.fill_norms(force=True)
    assert abs(float(model["doctor"] @ direction)) < 1e-6
    found = dict(model.similar_by_vector(direction, topn=6))
    assert abs(found["doctor"]) < 1e-6 and abs(found["nurse"]) < 1e-6


def test_entities_as_pyrdf2vec_fits_transforms_and_updates(walks):
    model = Word2Vec(workers=1, min_count=0, vector_size=8, negative=5, epochs=2, sample=0)
    corpus = [tuple(walk) for walk in walks]
    model.build_vocab(corpus, update=False)
    model.train(corpus, total_examples=model.corpus_count, epochs=model.epochs)
    more = [("0", "new", "1")] * 5
    model.build_vocab(more, update=True)
    model.train(more, total_examples=model.corpus_count, epochs=model.epochs)
    entities = ["0", "new"]
    assert all(entity in model.wv for entity in entities)
    assert np.array([model.wv.get_vector(entity) for entity in entities]).shape == (2, 8)
    with pytest.raises(KeyError):
        model.wv.get_vector("nowhere")


def test_molecules_as_mol2vec_trains_from_a_file_and_adds_up(tmp_path):
    rng = np.random.default_rng(4)
    lines = [" ".join(f"{n}" for n in rng.integers(10**8, 10**8 + 15, 12)) for _ in range(60)]
    (tmp_path / "corpus").write_text("\n".join(lines) + "\n")
    corpus = LineSentence(str(tmp_path / "corpus"))
    model = Word2Vec(corpus, vector_size=12, window=10, min_count=3, workers=2, sg=1, sample=0)
    model.save(str(tmp_path / "model.pkl"))  # the name says pickle, the content is none
    model = Word2Vec.load(str(tmp_path / "model.pkl"))
    keys = set(model.wv.key_to_index)
    unseen = model.wv.get_vector(next(iter(keys)))
    vectors = [sum(model.wv.get_vector(y) if y in keys else unseen for y in line.split()) for line in lines]
    assert np.array(vectors).shape == (60, 12)


def test_texts_as_top2vec_prepares_them():
    documents = ["The New York Times wrote of New York.", "In New York it rained; New York was wet!"] * 3
    tokenized = [simple_preprocess(document, deacc=True) for document in documents]
    phrases = Phrases(tokenized, min_count=1, threshold=0.5)
    phraser = Phraser(phrases)
    joined = [phraser[tokens] for tokens in tokenized]
    assert "new_york" in joined[0]
    assert "new_york" in phrases.export_phrases() and "new_york" in phrases.find_phrases(tokenized)
    assert len(list(phraser[tokenized])) == 6


@pytest.mark.parametrize("from_file", [False, True])
def test_topics_as_top2vec_trains_documents_and_words_together(tmp_path, from_file):
    documents = [
        simple_preprocess(strip_tags(text)) for text in ("<p>Good tea, hot tea</p>", "bad rain, cold rain")
    ] * 8
    arguments = {"vector_size": 8, "min_count": 2, "window": 15, "sample": 0, "negative": 0, "hs": 1, "epochs": 2}
    arguments |= {"dm": 0, "dbow_words": 1, "workers": 1}
    if from_file:
        (tmp_path / "lines").write_text("\n".join(" ".join(words) for words in documents))
        arguments["corpus_file"] = str(tmp_path / "lines")
    else:
        arguments["documents"] = [TaggedDocument(words, [number]) for number, words in enumerate(documents)]
    with pytest.warns(CompatWarning, match="hs=1"):
        model = Doc2Vec(**arguments)
    assert model.wv.get_normed_vectors().shape == (6, 8) and sorted(model.wv.key_to_index.values()) == list(range(6))
    np.testing.assert_allclose(np.linalg.norm(model.dv.get_normed_vectors(), axis=1), np.ones(16), atol=1e-5)
    with pytest.warns(CompatWarning, match="have no effect"):
        found = model.infer_vector(doc_words=["hot", "tea"], alpha=0.025, min_alpha=0.01, epochs=100)
    again = pickle.loads(pickle.dumps(model))  # its `save` writes the whole object with joblib
    assert found.shape == (8,) and again.infer_vector(["hot", "tea"]).tobytes() == found.tobytes()
    assert again.dv.get_normed_vectors().tobytes() == model.dv.get_normed_vectors().tobytes()


def test_edges_in_a_file_as_node2vecs_page_saves_them(tmp_path):
    edges = KeyedVectors(3)
    rows = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32) * 1e-7
    edges.add_vectors(["('1', '2')", "('1', '3')", "c"], rows)
    with pytest.warns(CompatWarning, match="keys hold spaces"):
        edges.save_word2vec_format(str(tmp_path / "edges.txt"))
    again = KeyedVectors.load_word2vec_format(str(tmp_path / "edges.txt"))
    assert again.index_to_key == edges.index_to_key
    np.testing.assert_array_equal(again.vectors, rows)
    for key in ("x 1 2", "a  b", "a\tb c", " a", "a\nb c"):
        other = KeyedVectors(3)
        other.add_vectors([key, "d e"], rows[:2])
        with pytest.raises(WordvecError, match="lines of text cannot keep"):
            other.save_word2vec_format(str(tmp_path / "other.txt"))
    assert [path.name for path in tmp_path.iterdir()] == ["edges.txt"]


def test_what_programs_ask_of_gensim_itself(walks):
    from wordvec.compat.gensim import downloader
    from wordvec.compat.gensim.models.basemodel import BaseTopicModel
    from wordvec.compat.gensim.models.word2vec import FAST_VERSION

    assert gensim.__version__.startswith("4.")  # WEFE compares it
    assert FAST_VERSION >= 1  # nodevectors warns otherwise
    assert strip_tags("<p>Tea</p>") == "Tea"  # of Top2Vec's tokenizer
    a, b = (Word2Vec(walks, vector_size=4, min_count=0, sg=1, seed=None, epochs=1, sample=0) for _ in "ab")
    assert not isinstance(a, BaseTopicModel)  # as spec2vec asks
    assert not np.array_equal(a.wv.vectors, b.wv.vectors)  # PecanPy's random_state=None
    with pytest.raises(WordvecError, match="not downloaded"):
        downloader.load("glove-twitter-25")
