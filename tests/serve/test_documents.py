"""Documents that the service finds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from serving import ask, post

from wordvec.cli import main
from wordvec.errors import InputError, OptionError, VectorsFileError
from wordvec.serve import create_app
from wordvec.serve.documents import Documents
from wordvec.serve.settings import Settings
from wordvec.vectors import WordVectors
from wordvec.vectors.document_files import as_word_vectors, search

TEXTS = ["The ship sails the sea.", "Hot tea in a cup", "xyzzy", "A cup of tea at sea, “naïve”"]
WORDS = ["the", "ship", "sails", "sea", "hot", "tea", "in", "a", "cup", "of", "at"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """v.safetensors, docs.jsonl with ids and docs.safetensors."""
    folder = tmp_path_factory.mktemp("documents")
    info = {"tokenizer": "words", "split_sentences": False}
    matrix = np.eye(len(WORDS))
    WordVectors(WORDS, matrix, np.arange(len(WORDS), 0, -1), info).save(folder / "v.safetensors")
    lines = [json.dumps({"name": f"n{n}", "body": text}) for n, text in enumerate(TEXTS)]
    (folder / "docs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    names = (str(folder / name) for name in ("v.safetensors", "docs.jsonl", "docs.safetensors"))
    vectors, texts, documents = names
    assert main(["embed", vectors, texts, "-o", documents, "--field", "body", "--id", "name"]) == 0
    return folder


def settings(folder, **more):
    given = {"file": str(folder / "v.safetensors"), "documents": str(folder / "docs.safetensors")} | more
    return Settings(**given)


@pytest.fixture(scope="module")
def app(folder):
    of_texts = {"texts": str(folder / "docs.jsonl"), "field": "body", "id_field": "name"}
    return create_app(settings(folder, max_words=5, **of_texts))


def test_documents_are_found_as_the_command_finds_them(app, folder):
    found = ask(app, "/documents?text=Tea!&k=9").json["documents"]
    assert [each["id"] for each in found] == ["n1", "n3", "n0"]  # n2 has no word with a vector
    assert [each["text"] for each in found] == [TEXTS[1], TEXTS[3], TEXTS[0]]
    documents, vectors = (WordVectors.load(folder / name) for name in ("docs.safetensors", "v.safetensors"))
    expected = search(documents, vectors, "Tea!", 9)
    assert [(each["id"], each["score"]) for each in found] == [(name, round(score, 6)) for name, score in expected]
    rows = vectors.embed(["Tea!"])
    assert expected == [
        (name, pytest.approx(score, abs=1e-6)) for name, score in documents.nearest(rows.matrix[0], 9) if name != "n2"
    ]
    assert post(app, "/documents", {"text": "Tea!", "k": 9}).json["documents"] == found


def test_documents_like_another(app, folder):
    found = ask(app, "/documents?like=n1").json["documents"]
    assert [each["id"] for each in found] == ["n3", "n0"]
    asked = {"questions": [{"ask": "documents", "like": "n1"}, {"ask": "documents", "like": "no"}]}
    first, second = post(app, "/batch", asked).json["answers"]
    assert first["documents"] == found
    assert (second["status"], second["detail"]) == (404, "'no' is not among the 4 documents")


@pytest.mark.parametrize(
    ("target", "status", "detail"),
    [
        ("/documents", 400, "give either 'text' to search for, or 'like'"),
        ("/documents?text=tea&like=n1", 400, "give either 'text'"),
        ("/documents?text=plugh", 400, "'plugh': its only word has no vector"),
        ("/documents?text=", 400, "'': it holds no word"),
        ("/documents?text=tea&text=cup", 400, "a request may have 1 text; got 2"),
        ("/documents?text=a+b+c+d+e+f", 400, "a request may have 5 words; got 6"),
        ("/documents?text=tea&k=1001", 400, "'k' must be a whole number from 1 to 1,000"),
        ("/documents?text=tea&top=3", 400, "'top' is no parameter of this question"),
        ("/documents?like=n2", 400, "document 'n2' has no word with a vector"),
        ("/documents?like=N1", 404, "'N1' is not among the 4 documents"),
    ],
)
def test_what_is_refused(app, target, status, detail):
    answer = ask(app, target)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert detail in answer.json["detail"]


def test_it_is_described(app, vectors):
    description = ask(app, "/openapi.json").json
    (example,) = [each for each in description["paths"]["/documents"]["get"]["parameters"] if "example" in each][:1]
    assert example["name"] == "like"
    assert ask(app, f"/documents?like={example['example']}").status == 200
    assert ask(app, "/health").json == {"status": "ok", "words": len(WORDS), "documents": 4}
    without = create_app(Settings(), vectors)
    assert ask(without, "/documents?text=tea").status == 404
    assert "/documents" not in ask(without, "/openapi.json").json["paths"]


def test_texts_are_optional_and_bounded(folder, monkeypatch):
    found = ask(create_app(settings(folder)), "/documents?text=tea&k=1").json["documents"]
    assert list(found[0]) == ["id", "score"]
    monkeypatch.setattr("wordvec.serve.documents.MOST_CHARACTERS", 20)
    documents, vectors = (WordVectors.load(folder / name) for name in ("docs.safetensors", "v.safetensors"))
    with pytest.raises(OptionError, match="ask for fewer documents with 'k'"):
        Documents(documents, vectors, texts=TEXTS).find({"text": "tea", "k": 2})


def test_what_does_not_go_together_is_told_at_the_start(folder, tmp_path):
    of_texts = {"texts": str(folder / "docs.jsonl"), "field": "body"}
    with pytest.raises(InputError, match=r"text 1 has the id '1', and document 1 of .* the id 'n0'.*--id"):
        create_app(settings(folder, **of_texts))
    (tmp_path / "fewer.txt").write_text("tea\n", encoding="utf-8")
    with pytest.raises(InputError, match="4 documents and 1 texts do not go together"):
        create_app(settings(folder, texts=str(tmp_path / "fewer.txt")))
    others = WordVectors(WORDS, 2 * np.eye(len(WORDS)))
    with pytest.raises(VectorsFileError, match="were embedded with other vectors than those that are served"):
        create_app(settings(folder), others)
    with pytest.raises(InputError, match=r"v\.safetensors: holds no documents"):
        create_app(settings(folder, documents=str(folder / "v.safetensors")))
    with pytest.raises(OptionError, match="texts belong to documents"):
        settings(folder, documents="", texts="docs.jsonl")


def test_weights_and_composed_words_are_those_of_the_documents():
    """The same vectors as `embed`, for every kind of weight."""
    rng = np.random.default_rng(5)
    info = {"tokenizer": "words", "split_sentences": False}
    vectors = WordVectors(WORDS, rng.normal(size=(len(WORDS), 6)), np.arange(len(WORDS), 0, -1), info)
    for weights in ("sif", "mean", "tf-idf"):
        found = vectors.embed(TEXTS, weights)
        documents = as_word_vectors(found, list("abcd"), vectors, "v", weights, 1e-3)
        assert search(documents, vectors, TEXTS[3], 1)[0] == ("d", pytest.approx(1.0, abs=1e-6))
