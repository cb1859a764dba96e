"""Folders replaced in one step, and never with anything in them that is not wordvec's."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import threading

import pytest

from wordvec import Corpus, folders
from wordvec.counts import Cooccurrence, count_cooccurrences
from wordvec.errors import InputError, WordvecError
from wordvec.folders import FolderKind, check_folder_writable, read_unchanged, repair_folder, replace_folder
from wordvec.plots.exports import write_projector
from wordvec.vectors import WordVectors

KIND = FolderKind("mark", b"ours", frozenset({"mark", "data", "part/more"}))
posix = pytest.mark.skipif(os.name == "nt", reason="links, modes and locks are POSIX's")


@pytest.fixture(params=["exchange", "two steps"])
def way(request, monkeypatch):
    """Both ways to replace a folder, whatever this system can."""
    if request.param == "two steps":
        monkeypatch.setattr(folders, "_renameat2", lambda: None)
    elif folders._renameat2() is None:
        pytest.skip("this system does not exchange names")
    return request.param


def write(path, text):
    with replace_folder(path, KIND) as folder:
        (folder / "mark").write_text("ours")
        (folder / "data").write_text(text)


def test_a_folder_is_replaced_as_a_whole_or_not_at_all(tmp_path, way):
    target = tmp_path / "corpus"
    for text in ("one", "two"):
        write(target, text)
    with pytest.raises(ZeroDivisionError), replace_folder(target, KIND) as folder:
        (folder / "mark").write_text("ours")
        raise ZeroDivisionError
    assert (target / "data").read_text() == "two"
    assert os.listdir(tmp_path) == ["corpus"]


def test_an_empty_folder_is_taken_and_the_mode_is_kept(tmp_path, way):
    target = tmp_path / "corpus"
    target.mkdir()
    target.chmod(0o700)
    for text in ("one", "two"):
        write(target, text)
        assert stat.S_IMODE(target.stat().st_mode) == 0o700 or os.name == "nt"


def add_file(folder):
    (folder / "mine.txt").write_text("years of work")
    return "mine.txt"


def add_hidden_file(folder):
    (folder / ".notes").write_text("years of work")
    return ".notes"


def add_folder(folder):
    (folder / "notes").mkdir()
    return "notes"


def add_file_below(folder):
    (folder / "part").mkdir()
    (folder / "part" / "mine").write_text("years of work")
    return "part/mine"


def add_link(folder):
    (folder / "data").unlink()
    (folder / "data").symlink_to("/dev/null")
    return "data"


def add_file_for_a_folder(folder):
    (folder / "part").write_text("years of work")
    return "part"


def add_folder_for_a_file(folder):
    (folder / "data").unlink()
    (folder / "data").mkdir()
    return "data"


FOREIGN = [
    add_file, add_hidden_file, add_folder, add_file_below, add_link, add_file_for_a_folder, add_folder_for_a_file,
]  # fmt: skip


@posix
@pytest.mark.parametrize("add", FOREIGN)
def test_what_wordvec_did_not_write_is_named_and_kept(tmp_path, add):
    target = tmp_path / "corpus"
    write(target, "one")
    name = add(target)
    for refused in (lambda: write(target, "two"), lambda: check_folder_writable(target, KIND)):
        with pytest.raises(InputError, match=rf"corpus: holds {name}, which wordvec did not write.*move it elsewhere"):
            refused()
    assert os.path.lexists(target / name)
    assert os.listdir(tmp_path) == ["corpus"]


def test_what_is_added_while_the_new_folder_is_made_is_kept(tmp_path, way):
    target = tmp_path / "corpus"
    write(target, "one")
    with pytest.raises(InputError, match=r"holds mine\.txt"), replace_folder(target, KIND) as folder:
        (folder / "mark").write_text("ours")
        add_file(target)
    assert (target / "mine.txt").exists()
    assert (target / "data").read_text() == "one"


@pytest.mark.parametrize("marker", [None, "another program's"])
def test_a_folder_that_is_not_ours_is_left_alone(tmp_path, marker):
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "data").write_text("years of work")
    if marker:
        (thesis / "mark").write_text(marker)
    with pytest.raises(InputError, match="not a folder written by wordvec"):
        write(thesis, "two")
    (tmp_path / "file").write_text("years of work")
    with pytest.raises(InputError, match="not a folder written by wordvec"):
        write(tmp_path / "file", "two")
    assert (thesis / "data").read_text() == (tmp_path / "file").read_text() == "years of work"


@posix
def test_a_symbolic_link_to_a_folder_is_followed(tmp_path, way):
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere" / "corpus", "one")
    (tmp_path / "link").symlink_to("elsewhere/corpus")
    write(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere" / "corpus" / "data").read_text() == "two"
    assert os.listdir(tmp_path / "elsewhere") == ["corpus"]


def test_a_mount_point_cannot_be_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "ismount", lambda path: True)
    with pytest.raises(InputError, match="is a mount point"):
        check_folder_writable(tmp_path, KIND)


def test_a_second_rename_that_fails_undoes_the_first(tmp_path, monkeypatch):
    target, rename = tmp_path / "corpus", os.rename
    write(target, "one")
    monkeypatch.setattr(folders, "_renameat2", lambda: None)

    def fail(source, to):
        if os.fspath(source).endswith(".tmp") and not target.exists():
            raise OSError(errno.EIO, "Input/output error")
        rename(source, to)

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(OSError, match="Input/output error"):
        write(target, "two")
    assert (target / "data").read_text() == "one"
    assert os.listdir(tmp_path) == ["corpus"]


def test_a_folder_that_may_not_be_replaced_costs_no_result(tmp_path, monkeypatch):
    """Windows renames no folder in which a file is open."""
    target, rename = tmp_path / "corpus", os.rename
    write(target, "one")

    def refuse(source, to):
        if target in (source, to):
            raise PermissionError(13, "Access is denied")
        rename(source, to)

    monkeypatch.setattr(folders, "_renameat2", lambda: None)
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(InputError, match=r"corpus: cannot be written: Access is denied.*the result is .*corpus-new1"):
        write(target, "two")
    assert (target / "data").read_text() == "one"
    assert (tmp_path / "corpus-new1" / "data").read_text() == "two"
    assert sorted(os.listdir(tmp_path)) == ["corpus", "corpus-new1"]


KILL_BETWEEN = """
import os, signal, sys
from wordvec import folders
from tests_kind import KIND
folders._renameat2 = lambda: None
rename = os.rename
def kill_after(source, to):
    rename(source, to)
    if str(to).endswith(".old"):
        os.kill(os.getpid(), signal.SIGKILL)
