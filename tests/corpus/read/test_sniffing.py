"""What is no prose is known by its content; prose is never taken for something else."""

import csv
import gzip
import io
import itertools
import json
import os
import pickle
import random
import re
import subprocess
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import building, read_lines
from wordvec.corpus.named_texts import bundled_corpus
from wordvec.corpus.read.sniffing import is_json, table_of
from wordvec.errors import CorpusError

ROWS = [["id", "text", "stars"]]
ROWS += [
    [str(i), t, "5"] for i, t in enumerate(["good phone, good battery", "it\ndied", 'a "good" one', "phone; case"])
]


def table(rows=ROWS, delimiter=",", **options):
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, **options).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"], ids=["comma", "tab", "semicolon", "bar"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv.gz", "a.txt", "a"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_table_is_refused_without_a_column_and_read_with_one(tmp_path, delimiter, name, encoding):
    content = table(delimiter=delimiter).encode(encoding)
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with pytest.raises(CorpusError, match=r"holds a table .*--field text\).* has: 'id', 'text', 'stars'"):
        list(read_lines(tmp_path))
    texts = ["good phone, good battery", "it", "died", 'a "good" one', "phone; case"]
    assert list(read_lines(tmp_path, field="text")) == texts
    with pytest.raises(CorpusError, match=r"no column 'body' in the table .*: 'id', 'text', 'stars'"):
        list(read_lines(tmp_path, field="body"))


def test_a_large_table_is_refused_before_it_is_read_in_ranges(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "COMPILED_FROM", 100)
    from wordvec import Corpus

    for name, content in {
        "a": table(ROWS + ROWS[1:] * 20),
        "b": json.dumps([{"a": 1}] * 99),
        "c": "<html><p>a</p></html>" * 9,
    }.items():
        (tmp_path / name).write_text(content)
        with pytest.raises(CorpusError, match=r"holds (a table|JSON|XML)"):
            Corpus.build(tmp_path / name)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\x1f\ufeff"), max_size=12)


@given(
    st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8),
    st.sampled_from([(",", "a.csv"), ("\t", "a.tsv"), (";", "a.csv"), ("|", "a.psv")]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=150)
