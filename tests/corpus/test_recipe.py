"""New text is tokenized exactly like the text of a corpus, and vectors remember how."""

import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wordvec import Corpus, Phrases, SkipGram, WordVectors
from wordvec.corpus import building
from wordvec.corpus.encode.normalization import CHOICES, Normalization
from wordvec.corpus.encode.tokenizers import TOKENIZERS
from wordvec.corpus.recipe import TextRecipe
from wordvec.errors import CorpusError, InputError, OptionError
from wordvec.native import library

PIECES = [
    "New",
    "york",
    "NEW YORK",
    "Straße",
    "e\u0301té",
    "l'été",
    "ﬁn",
    "1,234.5",
    "1990s",
    "mp3",
    "don’t",
    "well-known",
]
PIECES += ["Dr. No", "ok!", "Ok?", "...", "。", "日本", "हि", "İ", "\u2028", "\x0b", "\t", "a_b", "😀", "$", "\xa0"]
LINES = st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join), min_size=1, max_size=6)
NORMALIZATIONS = st.builds(Normalization, *(st.sampled_from(choices) for choices in CHOICES.values()))
PHRASES = st.none() | st.builds(
    Phrases, st.integers(1, 3), st.just("word2phrase"), st.floats(0, 2), st.just(0), st.just(1)
)


def shout(line):
    return [word.upper() + "!" for word in line.split(" ")]


def tokens_of(corpus):
    """All tokens that the corpus was built of, a list for each sentence with words."""
    assert not corpus.vocabulary.rare or not sum(corpus.vocabulary.rare.values())
    return list(corpus.sentences())


def flat(sentences):
    return [token for sentence in sentences for token in sentence]


def records(lines):
    return [{"text": line} for line in lines]


def built(lines, **options):
    try:
        return Corpus.build(**{"source": records(lines), "field": "text", "min_count": 1, **options})
    except CorpusError:
        assume(False)  # no words in it


@settings(max_examples=200)
@given(LINES, st.sampled_from(sorted(TOKENIZERS)), NORMALIZATIONS, st.booleans(), PHRASES)
def test_new_text_is_made_into_tokens_as_the_corpus_was(lines, tokenizer, normalization, split, phrases):
    corpus = built(lines, tokenizer=tokenizer, normalization=normalization, split_sentences=split, phrases=phrases)
    for recipe in (corpus.recipe, TextRecipe.from_info(json.loads(json.dumps(corpus.recipe.as_info())))):
        sentences = [sentence for line in lines for sentence in recipe.sentences(line) if sentence]
        assert sentences == tokens_of(corpus)
    assert corpus.tokenize("\n".join(lines)) == flat(tokens_of(corpus))
    again = built(lines, **corpus.recipe.as_options())
    assert tokens_of(again) == tokens_of(corpus)
    assert again.recipe == corpus.recipe


@given(LINES, PHRASES)
def test_a_function_of_the_user_is_asked_for(lines, phrases):
    corpus = built(lines, tokenizer=shout, phrases=phrases)
    for ask in (corpus.tokenize, corpus.recipe.tokenize):
        with pytest.raises(OptionError, match=r"by a function, .*\.shout, which is not kept: give it, .*tokenizer=f"):
            ask("a b")
        assert flat(ask(line, tokenizer=shout) for line in lines) == flat(tokens_of(corpus))
    with pytest.raises(OptionError, match="is not kept"):
        corpus.recipe.as_options()
    assert tokens_of(built(lines, **corpus.recipe.as_options(shout))) == tokens_of(corpus)


def test_text_that_was_read_by_compiled_code(monkeypatch):
    if not library.is_available():
        pytest.skip(str(library.why_not()))
    lines = ["The New York TIMES, 1990s!", "new york… don't", "été in New York"] * 50
    options = {"tokenizer": "words", "normalization": {"accents": "strip"}, "phrases": Phrases(1, "npmi", 0.9)}
    plain = built(lines, **options)
    monkeypatch.setattr(building, "COMPILED_FROM", 1)
    compiled = built(lines, **options)
    assert compiled.recipe == plain.recipe
    assert [compiled.tokenize(line) for line in lines] == tokens_of(compiled) == tokens_of(plain)
    assert compiled.tokenize("In New York") == ["in", "new_york"]


@pytest.mark.parametrize("tokenizer", ["korean", "japanese", "chinese"])
def test_analysers_are_named_too(tokenizer):
    pytest.importorskip({"korean": "kiwipiepy", "japanese": "fugashi", "chinese": "rjieba"}[tokenizer])
    lines = ["나는 학교에 갔다", "東京に行きました", "我来到北京清华大学"]
    corpus = built(lines, tokenizer=tokenizer)
    assert flat(map(corpus.recipe.tokenize, lines)) == flat(tokens_of(corpus))


def test_a_corpus_folder_and_vectors_of_every_kind_keep_it(tmp_path):
    lines = ["New York is big.", "In New York it rains."] * 6
    dropping = {"drop_words": ["it"], "min_count": 2}
    corpus = built(lines, tokenizer="words", split_sentences=True, phrases=Phrases(1, threshold=1), **dropping)
    corpus.save(tmp_path / "corpus")
    vectors = SkipGram(dim=2, epochs=1, subsample=0).fit(corpus).vectors
    expected = ["the", "new_york", "it", "knew"]
    for name in ("v.safetensors", "v.npz"):
        vectors.save(tmp_path / name)
        loaded = WordVectors.load(tmp_path / name)
        assert loaded.tokenize("The NEW York. It knew") == expected
        kept = {"min_count": 2, "keep_words": vectors.words}
        assert loaded.build_options() == corpus.recipe.as_options() | kept
    opened = Corpus.open(tmp_path / "corpus")
    assert opened.tokenize("The NEW York. It knew") == expected
    assert SkipGram(dim=2, epochs=1, subsample=0).fit(opened).vectors.recipe == corpus.recipe
    assert corpus.recipe.drop_words == ("it",)


