"""Files replaced in one piece: what was there survives any failure."""

import ast
import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from wordvec import files, written
from wordvec.errors import InputError
from wordvec.files import abandoned, check_writable, move_file, new_temporary, release, replace_file
from wordvec.written import keep_inputs, put_in_place

posix = pytest.mark.skipif(os.name == "nt", reason="links, modes, pipes and locks are POSIX's")


def write(path, text):
    with replace_file(path, "w", encoding="utf-8") as file:
        file.write(text)


def test_a_written_file_takes_the_place_of_the_old(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")
    with replace_file(target, "w", encoding="utf-8") as file:
        file.write("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("failing", ["write", "fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing):
    target = tmp_path / "file"
    target.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    if failing != "write":
        monkeypatch.setattr(os, failing, fail)
    with (
        pytest.raises((InputError, OSError), match="No space left"),
        replace_file(target, "w", encoding="utf-8") as file,
    ):
        file.write("half")
        if failing == "write":
            fail()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("taken", [[], ["v-new1.txt"]])
def test_a_file_that_may_not_be_replaced_costs_no_result(tmp_path, monkeypatch, taken):
    """Windows replaces no open file."""
    target = tmp_path / "v.txt"
    for name in ("v.txt", *taken):
        (tmp_path / name).write_text("old")

    def refuse(*_):
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(os, "replace", refuse)
    kept = tmp_path / f"v-new{1 + len(taken)}.txt"
    with pytest.raises(InputError, match=r"cannot be written: Access is denied; is it open") as error:
        write(target, "hours of work")
    assert str(error.value).endswith(f"and the result is {kept}")
    assert (target.read_text(), kept.read_text()) == ("old", "hours of work")
    assert sorted(os.listdir(tmp_path)) == sorted({"v.txt", kept.name, *taken})
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(InputError, match=r"v\.txt: cannot be written: Access is denied; is it open"):
        check_writable(target)  # before the hours


def test_on_windows_a_file_that_is_open_for_a_moment_is_waited_for(tmp_path, monkeypatch):
    (tmp_path / "new").write_text("new")
    slept, refused = [], [PermissionError(13, "Access is denied")] * 2

    def rename(source, target):
        if refused:
            raise refused.pop()
        source.rename(target)

    monkeypatch.setattr(written.time, "sleep", slept.append)
    monkeypatch.setattr(written, "os", SimpleNamespace(name="nt"))
    put_in_place(rename, tmp_path / "new", "v", tmp_path / "v")
    assert (os.listdir(tmp_path), slept) == (["v"], list(written.WAITS[:2]))


def test_text_has_the_same_bytes_on_every_system(tmp_path, monkeypatch):
    options = {}

    def noting(*given, **named):
        options.update(named)
        return open(*given, **named)

    monkeypatch.setattr(files, "open", noting, raising=False)
    write(tmp_path / "file", "a\nb\n")
    assert options["newline"] == "\n"  # without it Windows writes \r\n


def text_written_without_newline(source):
    """The lines of a program that open a file to write text, or write it, without saying how lines end.

    An entry of a zip file, with `force_zip64`, takes bytes.
    """
    found = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        modes = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        writes = name == "write_text" or (name == "open" and any(mode in ("w", "a", "x", "wt", "r+") for mode in modes))
        if writes and not any(option.arg in ("newline", "force_zip64", None) for option in call.keywords):
            found.append(call.lineno)
    return found


def test_all_text_that_is_written_says_how_its_lines_end():
    planted = 'open(p, "w")\nopen(p, "wb")\np.write_text(t)\np.open("a", newline="")\n'
    assert text_written_without_newline(planted) == [1, 3]
    package = Path(files.__file__).parent
    for path in package.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "write_text(" in source or "open(" in source:
            assert text_written_without_newline(source) == [], path


@posix
def test_a_symbolic_link_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("old")
    for name, to in (("link", "real/file"), ("chain", "link"), ("to-nothing", "real/new")):
        (tmp_path / name).symlink_to(to)
        write(tmp_path / name, name)
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / name).read_text() == name
    assert sorted(os.listdir(tmp_path / "real")) == ["file", "new"]
    assert (tmp_path / "real" / "file").read_text() == "chain"


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_of_a_file_is_kept_from_the_first_byte(tmp_path, mode):
    target = tmp_path / "file"
    target.touch()
    target.chmod(mode)
    with replace_file(target) as file:
        assert stat.S_IMODE(os.stat(file.name).st_mode) & ~mode == 0
    assert stat.S_IMODE(target.stat().st_mode) == mode


