"""Every option of a trainer with its default and its reason: for ``help(SkipGram)``, and for the documentation.

A trainer's docstring describes an option in a line that begins with its name; further lines are indented. What a
trainer inherits is described once, in the class it inherits it from.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import fields
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T", bound=type)
WIDTH = 100  # characters of a line of help


class Option(NamedTuple):
    """One option of a trainer."""

    name: str
    default: Any
    reason: str


def options_of(trainer: type) -> list[Option]:
    """The options of a trainer that `with_option_help` has seen, in the order of its arguments.

    >>> from wordvec import SkipGram
    >>> options_of(SkipGram)[0]
    Option(name='dim', default=100, reason='length of a vector, as in word2vec; 300 is usual for billions of words')
    """
    reasons = getattr(trainer, "option_reasons", {})
    return [Option(f.name, f.default, reasons.get(f.name, "")) for f in fields(trainer)]


def with_option_help(trainer: T) -> T:
    """A class decorator: the docstring lists every option, inherited ones too, with its default."""
    names = {f.name for f in fields(trainer)}
    paragraphs = inspect.cleandoc(trainer.__dict__.get("__doc__") or "").split("\n\n")  # no docstring under -OO
    described = [read_reasons(paragraph, names) for paragraph in paragraphs]
    trainer.option_reasons = getattr(trainer, "option_reasons", {}) | {  # type: ignore[attr-defined]
        name: reason for reasons in described for name, reason in reasons.items()
    }
    if trainer.__doc__:
        places = [i for i, reasons in enumerate(described) if reasons]
        examples = [i for i, paragraph in enumerate(paragraphs) if paragraph.startswith(">>>")]
        place = (places + examples + [len(paragraphs)])[0]
        kept = [paragraph if i not in places else "" for i, paragraph in enumerate(paragraphs)]
        listed = "Options, each with its default:\n\n" + "\n".join(_as_text(option) for option in options_of(trainer))
        trainer.__doc__ = "\n\n".join(part for part in [*kept[:place], listed, *kept[place:]] if part)
    return trainer


def read_reasons(paragraph: str, names: set[str]) -> dict[str, str]:
    r"""The reasons in a paragraph that describes options; empty for one that does not.

    >>> read_reasons("x_max, alpha  of the\n       weights\nseed  any", {"x_max", "alpha", "seed"})
    {'x_max': 'of the weights', 'alpha': 'of the weights', 'seed': 'any'}
    """
    reasons: dict[str, str] = {}
    current: list[str] = []
    for line in paragraph.splitlines():
        found = re.match(r"(\w+(?:, \w+)*)\s+(\S.*)", line)
        if line.startswith("    "):
            for name in current:
                reasons[name] += " " + line.strip()
        elif found and names.issuperset(found[1].split(", ")):
            current = found[1].split(", ")
            reasons |= dict.fromkeys(current, found[2])
        else:
            return {}
    return reasons


def _as_text(option: Option) -> str:
    lines = textwrap.wrap(option.reason, WIDTH - 4, break_on_hyphens=False)
    return "\n".join([f"{option.name} = {option.default!r}", *("    " + line for line in lines)])
