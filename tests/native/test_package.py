"""What a wheel holds, for which machines it says it is, and what happens where nothing can compile."""

import importlib.util
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from wordvec.native import build, library

ROOT = Path(__file__).resolve().parents[2]
ISAS = list(build.ISAS.get(build.family() or "", ()))


def module(path: str):
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def hook():
    pytest.importorskip("hatchling", reason="builds the package, which needs hatchling")
    return module("hatch_build.py")


@pytest.fixture
def make_hook(hook, monkeypatch, tmp_path):
    """A hook for the wheel of a checkout; what it compiles is library.c alone, which takes a second."""
    for variable in ("WORDVEC_NO_LIBRARY", "WORDVEC_TARGET", "CC"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(hook.build, "source_files", lambda: [build.SOURCES / "library.c"])
    monkeypatch.setattr(hook.tempfile, "tempdir", str(tmp_path))

    class App:
        def abort(self, message):
            sys.exit(message)

    return lambda: hook.LibraryHook(str(ROOT), {}, None, None, str(tmp_path), "wheel", App())


def new_data() -> dict:
    return {"pure_python": True, "force_include": {}}


@pytest.fixture
def no_compiler(hook, monkeypatch):
    monkeypatch.setattr(hook.build, "compilers", lambda: iter(()))


@pytest.mark.slow("the wheel's hook compiles every build, as pip does")
def test_a_wheel_holds_all_builds_and_is_for_any_python(make_hook, tmp_path):
    hook, data = make_hook(), new_data()
    if not library.is_available() or hook.dependencies():  # which are none where a compiler works
        pytest.skip("no C compiler was found")
    hook.initialize("standard", data)
    assert not data["pure_python"]
    assert data["tag"].startswith("py3-none-")
    assert data["tag"] != "py3-none-any"
    names = [build.file_name(isa) for isa in ISAS]
    assert sorted(data["force_include"].values()) == sorted(
        f"wordvec/native/lib/{name}{ending}" for name in names for ending in ("", ".sha256")
    )
    made = [Path(path) for path in data["force_include"] if not path.endswith(".sha256")]
    assert all(map(build.is_whole, made))
    hook.finalize("standard", data, "")
    assert list(tmp_path.iterdir()) == []


def test_a_compiler_is_asked_for_only_without_one(make_hook, no_compiler):
    assert [requirement[:7] for requirement in make_hook().dependencies()] == ["ziglang"]


def test_a_compiler_that_does_not_know_the_sources_is_passed_over(monkeypatch, tmp_path):
    monkeypatch.setenv("CC", f"{sys.executable} -c exit(1)")
    assert not build.works([sys.executable, "-c", "exit(1)"])
    assert next(build.compilers()) == [sys.executable, "-c", "exit(1)"]
    with pytest.raises(build.BuildError, match=r"did not compile the library for .*: status 1"):
        build.build(tmp_path, ISAS[:1], with_=[[sys.executable, "-c", "exit(1)"]])


def test_builds_are_compiled_at_the_same_time(monkeypatch, tmp_path):
    isas, together = list(build.ISAS["x86-64"]), threading.Barrier(3, timeout=60)
    monkeypatch.setattr(build.os, "cpu_count", lambda: 3)
    monkeypatch.setattr(build, "compile_library", lambda *_: together.wait())
    assert [path.name for path in build.build(tmp_path, isas, with_=[["cc"]])] == [*map(build.file_name, isas)]


def test_without_a_compiler_the_message_names_the_way_out(make_hook, no_compiler, tmp_path):
    with pytest.raises(SystemExit, match=r"no C compiler was found.*\n.*WORDVEC_NO_LIBRARY=1"):
        make_hook().initialize("standard", new_data())
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_without_the_library_is_made_when_asked_for(make_hook, no_compiler, monkeypatch):
    monkeypatch.setenv("WORDVEC_NO_LIBRARY", "1")
    hook, data = make_hook(), new_data()
    assert hook.dependencies() == []
    hook.initialize("standard", data)
    assert data == new_data()


def test_an_unknown_target_is_refused(make_hook, monkeypatch):
    monkeypatch.setenv("WORDVEC_TARGET", "vax")
    with pytest.raises(SystemExit, match=r"WORDVEC_TARGET must be one of x86_64-linux-gnu.*'vax'"):
        make_hook().initialize("standard", new_data())


@pytest.mark.parametrize("isa", [isa for isas in build.ISAS.values() for isa in isas])
def test_zig_is_told_the_instruction_set_and_no_other_processor(isa):
    given = build._arguments([sys.executable, "-m", "ziglang", "cc"], isa)
    processors = [flag for flag in given if flag.startswith(("-mcpu=", "-march=", "-mtune="))]
    assert processors == ["-mcpu=" + ("baseline" if isa == "arm64" else isa.replace("-", "_"))]


@pytest.mark.parametrize(
    "content, tag",
    [
        (b"", "manylinux_2_17_x86_64"),
        (b"\0libc.so.6\0GLIBC_2.2.5\0GLIBC_2.14\0", "manylinux_2_17_x86_64"),
        (b"\0libc.so.6\0libm.so.6\0GLIBC_2.2.5\0GLIBC_2.29\0GLIBC_2.4\0", "manylinux_2_29_x86_64"),
        (b"\0libc.so.6\0libgomp.so.1\0GLIBC_2.2.5\0", "linux_x86_64"),
    ],
    ids=["no libc", "old symbols", "new symbols", "another library"],
)
def test_the_tag_is_true(hook, tmp_path, content, tag):
    (tmp_path / "a.so").write_bytes(b"\x7fELF" + content)
    assert hook.linux_tag([tmp_path / "a.so"], "x86_64") == tag


def test_the_library_exports_what_the_sources_mark(hook):
    if not library.is_available():
        pytest.skip(library.why_not())
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        check = module("scripts/check_wheels.py")
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    machine, names = check.exported(build.make_current(ISAS[0]).read_bytes())
    assert machine.endswith(f" {build.family()}")
    assert names == check.marked()
    assert "wordvec_isa" in names


@pytest.mark.slow("a wheel of another machine is compiled as whoever publishes it does")
def test_a_wheel_for_another_machine(hook, tmp_path):
    pytest.importorskip("ziglang", reason="compiles for other machines")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "WORDVEC_TARGET": "aarch64-linux-musl"}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    (wheel,) = tmp_path.glob("*.whl")
    assert "wordvec/native/src/library.c" in zipfile.ZipFile(wheel).namelist()
    check = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "check_wheels.py"), str(tmp_path)], capture_output=True
    )
    assert check.returncode == 0, check.stdout.decode() + check.stderr.decode()
    assert "as in the sources" in check.stdout.decode()
