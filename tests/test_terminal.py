"""Text for terminals, files and pictures: any encoding, any character, any state of the stream."""

import errno
import io
import json
import os
import sys

import pytest

from wordvec.progress import announce, progress
from wordvec.terminal import GuardedStream, OutputError, guarded_output, json_text, printable, unguarded

HOSTILE = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x61C, *range(0x200E, 0x2010), *range(0x2028, 0x202F))))
HOSTILE += "".join(map(chr, (*range(0x2066, 0x2070), 0xDCFF, 0xE000, 0xD800, 0xFDD0, 0xFFF9, 0xFFFE, 0xFFFF)))
LETTERS = "naïve 김치 سلام می‌خواهم 👩‍👧 हिन्दी ¥ \\ £"
ENCODINGS = ["ascii", "cp1252", "cp949", "euc-kr", "shift_jis", "iso2022_jp", "koi8-r", "utf-8", "utf-16", "cp037"]


def harmless(text):
    """Whether a terminal shows all of it; joiners have no glyph of their own and belong to words."""
    return text.replace("\u200c", "").replace("\u200d", "").isprintable()


def stream(encoding="utf-8", errors="strict"):
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="\n")


def written(text, encoding):
    raw = stream(encoding)
    guarded = GuardedStream(raw)
    guarded.write(text)
    guarded.flush()
    return raw.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("character", HOSTILE, ids=lambda c: f"{ord(c):04x}")
def test_a_character_that_steers_is_shown_as_an_escape(character):
    shown = printable(f"a{character}b")
    assert shown.isprintable()
    assert shown.startswith("a\\")
    assert shown.endswith("b")


def test_letters_of_all_scripts_stay_as_they_are():
    assert printable(LETTERS) == LETTERS
    assert json_text(LETTERS) == json.dumps(LETTERS, ensure_ascii=False)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_text_can_be_written(encoding):
    text = written(f"{LETTERS}{HOSTILE}\n\tend\n", encoding)
    assert text.endswith("\n\tend\n")
    assert harmless(text.replace("\n", "").replace("\t", ""))
    assert ("김치" if encoding in ("cp949", "euc-kr", "utf-8", "utf-16") else r"\uae40\uce58") in text


@pytest.mark.parametrize("encoding", [*ENCODINGS, None, "no-such-encoding"])
def test_json_is_json_in_any_encoding(encoding):
    value = {"word": LETTERS + HOSTILE, "scores": [float("nan"), float("inf"), -float("inf"), 1.5, None, True]}
    text = json_text(value, encoding)
    if encoding in ENCODINGS:
        assert written(text, encoding) == text
    assert harmless(text)
    assert json.loads(text) == {"word": LETTERS + HOSTILE, "scores": [None, None, None, 1.5, None, True]}


def test_json_of_numpy_numbers():
    np = pytest.importorskip("numpy")
    value = {"a": np.float32(0.5), "b": np.arange(2), "c": np.array([np.nan, 1.0]), "d": (np.int64(3), np.bool_(True))}
    assert json_text(value) == '{"a": 0.5, "b": [0, 1], "c": [null, 1.0], "d": [3, true]}'


class Failing(io.StringIO):
    """A stream on a full disk, or without a reader."""

    def __init__(self, number):
        super().__init__()
        self.number, self.tries = number, 0

    def write(self, text):
        self.tries += 1
        raise OSError(self.number, os.strerror(self.number))


def test_a_full_disk_is_said_once():
    raw = Failing(errno.ENOSPC)
    guarded = GuardedStream(raw)
    with pytest.raises(OutputError, match="the output cannot be written: No space left"):
        guarded.write("a")
    guarded.write("b")
    guarded.flush()
    assert raw.tries == 1


def test_a_reader_that_has_left_is_told_apart():
    with pytest.raises(BrokenPipeError):
        GuardedStream(Failing(errno.EPIPE)).write("a")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPIPE, errno.EBADF])
def test_messages_that_nobody_can_read_end_nothing(number, monkeypatch):
    GuardedStream(Failing(number), must_arrive=False).write("a")
    monkeypatch.setattr(sys, "stderr", Failing(number))
    announce("a")


def test_without_any_stderr(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    announce("a")
    with progress(3, "a", "b") as bar:
        bar.update()


def test_announcements_are_one_line(capsys):
    announce(f"a{HOSTILE}b")
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert line[:-1].isprintable()


def test_the_streams_are_put_back(monkeypatch):
    before = sys.stdout, sys.stderr
    with pytest.raises(KeyboardInterrupt), guarded_output():
        assert unguarded(sys.stderr) is before[1]
        assert sys.stdout.encoding == before[0].encoding
        raise KeyboardInterrupt
    assert (sys.stdout, sys.stderr) == before
    monkeypatch.setattr(sys, "stdout", None)
    with guarded_output():
        print("nowhere")
