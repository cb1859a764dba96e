"""A corpus on disk: a folder of four files, written as a whole.

::

    corpus.json          format, version, info, sizes and fingerprint
    ids.npy              (N,) int32, read memory-mapped
    sentence_starts.npy  (S + 1,) int64, read memory-mapped
    vocabulary.npz       words and rare words as UTF-8 with the end of each, and their counts
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from wordvec.corpus.vocabulary import Vocabulary
from wordvec.errors import CorpusError
from wordvec.files import replace_folder

MARKER = "corpus.json"
FORMAT = "wordvec corpus"
VERSION = 1
IDS_AT_A_TIME = 1 << 22


def is_corpus_folder(folder: Path) -> bool:
    """Whether `folder` is one that `save_corpus` wrote, as far as its marker tells."""
    return (folder / MARKER).is_file()


def save_corpus(
    folder: Path,
    ids: np.ndarray,
    sentence_starts: np.ndarray,
    vocabulary: Vocabulary,
    info: dict[str, Any],
    fingerprint: str,
) -> None:
    """Write the four files; `folder` is replaced as a whole, or after a failure left as it was."""
    has_rare = vocabulary.rare is not None
    header = {
        "format": FORMAT,
        "version": VERSION,
        "tokens": len(ids),
        "sentences": len(sentence_starts) - 1,
        "words": len(vocabulary),
        "min_count": vocabulary.min_count,
        "rare_words_known": has_rare,
        "fingerprint": fingerprint,
        "info": info,
    }
    words, word_ends = pack_words(vocabulary.words)
    rare_words, rare_word_ends = pack_words(vocabulary.rare or {})
    with replace_folder(folder, MARKER) as temporary:
        np.save(temporary / "ids.npy", np.asarray(ids, "<i4"))
        np.save(temporary / "sentence_starts.npy", np.asarray(sentence_starts, "<i8"))
        np.savez(
            temporary / "vocabulary.npz",
            words=words,
            word_ends=word_ends,
            counts=vocabulary.counts,
            rare_words=rare_words,
            rare_word_ends=rare_word_ends,
            rare_counts=np.fromiter((vocabulary.rare or {}).values(), np.int64),
        )
        (temporary / MARKER).write_text(json.dumps(header, indent=2) + "\n", encoding="utf-8")


def open_corpus(folder: Path) -> tuple[np.ndarray, np.ndarray, Vocabulary, dict[str, Any], str]:
    """Read and check the four files: ids, sentence starts, vocabulary, info, fingerprint.

    Raises CorpusError for a folder that is not a corpus, or whose files are missing, cut off or do not fit.
    """
    header = _read_header(folder)
    try:
        ids = np.load(folder / "ids.npy", mmap_mode="r", allow_pickle=False)
        sentence_starts = np.load(folder / "sentence_starts.npy", mmap_mode="r", allow_pickle=False)
        vocabulary = _read_vocabulary(folder, header)
        _check_fit(ids, sentence_starts, vocabulary, header)
        return ids, sentence_starts, vocabulary, dict(header["info"]), str(header["fingerprint"])
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise CorpusError(f"{folder}: damaged corpus: {error}; build it again from the text") from error


def _read_header(folder: Path) -> dict[str, Any]:
    if not is_corpus_folder(folder):
        raise CorpusError(f"{folder}: is not a corpus folder: it has no {MARKER}; make one with Corpus.build(...).save")
    try:
        header = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise CorpusError(f"{folder}: damaged corpus: {MARKER}: {error}; build it again from the text") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise CorpusError(f"{folder}: its {MARKER} was not written by wordvec")
    if header.get("version") != VERSION:
        raise CorpusError(
            f"{folder}: corpus of version {header.get('version')}, but this wordvec reads version {VERSION}; "
            "build it again from the text"
        )
    return header


def _read_vocabulary(folder: Path, header: dict[str, Any]) -> Vocabulary:
    with open(folder / "vocabulary.npz", "rb") as file, np.load(file, allow_pickle=False) as arrays:
        words = unpack_words(arrays["words"], arrays["word_ends"])
        rare = None
        if header["rare_words_known"]:
            rare_words = unpack_words(arrays["rare_words"], arrays["rare_word_ends"])
            rare = dict(zip(rare_words, arrays["rare_counts"].tolist(), strict=True))
        return Vocabulary(words, arrays["counts"], header["min_count"], rare)


def _check_fit(ids: np.ndarray, sentence_starts: np.ndarray, vocabulary: Vocabulary, header: dict[str, Any]) -> None:
    """Everything a trainer relies on: compiled code would not notice an id outside the vocabulary."""
    tokens, sentences, words = header["tokens"], header["sentences"], header["words"]
    if ids.shape != (tokens,) or ids.dtype != np.int32:
        raise ValueError(f"ids.npy holds {ids.dtype} {ids.shape}, not int32 ({tokens},)")
    if sentence_starts.shape != (sentences + 1,) or sentence_starts.dtype != np.int64:
        raise ValueError(f"sentence_starts.npy holds {sentence_starts.dtype} {sentence_starts.shape}")
    if len(vocabulary) != words:
        raise ValueError(f"vocabulary.npz holds {len(vocabulary)} words, not {words}")
    if sentence_starts[0] != 0 or sentence_starts[-1] != tokens or not (np.diff(sentence_starts) > 0).all():
        raise ValueError("sentence starts do not rise from 0 to the number of tokens")
    for begin in range(0, tokens, IDS_AT_A_TIME):
        chunk = ids[begin : begin + IDS_AT_A_TIME]
        if chunk.min() < 0 or chunk.max() >= words:
            raise ValueError("ids.npy holds an id outside the vocabulary")


def pack_words(words: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    r"""All words as UTF-8 after one another (uint8), and the end of each (int64).

    >>> data, ends = pack_words(["you", "é"])
    >>> bytes(data), ends.tolist()
    (b'you\xc3\xa9', [3, 5])
    """
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum([len(word) for word in encoded], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def unpack_words(data: np.ndarray, ends: np.ndarray) -> list[str]:
    """The inverse of `pack_words`. Raises ValueError when the ends do not fit the data."""
    if data.dtype != np.uint8 or ends.dtype != np.int64 or (ends[-1] if len(ends) else 0) != len(data):
        raise ValueError("the words do not end where they should")
    raw, words, start = data.tobytes(), [], 0
    for end in ends.tolist():
        words.append(raw[start:end].decode("utf-8", "surrogatepass"))
        start = end
    return words
