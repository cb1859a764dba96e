"""A part of what scripts/fuzz.py does at length: every reader under damaged files, and faults that it must find."""

import os
import signal
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from fuzzing import loop, readers
from fuzzing.targets import Target, all_targets, expect

from wordvec.errors import InputError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and forks as Linux has them")
TARGETS = all_targets()
CASES = 25  # of each target: together about two seconds
SEED = 11


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "case" / "files"
    made.mkdir(parents=True)
    return made


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files_are_read_or_refused(name, folder):
    if name in ("parquet", "vectors-parquet"):
        pytest.importorskip("pyarrow")
    loop.attempt(TARGETS[name], loop.made(TARGETS[name], name, SEED, -1), folder, guarded=False)  # imports
    for case in range(CASES):
        files = loop.made(TARGETS[name], name, SEED, case)
        outcome, said = loop.attempt(TARGETS[name], files, folder)
        assert outcome != "fault", f"{said} (scripts/fuzz.py --seed {SEED} --target {name} --case {case})"
        assert not list(folder.iterdir())


def test_every_module_that_reads_files_has_a_target():
    listed = readers.READ_BY.keys() | readers.NOT_FUZZED.keys()
    found = readers.modules_that_read(Path(__file__).parents[2] / "wordvec")
    assert found - listed == set(), "list these in scripts/fuzzing/readers.py, with a target or a reason"
    assert listed - found == set(), "these read no files any more"
    assert {name for names in readers.READ_BY.values() for name in names} <= TARGETS.keys() | {"index"}  # needs faiss


def test_a_reader_that_nobody_listed_is_found(tmp_path):
    (tmp_path / "new.py").write_text("def read(path):\n    return json.loads(path.read_text())\n")
    (tmp_path / "other.py").write_text("def read(folder):\n    return Corpus.open(folder)\n")
    assert readers.modules_that_read(tmp_path) == {"new"}


def test_a_case_is_the_same_each_time():
    for name in ("npz", "pickle", "corpus-folder", "pairs"):
        assert loop.made(TARGETS[name], name, 3, 4) == loop.made(TARGETS[name], name, 3, 4)
        assert loop.made(TARGETS[name], name, 3, 4) != loop.made(TARGETS[name], name, 3, 5)


def _raise(folder):
    raise ZeroDivisionError("planted")


def _refuse_at_length(folder):
    error = InputError("short")
    error.args = ("two\nlines",)
    raise error


def _write_outside(folder):
    (folder.parent.parent / "outside").write_text("x")


def _run(folder):
    sys.audit("os.system", b"true")


PLANTED = {
    "exception": (_raise, "ZeroDivisionError: planted"),
    "inconsistent": (lambda folder: expect(False, "rows != words"), "Inconsistent"),
    "lines": (_refuse_at_length, "2 lines"),
    "outside": (_write_outside, "writes outside its folder"),
    "runs": (_run, "runs os.system"),
    "memory": (lambda folder: np.zeros(1 << 33, np.uint8), "MemoryError"),
    "crash": (lambda folder: os.kill(os.getpid(), signal.SIGKILL), "ends the process"),
    "hang": (lambda folder: [None for _ in iter(int, 1)], "takes more than"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_found_and_named(kind, tmp_path, monkeypatch):
    read, said = PLANTED[kind]
    monkeypatch.setattr(loop, "CASE_SECONDS", 0.05)
    monkeypatch.setattr(loop, "WARM_UP", 0)

    def read_at_three(folder):
        if (folder / "f").read_bytes() == b"3":
            read(folder)

    target = Target(lambda random: {}, read_at_three)
    monkeypatch.setattr(loop, "made", lambda target, name, seed, case: {"f": b"%d" % case})
    report = loop.Fuzz({"planted": target}, 1, tmp_path, tmp_path / "keep").run(0, 6)
    (found,) = report.faults.items()
    assert said in found[0] and (found[1]["case"], found[1]["number"]) == (3, 1)
    assert (tmp_path / "keep" / "planted-3" / "f").read_bytes() == b"3"
    assert report.cases == 6 - (kind == "crash")
    assert "--target planted --case 3" in report.summary()
    assert not (tmp_path / "outside").exists()


def test_files_are_made_from_the_generator_alone(monkeypatch):
    first = {name: target.make(Random(5)) for name, target in TARGETS.items()}
    monkeypatch.setattr(time, "time", lambda: 1e9)  # another day, for archives that note it
    for name, target in TARGETS.items():
        assert target.make(Random(5)) == first[name], name
