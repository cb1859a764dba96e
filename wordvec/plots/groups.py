"""Groups of words for a map's colours: from lists of words, or found by k-means."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wordvec.argument_types import check_is_list
from wordvec.corpus.wordlists import decode_list, lines_of
from wordvec.errors import InputError, OptionError, UnknownWordError, describe
from wordvec.plots.figure import LONGEST, shortened
from wordvec.progress import warn
from wordvec.rng import SHUFFLE, uniform_matrix

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors


NAMING = 3  # words that name a cluster
COMMON = 1 / 3  # share of a cluster's words, the most common, that may name it
COMMON_BETWEEN = (12, 60)  # but at least and at most this many words


@dataclass(frozen=True)
class Groups:
    """The group of each word drawn: ``of_word`` (N,) int64 indices into ``names``, -1 for none."""

    of_word: np.ndarray
    names: list[str]


def read_groups(paths: Sequence[str | os.PathLike[str]]) -> dict[str, list[str]]:
    r"""Read groups of words from text files: group name -> words, in the order of the files.

    A line is ``group<TAB>word``; or ``[group]``, the group of the words on the lines after it; or a word, whose group
    is named after the file if there was no ``[group]`` before it. Empty lines are skipped.

    Raises InputError for a file that cannot be read or has no words, a line without a name or word, and a word in two
    groups.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "animals.txt"
    >>> _ = path.write_text("cat\ndog\n[plants]\noak\nmetals\tiron\n", encoding="utf-8")
    >>> read_groups([path])
    {'animals': ['cat', 'dog'], 'plants': ['oak'], 'metals': ['iron']}
    """
    groups: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for path in paths:
        before = len(seen)
        section = Path(path).stem
        for number, line in enumerate(_lines(path), start=1):
            where = f"{path}, line {number}"
            if line.startswith("[") and line.endswith("]") and len(line) > 2:
                section = line[1:-1].strip()
                continue
            if not line:
                continue
            group, word = line.split("\t", 1) if "\t" in line else (section, line)
            group, word = group.strip(), word.strip()
            if not word or not group or "\t" in word:
                raise InputError(f"{where}: expected group<TAB>word, [group] or a word; got {line!r}")
            if seen.setdefault(word, group) != group:
                raise InputError(f"{where}: {word!r} is in {seen[word]!r} already; a word has one colour")
            if word not in groups.setdefault(group, []):
                groups[group].append(word)
        if len(seen) == before:
            raise InputError(f"{path}: no words; expected lines of group<TAB>word, [group] or one word each")
    return groups


def _lines(path: str | os.PathLike[str]) -> list[str]:
    try:
        text = decode_list(Path(path).read_bytes(), path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return [line if line.strip() else "" for line in lines_of(text)]


def known_words(vectors: WordVectors, groups: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The groups without words that have no vector; a UserWarning says how many those are.

    Raises UnknownWordError, with near spellings, if no word has one.
    """
    if not isinstance(groups, Mapping):
        raise OptionError(f"groups: a dict of names and lists of words expected; got {describe(groups)}")
    for name, words in groups.items():
        check_is_list(f"groups[{name!r}]", words)
    known = {name: [word for word in words if word in vectors] for name, words in groups.items()}
    unknown = [word for words in groups.values() for word in words if word not in vectors]
    if not any(known.values()):
        if not unknown:
            raise InputError("no words in the groups to colour by")
        raise _none_known(vectors, unknown)
    if unknown:
        total = len(unknown) + sum(map(len, known.values()))
        first = ", ".join(map(repr, unknown[:5])) + (", ..." if len(unknown) > 5 else "")
        hint = _several_words(vectors, unknown)
        warn(
            f"{len(unknown):,} of the {total:,} listed words have no vector: {first}" + (hint and f"; {hint}"),
        )
    return {name: words for name, words in known.items() if words}


def _none_known(vectors: WordVectors, unknown: Sequence[str]) -> UnknownWordError:
    """The error for a list of unknown words, with near spellings of the first ones."""
    from wordvec.corpus.spelling import near_spellings, quoted

    hints = []
    for word in unknown[:3]:
        near = near_spellings(word, vectors.words, limit=2) or near_spellings(word.lower(), vectors.words, limit=2)
        if near:
            hints.append(f"{word!r}: did you mean {' or '.join(quoted(each, word) for each in near)}?")
    said = (
        _several_words(vectors, unknown)
        or "; ".join(hints)
        or f"{unknown[0]!r} and others are not spelt like any of them"
    )
    return UnknownWordError(
        unknown[0], f"none of the {len(unknown):,} listed words is among the {len(vectors):,} words; {said}"
    )


def _several_words(vectors: WordVectors, unknown: Sequence[str]) -> str:
    """A hint if a line consists of several words that have vectors, else ""."""
    for line in unknown:
        words = re.split(r"[\s,;]+", line)
        if len(words) > 1 and any(word in vectors for word in words):
            return f"{line[:40]!r} holds several words: write one word a line"
    return ""


def groups_by_list(words: Sequence[str], lists: Mapping[str, Sequence[str]]) -> Groups:
    """Assign each of `words` to its group by lists of words."""
    number = {word: i for i, group in enumerate(lists.values()) for word in group}
    return Groups(np.array([number.get(word, -1) for word in words], np.int64), list(lists))


