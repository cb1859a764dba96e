"""Words: the curve by hand, and each sign with a word that has it and one that nearly has."""

import numpy as np
import pytest

from wordvec.corpus import Vocabulary
from wordvec.corpus.report import words as report_words
from wordvec.corpus.report.advice import advise_on_cutting
from wordvec.corpus.report.words import examine_words, find_signs, vocabulary_curve


def signs_of(*words):
    """The words that carry each sign, in a vocabulary of `words`."""
    vocabulary = Vocabulary(list(words), list(range(len(words), 0, -1)))
    return {name: sign.examples for name, sign in examine_words(vocabulary).signs.items() if sign.words}


def test_the_curve_by_hand():
    curve = vocabulary_curve(np.array([60, 20, 9, 4, 2, 2, 1, 1, 1]), known_from=1)
    assert [(p.min_count, p.words, p.tokens) for p in curve] == [
        (1, 9, 1.0),
        (2, 6, 0.97),
        (5, 3, 0.89),
        (10, 2, 0.8),
        (20, 2, 0.8),
        (50, 1, 0.6),
        (100, 0, 0.0),
    ]


def test_where_rare_words_are_not_known_the_curve_starts_at_min_count():
    found = examine_words(Vocabulary(["a", "b"], [9, 7], min_count=6))
    assert [point.min_count for point in found.curve] == [6, 10, 20, 50, 100]
    assert found.once is None


def test_rare_words_count():
    found = examine_words(Vocabulary.from_counts({"a": 6, "b": 2, "c": 1, "d": 1}, min_count=5))
    assert found.once == 0.5
    assert [point.words for point in found.curve[:3]] == [4, 2, 1]
    assert found.curve[2].tokens == 0.6
    assert found.commonest == {"a": 6}


@pytest.mark.parametrize(
    "sign, having, not_having",
    [
        ("one letter", ["a", "I", "é", "я"], ["ab", "1", "!", "猫", "한", "か"]),
        ("punctuation attached", ["the,", '"the', "(The)", "the..."], ["co-op,", "th,e", "'the", "the'", "—"]),
        ("punctuation only", [",", "...", "—"], ["a.", "1"]),
        ("digits", ["2018", "b2b", "٣"], ["two"]),
        ("capitals", ["The", "THE"], ["Paris"]),
        ("very long", ["x" * 41], ["y" * 40]),
        ("markup", ["[[cat]]", "</ref>", "&quot;"], ["<unk>", "R&D", "[cat]"]),
        ("Han and kana", ["猫", "ネコ", "ねこ"], ["cat"]),
        ("Thai", ["แมว", "ແມວ", "ឆ្មា", "ကြောင်"], ["cat", "猫"]),
        ("Hangul", ["고양이", "고양이가", "ㆍ"], ["猫"]),
    ],
)
def test_signs(sign, having, not_having):
    found = signs_of("the", *having, *not_having)
    assert set(found[sign]) == {word[: report_words.LONG_WORD] for word in having}


def test_plain_english_carries_no_sign():
    assert signs_of("the", "cat", "sat", "naïve") == {}


def test_shares_are_of_tokens():
    found = examine_words(Vocabulary(["the", "the,", "The"], [6, 3, 1])).signs
    assert (found["punctuation attached"].tokens, found["capitals"].tokens) == (0.3, 0.1)


def test_only_the_most_frequent_words_are_looked_at(monkeypatch):
    monkeypatch.setattr(report_words, "WORDS_LOOKED_AT", 2)
    assert "digits" not in signs_of("one", "two", "3")


def test_korean_with_punctuation_gets_advice_that_needs_no_extra():
    found = find_signs(Vocabulary(["있다", "있다.", "대학교"], [5, 4, 1]))
    endings, marks = advise_on_cutting(found, "whitespace")
    assert "--tokenizer korean (extra cjk)" in endings
    assert (
        marks
        == "40 % of the tokens have punctuation attached (있다.): --tokenizer words takes it off, and needs no extra."
    )
    assert len(advise_on_cutting(find_signs(Vocabulary(["있다", "대학교"], [5, 1])), "words")) == 1
