"""The same calls give the same bytes over every build: of this processor, and of ARM, emulated.

Floats that are sums or products may differ in their last bits, see wordvec/native/build.py. What is called is what
tests/native/replay.py records while wordvec counts, trains, reads and searches.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from native.replay import Call, Result, c_program, can_be_replayed, kinds_of, load, read_output

from wordvec.native import build, functions, library
from wordvec.native.functions import Written

REPLAY = Path(__file__).with_name("replay.py")
ISAS = list(build.ISAS.get(build.family() or "", ()))
CLOSE = {"rtol": 2e-3, "atol": 2e-5}
# Functions whose floats are sums or products of several; those of all others are the same bytes.
ROUNDED = {"multiply_rows", "weights_and_logs", "train_rounds", "search_answers", "keep_nearest"}


def run(*arguments, **environment) -> None:
    command = [sys.executable, str(REPLAY), *map(str, arguments)]
    paths = {"PYTHONPATH": str(build.FOLDER.parents[1]), **environment}
    done = subprocess.run(command, env={**os.environ, **paths}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    if not library.is_available():
        pytest.skip(library.why_not())
    folder = tmp_path_factory.mktemp("calls")
    run("record", folder / "calls")
    return folder


@pytest.fixture(scope="module")
def calls(folder) -> list[Call]:
    return [Call(*call) for call in load(folder / "calls")]


@pytest.fixture(scope="module")
def results(folder):
    """The calls' results and the trained vectors, by instruction set."""

    def of(isa: str):
        path = folder / isa
        if not path.exists():
            run("again", folder / "calls", path, WORDVEC_ISA=isa)
        called, trained = load(path)
        return [Result(*result) for result in called], trained

    return of


def test_most_functions_are_recorded(calls):
    """A comparison of nothing would pass. Left out: what tests/native/replay.py cannot reach, or not yet."""
    replayable = {name for name in vars(functions) if can_be_replayed(name)}
    assert len({call.name for call in calls}) >= len(replayable) * 2 // 3


def assert_same(calls: list[Call], results: list[Result], expected: list[Result]) -> None:
    for call, result, wanted in zip(calls, results, expected, strict=True):
        assert result.returned == pytest.approx(
            wanted.returned, **{"rel": 1e-3} if call.name in ROUNDED else {"abs": 0}
        )
        for n, kind in enumerate(kinds_of(call.name)):
            if not isinstance(kind, Written):
                continue
            got, want = (np.frombuffer(r.written[n], kind.dtype) for r in (result, wanted))
            if call.name in ROUNDED and np.issubdtype(kind.dtype, np.floating):
                np.testing.assert_allclose(got, want, **CLOSE, err_msg=f"{call.name}, argument {n + 1}")
            else:
                assert got.tobytes() == want.tobytes(), f"{call.name}, argument {n + 1}"


@pytest.mark.parametrize("isa", ISAS[1:])
def test_builds_for_other_instruction_sets_give_the_same(isa, calls, results):
    possible = ISAS[: library.load().wordvec_level()]
    if isa not in possible:
        pytest.skip(f"this processor has no more than {possible[-1]}")
    (called, trained), (expected, expected_trained) = results(isa), results(ISAS[0])
    assert_same(calls, called, expected)
    for vectors, wanted in zip(trained, expected_trained, strict=True):
        np.testing.assert_allclose(vectors, wanted, **CLOSE)


@pytest.mark.slow("compiles the library for ARM and runs it in an emulator: the same numbers")
def test_arm_gives_the_same(calls, results, tmp_path):
    emulator = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    if emulator is None or importlib.util.find_spec("ziglang") is None:
        pytest.skip("needs qemu-aarch64 (Debian: qemu-user) and the package ziglang")
    source, arrays = c_program(calls)
    (tmp_path / "calls.c").write_text(source)
    names = ['-DWORDVEC_ISA="arm64"', '-DWORDVEC_SOURCES=""']
    flags = [flag for flag in build.FLAGS if flag not in ("-shared", "-fPIC")]
    sources = [str(path) for path in build.source_files() if path.suffix == ".c"]
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", "aarch64-linux-musl", "-static"]
    program = str(tmp_path / "calls")
    done = subprocess.run(
        [*zig, *flags, *names, str(tmp_path / "calls.c"), *sources, "-lm", "-o", program], capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    done = subprocess.run([emulator, program], input=arrays, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert_same(calls, read_output(calls, done.stdout), results(ISAS[0])[0])


def test_a_difference_is_found(calls, results):
    called = results(ISAS[0])[0]
    spoilt = next(n for n, result in enumerate(called) if any(result.written.values()))
    for n, content in called[spoilt].written.items():
        changed = {n: bytes([content[0] ^ 64]) + content[1:]} if content else {}
        other = [*called]
        other[spoilt] = called[spoilt]._replace(written={**called[spoilt].written, **changed})
        if changed and np.issubdtype(kinds_of(calls[spoilt].name)[n].dtype, np.integer):
            with pytest.raises(AssertionError, match=calls[spoilt].name):
                assert_same(calls, other, called)


def test_every_function_declared_is_in_the_library_and_the_other_way_round():
    import re

    declared = {name for name, value in vars(functions).items() if hasattr(value, "kinds")}
    text = "\n".join(path.read_text(encoding="utf-8") for path in build.source_files())
    marked = set(re.findall(r"^EXPORT [\w \*]*?(\w+)\(", text, re.MULTILINE))
    assert declared == {name for name in marked if not name.startswith("wordvec_")}
