"""Checks of a kernel's arguments, and the loss it returns.

Compiled code checks nothing, and a wrong id would write out of bounds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from wordvec.corpus.draws.examples import ExampleSampler, Tags
from wordvec.errors import OptionError, ShapeError
from wordvec.kernels.huffman import HuffmanPaths
from wordvec.kernels.word_parts import WordParts


def check_call(
    tables: Any,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    sampler: ExampleSampler,
    first: int,
    last: int,
    block: int,
    threads: int,
    paths: HuffmanPaths | None,
    parts: WordParts | None = None,
) -> None:
    """Raise ShapeError or OptionError for arguments of `train_skipgram` or `train_cbow` that do not fit together."""
    (rows, _), (output_rows, _) = tables.shapes
    if parts is not None:
        rows = _words_of_parts(parts, rows, tables, paths)
    if not 0 <= first <= last <= len(ids) or block < 1 or first % block or (last % block and last != len(ids)):
        raise OptionError(
            f"first and last must be multiples of block ({block}) in 0 .. {len(ids)}, or its end; got {first}, {last}"
        )
    if threads < 1:
        raise OptionError(f"threads must be at least 1; got {threads}")
    if paths is None and sampler.negatives < 1:
        raise OptionError("negative sampling needs negatives of at least 1; or give the paths of a Huffman tree")
    words = check_tags(sampler.tags, rows, output_rows, len(sentence_starts) - 1, paths)
    if len(sampler.keep_thresholds) != words or len(sampler.negative_table.aliases) != words:
        raise ShapeError(f"the sampler's {len(sampler.keep_thresholds)} words must be those of W_in's {words} rows")
    if len(sentence_starts) < 2 or sentence_starts[0] != 0 or sentence_starts[-1] != len(ids):
        raise ShapeError(f"sentence_starts must lead from 0 to the {len(ids)} ids; got {len(sentence_starts)} of them")
    sentences = np.searchsorted(sentence_starts, [first, max(first, last - 1)], side="right")
    reached = ids[sentence_starts[sentences[0] - 1] : sentence_starts[min(sentences[1], len(sentence_starts) - 1)]]
    if len(reached) and not 0 <= int(reached.min()) <= int(reached.max()) < words:
        raise ShapeError(f"word ids must be in 0 .. {words - 1}; got {int(reached.min())} .. {int(reached.max())}")
    needed = words if paths is None else len(paths.starts) - 2
    if output_rows < needed or (paths is not None and len(paths.starts) != words + 1):
        raise ShapeError(f"W_out needs {needed} rows, one for each word or inner node of the tree; got {output_rows}")


def check_tags(tags: Tags | None, rows: int, output_rows: int, sentences: int, paths: HuffmanPaths | None) -> int:
    """The number of words; raises ShapeError or OptionError for tags that are not rows of W_in."""
    if tags is None:
        return rows
    if paths is not None:
        raise OptionError("documents with tags are trained with negative sampling, without the paths of a tree")
    of_words = tags.first if tags.words else output_rows
    if tags.first + tags.number != rows or (tags.first and not tags.words):
        raise ShapeError(f"{tags.number} tags from row {tags.first} on are not the last of W_in's {rows} rows")
    if len(tags.starts) != sentences + 1 or tags.starts[0] != 0 or tags.starts[-1] != len(tags.rows):
        raise ShapeError(f"the tags of {sentences} sentences expected; got those of {len(tags.starts) - 1}")
    if np.diff(tags.starts).min(initial=0) < 0:
        raise ShapeError("the places where the tags of sentences start must not fall")
    if len(tags.rows) and not tags.first <= int(tags.rows.min()) <= int(tags.rows.max()) < rows:
        raise ShapeError(f"tags must be rows {tags.first} .. {rows - 1} of W_in")
    return of_words


def _words_of_parts(parts: WordParts, rows: int, tables: Any, paths: HuffmanPaths | None) -> int:
    """The number of words; raises ShapeError or OptionError for parts that do not fit."""
    starts, numbers = parts.starts, np.diff(parts.starts)
    if paths is not None or tables.half:
        raise OptionError(
            "parts (subwords) are trained with negative sampling, in float32: leave out the tree, or them"
        )
    if parts.table_rows != rows or not len(numbers) or starts[0] != 0 or starts[-1] != len(parts.rows):
        raise ShapeError(f"parts of a table of {parts.table_rows:,} rows do not fit W_in's {rows:,}, or each other")
    if numbers.min() < 1 or len(parts.times) != len(parts.rows):
        raise ShapeError("parts: each word needs one, and each of them how many rows it stands for")
    if not 0 <= int(parts.rows.min()) <= int(parts.rows.max()) < rows:
        raise ShapeError(f"parts must be rows 0 .. {rows - 1}; got {parts.rows.min()} .. {parts.rows.max()}")
    return parts.words


# The loss of one stretch of training.


class Loss(NamedTuple):
    """Sum of the loss over `predictions` predictions, made of `terms` terms -log sigmoid, for `centres` centres."""

    total: float
    predictions: int
    terms: int
    centres: int
