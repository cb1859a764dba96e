import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.plots import new_axes, save_figure
from wordvec.plots.fonts import least_widths
from wordvec.plots.label_artist import ink_beyond
from wordvec.plots.label_geometry import Coverage, distances, distances_from_lines, lines_cross, lines_meet_boxes
from wordvec.plots.labels import along, place_labels


def place(points, labels, rings=1, avoid=None, size=(4, 3)):
    axes = new_axes(*size)
    points = np.asarray(points, float)
    axes.scatter(points[:, 0], points[:, 1])
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.5, 1.5)
    n = len(labels)
    placed = place_labels(
        axes, points, labels, np.full(n, 8.0), ["#000000"] * n, np.full(n, 9.0), ["DejaVu Sans"], rings, avoid
    )
    return axes, placed


def extents(axes):
    renderer = axes.figure.canvas.get_renderer()
    return [text.get_window_extent(renderer) for text in axes.texts]


@settings(max_examples=8)
@given(
    points=st.lists(st.tuples(st.floats(-1.4, 1.4), st.floats(-1.4, 1.4)), min_size=1, max_size=40),
    rings=st.integers(1, 3),
    word=st.text("ilWMgj한", min_size=1, max_size=9),
)
def test_no_two_labels_overlap_wherever_the_points_are(points, rings, word):
    axes, placed = place(points, [word] * len(points), rings)
    boxes = extents(axes)
    assert len(placed) == len(boxes)
    for a, b in itertools.combinations(boxes, 2):
        assert not a.overlaps(b)
    for box in boxes:
        assert axes.bbox.x0 <= box.x0 <= box.x1 <= axes.bbox.x1
        assert axes.bbox.y0 <= box.y0 <= box.y1 <= axes.bbox.y1


def test_the_sieve_lets_through_every_label_that_fits(monkeypatch):
    rng = np.random.default_rng(3)
    points, labels = rng.normal(scale=0.7, size=(300, 2)), [f"w{i}" * (1 + i % 3) for i in range(300)]
    _, sieved = place(points, labels)
    monkeypatch.setattr("wordvec.plots.labels._Placer.may_fit", lambda self, numbers, least: iter(numbers.tolist()))
    _, all_tried = place(points, labels)
    assert [text.get_text() for text in sieved] == [text.get_text() for text in all_tried]
    assert 30 < len(sieved) < 300


def test_more_rings_place_more_labels_with_lines_to_their_points():
    points = np.column_stack([np.linspace(-0.1, 0.1, 30), np.zeros(30)])
    labels = [f"label{i}" for i in range(30)]
    near, first = place(points, labels)
    far, second = place(points, labels, rings=4)
    assert len(second) > len(first)
    assert not near.lines
    assert far.lines


@pytest.mark.parametrize("rings", [1, 3])
def test_no_label_covers_a_dot(rings):
    points = np.random.default_rng(5).normal(scale=0.6, size=(200, 2))
    axes, placed = place(points, ["word"] * 200, rings)
    assert 5 < len(placed) < 200
    radius = 1.5 * axes.figure.dpi / 72  # of dots of 9 square points
    boxes = np.array([box.extents for box in extents(axes)])
    assert (distances(boxes, axes.transData.transform(points)) > radius).all()


def painted(axes, artists):
    """The pixels that some artists alone make other than white, at 300 dots an inch; fewer than two thirds white."""
    figure = axes.figure
    figure.set_layout_engine("none")  # what is hidden below leaves its room
    for artist in axes.get_children():
        artist.set_visible(artist in artists)
    stream = io.BytesIO()
    figure.savefig(stream, format="rgba", dpi=300)
    height, width = (round(300 * inches) for inches in figure.get_size_inches()[::-1])
    return (np.frombuffer(stream.getvalue(), np.uint8).reshape(height, width, 4)[:, :, :3] < 200).any(axis=2)


@pytest.mark.parametrize("words", [("jaja", "fjord", "jump"), ("$j$", "Ĵ_j", "fff")])
def test_no_letter_touches_a_dot_another_label_or_a_line_as_drawn(words):
    """Letters reach beyond their boxes: the foot of a j lies left of it. So this looks at the pixels."""
    rng = np.random.default_rng(8)
    points = rng.normal(scale=0.3, size=(40, 2))
    axes, placed = place(points, [words[i % len(words)] for i in range(40)], rings=4)
    (dots,) = axes.collections
    dots.set_sizes([9.0])
    dots.set_linewidths(0)
    assert len(placed) > 25
    assert len(axes.lines) > 3
    of_dots, of_lines = painted(axes, [dots]), painted(axes, axes.lines)
    met = np.zeros_like(of_dots)
    for text in placed:
        ink = painted(axes, [text])
        assert ink.any()
        assert not (ink & of_dots).any()
        assert not (ink & met).any()
        assert not (ink & of_lines).any()
        met |= ink


@pytest.mark.parametrize("label, other", [("jaj", (0.6, 0.0)), ("ofof", (-0.9, 0.0))])
def test_the_foot_of_a_j_and_the_arm_of_an_f_touch_no_dot(label, other):
    axes = new_axes(4, 3)
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.5, 1.5)
    points = np.array([(0.0, 0.0), other])
    dots = axes.scatter(points[:, 0], points[:, 1], s=20.0, linewidths=0)
    large = np.full(2, 30.0)
    (text,) = place_labels(axes, points, [label, ""], large, ["#000000"] * 2, np.full(2, 20.0), ["DejaVu Sans"])[:1]
    assert (ink_beyond(text, 1000.0)[0] > 0.5) == (label[0] == "j")
    assert not (painted(axes, [text]) & painted(axes, [dots])).any()


