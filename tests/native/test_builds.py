"""The same calls give the same bytes over every build: of this processor; of ARM, emulated; of Windows, by Wine.

Floats that are sums or products may differ in their last bits, see wordvec/native/build.py. What is called is what
tests/native/replay.py records while wordvec counts, trains, reads and searches.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from native import trainings
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


class Emulated(NamedTuple):
    """Another kind of machine: ziglang's name of it, its instruction set, and the programs that can stand in for it."""

    target: str
    isa: str
    flags: list[str]
    emulators: tuple[str, ...]
    package: str  # of Debian


EMULATED = {
    "ARM": Emulated("aarch64-linux-musl", "arm64", ["-static"], ("qemu-aarch64", "qemu-aarch64-static"), "qemu-user"),
    "Windows": Emulated("x86_64-windows-gnu", "x86-64-v3", ["-mcpu=x86_64_v3"], ("wine",), "wine"),
}


@pytest.fixture(scope="module", params=EMULATED)
def emulate(request, tmp_path_factory):
    """What a program in C prints on another kind of machine, linked with the library, given this standard input."""
    machine = EMULATED[request.param]
    emulator = next(filter(None, map(shutil.which, machine.emulators)), None)
    if emulator is None or importlib.util.find_spec("ziglang") is None:
        pytest.skip(f"needs {machine.emulators[0]} (Debian: {machine.package}) and the package ziglang")
    if machine.isa.startswith("x86-64") and machine.isa not in ISAS[: library.load().wordvec_level()]:
        pytest.skip(f"this processor is not {machine.isa}")
    folder = tmp_path_factory.mktemp("emulated")
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", machine.target, *machine.flags]
    flags = [flag for flag in build.FLAGS if flag not in ("-shared", "-fPIC")]
    names = [f'-DWORDVEC_ISA="{machine.isa}"', '-DWORDVEC_SOURCES=""', f"-I{build.SOURCES}"]
    objects = []

    def compiled(source: Path) -> str:
        output = str(folder / f"{source.stem}.o")
        command = [*zig, *flags, *names, "-c", str(source), "-o", output]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        assert done.returncode == 0, done.stderr
        return output

    def emulated(source: str, given: bytes) -> bytes:
        if not objects:
            objects.extend(compiled(path) for path in build.source_files() if path.suffix == ".c")
        main, program = folder / "main.c", str(folder / "main.exe")
        main.write_text(source)
        done = subprocess.run([*zig, compiled(main), *objects, "-lm", "-o", program], capture_output=True)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        settings = {**os.environ, "WINEPREFIX": str(folder / "wine"), "WINEDEBUG": "-all"}
        done = subprocess.run([emulator, program], input=given, capture_output=True, env=settings)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    return emulated


@pytest.mark.slow("compiles the library for ARM and Windows and runs it in emulators: the same numbers")
def test_other_machines_give_the_same(calls, results, emulate):
    source, arrays = c_program(calls)
    assert_same(calls, read_output(calls, emulate(source, arrays)), results(ISAS[0])[0])


@pytest.mark.slow("compiles the library for ARM and Windows and runs it in emulators: the same training")
def test_other_machines_train_alike(emulate):
    recorded = trainings.record()
    source, arrays = trainings.c_program(recorded)
    assert_trained_alike(recorded, trainings.read_output(recorded, emulate(source, arrays)))


def assert_trained_alike(recorded, made) -> None:
    """The same examples; losses and tables but for rounding, which may choose another neighbour in float16."""
    for name, training in recorded.items():
        (loss, numbers), (expected, of_expected) = made[name].result, training.result
        assert numbers == of_expected, name
        assert loss == pytest.approx(expected, rel=1e-4), name
        kind = trainings.table_type(training)
        rounding = {"rtol": 2e-3, "atol": 2e-3 if kind is np.float16 else 2e-5}
        changed = 0
        for before, after, wanted in zip(training.before, made[name].after, training.after):
            np.testing.assert_allclose(
                np.frombuffer(after, kind), np.frombuffer(wanted, kind), **rounding, err_msg=name
            )
            changed += before != after
        assert changed == len(training.before), name


@pytest.mark.skipif(not library.is_available(), reason=str(library.why_not()))
def test_another_training_is_found():
    recorded = trainings.record()
    assert_trained_alike(recorded, recorded)
    for name, training in recorded.items():
        kind = trainings.table_type(training)
        spoilt = np.frombuffer(training.after[-1], kind).copy()
        spoilt[np.abs(spoilt).argmax()] *= 1.25
        for other in (
            training._replace(after=[*training.after[:-1], spoilt.tobytes()]),
            training._replace(result=(training.result[0] * 1.001, training.result[1])),
            training._replace(result=(training.result[0], [training.result[1][0] + 1, *training.result[1][1:]])),
        ):
            with pytest.raises(AssertionError, match=name):
                assert_trained_alike(recorded, recorded | {name: other})


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
