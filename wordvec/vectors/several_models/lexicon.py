"""Lexicons: which words mean alike, as a graph over the words of a model."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wordvec.errors import InputError
from wordvec.vectors.several_models.word_lines import read_word_lines

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors

Lexicon = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Graph:
    """The edges of a lexicon between words of a model, and what became of the others.

    The word in row ``rows[i]`` of the model has the words in rows ``rows[neighbours[starts[i]:starts[i + 1]]]`` as its
    neighbours. Shapes: rows (n,), starts (n + 1,), neighbours (edges,).
    `missing` are the words of the lexicon that the model lacks, `alone` the number of words of both without a
    neighbour there, `repeated` of neighbours named again (or of a word named as its own).
    """

    rows: np.ndarray
    starts: np.ndarray
    neighbours: np.ndarray
    missing: tuple[str, ...]
    alone: int
    repeated: int


def read_lexicon(path: str | os.PathLike[str]) -> dict[str, list[str]]:
    r"""A lexicon file: on each line a word and its neighbours, such as synonyms, between spaces or tabs.

    A word that begins several lines has the neighbours of all. Raises InputError, naming file and line, as
    `read_word_lines` does; a line with a single word says that it has no neighbours.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "lexicon.txt"
    >>> _ = path.write_text("big large huge\nsmall little\nbig great\n", encoding="utf-8")
    >>> read_lexicon(path)
    {'big': ['large', 'huge', 'great'], 'small': ['little']}
    """
    lexicon: dict[str, list[str]] = {}
    for _, (word, *neighbours) in read_word_lines(path, "a lexicon (a word and its neighbours on each line)"):
        lexicon.setdefault(word, []).extend(neighbours)
    return lexicon


def graph_of(lexicon: Lexicon, vectors: WordVectors, *, directed: bool = False) -> Graph:
    """The edges of a lexicon between words of the model; each counts once, and unless `directed` both ways.

    Raises InputError when no edge is left.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["big", "large", "huge", "tea"], np.eye(4))
    >>> graph = graph_of({"big": ["large", "huge", "vast"], "large": ["big"]}, vectors)
    >>> graph.rows.tolist(), graph.starts.tolist(), graph.neighbours.tolist(), graph.missing
    ([0, 1, 2], [0, 2, 3, 4], [1, 2, 0, 0], ('vast',))
    """
    edges: dict[int, dict[int, None]] = {}
    named: dict[str, None] = {}
    listed: set[tuple[str, str]] = set()
    repeated = 0
    for word, neighbours in lexicon.items():
        named[word] = None
        for neighbour in neighbours:
            named[neighbour] = None
            if neighbour == word or (word, neighbour) in listed:
                repeated += 1
                continue
            listed.add((word, neighbour))
            if word in vectors and neighbour in vectors:
                a, b = vectors.word_id(word), vectors.word_id(neighbour)
                edges.setdefault(a, {})[b] = None
                if not directed:
                    edges.setdefault(b, {})[a] = None
    missing = tuple(word for word in named if word not in vectors)
    if not edges:
        raise InputError(
            f"no two words that the lexicon connects are in the model: {len(missing):,} of its {len(named):,} words "
            f"are missing{_such_as(missing)}; are both of one language and case?"
        )
    rows = np.array(sorted(edges.keys() | {b for of_word in edges.values() for b in of_word}))
    place = {row: i for i, row in enumerate(rows.tolist())}
    of_row = [sorted(place[b] for b in edges.get(row, ())) for row in rows.tolist()]
    starts = np.cumsum([0, *map(len, of_row)])
    flat = np.array([b for neighbours in of_row for b in neighbours], np.int64)
    return Graph(rows, starts, flat, missing, len(named) - len(missing) - len(rows), repeated)


def _such_as(words: tuple[str, ...]) -> str:
    return f", such as {', '.join(map(repr, words[:3]))}" if words else ""
