"""Lines that are not sentences by their form are told, with a way out; prose gets no such advice."""

import os
import re
import subprocess
import textwrap
import weakref

import pytest

from wordvec.cli import main
from wordvec.corpus import Corpus
from wordvec.corpus.named_texts import bundled_corpus
from wordvec.corpus.read import read_lines
from wordvec.corpus.report import examine
from wordvec.corpus.report.lines import LINES_LOOKED_AT, advise_on_lines, examine_lines
from wordvec.corpus.report.sentences import examine_boilerplate

PROSE = "The cat sat on the mat; it was night when the dog, who had seen it (and said no), left. "
TEXTS = {
    "a log": ("Mar 01 08:00:12 host sshd[7]: the cat\n" * 20, "20 of 20 lines with text have a time"),
    "a log of a server": ('1.2.3.4 - - [10/Oct/2021:13:55:36 +0000] "GET /a"\n' * 20, "have a time or the like"),
    "a chat": ("08:00 From Ann to all:\n\tthe cat\n" * 20, "20 of 40 lines with text have a time"),
    "a play": ("ANN: the cat\nBEN LEE: sat\n" * 10, "begin with a label (ANN, BEN LEE)"),
    "a play with names in capitals": ("ANN. The cat\nBEN'S BOY. sat\n" * 10, "begin with a label (ANN, BEN'S BOY)"),
    "reviews": (
        "A cat.<br /><br />It sat.\nIt is.\n" * 20,
        "20 of 40 lines with text have marks of HTML, such as '<br />', whose names are words",
    ),
    "words with tags": (
        "The/at cat/nn sat/vbd ./.\nIt/pps ate/vbd rice/nn ./.\n" * 20,
        "40 of 40 lines with text have a tag after each word, such as 'The/at cat/nn sat/vbd ./.'",
    ),
    "YAML": ("- id: 7\n  text: the cat\n" * 10, "begin with a label (id, text)"),
    "Python": ("def cat(a):\n    # the cat\n    return a\n\n" * 20, "look like source code, such as 'def cat(a):'"),
    "JavaScript": ("function cat(a) {\n  // the cat\n  a += 1;\n}\n" * 20, "look like source code"),
    "Markdown": ("The cat [sat](https://a.b).\n\n" * 20, "marks of Markdown or reStructuredText"),
    "a table of Markdown": ("| cat | dog |\n| --- | :-: |\n" + "| sat | lay |\n" * 20, "marks of Markdown"),
    "reStructuredText": (".. note:: The cat\n\nIt `sat <https://a.b>`_.\n" * 20, "such as '.. note::'"),
    "settings": (
        "[a]\nNAME=the cat\n# a note\nport = 7\n" * 10,
        "40 of 40 lines with text are settings, such as '[a]'",
    ),
    "columns": (
        " the cat sat      it was the\nmat, and the      dog that\n" * 10,
        "20 of 20 lines with text have wide gaps",
    ),
    "weighted edges": (
        "".join(f"n{number} n{number % 7} 0.{number}\n" for number in range(10, 40)),
        "such as 'n39 n4 0.39', with a column of numbers that would be words: take it out, awk '{print $1, $2}' FILE",
    ),
    "ratings": (
        "user item time\n" + "".join(f"{number % 9} {number % 4} {9876 + number}\n" for number in range(30)),
        "awk '{print $1, $2}' FILE; for a list of events gather the items of a session on a line",
    ),
    "posts": ("RT @ann: the cat sat\nthe cat sat\n" * 20, "20 of 40 lines with text repeat the post of another"),
    "emoji": ("tea \U0001f44d\U0001f3fd\nthe cat sat\n" * 20, "20 of 40 lines with text have emoji, #tags or @names"),
    "names of posts": ("good cake, @ann_b #tea\nthe cat\n" * 20, "--tokenizer words leaves out emoji, # and @"),
    "lines cut at a width": ((textwrap.fill(PROSE * 9, 72) + "\n\n") * 5, "are cut at about 7"),
}
PROSES = {
    "paragraphs": (PROSE * 3 + "\n") * 90,
    "a poem": "The cat sat on the mat;\nThe dog, it was not there:\nReturn, said he, to me;\n\n" * 30,
    "paragraphs cut without empty lines": "the cat sat on the mat and stayed there until evening\n" * 90,
    "walks": "".join(f"{number % 7} {number % 5} {number % 6}\n" for number in range(40)),
    "a story in years": "in 1850 it\nthe cat sat\n" * 40,
    "formulas": "if a < b and c > d, or x<y> z, R&D and A&B;\n\n" * 40,
    "roads": "".join(f"A{number}/B{number} C{number}/D{number} he/she\n" for number in range(40)),
    "capitals": "The USA.\nNASA. It is so.\nIt is.\nAnd so on.\n" * 9,
    "signs that are no tags": "the #1 of a@b.c # it @ 3 ← → © ™\n" * 20,
    "charts of chords": "| C  Am7 | F  G7 |\n| Em7 A7 | Dm7 |\n" * 20,
    "questions": "".join(f"Question {number} of a cat: is it so?\nThe cat sat.\n" for number in range(50)),
}


