"""Post-processing: makes new vectors from old ones and records each step in ``info["post_processing"]``.

A step applies the same map to every row, so it is also applied to vectors composed of subwords. Sums are computed in
float64, in blocks. The context matrix is dropped, because it belongs to the rows as they were trained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wordvec.errors import InputError, OptionError, counted
from wordvec.vectors.rows import narrow_rows
from wordvec.vectors.subwords import MappedSubwords
from wordvec.vectors.word_vectors import WordVectors

BLOCK = 8_192  # rows taken to float64 at a time
FLAT = 1e-10  # variances below this fraction of the largest are rounding errors

NOTHING = 1e-6  # lengths below this fraction of those before are rounding errors of float32


def centered(vectors: WordVectors) -> WordVectors:
    """Return the vectors minus their mean: x - mean(x). Raises InputError if all rows are the same.

    >>> centered(WordVectors(["a", "b"], np.array([[1.0, 4.0], [3.0, 0.0]]))).matrix.tolist()
    [[-1.0, 2.0], [1.0, -2.0]]
    """
    mean = mean_row(vectors)
    return _check_left(vectors, _mapped(vectors, lambda rows: rows - mean, "center"))


def unit_length(vectors: WordVectors) -> WordVectors:
    """Return the vectors divided by their length, x / |x|; zero stays zero.

    >>> unit_length(WordVectors(["a", "b"], np.array([[3.0, 4.0], [0.0, 0.0]]))).matrix.round(3).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """

    def divided(rows: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths == 0, 1.0, lengths)

    return _mapped(vectors, divided, "unit")


def all_but_the_top(vectors: WordVectors, components: int | None = None) -> WordVectors:
    """Return the centred vectors without their first principal components (Mu and Viswanath 2018, Algorithm 1).

    x - mean - sum over i of u_i (u_i . (x - mean)), the u_i being the `components` directions of largest variance.
    The default is theirs: a hundredth of the dimensions, and at least one.
    Raises OptionError unless 1 <= components < D, InputError if the vectors vary in no other directions.

    >>> long = WordVectors(["a", "b", "c", "d"], np.array([[9.0, 1.0], [-9.0, 1.0], [3.0, -1.0], [-3.0, -1.0]]))
    >>> all_but_the_top(long, components=1).matrix.round(3).tolist()
    [[0.0, 1.0], [0.0, 1.0], [0.0, -1.0], [0.0, -1.0]]
    """
    components = max(1, round(vectors.dim / 100)) if components is None else components
    _check_count("all-but-the-top", components, vectors.dim - 1)
    mean, _, directions = principal_directions(vectors)
    top = directions[:components]

    def without(rows: np.ndarray) -> np.ndarray:
        rows = rows - mean
        return rows - (rows @ top.T) @ top

    why = f"they vary in {counted(components, 'direction')} only"
    return _check_left(vectors, _mapped(vectors, without, "all-but-the-top", components=components), why)


def whitened(vectors: WordVectors) -> WordVectors:
    """Return the vectors rotated and scaled so that their covariance is the identity matrix.

    (x - mean) U diag(1 / sqrt(variances)), U the eigenvectors of the covariance (Su et al. 2021, eq. 4 and 5).
    Raises InputError if a direction has no variance; remove it first with `pca`.

    >>> wide = WordVectors(["a", "b", "c", "d"], np.array([[8.0, 0.0], [-8.0, 0.0], [0.0, 2.0], [0.0, -2.0]]))
    >>> rows = whitened(wide).matrix
    >>> (rows.T @ rows / 4).round(3).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    mean, variances, directions = principal_directions(vectors)
    used = int(np.count_nonzero(variances > FLAT * variances[0]))
    if used < vectors.dim:
        way_out = f"reduce them first, pca={used}" if used else "all rows are the same, or there is one row alone"
        raise InputError(f"whiten: the vectors vary in {used} of their {vectors.dim} dimensions only; {way_out}")
    stretch = directions.T / np.sqrt(variances)
    return _mapped(vectors, lambda rows: (rows - mean) @ stretch, "whiten")


def principal_components(vectors: WordVectors, dim: int) -> WordVectors:
    """Project the centred vectors on their `dim` directions of largest variance: (x - mean) U (Pearson 1901).

    Records the fraction of the variance that is kept. Raises OptionError unless 1 <= dim <= D,
    InputError if all rows are the same.

    >>> flat = WordVectors(["a", "b", "c", "d"], np.array([[8.0, 0.0], [-8.0, 0.0], [0.0, 2.0], [0.0, -2.0]]))
    >>> fewer = principal_components(flat, 1)
    >>> fewer.matrix[:, 0].tolist(), fewer.info["post_processing"][0]["variance_kept"]
    ([8.0, -8.0, 0.0, 0.0], 0.941176)
    """
    _check_count("pca", dim, vectors.dim)
    mean, variances, directions = principal_directions(vectors)
    kept = directions[:dim].T
    total = float(variances.sum())
    part = round(float(variances[:dim].sum()) / total, 6) if total > 0 else 1.0
    return _check_left(vectors, _mapped(vectors, lambda rows: (rows - mean) @ kept, "pca", dim=dim, variance_kept=part))


