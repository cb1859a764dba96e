from __future__ import annotations

import unicodedata

import pytest

from wordvec.corpus.spelling import near_spellings, without_accents


@pytest.mark.parametrize(
    "word", ["r\u00e9sum\u00e9", "\uc11c\uc6b8\ub300\ud559\uad50", "\u00c5ngstr\u00f6m", "\u304c\u304e\u3050"]
)
@pytest.mark.parametrize(("asked", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_the_same_letters_in_other_characters_are_found(word, asked, there):
    there = unicodedata.normalize(there, word)
    assert near_spellings(unicodedata.normalize(asked, word), ["other", there, "words"])[:1] == [there]


def test_case_goes_before_accents_and_accents_before_letters():
    words = ["resumed", "resume", "r\u00e9sum\u00e9", "R\u00c9SUM\u00c9", "Resume"]
    assert near_spellings("resume", words) == ["Resume", "r\u00e9sum\u00e9", "R\u00c9SUM\u00c9", "resumed"]
    assert near_spellings("r\u00c9sum\u00e9", words)[:3] == ["r\u00e9sum\u00e9", "R\u00c9SUM\u00c9", "resume"]
    assert near_spellings("\u00e9cole", ["ecole", "Ecole", "\u00c9COLE"]) == ["\u00c9COLE", "ecole", "Ecole"]


def test_the_id_of_a_document_is_found_by_the_end_of_its_path():
    ids = ["diaries/a1.txt", "diaries/a10.txt", "C:\\diaries\\a1.txt", "diaries/ba1.txt"]
    assert near_spellings("a1.txt", ids) == ["diaries/a1.txt", "C:\\diaries\\a1.txt"]


def test_letters_of_other_scripts_are_not_accents():
    assert near_spellings("\u0439\u043e\u0434\u044b", ["iody", "jody"]) == []
    assert without_accents("\u0439\u043e\u0434") == "\u0438\u043e\u0434"  # the mark of a short i


def test_a_word_of_marks_only_matches_no_word():
    assert near_spellings("\u0301\u0302", ["abc", "\u0301bc"]) == []
