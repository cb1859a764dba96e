"""Checks of trainers' options, and of what is given to `fit`."""

from __future__ import annotations

import math
import os
from dataclasses import fields, replace
from typing import Any

from wordvec.argument_types import check_fields
from wordvec.corpus.draws.steps import LARGEST_MEETINGS
from wordvec.counts.stream import LARGEST_WINDOW
from wordvec.errors import ArgumentError, OptionError, TrainingError
from wordvec.memory import available_memory
from wordvec.trainers.option_help import unknown_argument

# Larger values are mistakes. They would fail late (out of memory, or by overflowing 64 bits) or never finish.
LARGEST = {
    "dim": 1_000_000,
    "window": LARGEST_WINDOW,
    "negatives": 1_000,
    "epochs": 1_000_000,
    "batch_size": 2**31 - 1,
    "max_meetings": LARGEST_MEETINGS,
    "threads": 1_024,
    "slices": 100_000,
    "warps": 1_000_000,
    "patience": 1_000_000,
    "pieces": 100_000,
    "merges": 100_000,
}


def option_names(trainer: type[Any]) -> list[str]:
    """The names of a trainer's options."""
    return [f.name for f in fields(trainer)]


def check_types_and_sizes(trainer: Any) -> None:
    """Raise ArgumentError for an option of the wrong type, OptionError for one that is far too large."""
    types = {f.name: f.type for f in fields(trainer)}
    if types.get("window") == "int" and isinstance(trainer.window, str) and trainer.window == "sentence":
        raise ArgumentError(
            f"{trainer.name}: a window of 'sentence' is for skipgram and cbow; here, give the number of words that the "
            "longest sentence has (with weighting 'flat', all of them count alike)"
        )
    check_fields(trainer.name, types, trainer)
    for option in option_names(type(trainer)):
        value, most = getattr(trainer, option), LARGEST.get(option, math.inf)
        if isinstance(value, (int, float)) and abs(value) > most:
            raise OptionError(f"{trainer.name}: {option} must be at most {most:,}; got {value:,}")
        if isinstance(value, float) and math.isinf(value):
            raise OptionError(f"{trainer.name}: {option} must be finite; got {value}")


def check_options(trainer: Any, **conditions: tuple[bool, str]) -> None:
    """Raise OptionError for the first option whose condition is False; a condition is (holds, what is expected)."""
    for option, (holds, expected) in conditions.items():
        if not holds:
            raise OptionError(f"{trainer.name}: {option} must be {expected}; got {getattr(trainer, option)!r}")


def check_no_effect(trainer: Any, names: tuple[str, ...], why: str, way_out: str) -> None:
    """Raise OptionError if one of the options `names`, which change nothing here, differs from its default."""
    defaults = {each.name: each.default for each in fields(trainer) if each.name in names}
    given = [name for name, default in defaults.items() if getattr(trainer, name) != default]
    if given:
        raise OptionError(
            f"{trainer.name}: {' and '.join(given)} would change nothing: {why}; leave "
            f"{'it' if len(given) == 1 else 'them'} out, or {way_out}"
        )


def check_memory(
    what: str, needed: int, way_out: str = "fewer dimensions (--dim) or fewer words (--min-count)"
) -> None:
    """Raise OptionError if `needed` bytes exceed this machine's free memory, if that is known."""
    available = available_memory()
    if available is not None and needed > available:
        raise OptionError(
            f"{what} needs {needed / 2**30:.1f} GiB of memory and {available / 2**30:.1f} GiB are free: take {way_out}"
        )


def check_words_meet(number: int) -> None:
    """Raise TrainingError if the `number` of predictions, or of pairs of words that meet, is 0."""
    if number == 0:
        raise TrainingError(
            "no word of the corpus has another word next to it once rare words and some of the frequent ones are left "
            "out, so there is nothing to train on (or, for documents, no word was kept): longer sentences, a smaller "
            "--min-count or --subsample 0 may help; the items of a session belong on one line, with spaces between "
            "them (or --tokenizer commas); a text without spaces between its words, such as Chinese or Thai, needs "
            "another --tokenizer, such as characters"
        )


def check_held_out_words_meet(number: int) -> None:
    """Raise TrainingError if the `number` of predictions, or of words with neighbours, in held-out sentences is 0."""
    if number == 0:
        raise TrainingError(
            "no word of the held-out sentences, the last ones, has another word next to it once some of the frequent "
            "words are left out, so there is no loss to measure: take a larger --held-out or --subsample 0, or put "
            "longer sentences last"
        )


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
