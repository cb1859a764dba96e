"""Records whose text is a list of tokens: as documents with metadata, as texts to embed, and with tags."""

import json

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.corpus.concordance import Concordance
from wordvec.corpus.documents.citing import Citations
from wordvec.corpus.read.document_texts import DocumentTexts
from wordvec.errors import CorpusError, OptionError
from wordvec.serve.documents import Documents
from wordvec.vectors import WordVectors
from wordvec.vectors.document_files import as_word_vectors

RECORDS = [
    {"id": "a", "year": 1850, "words": ["New York", "is", "far"]},
    {"id": "b", "year": 1860, "words": []},
    {"id": "c", "year": 1870, "words": None},
    {"id": "d", "year": 1880, "words": ["tea", "", "is", 7]},
]


@pytest.fixture
def path(tmp_path):
    return write(tmp_path, RECORDS)


def write(folder, records):
    file = folder / "records.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def test_documents_with_metadata_keep_the_tokens(path, capsys):
    corpus = Corpus.from_documents(path, field="words", metadata_fields=["year"], min_count=1)
    assert [list(words) for words in corpus.sentences()] == [["New York", "is", "far"], ["tea", "is", "7"]]
    assert corpus.documents.column("year") == [1850, 1860, 1880]
    assert corpus.documents.of_sentence.tolist() == [0, 2]
    err = capsys.readouterr().err
    assert "1 missing or empty tokens in the lists in 'words' are left out" in err
    concordance = Concordance(corpus)
    (line,) = Citations(concordance).cite_lines(concordance.lines("tea"))
    assert (line.left, line.keyword, line.right, line.found) == ("", "tea", " is 7", True)


def test_their_options_and_their_kinds_are_checked(tmp_path, path):
    with pytest.raises(OptionError, match="lists of tokens are used unchanged: leave out tokenizer"):
        Corpus.from_documents(path, field="words", metadata_fields=["year"], tokenizer="words")
    mixed = write(tmp_path, [*RECORDS, {"id": "e", "year": 1890, "words": "a text"}])
    with pytest.raises(CorpusError, match="some of the text is lists of tokens and some is not"):
        Corpus.from_documents(mixed, field="words", metadata_fields=["year"], min_count=1)
    with pytest.raises(CorpusError, match=r"line 5: a list of tokens expected as in the records before, got text"):
        list(DocumentTexts([mixed], "words"))
    nested = write(tmp_path, [{"year": 1850, "words": [["tea"]]}])
    with pytest.raises(CorpusError, match=r"line 1: a list of tokens .* expected, but it holds list \['tea'\]"):
        list(DocumentTexts([nested], "words"))


def test_documents_to_embed(path, capsys):
    texts = DocumentTexts([path], "words", "id")
    assert list(texts) == [["New York", "is", "far"], [], [], ["tea", "is", "7"]]
    assert (texts.ids, texts.missing) == (["a", "b", "c", "d"], 1)
    assert "1 missing or empty tokens in the lists are left out" in capsys.readouterr().err
    vectors = WordVectors(["New York", "tea"], np.eye(2), info={"tokenizer": "words", "split_sentences": False})
    found = vectors.embed(DocumentTexts([path], "words"), "mean")
    assert found.matrix.tolist() == [[1, 0], [0, 0], [0, 0], [0, 1]]
    with pytest.raises(OptionError, match="lists of tokens are used unchanged: leave out tokenizer"):
        vectors.embed(DocumentTexts([path], "words"), "mean", tokenizer="words")


def test_a_first_record_without_text_does_not_say_which_kind(tmp_path):
    texts = DocumentTexts([write(tmp_path, RECORDS[::-1][1:])], "words")
    assert list(texts) == [[], [], ["New York", "is", "far"]]
    assert texts.ids == ["1", "2", "3"]


def test_served_texts_have_spaces_between_their_tokens(path):
    vectors = WordVectors(["New York", "tea"], np.eye(2), info={"tokenizer": "whitespace", "split_sentences": False})
    texts = DocumentTexts([path], "words", "id")
    rows = as_word_vectors(vectors.embed(texts, "mean"), texts.ids, vectors, "v.safetensors", "mean", 1e-3)
    found = Documents(rows, vectors, texts=texts).find({"text": "tea", "k": 1})
    assert [document["text"] for document in found["documents"]] == ["tea is 7"]


@pytest.mark.parametrize("field", ["words", "year,words"])
def test_a_list_written_as_text_is_refused(tmp_path, field):
    table = tmp_path / "table.csv"
    table.write_text("year,words\n1850,\"['tea', 'milk']\"\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="holds a list written as text"):
        if field == "words":
            list(DocumentTexts([table], "words"))
        else:
            Corpus.from_documents(table, field="words", metadata_fields=["year"], min_count=1)
