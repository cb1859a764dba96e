"""Groups of documents, and a corpus for each."""

import numpy as np
import pytest

from wordvec import Corpus
from wordvec.corpus.documents import Document, Documents, TextFile
from wordvec.corpus.documents.dates import Years, years_in
from wordvec.corpus.documents.groups import groups_of, years_of
from wordvec.corpus.documents.splitting import documents_of, group_sizes, part_of
from wordvec.errors import CorpusError, OptionError


def documents_with(values, columns=("year",)):
    files = tuple(TextFile(f"{i}.txt", 1, "") for i in range(len(values)))
    rows = tuple(Document(i, None, (value,)) for i, value in enumerate(values))
    return Documents(".", columns, files, rows, np.arange(len(values), dtype=np.int32), np.ones(len(values), np.int32))


@pytest.mark.parametrize(
    "value, year",
    [
        ("1850", 1850), (" 1850 ", 1850), (1850.0, 1850), ("-44", -44), ("1850-12", 1850), ("1850/3/2", 1850),
        ("1850-03-02T10:00:00", 1850), ("02/03/1850", 1850), ("12.3.1850", 1850), ("1850년", 1850),
        ("1850년 3월 2일", 1850), ("1850年3月", 1850), ("2 March 1850", 1850), ("Mar. 2, 1850", 1850),
        ("2. März 1850", 1850), ("1850.0", 1850), ("1850,0", 1850), ("[1850]", 1850), ("c1850", None),
        ("Marching 1850", None), ("cap. 1850", None), ("1850-49", None), ("?", None), ("", None), (True, None),
        ("18500", None), (1850.5, None), (float("inf"), None), (float("nan"), None), ("185O", None), ("2.3.50", None),
        ("1850-00-00", 1850), ("1850-XX", 1850), ("1850-13", None), ("18500302", 1850), ("18501302", None),
        ("1850.", 1850), ("[1850].", 1850), ("©1850", 1850), ("Saturday, 2 March 1850", 1850), ("Marchday 1850", None),
        ("Sat, 02 Mar 2024 10:00:00 GMT", 2024), ("Sat Mar 02 10:00:00 +0000 2024", 2024), ("Saturday", None),
    ],
)  # fmt: skip
def test_years(value, year):
    assert years_in(value) == (None if year is None else Years(year, year))


@pytest.mark.parametrize(
    "value, first, last, about",
    [
        ("1840s", 1840, 1849, False), ("the 1840s", 1840, 1849, False), ("1840's", 1840, 1849, False),
        ("1840er Jahre", 1840, 1849, False), ("1840년대", 1840, 1849, False), ("1840年代", 1840, 1849, False),
        ("1800s", 1800, 1899, False), ("1850-52", 1850, 1852, False), ("1850–1852", 1850, 1852, False),
        ("1898/99", 1898, 1899, False), ("c. 1850", 1850, 1850, True), ("ca 1850", 1850, 1850, True),
        ("Circa 1850", 1850, 1850, True), ("about March 1850", 1850, 1850, True), ("~1850", 1850, 1850, True),
        ("um 1850", 1850, 1850, True), ("1850?", 1850, 1850, True), ("[1850?]", 1850, 1850, True),
        ("[ca. 1840s]", 1840, 1849, True), ("c. 1850-52", 1850, 1852, True),
        ("2026-01-31T23:59:59.5+09:00", 2026, 2026, False), ("1850-03-02 10:00", 1850, 1850, False),
    ],
)  # fmt: skip
def test_dates_of_several_years_and_approximate_ones(value, first, last, about):
    assert years_in(value) == Years(first, last, about)


def test_a_number_too_large_for_a_float_is_no_year():
    assert years_in(10**400) is None


def test_a_date_of_several_years_is_in_a_period_that_has_them_all():
    documents = documents_with(["1840s", "1845-52", "c. 1850", "1800s", "1850", "soon"])
    assert years_of(documents) == [None, None, 1850, None, 1850, None]
    groups = groups_of(documents, "decade")
    assert groups.members == {"1840s": [0], "1850s": [2, 4]}
    assert groups.without == (1, 3, 5)
    unread, between, about = (
        groups.note.split("; ", 1)[0],
        *[part for part in groups.note.split("; ") if "6 d" in part][1:],
    )
    assert unread.startswith(
        "1 of 6 documents without a date in 'year' that can be read, and so in no group: 5.txt (soon)"
    )
    assert between.startswith("2 of 6 documents with a date in 'year' that may lie in several of these periods, and so")
    assert "1.txt (1845-52), 3.txt (1800s)" in between
    assert about == "1 of 6 documents with an approximate date in 'year', taken as written: 2.txt (c. 1850)"
    assert groups_of(documents, "century").members == {"1800-1899": [0, 1, 2, 3, 4]}
    with pytest.raises(CorpusError, match="that may lie in several of these periods"):
        groups_of(documents_with(["1840s"]), "year")


