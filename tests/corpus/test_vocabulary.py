from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Vocabulary
from wordvec.corpus.spelling import near_spellings
from wordvec.errors import CorpusError, OptionError, UnknownWordError


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.integers(1, 6)), st.integers(1, 6))
def test_order_ids_and_rare_words(counts, min_count):
    vocabulary = Vocabulary.from_counts(counts, min_count)
    kept = {word: count for word, count in counts.items() if count >= min_count}
    assert vocabulary.words == sorted(kept, key=lambda word: (-kept[word], word))
    assert vocabulary.counts.tolist() == [kept[word] for word in vocabulary.words]
    assert vocabulary.counts.dtype == np.int64
    assert vocabulary.rare == {word: count for word, count in counts.items() if count < min_count}
    assert [vocabulary.id(word) for word in vocabulary.words] == list(range(len(vocabulary)))
    assert all(word in vocabulary for word in kept)


def test_ties_go_by_code_point():
    assert Vocabulary.from_counts(dict.fromkeys(["é", "z", "Z", "a", "가"], 1)).words == ["Z", "a", "z", "é", "가"]


def test_missing_words_are_explained():
    vocabulary = Vocabulary(["the", "queen", "kimchi"], [90, 12, 5], min_count=5, rare={"Kimchi": 3, "quern": 1})
    assert vocabulary.get("quern") is None
    assert vocabulary.get("quern", -1) == -1
    assert vocabulary.explain("queen") == "'queen' is in the vocabulary: id 1, seen 12 times"
    assert vocabulary.explain("quern") == (
        "'quern' is not in the vocabulary: seen 1 time, min_count is 5; did you mean 'queen' (seen 12 times)?"
    )
    assert vocabulary.explain("zzz") == "'zzz' is not in the vocabulary: never seen in the corpus"
    with pytest.raises(UnknownWordError, match="seen 3 times, min_count is 5; did you mean 'kimchi'") as caught:
        vocabulary.id("Kimchi")
    assert caught.value.word == "Kimchi"
    assert caught.value.suggestions == ["kimchi"]
    assert str(caught.value).startswith("'Kimchi' is not")


def test_without_rare_words_nothing_is_claimed_about_the_corpus():
    assert Vocabulary(["the"], [9], min_count=5).explain("zzz") == "'zzz' is not in the vocabulary"


def test_what_is_no_word_at_all():
    with pytest.raises(UnknownWordError, match="expected; got 5"):
        Vocabulary(["a"], [1]).id(5)


@pytest.mark.parametrize(
    ("words", "counts", "message"),
    [
        (["a", "b"], [1], "2 words, but counts of shape"),
        (["a", "b", "a"], [3, 2, 1], "'a' appears twice"),
        (["a", "b"], [1, 2], "'b' is more frequent than the word before"),
    ],
)
def test_words_and_counts_that_do_not_fit(words, counts, message):
    with pytest.raises(CorpusError, match=message):
        Vocabulary(words, counts)


COUNTS = {"the": 90, "tea": 9, "cup": 9, "pot": 7, "oolong": 2, "um": 1}


def test_the_most_frequent_max_words_stay_ties_by_word():
    vocabulary = Vocabulary.from_counts(COUNTS, min_count=2, max_words=2)
    assert (vocabulary.words, vocabulary.max_words) == (["the", "cup"], 2)
    assert vocabulary.explain("tea").endswith("seen 9 times, but max_words is 2")
    assert vocabulary.explain("um").endswith("seen 1 time, min_count is 2")
    assert vocabulary.rare == {"tea": 9, "pot": 7, "oolong": 2, "um": 1}
    assert Vocabulary.from_counts(COUNTS, max_words=6).words == Vocabulary.from_counts(COUNTS).words


def test_words_to_keep_stay_and_words_to_drop_go_whatever_their_count():
    vocabulary = Vocabulary.from_counts(COUNTS, 5, keep_words=["um", "whisky"], drop_words=["the", "gin"])
    assert (vocabulary.words, vocabulary.counts.tolist()) == (["cup", "tea", "pot", "um"], [9, 9, 7, 1])
    assert vocabulary.absent == ["whisky"]
    assert vocabulary.explain("the").startswith(
        "'the' is not in the vocabulary: seen 90 times, but it is on the drop list"
    )
    assert vocabulary.explain("gin").endswith("never seen in the corpus")
    assert vocabulary.explain("oolong").endswith("seen 2 times, min_count is 5")