def mean_row(vectors: WordVectors) -> np.ndarray:
    """Return the mean of the rows (D,) float64. Raises InputError for a row that holds nan or infinity."""
    vectors.lengths  # noqa: B018  # finds nan and infinity, and names the word
    total = np.zeros(vectors.dim)
    for first in range(0, len(vectors), BLOCK):
        total += vectors.rows(slice(first, first + BLOCK)).sum(axis=0, dtype=np.float64)
    return total / len(vectors)


def principal_directions(vectors: WordVectors) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean (D,), the variances (D,), descending, and their directions (D, D), one per row, all float64.

    The direction's largest component is positive, so that the same vectors give the same result everywhere.
    """
    mean = mean_row(vectors)
    covariance = np.zeros((vectors.dim, vectors.dim))
    for first in range(0, len(vectors), BLOCK):
        rows = vectors.rows(slice(first, first + BLOCK)) - mean
        covariance += rows.T @ rows
    variances, directions = np.linalg.eigh(covariance / len(vectors))
    directions = directions.T[::-1]
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(vectors.dim), largest])[:, None]
    return mean, np.maximum(variances[::-1], 0.0), directions


def recorded(vectors: WordVectors, step: str, **facts: Any) -> dict[str, Any]:
    """Return the vectors' info with one more step in "post_processing"."""
    return {**vectors.info, "post_processing": [*vectors.info.get("post_processing", []), {"step": step, **facts}]}


def _made(vectors: WordVectors, matrix: np.ndarray, info: dict[str, Any], *parts: Any, **others: Any) -> WordVectors:
    return WordVectors(vectors.words, matrix, vectors.counts, info, *parts, rare=vectors.rare, **others)


def _mapped(vectors: WordVectors, row_map: Callable[[np.ndarray], np.ndarray], step: str, **facts: Any) -> WordVectors:
    vectors.lengths  # noqa: B018  # finds nan and infinity, and names the word
    blocks = []
    for first in range(0, len(vectors), BLOCK):
        rows = vectors.rows(slice(first, first + BLOCK)).astype(np.float64)
        blocks.append(row_map(rows).astype(np.float32))
    subwords = None if vectors.subwords is None else MappedSubwords(vectors.subwords, row_map)
    return _made(vectors, np.concatenate(blocks), recorded(vectors, step, **facts), subwords=subwords)


def _check_left(before: WordVectors, after: WordVectors, why: str = "all are the same, or one alone") -> WordVectors:
    """`after`; InputError if the step left only zeros or rounding errors, whose directions mean nothing."""
    if not after.lengths.max() > NOTHING * before.lengths.max():
        raise InputError(f"{after.info['post_processing'][-1]['step']}: nothing would be left of the vectors: {why}")
    return after


def _check_count(step: str, number: int, most: int) -> None:
    if most < 1:
        raise OptionError(f"{step} needs vectors of at least {2 - most} dimensions; these have 1")
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or not 1 <= number <= most:
        raise OptionError(f"{step}={number}: must be a whole number from 1 to {most} for these vectors")


# Vectors in fewer bytes: float16 (half of float32) and int8 (a quarter), with the error recorded.


def to_float16(vectors: WordVectors) -> WordVectors:
    """Return the vectors in float16: 11 bits of each number are kept.

    Raises InputError for a number beyond 65,504, the largest float16; shorten such vectors with `unit` first.

    >>> half = to_float16(WordVectors(["a"], np.array([[1.0, 1 / 3]])))
    >>> half.matrix.dtype, half.info["post_processing"]
    (dtype('float16'), [{'step': 'float16', 'relative_error': 7.72e-05}])
    """
    matrix, _, error = _narrowed(vectors, np.dtype(np.float16))
    for name, array in (("", matrix), ("context ", _context(vectors))):
        if array is not None and not np.isfinite(array).all():
            row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
            raise InputError(
                f"float16: the {name}vector of {vectors.words[row]!r} (row {row}) has a number beyond 65,504, the "
                "largest float16; make the vectors short first (unit), or use int8"
            )
    return _kept(vectors, matrix, None, "float16", error)


