"""What `fit` checks before it begins: that it was given a corpus, and options that were set after the constructor."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from typing import Any

from wordvec.errors import ArgumentError
from wordvec.trainers.option_help import unknown_argument


def check_options_set_later(trainer: Any) -> None:
    """Raise ArgumentError or OptionError for an option that was set to a wrong value, or misspelt, since then.

    Python accepts any attribute: `trainer.epoch = 20` would otherwise be ignored.
    """
    known = [each.name for each in fields(trainer)]
    for name in vars(trainer):
        if not name.startswith("_") and name not in known:
            raise unknown_argument(type(trainer).__name__, name, known)
    checked = replace(trainer)  # its constructor checks all options, and makes numpy's numbers plain ones
    vars(trainer).update({name: getattr(checked, name) for name in known})


def check_is_corpus(trainer: str, given: Any) -> None:
    """Raise ArgumentError unless `given` is a Corpus, naming the constructor that makes a Corpus from it."""
    from wordvec.corpus import Corpus

    if isinstance(given, Corpus):
        return
    first = next(iter(given), None) if isinstance(given, (list, tuple)) else None
    if isinstance(given, (str, os.PathLike)):
        found, door = repr(given), "Corpus.from_files([path]) for files of text, Corpus.open(folder) for a corpus"
    elif isinstance(given, (list, tuple)) and not isinstance(first, str):
        found, door = f"a {type(given).__name__}", "Corpus.from_sentences(token_lists)"
    else:
        what = type(given).__name__
        found = "nothing" if given is None else f"a {what} of strings" if isinstance(first, str) else f"a {what}"
        door = "Corpus.from_texts(strings), Corpus.from_sentences(token_lists) or Corpus.from_files(paths)"
    raise ArgumentError(f"{trainer}.fit takes a Corpus; got {found}: make one by {door}")
