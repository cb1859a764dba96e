"""Concordance lines as text: aligned, within their width, and harmless to a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.corpus.concordance import Concordance, Line
from wordvec.corpus.concordance.keyword_lines import NARROWEST, evidence_lines, keyword_lines
from wordvec.terminal import display_width

WORDS = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=12)
SIDES = st.lists(WORDS, max_size=30).map(" ".join)


@given(st.lists(st.builds(Line, SIDES, WORDS, SIDES, st.just(0), st.just(0)), max_size=6), st.integers(-5, 150))
def test_no_line_is_wider_than_asked_for(lines, width):
    for text in keyword_lines(lines, width):
        assert display_width(text) <= max(width, NARROWEST)


def test_keywords_stand_in_one_column_in_every_script():
    lines = [
        Line("a cup of", "tea", "please", 0, 0),
        Line("따뜻한", "홍차", "한 잔", 1, 1),
        Line("熱い", "お茶", "", 2, 2),
    ]
    texts = keyword_lines(lines, 60)
    starts = {display_width(text[: text.index(line.keyword)]) for text, line in zip(texts, lines)}
    assert len(starts) == 1


def test_whole_words_are_kept_and_cuts_are_shown():
    line = Line("one two three four five six", "here", "seven eight nine ten eleven", 0, 0)
    (text,) = keyword_lines([line], 40)
    assert text == "… four five six  here  seven eight …"


def test_controls_never_reach_the_terminal():
    line = Line("\x1b[31mred", "a\x07b", "\u202etxt \x9b1m", 0, 0)
    (text,) = keyword_lines([line], 80)
    assert text.isprintable()


def test_marked_words():
    (text,) = keyword_lines([Line("the old", "king", "wore the crown", 0, 0)], 80, marked=["crown"])
    assert text == "the old  king  wore the [crown]"


def test_evidence_as_text():
    sentences = ["cats drink milk", "dogs drink water", "cats chase mice", "dogs chase cats", "birds sing"]
    found = Concordance(Corpus.from_sentences([sentence.split() for sentence in sentences]))
    texts = evidence_lines(found.behind("cats", "dogs", limit=1), 80)
    assert texts == [
        "cats and dogs: once within 5 words of each other",
        "  [dogs] chase  cats",
        "contexts of both (2 in all), by their part in the similarity:",
        "  chase (2 near cats, 1 near dogs)",
        "    dogs [chase]  cats",
        "                  dogs  [chase] cats",
    ]
    nothing = evidence_lines(found.behind("birds", "milk"), 80)
    assert nothing == [
        "birds and milk: never within 5 words of each other",
        "birds and milk share no context that either meets more often than by chance",
    ]
