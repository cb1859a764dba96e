import re

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.errors import OptionError
from wordvec.plots import plot_beside, plot_map, save_figure
from wordvec.vectors import WordVectors

COUNTS = np.array([900, 500, 40, 1])
VECTORS = WordVectors(["cat", "dog", "car", "bus"], np.eye(4)[:, :3] + 0.1, counts=COUNTS)


def test_the_legend_shows_the_smallest_and_the_largest_dot():
    axes = plot_map(VECTORS, clusters=1)
    (points,) = axes.collections
    legend = axes.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["seen 1 time", "seen 900 times"]
    sizes = [handle.get_markersize() ** 2 for handle in legend.legend_handles]
    assert sizes == pytest.approx([points.get_sizes().min(), points.get_sizes().max()])


@pytest.mark.parametrize("vectors, options", [
    (VECTORS, {"sizes": "equal"}),
    (WordVectors(VECTORS.words, VECTORS.matrix), {}),  # without counts there is nothing to show
    (WordVectors(VECTORS.words, VECTORS.matrix, counts=np.full(4, 7)), {}),
])  # fmt: skip
def test_dots_are_equal_where_nothing_explains_their_sizes(vectors, options):
    axes = plot_map(vectors, clusters=1, **options)
    assert len(set(axes.collections[0].get_sizes())) == 1
    assert len({text.get_fontsize() for text in axes.texts}) == 1
    assert axes.get_legend() is None


def test_one_font_size_scales_all_letters():
    axes = plot_map(VECTORS, clusters=2, font_size=12, sizes="equal")
    assert {text.get_fontsize() for text in axes.texts} == {12.0}
    assert {text.get_fontsize() for text in axes.get_legend().get_texts()} == {12.0}
    assert axes.title.get_fontsize() >= 12
    assert axes.xaxis.label.get_fontsize() == pytest.approx(0.94 * 12)
    labels = [text.get_fontsize() for text in plot_map(VECTORS, clusters=2, font_size=12).texts]
    assert 0.8 * 12 <= min(labels) < max(labels) <= 1.2 * 12


@pytest.mark.parametrize("options, message", [
    ({"font_size": 3.9}, "font_size must be from 4 to 30 points; got 3.9"),
    ({"font_size": float("nan")}, "font_size must be a number; got nan"),
    ({"sizes": "rank"}, "sizes must be one of count, equal; got 'rank'"),
])  # fmt: skip
def test_sizes_out_of_range_are_refused(options, message):
    with pytest.raises(OptionError, match=message):
        plot_map(VECTORS, **options)


def test_a_note_too_wide_for_the_figure_stands_below_the_title():
    wide, narrow = (plot_map(VECTORS, clusters=1, width_mm=width) for width in (180, 60))
    assert not wide.get_title(loc="left").endswith("\n")
    assert narrow.get_title(loc="left").endswith("\n")


def test_all_letters_of_svg_and_pdf_are_text(tmp_path):
    axes = plot_map(VECTORS, clusters=2)
    save_figure(axes, tmp_path / "map.svg")
    save_figure(axes, tmp_path / "map.pdf")
    svg = (tmp_path / "map.svg").read_text(encoding="utf-8")
    said = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert {*VECTORS.words, "seen 900 times", axes.get_title(loc="left").strip()} <= {each.strip() for each in said}
    assert b"/Type3" not in (tmp_path / "map.pdf").read_bytes()


def test_the_command_takes_them(tmp_path, capsys):
    VECTORS.save(tmp_path / "v.safetensors")
    plot = ["plot", str(tmp_path / "v.safetensors"), "-o", str(tmp_path / "map.png")]
    assert main([*plot, "--clusters", "2", "--font-size", "7", "--sizes", "equal", "--width-mm", "85"]) in (None, 0)
    assert main([*plot, "--font-size", "99"]) == 2
    assert "font_size must be from 4 to 30 points; got 99" in capsys.readouterr().err
    assert main([*plot, "--beside", str(tmp_path / "v.safetensors"), "--width-mm", "90"]) == 2
    assert "--width-mm does not apply to --beside" in capsys.readouterr().err


def test_letters_beside_each_other_take_the_size_asked_for():
    left, right = plot_beside(VECTORS, VECTORS, clusters=2, font_size=12.0)
    sizes = {text.get_fontsize() for text in right.texts if text.get_text()[:4] == "mean"}
    assert sizes == {12.0}
    assert {text.get_fontsize() for text in left.get_legend().get_texts()} == {12.0}
    with pytest.raises(OptionError, match="font_size must be from 4 to 30"):
        plot_beside(VECTORS, VECTORS, font_size=50.0)
