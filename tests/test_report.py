"""What stands below the results of a run."""

from types import SimpleNamespace

import report


class Terminal:
    def __init__(self, **stats):
        self.stats, self.lines = stats, []

    def section(self, title):
        self.lines.append(title)

    write_line = section


def skipped(nodeid, reason):
    return SimpleNamespace(nodeid=nodeid, longrepr=("file.py", 1, f"Skipped: {reason}"), when="setup")


def took(nodeid, seconds, *worth):
    properties = [*((report.WORTH, text) for text in worth), (report.SECONDS, seconds)]
    return SimpleNamespace(nodeid=nodeid, when="teardown", user_properties=properties)


def test_skips_are_counted_by_cause_each_test_once():
    tests = [skipped("a", "no compiler"), skipped("b", "no\n  browser"), skipped("c", "no compiler")]
    terminal = Terminal(skipped=[*tests, tests[0]])
    report.pytest_terminal_summary(terminal)
    assert terminal.lines == ["skipped, by cause", "    2 no compiler", "    1 no browser"]


def test_slow_tests_are_listed_with_what_they_are_worth():
    terminal = Terminal(passed=[], **{"": [took("a", 4.0, "all of it"), took("b", 2.9), took("c", 5.25)]})
    report.pytest_terminal_summary(terminal)
    assert terminal.lines[1:] == ["  5.2 c: says nothing about it", "  4.0 a: all of it"]


def test_a_run_without_either_says_nothing():
    terminal = Terminal(passed=[took("a", 0.1)])
    report.pytest_terminal_summary(terminal)
    assert terminal.lines == []


def test_the_clock_of_a_test_is_started(request):
    assert report.STARTED in request.node.stash
    assert report._seconds() >= request.node.stash[report.STARTED]