def groups_by_clusters(words: Sequence[str], rows: np.ndarray, clusters: int, seed: int) -> Groups:
    """Groups found by k-means on unit rows (N, D), each named by three of its words.

    Candidates for the name are a cluster's common words (the most common third, at least 12 and at most 60). The name
    has those whose cosine with its centre exceeds their cosine with the nearest other centre by most (`most_telling`),
    so a word that fits everywhere is not used. `words`, rows and the words of a name are in order of falling frequency.
    """
    of_word = kmeans(rows, clusters, seed)
    centres = unit_centres(rows, of_word)
    names = []
    for group in range(len(centres)):
        members = np.flatnonzero(of_word == group)
        common = members[: int(np.clip(len(members) * COMMON, *COMMON_BETWEEN))]
        telling = most_telling(rows, common, centres, group, NAMING)
        names.append(", ".join(shortened(words[i], LONGEST // 3) for i in sorted(telling)))
    return Groups(of_word, names)


# k-means, small and deterministic, to colour words that belong together.


STARTS = 8  # the best run counts, since one may end in a poor local optimum
ROUNDS = 50
BLOCK = 8_192
SAMPLE = 2_000  # points that determine the centres; the others join the nearest centre


def kmeans(points: np.ndarray, clusters: int, seed: int = 1) -> np.ndarray:
    """Put each point into one of `clusters` groups, (N,) int64, numbered by falling size; deterministic by `seed`.

    Lloyd's iteration from k-means++ centres (Arthur and Vassilvitskii 2007): each next centre is a point drawn with
    probability proportional to its squared distance from the centres so far.

    For more than 2,000 points the centres are computed from every n-th point, so that 100,000 take no longer.

    Shapes: points (N, D) -> (N,). Fewer distinct points than clusters give fewer groups.

    >>> kmeans(np.array([[0.0], [0.1], [9.0], [0.2]]), clusters=2).tolist()
    [0, 0, 1, 0]
    """
    from wordvec.blas import one_blas_thread

    points = np.asarray(points)
    with one_blas_thread():  # the products are small: more threads would wait for each other
        return _kmeans(points, clusters, seed)


def most_telling(
    unit: np.ndarray, candidates: np.ndarray, centres: np.ndarray, cluster: int, words: int = 3
) -> np.ndarray:
    """The `candidates` (row numbers) that best distinguish a cluster from the others, best first.

    These are the rows whose cosine with the cluster's centre exceeds their largest cosine with another centre by most.
    Shapes: unit (N, D), centres (K, D), of length 1.

    >>> centres = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> most_telling(np.array([[0.8, 0.6], [1.0, 0.0]]), np.array([0, 1]), centres, cluster=0).tolist()
    [1, 0]
    """
    lead = unit[candidates] @ centres[cluster]
    others = np.delete(centres, cluster, axis=0)
    if len(others):
        lead = lead - (unit[candidates] @ others.T).max(axis=1)
    return np.asarray(candidates[np.argsort(-lead, kind="stable")[:words]])


def unit_centres(unit: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The directions (K, D) of the means of groups 0 to K - 1; zero if a group's rows cancel out."""
    sums = np.stack([unit[group == number].sum(axis=0) for number in range(int(group.max()) + 1)])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(lengths > 0, lengths, 1))


def _kmeans(points: np.ndarray, clusters: int, seed: int) -> np.ndarray:
    sample = points[:: -(-len(points) // SAMPLE) or 1].astype(np.float64)
    draws = uniform_matrix(seed, SHUFFLE, (STARTS, clusters))
    runs = [_lloyd(sample, _starting_centres(sample, row)) for row in draws]
    centres, _ = min(runs, key=lambda run: run[1])
    group = np.concatenate(
        [_squared_distances(points[i : i + BLOCK], centres).argmin(axis=1) for i in range(0, len(points), BLOCK)]
    )
    by_size = np.argsort(-np.bincount(group, minlength=clusters), kind="stable")
    return np.argsort(by_size)[group]


def _lloyd(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, float]:
    """Move each centre to the mean of its nearest points until nothing changes; return centres and sum of squares."""
    group, centres = np.full(len(points), -1), centres.copy()
    squares = _squared_distances(points, centres)
    for _ in range(ROUNDS):
        nearest = squares.argmin(axis=1)
        if (nearest == group).all():
            break
        group = nearest
        for k in np.unique(group):
            centres[k] = points[group == k].mean(axis=0)
        squares = _squared_distances(points, centres)
    return centres, float(squares.min(axis=1).sum())


def _starting_centres(points: np.ndarray, draws: np.ndarray) -> np.ndarray:
    chosen = [int(draws[0] * len(points))]
    for draw in draws[1:]:
        distance = _squared_distances(points, points[chosen]).min(axis=1)
        distance[_equal_to_any(points, chosen)] = 0  # rounding could make it positive
        if not distance.any():
            break
        sums = np.cumsum(distance)
        next_one = int(np.searchsorted(sums, draw * sums[-1], side="right"))
        chosen.append(min(next_one, int(np.flatnonzero(distance)[-1])))  # rounding could step past the last
    return points[chosen]


def _equal_to_any(points: np.ndarray, chosen: list[int]) -> np.ndarray:
    return np.any([(points == points[i]).all(axis=1) for i in chosen], axis=0)


def _squared_distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(N, D), (K, D) -> (N, K): |p - c|^2 = |p|^2 - 2 p c + |c|^2, clipped at 0 against rounding."""
    squares = np.square(points).sum(axis=1)[:, None] + np.square(centres).sum(axis=1)
    return np.maximum(squares - 2 * points @ centres.T, 0)
