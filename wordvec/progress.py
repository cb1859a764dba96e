"""Progress on stderr: a tqdm bar on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any


class Silence:
    """A progress bar that shows nothing."""

    def update(self, amount: int = 1) -> None:
        """Count `amount` more units as done."""

    def set_postfix_str(self, text: str) -> None:
        """Show `text` behind the bar."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def progress(total: int | None, what: str, unit: str, *, show: bool | None = None) -> Any:
    """Return a context manager with ``update(amount)`` and ``set_postfix_str(text)``.

    `show` is True, False, or None for "when stderr is a terminal". The bar gives rate and time left.

    >>> with progress(10, "counting", "words", show=False) as bar:
    ...     bar.update(10)
    """
    if show is None:
        show = sys.stderr.isatty()
    if not show:
        return Silence()
    from tqdm import tqdm

    shown: Any = _Terminal(sys.stderr)
    return tqdm(total=total, desc=what, unit=unit, unit_scale=True, file=shown, dynamic_ncols=True, leave=False)


class _Terminal:
    """A stream that may go away, as a closed terminal does, while the work goes on."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def announce(text: str) -> None:
    """Write one line to stderr; one that cannot be shown is not an error."""
    with suppress(OSError):
        sys.stderr.write(f"wordvec: {text}\n")
        sys.stderr.flush()
