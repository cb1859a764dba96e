"""Sentences: lengths and repetitions by hand, by brute force on hostile shapes, and across piece borders."""

import os
import re
import subprocess
import threading
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import Corpus
from wordvec.cli import main
from wordvec.corpus.report import sentences as report_sentences
from wordvec.corpus.report.sentences import (
    advise_on_boilerplate,
    examine_boilerplate,
    examine_sentences,
    hashed_sentences,
)

SENTENCES = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=7), min_size=1, max_size=30)


def all_hashes(corpus):
    return np.concatenate([hashes for _, hashes, _ in hashed_sentences(corpus)])


def test_facts_by_hand():
    sentences = [["a", "b"], ["a", "b"], ["b", "a"], ["c"], ["a", "a", "a"], ["a", "b"]]
    found = examine_sentences(Corpus.from_sentences(sentences))
    assert (found.number, found.longest) == (6, 3)
    assert found.lengths["50 %"] == 2
    assert found.repeated == pytest.approx(2 / 6)
    assert found.repeated_tokens == pytest.approx(4 / 12)
    assert (found.most_repeated, found.most_repeated_times) == ("a b", 3)
    assert found.one_word == pytest.approx(1 / 6)
    assert found.same_word == pytest.approx(1 / 6)


def test_nothing_is_repeated():
    found = examine_sentences(Corpus.from_sentences([["a", "b"], ["b", "a"], ["a"]]))
    assert (found.repeated, found.repeated_tokens, found.most_repeated, found.most_repeated_times) == (0, 0, "", 1)


def test_a_long_repeated_sentence_is_shown_by_its_beginning():
    found = examine_sentences(Corpus.from_sentences([["long"] * 40] * 2))
    assert found.most_repeated == "long " * report_sentences.EXAMPLE_WORDS + "..."


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@given(sentences=SENTENCES)
def test_equal_hashes_are_equal_sentences_wherever_the_pieces_end(size, sentences):
    corpus = Corpus.from_sentences(sentences)
    whole = all_hashes(corpus)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_sentences, "TOKENS_AT_A_TIME", size)
        np.testing.assert_array_equal(all_hashes(corpus), whole)
        found = examine_sentences(corpus)
    assert len(whole) == len(sentences)
    assert len(set(whole.tolist())) == len({tuple(sentence) for sentence in sentences})
    times = Counter(map(tuple, sentences))
    assert found.repeated == pytest.approx(1 - len(times) / len(sentences))
    repeated_tokens = sum(len(sentence) * (count - 1) for sentence, count in times.items())
    assert found.repeated_tokens == pytest.approx(repeated_tokens / sum(map(len, sentences)))
    assert found.most_repeated_times == max(times.values())
    assert found.one_word == pytest.approx(sum(len(s) == 1 for s in sentences) / len(sentences))
    assert found.same_word == pytest.approx(sum(len(s) > 1 and len(set(s)) == 1 for s in sentences) / len(sentences))


def test_a_sample_stands_for_many_sentences(monkeypatch):
    rng = np.random.default_rng(seed=3)
    different = [[f"w{word}" for word in rng.integers(300, size=8)] for _ in range(4000)]
    corpus = Corpus.from_sentences(different + different[:1000])
    monkeypatch.setattr(report_sentences, "MOST_HASHES", 500)
    found = examine_sentences(corpus)
    assert found.repeated == pytest.approx(0.2, abs=0.05)
    assert found.number == 5000
    monkeypatch.setattr(report_sentences, "MOST_HASHES", 1)
    assert 0 <= examine_sentences(Corpus.from_sentences([["a"], ["b"]])).repeated <= 1


def test_words_broken_at_the_ends_of_lines(monkeypatch):
    monkeypatch.setattr(report_sentences, "LINES_AT_A_TIME", 7)
    page = [["the", "consti-"], ["tution", "of", "pre-", "war"], [], ["states", "-"], ["3-"], ["assem\u00ac"], []] * 10
    found = examine_boilerplate(Corpus.from_sentences(page))
    assert (found.broken, found.broken_word) == (20, "consti-")
    assert "20 lines end with a hyphen, such as in 'consti-'" in " ".join(advise_on_boilerplate(found, 50, 130))
    assert not list(advise_on_boilerplate(found, 2001, 9000))  # as many in a long text are no sign
    assert examine_boilerplate(Corpus.from_sentences([["pre-", "war"], []])).broken == 0


def test_words_broken_at_line_ends_are_seen_in_the_text_whatever_the_tokenizer(tmp_path, capsys):
    text = tmp_path / "scan.txt"
    hyphens = "-\u00ad\u00ac\u2010\u2e17"
    lines = [f"the w{number}consti{hyphens[number % 5]}\ntution of the well-known state" for number in range(30)]
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["corpus", "info", str(text), "--tokenizer", "words"]) == 0
    assert "30 of 60 lines end with a hyphen, such as in 'w0consti-'" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="the command is that of a Unix shell")
def test_the_command_joins_broken_words_with_any_line_ends(tmp_path):
    found = examine_boilerplate(Corpus.from_sentences([["the", "consti-"], ["tution"]] * 20))
    command = re.search(r"perl .* FILE", " ".join(advise_on_boilerplate(found, 40, 60)))
    (tmp_path / "FILE").write_bytes(b"the consti-\r\ntution of pre-\nwar\r\n")
    run = subprocess.run(command[0], shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert run.stdout == b"the constitution of prewar\r\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_read_twice(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("the consti-\ntution of the state\n" * 30,), daemon=True)
    writer.start()
    assert main(["corpus", "info", str(pipe)]) == 0  # a second reader would wait for a second writer
    assert "30 lines end with a hyphen" in capsys.readouterr().out
