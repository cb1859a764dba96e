import hashlib
import re

import numpy as np
import pytest

from wordvec.corpus import Corpus
from wordvec.errors import OptionError, UnknownWordError
from wordvec.evaluation import evaluate
from wordvec.evaluation.files.group_sets import BiasTest
from wordvec.experiments.card import CardFacts, example_words, model_card
from wordvec.experiments.stability import Stability
from wordvec.trainers import SVD, SkipGram
from wordvec.vectors import WordVectors

TRIPLES = [("cat", "dog", 9.0), ("cat", "car", 1.0), ("dog", "car", 2.0), ("cat", "lynx", 3.0)]


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences([["the", "cat", "saw", "the", "dog"], ["the", "dog", "saw", "a", "car"]] * 10)


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("card") / "tiny.safetensors"
    SkipGram(dim=4, epochs=2, subsample=0, engine="layers").fit(corpus).vectors.save(path)
    return path


def cells(card, name):
    """The cell beside `name`."""
    (found,) = re.findall(rf"^\| {re.escape(name)} \| (.*) \|$", card, re.MULTILINE)
    return found


def test_a_card_says_what_the_file_says(trained, corpus):
    vectors = WordVectors.load(trained)
    card = model_card(trained, vectors)
    assert card.startswith("# tiny.safetensors\n\nVectors of 6 words in 4 dimensions, trained with skipgram by wordvec")
    assert cells(card, "SHA-256") == hashlib.sha256(trained.read_bytes()).hexdigest()
    assert cells(card, "corpus fingerprint") == corpus.fingerprint
    assert cells(card, "parameter window") == "5"
    assert cells(card, "tokens") == "100"
    assert cells(card, "2") == f"{vectors.info['loss'][1]:.4f}"
    assert "WordVectors.load('tiny.safetensors')" in card


@pytest.mark.parametrize("name", ["a.txt", "texts"])
def test_vectors_of_files_say_which_and_how_many_sentences(tmp_path, name):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("the cat saw the dog\nthe dog saw a car\n" * 5)
    source = tmp_path / "texts" / "a.txt" if name == "a.txt" else tmp_path / "texts"
    vectors = SVD(dim=3).fit(Corpus.build(source, tokenizer="words")).vectors
    vectors.save(tmp_path / "v.safetensors")
    assert vectors.info["sources"] == [name]  # without its folder
    card = model_card(tmp_path / "v.safetensors", WordVectors.load(tmp_path / "v.safetensors"))
    assert (cells(card, "corpus"), cells(card, "sentences")) == (name, "10")
    assert f"The text comes from {name}." in card and str(tmp_path) not in card


def test_text_without_a_name_is_given_none(tmp_path):
    corpus = Corpus.from_texts(["the cat saw the dog", "the dog saw a car"] * 5, tokenizer="words")
    assert corpus.info["sources"] == []
    SVD(dim=3).fit(corpus).vectors.save(tmp_path / "v.safetensors")
    corpus.save(tmp_path / "corpus")
    vectors = WordVectors.load(tmp_path / "v.safetensors")
    for facts in (CardFacts(), CardFacts(corpus=Corpus.open(tmp_path / "corpus"))):
        card = model_card(tmp_path / "v.safetensors", vectors, facts)
        assert cells(card, "corpus") == "not stated" and cells(card, "sentences") == "10"
        assert "comes from" not in card and "corpus build" not in card


def test_of_many_files_some_are_named(tmp_path):
    files = [tmp_path / f"{number:02}.txt" for number in range(25)]
    for file in files:
        file.write_text("the cat saw the dog\n")
    vectors = SVD(dim=2).fit(Corpus.from_files(files)).vectors
    assert vectors.info["sources"] == [f"{number:02}.txt" for number in range(20)] + ["and 5 more"]


