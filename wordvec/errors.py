"""The errors wordvec raises, all under one root.

::

    WordvecError
    ├── InputError (ValueError)           what was given cannot be used: say what, where and what to do next
    │   ├── CorpusError                   text or an encoded corpus
    │   ├── VectorsFileError              a file of vectors
    │   ├── CountsFileError               a folder of co-occurrence counts
    │   ├── EvaluationFileError           a file of word pairs or analogies
    │   ├── OptionError                   an option that does not exist, does not apply or is out of range
    │   │   └── ArgumentError (TypeError)  an argument of an unknown name or of the wrong type
    │   └── UnknownWordError (KeyError)   a word outside the vocabulary, with near spellings
    ├── ShapeError (ValueError)           arrays that do not fit together
    ├── DeviceUnavailableError            a device was asked for that is not here
    ├── MissingExtraError (ImportError)   an optional dependency is not installed; names the extra
    └── TrainingError                     training cannot go on (a loss that is not finite)

The command line turns each of them into one line on stderr and exit status 2.
"""

from __future__ import annotations

from collections.abc import Sequence


class WordvecError(Exception):
    """Root of all errors that wordvec raises on purpose."""


class InputError(WordvecError, ValueError):
    """What was given cannot be used."""


class CorpusError(InputError):
    """Text or an encoded corpus that cannot be used."""


class VectorsFileError(InputError):
    """A file of vectors that cannot be read."""


class CountsFileError(InputError):
    """A folder of co-occurrence counts that cannot be read, or that belongs to another vocabulary."""


class EvaluationFileError(InputError):
    """A file of word pairs or analogy questions that cannot be read."""


class OptionError(InputError):
    """An option that does not exist, does not apply or is out of range."""


class ArgumentError(OptionError, TypeError):
    """An argument of an unknown name or of the wrong type."""


class UnknownWordError(InputError, KeyError):
    """A word outside the vocabulary.

    Attributes: ``word``, and ``suggestions``, near spellings in the vocabulary (best first).
    """

    def __init__(self, word: str, message: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.word = word
        self.suggestions = list(suggestions)

    def __str__(self) -> str:  # KeyError would print the repr of its argument
        return str(self.args[0])


class ShapeError(WordvecError, ValueError):
    """Arrays whose shapes, dtypes or devices do not fit together."""


class DeviceUnavailableError(WordvecError, RuntimeError):
    """A device was asked for that this machine or installation does not have."""


class MissingExtraError(WordvecError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs {package}, which is not installed: pip install 'wordvec[{extra}]'")


class TrainingError(WordvecError, RuntimeError):
    """Training cannot go on."""