@posix
def test_a_new_file_has_the_usual_mode_and_other_hard_links_keep_the_earlier_content(tmp_path):
    usual, target = tmp_path / "usual", tmp_path / "file"
    usual.touch()
    write(target, "old")
    assert target.stat().st_mode == usual.stat().st_mode
    os.link(target, tmp_path / "other-name")
    write(target, "new")
    assert (tmp_path / "other-name").read_text() == "old"


def test_the_folder_is_flushed_after_the_rename(tmp_path, monkeypatch, flushed_to_disk):
    done, replace, fsync = [], os.replace, flushed_to_disk

    def note_fsync(descriptor):
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    monkeypatch.setattr(os, "replace", lambda *names: (done.append("replace"), replace(*names)))
    monkeypatch.setattr(os, "fsync", note_fsync)
    write(tmp_path / "file", "text")
    move_file(tmp_path / "file", tmp_path / "other")
    assert done == ["file", "replace", "folder"] * 2 or os.name == "nt"


@posix
def test_a_pipe_behind_a_descriptor_is_called_one():
    ends = os.pipe()
    with pytest.raises(InputError, match="is a named pipe, and only regular files are written"):
        check_writable(f"/dev/fd/{ends[1]}")
    for end in ends:
        os.close(end)


@posix
@pytest.mark.parametrize("kind", ["a named pipe", "a socket", "a device", "a folder"])
@pytest.mark.parametrize("through_a_link", [False, True])
def test_what_is_no_regular_file_is_refused_and_left_as_it_is(tmp_path, kind, through_a_link, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the names of sockets must be short
    there = {"a device": "/dev/null"}.get(kind, "there")
    if kind == "a named pipe":
        os.mkfifo(there)
    elif kind == "a folder":
        os.mkdir(there)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(there)
    before, path = os.stat(there), there
    if through_a_link:
        os.symlink(there, "link")
        path = "link"
    for refused in (lambda: check_writable(path), lambda: write(path, "text")):
        with pytest.raises(InputError, match=f"^{path}: is {kind}.*name (another|a) file to write"):
            refused()
    assert (os.stat(there).st_mode, os.stat(there).st_ino) == (before.st_mode, before.st_ino)


@posix
@pytest.mark.parametrize(
    "name, message",
    [
        ("n" * 256, "File name too long"),
        ("no/file", "the folder .*no does not exist; create it first"),
        ("taken/file", "Not a directory"),
        ("loop", "symbolic links"),
        ("nul\0", "null"),
        ("/".join(["deep" * 60] * 17), "File name too long"),
    ],
)
def test_places_that_cannot_be_written_are_known_before_the_work(tmp_path, name, message):
    (tmp_path / "taken").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    for refused in (check_writable, lambda path: write(path, "")):
        with pytest.raises(InputError, match=message):
            refused(tmp_path / name)
    assert sorted(os.listdir(tmp_path)) == ["loop", "taken"]


@pytest.mark.parametrize("length", [100, 107, 108, 120, 200, 238, 250, 255])
def test_every_legal_length_of_a_name_can_be_written(tmp_path, length):
    target = tmp_path / ("n" * length)
    check_writable(target)
    write(target, "text")
    assert os.listdir(tmp_path) == [target.name]


def test_no_permission_is_known_before_the_work(tmp_path, monkeypatch):
    (tmp_path / "protected").write_text("keep me")
    check_writable(tmp_path / "file")
    monkeypatch.setattr(os, "access", lambda path, _: os.fspath(path) != os.fspath(tmp_path / "protected"))
    with pytest.raises(InputError, match="protected: is write-protected"):
        check_writable(tmp_path / "protected")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("wordvec.files.new_temporary", lambda *_, **__: refuse())
    with pytest.raises(InputError, match="no permission to write in"):
        check_writable(tmp_path / "file")


def test_a_full_or_read_only_disk_is_known_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # as it answers on a disk that is mounted read-only

    def refuse(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match="file: cannot be written: Read-only file system"):
        check_writable(tmp_path / "file")


def test_an_input_is_not_written_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text("years of work")
    (tmp_path / "link.txt").symlink_to("in.txt")
    with keep_inputs(lambda: ["other.txt", "in.txt"]):
        for output in ("in.txt", "./in.txt", "link.txt", tmp_path / "in.txt"):
            for refused in (check_writable, lambda path: write(path, "")):
                with pytest.raises(InputError, match="read by the same command and would be lost"):
                    refused(output)
        check_writable("out.txt")
    check_writable("in.txt")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError("8 requested and 4 written")])
