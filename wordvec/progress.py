"""Progress: a tqdm bar on a terminal or in a notebook, silence elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib.util import find_spec
from typing import Any

from wordvec.terminal import printable, unguarded

PACKAGE = os.path.join(os.path.dirname(__file__), "")


class Silence:
    """A progress bar that shows nothing."""

    def update(self, amount: int = 1) -> None:
        """Count `amount` more units as done."""

    def set_postfix_str(self, text: str) -> None:
        """Show `text` after the bar."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, *_: object) -> None:
        pass


NO_STREAM = (AttributeError, OSError, ValueError)  # stderr is None (pythonw), a program's own object, closed, or full


def on_terminal() -> bool:
    """Whether stderr is a terminal."""
    try:
        return bool(sys.stderr.isatty())
    except NO_STREAM:
        return False


def progress(total: int | None, what: str, unit: str, *, show: bool | None = None) -> Any:
    """Return a context manager with ``update(amount)`` and ``set_postfix_str(text)``.

    `show` is True, False, or None for "on a terminal or in a notebook". The bar shows the rate and the time left.

    >>> with progress(10, "counting", "words", show=False) as bar:
    ...     bar.update(10)
    """
    notebook = _in_notebook()
    if show is None:
        show = notebook or on_terminal()
    if not show:
        return Silence()
    bar = {"unit": unit, "unit_scale": True, "dynamic_ncols": True, "leave": False}
    if notebook and find_spec("ipywidgets") is not None:
        from tqdm import notebook as in_notebook

        if getattr(in_notebook, "IProgress", None) is not None:  # else widgets are installed but cannot be loaded
            return in_notebook.tqdm(total=total, desc=what, **bar)
    from tqdm import tqdm

    return tqdm(total=total, desc=what, file=_Terminal(unguarded(sys.stderr)), **bar)  # type: ignore[arg-type]


def _in_notebook() -> bool:
    """Whether this process is the kernel of a notebook (Jupyter, Colab). This does not load IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return getattr(shell, "kernel", None) is not None


class _Terminal:
    """A stream that may be missing or disappear, such as a terminal that is closed, while the work continues."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(*NO_STREAM):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(*NO_STREAM):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


PATIENCE = 1.0  # seconds after which the reason for a wait is shown


@contextmanager
def announced(text: str) -> Iterator[None]:
    """Announce `text` if the block takes longer than `PATIENCE`: the user should know the reason for a wait."""
    timer = threading.Timer(PATIENCE, announce, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line of the program that called wordvec, however many of wordvec's functions are in between."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


_listener: ContextVar[list[str] | None] = ContextVar("listener", default=None)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collect what this thread announces in the block: nobody watches the terminal of a task on another machine.

    >>> with heard() as said:
    ...     announce("3 records hold no text")
    >>> said
    ['3 records hold no text']
    """
    said: list[str] = []
    token = _listener.set(said)
    try:
        yield said
    finally:
        _listener.reset(token)


def announce(text: str) -> None:
    """Write one line to stderr if possible; a missing stderr does not end a training run."""
    listener = _listener.get()
    if listener is not None:
        listener.append(text)
        return
    try:
        sys.stderr.write(f"wordvec: {printable(text)}\n")
        sys.stderr.flush()
    except NO_STREAM:
        pass
