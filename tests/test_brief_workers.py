"""What workers of pytest-xdist tell of a test, and what they keep to themselves."""

from types import SimpleNamespace

import brief_workers
import pytest
import report


def made(when, passed=True, seconds=None):
    properties = [] if seconds is None else [(report.SECONDS, seconds)]
    return SimpleNamespace(when=when, passed=passed, user_properties=properties)


TOLD = [
    made("call"), made("call", passed=False), made("setup", passed=False), made("teardown", passed=False),
    made("teardown", seconds=report.SLOW + 0.1),
]  # fmt: skip


@pytest.mark.parametrize("index", range(len(TOLD)))
def test_results_faults_and_slow_tests_are_told(monkeypatch, index):
    reports, told = [made("setup"), TOLD[index], made("teardown", seconds=0.1)], []
    monkeypatch.setattr(brief_workers, "runtestprotocol", lambda item, nextitem, log: reports)
    hooks = SimpleNamespace(
        pytest_runtest_logreport=lambda report: told.append(report),
        pytest_runtest_logfinish=lambda nodeid, location: told.append(nodeid),
    )
    item = SimpleNamespace(nodeid="file::test", location=("file", 1, "test"), ihook=hooks)
    assert brief_workers.Brief().pytest_runtest_protocol(item, None)
    assert told == [TOLD[index], "file::test"]


@pytest.mark.parametrize(
    ("worker", "options", "is_brief"),
    [
        ("gw0", {}, True), (None, {}, False), ("gw0", {"verbose": 1}, False), ("gw0", {"durations": 5}, False),
        ("gw0", {"xmlpath": "results.xml"}, False),
    ],
)  # fmt: skip
def test_who_asks_for_all_gets_all(monkeypatch, worker, options, is_brief):
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    if worker:
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
    registered = []
    manager = SimpleNamespace(register=lambda plugin, name: registered.append(name))
    given = {"verbose": -1, "durations": None, "xmlpath": None} | options
    brief_workers.pytest_configure(SimpleNamespace(option=SimpleNamespace(**given), pluginmanager=manager))
    assert bool(registered) == is_brief