def test_what_the_csv_module_writes_is_read(tmp_path_factory, rows, dialect, quoting):
    delimiter, name = dialect
    path = tmp_path_factory.mktemp("table") / name
    text = table([("key", "text"), *rows], delimiter, quoting=quoting, lineterminator="\n")
    path.write_text(text, encoding="utf-8", newline="\n")
    expected = [line for _, cell in rows for line in cell.removesuffix("\n").split("\n") if cell.strip()]
    missing = {"NA", "<NA>", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None"}
    assert list(read_lines(path, field="text")) == [line for line in expected if line.strip() not in missing]


@pytest.mark.parametrize("ends", ['"', "", 'x" y'])
def test_quotes_of_text_in_a_table_with_tabs_swallow_no_rows(tmp_path, capsys, ends):
    texts = ["the cat sat on the mat"] * 4000
    texts[3500], texts[3507], texts[3600] = '"The dog', f"it ran{ends}", '"So" it is'
    (tmp_path / "a.tsv").write_text("".join(f"{number}\teng\t{text}\n" for number, text in enumerate(texts)))
    assert list(read_lines(tmp_path / "a.tsv", field="3")) == texts
    assert "cannot be read" not in capsys.readouterr().err


def test_a_quoted_cell_of_a_table_with_tabs_may_have_several_lines(tmp_path):
    table = 'id\ttext\n7\t"so\nit\tis"\n' + "8\tyes\n" * 9000 + '9\t"so\nit\tis"\n'
    (tmp_path / "a.tsv").write_text(table)
    assert list(read_lines(tmp_path / "a.tsv", field="text")) == ["so", "it\tis", *["yes"] * 9000, "so", "it\tis"]


def test_columns_without_names_have_numbers(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("1\tThe cat sat.\n2\tA dog ran.\n3\tI see.\n")
    with pytest.raises(CorpusError, match="by its number where there is no row of names"):
        list(read_lines(tmp_path))
    assert list(read_lines(tmp_path, field="2")) == ["The cat sat.", "A dog ran.", "I see."]
    assert "a.txt: column 2 is read from the first row on: 'The cat sat.'" in capsys.readouterr().err


TIMED = (
    "CHI\t\t00:00:01.100\t00:00:01.900\tmore cookie\n"
    "MOT\t\t00:00:02.0\t00:00:03.0\tno\n"
    "CHI\t\t00:00:04\t00:00:05\tplease now\n"
)


@pytest.mark.parametrize(
    "text", [TIMED, "2024-10-01T00:00:00Z\thello all\n2024-10-01 00:00:05\tyes you\n2024-10-02\tno\n"]
)
def test_columns_of_times_make_a_table(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(CorpusError, match="by its number where there is no row of names"):
        list(read_lines(tmp_path))


def test_a_column_by_its_number_is_found_where_rows_are_regular(tmp_path):
    (tmp_path / "a.smi").write_text("CCO\tethanol\nCC(=O)O\tacetic-acid\n")
    assert list(read_lines(tmp_path, field="1")) == ["CCO", "CC(=O)O"]
    (tmp_path / "a.smi").write_text("x, y\tto you\nz, w\tno, no\n")  # tabs before commas
    assert list(read_lines(tmp_path, field="2")) == ["to you", "no, no"]
    with pytest.raises(CorpusError, match="neither JSON nor a table, and has no field '3'"):
        list(read_lines(tmp_path, field="3"))


def test_damaged_rows_and_gaps_are_counted_or_refused(tmp_path, capsys):
    (tmp_path / "a.csv").write_text('id,text\n1,good\n2,bad, but ok\n3,\n4,NA\n5,"x"y\n6,fine,,\n')
    assert list(read_lines(tmp_path, field="text")) == ["good", "fine"]
    err = capsys.readouterr().err
    assert "2 of 6 records hold no text (null) in 'text'" in err
    assert "2 of 6 records cannot be read and are left out (--strict refuses them); the first: " in err
    assert "a.csv: line 3: 3 cells in the row, 2 expected" in err
    with pytest.raises(CorpusError, match=r"line 3: 3 cells in the row.*; a cell with a delimiter needs quotes"):
        list(read_lines(tmp_path, field="text", strict=True))


def test_a_quote_that_swallows_many_rows_is_an_error(tmp_path):
    rows = "".join(f'{i},"row {i}, x"\n' for i in range(9000))
    (tmp_path / "a.csv").write_text("id,text\n" + rows + '1,"open\n' + "2,shut\n" * 200 + '3,"x"y\n')
    with pytest.raises(CorpusError, match=r"line 9002: a quote that opens there is closed only in line 9,203"):
        list(read_lines(tmp_path, field="text"))


PROSE = {
    "poem": "Roses are red, violets are blue\nSugar is sweet, and so are you\nThe sun is bright, the sky is clear\n"
    * 3,
    "words by tabs": "tea\tmilk\trice\nsalt\ttea\tmilk\nrice\tmilk\tsalt\n",
    "walks": "1\t2\t3\n2\t3\t4\n3\t4\t1\n",
    "tokens": "hello , world\nyes , no\nstop , go\nand , or\n",
    "notes": "[1] a note\n[2] another\n",
    "wiki": "[[Category]] is a link\nand {{cite}} too\n",
    "braces": "{ a b } c\nd\n",
    "speech": '"Hello," she said.\n"Yes."\n',
    "speech in brackets": '["Hello"] she said\nx\n',
    "marks": "<s> the cat </s>\n<s> a dog </s>\n<s> x </s>\n",
    "comparisons": "< 5 is small\n> 5 is big\n",
    "names": "Smith, John\nDoe, Jane\nRoe, Rick\nPoe, Ed\n",
    "years": "1990, a year\n1991, a year\n1992, a year\n",
    "log": "2020-01-01 10:00:00,123 INFO start\n2020-01-01 10:00:01,456 INFO end\n2020-01-01 10:00:02,456 INFO end\n",
    "extracted": '<doc id="1" url="x" title="t">\nthe text\n</doc>\n<doc id="2">\nmore\n</doc>\n',
    "minutes": "From Anna at 10:30\nNote: we met\n",
    "interval": "[0,1] is an interval\n(a,b) too\n",
    "sets": '{"a"} is a set\nb\n',
    "numbers": "1 2 3 4 5 6 7 8 9 10 11 12\n1 2 3 4 5 6 7 8 9 10 11 12\n",
}


@pytest.mark.parametrize("name", PROSE)
def test_prose_is_read_as_it_is(tmp_path, name):
    (tmp_path / "text").write_text(PROSE[name])
    assert list(read_lines(tmp_path)) == PROSE[name].removesuffix("\n").split("\n")


@given(
    st.lists(
        st.lists(st.sampled_from(["tea", "milk,", "and", "so;", "rice.", "\t", "-", "|", "7"]), min_size=4), max_size=9
    )
)
def test_sentences_with_commas_are_no_table(sentences):
    text = "\n".join(" ".join(sentence) for sentence in sentences)
    found = table_of(text, "text")
    assert found is None or found.delimiter in "\t|"


def test_the_bundled_text_is_prose():
    text = "\n".join(itertools.islice(bundled_corpus("tiny-world"), 500))
    assert table_of(text, "text") is None
    assert not is_json(text, "text")


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def npy():
    file = io.BytesIO()
    np.save(file, np.array(["a b"]))
    return file.getvalue()


FOREIGN = {
    "PDF": b"%PDF-1.7\n%\xe2\xe3",
    "SQLite": b"SQLite format 3\0" + bytes(84),
    "old format": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "RTF": b"{\\rtf1\\ansi hello}",
    "docx": zipped("[Content_Types].xml", "word/document.xml"),
    "xlsx": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "zip archive": zipped("a.txt"),
    "NumPy array": npy(),
    "NumPy archive": zipped("a.npy"),
    "PyTorch": zipped("archive/data.pkl"),
    "Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
    "7z": b"7z\xbc\xaf\x27\x1c\0\4",
    "LZ4": b"\x04\x22\x4d\x18d@",
    "picture": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "packed twice": gzip.compress(b"text"),
    "XML or HTML": b"<?xml version='1.0'?>\n<a>b</a>\n",
    "HTML": b"<!DOCTYPE html>\n<title>a</title>\n",
    "holds XML": b"<corpus>\n<text id='1'>the cat</text>\n<text>b</text>\n</corpus>\n",
    "word vectors": b"2 12\nthe " + b"0.5 " * 12 + b"\nof " + b"0.25 " * 12 + b"\n",
    "UTF-32": "a b".encode("utf-32"),
    "UTF-16": "a b".encode("utf-16"),
    **{f"pickle{protocol}": pickle.dumps(["a b"], protocol) for protocol in (0, 2, 4, 5)},
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("packed", [False, True])
def test_files_of_other_programs_are_named(tmp_path, kind, packed):
    content = FOREIGN[kind]
    if packed or kind == "packed twice":
        content = gzip.compress(content)
    (tmp_path / "file").write_bytes(content)
    for field in (None, "text"):
        if field is None or kind not in ("XML or HTML", "HTML", "holds XML", "word vectors"):
            with pytest.raises(CorpusError, match=kind.rstrip("0245")):
                list(read_lines(tmp_path, field=field))


ANNOTATED = {
    "CoNLL-U": "# sent_id = 1\n\n1\tThe\tthe\tDET\tDT\t_\t2\tdet\t_\t_\n2\tcat\tcat\tNOUN\tNN\t_\t0\troot\t_\t_\n\n",
    "subtitles": "1\n00:00:01,000 --> 00:00:02,500\nthe <i>cat</i>\n\n2\n00:00:02,500 --> 00:00:04,000\nsat\n",
    "subtitles of the web": "WEBVTT - the cat\n\n00:01.000 --> 00:02.500\nthe cat\n",
    "subtitles in a script": "[Script Info]\nTitle: a\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,cat\n",
    "subtitles of YouTube": "0:00:01.000,0:00:02.500\nthe cat\n\n0:00:02.500,0:00:04.000\nsat\n",
    "subtitles with numbers of frames": "{0}{25}the cat|sat\n{26}{50}{y:i}on\n",
    "text with a time before each line": "[ar:A]\n[ti:B]\n\n[00:12.50]the cat\n[00:15.00]sat\n",
    "molecules with coordinates": "\n  Mrv18\n\n  2  1  0  0  0  0            999 V2000\n    0.0    0.0    0.0 C   0\n",
    "annotated sequences": "LOCUS       AB1    50 bp    DNA     linear   PLN\nDEFINITION  A cat.\nORIGIN\n",
    "cards or a calendar": "BEGIN:VCARD\nVERSION:3.0\nFN:A. Cat\nEND:VCARD\n",
    "a CHAT transcript": "@UTF8\n@Begin\n@Languages:\teng\n*CHI:\tmore cookie .\n%mor:\tqn|more n|cookie .\n@End\n",
    "a CHAT transcript of TalkBank": "@UTF8\n@PID:\t1/c-2\n@Color words:\tx\n@Begin\n*CHI:\tmore .\n@End\n",
    "labels of Praat": 'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\n',
    "labels of Praat in its short form": '"ooTextFile"\n"TextGrid"\n\n0\n2\n<exists>\n',
    "sequences of masked parts": ">chr1 x\nacgtTTGACANNNNNNRYac\nGATTACA\n",
    "sequences of small size": ">p1\nSIINFEKL\n>p2\nGILGFVFTL\n>p3\nNLV\n",
    "sequences": ">sp|P1 the cat\nMKVLAAGIVGLLLAQW\nMKV*\n>sp|P2\nMKVLAAGIVG\n>cut of",
    "sequences of which one has a slip": ">P1\nMKVLAAGIVGLLLAQW\nMKVA8AGIV\n>P2\nMKVLAAGIVG\n",
    "sequences of small letters": ">chr1\nacgttgcaaacgtttga\nACGTNNNN\n",
    "XML or HTML": '<p class="a">Tea is hot.</p>\n<p>So it is.</p>\n',
    "a word and its tags": "-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\nGerman JJ O\n. . O\n\nPeter NNP B-PER\n",
    "a word and its tags of two columns": "Muso NOUN\nka PART\n, PUNCT\n\na PRON\nbora VERB\n",
    "a word and its tags of TreeTagger": "The\tDT\tthe\ncats\tNNS\tcat\nsat\tVBD\tsit\n.\tSENT\t.\n" * 3,
    "a word and its tags of a tagger": "The\tDT\ncats\tNNS\nsat\tVBD\n.\t.\n" * 3,
    "a word and its tags of a corpus": "<doc id='a b'>\n<s>\n"
    + "the\tAT0\tthe\ncats\tNN2\tcat\nsat\tVVD\tsit\n<g/>\n.\tPUN\t.\n</s>\n" * 3,
    "games of chess": '[Event "?"]\n[Site "?"]\n[Date "1851.06.21"]\n\n1. e4 e5 2. f4 {a gambit} exf4 1-0\n',
    "tunes": "% a book\n\nX:1\nT:The cat\n%%scale 1\nM:6/8\nK:D\n|: A2d fed | e3 e2z :|\n",
    "an e-mail": "From: A. Cat\nReceived: by a\n\tfor b; today\nMIME-Version: 1.0\nSubject: a\n\nthe cat\n",
    "reads of sequences": "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:ref\tLN:45\n"
    "r1\t99\tref\t7\t30\t8M2I4M1D3M\t=\t37\t39\tTTAGATAAAGGATACTG\t*\n",
    "reads of sequences of which a note is first": "@CO\tmade by a cat\n@SQ\tSN:ref\tLN:45\n",
    "reads of sequences of no header": "r1\t0\tchr1\t7\t30\t17M\t*\t0\t0\tTTAGATAAAGGATACTG\t!!\tNM:i:0\n"
    "r2\t4\t*\t0\t0\t*\t*\t0\t0\tACGT\t*\n",
    "variants of sequences": "##fileformat=VCFv4.2\n##source=cat\n#CHROM\tPOS\tID\tREF\tALT\n20\t14370\trs6\tG\tA\n",
    "features of sequences": "##gff-version 3\nctg123\t.\tgene\t1000\t9000\t.\t+\t.\tID=g1\n",
    "aligned sequences": "CLUSTAL W (1.83) multiple sequence alignment\n\n\nP1_MAN   MKV-LAAG 7\nP1_RAT   MKVALAAG 8\n"
    "         *** ****\n",
    "aligned sequences of small letters": "CLUSTAL format alignment by MAFFT (v7)\n\n\na    acg-t\nb    acgat\n",
    "aligned sequences of Stockholm": "# STOCKHOLM 1.0\n#=GF ID cat\nP1 MKV.LA\n//\n",
    "aligned sequences of NEXUS": "#NEXUS\nBEGIN DATA;\nMATRIX\na ACG\n;\nEND;\n",
    "aligned sequences of PHYLIP": " 2 24\nTaxon0    ACTGTATAGT CC-ACCTGGTGA\nTaxon1    CAGACCCCGG AGCCCAGCCGTC\n",
    "annotated sequences of EMBL": "ID   X5; SV 1; linear; mRNA; STD; PLN; 18 BP.\nXX\nAC   X5;\nXX\n",
    "annotated sequences of Swiss-Prot": "ID   1R_F              Reviewed;    25 AA.\nAC   Q6;\nDT   28-JUN-2011.\n",
    "features of sequences of BED": "chr7\t127\t998\tPos1\t0\t+\nchr7\t998\t1099\tPos2\t0\t+\nchr7\t9\t19\tN\t0\t-\n",
    "features of sequences of a browser": "browser position chr7:1-9\ntrack name=pairs\nchr22\t1000\t5000\n",
    "structures of proteins": "ATOM      1  N   GLY A   1       1.931   0.090  -0.034  1.00  0.00           N\n"
    "ATOM      2  CA  GLY A   1       2.490   1.449   0.139  1.00  0.00           C\n",
    "structures of proteins of mmCIF": "data_1A3I\n#\n_entry.id   1A3I\n#\nloop_\n_atom_site.id\n1\n",
    "games of Go": "(;FF[4]GM[1]SZ[19]\nPB[A]PW[B];B[pd];W[dp])\n",
    "music": "!!!COM: Bach\n**kern\t**kern\n*M4/4\t*M4/4\n4c\t4e\n*-\t*-\n",
    "songs with chords": "{title: Grace}\n\nA[G]mazing [G7]grace\n",
    "sequences of reads": "@read 1\nGATTTGGGGTTCAAAGCAGT\n+\n!''*((((***+))%%%++)\n",
}
ALMOST = [
    '[Event "a"]\n[it "b"]\nthe cat\n',
    "X: the cat\nT: the dog\nK: a cow\n",
    "X:1\n" * 16_000,
    "a: b\n" * 12_000 + " c\n",
    "From: the cat\nTo: the dog\n\nMIME-Version: 1.0\n",
    "1\tthe cat\n2\tthe dog\n",
    "1\nThe cat sat.\n\n2\nIt sat.\n",
    "@CO\tis a state\n@me\tit is\n",
    "@HD is sharp\n",
    "r1\t0\tchr1\t7\n",
    "##fileformats are many\n",
    "# STOCKHOLM is a city\n",
    "#NEXUS is a phone\n",
    "CLUSTAL makes a multiple sequence alignment\n\nthe cat\n",
    "CLUSTAL makes a multiple sequence alignment\nof DNA\n",
    "CLUSTAL" + " \n" * 30_000 + "the cat\n",  # must not take long either
    "CLUSTAL" + " multiple" * 8_000 + "\n",
    "> you wrote\nABSOLUTELY\nnot at all\n",
    "@someone\nGATTACA\nis a film\n",
    "@Beginners all\n",
    "@Note: x\n@Beginners all\n",
    ">a\nREAL\n>b\nSHOUT\n> not\nso\n",
    ">a\nReal Deal\n>b\nCantankerous\n",
    "File type = text\n",
    "TP53 MDM2\nBRCA1 ATM\nO O\nABO O\nMYC MAX\n",
    "p53 MDM2\nMYC MAX\nABL BCR\n" * 4,
    "usd USD usd\neur EUR eur\ngbp GBP gbp\n" * 3 + "it is so\n",
    "say NOUN\nsay VERB\nnot a word\n",
    "WEBVTTs are files\n",
    "%%Matrix\n",
    "<p>Tea is hot.</p>\n<p>So it is.</p>\n",
    "<doc>\nTea is hot.\n</doc>\n<doc>\nSo it is.\n</doc>\n",
    "Monday 9:30 10:15 11:00\n" * 6,
    "1 9:30 10:15\n" * 6,
    "3 7:1 5:1\n" * 6,
    "the 1:0.5 2:0.5\n" * 6 + "and a note\n",
    "LOCUS is a place\n",
    "ID   is short for\nAN identity\nOF people\n",
    "3 10\nthe CAT and the DOG sat\non the MAT and the RUG\n",
    "3 10\n" + "A CAT" * 20_000 + ".\n",  # must not take long either
    "track and field=sport\n",
    "(; a smile\n",
    "** a note\n",
    "{name} is a title: {it}\n",
    "data_1 is a file\n_the end\n",
    "HEADER of a page\n",
    "a\nb\nc\nthe V2000 rocket\n",
    "{1} is a set\n",
    "[00:12] Anna: hello\n[00:13] Ben: hi\n",
    "[00:12.50] is a time\nthe cat\n",
    "10:30, 11:30\nthe cat\n",
    "# a title\n\n\n1 is a number\n",
    "#\n \n" * 20_000 + "the cat\n",  # must not take long either
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("kind", ANNOTATED)
def test_text_with_annotations_is_named_not_read_as_words(tmp_path, kind, newline):
    (tmp_path / "a.txt").write_text("\ufeff" * (newline != "\n") + ANNOTATED[kind], "utf-8", newline=newline)
    with pytest.raises(CorpusError, match=f"holds {kind.split(' of ')[0]}.*, whose markup would be words: "):
        list(read_lines(tmp_path))


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("<mediawiki xml:lang='en'><page><text>cat</text></page></mediawiki>", "wikiextractor"),
        ("<!DOCTYPE html><html><p>cat</p></html>", "pandoc -t plain"),
        ("<?xml version='1.0'?><ANNOTATION_DOCUMENT><TIER/></ANNOTATION_DOCUMENT>", "iter('ANNOTATION_VALUE')"),
        ("<?xml version='1.0'?><alto><String CONTENT='cat'/></alto>", "s.get('CONTENT')"),
        ("<?xml version='1.0'?><PcGts><TextLine/></PcGts>", "'.//{*}TextLine/{*}TextEquiv/{*}Unicode'"),
        ("<?xml version='1.0'?><TEI xmlns='tei'><text><l>cat</l></text></TEI>", "iterfind('.//{*}text')"),
    ],
)
def test_how_the_text_of_xml_is_extracted_is_told(tmp_path, text, way_out):
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(CorpusError, match=f"extract its text first, .*{re.escape(way_out)}"):
        list(read_lines(tmp_path))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 0.5\n", "a matrix .Matrix Market."),
        ("# from a program\n" + "+1 qid:3 2:0.5 17:1 # note\n" * 5, "rows of column:value"),
        ("-1 3:1 11:1\n\n" * 5, "rows of column:value"),
        ("the 1:.5 2:1e-3\n" * 5, "rows of column:value"),
    ],
)
def test_numbers_that_are_no_text_are_named(tmp_path, text, kind):
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(CorpusError, match=f"holds {kind}.*, not text to train on; "):
        list(read_lines(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="the commands are those of a Unix shell")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "@UTF8\n@Begin\n*CHI:\tmore\n\tcookie . \x150_90\x15\n%mor:\tqn|more\n\tn|cookie .\n*MOT:\tno .\n@End\n",
            "more cookie .\nno .\n",
        ),
        (
            'File type = "ooTextFile"\nObject class = "TextGrid"\n        name = "words"\n'
            '            xmin = 0 \n            text = "more ""cookie""" \n            mark = "no"\n',
            'more ""cookie""\nno\n',
        ),
        ("0:00:01.000,0:00:02.500\nmore cookie\n\n0:00:02.500,0:00:04.000\n20 Uhr\n", "more cookie\n20 Uhr\n"),
        ("{0}{25}{y:i}more|cookie\n{26}{50}no\n", "more cookie\nno\n"),
        ("[ar:A]\n[00:12.50]more cookie\n[00:15.00]no <00:16.00>more\n", "more cookie\nno more\n"),
        (
            "WEBVTT\nKind: captions\n\n1\n00:01.000 --> 00:02.500 align:start\n"
            "<v CHI>more<00:01.500><c> cookie</c>\n\n20 Uhr\n",
            "more cookie\n20 Uhr\n",
        ),
    ],
)
def test_the_command_that_a_refusal_names_keeps_what_was_said(tmp_path, text, kept):
    (tmp_path / "FILE").write_text(text)
    with pytest.raises(CorpusError, match="whose markup would be words") as refused:
        list(read_lines(tmp_path / "FILE"))
    command = re.search(r"(?:awk|sed|grep) .* FILE", str(refused.value))
    run = subprocess.run(command[0], shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [" ".join(line.split()) for line in run.stdout.split("\n") if line.strip()] == kept.splitlines()


@pytest.mark.parametrize("text", ALMOST)
def test_prose_that_begins_almost_like_annotated_text_is_read(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    assert "".join(f"{line}\n" for line in read_lines(tmp_path)) == text


@given(st.binary(max_size=300), st.sampled_from(["a", "a.csv", "a.json", "a.jsonl"]), st.sampled_from([None, "t", "1"]))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, name, field):
    path = tmp_path_factory.mktemp("bytes") / name
    path.write_bytes(content)
    try:
        list(read_lines(path, field=field, encoding_errors="replace"))
    except CorpusError as error:
        told = str(error)
    else:
        return
    assert name in told


@given(st.data())
@settings(max_examples=150)
def test_damaged_tables_and_json_are_read_or_refused(tmp_path_factory, data):
    """The same content with some characters gone, doubled or replaced."""
    whole = data.draw(st.sampled_from([table(), table(delimiter="\t"), json.dumps([{"text": 'a\n"b'}] * 3, indent=1)]))
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    damaged = list(whole)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(damaged))
        damaged[at] = rng.choice(["", damaged[at] * 2, *'",\n[{}]:\\\t'])
    path = tmp_path_factory.mktemp("damaged") / rng.choice(["a.txt", "a.csv", "a.json"])
    path.write_text("".join(damaged), encoding="utf-8")
    for field in (None, "text"):
        try:
            list(read_lines(path, field=field))
        except CorpusError as error:
            told = str(error)
        else:
            continue
        assert path.name in told
