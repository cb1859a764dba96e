"""Threads that run one C function together: their counters, and waiting for them so that Ctrl-C works.

C code does not handle signals. So all of it runs in helper threads, while the calling thread waits. On
KeyboardInterrupt, or if a helper fails, the others are made to return.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wordvec.signals import delayed_signals

COUNTER_SIZE = 16  # int64 numbers in a `counter` of team.h
POLL = 0.1  # seconds; waits are short because Ctrl-C does not end a wait on Windows


def new_counters(number: int) -> np.ndarray:
    """Zeroed counters, (number, COUNTER_SIZE) int64, aligned to 128 bytes; the first number of each is its value."""
    size = 8 * COUNTER_SIZE
    memory = np.zeros((number + 1) * size, np.uint8)
    start = -memory.ctypes.data % size
    return memory[start : start + number * size].view(np.int64).reshape(number, COUNTER_SIZE)


def poll(running: threading.Lock) -> None:
    """Wait a while for the job that holds the lock."""
    running.acquire(timeout=POLL)


def run_together(run: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], stop: Callable[[bool], Any]) -> None:
    """Call run(*job) for all jobs at the same time, each in a thread; returns when all are done.

    stop   makes every `run` return early; its argument is whether all threads were started

    An exception in one of them, or KeyboardInterrupt here, stops the others and is raised.
    """
    failures: list[BaseException] = []
    ended: set[int] = set()
    running = [threading.Lock() for _ in jobs]  # each held until its job has ended

    def work(number: int, job: tuple[Any, ...]) -> None:
        try:
            run(*job)
        except BaseException as error:  # raised again below, in the thread that waits
            failures.append(error)
            stop(True)
        finally:
            ended.add(number)
            running[number].release()

    def wait(started: int) -> None:
        # Not Thread.join: before Python 3.13, an interrupted join marks a running thread as ended.
        for number in range(started):
            while number not in ended:
                poll(running[number])

    helpers = [threading.Thread(target=work, args=(n, job), daemon=True) for n, job in enumerate(jobs)]
    started = 0
    try:
        with delayed_signals() as came:  # an interrupt while threads start would leave a thread without a waiter
            for helper, lock in zip(helpers, running):
                lock.acquire()
                helper.start()
                started += 1
        for number in came:
            signal.raise_signal(number)
        wait(started)
    except BaseException:
        stop(started == len(jobs))  # release threads that wait for one that failed to start
        raise
    finally:
        with delayed_signals():  # the threads write to the arrays until they end: a second Ctrl-C must wait
            wait(started)
            for helper in helpers[:started]:
                helper.join()
    if failures:
        raise failures[0]
