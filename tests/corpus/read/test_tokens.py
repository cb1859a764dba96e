"""Whole numbers as tokens: every way into a corpus, and every question about sessions, takes and refuses the same."""

import json

import numpy as np
import pandas
import pyarrow
import pytest

from wordvec import Corpus, WordVectors
from wordvec.errors import WordvecError
from wordvec.evaluation import evaluate_sessions
from wordvec.sklearn import _are_texts

ROWS = np.array([[1.0, 0.0], [1.0, 0.2], [0.0, 1.0]], np.float32)


def of_json(lists, folder):
    path = folder / "lists.jsonl"
    path.write_text("\n".join(json.dumps(np.asarray(each).tolist()) for each in lists))
    return Corpus.from_files(path, min_count=1)


DOORS = {
    "lists": lambda lists, folder: Corpus.from_sentences(lists),
    "generator": lambda lists, folder: Corpus.from_sentences(each for each in lists),
    "field": lambda lists, folder: Corpus.from_sentences([{"items": each} for each in lists], field="items"),
    "series": lambda lists, folder: Corpus.from_sentences(pandas.Series(lists)),
    "groups": lambda lists, folder: Corpus.from_sentences(pandas.Series(each) for each in lists),
    "arrow": lambda lists, folder: Corpus.from_sentences(pyarrow.table({"items": lists}), field="items"),
    "arrow arrays": lambda lists, folder: Corpus.from_sentences([pyarrow.array(each) for each in lists]),
    "tagged": lambda lists, folder: Corpus.from_tagged((each, str(i)) for i, each in enumerate(lists)),
    "json": of_json,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", [int, np.int64, np.uint8])
def test_whole_numbers_are_their_digits(door, kind, tmp_path):
    lists = [[kind(7), kind(12)], [kind(12), kind(0)]]
    corpus = DOORS[door](lists, tmp_path)
    assert list(corpus.sentences()) == [["7", "12"], ["12", "0"]]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "wrong", [1.0, True, np.float32(1), np.bool_(True), np.datetime64(1, "ns"), np.timedelta64(1, "ns")]
)
def test_other_numbers_are_refused(door, wrong, tmp_path):
    if door == "json" and isinstance(wrong, (np.datetime64, np.timedelta64)):
        pytest.skip("JSON has no dates")
    with pytest.raises(WordvecError):
        DOORS[door]([[wrong, wrong], [wrong]], tmp_path)


@pytest.mark.parametrize("kind", ["M8[ns]", "m8[ns]"])
def test_an_array_of_dates_is_not_one_of_numbers(kind):
    dates = np.array([1, 2], kind)  # tolist would make whole numbers of them
    with pytest.raises(WordvecError, match="whole numbers"):
        Corpus.from_sentences([dates])
    with pytest.raises(WordvecError, match="whole numbers"):
        Corpus.from_sentences([{"items": dates}], field="items")
    with pytest.raises(WordvecError, match="a tag is text"):
        Corpus.from_tagged([("good tea", dates)], min_count=1)


def test_sessions_and_documents_of_numbers():
    vectors = WordVectors(["1", "2", "3"], ROWS)
    numbers, words = [[1, np.int32(2)], [3, 1]], [["1", "2"], ["3", "1"]]
    assert evaluate_sessions(vectors, numbers, k=1).score == evaluate_sessions(vectors, words, k=1).score == 0.5
    assert np.array_equal(vectors.embed(numbers, weights="mean").matrix, vectors.embed(words, weights="mean").matrix)
    arrays = [np.array(each) for each in numbers]
    assert np.array_equal(vectors.embed(arrays, weights="mean").matrix, vectors.embed(words, weights="mean").matrix)
    assert not _are_texts(numbers)
    with pytest.raises(WordvecError, match="session 2 is"):
        evaluate_sessions(vectors, [["1"], [1.0, 2.0]])


def test_a_list_of_lines_is_not_taken_for_words(tmp_path):
    cells = [{"source": ["# Tea"]}, {"source": ["Tea is hot.\n", "So it is."]}]
    (tmp_path / "cells.jsonl").write_text("".join(f"{json.dumps(cell)}\n" for cell in cells))
    with pytest.raises(
        WordvecError, match=r"cells.jsonl in 'source': holds a list of lines, not of words, such as 'Tea is"
    ):
        Corpus.build(tmp_path / "cells.jsonl", field="source", min_count=1, show_progress=False)
    (tmp_path / "cells.jsonl").write_text(json.dumps({"source": ["New York", ".\n", "\n"]}))
    assert len(Corpus.build(tmp_path / "cells.jsonl", field="source", min_count=1, show_progress=False).ids) == 3
