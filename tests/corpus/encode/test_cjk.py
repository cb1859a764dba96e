import builtins
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.corpus import Corpus, get_tokenizer
from wordvec.corpus.encode import cjk
from wordvec.corpus.encode.cjk import ANALYSERS, parts
from wordvec.corpus.encode.tokenizers import tokenize_lines, tokenizer_name
from wordvec.errors import MissingExtraError


@pytest.fixture(scope="module")
def korean():
    pytest.importorskip("kiwipiepy", reason="the tokenizer korean: the extra cjk")
    return get_tokenizer("korean")  # once: its model takes a second to load


@pytest.fixture(scope="module")
def japanese():
    pytest.importorskip("fugashi", reason="the tokenizer japanese: the extra cjk")
    pytest.importorskip("unidic_lite", reason="the dictionary of the tokenizer japanese: the extra cjk")
    return get_tokenizer("japanese")


@pytest.fixture(scope="module")
def chinese():
    pytest.importorskip("rjieba", reason="the tokenizer chinese: the extra cjk")
    return get_tokenizer("chinese")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("학생들이 학교에서 공부했다.", ["학생", "학교", "공부"]),
        ("밥을 먹었다. 밥을 먹으니 좋다!", ["밥", "먹다", "밥", "먹다", "좋다"]),
        ("고양이가 예쁘고 빠르게 달렸다", ["고양이", "예쁘다", "빠르다", "달리다"]),
        ("불가능한 경제적 문제", ["불가능", "경제적", "문제"]),
        ("깨끗한 물을 마시지 않는다", ["깨끗", "물", "마시다", "않다"]),
        ("그는 의사가 아니다", ["그", "의사", "아니다"]),
        ("2018년에 iPhone을 3.5% 샀다", ["2018", "년", "iPhone", "3.5", "사다"]),
        ("漢字와 α, 그리고 😀", ["漢字", "α", "그리고", "😀"]),
        (unicodedata.normalize("NFD", "김치찌개를 먹었다"), ["김치찌개", "먹다"]),
        ("", []),
        (" ... !", []),
    ],
)
def test_korean_content_words(korean, line, words):
    assert korean(line) == words


def test_korean_morphemes_are_written_forms(korean):
    assert get_tokenizer("korean-morphemes")("밥을 먹었다.") == ["밥", "을", "먹", "었", "다", "."]


@pytest.mark.parametrize(
    ("name", "line", "written"),
    [
        ("korean", "😀 학생들이 갔다. 공부했다, 불가능한 경제적 꿈을", "😀 학생 갔 공부 불가능 경제적 꿈"),
        ("korean-morphemes", "그는 갔다", "그 는 갔 갔 다"),
        ("japanese", "彼女は 東京で食べました。" * 3, "彼女 東京 食べ " * 3),
        ("japanese-morphemes", "彼女は 食べた。", "彼女 は 食べ た 。"),
        ("chinese", "我爱 北京，天安门。", "我 爱 北京 天安门"),
    ],
)
def test_places_of_tokens_in_their_line(name, line, written, request):
    analyser = request.getfixturevalue(name.split("-")[0]) and get_tokenizer(name)
    found = analyser.find(line)
    assert [token for token, _, _ in found] == analyser(line)
    assert [line[begin:end] for _, begin, end in found] == written.split()


def test_many_korean_lines_are_read_bit_by_bit_and_in_order(korean):
    read = []

    def lines():
        for number in range(2000):
            read.append(number)
            yield f"사과 {number}개"

    tokens = tokenize_lines(korean, lines())
    assert [next(tokens) for _ in range(3)] == [["사과", str(number), "개"] for number in range(3)]
    assert len(read) < 200
    assert sum(1 for _ in tokens) == 1997


def test_errors_of_the_lines_pass_through(korean):
    def lines():
        yield "사과"
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        list(tokenize_lines(korean, lines()))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("彼女は東京で寿司を食べました。", ["彼女", "東京", "寿司", "食べる"]),
        ("美しかったですね!", ["美しい"]),
        ("コンピューターを使っている", ["コンピューター", "使う", "いる"]),
        ("iPhoneを3円で買う　α☆", ["iPhone", "3", "円", "買う", "α"]),
        ("寿司\0東京", ["寿司", "東京"]),
        ("", []),
        ("　。", []),
    ],
)
def test_japanese_content_words(japanese, line, words):
    assert japanese(line) == words


def test_japanese_morphemes_are_written_forms(japanese):
    written = ["彼女", "は", "寿司", "を", "食べ", "まし", "た", "。"]
    assert get_tokenizer("japanese-morphemes")("彼女は 寿司を食べました。") == written


def test_a_japanese_line_of_any_length(japanese):
    sentence = "彼女は東京で寿司を食べました。"
    assert japanese(sentence * 5000) == ["彼女", "東京", "寿司", "食べる"] * 5000


@given(st.text(st.sampled_from("あ。 \nx")), st.integers(1, 9))
@settings(deadline=None)
def test_parts_are_the_line(line, longest):
    found = list(parts(line, longest))
    assert "".join(found) == line
    assert all(0 < len(part) <= longest for part in found) or line == ""
    whole = list(parts("。" * 100 + "あ。" * longest, 2 * longest))
    assert all(part.endswith("。") for part in whole)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("我爱北京天安门。", ["我", "爱", "北京", "天安门"]),
        ("价格是3.5元！ Python很好", ["价格", "是", "3.5", "元", "Python", "很", "好"]),
        ("", []),
        ("，\t。", []),
    ],
)
def test_chinese_words(chinese, line, words, capfd):
    assert chinese(line) == words
    assert capfd.readouterr() == ("", "")


def test_chinese_needs_no_cache_and_no_pickle(chinese):
    assert "jieba" not in sys.modules
    assert tokenizer_name(chinese) == "chinese"


def test_names_and_corpora(korean):
    assert tokenizer_name(korean) == tokenizer_name("korean") == "korean"
    corpus = Corpus.from_texts(["사과를 먹었다", "배를 먹는다"], tokenizer=korean, min_count=1)
    assert list(corpus.sentences()) == [["사과", "먹다"], ["배", "먹다"]]
    assert corpus.info["tokenizer"] == "korean"


@pytest.mark.parametrize("name", sorted(ANALYSERS))
def test_without_the_library_the_extra_is_named(name, monkeypatch):
    cjk._kiwi.cache_clear()
    real_import = builtins.__import__

    def without(module, *arguments, **options):
        if module in ("kiwipiepy", "fugashi", "rjieba"):
            raise ImportError(module)
        return real_import(module, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=rf"the tokenizer {name} needs .*wordvec\[cjk\]"):
        get_tokenizer(name)
