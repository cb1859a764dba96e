"""The compiled encoder against the plain Python one: the same ids, words, counts and sentences, whatever the blocks."""

import re
import subprocess
import sys
import unicodedata
import weakref
from collections import Counter
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wordvec.corpus import Corpus, Vocabulary, building
from wordvec.corpus.building import cutting_of, sentences_of, spool_text
from wordvec.corpus.encode import blocks, tokenizers
from wordvec.corpus.encode import token_ids as encoding
from wordvec.corpus.encode.blocks import Cutting, encode_blocks
from wordvec.corpus.encode.normalization import Normalization
from wordvec.corpus.encode.tokenizers import OF_PIECES, characters, whitespace, words
from wordvec.corpus.read import decoding, ranges
from wordvec.errors import CorpusError, OptionError
from wordvec.native import library

if not library.is_available():
    pytest.skip(str(library.why_not()), allow_module_level=True)

SPACES = "".join(filter(str.isspace, map(chr, range(0x110000))))
# Hostile to the scanner: all white space, its neighbours, control characters, what words are made of, long pieces.
LETTERS = (
    "aAzZ0189é\u0301ß'’._,-<\u0338·가힣\u1100\u1161"
    "İΣǅﬁ½²\u00ad\x01\x7f\u0084\u00a1\u200b\u202e\u3001\U0001f600漢१\u0640ي\u064e\u0654"
)
# The first alternative by itself leaves out half of them in 400 texts: nine in ten of its characters are others.
TEXT = st.text(st.sampled_from(LETTERS + SPACES) | st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    LETTERS + SPACES, max_size=60
)
LINES = st.lists(TEXT.map(lambda text: text.replace("\n", " ")), min_size=1, max_size=8)
NORMALIZATIONS = st.sampled_from(
    [
        Normalization(),
        Normalization(case="lower", punctuation="drop"),
        Normalization(unicode="NFKC", case="fold", accents="strip", numbers="zero"),
        Normalization(numbers="drop"),
    ]
)


def ignore(number):
    pass


def parts(spooled):
    return spooled.words, spooled.counts.tolist(), spooled.ids.tolist(), spooled.sentence_ends.tolist()


def in_python(lines, tokenize):
    return parts(encoding.spool(((tokenize(line), True) for line in lines), ignore))


def prepared_for_words(line):
    text, size = blocks.bytes_of(line, building._prepare_for_words)
    return text[:size].tobytes().decode()


def compiled(text_blocks, cutting, threads=1, block=1 << 20):
    with mock.patch.object(blocks, "BLOCK", block):
        return parts(encode_blocks(text_blocks, cutting, threads, ignore))


@given(LINES, st.integers(1, 40), st.integers(1, 3), st.sampled_from(sorted(OF_PIECES)), NORMALIZATIONS)
@settings(max_examples=300, deadline=None)
def test_compiled_and_plain_encoders_agree(lines, block, threads, tokenizer, normalization):
    tokenize = OF_PIECES[tokenizer]
    normalize = None if normalization.changes_nothing else normalization.apply
    expected = in_python(lines, (lambda line: tokenize(normalize(line))) if normalize else tokenize)
    cutting = cutting_of(tokenize, normalize)
    assert compiled([(line, True) for line in lines], cutting, threads, block) == expected
    assert compiled([("\n".join(lines), True)], cutting, threads, block) == expected


@given(TEXT, TEXT, NORMALIZATIONS, st.sampled_from(SPACES))
@settings(max_examples=300, deadline=None)
def test_no_tokenizer_and_no_normalization_looks_across_white_space(left, right, normalization, space):
    for tokenize in OF_PIECES.values():
        whole = list(tokenize(normalization.apply(f"{left} {space} {right}")))
        assert whole == [*tokenize(normalization.apply(left)), *tokenize(normalization.apply(right))]


@given(TEXT)
@example("I\u0307 L’homme 1,5.a .5 a.5 5. a,,b 3.१ =\u0338a")
@settings(max_examples=500, deadline=None)
def test_preparing_text_for_words_does_not_change_them(line):
    prepared = prepared_for_words(line)
    assert [word for piece in prepared.split() for word in building._words_of_piece(piece)] == words(line)


@given(st.lists(TEXT.map(lambda text: text.replace("\n", "")), max_size=20), st.integers(1, 9))
@settings(max_examples=300, deadline=None)
def test_words_of_many_pieces_are_those_of_each(pieces, at_a_time):
    with mock.patch.object(tokenizers, "AT_A_TIME", at_a_time):
        found = tokenizers.words_of_all(pieces)
    assert found == [word for piece in pieces for word in (*words(piece), "\n")]


