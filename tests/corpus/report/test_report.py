"""The report as a whole: each piece of advice appears where it belongs, and not where it does not."""

import itertools
import json
import re

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.cli import main
from wordvec.corpus import Vocabulary
from wordvec.corpus import report as report_module
from wordvec.corpus.named_texts import bundled_corpus
from wordvec.corpus.report import examine, report_lines

TEXT = list(itertools.islice(bundled_corpus("tiny-world"), 3000))


def advice_on(lines, tokenizer="whitespace", min_count=1):
    report = examine(Corpus.from_texts(lines, tokenizer=tokenizer, min_count=min_count, show_progress=False))
    return " | ".join(report.advice)


def test_the_size_decides_what_serves():
    assert "not to learn what words mean" in advice_on(["a rose is a rose"] * 3)
    many = [f"w{i % 997} w{i % 991} w{i % 983} w{i % 977}" for i in range(20_000)]
    assert "80,000 tokens: --trainer svd will serve you better" in advice_on(many)
    assert "not to learn" not in advice_on(many)


@pytest.mark.parametrize(
    "lines, message",
    [
        ([" ".join(line.replace(" ", "")) for line in TEXT], "of the tokens are single letters: was a string given"),
        (TEXT * 2, "of the sentences repeat an earlier one word for word"),
        ([*TEXT, *["all rights reserved"] * 1001], "appears 1,001 times: 'all rights reserved'"),
        ([*TEXT, *["chapter zero"] * 25], "appears 25 times: 'chapter zero'"),
        ([f"## Chapter {i // 9}: {line}" if i % 9 == 0 else line for i, line in enumerate(TEXT)], "look like headings"),
        (
            [f"CHAPTER {i // 9}" if i % 9 == 0 else line for i, line in enumerate(TEXT)],
            "lines look like headings, such",
        ),
        ([f"== {i} ==" if i % 99 == 0 else line for i, line in enumerate(TEXT)], "31 lines look like headings, such"),
        ([*TEXT, *["the Project Gutenberg eBook of tea", "Copyright 1990"] * 5], "Licences or title pages seem to be"),
        ([" ".join(TEXT)], "One line has"),
        ([word for line in TEXT for word in line.split()], "are one word, which has no context"),
        ([f"{line} </ref>" for line in TEXT], "are markup or addresses (</ref>): extract the text first"),
        (
            [*TEXT, *["</doc>"] * len(TEXT)],
            "(</doc>): leave wikiextractor's tags out, grep -v '^</*doc' FILE; in Python",
        ),
        ([line.replace(" ", ", ") + " " + line for line in TEXT], "have punctuation attached"),
        ([line.title() + " " + line for line in TEXT], "only in capitals"),
        (["E11.9 e11.9 J44.9 j44.9 I10"] * 60, "vectors: --case lower folds case"),
        ([f"{line} {number}" for number, line in enumerate(TEXT)], "3,000 words have digits"),
        (["17 204 1042", "204 17 99"] * 50, "if they are ids, leave --numbers alone"),
        ([f"{line} <unk>" for line in TEXT], "<unk> stands for words that were removed before"),
        (
            ["the"] * 10 + [f"{line} the the the the the the" for line in TEXT],
            "of the tokens are 'the': is that a word",
        ),
        ([f"{line} {'very' * 11}" for line in TEXT], "1 words have more than 40 letters"),
        (["吾輩は猫である。 名前はまだ無い。"] * 50, "a language that writes no spaces"),
        (["แมวนั่งบนเสื่อ หมาวิ่ง"] * 50, "writes no spaces between words, cut at spaces: cut it into words first"),
        (["고양이가 물고기를 먹는다"] * 50, "--tokenizer korean (extra cjk) splits them"),
        (["ab cd", "ef gh"] * 50, "Half of the sentences have fewer than 3 words"),
        (["ha ha ha", "no no no"] * 50, "say one word over and over"),
        ([f"{line} {number:x}z {number:x}q {number:x}y {number:x}k" for number, line in enumerate(TEXT)], "seen once"),
    ],
)
def test_advice_appears(lines, message):
    assert message in advice_on(lines)


