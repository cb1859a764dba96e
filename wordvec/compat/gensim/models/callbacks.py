"""What is called during training, as gensim calls it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class CallbackAny2Vec:
    """Override any of the four methods and give an object to ``Word2Vec(callbacks=[...])`` or ``train(callbacks=...)``.

    In each of them, ``model.wv`` has the vectors as they are at that time.
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
    """Call one method of each callback; one that lacks it is passed over."""
    for callback in callbacks:
        function = getattr(callback, method, None)
        if function is not None:
            function(model)
