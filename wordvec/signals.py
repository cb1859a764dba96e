"""SIGTERM (batch systems), SIGHUP (a closed terminal) and Ctrl-Break end a run like Ctrl-C: its state is saved.

Signals reach only the main thread; in any other thread these functions do nothing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


class Terminated(KeyboardInterrupt):
    """SIGTERM, SIGHUP or Ctrl-Break arrived; `number` is the signal. Code that handles Ctrl-C handles this too.

    >>> exit_status(Terminated(signal.SIGTERM)), exit_status(KeyboardInterrupt())
    (143, 130)
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def exit_status(error: KeyboardInterrupt) -> int:
    """128 plus the number of the signal, as in shells."""
    return 128 + int(getattr(error, "number", signal.SIGINT))


@contextmanager
def raise_terminated() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise Terminated in the block instead of ending the process.

    A program's own handlers are kept, and after ``nohup`` SIGHUP is still ignored.
    """

    def end(number: int, _: object) -> None:
        raise Terminated(number)

    changed = []
    if threading.current_thread() is threading.main_thread():
        changed = [each for each in ENDING if each != signal.SIGINT and signal.getsignal(each) == signal.SIG_DFL]
    try:
        for each in changed:
            signal.signal(each, end)
        yield
    finally:
        for each in changed:
            signal.signal(each, signal.SIG_DFL)


@contextmanager
def delayed_signals() -> Iterator[list[int]]:
    """Delay the signals that end a run until the end of the block; yields the list of those that arrived.

    Pass the first one to `end_by` when everything is saved.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = {each: signal.getsignal(each) for each in ENDING}
    waiting = [each for each, handler in before.items() if handler is not None and _may_end(each, handler)]
    try:
        for each in waiting:
            signal.signal(each, lambda number, _: came.append(number))
        yield came
    finally:
        for each in waiting:
            signal.signal(each, before[each])


def end_by(number: int) -> NoReturn:
    """Deliver a delayed signal to its handler, or end the process. If that returns, raise an exception for it."""
    signal.raise_signal(number)
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated(number)


def _may_end(number: int, handler: object) -> bool:
    return number == signal.SIGINT or handler != signal.SIG_IGN
