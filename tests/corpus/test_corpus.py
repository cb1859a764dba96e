import hashlib
import sys
from collections import Counter
from itertools import chain, islice
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Corpus, read_lines
from wordvec.corpus.encode import token_ids as encoding
from wordvec.corpus.read import decoding
from wordvec.corpus.read.sources import as_files, as_texts
from wordvec.errors import CorpusError, InputError, OptionError, UnknownWordError

SENTENCES = st.lists(st.lists(st.text("abcdé \n", min_size=1, max_size=2), max_size=12), max_size=12)


def reference(sentences, min_count):
    """The corpus as one would write it without thinking of memory: ids and sentence starts."""
    counts = Counter(word for sentence in sentences for word in sentence)
    words = sorted((w for w in counts if counts[w] >= min_count), key=lambda w: (-counts[w], w))
    id_of = {word: word_id for word_id, word in enumerate(words)}
    kept = [[id_of[word] for word in sentence if word in id_of] for sentence in sentences]
    kept = [sentence for sentence in kept if sentence]
    starts = np.cumsum([0, *map(len, kept)])
    return words, [counts[word] for word in words], list(chain.from_iterable(kept)), starts.tolist()


def parts(corpus):
    vocabulary = corpus.vocabulary
    return vocabulary.words, vocabulary.counts.tolist(), corpus.ids.tolist(), corpus.sentence_starts.tolist()


@given(SENTENCES, st.integers(1, 4), st.integers(1, 9))
def test_from_sentences_equals_the_naive_reference(sentences, min_count, at_a_time):
    expected = reference(sentences, min_count)
    with mock.patch.object(encoding, "TOKENS_AT_A_TIME", at_a_time):
        if not expected[2]:
            with pytest.raises(CorpusError, match=r"empty|removes every word"):
                Corpus.from_sentences(sentences, min_count)
            return
        corpus = Corpus.from_sentences(iter(sentences), min_count)
    assert parts(corpus) == expected
    assert (corpus.ids.dtype, corpus.sentence_starts.dtype) == (np.int32, np.int64)
    assert corpus.info["raw_tokens"] == sum(map(len, sentences))
    assert corpus.info["raw_sentences"] == len(sentences)


@given(st.text("ab c\n", min_size=1, max_size=120), st.integers(1, 9), st.integers(1, 20))
def test_build_equals_the_naive_reference_for_any_chunks(tmp_path_factory, text, at_a_time, chunk):
    text = "a " + text
    path = tmp_path_factory.mktemp("corpus") / "text"
    path.write_text(text, encoding="utf-8", newline="\n")
    with (
        mock.patch.object(encoding, "TOKENS_AT_A_TIME", at_a_time),
        mock.patch.object(decoding, "CHUNK_BYTES", chunk),
        mock.patch.object(decoding, "LONGEST_PIECE", chunk),
    ):
        corpus = Corpus.build(path, min_count=1)
    assert parts(corpus) == reference([line.split() for line in text.split("\n")], 1)


def test_worked_by_hand():
    corpus = Corpus.from_texts(["b a b c", "", "c", "a b"], min_count=2)
    assert parts(corpus) == (["b", "a", "c"], [3, 2, 2], [0, 1, 0, 2, 2, 1, 0], [0, 4, 5, 7])
    assert list(corpus.sentences()) == [["b", "a", "b", "c"], ["c"], ["a", "b"]]
    assert repr(corpus) == "Corpus(7 tokens, 3 sentences, 3 words)"
    rare = Corpus.from_texts(["b a b c", "d", "a b"], min_count=2)
    assert parts(rare) == (["b", "a"], [3, 2], [0, 1, 0, 1, 0], [0, 3, 5])
    assert rare.vocabulary.rare == {"c": 1, "d": 1}


@pytest.mark.parametrize("tokenizer", ["whitespace", "words", str.split])
def test_every_token_of_a_long_line_is_kept(tmp_path, tokenizer):
    words = [f"w{i % 1000}" for i in range(30_000)]
    (tmp_path / "text").write_text(" ".join(words) + "\nnext line\n")
    with mock.patch.object(decoding, "CHUNK_BYTES", 1000), mock.patch.object(decoding, "LONGEST_PIECE", 1000):
        corpus = Corpus.build(tmp_path / "text", min_count=1, tokenizer=tokenizer)
    assert corpus.sentence_starts.tolist() == [0, 30_000, 30_002]
    assert next(corpus.sentences()) == words


