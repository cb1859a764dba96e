"""What stands below the results: what was skipped, by cause; and where the time went, with what it is worth.

A test that takes more than SLOW seconds of processor time says what it is worth: ``@pytest.mark.slow("...")``.
Processor time, of child processes too, is much the same on a busy machine and on a quiet one.
"""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest

SLOW = 3.0  # seconds
SECONDS, WORTH = "seconds of processor time", "worth"


def pytest_configure(config):
    config.addinivalue_line("markers", f"slow(worth): takes over {SLOW:.0f} s; what it is worth is said at the end")


def pytest_collection_modifyitems(items):
    for item in items:
        for mark in item.iter_markers("slow"):
            item.user_properties.append((WORTH, mark.args[0]))


def _seconds() -> float:
    return sum(os.times()[:4])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.stash[STARTED] = _seconds()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "teardown" and STARTED in item.stash:
        report.user_properties.append((SECONDS, _seconds() - item.stash[STARTED]))
    return report


STARTED = pytest.StashKey[float]()


def pytest_terminal_summary(terminalreporter):
    reports = {report.nodeid: report for report in terminalreporter.stats.get("skipped", [])}
    causes = Counter(_cause(report) for report in reports.values())
    if causes:
        terminalreporter.section("skipped, by cause")
        for cause, tests in causes.most_common():
            terminalreporter.write_line(f"{tests:5} {cause}")
    slow = sorted(_slow_tests(terminalreporter), reverse=True)
    if slow:
        terminalreporter.section(f"over {SLOW:.0f} s of processor time, and what it is worth")
        for seconds, nodeid, worth in slow:
            terminalreporter.write_line(f"{seconds:5.1f} {nodeid}: {worth}")


def _cause(report) -> str:
    """Why a test was skipped, in one line, the same for all tests of one cause."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return re.sub(r"^Skipped: ", "", " ".join(reason.split()))


def _slow_tests(terminalreporter):
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            properties = dict(getattr(report, "user_properties", ()))
            if getattr(report, "when", "") == "teardown" and properties.get(SECONDS, 0) > SLOW:
                yield properties[SECONDS], report.nodeid, properties.get(WORTH, "says nothing about it")
