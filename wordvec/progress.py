"""Progress on stderr: a tqdm bar on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
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

    return tqdm(total=total, desc=what, unit=unit, unit_scale=True, file=sys.stderr, dynamic_ncols=True, leave=False)


def announce(text: str) -> None:
    """Write one line to stderr."""
    sys.stderr.write(f"wordvec: {text}\n")
    sys.stderr.flush()
