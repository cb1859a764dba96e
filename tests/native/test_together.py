"""Threads that work together: a failure or an interrupt of one ends all, and none is left behind."""

from __future__ import annotations

import _thread
import signal
import threading
import time

import pytest

from wordvec.native.together import COUNTER_SIZE, new_counters, run_together
from wordvec.signals import delayed_signals


def test_counters_are_zero_and_lie_two_cache_lines_apart():
    for number in (1, 3, 7):
        counters = new_counters(number)
        assert counters.shape == (number, COUNTER_SIZE)
        assert counters.ctypes.data % 128 == 0
        assert counters.strides == (128, 8)
        assert not counters.any()


def test_all_jobs_run_at_the_same_time_and_are_done_at_the_end():
    barrier, found = threading.Barrier(3, timeout=30), []

    def run(number):
        barrier.wait()
        found.append(number)

    run_together(run, [(1,), (2,), (3,)], lambda _: None)
    assert sorted(found) == [1, 2, 3]


def wait_for_stop(number, stop, ended):
    if number == 1:
        raise ValueError("no luck")
    while not stop[0]:
        time.sleep(0.01)
    ended.append(number)


def test_a_failure_stops_the_others_and_is_raised():
    stop, ended = new_counters(1)[0], []
    with pytest.raises(ValueError, match="no luck"):
        run_together(wait_for_stop, [(number, stop, ended) for number in range(3)], lambda _: stop.fill(1))
    assert sorted(ended) == [0, 2]


@pytest.mark.parametrize("again", [False, True])
def test_interrupts_stop_all_and_are_raised_when_all_have_ended(again):
    """The second one, too, as each may come at any moment: before Python 3.13 Thread.join is left by the first."""
    stop, ended = new_counters(1)[0], []

    def run(number):
        while not stop[0]:
            _thread.interrupt_main()
            time.sleep(0.01)
        if again:
            _thread.interrupt_main()
        time.sleep(0.05)  # what C does until it sees `stop`
        ended.append(number)

    for _ in range(5):
        stop.fill(0)
        ended.clear()
        with pytest.raises(KeyboardInterrupt):
            run_together(run, [(number,) for number in (2, 3, 4)], lambda _: stop.fill(1))
        assert sorted(ended) == [2, 3, 4]


def test_a_thread_that_cannot_start_stops_the_others(monkeypatch):
    stop, ended = new_counters(1)[0], []
    start = threading.Thread.start

    def start_one(thread):
        if threading.active_count() > before:
            raise RuntimeError("can't start new thread")
        start(thread)

    before = threading.active_count()
    monkeypatch.setattr(threading.Thread, "start", start_one)
    with pytest.raises(RuntimeError, match="can't start"):
        run_together(wait_for_stop, [(number, stop, ended) for number in (2, 3)], lambda _: stop.fill(1))
    assert ended == [2]


@pytest.fixture
def interrupted_starts(monkeypatch):
    """Ctrl-C comes right after each thread has been started."""
    start = threading.Thread.start

    def start_interrupted(thread):
        start(thread)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(threading.Thread, "start", start_interrupted)


def test_an_interrupt_between_two_starts_waits_until_all_have_started(interrupted_starts):
    stop, ended, told = new_counters(1)[0], [], []

    def stopped(all_started):
        told.append(all_started)
        stop.fill(1)

    with pytest.raises(KeyboardInterrupt):
        run_together(wait_for_stop, [(number, stop, ended) for number in (2, 3)], stopped)
    assert sorted(ended) == [2, 3]
    assert told == [True]


def test_where_signals_wait_anyway_an_interrupt_is_handed_on(interrupted_starts):
    found = []
    with delayed_signals() as came:
        run_together(found.append, [(1,), (2,)], lambda _: None)
    assert sorted(found) == [1, 2]
    assert set(came) == {signal.SIGINT}