def test_all_kinds_of_sources_give_the_same_corpus(tmp_path, monkeypatch):
    lines = ["You say goodbye", "and I say hello"]
    path = tmp_path / "text.txt"
    path.write_text("\n".join(lines))
    folder = tmp_path / "folder"
    folder.mkdir()
    for number, line in enumerate(lines):
        (folder / f"{number}.txt").write_text(line)
    monkeypatch.setattr(sys, "stdin", mock.Mock(buffer=path.open("rb")))
    sources = [
        path,
        str(path),
        [path],
        folder,
        sorted(folder.iterdir()),
        "-",
        as_texts(lines),
        as_texts(line for line in lines),
        as_files(map(str, sorted(folder.iterdir()))),
    ]
    token_lists = [line.split() for line in lines]
    sources += [token_lists, iter(token_lists), (tuple(tokens) for tokens in token_lists)]
    corpora = [Corpus.build(source, min_count=1) for source in sources]
    sys.stdin.buffer.close()
    corpora.append(Corpus.from_sentences(token_lists))
    assert len({corpus.fingerprint for corpus in corpora}) == 1
    assert parts(corpora[0]) == reference(token_lists, 1)
    assert corpora[0].info["sources"] == [str(path)]
    assert corpora[0].info["tokenizer"] == "whitespace"
    assert corpora[-1].info["tokenizer"] is None


def test_tokenizers_are_applied_and_recorded():
    corpus = Corpus.from_texts(["The cat’s 7 lives."], tokenizer="words", min_count=1)
    assert next(corpus.sentences()) == ["the", "cat's", "0", "lives"]
    assert corpus.info["tokenizer"] == "words"
    assert next(Corpus.from_texts(["abc"], tokenizer=list, min_count=1).sentences()) == ["a", "b", "c"]


def test_tiny_world_by_name():
    corpus = Corpus.build("tiny-world")
    assert len(corpus.ids) > 299_000
    assert corpus.vocabulary.min_count == 5
    with pytest.raises(UnknownWordError, match="did you mean 'paris'"):
        corpus.vocabulary.id("Paris")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Corpus.from_sentences(["the cat sat"]), r"sentence 1 is 'the cat sat', but a list of tokens"),
        (lambda: Corpus.from_sentences("the cat sat"), r"list of token lists expected.*'the cat sat'"),
        (lambda: Corpus.from_sentences([["a"], 5]), r"sentence 2 is 5"),
        (lambda: Corpus.from_sentences([["a", 5.0]]), r"sentence 1 holds 5.0, but tokens are text \(str\) or whole"),
        (lambda: Corpus.from_sentences([["a", b"b"]]), r"holds b'b'"),
        (lambda: Corpus.from_sentences([["a", ""]], strict=True), r"sentence 1: a token in the list is missing"),
        (lambda: Corpus.from_sentences([]), r"the corpus is empty"),
        (lambda: Corpus.from_sentences([[], []]), r"the corpus is empty"),
        (lambda: Corpus.build([]), r"the corpus is empty: no words in what was given"),
        (lambda: Corpus.from_texts(["", "  "]), r"the corpus is empty"),
        (lambda: Corpus.from_files(["the cat sat"]), r"'the cat sat': no file or folder"),
        (lambda: Corpus.build(iter([["a"], "b"])), r"sentence 2 is 'b'"),
        (lambda: Corpus.from_texts(["b", ["a"]]), r"item 2 is \['a'\]"),
        (lambda: Corpus.build(b"bytes"), r"got bytes"),
        (lambda: Corpus.build(None), r"got NoneType"),
        (lambda: Corpus.from_texts(["a b"], tokenizer=lambda line: line), r"sentence 1 is 'a b'"),
        (lambda: Corpus.from_texts(["a b"], tokenizer=lambda line: [line, 0.5]), r"sentence 1 holds 0.5"),
    ],
)
def test_input_of_the_wrong_kind_is_shown(build, message):
    with pytest.raises(CorpusError, match=message):
        build()


