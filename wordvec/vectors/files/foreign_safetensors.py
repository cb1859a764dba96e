"""Another program's .safetensors: its tensors by name, and static models (model2vec, StaticEmbedding) with a tokenizer.

Such a model is a table of token vectors in ``model.safetensors`` and the tokens in ``tokenizer.json`` in the same
folder. model2vec's larger ones share rows between tokens (``mapping``) and give each token a weight (``weights``).
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.errors import VectorsFileError, describe
from wordvec.vectors.checks import number_words
from wordvec.vectors.files.bounds import check_memory
from wordvec.vectors.files.choosing import choose
from wordvec.vectors.files.reading import Reading
from wordvec.vectors.files.safetensors_header import parsed_header
from wordvec.vectors.word_bytes import LazyWords, join_words
from wordvec.vectors.word_rows import WordRows

DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "i1", "U8": "u1", "I16": "<i2", "I32": "<i4", "I64": "<i8",
}  # fmt: skip
TABLES = ("embeddings", "embedding.weight", "embedding", "0.embedding.weight")
TOKENIZER, MODEL = "tokenizer.json", "model.safetensors"
FOLDERS = (".", "0_StaticEmbedding")


def read_tensors(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Views of all tensors of a mapped file whose numbers numpy has. Raises VectorsFileError for a damaged header."""
    mapped = np.asarray(np.memmap(path, np.uint8, mode="r"))
    header, start = parsed_header(path, mapped)
    data = mapped[start:]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            dtype, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
            if not all(type(n) is int and 0 <= n < 2**62 for n in (*shape, begin, end)):
                raise ValueError
            if dtype not in DTYPES:
                continue
            if len(shape) > 8 or end > len(data) or end - begin != math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize:
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise VectorsFileError(
                f"{path}: damaged: the header says of tensor {describe(name)} what is not so"
            ) from None
        tensors[name] = data[begin:end].view(DTYPES[dtype]).reshape(shape)
    return tensors


def static_model_in(folder: str | os.PathLike[str]) -> Path | None:
    """The file of a static model in a folder as model2vec and sentence-transformers write it, or None."""
    for inner in FOLDERS:
        model = Path(folder) / inner / MODEL
        if model.is_file() and (model.parent / TOKENIZER).is_file():
            return model
    return None


def read_static_model(reading: Reading) -> WordRows | None:
    """The tokens and vectors of a static model; None where the file is something else, or has no tokenizer beside it.

    Raises VectorsFileError where tokens and vectors do not fit.
    """
    from wordvec.vectors.files.row_words import read_row_words
    from wordvec.vectors.files.static_folder import of_ours

    tokenizer = Path(reading.path).parent / TOKENIZER
    if not tokenizer.is_file():
        return None
    tensors = read_tensors(reading.path)
    table = next((tensors[name] for name in TABLES if name in tensors), None)
    if table is None or table.ndim != 2:
        return None
    table = _per_token(reading, table, tensors)
    words, _ = read_row_words(tokenizer, len(table))
    words, ours = of_ours(reading.path, words)
    number_words(words)
    info: dict[str, Any] = {**ours, "words_from": TOKENIZER}
    counts = tensors.get("counts") if ours else None
    if counts is not None and (counts.shape != (len(table),) or counts.dtype != np.int64 or counts.min() < 0):
        raise reading.error(f"damaged: 'counts' is {counts.dtype} of shape {counts.shape} for {len(table):,} words")
    lazy = LazyWords(*join_words(words), os.fspath(tokenizer))
    return choose(reading, lazy, table, look=True, info=info, counts=counts)


def _per_token(reading: Reading, table: np.ndarray, tensors: dict[str, np.ndarray]) -> np.ndarray:
    """The row of each token: taken from a shared table, and weighted, where the model does so."""
    mapping, weights = tensors.get("mapping"), tensors.get("weights")
    if mapping is not None:
        if mapping.ndim != 1 or mapping.dtype.kind not in "iu" or not len(mapping):
            raise reading.error(f"damaged: 'mapping' is {mapping.dtype} of shape {mapping.shape}")
        if not 0 <= mapping.min() <= mapping.max() < len(table):
            raise reading.error(f"damaged: 'mapping' names rows outside the {len(table):,} of the table")
        size = os.path.getsize(reading.path)
        way_out = "write the row of each token with its own program"
        check_memory(reading.path, size, len(mapping) * table[:1].nbytes, "its matrix", way_out)
        table = table[mapping]
    if table.dtype not in (np.float32, np.float16):
        table = table.astype(np.float32)
    if weights is None:
        return table
    if weights.shape != (len(table),) or weights.dtype.kind != "f":
        raise reading.error(f"damaged: 'weights' of shape {weights.shape} for {len(table):,} tokens")
    return table.astype(np.float32) * weights.astype(np.float32)[:, None]
