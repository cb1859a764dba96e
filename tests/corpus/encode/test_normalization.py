import itertools
import unicodedata
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wordvec.corpus.encode.normalization import CHOICES, Normalization
from wordvec.errors import OptionError

EVERY = [Normalization(*values) for values in itertools.product(*CHOICES.values())]
# Letters of many scripts, marks, digits, punctuation and line ends, close together.
HOSTILE = st.text(
    st.sampled_from(
        "aAéÉßẞİıΣσςάЙйёǅﬁ²½Å1250٣٥９ _'’·.,:-$€+^`\n"
        "اي\u0640\u064e\u0610\u0654\ufb2aש\u0301\u0327\u05b0\u3099がか한ᄒ\u1161ᆫहि😀🏽\u0345\u2028"
    ),
    max_size=25,
)


def normalize(text, **options):
    return Normalization(**options).apply(text)


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ({}, " Déjà Vu, 1,234.5\t！", " Déjà Vu, 1,234.5\t！"),
        # Case
        ({"case": "lower"}, "The CAT", "the cat"),
        ({"case": "lower"}, "Straße STRASSE ẞ", "straße strasse ß"),
        ({"case": "fold"}, "Straße STRASSE ẞ", "strasse strasse ss"),
        ({"case": "lower"}, "ΟΔΟΣ ΣΟΦΟΣ", "οδος σοφος"),
        ({"case": "fold"}, "ΟΔΟΣ ΣΟΦΟΣ", "οδοσ σοφοσ"),
        ({"case": "lower"}, "İstanbul Ilgaz ılık", "i\u0307stanbul ilgaz ılık"),
        ({"case": "lower", "accents": "strip"}, "İstanbul", "istanbul"),
        # Unicode
        ({"unicode": "NFC"}, "e\u0301 ﬁ ²", "é ﬁ ²"),
        ({"unicode": "NFKC"}, "e\u0301 ﬁ ² Ａ ｶﾞ", "é fi 2 A ガ"),
        ({"unicode": "NFC"}, unicodedata.normalize("NFD", "김치"), "김치"),
        # Accents: Latin, Greek and Cyrillic only
        ({"accents": "strip"}, "Crème brûlée, Ångström, ñ ế", "Creme brulee, Angstrom, n e"),
        ({"accents": "strip"}, unicodedata.normalize("NFD", "Crème ế"), "Creme e"),
        ({"accents": "strip"}, "ά ΐ ᾳ ё Й ї", "α ι α е И і"),
        ({"accents": "strip"}, "ø ł ß ı æ Đ", "ø ł ß ı æ Đ"),
        ({"accents": "strip"}, "がぎぐ ガ 김치 हिन्दी", "がぎぐ ガ 김치 हिन्दी"),
        # Vowel marks of Arabic and Hebrew, and the stroke that only widens Arabic words; hamza and madda stay
        ({"accents": "strip"}, "שָׁלוֹם \ufb2aלום בְּרֵאשִׁ֖ית אל־עיר", "שלום שלום בראשית אל־עיר"),
        ({"accents": "strip"}, "مُحَمَّد مـحـمـد هَـٰذَا قاضٍ", "محمد محمد هذا قاض"),
        ({"accents": "strip"}, "آ أ إ ؤ ئ ا\u0654 شَيْـًٔا", "آ أ إ ؤ ئ ا\u0654 شيـٔا"),
        ({"accents": "strip", "unicode": "NFC"}, "ا\u0610\u0654", "أ"),
        ({"accents": "strip"}, unicodedata.normalize("NFD", "が 김"), unicodedata.normalize("NFD", "が 김")),
        # Numbers
        ({"numbers": "zero"}, "1,234.5 in the 1990s, 2018년 mp3 a1b2 10:30", "0 in the 0s, 0년 mp3 a1b2 0:0"),
        ({"numbers": "zero"}, "-5 3.5% x_7 ٣٥ 1'000", "-0 0% x_0 0 0"),
        ({"numbers": "zero"}, "١٬٢٣٤٫٥", "0"),
        ({"punctuation": "drop"}, "١٬٢٣٤٫٥ نعم٬", "١٬٢٣٤٫٥ نعم "),
        ({"numbers": "drop"}, "1,234.5 in the 1990s, 1.5x mp3 7", "  in the 0s, 0x mp3  "),
        # Punctuation
        ({"punctuation": "drop"}, "Don't stop: well-known (new_york)!", "Don't stop  well known  new_york  "),
        ({"punctuation": "drop"}, "'quoted' _it_ 3.14 1,000. a,b $5 x=y", " quoted   it  3.14 1,000  a b  5 x y"),
        (
            {"punctuation": "drop"},
            '"\u05e6\u05d4"\u05dc" \u05d2\u05f3\u05d9 a"b',
            ' \u05e6\u05d4"\u05dc  \u05d2\u05f3\u05d9 a b',
        ),
        ({"punctuation": "drop"}, "“你好。”col·lecció l’été 😀👍🏽 ©", " 你好  col·lecció l’été 😀👍🏽 ©"),
    ],
)
def test_worked_by_hand(options, text, expected):
    assert normalize(text, **options) == expected


