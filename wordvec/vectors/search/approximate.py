"""Approximate search in a faiss index, for vocabularies too large to scan for every query; its recall is measured.

The extra ``ann`` installs faiss. Below a few million rows `WordVectors.most_similar` is exact and fast enough.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

import numpy as np

from wordvec.argument_types import check_seed
from wordvec.errors import MissingExtraError, OptionError, VectorsFileError, counted
from wordvec.files import replace_file
from wordvec.json_forms import parse_json
from wordvec.progress import announce, progress
from wordvec.vectors import queries
from wordvec.vectors.neighbours import Neighbours
from wordvec.vectors.search import check_k
from wordvec.vectors.word_rows import WordOrVector, WordRows
from wordvec.vectors.word_vectors import Positive, WordVectors

# Up to HNSW_ROWS rows the graph is used, up to IVF_ROWS cells of float32, then cells of int8.
HNSW_ROWS, IVF_ROWS = 100_000, 2_000_000
LINKS = 32  # of each row in the graph
TRAINED_ON = 64  # rows for each cell's centre
BLOCK = 65_536  # rows added at a time
WIDER = 4  # the index returns this many times k rows, which are ranked by exact cosines


@dataclass(frozen=True)
class Recall:
    """The fraction of the `k` nearest words that the index finds, over `sample` words, with its standard error."""

    value: float
    standard_error: float
    k: int
    sample: int

    def __str__(self) -> str:
        return f"recall@{self.k} {self.value:.3f} (standard error {self.standard_error:.3f}, {self.sample:,} words)"


class ApproximateSearch:
    """An index over the rows of `vectors` that finds most of a word's nearest neighbours while reading few rows.

    "hnsw" is a graph of near rows (Malkov and Yashunin 2020), the fastest to search and the slowest to build. "ivf"
    sorts the rows into cells and searches the nearest cells (Sivic and Zisserman 2003). "ivf-int8" does the same with
    one byte per number. The rows found are ranked by exact cosines. `effort` is how many cells, or rows of the graph,
    are searched; `recall` was measured with this effort.

    >>> import pytest
    >>> _ = pytest.importorskip("faiss")
    >>> vectors = WordVectors([f"w{i}" for i in range(300)], np.random.default_rng(1).normal(size=(300, 8)))
    >>> search = ApproximateSearch.build(vectors, show_progress=False)
    >>> search.kind, search.recall.value > 0.9, search.most_similar("w7", k=1)[0][0] == vectors.most_similar("w7")[0][0]
    ('hnsw', True, True)
    """

    def __init__(self, vectors: WordVectors, index: Any, kind: str, effort: int, recall: Recall) -> None:
        self.vectors, self.index, self.kind = vectors, index, kind
        self.effort, self.recall = effort, recall
        _set_effort(index, kind, effort)

    @classmethod
    def build(
        cls,
        vectors: WordVectors,
        kind: str | None = None,
        *,
        target: float = 0.95,
        k: int = 10,
        sample: int = 500,
        seed: int = 1,
        show_progress: bool | None = None,
    ) -> ApproximateSearch:
        """Build an index and raise its effort until its recall of the `k` nearest of `sample` words reaches `target`.

        Writes the measured recall to stderr, unless show_progress is False. By default `kind` depends on the number of
        rows: the graph up to 100,000, cells up to two million, then cells of int8.
        Raises MissingExtraError without faiss, OptionError for an unknown kind or a target outside (0, 1].
        """
        check_k(k)
        if kind is not None and kind not in KINDS:
            raise OptionError(f"an index must be one of {', '.join(KINDS)}; got {kind!r}")
        if not 0 < target <= 1 or sample < 1:
            raise OptionError(f"build: target must be above 0 and at most 1, sample at least 1; got {target}, {sample}")
        check_seed(seed)
        kind = kind or KINDS[(len(vectors) > HNSW_ROWS) + (len(vectors) > IVF_ROWS)]
        rng = np.random.default_rng(seed)
        index = _filled_index(vectors, kind, rng, show_progress)
        rows = np.sort(rng.choice(len(vectors), min(sample, len(vectors)), replace=False))
        unit = vectors.unit_rows_of(rows)
        exact = queries.nearest(vectors, list(unit), [[row] for row in rows.tolist()], k)
        effort, most = _efforts(vectors, kind)
        while True:
            found = cls(vectors, index, kind, effort, Recall(0.0, 0.0, k, len(rows)))
            found.recall = _measured(found._search(unit, [[row] for row in rows.tolist()], k), exact, k)
            if found.recall.value >= target or effort >= most:
                break
            effort = min(2 * effort, most)
        if show_progress is not False:
            announce(str(found))
        return found

    def __str__(self) -> str:
        return f"index {self.kind} of {counted(len(self.vectors), 'word')}, effort {self.effort:,}: {self.recall}"

    def most_similar(self, positive: Positive, negative: Positive = (), k: int = 10) -> Neighbours:
        """Approximate `WordVectors.most_similar`, with exact cosines."""
        given, taken = queries.as_list(positive), queries.as_list(negative)
        target = queries.direction(self.vectors, given, taken)
        return self._search(target[None, :], [queries.given_rows(self.vectors, given + taken)], k)[0]

    def nearest_to_each(self, items: Sequence[WordOrVector], k: int = 10) -> list[Neighbours]:
        """Approximate `WordVectors.nearest_to_each`, with exact cosines."""
        targets = np.array([self.vectors.unit_of(item) for item in items], np.float32).reshape(
            len(items), self.vectors.dim
        )
        return self._search(targets, [self.vectors.known_ids([item]) for item in items], k)

    def _search(self, targets: np.ndarray, excluded: Sequence[Sequence[int]], k: int) -> list[Neighbours]:
        check_k(k)
        if len(targets) == 0:
            return []
        most = min(len(self.vectors), WIDER * k + max(map(len, excluded)))
        _, found = self.index.search(np.ascontiguousarray(targets), most)
        return [
            queries.nearest_among(self.vectors, target, np.setdiff1d(rows[rows >= 0], left_out), k)
            for target, rows, left_out in zip(targets, found, excluded)
        ]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the index, without the vectors. See `wordvec.vectors.search.approximate`."""
        write_index(Index(self.index, self.kind, self.effort, astuple(self.recall)), self.vectors, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str], vectors: WordVectors) -> ApproximateSearch:
        """Read an index that `save` wrote for these vectors. See `wordvec.vectors.search.approximate`."""
        found = read_index(path, vectors)
        return cls(vectors, found.index, found.kind, found.effort, Recall(*found.recall))


