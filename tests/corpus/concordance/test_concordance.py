"""Lines of a word, of two words together, and of the contexts two words share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.corpus import Corpus
from wordvec.corpus.concordance import Concordance, Line, sort_lines
from wordvec.errors import CorpusError, OptionError, UnknownWordError

TEXT = """the king sat on the throne
the queen sat on the throne
the king and the queen wore a crown
a queen bee flew home
a king crab swam home
it rained on many other days of this long year"""


@pytest.fixture
def found():
    return Concordance(Corpus.from_sentences([line.split() for line in TEXT.split("\n")]))


def test_lines_of_a_word(found):
    lines = found.lines("king")
    assert [(line.left, line.right, line.sentence) for line in lines] == [
        ("the", "sat on the throne", 0),
        ("the", "and the queen wore a crown", 2),
        ("a", "crab swam home", 4),
    ]
    assert [found.corpus.ids[line.position] for line in lines] == [found.corpus.vocabulary.id("king")] * 3


def test_near_stays_within_window_and_sentence(found):
    assert found.count("king", near="queen", window=3) == 1
    assert found.count("king", near="queen", window=2) == 0
    assert found.count("throne", near="queen", window=9) == 1  # the first throne has a queen in the next sentence
    assert found.count("the", near="the", window=5) == 6
    assert found.count("king", near="king", window=50) == 0


def test_behind_two_words_that_meet_and_share_contexts(found):
    evidence = found.behind("king", "queen", limit=20)
    assert (evidence.together, len(evidence.lines)) == (1, 1)
    contexts = {shared.context for shared in evidence.shared}
    assert {"sat", "throne"} <= contexts
    assert evidence.contexts_shared == len(contexts)
    assert {"king", "queen"}.isdisjoint(shared.context for shared in evidence.shared)
    for shared in evidence.shared:
        assert shared.context in f"{shared.line_of_a.left} {shared.line_of_a.right}".split()
        assert shared.context in f"{shared.line_of_b.left} {shared.line_of_b.right}".split()
        assert (shared.line_of_a.keyword, shared.line_of_b.keyword) == ("king", "queen")
    assert sum(shared.part for shared in evidence.shared) == pytest.approx(evidence.similarity, rel=1e-12)
    assert 0 < evidence.similarity < 1


def test_behind_is_the_same_either_way_round(found):
    there, back = found.behind("king", "queen"), found.behind("queen", "king")
    assert [shared.context for shared in there.shared] == [shared.context for shared in back.shared]
    assert there.similarity == pytest.approx(back.similarity, rel=1e-12)
    assert there.together == back.together == 1


def test_long_sentences_are_shown_in_part():
    corpus = Corpus.from_sentences([[f"w{i}" for i in range(200)]])
    (line,) = Concordance(corpus).lines("w100")
    assert (line.left.split()[0], line.right.split()[-1]) == ("w70", "w130")


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=40), min_size=1), st.sampled_from("abc"))
def test_every_line_is_of_its_sentence(sentences, word):
    corpus = Corpus.from_sentences(sentences)
    expected = sum(sentence.count(word) for sentence in sentences)
    if not expected:
        return
    lines = Concordance(corpus).lines(word, limit=1000)
    assert len(lines) == expected
    for line in lines:
        whole = " ".join(sentences[line.sentence])
        assert " ".join(filter(None, (line.left, line.keyword, line.right))) in whole
        assert line.keyword == word


def test_same_seed_same_lines():
    found = Concordance(Corpus.from_sentences([["x", str(i)] for i in range(100)]))
    assert found.lines("x", limit=5, seed=1) == found.lines("x", limit=5, seed=1) != found.lines("x", limit=5, seed=2)
    evenly = [line.sentence for line in found.lines("x", limit=4)]
    assert evenly == [12, 37, 62, 87]


def test_sorting_by_the_nearest_words():
    texts = [("x b", "p q"), ("a c", "p a"), ("y a", "z"), ("", "")]
    lines = [Line(left, "w", right, number, number) for number, (left, right) in enumerate(texts)]
    assert [line.position for line in sort_lines(lines[::-1], "position")] == [0, 1, 2, 3]
    assert [line.position for line in sort_lines(lines, "left")] == [3, 2, 0, 1]
    assert [line.position for line in sort_lines(lines, "right")] == [3, 1, 0, 2]
    with pytest.raises(OptionError, match="position, left, right"):
        sort_lines(lines, "up")


def test_notes_tell_of_missing_words():
    corpus = Corpus.from_sentences([["a", "b", "a"], ["a", "c"]], min_count=2)
    (note,) = Concordance(corpus).notes
    assert "2 of 5 (2 different words; min_count is 2)" in note
    assert Concordance(Corpus.from_sentences([["a"]])).notes == []


def test_bad_input(found, tmp_path):
    with pytest.raises(UnknownWordError, match="knig"):
        found.lines("knig")
    with pytest.raises(UnknownWordError):
        found.lines("king", near="kween")
    for options in ({"window": 0}, {"limit": 0}, {"window": 1.5}, {"limit": True}, {"window": None}):
        with pytest.raises(OptionError, match="whole number"):
            found.lines("king", near="queen", **{"window": 5, "limit": 5} | options)
        with pytest.raises(OptionError, match="whole number"):
            found.behind("king", "queen", **{"window": 5, "limit": 5} | options)
    with pytest.raises(CorpusError, match="not a corpus folder"):
        Concordance.open(tmp_path)


def test_an_opened_corpus_gives_the_same_lines(found, tmp_path):
    found.corpus.save(tmp_path / "corpus")
    opened = Concordance.open(tmp_path / "corpus")
    assert opened.behind("king", "queen") == found.behind("king", "queen")
    assert (tmp_path / "corpus" / "positions").is_dir()


def test_a_star_stands_for_any_letters_of_words():
    corpus = Corpus.from_sentences([["he", "runs", "and", "ran"], ["running", "by", "runs"], ["a*b", "axb"]])
    found = Concordance(corpus)
    assert found.positions("run*").tolist() == [1, 4, 6]
    assert found.count("r*n*", near="h*", window=1) == 1
    assert found.positions("a*b").tolist() == [7]  # it is a word itself
    assert [line.keyword for line in found.lines("*ing")] == ["running"]
    with pytest.raises(UnknownWordError, match=r"x\*"):
        found.positions("x*")


def test_words_are_text(found):
    for ask in (found.count, found.positions, found.lines, lambda word: found.behind("king", word)):
        with pytest.raises(OptionError, match="must be text; got an object of type list"):
            ask(["king", "queen"])
