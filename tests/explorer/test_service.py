from __future__ import annotations

import numpy as np
import pytest

from wordvec.errors import OptionError, UnknownWordError
from wordvec.explorer.server import Service
from wordvec.vectors import WordVectors


@pytest.fixture(scope="module")
def service(vectors, other_vectors):
    return Service([vectors, other_vectors])


def test_neighbours_are_those_of_most_similar(service, vectors, other_vectors):
    for number, model in enumerate((vectors, other_vectors)):
        answer = service.similar({"word": "king", "k": "4", "model": str(number)})
        assert answer["word"] == "king"
        found = [(each["word"], each["score"]) for each in answer["neighbours"]]
        assert [word for word, _ in found] == [word for word, _ in model.most_similar("king", k=4)]
        assert found[0][1] == pytest.approx(model.most_similar("king", k=1)[0][1], abs=1e-6)


def test_an_analogy(service):
    answer = service.analogy({"a": "man", "b": "king", "c": "woman", "k": "2"})
    assert answer["neighbours"][0]["word"] == "queen"


def test_search_finds_beginnings_the_word_itself_first():
    counts = np.array([9, 8, 7, 6, 5])
    service = Service([WordVectors(["ab", "ABC", "a", "Abd", "b"], np.eye(5), counts)])
    assert [each["word"] for each in service.search({"text": "a"})["words"]] == ["a", "ab", "ABC", "Abd"]
    assert service.search({"text": "AB", "limit": "2"})["words"] == [
        {"word": "ab", "count": 9},
        {"word": "ABC", "count": 8},
    ]
    assert service.search({"text": "zz"}) == {"words": []}


def test_search_without_counts_follows_the_file():
    service = Service([WordVectors(["b2", "b1"], np.eye(2))])
    assert service.search({"text": "B"})["words"] == [{"word": "b2", "count": None}, {"word": "b1", "count": None}]


@pytest.mark.parametrize(
    "given, message",
    [
        ({}, "'word' is missing"),
        ({"word": "king", "k": "0"}, "'k' must be a whole number from 1 to 1,000; got '0'"),
        ({"word": "king", "k": "1001"}, "'k' must be"),
        ({"word": "king", "k": "٣"}, "'k' must be"),
        ({"word": "king", "k": "9" * 5000}, "'k' must be"),
        ({"word": "king", "model": "2"}, "'model' must be a whole number from 0 to 1"),
        ({"word": "king", "model": "-1"}, "'model' must be"),
    ],
)
def test_bad_parameters(service, given, message):
    with pytest.raises(OptionError) as caught:
        service.similar(given)
    assert message in str(caught.value)


def test_unknown_words_come_with_suggestions(service):
    with pytest.raises(UnknownWordError) as caught:
        service.similar({"word": "quen"})
    assert caught.value.suggestions == ["queen"]
