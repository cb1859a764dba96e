"""word2vec's text and binary formats as gensim reads and writes them, with counts in a separate file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.compat.gensim.differences import differs
from wordvec.errors import OptionError, ShapeError, VectorsFileError
from wordvec.files import replace_file
from wordvec.vectors import WordVectors

MOST_DIGITS = 18  # in a count
Named = str | os.PathLike[str]


class InWord2vecFormat:
    """What `KeyedVectors` does with files of word2vec's format."""

    vectors: np.ndarray
    index_to_key: list[str]
    key_to_index: dict[str, int]
    expandos: dict[str, np.ndarray]

    if TYPE_CHECKING:

        def __len__(self) -> int: ...
        def fill_norms(self, force: bool = False) -> None:
            """Recompute the lengths."""

        def _of_rows(self, attr: str) -> np.ndarray | None: ...
        @classmethod
        def from_word_vectors(cls, vectors: WordVectors) -> Any:
            """Keyed vectors of wordvec's own."""

    @classmethod
    def load_word2vec_format(
        cls,
        fname: str | os.PathLike[str],
        fvocab: str | os.PathLike[str] | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: Any = np.float32,
        no_header: bool = False,
    ) -> Any:
        """Read word2vec's text or binary format, recognised by its content, and counts from `fvocab`."""
        return cls.from_word_vectors(read_word2vec(fname, fvocab, encoding, limit, datatype))

    def save_word2vec_format(
        self,
        fname: str | os.PathLike[str],
        fvocab: str | os.PathLike[str] | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
    ) -> None:
        """Write word2vec's format in order of falling `sort_attr`, and the counts to `fvocab`."""
        if append or total_vec is not None:
            raise OptionError("save_word2vec_format: append and total_vec are not supported: files are whole")
        order = np.arange(len(self))
        values, known = self._of_rows(sort_attr), self._of_rows("count")
        if values is not None:
            order = np.argsort(-np.asarray(values, np.float64), kind="stable")
        words = [prefix + self.index_to_key[row] for row in order.tolist()]
        counts = None if known is None else known[order]
        write_word2vec(WordVectors(words, self.vectors[order], counts), fname, fvocab, binary, write_header)

    def intersect_word2vec_format(
        self,
        fname: str | os.PathLike[str],
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> None:
        """Replace the rows of words that a file has by the file's, before training goes on from them.

        Raises OptionError for another `lockf` than 1.0, with which gensim keeps these rows as they are, and ShapeError
        for rows of another length.
        """
        if lockf != 1.0:
            raise OptionError(
                f"intersect_word2vec_format: give lockf=1.0, with which these rows are trained, too; lockf={lockf}, "
                "which keeps them, is not supported: SkipGram(...).fit(corpus, start=vectors, freeze=True) of wordvec "
                "itself keeps the rows of `vectors` and trains new words"
            )
        found = read_word2vec(fname, None, encoding, None, np.float32)
        if found.dim != self.vectors.shape[1]:
            raise ShapeError(f"{fname}: rows of {found.dim} numbers; these vectors have {self.vectors.shape[1]}")
        shared = [word for word in found.words if word in self.key_to_index]
        if shared:
            self.vectors[[self.key_to_index[word] for word in shared]] = found.rows(found.ids_of(shared))
            self.fill_norms(force=True)


def read_word2vec(fname: Named, fvocab: Named | None, encoding: str, limit: int | None, datatype: Any) -> WordVectors:
    """Read vectors, and counts from `fvocab`: lines of a word and its count.

    Raises VectorsFileError for a word without a count and for any other line.
    """
    kinds = {np.dtype(np.float32): None, np.dtype(np.float16): "float16"}
    vectors = WordVectors.load(fname, limit=limit, dtype=kinds.get(np.dtype(datatype)))
    if fvocab is None:
        return vectors
    counts: dict[str, int] = {}
    for number, line in enumerate(_text_of(fvocab, encoding).split("\n"), 1):
        word, _, count = line.rpartition(" ")
        if line and (not word or not count.isdecimal() or len(count) > MOST_DIGITS):
            raise VectorsFileError(f"{fvocab}: line {number}: a word and its count expected; got {line[:60]!r}")
        if line:
            counts[word] = int(count)
    missing = next((word for word in vectors.words if word not in counts), None)
    if missing is not None:
        raise VectorsFileError(f"{fvocab}: no count of {missing!r}, a word of {fname}")
    numbers = np.array([counts[word] for word in vectors.words], np.int64)
    return WordVectors(vectors.words, vectors.matrix, numbers, vectors.info)


def _text_of(path: Named, encoding: str) -> str:
    try:
        return Path(path).read_text(encoding)
    except OSError as error:
        raise VectorsFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise VectorsFileError(f"{path}: byte {error.start} is not {encoding}: name its encoding") from None


def write_word2vec(vectors: WordVectors, fname: Named, fvocab: Named | None, binary: bool, write_header: bool) -> None:
    """Write the vectors, and to `fvocab` the counts, 0 if unknown."""
    if not write_header and binary:
        raise VectorsFileError(f"{fname}: word2vec's binary format has a header: leave out write_header=False")
    spaced = next((word for word in vectors.words if " " in word), None)
    if spaced is not None and not binary and write_header:
        _write_with_spaces(vectors, fname, spaced)
    else:
        text = "word2vec-text" if write_header else "glove"
        vectors.save(fname, format="word2vec-binary" if binary else text)
    if fvocab is not None:
        counts = [0] * len(vectors) if vectors.counts is None else vectors.counts.tolist()
        with replace_file(fvocab, "w", encoding="utf-8") as file:
            file.writelines(f"{word} {count}\n" for word, count in zip(vectors.words, counts))


def _write_with_spaces(vectors: WordVectors, fname: Named, spaced: str) -> None:
    """Write lines of a key and its numbers, with keys that contain spaces (pairs of nodes, say), as gensim does."""
    other = next((word for word in vectors.words if not _can_be_read(word)), None)
    if other is not None:
        raise VectorsFileError(
            f"{fname}: the key {other!r:.60} has a tab, a line end, a number or several spaces in it, which lines of "
            "text cannot keep: save with .save(FILE), which keeps any key"
        )
    differs(
        f"save_word2vec_format: keys hold spaces, such as {spaced!r:.60}: wordvec reads the file again, and gensim "
        "does not, though it writes it, too"
    )
    with replace_file(fname, "w", encoding="utf-8") as file:
        file.write(f"{len(vectors)} {vectors.dim}\n")
        for word, row in zip(vectors.words, vectors.rows(slice(None))):
            file.write(f"{word} {' '.join(map(str, row))}\n")


def _can_be_read(key: str) -> bool:
    """Whether a reader that knows the number of values per line can separate the key from them."""
    first, *others = key.split(" ")
    return all(part.split() == [part] for part in (first, *others)) and not any(map(_is_number, others))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
