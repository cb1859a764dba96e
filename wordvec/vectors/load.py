"""Loading and saving: a file's format is recognized by content when reading, and chosen by suffix when writing.

======================  ==========================  =====================================================
format                  suffix                      keeps
======================  ==========================  =====================================================
``safetensors``         ``.safetensors``, or none   everything; opens memory-mapped
``word2vec-text``       ``.txt``                    words and vectors
``fasttext-vec``        ``.vec``                    the same file under fastText's name
``word2vec-binary``     ``.bin``                    words and vectors
``glove``               (name it)                   words and vectors; word2vec-text without its header
``npz``                 ``.npz``                    everything; opens with numpy.load
``fasttext-bin``        (name it)                   words, vectors, counts, and n-grams in buckets
``floret``              (name it)                   only n-grams by floret's hashes: words are composed of them
``parquet``             ``.parquet``                words, vectors, counts and where they come from (extra arrow)
``arrow``               ``.arrow``, ``.feather``    the same; an Arrow IPC file
======================  ==========================  =====================================================

Read, but not written: gensim's KeyedVectors, pickles of words and vectors (which are not executed), JSON Lines, CSV, a
matrix with its words in another file, and the folders of model2vec and sentence-transformers' StaticEmbedding. Text and
word2vec's binary may be packed with gzip, bzip2, xz or Zstandard; they are written packed if ``.gz`` or ``.zst``
follows their suffix.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from copy import copy
from importlib import import_module
from pathlib import Path
from typing import Any

from wordvec.errors import OptionError, VectorsFileError, describe, unreadable
from wordvec.progress import warn
from wordvec.vectors.files.reading import Reading
from wordvec.vectors.files.sniffing import refuse_address, sniff
from wordvec.vectors.files.writing import PACKINGS
from wordvec.vectors.subwords import Subwords, info_without_ngrams
from wordvec.vectors.word_rows import WordRows

SUBWORDS = "vectors of unseen words (subwords)"
KEEP_SUBWORDS = ("safetensors", "npz", "fasttext-bin", "floret")
SUFFIXES = {
    ".safetensors": "safetensors",
    "": "safetensors",
    ".txt": "word2vec-text",
    ".vec": "fasttext-vec",
    ".bin": "word2vec-binary",
    ".npz": "npz",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
}
STREAMED = (
    "word2vec-text",
    "fasttext-vec",
    "word2vec-binary",
    "glove",
    "floret",
    "csv",
    "tsv",
)  # written sequentially, so they may be packed
# Module and function of each format, imported only when needed: a file of our own opens in a few milliseconds.
WRITERS = {
    "safetensors": ("safetensors_file", "write_safetensors"),
    "word2vec-text": ("text_file", "write_word2vec_text"),
    "fasttext-vec": ("text_file", "write_word2vec_text"),
    "word2vec-binary": ("word2vec_file", "write_word2vec_binary"),
    "glove": ("text_file", "write_glove_text"),
    "npz": ("npz_file", "write_npz"),
    "fasttext-bin": ("fasttext_writing", "write_fasttext_bin"),
    "floret": ("floret_file", "write_floret"),
    "parquet": ("frames", "write_parquet"),
    "arrow": ("frames", "write_arrow"),
    "csv": ("table_writing", "write_csv"),
    "tsv": ("table_writing", "write_tsv"),
    "json": ("table_writing", "write_json"),
}
READERS = {
    "safetensors": ("safetensors_file", "read_safetensors"),
    "word2vec-text": ("text_file", "read_text"),
    "word2vec-binary": ("word2vec_file", "read_word2vec_binary"),
    "glove": ("text_file", "read_text"),
    "npz": ("npz_file", "read_npz"),
    "fasttext-bin": ("fasttext_bin", "read_fasttext_bin"),
    "floret": ("floret_file", "read_floret"),
    "gensim": ("gensim_file", "read_gensim"),
    "table": ("table_file", "read_table"),
    "json": ("table_file", "read_json"),
    "csv": ("csv_file", "read_csv"),
}
EVERYTHING = ("everything",)
OF_TABLES = ("counts", "where they come from", "how their text was tokenized")
KEPT = {
    "safetensors": EVERYTHING,
    "npz": EVERYTHING,
    "parquet": OF_TABLES,
    "arrow": OF_TABLES,
    "fasttext-bin": ("counts",),
    "csv": ("counts",),
    "tsv": ("counts",),
}
MATRICES = ("numpy", "numbers")  # their words are in another file


def load_rows(
    path: str | os.PathLike[str],
    *,
    limit: int | None = None,
    words: Iterable[str] | str | os.PathLike[str] | None = None,
    words_from: str | os.PathLike[str] | None = None,
    dtype: Any = None,
    strict: bool = False,
    on_repair: Callable[[str], None] | None = None,
) -> WordRows:
    """Read words and their rows from a file of any known format, recognized by content; nothing in it is executed.

    `WordVectors.load` makes vectors of the result.

    `limit` reads only the first rows. `words` keeps only these words: strings, or a text file with one per line.
    `words_from` is the file of a matrix's words, if they are not in the same file; by default a file with one of the
    usual names is searched next to the matrix. `dtype` "float32", "float16" or "int8" (with one scale per row) narrows
    the numbers while reading; the default keeps the file's type.
    Words that are not UTF-8, repeated words, and a few rows with another length, nan, infinity or a field that is not a
    number are repaired: counted in ``info["repairs"]`` and reported in one warning, or one by one to `on_repair`. With
    `strict` they are errors.
    Raises VectorsFileError for a missing, truncated, damaged or unknown file, saying what was found and where, and for
    a file that takes memory out of proportion to its size; OptionError for an option out of range.
    """
    _check_is_path(path)
    refuse_address(path)
    if os.path.isdir(path):
        path = _in_folder(path)
    reading = Reading(
        path, limit=limit, words=words, words_from=words_from, dtype=dtype, strict=strict, on_repair=on_repair
    )
    try:
        format = sniff(path)
        if words_from is not None or format in MATRICES:
            from wordvec.vectors.files.two_files import read_matrix

            return read_matrix(reading, format)
        return _function(READERS[format])(reading)
    except OSError as error:
        raise VectorsFileError(f"{path}: {unreadable(error)}") from error


def _in_folder(folder: str | os.PathLike[str]) -> str | os.PathLike[str]:
    """The file to read in a folder written by another program. Raises VectorsFileError for any other folder."""
    from wordvec.vectors.files.static_folder import static_model_in
    from wordvec.vectors.files.two_files import matrix_in

    found = static_model_in(folder) or matrix_in(folder)
    if found is None:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))[:5]
        raise VectorsFileError(
            f"{folder}: a folder, not a file; name the file of vectors in it (it holds {', '.join(names) or 'nothing'})"
        )
    return found


def save(vectors: WordRows, path: str | os.PathLike[str], format: str | None = None) -> None:
    """Write `vectors` in `format`, or in the format of the path's suffix.

    Vectors of unseen words (subwords) are kept by safetensors and npz, and by fasttext-bin if they are in buckets,
    unless post-processing changed them; otherwise a UserWarning reports the loss.
    A failed write leaves an existing file unchanged. Raises OptionError for an unknown format or suffix, and InputError
    for vectors that the format cannot hold.
    """
    _check_is_path(path)
    format = format_for(path, format)
    if SUBWORDS not in not_kept(vectors, format):
        _function(WRITERS[format])(vectors, path)
    else:
        written = copy(vectors)
        written.info = info_without_ngrams(vectors.info)
        _function(WRITERS[format])(written, path)
        what = f"{path}: not kept in this format: {SUBWORDS}; .safetensors and .npz keep them"
        if format in KEEP_SUBWORDS:
            what = f"{path}: not kept: {SUBWORDS}, which no file holds once all rows were changed: fit new ones, "
            what += "wordvec subwords FILE -o OUT or .fit_subwords()"
        warn(what)


def _check_is_path(path: Any) -> None:
    if not isinstance(path, (str, os.PathLike)):
        what = "an open file" if hasattr(path, "read") or hasattr(path, "write") else describe(path)
        raise OptionError(f"vectors are read and written by the name of their file (str or Path); got {what}")


def _function(place: tuple[str, str]) -> Callable[..., Any]:
    module, name = place
    return getattr(import_module(f"wordvec.vectors.files.{module}"), name)  # type: ignore[no-any-return]


def not_kept(vectors: WordRows, format: str) -> list[str]:
    """List the information in `vectors` that a file in this format would lose.

    >>> not_kept(WordRows(["a"], [[1.0, 2.0]], info={"trainer": "SVD"}), "glove")
    ['where they come from']
    """
    parts = {
        "words' own rows": format == "floret",
        "counts": vectors.counts is not None,
        "context vectors": vectors.context_matrix is not None,
        "rare words": bool(vectors.rare),
        "where they come from": bool(vectors.info),
        "how their text was tokenized": "split_sentences" in vectors.info,
        "one scale a row": vectors.scales is not None,
    }
    kept = KEPT.get(format, ())
    lost = [name for name, present in parts.items() if present and kept is not EVERYTHING and name not in kept]
    keeps_subwords = format in KEEP_SUBWORDS and isinstance(vectors.subwords, Subwords)
    return lost + [SUBWORDS] * (vectors.subwords is not None and not keeps_subwords)


def format_for(path: str | os.PathLike[str], format: str | None = None) -> str:
    """Return the name of the format that `save` would write: `format` itself, or the suffix's format.

    Raises OptionError if there is none, so call it before a long computation.

    >>> format_for("news.bin"), format_for("news.txt", "glove")
    ('word2vec-binary', 'glove')
    """
    if format is None:
        packing = Path(path).suffix.lower()
        name = Path(path).with_suffix("") if packing in PACKINGS else Path(path)
        format = SUFFIXES.get(name.suffix.lower())
        if format is None:
            suffixes = ", ".join(suffix for suffix in SUFFIXES if suffix)
            raise OptionError(f"{path}: no format has this suffix; use one of {suffixes}, or name the format")
        if packing in PACKINGS and format not in STREAMED:
            raise OptionError(
                f"{path}: {format} needs random access and is not packed: leave {packing} out; text and "
                f"word2vec's binary can be packed, as in v.txt{packing}, and float16 or int8 make any file smaller"
            )
    if format not in WRITERS:
        raise OptionError(f"format must be one of {', '.join(WRITERS)}; got {format!r}")
    return format
