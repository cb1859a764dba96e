import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import memory
from wordvec.errors import OptionError
from wordvec.memory import available_memory, give_back_pages, parse_bytes, show_bytes


@pytest.mark.parametrize(
    "size, expected",
    [(1, 1), ("7", 7), ("2K", 2048), ("2k", 2048), (" 3 MB ", 3 * 2**20), ("1.5GiB", 3 * 2**29), ("1T", 2**40)],
)
def test_sizes(size, expected):
    assert parse_bytes(size) == expected


@pytest.mark.parametrize(
    "size", ["", "G", "2 gigs", "-1", "1e9", "0", 0, -5, True, None, 1.5e300, "2GG", "nan", "1,5G"]
)
def test_what_is_no_size(size):
    with pytest.raises(OptionError, match="positive number of bytes, with K, M, G or T such as '2G'; got"):
        parse_bytes(size)


@given(st.integers(1, 2**60))
def test_what_is_shown_can_be_given_and_is_enough(size):
    assert size <= parse_bytes(show_bytes(size)) <= 1.1 * size


def test_this_machine_has_memory():
    assert available_memory() is None or available_memory() > 2**20


def test_a_system_that_does_not_tell(monkeypatch):
    def refuse(*_, **__):
        raise OSError

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(memory.os, "sysconf", refuse, raising=False)
    assert available_memory() is None


def test_pages_given_back_are_read_again_and_changes_are_kept(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(5000))
    for mode in ("r", "c"):
        mapped = np.load(tmp_path / "a.npy", mmap_mode=mode)
        if mode == "c":
            mapped[0] = 7
        give_back_pages(mapped)
        assert mapped[0] == (7 if mode == "c" else 0)
        assert mapped[4999] == 4999
    give_back_pages(np.arange(3))


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows")
def test_windows_tells_what_is_available_and_the_peak():
    before = memory.windows_memory()
    held = bytearray(50_000_000)
    available, peak = memory.windows_memory()
    assert 2**26 < available < 2**45
    assert before[1] + len(held) * 0.9 < peak < 2**36
