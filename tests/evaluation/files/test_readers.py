from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import EvaluationFileError
from wordvec.evaluation import read_analogies, read_pairs


def write(tmp_path, content: str | bytes):
    path = tmp_path / "set.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    "content",
    [
        "tiger\tcat\t7.35\nnew\tYork\t1\n",
        "tiger cat 7.35\nnew  York 1",
        "tiger,cat,7.35\nnew, York ,1\n",
        "Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.35\nnew\tYork\t1\n",
        "word1 word2 score\ntiger cat 7.35\nnew York 1\n",
        "# a comment\n\ntiger\tcat\t7.35\r\n# another\r\nnew\tYork\t1\r\n\r\n",
        "\ufefftiger\tcat\t7.35\nnew\tYork\t1\n",
        '"word1"\t"word2"\t"score"\n"tiger"\t"cat"\t7.35\n"new"\t"York"\t1\n',
        '"tiger" "cat" 7.35\n"new" "York" 1\n',
    ],
)
def test_pairs_in_their_usual_forms(tmp_path, content):
    pairs = read_pairs(write(tmp_path, content))
    assert pairs.name == "set"
    assert pairs.pairs == (("tiger", "cat", 7.35), ("new", "York", 1.0))


def test_words_with_spaces_need_tabs(tmp_path):
    assert read_pairs(write(tmp_path, "New York\tcity, big\t3\n")).pairs == (("New York", "city, big", 3.0),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no word pairs"),
        ("# only\n", "no word pairs"),
        ("a\tb\tc\n", "no word pairs"),
        ("a\tb\t1\nc\td\n", r"line 2: expected two words and a score.*'c\\td'"),
        ("a\tb\t1\nc d 2\n", "line 2"),
        ("a,b,1\nc d 2\n", "line 2"),
        ("a b 1\nc d 2 3\n", "line 2"),
        ("a b 1\nc d x\n", "line 2"),
        ("a b 1\nc d nan\n", "line 2"),
        ("a b 1\nc d 7_5\n", "line 2"),
        ("a b 1,5x\n", "line 1"),
        ("a\t\t1\n", "line 1"),
        ("head ing text\nhead ing text\na b 1\n", "line 2"),
        (": capital\nAthens Greece Oslo Norway\n", "line 1: ': capital' begins a section of an analogy set"),
        (b"a b 1\nc\xff d 2\n", "line 2: not UTF-8"),
    ],
)
def test_bad_pairs_are_named(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(EvaluationFileError, match=message) as caught:
        read_pairs(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_analogies(tmp_path):
    path = write(tmp_path, "//Copyright\n# note\n: capital common\nA B C D\n\n: gram1\nbig bigger\tsmall  smaller\r\n")
    questions = read_analogies(path)
    assert questions.name == "set"
    assert questions.sections == {
        "capital common": (("A", "B", "C", "D"),),
        "gram1": (("big", "bigger", "small", "smaller"),),
    }


def test_questions_before_any_section_and_a_section_met_twice(tmp_path):
    questions = read_analogies(write(tmp_path, "a b c d\n: x\ne f g h\n: y\ni j k l\n: x\nm n o p\n"))
    assert {name: len(items) for name, items in questions.sections.items()} == {"(no section)": 1, "x": 2, "y": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no questions"),
        (": empty\n", "no questions"),
        (": x\na b c\n", "line 2: expected four words or ': section'; got 3 words: 'a b c'"),
        (": x\na b c d\na b c d e\n", "line 3: .* got 5 words"),
        ("tiger\tcat\t7.35\n", "line 1: .* got 3 words"),
        ("tiger,cat,N,7.35\n", "line 1: .* got 1 word"),
    ],
)
def test_bad_questions_are_named(tmp_path, content, message):
    with pytest.raises(EvaluationFileError, match=r"set\.txt: " + message):
        read_analogies(write(tmp_path, content))


@pytest.mark.parametrize(
    "line", ["Oslo\tNorway\tNew York\tthe US", "Oslo, Norway, New York, the US", "Oslo;Norway;x;y"]
)
def test_questions_between_tabs_commas_and_semicolons(tmp_path, line):
    last = "y" if line.endswith("y") else "the US"
    (question,) = read_analogies(write(tmp_path, f": x\n{line}\n")).sections["x"]
    assert (question[0], question[3]) == ("Oslo", last)


@pytest.mark.parametrize("read", [read_pairs, read_analogies])
def test_unknown_names_list_the_known(tmp_path, monkeypatch, read):
    monkeypatch.setenv("WORDVEC_DATA", str(tmp_path / "cache"))
    with pytest.raises(EvaluationFileError, match=r"neither a file .* tiny-world-analogies, tiny-world-similarity"):
        read("tiny-world")
    with pytest.raises(EvaluationFileError, match=r"cannot be read|a folder without \.txt files"):
        read(tmp_path)
    with pytest.raises(EvaluationFileError, match="rg65: not downloaded: wordvec corpus fetch rg65 gets it; not found"):
        read("rg65")


def test_bundled_sets():
    assert len(read_pairs("tiny-world-similarity").pairs) > 20
    assert len(read_analogies("tiny-world-analogies").sections) > 3


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=80) | st.text(st.sampled_from("a1:#,. \t\n\r\u00e9"), max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = write(tmp_path_factory.mktemp("e"), content)
    for read in (read_pairs, read_analogies):
        try:
            read(path)
        except EvaluationFileError:
            continue
