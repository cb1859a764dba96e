import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import SVD, Corpus, WordVectors
from wordvec.corpus import get_tokenizer
from wordvec.corpus.encode.tokenizers import characters, tokenize_lines, tokenizer_name, whitespace, words
from wordvec.errors import CorpusError, OptionError
from wordvec.evaluation import evaluate_sessions


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        # English
        ("It's 5 o'clock: the dogs' dinner!", ["it's", "0", "o'clock", "the", "dogs", "dinner"]),
        ("‘Rock ’n’ roll’, he’d said", ["rock", "n", "roll", "he'd", "said"]),
        ("In the 1990s MP3 files cost $1,234.50 (3.5%).", ["in", "the", "0s", "mp3", "files", "cost", "0", "0"]),
        ("new_york _emphasis_ x__y e-mail and/or", ["new_york", "emphasis", "x", "y", "e", "mail", "and", "or"]),
        ("3rd of 12/11/2018 at 10:30 and '68", ["0rd", "of", "0", "0", "0", "at", "0", "0", "and", "0"]),
        ("H2O B2B covid19 10km", ["h2o", "b2b", "covid19", "0km"]),
        ("all's fair; c'mon, d'oh", ["all's", "fair", "c'mon", "d'", "oh"]),
        # French and Italian
        ("L’homme qu’il aime s’appelle Zoé.", ["l'", "homme", "qu'", "il", "aime", "s'", "appelle", "zoé"]),
        ("Aujourd'hui c'est l'été jusqu'au soir", ["aujourd'hui", "c'", "est", "l'", "été", "jusqu'", "au", "soir"]),
        ("quelqu'un presqu'île", ["quelqu'un", "presqu'île"]),
        ("un'altra dell'arte, l'acqua", ["un'", "altra", "dell'", "arte", "l'", "acqua"]),
        # German
        ("Die Straße ist 3,5 km lang — Größe: ÄÖÜ", ["die", "strasse", "ist", "0", "km", "lang", "grösse", "äöü"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Donau\u00addampf\u00adschiff", ["donaudampfschiff"]),
        # Arabic words are widened by a stroke, but where it carries a hamza it stays
        ("الـكـتـاب ـــ شَيْـًٔا هَـٰذَا", ["الكتاب", "شَيْـًٔا", "هَٰذَا"]),
        ("سنة ١٬٢٣٤٫٥ و٢٠٢٤", ["سنة", "0", "و٢٠٢٤"]),
        # Korean: syllables composed from jamo, a number with its counter
        ("2018년에 서울에서 3,000명이 모였다.", ["0년에", "서울에서", "0명이", "모였다"]),
        (unicodedata.normalize("NFD", "김치찌개를 먹었다"), ["김치찌개를", "먹었다"]),
        # Marks belong to words: Hindi vowel signs, Persian joiners, Vietnamese accents typed apart
        ("हिन्दी में १२३", ["हिन्दी", "में", "0"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", ["tiếng", "việt"]),
        # Tone letters and other modifiers of phonetic alphabets; a letter that was lost is part of its word
        ("ma˧˥ ma˥˩, ə˞ \ua700", ["ma˧˥", "ma˥˩", "ə˞"]),
        ("caf\ufffd na\ufffdve", ["caf\ufffd", "na\ufffdve"]),
        # Hebrew: gershayim, or a double quote, in an abbreviation (also with points), but no quotation marks; geresh
        ('\u05e6\u05d4\u05f4\u05dc \u05e6\u05d4"\u05dc "\u05e6\u05d4"', ['\u05e6\u05d4"\u05dc'] * 2 + ["\u05e6\u05d4"]),
        ('\u05e9\u05b8"\u05dc \u05d2\u05f3\u05d9 a"b', ['\u05e9\u05b8"\u05dc', "\u05d2'\u05d9", "a", "b"]),
        # Compatibility forms: full-width letters, ligatures, superscripts
        ("ＦＵＬＬ ﬁne x² 5½", ["full", "fine", "x2", "0", "0"]),
        ("İstanbul", [unicodedata.normalize("NFKC", "İ".casefold() + "stanbul")]),
        ("日本語 col·lecció", ["日本語", "col·lecció"]),
        ("", []),
        (" \t—…!?", []),
    ],
)
def test_words_worked_by_hand(line, tokens):
    assert words(line) == tokens


@given(st.text())
def test_words_are_stable_and_without_white_space(line):
    tokens = words(line)
    assert all(token and not any(c.isspace() for c in token) for token in tokens)
    again = words(" ".join(tokens))
    assert [token for token in again if not token.startswith("0")] == [t for t in tokens if not t.startswith("0")]


@given(st.text(), st.text())
def test_words_never_look_across_white_space(left, right):
    """Corpus.build relies on it: it cuts very long lines at white space."""
    assert words(left + " \n" + right) == words(left) + words(right)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_only_a_short_cut(line):
    assert words(line) == words(line + " é")[:-1]


def test_whitespace_changes_nothing():
    assert whitespace(" Don't\tpay 1,234.50\u00a0!") == ["Don't", "pay", "1,234.50", "!"]


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        ("日本 e\u0301!", ["日", "本", "e\u0301", "!"]),
        ("a b\tc", ["a", "b", "c"]),
        ("한국\u3000어", ["한", "국", "어"]),
        ("हिन्दी", ["हि", "न्", "दी"]),
        ("👍🏽❤️🇰🇷🇯🇵👩\u200d👩\u200d👧", ["👍🏽", "❤️", "🇰🇷", "🇯🇵", "👩\u200d👩\u200d👧"]),
        ("\u0301a", ["\u0301", "a"]),  # a mark without a letter
        ("می\u200cخواهم", ["م", "ی\u200c", "خ", "و", "ا", "ه", "م"]),
        (unicodedata.normalize("NFD", "한"), ["ᄒ", "ᅡ", "ᆫ"]),
        ("", []),
        ("\u2028 ", []),
    ],
)
def test_characters_worked_by_hand(line, tokens):
    assert characters(line) == tokens


