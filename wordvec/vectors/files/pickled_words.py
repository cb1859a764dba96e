"""Words and vectors in pickles of plain Python containers: {word: vector}, or a matrix with its words.

The vectors of a dict may be arrays, lists or tuples. A matrix and its words may be two entries of a dict or tuple,
under any names: the words as a list, as {word: row} or as {row: word}. "Deep Learning from Scratch 2" saves
{"word_vecs": array, "word_to_id": dict, "id_to_word": dict}.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from wordvec.errors import counted, describe
from wordvec.vectors.files.chunks import check_memory
from wordvec.vectors.files.pickle_arrays import Made, Name, array_of, texts_of
from wordvec.vectors.files.reading import ANOTHER_LENGTH, MANY, Reading
from wordvec.vectors.files.row_builder import RowBuilder
from wordvec.vectors.word_bytes import encode_word
from wordvec.vectors.word_rows import WordRows

DICTS = (Name("collections", "OrderedDict"), Name("collections", "defaultdict"))
MOST_PARTS = 100  # entries of a dict or tuple that are searched for a matrix and its words
BLOCK = 1_024  # rows


def as_dict(described: Any) -> dict[Any, Any] | None:
    """A dict, or the content of an OrderedDict or a defaultdict; None for anything else."""
    if isinstance(described, Made):
        return described.items if described.maker in DICTS else None
    return described if isinstance(described, dict) else None


def read_dictionary(reading: Reading, root: Any, size: int) -> WordRows | None:
    """The vectors of a pickled {word: vector}; None for any other pickle. `size` is the file's size.

    A vector whose length differs from the first is left out and reported. Raises VectorsFileError.
    """
    entries = as_dict(root)
    if not entries or (first := _vector_of(next(iter(entries.values())))) is None:
        return None
    if not all(isinstance(word, str) for word in entries):
        wrong = next(word for word in entries if not isinstance(word, str))
        raise reading.error(f"a dict of vectors by word, in which {describe(wrong)} is no word")
    check_memory(reading.path, size, 4 * len(first) * len(entries), "its matrix", "save it with numpy.savez")
    builder = RowBuilder(reading, len(first), "entry")
    numbered = enumerate(entries.items(), 1)
    while block := list(islice(numbered, BLOCK)):
        words: list[bytes] = []
        rows: list[np.ndarray] = []
        places: list[int] = []
        for place, (word, value) in block:
            row = _vector_of(value)
            if row is None or len(row) != len(first):
                found = describe(value) if row is None else f"{len(row):,} of them"
                message = f"entry {place:,}: expected {len(first):,} numbers for {describe(word)}; got {found}"
                reading.repair(ANOTHER_LENGTH, message)
                reading.check_left_out(builder.kept + len(words), at_least=MANY)
                continue
            words.append(encode_word(word))
            rows.append(row)
            places.append(place)
        if words:
            builder.add(words, np.array(rows, np.float32), np.array(places))
    return builder.finish()


def words_and_matrix(root: Any) -> tuple[list[Any], np.ndarray] | None:
    """The only matrix in a pickled dict or tuple, and the words of its rows; None unless both exist.

    Raises ValueError if the words do not fit the matrix, or there are several matrices.
    """
    named = _parts(root)
    matrices: dict[str, np.ndarray] = {}
    for name, value in named:
        array = array_of(value)
        if array is not None and array.ndim == 2:
            matrices[name] = array
            if len(matrices) > 1:
                both = " and ".join(matrices)
                raise ValueError(f"several matrices, {both}, and wordvec cannot tell which is meant")
    lists = [(name, words) for name, value in named if (words := _words_in(value)) is not None]
    if not matrices or not lists:
        return None
    ((_, matrix),) = matrices.items()
    fitting = [(name, words) for name, words in lists if _numbers(words, len(matrix)) is not None]
    if not fitting:
        name, words = lists[0]
        raise ValueError(f"{name} does not number the {counted(len(matrix), 'row')} of {next(iter(matrices))}")
    found = [_numbers(words, len(matrix)) for _, words in fitting]
    if any(other != found[0] for other in found):
        raise ValueError(f"{' and '.join(name for name, _ in fitting)} name other words for the same rows")
    return found[0] or [], matrix


def words_of(root: Any) -> list[str] | None:
    """Words pickled without vectors, in row order, from a list, {word: row} or {row: word}; else None."""
    words = _words_in(root)
    return None if words is None else _numbers(words, len(words))


def _parts(root: Any) -> list[tuple[str, Any]]:
    """The entries of a dict or tuple with their names; a repeated object only once."""
    entries = as_dict(root)
    if entries is not None and len(entries) <= MOST_PARTS:
        named = [(describe(name), value) for name, value in entries.items()]
    elif isinstance(root, (tuple, list)) and len(root) <= MOST_PARTS:
        named = [(f"part {number}", value) for number, value in enumerate(root, 1)]
    else:
        return []
    return list({id(value): (name, value) for name, value in reversed(named)}.values())[::-1]


def _words_in(value: Any) -> list[Any] | dict[Any, Any] | None:
    """A list of texts, or a dict between texts and whole numbers; None for anything else."""
    texts = texts_of(value)
    if texts:
        return texts
    entries = as_dict(value)
    if not entries:
        return None
    for side, other in ((entries.keys(), entries.values()), (entries.values(), entries.keys())):
        if _all_of(side, str) and _all_of(other, int):
            return entries
    return None


def _numbers(words: list[Any] | dict[Any, Any], rows: int) -> list[str] | None:
    """The words in row order if each of `rows` rows has one, else None."""
    if len(words) != rows:
        return None
    if isinstance(words, list):
        return words
    by_row = words if _all_of(words.keys(), int) else {row: word for word, row in words.items()}
    return [by_row[row] for row in range(rows)] if all(row in by_row for row in range(rows)) else None


def _all_of(values: Iterable[Any], kind: type) -> bool:
    return all(type(value) is kind for value in values)


def _vector_of(value: Any) -> np.ndarray | None:
    """The numbers (D,) of an array, a list or a tuple; None for anything else."""
    array = array_of(value)
    if array is None and isinstance(value, (list, tuple)) and value and _all_numbers(value):
        array = np.array([float(number) if abs(number) < 2**1023 else np.inf for number in value])
    if array is None or array.size == 0 or array.ndim == 0 or array.size != array.shape[-1]:
        return None
    with np.errstate(over="ignore"):
        return array.reshape(-1).astype(np.float32)


def _all_numbers(values: Iterable[Any]) -> bool:
    return all(type(value) is float or type(value) is int for value in values)
