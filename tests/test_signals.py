"""SIGTERM and SIGHUP end a run as Ctrl-C does, and leave a program's own handlers alone."""

import signal
import subprocess
import sys
import threading

import pytest

from wordvec.cli.similar import converse
from wordvec.signals import Terminated, delayed_signals, end_by, exit_status, raise_terminated
from wordvec.vectors import WordVectors

NAMES = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_is_raised_as_an_interruption_with_its_number(name):
    number = getattr(signal, name)
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt, match=name) as raised, raise_terminated():
        signal.raise_signal(number)
    assert exit_status(raised.value) == 128 + number
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda *_: None])
def test_a_signal_that_is_ignored_or_handled_stays_so(name, handler):
    number = getattr(signal, name)
    before = signal.signal(number, handler)
    try:
        with raise_terminated():
            signal.raise_signal(number)
            if handler == signal.SIG_IGN:
                with delayed_signals() as came:
                    signal.raise_signal(number)
                assert came == []
        assert signal.getsignal(number) == handler
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("name", ["SIGINT", *NAMES])
def test_delayed_signals_come_after_the_block(name):
    number, done = getattr(signal, name), []
    with raise_terminated(), pytest.raises(KeyboardInterrupt):
        with delayed_signals() as came:
            signal.raise_signal(number)
            done.append("the rest of the block")
        assert came == [number]
        end_by(came[0])
    assert done


def test_a_handler_that_returns_does_not_keep_the_run_alive():
    handled = []
    before = signal.signal(signal.SIGTERM, lambda *_: handled.append("told"))
    try:
        with pytest.raises(Terminated):
            end_by(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert handled == ["told"]


@pytest.mark.skipif(sys.platform == "win32", reason="a signal's default action is POSIX's")
def test_without_a_handler_the_signal_ends_the_process_after_the_block():
    code = "import signal; from wordvec.signals import *\nwith delayed_signals() as came:\n"
    code += " signal.raise_signal(signal.SIGTERM); print('saved', flush=True)\nend_by(came[0])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGTERM, "saved\n", "")


def test_in_another_thread_nothing_is_changed():
    seen = []

    def look():
        with raise_terminated(), delayed_signals() as came:
            seen.append((signal.getsignal(signal.SIGTERM), came))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(signal.getsignal(signal.SIGTERM), [])]


def test_the_prompt_takes_ctrl_c_for_a_line_and_sigterm_for_the_end(capsys):
    vectors, answers = WordVectors(["a", "b"], [[1.0, 0.0], [0.0, 1.0]]), [KeyboardInterrupt(), Terminated(15)]

    def ask(_):
        raise answers.pop(0)

    with pytest.raises(Terminated):
        converse(vectors, print, 1, ask=ask)
    assert answers == []
