"""What tests/plugins/surroundings.py promises: the same fonts and threads wherever the suite runs."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info


def test_libraries_of_matrices_use_one_thread():
    import numpy as np

    np.ones((2, 2)) @ np.ones((2, 2))
    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    assert all(library["num_threads"] == 1 for library in blas)


def test_no_font_of_this_machine_is_seen():
    from matplotlib import get_data_path
    from matplotlib.font_manager import findSystemFonts, fontManager

    assert findSystemFonts() == []
    others = [font for font in fontManager.ttflist if not font.fname.startswith(get_data_path())]
    assert [font.name for font in others] == ["Boxes"]


@pytest.mark.parametrize("name", ["COLUMNS", "HTTPS_PROXY", "https_proxy", "SOURCE_DATE_EPOCH", "PYTHONWARNINGS"])
def test_what_steers_programs_is_not_set(name):
    assert name not in os.environ


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_interrupts_come_through_in_a_suite_started_in_the_background():
    """A shell has background jobs ignore Ctrl-C."""
    found = subprocess.run(
        [sys.executable, "-c", "import signal, surroundings; print(signal.getsignal(signal.SIGINT).__name__)"],
        cwd=Path(__file__).with_name("plugins"), capture_output=True, text=True, check=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip
    assert found.stdout.strip() == "default_int_handler"


def test_temporary_files_lie_among_those_of_pytest(tmp_path_factory):
    program = "import tempfile; print(tempfile.gettempdir())"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert tempfile.gettempdir() == child
    assert Path(child).is_relative_to(tmp_path_factory.getbasetemp())
