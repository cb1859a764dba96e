"""Words: the curve by hand, and each sign with a word that has it and one that nearly has."""

import numpy as np
import pytest

from wordvec.corpus import Corpus, Vocabulary
from wordvec.corpus.report import advise_on_words, examine
from wordvec.corpus.report import signs as report_signs
from wordvec.corpus.report.advice import advise_on_cutting
from wordvec.corpus.report.signs import find_signs
from wordvec.corpus.report.words import examine_words, vocabulary_curve


def signs_of(*words):
    """The words that carry each sign, in a vocabulary of `words`."""
    vocabulary = Vocabulary(list(words), list(range(len(words), 0, -1)))
    return {name: sign.examples for name, sign in examine_words(vocabulary).signs.items() if sign.words}


def test_the_curve_by_hand():
    curve = vocabulary_curve(np.array([60, 20, 9, 4, 2, 2, 1, 1, 1]), known_from=1)
    assert [(p.min_count, p.words, p.tokens) for p in curve] == [
        (1, 9, 1.0),
        (2, 6, 0.97),
        (5, 3, 0.89),
        (10, 2, 0.8),
        (20, 2, 0.8),
        (50, 1, 0.6),
        (100, 0, 0.0),
    ]


def test_where_rare_words_are_not_known_the_curve_starts_at_min_count():
    found = examine_words(Vocabulary(["a", "b"], [9, 7], min_count=6))
    assert [point.min_count for point in found.curve] == [6, 10, 20, 50, 100]
    assert found.once is None


def test_rare_words_count():
    found = examine_words(Vocabulary.from_counts({"a": 6, "b": 2, "c": 1, "d": 1}, min_count=5))
    assert found.once == 0.5
    assert [point.words for point in found.curve[:3]] == [4, 2, 1]
    assert found.curve[2].tokens == 0.6
    assert found.commonest == {"a": 6}


@pytest.mark.parametrize(
    "sign, having, not_having",
    [
        ("one letter", ["a", "I", "é", "я"], ["ab", "1", "!", "猫", "한", "か"]),
        (
            "punctuation attached",
            ["the,", '"the', "(The)", "the..."],
            ["th,e", "'the", "the'", "—", "Inc.", "U.S.A.", "#tag", "(unk)"],
        ),
        ("punctuation attached", ["co-op,", "है।", "رود؟", "gidiyorum."], ["co-op's", "।"]),
        ("punctuation only", [",", "...", "—"], ["a.", "1"]),
        ("digits", ["2018", "b2b", "٣"], ["two"]),
        ("capitals", ["The", "THE"], ["Paris"]),
        ("very long", ["x" * 41], ["y" * 40]),
        ("markup", ["[[cat]]", "</ref>", "&quot;"], ["<unk>", "R&D", "[cat]", "lt"]),
        ("markup", ["amp", "https", "http://cat"], ["camp", "lt"]),
        ("Han and kana", ["猫", "ネコ", "ねこ"], ["cat"]),
        ("Thai", ["แมว", "ແມວ", "ឆ្មា", "ကြောင်", "ཞི་མི"], ["cat", "猫"]),
        ("Hangul", ["고양이", "고양이가", "ㆍ"], ["猫"]),
        ("joined", ["p0,p12,p25", "a;b;c;d", "a|b|c"], ["a,b", "1,234,567", "a,b;c", "(a,b,c)"]),
        ("zero-width spaces", ["တော\u200bထဲ"], ["\u200bတော\u200b"]),
    ],
)
def test_signs(sign, having, not_having):
    found = signs_of("the", *having, *not_having)
    assert set(found[sign]) == {word[: report_signs.LONG_WORD] for word in having}


def test_plain_english_carries_no_sign():
    assert signs_of("the", "cat", "sat", "naïve") == {}


def test_shares_are_of_tokens():
    found = examine_words(Vocabulary(["the", "the,", "The"], [6, 3, 1])).signs
    assert (found["punctuation attached"].tokens, found["capitals"].tokens) == (0.3, 0.1)


def test_only_the_most_frequent_words_are_looked_at(monkeypatch):
    monkeypatch.setattr(report_signs, "WORDS_LOOKED_AT", 2)
    assert "digits" not in signs_of("one", "two", "3")


def test_korean_with_punctuation_gets_advice_that_needs_no_extra():
    found = find_signs(Vocabulary(["있다", "있다.", "대학교"], [5, 4, 1]))
    endings, marks = advise_on_cutting(found, "whitespace")
    assert "--tokenizer korean (extra cjk)" in endings
    assert (
        marks
        == "40 % of the tokens have punctuation attached (있다.): --tokenizer words takes it off, and needs no extra."
    )
    assert len(advise_on_cutting(find_signs(Vocabulary(["있다", "대학교"], [5, 1])), "words")) == 1


def test_characters_that_another_program_lost_are_told():
    found = find_signs(Vocabulary(["tea", "d\ufffdj\ufffd", "\ufffd"], [900, 5, 1]))
    (advice,) = advise_on_cutting(found, "whitespace")
    assert advice.startswith("2 words with U+FFFD (d\ufffdj\ufffd \ufffd), which stands for characters that were lost")
    few = find_signs(Vocabulary(["tea", "d\ufffdj\ufffd"], [100_000, 1]))
    assert advise_on_cutting(few, "whitespace") == []


