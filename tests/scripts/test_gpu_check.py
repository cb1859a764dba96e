"""gpu_check.sh without a card: its rehearsal, how parts end, and the arithmetic of what they tell."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EN17M = "c889866f7793ce2dd6c1c1c73b885a6964836c756f416959a772f4c551f36a7b"


@pytest.fixture(autouse=True)
def scripts_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))


def module(name):
    return importlib.import_module(f"benchmarks.{name}")


@pytest.fixture
def log(tmp_path):
    return module("runs").Log(tmp_path / "results", "gpu-check", {"corpus": None})


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def outcomes_in(text):
    """Outcome by part, from the table."""
    rows = [[cell.strip() for cell in line.split("|")[1:]] for line in text.splitlines()[2:]]
    return {row[0]: row[1] for row in rows if row[0]}


# -- the whole


@pytest.mark.slow("the prepared command itself, every part of it, as whoever is lent a card will run it")
def test_the_rehearsal_passes(tmp_path):
    if not (shutil.which("g++") and shutil.which("bash")):
        pytest.skip("the rehearsal needs bash, and g++ for the stand-in for cupy")
    command = ["bash", str(ROOT / "scripts" / "gpu_check.sh"), "--rehearse", "--results", str(tmp_path)]
    environment = os.environ | {"PYTHON": sys.executable}
    done = subprocess.run([*command, "--commit", "abc"], env=environment, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = outcomes_in(done.stdout)
    may_be_missing = {"library", "cpu", "torch"}
    assert list(found) == list(module("gpu_check").LIMITS)
    assert {part: how for part, how in found.items() if how != "passed"}.keys() <= may_be_missing
    assert "3 passed" in done.stdout or "4 passed" in done.stdout
    (path,) = tmp_path.glob("*gpu-check-rehearsal.jsonl")
    lines = lines_of(path)
    assert {line["part"] for line in lines if line["kind"] == "gpu-part"} == set(found)
    measured = [line for line in lines if line["kind"] in ("gpu-rate", "gpu-ceilings", "quality")]
    assert {line["kind"] for line in measured} == {"gpu-rate", "gpu-ceilings", "quality"}
    for line in measured:
        assert line["git"]["commit"] == "abc"
        assert line["machine"]["cores"] >= 1
        assert "numpy" in line["versions"]
        assert len(line["corpus"]["sha256"]) == 64
        assert line["card"].startswith("Stand-in")


def test_a_part_that_fails_is_told_and_does_not_stop_the_others(tmp_path):
    """Without g++ the stand-in has no kernels: parity fails, questions need none."""
    arguments = ["--rehearse", "--parts", "parity", "queries", "--results", str(tmp_path)]
    settings = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]), "PATH": str(tmp_path)}
    settings["WORDVEC_TESTS_COMPILED"] = str(tmp_path / "nothing-compiled")
    command = [sys.executable, "-m", "benchmarks.gpu_check", *arguments]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    found = outcomes_in(done.stdout)
    assert (found["parity"], found["queries"]) == ("FAILED", "passed")
    assert "'g++'" in done.stdout
    assert "parity (FAILED)" in done.stderr


def test_without_a_card_there_is_nothing_to_measure(tmp_path):
    """Not even a file is left, and the line says why."""
    settings = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "scripts")]), "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-m", "benchmarks.gpu_check", "--results", str(tmp_path)]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert outcomes_in(done.stdout) == {"card": "FAILED"}
    assert "device 'gpu'" in done.stdout
    assert not list(tmp_path.iterdir())


def test_limits_leave_the_whole_under_eight_minutes():
    check = module("gpu_check")
    assert sum(check.LIMITS.values()) <= 470
    assert check.LIMITS.keys() == module("gpu_parts").parts().keys()
    assert tuple(check.LIMITS)[: len(check.FOUNDATIONS)] == check.FOUNDATIONS


# -- how a part ends


def run_shell(log, script, limit=60.0):
    return module("gpu_check").run_part("part", ["sh", "-c", script], limit, log)


@pytest.mark.parametrize(
    ("script", "status", "found"),
    [
        ("""echo '{"shown": "fast"}'""", "passed", ["fast"]),
        ("""echo '{"skipped": "needs torch"}'""", "skipped", ["needs torch"]),
        ("""echo '{"failed": "wrong"}'; echo '{"shown": "right"}'""", "FAILED", ["wrong", "right"]),
        ("""echo '{"shown": "half"}'; echo 'the reason' >&2; exit 3""", "FAILED", ["half", "the reason"]),
        ("""kill -9 $$""", "FAILED", ["exit status -9"]),
        ("""echo '{"failed": "wrong"}'; echo '{"skipped": "rest"}'""", "FAILED", ["wrong", "rest"]),
    ],
    ids=["passed", "skipped", "failed", "crashed with words", "killed", "failed then skipped"],
)
def test_how_a_part_ends(log, script, status, found):
    outcome = run_shell(log, script)
    assert (outcome.status, outcome.found) == (status, found)
    assert lines_of(log.path)[-1]["outcome"] == status


def test_a_part_out_of_time_is_not_passed_and_keeps_what_it_measured(log, tmp_path):
    """What it has started is ended with it."""
    outcome = run_shell(
        log, f"""echo '{{"shown": "half"}}'; printf '{{"sho'; sleep 600 & echo $! >{tmp_path}/pid; wait""", 2
    )
    assert outcome.status == "NOT FINISHED"
    assert outcome.found == ["half", "stopped after its 2 seconds"]
    assert not outcome.is_good
    assert [line["kind"] for line in lines_of(log.path)] == ["gpu-part", "gpu-part"]
    process = Path("/proc") / (tmp_path / "pid").read_text().strip() / "cmdline"
    assert not process.exists() or process.read_bytes() == b""


def test_what_is_common_goes_to_all_later_lines(log):
    run_shell(log, """echo '{"common": {"card": "Some card", "corpus": {"sha256": "12"}}, "kind": "k", "rate": 5}'""")
    first, last = lines_of(log.path)
    assert (first["kind"], first["rate"], first["card"]) == ("k", 5, "Some card")
    assert last["corpus"] == {"sha256": "12"}


def test_long_lists_are_shortened_in_the_table():
    check = module("gpu_check")
    outcome = check.Outcome("tests", "FAILED", 3.0, [f"line {number}" for number in range(30)])
    told = check.outcome_table([outcome])
    assert "line 11 " in told
    assert "line 12 " not in told
    assert "... 17 more lines ..." in told
    assert "line 29 " in told


# -- the tests of the card


def test_every_file_with_a_test_for_a_card_is_found(request):
    """Of what was collected here: all, where the whole suite is run."""
    found = set(module("gpu_tests").files_with_gpu_tests())
    expected = {item.path for item in request.session.items if item.get_closest_marker("gpu")}
    assert expected <= found
    assert ROOT / "tests" / "kernels" / "test_gpu.py" in found
    assert ROOT / "tests" / "test_arrays.py" in found
    assert ROOT / "tests" / "corpus" / "test_corpus.py" not in found


def report(nodeid, outcome="passed", when="call", longrepr=None):
    facts = {name: name == outcome for name in ("passed", "failed", "skipped")}
    return SimpleNamespace(nodeid=nodeid, when=when, longrepr=longrepr, **facts)


def test_tests_are_counted():
    told = []
    tally = module("gpu_tests").Tally(lambda **facts: told.append(facts))
    for when in ("setup", "call", "teardown"):
        tally.pytest_runtest_logreport(report("a", when=when))
    tally.pytest_runtest_logreport(report("b", "skipped", "setup", ("file", 1, "Skipped: why")))
    tally.pytest_runtest_logreport(report("c", "failed", longrepr="x = 1\nE   assert 1 == 2\nE   more"))
    missing = "E   ModuleNotFoundError: No module named 'scipy'"
    for _ in range(2):  # pytest-xdist: one from each worker
        tally.pytest_collectreport(report("d.py", "failed", longrepr=missing))
        tally.pytest_collectreport(report("e.py", "failed", longrepr="E   SyntaxError: invalid"))
    assert tally.told() == "1 passed, 2 failed, 1 skipped (Skipped: why), d.py not run (no scipy)"
    assert [facts["failed"] for facts in told] == ["c: assert 1 == 2", "e.py: SyntaxError: invalid"]


# -- parts


def make_job(tmp_path, told):
    return module("gpu_job").Job(tmp_path, True, False, 0.0, lambda **facts: told.append(facts))


@pytest.mark.parametrize("fault", [None, {"negatives": 4}, {"seed": 6}], ids=["no fault", "negatives", "other draws"])
def test_parity_fails_where_the_kernel_trains_otherwise(gpu_standin, monkeypatch, tmp_path, fault):
    from dataclasses import replace

    from wordvec.kernels import gpu

    told = []
    if fault:
        train = gpu.train_cbow
        monkeypatch.setattr(
            gpu, "train_cbow", lambda *given, **options: train(*given[:3], replace(given[3], **fault), **options)
        )
    module("gpu_rates").parity(make_job(tmp_path, told))
    assert [facts["model"] for facts in told if "failed" in facts] == (["cbow"] if fault else [])
    assert len(told) == 2


def test_what_the_card_allows_by_hand():
    """222 x 100 FLOP and 14 rows of 400 bytes for a kept centre; half of the words are kept."""
    ceilings = {"copy": 5.6e12, "l2_gather": 1.12e13, "sgemm": 2.22e13}
    allowed = module("gpu_rates").allowed_words("skipgram", 100, 0.5, ceilings)
    assert allowed == pytest.approx({"float32 products": 2e9, "L2": 4e9, "memory": 2e9})


def test_a_missing_package_skips_the_part():
    job = module("gpu_job")
    with pytest.raises(job.Skipped, match="needs no_such_package, which is not installed"):
        job.needs("numpy", "no_such_package")


def test_without_a_text_the_reason_is_told(tmp_path):
    with pytest.raises(SystemExit, match="part corpus did not get that far"):
        make_job(tmp_path, []).corpus()


def test_scores_are_compared_with_those_of_the_cpu_on_the_same_text():
    scores = module("gpu_scores")
    found = scores.reference(EN17M)
    assert Counter((line["contender"], line["model"], line["role"]) for line in found) == {
        (contender, model, "peer"): 3 for contender in ("gensim", "wordvec") for model in ("skipgram", "cbow")
    }
    own = {**found[1], "contender": "wordvec-gpu", "role": "own"}
    assert "skipgram 100, wordvec-gpu against wordvec's 95 % interval: WordSim-353 inside" in "\n".join(
        scores.verdicts([own, *found])
    )
    assert scores.reference("0" * 64) == []


# -- the text


def test_the_made_text_is_zipfs_and_the_same_for_a_seed(tmp_path):
    gpu_text = module("gpu_text")
    for name in ("a", "b"):
        gpu_text.write_zipf(tmp_path / name, 50_000, 100)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    words = Counter((tmp_path / "a").read_text(encoding="ascii").split())
    assert words.total() == 50_000
    harmonic = (1 / np.arange(1, 101)).sum()
    for rank in (1, 2, 10):
        assert words[f"w{rank}"] == pytest.approx(50_000 / rank / harmonic, rel=0.1)
    assert len(words) == 100


def test_the_real_text_is_taken_where_it_is(tmp_path, monkeypatch):
    gpu_text, folder = module("gpu_text"), tmp_path / "out"
    folder.mkdir()
    monkeypatch.setenv("WORDVEC_TEST_DATA", str(tmp_path))
    monkeypatch.setattr(gpu_text, "WORDS", 40)
    assert gpu_text.find_or_make(folder, 40, 9)[0].source == "zipf-40.txt"
    (tmp_path / "en17m.txt").write_text("a b c\n", encoding="utf-8")
    assert gpu_text.find_or_make(folder, 40, 9)[0].words == 3
    assert gpu_text.find_or_make(folder, 39, 9)[0].source == "zipf-39.txt"  # a rehearsal


@pytest.mark.parametrize("by", ["python", "zstd", "pyarrow", "nothing"])
def test_zstandard_is_unpacked_by_what_is_there(tmp_path, monkeypatch, by):
    gpu_text = module("gpu_text")
    pyarrow = pytest.importorskip("pyarrow")
    packed, target = tmp_path / "en17m.txt.zst", tmp_path / "unpacked.txt"
    with pyarrow.output_stream(str(packed), compression="zstd") as out:
        out.write(b"a b c\n" * 500_000)
    if by == "zstd" and not shutil.which("zstd"):
        pytest.skip("the program zstd is not installed")
    if by != "python":
        monkeypatch.setitem(sys.modules, "backports", None)
        monkeypatch.setitem(sys.modules, "compression", None)
    if by in ("pyarrow", "nothing"):
        monkeypatch.setattr(gpu_text.shutil, "which", lambda name: None)
    if by == "nothing":
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        assert gpu_text.unpack(packed, target) is None
        monkeypatch.setattr(gpu_text, "WORDS", 40)
        monkeypatch.setenv("WORDVEC_TEST_DATA", str(tmp_path))
        (tmp_path / "out").mkdir()
        text, note = gpu_text.find_or_make(tmp_path / "out", 40, 9)
        assert text.source == "zipf-40.txt"
        assert note.startswith("en17m.txt.zst cannot be unpacked")
    else:
        assert gpu_text.unpack(packed, target) == target
        assert target.read_bytes() == b"a b c\n" * 500_000
