import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Corpus, Vocabulary
from wordvec.corpus.wordlists import read_counted_words, read_word_list
from wordvec.errors import CorpusError


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "words.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_counted_words(path)

    return read


def test_words_alone_with_blank_lines_a_byte_order_mark_and_any_line_end(read):
    words, counts = read(b"\xef\xbb\xbfthe\r\n\nqueen \n  \nk\xc3\xb6nig")
    assert (words, counts) == (["the", "queen", "könig"], None)
    assert read("the\rqueen\r\rkönig\r")[0] == words
    assert read("the\rqueen\r\nkönig\n")[0] == words


@pytest.mark.parametrize(
    "text", ["the\t90\nqueen\t12\n", "the 90\r\nqueen 12\r\n", "the 90\nqueen\t12", "the   90\n queen 12 "]
)
def test_words_with_counts(read, text):
    words, counts = read(text)
    assert words == ["the", "queen"]
    assert counts.tolist() == [90, 12]
    assert counts.dtype == np.int64


def test_a_tab_lets_a_word_hold_a_space_and_a_number_may_be_a_word(read):
    words, counts = read("new york\t7\n1984\t3\n")
    assert (words, counts.tolist()) == (["new york", "1984"], [7, 3])
    assert read("1984\n42\n") == (["1984", "42"], None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the\nqueen\n\nthe\n", "words.txt: 'the' appears twice, in line 1 and in line 4; remove one"),
        ("the 1\nqueen 2\nthe 3\n", "'the' appears twice, in line 1 and in line 3"),
        ("the 1\nqueen\n", "line 2: 'queen' has no count, unlike the lines before it"),
        ("the\nqueen 2\n", "line 2: 'queen 2' has a count, unlike the lines before it"),
        ("the\nnew york\t2\n", "line 2: .* has a count, unlike the lines before it"),
        ("catch 22\ntea\n", "line 2: 'tea' has no count, .* give all of them a count after a tab"),
        ("\n \n", "words.txt: no words in it"),
        ("", "words.txt: no words in it"),
        (b"the\n\xff\n", "words.txt, line 2: not UTF-8; write"),
        (b"the\r\xff\r", "words.txt, line 2: not UTF-8; write"),
    ],
)
def test_files_that_are_no_list_of_words(read, content, message):
    with pytest.raises(CorpusError, match=message):
        read(content)


@pytest.mark.parametrize(
    "text", ["tea\nnew york\nsão paulo\n", "tea\nnew york\ncatch 22\nblink 182", "a -1\nb 1.5\nc ²"]
)
def test_a_word_may_hold_spaces_and_end_in_a_number(read, text):
    assert read(text) == (text.split("\n")[: text.rstrip().count("\n") + 1], None)


def test_a_file_that_is_not_there_and_one_that_is_a_folder(tmp_path):
    with pytest.raises(CorpusError, match=r"none.txt: cannot be read as a list of words: No such file"):
        read_word_list(tmp_path / "none.txt")
    with pytest.raises(CorpusError, match="cannot be read as a list of words"):
        read_word_list(tmp_path)


WORD = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"], exclude_characters="\ufeff"), min_size=1, max_size=4)


@given(st.dictionaries(WORD, st.integers(0, 2**62), min_size=1), st.booleans(), st.sampled_from("\t "))
def test_what_is_written_is_read(tmp_path_factory, counts, with_counts, between):
    path = tmp_path_factory.mktemp("list") / "words.txt"
    lines = [f"{word}{between}{count}" if with_counts else word for word, count in counts.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    words, read_counts = read_counted_words(path)
    assert words == list(counts)
    assert (read_counts is None) == (not with_counts)
    if with_counts:
        assert read_counts.tolist() == list(counts.values())


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("list") / "words.txt"
    path.write_bytes(content)
    try:
        words, counts = read_counted_words(path)
    except CorpusError:
        return
    assert all(words)
    assert len(set(words)) == len(words)
    assert counts is None or len(counts) == len(words)


def test_a_vocabulary_is_read_from_a_file_a_list_a_corpus_or_is_one(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("cup 3\nthe 90\ntea 3\n")
    from_file = Vocabulary.read(path)
    assert (from_file.words, from_file.counts.tolist()) == (["the", "cup", "tea"], [90, 3, 3])
    assert Vocabulary.read(str(path)).words == from_file.words
    assert Vocabulary.read(from_file) is from_file
    listed = Vocabulary.read(word for word in ["cup", "the"])
    assert (listed.words, listed.counts.tolist()) == (["cup", "the"], [0, 0])
    Corpus.from_sentences([["the", "tea", "the"]]).save(tmp_path / "corpus")
    assert Vocabulary.read(tmp_path / "corpus").words == ["the", "tea"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cup", "tea", "cup"], "the given vocabulary: 'cup' appears twice, in entry 1 and in entry 3"),
        ([], "the given vocabulary is empty"),
        (["cup", 5], "entry 2 is 5, not a word"),
        (["cup", ""], "entry 2 is '', not a word"),
    ],
)
def test_lists_that_are_no_vocabulary(words, message):
    with pytest.raises(CorpusError, match=message):
        Vocabulary.read(words)


def test_a_list_is_in_unicode_by_its_mark_or_in_the_encoding_of_the_text(tmp_path):
    path = tmp_path / "words.txt"
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        path.write_bytes("차\nkönig\n".encode(encoding))
        assert read_word_list(path) == ["차", "könig"]
    path.write_bytes("차\n물\n".encode("cp949"))
    assert read_word_list(path, encoding="cp949") == ["차", "물"]
    assert Vocabulary.read(path, encoding="cp949").words == ["차", "물"]
    with pytest.raises(
        CorpusError, match=r"line 1: not UTF-8; write .*: iconv -f ENCODING -t UTF-8 .* as cp1252, cp949"
    ):
        read_word_list(path)
    path.write_bytes("차\nkönig\n".encode())
    assert read_word_list(path, encoding="cp949") == ["차", "könig"]


def test_a_list_in_utf_16_without_a_mark_is_told_so(read):
    with pytest.raises(CorpusError, match=r"null bytes.* iconv -f utf-16-le -t UTF-8"):
        read("the\nqueen\n".encode("utf-16-le"))
