"""Phrases found by tasks on parts of a text are those found in one piece, wherever the parts end."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from inline_cluster import InlineCluster

from wordvec.corpus.encode.token_ids import Spooled, spool
from wordvec.corpus.encoding_on_cluster import Spools
from wordvec.corpus.phrases import Phrases, find_phrases, find_phrases_of, joining, on_cluster
from wordvec.corpus.phrases.on_cluster import TextOnCluster

WORDS = st.sampled_from(["a", "b", "c", "a_a"])
SENTENCES = st.lists(st.lists(WORDS, max_size=9), min_size=1, max_size=6)


def whole(sentences):
    return spool(((sentence, True) for sentence in sentences), lambda count: None)


def in_parts(cluster, text, cuts):
    """The text in the store; cut at pairs (tokens, sentence ends) before the cut, and each part with ids of its own."""
    names, numbers = [], []
    for part, ((begin, first), (end, stop)) in enumerate(zip([(0, 0), *cuts], [*cuts, (len(text.ids), None)])):
        of, ids = np.unique(text.ids[begin:end], return_inverse=True)
        ends = text.sentence_ends[first:stop] - begin
        arrays = {"ids": ids.astype(np.int32), "sentence_ends": ends}
        cluster.store.publish(f"part-{part}", arrays, tokens=len(ids), sentences=len(ends))
        names.append(f"part-{part}")
        numbers.append(of.astype(np.int64))
    return Spools(names, numbers, text.words, text.counts, len(text.ids), len(text.sentence_ends))


def put_together(store, spools):
    ids = [spools.numbers[i][store.read(name, "ids")] for i, name in enumerate(spools.parts)]
    before = np.cumsum([0, *map(len, ids)])
    ends = [store.read(name, "sentence_ends") + before[i] for i, name in enumerate(spools.parts)]
    return np.concatenate(ids).tolist(), np.concatenate(ends).tolist()


def cuts_of(text, places):
    """Where parts end: behind so many tokens and sentence ends, as a reader might meet them."""
    marks = [(int(end), number + 1) for number, end in enumerate(text.sentence_ends)]
    marks += [(at, int(np.searchsorted(text.sentence_ends, at))) for at in range(len(text.ids) + 1)]
    return sorted(marks[place % len(marks)] for place in places)


@settings(max_examples=15)
@given(SENTENCES, st.lists(st.integers(0, 100), max_size=5), st.booleans(), st.integers(1, 9))
def test_phrases_are_those_of_one_machine(sentences, places, learned, size):
    text = whole(sentences)
    assume(len(text.ids))
    phrases = Phrases(passes=2, threshold=0.1, delta=0, min_count=1 + size % 2)
    phrases = phrases.learn(sentences[::2]) if learned else phrases
    expected, expected_found = find_phrases(text, phrases)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "TOKENS_AT_A_TIME", size)
        patch.setattr(on_cluster, "TOKENS_AT_A_TIME", size)
        patch.setattr(on_cluster, "PAIRS_OF_A_RANGE", size)
        patch.setattr(on_cluster, "TAIL", 1 + size % 3)
        cluster = InlineCluster("memory://phrases")
        cluster.store.clear()
        given_parts = in_parts(cluster, text, cuts_of(text, places))
        found_text, found = find_phrases_of(TextOnCluster(cluster, given_parts, False), phrases)
        assert put_together(cluster.store, found_text.spools) == (
            expected.ids.tolist(),
            expected.sentence_ends.tolist(),
        )
    assert found_text.words == expected.words
    assert found_text.counts.tolist() == expected.counts.tolist()
    for ours, theirs in zip(found, expected_found, strict=True):
        assert [list(map(str, each)) for each in ours] == [list(map(str, each)) for each in theirs]


@pytest.mark.parametrize("length", [1, 2, 3, 9])
def test_a_row_of_overlapping_pairs_over_several_parts(tmp_path, length):
    text = Spooled(np.zeros(10, np.int32), np.array([10]), ["ha"], np.array([10]))
    phrases = Phrases(passes=1, threshold=0, delta=0, min_count=1)
    cluster = InlineCluster(tmp_path)
    parts = in_parts(cluster, text, [(at, 0) for at in range(length, 10, length)])
    joined, _ = find_phrases_of(TextOnCluster(cluster, parts, False), phrases)
    expected, _ = find_phrases(text, phrases)
    assert put_together(cluster.store, joined.spools) == (expected.ids.tolist(), [5])


def test_what_was_published_is_not_made_again(tmp_path):
    text = whole([["new", "york"]] * 9)
    phrases = Phrases(threshold=0, delta=0, min_count=1)
    entries = []
    for _ in range(2):
        cluster = InlineCluster(tmp_path)
        find_phrases_of(TextOnCluster(cluster, in_parts(cluster, text, [(5, 2)]), False), phrases)
        entries.append({path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()})
    assert entries[0] == entries[1]
    assert "count_pairs_of_part" not in cluster.done