def _filled_index(vectors: WordVectors, kind: str, rng: np.random.Generator, show_progress: bool | None) -> Any:
    faiss = get_faiss()
    dim, rows = vectors.dim, len(vectors)
    vectors.lengths  # noqa: B018  # refuses nan and infinity before they get into the index
    if kind == "hnsw":
        index = faiss.IndexHNSWFlat(dim, LINKS, faiss.METRIC_INNER_PRODUCT)
    else:
        cells, centres = _cells(rows), faiss.IndexFlatIP(dim)
        if kind == "ivf":
            index = faiss.IndexIVFFlat(centres, dim, cells, faiss.METRIC_INNER_PRODUCT)
        else:
            eight_bit = faiss.ScalarQuantizer.QT_8bit
            index = faiss.IndexIVFScalarQuantizer(centres, dim, cells, eight_bit, faiss.METRIC_INNER_PRODUCT)
        centres.this.disown()  # the index owns it from now on
        index.own_fields = True
        index.cp.min_points_per_centroid = 1  # small vocabularies need no warning
        chosen = np.sort(rng.choice(rows, min(rows, TRAINED_ON * cells), replace=False))
        index.train(vectors.unit_rows_of(chosen))
    with progress(rows, "indexing", "rows", show=show_progress) as bar:
        for first in range(0, rows, BLOCK):
            block = vectors.unit_rows_of(slice(first, first + BLOCK))
            index.add(np.ascontiguousarray(block))
            bar.update(len(block))
    return index


def _cells(rows: int) -> int:
    return max(1, min(rows, round(2 * math.sqrt(rows))))


def _efforts(vectors: WordVectors, kind: str) -> tuple[int, int]:
    """The initial effort, and the effort beyond which more is not worthwhile or finds nothing more."""
    return (32, min(4096, max(32, len(vectors)))) if kind == "hnsw" else (1, _cells(len(vectors)))


