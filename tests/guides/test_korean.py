"""The Korean guide works as it is written, from raw text to the method paragraph; without the extra, its first part."""

import unicodedata

import pytest
from guide_pages import run_page, shown_table


@pytest.mark.slow("the one test that goes from Korean text to figures and cited lines")
@pytest.mark.filterwarnings("ignore:.*fonts-noto-cjk")  # where no font has Hangul, figures are drawn all the same
def test_the_whole_path(tmp_path, monkeypatch, capsys):
    pytest.importorskip("kiwipiepy", reason="the tokenizer korean: the extra cjk")
    monkeypatch.chdir(tmp_path)
    names, printed = run_page("korean.md", capsys)
    assert [line.split()[6] for line in printed.splitlines() if line.startswith("* ")] == ["신호", "기차"]
    assert next(iter(names["changes"].found)).word == "신호"
    assert shown_table("korean.md").splitlines()[0] in printed  # its numbers are those of one version of Kiwi
    assert sum("  보  았다." in line for line in printed.splitlines()) == 3
    assert (tmp_path / "그림" / "01-신호.svg").is_file()
    assert "신호" in (tmp_path / "신호.csv").read_text(encoding="utf-8")
    assert "기차" in (tmp_path / "지도.svg").read_text(encoding="utf-8")  # letters stay letters
    card = unicodedata.normalize("NFC", (tmp_path / "방법.md").read_text(encoding="utf-8"))
    assert "문서 40건으로 이루어져 있다(1920년~1998년)" in card
    assert "토크나이저(‘korean’)로 나누었다" in card


def test_without_morphemes_particles_stay_with_their_noun(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names, printed = run_page("korean.md", capsys, before="--tokenizer korean")
    assert sorted(word for word in names["spaced"].vocabulary.words if word.startswith("신호")) == [
        "신호가",
        "신호는",
        "신호를",
        "신호와",
    ]
    assert sum("  신호를  " in line for line in printed.splitlines()) == 3
