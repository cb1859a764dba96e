"""gensim's vectors of tags: KeyedVectors that also accept whole numbers as tags."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from wordvec.compat.gensim.models.keyedvectors import KeyedVectors

KEYS = {"positive", "negative", "key", "word", "w1", "w2", "key1", "key2", "keys_list", "ws1", "ws2", "words"}
KEYS |= {"key_or_keys", "keys", "word_or_vector", "other_words", "keys1", "keys2"}
ANSWERED = ("most_similar", "similar_by_key", "similar_by_word", "similar_by_vector", "most_similar_cosmul")
ASKED = ("similarity", "distance", "distances", "n_similarity", "rank", "get_vector", "word_vec", "get_index")
ASKED += ("has_index_for", "get_vecattr", "set_vecattr", "most_similar_to_given", "doesnt_match", "get_mean_vector")
ASKED += ("closer_than", "words_closer_than")


class TagVectors(KeyedVectors):
    """The vectors of a Doc2Vec's tags. If tags are whole numbers, rows are in numerical order.

    A number means the tag of that number if all tags are numbers, else a row, as in gensim.

    >>> dv = TagVectors(2)
    >>> dv.take(["1", "0"], np.array([[0.0, 1.0], [1.0, 0.5]]))
    >>> dv[1].tolist(), dv.most_similar(0, topn=1)[0][0], dv.index_to_key
    ([0.0, 1.0], 1, ['0', '1'])
    """

    def __init__(self, vector_size: int, count: int = 0, dtype: Any = np.float32, mapfile_path: Any = None) -> None:
        super().__init__(vector_size, count, dtype, mapfile_path)
        self.are_numbers = False

    def take(self, names: list[str], rows: np.ndarray) -> None:
        """Replace all tags and rows by these, (T, D)."""
        self.are_numbers = bool(names) and all(name.isdecimal() and str(int(name)) == name for name in names)
        order = (
            sorted(range(len(names)), key=lambda place: int(names[place])) if self.are_numbers else range(len(names))
        )
        self.index_to_key, self.key_to_index = [], {}
        self.vectors = np.zeros((0, self.vector_size), self.vectors.dtype)
        self._add([names[place] for place in order], np.asarray(rows)[order])

    def _as_key(self, given: Any) -> Any:
        """A key, a list of keys, a vector or (key, weight), with whole numbers replaced by their tags."""
        if isinstance(given, (int, np.integer)) and not isinstance(given, (bool, np.bool_)):
            number = int(given)
            if self.are_numbers:
                return str(number)
            return self.index_to_key[number] if 0 <= number < len(self) else number
        if isinstance(given, list):
            return [self._as_key(each) for each in given]
        if isinstance(given, tuple) and len(given) == 2:
            return (self._as_key(given[0]), given[1])
        return given

    def __contains__(self, key: object) -> bool:
        return super().__contains__(self._as_key(key))

    def __getitem__(self, key_or_keys: Any) -> np.ndarray:
        return super().__getitem__(self._as_key(key_or_keys))


def _with_numbers(name: str) -> Callable[..., Any]:
    method = getattr(KeyedVectors, name)
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(self: TagVectors, *args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(self, *args, **kwargs)
        for argument, value in bound.arguments.items():
            if argument in KEYS:
                bound.arguments[argument] = self._as_key(value)
        found = method(*bound.args, **bound.kwargs)
        if name in ANSWERED and self.are_numbers and isinstance(found, list):
            return [(int(key), score) for key, score in found]
        if name in ("closer_than", "words_closer_than") and self.are_numbers:
            return [int(key) for key in found]
        return int(found) if name in ("doesnt_match", "most_similar_to_given") and self.are_numbers else found

    return call


for _name in (*ANSWERED, *ASKED):
    setattr(TagVectors, _name, _with_numbers(_name))
