"""Callbacks during training, called as gensim calls them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wordvec.errors import ArgumentError, describe


class CallbackAny2Vec:
    """Override any of the four methods and pass an object to ``Word2Vec(callbacks=[...])`` or ``train(callbacks=...)``.

    In each of them, ``model.wv`` has the current vectors.
    """

    def on_train_begin(self, model: Any) -> None:
        """Before the first epoch."""

    def on_epoch_begin(self, model: Any) -> None:
        """Before each epoch."""

    def on_epoch_end(self, model: Any) -> None:
        """After each epoch."""

    def on_train_end(self, model: Any) -> None:
        """After the last epoch."""


METHODS = [name for name in vars(CallbackAny2Vec) if name.startswith("on_")]


def checked_callbacks(callbacks: Any) -> list[Any]:
    """The callbacks as a list. Raises ArgumentError for anything that training could not call."""
    if isinstance(callbacks, str) or not isinstance(callbacks, Iterable):
        raise ArgumentError(f"callbacks must be a list of callbacks, such as [callback]; got {describe(callbacks)}")
    found = list(callbacks)
    for callback in found:
        if isinstance(callback, type):
            name = callback.__name__
            raise ArgumentError(f"callbacks are objects, not classes: write callbacks=[{name}(...)] for {name}")
        if not any(callable(getattr(callback, method, None)) for method in METHODS):
            raise ArgumentError(
                f"a callback must have {', '.join(METHODS[:-1])} or {METHODS[-1]}, as objects of a subclass of "
                f"CallbackAny2Vec do; got {describe(callback)}"
            )
    return found


def call_all(callbacks: Iterable[Any], method: str, model: Any) -> None:
    """Call one method of each callback; callbacks that lack it are skipped."""
    for callback in callbacks:
        function = getattr(callback, method, None)
        if function is not None:
            function(model)
