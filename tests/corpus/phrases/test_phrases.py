import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wordvec.corpus.encode.token_ids import Spooled, spool
from wordvec.corpus.phrases import Phrases, find_phrases, joining, pairs
from wordvec.errors import InputError, OptionError


def spooled(sentences):
    return spool(((sentence, True) for sentence in sentences), lambda count: None)


def sentences_of(text):
    words = [text.words[i] for i in text.ids]
    return [words[start:end] for start, end in pairwise([0, *text.sentence_ends.tolist()])]


def found_in(sentences, **options):
    text, found = find_phrases(spooled(sentences), Phrases(**options))
    return sentences_of(text), found


def by_hand(sentences, options):
    """The same with dictionaries: the sentences with phrases, and how often each phrase was joined in each pass."""
    found = []
    for _ in range(options.passes):
        tokens = sum(map(len, sentences))
        words = Counter(word for sentence in sentences for word in sentence)
        pair_counts = Counter(pair for sentence in sentences for pair in pairwise(sentence))
        best = set()
        for (a, b), count in pair_counts.items():
            if min(words[a], words[b], count) < options.min_count:
                continue
            if options.score == "word2phrase":
                score = (count - options.delta) * tokens / (words[a] * words[b])
            else:
                score = math.log(count * tokens / (words[a] * words[b])) / math.log(tokens / count)
            assume(abs(score - options.threshold) > 1e-9)
            if score > options.threshold:
                best.add((a, b))
        if not best:
            break
        joined, new_sentences = Counter(), []
        for sentence in sentences:
            new, i = [], 0
            while i < len(sentence):
                if tuple(sentence[i : i + 2]) in best:
                    joined[tuple(sentence[i : i + 2])] += 1
                    new.append(options.delimiter.join(sentence[i : i + 2]))
                    i += 2
                else:
                    new.append(sentence[i])
                    i += 1
            new_sentences.append(new)
        sentences = new_sentences
        found.append(Counter())
        for pair, count in joined.items():
            found[-1][options.delimiter.join(pair), count] += 1
    return sentences, found


OPTIONS = st.one_of(
    st.builds(
        Phrases, st.integers(1, 3), st.just("word2phrase"), st.floats(0, 3), st.integers(0, 2), st.integers(1, 3)
    ),
    st.builds(Phrases, st.integers(1, 3), st.just("npmi"), st.floats(-0.5, 0.8), st.none(), st.integers(1, 3)),
)
WORDS = st.sampled_from(["a", "b", "c", "a_b", "b_c", "_"])