def test_formats_that_cannot_keep_it_say_so(tmp_path):
    from wordvec.vectors.load import not_kept

    vectors = SkipGram(dim=2, epochs=1, subsample=0).fit(built(["a b a b"] * 9)).vectors
    for format in ("word2vec-text", "word2vec-binary", "glove", "fasttext-vec"):
        assert "how their text was tokenized" in not_kept(vectors, format)
    assert not_kept(vectors, "npz") == []
    vectors.save(tmp_path / "v.txt")
    with pytest.raises(OptionError, match=r"text was tokenized .* tokenizer='words'\), or --tokenizer words"):
        WordVectors.load(tmp_path / "v.txt").tokenize("A b")
    assert WordVectors.load(tmp_path / "v.txt").tokenize("A b", tokenizer="words") == ["a", "b"]
    assert WordVectors.load(tmp_path / "v.txt").tokenize("a b", tokenizer=shout) == ["A!", "B!"]


def test_sentences_that_came_as_tokens():
    corpus = Corpus.from_sentences([["a b", "c"]] * 9)
    with pytest.raises(OptionError, match="came as lists of tokens"):
        corpus.tokenize("a b c")
    assert corpus.tokenize("a b c", tokenizer=str.split) == ["a", "b", "c"]
    joined = Corpus.build(iter([["new", "york", "x"]] * 9), min_count=1, phrases=Phrases(1, threshold=1))
    assert joined.tokenize("new york", tokenizer=str.split) == ["new_york"]


def test_a_tokenizer_that_is_not_needed_must_be_the_same():
    corpus = built(["a b"], tokenizer="words")
    assert corpus.tokenize("A b", tokenizer=TOKENIZERS["words"]) == ["a", "b"]
    with pytest.raises(OptionError, match="tokenized by 'words': leave tokenizer out"):
        corpus.tokenize("A b", tokenizer=str.split)
    for text in (["a"], b"a", None):
        with pytest.raises(OptionError, match="takes one text"):
            corpus.tokenize(text)


def test_what_an_earlier_version_did_not_keep():
    info = {"tokenizer": "words", "phrases": Phrases().as_dict(), "phrases_found": [1]}
    corpus = Corpus(np.zeros(2, np.int32), np.array([0, 2]), Corpus.from_sentences([["a", "a"]]).vocabulary, info)
    with pytest.raises(CorpusError, match="did not keep its phrases: build it again"):
        corpus.tokenize("a")
    vectors = WordVectors(["a"], np.ones((1, 2)), info={"tokenizer": "words", "min_count": 3})
    with pytest.raises(OptionError, match="do not record how their text was tokenized"):
        vectors.tokenize("a")
    assert vectors.build_options() == {"tokenizer": "words", "min_count": 3, "keep_words": ["a"]}


@pytest.mark.parametrize(
    "damage",
    [
        {"tokenizer": 5},
        {"normalization": {"case": "upper"}},
        {"normalization": [1]},
        {"phrases": {"passes": 1}, "phrase_pairs": 7},
        {"phrases": {"passes": 1}, "phrase_pairs": ["["]},
        {"phrases": {"passes": 1}, "phrase_pairs": ['[["a", "b"]]']},
        {"phrases": {"passes": 1}, "phrase_pairs": ['[["a", "b", NaN]]']},
        {"phrases": {"passes": 1}, "phrase_pairs": ["[" * 100_000]},
        {"phrases": {"learned": 1}, "phrase_pairs": []},
        {"phrases": "two", "phrase_pairs": []},
        {"dropped_words": [1]},
    ],
)
def test_a_damaged_recipe_is_an_error_when_it_is_asked_for(damage):
    info = TextRecipe("words").as_info() | damage
    vectors = WordVectors(["a"], np.ones((1, 2)), info=info)
    with pytest.raises(InputError, match="tokenized is damaged"):
        vectors.tokenize("a")
    with pytest.raises(InputError, match="not among the 1 words"):
        vectors["A"]


def test_a_word_that_is_missing_is_shown_as_the_text_has_it():
    lines = ["New York été", "in New York été"] * 6
    normalization = {"accents": "strip"}
    phrases = Phrases(1, threshold=1)
    corpus = built(lines, tokenizer="words", normalization=normalization, phrases=phrases, min_count=5)
    vectors = SkipGram(dim=2, epochs=1, subsample=0).fit(corpus).vectors
    with pytest.raises(InputError, match="did you mean 'new_york'"):
        vectors["New York"]
    with pytest.raises(InputError, match=r"'york' .*: seen only as part of phrases"):
        vectors["york"]
    with pytest.raises(InputError, match="did you mean 'ete'"):
        vectors["Été"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("F/G", r"3 words of these vectors: the text's tokenizer \(words\) makes 2 words of it: 'f' 'g'"),
        ("\U0001f355", r"the text's tokenizer \(words\) makes no word of it"),
        ("C#m7", r"makes 2 words of it: 'c' 'm7'; did you mean 'cm7'\?"),
    ],
)
def test_a_word_that_the_tokenizer_cuts_is_told_as_such(word, message):
    vectors = SkipGram(dim=2, epochs=1, subsample=0).fit(built(["cm7 tea milk"] * 6, tokenizer="words")).vectors
    with pytest.raises(InputError, match=message):
        vectors[word]
