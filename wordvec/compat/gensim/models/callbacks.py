"""Callbacks during training, called as gensim calls them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


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


def call_all(callbacks: Iterable[Any], method: str, model: Any) -> None:
    """Call one method of each callback; callbacks that lack it are skipped."""
    for callback in callbacks:
        function = getattr(callback, method, None)
        if function is not None:
            function(model)
