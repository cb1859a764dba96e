"""Printed lines around a word: the right line, the right occurrence, and nothing of it changed."""

import csv
import gzip
import io
import json
import shutil
import unicodedata

import pytest

from wordvec import Corpus, Phrases
from wordvec.corpus.concordance import Concordance
from wordvec.corpus.documents.citing import Citations, CitedLine, cited_as_csv, cited_as_html, cited_as_text, sort_cited
from wordvec.corpus.documents.finding import WordFinder
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.recipe import TextRecipe
from wordvec.errors import CorpusError, OptionError

FIRST = "  The Queen,\tsaid the “Queen”  of hearts — QUEEN!\n\nRare words: Queen's crown\n"
SECOND = "No-one saw\na queen . Queen.  "


def make(tmp_path, texts=(("a.txt", FIRST), ("b.txt", SECOND)), **options):
    folder = tmp_path / "texts"
    folder.mkdir(exist_ok=True)
    for name, text in texts:
        data = text.encode("utf-8")
        (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    rows = [f"{name},{1860 - i}" for i, (name, _) in enumerate(texts)]
    (tmp_path / "table.csv").write_text("\n".join(["path,year", *rows]))
    options = {"tokenizer": "words", "min_count": 2} | options
    return Concordance(Corpus.from_documents(folder, tmp_path / "table.csv", **options))


def cite_all(concordance, word, texts=None):
    return Citations(concordance, texts).cite(word, concordance.positions(word))


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_each_occurrence_is_cited_as_it_is_printed(tmp_path, split, name):
    concordance = make(tmp_path, [(name, FIRST), ("b.txt", SECOND)], split_sentences=split)
    lines = cite_all(concordance, "queen")
    printed = FIRST.split("\n")[0]
    assert [line.keyword for line in lines] == ["Queen", "Queen", "QUEEN", "queen", "Queen"]
    assert [line.place for line in lines] == [f"{name}:1"] * 3 + ["b.txt:2"] * 2
    assert [line.left + line.keyword + line.right for line in lines[:3]] == [printed] * 3
    assert [len(line.left) for line in lines[:3]] == [
        printed.index("Queen"),
        printed.rindex("Queen"),
        printed.index("QUEEN"),
    ]
    assert [line.year for line in lines] == [1860] * 3 + [1859] * 2
    assert lines[0].metadata == {"year": "1860"}
    assert all(line.found for line in lines)


def test_some_positions_in_any_order(tmp_path):
    concordance = make(tmp_path)
    every = concordance.positions("queen").tolist()
    chosen = [every[4], every[1]]
    lines = Citations(concordance).cite("queen", chosen)
    assert [line.position for line in lines] == chosen
    assert [line.left.strip() for line in lines] == ["a queen .", "The Queen,\tsaid the “"]
    assert Citations(concordance).cite("queen", []) == []


def test_phrases(tmp_path):
    text = "In New York, not York.\n" + "new york is new york\n" * 9
    phrases = Phrases(learned=({("new", "york"): 9.0},))
    concordance = make(tmp_path, [("a.txt", text + "york\n")], phrases=phrases)
    lines = cite_all(concordance, "new_york")
    assert [line.keyword for line in lines] == ["New York"] + ["new york"] * 18
    assert [line.keyword for line in cite_all(concordance, "york")] == ["York", "york"]
    assert [(len(line.left), line.line) for line in lines[1:3]] == [(0, 2), (len("new york is "), 2)]


def test_records(tmp_path):
    path = tmp_path / "dump.jsonl"
    records = [
        {"text": "Tea, he said.\nMore tea", "date": "1850-02-01"},
        {"text": ""},
        {"text": "no TEA", "date": None},
    ]
    path.write_text("\n".join(map(json.dumps, records)))
    corpus = Corpus.from_documents(path, field="text", metadata_fields=["date"], tokenizer="words", min_count=1)
    lines = cite_all(Concordance(corpus), "tea")
    assert [(line.place, line.keyword, line.year) for line in lines] == [
        ("dump.jsonl#1:1", "Tea", 1850),
        ("dump.jsonl#1:2", "tea", 1850),
        ("dump.jsonl#3:1", "TEA", None),
    ]


@pytest.mark.parametrize(
    "recipe, line, word, expected",
    [
        (TextRecipe("whitespace"), "Tea tea, tea", "tea", ["tea"]),
        (TextRecipe("whitespace", Normalization(case="lower")), "Tea tea, TEA", "tea", ["Tea", "TEA"]),
        (TextRecipe("words"), "well-known “홍차”를 홍차", "홍차", ["홍차", "홍차"]),
        (TextRecipe("words"), "In 1850, and 99", "0", ["1850", "99"]),
        (TextRecipe("words", Normalization(accents="strip")), "Brontë, BRONTË", "bronte", ["Brontë", "BRONTË"]),
        (TextRecipe("words", Normalization(case="fold")), "Straße STRASSE", "strasse", ["Straße", "STRASSE"]),
        (TextRecipe("characters"), "a tea", "a", ["a", "a"]),
        (TextRecipe("a function of somebody"), "some tea", "tea", ["tea"]),
        (TextRecipe(None), "some tea", "tea", ["tea"]),
        (TextRecipe("words"), "", "tea", []),
    ],
)
def test_finding_a_word(recipe, line, word, expected):
    assert [line[begin:end] for begin, end in WordFinder(recipe).find(line, word)] == expected


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("normalization", [None, {"numbers": "zero", "punctuation": "drop", "unicode": "NFKC"}])
def test_korean_lines_are_printed_and_centred_on_morphemes(tmp_path, form, normalization):
    pytest.importorskip("kiwipiepy", reason="the tokenizer korean: the extra cjk")
    lines = ["1850년에 그는 “서울”에 갔다! 학교에 가는 사람들이 많았다.", "가을에 학교를 떠났다.", "학교로 간다"]
    text = unicodedata.normalize(form, "\n".join(lines) + "\n")
    options = {"tokenizer": "korean", "min_count": 1, "split_sentences": True, "normalization": normalization}
    concordance = make(tmp_path, [("글.txt", text)], **options)
    found = {
        word: [
            (unicodedata.normalize("NFC", cited.left), unicodedata.normalize("NFC", cited.keyword), cited.found)
            for cited in cite_all(concordance, word)
        ]
        for word in ("가다", "사람", "학교")
    }
    assert [keyword for _, keyword, _ in found["가다"]] == ["갔", "가", "간"]
    assert found["사람"] == [("1850년에 그는 “서울”에 갔다! 학교에 가는 ", "사람", True)]
    assert [keyword for _, keyword, _ in found["학교"]] == ["학교"] * 3
    printed = text.split("\n")
    assert all(
        cited.left + cited.keyword + cited.right == printed[cited.line - 1] for cited in cite_all(concordance, "가다")
    )


def test_a_word_that_is_not_in_the_text_as_such_gives_the_whole_line(tmp_path):
    concordance = make(tmp_path, [("a.txt", "xx went\n")], tokenizer=lambda line: ["go", "go"], min_count=1)
    (line, _) = cite_all(concordance, "go")
    assert (line.found, line.left, line.keyword, line.right) == (False, "xx went", "", "")


def test_texts_that_are_not_what_they_were(tmp_path):
    concordance = make(tmp_path)
    shutil.move(tmp_path / "texts", tmp_path / "elsewhere")
    with pytest.raises(CorpusError, match=r"a\.txt: the text cannot be read: No such file.*--texts DIR says where"):
        cite_all(concordance, "queen")
    assert len(cite_all(concordance, "queen", tmp_path / "elsewhere")) == 5
    (tmp_path / "elsewhere" / "b.txt").write_text("another text", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"b\.txt: was changed since the corpus was built"):
        cite_all(concordance, "queen", tmp_path / "elsewhere")


def line_of(left, keyword, right, year=1850, position=0):
    return CitedLine(left, keyword, right, "a.txt", 1, None, year, {"year": str(year), "by": "=1"}, position)


def test_order():
    lines = [
        line_of("the “Old ", "tea", ", B", None, 1),
        line_of("an old ", "tea", " a", 1852, 2),
        line_of("x ", "tea", "", 1851, 3),
    ]
    order = lambda by: [line.position for line in sort_cited(lines, by)]
    assert order("left") == [2, 1, 3]  # old an, old the, x
    assert order("right") == [3, 2, 1]
    assert order("date") == [3, 2, 1]
    assert order("position") == [1, 2, 3]
    with pytest.raises(OptionError, match="sorted by one of"):
        order("year")


def test_formats():
    lines = [line_of('He said "a\t', "Tea", "\x1b[31m</td>"), line_of("홍차 ", "Tea", "")]
    rows = list(csv.DictReader(io.StringIO(cited_as_csv(lines))))
    assert (rows[0]["left"], rows[0]["keyword"], rows[0]["right"]) == ('He said "a\t', "Tea", "\x1b[31m</td>")
    assert [rows[0][name] for name in ("year", "path", "record", "line", "by")] == ["1850", "a.txt", "", "1", "=1"]
    page = cited_as_html(lines, "<tea>")
    assert "<td>\\x1b[31m&lt;/td&gt;</td>" in page
    assert page.count("&lt;tea&gt;") == 2
    assert "<script" not in page
    text = cited_as_text(lines, 60)
    assert text[0] == '1850  a.txt:1  He said "a  Tea  \\x1b[31m</td>'
    assert text[1] == "1850  a.txt:1        홍차  Tea"
    assert cited_as_text([], 60) == []
    assert len(list(csv.reader(io.StringIO(cited_as_csv([]))))) == 1
