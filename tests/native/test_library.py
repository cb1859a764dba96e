"""Which build of the C library is loaded, and the one line that says why one cannot be."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wordvec.errors import LibraryError, OptionError
from wordvec.native import build, library

ROOT = Path(__file__).resolve().parents[2]
ISAS = list(build.ISAS.get(build.family() or "", ()))
REPORT = "from wordvec.native import library; print(*library.report(), sep='\\n')"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for variable in (library.VARIABLE, library.FILE_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    yield
    library._load.cache_clear()


@pytest.fixture(scope="session")
def builds(tmp_path_factory) -> Path:
    """All builds of this machine, those of the checkout."""
    if not library.is_available():
        pytest.skip(library.why_not())
    folder = tmp_path_factory.mktemp("builds")
    for isa in ISAS:
        path = build.make_current(isa)
        for file in (path, build.seal_of(path)):
            shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="session")
def possible(builds) -> list[str]:
    """The instruction sets of this processor. Loads a build that no test spoils: a loaded file is the memory, too."""
    return ISAS[: ctypes.CDLL(str(builds / build.file_name(ISAS[0]))).wordvec_level()]


@pytest.fixture
def best(possible) -> str:
    return possible[-1]


@pytest.fixture
def folder(builds, tmp_path, monkeypatch) -> Path:
    """A copy of the builds, to spoil, as in an installation that cannot compile them anew."""
    folder = Path(shutil.copytree(builds, tmp_path / "lib"))
    monkeypatch.setattr(build, "LIBRARIES", folder)
    monkeypatch.setattr(library, "in_checkout", lambda: False)
    library._load.cache_clear()
    return folder


def path_of(isa: str) -> Path:
    return build.LIBRARIES / build.file_name(isa)


def error() -> str:
    library._load.cache_clear()
    with pytest.raises(LibraryError) as caught:
        library.load()
    message = str(caught.value)
    assert "\n" not in message
    assert message in library.report()[0]
    return message


def test_the_best_build_is_taken(folder, best):
    assert library.isa() == best
    assert library.why_not() is None
    assert library.report() == [
        f"C library: {best}, vectors of {library.lanes()} numbers: {path_of(best)}",
        f"builds in {folder}: {', '.join(ISAS)}",
    ]


@pytest.mark.parametrize("isa", ISAS)
def test_a_lesser_build_can_be_asked_for(isa, folder, possible, monkeypatch):
    monkeypatch.setenv("WORDVEC_ISA", isa)
    if isa in possible:
        assert library.isa() == isa
    else:
        with pytest.raises(OptionError, match=f"this processor has no more than {possible[-1]}"):
            library.load()


def test_an_unknown_build_is_refused(folder, monkeypatch):
    monkeypatch.setenv("WORDVEC_ISA", "avx9")
    with pytest.raises(OptionError, match=f"WORDVEC_ISA must be one of {', '.join(ISAS)} .*'avx9'"):
        library.load()
    assert "avx9" in library.report()[0]


def test_a_processor_without_any_build_has_no_library(folder, monkeypatch):
    monkeypatch.setattr(build, "_machine", lambda: "s390x")
    assert not library.is_available()
    assert "not written for this processor" in error()


def test_without_builds_there_is_no_library(folder):
    shutil.rmtree(folder)
    library._load.cache_clear()
    assert not library.is_available()
    assert f"looked for {path_of(ISAS[0])}" in error()
    assert library.report()[1] == f"builds in {folder}: none"


@pytest.mark.skipif(len(ISAS) < 2, reason="one build for this family of processors")
def test_a_lost_build_among_others_is_an_error(folder, best):
    path_of(best).unlink()
    assert f"looked for {path_of(best)}" in error()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def write_text(path: Path) -> None:
    path.write_text("not a library\n")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose_checksum(path: Path) -> None:
    build.seal_of(path).unlink()


@pytest.mark.parametrize("spoil", [cut, empty, write_text, flip, lose_checksum])
def test_a_damaged_build_is_not_loaded(spoil, folder, best):
    spoil(path_of(best))  # loaded, a file cut short would end this process
    message = error()
    assert f"{path_of(best)}: this build of wordvec's C library is damaged" in message
    with pytest.raises(LibraryError):
        library.is_available()


def test_a_build_for_another_processor_cannot_be_loaded(folder, best):
    path = path_of(best)
    content = bytearray(path.read_bytes())
    if sys.platform != "linux":
        pytest.skip("changes the header of an ELF file")
    content[18:20] = b"\xf3\x00"  # e_machine: RISC-V
    path.write_bytes(content)
    build.seal(path)
    assert f"{path}: this build of wordvec's C library cannot be loaded" in error()


def test_a_build_of_other_sources_is_refused(folder, monkeypatch):
    monkeypatch.setattr(build, "checksum", lambda: "0123456789abcdef")
    assert "built from other sources than those of this package; reinstall wordvec" in error()


def test_a_given_file_is_loaded_and_no_other(folder, tmp_path, monkeypatch):
    given = shutil.copy(path_of(ISAS[0]), tmp_path / "given.so")
    monkeypatch.setenv("WORDVEC_LIBRARY", str(given))
    assert library.isa() == ISAS[0]
    assert str(given) in library.report()[0]
    monkeypatch.setenv("WORDVEC_LIBRARY", str(tmp_path / "none.so"))
    assert "none.so" in error()
    assert "named by WORDVEC_LIBRARY" in error()


# --- in a checkout, where sources change


@pytest.fixture(scope="session")
def current(tmp_path_factory) -> Path:
    """As much of a checkout as the library needs, compiled. Its only source is library.c, which takes a second."""
    if not library.is_available():
        pytest.skip(library.why_not())
    if all(command[0] == sys.executable for command in build.compilers()):
        pytest.skip("the system has no C compiler; ziglang's is not seen here")
    root = tmp_path_factory.mktemp("checkout")
    (root / "wordvec" / "native" / "src").mkdir(parents=True)
    names = [
        "__init__.py",
        "errors.py",
        "version.py",
        *(f"native/{name}.py" for name in ("__init__", "build", "library")),
    ]
    names += [f"native/src/{path.name}" for path in build.source_files() if path.suffix == ".h"]
    for name in [*names, "native/src/library.c"]:
        shutil.copy(ROOT / "wordvec" / name, root / "wordvec" / name)
    (root / "pyproject.toml").touch()
    subprocess.run([sys.executable, "-S", "-E", str(root / "wordvec/native/build.py")], check=True, capture_output=True)
    return root


@pytest.fixture
def checkout(current, tmp_path) -> Path:
    return Path(shutil.copytree(current, tmp_path / "checkout"))


def start(checkout: Path, code: str = REPORT, **environment: str) -> subprocess.Popen:
    paths = {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=checkout,
        env={**os.environ, **paths},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def report(checkout: Path, **environment: str) -> str:
    out, said = start(checkout, **environment).communicate()
    assert said == ""
    return out.splitlines()[0]


def change_sources(checkout: Path, text: str = "\n// changed\n") -> None:
    with open(checkout / "wordvec" / "native" / "src" / "library.c", "a") as file:
        file.write(text)


def no_compiler(tmp_path: Path) -> dict[str, str]:
    """An environment without compilers; a package ziglang that may be installed cannot be found."""
    (tmp_path / "empty").mkdir()
    hidden = (
        "import importlib.util as u; find = u.find_spec; u.find_spec = lambda n, *a: n != 'ziglang' and find(n, *a)"
    )
    (tmp_path / "sitecustomize.py").write_text(hidden + " or None\n")
    return {"PATH": str(tmp_path / "empty"), "CC": ""}


def test_changed_sources_are_compiled_by_one_of_several_processes(checkout, best):
    change_sources(checkout, "\nEXPORT i64 wordvec_planted(void);\nEXPORT i64 wordvec_planted(void) { return 7; }\n")
    code = "import sys; from wordvec.native import build, library\n"
    code += "compile_library = build.compile_library\n"
    code += "build.compile_library = lambda *a, **k: (print('compiled', a[1]), compile_library(*a, **k))\n"
    code += "print(library.load().wordvec_planted())"
    running = [start(checkout, code) for _ in range(4)]
    outputs = [process.communicate() for process in running]
    assert [said for _, said in outputs] == [""] * 4
    lines = "".join(out for out, _ in outputs).split("\n")
    assert lines.count("7") == 4
    compiled = [line for line in lines if line.startswith("compiled")]
    assert sorted(compiled) == sorted({f"compiled {isa}" for isa in (ISAS[0], best)})


def test_a_damaged_build_is_compiled_again(checkout):
    path = checkout / "wordvec" / "native" / "lib" / build.file_name(ISAS[0])
    cut(path)
    assert report(checkout, WORDVEC_ISA=ISAS[0]).startswith(f"C library: {ISAS[0]}, ")
    assert build.is_whole(path)


@pytest.mark.slow("compiles the sources twice: a fault in them is told, and leaves the build before")
def test_sources_that_do_not_compile_are_an_error(checkout):
    change_sources(checkout, "\nplanted mistake;\n")
    line = report(checkout)
    assert "could not be built into" in line
    assert "error" in line


def test_current_builds_need_no_compiler(checkout, best):
    assert report(checkout, **no_compiler(checkout)).startswith(f"C library: {best}, ")


def test_no_compiler_is_said_in_one_line(checkout):
    environment = no_compiler(checkout)
    change_sources(checkout)
    assert "no C compiler was found (looked for cc, gcc, clang, $CC and ziglang" in report(checkout, **environment)
    available = "from wordvec.native import library; print(library.is_available())"
    _, said = start(checkout, available, **environment).communicate()
    assert said.splitlines()[-1].startswith("wordvec.errors.LibraryError")  # there is a build, of other sources
    shutil.rmtree(checkout / "wordvec" / "native" / "lib")
    assert start(checkout, available, **environment).communicate() == ("False\n", "")


def test_a_folder_that_cannot_be_written_to_is_said_in_one_line(checkout):
    folder = checkout / "wordvec" / "native" / "lib"
    shutil.rmtree(folder)
    folder.touch()  # root may write to any folder, but not into a file
    assert f"nothing can be written to {folder}" in report(checkout)


def test_the_build_needs_no_numpy_and_takes_flags(checkout, tmp_path):
    compile_one = [sys.executable, "-S", "-E", str(checkout / "wordvec" / "native" / "build.py"), ISAS[0]]
    done = subprocess.run([*compile_one, "--into", str(tmp_path / "new"), "--flags=-O0 -g"], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert build.is_whole(tmp_path / "new" / build.file_name(ISAS[0]))


# --- the command


def test_version_says_which_build_is_used(folder, capsys):
    from wordvec.cli import main

    assert main(["--version", "--verbose"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("wordvec ")
    assert lines[1:] == library.report()
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.splitlines() == lines[:1]


def test_version_says_why_there_is_no_library(folder, capsys):
    from wordvec.cli import main

    shutil.rmtree(folder)
    library._load.cache_clear()
    assert main(["--version", "--verbose"]) == 0
    assert "C library: none: wordvec's C library is missing" in capsys.readouterr().out


def test_version_needs_no_numpy():
    code = (
        "import sys; from wordvec.cli import main; main(['--version', '--verbose']); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


FAKE = [sys.executable, "-c", "import sys; open(sys.argv[sys.argv.index('-o') + 1], 'w').write('built')"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there")
def test_a_build_removes_what_dead_builders_left_and_nothing_of_living_ones(tmp_path):
    for name in ("dead", "alive"):
        (tmp_path / f"{build.WORKING}{name}").mkdir()
        (tmp_path / f"{build.WORKING}{name}" / "library.so").write_text("half")
    lock = build._lock_of(tmp_path / f"{build.WORKING}alive", wait=True)
    build.compile_library(FAKE, next(iter(build.ISAS["x86-64"])), tmp_path / "library.so")
    os.close(lock)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{build.WORKING}alive", "library.so", "library.so.sha256"
    ]  # fmt: skip
    assert build.is_whole(tmp_path / "library.so")
