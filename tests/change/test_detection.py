"""Words that change are found, others are not, and what cannot be tested is named."""

import json
import re

import numpy as np
import pytest
from dated_texts import CHANGING, OTHERS, write_dated_texts

from wordvec import Corpus
from wordvec.change import find_changes
from wordvec.change.group_vectors import vectors_by_group
from wordvec.change.space import Space
from wordvec.corpus.documents.groups import Groups, groups_of
from wordvec.errors import CorpusError, InputError, OptionError, UnknownWordError


def test_changes_of_known_size_are_found(dated_corpus, dated_space):
    changes = find_changes(dated_corpus, "50", words=CHANGING + OTHERS, space=dated_space, permutations=1999)
    found = {word.word for word in changes.found}
    assert len(found & set(CHANGING)) >= 9
    assert len(found - set(CHANGING)) <= 1
    assert changes.groups == ("1800-1849", "1850-1899")
    assert changes.documents == (30, 30)
    assert sum(changes.tokens) == len(dated_corpus.ids)
    first = changes.words[0]
    assert sum(first.counts) == len(dated_space.occurrences(first.word))
    assert first.per_million[0] == pytest.approx(1e6 * first.counts[0] / changes.tokens[0])
    assert changes.frequency["distance"] < -0.2  # rare words seem to change more,
    unchanged = [word for word in changes.words if word.word in OTHERS]
    assert np.mean([word.ratio for word in unchanged]) < 2  # and do not by this number


def test_decades_are_compared_before_and_after_the_best_cut(dated_corpus, dated_space):
    changes = find_changes(dated_corpus, "decade", words=["t0w30", "t8w3"], space=dated_space)
    assert [word.word for word in changes.found] == ["t0w30"]
    assert changes.groups[changes.found[0].cut] in ("1840s", "1850s", "1860s")
    by_pairs = find_changes(dated_corpus, "decade", words=["t0w30"], space=dated_space, compare="pairs").words[0]
    assert by_pairs.cut is None
    with pytest.raises(OptionError, match="do not follow one another in time"):
        find_changes(dated_corpus, "half", words=["t0w30"], space=dated_space, compare="cut")


def test_vectors_by_group_are_those_that_are_compared(dated_corpus, dated_space):
    changes = find_changes(dated_corpus, "50", words=["t0w30", "f0"], space=dated_space)
    groups = dict(vectors_by_group(changes))
    assert list(groups) == list(changes.groups)
    for change in changes.words:
        of_group = [groups[name][change.word] for name in changes.groups]
        np.testing.assert_allclose(of_group, changes.vectors_of(change), atol=1e-6)
        counts = [groups[name].counts[groups[name].word_id(change.word)] for name in changes.groups]
        assert counts == list(change.counts)
    assert groups["1850-1899"].info["change"]["group"] == "1850-1899"


def test_shuffled_dates_give_no_finding_but_at_the_stated_level(dated_corpus, dated_space):
    dates = groups_of(dated_space.documents, "50").members
    rng = np.random.default_rng(1)
    runs_with_findings = 0
    for _ in range(12):
        order = rng.permutation(60).tolist()
        shuffled = Groups("50", {name: sorted(order[i] for i in members) for name, members in dates.items()})
        changes = find_changes(dated_corpus, words=OTHERS[::2], space=dated_space, groups=shuffled, permutations=999)
        runs_with_findings += bool(changes.found)
    assert runs_with_findings <= 2  # 0.6 are expected


def test_neighbours_move_with_the_word(dated_corpus, dated_space):
    changes = find_changes(dated_corpus, "50", words=["t0w30", "t5w3"], space=dated_space)
    change = next(word for word in changes.words if word.word == "t0w30")
    before, after = changes.neighbours(change, k=5).values()
    assert all(near.word.startswith("t0w") for near in before)
    assert all(near.word.startswith("t3w") for near in after)
    assert all(0 < near.kept <= 1 for near in before + after)
    cosines = changes.trajectory(change, ["t0w3", "t3w3"])
    assert cosines.shape == (2, 2)
    assert cosines[0, 0] > cosines[0, 1] + 0.5
    assert cosines[1, 1] > cosines[1, 0] + 0.5


def test_what_is_returned_can_be_written_and_repeated(dated_corpus, dated_space):
    first, second = (find_changes(dated_corpus, "25", words=["t1w30", "t2w3"], space=dated_space) for _ in range(2))
    assert json.loads(json.dumps(first.as_dict())) == json.loads(json.dumps(second.as_dict()))
    assert first.options["permutations"] == 999
    other = find_changes(dated_corpus, "25", words=["t1w30", "t2w3"], space=dated_space, seed=2)
    assert [word.ratio for word in other.words] == [word.ratio for word in first.words]


