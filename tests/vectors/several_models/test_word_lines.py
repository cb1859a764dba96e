"""Files of words: split at tabs or spaces, errors with file and line, nothing but our errors for any bytes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import InputError
from wordvec.vectors.several_models.dictionaries import read_dictionary, read_word_lines
from wordvec.vectors.several_models.retrofitting import read_lexicon


@pytest.fixture
def write(tmp_path):
    def write_file(content):
        path = tmp_path / "words.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.mark.parametrize("ends", ["\r\r", "\r\n", "\n\r"])
def test_lines_may_end_in_carriage_returns(write, ends):
    path = write(f"dog Hund{ends[0]}ice cream\tEis{ends[1]}")
    assert read_word_lines(path, "a dictionary", 2, 2) == [(1, ["dog", "Hund"]), (2, ["ice cream", "Eis"])]
    assert read_lexicon(write("dog hound\rice snow\r")) == {"dog": ["hound"], "ice": ["snow"]}


def test_tabs_spaces_comments_and_windows_lines(write):
    path = write("\ufeffdog Hund\r\n\r\n# a comment\nice cream\tEis \n#hash Raute\n")
    assert read_word_lines(path, "a dictionary", 2, 2) == [
        (1, ["dog", "Hund"]),
        (4, ["ice cream", "Eis"]),
        (5, ["#hash", "Raute"]),
    ]


@pytest.mark.parametrize(
    "content, message",
    [
        ("dog Hund\ncat\n", r"words.txt, line 2: 2 words expected in a dictionary.*got 1: 'cat'"),
        ("dog Hund Katze\n", r"line 1: 2 words expected.*got 3"),
        ("", "no words in it"),
        ("# only this\n\n", "no words in it"),
        (b"dog Hund\n\xff\xfe caf\xe9\n", "line 2: not UTF-8"),
        (b"a\0b c\n", "null bytes"),
    ],
)
def test_bad_files(write, content, message):
    with pytest.raises(InputError, match=message):
        read_dictionary(write(content))


@pytest.mark.parametrize("line", ["dog\tHund\tR\u00fcde", "dog,Hund", "dog {n} :: Hund {m}"])
def test_dictionaries_of_other_forms_are_told_what_a_line_is(write, line):
    with pytest.raises(InputError, match=r"line 1: 2 words expected .* write each translation on a line of its own"):
        read_dictionary(write(line))


def test_several_translations_in_a_cell_are_told(write, capsys):
    assert read_dictionary(write("dog\tHund\nrun\tlaufen, rennen\ngo\tgehen; fahren\n")).pairs[1][1] == "laufen, rennen"
    assert "2 translations with commas or semicolons, such as 'laufen, rennen': each" in capsys.readouterr().err


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match="no such file; a lexicon"):
        read_lexicon(tmp_path / "none.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_lexicon(tmp_path)


@given(content=st.binary(max_size=200))
def test_any_bytes_give_words_or_our_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "words.txt"
    path.write_bytes(content)
    for read in (read_lexicon, read_dictionary):
        with contextlib.suppress(InputError):
            assert read(path)


def test_a_dictionary_counts_what_is_repeated(write):
    dictionary = read_dictionary(write("run laufen\nrun rennen\nrun laufen\n"))
    assert (dictionary.pairs, dictionary.repeated) == ((("run", "laufen"), ("run", "rennen")), 1)
    assert dictionary.translations() == {"run": ["laufen", "rennen"]}