@given(st.text())
@settings(deadline=None)  # the first call builds tables
def test_characters_lose_nothing_but_white_space(line):
    assert "".join(characters(line)) == "".join(line.split())


@given(st.text(), st.text())
@settings(deadline=None)  # the first call builds tables
def test_characters_never_look_across_white_space(left, right):
    assert characters(left + " \n" + right) == characters(left) + characters(right)


@given(st.text(st.characters(max_codepoint=127)))
@settings(deadline=None)
def test_ascii_characters_are_only_a_short_cut(line):
    assert characters(line) == characters(line + " é")[:-1]


@pytest.mark.parametrize("tokenizer", [whitespace, words, characters, str.split])
def test_lines_one_by_one_and_together(tokenizer):
    lines = ["You say goodbye.", "", "and I say hello"]
    assert list(tokenize_lines(tokenizer, iter(lines))) == [tokenizer(line) for line in lines]


def test_get_tokenizer_takes_names_and_functions():
    assert get_tokenizer("words") is words
    assert get_tokenizer(str.split) is str.split
    with pytest.raises(
        OptionError,
        match="'word' does not exist: choose one of whitespace, words, characters, commas, semicolons, tabs, ",
    ):
        get_tokenizer("word")
    for wrong in (["words"], 5):
        with pytest.raises(OptionError, match="tokenizer must be a name or a function; got"):
            get_tokenizer(wrong)


def test_names_that_a_corpus_records():
    class Cutter:
        def __call__(self, line):
            return list(line)

    assert tokenizer_name("words") == tokenizer_name(words) == "words"
    assert tokenizer_name(str.split) == "str.split"
    assert tokenizer_name(Cutter()).endswith("Cutter")


ITEMS = [["whole milk", "butter", "rye bread"], ["butter", "café au lait", "whole milk"], ["rye bread"]] * 8
MARKS = {"commas": ",", "semicolons": ";", "tabs": "\t", "bars": "|"}


@pytest.mark.parametrize("tokenizer", MARKS)
@pytest.mark.parametrize("around", ["", " ", "\u3000 "])
def test_items_between_marks_are_whole_words(tmp_path, tokenizer, around):
    mark = f"{around}{MARKS[tokenizer]}{around}"
    lines = [mark.join(item.replace(" ", "  ") for item in line) + MARKS[tokenizer] for line in ITEMS]
    (tmp_path / "baskets.csv").write_text("\n".join(lines), "utf-8")
    corpus = Corpus.from_files(tmp_path / "baskets.csv", tokenizer=tokenizer, plain_text=True, min_count=1)
    assert list(corpus.sentences()) == ITEMS
    assert corpus.info["tokenizer"] == tokenizer
    assert list(Corpus.from_texts(lines, tokenizer=tokenizer, min_count=1).sentences()) == ITEMS


def test_a_text_of_items_is_read_so_by_what_is_made_of_it(tmp_path):
    lines = ["whole milk, butter, rye bread", "butter, tea, whole milk, rye bread"] * 12
    corpus = Corpus.from_texts(lines, tokenizer="commas", min_count=1)
    vectors = SVD(dim=2).fit(corpus).vectors
    assert vectors.tokenize("rye  bread,whole milk") == ["rye bread", "whole milk"]
    vectors.save(tmp_path / "v.safetensors")
    loaded = WordVectors.load(tmp_path / "v.safetensors")
    assert loaded.embed(["rye bread, butter", "bread"]).missing.tolist() == [0, 1]
    (tmp_path / "later.csv").write_text("\n".join(lines), "utf-8")
    score = evaluate_sessions(loaded, tmp_path / "later.csv", k=1)
    assert (score.covered, score.items) == (24, 24)


def test_lists_without_spaces_are_told_when_no_word_is_left():
    with pytest.raises(CorpusError, match="'a0,b,c' look like lists: --tokenizer commas takes what is between commas"):
        Corpus.from_texts([f"a{n},b,c" for n in range(30)])
    with pytest.raises(CorpusError, match=r"'(ACGT){10}' have 800 letters: put spaces .* --tokenizer characters"):
        Corpus.from_texts(["ACGT" * 200])
    with pytest.raises(CorpusError, match=r"would keep 32$"):
        Corpus.from_texts([f"a{n} x, y" for n in range(30)], min_count=99)


def test_characters_are_not_joined_by_what_belongs_to_words():
    assert characters("caf\ufffd ma˧") == ["c", "a", "f", "\ufffd", "m", "a", "˧"]
