import os
import subprocess
import sys
import warnings

import matplotlib
import numpy as np
import pytest

from wordvec.plots import fonts
from wordvec.plots.fonts import font_families

SAMPLES = {"Korean": "한국어", "Japanese": "ひらがな", "Chinese": "中文", "Thai": "ไทย"}


@pytest.fixture
def only_dejavu(monkeypatch):
    """As on a machine where nothing but matplotlib's own font is installed, in a process that has not warned yet."""
    installed = {name: path for name, path in fonts._installed().items() if name == "DejaVu Sans"}
    monkeypatch.setattr(fonts, "_installed", lambda: installed)
    monkeypatch.setattr(fonts, "_add_new_fonts", lambda: False)
    monkeypatch.setattr(fonts, "_warned", set())
    fonts._glyphs.cache_clear()
    yield
    fonts._glyphs.cache_clear()


def test_what_the_default_font_has_needs_no_other():
    assert font_families(["word", "слово", "λόγος", "", "two words"]) == ["DejaVu Sans"]
    assert font_families([]) == ["DejaVu Sans"]


@pytest.mark.parametrize("script", SAMPLES)
def test_a_missing_font_is_said_once_with_what_to_install(script, only_dejavu):
    label = SAMPLES[script]
    with pytest.warns(UserWarning, match=f"glyphs for {script} characters .*apt install fonts-noto") as caught:
        assert font_families(["word", label]) == ["DejaVu Sans"]
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        font_families([label])  # once was enough


def test_each_script_has_its_warning(only_dejavu):
    with pytest.warns(UserWarning, match="glyphs for") as caught:
        font_families(["한국어", "中文", "\U00012000"])  # the last is cuneiform
    assert [str(w.message).split("glyphs for ")[1].split(" (")[0] for w in caught] == [
        "Korean characters",
        "Chinese characters",
        "some characters",
    ]


def test_the_font_for_emoji_is_one_that_matplotlib_can_draw(only_dejavu):
    with pytest.warns(UserWarning, match=r"glyphs for emoji \(.*apt install fonts-symbola") as caught:
        font_families(["\U0001f355", "\U0001f44d\U0001f3fd"])
    assert len(caught) == 1


def test_a_font_that_has_the_glyphs_is_found_by_coverage():
    with matplotlib.rc_context({"font.family": "cmr10"}):  # comes with matplotlib and has no Cyrillic
        families = font_families(["слово"])
    assert families[0] == "cmr10"
    assert len(families) == 2
    assert not families[1].startswith("Last Resort")


def test_a_font_that_is_not_in_the_list_that_matplotlib_keeps_is_found(monkeypatch):
    """A font installed after matplotlib wrote its list; the one here comes with it and has glyphs of its own."""
    manager = matplotlib.font_manager.fontManager
    new = next(entry for entry in manager.ttflist if entry.fname.endswith("STIXNonUni.ttf"))  # the regular one
    monkeypatch.setattr(manager, "ttflist", [entry for entry in manager.ttflist if entry.name != new.name])
    monkeypatch.setattr(matplotlib.font_manager, "findSystemFonts", lambda: [new.fname, os.devnull])
    for cached in (fonts._installed, fonts._glyphs):
        cached.cache_clear()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert font_families(["\ue000"]) == ["DejaVu Sans", "STIXNonUnicode"]
    finally:
        for cached in (fonts._installed, fonts._glyphs):
            cached.cache_clear()


def test_fonts_of_a_script_come_before_others(monkeypatch):
    glyphs = {"DejaVu Sans": "abc", "Aaa Everything": "abc한中ひ", "Noto Sans CJK KR": "한中ひ", "Noto Sans SC": "中"}
    monkeypatch.setattr(fonts, "_installed", lambda: dict.fromkeys(glyphs, "file"))
    monkeypatch.setattr(fonts, "_glyphs", lambda family: frozenset(map(ord, glyphs[family])))
    assert font_families(["a한"]) == ["DejaVu Sans", "Noto Sans CJK KR"]
    assert font_families(["中"]) == ["DejaVu Sans", "Noto Sans SC"]
    assert font_families(["한中"]) == ["DejaVu Sans", "Noto Sans CJK KR"]
    del glyphs["Noto Sans CJK KR"]
    assert font_families(["ひ"]) == ["DejaVu Sans", "Aaa Everything"]


