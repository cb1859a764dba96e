"""Words of several models: shared, ordered by frequency where it is lowest, and with a direction in each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import InputError, OptionError
from wordvec.vectors import WordVectors
from wordvec.vectors.several_models.shared_words import frequent_rows, shared_words


def model(words, counts=None, zero=()):
    matrix = np.eye(len(words))
    matrix[[words.index(word) for word in zero]] = 0
    return WordVectors(words, matrix, None if counts is None else np.array(counts))


def test_rows_are_those_of_the_words():
    a, b = model(["c", "a", "b"]), model(["b", "x", "c", "a"])
    shared = shared_words(a, b)
    assert shared.words == ["c", "b", "a"]  # larger of the ranks: c 2, b 2, a 3; ties as in the first
    assert [a.words[row] for row in shared.rows[0]] == shared.words == [b.words[row] for row in shared.rows[1]]


def test_counts_go_before_rows():
    a = model(["rare", "often"], counts=[1, 100])
    b = model(["often", "rare"], counts=[50, 7])
    assert shared_words(a, b).words == ["often", "rare"]
    assert shared_words(a, b, min_count=2).words == ["often"]
    assert shared_words(a, b, top=1).words == ["often"]


def test_three_models_and_zero_rows():
    models = model(["a", "b", "c"]), model(["c", "a", "b"], zero=["b"]), model(["a", "c", "b"])
    shared = shared_words(*models)
    assert shared.words == ["a", "c"]
    assert len(shared.rows) == 3


@given(st.lists(st.sets(st.sampled_from("abcdefg"), min_size=1), min_size=2, max_size=4))
def test_exactly_the_intersection(vocabularies):
    models = [model(sorted(words)) for words in vocabularies]
    common = set.intersection(*vocabularies)
    if common:
        assert sorted(shared_words(*models).words) == sorted(common)
    else:
        with pytest.raises(InputError, match="no word is in all"):
            shared_words(*models)


def test_errors_say_what_to_do():
    a, b = model(["the", "cat"]), model(["der", "Hund"])
    with pytest.raises(InputError, match=r"2 words such as 'the', 'cat'; 2 words such as 'der', 'Hund'.*one language"):
        shared_words(a, b)
    with pytest.raises(OptionError, match="model 1 lacks"):
        shared_words(a, a, min_count=5)
    counted = model(["the", "cat"], counts=[3, 2])
    with pytest.raises(InputError, match="count of at least 5"):
        shared_words(counted, counted, min_count=5)
    for top in (0, -1, True, 1.5):
        with pytest.raises(OptionError, match="top"):
            shared_words(a, a, top=top)


def test_frequent_rows_leave_out_zero_rows():
    assert frequent_rows(model(["a", "b", "c"], counts=[1, 9, 5], zero=["b"]), None).tolist() == [2, 0]
    assert frequent_rows(model(["a", "b", "c"]), 2).tolist() == [0, 1]
