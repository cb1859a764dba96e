import numpy as np
import pytest

from wordvec.errors import OptionError
from wordvec.plots import new_axes, plot_map
from wordvec.vectors import WordVectors

VECTORS = WordVectors(["cat", "dog", "car", "bus"], np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0], [0.1, 0.9]]))


def test_a_map_is_as_wide_as_asked():
    assert plot_map(VECTORS, clusters=2, width_mm=85).figure.get_figwidth() * 25.4 == pytest.approx(85)


@pytest.mark.parametrize("width", [0, -85, 59.9, 1e9])
def test_a_width_out_of_range_is_refused(width):
    with pytest.raises(OptionError, match="width_mm must be from 60 to 1000 millimetres; got"):
        plot_map(VECTORS, clusters=1, width_mm=width)


def test_a_width_beside_given_axes_is_refused():
    with pytest.raises(OptionError, match="width_mm is for a new figure"):
        plot_map(VECTORS, clusters=1, width_mm=85, axes=new_axes())
