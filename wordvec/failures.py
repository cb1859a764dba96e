"""What the command says about an error that its user can do something about: one line."""

from __future__ import annotations

from wordvec.errors import WordvecError

LESS_MEMORY = "take fewer words (--min-count, --max-words), fewer dimensions (--dim) or fewer --threads"
NO_ROOM_TO_LOAD = ("failed to map segment", "cannot allocate memory", "cannot enable executable stack")


def in_one_line(error: BaseException) -> str | None:
    r"""A line about an error of the input, the disk or the memory; None for a fault of the program.

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
        return f"the system starts no more threads, for want of memory or by a limit: {LESS_MEMORY}"
    if isinstance(error, ImportError) and any(text in str(error).lower() for text in NO_ROOM_TO_LOAD):
        return f"not enough memory to load a library ({error})"
    return None
