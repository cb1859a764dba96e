"""Word files for several models: lines of a few words (anchors, lexicons), and dictionaries of two languages."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wordvec.corpus.wordlists import decode_list, lines_of
from wordvec.errors import InputError, counted
from wordvec.progress import announce


@dataclass(frozen=True)
class Dictionary:
    """Pairs (word, translation) in file order, each once; `repeated` counts the repetitions."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    repeated: int = 0

    def translations(self) -> dict[str, list[str]]:
        """All translations of each word.

        >>> Dictionary("d", (("dog", "Hund"), ("run", "laufen"), ("run", "rennen"))).translations()["run"]
        ['laufen', 'rennen']
        """
        found: dict[str, list[str]] = {}
        for word, translation in self.pairs:
            found.setdefault(word, []).append(translation)
        return found


def read_dictionary(path: str | os.PathLike[str]) -> Dictionary:
    r"""Read a dictionary file: a word and one translation on each line, separated by spaces or a tab.

    A word with several translations has several lines. Raises InputError, naming file and line.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "en-de.txt"
    >>> _ = path.write_text("dog Hund\nrun laufen\nrun rennen\ndog Hund\n", encoding="utf-8")
    >>> dictionary = read_dictionary(path)
    >>> len(dictionary.pairs), dictionary.repeated
    (3, 1)
    """
    lines = read_word_lines(path, "a dictionary (a word and one translation on each line)", 2, 2)
    pairs = tuple(dict.fromkeys((words[0], words[1]) for _, words in lines))
    if several := [translation for _, translation in pairs if ", " in translation or ";" in translation]:
        announce(
            f"{os.fspath(path)}: {counted(len(several), 'translation')} with commas or semicolons, such as "
            f"{several[0]!r:.60}: each is taken for one word; write each translation on a line of its own"
        )
    return Dictionary(os.fspath(path), pairs, len(lines) - len(pairs))


# Files with a few words on each line: anchors, lexicons and dictionaries.


WordLine = tuple[int, list[str]]  # the number of the line, and its words


def read_word_lines(path: str | os.PathLike[str], what: str, least: int = 1, most: int | None = None) -> list[WordLine]:
    r"""The words of each line of a UTF-8 file, split at tabs if the line has one, else at spaces.

    So words separated by tabs may hold spaces. Blank lines and lines that begin with "# " are skipped. `what` describes
    the file in messages. Raises InputError, naming file and line, for a file that is missing, not UTF-8 or without
    words, and for a line of fewer than `least` or more than `most` words.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "pairs.txt"
    >>> _ = path.write_text("dog Hund\nice cream\tEis\n", encoding="utf-8")
    >>> read_word_lines(path, "a dictionary", 2, 2)
    [(1, ['dog', 'Hund']), (2, ['ice cream', 'Eis'])]
    """
    found: list[WordLine] = []
    for number, line in enumerate(lines_of(_text(Path(path), what)), 1):
        if not line.strip() or line.startswith("# ") or line.strip() == "#":
            continue
        fields = line.strip("\r\n").split("\t") if "\t" in line.strip() else line.split()
        words = [field.strip() for field in fields if field.strip()]
        if len(words) < least or (most is not None and len(words) > most):
            most_too = "" if most is None else f" and at most {most}"
            expected = f"{least} words" if least == most else f"at least {least}{most_too} words"
            more = "; write each translation on a line of its own, without notes" if what.startswith("a dict") else ""
            raise InputError(
                f"{path}, line {number}: {expected} expected in {what}, separated by tabs or spaces; "
                f"got {len(words)}: {line.strip()!r:.80}{more}"
            )
        found.append((number, words))
    if not found:
        raise InputError(f"{path}: no words in it; {what} in UTF-8 expected")
    return found


def _text(path: Path, what: str) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; {what} expected") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}; {what} expected") from error
    return decode_list(content, path)
