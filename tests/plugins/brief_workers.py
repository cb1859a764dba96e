"""A worker of pytest-xdist sends three messages for a test, not six.

Packing and reading the others took 0.7 ms of processor time for each of ten thousand tests. Left out is what nobody is
shown: that a test begins, and that its fixtures were made and taken down without fault or delay. With -v, --durations
or --junit-xml, which use them, all are sent.
"""

from __future__ import annotations

import os

import pytest
from _pytest.runner import runtestprotocol
from report import SECONDS, SLOW


def is_shown(report) -> bool:
    """Whether the results, or what stands below them, have something of this report."""
    return report.when == "call" or not report.passed or dict(report.user_properties).get(SECONDS, 0) > SLOW


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    options = config.option
    if "PYTEST_XDIST_WORKER" in os.environ and not (options.verbose > 0 or options.durations or options.xmlpath):
        config.pluginmanager.register(Brief(), "brief worker")


class Brief:
    """pytest's own protocol of a test, except for what it reports."""

    def pytest_runtest_protocol(self, item, nextitem):
        for report in runtestprotocol(item, nextitem=nextitem, log=False):
            if is_shown(report):
                item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True
