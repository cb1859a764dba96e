"""gensim's KeyedVectors and models (``.kv``, ``.model``), and other pickles of words and a matrix, read unexecuted.

gensim saves its objects as pickles, with large arrays in separate files next to them (``NAME.vectors.npy``). The
pickle's description is searched for words and vectors; see `pickle_values`, and `pickled_words` for other pickles.
"""

from __future__ import annotations

import mmap
import os
from typing import Any

import numpy as np

from wordvec.errors import InputError, ShapeError, VectorsFileError, counted
from wordvec.npy_header import read_npy_header
from wordvec.progress import warn
from wordvec.vectors.files.pickle_arrays import Made, Name, array_of
from wordvec.vectors.files.pickle_values import read_pickle
from wordvec.vectors.files.pickled_words import read_dictionary, words_and_matrix
from wordvec.vectors.files.reading import Reading, choose
from wordvec.vectors.ngrams import word_blocks
from wordvec.vectors.rows import number_words
from wordvec.vectors.subwords import LONGEST_NGRAM, Subwords
from wordvec.vectors.word_bytes import LazyWords, encode_word, join_words
from wordvec.vectors.word_rows import WordRows

WORDS = ("index_to_key", "index2word", "index2entity")  # gensim 4, 3, 3 (its Doc2Vec and others)
VECTORS = ("vectors", "syn0")  # gensim 4 and 3, and 2
ARGUMENTS = ("sg", "hs", "negative", "window", "alpha", "min_alpha", "epochs", "sample", "seed", "min_count")
ARGUMENTS += ("ns_exponent", "max_final_vocab", "shrink_windows", "min_n", "max_n")  # what training goes on with
LARGEST = 2**53  # whole numbers that JSON's readers agree about
OWN_EXPORT = (
    "open it where you trust it and write numpy.savez(path, words=list_of_words, matrix=matrix), which wordvec reads"
)
GENSIM_EXPORT = (
    "open it where you trust it and export it, in gensim KeyedVectors.load(PATH).save_word2vec_format('vectors.bin', "
    "binary=True), for a model Word2Vec.load(PATH).wv.save_word2vec_format('vectors.bin', binary=True)"
)


def read_gensim(reading: Reading) -> WordRows:
    """Read the words and vectors that a pickle describes; nothing in it is executed.

    Raises VectorsFileError, with instructions for exporting, for other or damaged pickles.
    """
    advice = GENSIM_EXPORT
    try:
        size = os.path.getsize(reading.path)
        root = described(reading.path)
        advice = GENSIM_EXPORT if _named(root).startswith("gensim") else OWN_EXPORT
        vectors = read_dictionary(reading, root, size)
        if vectors is not None:
            return vectors
        found = _from_gensim(reading, root) or _from_parts(root)
        if found is None:
            raise VectorsFileError(
                f"{reading.path}: a Python pickle of {_named(root)}, in which wordvec finds no words and vectors; "
                f"loading it could run any code, so that is never done: {advice}"
            )
        words = found.pop("words")
        number_words(words)
        WordRows(words, found["matrix"], found["counts"])  # raises if they do not fit together
        return choose(reading, LazyWords(*join_words(words), os.fspath(reading.path)), look=True, **found)
    except VectorsFileError:
        raise
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError, InputError, ShapeError) as error:
        raise VectorsFileError(
            f"{reading.path}: a Python pickle that wordvec cannot read without running it: {error}; {advice}"
        ) from error


def described(path: str | os.PathLike[str]) -> Any:
    """What the pickle in a file describes. Raises ValueError if it cannot be determined."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return read_pickle(mapped)


def _from_parts(root: Any) -> dict[str, Any] | None:
    found = words_and_matrix(root)
    return None if found is None else {"words": found[0], "matrix": _floats(found[1]), "counts": None}


def _from_gensim(reading: Reading, root: Any) -> dict[str, Any] | None:
    """Words, matrix, counts and subwords of a KeyedVectors object, or of a model's."""
    file, state = os.fspath(reading.path), _state(root)
    context, arguments = _context(file, state), _arguments(state)
    if isinstance(state.get("dv", state.get("docvecs")), Made):
        warn(
            f"{file}: a Doc2Vec model, of which only the word vectors are read; for its documents' vectors, write in "
            "gensim model.dv.save('documents.kv') (model.docvecs in gensim 3)",
        )
    if isinstance(state.get("wv"), Made):
        file, state = f"{file}.wv", _state(state["wv"])
    words = next((state[name] for name in WORDS if isinstance(state.get(name), list)), None)
    matrix = next((array for name in VECTORS if (array := _array(file, state, name)) is not None), None)
    subwords = _subwords(file, state)
    if matrix is None and subwords is not None and words is not None:
        own = _array(file, state, "vectors_vocab")
        matrix = None if own is None else _mean_rows(_floats(own), subwords, words)
    if words is None or matrix is None:
        return None
    if subwords is not None and matrix.shape[1:] != subwords.rows[:0].shape[1:]:
        raise ValueError("the n-gram vectors and the word vectors have different dimensions")
    counts = _counts(file, state, words)
    words = [str(word) if type(word) is int else word for word in words]  # tags, nodes and items: as their digits
    found = {"words": words, "matrix": _floats(matrix), "counts": counts, "subwords": subwords}
    if arguments:
        found["info"] = {"gensim_arguments": arguments}
    if context is not None and context.shape == matrix.shape:  # smaller if the vocabulary has just grown
        found["context_matrix"] = _floats(context)
    return found


