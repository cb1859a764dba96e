import os
from pathlib import Path, PureWindowsPath

import pytest

from wordvec.corpus import Corpus, read_lines
from wordvec.corpus.read.document_texts import DocumentTexts
from wordvec.corpus.read.paths import by_name, files_of, is_pattern, size_in_bytes
from wordvec.corpus.read.sources import as_files
from wordvec.errors import CorpusError


@pytest.fixture
def texts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("texts/b.txt", "texts/a.txt", "texts/notes.md", "texts/deep/er/c.txt", "texts/.hidden.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("texts/*.txt", ["texts/a.txt", "texts/b.txt"]),
        ("texts/**/*.txt", ["texts/a.txt", "texts/b.txt", "texts/deep/er/c.txt"]),
        ("texts/*", ["texts/a.txt", "texts/b.txt", "texts/deep/er/c.txt", "texts/notes.md"]),
        ("texts/**", ["texts/a.txt", "texts/b.txt", "texts/deep/er/c.txt", "texts/notes.md"]),
        ("t*/?.txt", ["texts/a.txt", "texts/b.txt"]),
        ("texts/[b-z]*.txt", ["texts/b.txt"]),
        ("texts/.h*", ["texts/.hidden.txt"]),
    ],
)
def test_patterns_name_files_in_order_each_once(texts, pattern, files):
    assert [str(file) for file in files_of(Path(pattern))] == files
    assert list(read_lines(pattern)) == files
    assert list(read_lines(as_files([pattern, "texts/a.txt"]))) == [*files, "texts/a.txt"]
    assert size_in_bytes(as_files([pattern])) == sum(map(len, files))


def test_the_order_of_files_is_the_same_on_windows():
    names = [PureWindowsPath(name) for name in ("a.txt", "b/c.txt", "B.txt")]
    assert sorted(names) == names  # Windows ignores case
    assert sorted(names, key=by_name) == [names[2], names[0], names[1]]


def test_a_pattern_that_matches_nothing_is_named(texts):
    Path("texts/empty").mkdir()
    for pattern in ("texts/*.text", "nowhere/**", "texts/empty/*", "texts/empty*"):
        with pytest.raises(CorpusError, match=r"the pattern matches no file") as error:
            list(read_lines(as_files(["texts/a.txt", pattern])))
        assert str(error.value).startswith(pattern)


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(texts):
    Path("what?[1].txt").write_text("mine", encoding="utf-8")
    assert not is_pattern("what?[1].txt")
    assert list(read_lines("what?[1].txt")) == ["mine"]


def test_patterns_below_a_folder_whose_name_looks_like_a_pattern(texts):
    folder = Path("notes [1]/what*")
    folder.mkdir(parents=True)
    (folder / "a\nb.txt").write_text("mine")
    assert list(read_lines("notes [1]/what*/*.txt")) == ["mine"]
    assert list(read_lines(str(Path("notes [1]/**").absolute()))) == ["mine"]
    assert list(read_lines("notes [1]")) == ["mine"]


def test_a_pattern_reads_each_file_once_though_links_lead_back_up(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("code/lib/.hidden").mkdir(parents=True)
    for name in ("code/a.py", "code/lib/b.py", "code/lib/.hidden/c.py", "code/lib/notes.txt"):
        Path(name).write_text(f"{name}\n")
    Path("code/lib/up").symlink_to("..", target_is_directory=True)
    Path("code/lib/here").symlink_to(".", target_is_directory=True)
    python = ["code/a.py", "code/lib/b.py"]
    for pattern in ("code/**/*.py", "**/*.py", "c*/**/*.py", "**/**/*.py"):
        assert list(read_lines(pattern)) == python, pattern
    for pattern in ("code/**", "code/*", "**"):
        assert list(read_lines(pattern)) == [*python, "code/lib/notes.txt"], pattern
    with pytest.raises(CorpusError, match="matches no file"):
        list(read_lines("nowhere/**"))


def test_what_links_beside_it_name_again_is_read_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("texts/z/1.txt", "texts/z/2.txt", "texts/b.txt", "other/o.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"{name}\n")
    Path("texts/a").symlink_to("z", target_is_directory=True)  # before what it leads to
    Path("texts/zz").symlink_to("../other", target_is_directory=True)  # to texts that no other name leads to
    Path("texts/c.txt").symlink_to("b.txt")
    Path("link").symlink_to("texts", target_is_directory=True)
    names = ["texts/b.txt", "texts/z/1.txt", "texts/z/2.txt", "other/o.txt"]
    for source in ("texts", "texts/**", "texts/*", "texts/**/*.txt", "link"):
        assert list(read_lines(source)) == names, source
        assert capsys.readouterr().err == ""
    assert [str(file) for file in files_of(Path("link"))][1] == "link/z/1.txt"
    assert Corpus.build("texts", min_count=1).vocabulary.words == sorted(names)
    told = "texts: 3 files left out, as symbolic links lead to others that are read: texts/a/1.txt, texts/a/2.txt, "
    assert capsys.readouterr().err.count(told + "texts/c.txt") == 1
    assert list(DocumentTexts(["texts"])) == names
    assert capsys.readouterr().err.count(told) == 1
    Path("table.csv").write_text("path,year\nb.txt,1\nz/1.txt,2\nz/2.txt,3\nzz/o.txt,4\n")
    assert len(Corpus.from_documents("texts", "table.csv", min_count=1).documents) == 4
    assert capsys.readouterr().err.count(told) == 1


def test_a_pipe_in_a_folder_is_named_and_not_waited_for(texts):
    os.mkfifo("texts/pipe")
    with pytest.raises(CorpusError, match="texts/pipe: is a pipe, a socket or a device"):
        list(read_lines("texts"))


def test_a_link_to_nowhere_in_a_folder_is_named(texts):
    Path("texts/link.txt").symlink_to("nowhere")
    with pytest.raises(CorpusError, match=r"texts/link\.txt: cannot be read: No such file"):
        Corpus.build("texts")


def test_a_file_named_again_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name in ("a.txt", "folder/b.txt"):
        (tmp_path / name).write_text("the cat sat\n")
    (tmp_path / "folder/link.txt").symlink_to(tmp_path / "a.txt")
    once = Corpus.from_files(["a.txt", "folder/b.txt"], min_count=1)
    assert capsys.readouterr().err == ""
    twice = Corpus.from_files(["./a.txt", "folder", "folder/b.txt"], min_count=1)
    assert (
        "2 files named again: folder/link.txt (as a.txt), folder/b.txt; what is named twice" in capsys.readouterr().err
    )
    assert (len(once.ids), len(twice.ids)) == (6, 12)
    Corpus.from_files(["tiny-world-ja"] * 2)
    assert "1 file named again: tiny-world-ja" in capsys.readouterr().err
    with pytest.raises(CorpusError, match="no such file"):
        Corpus.from_files(["a.txt", "none.txt", "none.txt"])


def test_what_programs_leave_in_folders_is_not_read(tmp_path):
    for name in ("a.txt", "~$a.txt", "Thumbs.db", "desktop.ini", "deep/Desktop.ini", "deep/b.txt", ".DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    named = [tmp_path / "a.txt", tmp_path / "deep/b.txt"]
    assert files_of(tmp_path) == named
    assert files_of(tmp_path / "**/*") == named
    assert files_of(tmp_path / "~*") == [tmp_path / "~$a.txt"]
    assert files_of(tmp_path / "Thumbs.db") == [tmp_path / "Thumbs.db"]