def test_preparing_worked_by_hand():
    assert prepared_for_words("The (first) word. It's 3.5, 1,é.") == "the  first  word  it's 3.5  1,é "
    assert prepared_for_words("a.") == "a "


def test_blocks_are_not_kept():
    words_of_text = blocks.Words(threads=1)
    block = words_of_text.scan(*blocks.bytes_of("a b\n", None))
    kept = weakref.ref(block.ids.base)
    words_of_text.encode(block)
    del block
    assert kept() is None


def test_small_letters_before_marks_make_the_same_words():
    """Every letter that has a canonical decomposition with an ASCII character at its beginning."""
    for code in range(0x110000):
        decomposed = unicodedata.normalize("NFD", chr(code))
        if len(decomposed) > 1 and decomposed[0].isascii():
            for text in (decomposed, f"a{decomposed}b", decomposed + "'L"):
                prepared = prepared_for_words(text)
                assert [word for piece in prepared.split() for word in building._words_of_piece(piece)] == words(text)


def test_every_character_separates_or_does_not_as_in_python():
    lines = [f"a{chr(code)}b" for code in [*range(0x3100), *range(0x3100, 0x110000, 997)] if code != 0x0A]
    lines = [line for line in lines if unicodedata.category(line[1]) != "Cs"]
    assert compiled([("\n".join(lines), True)], Cutting()) == in_python(lines, whitespace)


def test_half_characters_from_an_iterable_are_kept():
    lines = ["a\ud800b c", "\udfff a\ud800b"]
    assert compiled([(line, True) for line in lines], Cutting()) == in_python(lines, whitespace)


def test_tables_grow_and_pieces_are_forgotten():
    lines = [
        " ".join(f"w{i * 7919 % 50_000}{'x' * (i % 23)}" for i in range(start, start + 5000)) for start in range(20)
    ]
    lines += lines[:3]
    expected = in_python(lines, whitespace)
    assert compiled([("\n".join(lines), True)], Cutting()) == expected
    assert compiled([(line, True) for line in lines], Cutting(), threads=2, block=3000) == expected
    with mock.patch.object(blocks, "MOST_PIECES", 2000):
        assert compiled([(line, True) for line in lines], Cutting(str.split), block=3000) == expected


def test_pieces_that_begin_alike_and_have_zeros_differ():
    lines = ["a a\0 a\0\0 abcdefgh abcdefghi abcdefghj abcdefgi", "abcdefghijklmnopq abcdefghijklmnopr a\0"]
    assert compiled([(line, True) for line in lines], Cutting()) == in_python(lines, whitespace)


@given(st.text(" ab.\n\u3000é", min_size=1, max_size=120), st.integers(1, 20), st.integers(1, 3), st.integers(1, 2))
@settings(max_examples=100, deadline=None)
def test_a_corpus_holds_all_words_of_a_file_in_order(tmp_path_factory, text, chunk, threads, min_count):
    path = tmp_path_factory.mktemp("text") / "text"
    path.write_text("a a " + text, encoding="utf-8", newline="\n")
    with (
        mock.patch.object(decoding, "CHUNK_BYTES", chunk),
        mock.patch.object(decoding, "LONGEST_PIECE", chunk),
        mock.patch.object(ranges, "RANGE_BYTES", chunk),
        mock.patch.object(ranges, "MORE_BYTES", 1),
        mock.patch.object(blocks, "BLOCK", chunk),
        mock.patch.object(building, "COMPILED_FROM", 0),
    ):
        corpus = Corpus.build(path, min_count=min_count, threads=threads)
    expected = [[word for word in line.split() if word in corpus.vocabulary] for line in ("a a " + text).split("\n")]
    assert list(corpus.sentences()) == [line for line in expected if line]
    assert corpus.info["raw_tokens"] == len(("a a " + text).split())


def test_a_long_line_is_one_sentence(tmp_path):
    with open(tmp_path / "text", "w", encoding="utf-8") as file:
        file.writelines(f"word{i % 5000} " for i in range(600_000))
    corpus = Corpus.build(tmp_path / "text", threads=2)  # more than COMPILED_FROM characters
    assert corpus.sentence_starts.tolist() == [0, 600_000]
    assert len(corpus.vocabulary) == 5000
    first = [corpus.vocabulary.words[i] for i in corpus.ids[4998:5002]]
    assert first == ["word4998", "word4999", "word0", "word1"]