def test_words_to_keep_are_among_max_words_unless_they_are_more():
    kept = Vocabulary.from_counts(COUNTS, 5, max_words=2, keep_words=["um"])
    assert kept.words == ["the", "um"]
    assert Vocabulary.from_counts(COUNTS, 5, max_words=1, keep_words=["um", "oolong"]).words == ["oolong", "um"]


def test_with_a_given_vocabulary_only_its_words_count_in_the_order_of_the_new_counts():
    vocabulary = Vocabulary.from_counts(COUNTS, vocabulary=["um", "tea", "gin", "oolong"], min_count=2)
    assert (vocabulary.words, vocabulary.counts.tolist()) == (["tea", "oolong"], [9, 2])
    assert vocabulary.absent == ["gin"]
    assert vocabulary.explain("the").endswith("seen 90 times, but it is not in the given vocabulary")
    assert vocabulary.explain("um").startswith("'um' is not in the vocabulary: seen 1 time, min_count is 2")
    again = Vocabulary.from_counts({"oolong": 3, "tea": 2, "cup": 9}, vocabulary=vocabulary)
    assert (again.words, again.counts.tolist()) == (["oolong", "tea"], [3, 2])
    kept = Vocabulary.from_counts(COUNTS, vocabulary=["um"], keep_words=["cup"])
    assert kept.words == ["cup", "um"]


def test_words_with_the_count_0_occur_only_in_phrases():
    vocabulary = Vocabulary.from_words(["new", "york", "new_york"], np.array([1, 0, 5]), keep_words=["york"])
    assert vocabulary.words == ["new_york", "new"]
    assert vocabulary.absent == ["york"]
    assert vocabulary.explain("york") == "'york' is not in the vocabulary: seen only as part of phrases"
    assert Vocabulary.from_counts({"a": 1, "b": 0}).explain("b").startswith("'b' is not in the vocabulary: never seen")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep_words": ["b", "a"], "drop_words": ["a", "b"]}, "'a' is both in keep_words and in drop_words"),
        ({"keep_words": "the"}, "keep_words must be a list of words; got the string 'the'"),
        ({"drop_words": [5]}, r"drop_words must be a list of words \(str\); it holds 5"),
        (
            {"keep_words": Path("w.txt")},
            r"keep_words must be a list of words; got a \w*Path: read the file, such as",
        ),
        ({"drop_words": 5}, "drop_words must be a list of words; got 5"),
        ({"max_words": 0}, "max_words must be a whole number, 1 or more; got 0"),
        ({"max_words": True}, "max_words must be a whole number"),
        ({"max_words": 1.5}, "max_words must be a whole number"),
        ({"max_words": "ten"}, "max_words must be a whole number"),
    ],
)
def test_options_that_mean_nothing(options, message):
    with pytest.raises(OptionError, match=message):
        Vocabulary.from_counts(COUNTS, **options)


@pytest.mark.parametrize(
    ("words", "counts", "message"),
    [
        (["a", "b"], [1], "2 words, but counts of shape"),
        (["a", "b", "a"], [1, 2, 3], "'a' appears twice"),
        (["a", "b"], [1, -2], "'b' has the count -2, below 0"),
    ],
)
def test_words_and_counts_of_a_text_that_do_not_fit(words, counts, message):
    with pytest.raises(CorpusError, match=message):
        Vocabulary.from_words(words, np.array(counts))


SOME_WORDS = st.sets(st.sampled_from("abcdef"))


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 4)),
    st.integers(1, 4),
    st.one_of(st.none(), st.integers(1, 5)),
    SOME_WORDS,
    SOME_WORDS,
    st.one_of(st.none(), st.sets(st.sampled_from("abcd"), min_size=1)),
)
def test_the_options_together(counts, min_count, max_words, keep, drop, given):
    drop -= keep
    options = {"max_words": max_words, "keep_words": keep, "drop_words": drop, "vocabulary": given}
    vocabulary = Vocabulary.from_words(list(counts), np.array(list(counts.values()), np.int64), min_count, **options)
    seen = [word for word in counts if counts[word]]
    enough = {w for w in seen if counts[w] >= min_count and w not in drop and (given is None or w in given)}
    kept = keep.intersection(seen)
    by_count = sorted(enough - kept, key=lambda word: (-counts[word], word))
    room = len(by_count) if max_words is None else max(0, max_words - len(kept))
    expected = sorted(kept.union(by_count[:room]), key=lambda word: (-counts[word], word))
    assert vocabulary.words == expected
    assert vocabulary.counts.tolist() == [counts[word] for word in expected]
    assert set(vocabulary.rare) == set(counts) - set(expected)
    assert vocabulary.absent == sorted((keep | (given or set())) - drop - set(seen))
    assert vocabulary.ids_of(["zzz", *expected], missing=-1).tolist() == list(range(-1, len(expected)))
    for word in vocabulary.rare:
        why = vocabulary.explain(word)
        assert ("drop list" in why) == (word in drop and counts[word] > 0)
        assert ("only as part of phrases" in why) == (counts[word] == 0)
        assert ("max_words" in why) == (word in by_count)