def to_int8(vectors: WordVectors) -> WordVectors:
    """Return the vectors in int8 with a scale per row: x is kept as round(x / scale), where scale = max|x| / 127.

    Context vectors are kept in float16.

    >>> small = to_int8(WordVectors(["a"], np.array([[1.0, 1 / 3]])))
    >>> small.matrix.tolist(), small.info["post_processing"]
    ([[127, 42]], [{'step': 'int8', 'relative_error': 0.00249}])
    """
    matrix, scales, error = _narrowed(vectors, np.dtype(np.int8))
    return _kept(vectors, matrix, scales, "int8", error)


def _narrowed(vectors: WordVectors, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray | None, float]:
    """The rows as `dtype`, their scales, and the relative error |rows - kept rows| / |rows| over all rows."""
    vectors.lengths  # noqa: B018  # finds nan and infinity, and names the word
    matrix = np.empty(vectors.matrix.shape, dtype)
    scales = np.empty(len(vectors), np.float32) if dtype == np.int8 else None
    lost = 0.0
    for first in range(0, len(vectors), BLOCK):
        block = slice(first, first + BLOCK)
        rows = vectors.rows(block)
        matrix[block], of_rows = narrow_rows(rows, dtype)
        kept = matrix[block].astype(np.float64)
        if scales is not None and of_rows is not None:
            scales[block] = of_rows
            kept *= scales[block, None]
        with np.errstate(invalid="ignore", over="ignore"):  # callers check for infinity
            lost += float(np.square(rows - kept).sum())
    whole = float(np.square(vectors.lengths).sum())
    return matrix, scales, np.sqrt(lost / whole) if whole > 0 else 0.0


def _kept(vectors: WordVectors, matrix: np.ndarray, scales: np.ndarray | None, step: str, error: float) -> WordVectors:
    info = recorded(vectors, step, relative_error=float(f"{error:.3g}"))
    return _made(vectors, matrix, info, _context(vectors), scales=scales, subwords=vectors.subwords)


def _context(vectors: WordVectors) -> np.ndarray | None:
    if vectors.context_matrix is None:
        return None
    with np.errstate(over="ignore"):
        return vectors.context_matrix.astype(np.float16)


# Steps by name, as in ``center,all-but-the-top=3,int8``.


@dataclass(frozen=True)
class Step:
    """A post-processing step; whether it takes a number, and whether it needs one."""

    run: Callable[..., WordVectors]
    what: str
    takes_number: bool = False
    needs_number: bool = False


STEPS = {
    "center": Step(centered, "subtract the mean"),
    "unit": Step(unit_length, "scale each row to length 1"),
    "all-but-the-top": Step(
        all_but_the_top, "subtract the mean and the first N principal components (default: D/100)", takes_number=True
    ),
    "whiten": Step(whitened, "make the covariance the identity"),
    "pca": Step(principal_components, "keep the N directions of largest variance", True, True),
    "float16": Step(to_float16, "store in half the bytes"),
    "int8": Step(to_int8, "store in a quarter of the bytes"),
}


def parse_steps(text: str) -> list[tuple[str, int | None]]:
    """Parse steps and their numbers, in order. Raises OptionError for an unknown step or a missing number.

    >>> parse_steps("center,pca=50, int8")
    [('center', None), ('pca', 50), ('int8', None)]
    """
    parsed: list[tuple[str, int | None]] = []
    for part in text.split(","):
        name, equals, number = part.strip().partition("=")
        if name not in STEPS:
            raise OptionError(f"a step must be one of {', '.join(STEPS)}; got {name!r} in {text!r}")
        step = STEPS[name]
        if equals and not step.takes_number:
            raise OptionError(f"the step {name} takes no number; got {part.strip()!r}")
        if step.needs_number and not equals:
            raise OptionError(f"the step {name} needs a number, as in {name}=50")
        if equals and not (number.isascii() and number.isdigit()):
            raise OptionError(f"the step {name} takes a whole number, as in {name}=3; got {number!r}")
        parsed.append((name, int(number) if equals else None))
    return parsed


def post_processed(vectors: WordVectors, steps: str | Sequence[tuple[str, int | None]]) -> WordVectors:
    """Return the vectors after applying all `steps` in order.

    >>> vectors = WordVectors(["a", "b"], np.array([[1.0, 4.0], [3.0, 0.0]]))
    >>> post_processed(vectors, "center,unit").info["post_processing"]
    [{'step': 'center'}, {'step': 'unit'}]
    """
    for name, number in parse_steps(steps) if isinstance(steps, str) else steps:
        vectors = STEPS[name].run(vectors) if number is None else STEPS[name].run(vectors, number)
    return vectors
