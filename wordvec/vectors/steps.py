"""Post-processing steps by name, such as ``center,all-but-the-top=3,int8``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wordvec.errors import OptionError
from wordvec.vectors import postprocessing
from wordvec.vectors.word_vectors import WordVectors


@dataclass(frozen=True)
class Step:
    """A post-processing step; whether it takes a number, and whether it needs one."""

    run: Callable[..., WordVectors]
    what: str
    takes_number: bool = False
    needs_number: bool = False


STEPS = {
    "center": Step(postprocessing.centered, "subtract the mean"),
    "unit": Step(postprocessing.unit_length, "scale each row to length 1"),
    "all-but-the-top": Step(
        postprocessing.all_but_the_top, "subtract the mean and the first N principal components (default: D/100)", True
    ),
    "whiten": Step(postprocessing.whitened, "make the covariance the identity"),
    "pca": Step(postprocessing.principal_components, "keep the N directions of largest variance", True, True),
    "float16": Step(postprocessing.to_float16, "store in half the bytes"),
    "int8": Step(postprocessing.to_int8, "store in a quarter of the bytes"),
}


def parse_steps(text: str) -> list[tuple[str, int | None]]:
    """Parse steps and their numbers, in order. Raises OptionError for an unknown step or a missing number.

    >>> parse_steps("center,pca=50, int8")
    [('center', None), ('pca', 50), ('int8', None)]
    """
    parsed: list[tuple[str, int | None]] = []
    for part in text.split(","):
        name, equals, number = part.strip().partition("=")
        if name not in STEPS:
            raise OptionError(f"a step must be one of {', '.join(STEPS)}; got {name!r} in {text!r}")
        step = STEPS[name]
        if equals and not step.takes_number:
            raise OptionError(f"the step {name} takes no number; got {part.strip()!r}")
        if step.needs_number and not equals:
            raise OptionError(f"the step {name} needs a number, as in {name}=50")
        if equals and not (number.isascii() and number.isdigit()):
            raise OptionError(f"the step {name} takes a whole number, as in {name}=3; got {number!r}")
        parsed.append((name, int(number) if equals else None))
    return parsed


def post_processed(vectors: WordVectors, steps: str | Sequence[tuple[str, int | None]]) -> WordVectors:
    """Return the vectors after applying all `steps` in order.

    >>> import numpy as np
    >>> vectors = WordVectors(["a", "b"], np.array([[1.0, 4.0], [3.0, 0.0]]))
    >>> post_processed(vectors, "center,unit").info["post_processing"]
    [{'step': 'center'}, {'step': 'unit'}]
    """
    for name, number in parse_steps(steps) if isinstance(steps, str) else steps:
        vectors = STEPS[name].run(vectors) if number is None else STEPS[name].run(vectors, number)
    return vectors
