"""The script that kills runs finds nothing here, and finds planted faults."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked")

PLANT = """
import contextlib, sys
import kill
from wordvec.corpus import storage

@contextlib.contextmanager
def write_in_place(folder, kind):
    for path in sorted(folder.glob("*")):
        kill.os.unlink(path)
    folder.mkdir(exist_ok=True)
    yield folder

if sys.argv.pop(1) == "planted":
    storage.replace_folder = write_in_place
sys.exit(kill.main())
"""


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-c", PLANT, *arguments], capture_output=True, text=True, check=False, cwd=SCRIPTS
    )


def test_aimed_kills_leave_all_files_intact():
    ended = run("as it is", "--kills", "12", "--verbs", "build")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "12 kills" in ended.stdout
    assert ended.stdout.strip().endswith("found: 0")


def test_a_folder_that_is_written_in_place_is_found():
    ended = run("planted", "--kills", "4", "--verbs", "build")
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "c is neither the earlier nor the new one" in ended.stdout
