import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Vocabulary
from wordvec.corpus.spelling import near_spellings
from wordvec.errors import CorpusError, UnknownWordError


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
        (["a", "b", "a"], [3, 2, 1], "'a' stands in it twice"),
        (["a", "b"], [1, 2], "'b' is more frequent than the word before"),
    ],
)
def test_words_and_counts_that_do_not_fit(words, counts, message):
    with pytest.raises(CorpusError, match=message):
        Vocabulary(words, counts)


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