@given(st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=6), OPTIONS, st.integers(1, 20))
def test_phrases_are_those_found_with_dictionaries_whatever_the_stretches(sentences, options, tokens_at_a_time):
    expected, expected_found = by_hand(sentences, options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "TOKENS_AT_A_TIME", tokens_at_a_time)
        patch.setattr(pairs, "KEYS_AT_A_TIME", 1 + tokens_at_a_time % 7)
        patch.setattr(pairs, "FILTER_BITS", 1 + tokens_at_a_time % 3)  # turns away few
        patch.setattr(joining, "TOKENS_AT_A_TIME", 1 + tokens_at_a_time // 2)
        text, found = find_phrases(spooled(sentences), options)
    assert sentences_of(text) == expected
    assert text.counts.tolist() == [sum(s.count(word) for s in expected) for word in text.words]
    assert len(set(text.words)) == len(text.words)
    assert (text.ids.dtype, text.sentence_ends.dtype, text.counts.dtype) == (np.int32, np.int64, np.int64)
    assert [Counter(zip(f.words, f.counts.tolist())) for f in found] == expected_found
    assert all((f.scores > options.threshold).all() and (np.diff(f.scores) <= 0).all() for f in found)


def test_the_score_of_word2phrase():
    sentences = [["new", "york"]] * 6 + [["new", "hat"]] * 2 + [["old", "york"]] * 2
    text, found = found_in(sentences, passes=1, threshold=0.3, delta=5, min_count=2)
    # 20 words; new 8 times, york 8, hat and old 2, "new york" 6: (6 - 5) * 20 / (8 * 8) = 0.3125
    assert found[0].words == ["new_york"]
    assert found[0].scores.tolist() == [0.3125]
    assert found[0].counts.tolist() == [6]
    assert text[0] == ["new_york"]
    assert text[6:] == [["new", "hat"]] * 2 + [["old", "york"]] * 2
    assert found_in(sentences, passes=1, threshold=0.3125, delta=5)[1] == []  # not greater than the threshold
    assert found_in(sentences, passes=1, threshold=0.3, delta=5, min_count=7)[1] == []  # the pair is too rare


def test_the_score_npmi():
    sentences = [["new", "york"]] * 6 + [["new", "hat"]] * 2 + [["old", "york"]] * 2
    _, found = found_in(sentences, passes=1, score="npmi", threshold=-1, min_count=2)
    # new york: (6/20) / (8/20)**2 = 1.875; new hat and old york: (2/20) / (8/20 * 2/20) = 2.5
    expected = [math.log(1.875) / -math.log(6 / 20), math.log(2.5) / -math.log(2 / 20), math.log10(2.5)]
    assert found[0].words == ["new_york", "new_hat", "old_york"]
    np.testing.assert_allclose(found[0].scores, expected)
    assert Phrases(score="npmi").scores(np.array([4]), np.array([4]), np.array([4]), 16).tolist() == [1.0]
    assert Phrases(score="npmi").scores(np.array([1]), np.array([4]), np.array([4]), 16).tolist() == [0.0]


def test_pairs_are_joined_from_left_to_right_and_a_joined_word_begins_no_other_pair():
    text, found = found_in([["a", "a", "a", "a", "a"]] * 2, passes=1, threshold=0, delta=0, min_count=1)
    assert text == [["a_a", "a_a", "a"]] * 2
    assert found[0].counts.tolist() == [4]
    text, found = found_in([["a", "b", "c"]] * 5, passes=1, threshold=0, delta=0, min_count=1)
    assert text == [["a_b", "c"]] * 5
    assert found[0].words == ["a_b"]  # "b c" scores as high, but is joined nowhere


def test_more_passes_make_longer_phrases_and_stop_when_nothing_is_found():
    options = {"threshold": 0, "delta": 0, "min_count": 1}
    text, _ = found_in([["new", "york", "city", "hall"]], passes=2, **options)
    assert text == [["new_york_city_hall"]]
    text, found = found_in([["new", "york", "city", "hall"]], passes=9, **options)
    assert [f.words for f in found] == [["new_york", "city_hall"], ["new_york_city_hall"]]


def test_no_phrase_reaches_across_a_sentence_border():
    text, _ = found_in([["x", "new"], ["york", "x"], [], ["new"], [], ["york"]] * 9, threshold=0, delta=0, min_count=9)
    assert "new_york" not in {word for sentence in text for word in sentence}
    assert text[2] == text[4] == []


def test_a_word_of_the_same_spelling_is_the_same_word():
    sentences = [["new", "york"]] * 5 + [["new_york"]] * 3
    text, found = find_phrases(spooled(sentences), Phrases(threshold=0, delta=0))
    assert text.words == ["new", "york", "new_york"]
    assert text.counts.tolist() == [0, 0, 8]
    assert found[0].counts.tolist() == [5]


def test_empty_text_and_text_without_phrases():
    empty = Spooled(np.zeros(0, np.int32), np.zeros(0, np.int64), [], np.zeros(0, np.int64))
    assert find_phrases(empty, Phrases()) == (empty, [])
    text = spooled([["a"], ["b"]])
    assert find_phrases(text, Phrases(min_count=1))[0] is text


def test_pairs_of_words_that_do_not_count_are_not_counted():
    ids, ends = np.array([0, 1, 0, 1, 0, 2, 0], np.int32), np.array([7])
    for countable, expected in (([1, 1, 0], {(0, 1): 2, (1, 0): 2}), ([1, 0, 1], {(0, 2): 1, (2, 0): 1})):
        keys, counts = pairs.count_pairs(ids, ends, np.array(countable, bool), 1)
        first, second = pairs.split_keys(keys)
        assert dict(zip(zip(first.tolist(), second.tolist()), counts.tolist())) == expected


@pytest.mark.parametrize("tokens_at_a_time", [1, 2, 3, 100])
def test_words_behind_the_last_sentence_end_make_no_pair_with_nothing(monkeypatch, tokens_at_a_time):
    monkeypatch.setattr(pairs, "TOKENS_AT_A_TIME", tokens_at_a_time)
    monkeypatch.setattr(joining, "TOKENS_AT_A_TIME", tokens_at_a_time)
    text = Spooled(np.array([0, 1, 2], np.int32), np.array([1]), ["a", "b", "c"], np.ones(3, np.int64))
    joined, found = find_phrases(text, Phrases(passes=1, threshold=0, delta=0, min_count=1))
    assert joined.words == ["a", "b", "c", "b_c"]
    assert (joined.ids.tolist(), joined.sentence_ends.tolist(), found[0].counts.tolist()) == ([0, 3], [1], [1])


def test_ids_beyond_31_bits_of_pairs_are_told_apart():
    first, second = np.array([0, 2**31 - 1, 1]), np.array([2**31 - 1, 0, 1])
    keys = pairs.pair_keys(first, second)
    assert len(set(keys.tolist())) == 3
    assert [ids.tolist() for ids in pairs.split_keys(keys)] == [first.tolist(), second.tolist()]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"score": "pmi"}, "score must be one of word2phrase, npmi; got 'pmi'"),
        ({"score": "npmi", "delta": 5}, "delta belongs to the score 'word2phrase'"),
        ({"score": "npmi", "threshold": 10}, "between -1 and 1"),
        ({"threshold": float("nan")}, "threshold of phrases must be a number"),
        ({"threshold": "10"}, "threshold of phrases must be a number"),
        ({"passes": 0}, "passes of phrases must be a whole number, 1 or more; got 0"),
        ({"passes": True}, "passes of phrases must be a whole number"),
        ({"min_count": 2.5}, "min_count of phrases must be a whole number"),
        ({"delta": -1}, "delta of phrases must be a whole number, 0 or more"),
        ({"delimiter": ""}, "delimiter must be some letters without white space"),
        ({"delimiter": " "}, "delimiter must be some letters without white space"),
    ],
)
def test_options_that_mean_nothing(options, message):
    with pytest.raises(OptionError, match=message):
        Phrases(**options)


