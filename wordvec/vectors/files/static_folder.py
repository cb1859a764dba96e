"""The folder of a static model, which model2vec and sentence-transformers' StaticEmbedding both load.

``model.safetensors`` holds the rows (``embeddings``), ``tokenizer.json`` the words. These libraries split text with a
Hugging Face tokenizer and take the mean of the tokens' rows, in which unknown words must not count. The tokenizers have
no word model that leaves them out, but a BPE model without merges does: it finds a token whole or splits it into
characters, which are left out unless they are tokens. The tokenizer puts a mark before every word, so that one-letter
words are not found inside others.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.corpus.recipe import TextRecipe
from wordvec.errors import InputError, VectorsFileError, counted, describe
from wordvec.folders import FolderKind, replace_folder
from wordvec.json_forms import parse_json
from wordvec.progress import warn
from wordvec.vectors.files.chunks import check_memory
from wordvec.vectors.files.reading import Reading, choose
from wordvec.vectors.files.safetensors_header import pack_header, parsed_header
from wordvec.vectors.files.writing import written_rows
from wordvec.vectors.rows import info_text, number_words
from wordvec.vectors.subwords import info_without_ngrams
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_words
from wordvec.vectors.word_rows import WordRows

BF16 = "BF16"  # the upper half of a float32
CONFIG, CARD = "config.json", "README.md"
KIND = "wordvec static model 1"
STATIC_FOLDER = FolderKind(
    CONFIG, KIND.encode(), frozenset({CONFIG, CARD, "model.safetensors", "modules.json", "tokenizer.json"})
)
MARKS = ("▁", "\ue000", "\ue001")  # the usual mark, and two alternatives if words begin with it
MODULE = {"idx": 0, "name": "0", "path": ".", "type": "sentence_transformers.models.StaticEmbedding"}


def write_static_model(vectors: WordRows, folder: str | os.PathLike[str], card: str | None = None) -> None:
    """Write the folder, with `card` as its README.md, entirely or not at all.

    Its tokenizer splits text at white space. A UserWarning is given if the vectors' text was tokenized differently, so
    that text must be tokenized first; for words with white space; and for vectors of unseen words (subwords). Raises
    InputError for nan and infinity, and for a folder with other content.
    """
    mark = _mark_for(vectors)
    for _ in written_rows(vectors):  # raises for nan and infinity
        pass
    for message in not_alike(vectors):
        warn(message)
    tensors = {"embeddings": np.ascontiguousarray(vectors.rows(slice(None)), "<f4")}
    if vectors.counts is not None:
        tensors = {"counts": np.ascontiguousarray(vectors.counts, "<i8"), **tensors}
    config = {
        "format": KIND,
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": vectors.dim,
        "max_length": None,  # of a text, in tokens: model2vec would cut it at 512
        "normalize": False,
        "word_mark": mark,
        "wordvec": info_without_ngrams(vectors.info),
    }
    described = _json(config)
    with replace_folder(folder, STATIC_FOLDER) as temporary:
        (temporary / CONFIG).write_text(described, encoding="utf-8", newline="\n")
        (temporary / "modules.json").write_text(_json([MODULE]), encoding="utf-8", newline="\n")
        (temporary / "tokenizer.json").write_text(_json(_tokenizer(vectors, mark)), encoding="utf-8", newline="\n")
        (temporary / CARD).write_text(
            card or _short_card(vectors), encoding="utf-8", errors="backslashreplace", newline="\n"
        )
        with open(temporary / "model.safetensors", "wb") as file:
            file.write(pack_header({"format": "pt"}, tensors))
            for array in tensors.values():
                file.write(array.data)


def not_alike(vectors: WordRows) -> list[str]:
    """Messages about how the folder's sentence vectors differ from those of these vectors.

    >>> not_alike(WordRows(["new york"], np.ones((1, 2))))
    ["1 words hold white space, at which the folder's tokenizer splits: they are never found ('new york')"]
    """
    found = []
    recipe = TextRecipe.from_info(vectors.info)
    if recipe is not None and (
        recipe.tokenizer not in (None, "whitespace")
        or not recipe.normalization.changes_nothing
        or recipe.phrases is not None
    ):
        found.append(
            "the folder's tokenizer splits text only at white space, and these vectors' text was tokenized in another "
            "way: give it ' '.join(vectors.tokenize(text)) instead of text"
        )
    spaced = [word for word in vectors.words if len(word.split()) != 1]
    if spaced:
        found.append(
            f"{len(spaced):,} words hold white space, at which the folder's tokenizer splits: they are never found "
            f"({spaced[0]!r:.60})"
        )
    if vectors.subwords is not None:
        found.append(
            "the vectors of unseen words (subwords) are not in the folder: such words are left out of the mean"
        )
    return found


def of_ours(model: str | os.PathLike[str], words: list[str]) -> tuple[list[str], dict[str, Any]]:
    """The words and info of a folder written by `write_static_model`; for other folders `words` unchanged.

    Raises VectorsFileError if the description is damaged.
    """
    path = Path(model).parent / CONFIG
    try:
        config = parse_json(path.read_bytes()) if path.stat().st_size < 1 << 26 else None
    except (OSError, ValueError):
        return words, {}
    if not isinstance(config, dict) or config.get("format") != KIND:
        return words, {}
    mark, info = config.get("word_mark"), config.get("wordvec")
    if mark not in MARKS or not isinstance(info, dict) or not all(word.startswith(mark) for word in words):
        raise VectorsFileError(f"{path}: damaged: it does not describe the words of tokenizer.json; write it again")
    return [word[len(mark) :] for word in words], info


def _mark_for(vectors: WordRows) -> str:
    for word in vectors.words:
        encode_word(word)  # raises for half a surrogate pair
    for mark in MARKS:
        if not any(word.startswith(mark) for word in vectors.words):
            return mark
    raise InputError(f"words begin with each of the marks {', '.join(map(repr, MARKS))}, one of which must be free")


def _tokenizer(vectors: WordRows, mark: str) -> dict[str, Any]:
    """The content of tokenizer.json, for the package tokenizers."""
    marked = {"type": "Metaspace", "replacement": mark, "prepend_scheme": "always", "split": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, marked]},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": True,
            "vocab": {f"{mark}{word}": row for row, word in enumerate(vectors.words)},
            "merges": [],
        },
    }


def front_matter(licence: str | None = None) -> str:
    """The head of a model card, by which the Hugging Face Hub classifies models."""
    tags = ["wordvec", "word-embeddings", "model2vec", "static-embeddings", "sentence-transformers"]
    lines = ["---", "library_name: model2vec", *([f"license: {json.dumps(licence)}"] if licence else []), "tags:"]
    return "\n".join([*lines, *(f"- {tag}" for tag in tags), "---", ""])


def usage(vectors: WordRows) -> str:
    """How the folder is used, as Markdown."""
    notes = "".join(f"\n- {note[0].upper()}{note[1:]}." for note in not_alike(vectors))
    return (
        "## This folder\n\n```python\nfrom model2vec import StaticModel\n\n"
        'StaticModel.from_pretrained("FOLDER").encode(["some words"])\n```\n\n'
        "`sentence_transformers.SentenceTransformer` and `wordvec.WordVectors.load` read it, too. A sentence's vector "
        f"is the mean of its known words' vectors.\n{notes}\n"
    )


def _short_card(vectors: WordRows) -> str:
    about = f"# Word vectors\n\n{len(vectors):,} words in {vectors.dim:,} dimensions, written by wordvec.\n\n"
    return front_matter() + about + usage(vectors)


def _json(value: Any) -> str:
    return info_text(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


# Other programs' .safetensors: tensors by name, and static models (model2vec, StaticEmbedding) with a tokenizer. Such
# a model has a table of token vectors in ``model.safetensors`` and the tokens in ``tokenizer.json`` in the same folder.
# Larger models of model2vec share rows between tokens (``mapping``) and give each token a weight (``weights``).


DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "i1", "U8": "u1", "I16": "<i2", "I32": "<i4", "I64": "<i8",
}  # fmt: skip
TABLES = ("embeddings", "embedding.weight", "embedding", "0.embedding.weight")
TOKENIZER, MODEL = "tokenizer.json", "model.safetensors"
FOLDERS = (".", "0_StaticEmbedding")


def read_tensors(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Views of all tensors in a file with a numpy number type, and BF16 tensors as float32.

    Raises VectorsFileError for a damaged header, and if all tensors are of other types.
    """
    mapped = np.asarray(np.memmap(path, np.uint8, mode="r"))
    header, start = parsed_header(path, mapped)
    data = mapped[start:]
    tensors, others = {}, set()
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            dtype, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
            if not all(type(n) is int and 0 <= n < 2**62 for n in (*shape, begin, end)):
                raise ValueError
            if dtype not in DTYPES and dtype != BF16:
                others.add(str(dtype))
                continue
            stored = np.dtype("<u2" if dtype == BF16 else DTYPES[dtype])
            if len(shape) > 8 or end > len(data) or end - begin != math.prod(shape) * stored.itemsize:
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise VectorsFileError(
                f"{path}: damaged: the header says of tensor {describe(name)} what is not so"
            ) from None
        numbers = data[begin:end].view(stored).reshape(shape)
        tensors[name] = (numbers.astype("<u4") << 16).view("<f4") if dtype == BF16 else numbers
    if others and not tensors:
        raise VectorsFileError(f"{path}: its tensors are of {', '.join(sorted(others)[:5])}: save them as F32 or F16")
    return tensors


def static_model_in(folder: str | os.PathLike[str]) -> Path | None:
    """The model file in a folder written by model2vec or sentence-transformers, or None."""
    for inner in FOLDERS:
        model = Path(folder) / inner / MODEL
        if model.is_file() and (model.parent / TOKENIZER).is_file():
            return model
    return None


def read_static_model(reading: Reading) -> WordRows | None:
    """The tokens and vectors of a static model; None for another kind of file, or without a tokenizer next to it.

    Raises VectorsFileError if tokens and vectors do not fit.
    """
    from wordvec.vectors.files.row_words import read_row_words

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
    """The row of each token, taken from a shared table and weighted if the model does so."""
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
        raise reading.error(f"damaged: 'weights' of shape {weights.shape} for {counted(len(table), 'token')}")
    return table.astype(np.float32) * weights.astype(np.float32)[:, None]
