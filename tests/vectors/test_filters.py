from __future__ import annotations

import re
import signal
import threading

import numpy as np
import pytest

from wordvec.errors import OptionError
from wordvec.vectors import WordVectors, filters

WORDS = ["the", "quick", "quickly", "slow", "slowly", "Paris"]
COUNTS = np.array([100, 7, 30, 7, 2, 9])


@pytest.fixture
def vectors() -> WordVectors:
    angles = np.linspace(0, 1.2, len(WORDS))
    return WordVectors(WORDS, np.stack([np.cos(angles), np.sin(angles)], axis=1), COUNTS)


def names(vectors, **given) -> list[str]:
    return [vectors.words[row] for row in vectors.select(**given)]


def test_each_filter_by_hand(vectors):
    assert vectors.select() is None
    assert vectors.select(top=None, pattern=None) is None
    assert names(vectors, top=3) == ["the", "quickly", "Paris"]
    assert names(vectors, top=4) == ["the", "quick", "quickly", "Paris"]  # of 7 and 7 the first
    assert names(vectors, top=99) == WORDS
    assert names(vectors, min_count=8) == ["the", "quickly", "Paris"]
    assert names(vectors, pattern="ly$") == ["quickly", "slowly"]
    assert names(vectors, pattern=re.compile("^P", re.IGNORECASE)) == ["Paris"]
    assert names(vectors, among=["slow", "the", "nowhere", "the"]) == ["the", "slow"]
    assert names(vectors, among=np.array([5, 0])) == ["the", "Paris"]


def test_filters_add_up(vectors):
    assert names(vectors, pattern="^(quick|slow)", min_count=7) == ["quick", "quickly", "slow"]
    assert names(vectors, pattern="ly$", top=3) == ["quickly"]
    assert names(vectors, among={"slowly", "slow", "the"}, pattern="slow", min_count=3) == ["slow"]


def test_the_first_rows_are_the_most_frequent_where_there_are_no_counts():
    assert WordVectors(["b", "a", "c"], np.eye(3)).select(top=2).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"pattern": "zzz"}, "no word of these vectors passes pattern='zzz'"),
        ({"among": ["x", "y"], "top": 3}, "passes top=3, among=2 words"),
        ({"among": []}, "among=0 words"),
        ({"min_count": 1000}, "min_count=1000"),
        ({"pattern": "(unclosed"}, r"pattern: '\(unclosed' is not a regular expression: .*"),
        ({"top": 0}, "top, a number of words, must be a whole number of at least 1; got 0"),
        ({"top": 2.5}, "got 2.5"),
        ({"among": "slow"}, "a list of words, not one text; got 'slow'"),
        ({"among": np.array([6])}, "rows must be from 0 to 5; got 6 to 6"),
        ({"among": np.array([-1, 2])}, "rows must be from 0 to 5; got -1 to 2"),
    ],
)
def test_filters_that_leave_nothing_or_make_no_sense_say_so(vectors, given, message):
    with pytest.raises(OptionError, match=message):
        vectors.most_similar("the", **given)


def test_min_count_needs_counts():
    with pytest.raises(OptionError, match="have no counts; top=N takes the first N words"):
        WordVectors(["a", "b"], np.eye(2)).most_similar("a", min_count=2)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("topn", "unknown keyword 'topn': the number of neighbours is k; filters are top, min_count, pattern, among"),
        ("restrict_vocab", "the N most frequent words are top=N"),
        ("max_count", "unknown keyword 'max_count'; filters are"),
    ],
)
def test_an_unknown_filter_is_a_type_error_that_names_it(vectors, name, message):
    with pytest.raises(TypeError, match=message):
        vectors.most_similar("the", **{name: 2})


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that interrupts")
def test_a_pattern_that_never_ends_within_a_word_is_stopped(monkeypatch):
    monkeypatch.setattr(filters, "PATTERN_SECONDS", 0.05)
    vectors = WordVectors(["a" * 60 + "b", "aaa"], np.eye(2))
    with pytest.raises(OptionError, match=r"a repeat inside a repeat, such as \(a\+\)\+"):
        vectors.select(pattern="(a+)+$")
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    monkeypatch.setattr(filters, "PATTERN_SECONDS", 60.0)
    assert vectors.select(pattern="a$").tolist() == [1]  # and the next one goes on


def test_a_slow_pattern_is_stopped_between_words_in_other_threads(monkeypatch):
    monkeypatch.setattr(filters, "PATTERN_SECONDS", -1.0)
    raised = []

    def ask() -> None:
        try:
            WordVectors(["a", "b"], np.eye(2)).select(pattern="a")
        except OptionError as error:
            raised.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert len(raised) == 1


def test_every_question_takes_filters(vectors):
    slow = ["slow", "slowly", "Paris"]
    assert [word for word, _ in vectors.most_similar("quick", among=slow)] == ["slow", "slowly", "Paris"]
    assert [word for word, _ in vectors.most_similar("slow", among=slow)] == ["slowly", "Paris"]
    assert vectors.nearest(vectors["the"], k=1, pattern="^s")[0][0] == "slow"
    assert [found[0][0] for found in vectors.nearest_to_each(["the", "slow"], k=1, top=3)] == ["quickly", "quickly"]
    assert vectors.analogy("the", "quick", "slow", k=1, pattern="ly$")[0][0] == "slowly"
    assert vectors.rank("the", "Paris") == 5
    assert vectors.rank("the", "Paris", min_count=8) == 2
    assert [word for word, _ in vectors.closer_than("the", "Paris", pattern="^quick")] == ["quick", "quickly"]
