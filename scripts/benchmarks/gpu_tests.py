"""The tests that ask for a card, run by pytest in this process; failures are told one by one, as they come."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ASKS_FOR_A_CARD = re.compile(r"^ *def \w+\((?:[^)]*\W)?(?:xp|gpu)(?:\W[^)]*)?\)|mark\.gpu\b", re.MULTILINE)
WORKERS = 8


def files_with_gpu_tests(folder: Path = ROOT / "tests") -> list[Path]:
    """Test files that have the fixtures `xp` or `gpu`, or the mark: the others need not even be imported."""
    paths = sorted(folder.rglob("test_*.py"))
    return [path for path in paths if ASKS_FOR_A_CARD.search(path.read_text(encoding="utf-8"))]


class Tally:
    """A plugin of pytest's that counts. A file whose imports are not installed is no failure, but it is told."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self.tell, self.passed, self.failed = tell, 0, 0
        self.skipped: Counter[str] = Counter()
        self.missing: dict[str, str] = {}

    def pytest_collectreport(self, report: Any) -> None:
        if not report.failed or report.nodeid in self.missing:
            return
        lacks = re.search(r"ModuleNotFoundError: No module named '([\w.]+)'", str(report.longrepr))
        self.missing[report.nodeid] = lacks[1] if lacks else ""
        if not lacks:
            self._fail(report)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._fail(report)
        elif report.skipped:
            self.skipped[str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)] += 1
        elif report.when == "call":
            self.passed += 1

    def _fail(self, report: Any) -> None:
        self.failed += 1
        errors = [line for line in str(report.longrepr).splitlines() if line.startswith("E ")]
        self.tell(failed=f"{report.nodeid}: {(errors or [''])[0].lstrip('E ')[:160]}")

    def told(self) -> str:
        """All counts in a line."""
        parts = [f"{self.passed} passed", f"{self.failed} failed"]
        parts += [f"{count} skipped ({why})" for why, count in self.skipped.items()]
        parts += [f"{path} not run (no {module})" for path, module in self.missing.items() if module]
        return ", ".join(parts)


def run_tests(tell: Callable[..., None], paths: list[Path], workers: int) -> None:
    """Run what is marked `gpu` in these files and tell what came of it."""
    import pytest

    tally = Tally(tell)
    arguments = ["-m", "gpu", "--rootdir", str(ROOT), "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    if workers > 1 and importlib.util.find_spec("xdist"):
        arguments += ["-p", "xdist.plugin", "-n", str(workers)]
    pytest.main([*arguments, *map(str, paths)], plugins=[tally])
    tell(shown=tally.told(), passed=tally.passed, not_run=tally.missing)
    if not tally.passed:
        tell(failed="no test ran")
