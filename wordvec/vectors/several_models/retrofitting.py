"""Retrofitting: moves vectors towards those of their neighbours in a lexicon.

Faruqui, Dodge, Jauhar, Dyer, Hovy and Smith 2015, "Retrofitting word vectors to semantic lexicons", section 2: the
vectors q should be close to the given q^ and to their neighbours in the lexicon. The minimum of::

    sum over i of ( alpha |q_i - q^_i|^2 + sum over neighbours j of i of beta_ij |q_i - q_j|^2 )

is approached by setting each vector to a weighted mean::

    q_i <- (sum_j beta_ij q_j + alpha q^_i) / (sum_j beta_ij + alpha)

With B the sparse matrix of beta and d_i = sum_j beta_ij + alpha, for all words together: Q <- (B Q + alpha Q^) / d. As
in the authors' program beta_ij = 1 / (number of neighbours of i). Each step shrinks the distance to the fixed point,
the only solution of (diag(d) - B) Q = alpha Q^, at least by a factor of sum_j beta_ij / d_i = 1 / (1 + alpha).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.argument_types import check_whole_number
from wordvec.errors import InputError, OptionError
from wordvec.vectors.rows import row_lengths, unit_rows
from wordvec.vectors.several_models.dictionaries import read_word_lines
from wordvec.vectors.subwords import MappedSubwords

if TYPE_CHECKING:
    from wordvec.vectors.word_vectors import WordVectors


COLUMNS = 16  # of the matrix at a time; dimensions are independent of each other
BLOCK = 8_192  # rows copied at a time


@dataclass(frozen=True)
class RetrofittingReport:
    """The result of retrofitting: words with neighbours, connections, and unused parts of the lexicon.

    `missing_words` counts words of the lexicon that the model lacks (`missing` has the first 20), `alone` words whose
    neighbours are all missing, `repeated` neighbours that are listed twice or equal their word. `last_change` is the
    largest change of a number in the last iteration, relative to the largest number.
    """

    words: int
    connections: int
    missing_words: int
    missing: tuple[str, ...]
    alone: int
    repeated: int
    iterations: int
    last_change: float
    alpha: float
    beta: float | str
    directed: bool
    unit: bool


def retrofit(
    vectors: WordVectors,
    lexicon: Lexicon,
    *,
    alpha: float = 1.0,
    beta: float | str = "degree",
    iterations: int = 50,
    tolerance: float = 1e-5,
    directed: bool = False,
    unit: bool = True,
) -> WordVectors:
    """Return the vectors with the lexicon's words moved towards their neighbours; other rows are unchanged.

    `alpha` is the weight of a word's own vector. `beta` is the weight of each neighbour, or "degree" for 1 / number of
    neighbours, whose weights add up to 1. Connections count in both directions unless `directed`. Iteration ends after
    `iterations`, or when no number changes by more than `tolerance` times the largest. With `unit`, rows are first
    scaled to length 1, so that long vectors do not weigh more. Words without a row are composed of n-grams as before.
    The context matrix is left out.

    `info["retrofitting"]` of the result is the `RetrofittingReport`. Raises OptionError for options out of range,
    InputError if no connection of the lexicon has both words in the model.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["big", "large"], np.array([[1.0, 0.0], [0.0, 1.0]]))
    >>> retrofit(vectors, {"big": ["large"]})["big"].astype(float).round(3).tolist()  # (q of large + own) / 2
    [0.667, 0.333]
    """
    from wordvec.vectors.word_vectors import WordVectors

    _check_options(alpha, beta, iterations, tolerance)
    graph = graph_of(lexicon, vectors, directed=directed)
    matrix = np.empty((len(vectors), vectors.dim), np.float32)
    for first in range(0, len(vectors), BLOCK):
        block = slice(first, min(first + BLOCK, len(vectors)))
        matrix[block] = vectors.unit_rows_of(block) if unit else vectors.rows(block)
    steps, last_change = 0, 0.0
    weights, total = _weights(graph, alpha, beta)
    for first in range(0, vectors.dim, COLUMNS):
        columns = slice(first, first + COLUMNS)
        given = matrix[graph.rows, columns].astype(np.float64)
        found, taken, change = _iterate(given, weights, total, alpha, iterations, tolerance)
        matrix[graph.rows, columns] = found
        steps, last_change = max(steps, taken), max(last_change, change)
    report = RetrofittingReport(
        words=len(graph.rows),
        connections=len(graph.neighbours) if directed else len(graph.neighbours) // 2,
        missing_words=len(graph.missing),
        missing=graph.missing[:20],
        alone=graph.alone,
        repeated=graph.repeated,
        iterations=steps,
        last_change=last_change,
        alpha=alpha,
        beta=beta,
        directed=directed,
        unit=unit,
    )
    info = vectors.info | {"retrofitting": asdict(report) | {"missing": list(report.missing)}}
    subwords = vectors.subwords
    if unit and subwords is not None:
        subwords = MappedSubwords(subwords, lambda rows: unit_rows(rows, row_lengths(rows)))
    return WordVectors(vectors.words, matrix, vectors.counts, info, subwords=subwords, rare=vectors.rare)


def _weights(graph: Graph, alpha: float, beta: float | str) -> tuple[Any, np.ndarray]:
    """The sparse matrix B (n, n) and d (n, 1)."""
    from scipy.sparse import csr_array

    degrees = np.diff(graph.starts)
    of_word = 1.0 / np.maximum(degrees, 1) if isinstance(beta, str) else np.full(len(degrees), float(beta))
    shape = (len(graph.rows), len(graph.rows))
    weights = csr_array((np.repeat(of_word, degrees), graph.neighbours, graph.starts), shape=shape)
    return weights, (of_word * degrees + alpha)[:, None]


def _iterate(
    given: np.ndarray, weights: Any, total: np.ndarray, alpha: float, iterations: int, tolerance: float
) -> tuple[np.ndarray, int, float]:
    """Q after the last iteration, their number, and the largest change in it. Shapes: given and Q (n, columns)."""
    current = given
    scale = float(np.abs(given).max()) or 1.0
    for step in range(1, iterations + 1):
        following = (weights @ current + alpha * given) / total
        change = float(np.abs(following - current).max()) / scale
        current = following
        if change <= tolerance or step == iterations:
            return current, step, change
    raise AssertionError("iterations is at least 1")


def _check_options(alpha: float, beta: float | str, iterations: int, tolerance: float) -> None:
    if not 0 < alpha < np.inf:
        raise OptionError(f"alpha, the weight of a word's own vector, must be positive; got {alpha!r}")
    if isinstance(beta, str):
        if beta != "degree":
            raise OptionError(f"beta is 'degree' or a positive number; got {beta!r}")
    elif not 0 < beta < np.inf:
        raise OptionError(f"beta, the weight of each neighbour, must be positive; got {beta!r}")
    check_whole_number("iterations", iterations)
    if not 0 <= tolerance < np.inf:
        raise OptionError(f"tolerance must be at least 0; got {tolerance!r}")


# Lexicons: similarity of meaning as a graph over the words of a model.


Lexicon = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class Graph:
    """The edges of a lexicon between words of a model, and facts about the others.

    The word in row ``rows[i]`` of the model has the words in rows ``rows[neighbours[starts[i]:starts[i + 1]]]`` as its
    neighbours. Shapes: rows (n,), starts (n + 1,), neighbours (edges,).
    `missing` lists the words of the lexicon that the model lacks, `alone` is the number of words in both without a
    neighbour in the model, `repeated` the number of neighbours that are listed again or equal their word.
    """

    rows: np.ndarray
    starts: np.ndarray
    neighbours: np.ndarray
    missing: tuple[str, ...]
    alone: int
    repeated: int


def read_lexicon(path: str | os.PathLike[str]) -> dict[str, list[str]]:
    r"""Read a lexicon file: on each line a word and its neighbours, such as synonyms, separated by spaces or tabs.

    A word that begins several lines has the neighbours of all of them. A line with a single word gives no neighbours.
    Raises InputError, naming file and line, as `read_word_lines` does.

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
    """The edges of a lexicon between words of the model, each once, and in both directions unless `directed`.

    Raises InputError if no edge is left.

    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["big", "large", "huge", "tea"], np.eye(4))
    >>> graph = graph_of({"big": ["large", "huge", "vast"], "large": ["big"]}, vectors)
    >>> graph.rows.tolist(), graph.starts.tolist(), graph.neighbours.tolist(), graph.missing
    ([0, 1, 2], [0, 2, 3, 4], [1, 2, 0, 0], ('vast',))
    """
    if not isinstance(lexicon, Mapping):
        form = "a dict of words and the lists of their neighbours expected; read_lexicon(path) makes it from a file"
        raise OptionError(f"lexicon: {form}; got a {type(lexicon).__name__}")
    edges: dict[int, dict[int, None]] = {}
    named: dict[str, None] = {}
    listed: set[tuple[str, str]] = set()
    repeated = 0
    for word, neighbours in lexicon.items():
        if isinstance(neighbours, str):
            raise OptionError(f"lexicon: {word!r} needs a list of neighbours, not one text; got {neighbours!r:.60}")
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
