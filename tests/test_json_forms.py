"""What JSON from a file must look like, and what is said where it does not."""

import pytest

from wordvec.json_forms import COUNT, FLAG, NUMBER, OBJECT, TEXT, WHOLE, check_form, list_of, or_null

FORM = {"name": TEXT, "sizes": [COUNT], "of?": or_null(NUMBER), "words": {str: [TEXT]}}
RIGHT = {"name": "a", "sizes": [1, 0], "of": None, "words": {"x": ["y"]}, "later": 5}


def test_what_has_the_form_passes():
    check_form(RIGHT, FORM)
    check_form({name: value for name, value in RIGHT.items() if name not in ("of", "later")}, FORM)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"name": 3}, "name is 3, but text was expected"),
        ({"sizes": {}}, r"sizes is \{\}, but a list was expected"),
        ({"sizes": [1, -1]}, r"sizes\[1\] is -1, but a whole number was expected"),
        ({"sizes": [True]}, r"sizes\[0\] is true"),
        ({"sizes": [1.0]}, r"sizes\[0\] is 1.0"),
        ({"sizes": [2**63]}, r"sizes\[0\] is 9223372036854775808"),
        ({"of": float("nan")}, "of is NaN, but a number or null was expected"),
        ({"words": {"x": "y"}}, "words.x is \"y\", but a list was expected"),
        ({"words": {"x": [None]}}, r"words.x\[0\] is null"),
        ({"name": "x" * 999}, None),
        ({"words": {"x": [["y" * 999]]}}, r"words.x\[0\] is \[\"y{58}, but text was expected$"),
    ],
)  # fmt: skip
def test_the_part_that_is_wrong_is_named(change, message):
    value = {**RIGHT, **change}
    if message is None:
        check_form(value, FORM)
        return
    with pytest.raises(ValueError, match=f"^{message}"):
        check_form(value, FORM)


@pytest.mark.parametrize("value", [None, 3, "x", [], [RIGHT]])
def test_another_thing_than_an_object(value):
    with pytest.raises(ValueError, match=r"^it is .* but an object was expected"):
        check_form(value, FORM)


@pytest.mark.parametrize(
    "kind, fits, others",
    [
        (TEXT, ["", "a"], [None, 1, [], b"a"]),
        (COUNT, [0, 2**63 - 1], [-1, 2**63, True, 1.0, "1", None]),
        (WHOLE, [-(2**80), 0], [True, 1.0, None]),
        (NUMBER, [0, -1.5], [True, float("inf"), float("nan"), 2**63, "1"]),
        (FLAG, [True, False], [0, 1, None, "true"]),
        (OBJECT, [{}], [[], None, "{}"]),
        (list_of(WHOLE, "two years", 2), [[1850, 1900]], [[1850], [1, 2, 3], [1, None], "12", (1, 2)]),
    ],
)
def test_kinds(kind, fits, others):
    assert all(map(kind.fits, fits))
    assert not any(map(kind.fits, others))