def test_a_card_invents_nothing(trained, tmp_path):
    WordVectors(["cat", "dog"], np.eye(2)).save(tmp_path / "v.txt")
    card = model_card(tmp_path / "v.txt", WordVectors.load(tmp_path / "v.txt"))
    assert "whose training the file does not state" in card
    for name in ("trainer", "corpus", "corpus fingerprint", "tokens", "sentences", "tokenizer"):
        assert cells(card, name) == "not stated"
    assert cells(card, "time") == "not recorded"
    assert cells(card, "of these vectors") == "not stated"
    assert cells(card, "of the corpus") == "not stated"
    assert "None were requested." in card
    assert "was not measured" in card
    assert "epoch" not in card


def test_scores_have_protocol_coverage_and_interval(trained):
    vectors = WordVectors.load(trained)
    unknown = [("Hund", "Katze", 1.0), ("a1", "b1", 2.0)]
    scores = evaluate(vectors, [("similarity", [*TRIPLES] * 3), ("similarity", unknown)])
    card = model_card(trained, vectors, CardFacts(scores=scores))
    rows = [line for line in card.splitlines() if line.startswith("| pairs |")]
    assert f"| spearman | {scores[0].score:.3f} | [" in rows[0]
    assert rows[0].endswith("| 9 | 12 | wordvec |")
    assert "nothing evaluated" in rows[1]


def test_tests_of_bias_stand_apart(trained):
    vectors = WordVectors.load(trained)
    test = BiasTest("pets", ("cat",), ("car",), ("dog",), ("a",), ("cats", "cars", "dogs", "articles"))
    card = model_card(trained, vectors, CardFacts(scores=evaluate(vectors, [("bias", test)])))
    assert "| pets | cats with dogs, cars with articles |" in card
    assert "None were requested." in card
    assert "was not measured for this card" not in card


def test_what_is_at_hand_is_added(trained, corpus):
    vectors = WordVectors.load(trained)
    report = {
        "seconds": {"train": 90.0, "save": 0.1},
        "corpus_fingerprint": corpus.fingerprint,
        "parameters": vectors.info["parameters"],
    }
    stability = Stability(("cat",), np.array([0.4]), k=10, models=5, over="seeds")
    facts = CardFacts(
        words=["cat", "dog"],
        corpus=corpus,
        report=report,
        stability=stability,
        licence="CC0 | public",
        corpus_licence="GFDL",
    )
    card = model_card(trained, vectors, facts)
    assert cells(card, "time") == "train 90 s, save 0.1 s"
    assert cells(card, "sentences") == "20"
    assert cells(card, "corpus") == "not stated"
    assert cells(card, "of these vectors") == r"CC0 \| public"
    assert cells(card, "of the corpus") == "GFDL"
    assert "| cat | 10 | 0.40 |" in card
    assert "| dog | 20 |  |" in card
    assert "5 models" in card


@pytest.mark.parametrize("what", ["corpus", "report", "parameters"])
def test_facts_of_another_model_are_refused(trained, corpus, what):
    vectors = WordVectors.load(trained)
    other = Corpus.from_sentences([["a", "b"]])
    facts = {
        "corpus": CardFacts(corpus=other),
        "report": CardFacts(report={"seconds": {}, "corpus_fingerprint": other.fingerprint}),
        "parameters": CardFacts(report={"corpus_fingerprint": corpus.fingerprint, "parameters": {"dim": 5}}),
    }[what]
    with pytest.raises(OptionError, match="is not of this model"):
        model_card(trained, vectors, facts)


def test_a_word_it_lacks(trained):
    with pytest.raises(UnknownWordError, match="zebra"):
        model_card(trained, WordVectors.load(trained), CardFacts(words=["zebra"]))


def test_example_words_are_of_several_frequencies():
    words = [f"w{i}" if i % 2 else "x" * (i // 2 + 1) for i in range(1500)]
    vectors = WordVectors(words, np.ones((1500, 1)), np.arange(1500, 0, -1))
    assert [words.index(word) for word in example_words(vectors)] == [100, 300, 1000]
    assert example_words(vectors, ["w1"]) == ["w1"]
    assert example_words(WordVectors(["1", "2"], np.eye(2))) == ["1"]
