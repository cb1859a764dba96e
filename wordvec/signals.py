"""SIGTERM (from a batch system, say) and SIGHUP (a closed terminal) end a run as Ctrl-C does: its state is saved.

Signals only ever reach the main thread; in another one these functions do nothing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP came; its `number` says which. What handles Ctrl-C handles it too.

    >>> exit_status(Terminated(signal.SIGTERM)), exit_status(KeyboardInterrupt())
    (143, 130)
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def exit_status(error: KeyboardInterrupt) -> int:
    """128 and the number of the signal, as shells have it."""
    return 128 + int(getattr(error, "number", signal.SIGINT))


@contextmanager
def raise_terminated() -> Iterator[None]:
    """In the block, SIGTERM and SIGHUP raise Terminated where they would end the process.

    A program that has a handler of its own for them keeps it, and after ``nohup`` SIGHUP is ignored as before.
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
    """Let the signals that end a run wait for the end of the block, which yields the list of those that came.

    Hand the first one to `end_by` when all is saved.
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
    """Let a signal that had to wait take its course: a handler, or the end of the process. Else raise for it."""
    signal.raise_signal(number)
    raise KeyboardInterrupt if number == signal.SIGINT else Terminated(number)


def _may_end(number: int, handler: object) -> bool:
    return number == signal.SIGINT or handler != signal.SIG_IGN
