import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus.encode.sentences import split_sentences


@pytest.mark.parametrize(
    "sentences",  # written with " | " where the line has a space and is split
    [
        "You say goodbye. | I say hello! | Why?",
        "Dr. Smith met Mrs. Jones vs. Prof. Brown in St. Louis. | They spoke.",
        "It costs 3.50 or 1,000.5 at shop.example.org. | Cheap.",
        "J. R. R. Tolkien and C.S. Lewis met. | The U.S. Army, e.g. Bob, i.e. him, etc. came at 5 p.m. and left.",
        "See No. 5, pp. 3 and Fig. 2. | He said no. | Then he left.",
        "1. Introduction comes first. | 2. Methods come next. | In 1990. | Then more.",
        '"Why?" he asked. | "Go!" she said. | (He went.) | [So did she.] | “Yes.” | ‘No.’',
        "Wait... what? | No… | He stopped… and went on. | What?! | Never!!! | The end...",
        "Yahoo! is a company. | It grew.",
        "Er kam im Mai. | „Ja!“ | Sagte er z. B. das? | Und d.h. Nein.",
        "M. Zola vint. | « Oui ! » | ¿Qué? | ¡Sí! | Él no vino.",
        "비가 왔다. | 우산이 없었다! | 3.5%였다. | 정말? | 네.",
        "हिन्दी है। | यह भी॥ | هل أنت هنا؟ | نعم.",
        "Не знаю. | А ты? | Г. Иванов пришёл.",
        "No end here",
        "a.b.c. D",
        "...",
        ". | A",
        "5.",
        "He is 5. | She is 6.",
    ],
)
def test_worked_by_hand(sentences):
    assert split_sentences(sentences.replace(" | ", " ")) == sentences.split(" | ")


@pytest.mark.parametrize(
    "sentences",  # without spaces between them
    [
        "東京は大きい。|人が多い！|本当？|はい。",
        "「行くよ。」と言った。|「行くよ。」、「うん。」|彼は去った。",
        "他说：“你好。”|然后走了。|真的吗？！|（是的。）|好",
    ],
)
def test_chinese_and_japanese_need_no_spaces(sentences):
    assert split_sentences(sentences.replace("|", "")) == sentences.split("|")


def test_white_space_alone_is_no_sentence():
    assert split_sentences("") == split_sentences(" \t\u3000") == []
    assert split_sentences("  One.   Two.  ") == ["One.", "Two."]


HOSTILE = st.text(st.sampled_from("aA1한あ .!?…。！」\"')(\t\u3000ß"), max_size=40)


@given(HOSTILE | st.text())
@settings(deadline=None)
def test_nothing_is_lost(line):
    sentences = split_sentences(line)
    assert "".join("".join(sentences).split()) == "".join(line.split())
    assert all(sentence and sentence == sentence.strip() for sentence in sentences)


@given(HOSTILE.map(lambda line: line.replace("。", "").replace("！", "")))
@settings(deadline=None)
def test_words_stay_whole_where_spaces_part_them(line):
    assert " ".join(split_sentences(line)).split() == line.split()
