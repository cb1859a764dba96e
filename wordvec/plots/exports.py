"""Vectors for maps in other programs: TensorBoard's projector (TSV) and Parquet."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import MissingExtraError, OptionError
from wordvec.files import check_writable, replace_file
from wordvec.folders import FolderKind, check_folder_writable, replace_folder
from wordvec.plots.map_parts import chosen_ids, names_of, projected
from wordvec.progress import progress, warn
from wordvec.vectors.subwords import info_without_ngrams, warn_of_ngrams

if TYPE_CHECKING:
    from wordvec.vectors import WordVectors

CONFIG = "projector_config.pbtxt"
CONTENT = 'embeddings {\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n}\n'
PROJECTOR = FolderKind(CONFIG, CONTENT.encode(), frozenset({CONFIG, "vectors.tsv", "metadata.tsv"}))
BLOCK = 4_096
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # characters that would break a TSV line or control a terminal
ESCAPES = {**{i: f"\\x{i:02x}" for i in (*range(32), *range(127, 160))}, 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\"}


def write_projector(
    vectors: WordVectors, folder: str | os.PathLike[str], top: int | None = None, show_progress: bool | None = None
) -> int:
    r"""Write a folder for TensorBoard's projector, of all words or the `top` most common; return the number of words.

    ``vectors.tsv``: one vector per line, tab-separated, exact to the last bit of float32. ``metadata.tsv``: the words
    in the same order, with their counts if known. ``projector_config.pbtxt`` points TensorBoard to both
    (``tensorboard --logdir FOLDER``); projector.tensorflow.org takes the two files. If a word contains a tab, a line
    end or another control character, these are written as ``\t``, ``\n``, ``\r``, ``\x1b``, and a backslash as ``\\``,
    with a UserWarning.

    The whole folder is put in place at the end. Raises InputError for an existing folder of another kind or with other
    files.

    >>> import tempfile
    >>> from wordvec.vectors import WordVectors
    >>> vectors = WordVectors(["cat", "dog"], np.array([[1.0, 0.5], [0.25, 2.0]]), counts=np.array([9, 4]))
    >>> folder = Path(tempfile.mkdtemp()) / "projector"
    >>> write_projector(vectors, folder)
    2
    >>> (folder / "metadata.tsv").read_text(encoding="utf-8").split("\n")[:2]
    ['word\tcount', 'cat\t9']
    """
    check_folder_writable(folder, PROJECTOR)
    ids = _ids(vectors, top)
    words = names_of(vectors, ids)
    hostile = [word for word in words if CONTROL.search(word)]
    if hostile:
        words = [word.translate(ESCAPES) if CONTROL.search(word) else word for word in words]
        warn(
            f"{len(hostile):,} words hold a tab, the end of a line or another control character, written as \\t, "
            f"\\n or \\x1b: {hostile[0][:60]!r}" + (", ..." if len(hostile) > 1 else ""),
        )
    warn_of_ngrams("the folder", vectors)
    with replace_folder(folder, PROJECTOR) as temporary:
        _write_vectors(vectors, ids, temporary / "vectors.tsv", show_progress)
        with open(temporary / "metadata.tsv", "w", encoding="utf-8", newline="\n") as file:
            if vectors.counts is None:  # the format has no heading for a single column
                file.writelines(f"{word}\n" for word in words)
            else:
                file.write("word\tcount\n")
                file.writelines(f"{word}\t{count}\n" for word, count in zip(words, vectors.counts[ids].tolist()))
        (temporary / CONFIG).write_bytes(CONTENT.encode())
    return len(ids)


def _write_vectors(vectors: WordVectors, ids: np.ndarray, path: Path, show: bool | None) -> None:
    line = "\t".join(["%.9g"] * vectors.dim) + "\n"  # nine digits represent every float32 exactly
    with (
        open(path, "w", encoding="ascii", newline="\n") as file,
        progress(len(ids), "writing", "words", show=show) as bar,
    ):
        for first in range(0, len(ids), BLOCK):
            rows = vectors.rows(ids[first : first + BLOCK])
            file.writelines(line % tuple(row) for row in rows.tolist())
            bar.update(len(rows))


def write_parquet(
    vectors: WordVectors,
    path: str | os.PathLike[str],
    top: int | None = None,
    method: str = "pca",
    seed: int = 1,
    show_progress: bool | None = None,
) -> int:
    """Write one Parquet file of all words or the `top` most common, for embedding atlases; return the number of words.

    Columns: ``word`` (string), ``count`` (int64, null if unknown), ``x`` and ``y`` (float32, the map by `method` of the
    unit vectors, null for a vector of zeros or alone), ``vector`` (float32, fixed-size list). The file's metadata have
    the origin of the vectors under ``wordvec``, as JSON.

    Raises MissingExtraError without pyarrow (extra `arrow`), or the package of another method.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("pyarrow", "arrow", "writing Parquet") from error
    check_writable(path)
    warn_of_ngrams("the file: .safetensors and .npz keep them", vectors)
    ids = _ids(vectors, top)
    points, placed = np.full((len(ids), 2), np.nan), vectors.lengths[ids] > 0  # nan becomes null
    if placed.sum() > 1:  # a single word has no map
        points[placed] = projected(vectors.unit_rows_of(ids[placed]), method, seed, show_progress)[0]
    counts = [None] * len(ids) if vectors.counts is None else vectors.counts[ids]
    flat = pyarrow.array(np.ascontiguousarray(vectors.rows(ids), np.float32).ravel())
    columns: dict[str, Any] = {
        "word": pyarrow.array(names_of(vectors, ids), pyarrow.string()),
        "count": pyarrow.array(counts, pyarrow.int64()),
        "x": pyarrow.array(points[:, 0].astype(np.float32), from_pandas=True),
        "y": pyarrow.array(points[:, 1].astype(np.float32), from_pandas=True),
        "vector": pyarrow.FixedSizeListArray.from_arrays(flat, vectors.dim),
    }
    about = {"method": method, "seed": seed, "info": info_without_ngrams(vectors.info)}
    table = pyarrow.table(columns).replace_schema_metadata({"wordvec": json.dumps(about)})
    with replace_file(path) as file:
        parquet.write_table(table, file)
    return len(ids)


def _ids(vectors: WordVectors, top: int | None) -> np.ndarray:
    """The rows to write: all in order, or the most common."""
    if top is None:
        return np.arange(len(vectors))
    if top < 1:
        raise OptionError(f"top must be at least 1; got {top}")
    return chosen_ids(vectors, None, top) if top >= 3 else chosen_ids(vectors, None, 3)[:top]
