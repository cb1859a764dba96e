import hashlib
import json
import re

import pytest

from wordvec.corpus.named_texts import (
    bundled_corpus,
    bundled_evaluation,
    corpora_folder,
    fetched_path,
    fetched_set,
    find,
    is_catalogued,
    list_catalogue,
    list_evaluation_sets,
    missing_text_message,
    origin_path,
)
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


def test_evaluation_sets_are_complete_and_pinned():
    """Each address names a commit, so the file behind it cannot change and its hash holds."""
    entries = list_evaluation_sets()
    names = [entry.name for entry in (*entries, *list_catalogue())]
    assert len(set(names)) == len(names)
    assert {"google-analogies", "wordsim353", "simlex999", "men", "rare-words", "outliers-888"} <= set(names)
    for entry in entries:
        assert re.fullmatch(r"https://raw\.githubusercontent\.com/[^/]+/[^/]+/[0-9a-f]{40}/\S+\.(txt|csv)", entry.url)
        assert re.fullmatch("[0-9a-f]{64}", entry.sha256) and entry.bytes and entry.licence and entry.description
        assert entry.task in ("similarity", "analogy", "categorisation", "outliers")
        assert entry.format == "evaluation" and entry.file_name == f"{entry.name}.{entry.url[-3:]}"
        assert not is_catalogued(entry.name) and fetched_path(entry.name) is None


def test_a_fetched_set_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("WORDVEC_DATA", str(tmp_path))
    assert fetched_set("rg65") is None
    file = tmp_path / "rg65.txt"
    file.write_text("four")
    origin = {"format": "wordvec fetched corpus", "sha256": find("rg65").sha256, "bytes": 4}
    origin_path(file).write_text(json.dumps(origin))
    assert fetched_set("rg65") == file
    origin_path(file).write_text(json.dumps(origin | {"sha256": "0" * 64}))
    assert fetched_set("rg65") is None


@pytest.mark.data
@pytest.mark.parametrize(("name", "file"), [("google-analogies", "questions-words.txt"), ("men", "EN-MEN-TR-3k.txt")])
def test_hashes_are_those_of_the_real_files(data_folder, name, file):
    content = (data_folder / "evaluation" / file).read_bytes()
    entry = find(name)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (entry.bytes, entry.sha256)


def test_a_text_that_is_not_here_can_be_fetched_by_name(monkeypatch):
    monkeypatch.setenv("WORDVEC_DATA", "data")  # perhaps another folder than that of an earlier command
    fetch = "text8: not downloaded: wordvec corpus fetch text8 gets it (31 MB)"
    assert missing_text_message("text8") == f"{fetch}; not found in data (WORDVEC_DATA can name another folder)"
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
    with pytest.raises(CorpusError, match="'big-world'; there are: tiny-world, tiny-world-ko"):
        next(bundled_corpus("big-world"))
    for name in ("tiny-world", "tiny-world-questions", "text8-analogies", "analogies"):
        with pytest.raises(EvaluationFileError, match="there are: tiny-world-analogies, tiny-world-similarity"):
            bundled_evaluation(name)
