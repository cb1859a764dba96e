"""Exports of chats, references, RDF, SQL and the like are named with a way to their text; prose is read."""

import itertools
import os
import re
import subprocess

import pytest

from wordvec.corpus import read_lines
from wordvec.corpus.named_texts import bundled_corpus
from wordvec.errors import CorpusError

ANDROID = (
    "01/03/2021, 08:00 - Messages and calls are end-to-end encrypted. Tap to learn more.\n"
    "01/03/2021, 08:01 - Anna: the cat\nsat\n\n3:30 - on the mat\n"
    "01/03/2021, 08:02 - +44 7700 900123: <Media omitted>\n"
    "01/03/2021, 08:03 - Ben: yes: it did\n01/03/2021, 08:04 - Ben left\n" + "02/03/2021, 9:00 - Anna: no\n" * 3
)
ANDROID_KEPT = "the cat\nsat\n\n3:30 - on the mat\nyes: it did\n" + "no\n" * 3
IOS = (
    "\u200e[3/1/21, 8:00:00\u202fAM] Family: \u200eMessages and calls are end-to-end encrypted.\n"
    "[3/1/21, 8:01:00\u202fAM] Anna: the cat\nsat\n\u200e[3/1/21, 8:02:00\u202fAM] Ben ❤️: \u200eimage omitted\n"
    + "[3/1/21, 8:03:00\u202fPM] Ben: yes: it did\n"
    * 5
)
CHATS = {
    "WhatsApp of Android": (ANDROID, ANDROID_KEPT),
    "WhatsApp of Android in America": (ANDROID.replace(", 08", ", 8").replace(" - ", "\u202fPM - "), None),
    "WhatsApp of Android in Germany": (ANDROID.replace("/", "."), ANDROID_KEPT),
    "WhatsApp of Android in Korea": (re.sub(r"\d\d/\d\d/2021, ", "2021. 3. 1. 오후 ", ANDROID), ANDROID_KEPT),
    "WhatsApp of iOS": (IOS, "the cat\nsat\n" + "yes: it did\n" * 5),
    "WhatsApp of iOS in the Netherlands": (re.sub(r"3/1/21, (.*?)\u202f..", r"01-03-2021 \1", IOS), None),
    "KakaoTalk": ("--- 2021년 3월 1일 ---\n" + "[민수] [오후 3:10] the cat\n" * 5, "the cat\n" * 5),
    "IRC": ("[08:00] <ann> the cat <3\n" * 5, "the cat <3\n" * 5),
    "irssi": ("--- Log opened\n" + "08:00 <@ann> the cat\n08:01 < ben> sat\n" * 3, "the cat\nsat\n" * 3),
}
REFERENCES = {
    "RIS": ("TY  - JOUR\nAU  - A. Cat\nTI  - the cat\nAB  - It sat.\nER  - \n\n", "the cat\nIt sat.\n"),
    "MEDLINE": (
        "\nPMID- 30000000\nOWN - NLM\nTI  - the cat\n      sat\nAB  - It did.\nAU  - Cat A\n",
        "the cat sat\nIt did.\n",
    ),
    "Web of Science": (
        "FN Clarivate\nVR 1.0\nPT J\nAU Cat, A\n   Dog, B\nTI the cat\n   sat\nER\nEF\n",
        "the cat sat\n",
    ),
    "EndNote": ("%0 Journal Article\n%T the cat\n%A Cat\n%X It sat.\n", "the cat\nIt sat.\n"),
    "BibTeX": (
        '% a\n@string{x = {y}}\n\n@article{a_1,\n\ttitle = {{The} {C}at},\n  abstract = "It\n  {\\\'e}tait.",\n}\n',
        "The Cat\nIt 'etait.\n",
    ),
}
RDF = {
    "N-Triples": ('<http://a/b> <http://a/c> "the \\"cat\\""@en .\n', 'the \\"cat\\"\n'),
    "N-Triples without texts": ("# a\n_:a <http://a/c> <http://a/d> .\n", ""),
    "Turtle": ('@prefix a: <http://a/> .\na:b a a:c ; a:d """the\ncat""", "" .\n', "the\ncat\n"),
    "Turtle with SPARQL's words": ('# a\n\nPREFIX a: <http://a/>\na:b a:d "cat" .\n', "cat\n"),
}
OTHERS = {
    "SQL of MySQL": "-- MySQL dump 10.13\n--\n\n/*!40101 SET NAMES utf8 */;\nINSERT INTO `a` VALUES (1);\n",
    "SQL of PostgreSQL": "--\n-- PostgreSQL database dump\n--\n\nCREATE TYPE a AS ENUM (\n 'b');\n",
    "SQL of SQLite": "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE a(b text, c text);\n",
    "SQL alone": "create table if not exists a.b (\n  c text\n);\n",
    "SQL of rows": "INSERT INTO a (b, c) VALUES (1, 'cat');\n",
    "a graph of Pajek": '% a\n*Network b\n*Vertices 2\n1 "the cat"\n2 "b"\n*Arcs\n1 2 1\n',
    "a graph in GML": 'Creator "a"\ngraph\n[\n  node\n  [\n    id 0\n  ]\n]\n',
    "a graph in DOT": "/* a */\n\nstrict digraph G {\n  a -> b;\n}\n",
    "a graph in DOT on a line": 'graph "a b" { cat -- dog }\n',
    "a graph in GDF": "nodedef>name VARCHAR\ncat\n",
    "a log of Zeek": "#separator \\x09\n#set_separator\t,\n#fields\tts\tuid\n#types\ttime\tstring\n1.0\tC1\n",
    "translations of a program": '# French\n\n#, fuzzy\nmsgid ""\nmsgstr ""\n"Language: fr\\n"\n',
    "LaTeX": "% a\n\n\\documentclass[a4paper]{article}\n\\begin{document}\nthe cat\n",
    "LaTeX after other commands": "\\RequirePackage{a}\n\\documentclass{article}\nthe cat\n",
    "LaTeX of a chapter": "% a\n\n\\section*{The cat}\nThe cat sat.\n",
    "LaTeX of a chapter that begins with prose": "The cat\n\\label{a}\n"
    + "The cat sat on $x$.\n" * 9
    + "\\begin{a}\n\\end{a}\n" * 2,
}
KINDS = {kind: text for kind, (text, _) in (CHATS | REFERENCES | RDF).items()} | OTHERS
ALMOST = [
    "3:30 - Anna: the cat\n" * 9,
    "01/03/2021: the cat sat, 10:30 - and: so on\n" * 9,
    "2021-03-01 08:00:00,123 - root - INFO - a: the cat\n" * 9,
    "Mar 01 08:00:00 host sshd[1]: the cat\n" * 9,
    "[Anna] [Ben] the cat\n" * 9,
    "at 10:30 <b> the cat\n" * 9,
    "TY and PMID are fields\n",
    "@anna {hello, so it is}\n",
    "@article{is a beginning\n",
    "PREFIX is a word\n",
    "<cat> <dog> <cow>\n",
    "Select one; drop the other.\nCreate table layouts (see below) and more\n",
    "Insert into the slot (a) the coin\n",
    "Drop table salt on it\n",
    "#separator is a word\n",
    "msgid is a word\n",
    "Graph [1] shows a cat.\nGraph {a} too, as graph it was. {\n",
    "digraph is a word, such as sh {or so}\n",
    "Vertices 7 of it\n*network\n",
    "/**/" * 9000 + "the cat\n",  # must not take long either
    "\\emph{The cat} sat\n" + "the dog\n" * 9,
    "The command \\begin{a} begins.\n" * 2 + "the cat\n" * 90,
    "[2024-01-03 12:00:00] local.ERROR: disk full\n" * 8,  # a program's log, which may be trained on
    "\\a\n\n" * 9000 + "the cat\n",  # must not take long
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_named_not_read_as_words(tmp_path, kind, newline):
    (tmp_path / "a.txt").write_text("\ufeff" * (newline != "\n") + KINDS[kind], "utf-8", newline=newline)
    named = "chat" if kind in CHATS else "references" if kind in REFERENCES else "RDF" if kind in RDF else kind
    with pytest.raises(
        CorpusError, match=f"holds .*{named.split(' of ')[0].split()[0]}.*, whose markup would be words: "
    ):
        list(read_lines(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="the commands are those of a Unix shell")
@pytest.mark.parametrize("kind", [kind for kind, (_, kept) in (CHATS | REFERENCES | RDF).items() if kept])
def test_the_command_that_a_refusal_names_keeps_the_text(tmp_path, kind):
    text, kept = (CHATS | REFERENCES | RDF)[kind]
    (tmp_path / "FILE").write_text(text, "utf-8")
    with pytest.raises(CorpusError, match="whose markup would be words") as refused:
        list(read_lines(tmp_path / "FILE"))
    command = re.search(r"(?:sed|perl) .* FILE", str(refused.value))
    run = subprocess.run(command[0], shell=True, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    assert [line for line in run.stdout.split("\n") if line] == [line for line in kept.split("\n") if line]


@pytest.mark.parametrize("text", ALMOST)
def test_prose_that_is_almost_like_an_export_is_read(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    assert "".join(f"{line}\n" for line in read_lines(tmp_path)) == text


@pytest.mark.parametrize("name", ["tiny-world", "tiny-world-ko", "tiny-world-ja"])
def test_each_line_of_the_bundled_texts_may_come_first(tmp_path, name):
    for line in itertools.islice(bundled_corpus(name), 0, 2000, 20):
        (tmp_path / "a.txt").write_text(line, "utf-8")
        assert list(read_lines(tmp_path)) == [line]
