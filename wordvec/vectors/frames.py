"""Vectors as objects of other libraries: data frames of pandas and polars, tables of Arrow, PyTorch's Embedding."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import MissingExtraError

if TYPE_CHECKING:
    from wordvec.vectors.word_rows import WordRows

EXTRAS = {"pandas": "frames", "polars": "frames", "pyarrow": "arrow", "torch": "torch"}


def to_pandas(vectors: WordRows) -> Any:
    """See `WordVectors.to_pandas`."""
    pandas = _package("pandas", "to_pandas")
    return pandas.DataFrame(np.array(_rows(vectors)), index=pandas.Index(list(vectors.words), name="word"))


def to_polars(vectors: WordRows) -> Any:
    """See `WordVectors.to_polars`."""
    polars = _package("polars", "to_polars")
    columns = {"word": polars.Series(list(vectors.words), dtype=polars.String)}
    if vectors.counts is not None:
        columns["count"] = polars.Series(np.asarray(vectors.counts))
    columns["vector"] = polars.Series(_rows(vectors), dtype=polars.Array(polars.Float32, vectors.dim))
    return polars.DataFrame(columns)


def to_arrow(vectors: WordRows) -> Any:
    """See `WordVectors.to_arrow`."""
    pyarrow = _package("pyarrow", "to_arrow")
    columns: dict[str, Any] = {"word": pyarrow.array(list(vectors.words), pyarrow.string())}
    if vectors.counts is not None:
        columns["count"] = pyarrow.array(np.asarray(vectors.counts))
    flat = pyarrow.array(_rows(vectors).ravel())
    columns["vector"] = pyarrow.FixedSizeListArray.from_arrays(flat, vectors.dim)
    about = json.dumps({"info": vectors.info})
    return pyarrow.table(columns).replace_schema_metadata({"wordvec": about})


def to_torch(vectors: WordRows, freeze: bool = True) -> Any:
    """See `WordVectors.to_torch`."""
    torch = _package("torch", "to_torch")
    rows = np.array(vectors.rows(slice(None)))  # torch warns of an array that cannot be written
    return torch.nn.Embedding.from_pretrained(torch.from_numpy(rows), freeze=freeze)


def _rows(vectors: WordRows) -> np.ndarray:
    return np.ascontiguousarray(vectors.rows(slice(None)))


def _package(name: str, purpose: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError(name, EXTRAS[name], purpose) from error
