"""gensim's KeyedVectors on top of wordvec's WordVectors: rows can be added and written; queries are gensim's."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from wordvec.compat.gensim.differences import no_attribute
from wordvec.compat.gensim.models.questions import Questions
from wordvec.compat.gensim.models.word2vec_format import InWord2vecFormat
from wordvec.errors import InputError, ShapeError, UnknownWordError
from wordvec.vectors import WordVectors


class KeyedVectors(Questions, InWord2vecFormat):
    """Words (str) and their rows: `vectors` (V, D) may be written in place, as in gensim.

    After writing in place, call ``fill_norms(force=True)`` to recompute the lengths, as in gensim.
    `count` and `mapfile_path`, with which gensim reserves memory, have no effect here.

    >>> kv = KeyedVectors(vector_size=2)
    >>> kv.add_vectors(["cat", "dog"], np.array([[1.0, 0.0], [0.6, 0.8]]))
    >>> kv.most_similar("cat", topn=1)[0][0], kv.key_to_index
    ('dog', {'cat': 0, 'dog': 1})
    """

    def __init__(self, vector_size: int, count: int = 0, dtype: Any = np.float32, mapfile_path: Any = None) -> None:
        self.vector_size = vector_size
        self.index_to_key: list[str] = []
        self.key_to_index: dict[str, int] = {}
        self.vectors = np.zeros((0, vector_size), dtype)
        self.expandos: dict[str, np.ndarray] = {}
        self.info: dict[str, Any] = {}
        self.vectors_lockf = np.ones(1, np.float32)  # gensim keeps rows with 0; here training refuses other than 1
        self._context: np.ndarray | None = None
        self._subwords: Any = None
        self._view: tuple[np.ndarray, list[str], WordVectors] | None = None

    @classmethod
    def from_word_vectors(cls, vectors: WordVectors) -> KeyedVectors:
        """Keyed vectors with a copy of the rows of wordvec's own vectors, and of their counts."""
        made = cls(vectors.dim)
        made._add(list(vectors.words), np.array(vectors.rows(slice(None))))
        if vectors.counts is not None:
            made.expandos["count"] = np.array(vectors.counts)
        made.info, made._subwords = dict(vectors.info), vectors.subwords
        if vectors.context_matrix is not None:
            made._context = np.array(vectors.context_matrix)
        return made

    def to_word_vectors(self) -> WordVectors:
        """Wordvec's own vectors with a copy of these rows, their counts and all other facts."""
        self._check_not_empty()
        rows, context = np.array(self.vectors), self._context
        if context is not None and len(context) != len(self):
            context = None  # of the words before a program exchanged them
        return WordVectors(self.index_to_key, rows, self._of_rows("count"), self.info, context, subwords=self._subwords)

    @property
    def word_vectors(self) -> WordVectors:
        """A view for queries that shares memory; it is remade if words were added, or the words or rows replaced."""
        self._check_not_empty()
        view, words = self._view, self.index_to_key
        if view is None or view[0] is not self.vectors or view[1] is not words or len(view[2]) != len(words):
            made = WordVectors(words, self.vectors, self._of_rows("count"), subwords=self._subwords)
            self._view = view = self.vectors, words, made
        return view[2]

    # Words and rows

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, key: object) -> bool:
        if key in self.key_to_index:
            return True
        return self._subwords is not None and isinstance(key, str) and self._subwords.vector(key) is not None

    def __getitem__(self, key_or_keys: Any) -> np.ndarray:
        if isinstance(key_or_keys, (str, int, np.integer)):
            return self.get_vector(key_or_keys)
        return np.vstack([self.get_vector(key) for key in key_or_keys]) if self._subwords else self._rows(key_or_keys)

    def __setitem__(self, keys: str | Sequence[str], weights: np.ndarray) -> None:
        if isinstance(keys, str):
            keys, weights = [keys], np.asarray(weights)[None, :]
        self.add_vectors(keys, weights, replace=True)

    def __str__(self) -> str:
        return f"KeyedVectors<vector_size={self.vector_size}, {len(self)} keys>"

    def get_vector(self, key: Any, norm: bool = False) -> np.ndarray:
        """A copy of a word's row (D,), scaled to length 1 if `norm`."""
        made = None if key in self.key_to_index or self._subwords is None else self._subwords.vector(key)
        vector = self.vectors[self.get_index(key)] if made is None else made
        return self._unit(vector) if norm else np.array(vector)

    def word_vec(self, word: str, norm: bool = False) -> np.ndarray:
        """`get_vector` under its older name."""
        return self.get_vector(word, norm)

    def get_index(self, key: Any, default: Any = None) -> Any:
        """The row number of a word, or `default`. Without a default, raises UnknownWordError, a KeyError."""
        row = self.key_to_index.get(key, default)
        if row is not None:
            return row
        is_number = isinstance(key, (int, np.integer))
        hint = "; words are text, and the word of a row is index_to_key[row]" if is_number else ""
        if self._subwords is not None and not is_number:
            hint = ", and none of its n-grams occurs in them"
        raise UnknownWordError(str(key), f"Key {key!r} not present: it is not among the {len(self):,} words here{hint}")

    def has_index_for(self, key: str) -> bool:
        """Whether a word has its own row."""
        return self.get_index(key, -1) >= 0

    def add_vector(self, key: str, vector: np.ndarray) -> int:
        """Add one word and return its row number; the row of an existing word is kept."""
        self.add_vectors([key], np.asarray(vector)[None, :])
        return self.key_to_index[key]

    def add_vectors(
        self,
        keys: str | Sequence[str],
        weights: np.ndarray | Sequence[np.ndarray],
        extras: dict[str, Any] | None = None,
        replace: bool = False,
    ) -> None:
        """Add words with rows (n, D); rows of existing words are overwritten only with `replace`."""
        if isinstance(keys, str):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        keys, rows = list(keys), np.asarray(weights)
        if rows.shape != (len(keys), self.vector_size) or rows.dtype.kind not in "fiu":
            raise ShapeError(
                f"add_vectors: {len(keys)} words need rows of shape ({len(keys)}, {self.vector_size}); "
                f"got {rows.dtype} of shape {rows.shape}"
            )
        wrong = next((key for key in keys if not isinstance(key, str) or not key), None)
        if wrong is not None:
            raise InputError(f"add_vectors: a word is text that is not empty; got {wrong!r}")
        places = {key: place for place, key in reversed(list(enumerate(keys)))}  # the first one of repeated keys
        added = [key for key in places if key not in self.key_to_index][::-1]
        if replace:
            for key in places.keys() & self.key_to_index.keys():
                self.vectors[self.key_to_index[key]] = rows[places[key]]
        first = len(self)
        self._add(added, rows[[places[key] for key in added]])
        for attr, values in (extras or {}).items():
            for key in added:
                self.set_vecattr(key, attr, np.asarray(values)[places[key]])
        for attr, stored in self.expandos.items():
            if len(stored) < len(self):
                self.expandos[attr] = np.concatenate([stored, np.zeros(len(self) - len(stored), stored.dtype)])
        if self._context is not None:
            zeros = np.zeros((len(self) - first, self._context.shape[1]), self._context.dtype)
            self._context = np.concatenate([self._context, zeros])

    def get_vecattr(self, key: str, attr: str) -> Any:
        """An attribute of a word, such as its "count". Raises KeyError for an unknown attribute."""
        index = self.get_index(key)
        if attr not in self.expandos:
            raise KeyError(f"{attr!r} is not kept for these words; there are: {', '.join(self.expandos) or 'none'}")
        return self.expandos[attr][index].item()

    def set_vecattr(self, key: str, attr: str, val: Any) -> None:
        """Set an attribute of a word; words that lack it get 0."""
        index = self.get_index(key)
        stored = self.expandos.get(attr)
        if stored is None or len(stored) < len(self):
            kind = np.asarray(val).dtype if stored is None else stored.dtype
            grown = np.zeros(len(self), kind if kind.kind in "iuf" else object)
            grown[: 0 if stored is None else len(stored)] = [] if stored is None else stored
            self.expandos[attr] = stored = grown
        stored[index] = val
        self._view = None

    def get_normed_vectors(self) -> np.ndarray:
        """The rows scaled to length 1 (V, D); zero rows stay zero."""
        return np.array(self.word_vectors.unit)

    def fill_norms(self, force: bool = False) -> None:
        """With `force`, recompute the lengths, after writing to `vectors`."""
        if force:
            self._view = None

    @property
    def norms(self) -> np.ndarray:
        """The length of each row (V,)."""
        return np.array(self.word_vectors.lengths)

    def unit_normalize_all(self) -> None:
        """Divide each row by its length, in place."""
        self.vectors = self.get_normed_vectors().astype(self.vectors.dtype)

    def init_sims(self, replace: bool = False) -> None:
        """Do nothing; with `replace`, call `unit_normalize_all`."""
        if replace:
            self.unit_normalize_all()

    def sort_by_descending_frequency(self) -> None:
        """Put the words in order of falling "count"."""
        if "count" in self.expandos and len(self):
            order = np.argsort(-self.expandos["count"], kind="stable")
            self.index_to_key = [self.index_to_key[row] for row in order.tolist()]
            self.key_to_index = {key: row for row, key in enumerate(self.index_to_key)}
            self.vectors = self.vectors[order]
            self._context = None if self._context is None else self._context[order]
            self.expandos = {attr: values[order] for attr, values in self.expandos.items()}

    def vectors_for_all(
        self, keys: Iterable[str], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> KeyedVectors:
        """New keyed vectors of the `keys` that have a vector, without repeats."""
        known = self.__contains__ if allow_inference else self.has_index_for
        kept = [key for key in dict.fromkeys(keys) if known(key)]
        made = KeyedVectors(self.vector_size, dtype=self.vectors.dtype)
        made._add(kept, self[kept] if kept else self.vectors[:0])
        for attr in self.expandos if copy_vecattrs else ():
            for key in kept:
                made.set_vecattr(key, attr, self.get_vecattr(key, attr) if self.has_index_for(key) else 0)
        return made

    # Files

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a .safetensors file, for any name; gensim's other options are accepted and ignored."""
        self.to_word_vectors().save(args[0] if args else kwargs["fname"], format="safetensors")

    @classmethod
    def load(cls, fname: str | os.PathLike[str], mmap: Any = None) -> KeyedVectors:
        """Read vectors of any format wordvec reads, including gensim's own files; nothing in them is executed."""
        return cls.from_word_vectors(WordVectors.load(fname))

    def __getattr__(self, name: str) -> Any:
        raise no_attribute("KeyedVectors", name, of_vectors=True)

    def _rows(self, keys: Iterable[str]) -> np.ndarray:
        keys = list(keys)
        ids = [self.key_to_index.get(key, -1) for key in keys]
        if -1 in ids:
            self.get_index(keys[ids.index(-1)])  # raises
        return self.vectors[np.array(ids, np.int64)]

    def _add(self, keys: list[str], rows: np.ndarray) -> None:
        self.key_to_index |= {key: row for row, key in enumerate(keys, len(self))}
        self.index_to_key += keys
        self.vectors = np.concatenate([self.vectors, rows.astype(self.vectors.dtype)]) if keys else self.vectors
        self._view = None

    def _of_rows(self, attr: str) -> np.ndarray | None:
        """An attribute of each row, also where a program exchanged words and rows itself: of rows beyond, 0."""
        stored = self.expandos.get(attr)
        if stored is None or len(stored) == len(self):
            return stored
        fitted = np.zeros(len(self), stored.dtype)
        fitted[: len(stored)] = stored[: len(self)]
        return fitted

    def _check_not_empty(self) -> None:
        if not len(self):
            raise InputError("there are no words yet: add_vectors, load or train first")


# gensim 4's name of FastText's vectors, and older names, which it keeps
FastTextKeyedVectors = EuclideanKeyedVectors = Word2VecKeyedVectors = KeyedVectors