def test_letters_are_fine_where_they_are_meant_and_clean_text_gets_no_advice_on_reading():
    def characters(line):
        return list(line.replace(" ", ""))

    assert "single letters" in advice_on(TEXT, tokenizer=characters)
    clean = advice_on(["the cat sat on the mat today", "a dog ran over the wide green field"] * 10)
    for word in ("headings", "Licences", "letters", "punctuation", "capitals", "markup", "digits", "spaces"):
        assert word not in clean


def test_ids_are_not_to_be_merged_into_one_number():
    assert "--numbers zero" not in advice_on([f"{i} {i + 1} {i + 2}" for i in range(300)])


def test_a_min_count_that_keeps_too_little_gets_a_better_one():
    names = ["".join(letters) for letters in itertools.product("abcdefgh", repeat=4)]
    lines = [f"one two three {names[i % 2000]}" for i in range(4000)]
    assert "Only 75 % of the tokens are in the vocabulary: --min-count 2 keeps 100 %" in advice_on(lines, min_count=3)
    assert "are in the vocabulary" not in advice_on(lines, min_count=2)


def test_other_limits_are_not_blamed_on_min_count():
    vocabulary = Vocabulary.from_counts({"one": 50, "two": 40, "three": 30, "four": 2}, min_count=3, max_words=1)
    corpus = Corpus(np.zeros(50, np.int32), np.arange(0, 51, 10), vocabulary, {"raw_tokens": 122})
    assert "Only 41 % of the tokens are in the vocabulary." in examine(corpus).advice


def test_memory_that_will_not_do(monkeypatch):
    monkeypatch.setattr(report_module, "available_memory", lambda: 1000)
    assert "Memory will not be enough for skipgram, cbow, glove, svd, ppmi" in advice_on(TEXT)


def test_a_corpus_without_a_record_of_its_text_is_examined_too():
    corpus = Corpus.from_sentences([["a", "b", "c"]] * 3)
    corpus.info.clear()
    report = examine(corpus)
    assert (report.raw_tokens, report.raw_words, report.tokenizer) == (None, None, None)
    assert any("tokens" in line for line in report_lines(report))


def test_the_lines_are_readable():
    text = "\n".join(report_lines(examine(Corpus.from_texts(TEXT, min_count=5, show_progress=False))))
    assert "are in the vocabulary" in text
    assert re.search(r"median \d+; 5 % have", text)
    assert "min_count      words   share of tokens kept" in text
    assert "<- this corpus" in text.split(" 5  ")[1].split("\n")[0]
    assert "skipgram" in text


def test_threads_are_those_asked_for():
    corpus = Corpus.from_sentences([["a", "b", "c"]] * 1000)
    assert examine(corpus, threads=7).threads == 7
    assert "threads=7" in "\n".join(report_lines(examine(corpus, threads=7)))


def test_the_command_reads_text_and_folders_alike(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("\n".join(TEXT), encoding="utf-8")
    main(["corpus", "build", "text.txt", "-o", "built"])
    capsys.readouterr()
    reports = []
    for source in ("built", "text.txt"):
        assert main(["corpus", "info", source, "--json"]) == 0
        reports.append(json.loads(capsys.readouterr().out))
    assert reports[1]["report"]["boilerplate"].pop("looked_at") == len(TEXT)
    assert reports[1]["report"]["boilerplate"].pop("lines")["number"] == len(TEXT)
    assert reports[0]["report"]["boilerplate"].pop("looked_at") is None  # a folder does not have the lines
    assert reports[0]["report"]["boilerplate"].pop("lines") is None
    assert reports[0] == reports[1]
    report = reports[0]["report"]
    assert report["sentences"]["number"] == reports[0]["sentences"]
    assert report["words"]["curve"][0]["min_count"] == 1
    assert report["forecasts"][0]["seconds"] > 0
    assert main(["corpus", "info", "text.txt", "--tokenizer", "words"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("tokenizer              words\n")
    assert err == ""
    assert main(["corpus", "info", "nowhere.txt"]) == 2


@pytest.mark.data
def test_real_text_gets_real_advice(data_folder):
    raw = data_folder / "en-wiki-raw.txt.zst"
    advice = examine(Corpus.build(raw, show_progress=False)).advice
    assert "have punctuation attached" in advice[0]
    assert "svd will serve you better" in " ".join(advice)