def advice_on(text):
    return " | ".join(advise_on_lines(examine_lines(text.split("\n"))))


@pytest.mark.parametrize("kind", TEXTS)
def test_lines_of_other_forms_are_told(kind):
    text, told = TEXTS[kind]
    assert told in advice_on(text)
    assert not advice_on("\n".join(text.split("\n")[:15]) + PROSE)  # a few are no sign


def test_the_command_for_labels_takes_off_the_labels_alone():
    advice = advice_on("ANN LEE: the cat\nBEN: sat\nThe cat: it sat.\n" * 10)
    assert "sed -E 's/^[ -]*(ANN LEE|BEN|The cat) ?[:=.] *//' FILE" in advice
    assert advice_on("[A]: the cat\n<B>: sat\n" * 10).endswith("off first.")  # no pattern is made of signs


def test_settings_are_neither_code_nor_labels():
    assert not re.search("source code|label", advice_on(TEXTS["settings"][0]))


@pytest.mark.parametrize("kind", PROSES)
def test_prose_and_poems_get_no_such_advice(kind):
    assert not advice_on(PROSES[kind])


@pytest.mark.parametrize("name", ["tiny-world", "tiny-world-ko", "tiny-world-ja"])
def test_the_bundled_texts_get_no_such_advice(name):
    assert not list(advise_on_lines(examine_lines(bundled_corpus(name))))


@pytest.mark.parametrize("name", ["en17m", "en-wiki-raw", "ko-wiki"])
def test_real_text_gets_no_such_advice(data_folder, name):
    found = examine_lines(read_lines(data_folder / f"{name}.txt.zst"))
    assert found.number > LINES_LOOKED_AT / 2
    assert not list(advise_on_lines(found))


@pytest.mark.skipif(os.name == "nt", reason="the commands are those of a Unix shell")
def test_a_book_of_project_gutenberg_gets_the_commands_that_leave_the_book(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    licence = "This eBook is of Project Gutenberg.\n" * 9
    book = textwrap.fill(PROSE * 9, 72) + "\n\n" + textwrap.fill(PROSE * 50, 72)
    whole = f"{licence}\n*** START OF THE PROJECT GUTENBERG EBOOK A ***\n\n{book}\n\n*** END OF THE BOOK ***\n{licence}"
    (tmp_path / "FILE").write_text(whole, newline="\r\n")
    assert main(["corpus", "info", "FILE", "--tokenizer", "words"]) == 0
    out = capsys.readouterr().out
    for command, form in (("sed", r"sed -n .*"), ("tr", r"tr -d .*")):
        found = re.search(form, out)
        assert found, command
        kept = subprocess.run(found[0], shell=True, capture_output=True, text=True, check=True).stdout
        (tmp_path / "FILE").write_text(kept)
    assert [line.strip() for line in kept.split("\n") if line.strip()] == [(PROSE * 9).strip(), (PROSE * 50).strip()]


def test_only_the_beginning_of_a_long_line_is_looked_at():
    lines = ["x" * length + ");" for length in (900, 1000) for _ in range(20)]
    assert examine_lines(lines).code == 20


def test_long_lines_are_not_held_in_memory():
    class Line(str):
        pass

    alive, most = weakref.WeakSet(), 0

    def lines():
        nonlocal most
        for number in range(9):
            line = Line(f"{number} " + "x" * 5000)
            alive.add(line)
            yield line
            del line
            most = max(most, len(alive))

    examine_boilerplate(Corpus.from_sentences([["a"]]), lines())
    assert most <= 2


BASKETS = ["whole milk,butter", "rye bread,butter,tea", "tea,milk,whole milk,salt"] * 9


def test_lines_of_items_are_told_with_the_tokenizer_that_reads_them():
    for name, mark in {"commas": ", ", "semicolons": ";", "tabs": "\t"}.items():
        advice = advice_on("\n".join(line.replace(",", mark) for line in BASKETS))
        assert f"--tokenizer {name} takes what is between {name} as one word" in advice


@pytest.mark.parametrize(
    "lines",
    [
        ["tea,3,1850", "milk,4,1851"] * 20,  # rows of a table are all as long
        ["Tea, milk, and bread.", "No, no, never!", "And so, my dear, we sat down, at last."] * 9,
        ["O wild West Wind, thou breath", "Thou, from whose unseen presence the leaves dead"] * 20,
        BASKETS[:9],
    ],
)
def test_lines_that_are_no_lists(lines):
    assert "lists of items" not in advice_on("\n".join(lines))


def test_no_other_advice_on_marks_for_lists_and_none_where_they_are_read_as_lists():
    lines = [line.replace(",", ", ") for line in BASKETS]
    found = " ".join(examine(Corpus.from_texts(lines, min_count=1), text=lines).advice)
    assert "lists of items" in found and "punctuation attached" not in found
    assert "lists" not in " ".join(
        examine(Corpus.from_texts(lines, min_count=1, tokenizer="commas"), text=lines).advice
    )
