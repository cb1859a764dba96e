"""Phrases found by tasks on parts of a text are those found in one piece, wherever the parts end."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from inline_cluster import InlineCluster

from wordvec.corpus import vocabulary_on_cluster
from wordvec.corpus.buckets import in_shares
from wordvec.corpus.encode.token_ids import Spooled, spool
from wordvec.corpus.phrases import Phrases, find_phrases, find_phrases_of, joining, on_cluster
from wordvec.corpus.phrases.on_cluster import TextOnCluster
from wordvec.corpus.words import pack_words

WORDS = st.sampled_from(["a", "b", "c", "a_a"])
SENTENCES = st.lists(st.lists(WORDS, max_size=9), min_size=1, max_size=6)


def whole(sentences):
    return spool(((sentence, True) for sentence in sentences), lambda count: None)


def in_parts(cluster, text, cuts):
    """The text in the store; cut at pairs (tokens, sentence ends) before the cut, and each part with ids of its own.

    Returns the names of the parts and, for each, its words.
    """
    names, words = [], []
    for part, ((begin, first), (end, stop)) in enumerate(zip([(0, 0), *cuts], [*cuts, (len(text.ids), None)])):
        own, ends = text.ids[begin:end], text.sentence_ends[first:stop] - begin
        here = list(dict.fromkeys(own.tolist()))  # in the order of their first appearance
        ids = np.array([here.index(word) for word in own.tolist()], np.int32)
        words.append([text.words[word] for word in here])
        arrays = in_shares(pack_words(words[-1]), np.bincount(ids, minlength=len(here)))
        arrays |= {"ids": ids, "sentence_ends": ends}
        sizes = {"words": len(here), "tokens": len(ids), "sentences": len(ends)}
        cluster.store.publish(f"part-{part}", arrays, **sizes, line_feeds=False)
        names.append(f"part-{part}")
    return names, words


def on_cluster_of(cluster, parts, phrases):
    buckets = vocabulary_on_cluster.words_in_buckets(cluster, parts, False)
    working = vocabulary_on_cluster.working_words(cluster, buckets, phrases, False)
    return TextOnCluster.of_parts(cluster, parts, working, False)


def put_together(store, text, own_words):
    """All tokens and sentence ends."""
    tokens, ends = [], []
    for part, table, words in zip(text.parts, text.tables, own_words):
        ends += (store.read(part, "sentence_ends") + len(tokens)).tolist()
        numbers = store.read(table, "numbers").tolist()
        own = store.read(part, "own").tolist() if part == table else list(range(len(numbers)))
        named = [text.words[number] if number >= 0 else words[own[i]] for i, number in enumerate(numbers)]
        tokens += [named[i] for i in store.read(part, "ids").tolist()]
    return tokens, ends


def as_tokens(text):
    return [text.words[i] for i in text.ids.tolist()], text.sentence_ends.tolist()


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
        patch.setattr(vocabulary_on_cluster, "WORDS_OF_A_BUCKET", 2)
        cluster = InlineCluster("memory://phrases")
        cluster.store.clear()
        parts, words = in_parts(cluster, text, cuts_of(text, places))
        found_text, found = find_phrases_of(on_cluster_of(cluster, parts, phrases), phrases)
        assert put_together(cluster.store, found_text, words) == as_tokens(expected)
    counts = dict(zip(expected.words, expected.counts.tolist()))
    known = set(found_text.words)
    assert found_text.words == [word for word in expected.words if word in known]
    assert found_text.counts.tolist() == [counts[word] for word in found_text.words]
    assert known >= set(expected.words[len(text.words) :])
    for ours, theirs in zip(found, expected_found, strict=True):
        assert [list(map(str, each)) for each in ours] == [list(map(str, each)) for each in theirs]


@pytest.mark.parametrize("length", [1, 2, 3, 9])
def test_a_row_of_overlapping_pairs_over_several_parts(tmp_path, length):
    text = Spooled(np.zeros(10, np.int32), np.array([10]), ["ha"], np.array([10]))
    phrases = Phrases(passes=1, threshold=0, delta=0, min_count=1)
    cluster = InlineCluster(tmp_path)
    parts, words = in_parts(cluster, text, [(at, 0) for at in range(length, 10, length)])
    joined, _ = find_phrases_of(on_cluster_of(cluster, parts, phrases), phrases)
    assert put_together(cluster.store, joined, words) == as_tokens(find_phrases(text, phrases)[0])


def test_what_was_published_is_not_made_again(tmp_path):
    text = whole([["new", "york"]] * 9)
    phrases = Phrases(threshold=0, delta=0, min_count=1)
    entries = []
    for _ in range(2):
        cluster = InlineCluster(tmp_path)
        find_phrases_of(on_cluster_of(cluster, in_parts(cluster, text, [(5, 2)])[0], phrases), phrases)
        entries.append({path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()})
    assert entries[0] == entries[1]
    assert "count_pairs_of_part" not in cluster.done