def test_changes_and_documents_are_described_in_short(dated_corpus, dated_space):
    changes = find_changes(dated_corpus, 50, words=["t1w30", "t2w3"], space=dated_space)  # a number of years
    assert changes.as_dict() == find_changes(dated_corpus, "50", words=["t1w30", "t2w3"], space=dated_space).as_dict()
    assert re.fullmatch(r"Changes\(by 50, \d of 2 words differ(: t1w30)?(, t2w3)?\)", repr(changes))
    assert repr(dated_corpus.documents).startswith(f"Documents({len(dated_corpus.documents)} of ")
    assert len(repr(dated_corpus.documents)) < 300


def test_words_are_the_most_frequent_with_letters(dated_corpus, dated_space):
    changes = find_changes(dated_corpus, "50", top=5, space=dated_space, max_share=0.004)
    counts = dict(zip(dated_corpus.vocabulary.words, dated_corpus.vocabulary.counts.tolist()))
    most = 0.004 * len(dated_corpus.ids)
    expected = [word for word in dated_corpus.vocabulary.words if counts[word] <= most][:5]
    assert sorted(word.word for word in changes.words) == sorted(expected)
    with pytest.raises(InputError, match="no word makes up at most 1e-09 of the text"):
        find_changes(dated_corpus, "50", space=dated_space, max_share=1e-9)


@pytest.fixture
def small(tmp_path):
    """Twelve documents; rare is in few of them, new only in the later ones."""
    lines = []
    for number in range(12):
        text = ["tea and milk with sugar in a cup on the table"] * 6
        text += ["some rare thing"] * 9 if number in (0, 11) else []
        text += ["the new machine works"] * 9 if number >= 6 else []
        (tmp_path / f"{number}.txt").write_text("\n".join(text))
        lines.append(f"{number}.txt,{1800 + 10 * (number // 6)},{'ab'[number % 2]}")
    (tmp_path / "t.csv").write_text("\n".join(["path,year,by", *lines]))
    corpus = Corpus.from_documents(tmp_path, tmp_path / "t.csv", min_count=2)
    return Space(corpus, np.random.default_rng(1).normal(size=(len(corpus.vocabulary), 4)))


def test_words_that_cannot_be_tested_are_named(small):
    changes = find_changes(small.corpus, words=["tea", "rare", "new"], space=small)
    assert [word.word for word in changes.words] == ["tea"]
    assert changes.words[0].p == 1.0
    assert list(changes.left_out) == ["rare", "new"]
    assert "too rare: 20 occurrences" in changes.left_out["rare"]
    assert changes.left_out["new"].endswith("1800s: 0 in 0, 1810s: 54 in 6")
    with pytest.raises(InputError, match="none can be tested of 1 word; new: too rare"):
        find_changes(small.corpus, words=["new"], space=small)
    few = groups_of(small.documents, "by", among=[0, 1, 2, 3, 4, 5])
    with pytest.raises(InputError, match=r"with 3, 3 in the groups p cannot be below 0\.1; 4 in each would do"):
        find_changes(small.corpus, words=["tea"], space=small, groups=few)


def test_groups_that_are_too_small(small):
    with pytest.raises(InputError, match="two groups of at least 3 documents; by half there are half1: 2, half2: 2"):
        find_changes(
            small.corpus, words=["tea"], space=small, groups=groups_of(small.documents, "half", among=[0, 1, 2, 3])
        )
    members = groups_of(small.documents, "decade").members | {"1900s": []}
    members["1900s"] = [members["1810s"].pop()]
    changes = find_changes(small.corpus, words=["tea"], space=small, groups=Groups("decade", members))
    assert "fewer than 3 documents, left out of all comparisons: 1900s" in changes.notes


def test_problems(small, dated_space):
    with pytest.raises(CorpusError, match="does not know its documents"):
        find_changes(Corpus.from_sentences([["tea"]]), words=["tea"])
    with pytest.raises(UnknownWordError, match="tae"):
        find_changes(small.corpus, words=["tae"], space=small)
    for options, message in (
        ({"words": ["tea"], "top": 3}, "not both"),
        ({"words": []}, "no words to test"),
        ({"words": "tea"}, "words: give a list of words, not one text; got 'tea'"),
        ({"level": 0}, "level must be between 0 and 1"),
        ({"permutations": 9}, "permutations must be at least 99"),
        ({"top": 0}, "top must be at least 1"),
        ({"window": 0}, "window must be at least 1"),
    ):
        with pytest.raises(OptionError, match=message):
            find_changes(small.corpus, space=small, **options)
    from wordvec.vectors import WordVectors

    with pytest.raises(InputError, match="the vectors have 1 of the corpus's"):
        find_changes(small.corpus, vectors=WordVectors(["tea"], np.ones((1, 3))))


def test_a_space_is_made_where_none_is_given(tmp_path):
    folder = write_dated_texts(tmp_path, sentences=20, documents=12)
    corpus = Corpus.from_documents(folder, folder / "table.csv", min_count=5)
    changes = find_changes(corpus, "50", top=3, max_share=1.0)
    assert len(changes.words) == 3
    assert changes.options["model"] == "svd"
