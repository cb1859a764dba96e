import gzip
import re

import pytest
import stable_ids


@pytest.mark.parametrize(
    "value, part",
    [
        (gzip.compress(b"x"), "value"),
        (b"plain", "value"),
        ("word2vec-text", "word2vec-text"),
        ("two words", "two words"),
        ("line 1: got 'x'\n", "line_1_got_x"),
        ("a" * 200, "a" * stable_ids.LONGEST_VALUE),
        ("one word after another until it is too long", "one_word_after_another"),
        ("한국", "value"),
        ("\x00", "value"),
        ("", ""),
        (re.compile("a.*b"), "a_b"),
        (lambda: 0, "value"),
        (gzip.compress, None),
        (3, None),
        ([1], None),
    ],
    ids=range(15),
)
def test_the_part_of_an_id_for_a_value(value, part):
    got = stable_ids.pytest_make_parametrize_id(None, value, "value")
    assert got == part or (part == "" and got == "value")


@pytest.mark.parametrize(
    "parameters, fault",
    [
        ("x-1.5-two words", None),
        ("\\x1f\\x8b\\x08", "is not printable"),
        ("\\ud55c\\uad6d", "is not printable"),
        ("한국", "is not printable"),
        ("at 0x7f3a2c", "address"),
        ("{'a': 1}", "as Python writes it"),
        ("<function f>", "as Python writes it"),
        ("x" * 81, "longer than 80"),
    ],
    ids=range(8),
)
def test_ids_that_are_refused(parameters, fault):
    found = stable_ids.fault_of(f"tests/test_x.py::test_y[{parameters}]")
    assert (fault is None and found is None) or fault in found


def test_a_suite_with_such_an_id_is_refused():
    class Item:
        nodeid = "tests/test_x.py::test_y[\\x1f\\x8b]"

    with pytest.raises(pytest.UsageError, match=r"test_y.*is not printable ASCII\ngive ids"):
        stable_ids.pytest_collection_modifyitems([Item])
