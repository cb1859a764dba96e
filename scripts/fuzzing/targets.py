"""What is fuzzed: for each reader, the files of a case made from a random generator, and a function that reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

Files = dict[str, bytes]  # name in the folder of the case -> content


class Inconsistent(AssertionError):
    """What a reader returned contradicts itself."""


class Target(NamedTuple):
    """A reader under test.

    make  the files of a case; the same ones for the same state of the generator
    read  reads them from a folder and checks what comes out; raises WordvecError where the reader refuses
    """

    make: Callable[[Random], Files]
    read: Callable[[Path], object]


def expect(condition: object, what: str) -> None:
    """Raise Inconsistent unless the condition holds."""
    if not condition:
        raise Inconsistent(what)


def all_targets() -> dict[str, Target]:
    """Every target by its name."""
    from fuzzing.document_targets import document_targets
    from fuzzing.folder_targets import folder_targets
    from fuzzing.record_targets import record_targets
    from fuzzing.set_targets import set_targets
    from fuzzing.text_targets import text_targets
    from fuzzing.vector_targets import vector_targets

    made = (vector_targets, text_targets, folder_targets, set_targets, document_targets, record_targets)
    return {name: target for targets in made for name, target in targets().items()}