def test_lines_to_labels_cross_no_label_no_other_line_and_no_dot():
    rng = np.random.default_rng(9)
    points = rng.normal(scale=0.25, size=(60, 2))
    axes, _ = place(points, [f"word{i}" for i in range(60)], rings=5)
    pixels = axes.transData.transform
    lines = np.array([pixels(np.column_stack(line.get_data())).ravel() for line in axes.lines])
    assert len(lines) > 5
    boxes = np.array([box.extents for box in extents(axes)])
    assert (lines_meet_boxes(lines, boxes).sum(axis=1) <= 1).all()  # that of its own label
    assert not lines_cross(lines, lines).any()
    near = distances_from_lines(lines, pixels(points)) < 1.5 * axes.figure.dpi / 72 - 1e-6
    starts = np.linalg.norm(pixels(points)[None] - lines[:, None, :2], axis=2)
    own = starts.argmin(axis=1)
    for line, met in enumerate(near):
        overlapping = np.linalg.norm(pixels(points) - pixels(points)[own[line]], axis=1) <= 3.0 * axes.figure.dpi / 72
        assert not (met & ~overlapping).any()


def test_labels_that_find_no_place_come_first_in_another_attempt(monkeypatch):
    points = np.array([[0.0, 0.0], [0.16, 0.0], [-0.16, 0.0], [0.0, 0.12], [0.0, -0.12], [0.1, 0.1], [-0.1, -0.1]])
    labels = ["middle", "eastern", "western", "northern", "southern", "northeast", "southwest"]
    _, placed = place(points, labels, rings=2, size=(2.2, 2.2))
    monkeypatch.setattr("wordvec.plots.labels.ATTEMPTS", 1)
    _, at_once = place(points, labels, rings=2, size=(2.2, 2.2))
    assert len(placed) >= len(at_once)
    assert len({text.get_text() for text in placed}) == len(placed)


def test_boxes_to_avoid_move_a_label():
    axes, (text,) = place([(0.0, 0.0)], ["word"])
    assert text.get_position()[0] > 0  # on the right, when nothing is in the way
    box = extents(axes)[0].extents
    _, (moved,) = place([(0.0, 0.0)], ["word"], avoid=np.array([box]))
    assert moved.get_position() != text.get_position()


def test_boxes_along_a_line_lie_on_it():
    axes, _ = place([(0.0, 0.0)], ["word"])
    boxes = along(axes, np.array([[[-1.0, -1.0], [1.0, 1.0]]]))
    ends = axes.transData.transform([(-1, -1), (1, 1)])
    np.testing.assert_allclose((boxes[[0, -1], :2] + boxes[[0, -1], 2:]) / 2, ends)


def test_letters_stay_letters_in_svg_and_have_a_halo(tmp_path):
    axes, _ = place([(0.0, 0.0), (0.5, 0.5)], ["<b>&", "word"])
    save_figure(axes, tmp_path / "labels.svg")
    svg = (tmp_path / "labels.svg").read_text(encoding="utf-8")
    assert "&lt;b&gt;&amp;</text>" in svg
    assert ">word</text>" in svg
    assert svg.count("stroke: #ffffff") >= 2


@given(boxes=st.lists(st.tuples(*[st.integers(-3, 12)] * 4), max_size=6), query=st.tuples(*[st.integers(-3, 12)] * 4))
def test_coverage_counts_pixels(boxes, query):
    width, height = 9, 7
    depth = np.zeros((height, width), int)
    for left, bottom, right, top in boxes:
        depth[max(bottom, 0) : max(top, 0), max(left, 0) : max(right, 0)] += 1
    left, bottom, right, top = (max(0, x) for x in query)
    expected = depth[bottom:top, left:right].sum()
    found = Coverage(np.array(boxes, float).reshape(-1, 4), width, height).within(np.array([query], float))
    assert found.tolist() == [expected]


def test_edges_within_a_pixel_do_not_cover_it():
    coverage = Coverage(np.array([[0.2, 0.2, 2.8, 2.8]]), 4, 4)
    assert coverage.within(np.array([[0.0, 0.0, 4.0, 4.0]])).tolist() == [1]


@pytest.mark.parametrize("label", ["i", "il", "word", "WWWW", "internationalisation", "Ünïcôde"])
def test_least_widths_are_below_the_measured_ones(label):
    axes, _ = place([(0.0, 0.0)], [label])
    (box,) = extents(axes)
    font_size = 8.0 * axes.figure.dpi / 72
    (least,) = least_widths([label])
    assert 0.6 * box.width / font_size - 0.3 < least <= box.width / font_size


def test_no_more_than_so_many_on_a_square_inch():
    axes = new_axes(4, 3)
    points = np.random.default_rng(3).normal(size=(50, 2))
    axes.scatter(points[:, 0], points[:, 1])
    labels = [f"w{i}" for i in range(50)]
    placed = place_labels(
        axes, points, labels, np.full(50, 8.0), ["#000000"] * 50, np.full(50, 9.0), ["DejaVu Sans"], density=0.6
    )
    inches = axes.bbox.width * axes.bbox.height / axes.figure.dpi**2
    assert [text.get_text() for text in placed] == labels[: int(np.ceil(0.6 * inches))]
    assert 5 <= len(placed) <= 8