def test_periods_and_what_is_in_none():
    documents = documents_with(["1859", "1850", None, "1861", "soon", "1850"])
    groups = groups_of(documents, "decade")
    assert groups.members == {"1850s": [0, 1, 5], "1860s": [3]}
    assert groups.without == (2, 4)
    assert groups.note.startswith("2 of 6 documents without a date in 'year' that can be read, and so in no group: ")
    assert "2.txt (nothing), 4.txt (soon)" in groups.note
    assert groups_of(documents, "year").names == ["1850", "1859", "1861"]
    assert groups_of(documents, "25").members == {"1850-1874": [0, 1, 3, 5]}
    assert groups_of(documents, "century").names == ["1800-1899"]


def test_years_of_two_digits_are_said():
    note = groups_of(documents_with(["50", "1850"]), "decade").note
    assert note == "1 document of the first century, as 'year' says: 0.txt (50); write 1950 for 50 if that is meant"


def test_numbers_of_a_spreadsheet_are_said():
    note = groups_of(documents_with(["6575", "1850"]), "decade").note
    assert note.startswith("1 document of a year after 2100, as 'year' says: 0.txt (6575); a spreadsheet that counts ")


def test_columns():
    documents = documents_with(["b", "a", None, "b"], ("author",))
    groups = groups_of(documents, "author")
    assert groups.members == {"a": [1], "b": [0, 3]}
    assert groups.note == "1 document without 'author', and so in no group: 2.txt"
    with pytest.raises(CorpusError, match="no column 'autor'; they have: author"):
        groups_of(documents, "autor")
    with pytest.raises(CorpusError, match="say which one holds the dates"):
        groups_of(documents, "decade")
    with pytest.raises(CorpusError, match="4 of 4 documents without a date in 'author'"):
        groups_of(documents, "decade", date_column="author")
    with pytest.raises(OptionError, match="at least 1 year"):
        groups_of(documents_with(["1850"]), "0")


def test_halves_depend_on_the_seed_alone():
    documents = documents_with(range(1800, 1821))
    halves = [groups_of(documents, "half", seed=seed).members for seed in (1, 1, 2)]
    assert halves[0] == halves[1] != halves[2]
    for members in halves:
        assert sorted(members["half1"] + members["half2"]) == list(range(21))
        assert len(members["half1"]) == 11
    among = groups_of(documents, "half", among=[3, 5, 8]).members
    assert sorted(among["half1"] + among["half2"]) == [3, 5, 8]
    with pytest.raises(CorpusError, match="at least two"):
        groups_of(documents_with([1800]), "half")


@pytest.fixture
def corpus(tmp_path):
    texts = {"a.txt": "tea milk tea\nmilk", "b.txt": "milk queen\nqueen tea", "c.txt": "tea tea\nodd"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "t.csv").write_text("file,year\na.txt,1851\nb.txt,1862\nc.txt,1853\n")
    return Corpus.from_documents(tmp_path, tmp_path / "t.csv", min_count=2)


def test_sizes_and_parts(corpus, tmp_path):
    groups = groups_of(corpus.documents, "decade")
    assert [tuple(size) for size in group_sizes(corpus, groups)] == [("1850s", 2, 3, 6, 2), ("1860s", 1, 2, 4, 3)]
    part = part_of(corpus, groups, "1850s")
    assert list(part.sentences()) == [["tea", "milk", "tea"], ["milk"], ["tea", "tea"]]
    assert dict(zip(part.vocabulary.words, part.vocabulary.counts.tolist())) == {"tea": 4, "milk": 2}
    part.save(tmp_path / "part")
    again = Corpus.open(tmp_path / "part", verify=True)
    assert [again.documents.place(i) for i in range(3)] == [("a.txt", 1), ("a.txt", 2), ("c.txt", 1)]
    assert again.info["group"] == "1850s"
    assert again.info["split_from"] == corpus.fingerprint
    later = part_of(corpus, groups, "1860s", min_count=2)  # tea and milk are seen once there
    assert list(later.sentences()) == [["queen"], ["queen"]]
    assert later.documents.lines.tolist() == [1, 2]


def test_a_corpus_without_documents_says_how_to_get_them():
    with pytest.raises(CorpusError, match="build it with a table of them, wordvec corpus build TEXT --metadata"):
        documents_of(Corpus.from_sentences([["tea"]]))