os.rename = kill_after
with folders.replace_folder(sys.argv[1], KIND) as folder:
    (folder / "mark").write_text("ours")
"""


@posix
def test_a_folder_moved_aside_by_a_killed_run_is_put_back(tmp_path):
    target = tmp_path / "runs" / "corpus"
    target.parent.mkdir()
    write(target, "one")
    (tmp_path / "tests_kind.py").write_text(f"from wordvec.folders import FolderKind\nKIND = {KIND!r}")
    for use in (repair_folder, lambda path: write(path, "two")):
        killed = subprocess.run(
            [sys.executable, "-c", KILL_BETWEEN, target], env=os.environ | {"PYTHONPATH": str(tmp_path)}, check=False
        )
        assert killed.returncode == -9
        assert not target.exists()
        use(target)
        assert (target / "data").exists()
    assert (target / "data").read_text() == "two"
    assert os.listdir(target.parent) == ["corpus"]  # the rest of the killed run is removed by the next


@posix
def test_a_corpus_moved_aside_is_found_by_its_readers(tmp_path):
    corpus = Corpus.from_sentences([["a", "b"], ["b", "c"]])
    corpus.save(tmp_path / "c")
    os.rename(tmp_path / "c", tmp_path / ".c.0123abcd.old")
    assert Corpus.open(tmp_path / "c").fingerprint == corpus.fingerprint
    os.rename(tmp_path / "c", tmp_path / ".c.0123abcd.old")
    assert Corpus.build(tmp_path / "c").fingerprint == corpus.fingerprint
    counts = count_cooccurrences(corpus, 1)
    counts.save(tmp_path / "n")
    os.rename(tmp_path / "n", tmp_path / ".n.0123abcd.old")
    assert (Cooccurrence.load(tmp_path / "n").matrix != counts.matrix).nnz == 0


def test_two_writers_at_once_leave_one_whole_folder_and_readers_always_find_one(tmp_path, way):
    target, failures, ended = tmp_path / "corpus", [], threading.Event()
    write(target, "start")

    def write_often(text):
        try:
            for _ in range(15):
                write(target, text)
        except (OSError, WordvecError) as error:
            failures.append(error)

    def look():
        while not ended.is_set():
            repair_folder(target)
            if not (target / "mark").exists() and way == "exchange":
                failures.append("missing")

    reader = threading.Thread(target=look)
    writers = [threading.Thread(target=write_often, args=(text,)) for text in ("a", "b")]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    reader.join()
    assert failures == []
    assert (target / "data").read_text() in ("a", "b")
    assert os.listdir(tmp_path) == ["corpus"]


def test_a_folder_that_was_missing_before_and_after_a_failed_read_is_read_again(tmp_path):
    calls = []

    def read():
        calls.append("read")
        if len(calls) == 1 or tmp_path.name in calls:
            raise InputError("half of one folder and half of another")
        return "whole"

    assert read_unchanged(tmp_path / "mark", read) == "whole"
    calls[:] = [tmp_path.name]
    with pytest.raises(InputError, match="half of one"):
        read_unchanged(tmp_path / "mark", read)
    assert len(calls) < 10  # a folder that is really missing is reported soon


def test_a_folder_that_another_run_has_moved_aside_for_a_moment_is_none_of_the_user(tmp_path, monkeypatch):
    target, check = tmp_path / "corpus", folders._check_content
    write(target, "one")

    def between_two_renames(*arguments):
        os.rename(target, tmp_path / "aside")
        try:
            check(*arguments)
        finally:
            os.rename(tmp_path / "aside", target)

    monkeypatch.setattr(folders, "_check_content", between_two_renames)
    check_folder_writable(target, KIND)


def test_a_reader_never_mixes_two_folders(tmp_path):
    """The folder is replaced between two of its files; both are then read again."""
    target = tmp_path / "corpus"
    write(target, "one")
    reads = []

    def read():
        reads.append((target / "data").read_text())
        if len(reads) < 3:
            write(target, f"version {len(reads)}")
        return reads[-1]

    assert read_unchanged(target / "mark", read) == "version 2"

    def fail_once():
        reads.append("")
        if len(reads) == 4:
            write(target, "other")
            raise ValueError
        return "read"

    assert read_unchanged(target / "mark", fail_once) == "read"
    shutil.rmtree(target)
    with pytest.raises(FileNotFoundError):
        read_unchanged(target / "mark", lambda: (target / "data").read_text())


def save_corpus(path):
    Corpus.from_sentences([["a", "b"], ["b", "c"]]).save(path)


def save_counts(path):
    count_cooccurrences(Corpus.from_sentences([["a", "b"], ["b", "c"]]), 1).save(path)


def save_projector(path):
    write_projector(WordVectors(["a", "b", "c"], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), path)


@pytest.mark.parametrize("save", [save_corpus, save_counts, save_projector])
def test_every_folder_that_wordvec_writes_keeps_what_is_not_its_own(tmp_path, save):
    for _ in range(2):
        save(tmp_path / "folder")
    add_file(tmp_path / "folder")
    with pytest.raises(InputError, match=r"holds mine\.txt"):
        save(tmp_path / "folder")
    assert (tmp_path / "folder" / "mine.txt").read_text() == "years of work"


@posix
def test_another_run_that_comes_between_the_two_steps_leaves_nothing_in_the_way(tmp_path, monkeypatch):
    target, rename, came = tmp_path / "corpus", os.rename, []
    write(target, "start")

    def rename_and_be_overtaken(source, destination):
        rename(source, destination)
        if str(destination).endswith(".old") and not came:
            came.append(destination)
            target.mkdir()
            (target / "mark").write_text("mark")
            (target / "data").write_text("theirs")

    monkeypatch.setattr("wordvec.folders._exchange", lambda one, other: False)
    monkeypatch.setattr("wordvec.folders.os.rename", rename_and_be_overtaken)
    write(target, "ours")
    assert came
    assert (target / "data").read_text() == "ours"
    assert os.listdir(tmp_path) == ["corpus"]
