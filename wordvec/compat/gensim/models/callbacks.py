"""Callbacks during training, called as gensim calls them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wordvec.errors import ArgumentError


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


def checked_callbacks(callbacks: Iterable[Any]) -> list[Any]:
    """The callbacks as a list. Raises ArgumentError for an object without any of the methods, such as a function."""
    listed = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    wrong = next((each for each in listed if not any(hasattr(each, method) for method in METHODS)), None)
    if wrong is not None:
        raise ArgumentError(
            f"callbacks: objects with the methods of CallbackAny2Vec expected ({', '.join(METHODS)}); "
            f"got a {type(wrong).__name__}"
        )
    return listed


def call_all(callbacks: Iterable[Any], method: str, model: Any) -> None:
    """Call one method of each callback; callbacks that lack it are skipped."""
    for callback in callbacks:
        function = getattr(callback, method, None)
        if function is not None:
            function(model)
