"""Files replaced in one piece: what was there survives any failure."""

import os

import pytest

from wordvec.errors import InputError
from wordvec.files import check_writable, replace_file, replace_folder


def test_a_written_file_takes_the_place_of_the_old(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")
    with replace_file(target, "w", encoding="utf-8") as file:
        file.write("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["file"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replace_file(target, "w", encoding="utf-8") as file:
        file.write("half")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    target = tmp_path / "corpus"
    for text in ("one", "two"):
        with replace_folder(target, marker="mark") as folder:
            (folder / "mark").write_text(text)
    with pytest.raises(ZeroDivisionError), replace_folder(target, marker="mark") as folder:
        (folder / "mark").write_text("three")
        raise ZeroDivisionError
    assert (target / "mark").read_text() == "two"
    assert os.listdir(tmp_path) == ["corpus"]


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1").write_text("years of work")
    with (
        pytest.raises(InputError, match="not a folder written by wordvec"),
        replace_folder(tmp_path / "thesis", marker="mark"),
    ):
        pass
    assert (tmp_path / "thesis" / "chapter1").exists()


def test_places_that_cannot_be_written_are_known_before_the_work(tmp_path):
    with pytest.raises(InputError, match="does not exist; create it first"):
        check_writable(tmp_path / "no" / "file")
    with pytest.raises(InputError, match="is a folder"):
        check_writable(tmp_path)
    with pytest.raises(InputError, match="does not exist"), replace_file(tmp_path / "no" / "file"):
        pass
    check_writable(tmp_path / "file")


def test_an_input_is_not_written_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text("years of work")
    (tmp_path / "link.txt").symlink_to("in.txt")
    for output in ("in.txt", "./in.txt", "link.txt", tmp_path / "in.txt"):
        with pytest.raises(InputError, match="read by the same command and would be lost"):
            check_writable(output, "other.txt", "in.txt")
    check_writable("out.txt", "in.txt")
