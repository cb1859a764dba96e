"""Degrees of relational similarity: how typical a pair of words is of a relation (SemEval-2012, task 2)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wordvec.argument_types import typed
from wordvec.errors import EvaluationFileError
from wordvec.evaluation.files.set_files import Line, Source, find_file, read_set_lines, set_name
from wordvec.evaluation.protocols import EXAMPLES, FoundWords, find_words, get_protocol
from wordvec.evaluation.scores import Score
from wordvec.evaluation.statistics import bootstrap_mean, resampled_interval, spearman
from wordvec.vectors import WordVectors

RATINGS = re.compile(r"(?:GoldRatings|Phase2AnswersScaled)-(\w+)\.txt")
PROTOTYPES = "Phase1Questions-{}.txt"
PAIR = re.compile(r'"?([^":]+):([^":]+)"?')
ALIKE = 1e-6  # a difference of two directions shorter than this is rounding of float32 rows
FEWEST = 5  # covered pairs needed for a correlation

Pair = tuple[str, str]


@dataclass(frozen=True)
class Relation:
    """A relation: its number, such as 1a, its prototype pairs, and pairs with human ratings."""

    name: str
    prototypes: tuple[Pair, ...]
    rated: tuple[tuple[Pair, float], ...]


@dataclass(frozen=True)
class RelationSet:
    """Relations with rated pairs."""

    name: str
    relations: tuple[Relation, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RelationScore(Score):
    """The result of a relation set: `score` is the mean of Spearman's rho over relations; relations are the items.

    `outcomes` is each relation's rho; `pairs` and `covered_pairs` count the rated pairs.
    """

    task = "relations"
    pairs: int = 0
    covered_pairs: int = 0


@typed
def evaluate_relations(
    vectors: WordVectors,
    relations: RelationSet | str | os.PathLike[str],
    *,
    protocol: str = "wordvec",
    resamples: int = 1000,
    seed: int = 1,
) -> RelationScore:
    """Rank each relation's pairs by likeness to its prototypes; return the mean Spearman's rho with human ratings.

    The likeness of a pair c:d is the mean of cos(b - a, d - c) over the prototypes a:b (Zhila et al. 2013; the
    published task, Jurgens et al. 2012, without its MaxDiff accuracy). A relation is covered if the vectors have a
    prototype and five rated pairs. The interval resamples relations.
    Raises EvaluationFileError for a set that cannot be read, OptionError for an unknown protocol.
    """
    asked = relations if isinstance(relations, RelationSet) else read_relations(relations)
    listed = [pair for relation in asked.relations for pair in relation.prototypes]
    listed += [pair for relation in asked.relations for pair, _ in relation.rated]
    rules = get_protocol(protocol)
    found = find_words(vectors, (word for pair in listed for word in pair), rules)
    outcomes = np.array([_rho(found, relation) for relation in asked.relations], np.float64)
    known = outcomes[~np.isnan(outcomes)]
    rated = [pair for relation in asked.relations for pair, _ in relation.rated]
    return RelationScore(
        name=asked.name,
        measure="mean spearman",
        score=float(known.mean()) if len(known) else None,
        ci95=resampled_interval(bootstrap_mean(known, resamples, seed), len(known)) if len(known) else None,
        items=len(outcomes),
        covered=len(known),
        protocol=protocol,
        missing=found.missing[:EXAMPLES],
        notes=asked.notes + rules.notes("relations") + found.notes,
        pairs=len(rated),
        covered_pairs=sum(a in found.place and b in found.place for a, b in rated),
        outcomes=outcomes,
    )


def _rho(found: FoundWords, relation: Relation) -> float:
    prototypes = [pair for pair in relation.prototypes if pair[0] in found.place and pair[1] in found.place]
    rated = [(pair, degree) for pair, degree in relation.rated if pair[0] in found.place and pair[1] in found.place]
    if not prototypes or len(rated) < FEWEST:
        return float("nan")
    likeness = (_steps(found, [pair for pair, _ in rated]) @ _steps(found, prototypes).T).mean(axis=1)
    rho = spearman(np.array([degree for _, degree in rated]), likeness)
    return float("nan") if rho is None else rho


def _steps(found: FoundWords, pairs: list[Pair]) -> np.ndarray:
    """Unit directions from the first to the second word of each pair; zero if both are alike."""
    directions = found.directions
    first, second = (directions[[found.place[pair[side]] for pair in pairs]] for side in (0, 1))
    steps = second - first
    lengths = np.sqrt(np.einsum("nd,nd->n", steps, steps))
    steps[lengths <= ALIKE] = 0
    return np.asarray(steps / np.where(lengths > ALIKE, lengths, 1)[:, None])


def read_relations(source: Source, encoding: str = "utf-8") -> RelationSet:
    """Read SemEval-2012's folder: GoldRatings-1a.txt or Phase2AnswersScaled-1a.txt ..., lines of a number and "a:b".

    The prototypes of 1a are the first three pairs of Phase1Questions-1a.txt, anywhere in the same folder.
    Raises EvaluationFileError with file and line.
    """
    folder = find_file(source)
    if not folder.is_dir():
        raise EvaluationFileError(
            f"{source}: not a folder; expected SemEval-2012's, with GoldRatings-1a.txt and Phase1Questions-1a.txt"
        )
    ratings = {}
    for path in sorted(folder.rglob("*.txt")):
        match = RATINGS.fullmatch(path.name)
        if match and (match[1] not in ratings or path.name.startswith("Phase2")):  # the platinum ratings are better
            ratings[match[1]] = path
    if not ratings:
        raise EvaluationFileError(f"{source}: no GoldRatings-*.txt or Phase2AnswersScaled-*.txt in this folder")
    relations = tuple(_relation(folder, name, path, encoding) for name, path in ratings.items())
    return RelationSet(set_name(source), relations)


def _relation(folder: Path, name: str, path: Path, encoding: str) -> Relation:
    questions = sorted(folder.rglob(PROTOTYPES.format(name)))
    if not questions:
        raise EvaluationFileError(f"{path}: its prototypes are missing: no {PROTOTYPES.format(name)} in {folder}")
    lines = read_set_lines(questions[0], encoding)
    pairs = [match for line in lines if (match := PAIR.fullmatch(line.text.strip())) and " " not in line.text.strip()]
    if not pairs:
        raise EvaluationFileError(f"{questions[0]}: no line of a pair a:b in it")
    prototypes = tuple((match[1].strip(), match[2].strip()) for match in pairs[:3])
    rated = tuple(_rated(line) for line in read_set_lines(path, encoding) if not line.text.startswith("#"))
    return Relation(name, prototypes, rated)


def _rated(line: Line) -> tuple[Pair, float]:
    parts = line.text.split()
    numbers = [i for i, part in enumerate(parts) if re.fullmatch(r"-?\d+(\.\d+)?", part)]
    pairs = [match for part in parts if (match := PAIR.fullmatch(part))]
    if len(parts) != 2 or len(numbers) != 1 or len(pairs) != 1:
        raise line.error('expected a number and a pair "a:b"; got')
    return (pairs[0][1], pairs[0][2]), float(parts[numbers[0]])
