"""The errors that wordvec raises, all under one root.

::

    WordvecError
    ├── InputError (ValueError)           input that cannot be used: says what, where and what to do next
    │   ├── CorpusError                   text or an encoded corpus
    │   ├── VectorsFileError              a file of vectors
    │   ├── CountsFileError               a folder of co-occurrence counts
    │   ├── EvaluationFileError           a file of word pairs or analogies
    │   ├── OptionError                   an option that does not exist, does not apply or is out of range
    │   │   └── ArgumentError (TypeError)  an argument with an unknown name or the wrong type
    │   └── UnknownWordError (KeyError)   a word outside the vocabulary, with near spellings
    ├── ShapeError (ValueError)           arrays that do not fit together
    ├── DeviceUnavailableError            the requested device is not available
    ├── MissingExtraError (ImportError)   an optional dependency is not installed; names the extra
    ├── LibraryError                      the C library is missing, damaged or built from other sources
    ├── TrainingError                     training cannot continue (such as a loss that is not finite)
    └── ClusterError                      a cluster that cannot be reached, does not fit or has lost its workers

The command line turns each of them into one line on stderr and exit status 2.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence
from typing import Any

SHOWN = 60  # characters or bytes of a value in a message
LONGEST_MESSAGE = 1600  # characters; a longer message, which quotes a file or an argument, is cut in the middle


class WordvecError(Exception):
    """Root of all errors that wordvec raises on purpose."""


class InputError(WordvecError, ValueError):
    """Input that cannot be used. The length of the message is limited, however long the values that it quotes.

    >>> len(str(InputError("v.txt: expected a number; got " + "9" * 100_000 + "; write one")))
    1600
    """

    def __init__(self, *args: Any) -> None:
        if args and isinstance(args[0], str) and len(args[0]) > LONGEST_MESSAGE:
            half = LONGEST_MESSAGE // 2
            args = (f"{args[0][: half - 2]} ...{args[0][2 - half :]}", *args[1:])
        super().__init__(*args)


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
    """An argument with an unknown name or the wrong type."""


class UnknownWordError(InputError, KeyError):
    """A word outside the vocabulary.

    Attributes: ``word``; and ``suggestions``, similar spellings in the vocabulary (best first).
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
    """The requested device is not available on this machine or in this installation."""


class MissingExtraError(WordvecError, ImportError):
    """An optional dependency is not installed, or cannot be imported."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        handled = sys.exc_info()[1]
        if isinstance(handled, ImportError) and not isinstance(handled, ModuleNotFoundError):
            reason = " ".join(str(handled).split())[:200]
            super().__init__(
                f"{purpose} needs {package}, which is installed but cannot be imported ({reason}): "
                f"pip install --upgrade 'wordvec[{extra}]'"
            )
            return
        super().__init__(f"{purpose} needs {package}, which is not installed: pip install 'wordvec[{extra}]'")


class LibraryError(WordvecError, RuntimeError):
    """wordvec's C library is missing, damaged, or not built from the sources beside it."""


class TrainingError(WordvecError, RuntimeError):
    """Training cannot continue."""


class ClusterError(WordvecError, RuntimeError):
    """A cluster that cannot be reached, has incompatible workers, or has none left."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 document", "2,000 documents"; `plural` is for irregular plurals.

    >>> counted(1, "document"), counted(2000, "document"), counted(0, "loss", "losses"), counted(1, "loss", "losses")
    ('1 document', '2,000 documents', '0 losses', '1 loss')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def listed(names: Sequence[str], shown: int) -> str:
    """The first `shown` names, for a message, and how many more there are.

    >>> listed(["a", "b"], 2), listed(list("abcdefg"), 5)
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def describe(value: Any) -> str:
    """A short description of a value for a message, however large or nested it is: containers are not searched.

    >>> describe("cat"), describe(7), describe([1, [2]]), describe("x" * 100)[:12]
    ("'cat'", '7', 'a list of 2', "'xxxxxxxxxxx")
    >>> describe(10**5000), describe({})
    ('an integer of 16610 bits', 'a dict of 0')
    """
    if isinstance(value, (str, bytes)):
        return repr(value[:SHOWN]) + ("..." if len(value) > SHOWN else "")
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if value.bit_length() <= 128 else f"an integer of {value.bit_length()} bits"
    shape = getattr(value, "shape", None)
    if type(shape) is tuple and shape:
        return f"a {type(value).__name__} of shape {shape}"
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return f"a {type(value).__name__} of {len(value):,}"
    return f"a {type(value).__name__}"


def unreadable(error: OSError) -> str:
    """Why the system could not read a file.

    >>> unreadable(OSError(24, "Too many open files", "v.bin"))
    'cannot be read: Too many open files: raise their limit with ulimit -n'
    """
    way_out = ": raise their limit with ulimit -n" if error.errno == errno.EMFILE else ""
    return f"cannot be read: {error.strerror or error}{way_out}"


# The command's one-line message for an error that the user can fix.


LESS_MEMORY = "take fewer words (--min-count, --max-words), fewer dimensions (--dim) or fewer --threads"
NO_ROOM_TO_LOAD = ("failed to map segment", "cannot allocate memory", "cannot enable executable stack")


def in_one_line(error: BaseException) -> str | None:
    r"""A line about an error of the input, the disk or the memory; None for an error in the program.

    >>> in_one_line(MemoryError("Unable to allocate 8 GiB"))[:49]
    'not enough memory (Unable to allocate 8 GiB): tak'
    >>> in_one_line(OSError(28, "No space left on device", "v.bin")), in_one_line(KeyError("x"))
    ('v.bin: No space left on device', None)
    """
    if isinstance(error, WordvecError):
        return " ".join(str(error).split("\n"))
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    if isinstance(error, MemoryError):
        found = f" ({error})" if str(error) else ""
        return f"not enough memory{found}: {LESS_MEMORY}"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return f"the system cannot start more threads (not enough memory, or a limit): {LESS_MEMORY}"
    if isinstance(error, ImportError) and any(text in str(error).lower() for text in NO_ROOM_TO_LOAD):
        return f"not enough memory to load a library ({error})"
    return None
