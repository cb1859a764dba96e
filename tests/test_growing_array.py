import errno
import os
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import growing_array
from wordvec.counts import count_cooccurrences
from wordvec.errors import CorpusError, InputError
from wordvec.growing_array import GrowingArray

TEXT = np.arange(50) % 7, np.array([0, 50]), 7


@settings(max_examples=80, deadline=None)
@given(
    pieces=st.lists(st.lists(st.integers(-9, 9), max_size=6), max_size=8),
    limit=st.integers(0, 200),
    dtype=st.sampled_from([np.int32, np.int64, np.float64]),
)
def test_what_was_appended_comes_back(pieces, limit, dtype):
    array, everything = GrowingArray(dtype, limit), [number for piece in pieces for number in piece]
    for piece in pieces:
        array.append(np.array(piece, dtype))
    assert len(array) == len(everything)
    assert array.on_disk == (len(everything) * np.dtype(dtype).itemsize > limit)
    for begin in range(len(everything)):
        assert array.read(begin, begin + 3).tolist() == everything[begin : begin + 3]
    whole = array.finish()
    assert whole.dtype == dtype
    assert whole.tolist() == everything


def test_reading_and_appending_take_turns():
    array = GrowingArray(np.int32, limit=0)
    for number in range(5):
        array.append(np.array([number]))
        assert array.read(0, 9).tolist() == list(range(number + 1))


def test_a_mapped_result_can_be_worked_on_in_place():
    array = GrowingArray(np.float64, limit=0)
    array.append(np.ones(3))
    whole = array.finish()
    whole *= 2
    assert whole.tolist() == [2, 2, 2]


class FullDisk:
    """A file that takes `room` bytes and then says the disk is full, as a disk does: first it writes a part."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def write(self, data):
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self.file.write(data[: self.room])
        self.room -= written
        return written

    def __getattr__(self, name):
        return getattr(self.file, name)


@pytest.mark.parametrize("room", [0, 1000, 20_000])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_full_disk_is_one_clear_message_and_leaves_nothing(room, at_once, tmp_path, monkeypatch):
    """Whether it is full when the first file is made or in the middle of a merge."""
    make_file = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    from wordvec.counts import cooccurrence, rows

    shard = 10 if at_once else 10**6
    monkeypatch.setattr(cooccurrence, "make_plan", lambda *_: rows.Plan(shard=shard, stream=100, result=0))
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **options: FullDisk(make_file(**options), room))
    text = np.random.default_rng(1).integers(90, size=4000), np.array([0, 4000]), 90
    with pytest.raises(InputError, match=r"is full, .* free some space, set TMPDIR .* or allow more memory") as error:
        count_cooccurrences(text, 5)
    assert str(tmp_path) in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to(monkeypatch):
    def refuse(**_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(growing_array.tempfile, "TemporaryFile", refuse)
    array = GrowingArray(np.int32, 0)
    with pytest.raises(InputError, match=r"cannot be written to .Permission denied"):
        array.append(np.ones(3))


def test_room_that_a_system_does_not_promise():
    array = GrowingArray(np.int32, room=2**55)
    array.append(np.array([1, 2]))
    assert array.finish().tolist() == [1, 2]


def test_growing_takes_little_more_than_it_holds():
    array = GrowingArray(np.int8, limit=10**6)
    for _ in range(1000):
        array.append(np.ones(1000, np.int8))
        assert len(array._held) <= max(growing_array.GROWTH * len(array), growing_array.FIRST_ROOM)
    assert len(array._held) == 10**6  # never above the limit
    array.append(np.ones(1, np.int8))
    assert array.on_disk


@pytest.mark.parametrize("limit", [0, 12, 1 << 27])  # bytes: all in the file, some of them, none
def test_a_part_can_be_changed_where_it_is(limit):
    array = GrowingArray(np.int32, limit)
    array.append(np.arange(3))
    array.append(np.zeros(0))
    array.append(np.arange(5)[::2])
    array.part(1, 3)[:] += 7
    array.part(2, 2)[:] += 7
    assert array.finish().tolist() == [0, 8, 9, 0, 2, 4]


def test_no_folder_for_temporary_files_is_one_line(monkeypatch):
    def none_found(*_, **__):
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "TemporaryFile", none_found)
    array = GrowingArray(np.int32, limit=0, purpose="reading the text", error=CorpusError)
    with pytest.raises(CorpusError, match=r"reading the text needs temporary files.*No usable.*set TMPDIR"):
        array.append(np.arange(3))
