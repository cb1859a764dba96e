"""Test ids that are the same on every machine, at any time and in any process, and readable in a terminal.

pytest builds an id from the values of ``parametrize``. Compressed bytes in one hold the time of day, and then two
workers collect different tests. So a value that is no short plain text appears in the id under its argument's name,
and an id that still depends on the process, or that no terminal shows whole, is refused.
"""

from __future__ import annotations

import re

import pytest

LONGEST_VALUE = 24  # characters of a text that becomes part of an id
LONGEST = 80  # characters between the brackets of an id
FAULTS = {
    "is not printable ASCII": re.compile(r"[^ -~]|\\[xun0-9t]"),
    "has the address of an object": re.compile(r"0x[0-9a-f]{5,}"),
    "is a value written as Python writes it, whose order or form may change": re.compile(r"[<{[]|object at"),
    f"is longer than {LONGEST} characters": re.compile(rf".{{{LONGEST + 1}}}", re.DOTALL),
}


def pytest_make_parametrize_id(config, val, argname):
    """The part of an id that stands for one value; None leaves it to pytest, which numbers what it cannot show."""
    if isinstance(val, re.Pattern):
        val = val.pattern
    if isinstance(val, bytes):
        return argname
    if isinstance(val, str):
        return _short(val) or argname
    return argname if getattr(val, "__name__", "") == "<lambda>" else None


def _short(text: str) -> str:
    """The words of a text, as many as fit; "" for a text that is not ASCII or has no words."""
    if not text.isascii():
        return ""
    if len(text) <= LONGEST_VALUE and re.fullmatch(r"[\w .,:=+-]*", text):
        return text
    words = "_".join(re.findall(r"\w+", text))
    return words if len(words) <= LONGEST_VALUE else words[:LONGEST_VALUE].rpartition("_")[0] or words[:LONGEST_VALUE]


def fault_of(nodeid: str) -> str | None:
    """What is wrong with a test's id, or None."""
    parameters = nodeid.partition("[")[2].removesuffix("]")
    return next((fault for fault, pattern in FAULTS.items() if pattern.search(parameters)), None)


def pytest_collection_modifyitems(items):
    faults = {item.nodeid: fault_of(item.nodeid) for item in items}
    lines = [f"{nodeid!a}: the id {fault}" for nodeid, fault in faults.items() if fault]
    if lines:
        more = f"\nand {len(lines) - 10} more" if len(lines) > 10 else ""
        raise pytest.UsageError("\n".join(lines[:10]) + more + "\ngive ids: pytest.param(..., id='what is special')")