def test_without_the_c_library_the_result_is_the_same(tmp_path):
    (tmp_path / "text").write_text("The tea, the cup.\nA cup of Tea\n" * 3, encoding="utf-8")
    options = {"tokenizer": "words", "normalization": {"case": "lower"}, "min_count": 1}
    with mock.patch.object(building, "COMPILED_FROM", 0):
        compiled_corpus = Corpus.build(tmp_path / "text", **options)
        with mock.patch.object(library, "is_available", return_value=False):
            plain = Corpus.build(tmp_path / "text", **options)
    assert plain.fingerprint == compiled_corpus.fingerprint
    assert plain.info == compiled_corpus.info


def test_functions_of_the_user_see_whole_lines():
    seen = []

    def tokenize(line):
        seen.append(line)
        return line.split("|")

    with mock.patch.object(building, "COMPILED_FROM", 0):
        spooled = spool_text(iter([("A b|", False), ("c\nd", True)]), tokenize, Normalization(case="lower"), 1, ignore)
    assert seen == ["a b|c", "d"]
    assert spooled.words == ["a b", "c", "d"]


@given(st.lists(st.text("ab. !", max_size=30), min_size=1, max_size=5), st.integers(1, 9))
@settings(deadline=None)
def test_sentences_keep_every_word_and_end_with_their_line(lines, longest):
    with mock.patch.object(building, "LONGEST_PIECE", longest):
        pieces = [(word + " ", False) for line in lines[:1] for word in line.split()] + [("", True)]
        found = list(sentences_of([*pieces, *((line, True) for line in lines[1:])]))
    assert " ".join(piece for piece, _ in found).split() == " ".join(lines).split()
    assert not found or found[-1][1]
    assert list(sentences_of([(line, True) for line in lines])) == list(sentences_of([("\n".join(lines), True)]))


def test_threads_are_a_whole_number():
    for threads in (0, -1, 1.5, True):
        with pytest.raises(OptionError, match="threads must be a whole number, 1 or more"):
            Corpus.from_texts(["a"], threads=threads)


def test_a_reading_error_comes_through_the_threads(tmp_path):
    (tmp_path / "text").write_bytes(b"word " * 1_000_000 + b"\xff")
    with pytest.raises(CorpusError, match=r"text: byte 5000000 \(0xff\) is not utf-8"):
        Corpus.build(tmp_path / "text", threads=2)


FULL_DISK = """
import resource, sys
from wordvec.corpus import Corpus
from wordvec.corpus.encode import token_ids
token_ids.HELD_IN_MEMORY = 1000
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
try:
    Corpus.build(sys.argv[1]).save(sys.argv[2])
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit for the size of files")
@pytest.mark.parametrize("limit, where", [(100_000, "temporary files"), (2_000_000, "corpus: ")])
def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch, limit, where):
    """500,000 words take 2,000,000 bytes: the limits stop the temporary file of the text, and the saved one."""
    source, target, temporary = tmp_path / "text", tmp_path / "corpus", tmp_path / "temporary"
    temporary.mkdir()
    source.write_text("one two three four five\n" * 100_000)
    Corpus.from_texts(["a a a a a"]).save(target)
    monkeypatch.setenv("TMPDIR", str(temporary))
    command = [sys.executable, "-c", FULL_DISK, str(source), str(target), str(limit)]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    assert child.stderr == ""
    assert re.match(
        rf"(Corpus|Input)Error .*{where}.*cannot be written.*File too large.*(make room|free some space)", child.stdout
    )
    assert list(temporary.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "temporary", "text"]
    assert Corpus.open(target).vocabulary.words == ["a"]


def test_characters_is_among_the_tokenizers_that_are_tested():
    assert {whitespace, words, characters} == set(OF_PIECES.values())


@given(st.lists(st.lists(st.integers(0, 9), max_size=9), min_size=1, max_size=9), st.integers(1, 9), st.integers(1, 2))
@settings(max_examples=100, deadline=None)
def test_final_ids_compiled_and_plain_agree(lines, at_a_time, threads):
    counts = Counter(number for line in lines for number in line)
    vocabulary = Vocabulary.from_counts({str(number): count for number, count in counts.items()}, 2)
    spooled = encoding.spool((([str(number) for number in line], True) for line in lines), ignore)
    with mock.patch.object(encoding, "TOKENS_AT_A_TIME", at_a_time):
        compiled_arrays = encoding.renumber(spooled, vocabulary, threads)
        with mock.patch.object(library, "is_available", return_value=False):
            plain_arrays = encoding.renumber(spooled, vocabulary, threads)
    for one, other in zip(compiled_arrays, plain_arrays):
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()
    kept = [[number for number in line if counts[number] > 1] for line in lines]
    assert plain_arrays[1].tolist() == np.cumsum([0, *(len(line) for line in kept if line)]).tolist()
