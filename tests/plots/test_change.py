"""The figure of a word over time."""

import pytest

from wordvec.errors import OptionError
from wordvec.plots.charts import plot_change
from wordvec.plots.figure import save_figure

PERIODS = ["1850s", "1860s", "1870s"]


def test_lines_bars_and_legend(tmp_path):
    cosines = {"prison": [0.9, 0.5, 0.1], "세포": [0.1, 0.4, 0.8], "$x$": [0.0, 0.0, -0.1]}
    axes = plot_change("cell", PERIODS, cosines, [10.0, 20.0, 5.0], note="q = 0.01", width=3.3, font_size=7)
    assert [line.get_ydata().tolist() for line in axes.lines] == list(cosines.values())
    assert len({(line.get_color(), line.get_marker()) for line in axes.lines}) == 3
    assert len({line.get_marker() for line in axes.lines}) == 3  # in grey, too
    bars = axes.figure.axes[1]
    assert [patch.get_height() for patch in bars.patches] == [10.0, 20.0, 5.0]
    assert [text.get_fontsize() for text in axes.get_legend().get_texts()] == [7.0] * 3
    assert axes.figure.get_size_inches()[0] == pytest.approx(3.3)
    save_figure(axes, tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "prison" in text  # letters, not outlines
    save_figure(plot_change("cell", PERIODS, cosines, [10.0, 20.0, 5.0], "q = 0.01", 3.3, 7), tmp_path / "b.svg")
    assert (tmp_path / "b.svg").read_text(encoding="utf-8") == text


def test_the_legend_covers_no_point():
    cosines = {f"word{number}": [0.1 * number, 0.5, 1.0] for number in range(8)}
    axes = plot_change("cell", PERIODS, cosines, [1.0, 2.0, 3.0])
    axes.figure.draw_without_rendering()
    legend, inside = axes.get_legend().get_window_extent(), axes.get_window_extent()
    assert legend.x0 >= inside.x1
    assert legend.x1 <= axes.figure.bbox.x1 + 1


@pytest.mark.parametrize("width", [2, 3.3, 6.5])
def test_the_note_is_whole_and_within_the_figure(width):
    note = "distance 0.06, halves 0.01, q = 0.008, from 1870s"
    axes = plot_change("cell", PERIODS, {"a": [0.1, 0.5, 0.9]}, [1.0, 2.0, 3.0], note, width, 8)
    axes.figure.draw_without_rendering()
    label = axes.figure.axes[1].xaxis.label
    assert label.get_text().split() == note.split()
    assert axes.figure.bbox.x0 <= label.get_window_extent().x0 <= label.get_window_extent().x1 <= axes.figure.bbox.x1


@pytest.mark.parametrize("width", [3.3, 6.5])
def test_no_text_covers_another(width):
    axes = plot_change(
        "인공지능", PERIODS, {"a": [0.1, 0.5, 0.9]}, [1.0, 2.0, 3.0], "distance 0.54, q = 0.008", width, 7
    )
    axes.figure.draw_without_rendering()
    bars = axes.figure.axes[1]
    texts = [axes.title, axes._left_title, axes.yaxis.label, bars.yaxis.label, bars.xaxis.label, axes.get_legend()]
    texts += bars.get_xticklabels()
    boxes = [text.get_window_extent() for text in texts if not hasattr(text, "get_text") or text.get_text()]
    assert len(boxes) == 8
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:number])


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((["1850s"], {"a": [1.0]}, [1.0]), "two periods or more"),
        ((PERIODS, {"a": [1.0, 2.0]}, [1.0] * 3), "two periods or more"),
        ((PERIODS, {}, [1.0] * 3), "from 1 to 8 words"),
        ((PERIODS, {"a": [1.0] * 3}, [1.0] * 3, "", 0.5), "width is 2 to 30"),
    ],
)
def test_what_cannot_be_drawn(arguments, message):
    with pytest.raises(OptionError, match=message):
        plot_change("cell", *arguments)
