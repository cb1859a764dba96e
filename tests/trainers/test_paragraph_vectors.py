"""Vectors of documents: what they learn, what they must bear, and that inference is a function of the text."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from wordvec import Corpus, ParagraphVectors, SkipGram, WordVectors
from wordvec.errors import CorpusError, InputError, OptionError, TrainingError, WordvecError
from wordvec.vectors import inference
from wordvec.vectors.document_files import DocumentSearch, search, vectors_of

ANIMALS, FOOD = ["cat", "dog", "cow", "hen", "pig", "fox"], ["bread", "rice", "soup", "cake", "milk", "tea"]
OPTIONS = {"dim": 12, "epochs": 20, "subsample": 0, "seed": 1}


def documents(count=40, length=20):
    """Documents a0, f1, a2 ... about animals or food, each with the tag of its topic behind its own."""
    rng = np.random.default_rng(3)
    topics = {"a": ANIMALS, "f": FOOD}
    return [
        (rng.choice(topics[topic], size=length).tolist(), [f"{topic}{number}", topic])
        for number in range(count)
        for topic in ["af"[number % 2]]
    ]


@pytest.fixture(scope="module")
def trained():
    return ParagraphVectors(**OPTIONS).fit(Corpus.from_tagged(documents()))


def test_documents_of_one_topic_are_neighbours(trained):
    names = trained.documents.words
    assert names[:3] == ["a0", "a", "f1"] and len(names) == 42
    for name in ("a0", "f1", "a"):
        assert {near[0] for near, _ in trained.documents.most_similar(name, k=10)} == {name[0]}
    assert {word for word, _ in trained.vectors.nearest(trained.documents["f"], k=6)} == set(FOOD)


@pytest.mark.parametrize("words", [False, True])
def test_threads_and_layers_change_nothing(words):
    corpus = Corpus.from_tagged(documents(10))
    options = {**OPTIONS, "epochs": 2, "words": words}
    one, three = (ParagraphVectors(**options, threads=n).fit(corpus) for n in (1, 3))
    assert one.documents.matrix.tobytes() == three.documents.matrix.tobytes()
    assert one.vectors.matrix.tobytes() == three.vectors.matrix.tobytes()
    kernel, layers = (ParagraphVectors(**options, engine=engine).fit(corpus) for engine in ("kernel", "layers"))
    np.testing.assert_allclose(layers.history.loss, kernel.history.loss, rtol=0.05)
    assert (layers.documents.unit * kernel.documents.unit).sum(axis=1).min() > 0.9


def zipf(length, seed):
    return [f"w{min(int(rank), 400)}" for rank in np.random.default_rng(seed).zipf(1.3, length)]


HOSTILE = {
    "one word repeated": [(["a"] * 5000, "t"), (["b"] * 10, "u"), (["c"] * 10, "u")],
    "two words in turn": [(["a", "b"] * 2000, "t"), (["c", "d"] * 2000, "u")],
    "one tag on all": [(zipf(60, seed), "t") for seed in range(60)],
    "one long document": [(zipf(6000, 1), "t"), (zipf(50, 2), "u")],
    "small documents": [(zipf(60, seed), seed) for seed in range(80)],
    "many tags": [(zipf(30, seed), list(range(seed, seed + 40))) for seed in range(30)],
    "a tag many times": [(zipf(30, seed), [seed] * 40) for seed in range(30)],
}


@pytest.mark.parametrize("subsample", [0.0, 1e-3])
@pytest.mark.parametrize("name", HOSTILE)
def test_steps_are_safe_on_any_documents(name, subsample):
    """As single steps, where these are safe themselves: a centre takes 40 tags in groups, which they take at once."""
    corpus = Corpus.from_tagged(HOSTILE[name])
    options = {"dim": 16, "epochs": 2, "subsample": subsample}
    made = ParagraphVectors(**options).fit(corpus)
    assert np.abs(made.documents.matrix).max() < 10 and max(made.history.loss) < 6 * np.log(2)  # that of chance
    if "tag" not in name or name == "one tag on all":
        single = ParagraphVectors(**options, batch_size=1, max_meetings=1).fit(corpus)
        assert made.history.loss[0] == pytest.approx(single.history.loss[0], rel=0.03, abs=0.02)


def test_a_learning_rate_that_diverges_is_told():
    with pytest.raises(OptionError, match=r"learning_rate must be at most 0\.8"):
        ParagraphVectors(learning_rate=3.0)
    corpus = Corpus.from_tagged(HOSTILE["small documents"])
    with pytest.raises(TrainingError, match="diverged"):
        ParagraphVectors(dim=16, learning_rate=0.8, subsample=0, max_meetings=10**6, epochs=20).fit(corpus)


def test_documents_without_a_known_word_are_marked_and_counted():
    given = [(["a", "b"], "x"), ([], "none"), (["z"], ["rare", "x"]), (["a", "b"], "y")]
    trainer = ParagraphVectors(dim=4, subsample=0).fit(Corpus.from_tagged(given, min_count=2))
    facts = trainer.documents.info["documents"]
    assert trainer.documents.words == ["x", "none", "rare", "y"]
    assert [bool(row.any()) for row in trainer.documents.matrix] == [True, False, False, True]
    assert (facts["documents"], facts["empty"], facts["words"], facts["missing_words"]) == (4, 2, 4, 1)
    with pytest.raises(OptionError, match="no document with a known word has a tag"):
        ParagraphVectors(dim=4).fit(Corpus.from_tagged([(["a"], []), ([], "x")]))


def test_which_documents_a_corpus_has(tmp_path):
    lines = Corpus.from_texts(["a b c", "b c", "a c"], min_count=1)
    assert ParagraphVectors(dim=4, subsample=0).fit(lines).documents.words == ["1", "2", "3"]
    with pytest.raises(CorpusError, match=r"has 2 sentences and its text had 3: .* Corpus\.from_tagged"):
        ParagraphVectors(dim=4).fit(Corpus.from_texts(["a b", "", "a b"], min_count=1))
    for name in ("x.txt", "y.txt"):
        (tmp_path / name).write_text("a b\nc a\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("path,year\nx.txt,1\ny.txt,2\n", encoding="utf-8")
    files = Corpus.from_documents(tmp_path, tmp_path / "t.csv", min_count=1)
    assert ParagraphVectors(dim=4, subsample=0).fit(files).documents.words == ["x.txt", "y.txt"]
    tagged = Corpus.from_tagged([("tea\nmilk", 1), ("milk tea", ["b", 1])], min_count=1)
    assert (tagged.tags.names, len(tagged.sentence_starts)) == (["1", "b"], 3)
    with pytest.raises(CorpusError, match="no place for tags"):
        tagged.save(tmp_path / "corpus")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([["tea", "milk"]], "document 1: a pair of words and tags"),
        ([("tea", "x"), (["tea"], "y")], "document 2: a text, as the first document is, expected"),
        ([(["tea"], "x"), (["tea"], [""])], "document 2: a tag is text that is not empty"),
        ([(["tea"], 1.5)], "document 1: a tag is text"),
        ([({"tea"}, "x")], "document 1: its words are a text or a list of tokens"),
        ([(["tea", 3.5], "x")], "3.5"),
        ([], "no document was given"),
        ("tea", "got str"),
    ],
)
def test_what_is_no_document_is_named(given, told):
    with pytest.raises(CorpusError, match=told):
        Corpus.from_tagged(given)


@pytest.mark.parametrize(
    "option",
    [
        {"loss": "softmax"},
        {"negative_sharing": "pair"},
        {"init": "svd"},
        {"held_out": 0.1},
        {"pieces": 2},
        {"words": 1},
    ],
)
def test_options_that_documents_do_not_have(option):
    with pytest.raises(OptionError, match=next(iter(option))):
        ParagraphVectors(**option)


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path):
    corpus, state = Corpus.from_tagged(documents(20)), tmp_path / "state"
    options = {**OPTIONS, "epochs": 4}
    whole = ParagraphVectors(**options).fit(corpus)

    def stop(report):
        if report.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ParagraphVectors(**options).fit(corpus, checkpoint=state, on_epoch=stop)
    other = Corpus.from_tagged([(words, tags[0]) for words, tags in documents(20)])
    with pytest.raises(WordvecError, match="tags"):
        ParagraphVectors(**options).fit(other, checkpoint=state, resume=True)
    resumed = ParagraphVectors(**options).fit(corpus, checkpoint=state, resume=True)
    assert resumed.documents.matrix.tobytes() == whole.documents.matrix.tobytes()
    assert resumed.history.loss == whole.history.loss


# -- inference


def test_inferred_documents_are_near_to_those_of_their_topic(trained):
    row = trained.infer(["cat", "hen", "dog", "cat"])
    assert {name[0] for name, _ in trained.documents.nearest(row, k=10)} == {"a"}
    for words, (name, _) in documents()[:10]:
        assert trained.documents.unit_of(name) @ trained.infer(words) / np.linalg.norm(trained.infer(words)) > 0.8


def test_the_same_words_get_the_same_bytes_in_any_company(trained):
    texts = [words for words, _ in documents()]
    one = trained.vectors.embed(texts, threads=1).matrix
    assert trained.vectors.embed(texts[::-1], threads=3).matrix[::-1].tobytes() == one.tobytes()
    assert trained.infer(texts[5]).tobytes() == trained.infer(texts[5][::-1]).tobytes() == one[5].tobytes()


def test_another_process_infers_the_same_bytes(trained, tmp_path):
    trained.write(tmp_path / "words.safetensors", tmp_path / "documents.safetensors")
    code = (
        "import sys, wordvec; v = wordvec.WordVectors.load(sys.argv[1]); "
        "sys.stdout.buffer.write(v.embed([['tea', 'cat']]).matrix.tobytes())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "words.safetensors")]
    assert subprocess.run(command, check=True, capture_output=True).stdout == trained.infer(["tea", "cat"]).tobytes()


def test_what_is_inferred_is_the_minimum(trained, monkeypatch):
    """The function as its definition reads, by finite differences: flat at the row, and higher all around."""
    vectors = trained.vectors
    how = inference.inference_of(vectors)
    words = vectors.ids_of(["cat", "tea", "tea"])
    P = vectors.counts**0.75 / (vectors.counts**0.75).sum()
    U = vectors.matrix.astype(np.float64)

    def f(d):
        terms = np.logaddexp(0, -(U[words] @ d)).sum() + how.negatives * 3 * (P @ np.logaddexp(0, U @ d))
        return terms + how.ridge / 2 * d @ d

    d = trained.infer(["cat", "tea", "tea"]).astype(np.float64)
    for direction in np.eye(len(d)) * 1e-3:
        assert f(d + direction) > f(d) < f(d - direction)
        assert f(d + direction) - f(d - direction) == pytest.approx(0, abs=1e-8)
    monkeypatch.setattr(inference, "NOISE", 6)  # of 12 words: quantiles in place of all
    assert np.linalg.norm(trained.infer(["cat", "tea", "tea"]) - d) < 0.5 * np.linalg.norm(d)


def test_the_ridge_is_what_training_stops_at(trained):
    rates = [trained.learning_rate_at((epoch + 0.5) / 20) for epoch in range(20)]
    assert trained.vectors.info["inference"]["ridge"] == pytest.approx(1 / sum(rates))
    assert np.linalg.norm(trained.infer(documents()[0][0])) == pytest.approx(
        np.linalg.norm(trained.documents["a0"]), rel=0.5
    )


def test_unknown_words_alone_give_zeros_and_are_counted(trained):
    found = trained.vectors.embed([["xyzzy"], [], ["cat", "xyzzy"]])
    assert found.empty.tolist() == [True, True, False] and found.missing.tolist() == [1, 0, 1]
    assert not found.matrix[:2].any() and found.matrix[2].any()
    assert np.isfinite(trained.infer(["cat"] * 100_000)).all()


@pytest.mark.parametrize("wrong", [np.nan, 3e38])
def test_output_rows_that_give_no_numbers_are_told(trained, wrong):
    whole = trained.vectors
    matrix = np.array(whole.matrix)
    matrix[whole.word_id("cat")] = wrong
    damaged = WordVectors(whole.words, matrix, whole.counts, whole.info)
    with np.errstate(all="ignore"), pytest.raises(InputError, match="the rows that documents are inferred from"):
        damaged.embed([["cat", "dog"]], "infer")


def test_a_text_is_inferred_as_the_documents_were(trained):
    text = "milk tea cat bread"
    found = DocumentSearch(trained.documents, trained.vectors, "whitespace").nearest(text, k=5)
    expected = trained.documents.nearest(trained.infer(text.split()), k=5)
    assert [name for name, _ in found] == [name for name, _ in expected]
    np.testing.assert_allclose([score for _, score in found], [score for _, score in expected], rtol=1e-5)


def test_files_are_searched_and_other_vectors_refused(tmp_path):
    texts = [(" ".join(words), tags[0]) for words, tags in documents()]
    trainer = ParagraphVectors(**OPTIONS).fit(Corpus.from_tagged(texts, min_count=1))
    trainer.write(tmp_path / "words.safetensors", tmp_path / "documents.safetensors")
    found = WordVectors.load(tmp_path / "documents.safetensors")
    words = vectors_of(found, tmp_path / "documents.safetensors")
    assert {name[0] for name, _ in search(found, words, "soup and rice", k=5)} == {"f"}
    plain = SkipGram(dim=4, epochs=1, subsample=0).fit(Corpus.from_tagged(texts)).vectors
    with pytest.raises(OptionError, match="for vectors that ParagraphVectors trained"):
        plain.embed(["tea"], "infer")
    words.save(tmp_path / "words.txt")
    with pytest.raises(OptionError, match="for vectors that ParagraphVectors trained"):
        WordVectors.load(tmp_path / "words.txt").embed([["tea"]], "infer")
    damaged = WordVectors(words.words, words.matrix, words.counts, {**words.info, "inference": {"ridge": -1}})
    with pytest.raises(InputError, match="train them again"):
        damaged.embed([["tea"]])


def test_before_fit():
    with pytest.raises(WordvecError, match="not trained yet"):
        _ = ParagraphVectors().documents


@pytest.mark.parametrize("words", [False, True])
def test_documents_of_few_words_learn_as_by_single_steps(words):
    rng = np.random.default_rng(1)
    of_topic = rng.integers(5, size=1500)
    texts = [([f"w{8 * topic + word}" for word in rng.integers(8, size=24)], i) for i, topic in enumerate(of_topic)]
    corpus = Corpus.from_tagged(texts)
    options = {"dim": 10, "epochs": 1, "subsample": 0, "words": words}
    single = ParagraphVectors(max_meetings=1, **options).fit(corpus).history.loss[0]
    assert ParagraphVectors(**options).fit(corpus).history.loss[0] == pytest.approx(single, rel=0.03)


def test_several_texts_are_not_inferred_as_one(trained):
    with pytest.raises(OptionError, match=r"infer takes one text or its tokens: .*vectors.embed\(texts\)"):
        trained.infer(["soup and rice", "rain and wind"])