def test_growing_keeps_all_words_and_adds_counts():
    old = Vocabulary.from_counts(COUNTS, min_count=5, drop_words=["the"])
    grown = old.grow({"oolong": 3, "gin": 5, "um": 1, "pot": 3, "the": 5})
    assert grown.words == ["pot", "cup", "tea", "gin", "oolong"]
    assert grown.counts.tolist() == [10, 9, 9, 5, 5]
    assert grown.ids_of(old.words).tolist() == [1, 2, 0]
    assert grown.min_count == 5
    assert "seen 2 times, min_count is 5" in grown.explain("um")
    assert "seen 95 times, but it is on the drop list" in grown.explain("the")
    assert (old.words, old.counts.tolist()) == (["cup", "tea", "pot"], [9, 9, 7])  # the old one stays as it is


def test_growing_by_a_vocabulary_counts_its_rare_words_too_and_keeps_to_max_words():
    old = Vocabulary.from_counts({"tea": 3, "cup": 2, "um": 1}, min_count=2)
    new = Vocabulary.from_counts({"gin": 9, "um": 1, "rum": 8}, min_count=5)
    assert old.grow(new).words == ["gin", "rum", "tea", "cup", "um"]
    limited = old.grow(new, min_count=1, max_words=3)
    assert limited.words == ["gin", "tea", "cup"]
    assert "seen 8 times, but max_words is 3" in limited.explain("rum")


def test_growing_a_list_without_counts_keeps_words_no_text_has():
    grown = Vocabulary.read(["tea", "gin", "cup"]).grow({"cup": 5, "rum": 5, "um": 1}, min_count=2)
    assert (grown.words, grown.counts.tolist()) == (["cup", "rum", "gin", "tea"], [5, 5, 0, 0])
    assert grown.rare == {"um": 1}


def edit_distance(a, b):
    """Levenshtein's, with swaps of neighbours (optimal string alignment)."""
    d = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
    return d[len(a), len(b)]


@given(st.text("abc", min_size=1, max_size=4), st.lists(st.text("abc", min_size=1, max_size=5), unique=True))
def test_all_words_one_edit_away_are_found_frequent_first(word, words):
    found = near_spellings(word, words, limit=1000)
    near = [w for w in words if w != word and edit_distance(word, w) == 1]
    assert found[: len(near)] == near
    assert word not in found


def test_other_case_comes_first_and_letters_in_between_are_found():
    words = ["wing", "king", "KING", "internationale", "international", "интернет"]
    assert near_spellings("King", words)[:2] == ["king", "KING"]
    assert near_spellings("intrnationl", words) == ["international"]
    assert near_spellings("интрнет", words) == ["интернет"]
    assert near_spellings("x" * 10_000, words) == []
    assert near_spellings("a", []) == []


def test_ids_of_gives_one_id_a_word_or_says_which_is_unknown():
    vocabulary = Vocabulary(["tea", "cup"], [7, 3])
    assert vocabulary.ids_of(["cup", "tea", "cup"]).tolist() == [1, 0, 1]
    assert vocabulary.ids_of(iter(["cup", "pot"]), missing=-1).tolist() == [1, -1]
    assert vocabulary.ids_of([]).dtype == np.int32
    with pytest.raises(UnknownWordError, match="'pot' is not in the vocabulary"):
        vocabulary.ids_of(["cup", "pot", "um"])
    with pytest.raises(OptionError, match=r"a list of words expected, such as \['cup'\]"):
        vocabulary.ids_of("cup")


def test_a_given_set_of_words_has_one_order():
    assert Vocabulary.read({"tea", "cup", "pot"}).words == ["cup", "pot", "tea"]
