import itertools

import pytest

from wordvec.errors import OptionError
from wordvec.plots.palette import FAINT, INK, MARKERS, PALETTE, contrast, group_styles, ink_on, text_colour

# Linear RGB -> what a reader without one kind of cone sees (Vienot, Brettel and Mollon 1999).
PROTANOPE = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
DEUTERANOPE = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))


def seen_by(colour, reader):
    linear = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    return [max(0.0, sum(a * b for a, b in zip(row, linear))) ** (1 / 2.2) for row in reader]


@pytest.mark.parametrize("reader", [PROTANOPE, DEUTERANOPE])
def test_colour_blind_readers_tell_the_colours_apart(reader):
    for a, b in itertools.combinations(PALETTE, 2):
        distance = sum((x - y) ** 2 for x, y in zip(seen_by(a, reader), seen_by(b, reader))) ** 0.5
        assert distance > 0.14, (a, b)


def test_the_check_catches_grey_beside_green():
    a, b = (seen_by(colour, DEUTERANOPE) for colour in ("#009E73", "#7F7F7F"))
    assert sum((x - y) ** 2 for x, y in zip(a, b)) ** 0.5 < 0.14


@pytest.mark.parametrize("colour", [*map(text_colour, PALETTE), INK, FAINT])
def test_small_text_can_be_read_on_white(colour):
    assert contrast(colour, "#FFFFFF") >= 4.5


@pytest.mark.parametrize("colour", [*PALETTE, "#FFFFFF", "#808080"])
def test_ink_on_a_colour_can_be_read(colour):
    assert contrast(ink_on(colour), colour) >= 4.5


def test_styles_are_all_different():
    styles = group_styles(len(PALETTE) * len(MARKERS))
    assert len(set(styles)) == 56
    with pytest.raises(OptionError, match="from 1 to 56"):
        group_styles(57)