def _arguments(state: dict[str, Any]) -> dict[str, int | float]:
    """The arguments of a model, numbers all; gensim 3 keeps some of them in `vocabulary`, and calls epochs iter."""
    known = {"epochs": state.get("iter"), **_state(state.get("vocabulary")), **_state(state.get("wv")), **state}
    if not isinstance(state.get("wv"), Made):
        return {}
    found = {name: known.get(name) for name in ARGUMENTS}
    return {name: value for name, value in found.items() if isinstance(value, (int, float)) and abs(value) < LARGEST}


def _context(file: str, state: dict[str, Any]) -> np.ndarray | None:
    """The context vectors of a model with negative sampling, or None if their separate file is missing."""
    is_beside = array_of(state.get("syn1neg")) is None
    return None if is_beside and not os.path.exists(f"{file}.syn1neg.npy") else _array(file, state, "syn1neg")


def _subwords(file: str, state: dict[str, Any]) -> Subwords | None:
    """The n-gram vectors of gensim's FastText."""
    ngrams = _array(file, state, "vectors_ngrams")
    numbers = [state.get(name) for name in ("bucket", "min_n", "max_n")]
    if ngrams is None or not all(type(number) is int and number > 0 for number in numbers):
        return None
    buckets, shortest, longest = (int(number) for number in numbers if number is not None)
    if longest > LONGEST_NGRAM:
        raise ValueError(f"n-grams of up to {longest:,} characters; at most {LONGEST_NGRAM} are read")
    if ngrams.ndim != 2 or len(ngrams) != buckets:
        raise ValueError(f"n-gram vectors of shape {ngrams.shape} for {buckets} buckets")
    return Subwords(_floats(ngrams), buckets, shortest, longest)


def _mean_rows(own: np.ndarray, subwords: Subwords, words: list[str]) -> np.ndarray:
    """The mean of each word's row and its n-grams' rows, which gensim computes when it loads FastText."""
    number_words(words)
    if own.ndim != 2 or len(own) != len(words) or own.shape[1:] != subwords.rows[:0].shape[1:]:
        raise ValueError(f"word vectors of shape {own.shape} for {counted(len(words), 'word')}")
    matrix = np.empty(own.shape, np.float32)
    encoded = [encode_word(word) for word in words]
    for part in word_blocks(encoded, subwords.longest):
        matrix[part] = subwords.mean_with(own[part], encoded[part])
    return matrix


def _state(described: Any) -> dict[str, Any]:
    """The attributes of a pickled object; a pickled dict itself."""
    if isinstance(described, Made):
        described = described.state
    return described if isinstance(described, dict) else {}


def _array(file: str, state: dict[str, Any], name: str) -> np.ndarray | None:
    """An array from the attributes, or from gensim's separate file next to the pickle."""
    found = array_of(state.get(name))
    if found is not None or not isinstance(state.get("__numpys"), list) or name not in state["__numpys"]:
        return found
    path = f"{file}.{name}.npy"
    try:
        with open(path, "rb") as array_file:
            header = read_npy_header(array_file)
            if header.dtype.kind == "U":
                raise ValueError("an array of numbers expected, and it holds text")
            mapped = np.memmap(array_file, np.uint8, "r", array_file.tell(), (header.nbytes,))
    except (OSError, ValueError) as error:
        raise VectorsFileError(
            f"{path}: needed, as gensim keeps {name!r} of {file} in it, and it cannot be read: {error}"
        ) from error
    return np.asarray(mapped).view(header.dtype).reshape(header.shape, order=header.order)


def _counts(file: str, state: dict[str, Any], words: list[Any]) -> np.ndarray | None:
    expandos = state.get("expandos")
    counts = _array(file, expandos, "count") if isinstance(expandos, dict) else None
    if counts is not None and counts.dtype.kind in "iu":
        return counts.astype(np.int64)
    vocabulary = state.get("vocab")  # gensim 3: a dict of objects with counts
    if not isinstance(vocabulary, dict):
        return None
    found = [_state(vocabulary.get(word)).get("count") for word in words if isinstance(word, str)]
    return np.array(found, np.int64) if all(type(count) is int for count in found) else None


def _floats(matrix: np.ndarray) -> np.ndarray:
    """float16 and float32 unchanged (a mapped file stays mapped), anything else as float32."""
    wanted = np.float16 if matrix.dtype == np.float16 else np.float32
    with np.errstate(over="ignore"):
        return matrix.astype(wanted, copy=False)


def _named(root: Any) -> str:
    """A short description of a pickle's content."""
    maker = root.maker if isinstance(root, Made) else root
    if isinstance(maker, Made):
        maker = maker.maker
    if isinstance(maker, Name):
        args = root.args if isinstance(root, Made) else None
        inner = args[0] if isinstance(args, tuple) and args and isinstance(args[0], Name) else maker
        return f"{inner.module}.{inner.name}"[:100]
    return f"a {type(root).__name__}"