def _set_effort(index: Any, kind: str, effort: int) -> None:
    if kind == "hnsw":
        index.hnsw.efSearch = effort
    else:
        index.nprobe = effort


def _measured(found: Sequence[Neighbours], exact: Sequence[Neighbours], k: int) -> Recall:
    parts = np.array(
        [len(dict(a).keys() & dict(b).keys()) / len(b) if b else 1.0 for a, b in zip(found, exact)], np.float64
    )
    error = float(parts.std(ddof=1) / math.sqrt(len(parts))) if len(parts) > 1 else 0.0
    return Recall(float(parts.mean()), error, k, len(parts))


# An index file: a line of JSON that describes the index and its vectors, then faiss's own bytes. Both are checked
# (SHA-256) before faiss reads them, so that a damaged or foreign file is refused with a reason. faiss reads numbers,
# not code, but does not validate them: open only indexes from people you trust.


FORMAT, FORMAT_VERSION = "wordvec-index", 1
LONGEST_HEADER = 65_536
KINDS = ("hnsw", "ivf", "ivf-int8")
LARGEST_EFFORT = 1 << 20  # takes faiss 16 MB for a query


class Index(NamedTuple):
    """faiss's index, its kind, its search effort, and its recall: value, standard error, k, sample."""

    index: Any
    kind: str
    effort: int
    recall: tuple[float, float, int, int]


def get_faiss() -> Any:
    """Import faiss. Raises MissingExtraError, which names the extra, if it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # from the tool that generated its interface
            import faiss
    except ImportError:
        raise MissingExtraError("faiss", "ann", "approximate search") from None
    return faiss


def write_index(found: Index, vectors: WordRows, path: str | os.PathLike[str]) -> None:
    """Write an index over the rows of `vectors`. A failed write leaves an existing file unchanged."""
    content = get_faiss().serialize_index(found.index).tobytes()
    header = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "kind": found.kind,
        "effort": found.effort,
        "recall": list(found.recall),
        "vectors": fingerprint(vectors),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    with replace_file(path) as file:
        file.write(json.dumps(header, sort_keys=True).encode("ascii") + b"\n")
        file.write(content)


def read_index(path: str | os.PathLike[str], vectors: WordRows) -> Index:
    """Read an index written by `write_index` for the same vectors.

    Raises VectorsFileError for a file that is missing, damaged, or for other vectors; MissingExtraError without faiss.
    """
    faiss = get_faiss()
    try:
        with open(path, "rb") as file:
            line, content = file.readline(LONGEST_HEADER), file.read()
    except OSError as error:
        raise VectorsFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    header = _header(path, line)
    if header.get("vectors") != fingerprint(vectors):
        raise VectorsFileError(f"{path}: an index for other vectors; build it again")
    if header.get("sha256") != hashlib.sha256(content).hexdigest():
        raise VectorsFileError(f"{path}: damaged: the index is not what was written; build it again")
    try:
        value, error, k, sample = header["recall"]
        recall, effort, kind = (float(value), float(error), int(k), int(sample)), int(header["effort"]), header["kind"]
        if kind not in KINDS or not 1 <= effort <= LARGEST_EFFORT:
            raise ValueError("unknown kind or effort")
        return Index(faiss.deserialize_index(np.frombuffer(content, np.uint8)), kind, effort, recall)
    except (KeyError, TypeError, ValueError, OverflowError, RuntimeError, MemoryError) as error:
        raise VectorsFileError(f"{path}: damaged: {error}; build it again") from error


def fingerprint(vectors: WordRows) -> str:
    """Return a SHA-256 of the shape and of every row's length, which differs for other rows or another order."""
    digest = hashlib.sha256(str(vectors.matrix.shape).encode("ascii"))
    digest.update(np.ascontiguousarray(vectors.lengths).tobytes())
    return digest.hexdigest()


def _header(path: str | os.PathLike[str], line: bytes) -> dict[str, Any]:
    try:
        header = parse_json(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise VectorsFileError(f"{path}: not an index as wordvec writes them")
    if header.get("format_version") != FORMAT_VERSION:
        raise VectorsFileError(
            f"{path}: an index in format version {header.get('format_version')!r}; this wordvec reads {FORMAT_VERSION}"
        )
    return header
