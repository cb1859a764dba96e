"""One map with a slider: several models of one text over time."""

from __future__ import annotations

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.errors import InputError, OptionError, UnknownWordError
from wordvec.explorer import write_page
from wordvec.explorer.periods import make_periods
from wordvec.vectors import WordVectors

NAMES = ["1850s", "<i>1900s", "1950s"]


@pytest.fixture(scope="module")
def periods():
    """Three models of the same words, each turned; "cell" moves from prison to tissue, "gay" is new in the last."""
    rng = np.random.default_rng(5)
    words = [f"word{i}" for i in range(60)] + ["prison", "tissue", "cell"]
    rows = rng.normal(size=(63, 8)).astype(np.float32)
    models = []
    for step, name in enumerate(NAMES):
        turn = np.linalg.qr(np.random.default_rng(step).normal(size=(8, 8)))[0]
        rows[62] = rows[60 + (step > 1)] + 0.1
        new = ["gay"] * (step == 2)
        matrix = np.vstack([rows, np.ones((len(new), 8))]) @ turn
        models.append((name, WordVectors(words + new, matrix, np.arange(len(matrix), 0, -1) * 3)))
    return models


def test_turned_models_lie_on_one_plane(periods):
    first, second, third = make_periods(periods)
    assert [model.name for model in (first, second, third)] == NAMES
    np.testing.assert_allclose(first.points, second.points, atol=0.02)
    moved = np.linalg.norm(first.points[:62] - third.points[:62], axis=1)
    cell = [model.points[model.words.index("cell")] for model in (first, third)]
    assert moved.max() < 0.5 * np.linalg.norm(cell[0] - cell[1])
    assert (first.groups[:62] == third.groups[:62]).mean() > 0.9
    assert first.group_words == third.group_words
    assert "gay" in third.words
    assert "gay" not in first.words


def test_models_of_other_widths_and_with_words_asked_for(periods):
    narrow = WordVectors(periods[1][1].words, periods[1][1].matrix[:, :5])
    for first in (0, 1):  # the narrow one in the middle, and at the start
        named = [periods[0], ("narrow", narrow), periods[2]][first:]
        models = make_periods(named, words=["gay"], top=10)
        assert [len(model.words) for model in models] == [10, 10, 11][first:]
        assert [model.dim for model in models] == [8, 5, 8][first:]
        assert all(np.isfinite(model.points).all() for model in models)


def test_what_cannot_be_shown_over_time(periods):
    with pytest.raises(OptionError, match="shows 2 to 50 models; got 1"):
        make_periods(periods[:1])
    with pytest.raises(OptionError, match="one plane, which only PCA gives; got method 'tsne'"):
        make_periods(periods, method="tsne")
    with pytest.raises(UnknownWordError, match="cells"):
        make_periods(periods, words=["cells"])
    with pytest.raises(InputError, match=r"(share|no word is in)"):
        make_periods([periods[0], ("other", WordVectors(list("abcd"), np.eye(4, 8)))])


def test_commands_take_several_files(periods, tmp_path, capsys, plotly):
    files = []
    for name, (_, vectors) in zip("abc", periods):
        vectors.save(tmp_path / f"{name}.safetensors")
        files.append(str(tmp_path / f"{name}.safetensors"))
    out = str(tmp_path / "time.html")
    assert main(["plot", *files, "-o", out]) == 0
    assert "a: 63 words" in capsys.readouterr().out
    assert main(["plot", *files, "-o", str(tmp_path / "map.png")]) == 2
    assert "a map takes one FILE; got 3" in capsys.readouterr().err
    assert main(["plot", *files, "--beside", files[0], "-o", out]) == 2
    assert "several FILEs one map with a slider" in capsys.readouterr().err
    assert main(["explore", files[0], files[0], "--no-browser", "--port", "0"]) == 2
    assert "is named twice" in capsys.readouterr().err


@pytest.fixture(scope="module")
def time_page(tmp_path_factory, periods, plotly):
    path = tmp_path_factory.mktemp("page") / "time.html"
    write_page(path, periods, periods=True)
    return path


def test_the_slider_goes_through_the_periods(open_reader, time_page):
    reader = open_reader(time_page.as_uri(), offline=True)
    assert reader.text("#title") == "1850s – 1950s"
    assert reader.text("#period-name") == "1850s"
    reader.page.fill("#search-input", "cell")
    reader.page.press("#search-input", "Enter")
    reader.wait_for_word("cell")
    assert reader.neighbours()[0][0] == "prison"
    assert reader.texts("#neighbour-lists h3") == ["1850s"]
    trail = reader.page.evaluate("explorer.maps[0].trail.map(({ name }) => name)")
    assert trail == NAMES
    before = reader.place_of("cell")
    check_keys(reader)
    assert reader.neighbours()[0][0] == "tissue"
    assert reader.text("#announcement").startswith("cell: nearest in 1950s are tissue")
    assert np.hypot(*np.subtract(reader.place_of("cell"), before)) > 20
    check_a_word_of_one_period(reader)
    check_link(reader, open_reader)


def check_keys(reader):
    """The slider by arrows, and brackets anywhere."""
    reader.page.focus("#period")
    reader.page.keyboard.press("ArrowRight")
    reader.page.wait_for_function("document.querySelector('#neighbour-lists h3').textContent === '<i>1900s'")
    assert reader.page.locator("#period").get_attribute("aria-valuetext") == "<i>1900s"
    reader.page.locator(".map").focus()
    reader.page.keyboard.press("]")
    reader.page.wait_for_function("document.querySelector('#neighbour-lists h3').textContent === '1950s'")
    reader.page.keyboard.press("]")  # the last already
    assert reader.text("#period-name") == "1950s"


def check_a_word_of_one_period(reader):
    reader.page.evaluate("explorer.follow('gay')")
    reader.wait_for_word("gay")
    reader.page.keyboard.press("[")
    reader.page.wait_for_selector("#neighbour-lists .problem")
    assert "“gay” is not among the 63 words" in reader.text("#neighbour-lists .problem")


def check_link(reader, open_reader):
    reader.page.wait_for_function("location.hash.includes('1900s')")
    again = open_reader(reader.page.url, offline=True)
    assert again.text("#period-name") == "<i>1900s"
    assert again.state()["word"] == "gay"