def test_an_installed_font_is_found_and_drawn_with(tmp_path, monkeypatch):
    from wordvec.plots import plot_map, save_figure
    from wordvec.vectors import WordVectors

    assert font_families(["한국어", "word"]) == ["DejaVu Sans", "Boxes"]
    monkeypatch.setitem(matplotlib.rcParams, "pdf.compression", 0)
    save_figure(plot_map(WordVectors(["한국", "日本", "中国"], np.eye(3))), tmp_path / "map.pdf")
    assert b"+Boxes" in (tmp_path / "map.pdf").read_bytes()


def test_an_old_matplotlib_cannot_set_arabic_and_says_so_once(monkeypatch):
    monkeypatch.setattr(fonts, "_warned", set())
    monkeypatch.setattr(matplotlib, "__version__", "3.10.3")
    with pytest.warns(UserWarning, match=r"3\.11 and later set them right") as caught:
        [font_families([word]) for word in ("word", "كتاب", "שלום")]
    assert len(caught) == 1
    monkeypatch.setattr(fonts, "_warned", set())
    monkeypatch.setattr(matplotlib, "__version__", "3.11.0")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        font_families(["كتاب"])


def test_missing_glyphs_are_told_once_and_not_by_matplotlib_too(only_dejavu, tmp_path):
    from wordvec.plots import plot_map, save_figure
    from wordvec.vectors import WordVectors

    with pytest.warns(UserWarning, match="apt install fonts-noto-cjk") as caught:
        save_figure(plot_map(WordVectors(["한국", "일본", "중국"], np.eye(3))), tmp_path / "map.png")
    assert len(caught) == 1


@pytest.mark.parametrize(
    "start, truetype",
    [
        (b"\x00\x01\x00\x00" + bytes(20), True),
        (b"OTTO" + bytes(20), False),
        (b"ttcf" + bytes(8) + (20).to_bytes(4, "big") + bytes(4) + b"OTTO", False),
        (b"ttcf" + bytes(8) + (20).to_bytes(4, "big") + bytes(4) + b"\x00\x01\x00\x00", True),
    ],
)
def test_the_kind_of_a_font_is_read_from_its_file(start, truetype, tmp_path, monkeypatch):
    (tmp_path / "font").write_bytes(start)
    monkeypatch.setattr(fonts, "_installed", lambda: {"Some Font": str(tmp_path / "font")})
    assert fonts.is_truetype("Some Font") == truetype


@pytest.mark.parametrize("truetype, kind", [(True, b"/CIDFontType2"), (False, b"/Type3")])
def test_pdf_embeds_truetype_only_where_all_fonts_are(truetype, kind, tmp_path, monkeypatch):
    from wordvec.plots import new_axes, save_figure

    monkeypatch.setattr("wordvec.plots.figure_file.is_truetype", lambda family: truetype)
    monkeypatch.setitem(matplotlib.rcParams, "pdf.compression", 0)
    axes = new_axes()
    axes.set_title("word")
    save_figure(axes, tmp_path / "title.pdf")
    content = (tmp_path / "title.pdf").read_bytes()
    assert (kind in content) and ((b"/Type3" in content) == (not truetype))


@pytest.mark.parametrize("drawn", ["new_axes()", "font_families(['a'])", "plot_matrix([[1]], ['a'], ['b'])"])
def test_a_backend_that_matplotlib_does_not_know_is_named(drawn):
    environment = os.environ | {"MPLBACKEND": "nonsense"}
    code = f"from wordvec.plots import *; {drawn}"
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert "OptionError: the variable MPLBACKEND is 'nonsense', which matplotlib does not know" in result.stderr
