"""Folders for model2vec, sentence-transformers and spaCy: each library loads them and finds the same vectors."""

from __future__ import annotations

import json
import sys
import warnings

import numpy as np
import pytest

from wordvec.corpus import Corpus
from wordvec.errors import InputError, MissingExtraError, OptionError, VectorsFileError
from wordvec.trainers import SVD
from wordvec.vectors import WordVectors
from wordvec.vectors.documents import mean_sentence_vectors
from wordvec.vectors.exports import write_spacy
from wordvec.vectors.files.static_folder import not_alike, write_static_model
from wordvec.vectors.subwords import Subwords

WORDS = ["cat", "dog", "a", "né", "犬", "new_york", "a▁b", "don't", "[UNK]", "</s>", "x"]
ROWS = np.random.default_rng(0).normal(size=(len(WORDS), 4)).astype(np.float32)
TEXTS = [
    "cat dog",
    "cat  unknown a apple",
    "né 犬 new_york\n don't",
    "",
    "zzz xa ax",
    "a▁b [UNK] </s> cat cat",
    "\tx\u3000a Cat " * 300,  # more than the 512 tokens after which model2vec cuts, if it is not told otherwise
]
CLOSE = np.array([[1e-6]] * 6 + [[5e-6]])  # their sums are of float32


@pytest.fixture
def vectors():
    return WordVectors(WORDS, ROWS, np.arange(len(WORDS), 0, -1), {"trainer": "SVD", "loss": [1.5]})


@pytest.fixture
def folder(vectors, tmp_path):
    write_static_model(vectors, tmp_path / "model")
    return tmp_path / "model"


def expected(vectors):
    return mean_sentence_vectors(vectors, [text.split() for text in TEXTS]).matrix


def test_model2vec_makes_the_same_sentence_vectors(vectors, folder):
    model2vec = pytest.importorskip("model2vec")
    model = model2vec.StaticModel.from_pretrained(folder)
    assert (np.abs(model.encode(TEXTS) - expected(vectors)) < CLOSE).all()


def test_sentence_transformers_makes_the_same_sentence_vectors(vectors, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other projects
        library = pytest.importorskip("sentence_transformers")
        model = library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        found = model.encode(TEXTS, show_progress_bar=False)
    assert (np.abs(found - expected(vectors)) < CLOSE).all()


@pytest.mark.parametrize("first", [WORDS[0], "▁cat"])
def test_the_tokenizer_finds_whole_words_and_leaves_out_the_others(tmp_path, first):
    tokenizers = pytest.importorskip("tokenizers")
    words = [first, *WORDS[1:]]
    write_static_model(WordVectors(words, ROWS), tmp_path / "model")
    tokenizer = tokenizers.Tokenizer.from_file(str(tmp_path / "model" / "tokenizer.json"))
    for text in TEXTS:
        found = [words[i] for i in tokenizer.encode(text, add_special_tokens=False).ids]
        assert found == [word for word in text.split() if word in words]


def test_wordvec_reads_the_folder_back(vectors, folder):
    read = WordVectors.load(folder, strict=True)
    assert read.words == WORDS
    np.testing.assert_array_equal(read.matrix, ROWS)
    assert read.counts.tolist() == vectors.counts.tolist()
    assert vectors.info.items() <= read.info.items()
    assert WordVectors.load(folder, limit=2).words == WORDS[:2]
    write_static_model(read, folder)  # over its own
    assert WordVectors.load(folder / "model.safetensors").words == WORDS


def test_a_folder_of_int8_holds_what_the_rows_stand_for(tmp_path):
    narrow = WordVectors(["a"], np.array([[127, -127]], np.int8), scales=np.array([2.0], np.float32))
    write_static_model(narrow, tmp_path / "m")
    assert WordVectors.load(tmp_path / "m").matrix.tolist() == [[254.0, -254.0]]


def test_what_is_not_alike_is_told(tmp_path):
    corpus = Corpus.build([{"text": "One rose. Two roses."}], field="text", tokenizer="words", min_count=1)
    with pytest.warns(UserWarning, match=r"' '\.join\(vectors\.tokenize\(text\)\)"):
        write_static_model(SVD(dim=2).fit(corpus).vectors, tmp_path / "m")
    assert "vectors.tokenize(text)" in (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    subwords = Subwords(np.ones((9, 1), np.float32), 9, 3, 3)
    assert "unseen words" in not_alike(WordVectors(["a"], np.ones((1, 1)), subwords=subwords))[0]
    plain = Corpus.from_sentences([["a", "b"], ["b", "a"]] * 9)
    assert not_alike(SVD(dim=2).fit(plain).vectors) == []


def test_what_is_refused(vectors, folder, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="is not a folder written by wordvec"):
        write_static_model(vectors, tmp_path / "other")
    with pytest.raises(InputError, match="'b' holds nan"):
        write_static_model(WordVectors(["a", "b"], np.array([[1.0], [np.nan]])), folder)
    with pytest.raises(InputError, match="one of which must be free"):
        write_static_model(WordVectors(["▁a", "\ue000", "\ue001"], np.ones((3, 1))), folder)
    with pytest.raises(InputError, match="half a surrogate pair"):
        write_static_model(WordVectors(["\ud800"], np.ones((1, 1))), folder)
    with pytest.raises(InputError, match="cannot be written as JSON"):
        write_static_model(WordVectors(["a"], np.ones((1, 1)), info={"f": len}), folder)
    assert WordVectors.load(folder).words == WORDS  # still there


@pytest.mark.parametrize("change", [{"word_mark": "#"}, {"wordvec": 3}, {"word_mark": "\ue000"}])
def test_a_damaged_description_is_one_error(folder, change):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, **change}), encoding="utf-8")
    with pytest.raises(VectorsFileError, match="damaged: it does not describe the words"):
        WordVectors.load(folder)