@pytest.mark.parametrize(
    "sign, first, second",
    [
        ("Unicode forms", "caf\u00e9", "cafe\u0301"),
        ("Unicode forms", "ﬁne", "fine"),
        ("Unicode forms", "\ufefb", "لا"),
        ("vowel points", "ملك", "مَلِك"),
        ("vowel points", "كـتاب", "كِتاب"),
        ("vowel points", "שלום", "שָׁלוֹם"),
        ("look-alikes", "وزیر", "وزير"),
        ("look-alikes", "کتاب\u200cها", "كتابها"),
        ("look-alikes", "\u200fملك", "مَلِك"),
        ("look-alikes", "don't", "don’t"),
        ("look-alikes", "well\u2010known", "well-known"),
    ],
)
def test_the_rarer_way_of_writing_a_word_is_a_sign(sign, first, second):
    for words in ([first, second], [second, first]):
        found = signs_of(*words, "naïve", "naive", "على", "علي", "…", "...")
        assert {name: found[name] for name in ("Unicode forms", "vowel points", "look-alikes") if name in found} == {
            sign: words[1:]
        }
        assert "so one word has several vectors" in advise_on_cutting(find_signs(Vocabulary(words, [9, 1])), "words")[0]


@pytest.mark.parametrize(
    "cut, uncut",
    [
        (["我", "喜欢", "苹果", "的", "研究所"], ["我喜欢苹果", "他也喜欢", "苹果很好吃"]),
        (["私", "は", "本", "を", "読む", "コンピュータ"], ["私は本を読む", "コンピュータ"]),
        (["ครู", "อยู่", "ที่", "กรุงเทพ", "เชียงใหม่"], ["ครูอยู่ที่กรุงเทพ", "หมออยู่ที่เชียงใหม่"]),
        (["ཞི་མི", "ཁྱི", "ནང་ལ"], ["ཞི་མི་ཁང་པའི་ནང་ལ་འདུག་གི་ཡོད", "ཁྱི་དེ་ཁང་པའི་ནང་ལ་འདུག་གི་ཡོད"]),
        (["နေပြည်တော်", "တွင်", "သည်", "မန္တလေး"], ["ဆရာသည်မန္တလေးတွင်နေသည်", "ကလေးသည်ပုဂံတွင်နေသည်"]),
    ],
)
def test_text_that_was_cut_into_words_is_not_said_to_be_uncut(cut, uncut):
    def advice(words):
        return advise_on_cutting(find_signs(Vocabulary(words, [5] * len(words))), "whitespace")

    assert advice(cut) == []
    assert "writes no spaces" in advice(uncut)[0]
    rare = Vocabulary.from_counts({cut[0]: 6, cut[1]: 5} | dict.fromkeys(uncut, 4), min_count=5)
    assert "writes no spaces" in advise_on_cutting(find_signs(rare), "whitespace")[0]


def test_zero_width_spaces_are_told_with_what_splits_there():
    found = find_signs(Vocabulary(["သည်\u200bတွင်\u200bနေသည်ဆရာဝန်", "သည်"], [5, 4]))
    assert advise_on_cutting(found, "whitespace")[0].endswith("--tokenizer words splits there.")


def test_sessions_whose_items_are_joined_by_commas_are_told_with_the_tokenizer():
    corpus = Corpus.from_texts(["p1,p2,p3", "p2,p3,p4,p1"] * 9)
    (advice, *_) = examine(corpus).advice
    assert advice.startswith("100 % of the tokens are several words with ','") and "--tokenizer commas" in advice
    assert not any("all words of a sentence on one line" in line for line in examine(corpus).advice)
    assert "--tokenizer commas" in advise_on_words(corpus, are_items=True)[0]


def test_ids_that_became_one_word_are_told():
    (advice,) = advise_on_cutting(find_signs(Vocabulary(["0", "tea"], [9, 3])), "words")
    assert advice.startswith("75 % of the tokens are numbers (0)") and "leave it out" in advice
    (times,) = advise_on_cutting(find_signs(Vocabulary(["tea", "0"], [30, 9])), "words")
    assert "times or numbers of lines" in times
    assert advise_on_cutting(find_signs(Vocabulary(["tea", "0"], [90, 9])), "words") == []


def test_capitals_of_single_characters_are_no_fault():
    found = find_signs(Vocabulary(["C", "c", "O"], [9, 8, 7]))
    assert advise_on_cutting(found, "characters") == []
    assert "--tokenizer words folds case" in advise_on_cutting(found, "whitespace")[0]


def test_utf8_that_was_read_in_another_encoding():
    twice = [word.encode().decode(encoding) for word, encoding in (("café", "latin-1"), ("don’t", "cp1252"))]
    twice.append("“tea".encode().decode("latin-1"))
    assert (
        signs_of(*twice, "café", "Ünïcôdé", "Ã", "São", "£5", "don’t", "naïve»", "Đặng", "ÅÄÖ")["encoded twice"]
        == twice
    )
    vocabulary = Vocabulary(["tea", twice[0]], [900, 1])
    assert "0.1 % of the tokens are UTF-8 that was read in another" in " ".join(
        advise_on_cutting(find_signs(vocabulary), None)
    )
    assert not advise_on_cutting(find_signs(Vocabulary(["tea", twice[0]], [9000, 1])), None)