def test_options_are_described_with_their_defaults():
    assert Phrases().as_dict() == {
        "passes": 2,
        "score": "word2phrase",
        "threshold": 100.0,
        "delta": 5,
        "min_count": 5,
        "delimiter": "_",
    }
    assert Phrases(score="npmi").as_dict() == {
        "passes": 2,
        "score": "npmi",
        "threshold": 0.5,
        "min_count": 5,
        "delimiter": "_",
    }


@given(st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=6), OPTIONS, st.integers(1, 20))
def test_learned_phrases_are_joined_again_as_they_were_found(sentences, options, tokens_at_a_time):
    found, _ = find_phrases(spooled(sentences), options)
    learned = options.learn(sentences)
    assert [learned.join(sentence) for sentence in sentences] == sentences_of(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(joining, "TOKENS_AT_A_TIME", tokens_at_a_time)
        patch.setattr(pairs, "FILTER_BITS", 1 + tokens_at_a_time % 3)
        again, joined = find_phrases(spooled(sentences), learned)
    assert sentences_of(again) == sentences_of(found)
    assert sum(int(of_pass.counts.sum()) for of_pass in joined) == sum(len(s) for s in sentences) - len(found.ids)


@given(*[st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=6)] * 2, OPTIONS)
def test_phrases_of_one_text_are_joined_in_another(sentences, others, options):
    learned = options.learn(sentences)
    text, _ = find_phrases(spooled(others), learned)
    assert sentences_of(text) == [learned.join(sentence) for sentence in others]
    assert text.counts.tolist() == [sum(s.count(word) for s in sentences_of(text)) for word in text.words]


def test_phrases_in_a_file(tmp_path):
    learned = Phrases(threshold=0, delta=0, min_count=1, delimiter="+").learn([["new\n", "yo\trk", "한국", '"'], ["a"]])
    learned.save(tmp_path / "phrases.json")
    loaded = Phrases.load(tmp_path / "phrases.json")
    assert loaded == learned
    assert loaded.join(["new\n", "yo\trk", "한국", '"', "x"]) == ['new\n+yo\trk+한국+"', "x"]
    assert list(loaded.export()) == ["new\n+yo\trk", '한국+"', 'new\n+yo\trk+한국+"']


def test_phrases_that_were_not_learned(tmp_path):
    for ask in (lambda p: p.join(["a"]), lambda p: p.export(), lambda p: p.save(tmp_path / "p")):
        with pytest.raises(OptionError, match="no phrases were learned yet"):
            ask(Phrases())
    assert list(tmp_path.iterdir()) == []
    assert Phrases().learn([]).join(["a", "b"]) == ["a", "b"]


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"kind": "wordvec phrases 1"}', "[" * 100_000, "\x00\xff"])
def test_files_that_hold_no_phrases(tmp_path, content):
    (tmp_path / "p.json").write_text(content, encoding="latin-1")
    with pytest.raises(InputError, match=r"p\.json: not a file of phrases"):
        Phrases.load(tmp_path / "p.json")
    with pytest.raises(InputError, match="missing: cannot be read"):
        Phrases.load(tmp_path / "missing")


def test_one_text_is_not_joined_letter_by_letter():
    learned = Phrases(passes=1, min_count=1, delta=0).learn([["new", "york"]] * 3)
    with pytest.raises(OptionError, match=r"join takes a list of tokens; got one text, 'new york': .*text.split\(\)"):
        learned.join("new york")
