import re

import pytest

from wordvec.corpus.bundled import bundled_corpus, bundled_evaluation, corpora_folder
from wordvec.corpus.catalogue import find, list_catalogue
from wordvec.errors import CorpusError, EvaluationFileError


def test_entries_are_complete_and_hashes_have_a_source_or_a_reason():
    entries = list_catalogue()
    names = [entry.name for entry in entries]
    assert len(set(names)) == len(names)
    assert {"text8", "enwik9", "ptb-train", "wikitext-2", "wikitext-103"} <= set(names)
    assert {f"wikipedia-{code}" for code in ("en", "de", "fr", "es", "ja", "ko", "zh")} <= set(names)
    for entry in entries:
        assert re.fullmatch(r"https?://\S+", entry.url)
        assert entry.licence
        assert entry.note
        assert entry.description
        assert entry.sha256 is None or re.fullmatch("[0-9a-f]{64}", entry.sha256)
        assert entry.sha256 is None or entry.bytes
        assert entry.sha256 or entry.hash_published_at


def test_find_lists_the_names_there_are():
    assert find("enwik9").bytes == 322_592_222
    with pytest.raises(CorpusError, match=r"called 'text9'; there are: text8, enwik9, ptb-train"):
        find("text9")


def test_bundled_texts_and_evaluation_sets():
    assert (corpora_folder() / "tiny_world.py").is_file()
    assert sum(len(line.split()) for line in bundled_corpus("tiny-world", words=1000, seed=3)) >= 1000
    assert bundled_evaluation("tiny-world-analogies")[0] == ": capital-country"
    word1, word2, score = bundled_evaluation("tiny-world-similarity")[0].split("\t")
    assert word1 != word2
    assert 0 <= float(score) <= 10


def test_unknown_bundled_names_list_those_there_are():
    with pytest.raises(CorpusError, match="'big-world'; there is: tiny-world"):
        next(bundled_corpus("big-world"))
    for name in ("tiny-world", "tiny-world-questions", "text8-analogies", "analogies"):
        with pytest.raises(EvaluationFileError, match="there are: tiny-world-analogies, tiny-world-similarity"):
            bundled_evaluation(name)