@pytest.mark.parametrize("min_count", [0, -1, 2.5, "5", True])
def test_min_count_is_a_whole_number(min_count):
    with pytest.raises(OptionError, match="min_count must be a whole number"):
        Corpus.from_sentences([["a"]], min_count)
    with pytest.raises(OptionError, match="min_count must be a whole number"):
        Corpus.from_texts(["a"], min_count=min_count)


def test_min_count_that_removes_every_word_says_what_would_keep_100():
    lines = [" ".join(f"w{i}" for i in range(number)) for number in (150, 120, 100)]
    with pytest.raises(
        CorpusError, match=r"370 words, 150 of them different, .* seen 3 times; min_count=3 would keep 100"
    ):
        Corpus.from_texts(lines)
    with pytest.raises(CorpusError, match=r"min_count=5 removes every word: .* 7 of them .*; min_count=1 would keep 7"):
        Corpus.from_texts(["you say goodbye and i say hello ."])


def test_fingerprint_is_the_hash_of_words_counts_ids_and_starts():
    corpus = Corpus.from_sentences([["b", "é"], ["b"]])
    arrays = ["bé".encode()]  # one piece each
    for values, size in (([1, 3], 8), ([2, 1], 8), ([0, 1, 0], 4), ([0, 2, 3], 8)):
        arrays.append(b"".join(value.to_bytes(size, "little") for value in values))
    of_pieces = [hashlib.sha256(array).digest() for array in arrays]
    of_arrays = [hashlib.sha256(piece).digest() for piece in of_pieces]
    assert corpus.fingerprint == hashlib.sha256(b"".join(of_arrays)).hexdigest()
    others = [[["b", "é", "b"]], [["b"], ["é", "b"]], [["bé"], ["b", "b"]]]
    assert len({Corpus.from_sentences(other).fingerprint for other in others} | {corpus.fingerprint}) == 4


def test_build_opens_a_corpus_folder_and_refuses_other_options(tmp_path):
    folder = tmp_path / "corpus"
    built = Corpus.from_texts(["a b a b", "c a"], min_count=2, tokenizer="words")
    built.save(folder)
    for source in (folder, str(folder), as_files([folder])):
        assert Corpus.build(source).fingerprint == built.fingerprint
    assert Corpus.build(folder, min_count=2, tokenizer="words").vocabulary.words == ["a", "b"]
    with pytest.raises(
        OptionError, match=r"built with min_count=2, not 5: leave min_count \(--min-count\) out, or build"
    ):
        Corpus.build(folder, min_count=5)
    with pytest.raises(OptionError, match=r"built with tokenizer=words, not whitespace"):
        Corpus.build(folder, tokenizer="whitespace")
    (tmp_path / "more.txt").write_text("text")
    with pytest.raises(CorpusError, match="open it by itself"):
        Corpus.build([folder, tmp_path / "more.txt"])


def test_saving_over_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="not a folder written by wordvec"):
        Corpus.from_sentences([["a"]]).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.data
def test_real_text(data_folder):
    english = Corpus.from_texts(islice(read_lines(data_folder / "en-wiki-raw.txt.zst"), 5000), tokenizer="words")
    assert english.vocabulary.words[:2] == ["the", "0"]
    assert len(english.ids) > 0.8 * english.info["raw_tokens"] > 200_000
    korean = Corpus.from_texts(islice(read_lines(data_folder / "ko-wiki.txt.zst"), 5000))
    assert korean.info["raw_sentences"] == 5000
    assert "있다." in korean.vocabulary


@pytest.mark.parametrize(
    "sentences, is_told",
    [
        ([["the cat sat"], ["a dog ran"]], True),  # texts in lists
        ([["the cat sat"]], True),
        ([["new york", "the matrix"], ["toy story"]], False),  # names of items
        ([["new york"], ["boston"]], False),
        ([["a"], ["b"]], False),
    ],
)
def test_texts_that_are_wrapped_in_lists_are_told(sentences, is_told, capsys):
    corpus = Corpus.from_sentences(sentences)
    assert len(corpus.ids) == sum(map(len, sentences))
    said = capsys.readouterr().err
    assert ("if these are texts, use Corpus.from_texts" in said) == is_told
    assert is_told or not said
