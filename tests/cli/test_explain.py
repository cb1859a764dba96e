"""The verb explain, as a user runs it."""

import json

import numpy as np
import pytest

from wordvec import PPMI, SVD, Corpus, SkipGram, WordVectors
from wordvec.cli import main
from wordvec.counts import count_cooccurrences, ppmi

LINES = ["the cat purrs at home", "the cat eats fish", "the dog barks at home", "the dog eats meat"] * 3


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus = Corpus.from_sentences([line.split() for line in LINES])
    corpus.save("corpus")
    return corpus


def run(capsys, *arguments):
    status = main(["explain", *arguments])
    return status, *capsys.readouterr()


def report_of(capsys, *arguments):
    status, out, err = run(capsys, *arguments, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_a_ppmi_file_explains_itself(corpus, capsys):
    vectors = PPMI(window=2).fit(corpus).vectors
    vectors.save("ppmi.safetensors")
    report = report_of(capsys, "ppmi.safetensors", "cat", "dog", "-k", "50")
    assert report["ppmi_similarity"] == pytest.approx(vectors.similarity("cat", "dog"), abs=1e-5)
    assert report["ppmi_similarity"] == pytest.approx(report["model_similarity"], abs=1e-5)
    assert sum(row["percent"] for row in report["contexts"]) == pytest.approx(100, abs=0.01)
    assert sum(row["contribution"] for row in report["contexts"]) == pytest.approx(report["ppmi_similarity"], abs=1e-4)
    matrix = ppmi(count_cooccurrences(corpus, 2, "harmonic")).toarray()
    cat, dog = matrix[corpus.vocabulary.id("cat")], matrix[corpus.vocabulary.id("dog")]
    shared = {corpus.vocabulary.words[c] for c in np.flatnonzero(cat * dog)}
    assert {row["context"] for row in report["contexts"]} == shared
    assert {"purrs", "barks"}.isdisjoint(shared)
    assert report["notes"] == []


def test_a_short_ppmi_file_says_so_and_a_corpus_gives_the_rest(corpus, capsys):
    PPMI(window=2, dim=3).fit(corpus).vectors.save("short.safetensors")
    PPMI(window=2).fit(corpus).vectors.save("whole.safetensors")
    assert "3 most common contexts" in report_of(capsys, "short.safetensors", "cat", "dog")["notes"][0]
    few = report_of(capsys, "whole.safetensors", "cat", "dog", "--contexts", "3")
    assert few["contexts"] == report_of(capsys, "short.safetensors", "cat", "dog")["contexts"]
    recounted = report_of(capsys, "short.safetensors", "cat", "dog", "--in", "corpus")
    assert recounted["contexts"] == report_of(capsys, "whole.safetensors", "cat", "dog")["contexts"]


def test_svd_goes_back_to_its_matrix(corpus, capsys):
    SVD(dim=3, window=2, context_smoothing=0.6).fit(corpus).vectors.save("svd.safetensors")
    PPMI(window=2, context_smoothing=0.6).fit(corpus).vectors.save("ppmi.safetensors")
    report = report_of(capsys, "svd.safetensors", "cat", "dog", "--in", "corpus")
    assert report["contexts"] == report_of(capsys, "ppmi.safetensors", "cat", "dog")["contexts"]
    assert report["notes"] == []
    status, out, _ = run(capsys, "svd.safetensors", "cat", "dog", "--in", "corpus", "-k", "1")
    assert status == 0
    assert "in the model" in out
    assert " %  " in out


def test_other_models_and_other_corpora_are_noted(corpus, capsys):
    SkipGram(dim=3, window=2, epochs=1, subsample=0, engine="layers").fit(corpus).vectors.save("sg.safetensors")
    other = Corpus.from_sentences([line.split() for line in LINES[:4]])
    other.save("other")
    notes = report_of(capsys, "sg.safetensors", "cat", "dog", "--in", "other")["notes"]
    assert "was not trained on this corpus" in notes[0]
    assert "not made from a PPMI matrix" in notes[1]


def test_a_text_is_read_as_the_models_was(corpus, capsys, tmp_path):
    (tmp_path / "text.txt").write_text("\n".join(LINES), encoding="utf-8")
    SVD(dim=3, window=2).fit(Corpus.build("text.txt", min_count=3)).vectors.save("svd.safetensors")
    assert report_of(capsys, "svd.safetensors", "cat", "dog", "--in", "text.txt")["notes"] == []


def test_words_without_a_common_context(corpus, capsys):
    PPMI(window=1).fit(Corpus.from_sentences([["a", "b"], ["c", "d"]])).vectors.save("v.safetensors")
    status, out, _ = run(capsys, "v.safetensors", "a", "c")
    assert status == 0
    assert "0 contexts shared\n" in out


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["v.safetensors", "cat", "dog"], "give the corpus it was trained on, with --in CORPUS"),
        (["v.safetensors", "cat", "dgo"], "dog"),
        (["v.safetensors", "cat", "dog", "--in", "nothing"], "nothing"),
        (["v.safetensors", "cat", "dog", "-k", "0"], "-k must be at least 1"),
        (["v.safetensors", "cat", "dog", "--contexts", "0"], "--contexts must be at least 1"),
        (["missing.safetensors", "cat", "dog"], "missing.safetensors"),
    ],
)
def test_refusals(corpus, capsys, arguments, message):
    WordVectors(["cat", "dog"], np.eye(2, dtype=np.float32)).save("v.safetensors")
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("verb", ["explain", "similar"])
def test_a_text_is_read_as_the_model_s_was(tmp_path, monkeypatch, capsys, verb):
    """With its case, phrases, sentences and rare words: the words asked for are not in the text as it is."""
    monkeypatch.chdir(tmp_path)
    lines = ["New York has rain. Paris HAS rain.", "New York has sun. Paris has wind."] * 3 + ["Once in New York."]
    (tmp_path / "text.txt").write_text("\n".join(lines), encoding="utf-8")
    options = ["--tokenizer", "words", "--split-sentences", "--phrases", "1", "--min-count", "3", "--numbers", "zero"]
    assert main(["corpus", "build", "text.txt", "-o", "corpus", *options]) == 0
    monkeypatch.setattr("wordvec.corpus.phrases.DEFAULT_THRESHOLDS", {"word2phrase": 1.0})
    assert main(["train", "text.txt", "-o", "v.safetensors", "--trainer", "svd", "--dim", "2", *options]) == 0
    capsys.readouterr()
    if verb == "explain":
        report = report_of(capsys, "v.safetensors", "new_york", "paris", "--in", "text.txt")
        assert report["shared_contexts"] > 0
        assert report["notes"] == []  # the corpus it was trained on
        return
    assert main(["similar", "v.safetensors", "new_york", "--in", "text.txt", "-k", "1"]) == 0
    assert "new_york" in capsys.readouterr().out
    assert main(["similar", "v.safetensors", "New York"]) == 2
    assert "'New York' is one word in the text of these vectors: ask for 'new_york'" in capsys.readouterr().err
