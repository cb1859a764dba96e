"""Where each word occurs in a corpus: an inverted index, built once and kept in the corpus folder.

::

    CORPUS/positions/positions.json    format, version, the fingerprint of the corpus, sizes
    CORPUS/positions/starts.npy        (V + 1,) int64: word w occurs at positions[starts[w]:starts[w + 1]]
    CORPUS/positions/positions.npy     (N,) int32, or int64 for 2**31 words and more; ascending within each word

It is a counting sort of the ids (Knuth, The Art of Computer Programming 3, section 5.2), done in chunks: memory does
not grow with the corpus. The index records the fingerprint of its corpus; one for another corpus is rebuilt.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wordvec.errors import CorpusError, InputError
from wordvec.folders import FolderKind, read_unchanged, replace_folder
from wordvec.json_forms import parse_json
from wordvec.npy_header import map_npy
from wordvec.progress import progress

if TYPE_CHECKING:
    from wordvec.corpus.corpus import Corpus

FOLDER = "positions"
MARKER = "positions.json"
FORMAT = "wordvec positions"
VERSION = 1
KIND = FolderKind(MARKER, b"", frozenset({MARKER, "starts.npy", "positions.npy"}))  # a damaged one is rebuilt
IDS_AT_A_TIME = 1 << 22


class Positions:
    """The positions of every word of a corpus.

    Attributes: `starts` (V + 1,) int64 and `positions` (N,) as in the files above; `note`, a message for the reader
    if the index could not be saved, or None.

    >>> from wordvec.corpus import Corpus
    >>> index = Positions.of(Corpus.from_sentences([["you", "say", "yes"], ["i", "say", "no"]]))
    >>> index.of_word(0).tolist()
    [1, 4]
    """

    def __init__(self, corpus: Corpus, starts: np.ndarray, positions: np.ndarray, note: str | None = None) -> None:
        self.starts, self.positions, self.note = starts, positions, note
        self._corpus = corpus

    @classmethod
    def of(cls, corpus: Corpus, *, show_progress: bool | None = None) -> Positions:
        """Open the index in the corpus's folder, or build it and save it there.

        A corpus without a folder, or in a folder that cannot be written, gets an index in memory; for the latter
        `note` gives the reason. Raises CorpusError for a damaged corpus.
        """
        folder = corpus.folder
        if folder is None:
            return cls(corpus, *_in_memory(corpus, show_progress))
        kept = _open(folder / FOLDER, corpus)
        if kept is not None:
            return cls(corpus, *kept)
        try:
            _save(folder / FOLDER, corpus, show_progress)
        except (OSError, InputError) as error:
            if isinstance(error, CorpusError):
                raise
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            note = f"the index of words is only in memory and rebuilt each time: {folder / FOLDER}: {reason}"
            return cls(corpus, *_in_memory(corpus, show_progress), note)
        kept = _open(folder / FOLDER, corpus)
        return cls(corpus, *(kept or _in_memory(corpus, show_progress)))

    def of_word(self, word_id: int) -> np.ndarray:
        """Ascending positions of the word in ``corpus.ids``, (count,) int64.

        Raises CorpusError if another word is at one of them: the files were altered.
        """
        found = self.positions[self.starts[word_id] : self.starts[word_id + 1]].astype(np.int64)
        ids = self._corpus.ids
        fits = not len(found) or (found[0] >= 0 and found[-1] < len(ids) and bool((np.diff(found) > 0).all()))
        if not fits or not bool((ids[found] == word_id).all()):
            where = self._corpus.folder / FOLDER if self._corpus.folder else "the index of words"
            raise CorpusError(f"{where}: damaged: remove this folder, and it is rebuilt")
        return found


def _in_memory(corpus: Corpus, show_progress: bool | None) -> tuple[np.ndarray, np.ndarray]:
    corpus.check()
    starts = _starts(corpus)
    positions = np.empty(len(corpus.ids), _dtype(corpus))
    _sort(corpus, starts, positions, show_progress)
    return starts, positions


def _save(folder: Path, corpus: Corpus, show_progress: bool | None) -> None:
    corpus.check()
    starts = _starts(corpus)
    header = {
        "format": FORMAT,
        "version": VERSION,
        "fingerprint": corpus.fingerprint,
        "tokens": len(corpus.ids),
        "words": len(corpus.vocabulary),
    }
    with replace_folder(folder, KIND) as temporary:
        np.save(temporary / "starts.npy", starts)
        positions = np.lib.format.open_memmap(
            temporary / "positions.npy", "w+", _dtype(corpus), (len(corpus.ids),), version=(1, 0)
        )
        _sort(corpus, starts, positions, show_progress)
        positions.flush()
        del positions
        (temporary / MARKER).write_text(json.dumps(header, indent=2) + "\n", encoding="utf-8", newline="\n")


def _open(folder: Path, corpus: Corpus) -> tuple[np.ndarray, np.ndarray] | None:
    """The index in `folder`, memory-mapped; None if it is missing, damaged or of another corpus."""
    return read_unchanged(folder / MARKER, lambda: _read(folder, corpus))


def _read(folder: Path, corpus: Corpus) -> tuple[np.ndarray, np.ndarray] | None:
    try:
        header = parse_json((folder / MARKER).read_text(encoding="utf-8"))
        expected: dict[str, Any] = {"format": FORMAT, "version": VERSION, "fingerprint": corpus.fingerprint}
        if not isinstance(header, dict) or any(header.get(name) != value for name, value in expected.items()):
            return None
        starts, positions = map_npy(folder / "starts.npy"), map_npy(folder / "positions.npy")
    except (OSError, ValueError):
        return None
    shapes = (len(corpus.vocabulary) + 1,), (len(corpus.ids),)
    types = np.dtype(np.int64), np.dtype(_dtype(corpus))
    if (starts.shape, positions.shape) != shapes or (starts.dtype, positions.dtype) != types:
        return None
    return (starts, positions) if starts[-1] == len(corpus.ids) and (np.diff(starts) >= 0).all() else None


def _dtype(corpus: Corpus) -> np.dtype[Any]:
    return np.dtype(np.int32 if len(corpus.ids) < 2**31 else np.int64)


def _starts(corpus: Corpus) -> np.ndarray:
    starts = np.zeros(len(corpus.vocabulary) + 1, np.int64)
    for begin in range(0, len(corpus.ids), IDS_AT_A_TIME):
        starts[1:] += np.bincount(corpus.ids[begin : begin + IDS_AT_A_TIME], minlength=len(corpus.vocabulary))
    return np.cumsum(starts)


def _sort(corpus: Corpus, starts: np.ndarray, positions: np.ndarray, show_progress: bool | None) -> None:
    """Fill `positions` in chunks of ids; a word's positions in a chunk follow its positions in earlier chunks."""
    ids = corpus.ids
    begin_of_word = starts[:-1].copy()  # where each word's next position is written
    with progress(len(ids), "indexing", "words", show=show_progress) as bar:
        for begin in range(0, len(ids), IDS_AT_A_TIME):
            chunk = np.asarray(ids[begin : begin + IDS_AT_A_TIME])
            counts = np.bincount(chunk, minlength=len(begin_of_word))
            places = np.repeat(begin_of_word - (np.cumsum(counts) - counts), counts)
            places += np.arange(len(chunk))
            positions[places] = begin + _order(chunk)
            begin_of_word += counts
            bar.update(len(chunk))


def _order(ids: np.ndarray) -> np.ndarray:
    """Stable argsort of ids below 2**31, in two passes of 16 bits, because numpy uses radix sort for 16-bit numbers."""
    order = np.argsort((ids & 0xFFFF).astype(np.uint16), kind="stable")
    high = (ids >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order