def test_spacy_loads_a_pipeline_with_the_vectors(vectors, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other projects
        spacy = pytest.importorskip("spacy")
        write_spacy(vectors, tmp_path / "pipeline")
        write_spacy(vectors, tmp_path / "pipeline")  # over its own
        pipeline = spacy.load(tmp_path / "pipeline")
        document = pipeline("cat dog unknown")
        with pytest.raises(OptionError, match="spaCy has no language 'qq'"):
            write_spacy(vectors, tmp_path / "other", "qq")
    assert pipeline.vocab.vectors.shape == ROWS.shape
    np.testing.assert_array_equal(document[0].vector, ROWS[0])
    assert not document[2].has_vector
    for word, row in zip(WORDS, ROWS):
        np.testing.assert_array_equal(pipeline.vocab[word].vector, row)


def test_spacy_is_named_with_its_extra(vectors, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(MissingExtraError, match=r"wordvec\[spacy\]"):
        write_spacy(vectors, tmp_path / "p")


def test_the_verb_writes_a_folder_with_a_card(vectors, tmp_path, capsys, monkeypatch):
    from wordvec.cli import main

    monkeypatch.chdir(tmp_path)
    vectors.save("v.safetensors")
    assert main(["export", "v.safetensors", "--hub", "model", "--licence", "cc-by-4.0"]) == 0
    assert capsys.readouterr().out == "model: 11 words in 4 dimensions\n"
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    assert card.startswith('---\nlibrary_name: model2vec\nlicense: "cc-by-4.0"\ntags:\n- wordvec\n')
    assert "# v.safetensors" in card and "## This folder" in card and "SHA-256" in card
    assert main(["export", "model", "--hub", "again"]) == 0  # a folder as input: no card of a file
    assert WordVectors.load("again").words == WORDS
    assert main(["export", "v.safetensors", "--hub", "m", "--top", "3"]) == 2
    assert main(["export", "v.safetensors", "--hub", "m", "--language", "en"]) == 2
    assert main(["export", "v.safetensors", "--parquet", "m", "--licence", "x"]) == 2
