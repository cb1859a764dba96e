"""Plain types of arguments are checked alike by every public function of counts, evaluation and plots."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest

from wordvec.argument_types import EXPECTED, plain_value, typed
from wordvec.errors import ArgumentError, WordvecError


def plain_parameters(function):
    for name, parameter in inspect.signature(function).parameters.items():
        kinds = set(str(parameter.annotation).split(" | "))
        if kinds <= EXPECTED.keys():
            yield name, kinds


FUNCTIONS = {
    f"{room}.{name}": getattr(importlib.import_module(f"wordvec.{room}"), name)
    for room in ("counts", "evaluation", "plots")
    for name in sorted(importlib.import_module(f"wordvec.{room}").__all__)
    if inspect.isfunction(getattr(importlib.import_module(f"wordvec.{room}"), name)) and "hit_rate" not in name
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_wrong_types_are_told_before_anything_is_done(name):
    function = FUNCTIONS[name]
    for parameter, kinds in plain_parameters(function):
        for wrong in ([], {}, object(), b"", 1j, float("nan"), np.ones(2)):
            with pytest.raises(ArgumentError, match=f"{function.__name__}: {parameter} must be "):
                function(**{parameter: wrong})
        if "None" not in kinds:
            with pytest.raises(ArgumentError, match=f"got None: leave {parameter} out"):
                function(**{parameter: None})


@typed
def halved(number: int, name: str = "a", rate: float | None = None, *, exact: bool = False) -> tuple:
    """An example."""
    return number // 2, name, rate, exact


def test_good_values_pass_and_numpys_become_pythons():
    found = halved(np.int64(5), np.str_("b"), np.float32(0.5), exact=np.bool_(True))
    assert found == (2, "b", 0.5, True)
    assert list(map(type, found)) == [int, str, float, bool]
    assert halved(4, rate=1)[2] == 1
    assert list(inspect.signature(halved).parameters) == ["number", "name", "rate", "exact"]


def test_the_error_is_both_an_input_error_and_a_type_error():
    with pytest.raises(TypeError) as raised:
        halved("4")
    assert isinstance(raised.value, WordvecError)
    assert str(raised.value) == "halved: number must be a whole number; got '4', which is text: write number=4"


@pytest.mark.parametrize(
    "annotation", ["Array", "Sequence[str]", "str | os.PathLike[str]", int, inspect.Parameter.empty]
)
def test_other_annotations_are_left_alone(annotation):
    marker = object()
    assert plain_value("f", "x", annotation, marker) is marker
