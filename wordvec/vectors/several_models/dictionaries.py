"""Dictionaries of two languages: pairs of a word and its translation."""

from __future__ import annotations

import os
from dataclasses import dataclass

from wordvec.vectors.several_models.word_lines import read_word_lines


@dataclass(frozen=True)
class Dictionary:
    """Pairs (word, translation) in the file's order, each once; `repeated` counts those that stood there again."""

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
    r"""A dictionary file: a word and one translation on each line, between spaces or a tab.

    A word with several translations has several lines. Raises InputError, naming file and line.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "en-de.txt"
    >>> _ = path.write_text("dog Hund\nrun laufen\nrun rennen\ndog Hund\n", encoding="utf-8")
    >>> dictionary = read_dictionary(path)
    >>> len(dictionary.pairs), dictionary.repeated
    (3, 1)
    """
    lines = read_word_lines(path, "a dictionary (a word and its translation on each line)", 2, 2)
    pairs = tuple(dict.fromkeys((words[0], words[1]) for _, words in lines))
    return Dictionary(os.fspath(path), pairs, len(lines) - len(pairs))