def test_a_full_disk_names_the_file_and_keeps_the_earlier_one(tmp_path, error):
    target = tmp_path / "out.txt"
    target.write_text("earlier")
    with pytest.raises(InputError, match=r"out\.txt: cannot be written: .*as it was; make room"), replace_file(target):
        raise error
    assert target.read_text() == "earlier"
    with pytest.raises(OSError, match="Permission denied"), replace_file(target):  # of another file, which it names
        raise PermissionError(13, "Permission denied")


def test_an_output_is_not_called_dash(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="is -, which is not standard output here"):
        check_writable("-")
    check_writable("./-")


@posix
@pytest.mark.parametrize("name", ["file", "n" * 250])
def test_leftovers_of_killed_runs_are_removed_and_files_in_use_are_not(tmp_path, name):
    target = tmp_path / name
    kill = "import os, signal, sys; from wordvec.files import replace_file; "
    kill += (
        "writer = replace_file(sys.argv[1]); writer.__enter__().write(b'half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", kill, target], check=False)
    (tmp_path / f".{name[:9]}.txt.0123abcd.tmp").touch()  # of another target
    (tmp_path / f".{name[:9]}.mine.tmp").touch()
    assert len(os.listdir(tmp_path)) == 3
    in_use, lock = new_temporary(target)
    assert len(abandoned(target)) == 1
    write(target, "whole")
    assert abandoned(target) == []
    assert in_use.exists()
    release(lock)
    write(target, "again")
    assert not in_use.exists()
    assert len(os.listdir(tmp_path)) == 3


@posix
def test_where_there_are_no_locks_nothing_in_use_is_removed(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    in_use, lock = new_temporary(tmp_path / "file")
    assert lock is None
    write(tmp_path / "file", "text")
    assert in_use.exists()


@posix
def test_a_temporary_file_taken_before_it_is_locked_is_made_anew(tmp_path, monkeypatch):
    """Another run may take the new file for a leftover: once it has locked it, once it has removed it."""
    lock, met = files._lock, []

    def lock_too_late(path):
        met.append(path)
        if len(met) == 1:
            path.unlink()
        elif len(met) == 2:
            met.append(lock(path))  # the other run's
        return lock(path)

    monkeypatch.setattr(files, "_lock", lock_too_late)
    made, own = new_temporary(tmp_path / "file")
    assert made == met[-1]
    assert made.exists()
    release(own)
    release(met[2])


def test_two_writers_at_once_leave_one_whole_file(tmp_path):
    target, texts = tmp_path / "file", ["a" * 50_000, "b" * 50_000]
    threads = [threading.Thread(target=lambda text=text: [write(target, text) for _ in range(20)]) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_text() in texts
    assert os.listdir(tmp_path) == ["file"]
