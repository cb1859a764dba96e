"""The published layouts, each with lines as its authors wrote them (words and numbers changed)."""

from __future__ import annotations

import pytest

from wordvec.errors import EvaluationFileError
from wordvec.evaluation import read_pairs

EXPECTED = (("tiger", "cat", 7.35), ("Stock", "egg", 1.81))
RATINGS = "\t".join(["6", "7", "8", "8", "9", "7", "6", "7", "8", "7"])


def write(tmp_path, content: str | bytes, name: str = "set.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("Word 1,Word 2,Human (mean)\ntiger,cat,7.35\nStock,egg,1.81\n", None),  # WordSim-353 combined.csv
        ("Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.35\nStock\tegg\t1.81\n", None),  # combined.tab
        (
            "Word 1,Word 2,Human (mean),1,2,3\ntiger,cat,7.35,9,7,6\nStock,egg,1.81,1,2,2.5\n",  # set1.csv
            "read as WordSim-353's table of 6 columns",
        ),
        (
            "# relation, words, mean\nh\ttiger\tcat\t7.35\nt\tStock\tegg\t1.81\n",  # wordsim353_agreed.txt
            "read as WordSim-353 with a letter for the relation before the words",
        ),
        (
            "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\n"
            "tiger\tcat\tN\t7.35\t2.72\t2.81\t2\t7.25\t1\t0.41\nStock\tegg\tN\t1.81\t1.75\t2.46\t1\t7.11\t1\t0.67\n",
            "read as SimLex-999's table of 10 columns",
        ),
        ("tiger\tcat\tV\t7.35\tSYNONYMS\nStock\tegg\tV\t1.81\tNONE\n", "read as SimVerb's five columns"),
        ("tiger\tcat\tV\t7.35\nStock\tegg\tN\t1.81\n", "read as two words, their part of speech and a score"),
        (
            f"tiger\tcat\t7.35\t{RATINGS}\nStock\tegg\t1.81\t" + "\t".join("1223212121") + "\n",  # RW
            "read as RW's 13 columns, with the score in the third",
        ),
        ("tiger;cat;7.35\nStock;egg;1.81\n", None),  # RG-65
        ("tiger,cat,7.35\nStock,egg,1.81\n", None),  # MTurk-771
        ("tiger-n cat-n 7.35\nStock-n egg-n 1.81\n", "read as MEN's lemma form: -n, -v, -j taken off the words"),
        (",word1,word2,similarity\n0,tiger,cat,7.35\n1,Stock,egg,1.81\n", "read as columns word1, word2, similarity"),
        ("similarity,word1,word2\n7.35,tiger,cat\n1.81,Stock,egg\n", None),
        (
            "left\tright\trated\ntiger\tcat\t7.35\nStock\tegg\t1.81\n",
            "read as words and scores below a header, 'left right rated'",
        ),
        ("1\ttiger\tcat\t7.35\n2\tStock\tegg\t1.81\n", "read as numbered lines of two words and a score"),
        ("tiger;cat;7,35\nStock;egg;1,81\n", "scores read with decimal commas"),
        ('"tiger","cat",7.35\n"Stock","egg",1.81\n', None),
        (  # names after a #, separators at the ends of lines, and an invisible mark before a number
            "#id;word1;word2;score;\n\u202a0;tiger;cat;7.35;\n1;Stock;egg;1.81;\n",
            "read as columns word1, word2, score",
        ),
    ],
)
def test_published_layouts(tmp_path, content, note):
    pairs = read_pairs(write(tmp_path, content))
    assert pairs.pairs == EXPECTED
    assert pairs.notes == (() if note is None else (note,))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\tb\t7.1\t3.2\nc\td\t5.1\t2.0\n", "line 1: 4 columns without a header, in no layout known here"),
        ("a\tb\t7\t6\t8\t7\nc\td\t5\t5\t5\t5\n", "6 columns without a header"),  # ratings alone: which is the score?
        ("a\tb\t9.5\t6\t8\t7\nc\td\t5\t5\t5\t5\n", "6 columns without a header"),  # not their mean
        ("word1\tword2\tscore\tmean\na\tb\t1\t2\n", "does not say which columns"),
        ("left\tright\tPOS\tnote\na\tb\tN\tx\n", "does not say which columns"),
        ("word1\tword2\tPOS\tSimLex999\na\tb\tN\t1\nc\td\tN\n", "line 3: .*4 fields as in the header; got 3"),
        ("word1\tword2\tPOS\tSimLex999\na\tb\tN\t11\n", "line 2: the scores of this set go from 0 to 10; got 11"),
        ("sun-n light-n 50\nsea-n sky-n 51\n", "line 2: the scores of this set go from 0 to 50; got 51"),
        ("word1\tword2\tPOS\tSimLex999\na\tb\tN\t\n", "line 2: expected two words and a score"),
        ("tiger\tcat\t\nStock\tegg\t1.81\n", "line 1: expected two words and a score"),  # no header: one cell is empty
        ('a,b,1\n"c,d,2\n', "line 2: (quotes|expected two words)"),
        ("a,b,1,5\n", "line 1"),
    ],
)
def test_nothing_is_guessed(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(EvaluationFileError, match=message) as caught:
        read_pairs(path)
    assert str(caught.value).startswith(str(path))


def test_words_may_look_like_the_names_of_columns(tmp_path):
    pairs = read_pairs(write(tmp_path, "w1 w2 5\nw3 w4 3\n")).pairs
    assert pairs == (("w1", "w2", 5.0), ("w3", "w4", 3.0))


def test_what_stands_out_is_said(tmp_path):
    lines = [f"a{i}\tb{i}\t{i % 9 + 0.5}" for i in range(40)]
    twice = [*lines, "b3\ta3\t4", "a5\tb5\t1", "x\ty\t87"]
    first, second = read_pairs(write(tmp_path, "\n".join(twice))).notes
    assert first == "2 pairs occur more than once, such as a3 b3; each line counts"
    assert second == "1 score far from all others, such as 87 of x y in line 43: outside the scale?"
    assert read_pairs(write(tmp_path, "\n".join(lines))).notes == ()


def test_encodings(tmp_path):
    german = "Käse\tBrot\t3\nÄpfel\tBirnen\t4\n"
    path = write(tmp_path, german.encode("latin-1"))
    with pytest.raises(
        EvaluationFileError, match=r"line 1: not UTF-8 text .*latin-1: save it as UTF-8, or name the encoding"
    ):
        read_pairs(path)
    assert read_pairs(path, encoding="latin-1").pairs[1][0] == "Äpfel"
    with pytest.raises(EvaluationFileError, match="no encoding 'klingon'"):
        read_pairs(path, encoding="klingon")
    with pytest.raises(EvaluationFileError, match="not UNDEFINED text"):  # a codec of Python that refuses any text
        read_pairs(path, encoding="undefined")
    assert read_pairs(write(tmp_path, german.encode("utf-16"))).pairs[0][0] == "Käse"  # by its byte-order mark
    assert read_pairs(write(tmp_path, german.encode("utf-16")), encoding="utf-16").pairs[0][0] == "Käse"


@pytest.mark.data
def test_real_sets_are_plain(data_folder):
    for name, size in (("WS-353-SIM", 203), ("WS-353-REL", 252)):
        pairs = read_pairs(data_folder / "evaluation" / f"EN-{name}.txt")
        assert len(pairs.pairs) == size and not any("read as" in note for note in pairs.notes)


def test_the_line_with_which_a_spreadsheet_names_its_delimiter(tmp_path):
    rows = b"\xef\xbb\xbfsep=;\r\nword1;word2;score\r\ntiger;cat;7,35\r\nStock;egg;1,81\r\n"
    assert read_pairs(write(tmp_path, rows)).pairs == EXPECTED
    with pytest.raises(EvaluationFileError, match=r"line 3: .*got 2"):
        read_pairs(write(tmp_path, "sep=;\ntiger;cat;7.35\nStock;egg\n"))


def test_a_row_without_words_and_score_is_skipped_and_said(tmp_path):
    pairs = read_pairs(write(tmp_path, ",word1,word2,similarity\n0,tiger,cat,7.35\n1,Stock,egg,1.81\n2,,,\n"))
    assert pairs.pairs == EXPECTED and "1 line without words and score skipped" in pairs.notes
    with pytest.raises(EvaluationFileError, match="line 3: expected two words and a score"):
        read_pairs(write(tmp_path, "word1,word2,similarity\ntiger,cat,7.35\nStock,,1.81\n"))
