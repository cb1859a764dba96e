import json
import re

import pytest

from wordvec.corpus.bundled import bundled_corpus, bundled_evaluation, corpora_folder
from wordvec.corpus.catalogue import fetched_path, find, list_catalogue, missing_text_message, origin_path
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


def test_entries_say_what_fetch_needs():
    entries = list_catalogue()
    assert len({entry.file_name for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.format in ("text", "mediawiki-xml")
        assert (entry.format == "mediawiki-xml") == ("as XML with wiki markup" in entry.description)
        assert (entry.member is not None) == entry.url.endswith(".zip")
        assert entry.member is not None or (entry.unpacked_bytes, entry.unpacked_hash) == (None, None)
        assert entry.unpacked_hash is None or re.fullmatch("sha1:[0-9a-f]{40}", entry.unpacked_hash)
        assert re.fullmatch(r"[a-z0-9-]+\.(txt|xml|xml\.bz2)", entry.file_name)


def test_a_text_that_is_not_here_can_be_fetched_by_name():
    assert missing_text_message("text8") == "text8: not downloaded: wordvec corpus fetch text8 gets it (31 MB)"
    assert "it is XML" in missing_text_message("enwik9")
    assert "no such file or folder; bundled" in missing_text_message("text9")


def test_only_whole_files_with_a_record_count_as_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("WORDVEC_DATA", str(tmp_path))
    file = tmp_path / "text8.txt"
    file.write_text("four")
    assert fetched_path("text8") is None
    origin = {"format": "wordvec fetched corpus", "sha256": find("text8").sha256, "bytes": 4}
    for damaged in ("", "[]", "{}", '"text"', '{"bytes": 4}', json.dumps(origin | {"bytes": 5})):
        origin_path(file).write_text(damaged)
        assert fetched_path("text8") is None
    origin_path(file).write_text(json.dumps(origin))
    assert fetched_path("text8") == file


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