@given(st.sampled_from(EVERY), HOSTILE | st.text(max_size=20))
@example(Normalization(numbers="zero", punctuation="drop"), "a_5")
@example(Normalization(numbers="drop"), "1.x 5.5.x")
@example(Normalization(unicode="NFC", accents="strip"), "\u00c9\u05b0\u0301")  # a Hebrew mark among accents
@example(Normalization(unicode="NFC", numbers="drop"), "\u03010\u05b0")  # marks must not meet
@example(Normalization(case="fold", unicode="NFKC"), "\u1fb4\u0345İ")
@settings(max_examples=400, deadline=None)
def test_twice_is_once_and_lines_stay(normalization, text):
    once = normalization.apply(text)
    assert normalization.apply(once) == once
    assert once.count("\n") == text.count("\n")


@given(st.sampled_from(EVERY), st.lists(HOSTILE.map(lambda text: text.replace("\n", " ")), min_size=1, max_size=4))
@settings(deadline=None)
def test_lines_together_are_lines_apart(normalization, lines):
    assert normalization.apply("\n".join(lines)).split("\n") == [normalization.apply(line) for line in lines]


@given(st.sampled_from(EVERY), st.text(st.characters(max_codepoint=127)))
@settings(deadline=None)
def test_ascii_is_only_a_short_cut(normalization, text):
    assert normalization.apply(text) == normalization.apply(text + "\né").rsplit("\n", 1)[0]


@given(HOSTILE)
@settings(deadline=None)
def test_stripping_touches_only_scripts_that_have_such_marks(text):
    def others(text):
        scripts = ("LATIN", "GREEK", "CYRILLIC", "COMBINING", "ANGSTROM", "HEBREW", "ARABIC")
        return [c for c in text if not unicodedata.name(c, "").startswith(scripts)]

    assert others(normalize(text, accents="strip")) == others(text)


def test_options():
    normalization = Normalization.from_options({"case": "lower", "numbers": "zero"})
    assert normalization == Normalization(case="lower", numbers="zero")
    assert Normalization.from_options(normalization.as_dict()) == normalization
    assert Normalization.from_options(normalization) is normalization
    assert Normalization.from_options(None).changes_nothing
    assert not normalization.changes_nothing
    with pytest.raises(FrozenInstanceError):
        normalization.case = "fold"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"case": "upper"}, "case is keep, lower or fold; got 'upper'"),
        ({"unicode": "NFD"}, "unicode is keep, NFC or NFKC; got 'NFD'"),
        ({"accents": True}, "accents is keep or strip; got True"),
        ({"stopwords": "drop"}, "no option 'stopwords'; it has: case, unicode, accents, numbers, punctuation"),
        ("lower", "a dictionary such as .*got 'lower'"),
        ({"numbers": None}, "numbers is keep, zero or drop; got None"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(OptionError, match=message):
        Normalization.from_options(options)
