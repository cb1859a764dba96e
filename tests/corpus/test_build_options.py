import json

import pytest

from wordvec.corpus import Corpus, Vocabulary
from wordvec.corpus.build_options import describe_words
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.phrases import Phrases
from wordvec.errors import CorpusError, OptionError

LINES = ["New York is big. New York is TEA.", "tea is tea", "rare"]
NEW_YORK = Phrases(passes=1, threshold=3.0, delta=0, min_count=2)


def words_of(**options):
    return [" ".join(sentence) for sentence in Corpus.from_texts(LINES, **{"min_count": 1, **options}).sentences()]


def test_options_happen_in_order():
    """Sentences need capitals and stops, so they come before normalisation; phrases come after it."""
    options = {"split_sentences": True, "normalization": {"case": "lower", "punctuation": "drop"}, "phrases": NEW_YORK}
    assert words_of(**options) == ["new_york is big", "new_york is tea", "tea is tea", "rare"]
    assert words_of(**options, keep_words=["big"], min_count=2) == ["new_york is big", "new_york is tea", "tea is tea"]
    assert words_of(**options, drop_words=["is"], max_words=2) == ["new_york", "new_york tea", "tea tea"]
    assert words_of(**options, vocabulary=["rare", "is", "unseen"]) == ["is", "is", "is", "rare"]


def test_a_field_of_records_and_a_given_vocabulary(tmp_path):
    (tmp_path / "pages.jsonl").write_text('{"body": "tea and cup"}\n{"body": "tea"}\n')
    (tmp_path / "words.txt").write_text("tea\ncup\n")
    corpus = Corpus.build(tmp_path / "pages.jsonl", field="body", vocabulary=tmp_path / "words.txt")
    assert list(corpus.sentences()) == [["tea", "cup"], ["tea"]]
    assert corpus.vocabulary.min_count == 1  # a word that was asked for by name may be rare
    assert Corpus.build([{"body": "tea"}], field="body", min_count=1).vocabulary.words == ["tea"]


def test_options_are_recorded_and_compared(tmp_path):
    options = {
        "tokenizer": "words",
        "normalization": Normalization(case="lower"),
        "split_sentences": True,
        "phrases": NEW_YORK,
        "min_count": 1,
        "max_words": 5,
        "keep_words": ["tea"],
        "drop_words": [f"w{i}" for i in range(30)],
        "vocabulary": Vocabulary(["tea", "is", "new_york"], [3, 3, 1]),
    }
    built = Corpus.from_texts(LINES, **options)
    assert json.loads(json.dumps(built.info)) == built.info
    assert built.info["phrases_found"] == [1]
    assert built.info["drop_words"]["words"] == 30
    built.save(tmp_path / "corpus")
    assert Corpus.build(tmp_path / "corpus", **options).fingerprint == built.fingerprint
    assert Corpus.build(tmp_path / "corpus").info == built.info
    changed = {
        "normalization": {"case": "fold"},
        "field": "text",
        "phrases": 2,
        "max_words": 6,
        "keep_words": ["is"],
        "drop_words": ["w1"],
        "vocabulary": ["tea"],
    }
    for option, value in changed.items():
        with pytest.raises(OptionError, match=rf"built with(out)? {option}.*leave {option} \(--.*\) out"):
            Corpus.build(tmp_path / "corpus", **{option: value})
    Corpus.from_sentences([["a"]]).save(tmp_path / "plain")
    with pytest.raises(OptionError, match=r"built without split_sentences, not with it: leave"):
        Corpus.build(tmp_path / "plain", split_sentences=True)


def test_info_has_only_what_was_asked_for():
    info = Corpus.from_texts(["a a"], min_count=1).info
    assert set(info) == {
        *("tokenizer", "sources", "encoding", "encoding_errors"),
        *("min_count", "raw_tokens", "raw_words", "raw_sentences"),
    }
    assert info["tokenizer"] == "whitespace"


def test_options_that_leave_nothing_are_named():
    with pytest.raises(CorpusError, match=r"no word is left of 7 different ones: .*min_count, vocabulary"):
        Corpus.from_texts(LINES, vocabulary=["nowhere"])
    with pytest.raises(OptionError, match="keep_words must be a list of words"):
        Corpus.from_texts(LINES, keep_words="tea")
    with pytest.raises(OptionError, match="normalization has no option 'casing'"):
        Corpus.from_texts(LINES, normalization={"casing": "lower"})


def test_many_words_are_described_by_a_checksum():
    many = [f"w{i}" for i in range(100)]
    assert describe_words(many) == describe_words(reversed(many)) != describe_words(many[1:] + ["x"])
    assert describe_words(["b", "a"]) == ["a", "b"]
